// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/statistics/detection.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

// Structural components of DeLong: for every case of `own` the share of `other` that it beats, ties
// half. `ownIsPositive` says which side should be the higher.
std::vector<double>
components(const std::vector<double>& own, std::vector<double> other, bool ownIsPositive) {
    std::sort(other.begin(), other.end());
    const auto n = static_cast<double>(other.size());
    std::vector<double> share;
    share.reserve(own.size());
    for (const double value : own) {
        const auto [first, last] = std::equal_range(other.begin(), other.end(), value);
        const auto below = static_cast<double>(first - other.begin());
        const auto ties = static_cast<double>(last - first);
        const double beaten = (below + ties / 2.0) / n;
        share.push_back(ownIsPositive ? beaten : 1.0 - beaten);
    }
    return share;
}

double mean(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values)
        sum += v;
    return sum / static_cast<double>(values.size());
}

double covariance(const std::vector<double>& a, const std::vector<double>& b) {
    const double ma = mean(a);
    const double mb = mean(b);
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += (a[i] - ma) * (b[i] - mb);
    return sum / static_cast<double>(a.size() - 1);
}

void checkScores(const std::vector<std::vector<double>>& scores,
                 const std::vector<bool>& positive) {
    for (const auto& score : scores) {
        if (score.size() != positive.size())
            throw Error(ErrorCode::config, "ROC area", "scores and truths differ in number");
        for (const double value : score) {
            if (!std::isfinite(value))
                throw Error(ErrorCode::config, "ROC area", "a score is not a number");
        }
    }
}

} // namespace

RocAreas rocAreas(const std::vector<std::vector<double>>& scores,
                  const std::vector<bool>& positive) {
    checkScores(scores, positive);
    RocAreas result;
    result.positives = static_cast<std::size_t>(std::count(positive.begin(), positive.end(), true));
    result.negatives = positive.size() - result.positives;
    if (result.positives < 2 || result.negatives < 2) {
        throw Error(ErrorCode::numeric, "ROC area",
                    "it needs two positive and two negative cases, but there are " +
                        std::to_string(result.positives) + " and " +
                        std::to_string(result.negatives));
    }
    std::vector<std::vector<double>> ofPositives;
    std::vector<std::vector<double>> ofNegatives;
    for (const auto& score : scores) {
        std::vector<double> high;
        std::vector<double> low;
        for (std::size_t i = 0; i < score.size(); ++i)
            (positive[i] ? high : low).push_back(score[i]);
        ofPositives.push_back(components(high, low, true));
        ofNegatives.push_back(components(low, high, false));
        result.auc.push_back(mean(ofPositives.back()));
    }
    const auto m = static_cast<double>(result.positives);
    const auto n = static_cast<double>(result.negatives);
    result.covariance.assign(scores.size(), std::vector<double>(scores.size(), 0.0));
    for (std::size_t a = 0; a < scores.size(); ++a) {
        for (std::size_t b = 0; b < scores.size(); ++b)
            result.covariance[a][b] = covariance(ofPositives[a], ofPositives[b]) / m +
                                      covariance(ofNegatives[a], ofNegatives[b]) / n;
    }
    return result;
}

RocArea
rocArea(const std::vector<double>& scores, const std::vector<bool>& positive, double level) {
    const auto positives = std::count(positive.begin(), positive.end(), true);
    const auto negatives = static_cast<std::ptrdiff_t>(positive.size()) - positives;
    RocArea area;
    if (positives < 2 || negatives < 2) {
        area.auc = Quantity::undefined("it needs two positive and two negative cases");
        area.intervalReason = area.auc.reason;
        return area;
    }
    const RocAreas all = rocAreas({scores}, positive);
    area.auc = Quantity::of(all.auc[0]);
    area.se = std::sqrt(std::max(0.0, all.covariance[0][0]));
    if (!(*area.se > 0.0)) {
        area.intervalReason = "the two groups do not overlap or do not differ, so that DeLong's "
                              "variance is 0";
        return area;
    }
    const double half = normalQuantile(0.5 + level / 2.0) * *area.se;
    area.interval = Interval{std::max(0.0, all.auc[0] - half), std::min(1.0, all.auc[0] + half)};
    return area;
}

} // namespace likeness
