// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/samplers/dpmsolver.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace likeness {

/// Calls task(0) ... task(count - 1), in any order and on any threads; returns when all have ended.
using Spread =
    std::function<void(std::int64_t count, const std::function<void(std::int64_t)>& task)>;

/// How an image is cut into overlapping squares. Sides and starts are multiples of what the network
/// takes.
struct TileLayout {
    std::int64_t side = 512;
    std::int64_t overlap = 128; ///< at least; even
    std::int64_t guard = 16;    ///< outermost positions of a tile that count nothing
    std::int64_t multiple = 8;
};

/// Where the tiles start along one side of `length`: the first at 0, the last ends at `length`, the
/// others evenly between them. One tile if it is no longer than a tile.
[[nodiscard]] std::vector<std::int64_t> tileStarts(std::int64_t length, const TileLayout& layout);

/// What each tile counts along one side, tiles x positions of a tile: a cosine ramp over each
/// overlap, without its guard; at every position the tiles' weights add up to 1.
[[nodiscard]] torch::Tensor tileWeights(std::int64_t length, const TileLayout& layout);

/// The denoiser applied to tiles, whose guesses are blended. The result depends neither on the
/// order nor on the threads in which `spread` has them done.
[[nodiscard]] Denoiser inTiles(Denoiser denoiser, const TileLayout& layout, const Spread& spread);

} // namespace likeness
