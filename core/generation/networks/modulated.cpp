// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/modulated.h"

#include "core/generation/noise.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kSlope = 0.2;
const double kGain = std::sqrt(2.0 / (1.0 + kSlope * kSlope));
constexpr double kLeast = 1e-8; ///< keeps the norm of weights that are all zero finite

torch::Tensor normalValues(Random& random, const std::vector<std::int64_t>& shape, double scale) {
    torch::Tensor value = torch::empty(shape, torch::kFloat32);
    fillNormal({value.data_ptr<float>(), static_cast<std::size_t>(value.numel())}, random.next64());
    return value.mul_(scale);
}

double scaleFor(const ConvolutionShape& shape) {
    return 1.0 / std::sqrt(static_cast<double>(shape.in * shape.kernel * shape.kernel));
}

torch::Tensor convolved(const torch::Tensor& x,
                        const torch::Tensor& weight,
                        const torch::Tensor& bias,
                        const ConvolutionShape& shape,
                        const Pass& pass) {
    const std::int64_t padding = shape.padding < 0 ? shape.kernel / 2 : shape.padding;
    const std::vector<std::int64_t> strides{shape.stride, shape.stride};
    const std::vector<std::int64_t> paddings{padding, padding};
    if (!pass.bfloat16)
        return torch::conv2d(x, weight, bias, strides, paddings);
    const auto half = torch::kBFloat16;
    return torch::conv2d(x.to(half), weight.to(half), bias.defined() ? bias.to(half) : bias,
                         strides, paddings)
        .to(torch::kFloat32);
}

} // namespace

torch::Tensor rectified(const torch::Tensor& x) {
    return torch::leaky_relu(x, kSlope) * kGain;
}

ScaledLinear::ScaledLinear(Builder& builder, const std::string& name, Shape shape)
    : m_weight(builder.parameters.add(
          name + ".weight", normalValues(builder.random, {shape.out, shape.in}, 1 / shape.pace)))
    , m_bias(
          builder.parameters.add(name + ".bias", torch::full({shape.out}, shape.bias / shape.pace)))
    , m_scale(shape.pace / std::sqrt(static_cast<double>(shape.in)))
    , m_pace(shape.pace) {}

torch::Tensor ScaledLinear::forward(const torch::Tensor& x) const {
    return torch::addmm(m_bias, x, m_weight.t(), m_pace, m_scale);
}

ScaledConvolution::ScaledConvolution(Builder& builder,
                                     const std::string& name,
                                     ConvolutionShape shape)
    : m_weight(builder.parameters.add(
          name + ".weight",
          normalValues(builder.random, {shape.out, shape.in, shape.kernel, shape.kernel}, 1.0)))
    , m_bias(builder.parameters.add(name + ".bias", torch::zeros({shape.out})))
    , m_scale(scaleFor(shape))
    , m_shape(shape) {}

torch::Tensor ScaledConvolution::forward(const torch::Tensor& x, const Pass& pass) const {
    return convolved(x, m_weight * m_scale, m_bias, m_shape, pass);
}

ModulatedConvolution::ModulatedConvolution(Builder& builder,
                                           const std::string& name,
                                           ConvolutionShape shape,
                                           std::int64_t style,
                                           bool demodulate)
    : m_weight(builder.parameters.add(
          name + ".weight",
          normalValues(builder.random, {shape.out, shape.in, shape.kernel, shape.kernel}, 1.0)))
    , m_scales(builder, name + ".style", {style, shape.in, 1.0, 1.0})
    , m_scale(scaleFor(shape))
    , m_demodulate(demodulate) {}

torch::Tensor ModulatedConvolution::forward(const torch::Tensor& x,
                                            const torch::Tensor& style,
                                            const Pass& pass) const {
    const torch::Tensor scales = m_scales.forward(style);
    const torch::Tensor weight = m_weight * m_scale;
    const ConvolutionShape plain{weight.size(1), weight.size(0), weight.size(2), 1, 0};
    const torch::Tensor made =
        convolved(x * scales.unsqueeze(-1).unsqueeze(-1), weight, {}, plain, pass);
    if (!m_demodulate)
        return made;
    const torch::Tensor power =
        torch::matmul(scales * scales, (weight * weight).sum({2, 3}).t()) + kLeast;
    return made * torch::rsqrt(power).unsqueeze(-1).unsqueeze(-1);
}

} // namespace likeness
