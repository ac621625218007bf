// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Merging of ratings: the part of StudyRepository that takes in what raters sent.
#include "core/base/error.h"
#include "core/study/canonicaljson.h"
#include "db/clock.h"
#include "db/eventlog.h"
#include "db/statement.h"
#include "db/studyrepository.h"

#include <algorithm>
#include <map>
#include <set>

namespace likeness {

namespace {

std::string nameOf(const RatingEvent& event) {
    return "rating event " + std::to_string(event.seq) + " of " + event.rater;
}

/// Whether events make sense for the plan they claim to follow.
class EventCheck {
public:
    EventCheck(Plan plan, std::int64_t levels)
        : m_plan(std::move(plan))
        , m_levels(levels) {}

    /// One sentence, empty if the event may be taken in. Events are given in order.
    [[nodiscard]] std::string fault(const RatingEvent& event) {
        if (event.planSeq < 1 || event.planSeq > static_cast<std::int64_t>(m_plan.items.size()))
            return "it answers a trial that its plan does not have";
        const PlanItem& item = m_plan.items[static_cast<std::size_t>(event.planSeq) - 1];
        if (item.stimulusId != event.stimulus)
            return "it names another stimulus than its plan";
        if (event.value && (*event.value < 1 || *event.value > m_levels))
            return "its value is not on the scale";
        if (event.rtNs < 0)
            return "its answer time is negative";
        const auto before = m_answers.find(event.planSeq);
        const std::string last = before == m_answers.end() ? std::string() : before->second;
        if (event.supersedes.value_or("") != last)
            return "it does not follow the trial's last answer";
        if (event.kind == EventKind::answer)
            m_answers[event.planSeq] = event.id;
        return {};
    }

private:
    Plan m_plan;
    std::int64_t m_levels;
    std::map<std::int64_t, std::string> m_answers; ///< last one of each trial
};

struct MergeTarget {
    Database& database;
    std::string studyId;
    bool opened = false; ///< the key was opened: nothing new may come in
};

void setAside(MergeTarget& target,
              const RatingEvent& event,
              const std::string& reason,
              StudyRepository::Merge& merge) {
    Statement(target.database, "INSERT INTO rating_conflict (study_id, event, reason, at) "
                               "VALUES (?,?,?,?) ON CONFLICT DO NOTHING")
        .bind(target.studyId, toLine(event), reason, utcNow())
        .run();
    merge.conflicts.push_back(nameOf(event) + ": " + reason);
}

void setAllAside(MergeTarget& target,
                 const RatingsFile& ratings,
                 const std::string& reason,
                 StudyRepository::Merge& merge) {
    for (const RatingEvent& event : ratings.events)
        setAside(target, event, reason, merge);
}

/// Why the whole file cannot join what is merged; empty if it can.
std::string chainConflict(const MergeTarget& target, const StoreHeader& header) {
    Statement known(target.database,
                    "SELECT chain, header FROM rating_chain WHERE study_id = ?1 AND "
                    "(rater = ?2 OR chain = ?3)");
    known.bind(target.studyId, header.rater, header.chain);
    while (known.step()) {
        if (known.text(0) != header.chain)
            return "ratings of " + header.rater + " from another store are merged already";
        if (known.text(1) != jsonText(toJson(header)))
            return "its store says something else of itself than when it was merged before";
    }
    return {};
}

void addChain(const MergeTarget& target, const StoreHeader& header) {
    Statement(target.database,
              "INSERT INTO rating_chain (chain, study_id, rater, slot, simulated, header, "
              "signing_key, merged_at) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (chain) DO NOTHING")
        .bind(header.chain, target.studyId, header.rater, header.slot, header.simulated,
              toJson(header), header.signingKey, utcNow())
        .run();
}

void mergeEvents(MergeTarget& target,
                 const RatingsFile& ratings,
                 EventCheck& check,
                 StudyRepository::Merge& merge) {
    std::map<std::int64_t, std::string> known;
    readEvents(target.database, ratings.header.chain,
               [&known](const RatingEvent& event) { known[event.seq] = event.hash; });
    std::string broken;
    for (const RatingEvent& event : ratings.events) {
        const auto before = known.find(event.seq);
        if (broken.empty() && before != known.end() && before->second != event.hash)
            broken = "it differs from the event of this number that was merged before";
        if (broken.empty())
            broken = check.fault(event);
        if (!broken.empty()) {
            setAside(target, event, broken, merge);
        } else if (before != known.end()) {
            ++merge.duplicates;
        } else {
            if (target.opened)
                throw Error(ErrorCode::conflict, nameOf(event),
                            "it came after the key of the study was opened",
                            "keep the file aside; it cannot count as blind");
            insertEvent(target.database, event);
            ++merge.added;
        }
    }
}

struct ChainHead {
    std::int64_t length = 0;
    std::string head;
};

/// What the audit trail says each chain was when it was last merged.
std::map<std::string, ChainHead> auditedHeads(AuditLog& audit) {
    std::map<std::string, ChainHead> heads;
    for (const AuditEntry& entry : audit.entries("ratings.merge"))
        heads[entry.details.value("chain", "")] = {entry.details.value("length", std::int64_t{0}),
                                                   entry.details.value("head", "")};
    return heads;
}

} // namespace

StudyRepository::Merge StudyRepository::mergeRatings(const std::string& studyId,
                                                     const RatingsFile& ratings) {
    const StudyRecord study = byNameOrId(studyId);
    const std::string what = "ratings of " + ratings.header.rater;
    if (!ratings.fault.empty())
        throw Error(ErrorCode::format, what, "their store was damaged: " + ratings.fault,
                    "ask the rater for a backup of the store");
    const PackageSource source = packageSource(study.id);
    if (ratings.header.study != study.definitionSha256)
        throw Error(ErrorCode::conflict, what, "they belong to another study than " + study.name,
                    "choose the study they were made for");
    const auto slot = static_cast<std::size_t>(ratings.header.slot);
    if (slot < 1 || slot > source.plans.size())
        throw Error(ErrorCode::conflict, what, "the study has no plan of their number");
    Plan plan = planFromJson(source.plans[slot - 1]);
    if (plan.sha256 != ratings.header.planSha256)
        throw Error(ErrorCode::conflict, what, "they follow another plan than the study's");

    Database::Transaction transaction(m_database);
    MergeTarget target{m_database, study.id, study.state == StudyState::unblinded};
    Merge merge;
    if (const std::string conflict = chainConflict(target, ratings.header); !conflict.empty()) {
        setAllAside(target, ratings, conflict, merge);
    } else if (!ratings.events.empty()) {
        addChain(target, ratings.header);
        EventCheck check(std::move(plan),
                         static_cast<std::int64_t>(source.definition.at("levels").size()));
        mergeEvents(target, ratings, check, merge);
    }
    if (merge.added > 0) {
        const RatingEvent& last =
            ratings.events[static_cast<std::size_t>(merge.added + merge.duplicates) - 1];
        m_audit.add("ratings.merge", study.id,
                    {{"chain", ratings.header.chain},
                     {"rater", ratings.header.rater},
                     {"length", last.seq},
                     {"head", last.hash},
                     {"added", merge.added}});
    }
    if (!merge.conflicts.empty())
        m_audit.add("ratings.conflict", study.id,
                    {{"chain", ratings.header.chain},
                     {"rater", ratings.header.rater},
                     {"events", merge.conflicts.size()}});
    transaction.commit();
    return merge;
}

std::vector<RatingEvent> StudyRepository::events(const std::string& studyId) {
    Statement chains(m_database,
                     "SELECT chain FROM rating_chain WHERE study_id = ? ORDER BY rater");
    chains.bind(byNameOrId(studyId).id);
    std::vector<RatingEvent> events;
    while (chains.step())
        readEvents(m_database, chains.text(0),
                   [&events](const RatingEvent& event) { events.push_back(event); });
    return events;
}

std::vector<RatedAnswer> StudyRepository::currentAnswers(const std::string& studyId) {
    const PackageSource source = packageSource(studyId);
    std::vector<Plan> plans;
    for (const Json& plan : source.plans)
        plans.push_back(planFromJson(plan));
    Statement rows(
        m_database,
        "SELECT answer.rater, answer.stimulus, answer.plan_seq, answer.value, answer.rt_ns, "
        "answer.simulated, chain.slot FROM current_answer AS answer JOIN rating_chain AS "
        "chain ON chain.chain = answer.chain WHERE chain.study_id = ? "
        "ORDER BY answer.rater, answer.plan_seq");
    rows.bind(byNameOrId(studyId).id);
    std::vector<RatedAnswer> answers;
    while (rows.step()) {
        const Plan& plan = plans.at(static_cast<std::size_t>(rows.integer(6)) - 1);
        RatedAnswer answer;
        answer.rater = rows.text(0);
        answer.stimulusId = rows.text(1);
        answer.planSeq = static_cast<int>(rows.integer(2));
        answer.kind = plan.items.at(static_cast<std::size_t>(answer.planSeq) - 1).kind;
        answer.value = static_cast<int>(rows.integer(3));
        answer.rtMs = static_cast<double>(rows.integer(4)) / 1e6;
        answer.simulated = rows.integer(5) != 0;
        answers.push_back(std::move(answer));
    }
    return answers;
}

std::vector<StudyRepository::Rater> StudyRepository::raters(const std::string& studyId) {
    Statement rows(m_database,
                   "SELECT rater, slot, simulated, merged_at, (SELECT count(*) FROM current_answer "
                   "WHERE current_answer.chain = rating_chain.chain) FROM rating_chain "
                   "WHERE study_id = ? ORDER BY rater");
    rows.bind(byNameOrId(studyId).id);
    std::vector<Rater> raters;
    while (rows.step())
        raters.push_back({rows.text(0), static_cast<int>(rows.integer(1)), rows.integer(2) != 0,
                          rows.text(3), rows.integer(4)});
    return raters;
}

std::vector<std::string> StudyRepository::ratingFaults() {
    std::vector<std::string> faults;
    std::map<std::string, ChainHead> expected = auditedHeads(m_audit);
    Statement chains(m_database, "SELECT chain, rater, header FROM rating_chain");
    while (chains.step()) {
        const std::string chain = chains.text(0);
        const std::string of = " (merged ratings of " + chains.text(1) + ")";
        const auto audited = expected.find(chain);
        // A header that a flipped bit damaged leaves an origin that no event follows.
        const Json header = Json::parse(chains.text(2), nullptr, false);
        const std::string origin = header.is_object() ? canonicalSha256(header) : std::string();
        const ChainReport report = verifyChain(m_database, chain, origin);
        if (!report.fault.empty())
            faults.push_back(report.fault + of);
        else if (audited == expected.end() || audited->second.length != report.length ||
                 audited->second.head != report.head)
            faults.push_back("the chain does not end where the audit trail says" + of);
        expected.erase(chain);
    }
    for (const auto& [chain, head] : expected)
        faults.push_back("all " + std::to_string(head.length) + " merged rating events of store " +
                         chain + " are missing");
    Statement stray(m_database, "SELECT count(*) FROM rating_event WHERE chain NOT IN "
                                "(SELECT chain FROM rating_chain)");
    if (stray.step() && stray.integer(0) != 0)
        faults.emplace_back("there are rating events of a store that was never merged");
    return faults;
}

} // namespace likeness
