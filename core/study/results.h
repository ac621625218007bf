// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/json.h"
#include "core/study/definition.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// A number with what belongs to it. Without a value there is a reason.
struct Estimate {
    std::optional<double> value;
    std::optional<double> lo; ///< 95 % interval
    std::optional<double> hi;
    std::int64_t n = 0;
    std::string method; ///< definition and kind of interval, e.g. "share, Wilson 95 %"
    std::string reason; ///< why there is no value or no interval; empty otherwise
};

/// One metric value of a set, put beside its ratings by the caller.
struct MetricBeside {
    std::string setName;
    std::string metric;
    std::optional<double> value;
    std::optional<double> lo;
    std::optional<double> hi;
    std::int64_t n = 0;
    std::string unit;
    std::string reason;
};

/// One condition: the reference set or a synthetic set.
struct ConditionRow {
    std::string setName;
    std::string generator; ///< empty for the reference
    Origin origin = Origin::real;
    std::string label; ///< generator, "real", or "simulated reference" for phantoms; with the set's
                       ///< name where two rows would read alike
    bool reference = false;
    std::int64_t stimuli = 0; ///< with at least one answer
    std::int64_t answers = 0; ///< primary ones; repeats are not counted
    std::int64_t raters = 0;
    Estimate judgedReal;       ///< real-or-synthetic: levels 4..6; Wilson, answers as independent
    Estimate judgedRealRaters; ///< the same share, interval by bootstrap over raters
    Estimate meanRating;       ///< mean of levels (MOS for acr), Student t over answers
    Estimate meanRatingRaters; ///< the same mean, interval by bootstrap over raters
    Estimate agreement;        ///< Krippendorff's alpha, ordinal, within the row
    Estimate dPrime;           ///< against the reference, pooled over raters
    Estimate auc;              ///< confidence of reference against this row, DeLong
    std::optional<double> medianSeconds; ///< answer time
};

struct RaterRow {
    std::string rater;
    bool simulated = false;
    std::int64_t answers = 0;
    std::int64_t repeats = 0;
    Estimate judgedReal;
    Estimate meanRating;
    Estimate dPrime;
    Estimate criterion;
    std::optional<double> medianSeconds;
};

/// Ratings of an unblinded study, summed up.
struct StudyResults {
    Protocol protocol = Protocol::realOrSynthetic;
    int levels = 6;
    std::int64_t raters = 0;
    std::int64_t answers = 0; ///< all current ones, repeats included
    std::int64_t primaryAnswers = 0;
    std::int64_t repeatAnswers = 0;
    bool simulated = false;                ///< at least one rater is simulated
    std::vector<ConditionRow> byGenerator; ///< reference first, then by set name
    std::vector<RaterRow> byRater;         ///< by name
    Estimate alpha;                        ///< Krippendorff, ordinal, all conditions
    Estimate repeatKappa;  ///< Cohen, quadratic weights, first against second showing
    Estimate repeatExact;  ///< share of repeats answered alike, Wilson
    Estimate dPrime;       ///< reference against all synthetic, answers pooled
    Estimate criterion;    ///< c; below 0 = leaning to "real"
    Estimate dPrimeRaters; ///< mean of the raters' own d', Student t
    Estimate auc;          ///< pooled, DeLong
    std::vector<MetricBeside> versusMetrics; ///< filled by the caller
    std::vector<std::string> notes;
};

/// Keys of the CLI contract: by_generator[], by_rater[], agreement{}, signal_detection{},
/// preference{}, versus_metrics[], notes[], and counts. No NaN: absent numbers are null.
[[nodiscard]] Json toJson(const StudyResults& results);
[[nodiscard]] Json toJson(const Estimate& estimate);

} // namespace likeness
