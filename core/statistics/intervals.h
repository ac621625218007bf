// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/quantity.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace likeness {

struct Interval {
    double lo = 0.0;
    double hi = 0.0;
};

/// Standard normal distribution; probability in (0, 1).
[[nodiscard]] double normalQuantile(double probability);
[[nodiscard]] double normalCdf(double x);
[[nodiscard]] double normalDensity(double x);

/// Student's t; degrees of freedom > 0.
[[nodiscard]] double studentQuantile(double probability, double degrees);

/// P(X > x) of the chi-squared distribution.
[[nodiscard]] double chiSquaredTail(double x, double degrees);

/// A count of successes among trials. All functions throw Error(config) unless 0 <= successes <=
/// trials and trials >= 1, and for levels outside (0, 1).
struct Proportion {
    std::int64_t successes = 0;
    std::int64_t trials = 0;
};

/// Score interval without continuity correction (Wilson 1927; Newcombe 1998, method 3).
[[nodiscard]] Interval wilsonInterval(const Proportion& p, double level = 0.95);

/// Exact interval from the beta distribution (Clopper and Pearson 1934; Newcombe 1998, method 5).
[[nodiscard]] Interval clopperPearsonInterval(const Proportion& p, double level = 0.95);

/// Exact binomial test against probability `p0`.
struct BinomialTest {
    double twoSided = 1.0; ///< sum of all outcomes no likelier than the one seen
    double atLeast = 1.0;  ///< P(X >= successes)
    double atMost = 1.0;   ///< P(X <= successes)
};

[[nodiscard]] BinomialTest binomialTest(const Proportion& p, double p0 = 0.5);

/// McNemar's test of a paired 2x2 table; b and c are the discordant counts (>= 0, not both 0,
/// else Error(numeric)).
struct McNemarTest {
    double chiSquared = 0.0;
    double chiSquaredContinuity = 0.0;
    double exactTwoSided = 1.0;
};

[[nodiscard]] McNemarTest mcNemarTest(std::int64_t b, std::int64_t c);

/// Percentile bootstrap: resamples 0..n-1 with replacement and takes the (1-level)/2 and
/// (1+level)/2 quantiles (type 7) of the statistic; resamples where it is undefined are left out.
/// No interval when n < 2 or more than a tenth of the resamples are undefined; `reason` then says
/// so. The draw is that of Random(seed, "bootstrap").
struct BootstrapSettings {
    int resamples = 2000;
    double level = 0.95;
    std::uint64_t seed = 0;
};

struct BootstrapInterval {
    std::optional<Interval> interval;
    std::string reason;
};

[[nodiscard]] BootstrapInterval bootstrapInterval(
    std::size_t n,
    const std::function<std::optional<double>(std::span<const std::size_t>)>& statistic,
    const BootstrapSettings& settings);

} // namespace likeness
