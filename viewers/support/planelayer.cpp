// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/planelayer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace likeness {

namespace {

template <std::size_t N>
void copyVoxels(const std::byte* from, std::byte* to, std::int64_t count, std::int64_t step) {
    for (std::int64_t i = 0; i < count; ++i, from += step * static_cast<std::int64_t>(N), to += N)
        std::memcpy(to, from, N);
}

void copyRow(const std::byte* from,
             std::byte* to,
             std::int64_t count,
             std::int64_t step,
             std::size_t voxel) {
    if (step == 1) {
        std::memcpy(to, from, static_cast<std::size_t>(count) * voxel);
        return;
    }
    switch (voxel) {
    case 1:
        return copyVoxels<1>(from, to, count, step);
    case 2:
        return copyVoxels<2>(from, to, count, step);
    case 4:
        return copyVoxels<4>(from, to, count, step);
    default:
        for (std::int64_t i = 0; i < count; ++i, to += voxel)
            std::memcpy(to, from + static_cast<std::size_t>(i * step) * voxel, voxel);
    }
}

} // namespace

PlaneLayer::PlaneLayer(const SliceSource& source,
                       int level,
                       SliceAxis axis,
                       std::int64_t slice,
                       std::int64_t brickBytes)
    : m_level(level)
    , m_axis(axis)
    , m_slice(slice >> level)
    , m_u(axis == SliceAxis::x ? 2 : 0)
    , m_v(axis == SliceAxis::y ? 2 : 1)
    , m_size(source.sizeOf(level))
    , m_edge(source.blockSize(level, static_cast<int>(axis), brickBytes))
    , m_voxelBytes(source.voxelBytes())
    , m_type(source.header().type)
    , m_channels(source.header().channels) {
    m_columns = (m_size[m_u] + m_edge[m_u] - 1) / m_edge[m_u];
    m_rows = (m_size[m_v] + m_edge[m_v] - 1) / m_edge[m_v];
    m_tiles.assign(static_cast<std::size_t>(m_columns * m_rows), Tile::missing);
    // Zeroed pages that nothing was written to take no memory.
    m_pixels.reset(static_cast<std::byte*>(
        std::calloc(static_cast<std::size_t>(m_size[m_u] * m_size[m_v]), m_voxelBytes)));
    if (!m_pixels)
        throw std::bad_alloc();
}

ImageSpan PlaneLayer::pixels() const noexcept {
    return {m_pixels.get(), m_type, m_size[m_u], m_size[m_v], 1, m_channels};
}

PlaneLayer::Tiles PlaneLayer::tilesOf(const QRect& part) const noexcept {
    const auto tile = [&](int pixel, std::size_t axis) {
        const std::int64_t at =
            std::clamp<std::int64_t>(std::int64_t{pixel} >> m_level, 0, m_size[axis] - 1);
        return at / m_edge[axis];
    };
    if (part.isEmpty())
        return {};
    return {tile(part.left(), m_u), tile(part.top(), m_v), tile(part.right(), m_u),
            tile(part.bottom(), m_v)};
}

BrickKey PlaneLayer::keyOf(std::int64_t column, std::int64_t row) const noexcept {
    BrickKey key{m_level, static_cast<int>(m_axis), {}};
    key.index[static_cast<std::size_t>(m_axis)] =
        m_slice / m_edge[static_cast<std::size_t>(m_axis)];
    key.index[m_u] = column;
    key.index[m_v] = row;
    return key;
}

std::vector<BrickKey> PlaneLayer::missing(const QRect& part) const {
    const Tiles tiles = tilesOf(part);
    std::vector<BrickKey> keys;
    for (std::int64_t row = tiles.top; row <= tiles.bottom; ++row)
        for (std::int64_t column = tiles.left; column <= tiles.right; ++column)
            if (m_tiles[static_cast<std::size_t>(row * m_columns + column)] == Tile::missing)
                keys.push_back(keyOf(column, row));
    const auto distance = [&](const BrickKey& key) {
        return std::abs(2 * key.index[m_u] - tiles.left - tiles.right) +
               std::abs(2 * key.index[m_v] - tiles.top - tiles.bottom);
    };
    std::stable_sort(keys.begin(), keys.end(), [&](const BrickKey& a, const BrickKey& b) {
        return distance(a) < distance(b);
    });
    return keys;
}

std::vector<BrickKey> PlaneLayer::ahead(const QRect& part, std::int64_t slices) const {
    const auto along = static_cast<std::size_t>(m_axis);
    const std::int64_t slice = m_slice + slices;
    if (slice < 0 || slice >= m_size[along] || slice / m_edge[along] == m_slice / m_edge[along])
        return {};
    const Tiles tiles = tilesOf(part);
    std::vector<BrickKey> keys;
    for (std::int64_t row = tiles.top; row <= tiles.bottom; ++row)
        for (std::int64_t column = tiles.left; column <= tiles.right; ++column) {
            keys.push_back(keyOf(column, row));
            keys.back().index[along] = slice / m_edge[along];
        }
    return keys;
}

bool PlaneLayer::isWhole(const QRect& part) const {
    const Tiles tiles = tilesOf(part);
    for (std::int64_t row = tiles.top; row <= tiles.bottom; ++row)
        for (std::int64_t column = tiles.left; column <= tiles.right; ++column)
            if (m_tiles[static_cast<std::size_t>(row * m_columns + column)] != Tile::filled)
                return false;
    return true;
}

PlaneLayer::Tile* PlaneLayer::tileOf(const BrickKey& key) noexcept {
    if (key.level != m_level || key != keyOf(key.index[m_u], key.index[m_v]) ||
        key.index[m_u] >= m_columns || key.index[m_v] >= m_rows)
        return nullptr;
    return &m_tiles[static_cast<std::size_t>(key.index[m_v] * m_columns + key.index[m_u])];
}

bool PlaneLayer::fill(const BrickKey& key, const Brick& brick) {
    Tile* const tile = tileOf(key);
    if (tile == nullptr)
        return false;
    if (*tile != Tile::filled)
        copy(brick);
    *tile = Tile::filled;
    return true;
}

void PlaneLayer::giveUp(const BrickKey& key) {
    if (Tile* const tile = tileOf(key))
        *tile = Tile::failed;
}

void PlaneLayer::copy(const Brick& brick) {
    const SliceSource::Size from{brick.box.x, brick.box.y, brick.box.z};
    const SliceSource::Size size{brick.box.width, brick.box.height, brick.box.depth};
    const SliceSource::Size step{1, size[0], size[0] * size[1]};
    const auto along = static_cast<std::size_t>(m_axis);
    const std::int64_t first = (m_slice - from[along]) * step[along];
    for (std::int64_t v = 0; v < size[m_v]; ++v) {
        const std::int64_t source = first + v * step[m_v];
        const std::int64_t target = (from[m_v] + v) * m_size[m_u] + from[m_u];
        copyRow(brick.bytes.get() + static_cast<std::size_t>(source) * m_voxelBytes,
                m_pixels.get() + static_cast<std::size_t>(target) * m_voxelBytes, size[m_u],
                step[m_u], m_voxelBytes);
    }
}

bool PlaneLayer::isFilledAt(std::int64_t u, std::int64_t v) const noexcept {
    return m_tiles[static_cast<std::size_t>((v / m_edge[m_v]) * m_columns + u / m_edge[m_u])] ==
           Tile::filled;
}

std::int64_t PlaneLayer::bytesOfBrick() const noexcept {
    return m_edge[0] * m_edge[1] * m_edge[2] * static_cast<std::int64_t>(m_voxelBytes);
}

} // namespace likeness
