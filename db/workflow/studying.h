// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/study/results.h"
#include "db/project.h"
#include "db/records.h"

#include <filesystem>
#include <string>
#include <vector>

namespace likeness {

/// Stores a draft. Throws Error(config) listing every fault of the definition.
StudyRecord createStudy(Project& project, const Json& definition);

struct FreezeResult {
    StudyRecord study;

    /// For the lead alone, since they name samples and sets: what may tell raters the source or
    /// unbalances the study (twin pixels, mixed sizes, names in shown texts, too few reference
    /// samples). They stand in the audit trail too.
    std::vector<std::string> warnings;
};

/// Draws the stimuli, makes canonical pixels, ids, plans and the sealed key, and fixes them by a
/// hash. A frozen study never changes.
[[nodiscard]] FreezeResult freezeStudy(Project& project, const std::string& study, JobContext& job);

/// Writes NAME.study; the package is the same bytes each time.
void bundleStudy(Project& project,
                 const std::string& study,
                 const std::filesystem::path& out,
                 JobContext& job);

struct SimulatedPanel {
    int raters = 3;
    double sensitivity = 1.0; ///< d' of the simulated raters
    std::uint64_t seed = 0;
};

/// Answers every trial by simulated raters through the same package and rating store as people do,
/// and merges the answers, all or none; they are marked as simulated for ever. Only for pilots and
/// the demo. Throws Error(conflict) when the study holds answers of people or of such a panel.
StudyRecord simulateStudy(Project& project,
                          const std::string& study,
                          const SimulatedPanel& panel,
                          JobContext& job);

struct MergeResult {
    std::int64_t added = 0;
    std::int64_t duplicates = 0;
    std::vector<std::string> conflicts; ///< quarantined events, one sentence each
};

/// Takes in NAME--RATER.ratings files; idempotent. Throws Error(conflict) for another study's
/// ratings.
MergeResult mergeRatings(Project& project,
                         const std::string& study,
                         const std::vector<std::filesystem::path>& files,
                         JobContext& job);

/// Opens the key and records who and why. Refused before any rating is merged.
StudyRecord unblindStudy(Project& project,
                         const std::string& study,
                         const std::string& reason,
                         const std::string& by);

/// Throws Error(conflict) before unblinding.
[[nodiscard]] StudyResults
studyResults(Project& project, const std::string& study, JobContext& job);

/// "csv" (one long table, formula-safe) or "json" (definition, plan, responses). Truth columns only
/// after unblinding.
void exportStudy(Project& project,
                 const std::string& study,
                 const std::string& format,
                 const std::filesystem::path& out,
                 JobContext& job);

} // namespace likeness
