// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace likeness {

struct QuiltLayout {
    double patch = 0.625;   ///< side of a patch over that of a crop
    double overlap = 0.15;  ///< of neighbouring patches, over the side of a patch
    int candidates = 4000;  ///< places drawn for each patch, of which the best fitting are kept
    double tolerance = 0.1; ///< one of those whose error is at most so much above the least is used
};

/// Crops to quilt from: `count` of them, each channels x side x side.
struct QuiltSource {
    std::span<const float> values;
    std::int64_t count = 0;
    std::int64_t channels = 1;
    std::int64_t side = 64;
};

struct QuiltSize {
    std::int64_t height = 64;
    std::int64_t width = 64;
};

/// One image, channels x height x width, that depends on the source, the layout, the size and the
/// seed alone. The lattice of patches is shifted at random, so that its seams lie nowhere in
/// particular. `beforePatch` may throw to stop.
[[nodiscard]] std::vector<float> quilted(const QuiltSource& source,
                                         const QuiltLayout& layout,
                                         QuiltSize size,
                                         std::uint64_t seed,
                                         const std::function<void()>& beforePatch);

/// For each row of a rows x columns table of errors the column where the path of least sum from the
/// first row to the last runs; from row to row it moves by one column at most.
[[nodiscard]] std::vector<std::int64_t>
leastErrorPath(std::span<const float> errors, std::int64_t rows, std::int64_t columns);

} // namespace likeness
