// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/unet.h"

#include "core/generation/networks/fused.h"
#include "core/generation/noise.h"

#include <cmath>
#include <numbers>

namespace likeness {

namespace {

const double kHalfPower = std::sqrt(0.5); ///< keeps the variance of a sum of two

// The noise level enters as ln(sigma)/4, about -1.2 to 1.0 here: waves from one to a few dozen over
// that range.
constexpr double kSlowestWave = std::numbers::pi / 4.0;
constexpr double kFastestWave = std::numbers::pi * 16.0;

torch::Tensor dropped(const torch::Tensor& x, double rate, const Pass& pass) {
    if (!pass.training || rate <= 0.0)
        return x;
    // One number per image and channel from the project's own generator, so that a resumed run
    // draws the same.
    const std::int64_t count = x.size(0) * x.size(1);
    torch::Tensor keep = torch::empty({x.size(0), x.size(1), 1, 1}, torch::kFloat32);
    Random random(pass.seed, "generation.dropout");
    float* values = keep.data_ptr<float>();
    for (std::int64_t i = 0; i < count; ++i)
        values[i] = random.uniform() < rate ? 0.0F : static_cast<float>(1.0 / (1.0 - rate));
    return x * keep.to(x.options());
}

} // namespace

ResidualBlock::ResidualBlock(Builder& builder, const std::string& name, Shape shape)
    : m_shape(shape)
    , m_normIn(builder, name + ".norm_in", shape.channels)
    , m_convolutionIn(builder, name + ".convolution_in", {shape.channels, shape.channels, 3, 1})
    , m_film(builder, name + ".film", shape.embedding, 2 * shape.channels)
    , m_normOut(builder, name + ".norm_out", shape.channels)
    , m_convolutionOut(
          builder, name + ".convolution_out", {shape.channels, shape.channels, 3, 1}, Start::zero) {
    if (shape.heads == 0)
        return;
    m_attention.emplace(Attention{
        GroupNorm(builder, name + ".attention.norm", shape.channels),
        Convolution(builder, name + ".attention.qkv", {shape.channels, 3 * shape.channels, 1, 1}),
        Convolution(builder, name + ".attention.out", {shape.channels, shape.channels, 1, 1},
                    Start::zero)});
}

torch::Tensor ResidualBlock::forward(const torch::Tensor& x,
                                     const torch::Tensor& embedding,
                                     const Pass& pass) const {
    if (pass.check != nullptr)
        (*pass.check)();
    torch::Tensor h = m_convolutionIn.forward(m_normIn.activated(x, pass), pass);
    h = m_normOut.activated(h, pass, m_film.forward(embedding));
    h = dropped(h, m_shape.dropout, pass);
    h = scaledSum(x, m_convolutionOut.forward(h, pass), kHalfPower);
    return m_attention ? attend(h, pass) : h;
}

torch::Tensor ResidualBlock::attend(const torch::Tensor& x, const Pass& pass) const {
    const std::int64_t images = x.size(0);
    const std::int64_t tokens = x.size(2) * x.size(3);
    const std::int64_t perHead = m_shape.channels / m_shape.heads;
    const torch::Tensor qkv =
        m_attention->queriesKeysValues.forward(m_attention->norm.forward(x), pass)
            .reshape({images, 3, m_shape.heads, perHead, tokens});
    const auto part = [&](std::int64_t i) {
        return qkv.select(1, i).reshape({images * m_shape.heads, perHead, tokens});
    };
    const torch::Tensor scores = torch::bmm(part(0).transpose(1, 2), part(1)) *
                                 (1.0 / std::sqrt(static_cast<double>(perHead)));
    const torch::Tensor mixed = torch::bmm(part(2), torch::softmax(scores, 2).transpose(1, 2));
    const torch::Tensor out = mixed.reshape({images, m_shape.channels, x.size(2), x.size(3)});
    return (x + m_attention->out.forward(out, pass)) * kHalfPower;
}

UNet::UNet(const UNetConfig& config, std::uint64_t seed, ConditioningShape told)
    : m_config(config) {
    told.embedding = config.embedding;
    build(seed, told);
}

void UNet::build(std::uint64_t seed, const ConditioningShape& told) {
    Random random(seed, "generation.weights");
    Builder builder{m_parameters, random};
    const auto& widths = m_config.widths;
    const std::int64_t pixels = m_config.imageChannels * m_config.unshuffle * m_config.unshuffle;
    m_embedding.emplace_back(builder, "embedding.0", m_config.fourierFeatures, m_config.embedding);
    m_embedding.emplace_back(builder, "embedding.1", m_config.embedding, m_config.embedding);
    m_ends.emplace_back(builder, "first", ConvolutionShape{pixels, widths.front(), 3, 1});
    const auto blocks = [&](const std::string& name, std::size_t level, int count) {
        const bool attends =
            level + static_cast<std::size_t>(m_config.attentionLevels) >= widths.size();
        std::vector<ResidualBlock> made;
        for (int i = 0; i < count; ++i)
            made.emplace_back(builder, name + "." + std::to_string(i),
                              ResidualBlock::Shape{widths[level], m_config.embedding,
                                                   m_config.dropout, attends ? m_config.heads : 0});
        return made;
    };
    for (std::size_t level = 0; level < widths.size(); ++level) {
        const std::string name = "level" + std::to_string(level);
        Level made;
        made.down = blocks(name + ".down", level, m_config.blocks);
        if (level + 1 < widths.size())
            made.shrink.emplace(builder, name + ".shrink",
                                ConvolutionShape{widths[level], widths[level + 1], 3, 2});
        if (level > 0)
            made.grow.emplace(builder, name + ".grow",
                              ConvolutionShape{widths[level], widths[level - 1], 1, 1});
        made.up = blocks(name + ".up", level, m_config.blocks);
        m_levels.push_back(std::move(made));
    }
    m_middle = blocks("middle", widths.size() - 1, m_config.middleBlocks);
    m_lastNorm.emplace_back(builder, "last_norm", widths.front());
    m_ends.emplace_back(builder, "last", ConvolutionShape{widths.front(), pixels, 3, 1},
                        Start::zero);
    // Last, so that all other weights start as they do without.
    if (!told.none())
        m_conditioning.emplace(builder, "condition", told);
}

torch::Tensor UNet::embed(const torch::Tensor& noiseLevels, const Given* given) const {
    const std::int64_t waves = m_config.fourierFeatures / 2;
    const double ratio = std::log(kFastestWave / kSlowestWave);
    const torch::Tensor exponents = torch::arange(waves, noiseLevels.options()) /
                                    static_cast<double>(std::max<std::int64_t>(1, waves - 1));
    const torch::Tensor frequencies = torch::exp(exponents * ratio) * kSlowestWave;
    const torch::Tensor angles = noiseLevels.unsqueeze(1) * frequencies.unsqueeze(0);
    torch::Tensor h =
        m_embedding.front().forward(torch::cat({torch::cos(angles), torch::sin(angles)}, 1));
    if (m_conditioning)
        h = h + m_conditioning->forward(noiseLevels.size(0), noiseLevels.options(), given);
    return torch::silu(m_embedding.back().forward(torch::silu(h)));
}

torch::Tensor UNet::forward(const torch::Tensor& images,
                            const torch::Tensor& noiseLevels,
                            const Pass& pass) const {
    const torch::Tensor embedding = embed(noiseLevels, pass.given);
    torch::Tensor h = torch::pixel_unshuffle(images, m_config.unshuffle);
    if (h.device().is_cpu() || pass.bfloat16)
        h = h.contiguous(torch::MemoryFormat::ChannelsLast); // which convolutions take as it is
    h = m_ends.front().forward(h, pass);
    std::vector<torch::Tensor> skips;
    for (const Level& level : m_levels) {
        for (const ResidualBlock& block : level.down)
            h = block.forward(h, embedding, pass);
        skips.push_back(h);
        if (level.shrink)
            h = level.shrink->forward(h, pass);
    }
    for (const ResidualBlock& block : m_middle)
        h = block.forward(h, embedding, pass);
    for (std::size_t i = m_levels.size(); i-- > 0;) {
        const Level& level = m_levels[i];
        h = scaledSum(h, skips[i], kHalfPower);
        for (const ResidualBlock& block : level.up)
            h = block.forward(h, embedding, pass);
        if (level.grow) {
            h = level.grow->forward(h, pass);
            const std::vector<std::int64_t> size{h.size(2) * 2, h.size(3) * 2};
            h = torch::upsample_nearest2d(h, size);
        }
    }
    h = m_ends.back().forward(m_lastNorm.front().activated(h, pass), pass);
    return torch::pixel_shuffle(h.to(torch::kFloat32), m_config.unshuffle);
}

} // namespace likeness
