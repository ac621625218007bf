// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace likeness {

enum class PixelType { u8, u16, f32 };

[[nodiscard]] constexpr std::size_t bytesOf(PixelType type) noexcept {
    return type == PixelType::u8 ? 1U : type == PixelType::u16 ? 2U : 4U;
}

/// "uint8", "uint16", "float32".
[[nodiscard]] constexpr std::string_view toString(PixelType type) noexcept {
    return type == PixelType::u8 ? "uint8" : type == PixelType::u16 ? "uint16" : "float32";
}

/// The value that stands for white: 255, 65535 or 1.
[[nodiscard]] constexpr double typeMaximum(PixelType type) noexcept {
    return type == PixelType::u8 ? 255.0 : type == PixelType::u16 ? 65535.0 : 1.0;
}

/// Non-owning view of a dense block of pixels, channels interleaved, x fastest, then y, then z (z,
/// y, x, c in NumPy's order). The one image type that all of `core` shares. Data are in the
/// machine's byte order.
struct ImageSpan {
    const std::byte* data = nullptr;
    PixelType type = PixelType::u8;
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;
    std::int64_t channels = 1;

    [[nodiscard]] std::int64_t pixels() const noexcept { return width * height * depth; }

    [[nodiscard]] std::int64_t values() const noexcept { return pixels() * channels; }

    [[nodiscard]] std::size_t bytes() const noexcept {
        return static_cast<std::size_t>(values()) * bytesOf(type);
    }

    /// Slice z as a span of depth 1.
    [[nodiscard]] ImageSpan slice(std::int64_t z) const noexcept {
        ImageSpan s = *this;
        s.depth = 1;
        s.data = data + static_cast<std::size_t>(z) * s.bytes();
        return s;
    }

    /// Value `index` in storage order as a double, unscaled. For small or cold loops; hot loops
    /// dispatch on type.
    [[nodiscard]] double at(std::int64_t index) const noexcept {
        switch (type) {
        case PixelType::u8:
            return static_cast<double>(reinterpret_cast<const std::uint8_t*>(data)[index]);
        case PixelType::u16:
            return static_cast<double>(reinterpret_cast<const std::uint16_t*>(data)[index]);
        case PixelType::f32:
            break;
        }
        return static_cast<double>(reinterpret_cast<const float*>(data)[index]);
    }
};

/// Calls `f(const T*)` with the span's pixels as their own type.
template <typename F>
decltype(auto) visitPixels(const ImageSpan& span, F&& f) {
    switch (span.type) {
    case PixelType::u8:
        return f(reinterpret_cast<const std::uint8_t*>(span.data));
    case PixelType::u16:
        return f(reinterpret_cast<const std::uint16_t*>(span.data));
    case PixelType::f32:
        break;
    }
    return f(reinterpret_cast<const float*>(span.data));
}

} // namespace likeness
