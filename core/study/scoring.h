// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/json.h"
#include "core/study/plan.h"
#include "core/study/results.h"

#include <cstdint>
#include <string>
#include <vector>

namespace likeness {

/// The current answer of one rater to one trial (superseded ones are left out by the caller).
struct RatedAnswer {
    std::string rater;
    std::string stimulusId;
    int planSeq = 0;
    TrialKind kind = TrialKind::main;
    int value = 0; ///< 1..levels
    double rtMs = 0.0;
    bool simulated = false;
};

/// Truth of one stimulus, from the opened key.
struct KeyEntry {
    std::string stimulusId;
    std::string setName;
    Origin origin = Origin::real;
    std::string generator;
    std::string sampleId;
    std::string specimen;
};

/// Entries of FrozenStudy::key. Throws Error(format).
[[nodiscard]] std::vector<KeyEntry> keyEntries(const Json& key);

struct ResultsInput {
    Protocol protocol = Protocol::realOrSynthetic;
    int levels = 6;
    std::vector<RatedAnswer> answers;
    std::vector<KeyEntry> key;
    std::uint64_t seed = 0; ///< of the bootstraps
    int bootstrap = 2000;   ///< resamples
};

/// Pure. First showings are the primary data; repeats serve intra-rater agreement only. In signal
/// detection a reference stimulus judged real is a hit and a synthetic one judged real a false
/// alarm; rates carry the log-linear correction (Hautus 1995). Throws Error(config) for answers out
/// of range, to unknown stimuli or twice to one trial.
[[nodiscard]] StudyResults score(const ResultsInput& input);

} // namespace likeness
