// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/samplers/tiles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

/// A ramp from 0 to 1 between two positions.
double ramp(double position, double from, double to) {
    const double share = std::clamp((position - from) / (to - from), 0.0, 1.0);
    return 0.5 - 0.5 * std::cos(std::numbers::pi * share);
}

struct Cut {
    std::vector<std::int64_t> starts;
    torch::Tensor weights; ///< tiles x positions
    std::int64_t side = 0;
};

Cut cutOf(std::int64_t length, const TileLayout& layout, const torch::Device& device) {
    return {tileStarts(length, layout), tileWeights(length, layout).to(device),
            std::min(length, layout.side)};
}

torch::Tensor denoisedInTiles(const Denoiser& denoiser,
                              const TileLayout& layout,
                              const Spread& spread,
                              const torch::Tensor& noisy,
                              double sigma) {
    const Cut down = cutOf(noisy.size(2), layout, noisy.device());
    const Cut across = cutOf(noisy.size(3), layout, noisy.device());
    const auto columns = static_cast<std::int64_t>(across.starts.size());
    const auto count = static_cast<std::int64_t>(down.starts.size()) * columns;
    const auto at = [](const std::vector<std::int64_t>& starts, std::int64_t i) {
        return starts[static_cast<std::size_t>(i)];
    };
    const auto part = [&](const torch::Tensor& whole, std::int64_t tile) {
        return whole.narrow(2, at(down.starts, tile / columns), down.side)
            .narrow(3, at(across.starts, tile % columns), across.side);
    };
    std::vector<torch::Tensor> guesses(static_cast<std::size_t>(count));
    spread(count, [&](std::int64_t tile) {
        const torch::NoGradGuard noGrad;
        const torch::Tensor weight =
            down.weights[tile / columns].unsqueeze(1) * across.weights[tile % columns].unsqueeze(0);
        guesses[static_cast<std::size_t>(tile)] =
            denoiser(part(noisy, tile).contiguous(), sigma) * weight;
    });
    torch::Tensor blended = torch::zeros_like(noisy);
    for (std::int64_t tile = 0; tile < count; ++tile)
        part(blended, tile).add_(guesses[static_cast<std::size_t>(tile)]);
    return blended;
}

} // namespace

std::vector<std::int64_t> tileStarts(std::int64_t length, const TileLayout& layout) {
    if (length <= layout.side)
        return {0};
    const std::int64_t stride = layout.side - layout.overlap;
    const std::int64_t tiles = (length - layout.overlap + stride - 1) / stride;
    std::vector<std::int64_t> starts;
    for (std::int64_t i = 0; i < tiles; ++i) {
        const std::int64_t even = (length - layout.side) * i / (tiles - 1);
        starts.push_back(even / layout.multiple * layout.multiple);
    }
    return starts;
}

torch::Tensor tileWeights(std::int64_t length, const TileLayout& layout) {
    const std::vector<std::int64_t> starts = tileStarts(length, layout);
    const std::int64_t side = std::min(length, layout.side);
    const auto tiles = static_cast<std::int64_t>(starts.size());
    const auto guard = static_cast<double>(layout.guard);
    std::vector<std::vector<double>> raw(starts.size());
    std::vector<double> sums(static_cast<std::size_t>(length), 0.0);
    for (std::size_t t = 0; t < starts.size(); ++t) {
        for (std::int64_t i = 0; i < side; ++i) {
            const double here = static_cast<double>(starts[t] + i) + 0.5;
            double weight = 1.0;
            if (t > 0) // from where this tile starts to where the one before it ends
                weight *= ramp(here, static_cast<double>(starts[t]) + guard,
                               static_cast<double>(starts[t - 1] + side) - guard);
            if (t + 1 < starts.size())
                weight *= 1.0 - ramp(here, static_cast<double>(starts[t + 1]) + guard,
                                     static_cast<double>(starts[t] + side) - guard);
            raw[t].push_back(weight);
            sums[static_cast<std::size_t>(starts[t] + i)] += weight;
        }
    }
    torch::Tensor weights = torch::empty({tiles, side}, torch::kFloat32);
    float* out = weights.data_ptr<float>();
    for (std::size_t t = 0; t < starts.size(); ++t)
        for (std::int64_t i = 0; i < side; ++i)
            *out++ = static_cast<float>(raw[t][static_cast<std::size_t>(i)] /
                                        sums[static_cast<std::size_t>(starts[t] + i)]);
    return weights;
}

Denoiser inTiles(Denoiser denoiser, const TileLayout& layout, const Spread& spread) {
    return
        [denoiser = std::move(denoiser), layout, spread](const torch::Tensor& noisy, double sigma) {
            return denoisedInTiles(denoiser, layout, spread, noisy, sigma);
        };
}

} // namespace likeness
