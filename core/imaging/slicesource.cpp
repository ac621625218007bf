// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/slicesource.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/imaging/boxmeans.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace likeness {

namespace {

constexpr std::int64_t kStoredEdge = 64;
constexpr std::int64_t kGlimpseEdge = 256;
constexpr std::int64_t kValuesPerSlice = 4096;

std::int64_t halved(std::int64_t size, int level) noexcept {
    return std::max<std::int64_t>(1, (size + (std::int64_t{1} << level) - 1) >> level);
}

/// Blocks of whole slices stay whole across; what is decoded for a block would be thrown away.
void shrink(SliceSource::Size& size, std::int64_t voxels, bool whole, int axis) {
    const auto along = static_cast<std::size_t>(axis);
    const auto total = [&] { return size[0] * size[1] * size[2]; };
    while (total() > voxels) {
        std::size_t widest = axis == 2 ? 1 : 2;
        for (std::size_t i = 0; i < 3; ++i) {
            if (i != along && (!whole || i == 2) && size[i] > size[widest])
                widest = i;
        }
        if ((!whole || widest == 2) && size[widest] > 8)
            size[widest] = (size[widest] + 1) / 2;
        else if (size[along] > 1)
            size[along] = (size[along] + 1) / 2;
        else
            return;
    }
}

} // namespace

int SliceSource::levels() const noexcept {
    int levels = 1;
    for (std::int64_t edge = std::max({m_header.width, m_header.height, m_header.depth});
         halved(edge, levels - 1) > kSmallestEdge;)
        ++levels;
    return levels;
}

SliceSource::Size SliceSource::sizeOf(int level) const noexcept {
    return {halved(m_header.width, level), halved(m_header.height, level),
            halved(m_header.depth, level)};
}

bool SliceSource::isAtHand(int level) const noexcept {
    return level == 0 || store() != nullptr;
}

std::shared_ptr<const LevelStore> SliceSource::store() const noexcept {
    const std::scoped_lock lock(m_mutex);
    return m_store;
}

void SliceSource::setStore(std::shared_ptr<const LevelStore> store) noexcept {
    const std::scoped_lock lock(m_mutex);
    m_store = std::move(store);
}

SliceSource::Size SliceSource::blockSize(int level, int axis, std::int64_t bytes) const noexcept {
    const Size full = sizeOf(level);
    const std::int64_t voxels =
        std::max<std::int64_t>(1, bytes / static_cast<std::int64_t>(voxelBytes()));
    Size size{kStoredEdge, kStoredEdge, kStoredEdge};
    constexpr std::int64_t kThick = 16;
    if (level == 0) {
        size = full;
        size[static_cast<std::size_t>(axis)] = axis == 2 ? 1 : kThick;
        if (axis != 2)
            size[2] = kStoredEdge;
    }
    for (std::size_t i = 0; i < 3; ++i)
        size[i] = std::min(size[i], full[i]);
    shrink(size, voxels, level == 0 && !readsParts(), axis);
    return size;
}

void SliceSource::readBlock(int level,
                            const Volume::Box& box,
                            std::span<std::byte> out,
                            const std::stop_token& stop) const {
    const auto inside = [](std::int64_t from, std::int64_t size, std::int64_t limit) {
        return from >= 0 && size >= 1 && from <= limit && size <= limit - from;
    };
    const Size full = sizeOf(std::clamp(level, 0, levels() - 1));
    if (level < 0 || level >= levels() || !inside(box.x, box.width, full[0]) ||
        !inside(box.y, box.height, full[1]) || !inside(box.z, box.depth, full[2]) ||
        out.size() != static_cast<std::size_t>(box.width * box.height * box.depth) * voxelBytes())
        throw Error(ErrorCode::config, m_header.path.string(),
                    "a block was asked for that does not lie inside");
    if (stop.stop_requested())
        throw Cancelled();
    if (level == 0)
        readVoxels(box, out, stop);
    else if (const auto levelStore = store())
        levelStore->readBlock(level, box, out, stop);
    else
        readMeans(level, box, out, stop);
}

