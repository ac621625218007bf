// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/optimizer.h"

#include "core/generation/networks/kernels.h"

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
    if (parameters.device().is_cpu())
        return updateOnCpu(gradient, part(parameters), step, piece);
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

void Optimizer::updateOnCpu(const torch::Tensor& gradient,
                            const torch::Tensor& weights,
                            const Step& step,
                            Piece piece) {
    const auto t = static_cast<double>(step.number);
    kernels::AdamStep adam;
    adam.gradientScale = static_cast<float>(step.gradientScale);
    adam.momentum = static_cast<float>(m_momentum);
    adam.squareDecay = static_cast<float>(kBetaSquare);
    adam.rate = static_cast<float>(step.learningRate / (1.0 - std::pow(m_momentum, t)));
    adam.squareCorrection = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(kBetaSquare, t)));
    adam.epsilon = static_cast<float>(kEpsilon);
    adam.emaDecay = static_cast<float>(step.emaDecay);
    kernels::adam(piece.size,
                  {weights.data_ptr<float>(), gradient.data_ptr<float>(),
                   m_mean.data_ptr<float>() + piece.begin, m_square.data_ptr<float>() + piece.begin,
                   m_ema.data_ptr<float>() + piece.begin},
                  adam);
}

} // namespace likeness
