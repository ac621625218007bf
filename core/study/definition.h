// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

enum class Protocol {
    realOrSynthetic, ///< "real-or-synthetic": one image, six levels of confidence, 1 = definitely
                     ///< synthetic ... 6 = definitely real; 4 to 6 count as judged real
    acr              ///< "acr": absolute category rating, 1 = bad ... 5 = excellent (ITU-T P.910)
};

[[nodiscard]] std::string_view toString(Protocol protocol) noexcept;
[[nodiscard]] std::optional<Protocol> protocolFrom(std::string_view word) noexcept;

/// How sample pixels become stimulus pixels, the same for every origin.
struct CanonicalForm {
    enum class Mapping {
        none,       ///< "none": values as they are; every sample must hold integers of `bits` bits
        percentile, ///< "percentile": linear, from the low/high percentile of all stimuli together
        range       ///< "range": linear, from the grey values low/high
    };

    std::int64_t width = 0;  ///< of the centre crop; 0: the largest that fits every stimulus
    std::int64_t height = 0; ///< likewise
    int bits = 8;            ///< 8 or 16
    bool colour = false;     ///< false: grey (Rec. 601 luma of RGB); true: RGB, grey ones repeated
    Mapping mapping = Mapping::percentile;
    double low = 0.1;   ///< percent, or grey value for Mapping::range
    double high = 99.9; ///< percent, or grey value for Mapping::range
};

/// What the lead asks for. Defaults are those of a definition that names only name, title,
/// protocol, domain, reference_set and sets.
struct StudyDefinition {
    std::string name;         ///< of the study in the project and of its package file
    std::string title;        ///< shown to raters
    std::string instructions; ///< shown to raters; plain text, may be empty
    Protocol protocol = Protocol::realOrSynthetic;
    std::string question;            ///< default by protocol
    std::vector<std::string> labels; ///< worded anchors of levels 1, 2 ...; default by protocol
    Domain domain = Domain::rock;
    std::string referenceSet;      ///< real or phantom samples
    std::vector<std::string> sets; ///< the synthetic sets under judgement
    int samplesPerSet = 12;        ///< stimuli drawn from each synthetic set
    int referenceSamples = 0;      ///< 0: as many as all synthetic ones together for
                                   ///< real-or-synthetic, samplesPerSet for acr; fewer when the
                                   ///< set holds fewer
    int raters = 3;                ///< number of plans
    double repeats = 0.1;          ///< share of trials shown a second time, unmarked; 0..0.5
    std::uint64_t seed = 0;
    CanonicalForm canonical;
    int minViewMs = 300; ///< keys are dead before
    int gapMs = 500;     ///< neutral grey between stimuli, whatever the loading time
    int maxRun = 3;      ///< longest run of one class
    int blockSize = 50;  ///< trials between breaks

    [[nodiscard]] int levels() const noexcept { return static_cast<int>(labels.size()); }
};

/// One fault of a definition: the field ("canonical.bits") and one sentence.
struct DefinitionFault {
    std::string field;
    std::string message;
};

/// Every fault, in the order of the fields; empty means acceptable.
[[nodiscard]] std::vector<DefinitionFault> validateDefinition(const Json& definition);

/// Fills defaults. Throws Error(config) whose text lists every fault.
[[nodiscard]] StudyDefinition definitionFromJson(const Json& definition);

/// All fields, defaults included, under the names that definitionFromJson reads.
[[nodiscard]] Json toJson(const StudyDefinition& definition);

/// Stable hash of what the lead asked for (fractions enter as whole millionths). The hash of a
/// frozen study is another one: FrozenStudy::definitionSha256.
[[nodiscard]] std::string definitionHash(const StudyDefinition& definition);

[[nodiscard]] std::string defaultQuestion(Protocol protocol);
[[nodiscard]] std::vector<std::string> defaultLabels(Protocol protocol);

} // namespace likeness
