// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/generation/client/packedset.h"

#include <cstdint>
#include <optional>

namespace likeness {

/// A round field of view in pixels; the centre of pixel i lies at i.
struct Circle {
    double x = 0.0;
    double y = 0.0;
    double radius = 0.0;

    /// Pixels of row `row` in columns first ... first + count - 1 that lie inside.
    [[nodiscard]] std::int64_t
    inRow(std::int64_t row, std::int64_t first, std::int64_t count) const noexcept;
};

/// Half-open ranges of columns and rows.
struct Rectangle {
    std::int64_t left = 0;
    std::int64_t top = 0;
    std::int64_t right = 0;
    std::int64_t bottom = 0;

    [[nodiscard]] std::int64_t width() const noexcept { return right - left; }

    [[nodiscard]] std::int64_t height() const noexcept { return bottom - top; }
};

/// The circle outside which all pixels have the value of the corners while most of those along its
/// inner side do not: the field of view of a reconstruction. A dark background that only happens to
/// be constant is none. Of a volume three slices are looked at.
[[nodiscard]] std::optional<Circle> fieldOfViewOf(const ImageSpan& image);

/// The image without constant rows and columns that end in a full one: the padding of a stack, not
/// the background of a specimen.
[[nodiscard]] Rectangle withoutPadding(const ImageSpan& image);

/// Copies slices first ... end - 1 of the rectangle.
[[nodiscard]] PackedImage cutOut(
    const PackedSet& set, std::size_t index, Rectangle area, std::int64_t first, std::int64_t end);

/// Gives each pixel outside the circle the value of its mirror image inside, along the radius, so
/// that crops over the edge go on with the texture of the specimen in place of a constant.
void mirrorOutside(PackedImage& image, PixelType type, std::int64_t channels, const Circle& circle);

} // namespace likeness
