// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

enum class AnnotationKind { point, box, polygon };

[[nodiscard]] std::string_view toString(AnnotationKind kind) noexcept;
[[nodiscard]] std::optional<AnnotationKind> annotationKindFrom(std::string_view word) noexcept;

/// A place in one plane of an image, with what a person says of it.
struct Annotation {
    AnnotationKind kind = AnnotationKind::point;

    /// Along which the plane is seen: 0 x, 1 y, 2 z. Its picture has z across and y down, x across
    /// and z down, x across and y down.
    int axis = 2;
    std::int64_t slice = 0;

    /// Across and down in pixels of that picture; (0.5, 0.5) is the middle of the first one. One
    /// for a point, two opposite corners for a box, at least three for a polygon, which is closed
    /// from the last to the first.
    std::vector<std::array<double, 2>> points;
    std::string text;

    friend bool operator==(const Annotation&, const Annotation&) = default;
};

inline constexpr std::size_t kMostAnnotationPoints = 10'000;
inline constexpr std::size_t kLongestAnnotation = 4'000; ///< bytes of text

/// `size` is the image's width, height and depth. Throws Error(config) for a slice or a point
/// outside of it, for a number of points that the kind does not have, for a box or polygon without
/// area, and for a text that is too long.
void requireAnnotation(const Annotation& annotation, const std::array<std::int64_t, 3>& size);

/// Of a box or polygon, in units of the product of both pitches (shoelace formula; a polygon that
/// crosses itself counts loops of opposite sense against each other); none for a point.
[[nodiscard]] std::optional<double> areaOf(const Annotation& annotation,
                                           const std::array<double, 2>& pitch = {1.0, 1.0});

/// Which of a volume's three axes lie across and down the picture of a plane.
[[nodiscard]] std::array<std::size_t, 2> pictureAxes(int axis) noexcept;

/// Whether a box or polygon holds a point of its plane (even-odd rule).
[[nodiscard]] bool holds(const Annotation& annotation, const std::array<double, 2>& point);

} // namespace likeness
