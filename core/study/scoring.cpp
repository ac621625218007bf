// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/scoring.h"

#include "core/base/error.h"
#include "core/study/estimates.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace likeness {

namespace {

using scoring::Scored;

void checkAnswer(const RatedAnswer& answer, int levels) {
    if (answer.value >= 1 && answer.value <= levels)
        return;
    throw Error(ErrorCode::config,
                "answer of rater '" + answer.rater + "' to trial " + std::to_string(answer.planSeq),
                std::to_string(answer.value) + " is not a level from 1 to " +
                    std::to_string(levels),
                "check the merged ratings");
}

std::vector<Scored> joined(const ResultsInput& input) {
    std::map<std::string, const KeyEntry*> truth;
    for (const KeyEntry& entry : input.key)
        truth[entry.stimulusId] = &entry;
    std::set<std::pair<std::string, int>> trials;
    std::vector<Scored> scored;
    for (const RatedAnswer& answer : input.answers) {
        checkAnswer(answer, input.levels);
        const auto found = truth.find(answer.stimulusId);
        if (found == truth.end())
            throw Error(ErrorCode::config, "answer of rater '" + answer.rater + "'",
                        "the key does not hold stimulus " + answer.stimulusId,
                        "use the key of this study");
        if (!trials.insert({answer.rater, answer.planSeq}).second)
            throw Error(ErrorCode::config, "answers of rater '" + answer.rater + "'",
                        "trial " + std::to_string(answer.planSeq) + " was answered twice",
                        "leave superseded answers out");
        scored.push_back({&answer, found->second});
    }
    // Sums and resamples must not depend on the order in which ratings were merged.
    std::sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
        return std::tie(a.answer->rater, a.answer->planSeq) <
               std::tie(b.answer->rater, b.answer->planSeq);
    });
    return scored;
}

template <typename Predicate>
std::vector<Scored> only(const std::vector<Scored>& all, Predicate&& keep) {
    std::vector<Scored> part;
    std::copy_if(all.begin(), all.end(), std::back_inserter(part), keep);
    return part;
}

bool isReference(const Scored& s) {
    return s.truth->origin != Origin::synthetic;
}

std::string plainLabel(const KeyEntry& entry) {
    if (entry.origin == Origin::phantom)
        return "simulated reference";
    if (entry.origin == Origin::real)
        return "real";
    return entry.generator.empty() ? entry.setName : entry.generator;
}

// Rows without numbers: the reference first, then by name of set.
std::vector<ConditionRow> emptyRows(const std::vector<KeyEntry>& key) {
    std::map<std::pair<bool, std::string>, ConditionRow> rows;
    for (const KeyEntry& entry : key) {
        const bool reference = entry.origin != Origin::synthetic;
        ConditionRow& row = rows[{!reference, entry.setName}];
        row.setName = entry.setName;
        row.generator = entry.generator;
        row.origin = entry.origin;
        row.reference = reference;
        row.label = plainLabel(entry);
    }
    std::map<std::string, int> uses;
    for (const auto& [order, row] : rows)
        ++uses[row.label];
    std::vector<ConditionRow> list;
    for (auto& [order, row] : rows) {
        if (uses[row.label] > 1 && row.label != row.setName)
            row.label += " (" + row.setName + ")";
        list.push_back(row);
    }
    return list;
}

void fillRow(ConditionRow& row,
             const std::vector<Scored>& own,
             const std::vector<Scored>& reference,
             const ResultsInput& input) {
    std::set<std::string> stimuli;
    std::set<std::string> raters;
    for (const Scored& s : own) {
        stimuli.insert(s.answer->stimulusId);
        raters.insert(s.answer->rater);
    }
    row.answers = static_cast<std::int64_t>(own.size());
    row.stimuli = static_cast<std::int64_t>(stimuli.size());
    row.raters = static_cast<std::int64_t>(raters.size());
    const scoring::Bootstrap bootstrap{input.bootstrap, input.seed};
    row.judgedReal = scoring::judgedReal(own, input.protocol);
    row.judgedRealRaters = scoring::judgedRealOverRaters(own, input.protocol, bootstrap);
    row.meanRating = scoring::meanRating(own);
    row.meanRatingRaters = scoring::meanRatingOverRaters(own, bootstrap);
    row.agreement = scoring::alpha(own, bootstrap);
    row.medianSeconds = scoring::medianSeconds(own);
    if (row.reference) {
        row.dPrime.reason = row.auc.reason = "the reference is what the others are compared with";
        return;
    }
    row.dPrime = scoring::detection(reference, own, input.protocol).dPrime;
    row.auc = scoring::confidenceArea(reference, own, input.protocol);
}

