// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/layers.h"

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Noise with the mean and the spectrum of what the mean of an autoencoder's pixels leaves out of
/// the training crops. Without it, samples look like plastic, because the mean cannot hold what the
/// code does not tell.
class ResidualNoise {
public:
    explicit ResidualNoise(std::int64_t channels);

    /// Its tensors for a checkpoint: mean and kernel, shared with it.
    [[nodiscard]] std::vector<Parameters::Entry> entries() const;

    /// Residuals of crops, N x channels x H x W on the CPU, divided by `scale`.
    void adopt(const torch::Tensor& residuals);

    /// One field per seed on the CPU, to be multiplied by `scale`.
    [[nodiscard]] torch::Tensor
    drawn(std::span<const std::uint64_t> seeds, std::int64_t height, std::int64_t width) const;

    /// What the noise at a pixel is multiplied by: a power of the deviation that the decoder tells.
    [[nodiscard]] static torch::Tensor scale(const torch::Tensor& logVariance);

private:
    torch::Tensor m_mean;
    torch::Tensor m_kernel;
};

} // namespace likeness
