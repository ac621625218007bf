// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/samples.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace likeness {

namespace {

/// IEEE 754 binary16, for which C++20 has no type. Every value is exactly a float.
struct Half {
    std::uint16_t bits = 0;

    explicit operator float() const noexcept {
        const int exponent = bits >> 10 & 0x1F;
        const int mantissa = bits & 0x3FF;
        float value = 0.0F;
        if (exponent == 0x1F)
            value = mantissa == 0 ? std::numeric_limits<float>::infinity()
                                  : std::numeric_limits<float>::quiet_NaN();
        else if (exponent == 0)
            value = std::ldexp(static_cast<float>(mantissa), -24);
        else
            value = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
        return (bits & 0x8000) != 0 ? -value : value;
    }

    explicit operator double() const noexcept {
        return static_cast<double>(static_cast<float>(*this));
    }
};

/// Calls f(T{}) with the C++ type of a sample.
template <typename F>
decltype(auto) visitSample(SampleType type, F&& f) {
    switch (type) {
    case SampleType::u8:
        return f(std::uint8_t{});
    case SampleType::u16:
        return f(std::uint16_t{});
    case SampleType::u32:
        return f(std::uint32_t{});
    case SampleType::u64:
        return f(std::uint64_t{});
    case SampleType::i8:
        return f(std::int8_t{});
    case SampleType::i16:
        return f(std::int16_t{});
    case SampleType::i32:
        return f(std::int32_t{});
    case SampleType::i64:
        return f(std::int64_t{});
    case SampleType::f32:
        return f(float{});
    case SampleType::f16:
        return f(Half{});
    case SampleType::f64:
        break;
    }
    return f(double{});
}

/// Whether the float stands for exactly the value.
template <typename T>
bool holds(float pixel, T value) {
    if constexpr (std::is_same_v<T, Half>) {
        return true;
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(pixel) == value || std::isnan(value);
    } else {
        // Up to 2^24 every integer has its own float; beyond that, neighbours share one.
        constexpr auto kExact = static_cast<std::int64_t>(1) << 24U;
        if constexpr (sizeof(T) <= 2)
            return true;
        else if constexpr (std::is_unsigned_v<T>)
            return value <= static_cast<T>(kExact);
        else
            return value <= static_cast<T>(kExact) && value >= static_cast<T>(-kExact);
    }
}

template <typename T>
bool toFloats(std::span<const std::byte> from, std::byte* to) {
    const std::size_t count = from.size() / sizeof(T);
    for (std::size_t i = 0; i < count; ++i) {
        T value{};
        std::memcpy(&value, from.data() + i * sizeof(T), sizeof(T));
        const auto pixel = static_cast<float>(value);
        if (!holds(pixel, value))
            return false;
        std::memcpy(to + i * sizeof(float), &pixel, sizeof(float));
    }
    return true;
}

} // namespace

std::size_t bytesOf(SampleType type) noexcept {
    return visitSample(type, [](auto value) { return sizeof(value); });
}

std::string_view toString(SampleType type) noexcept {
    constexpr std::string_view kNames[] = {"uint8",   "uint16",  "uint32", "uint64",
                                           "int8",    "int16",   "int32",  "int64",
                                           "float32", "float64", "float16"};
    return kNames[static_cast<std::size_t>(type)];
}

std::string pixelsText(const ImageSpan& span) {
    const auto counted = [](std::int64_t n, const char* noun) {
        return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
    };
    return std::string(toString(span.type)) + " with " + counted(span.channels, "channel") +
           " and " + counted(span.depth, "slice");
}

PixelType pixelTypeFor(SampleType type) noexcept {
    return type == SampleType::u8    ? PixelType::u8
           : type == SampleType::u16 ? PixelType::u16
                                     : PixelType::f32;
}

void swapBytes(std::span<std::byte> values, std::size_t bytesPerValue) noexcept {
    if (bytesPerValue < 2)
        return;
    for (std::size_t i = 0; i + bytesPerValue <= values.size(); i += bytesPerValue) {
        const auto value = values.subspan(i, bytesPerValue);
        std::reverse(value.begin(), value.end());
    }
}

bool samplesToPixels(SampleType type, std::span<const std::byte> from, std::byte* to) noexcept {
    if (type == SampleType::u8 || type == SampleType::u16 || type == SampleType::f32) {
        std::memcpy(to, from.data(), from.size());
        return true;
    }
    return visitSample(type, [&](auto value) { return toFloats<decltype(value)>(from, to); });
}

bool samplesToDoubles(SampleType type,
                      std::span<const std::byte> from,
                      std::span<double> to) noexcept {
    return visitSample(type, [&](auto sample) {
        using T = decltype(sample);
        for (std::size_t i = 0; i < to.size(); ++i) {
            T value{};
            std::memcpy(&value, from.data() + i * sizeof(T), sizeof(T));
            to[i] = static_cast<double>(value);
            if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
                // Compared as integers: 2^53 + 1 has become 2^53 already.
                constexpr auto kExact = static_cast<T>(std::int64_t{1} << 53U);
                if (value > kExact)
                    return false;
                if constexpr (std::is_signed_v<T>) {
                    if (value < -kExact)
                        return false;
                }
            }
        }
        return true;
    });
}

} // namespace likeness
