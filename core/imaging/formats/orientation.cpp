// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/orientation.h"

#include <cstring>
#include <string>
#include <utility>

namespace likeness {

namespace {

constexpr std::size_t kOrientationTag = 0x0112;

} // namespace

Orientation::Orientation(int tag) noexcept
    : m_tag(tag >= 1 && tag <= 8 ? tag : 1) {}

Orientation Orientation::fromExif(std::span<const std::byte> exif) noexcept {
    if (exif.size() < 8)
        return {};
    const bool big = exif[0] == std::byte{'M'};
    const auto u16 = [&](std::size_t at) -> std::size_t {
        if (at + 2 > exif.size())
            return 0;
        const auto first = std::to_integer<std::size_t>(exif[at]);
        const auto second = std::to_integer<std::size_t>(exif[at + 1]);
        return big ? first << 8U | second : second << 8U | first;
    };
    const auto u32 = [&](std::size_t at) {
        return big ? u16(at) << 16U | u16(at + 2) : u16(at + 2) << 16U | u16(at);
    };
    const std::size_t directory = u32(4);
    const std::size_t entries = u16(directory);
    for (std::size_t i = 0; i < entries && directory + 14 + 12 * i <= exif.size(); ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        if (u16(entry) == kOrientationTag)
            return Orientation(static_cast<int>(u16(entry + 8)));
    }
    return {};
}

void Orientation::applyTo(ImageHeader& header) const {
    if (isUpright())
        return;
    if (exchangesAxes()) {
        std::swap(header.width, header.height);
        if (header.voxelSize)
            std::swap(header.voxelSize->um[0], header.voxelSize->um[1]);
    }
    header.warnings.push_back("turned upright, since the orientation tag says " +
                              std::to_string(m_tag));
}

void Orientation::turn(std::span<const std::byte> stored,
                       const ImageHeader& header,
                       std::span<std::byte> out) const {
    const bool fromRight = m_tag == 2 || m_tag == 3 || m_tag == 6 || m_tag == 7;
    const bool fromBottom = m_tag == 3 || m_tag == 4 || m_tag == 7 || m_tag == 8;
    const std::size_t pixel = bytesOf(header.type) * static_cast<std::size_t>(header.channels);
    const std::int64_t rows = exchangesAxes() ? header.width : header.height;
    const std::int64_t columns = exchangesAxes() ? header.height : header.width;
    const std::byte* from = stored.data();
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t column = 0; column < columns; ++column, from += pixel) {
            std::int64_t x = exchangesAxes() ? row : column;
            std::int64_t y = exchangesAxes() ? column : row;
            x = fromRight ? header.width - 1 - x : x;
            y = fromBottom ? header.height - 1 - y : y;
            std::memcpy(out.data() + static_cast<std::size_t>(y * header.width + x) * pixel, from,
                        pixel);
        }
    }
}

} // namespace likeness
