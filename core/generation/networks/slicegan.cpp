// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/slicegan.h"

#include "core/generation/tensornoise.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kSlope = 0.2;
const double kGain = std::sqrt(2.0 / (1.0 + kSlope * kSlope)); ///< keeps the variance
constexpr double kFirstNoise = 0.1;

torch::Tensor activated(const torch::Tensor& x) {
    return torch::leaky_relu(x, kSlope) * kGain;
}

/// 27 x 64: how the taps of a kernel of 3 add up to two taps for the even and two for the odd
/// points of a doubled line, in three directions. Rows: z, y, x; columns: (position, tap) of each.
torch::Tensor foldingOf(const torch::Device& device) {
    const torch::Tensor line =
        torch::tensor({1.F, 1.F, 0.F, 0.F, 0.F, 1.F, 1.F, 0.F, 0.F, 0.F, 1.F, 1.F})
            .view({4, 3})
            .t();
    const torch::Tensor plane = torch::kron(line, line);
    return torch::kron(plane, line).to(device);
}

torch::Tensor convolved(const torch::Tensor& x,
                        const torch::Tensor& weight,
                        const torch::Tensor& bias,
                        const Pass& pass) {
    if (!pass.bfloat16)
        return torch::conv3d(x, weight, bias);
    const auto half = torch::kBFloat16;
    return torch::conv3d(x.to(half), weight.to(half), bias.to(half)).to(torch::kFloat32);
}

} // namespace

VolumeConvolution::VolumeConvolution(
    Builder& builder, const std::string& name, std::int64_t in, std::int64_t out, bool doubling)
    : m_weight(builder.parameters.add(
          name + ".weight", firstValues(builder.random, {out, in, 3, 3, 3}, Start::normal)))
    , m_bias(builder.parameters.add(name + ".bias", torch::zeros({out})))
    , m_doubling(doubling) {}

torch::Tensor VolumeConvolution::forward(const torch::Tensor& x, const Pass& pass) const {
    return m_doubling ? doubled(x, pass) : convolved(x, m_weight, m_bias, pass);
}

torch::Tensor VolumeConvolution::doubled(const torch::Tensor& x, const Pass& pass) const {
    const std::int64_t out = m_weight.size(0);
    const std::int64_t in = m_weight.size(1);
    const torch::Tensor folded = torch::mm(m_weight.view({out * in, 27}), foldingOf(x.device()))
                                     .view({out, in, 2, 2, 2, 2, 2, 2})
                                     .permute({2, 4, 6, 0, 1, 3, 5, 7})
                                     .reshape({8 * out, in, 2, 2, 2});
    const torch::Tensor y = convolved(x, folded, m_bias.repeat({8}), pass);
    const std::int64_t n = y.size(0);
    return y.view({n, 2, 2, 2, out, y.size(2), y.size(3), y.size(4)})
        .permute({0, 4, 5, 1, 6, 2, 7, 3})
        .reshape({n, out, 2 * y.size(2), 2 * y.size(3), 2 * y.size(4)});
}

VolumeGenerator::VolumeGenerator(Builder& builder, const SliceGanNetworkConfig& config)
    : m_config(config) {
    std::vector<std::int64_t> widths = config.widths;
    widths.push_back(config.finish);
    std::int64_t in = config.noiseChannels;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string name = "generator.level" + std::to_string(i);
        const bool doubling = i > 0 && i < config.widths.size();
        VolumeConvolution convolution(builder, name + ".convolution", in, widths[i], doubling);
        const torch::Tensor gain =
            builder.parameters.add(name + ".noise", torch::full({widths[i], 1, 1, 1}, kFirstNoise));
        m_levels.push_back(
            {std::move(convolution), gain, PositionNorm(builder, name + ".norm", widths[i])});
        in = widths[i];
    }
    m_lastWeight =
        builder.parameters.add("generator.last.weight",
                               firstValues(builder.random, {config.outputs(), in}, Start::normal));
    m_lastBias =
        builder.parameters.add("generator.last.bias", torch::zeros({config.outputs(), 1, 1, 1}));
    if (config.phases.empty())
        m_lastGain = builder.parameters.add("generator.last.noise",
                                            torch::full({config.outputs(), 1, 1, 1}, kFirstNoise));
}

/// The window in cells, and the cells around it that it depends on: k doublings and k + 2
/// convolutions that take off a point on each side leave 2^k (n - 4) of n.
LatticeBox VolumeGenerator::grown(const LatticeBox& window) const {
    const std::int64_t cell = m_config.cell();
    LatticeBox box;
    for (std::size_t i = 0; i < 3; ++i) {
        box.origin[i] = window.origin[i] / cell;
        box.size[i] = (window.origin[i] + window.size[i] + cell - 1) / cell - box.origin[i] + 4;
    }
    return box;
}

std::vector<torch::Tensor> VolumeGenerator::drawNoise(std::span<const std::uint64_t> seeds,
                                                      const LatticeBox& window) const {
    std::vector<torch::Tensor> noise;
    const auto add = [&](std::int64_t channels, const LatticeBox& box) {
        torch::Tensor values = torch::empty({static_cast<std::int64_t>(seeds.size()), channels,
                                             box.size[0], box.size[1], box.size[2]},
                                            torch::kFloat32);
        const auto each = static_cast<std::size_t>(channels * box.points());
        const auto own = seedsFor(seeds, noise.size());
        for (std::size_t i = 0; i < own.size(); ++i)
            fillLattice({values.data_ptr<float>() + i * each, each}, own[i], box);
        noise.push_back(values);
    };
    LatticeBox box = grown(window);
    add(m_config.noiseChannels, box);
    const std::size_t doublings = m_config.widths.size() - 1;
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        const bool doubling = i > 0 && i <= doublings;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            box.origin[axis] *= doubling ? 2 : 1;
            box.size[axis] = box.size[axis] * (doubling ? 2 : 1) - 2;
        }
        add(1, box);
    }
    if (m_lastGain.defined())
        add(m_config.outputs(), box);
    return noise;
}

torch::Tensor VolumeGenerator::forward(const std::vector<torch::Tensor>& noise,
                                       const LatticeBox& window,
                                       const Pass& pass,
                                       const std::function<void()>& beforeLevel) const {
    torch::Tensor h = noise.front();
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        if (beforeLevel)
            beforeLevel();
        const Level& level = m_levels[i];
        h = level.convolution.forward(h, pass) + noise[i + 1] * level.noiseGain;
        h = level.norm.forward(activated(h));
    }
    torch::Tensor out = torch::matmul(m_lastWeight, h.flatten(2))
                            .view({h.size(0), -1, h.size(2), h.size(3), h.size(4)}) +
                        m_lastBias;
    if (m_lastGain.defined())
        out = torch::tanh((out + noise.back() * m_lastGain) * (1.0 / kReach)) * kReach;
    else
        out = torch::softmax(out, 1);
    for (std::size_t i = 0; i < 3; ++i)
        out = out.narrow(static_cast<std::int64_t>(i) + 2, window.origin[i] % m_config.cell(),
                         window.size[i]);
    return out;
}

} // namespace likeness
