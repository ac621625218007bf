// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/evaluate.h"
#include "core/metrics/features.h"
#include "core/metrics/manifold.h"

#include <memory>

namespace likeness {

/// The two feature matrices that a run of set metrics shares, and what is computed once for several
/// of them.
struct FeaturePair {
    FeatureMatrix real;
    FeatureMatrix synthetic;
    std::unique_ptr<ManifoldResult> neighbours; ///< filled by the first neighbour metric
};

/// Fewest samples per set that a metric is given for.
struct SampleFloor {
    std::int64_t frechet = kMinimumForFeatureFrechet;
    std::int64_t kernel = 2;
    std::int64_t manifold = 2;
};

/// Fills value, interval and conventions of the metric `what`: "frechet_distance",
/// "kernel_distance", "precision", "recall", "density", "coverage", "mind", "authenticity" or
/// "mifid". Throws Error when there is no number.
void featureMetric(MetricValue& value,
                   std::string_view what,
                   FeaturePair& features,
                   const SampleFloor& floor,
                   const MetricOptions& options,
                   JobContext& job);

} // namespace likeness
