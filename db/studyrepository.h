// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/study/blinding.h"
#include "core/study/scoring.h"
#include "db/assetstore.h"
#include "db/auditlog.h"
#include "db/database.h"
#include "db/package.h"
#include "db/ratingsfile.h"
#include "db/records.h"
#include "db/signing.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct UnblindingRecord {
    std::string studyId;
    std::string at;
    std::string by;
    std::string reason;
    std::string definitionSha256;
    std::int64_t answers = 0; ///< merged when the key was opened
};

/// Studies from draft to opened key, and the ratings merged into them. Every function that writes
/// is one transaction, or part of the caller's.
class StudyRepository {
public:
    StudyRepository(Database& database, AssetStore& assets, AuditLog& audit);

    /// Fills id and createdAt. Throws Error(conflict) if the name is taken.
    StudyRecord
    addDraft(const std::string& name, const std::string& protocol, const Json& definition);

    [[nodiscard]] std::vector<StudyRecord> all();
    [[nodiscard]] StudyRecord byNameOrId(const std::string& nameOrId); ///< Throws Error(notFound).

    /// Stores definition, plans, canonical pixels and the key sealed to `lead`; from here on the
    /// study cannot change. Throws Error(conflict) unless it is a draft.
    void freeze(const std::string& studyId, const FrozenStudy& frozen, const KeyPair& lead);

    /// What the package is written from, each part checked against the frozen definition's hashes.
    /// Throws Error(conflict) for a draft, Error(database) if anything was altered.
    [[nodiscard]] PackageSource packageSource(const std::string& studyId);

    struct Merge {
        std::int64_t added = 0;
        std::int64_t duplicates = 0;
        std::vector<std::string> conflicts; ///< one sentence an event, or one for the whole file
    };

    /// Takes in a verified ratings file; idempotent, and any order of files gives the same ratings.
    /// Events that disagree with what is here are set aside, never used. Throws Error(conflict)
    /// when the file is of another study or plan, or the study is a draft; Error(format) for a file
    /// with a fault.
    Merge mergeRatings(const std::string& studyId, const RatingsFile& ratings);

    /// All merged events, chain by chain (in order of raters), in the order they were made.
    [[nodiscard]] std::vector<RatingEvent> events(const std::string& studyId);

    /// The answers that stand.
    [[nodiscard]] std::vector<RatedAnswer> currentAnswers(const std::string& studyId);

    struct Rater {
        std::string rater;
        int slot = 1;
        bool simulated = false;
        std::string mergedAt;
        std::int64_t answers = 0; ///< current ones
    };

    [[nodiscard]] std::vector<Rater> raters(const std::string& studyId);

    /// Opens the key and records who and why; the study is unblinded for good. Throws
    /// Error(conflict) when no rating is merged yet or it was opened before, Error(config) without
    /// reason or name.
    Json unblind(const std::string& studyId,
                 const KeyPair& lead,
                 const std::string& reason,
                 const std::string& by);

    /// The key, for simulated raters only, which must know what they look at. Recorded in the audit
    /// log; refused once the study holds answers of people.
    [[nodiscard]] Json keyForSimulation(const std::string& studyId, const KeyPair& lead);

    /// The opened key, its hash checked; empty before unblinding.
    [[nodiscard]] std::optional<Json> openedKey(const std::string& studyId);
    [[nodiscard]] std::vector<UnblindingRecord> unblindings(const std::string& studyId);

    /// Broken chains, cut ends, altered definitions, plans or keys; one sentence each.
    [[nodiscard]] std::vector<std::string> faults();

private:
    [[nodiscard]] std::string unsealedKey(const StudyRecord& study, const KeyPair& lead);
    [[nodiscard]] Json frozenDefinition(const std::string& studyId);
    [[nodiscard]] std::vector<std::string> ratingFaults();

    Database& m_database;
    AssetStore& m_assets;
    AuditLog& m_audit;
};

} // namespace likeness
