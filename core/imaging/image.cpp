// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/image.h"

#include "core/base/error.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <thread>

namespace likeness {

namespace {

/// Slices that are read side by side: few enough for the processor to keep their pages at hand.
constexpr std::int64_t kSlicesAtOnce = 16;
constexpr std::int64_t kWorthThreads = 250'000; ///< pixels of the plane

/// The plane x = index, its rows along z. Every pixel of it lies in another cache line.
template <std::size_t kPixel>
void gather(const ImageSpan& span, std::int64_t index, std::byte* plane) {
    const std::int64_t blocks = (span.depth + kSlicesAtOnce - 1) / kSlicesAtOnce;
    const bool large = span.depth * span.height >= kWorthThreads;
    const int threads = large ? static_cast<int>(std::thread::hardware_concurrency()) : 1;
    parallelRanges(blocks, threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t block = begin; block < end; ++block) {
            const std::int64_t first = block * kSlicesAtOnce;
            const std::int64_t last = std::min(first + kSlicesAtOnce, span.depth);
            for (std::int64_t y = 0; y < span.height; ++y)
                for (std::int64_t z = first; z < last; ++z)
                    std::memcpy(plane + static_cast<std::size_t>(y * span.depth + z) * kPixel,
                                span.data + static_cast<std::size_t>(
                                                (z * span.height + y) * span.width + index) *
                                                kPixel,
                                kPixel);
        }
    });
}

void gatherAcross(const ImageSpan& span, std::int64_t index, std::byte* plane) {
    switch (bytesOf(span.type) * static_cast<std::size_t>(span.channels)) {
    case 1:
        return gather<1>(span, index, plane);
    case 2:
        return gather<2>(span, index, plane);
    case 4:
        return gather<4>(span, index, plane);
    default:
        break;
    }
    // Colours: a channel at a time would read each line thrice.
    const std::size_t pixel = bytesOf(span.type) * static_cast<std::size_t>(span.channels);
    for (std::int64_t y = 0; y < span.height; ++y)
        for (std::int64_t z = 0; z < span.depth; ++z, plane += pixel)
            std::memcpy(plane,
                        span.data +
                            static_cast<std::size_t>((z * span.height + y) * span.width + index) *
                                pixel,
                        pixel);
}

std::string sizeText(std::int64_t width, std::int64_t height, std::int64_t depth) {
    return std::to_string(width) + " x " + std::to_string(height) + " x " + std::to_string(depth);
}

std::size_t checkedBytes(PixelType type, const std::array<std::int64_t, 4>& sizes) {
    std::int64_t bytes = static_cast<std::int64_t>(bytesOf(type));
    for (const std::int64_t size : sizes) {
        if (size < 1)
            throw Error(ErrorCode::config, "image of " + sizeText(sizes[0], sizes[1], sizes[2]),
                        "every size must be at least 1");
        if (size > Volume::kMaximumBytes / bytes)
            throw Error(ErrorCode::memory, "image of " + sizeText(sizes[0], sizes[1], sizes[2]),
                        "it needs more than the limit of " +
                            std::to_string(Volume::kMaximumBytes >> 30) + " GiB",
                        "crop it or read a part of it");
        bytes *= size;
    }
    return static_cast<std::size_t>(bytes);
}

} // namespace

Volume::Volume(PixelType type,
               std::int64_t width,
               std::int64_t height,
               std::int64_t depth,
               std::int64_t channels)
    : m_type(type)
    , m_width(width)
    , m_height(height)
    , m_depth(depth)
    , m_channels(channels) {
    const std::size_t size = checkedBytes(type, {width, height, depth, channels});
    try {
        m_bytes.resize(size);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::memory, "image of " + sizeText(width, height, depth),
                    "this machine has no " + std::to_string(size >> 20U) + " MiB to spare",
                    "close other programs or crop the image");
    }
}

ImageSpan Volume::span() const noexcept {
    return {m_bytes.data(), m_type, m_width, m_height, m_depth, m_channels};
}

Volume Volume::crop(const Box& box) const {
    const auto inside = [](std::int64_t from, std::int64_t size, std::int64_t limit) {
        return from >= 0 && size >= 1 && from <= limit && size <= limit - from;
    };
    if (!inside(box.x, box.width, m_width) || !inside(box.y, box.height, m_height) ||
        !inside(box.z, box.depth, m_depth))
        throw Error(ErrorCode::config,
                    "crop of " + sizeText(box.width, box.height, box.depth) + " at " +
                        std::to_string(box.x) + ", " + std::to_string(box.y) + ", " +
                        std::to_string(box.z),
                    "it does not lie inside the image of " + sizeText(m_width, m_height, m_depth));
    Volume result(m_type, box.width, box.height, box.depth, m_channels);
    result.voxelSize = voxelSize;
    const std::size_t pixel = bytesOf(m_type) * static_cast<std::size_t>(m_channels);
    const std::size_t row = pixel * static_cast<std::size_t>(box.width);
    std::byte* to = result.m_bytes.data();
    for (std::int64_t z = 0; z < box.depth; ++z) {
        for (std::int64_t y = 0; y < box.height; ++y, to += row) {
            const std::int64_t first = ((box.z + z) * m_height + (box.y + y)) * m_width + box.x;
            std::memcpy(to, m_bytes.data() + static_cast<std::size_t>(first) * pixel, row);
        }
    }
    return result;
}

Volume Volume::slice(int axis, std::int64_t index) const {
    const std::array<std::int64_t, 3> sizes{m_width, m_height, m_depth};
    if (axis < 0 || axis > 2 || index < 0 || index >= sizes[static_cast<std::size_t>(axis)])
        throw Error(ErrorCode::config,
                    "slice " + std::to_string(index) + " along axis " + std::to_string(axis),
                    "the volume of " + sizeText(m_width, m_height, m_depth) + " has no such slice");
    if (axis == 2)
        return crop({0, 0, index, m_width, m_height, 1});
    if (axis == 1) {
        Volume plane = crop({0, index, 0, m_width, 1, m_depth});
        plane.m_height = m_depth;
        plane.m_depth = 1;
        if (plane.voxelSize)
            std::swap(plane.voxelSize->um[1], plane.voxelSize->um[2]);
        return plane;
    }
    Volume plane(m_type, m_depth, m_height, 1, m_channels);
    plane.voxelSize = voxelSize;
    if (plane.voxelSize)
        std::swap(plane.voxelSize->um[0], plane.voxelSize->um[2]);
    gatherAcross(span(), index, plane.m_bytes.data());
    return plane;
}

Volume Volume::copyOf(const ImageSpan& span) {
    Volume copy(span.type, span.width, span.height, span.depth, span.channels);
    std::memcpy(copy.m_bytes.data(), span.data, span.bytes());
    return copy;
}

} // namespace likeness
