// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace likeness {

/// Sums over blocks of 2^exponent x 2^exponent pixels, channels apart. Sums of integers are exact
/// up to 2^53.
struct BlockSums {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t channels = 1;
    std::vector<double> sums;

    BlockSums() = default;

    BlockSums(std::int64_t columns, std::int64_t rows, std::int64_t channelCount)
        : width(columns)
        , height(rows)
        , channels(channelCount)
        , sums(static_cast<std::size_t>(columns * rows * channelCount), 0.0) {}

    void clear() noexcept;

    /// Adds the pixels of one slice whose size is this one's times 2^exponent, less at the far
    /// ends.
    void addSlice(const ImageSpan& slice, int exponent) noexcept;

    /// The same with the sums of blocks of half the edge.
    void addSums(const BlockSums& finer) noexcept;
};

/// A voxel of level k covers up to 2^k voxels along each axis of a volume of `full` voxels. `first`
/// is the sums' first voxel in that level. Writes means as pixels of `type`.
struct MeanPlace {
    std::array<std::int64_t, 3> full{};
    std::array<std::int64_t, 3> first{};
    int level = 0;
};

void writeMeans(const BlockSums& sums,
                const MeanPlace& place,
                PixelType type,
                std::span<std::byte> out) noexcept;

} // namespace likeness
