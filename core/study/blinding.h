// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "core/base/json.h"
#include "core/imaging/image.h"
#include "core/study/definition.h"
#include "core/study/plan.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A sample that could be drawn into a study.
struct StimulusCandidate {
    std::string sampleId;
    std::string setName;
    std::string specimen;
    std::string pixelsSha256;
};

/// Draws the study's samples: `samplesPerSet` of each synthetic set and the reference samples. The
/// draw depends on pixels, specimens and `secret`, never on labels; specimens take turns. Returns
/// indices into `candidates`, sorted. Throws Error(config) naming each set that holds too few.
struct Drawn {
    std::vector<std::size_t> indices;
    std::vector<std::string> warnings; ///< fewer reference samples than would balance
};

[[nodiscard]] Drawn drawStimuli(const StudyDefinition& definition,
                                const std::vector<StimulusCandidate>& candidates,
                                std::string_view secret);

struct StimulusSource {
    std::string sampleId;
    std::string setName;
    Origin origin = Origin::real;
    std::string generator; ///< empty unless synthetic
    std::string specimen;  ///< empty: unknown
    Volume pixels;
};

struct FrozenStimulus {
    std::string id;                ///< 32 hexadecimal characters that tell nothing
    std::vector<std::byte> pixels; ///< raw, little-endian, rows from the top
    std::string pixelsSha256;      ///< of the raw bytes
};

/// A study that no longer changes. `publicDefinition`, `stimuli` and planToJson(plans) may leave
/// the lead's machine; `key` and `warnings` may not.
struct FrozenStudy {
    /// {format, protocol, title, question, instructions, levels[{value, label}],
    /// timing{min_view_ms, gap_ms, block_size}, image{width, height, channels, bits, byte_order},
    /// stimuli[{id, sha256}] by id, plans[{slot, trials, sha256}], random, plan_algorithm}.
    /// Integers and text only.
    Json publicDefinition;
    std::string definitionSha256;        ///< canonicalSha256(publicDefinition)
    std::vector<FrozenStimulus> stimuli; ///< sorted by id
    std::vector<Plan> plans;             ///< slots 1..raters
    /// {format, definition_sha256, definition (the lead's), stimuli[{id, sample, set, origin,
    /// generator, specimen}], mapping{low, high, ...}, plans[{slot, seed}]}
    Json key;
    std::vector<std::string> warnings; ///< for the lead: twin pixels, names in shown texts ...
};

/// Canonical pixels, opaque ids (keyed hash of the canonical pixels), plans and key. What may leave
/// depends on pixels, definition texts and secret only: exchanging the labels of real and synthetic
/// samples leaves every byte of it as it was, and so does the order of `sources`.
/// `secret` is at least 16 random bytes that stay with the lead. Throws Error(config).
[[nodiscard]] FrozenStudy freeze(const StudyDefinition& definition,
                                 const std::vector<StimulusSource>& sources,
                                 std::string_view secret,
                                 JobContext& job);

/// Proof that a stored plan is the one its seed gives: makes every plan again from the key and
/// compares hashes with the public definition. Returns one sentence per disagreement.
[[nodiscard]] std::vector<std::string> verifyPlans(const Json& publicDefinition, const Json& key);

} // namespace likeness
