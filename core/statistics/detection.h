// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/intervals.h"
#include "core/statistics/quantity.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

/// Answers of a yes/no task. Counts may be pooled over raters.
struct YesNoCounts {
    std::int64_t hits = 0;
    std::int64_t signalTrials = 0;
    std::int64_t falseAlarms = 0;
    std::int64_t noiseTrials = 0;
};

/// How rates of 0 and 1 are made finite; always named beside the number.
enum class RateCorrection {
    none,     ///< rates as they are; d' undefined at 0 and 1
    replace,  ///< 0 becomes 1/(2N), 1 becomes 1 - 1/(2N) (Macmillan and Kaplan 1985)
    logLinear ///< (count + 0.5) / (N + 1) in every cell (Hautus 1995)
};

[[nodiscard]] std::string toString(RateCorrection correction);

/// Equal-variance signal detection (Stanislaw and Todorov 1999).
struct SignalDetection {
    double hitRate = 0.0; ///< after correction
    double falseAlarmRate = 0.0;
    Quantity dPrime;
    Quantity criterion; ///< c = -(z(H)+z(F))/2
    Quantity lnBeta;
    Quantity beta;
    Quantity aPrime;                        ///< non-parametric, from the corrected rates
    Quantity area;                          ///< A_d = Phi(d'/sqrt 2)
    std::optional<Interval> dPrimeInterval; ///< Gourevitch and Galanter 1967, corrected rates
    std::optional<Interval> criterionInterval;
};

/// Throws Error(config) for counts out of range. Without signal or noise trials everything is
/// undefined, with reason.
[[nodiscard]] SignalDetection
signalDetection(const YesNoCounts& counts, RateCorrection correction, double level = 0.95);

/// Proportion correct of an unbiased observer in m-alternative forced choice (Green and Swets
/// 1966): the integral of phi(x - d') Phi(x)^(m-1). m >= 2.
[[nodiscard]] double forcedChoiceCorrect(double dPrime, int alternatives);

/// d' from the proportion correct in 2AFC: sqrt(2) z(Pc). Undefined at 0 and 1.
[[nodiscard]] Quantity forcedChoiceDPrime(double proportionCorrect);

/// Empirical area under the ROC with ties counting one half, and the covariances of DeLong, DeLong
/// and Clarke-Pearson 1988. High scores speak for positives: no direction is guessed.
struct RocAreas {
    std::vector<double> auc; ///< one per score
    std::vector<std::vector<double>> covariance;
    std::size_t positives = 0;
    std::size_t negatives = 0;
};

/// `scores[k][i]` is score k of case i. Throws Error(config) for unequal lengths and Error(numeric)
/// unless there are two positives and two negatives.
[[nodiscard]] RocAreas rocAreas(const std::vector<std::vector<double>>& scores,
                                const std::vector<bool>& positive);

/// One score with its interval; the interval is absent, with reason, where the variance is 0.
struct RocArea {
    Quantity auc;
    std::optional<double> se;
    std::optional<Interval> interval;
    std::string intervalReason;
};

[[nodiscard]] RocArea
rocArea(const std::vector<double>& scores, const std::vector<bool>& positive, double level = 0.95);

} // namespace likeness
