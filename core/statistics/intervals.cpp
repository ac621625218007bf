// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/intervals.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace likeness {

namespace {

void checkProbability(std::string_view what, double p) {
    if (!(p > 0.0 && p < 1.0)) {
        throw Error(ErrorCode::config, what, "it must lie between 0 and 1",
                    "use a value such as 0.95");
    }
}

void check(const Proportion& p, double level) {
    if (p.trials < 1)
        throw Error(ErrorCode::config, "proportion", "it has no trials", "give at least one trial");
    if (p.successes < 0 || p.successes > p.trials) {
        throw Error(ErrorCode::config, "proportion",
                    std::to_string(p.successes) + " successes do not fit " +
                        std::to_string(p.trials) + " trials",
                    "give 0 <= successes <= trials");
    }
    checkProbability("confidence level", level);
}

// Quantile of sorted values, type 7 of Hyndman and Fan 1996.
double sortedQuantile(const std::vector<double>& sorted, double probability) {
    const double position = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double weight = position - static_cast<double>(below);
    return sorted[below] + weight * (sorted[above] - sorted[below]);
}

} // namespace

double normalQuantile(double probability) {
    checkProbability("probability", probability);
    return boost::math::quantile(boost::math::normal(), probability);
}

double normalCdf(double x) {
    return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

double normalDensity(double x) {
    return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

double studentQuantile(double probability, double degrees) {
    checkProbability("probability", probability);
    if (!(degrees > 0.0))
        throw Error(ErrorCode::config, "Student's t", "it needs more than 0 degrees of freedom");
    return boost::math::quantile(boost::math::students_t(degrees), probability);
}

double chiSquaredTail(double x, double degrees) {
    if (!(degrees > 0.0) || !(x >= 0.0))
        throw Error(ErrorCode::config, "chi-squared tail", "it needs x >= 0 and degrees > 0");
    return boost::math::cdf(
        boost::math::complement(boost::math::chi_squared_distribution<double>(degrees), x));
}

Interval wilsonInterval(const Proportion& p, double level) {
    check(p, level);
    const double n = static_cast<double>(p.trials);
    const double share = static_cast<double>(p.successes) / n;
    const double z = normalQuantile(0.5 + level / 2.0);
    const double scale = 1.0 + z * z / n;
    const double centre = (share + z * z / (2.0 * n)) / scale;
    const double half = z / scale * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    // At 0 and n one end is exact; rounding must not move it.
    return {p.successes == 0 ? 0.0 : centre - half, p.successes == p.trials ? 1.0 : centre + half};
}

Interval clopperPearsonInterval(const Proportion& p, double level) {
    check(p, level);
    const double x = static_cast<double>(p.successes);
    const double n = static_cast<double>(p.trials);
    const double tail = (1.0 - level) / 2.0;
    using Beta = boost::math::beta_distribution<double>;
    Interval interval{0.0, 1.0};
    if (p.successes > 0)
        interval.lo = boost::math::quantile(Beta(x, n - x + 1.0), tail);
    if (p.successes < p.trials)
        interval.hi = boost::math::quantile(Beta(x + 1.0, n - x), 1.0 - tail);
    return interval;
}

BinomialTest binomialTest(const Proportion& p, double p0) {
    check(p, 0.95);
    checkProbability("tested probability", p0);
    const boost::math::binomial_distribution<double> law(static_cast<double>(p.trials), p0);
    const auto seen = static_cast<double>(p.successes);
    BinomialTest test;
    test.atMost = boost::math::cdf(law, seen);
    test.atLeast =
        p.successes == 0 ? 1.0 : boost::math::cdf(boost::math::complement(law, seen - 1.0));
    // Outcomes that are equally likely in exact arithmetic may differ by rounding.
    const double limit = boost::math::pdf(law, seen) * (1.0 + 1e-7);
    double sum = 0.0;
    for (std::int64_t k = 0; k <= p.trials; ++k) {
        const double likelihood = boost::math::pdf(law, static_cast<double>(k));
        if (likelihood <= limit)
            sum += likelihood;
    }
    test.twoSided = std::min(1.0, sum);
    return test;
}

McNemarTest mcNemarTest(std::int64_t b, std::int64_t c) {
    if (b < 0 || c < 0)
        throw Error(ErrorCode::config, "McNemar's test", "counts cannot be negative");
    if (b + c == 0) {
        throw Error(ErrorCode::numeric, "McNemar's test", "no pair is discordant",
                    "collect pairs in which the two answers differ");
    }
    const auto difference = static_cast<double>(b > c ? b - c : c - b);
    const auto sum = static_cast<double>(b + c);
    McNemarTest test;
    test.chiSquared = difference * difference / sum;
    const double corrected = std::max(0.0, difference - 1.0);
    test.chiSquaredContinuity = corrected * corrected / sum;
    const boost::math::binomial_distribution<double> law(sum, 0.5);
    test.exactTwoSided =
        std::min(1.0, 2.0 * boost::math::cdf(law, static_cast<double>(std::min(b, c))));
    return test;
}

BootstrapInterval bootstrapInterval(
    std::size_t n,
    const std::function<std::optional<double>(std::span<const std::size_t>)>& statistic,
    const BootstrapSettings& settings) {
    checkProbability("confidence level", settings.level);
    if (settings.resamples < 1)
        throw Error(ErrorCode::config, "bootstrap", "it needs at least one resample");
    if (n < 2)
        return {std::nullopt, "one unit cannot be resampled"};
    Random random(settings.seed, "bootstrap");
    std::vector<std::size_t> picked(n);
    std::vector<double> values;
    for (int b = 0; b < settings.resamples; ++b) {
        for (std::size_t& index : picked)
            index = static_cast<std::size_t>(random.below(n));
        if (const std::optional<double> value = statistic(picked))
            values.push_back(*value);
    }
    const std::size_t missing = static_cast<std::size_t>(settings.resamples) - values.size();
    if (missing * 10 > static_cast<std::size_t>(settings.resamples)) {
        return {std::nullopt, "it is undefined in " + std::to_string(missing) + " of " +
                                  std::to_string(settings.resamples) + " resamples"};
    }
    std::sort(values.begin(), values.end());
    return {Interval{sortedQuantile(values, (1.0 - settings.level) / 2.0),
                     sortedQuantile(values, (1.0 + settings.level) / 2.0)},
            {}};
}

} // namespace likeness
