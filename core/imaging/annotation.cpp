// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/annotation.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr std::array<std::string_view, 3> kWords{"point", "box", "polygon"};

[[noreturn]] void refuse(const std::string& why, const std::string& remedy) {
    throw Error(ErrorCode::config, "The annotation cannot be kept", why, remedy);
}

/// A box has its corners at opposite ends of a diagonal.
std::vector<std::array<double, 2>> outlineOf(const Annotation& annotation) {
    const auto& p = annotation.points;
    if (annotation.kind == AnnotationKind::box && p.size() == 2)
        return {p[0], {p[1][0], p[0][1]}, p[1], {p[0][0], p[1][1]}};
    return p;
}

void requireCount(const Annotation& annotation) {
    const std::size_t n = annotation.points.size();
    const bool right = annotation.kind == AnnotationKind::point ? n == 1
                       : annotation.kind == AnnotationKind::box ? n == 2
                                                                : n >= 3;
    if (!right)
        refuse("a " + std::string(toString(annotation.kind)) + " cannot have " + std::to_string(n) +
                   (n == 1 ? " point" : " points"),
               "a point has one, a box two corners, a polygon at least three");
    if (n > kMostAnnotationPoints)
        refuse("it has " + std::to_string(n) + " points", "use at most 10000");
}

} // namespace

std::string_view toString(AnnotationKind kind) noexcept {
    return kWords[static_cast<std::size_t>(kind)];
}

std::optional<AnnotationKind> annotationKindFrom(std::string_view word) noexcept {
    const auto* found = std::find(kWords.begin(), kWords.end(), word);
    if (found == kWords.end())
        return std::nullopt;
    return static_cast<AnnotationKind>(found - kWords.begin());
}

std::array<std::size_t, 2> pictureAxes(int axis) noexcept {
    if (axis == 0)
        return {2, 1};
    return axis == 1 ? std::array<std::size_t, 2>{0, 2} : std::array<std::size_t, 2>{0, 1};
}

void requireAnnotation(const Annotation& annotation, const std::array<std::int64_t, 3>& size) {
    if (annotation.axis < 0 || annotation.axis > 2)
        refuse("its axis is none of x, y and z", "give x, y or z");
    const std::int64_t slices = size[static_cast<std::size_t>(annotation.axis)];
    if (annotation.slice < 0 || annotation.slice >= slices)
        refuse("slice " + std::to_string(annotation.slice) + " is not one of the image's " +
                   std::to_string(slices),
               "give a slice from 0 to " + std::to_string(slices - 1));
    requireCount(annotation);
    const auto axes = pictureAxes(annotation.axis);
    for (const auto& point : annotation.points)
        for (std::size_t i = 0; i < 2; ++i)
            // Written so that a value that is no number is refused.
            if (!(point[i] >= 0.0 && point[i] <= static_cast<double>(size[axes[i]])))
                refuse("a point lies outside the picture of " + std::to_string(size[axes[0]]) +
                           " x " + std::to_string(size[axes[1]]) + " pixels",
                       "give points inside of it");
    if (const auto area = areaOf(annotation); area && !(*area > 0.0))
        refuse("it has no area", "give corners that are not on one line");
    if (annotation.text.size() > kLongestAnnotation)
        refuse("its text has " + std::to_string(annotation.text.size()) + " bytes",
               "use at most 4000");
}

std::optional<double> areaOf(const Annotation& annotation, const std::array<double, 2>& pitch) {
    if (annotation.kind == AnnotationKind::point)
        return std::nullopt;
    const auto outline = outlineOf(annotation);
    double twice = 0.0;
    for (std::size_t i = 0; i < outline.size(); ++i) {
        const auto& a = outline[i];
        const auto& b = outline[(i + 1) % outline.size()];
        twice += a[0] * b[1] - b[0] * a[1];
    }
    return 0.5 * std::abs(twice) * pitch[0] * pitch[1];
}

bool holds(const Annotation& annotation, const std::array<double, 2>& point) {
    const auto outline = outlineOf(annotation);
    bool inside = false;
    for (std::size_t i = 0, j = outline.size() - 1; i < outline.size(); j = i++) {
        const auto& a = outline[i];
        const auto& b = outline[j];
        if ((a[1] > point[1]) != (b[1] > point[1]) &&
            point[0] < (b[0] - a[0]) * (point[1] - a[1]) / (b[1] - a[1]) + a[0])
            inside = !inside;
    }
    return inside;
}

} // namespace likeness