void SliceSource::readMeans(int level,
                            const Volume::Box& box,
                            std::span<std::byte> out,
                            const std::stop_token& stop) const {
    const std::int64_t edge = std::int64_t{1} << level;
    Volume::Box part{box.x * edge, box.y * edge, 0, 0, 0, 1};
    part.width = std::min(m_header.width, (box.x + box.width) * edge) - part.x;
    part.height = std::min(m_header.height, (box.y + box.height) * edge) - part.y;
    Volume slice(m_header.type, part.width, part.height, 1, m_header.channels);
    BlockSums sums(box.width, box.height, m_header.channels);
    const std::size_t bytes = static_cast<std::size_t>(box.width * box.height) * voxelBytes();
    for (std::int64_t z = box.z; z < box.z + box.depth; ++z) {
        sums.clear();
        for (part.z = z * edge; part.z < std::min(m_header.depth, (z + 1) * edge); ++part.z) {
            readVoxels(part, {slice.bytes(), slice.span().bytes()}, stop);
            sums.addSlice(slice.span(), level);
        }
        writeMeans(sums, {sizeOf(0), {box.x, box.y, z}, level}, m_header.type,
                   out.subspan(static_cast<std::size_t>(z - box.z) * bytes, bytes));
    }
}

namespace {

Volume coarseOf(const SliceSource& source, int level, const std::stop_token& stop) {
    const auto [width, height, depth] = source.sizeOf(level);
    Volume coarse(source.header().type, width, height, depth, source.header().channels);
    source.readBlock(level, {0, 0, 0, width, height, depth},
                     {coarse.bytes(), coarse.span().bytes()}, stop);
    return coarse;
}

void drawValues(const ImageSpan& slice, std::int64_t row, Volume& values, Random& random) {
    visitPixels(slice, [&](const auto* pixels) {
        using T = std::remove_cv_t<std::remove_pointer_t<decltype(pixels)>>;
        T* to = values.pixels<T>() + row * values.width();
        const std::int64_t count = slice.values();
        for (std::int64_t i = 0; i < values.width(); ++i) {
            const std::int64_t from = i * count / values.width();
            const std::int64_t length = (i + 1) * count / values.width() - from;
            to[i] = pixels[from + static_cast<std::int64_t>(
                                      random.below(static_cast<std::uint64_t>(length)))];
        }
    });
}

} // namespace

Glimpse glimpseOf(const SliceSource& source, const std::stop_token& stop) {
    const ImageHeader& header = source.header();
    const std::int64_t slices = std::min(header.depth, kGlimpseSlices);
    int exponent = 0;
    while (halved(std::max(header.width, header.height), exponent) > kGlimpseEdge)
        ++exponent;
    Glimpse glimpse;
    const bool stored = source.levels() > 1 && source.isAtHand(source.levels() - 1);
    const std::int64_t width = halved(header.width, exponent);
    const std::int64_t height = halved(header.height, exponent);
    glimpse.coarse = Volume(header.type, width, height, slices, header.channels);
    const std::int64_t perSlice =
        std::min(kValuesPerSlice, header.width * header.height * header.channels);
    glimpse.values = Volume(header.type, perSlice, slices);
    Volume slice(header.type, header.width, header.height, 1, header.channels);
    BlockSums sums(width, height, header.channels);
    const std::size_t bytes = glimpse.coarse.span().slice(0).bytes();
    Random random(0, "imaging.glimpse");
    for (std::int64_t i = 0; i < slices; ++i) {
        // The middle slice of each part.
        const std::int64_t z = (2 * i + 1) * header.depth / (2 * slices);
        source.readBlock(0, {0, 0, z, header.width, header.height, 1},
                         {slice.bytes(), slice.span().bytes()}, stop);
        drawValues(slice.span(), i, glimpse.values, random);
        sums.clear();
        sums.addSlice(slice.span(), exponent);
        // One slice stands for all of the voxel's depth.
        writeMeans(sums, {{header.width, header.height, (i << exponent) + 1}, {0, 0, i}, exponent},
                   header.type,
                   {glimpse.coarse.bytes() + static_cast<std::size_t>(i) * bytes, bytes});
    }
    const auto across = static_cast<double>(std::int64_t{1} << exponent);
    glimpse.scale = {across, across,
                     static_cast<double>(header.depth) / static_cast<double>(slices)};
    if (stored) {
        const int level = source.levels() - 1;
        glimpse.coarse = coarseOf(source, level, stop);
        glimpse.scale.fill(static_cast<double>(std::int64_t{1} << level));
    }
    return glimpse;
}

} // namespace likeness
