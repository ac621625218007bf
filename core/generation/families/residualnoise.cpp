// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/residualnoise.h"

#include "core/generation/noisefield.h"
#include "core/generation/tensornoise.h"

namespace likeness {

namespace {

constexpr std::int64_t kRadius = 12; ///< of the kernel, in pixels

/// How far the noise follows the decoder's deviation, from 0 to 1. At 1 pixels of which it is
/// unsure become salt and pepper.
constexpr double kFollowing = 0.5;

} // namespace

ResidualNoise::ResidualNoise(std::int64_t channels)
    : m_mean(torch::zeros({channels}))
    , m_kernel(torch::zeros_like(whiteKernel(channels, kRadius))) {}

std::vector<Parameters::Entry> ResidualNoise::entries() const {
    return {{"residual.mean", m_mean}, {"residual.kernel", m_kernel}};
}

void ResidualNoise::adopt(const torch::Tensor& residuals) {
    const torch::Tensor mean = residuals.mean({0, 2, 3});
    m_mean.copy_(mean);
    m_kernel.copy_(colouringKernel(residuals - mean.view({1, -1, 1, 1}), kRadius));
}

torch::Tensor ResidualNoise::drawn(std::span<const std::uint64_t> seeds,
                                   std::int64_t height,
                                   std::int64_t width) const {
    const torch::Tensor white =
        normalTensor({static_cast<std::int64_t>(seeds.size()), m_mean.size(0), height + 2 * kRadius,
                      width + 2 * kRadius},
                     seeds);
    return coloured(white, m_kernel) + m_mean.view({1, -1, 1, 1});
}

torch::Tensor ResidualNoise::scale(const torch::Tensor& logVariance) {
    return torch::exp(logVariance * (0.5 * kFollowing));
}

} // namespace likeness
