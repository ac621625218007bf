// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/imaging/image.h"

#include <cmath>
#include <functional>
#include <optional>
#include <string>

namespace likeness::test {

/// An image whose every value depends on its place: low bits vary fast, so that no codec can guess
/// them.
inline Volume patterned(PixelType type,
                        std::int64_t width,
                        std::int64_t height,
                        std::int64_t depth = 1,
                        std::int64_t channels = 1) {
    Volume volume(type, width, height, depth, channels);
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        const std::uint64_t mixed = static_cast<std::uint64_t>(i) * 2654435761U >> 7U;
        switch (type) {
        case PixelType::u8:
            volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(mixed);
            break;
        case PixelType::u16:
            volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(mixed);
            break;
        case PixelType::f32:
            volume.pixels<float>()[i] = static_cast<float>(mixed % 100003U) * 0.37F - 1000.0F;
            break;
        }
    }
    return volume;
}

inline bool samePixels(const Volume& a, const Volume& b) {
    const ImageSpan x = a.span();
    const ImageSpan y = b.span();
    return x.type == y.type && x.width == y.width && x.height == y.height && x.depth == y.depth &&
           x.channels == y.channels && std::equal(x.data, x.data + x.bytes(), y.data);
}

/// The error that `action` throws; empty if it throws none.
inline std::optional<Error> errorOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace likeness::test
