// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/diffusionconfig.h"

#include <torch/torch.h>

#include <functional>
#include <span>
#include <vector>

namespace likeness {

/// Karras' noise levels (EDM, equation 5), falling, followed by 0: steps + 1 numbers.
[[nodiscard]] std::vector<double> noiseLevels(const SolverConfig& config);

/// The clean guess behind images at one noise level.
using Denoiser = std::function<torch::Tensor(const torch::Tensor& noisy, double sigma)>;

/// Multistep DPM-Solver++ (Lu et al. 2022) in terms of sigma, one step at a time: each continues
/// the clean guesses of up to two steps before it.
class MultistepSolver {
public:
    explicit MultistepSolver(int order)
        : m_order(order) {}

    /// From x at level `from`, with the clean guess behind it, to level `to` > 0.
    [[nodiscard]] torch::Tensor
    next(const torch::Tensor& x, const torch::Tensor& guess, double from, double to);

    /// Forgets the steps before: x did not come from them.
    void restart() { m_earlier.clear(); }

private:
    struct Guess {
        torch::Tensor image;
        double width = 0.0; ///< of the step that followed, in -ln(sigma)
    };

    [[nodiscard]] torch::Tensor
    stepped(const torch::Tensor& x, const torch::Tensor& guess, double width) const;

    int m_order;
    std::vector<Guess> m_earlier;
};

/// The end of the way from x at the lowest level, with the clean guess behind it. The guess alone
/// is too smooth: of a fine grain of variance S it shows S^2 / (S + sigma^2), as the mean of all
/// images that may be behind x does. For Gaussian grain the flow of equation 1 of EDM ends at x
/// times sqrt(S / (S + sigma^2)), whose variance is S; S is taken from the share of the noise that
/// the guess removed from the image. Where that is nearly all the image has no grain, and the guess
/// is left as it is. Image by image.
[[nodiscard]] torch::Tensor
cleaned(const torch::Tensor& x, const torch::Tensor& guess, double sigma);

/// What happens on the way from noise to image.
struct SolverEvents {
    std::function<void()> beforeStep; ///< may throw to stop

    /// Called with the state at each level and the clean guess behind it, at the last level with
    /// the result; may be empty.
    std::function<void(double sigma, const torch::Tensor& x, const torch::Tensor& guess)> guessed =
        {};
};

/// From x at the level sigmas[0] down the falling levels, of which the last is 0, to clean images;
/// one denoiser call per level. Deterministic.
[[nodiscard]] torch::Tensor solveFrom(torch::Tensor x,
                                      std::span<const double> sigmas,
                                      int order,
                                      const Denoiser& denoiser,
                                      const SolverEvents& events);

/// From images of pure noise of deviation 1, down the levels of `config`.
[[nodiscard]] torch::Tensor solve(const SolverConfig& config,
                                  const torch::Tensor& noise,
                                  const Denoiser& denoiser,
                                  const std::function<void()>& beforeStep);

} // namespace likeness
