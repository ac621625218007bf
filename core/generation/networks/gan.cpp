// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/gan.h"

#include "core/generation/tensornoise.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kSlope = 0.2;
const double kGain = std::sqrt(2.0 / (1.0 + kSlope * kSlope)); ///< keeps the variance

torch::Tensor activated(const torch::Tensor& x) {
    return torch::leaky_relu(x, kSlope) * kGain;
}

torch::Tensor doubled(const torch::Tensor& x) {
    const std::vector<std::int64_t> size{x.size(2) * 2, x.size(3) * 2};
    return torch::upsample_nearest2d(x, size);
}

/// Side of the first level's input: 2^k (n - 4) is what k doublings and k + 2 convolutions that
/// take off a pixel on each side leave of n.
std::int64_t firstSide(std::int64_t side, std::int64_t cell) {
    return (side + cell - 1) / cell + 4;
}

} // namespace

Generator::Generator(Builder& builder, const GanNetworkConfig& config)
    : m_config(config) {
    std::int64_t in = config.noiseChannels;
    for (std::size_t i = 0; i < config.widths.size(); ++i) {
        const std::string name = "generator.level" + std::to_string(i);
        const std::int64_t out = config.widths[i];
        Convolution convolution(builder, name + ".convolution", {in, out, 3, 1, 0});
        const torch::Tensor gain =
            builder.parameters.add(name + ".noise", torch::full({out, 1, 1}, 0.1));
        m_levels.push_back(
            {std::move(convolution), gain, PositionNorm(builder, name + ".norm", out)});
        in = out;
    }
    m_last.emplace(builder, "generator.last", ConvolutionShape{in, config.imageChannels, 3, 1, 0});
    m_lastGain = builder.parameters.add("generator.last.noise",
                                        torch::full({config.imageChannels, 1, 1}, 0.1));
}

std::vector<torch::Tensor> Generator::drawNoise(std::span<const std::uint64_t> seeds,
                                                std::int64_t height,
                                                std::int64_t width) const {
    const auto count = static_cast<std::int64_t>(seeds.size());
    std::int64_t h = firstSide(height, m_config.cell());
    std::int64_t w = firstSide(width, m_config.cell());
    std::vector<torch::Tensor> noise{
        normalTensor({count, m_config.noiseChannels, h, w}, seedsFor(seeds, 0))};
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        h = (i == 0 ? h : 2 * h) - 2;
        w = (i == 0 ? w : 2 * w) - 2;
        noise.push_back(normalTensor({count, 1, h, w}, seedsFor(seeds, i + 1)));
    }
    noise.push_back(normalTensor({count, m_config.imageChannels, h - 2, w - 2},
                                 seedsFor(seeds, m_levels.size() + 1)));
    return noise;
}

torch::Tensor Generator::forward(const std::vector<torch::Tensor>& noise, const Pass& pass) const {
    torch::Tensor h = noise.front();
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        const Level& level = m_levels[i];
        h = level.convolution.forward(i == 0 ? h : doubled(h), pass);
        h = level.norm.forward(activated(h + noise[i + 1] * level.noiseGain));
    }
    return m_last->forward(h, pass) + noise.back() * m_lastGain;
}

Discriminator::Discriminator(Builder& builder,
                             const GanNetworkConfig& config,
                             const std::string& name,
                             std::int64_t group)
    : m_config(config)
    , m_group(group) {
    const auto& widths = config.discriminatorWidths;
    const std::int64_t pixels = config.imageChannels * config.unshuffle * config.unshuffle;
    m_levels.emplace_back(builder, name + ".level0",
                          ConvolutionShape{pixels, widths.front(), 3, 1});
    for (std::size_t i = 1; i < widths.size(); ++i)
        m_levels.emplace_back(builder, name + ".level" + std::to_string(i),
                              ConvolutionShape{widths[i - 1], widths[i], 4, 2, 1});
    m_fineScore.emplace(builder, name + ".fine",
                        ConvolutionShape{widths[widths.size() - 2], 1, 1, 1});
    const std::int64_t extra = group > 1 ? 1 : 0;
    m_compare.emplace(builder, name + ".compare",
                      ConvolutionShape{widths.back() + extra, widths.back(), 3, 1});
    m_coarseScore.emplace(builder, name + ".coarse", ConvolutionShape{widths.back(), 1, 1, 1});
}

torch::Tensor Discriminator::compared(const torch::Tensor& h) const {
    const torch::Tensor grouped = h.view({-1, m_group, h.size(1), h.size(2), h.size(3)});
    const torch::Tensor centred = grouped - grouped.mean({1}, true);
    const torch::Tensor deviation =
        torch::sqrt((centred * centred).mean({1}, true) + 1e-8).mean({2, 3, 4}, true);
    const torch::Tensor plane = deviation.expand({-1, m_group, 1, h.size(2), h.size(3)})
                                    .reshape({h.size(0), 1, h.size(2), h.size(3)});
    return torch::cat({h, plane}, 1);
}

torch::Tensor Discriminator::forward(const torch::Tensor& images, const Pass& pass) const {
    torch::Tensor h = torch::pixel_unshuffle(images, m_config.unshuffle);
    torch::Tensor fine;
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        if (i + 1 == m_levels.size())
            fine = m_fineScore->forward(h, pass).flatten(1);
        h = activated(m_levels[i].forward(h, pass));
    }
    h = activated(m_compare->forward(m_group > 1 ? compared(h) : h, pass));
    return torch::cat({fine, m_coarseScore->forward(h, pass).flatten(1)}, 1);
}

} // namespace likeness
