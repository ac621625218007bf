// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/samplers/dpmsolver.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace likeness {

/// `sigma` and the solver's levels well below it, followed by 0: the way down from an image with
/// that much noise (SDEdit, Meng et al. 2022). The whole way if sigma is the highest level or more.
[[nodiscard]] std::vector<double> levelsFrom(const SolverConfig& config, double sigma);

/// Spherical interpolation (Shoemake 1985) of two noises of equal shape: share 0 is `a`, 1 is `b`,
/// bit for bit, and what lies between is noise of deviation 1 again.
[[nodiscard]] torch::Tensor
interpolatedNoise(const torch::Tensor& a, const torch::Tensor& b, double share);

/// What is known of images, and the noise of going back.
struct Known {
    torch::Tensor values;  ///< N x C x H x W
    torch::Tensor unknown; ///< 1 x 1 x H x W, boolean: where to make anew
    int passes = 1;        ///< through each stretch of the middle levels, see inpainted()

    /// Noise of the shape of the images, deviation 1, a different one for each number.
    std::function<torch::Tensor(std::uint64_t)> noise;
};

/// How many denoiser calls inpainted() makes.
[[nodiscard]] int inpaintingCalls(const SolverConfig& config, int passes);

/// Images that are what is known where it is known, and fit it elsewhere. At each level the clean
/// guess is replaced by what is known: the solver then keeps the state there at exactly the known
/// value with the first noise at that level's strength. In the levels where the layout is decided
/// it goes back up `passes` - 1 times by adding noise (RePaint, Lugmayr et al. 2022), because
/// otherwise what is new is laid out before it has seen what is known in any detail. In those where
/// the grain is decided it goes through 6 * `passes` times, if `passes` is not 1: the steps between
/// neighbouring pixels over the edge are then nearly those within the image.
[[nodiscard]] torch::Tensor inpainted(const SolverConfig& config,
                                      const Known& known,
                                      const torch::Tensor& noise,
                                      const Denoiser& denoiser,
                                      const std::function<void()>& beforeStep);

} // namespace likeness
