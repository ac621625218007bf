// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/families/ganconfig.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A generator of the StyleGAN2 class (Karras et al. 2020) and its discriminator.
struct StyleGanNetworkConfig {
    int imageChannels = 1;
    int latent = 64;       ///< length of z and of w
    int mappingLayers = 2; ///< from z to w
    /// Channels of the generator per level, from the coarsest; each level doubles the size.
    std::vector<std::int64_t> widths{64, 64, 48, 32, 16};
    int convolutions = 1;   ///< per level of the generator
    int noiseChannels = 32; ///< of the coarsest level's input
    int unshuffle = 2;      ///< of the discriminator's input
    /// Channels of the discriminator per level, each at half the size of the one before.
    std::vector<std::int64_t> discriminatorWidths{32, 48, 64, 64};

    /// Pixels per cell of the coarsest level.
    [[nodiscard]] std::int64_t cell() const noexcept;
    /// Sides of training crops are multiples of this.
    [[nodiscard]] std::int64_t sizeMultiple() const noexcept;
    friend bool operator==(const StyleGanNetworkConfig&, const StyleGanNetworkConfig&) = default;
};

struct StyleGanTraining : Schedule {
    double discriminatorRate = 1.0; ///< its learning rate by the generator's
    /// Of the discriminator's squared gradient on real images (gamma); empty: 0.0002 size^2 / batch
    /// (Karras et al. 2020, "limited data").
    std::optional<double> r1Weight;
    int r1Every = 16;               ///< steps
    double pathLengthWeight = 0.0;  ///< of the spread of how far images move with w
    int pathLengthEvery = 4;        ///< steps
    double mixingProbability = 0.5; ///< of an image with two styles
    double translation = 0.125;     ///< largest shift of what the discriminator sees, by the side
    double cutout = 0.0;            ///< side of the square that it does not see, by the side
    /// 0: every image is augmented. Otherwise augmentation, flips and turns among it, comes as
    /// often as keeps the mean sign of the scores of real images at this.
    double adaptiveTarget = 0.0;
    /// Images in which the probability of augmentation may go from 0 to 1.
    int adaptiveImages = 100'000;
    GuidanceConfig guidance;

    [[nodiscard]] double r1WeightFor(std::int64_t size) const noexcept;
};

struct StyleGanConfig {
    StyleGanNetworkConfig network;
    StyleGanTraining training;
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<StyleGanConfig> styleGanPreset(std::string_view name);

/// The inverse pair. fromJson checks every range and throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const StyleGanConfig& config);
[[nodiscard]] StyleGanConfig styleGanFromJson(const Json& settings, const std::string& subject);

} // namespace likeness
