// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace likeness {

/// Group normalisation, optional scale and shift per image and channel, and SiLU:
/// silu(norm(x) * (1 + scale) + shift).
struct NormSilu {
    const torch::Tensor& weight;
    const torch::Tensor& bias;
    std::int64_t groups = 1;
    torch::Tensor film; ///< N x 2C float, scales then shifts; may be undefined
    bool half = false;  ///< the result in bfloat16, otherwise float
};

/// x is N x C x H x W, float or bfloat16. On a CPU it is one operation with its own gradient, which
/// gives channels-last; elsewhere, and where C is no multiple of 8, the usual ones are put
/// together.
[[nodiscard]] torch::Tensor normSilu(const torch::Tensor& x, const NormSilu& options);

/// (x + y) * factor in float; x is float, y float or bfloat16, both of one shape. One operation on
/// a CPU.
[[nodiscard]] torch::Tensor
scaledSum(const torch::Tensor& x, const torch::Tensor& y, double factor);

} // namespace likeness
