// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace likeness {

/// Adam (Kingma, Ba 2015; beta 0.9, or another one, and 0.99) and a running mean of the weights, on
/// flat vectors. Disjoint pieces may be updated by different threads at once.
class Optimizer {
public:
    struct Piece {
        std::int64_t begin = 0;
        std::int64_t size = 0;
    };

    struct Step {
        std::int64_t number = 1; ///< counts from 1
        double learningRate = 0.0;
        double gradientScale = 1.0;
        double emaDecay = 0.0;
    };

    explicit Optimizer(const torch::Tensor& parameters, double momentum = 0.9);

    /// `gradient` is that of the piece and is used up.
    void update(const torch::Tensor& parameters,
                const torch::Tensor& gradient,
                const Step& step,
                Piece piece);

    [[nodiscard]] torch::Tensor& mean() noexcept { return m_mean; }

    [[nodiscard]] torch::Tensor& square() noexcept { return m_square; }

    [[nodiscard]] torch::Tensor& ema() noexcept { return m_ema; }

private:
    void updateOnCpu(const torch::Tensor& gradient,
                     const torch::Tensor& weights,
                     const Step& step,
                     Piece piece);

    double m_momentum;
    torch::Tensor m_mean;
    torch::Tensor m_square;
    torch::Tensor m_ema;
};

} // namespace likeness
