// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/featuremetrics.h"

#include "core/base/random.h"
#include "core/metrics/frechet.h"
#include "core/metrics/kernel.h"
#include "core/metrics/metricclock.h"
#include "core/metrics/projection.h"
#include "core/metrics/resampling.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace likeness {

namespace {

constexpr double kNormal95 = 1.959963984540054;
constexpr std::int64_t kLargestJackknifeDims = 256; ///< each refit is two eigen decompositions
constexpr std::int64_t kSmallSet = 100;
constexpr double kMifidThreshold = 0.1;

/// One request, bundled: what every metric below works on.
struct Task {
    MetricValue& value;
    FeaturePair& features;
    const SampleFloor& floor;
    const MetricOptions& options;
    JobContext& job;

    [[nodiscard]] std::int64_t smaller() const {
        return std::min(features.real.rows, features.synthetic.rows);
    }

    [[nodiscard]] JackknifeSizes sizes(std::int64_t groups) const {
        return {features.real.rows, features.synthetic.rows, groups};
    }
};

void requireSamples(const Task& task, std::int64_t minimum, const std::string& why) {
    if (task.smaller() < minimum)
        throw Error(ErrorCode::numeric, "Too few samples",
                    "there are " + std::to_string(task.features.real.rows) + " real and " +
                        std::to_string(task.features.synthetic.rows) + " synthetic ones, and " +
                        why + " " + std::to_string(minimum) + " of each",
                    "add samples");
}

void setInterval(MetricValue& value, double standardError, const std::string& method) {
    value.lo = *value.value - kNormal95 * standardError;
    value.hi = *value.value + kNormal95 * standardError;
    value.conventions["interval"] = method;
    value.conventions["standard_error"] = standardError;
}

void frechet(Task& task) {
    requireSamples(task, task.floor.frechet,
                   task.floor.frechet > kMinimumForFeatureFrechet
                       ? "a covariance of full rank in " + std::to_string(task.features.real.dims) +
                             " dimensions needs"
                       : "a covariance needs");
    const FrechetResult result = frechetDistance(task.features.real, task.features.synthetic);
    task.value.value = result.distance;
    Json& c = task.value.conventions;
    c["formula"] = "symmetric eigenvalues, float64, ddof 1, no ridge";
    c["mean_term"] = result.meanTerm;
    c["rank_deficient"] = result.rankDeficient;
    if (result.rankDeficient)
        warn(task.value, "a set has no more samples than feature dimensions: its covariance is "
                         "singular and the distance is biased upwards");
    c["bias"] = "upwards for small sets, not removed: compare with real against real of equal n";
    if (task.features.real.dims > kLargestJackknifeDims) {
        c["interval"] = "none: too many dimensions to refit";
        return;
    }
    const double error = groupJackknife(
        task.sizes(20),
        [&](auto real, auto synthetic) {
            return frechetDistance(task.features.real.select(real),
                                   task.features.synthetic.select(synthetic))
                .distance;
        },
        task.options.seed, task.job);
    setInterval(task.value, error, "delete-a-group jackknife, 20 groups per set, normal");
}

void kernel(Task& task) {
    requireSamples(task, task.floor.kernel, "the kernel distance needs");
    const KernelResult result =
        kernelDistance(task.features.real, task.features.synthetic, task.job);
    task.value.value = result.distance;
    task.value.conventions["kernel"] = "(x.y / D + 1)^3, unbiased, all samples, no subsets";
    if (task.smaller() < 3) {
        task.value.conventions["interval"] = "none: the jackknife needs 3 samples of each set";
        return;
    }
    setInterval(task.value, result.standardError, "leave-one-out jackknife, normal");
}

const ManifoldResult& neighbours(Task& task) {
    const std::int64_t minimum = std::max<std::int64_t>(task.floor.manifold, task.options.k + 1);
    requireSamples(task, minimum, "k = " + std::to_string(task.options.k) + " neighbours need");
    if (!task.features.neighbours)
        task.features.neighbours = std::make_unique<ManifoldResult>(
            manifold(task.features.real, task.features.synthetic, task.options.k, task.job));
    return *task.features.neighbours;
}

/// A share of the rows of one set while the other set's neighbourhoods stay as they are.
void setShare(Task& task, double share, std::int64_t rows) {
    const auto [lo, hi] = wilsonInterval(share, rows);
    task.value.value = share;
    task.value.lo = lo;
    task.value.hi = hi;
    task.value.conventions["interval"] = "Wilson, of the counted samples, neighbourhoods fixed";
}

void setDensity(Task& task, const ManifoldResult& m) {
    task.value.value = m.density;
    task.value.conventions["bootstrap"] = task.options.bootstrap;
    task.value.conventions["interval"] = "none: fewer than 5 samples or no resamples";
    if (const auto interval =
            bootstrapMean(m.perSynthetic, task.options.bootstrap, task.options.seed)) {
        task.value.lo = interval->first / task.options.k;
        task.value.hi = interval->second / task.options.k;
        task.value.conventions["interval"] =
            "percentile bootstrap of the synthetic samples, neighbourhoods fixed";
    }
}

void manifoldMetric(Task& task, std::string_view what) {
    const ManifoldResult& m = neighbours(task);
    task.value.conventions["k"] = task.options.k;
    task.value.conventions["neighbourhood"] = "strictly nearer than the k-th neighbour, Euclidean";
    if (what == "precision")
        setShare(task, m.precision, task.features.synthetic.rows);
    else if (what == "recall")
        setShare(task, m.recall, task.features.real.rows);
    else if (what == "coverage")
        setShare(task, m.coverage, task.features.real.rows);
    else
        setDensity(task, m);
}

void mind(Task& task) {
    requireSamples(task, kMinimumForFeatureFrechet, "MIND needs");
    const ProjectionOptions projection{1000, task.options.seed};
    task.value.value =
        projectionDistance(task.features.real, task.features.synthetic, projection, task.job);
    task.value.conventions["directions"] = projection.directions;
    const ProjectionOptions fewer{100, task.options.seed};
    const double error = groupJackknife(
        task.sizes(10),
        [&](auto real, auto synthetic) {
            return projectionDistance(task.features.real.select(real),
                                      task.features.synthetic.select(synthetic), fewer, task.job);
        },
        task.options.seed, task.job);
    setInterval(task.value, error,
                "delete-a-group jackknife, 10 groups per set, 100 directions, normal");
}

void authenticityMetric(Task& task) {
    requireSamples(task, 2, "nearest neighbours need");
    const AuthenticityResult result =
        authenticity(task.features.real, task.features.synthetic, task.job);
    setShare(task, result.authenticity, task.features.synthetic.rows);
}

void mifid(Task& task) {
    requireSamples(task, task.floor.frechet, "a covariance needs");
    const FrechetResult fd = frechetDistance(task.features.real, task.features.synthetic);
    const double cosine = meanNearestCosine(task.features.real, task.features.synthetic, task.job);
    // As torchmetrics: above the threshold nothing is memorised and the distance stands as it is.
    const double memorised = cosine < kMifidThreshold ? cosine : 1.0;
    task.value.value = fd.distance > 1e-8 ? fd.distance / (memorised + 1e-14) : 0.0;
    task.value.conventions["mean_nearest_cosine_distance"] = cosine;
    task.value.conventions["threshold"] = kMifidThreshold;
    task.value.conventions["rank_deficient"] = fd.rankDeficient;
    task.value.conventions["interval"] = "none: not defined for a thresholded ratio";
}

} // namespace

void featureMetric(MetricValue& value,
                   std::string_view what,
                   FeaturePair& features,
                   const SampleFloor& floor,
                   const MetricOptions& options,
                   JobContext& job) {
    Task task{value, features, floor, options, job};
    value.n = features.synthetic.rows;
    value.conventions["n_real"] = features.real.rows;
    value.conventions["n_synthetic"] = features.synthetic.rows;
    value.conventions["dims"] = features.real.dims;
    value.conventions["seed"] = options.seed;
    value.conventions["random"] = Random::kName;
    if (task.smaller() < kSmallSet)
        warn(value, "small sets: fewer than 100 samples");
    if (what == "frechet_distance")
        frechet(task);
    else if (what == "kernel_distance")
        kernel(task);
    else if (what == "mind")
        mind(task);
    else if (what == "authenticity")
        authenticityMetric(task);
    else if (what == "mifid")
        mifid(task);
    else
        manifoldMetric(task, what);
}

} // namespace likeness