std::vector<RaterRow> raterRows(const std::vector<Scored>& all, Protocol protocol) {
    std::set<std::string> names;
    for (const Scored& s : all)
        names.insert(s.answer->rater);
    std::vector<RaterRow> rows;
    for (const std::string& name : names) {
        const std::vector<Scored> own =
            only(all, [&](const Scored& s) { return s.answer->rater == name; });
        const std::vector<Scored> primary = only(own, scoring::isPrimary);
        RaterRow row;
        row.rater = name;
        row.simulated = own.front().answer->simulated;
        row.answers = static_cast<std::int64_t>(primary.size());
        row.repeats = static_cast<std::int64_t>(own.size() - primary.size());
        row.judgedReal = scoring::judgedReal(primary, protocol);
        row.meanRating = scoring::meanRating(primary);
        const scoring::Detection detection = scoring::detection(
            only(primary, isReference),
            only(primary, [](const Scored& s) { return !isReference(s); }), protocol);
        row.dPrime = detection.dPrime;
        row.criterion = detection.criterion;
        row.medianSeconds = scoring::medianSeconds(own);
        rows.push_back(std::move(row));
    }
    return rows;
}

void addNotes(StudyResults& r) {
    r.notes.emplace_back("First showings are counted; hidden repeats serve agreement of raters "
                         "with themselves only.");
    r.notes.emplace_back("Wilson, Student and DeLong intervals take answers as independent; "
                         "answers of one rater or to one image are not, so the bootstrap over "
                         "raters stands beside where there are enough raters.");
    if (r.simulated)
        r.notes.emplace_back("At least one rater is simulated: these are not human judgements.");
    for (const ConditionRow& row : r.byGenerator) {
        if (row.origin == Origin::phantom)
            r.notes.push_back("The reference '" + row.setName +
                              "' is a simulated scan of a computed specimen, not a real one.");
    }
    if (r.raters > 0 && r.raters < 5)
        r.notes.push_back("With " + std::to_string(r.raters) +
                          (r.raters == 1 ? " rater" : " raters") +
                          " look at each rater's own results as well.");
}

std::string textOf(const Json& entry, const char* field) {
    const auto found = entry.find(field);
    if (found == entry.end() || !found->is_string())
        throw Error(ErrorCode::format, "study key", std::string("an entry lacks '") + field + "'",
                    "use the key made at freezing");
    return found->get<std::string>();
}

} // namespace

std::vector<KeyEntry> keyEntries(const Json& key) {
    if (!key.is_object() || !key.contains("stimuli") || !key["stimuli"].is_array())
        throw Error(ErrorCode::format, "study key", "it lists no stimuli",
                    "use the key made at freezing");
    std::vector<KeyEntry> entries;
    for (const Json& object : key["stimuli"]) {
        KeyEntry entry;
        entry.stimulusId = textOf(object, "id");
        entry.setName = textOf(object, "set");
        entry.generator = textOf(object, "generator");
        entry.sampleId = textOf(object, "sample");
        entry.specimen = textOf(object, "specimen");
        const auto origin = originFrom(textOf(object, "origin"));
        if (!origin)
            throw Error(ErrorCode::format, "study key", "an origin is not known");
        entry.origin = *origin;
        entries.push_back(std::move(entry));
    }
    return entries;
}

StudyResults score(const ResultsInput& input) {
    if (input.levels < 2 || input.levels > 100 || input.bootstrap < 1)
        throw Error(ErrorCode::config, "scoring", "levels or resamples are out of range");
    const std::vector<Scored> all = joined(input);
    const std::vector<Scored> primary = only(all, scoring::isPrimary);
    const std::vector<Scored> reference = only(primary, isReference);
    const std::vector<Scored> synthetic =
        only(primary, [](const Scored& s) { return !isReference(s); });
    StudyResults r;
    r.protocol = input.protocol;
    r.levels = input.levels;
    r.answers = static_cast<std::int64_t>(all.size());
    r.primaryAnswers = static_cast<std::int64_t>(primary.size());
    r.repeatAnswers = r.answers - r.primaryAnswers;
    r.simulated =
        std::any_of(all.begin(), all.end(), [](const Scored& s) { return s.answer->simulated; });
    r.byGenerator = emptyRows(input.key);
    for (ConditionRow& row : r.byGenerator)
        fillRow(row,
                only(primary, [&](const Scored& s) { return s.truth->setName == row.setName; }),
                reference, input);
    r.byRater = raterRows(all, input.protocol);
    r.raters = static_cast<std::int64_t>(r.byRater.size());
    r.alpha = scoring::alpha(primary, {input.bootstrap, input.seed});
    r.repeatKappa = scoring::repeatKappa(all, input.levels);
    r.repeatExact = scoring::repeatExact(all);
    const scoring::Detection detection = scoring::detection(reference, synthetic, input.protocol);
    r.dPrime = detection.dPrime;
    r.criterion = detection.criterion;
    r.dPrimeRaters = scoring::meanOfRaters(r.byRater, input.protocol);
    r.auc = scoring::confidenceArea(reference, synthetic, input.protocol);
    addNotes(r);
    return r;
}

} // namespace likeness
