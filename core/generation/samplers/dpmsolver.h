// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/diffusionconfig.h"

#include <torch/torch.h>

#include <functional>
#include <vector>

namespace likeness {

/// Karras' noise levels (EDM, equation 5), falling, followed by 0: steps + 1 numbers.
[[nodiscard]] std::vector<double> noiseLevels(const SolverConfig& config);

/// The clean guess behind images at one noise level.
using Denoiser = std::function<torch::Tensor(const torch::Tensor& noisy, double sigma)>;

/// Multistep DPM-Solver++ (Lu et al. 2022), deterministic, in terms of sigma, from images of pure
/// noise of deviation 1 to clean images; one denoiser call per step. `beforeStep` may throw to
/// stop.
[[nodiscard]] torch::Tensor solve(const SolverConfig& config,
                                  const torch::Tensor& noise,
                                  const Denoiser& denoiser,
                                  const std::function<void()>& beforeStep);

} // namespace likeness
