// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

enum class TrialKind { main, repeat };

[[nodiscard]] std::string_view toString(TrialKind kind) noexcept;

/// One trial of a plan. Nothing here tells where a stimulus comes from.
struct PlanItem {
    int seq = 0;   ///< from 1
    int block = 1; ///< from 1; a break lies between blocks
    TrialKind kind = TrialKind::main;
    std::string stimulusId;
    std::optional<int> repeatOf; ///< seq of the first showing; never shown to raters

    friend bool operator==(const PlanItem&, const PlanItem&) = default;
};

/// The order in which one rater sees the stimuli, stored before her first trial.
struct Plan {
    static constexpr std::string_view kAlgorithm = "likeness-plan-v1";

    int slot = 0;               ///< rater slot, from 1
    std::uint64_t seed = 0;     ///< of the study, all slots alike; lead's side only
    std::string seedCommitment; ///< SHA-256 that binds seed and slot; travels in the package
    std::vector<PlanItem> items;
    std::string sha256; ///< canonicalSha256(planToJson(*this))

    friend bool operator==(const Plan&, const Plan&) = default;
};

/// A stimulus as the planner sees it. Class and specimen enter only through equality with one
/// another: renaming classes changes nothing.
struct PlanStimulus {
    std::string id;
    std::string stimulusClass;
    std::string specimen; ///< empty: unknown, no constraint
};

struct PlanRules {
    int maxRun = 3;
    double repeats = 0.1;
    int blockSize = 50;
};

/// Makes the plan of one rater slot: every stimulus once, a share of them twice. Pure; the order of
/// `stimuli` does not matter. Equal arguments give equal plans on every platform (Random::kName).
///  - No class appears more than maxRun times in a row; classes are balanced over blocks.
///  - A repeat follows its first showing by at least min(20, trials/2) trials; classes share the
///    repeats evenly, and over slots every stimulus is repeated about equally often.
///  - Samples of one specimen are not neighbours, where that is possible and the specimen holds at
///    most a quarter of the trials (beyond, the rule itself would tell the origin).
/// Throws Error(config) naming the constraint that cannot be met.
[[nodiscard]] Plan makePlan(const std::vector<PlanStimulus>& stimuli,
                            const PlanRules& rules,
                            std::uint64_t seed,
                            int slot);

/// Lag that repeats must keep in a plan of so many trials.
[[nodiscard]] int minimumLag(int trials) noexcept;

/// Number of repeats for so many stimuli.
[[nodiscard]] int repeatCount(int stimuli, double share) noexcept;

/// As the package stores it: everything but the seed and the hash itself.
[[nodiscard]] Json planToJson(const Plan& plan);

/// Reads planToJson back (seed 0) and computes its hash. Throws Error(format) for anything that is
/// not a plan: gaps in seq, repeats of later or unknown trials, bad ids.
[[nodiscard]] Plan planFromJson(const Json& document);

} // namespace likeness
