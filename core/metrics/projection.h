// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/metrics/features.h"

#include <cstdint>

namespace likeness {

struct ProjectionOptions {
    int directions = 1000;
    std::uint64_t seed = 0; ///< stream "metrics.mind"
};

/// MIND: 3 D times the mean over random unit directions of the squared one-dimensional
/// Wasserstein-2 distance of the projected sets. Unequal sets are first cut to the smaller number
/// by a seeded draw without replacement.
[[nodiscard]] double projectionDistance(const FeatureMatrix& a,
                                        const FeatureMatrix& b,
                                        const ProjectionOptions& options,
                                        JobContext& job);

} // namespace likeness
