// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/vae.h"

#include <cmath>

namespace likeness {

namespace {

const double kHalfPower = std::sqrt(0.5); ///< keeps the variance of a sum of two

// Deviations of codes and pixels stay within a range in which no likelihood explodes.
constexpr double kCodeRange = 8.0;  ///< of ln(variance), both ways
constexpr double kPixelRange = 7.0; ///< of ln(variance), both ways: 0.03 to 33 network units

torch::Tensor held(const torch::Tensor& x, double range) {
    return torch::tanh(x * (1.0 / range)) * range;
}

torch::Tensor doubled(const torch::Tensor& x) {
    const std::vector<std::int64_t> size{x.size(2) * 2, x.size(3) * 2};
    return torch::upsample_nearest2d(x, size);
}

Gaussian halves(const torch::Tensor& x, double range) {
    const std::int64_t channels = x.size(1) / 2;
    return {x.narrow(1, 0, channels), held(x.narrow(1, channels, channels), range)};
}

} // namespace

PlainBlock::PlainBlock(Builder& builder, const std::string& name, std::int64_t channels)
    : m_norm(builder, name + ".norm", channels)
    , m_convolutionIn(builder, name + ".convolution_in", {channels, channels, 3, 1})
    , m_convolutionOut(
          builder, name + ".convolution_out", {channels, channels, 3, 1}, Start::zero) {}

torch::Tensor PlainBlock::forward(const torch::Tensor& x, const Pass& pass) const {
    torch::Tensor h = m_convolutionIn.forward(torch::silu(m_norm.forward(x)), pass);
    h = m_convolutionOut.forward(torch::silu(h), pass);
    return (x + h) * kHalfPower;
}

Vae::Vae(const VaeNetworkConfig& config, std::int64_t size, std::uint64_t seed)
    : m_config(config)
    , m_grid(size / config.sizeMultiple()) {
    Random random(seed, "generation.weights");
    Builder builder{m_parameters, random};
    buildEncoder(builder);
    buildDecoder(builder);
}

std::int64_t Vae::codeChannels() const noexcept {
    return m_config.latent == Latent::spatial ? m_config.latentChannels : m_config.latentSize;
}

void Vae::buildEncoder(Builder& builder) {
    const auto& widths = m_config.widths;
    const std::int64_t pixels = m_config.imageChannels * m_config.unshuffle * m_config.unshuffle;
    m_first.emplace(builder, "encoder.first", ConvolutionShape{pixels, widths.front(), 3, 1});
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string name = "encoder.level" + std::to_string(i);
        Level level;
        for (int block = 0; block < m_config.blocks; ++block)
            level.blocks.emplace_back(builder, name + "." + std::to_string(block), widths[i]);
        if (i + 1 < widths.size())
            level.change.emplace(builder, name + ".shrink",
                                 ConvolutionShape{widths[i], widths[i + 1], 3, 2});
        m_down.push_back(std::move(level));
    }
    const std::int64_t deepest = widths.back();
    m_encoded.emplace(builder, "encoder.norm", deepest);
    if (m_config.latent == Latent::spatial)
        m_toCodes.emplace(builder, "encoder.codes",
                          ConvolutionShape{deepest, 2 * codeChannels(), 1, 1});
    else
        m_toVector.emplace(builder, "encoder.codes", deepest * m_grid * m_grid, 2 * codeChannels());
}

void Vae::buildDecoder(Builder& builder) {
    const auto& widths = m_config.widths;
    const std::int64_t deepest = widths.back();
    if (m_config.latent == Latent::spatial)
        m_fromCodes.emplace(builder, "decoder.codes",
                            ConvolutionShape{codeChannels(), deepest, 3, 1});
    else
        m_fromVector.emplace(builder, "decoder.codes", codeChannels(), deepest * m_grid * m_grid);
    for (std::size_t i = widths.size(); i-- > 0;) {
        const std::string name = "decoder.level" + std::to_string(i);
        Level level;
        for (int block = 0; block < m_config.blocks; ++block)
            level.blocks.emplace_back(builder, name + "." + std::to_string(block), widths[i]);
        if (i > 0)
            level.change.emplace(builder, name + ".grow",
                                 ConvolutionShape{widths[i], widths[i - 1], 1, 1});
        m_up.push_back(std::move(level));
    }
    const std::int64_t pixels = m_config.imageChannels * m_config.unshuffle * m_config.unshuffle;
    m_decoded.emplace(builder, "decoder.norm", widths.front());
    m_last.emplace(builder, "decoder.last", ConvolutionShape{widths.front(), 2 * pixels, 3, 1});
}

Gaussian Vae::encode(const torch::Tensor& images, const Pass& pass) const {
    torch::Tensor h = m_first->forward(torch::pixel_unshuffle(images, m_config.unshuffle), pass);
    for (const Level& level : m_down) {
        for (const PlainBlock& block : level.blocks)
            h = block.forward(h, pass);
        if (level.change)
            h = level.change->forward(h, pass);
    }
    h = torch::silu(m_encoded->forward(h));
    if (m_toCodes)
        return halves(m_toCodes->forward(h, pass), kCodeRange);
    return halves(m_toVector->forward(h.flatten(1)).unsqueeze(-1).unsqueeze(-1), kCodeRange);
}

Gaussian Vae::decode(const torch::Tensor& codes, const Pass& pass) const {
    torch::Tensor h =
        m_fromCodes
            ? m_fromCodes->forward(codes, pass)
            : m_fromVector->forward(codes.flatten(1)).view({codes.size(0), -1, m_grid, m_grid});
    for (const Level& level : m_up) {
        for (const PlainBlock& block : level.blocks)
            h = block.forward(h, pass);
        if (level.change)
            h = doubled(level.change->forward(h, pass));
    }
    h = m_last->forward(torch::silu(m_decoded->forward(h)), pass);
    // Mean and variance are shuffled apart, so that each channel of pixels stays whole.
    const Gaussian packed = halves(h, kPixelRange);
    return {torch::pixel_shuffle(packed.mean, m_config.unshuffle),
            torch::pixel_shuffle(packed.logVariance, m_config.unshuffle)};
}

} // namespace likeness
