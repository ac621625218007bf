// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/stylegan.h"

#include "core/generation/networks/groupdeviation.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr double kMappingPace = 0.01;
constexpr double kFirstNoise = 0.1; ///< strength of the noise at first
const double kHalfPower = std::sqrt(0.5);

/// Twice the size by linear interpolation, less what the border would have to make up: 2 n - 2.
torch::Tensor doubled(const torch::Tensor& x) {
    const std::vector<std::int64_t> size{x.size(2) * 2, x.size(3) * 2};
    return torch::upsample_bilinear2d(x, size, false)
        .narrow(2, 1, size[0] - 2)
        .narrow(3, 1, size[1] - 2);
}

torch::Tensor without(const torch::Tensor& x, std::int64_t border) {
    return x.narrow(2, border, x.size(2) - 2 * border).narrow(3, border, x.size(3) - 2 * border);
}

} // namespace

MappingNetwork::MappingNetwork(Builder& builder, const StyleGanNetworkConfig& config) {
    for (int i = 0; i < config.mappingLayers; ++i)
        m_layers.emplace_back(builder, "generator.mapping" + std::to_string(i),
                              ScaledLinear::Shape{config.latent, config.latent, 0.0, kMappingPace});
}

torch::Tensor MappingNetwork::forward(const torch::Tensor& z) const {
    torch::Tensor h = z * torch::rsqrt((z * z).mean({1}, true) + 1e-8);
    for (const ScaledLinear& layer : m_layers)
        h = rectified(layer.forward(h));
    return h;
}

StyleGenerator::StyleGenerator(Builder& builder, const StyleGanNetworkConfig& config)
    : m_config(config)
    , m_constant(builder.parameters.add("generator.constant",
                                        torch::zeros({config.noiseChannels, 1, 1}))) {
    std::int64_t in = config.noiseChannels;
    for (std::size_t i = 0; i < config.widths.size(); ++i) {
        const std::string name = "generator.level" + std::to_string(i);
        const std::int64_t out = config.widths[i];
        Level level;
        for (int c = 0; c < config.convolutions; ++c) {
            const std::string stage = name + "." + std::to_string(c);
            ModulatedConvolution convolution(builder, stage, {in, out, 3, 1, 0}, config.latent);
            torch::Tensor gain =
                builder.parameters.add(stage + ".noise", torch::full({out, 1, 1}, kFirstNoise));
            torch::Tensor bias = builder.parameters.add(stage + ".bias", torch::zeros({out, 1, 1}));
            level.stages.push_back({std::move(convolution), std::move(gain), std::move(bias)});
            in = out;
        }
        level.toImage.emplace(builder, name + ".image",
                              ConvolutionShape{out, config.imageChannels, 1, 1, 0}, config.latent,
                              false);
        level.imageBias = builder.parameters.add(name + ".image.bias",
                                                 torch::zeros({config.imageChannels, 1, 1}));
        m_levels.push_back(std::move(level));
    }
}

std::int64_t StyleGenerator::firstSide(std::int64_t side) const {
    // With c convolutions to a level it makes 2 m - 2 - 2 c of the m pixels of the level before,
    // which leaves 2 + 2 c as it is and doubles what is above it.
    const std::int64_t still = 2 + 2 * std::int64_t{m_config.convolutions};
    const std::int64_t cell = m_config.cell();
    const std::int64_t above = std::max<std::int64_t>(side - still, 1);
    return (above + cell - 1) / cell + still + 2 * m_config.convolutions;
}

StyleGenerator::Noise StyleGenerator::drawNoise(std::span<const std::uint64_t> seeds,
                                                std::int64_t height,
                                                std::int64_t width) const {
    const auto count = static_cast<std::int64_t>(seeds.size());
    std::uint64_t purpose = 0;
    std::int64_t h = firstSide(height);
    std::int64_t w = firstSide(width);
    Noise noise(m_levels.size());
    noise[0].push_back(
        normalTensor({count, m_config.noiseChannels, h, w}, seedsFor(seeds, purpose++)));
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        if (i > 0) {
            h = 2 * h - 2;
            w = 2 * w - 2;
        }
        for (std::size_t c = 0; c < m_levels[i].stages.size(); ++c) {
            h -= 2;
            w -= 2;
            noise[i].push_back(normalTensor({count, 1, h, w}, seedsFor(seeds, purpose++)));
        }
    }
    return noise;
}

torch::Tensor
StyleGenerator::forward(const torch::Tensor& styles, const Noise& noise, const Pass& pass) const {
    torch::Tensor h = noise[0].front() + m_constant;
    torch::Tensor image;
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        const Level& level = m_levels[i];
        const torch::Tensor style = styles.select(1, static_cast<std::int64_t>(i));
        if (i > 0)
            h = doubled(h);
        for (std::size_t c = 0; c < level.stages.size(); ++c) {
            const Stage& stage = level.stages[c];
            const torch::Tensor& white = noise[i][c + (i == 0 ? 1 : 0)];
            h = rectified(stage.convolution.forward(h, style, pass) + white * stage.noiseGain +
                          stage.bias);
        }
        const torch::Tensor added = level.toImage->forward(h, style, pass) + level.imageBias;
        image = i == 0 ? added : without(doubled(image), m_config.convolutions) + added;
    }
    return image;
}

StyleDiscriminator::StyleDiscriminator(Builder& builder, const StyleGanNetworkConfig& config)
    : m_config(config) {
    const auto& widths = config.discriminatorWidths;
    const std::int64_t pixels = config.imageChannels * config.unshuffle * config.unshuffle;
    m_first.emplace(builder, "discriminator.first", ConvolutionShape{pixels, widths.front(), 3, 1});
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
        const std::string name = "discriminator.level" + std::to_string(i);
        const std::int64_t in = widths[i];
        const std::int64_t out = widths[i + 1];
        ScaledConvolution convolution(builder, name + ".convolution", {in, in, 3, 1});
        ScaledConvolution shrink(builder, name + ".shrink", {in, out, 4, 2, 1});
        ScaledConvolution skip(builder, name + ".skip", {in, out, 1, 1});
        m_levels.push_back({std::move(convolution), std::move(shrink), std::move(skip)});
    }
    m_compare.emplace(builder, "discriminator.compare",
                      ConvolutionShape{widths.back() + 1, widths.back(), 3, 1});
    m_score.emplace(builder, "discriminator.score", ConvolutionShape{widths.back(), 1, 1, 1});
}

torch::Tensor StyleDiscriminator::forward(const torch::Tensor& images, const Pass& pass) const {
    torch::Tensor h =
        rectified(m_first->forward(torch::pixel_unshuffle(images, m_config.unshuffle), pass));
    const std::vector<std::int64_t> pair{2, 2};
    for (const Level& level : m_levels) {
        const torch::Tensor skip = level.skip.forward(torch::avg_pool2d(h, pair), pass);
        h = rectified(level.convolution.forward(h, pass));
        h = (rectified(level.shrink.forward(h, pass)) + skip) * kHalfPower;
    }
    h = rectified(m_compare->forward(torch::cat({h, groupDeviation(h, kGroup)}, 1), pass));
    return m_score->forward(h, pass).flatten(1);
}

} // namespace likeness
