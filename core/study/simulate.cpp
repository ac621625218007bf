// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/study/simulate.h"

#include "core/base/error.h"
#include "core/base/sha256.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace likeness {

namespace {

// Criteria between the six levels, around the rater's own; between the five of acr.
constexpr std::array<double, 5> kConfidenceCuts = {-1.2, -0.6, 0.0, 0.6, 1.2};
constexpr std::array<double, 4> kQualityCuts = {-1.5, -0.5, 0.5, 1.5};
constexpr double kReferenceQuality = 0.8; // near "good" on the cuts above
constexpr double kMedianSeconds = 4.0;
constexpr double kSpreadOfLogSeconds = 0.4;

std::uint64_t numberOf(const std::string& id) {
    return std::stoull(sha256Hex(id).substr(0, 16), nullptr, 16);
}

template <std::size_t N>
int levelOf(double x, const std::array<double, N>& cuts) {
    return 1 + static_cast<int>(std::upper_bound(cuts.begin(), cuts.end(), x) - cuts.begin());
}

} // namespace

SimulatedRater::SimulatedRater(const SimulatedRaterSettings& settings,
                               const std::vector<KeyEntry>& key,
                               int slot)
    : m_settings(settings)
    , m_slot(slot) {
    if (!(settings.sharedNoise >= 0.0 && settings.sharedNoise <= 1.0) ||
        !std::isfinite(settings.sensitivity) || !std::isfinite(settings.bias) ||
        !(settings.raterSpread >= 0.0))
        throw Error(ErrorCode::config, "simulated rater", "its settings are out of range",
                    "use a finite sensitivity and a shared noise from 0 to 1");
    for (const KeyEntry& entry : key) {
        const auto own = settings.generatorSensitivity.find(entry.generator);
        const double d =
            own == settings.generatorSensitivity.end() ? settings.sensitivity : own->second;
        // The reference's evidence does not depend on what it is compared with.
        const double reference = settings.sensitivity / 2.0;
        Truth truth;
        truth.mean = entry.origin == Origin::synthetic ? reference - d : reference;
        if (settings.protocol == Protocol::acr)
            truth.mean += kReferenceQuality - reference;
        truth.shared =
            Random(derivedSeed(settings.seed, numberOf(entry.stimulusId)), "simulated.stimulus")
                .normal();
        m_truth[entry.stimulusId] = truth;
    }
    Random own(derivedSeed(settings.seed, static_cast<std::uint64_t>(slot)), "simulated.rater");
    m_shift = settings.bias + settings.raterSpread * own.normal();
}

SimulatedRater::Answer SimulatedRater::answer(const PlanItem& item) const {
    const auto truth = m_truth.find(item.stimulusId);
    if (truth == m_truth.end())
        throw Error(ErrorCode::notFound, "simulated rater",
                    "the key does not hold stimulus " + item.stimulusId,
                    "use the key of this study");
    const std::uint64_t trial =
        (static_cast<std::uint64_t>(m_slot) << 32U) | static_cast<std::uint32_t>(item.seq);
    Random random(derivedSeed(m_settings.seed, trial), "simulated.answer");
    const double shared = m_settings.sharedNoise;
    const double evidence = truth->second.mean + std::sqrt(shared) * truth->second.shared +
                            std::sqrt(1.0 - shared) * random.normal() - m_shift;
    Answer answer;
    answer.value = m_settings.protocol == Protocol::acr ? levelOf(evidence, kQualityCuts)
                                                        : levelOf(evidence, kConfidenceCuts);
    answer.rtMs =
        std::round(1000.0 * kMedianSeconds * std::exp(kSpreadOfLogSeconds * random.normal()));
    return answer;
}

} // namespace likeness
