// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace likeness {

/// Number types that files hold. Those that Likeness has no pixel type for are held as float32
/// where that changes no value.
enum class SampleType { u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, f16 };

[[nodiscard]] std::size_t bytesOf(SampleType type) noexcept;

/// "uint8", "int16" ...
[[nodiscard]] std::string_view toString(SampleType type) noexcept;

/// "float32 with 1 channel and 12 slices", for errors.
[[nodiscard]] std::string pixelsText(const ImageSpan& span);

/// u8, u16 or f32.
[[nodiscard]] PixelType pixelTypeFor(SampleType type) noexcept;

/// Reverses the bytes of each of the values in place.
void swapBytes(std::span<std::byte> values, std::size_t bytesPerValue) noexcept;

/// Turns values in the machine's byte order into pixels of pixelTypeFor(type); NaN stays NaN.
/// Returns false, with `to` partly written, if a value would change.
[[nodiscard]] bool
samplesToPixels(SampleType type, std::span<const std::byte> from, std::byte* to) noexcept;

/// The same as doubles. Returns false for an integer that a double cannot hold.
[[nodiscard]] bool
samplesToDoubles(SampleType type, std::span<const std::byte> from, std::span<double> to) noexcept;

} // namespace likeness
