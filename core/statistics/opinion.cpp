// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/opinion.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

struct Moments {
    double mean = 0.0;
    double second = 0.0; // population
    double fourth = 0.0;
};

Moments momentsOf(std::span<const double> values) {
    Moments m;
    const auto n = static_cast<double>(values.size());
    for (const double v : values)
        m.mean += v;
    m.mean /= n;
    for (const double v : values) {
        const double square = (v - m.mean) * (v - m.mean);
        m.second += square;
        m.fourth += square * square;
    }
    m.second /= n;
    m.fourth /= n;
    return m;
}

constexpr double kTiny = 1e-8; // change at which the projection stops; floor of the variances
constexpr int kMaximumRounds = 10000;

void checkCoverage(const RatingMatrix& scores, std::size_t subjects) {
    std::vector<bool> rated(subjects, false);
    for (const auto& row : scores) {
        bool any = false;
        for (std::size_t i = 0; i < row.size(); ++i) {
            any = any || row[i].has_value();
            rated[i] = rated[i] || row[i].has_value();
        }
        if (!any)
            throw Error(ErrorCode::config, "subject model", "a stimulus has no score");
    }
    if (subjects < 2 || std::find(rated.begin(), rated.end(), false) != rated.end())
        throw Error(ErrorCode::config, "subject model", "a subject has no score");
}

// Standard deviation (population) of each subject's residuals.
std::vector<double> residualSpread(const RatingMatrix& scores, const SubjectModel& model) {
    std::vector<double> spread;
    for (std::size_t i = 0; i < model.bias.size(); ++i) {
        std::vector<double> residuals;
        for (std::size_t j = 0; j < scores.size(); ++j) {
            if (i < scores[j].size() && scores[j][i])
                residuals.push_back(*scores[j][i] - model.mos[j] - model.bias[i]);
        }
        spread.push_back(std::sqrt(momentsOf(residuals).second));
    }
    return spread;
}

void projectStimuli(const RatingMatrix& scores, SubjectModel& model) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
        double sum = 0.0;
        double weights = 0.0;
        for (std::size_t i = 0; i < scores[j].size(); ++i) {
            if (!scores[j][i])
                continue;
            const double v = model.inconsistency[i];
            const double weight = 1.0 / (v * v + kTiny);
            sum += weight * (*scores[j][i] - model.bias[i]);
            weights += weight;
        }
        model.mos[j] = sum / weights;
    }
}

// Spread (population) of a stimulus' scores once the biases are taken out, over sqrt(n).
void addErrors(const RatingMatrix& scores, SubjectModel& model) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
        std::vector<double> unbiased;
        for (std::size_t i = 0; i < scores[j].size(); ++i) {
            if (scores[j][i])
                unbiased.push_back(*scores[j][i] - model.bias[i]);
        }
        model.mosError[j] =
            std::sqrt(momentsOf(unbiased).second / static_cast<double>(unbiased.size()));
    }
}

void projectSubjects(const RatingMatrix& scores, SubjectModel& model) {
    for (std::size_t i = 0; i < model.bias.size(); ++i) {
        double sum = 0.0;
        double n = 0.0;
        for (std::size_t j = 0; j < scores.size(); ++j) {
            if (i < scores[j].size() && scores[j][i]) {
                sum += *scores[j][i] - model.mos[j];
                n += 1.0;
            }
        }
        model.bias[i] = sum / n;
    }
}

} // namespace

MeanOpinion meanOpinion(std::span<const double> scores, double level) {
    MeanOpinion result;
    result.n = scores.size();
    if (scores.empty()) {
        result.mean = Quantity::undefined("there is no score");
        return result;
    }
    const Moments m = momentsOf(scores);
    result.mean = Quantity::of(m.mean);
    if (scores.size() < 2)
        return result;
    const auto n = static_cast<double>(scores.size());
    result.sd = std::sqrt(m.second * n / (n - 1.0));
    // BT.500 prints 1.96, not the quantile with more digits.
    const double factor = level == 0.95 ? 1.96 : normalQuantile(0.5 + level / 2.0);
    result.halfWidthNormal = factor * *result.sd / std::sqrt(n);
    result.halfWidthStudent =
        studentQuantile(0.5 + level / 2.0, n - 1.0) * *result.sd / std::sqrt(n);
    result.interval =
        Interval{m.mean - *result.halfWidthStudent, m.mean + *result.halfWidthStudent};
    return result;
}

