// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/study/plan.h"
#include "core/study/results.h"
#include "core/study/scoring.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace likeness {

/// A rater of known behaviour, for pilots, the demo and tests. Its answers are always marked as
/// simulated. The truth comes from the lead's key; it never enters a package.
struct SimulatedRaterSettings {
    Protocol protocol = Protocol::realOrSynthetic;
    double sensitivity = 1.0; ///< d' between reference and synthetic stimuli
    double bias = 0.0;        ///< criterion c; below 0 leans to "real"
    double sharedNoise = 0.3; ///< share of the noise variance that all raters see alike
    double raterSpread = 0.2; ///< standard deviation of raters' own criteria
    std::map<std::string, double> generatorSensitivity; ///< by generator; others use sensitivity
    std::uint64_t seed = 0;
};

/// Equal-variance Gaussian observer. Evidence of stimulus i for rater r: mean (+d'/2 for reference,
/// -d'/2 for synthetic) plus unit-variance noise; fixed criteria cut it into levels. For acr the
/// same evidence is shifted and cut into five. Stimulus noise is the same for every rater of one
/// seed, so that raters agree to a controllable degree.
class SimulatedRater {
public:
    SimulatedRater(const SimulatedRaterSettings& settings,
                   const std::vector<KeyEntry>& key,
                   int slot);

    struct Answer {
        int value = 0;
        double rtMs = 0.0; ///< log-normal around 4 s
    };

    /// Throws Error(notFound) for a stimulus the key does not hold. Answers depend on (seed, slot,
    /// item) only, not on the order of calls.
    [[nodiscard]] Answer answer(const PlanItem& item) const;

private:
    struct Truth {
        double mean = 0.0;
        double shared = 0.0;
    };

    SimulatedRaterSettings m_settings;
    std::map<std::string, Truth> m_truth;
    int m_slot = 1;
    double m_shift = 0.0;
};

} // namespace likeness
