// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/results.h"

#include "core/statistics/detection.h"

#include <cmath>

namespace likeness {

namespace {

Json numberOrNull(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json();
}

Json toJson(const ConditionRow& row) {
    return {{"set", row.setName},
            {"generator", row.generator},
            {"origin", toString(row.origin)},
            {"label", row.label},
            {"reference", row.reference},
            {"n", row.answers},
            {"answers", row.answers},
            {"stimuli", row.stimuli},
            {"raters", row.raters},
            {"judged_real", toJson(row.judgedReal)},
            {"judged_real_raters", toJson(row.judgedRealRaters)},
            {"mean_rating", toJson(row.meanRating)},
            {"mean_rating_raters", toJson(row.meanRatingRaters)},
            {"agreement", toJson(row.agreement)},
            {"d_prime", toJson(row.dPrime)},
            {"auc", toJson(row.auc)},
            {"median_seconds", numberOrNull(row.medianSeconds)}};
}

Json toJson(const RaterRow& row) {
    return {{"rater", row.rater},
            {"simulated", row.simulated},
            {"answers", row.answers},
            {"repeats", row.repeats},
            {"judged_real", toJson(row.judgedReal)},
            {"mean_rating", toJson(row.meanRating)},
            {"d_prime", toJson(row.dPrime)},
            {"criterion", toJson(row.criterion)},
            {"median_seconds", numberOrNull(row.medianSeconds)}};
}

Json toJson(const MetricBeside& m) {
    return {
        {"set", m.setName},         {"metric", m.metric},       {"value", numberOrNull(m.value)},
        {"lo", numberOrNull(m.lo)}, {"hi", numberOrNull(m.hi)}, {"n", m.n},
        {"unit", m.unit},           {"reason", m.reason}};
}

template <typename T>
Json listOf(const std::vector<T>& items) {
    Json list = Json::array();
    for (const T& item : items)
        list.push_back(toJson(item));
    return list;
}

} // namespace

Json toJson(const Estimate& estimate) {
    return {{"value", numberOrNull(estimate.value)},
            {"lo", numberOrNull(estimate.lo)},
            {"hi", numberOrNull(estimate.hi)},
            {"n", estimate.n},
            {"method", estimate.method},
            {"reason", estimate.reason}};
}

Json toJson(const StudyResults& r) {
    return {{"protocol", toString(r.protocol)},
            {"levels", r.levels},
            {"raters", r.raters},
            {"answers", r.answers},
            {"primary_answers", r.primaryAnswers},
            {"repeat_answers", r.repeatAnswers},
            {"simulated", r.simulated},
            {"by_generator", listOf(r.byGenerator)},
            {"by_rater", listOf(r.byRater)},
            {"agreement",
             {{"krippendorff_alpha_ordinal", toJson(r.alpha)},
              {"repeat_kappa_quadratic", toJson(r.repeatKappa)},
              {"repeat_exact", toJson(r.repeatExact)}}},
            {"signal_detection",
             {{"d_prime", toJson(r.dPrime)},
              {"criterion", toJson(r.criterion)},
              {"d_prime_raters", toJson(r.dPrimeRaters)},
              {"auc", toJson(r.auc)},
              {"signal", "reference stimuli; a yes is an answer of level 4 or more"},
              {"correction", toString(RateCorrection::logLinear)}}},
            {"preference", {{"note", "This protocol asks for no preference between images."}}},
            {"versus_metrics", listOf(r.versusMetrics)},
            {"notes", r.notes}};
}

} // namespace likeness
