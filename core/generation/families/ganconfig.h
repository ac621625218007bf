// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A generator from grids of noise and a discriminator, both convolutional throughout.
struct GanNetworkConfig {
    int imageChannels = 1;
    /// Channels of the generator per level, from the coarsest; each level doubles the size.
    std::vector<std::int64_t> widths{128, 96, 64, 48, 32};
    int noiseChannels = 32; ///< of the coarsest level; every level has one more of its own
    int unshuffle = 2;      ///< of the discriminator's input
    /// Channels of the discriminator per level, each at half the size of the one before.
    std::vector<std::int64_t> discriminatorWidths{48, 64, 96, 96};

    /// Pixels per cell of the coarsest noise.
    [[nodiscard]] std::int64_t cell() const noexcept;
    /// Sides of training crops are multiples of this.
    [[nodiscard]] std::int64_t sizeMultiple() const noexcept;
    friend bool operator==(const GanNetworkConfig&, const GanNetworkConfig&) = default;
};

struct GanTraining : Schedule {
    double discriminatorRate = 1.0; ///< its learning rate by the generator's (two time scales)
    double r1Weight = 1.0;      ///< of the discriminator's squared gradient on real images (gamma)
    int r1Every = 16;           ///< steps
    double translation = 0.125; ///< largest shift of what the discriminator sees, by the side
};

/// Of the StructureGuide.
struct GuidanceConfig {
    double weight = 3.0;   ///< in the generator's loss; 0: no guide
    int guidedSteps = 400; ///< until the critics have their full weight
};

/// The inverse pair, for the section "training": "structure_weight", "guided_steps".
void addTo(Json& training, const GuidanceConfig& config);
[[nodiscard]] GuidanceConfig guidanceFromJson(const Json& training, const std::string& subject);

struct GanConfig {
    GanNetworkConfig network;
    GanTraining training;
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<GanConfig> ganPreset(std::string_view name);

/// The inverse pair, for the section "training".
[[nodiscard]] Json toJson(const GanTraining& training);
[[nodiscard]] GanTraining ganTrainingFromJson(const Json& json, const std::string& subject);

/// The inverse pair. fromJson checks every range and throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const GanConfig& config);
[[nodiscard]] GanConfig ganFromJson(const Json& settings, const std::string& subject);

} // namespace likeness
