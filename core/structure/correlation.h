// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/structure/indicator.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// S2(r): probability that two points at distance r both lie in the phase. Entry r of every result
/// is lag r voxels. All functions throw Error(config) unless 0 <= maximumLag < the length
/// concerned. Values are ratios of exact integer counts (counts that come out of a Fourier
/// transform are rounded back to integers).
enum class Boundary {
    open,    ///< only pairs with both ends inside the image (and the field of view)
    periodic ///< the image repeats; no field of view
};

/// Along axis 0 = x, 1 = y, 2 = z. Where no pair lies inside a field of view the value is NaN.
[[nodiscard]] std::vector<double> twoPointAxis(const Indicator& field,
                                               int axis,
                                               std::int64_t maximumLag,
                                               Boundary boundary,
                                               const JobContext& job = {});

struct RadialOptions {
    std::int64_t maximumLag = 50;
    Boundary boundary = Boundary::open;
    std::int64_t maximumBytes = std::int64_t{2} << 30; ///< workspace; Error(memory) above
};

/// Mean over all lag vectors with floor(|lag| + 0.5) = r, each lag vector with equal weight. Shell
/// 1 in 3-D is the 6 axis and 12 face-diagonal lags. Uses two threads.
[[nodiscard]] std::vector<double>
twoPointRadial(const Indicator& field, const RadialOptions& options, JobContext& job);

} // namespace likeness
