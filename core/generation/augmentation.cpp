// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/augmentation.h"

#include "core/base/random.h"

#include <array>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

constexpr double kScale = 0.2; ///< deviation of the base-2 logarithm
constexpr double kShift = 0.125;

/// Columns of a 2 x 2 matrix and a shift, from places of the result to places of the source, both
/// in half sides from the middle.
struct Placement {
    std::array<double, 4> matrix{1.0, 0.0, 0.0, 1.0};
    std::array<double, 2> shift{};

    void apply(const std::array<double, 4>& m) {
        const auto [a, b, c, d] = matrix;
        matrix = {a * m[0] + b * m[2], a * m[1] + b * m[3], c * m[0] + d * m[2],
                  c * m[1] + d * m[3]};
    }
};

struct Moves {
    std::array<float, 9> told{};
    Placement placement;
    bool any = false;
};

Moves drawn(std::uint64_t seed, double probability) {
    Random random(seed, "generation.augmentation");
    const auto happens = [&] { return random.uniform() < probability; };
    Moves moves;
    Placement& to = moves.placement;
    const auto tell = [&](std::size_t at, double value) {
        moves.told[at] = static_cast<float>(value);
        moves.any = true;
    };
    if (happens() && random.uniform() < 0.5) {
        tell(0, 1.0);
        to.apply({-1.0, 0.0, 0.0, 1.0});
    }
    if (happens() && random.uniform() < 0.5) {
        tell(1, 1.0);
        to.apply({1.0, 0.0, 0.0, -1.0});
    }
    if (happens()) {
        const double n = random.normal();
        tell(2, n);
        const double factor = std::exp2(-kScale * n);
        to.apply({factor, 0.0, 0.0, factor});
    }
    if (happens()) {
        const double angle = random.uniform(-std::numbers::pi, std::numbers::pi);
        tell(3, std::cos(angle) - 1.0);
        tell(4, std::sin(angle));
        to.apply({std::cos(angle), std::sin(angle), -std::sin(angle), std::cos(angle)});
    }
    if (happens()) {
        const double angle = random.uniform(-std::numbers::pi, std::numbers::pi);
        const double n = random.normal();
        tell(5, n * std::cos(angle));
        tell(6, n * std::sin(angle));
        const double factor = std::exp2(kScale * n);
        const double c = std::cos(angle / 2.0);
        const double s = std::sin(angle / 2.0);
        const double inverse = 1.0 / factor;
        to.apply({c * c * inverse + s * s * factor, c * s * (inverse - factor),
                  c * s * (inverse - factor), s * s * inverse + c * c * factor});
    }
    if (happens()) {
        const double x = random.normal();
        const double y = random.normal();
        tell(7, x);
        tell(8, y);
        to.shift = {-2.0 * kShift * x, -2.0 * kShift * y};
    }
    return moves;
}

} // namespace

torch::Tensor
augment(torch::Tensor& images, std::span<const std::uint64_t> seeds, double probability) {
    constexpr std::int64_t kBicubic = 2;
    constexpr std::int64_t kMirrored = 2;
    torch::Tensor told = torch::zeros({images.size(0), 9});
    for (std::int64_t i = 0; i < images.size(0); ++i) {
        const Moves moves = drawn(seeds[static_cast<std::size_t>(i)], probability);
        if (!moves.any)
            continue;
        for (std::size_t k = 0; k < moves.told.size(); ++k)
            told.data_ptr<float>()[i * 9 + static_cast<std::int64_t>(k)] = moves.told[k];
        const auto& [matrix, shift] = moves.placement;
        const auto at = [](double value) { return static_cast<float>(value); };
        const torch::Tensor theta = torch::tensor({at(matrix[0]), at(matrix[1]), at(shift[0]),
                                                   at(matrix[2]), at(matrix[3]), at(shift[1])})
                                        .view({1, 2, 3});
        const torch::Tensor image = images.narrow(0, i, 1);
        const torch::Tensor grid = torch::affine_grid_generator(theta, image.sizes(), false);
        image.copy_(torch::grid_sampler(image, grid, kBicubic, kMirrored, false));
    }
    return told;
}

} // namespace likeness
