// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/brickcache.h"
#include "viewers/viewstate.h"

#include <QRect>

#include <cstdlib>
#include <memory>
#include <vector>

namespace likeness {

/// One plane of one level, put together from bricks. Memory is taken as it is filled.
class PlaneLayer {
public:
    /// Slice `slice` of level 0 along `axis`, as level `level` has it, in bricks of about
    /// `brickBytes`.
    PlaneLayer(const SliceSource& source,
               int level,
               SliceAxis axis,
               std::int64_t slice,
               std::int64_t brickBytes);

    [[nodiscard]] int level() const noexcept { return m_level; }

    [[nodiscard]] ImageSpan pixels() const noexcept;

    /// Bricks that lie in a part of the picture (pixels of level 0) and are not there yet, from its
    /// middle outwards.
    [[nodiscard]] std::vector<BrickKey> missing(const QRect& part) const;

    /// The bricks of the same part so many slices further; none beyond the ends, and none that hold
    /// this slice, too.
    [[nodiscard]] std::vector<BrickKey> ahead(const QRect& part, std::int64_t slices) const;

    [[nodiscard]] bool isWhole(const QRect& part) const;

    /// False for a brick of another plane.
    bool fill(const BrickKey& key, const Brick& brick);

    /// It will not come.
    void giveUp(const BrickKey& key);

    [[nodiscard]] bool isFilledAt(std::int64_t u, std::int64_t v) const noexcept;

    [[nodiscard]] std::int64_t bytesOfBrick() const noexcept;

private:
    enum class Tile : std::uint8_t { missing, filled, failed };

    struct Tiles {
        std::int64_t left = 0, top = 0, right = -1, bottom = -1; ///< inclusive
    };

    struct Free {
        void operator()(std::byte* bytes) const noexcept { std::free(bytes); }
    };

    [[nodiscard]] Tiles tilesOf(const QRect& part) const noexcept;
    [[nodiscard]] BrickKey keyOf(std::int64_t column, std::int64_t row) const noexcept;
    [[nodiscard]] Tile* tileOf(const BrickKey& key) noexcept;
    void copy(const Brick& brick);

    int m_level;
    SliceAxis m_axis;
    std::int64_t m_slice; ///< of the level
    std::size_t m_u = 0;  ///< which coordinate runs along rows
    std::size_t m_v = 1;
    SliceSource::Size m_size{};
    SliceSource::Size m_edge{};
    std::int64_t m_columns = 1; ///< of tiles
    std::int64_t m_rows = 1;
    std::size_t m_voxelBytes;
    PixelType m_type;
    std::int64_t m_channels;
    std::unique_ptr<std::byte, Free> m_pixels;
    std::vector<Tile> m_tiles;
};

} // namespace likeness
