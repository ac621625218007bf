// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/layers.h"

#include <torch/torch.h>

#include <cstdint>
#include <string>

namespace likeness {

/// Layers whose parameters are standard normal at first and are scaled by 1/sqrt(fan-in) on use, so
/// that one learning rate moves all of them at one relative pace (Karras et al. 2018).

/// Leaky rectification of slope 0.2, scaled so that the variance stays.
[[nodiscard]] torch::Tensor rectified(const torch::Tensor& x);

class ScaledLinear {
public:
    struct Shape {
        std::int64_t in = 1;
        std::int64_t out = 1;
        double bias = 0.0; ///< at first
        double pace = 1.0; ///< of learning, by that of other layers
    };

    ScaledLinear(Builder& builder, const std::string& name, Shape shape);

    /// N x in to N x out.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

private:
    torch::Tensor m_weight;
    torch::Tensor m_bias;
    double m_scale;
    double m_pace;
};

class ScaledConvolution {
public:
    ScaledConvolution(Builder& builder, const std::string& name, ConvolutionShape shape);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const Pass& pass) const;

private:
    torch::Tensor m_weight;
    torch::Tensor m_bias;
    double m_scale;
    ConvolutionShape m_shape;
};

/// A convolution whose input channels each image scales by a style of its own (Karras et al. 2020,
/// eq. 1 to 3). The scales are put on the input instead of the weights and the norm of the scaled
/// weights on the output, which is the same and leaves one convolution for the whole batch. Neither
/// bias nor padding.
class ModulatedConvolution {
public:
    /// `style` is the length of what a style is made from; `demodulate`: outputs have unit variance
    /// where independent inputs have, whatever the style.
    ModulatedConvolution(Builder& builder,
                         const std::string& name,
                         ConvolutionShape shape,
                         std::int64_t style,
                         bool demodulate = true);

    /// N x in x H x W by N x style.
    [[nodiscard]] torch::Tensor
    forward(const torch::Tensor& x, const torch::Tensor& style, const Pass& pass) const;

private:
    torch::Tensor m_weight;
    ScaledLinear m_scales;
    double m_scale;
    bool m_demodulate;
};

} // namespace likeness
