// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/optimizer.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kBetaSquare = 0.99;
constexpr double kEpsilon = 1e-8;

} // namespace

Optimizer::Optimizer(const torch::Tensor& parameters, double momentum)
    : m_momentum(momentum)
    , m_mean(torch::zeros_like(parameters))
    , m_square(torch::zeros_like(parameters))
    , m_ema(parameters.detach().clone()) {}

void Optimizer::update(const torch::Tensor& parameters,
                       const torch::Tensor& gradient,
                       const Step& step,
                       Piece piece) {
    const torch::NoGradGuard noGrad;
    const auto part = [piece](const torch::Tensor& all) {
        return all.narrow(0, piece.begin, piece.size);
    };
    const torch::Tensor g = gradient.mul_(step.gradientScale);
    torch::Tensor mean = part(m_mean);
    torch::Tensor square = part(m_square);
    torch::Tensor weights = part(parameters);
    mean.lerp_(g, 1.0 - m_momentum);
    square.mul_(kBetaSquare).addcmul_(g, g, 1.0 - kBetaSquare);
    const auto t = static_cast<double>(step.number);
    const double meanCorrection = 1.0 - std::pow(m_momentum, t);
    const double squareCorrection = 1.0 - std::pow(kBetaSquare, t);
    const torch::Tensor root = square.sqrt().mul_(1.0 / std::sqrt(squareCorrection)).add_(kEpsilon);
    weights.addcdiv_(mean, root, -step.learningRate / meanCorrection);
    part(m_ema).lerp_(weights, 1.0 - step.emaDecay);
}

} // namespace likeness
