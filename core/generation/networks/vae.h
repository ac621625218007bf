// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/vaeconfig.h"
#include "core/generation/networks/layers.h"

#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Two convolutions added to the input, behind a norm over the channels of its own position:
/// unlike norms over the image it leaves how much of a phase an image holds, and makes no
/// difference between small and large images.
class PlainBlock {
public:
    PlainBlock(Builder& builder, const std::string& name, std::int64_t channels);
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const Pass& pass) const;

private:
    PositionNorm m_norm;
    Convolution m_convolutionIn;
    Convolution m_convolutionOut;
};

/// Mean and logarithm of the variance, of equal shape.
struct Gaussian {
    torch::Tensor mean;
    torch::Tensor logVariance;
};

/// A variational autoencoder (Kingma, Welling 2014) with a decoder that also tells the variance of
/// each pixel. Safe on several threads as long as nobody changes the parameters.
class Vae {
public:
    /// `size`: side of the images; only a vector code depends on it.
    Vae(const VaeNetworkConfig& config, std::int64_t size, std::uint64_t seed);

    /// Of codes for N x channels x H x W images: N x C x H/8 x W/8, or N x C x 1 x 1 for vectors.
    [[nodiscard]] Gaussian encode(const torch::Tensor& images, const Pass& pass) const;
    [[nodiscard]] Gaussian decode(const torch::Tensor& codes, const Pass& pass) const;

    [[nodiscard]] std::int64_t codeChannels() const noexcept;

    [[nodiscard]] Parameters& parameters() noexcept { return m_parameters; }

    [[nodiscard]] const Parameters& parameters() const noexcept { return m_parameters; }

    [[nodiscard]] const VaeNetworkConfig& config() const noexcept { return m_config; }

private:
    struct Level {
        std::vector<PlainBlock> blocks;
        std::optional<Convolution>
            change; ///< to the next level's width; in the decoder before its pixels are doubled
    };

    void buildEncoder(Builder& builder);
    void buildDecoder(Builder& builder);

    VaeNetworkConfig m_config;
    std::int64_t m_grid; ///< side of the deepest level of an image of the trained size
    Parameters m_parameters;
    std::vector<Level> m_down;
    std::vector<Level> m_up; ///< from the deepest
    std::optional<Convolution> m_first;
    std::optional<PositionNorm> m_encoded;
    std::optional<Convolution> m_toCodes;   ///< spatial
    std::optional<Convolution> m_fromCodes; ///< spatial
    std::optional<Linear> m_toVector;
    std::optional<Linear> m_fromVector;
    std::optional<PositionNorm> m_decoded;
    std::optional<Convolution> m_last;
};

} // namespace likeness
