// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/resampling.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace likeness {

namespace {

double quantile(const std::vector<double>& sorted, double q) {
    const double position = q * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (position - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

std::vector<std::int64_t> everything(std::int64_t count) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
}

/// Variance term of one set: (G-1)/G times the squared deviations of the leave-one-group-out
/// values.
template <typename Statistic>
double
groupVariance(std::int64_t count, std::int64_t groups, Random& random, Statistic&& statistic) {
    groups = std::min(groups, count);
    std::vector<std::int64_t> order = everything(count);
    random.shuffle(std::span<std::int64_t>(order));
    std::vector<double> values;
    for (std::int64_t g = 0; g < groups; ++g) {
        std::vector<std::int64_t> kept;
        for (std::int64_t i = 0; i < count; ++i)
            if (i % groups != g)
                kept.push_back(order[static_cast<std::size_t>(i)]);
        std::ranges::sort(kept);
        values.push_back(statistic(kept));
    }
    const auto n = static_cast<double>(groups);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double sum = 0.0;
    for (const double v : values)
        sum += (v - mean) * (v - mean);
    return (n - 1.0) / n * sum;
}

} // namespace

std::optional<Interval>
bootstrapMean(std::span<const double> values, int resamples, std::uint64_t seed) {
    if (values.size() < 5 || resamples < 1)
        return std::nullopt;
    Random random(seed, "metrics.bootstrap");
    std::vector<double> means;
    means.reserve(static_cast<std::size_t>(resamples));
    for (int b = 0; b < resamples; ++b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < values.size(); ++i)
            sum += values[static_cast<std::size_t>(random.below(values.size()))];
        means.push_back(sum / static_cast<double>(values.size()));
    }
    std::ranges::sort(means);
    return Interval{quantile(means, 0.025), quantile(means, 0.975)};
}

Interval wilsonInterval(double share, std::int64_t n) {
    constexpr double kSquare = 3.841458820694124; // of the normal 97.5 % point
    const auto count = static_cast<double>(n);
    const double centre = share + kSquare / (2.0 * count);
    const double half =
        std::sqrt(kSquare * (share * (1.0 - share) + kSquare / (4.0 * count)) / count);
    const double scale = 1.0 / (1.0 + kSquare / count);
    // Rounding must not push the ends past the share itself.
    return {std::min(share, std::max(0.0, (centre - half) * scale)),
            std::max(share, std::min(1.0, (centre + half) * scale))};
}

double groupJackknife(const JackknifeSizes& sizes,
                      const TwoSetStatistic& statistic,
                      std::uint64_t seed,
                      JobContext& job) {
    Random random(seed, "metrics.jackknife");
    const std::vector<std::int64_t> allFirst = everything(sizes.first);
    const std::vector<std::int64_t> allSecond = everything(sizes.second);
    const double first = groupVariance(sizes.first, sizes.groups, random, [&](const auto& kept) {
        job.throwIfStopped();
        return statistic(kept, allSecond);
    });
    const double second = groupVariance(sizes.second, sizes.groups, random, [&](const auto& kept) {
        job.throwIfStopped();
        return statistic(allFirst, kept);
    });
    return std::sqrt(first + second);
}

} // namespace likeness
