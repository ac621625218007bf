// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace likeness {

using Interval = std::pair<double, double>;

/// 95 % percentile bootstrap interval of a mean (Efron 1979; quantiles interpolated linearly).
/// Empty for fewer than five values or fewer than one resample. Stream "metrics.bootstrap" of the
/// seed.
[[nodiscard]] std::optional<Interval>
bootstrapMean(std::span<const double> values, int resamples, std::uint64_t seed);

/// 95 % score interval of a share of `n` counted samples (Wilson 1927), which stays inside 0..1 and
/// has a width at 0 and 1.
[[nodiscard]] Interval wilsonInterval(double share, std::int64_t n);

/// A statistic of two sets, given the rows of each that stay.
using TwoSetStatistic = std::function<double(std::span<const std::int64_t> first,
                                             std::span<const std::int64_t> second)>;

struct JackknifeSizes {
    std::int64_t first = 0;
    std::int64_t second = 0;
    std::int64_t groups =
        20; ///< per set; each set is dealt at random into so many groups, or fewer if it is smaller
};

/// Standard error by the two-sample delete-a-group jackknife (Kott 2001). Stream
/// "metrics.jackknife" of the seed.
[[nodiscard]] double groupJackknife(const JackknifeSizes& sizes,
                                    const TwoSetStatistic& statistic,
                                    std::uint64_t seed,
                                    JobContext& job);

} // namespace likeness
