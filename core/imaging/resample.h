// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// The box of width x height (and all of z) in the middle of `span`; an odd remainder leaves the
/// larger part at the right and bottom. Throws Error(config) if it does not fit.
[[nodiscard]] Volume::Box centreBox(const ImageSpan& span, std::int64_t width, std::int64_t height);

/// All whole square tiles of edge `size` that fit, row by row, the grid centred in the image. One
/// slice deep. Empty if the image is smaller than a tile.
[[nodiscard]] std::vector<Volume::Box>
gridOfBoxes(std::int64_t width, std::int64_t height, std::int64_t size);

/// The same with tiles of any shape.
[[nodiscard]] std::vector<Volume::Box>
gridOfBoxes(std::int64_t width, std::int64_t height, std::int64_t boxWidth, std::int64_t boxHeight);

/// Mean over boxes of factor x factor pixels (and `factorZ` slices); an incomplete last box is left
/// out. Integer types are rounded to nearest, halves up. Throws Error(config) for factors < 1 or
/// larger than the image.
[[nodiscard]] Volume
reduceByMean(const ImageSpan& span, std::int64_t factor, std::int64_t factorZ = 1);

/// Bicubic resampling (Keys 1981, a = -0.5) whose kernel is widened when shrinking, so that it does
/// not alias: the definition of Pillow's BICUBIC on 32-bit float images. Every slice on its own;
/// the result is float32, unclipped (bicubic may overshoot), in the input's grey levels. Throws
/// Error(config) for sizes < 1.
[[nodiscard]] Volume resizeBicubic(const ImageSpan& span, std::int64_t width, std::int64_t height);

/// The grey values that become black and white.
struct ValueWindow {
    double low = 0.0;
    double high = 1.0;
};

/// Linear map of `window` to the full range of `target` (u8: 0..255, u16: 0..65535, f32: 0..1),
/// clamped, integers rounded to nearest; NaN becomes 0. Throws Error(config) unless low < high,
/// both finite.
[[nodiscard]] Volume mapValues(const ImageSpan& span, const ValueWindow& window, PixelType target);

/// Percentiles (0..100) of all finite values of a set together, with linear interpolation between
/// order statistics (NumPy's default; Hyndman & Fan 1996, type 7). Throws Error(numeric) if there
/// is no finite value.
[[nodiscard]] std::vector<double> percentiles(std::span<const ImageSpan> spans,
                                              std::span<const double> percents);

} // namespace likeness
