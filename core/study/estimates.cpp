// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/estimates.h"

#include "core/statistics/agreement.h"
#include "core/statistics/detection.h"
#include "core/statistics/intervals.h"
#include "core/statistics/opinion.h"

#include <algorithm>
#include <functional>
#include <map>

namespace likeness::scoring {

namespace {

constexpr int kFirstRealLevel = 4;
constexpr std::size_t kFewestRaters = 3;
constexpr std::string_view kNotAsked = "raters were not asked whether the image is real";

void setInterval(Estimate& estimate, const Interval& interval) {
    estimate.lo = interval.lo;
    estimate.hi = interval.hi;
}

void set(Estimate& estimate, const Quantity& quantity) {
    estimate.value = quantity.value;
    estimate.reason = quantity.reason;
}

Estimate share(const std::vector<Scored>& answers, const std::function<bool(const Scored&)>& yes) {
    Estimate e;
    e.n = static_cast<std::int64_t>(answers.size());
    e.method = "share of answers, Wilson 95 %";
    if (answers.empty()) {
        e.reason = "there is no answer";
        return e;
    }
    const auto count = std::count_if(answers.begin(), answers.end(), yes);
    e.value = static_cast<double>(count) / static_cast<double>(answers.size());
    setInterval(e, wilsonInterval({count, e.n}));
    return e;
}

// Mean of `value` over all answers with the interval of a bootstrap that draws whole raters.
Estimate overRaters(const std::vector<Scored>& answers,
                    const std::string& what,
                    const std::function<double(const Scored&)>& value,
                    const Bootstrap& bootstrap) {
    std::map<std::string, std::pair<double, double>> sums; // by rater: sum, count
    for (const Scored& s : answers) {
        auto& [sum, count] = sums[s.answer->rater];
        sum += value(s);
        count += 1.0;
    }
    std::vector<std::pair<double, double>> raters;
    double sum = 0.0;
    for (const auto& [name, part] : sums) {
        raters.push_back(part);
        sum += part.first;
    }
    Estimate e;
    e.n = static_cast<std::int64_t>(raters.size());
    e.method = what + " of answers, percentile bootstrap over raters 95 %, " +
               std::to_string(bootstrap.resamples) + " resamples";
    if (answers.empty()) {
        e.reason = "there is no answer";
        return e;
    }
    e.value = sum / static_cast<double>(answers.size());
    if (raters.size() < kFewestRaters) {
        e.reason = "no interval: fewer than three raters";
        return e;
    }
    const auto mean = [&](std::span<const std::size_t> picked) -> std::optional<double> {
        double total = 0.0;
        double count = 0.0;
        for (const std::size_t r : picked) {
            total += raters[r].first;
            count += raters[r].second;
        }
        return total / count;
    };
    const BootstrapInterval interval =
        bootstrapInterval(raters.size(), mean, {bootstrap.resamples, 0.95, bootstrap.seed});
    if (interval.interval)
        setInterval(e, *interval.interval);
    else
        e.reason = "no interval: " + interval.reason;
    return e;
}

Estimate notAsked() {
    Estimate e;
    e.reason = kNotAsked;
    return e;
}

// Pairs of a first showing and its repeat.
std::vector<std::pair<int, int>> repeatPairs(const std::vector<Scored>& all) {
    std::map<std::pair<std::string, std::string>, int> first;
    for (const Scored& s : all) {
        if (isPrimary(s))
            first[{s.answer->rater, s.answer->stimulusId}] = s.answer->value;
    }
    std::vector<std::pair<int, int>> pairs;
    for (const Scored& s : all) {
        const auto found = first.find({s.answer->rater, s.answer->stimulusId});
        if (!isPrimary(s) && found != first.end())
            pairs.emplace_back(found->second, s.answer->value);
    }
    return pairs;
}

} // namespace

bool isPrimary(const Scored& s) noexcept {
    return s.answer->kind == TrialKind::main;
}

bool saysReal(const Scored& s) noexcept {
    return s.answer->value >= kFirstRealLevel;
}

Estimate judgedReal(const std::vector<Scored>& answers, Protocol protocol) {
    return protocol == Protocol::acr ? notAsked() : share(answers, saysReal);
}

Estimate judgedRealOverRaters(const std::vector<Scored>& answers,
                              Protocol protocol,
                              const Bootstrap& bootstrap) {
    if (protocol == Protocol::acr)
        return notAsked();
    return overRaters(
        answers, "share", [](const Scored& s) { return saysReal(s) ? 1.0 : 0.0; }, bootstrap);
}

Estimate meanRating(const std::vector<Scored>& answers) {
    std::vector<double> values;
    for (const Scored& s : answers)
        values.push_back(s.answer->value);
    const MeanOpinion opinion = meanOpinion(values);
    Estimate e;
    e.n = static_cast<std::int64_t>(values.size());
    e.method = "mean of answers, Student t 95 %";
    set(e, opinion.mean);
    if (opinion.interval)
        setInterval(e, *opinion.interval);
    else if (opinion.mean.value)
        e.reason = "no interval: one answer only";
    return e;
}

Estimate meanRatingOverRaters(const std::vector<Scored>& answers, const Bootstrap& bootstrap) {
    return overRaters(
        answers, "mean", [](const Scored& s) { return static_cast<double>(s.answer->value); },
        bootstrap);
}

Estimate alpha(const std::vector<Scored>& answers, const Bootstrap& bootstrap) {
    std::map<std::string, std::size_t> raters;
    std::map<std::string, std::size_t> stimuli;
    for (const Scored& s : answers) {
        raters.emplace(s.answer->rater, raters.size());
        stimuli.emplace(s.answer->stimulusId, stimuli.size());
    }
    RatingMatrix matrix(raters.size(), std::vector<std::optional<double>>(stimuli.size()));
    for (const Scored& s : answers)
        matrix[raters[s.answer->rater]][stimuli[s.answer->stimulusId]] = s.answer->value;
    const KrippendorffAlpha result = krippendorffAlpha(matrix, MeasurementLevel::ordinal);
    Estimate e;
    e.n = static_cast<std::int64_t>(result.units);
    e.method = "Krippendorff's alpha, ordinal, percentile bootstrap over images 95 %, " +
               std::to_string(bootstrap.resamples) + " resamples; n = images with two raters";
    set(e, result.alpha);
    if (!result.alpha.value)
        return e;
    const BootstrapInterval interval = krippendorffInterval(
        matrix, MeasurementLevel::ordinal, {bootstrap.resamples, 0.95, bootstrap.seed});
    if (interval.interval)
        setInterval(e, *interval.interval);
    else
        e.reason = "no interval: " + interval.reason;
    return e;
}

Detection detection(const std::vector<Scored>& reference,
                    const std::vector<Scored>& synthetic,
                    Protocol protocol) {
    if (protocol == Protocol::acr)
        return {notAsked(), notAsked()};
    const YesNoCounts counts{std::count_if(reference.begin(), reference.end(), saysReal),
                             static_cast<std::int64_t>(reference.size()),
                             std::count_if(synthetic.begin(), synthetic.end(), saysReal),
                             static_cast<std::int64_t>(synthetic.size())};
    Detection d;
    d.dPrime.n = d.criterion.n = counts.signalTrials + counts.noiseTrials;
    d.dPrime.method = "d', log-linear correction (Hautus 1995), 95 % of Gourevitch and Galanter "
                      "1967";
    d.criterion.method = "criterion c, log-linear correction (Hautus 1995), 95 % normal";
    if (counts.signalTrials == 0 || counts.noiseTrials == 0) {
        d.dPrime.reason = d.criterion.reason = counts.signalTrials == 0
                                                   ? "there is no answer to a reference image"
                                                   : "there is no answer to a synthetic image";
        return d;
    }
    const SignalDetection s = signalDetection(counts, RateCorrection::logLinear);
    set(d.dPrime, s.dPrime);
    set(d.criterion, s.criterion);
    if (s.dPrimeInterval)
        setInterval(d.dPrime, *s.dPrimeInterval);
    if (s.criterionInterval)
        setInterval(d.criterion, *s.criterionInterval);
    return d;
}

Estimate confidenceArea(const std::vector<Scored>& reference,
                        const std::vector<Scored>& synthetic,
                        Protocol protocol) {
    if (protocol == Protocol::acr)
        return notAsked();
    std::vector<double> scores;
    std::vector<bool> positive;
    for (const Scored& s : reference) {
        scores.push_back(s.answer->value);
        positive.push_back(true);
    }
    for (const Scored& s : synthetic) {
        scores.push_back(s.answer->value);
        positive.push_back(false);
    }
    const RocArea area = rocArea(scores, positive);
    Estimate e;
    e.n = static_cast<std::int64_t>(scores.size());
    e.method = "area under the ROC of confidence, ties one half, DeLong 95 %";
    set(e, area.auc);
    if (area.interval)
        setInterval(e, *area.interval);
    else if (area.auc.value)
        e.reason = "no interval: " + area.intervalReason;
    return e;
}

Estimate meanOfRaters(const std::vector<RaterRow>& raters, Protocol protocol) {
    if (protocol == Protocol::acr)
        return notAsked();
    std::vector<double> values;
    for (const RaterRow& row : raters) {
        if (row.dPrime.value)
            values.push_back(*row.dPrime.value);
    }
    const MeanOpinion mean = meanOpinion(values);
    Estimate e;
    e.n = static_cast<std::int64_t>(values.size());
    e.method = "mean of the raters' own d', Student t over raters 95 %";
    if (!mean.mean.value) {
        e.reason = "no rater has a d' of her own";
        return e;
    }
    e.value = mean.mean.value;
    if (mean.interval)
        setInterval(e, *mean.interval);
    else
        e.reason = "no interval: one rater only";
    return e;
}

Estimate repeatKappa(const std::vector<Scored>& all, int levels) {
    const auto pairs = repeatPairs(all);
    Estimate e;
    e.n = static_cast<std::int64_t>(pairs.size());
    e.method = "Cohen's kappa, quadratic weights, pairs of all raters together, 95 % of Fleiss, "
               "Cohen and Everitt 1969";
    if (pairs.size() < 2) {
        e.reason = "fewer than two repeats were answered";
        return e;
    }
    const auto size = static_cast<std::size_t>(levels);
    AgreementTable table(size, std::vector<double>(size, 0.0));
    for (const auto& [first, second] : pairs)
        table[static_cast<std::size_t>(first - 1)][static_cast<std::size_t>(second - 1)] += 1.0;
    const CohenKappa kappa = cohenKappa(table, KappaWeights::quadratic);
    set(e, kappa.kappa);
    if (kappa.interval && *kappa.ase > 0.0)
        setInterval(e, *kappa.interval);
    else if (kappa.kappa.value)
        e.reason = "no interval: its large-sample error is 0";
    return e;
}

Estimate repeatExact(const std::vector<Scored>& all) {
    const auto pairs = repeatPairs(all);
    Estimate e;
    e.n = static_cast<std::int64_t>(pairs.size());
    e.method = "share of repeats answered with the same level, Wilson 95 %";
    if (pairs.empty()) {
        e.reason = "no repeat was answered";
        return e;
    }
    const auto same = std::count_if(pairs.begin(), pairs.end(),
                                    [](const auto& pair) { return pair.first == pair.second; });
    e.value = static_cast<double>(same) / static_cast<double>(pairs.size());
    setInterval(e, wilsonInterval({same, e.n}));
    return e;
}

std::optional<double> medianSeconds(const std::vector<Scored>& answers) {
    if (answers.empty())
        return std::nullopt;
    std::vector<double> times;
    for (const Scored& s : answers)
        times.push_back(s.answer->rtMs / 1000.0);
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    if (times.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(times.begin(), middle)) / 2.0;
}

} // namespace likeness::scoring
