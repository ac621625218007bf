// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"
#include "core/imaging/numbertable.h"
#include "core/metrics/features.h"
#include "core/metrics/handcrafted.h"
#include "core/metrics/metricvalue.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

struct MetricOptions {
    std::vector<std::string> only;   ///< names of the catalogue; empty: all that can be computed
    std::optional<double> dataRange; ///< overrides 255, 65535 or 1, which the pixel type implies
    int bootstrap = 200;             ///< resamples of bootstrap intervals; 0: no such intervals
    std::uint64_t seed = 0;          ///< of every random draw; stored in the conventions
    int k = 5;                       ///< neighbours of precision, recall, density, coverage
    std::optional<GreyReference>
        greyReference; ///< of a set comparison; absent: made from the real set given
};

/// Below these numbers of samples in either set there is no number but a reason.
inline constexpr std::int64_t kMinimumForKernel =
    20; ///< the jackknife of fewer is not worth printing
inline constexpr std::int64_t kMinimumForManifold = 20; ///< and more than k
inline constexpr std::int64_t kMinimumForFeatureFrechet = 10;
inline constexpr std::int64_t kMinimumForFrechet =
    kHandcraftedDims + 1; ///< a covariance of full rank
inline constexpr std::int64_t kMinimumForInterval =
    5; ///< pairs or samples that a bootstrap resamples

/// Pair metrics: image i of `synthetic` against image i of `real`, its own source. Each value is
/// the mean over the pairs with a percentile bootstrap interval over pairs. The slices of a volume
/// are averaged within the volume for 2-D metrics; `ssim_3d` is taken of volumes. Set metrics named
/// in `only` are answered as evaluateSets does. Sizes, channels and (unless dataRange is given)
/// pixel types must agree within a pair. Throws Error(config) for unknown names and unequal numbers
/// of images; what a metric cannot do becomes a reason.
[[nodiscard]] std::vector<MetricValue> evaluatePairs(std::span<const Volume> real,
                                                     std::span<const Volume> synthetic,
                                                     const MetricOptions& options,
                                                     JobContext& job);

/// Set metrics. A sample is a 2-D image; a volume counts as its slices along z. Pair metrics named
/// in `only` are answered with a reason: they mean nothing between images that are not pairs.
[[nodiscard]] std::vector<MetricValue> evaluateSets(std::span<const Volume> real,
                                                    std::span<const Volume> synthetic,
                                                    const MetricOptions& options,
                                                    JobContext& job);

/// Metrics of two feature matrices made elsewhere: frechet_distance, kernel_distance, precision,
/// recall, density, coverage, mind, authenticity, mifid. `real` is the training split for
/// authenticity and mifid.
[[nodiscard]] std::vector<MetricValue> evaluateFeatures(const FeatureMatrix& real,
                                                        const FeatureMatrix& synthetic,
                                                        const MetricOptions& options,
                                                        JobContext& job);

/// A matrix as read from a `.npy` file, rows = samples.
[[nodiscard]] FeatureMatrix featuresFrom(const NumberTable& table);

} // namespace likeness
