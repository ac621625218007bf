// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/styleganconfig.h"
#include "core/generation/networks/modulated.h"

#include <optional>
#include <span>
#include <vector>

namespace likeness {

/// Latents z on a sphere to latents w: layers of equal width that learn a hundred times slower than
/// the rest.
class MappingNetwork {
public:
    /// Names begin with "generator.mapping".
    MappingNetwork(Builder& builder, const StyleGanNetworkConfig& config);

    /// N x latent to N x latent.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& z) const;

private:
    std::vector<ScaledLinear> m_layers;
};

/// Styles and noise to images. The input is a grid of noise on a learned vector in place of a
/// learned grid, and no convolution pads: a style tells what kind of texture it is and the noise
/// where its parts lie, all places are alike, there are no borders, and an image of any size is a
/// window on an endless one. Levels are doubled by linear interpolation, which is the filter [1 3 3
/// 1] of Karras et al. (2020); what each level adds to the image is summed (skip connections).
class StyleGenerator {
public:
    /// Names begin with "generator.".
    StyleGenerator(Builder& builder, const StyleGanNetworkConfig& config);

    [[nodiscard]] int levels() const noexcept { return static_cast<int>(m_levels.size()); }

    /// Grids of noise on the CPU: of each level those of its convolutions, before them at the
    /// coarsest level its input.
    using Noise = std::vector<std::vector<torch::Tensor>>;

    /// The noise of one image per seed.
    [[nodiscard]] Noise
    drawNoise(std::span<const std::uint64_t> seeds, std::int64_t height, std::int64_t width) const;

    /// `styles`: w of each level, N x levels x latent. Images of at least the height and width that
    /// the noise was drawn for; cut them to size.
    [[nodiscard]] torch::Tensor
    forward(const torch::Tensor& styles, const Noise& noise, const Pass& pass) const;

private:
    struct Stage {
        ModulatedConvolution convolution;
        torch::Tensor noiseGain; ///< per channel
        torch::Tensor bias;
    };

    struct Level {
        std::vector<Stage> stages;
        std::optional<ModulatedConvolution> toImage;
        torch::Tensor imageBias;
    };

    /// Sides of a level's grids: what goes in, and what comes out of each convolution.
    [[nodiscard]] std::int64_t firstSide(std::int64_t side) const;

    StyleGanNetworkConfig m_config;
    torch::Tensor m_constant;
    std::vector<Level> m_levels;
};

/// Images to a score per patch of the coarsest level; high is real. Residual levels; the coarsest
/// one also sees how much the images differ within groups of kGroup.
class StyleDiscriminator {
public:
    static constexpr std::int64_t kGroup = 4;

    /// Names begin with "discriminator.".
    StyleDiscriminator(Builder& builder, const StyleGanNetworkConfig& config);

    /// The scores of each image in one row. The number of images is a multiple of kGroup.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Pass& pass) const;

private:
    struct Level {
        ScaledConvolution convolution;
        ScaledConvolution shrink;
        ScaledConvolution skip;
    };

    StyleGanNetworkConfig m_config;
    std::optional<ScaledConvolution> m_first;
    std::vector<Level> m_levels;
    std::optional<ScaledConvolution> m_compare;
    std::optional<ScaledConvolution> m_score;
};

} // namespace likeness
