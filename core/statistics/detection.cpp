// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/detection.h"

#include "core/base/error.h"

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace likeness {

namespace {

double correctedRate(std::int64_t count, std::int64_t trials, RateCorrection correction) {
    const auto x = static_cast<double>(count);
    const auto n = static_cast<double>(trials);
    if (correction == RateCorrection::logLinear)
        return (x + 0.5) / (n + 1.0);
    if (correction == RateCorrection::replace && count == 0)
        return 1.0 / (2.0 * n);
    if (correction == RateCorrection::replace && count == trials)
        return 1.0 - 1.0 / (2.0 * n);
    return x / n;
}

// Grier 1971 in the form of Stanislaw and Todorov 1999, equation 2.
double nonParametricArea(double h, double f) {
    if (h == f)
        return 0.5;
    const double d = std::abs(h - f);
    const double sign = h > f ? 1.0 : -1.0;
    return 0.5 + sign * (d * d + d) / (4.0 * std::max(h, f) - 4.0 * h * f);
}

void addIntervals(SignalDetection& s, const YesNoCounts& counts, double level) {
    const double zh = normalQuantile(s.hitRate);
    const double zf = normalQuantile(s.falseAlarmRate);
    const auto variance = [](double rate, double z, std::int64_t trials) {
        const double density = normalDensity(z);
        return rate * (1.0 - rate) / (static_cast<double>(trials) * density * density);
    };
    const double sum = variance(s.hitRate, zh, counts.signalTrials) +
                       variance(s.falseAlarmRate, zf, counts.noiseTrials);
    const double half = normalQuantile(0.5 + level / 2.0) * std::sqrt(sum);
    s.dPrimeInterval = Interval{zh - zf - half, zh - zf + half};
    const double centre = -(zh + zf) / 2.0;
    s.criterionInterval = Interval{centre - half / 2.0, centre + half / 2.0};
}

void checkCounts(const YesNoCounts& c) {
    if (c.hits < 0 || c.falseAlarms < 0 || c.hits > c.signalTrials ||
        c.falseAlarms > c.noiseTrials) {
        throw Error(ErrorCode::config, "signal detection",
                    "the counts do not fit the numbers of trials",
                    "give 0 <= hits <= signal trials and 0 <= false alarms <= noise trials");
    }
}

} // namespace

std::string toString(RateCorrection correction) {
    switch (correction) {
    case RateCorrection::none:
        return "none";
    case RateCorrection::replace:
        return "replace rates 0 and 1 by 1/(2N) and 1-1/(2N)";
    case RateCorrection::logLinear:
        break;
    }
    return "log-linear (Hautus 1995)";
}

SignalDetection
signalDetection(const YesNoCounts& counts, RateCorrection correction, double level) {
    checkCounts(counts);
    SignalDetection s;
    if (counts.signalTrials == 0 || counts.noiseTrials == 0) {
        const Quantity none = Quantity::undefined(
            counts.signalTrials == 0 ? "there is no signal trial" : "there is no noise trial");
        s.dPrime = s.criterion = s.lnBeta = s.beta = s.aPrime = s.area = none;
        return s;
    }
    s.hitRate = correctedRate(counts.hits, counts.signalTrials, correction);
    s.falseAlarmRate = correctedRate(counts.falseAlarms, counts.noiseTrials, correction);
    s.aPrime = Quantity::of(nonParametricArea(s.hitRate, s.falseAlarmRate));
    const auto extreme = [](double rate) { return rate <= 0.0 || rate >= 1.0; };
    if (extreme(s.hitRate) || extreme(s.falseAlarmRate)) {
        const Quantity none = Quantity::undefined(
            "a rate is 0 or 1 and no correction was asked for; the log-linear one makes it finite");
        s.dPrime = s.criterion = s.lnBeta = s.beta = s.area = none;
        return s;
    }
    const double zh = normalQuantile(s.hitRate);
    const double zf = normalQuantile(s.falseAlarmRate);
    s.dPrime = Quantity::of(zh - zf);
    s.criterion = Quantity::of(-(zh + zf) / 2.0);
    s.lnBeta = Quantity::of((zf * zf - zh * zh) / 2.0);
    s.beta = Quantity::of(std::exp(*s.lnBeta.value));
    s.area = Quantity::of(normalCdf(*s.dPrime.value / std::numbers::sqrt2));
    addIntervals(s, counts, level);
    return s;
}

double forcedChoiceCorrect(double dPrime, int alternatives) {
    if (alternatives < 2 || !std::isfinite(dPrime)) {
        throw Error(ErrorCode::config, "forced choice",
                    "it needs a finite d' and at least two alternatives");
    }
    const auto integrand = [&](double x) {
        return normalDensity(x - dPrime) * std::pow(normalCdf(x), alternatives - 1);
    };
    // Beyond ten standard deviations of the signal's evidence nothing of the integral is left.
    return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, dPrime - 10.0,
                                                                         dPrime + 10.0, 12, 1e-13);
}

Quantity forcedChoiceDPrime(double proportionCorrect) {
    if (!(proportionCorrect >= 0.0 && proportionCorrect <= 1.0))
        throw Error(ErrorCode::config, "forced choice", "a proportion lies between 0 and 1");
    if (proportionCorrect <= 0.0 || proportionCorrect >= 1.0)
        return Quantity::undefined("every answer was wrong or every one was right");
    return Quantity::of(std::numbers::sqrt2 * normalQuantile(proportionCorrect));
}

} // namespace likeness
