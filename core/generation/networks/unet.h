// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/diffusionconfig.h"
#include "core/generation/networks/conditioning.h"
#include "core/generation/networks/layers.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Two convolutions with the noise level's scale and shift between them (FiLM), added to the input;
/// attention over the positions behind them where asked for.
class ResidualBlock {
public:
    struct Shape {
        std::int64_t channels = 32;
        std::int64_t embedding = 128;
        double dropout = 0.0;
        int heads = 0; ///< 0: no attention
    };

    ResidualBlock(Builder& builder, const std::string& name, Shape shape);
    [[nodiscard]] torch::Tensor
    forward(const torch::Tensor& x, const torch::Tensor& embedding, const Pass& pass) const;

private:
    struct Attention {
        GroupNorm norm;
        Convolution queriesKeysValues;
        Convolution out;
    };

    [[nodiscard]] torch::Tensor attend(const torch::Tensor& x, const Pass& pass) const;

    Shape m_shape;
    GroupNorm m_normIn;
    Convolution m_convolutionIn;
    Linear m_film;
    GroupNorm m_normOut;
    Convolution m_convolutionOut;
    std::optional<Attention> m_attention;
};

/// The network F of EDM: images with sides of a multiple of UNetConfig::sizeMultiple() and one
/// number per image that tells the noise level, in; images of the same size, out. Starts as the
/// zero function. Safe to be used by several threads at once as long as nobody changes the
/// parameters.
class UNet {
public:
    /// `told`: what it can be told about the images through Pass::given; the embedding's width is
    /// the configuration's. Networks that are told nothing are what they are without it.
    UNet(const UNetConfig& config, std::uint64_t seed, ConditioningShape told = {});

    [[nodiscard]] torch::Tensor
    forward(const torch::Tensor& images, const torch::Tensor& noiseLevels, const Pass& pass) const;

    [[nodiscard]] Parameters& parameters() noexcept { return m_parameters; }

    [[nodiscard]] const Parameters& parameters() const noexcept { return m_parameters; }

    [[nodiscard]] const UNetConfig& config() const noexcept { return m_config; }

private:
    struct Level {
        std::vector<ResidualBlock> down;
        std::optional<Convolution> shrink;
        std::optional<Convolution>
            grow; ///< 1x1 to the next finer level, before its pixels are doubled
        std::vector<ResidualBlock> up;
    };

    [[nodiscard]] torch::Tensor embed(const torch::Tensor& noiseLevels, const Given* given) const;
    void build(std::uint64_t seed, const ConditioningShape& told);

    UNetConfig m_config;
    Parameters m_parameters;
    std::vector<Linear> m_embedding;
    std::vector<Convolution> m_ends; ///< first and last
    std::vector<GroupNorm> m_lastNorm;
    std::vector<Level> m_levels;
    std::vector<ResidualBlock> m_middle;
    std::optional<Conditioning> m_conditioning;
};

} // namespace likeness
