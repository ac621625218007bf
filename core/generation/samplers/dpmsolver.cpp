// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/samplers/dpmsolver.h"

#include <cmath>

namespace likeness {

namespace {

constexpr double kLeastShare = 1e-3; ///< below it the limit 1/2 is reached within the 4th digit

/// Shares of the noise removed up to which an image has grain, and from which it has none.
constexpr double kGrainy = 0.5;
constexpr double kGrainless = 0.9;

} // namespace

std::vector<double> noiseLevels(const SolverConfig& config) {
    const double first = std::pow(config.sigmaMaximum, 1.0 / config.rho);
    const double last = std::pow(config.sigmaMinimum, 1.0 / config.rho);
    std::vector<double> levels;
    for (int i = 0; i < config.steps; ++i) {
        const double share = static_cast<double>(i) / (config.steps - 1);
        levels.push_back(std::pow(first + share * (last - first), config.rho));
    }
    levels.push_back(0.0);
    return levels;
}

/// The step of width h from x, with the clean guess continued as a polynomial in -ln(sigma) through
/// this and up to two earlier guesses; the integral of the polynomial is exact.
torch::Tensor
MultistepSolver::stepped(const torch::Tensor& x, const torch::Tensor& guess, double h) const {
    const double phi1 = -std::expm1(-h);
    torch::Tensor next = x * (1.0 - phi1) + guess * phi1;
    if (m_order < 2 || m_earlier.empty())
        return next;
    const double phi2 = 1.0 - phi1 / h;
    const Guess& last = m_earlier.back();
    const double r0 = last.width / h;
    const torch::Tensor slope0 = (guess - last.image) * (1.0 / r0);
    if (m_order < 3 || m_earlier.size() < 2)
        return next + slope0 * phi2;
    const Guess& secondLast = m_earlier[m_earlier.size() - 2];
    const double r1 = secondLast.width / h;
    const torch::Tensor slope1 = (last.image - secondLast.image) * (1.0 / r1);
    const torch::Tensor curve = (slope0 - slope1) * (1.0 / (r0 + r1));
    const double phi3 = phi2 / h - 0.5;
    return next + (slope0 + curve * r0) * phi2 - curve * phi3;
}

torch::Tensor
MultistepSolver::next(const torch::Tensor& x, const torch::Tensor& guess, double from, double to) {
    const double width = std::log(from / to);
    torch::Tensor there = stepped(x, guess, width);
    m_earlier.push_back({guess, width});
    if (m_earlier.size() > 2)
        m_earlier.erase(m_earlier.begin());
    return there;
}

torch::Tensor cleaned(const torch::Tensor& x, const torch::Tensor& guess, double sigma) {
    const torch::Tensor removed = x - guess;
    const torch::Tensor share =
        (removed.square().mean({3}, true).mean({1, 2}, true) / (sigma * sigma))
            .clamp(kLeastShare, 1.0);
    const torch::Tensor kept = 1.0 - share;
    const torch::Tensor grainy = ((kGrainless - share) / (kGrainless - kGrainy)).clamp(0.0, 1.0);
    return guess + removed * (grainy * (kept.sqrt() - kept) / share);
}

torch::Tensor solveFrom(torch::Tensor x,
                        std::span<const double> sigmas,
                        int order,
                        const Denoiser& denoiser,
                        const SolverEvents& events) {
    MultistepSolver solver(order);
    for (std::size_t i = 0;; ++i) {
        events.beforeStep();
        const bool isLast = sigmas[i + 1] == 0.0;
        torch::Tensor guess = denoiser(x, sigmas[i]);
        if (isLast)
            guess = cleaned(x, guess, sigmas[i]);
        if (events.guessed)
            events.guessed(sigmas[i], x, guess);
        if (isLast)
            return guess;
        x = solver.next(x, guess, sigmas[i], sigmas[i + 1]);
    }
}

torch::Tensor solve(const SolverConfig& config,
                    const torch::Tensor& noise,
                    const Denoiser& denoiser,
                    const std::function<void()>& beforeStep) {
    const std::vector<double> sigmas = noiseLevels(config);
    return solveFrom(noise * sigmas.front(), sigmas, config.order, denoiser, {beforeStep});
}

} // namespace likeness
