// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/samplers/guided.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

// Above, only the mean grey is decided.
constexpr double kHighestRepeated = 10.0;
constexpr double kLowestRepeated = 0.02;

// From here on downwards the grain of the scan is decided. It is drawn anew at each pass, in one
// that begins well above it, and only after some passes does that next to an edge go with the grain
// on its other side.
constexpr double kGrain = 0.4;
constexpr int kGrainPasses = 6; ///< for each pass through the layout

// How far a stretch goes down before going back, and at least how many levels: after a single one
// the solver has no earlier guess to continue, and noise is lost.
constexpr double kFallOfLayout = 3.3;
constexpr double kFallOfGrain = 2.5;
constexpr std::size_t kLeastLevels = 2;

constexpr double kClearlyLower = 0.8;

/// Levels [first, end), gone through so many times.
struct Stretch {
    std::size_t first = 0;
    std::size_t end = 0;
    int passes = 1;
};

/// Where the stretch that begins at level i ends.
std::size_t endOf(const std::vector<double>& sigmas, std::size_t i) {
    const bool isGrain = sigmas[i] <= kGrain;
    const double low =
        isGrain ? sigmas[i] / kFallOfGrain : std::max(sigmas[i] / kFallOfLayout, kGrain);
    std::size_t end = i + kLeastLevels;
    while (end < sigmas.size() && sigmas[end] > low)
        ++end;
    return end;
}

std::vector<Stretch> stretchesOf(const std::vector<double>& sigmas, int passes) {
    std::vector<Stretch> stretches;
    const std::size_t last = sigmas.size() - 1; // of which the level is 0
    for (std::size_t i = 0; i < last;) {
        const std::size_t end = endOf(sigmas, i);
        const bool repeated = passes > 1 && end < last && sigmas[i] <= kHighestRepeated &&
                              sigmas[end] >= kLowestRepeated;
        const int often = sigmas[i] <= kGrain ? kGrainPasses * passes : passes;
        stretches.push_back({i, repeated ? end : i + 1, repeated ? often : 1});
        i = stretches.back().end;
    }
    return stretches;
}

} // namespace

std::vector<double> levelsFrom(const SolverConfig& config, double sigma) {
    const std::vector<double> all = noiseLevels(config);
    if (sigma >= all.front())
        return all;
    std::vector<double> levels{sigma};
    for (const double level : all)
        if (level < kClearlyLower * sigma)
            levels.push_back(level);
    return levels;
}

torch::Tensor interpolatedNoise(const torch::Tensor& a, const torch::Tensor& b, double share) {
    if (share <= 0.0)
        return a;
    if (share >= 1.0)
        return b;
    const double product = (a * b).sum(torch::kFloat64).item<double>();
    const double lengths = std::sqrt((a * a).sum(torch::kFloat64).item<double>() *
                                     (b * b).sum(torch::kFloat64).item<double>());
    const double angle = std::acos(std::clamp(product / lengths, -1.0, 1.0));
    const double whole = std::sin(angle);
    if (whole < 1e-6) // one and the same direction
        return a * (1.0 - share) + b * share;
    return a * (std::sin((1.0 - share) * angle) / whole) + b * (std::sin(share * angle) / whole);
}

int inpaintingCalls(const SolverConfig& config, int passes) {
    int calls = 0;
    for (const Stretch& stretch : stretchesOf(noiseLevels(config), passes))
        calls += static_cast<int>(stretch.end - stretch.first) * stretch.passes;
    return calls;
}

torch::Tensor inpainted(const SolverConfig& config,
                        const Known& known,
                        const torch::Tensor& noise,
                        const Denoiser& denoiser,
                        const std::function<void()>& beforeStep) {
    const std::vector<double> sigmas = noiseLevels(config);
    MultistepSolver solver(config.order);
    torch::Tensor x = known.values.masked_fill(known.unknown, 0.0) + noise * sigmas.front();
    std::uint64_t jumps = 0;
    for (const Stretch& stretch : stretchesOf(sigmas, known.passes)) {
        for (int pass = 0; pass < stretch.passes; ++pass) {
            if (pass > 0) {
                const double from = sigmas[stretch.end];
                const double to = sigmas[stretch.first];
                x = x + known.noise(jumps++) * std::sqrt(to * to - from * from);
                solver.restart();
            }
            for (std::size_t i = stretch.first; i < stretch.end; ++i) {
                beforeStep();
                const torch::Tensor guess = denoiser(x, sigmas[i]);
                if (sigmas[i + 1] == 0.0)
                    return torch::where(known.unknown, cleaned(x, guess, sigmas[i]), known.values);
                x = solver.next(x, torch::where(known.unknown, guess, known.values), sigmas[i],
                                sigmas[i + 1]);
            }
        }
    }
    return x;
}

} // namespace likeness