ObserverScreening screenObservers(const std::vector<std::vector<double>>& scores,
                                  Deviation deviation) {
    const std::size_t subjects = scores.empty() ? 0 : scores.front().size();
    if (subjects < 2)
        throw Error(ErrorCode::config, "observer screening", "it needs at least two subjects");
    ObserverScreening result;
    result.above.assign(subjects, 0);
    result.below.assign(subjects, 0);
    for (const auto& row : scores) {
        if (row.size() != subjects)
            throw Error(ErrorCode::config, "observer screening", "the table has gaps");
        const Moments m = momentsOf(row);
        if (!(m.second > 0.0))
            continue; // all alike: nobody stands out
        const auto n = static_cast<double>(subjects);
        const double sd =
            std::sqrt(deviation == Deviation::sample ? m.second * n / (n - 1.0) : m.second);
        const double kurtosis = m.fourth / (m.second * m.second);
        const double limit = (kurtosis >= 2.0 && kurtosis <= 4.0 ? 2.0 : std::sqrt(20.0)) * sd;
        for (std::size_t i = 0; i < subjects; ++i) {
            result.above[i] += row[i] >= m.mean + limit ? 1 : 0;
            result.below[i] += row[i] <= m.mean - limit ? 1 : 0;
        }
    }
    std::vector<bool> rejected(subjects, false);
    for (std::size_t i = 0; i < subjects; ++i) {
        const double both = result.above[i] + result.below[i];
        const double difference = std::abs(result.above[i] - result.below[i]);
        rejected[i] = both / static_cast<double>(scores.size()) > 0.05 && difference / both < 0.3;
        if (rejected[i])
            result.rejected.push_back(i);
    }
    if (result.rejected.size() == subjects)
        return result;
    for (const auto& row : scores) {
        std::vector<double> kept;
        for (std::size_t i = 0; i < subjects; ++i) {
            if (!rejected[i])
                kept.push_back(row[i]);
        }
        result.mosAfter.push_back(momentsOf(kept).mean);
    }
    return result;
}

SubjectModel subjectModel(const RatingMatrix& scores) {
    std::size_t subjects = 0;
    for (const auto& row : scores)
        subjects = std::max(subjects, row.size());
    checkCoverage(scores, subjects);
    SubjectModel model;
    model.mos.assign(scores.size(), 0.0);
    model.mosError.assign(scores.size(), 0.0);
    model.bias.assign(subjects, 0.0);
    model.inconsistency.assign(subjects, 1.0);
    projectStimuli(scores, model); // equal weights, no bias: plain means
    projectSubjects(scores, model);
    for (;;) {
        const std::vector<double> before = model.mos;
        model.inconsistency = residualSpread(scores, model);
        projectStimuli(scores, model);
        projectSubjects(scores, model);
        ++model.iterations;
        double change = 0.0;
        for (std::size_t j = 0; j < before.size(); ++j)
            change += std::pow(before[j] - model.mos[j], 2);
        if (std::sqrt(change) < kTiny)
            break;
        if (model.iterations >= kMaximumRounds)
            throw Error(ErrorCode::numeric, "subject model", "it does not converge");
    }
    addErrors(scores, model);
    double centre = 0.0;
    for (const double b : model.bias)
        centre += b / static_cast<double>(subjects);
    for (double& b : model.bias)
        b -= centre;
    for (double& mos : model.mos)
        mos += centre;
    return model;
}

} // namespace likeness
