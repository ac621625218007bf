// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "core/phantoms/specimen.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// One number that shapes a specimen or its scan.
struct PhantomParameter {
    std::string name; ///< as in PhantomRequest::parameters
    double standard = 0.0;
    double minimum = 0.0;
    double maximum = 0.0;
    std::string meaning; ///< English, with the unit
};

/// Kinds of specimen of a domain, the standard one first: rock "grains", "gaussian"; fibre
/// "unidirectional", "short"; root "taproot", "seminal".
[[nodiscard]] std::vector<std::string> phantomKinds(Domain domain);

/// What PhantomRequest::parameters may hold for a kind (empty: the domain's first), with standard
/// values and ranges. Throws Error(config) for an unknown kind.
[[nodiscard]] std::vector<PhantomParameter> parameterNames(Domain domain,
                                                           const std::string& kind = {});

struct PhantomRequest {
    Domain domain = Domain::rock;
    std::string kind;        ///< empty: the domain's first
    std::int64_t size = 256; ///< width and height, 16..4096
    std::int64_t depth = 1;  ///< 1: a slice; roots have no depth
    std::uint64_t seed = 0;
    std::map<std::string, double> parameters; ///< those that differ from their standard
    std::optional<double> voxelUm; ///< edge of a pixel in micrometres; empty: uncalibrated
};

struct Phantom {
    Specimen specimen;
    Volume
        scan;   ///< 16-bit grey by the fixed map in the truth ("grey_map": low, high of the signal)
    Json truth; ///< the specimen's truth with "domain", "kind", "seed", "size", "depth",
                ///< "parameters", "grey_map"
};

/// Specimen and simulated scan in one call. Equal requests give equal bytes. Throws Error(config)
/// for unknown parameters (naming the valid ones) and values out of range, Error(numeric),
/// Error(memory), Cancelled.
[[nodiscard]] Phantom makePhantom(const PhantomRequest& request, JobContext& job);

/// The demo's specimen number `index` (>= 0) of a domain: a 256x256 slice, calibrated, a little
/// different each time.
[[nodiscard]] PhantomRequest demoRequest(Domain domain, std::int64_t index);

} // namespace likeness
