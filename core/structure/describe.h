// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "core/base/json.h"
#include "core/imaging/image.h"
#include "core/structure/indicator.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct DescribeOptions {
    Domain domain = Domain::rock;
    std::optional<double> threshold; ///< grey value; absent: Otsu of the image, none for a mask
    std::optional<Phase> phase;      ///< absent: defaultPhase()
    std::optional<double> voxelUm;   ///< isotropic; overrides the volume's own voxel size
    std::optional<Volume> fieldOfView;
    std::optional<std::int64_t> maximumLag; ///< of S2 and L; absent: half the shorter of x and y,
                                            ///< at most 50; shorter along a thin z
};

struct Curve {
    std::vector<double> x;
    std::vector<double> y;
};

/// Values and curves under the names of the command-line contract. Lengths are in `unit`; fractions
/// have none.
struct Description {
    std::map<std::string, double> values;
    std::map<std::string, Curve> curves;
    std::string unit = "voxel";      ///< or "um"
    std::optional<double> threshold; ///< absent for a mask
    Json conventions =
        Json::object(); ///< phase, threshold method, boundary, connectivity, lag, notes, seconds
};

/// What is counted when nobody says: the dark pores of a grey image of rock, otherwise the bright
/// phase, which are the ones of a mask. Roots that lie dark on a light ground have to be asked for.
[[nodiscard]] Phase defaultPhase(Domain domain, bool mask) noexcept;

/// Structure descriptors of one image, mask or volume. Throws Error(numeric) for a constant grey
/// image without a given threshold and for values that are not finite; Error(config) for sides too
/// short (< 2 in x or y).
[[nodiscard]] Description
describe(const Volume& volume, const DescribeOptions& options, JobContext& job);

/// Keys values, curves, unit, threshold, conventions.
[[nodiscard]] Json toJson(const Description& description);

} // namespace likeness
