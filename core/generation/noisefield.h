// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace likeness {

/// The kernel that turns white noise into a stationary Gaussian field with the covariance of
/// `fields` (N x C x H x W, N samples of it) up to a lag of `radius`: C x C x K x K with K = 2
/// radius + 1, the Hermitian root of the spectrum of their tapered autocovariance, scaled so that
/// the variance of each channel is exact. On the CPU.
[[nodiscard]] torch::Tensor colouringKernel(const torch::Tensor& fields, std::int64_t radius);

/// Side of a periodic grid that holds all lags of a kernel of this radius.
[[nodiscard]] constexpr std::int64_t covarianceGrid(std::int64_t radius) noexcept {
    return 4 * radius + 2;
}

/// The same from a covariance, C x C x G x G in double with G = covarianceGrid(radius), negative
/// lags at the end; what is no covariance in it (a negative power) is left out.
[[nodiscard]] torch::Tensor kernelOf(const torch::Tensor& covariance, std::int64_t radius);

/// C x C x K x K that leaves white noise as it is.
[[nodiscard]] torch::Tensor whiteKernel(std::int64_t channels, std::int64_t radius);

/// The field of N x C x H x W white noise: smaller by the kernel's radius on each side, so that no
/// border shows.
[[nodiscard]] torch::Tensor coloured(const torch::Tensor& white, const torch::Tensor& kernel);

} // namespace likeness
