// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/measuring.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace likeness {

namespace {

double lumaAt(const ImageSpan& plane, std::int64_t x, std::int64_t y) {
    const std::int64_t at = (y * plane.width + x) * plane.channels;
    if (plane.channels == 1)
        return plane.at(at);
    return 0.299 * plane.at(at) + 0.587 * plane.at(at + 1) + 0.114 * plane.at(at + 2);
}

double valueAt(const ImageSpan& plane, QPointF point) {
    if (!(point.x() >= 0.0 && point.y() >= 0.0 && point.x() <= static_cast<double>(plane.width) &&
          point.y() <= static_cast<double>(plane.height)))
        return std::numeric_limits<double>::quiet_NaN();
    // Between the border and the middle of the outermost pixels, the value of those.
    const double x = std::clamp(point.x() - 0.5, 0.0, static_cast<double>(plane.width - 1));
    const double y = std::clamp(point.y() - 0.5, 0.0, static_cast<double>(plane.height - 1));
    const auto left = static_cast<std::int64_t>(x);
    const auto top = static_cast<std::int64_t>(y);
    const std::int64_t right = std::min(left + 1, plane.width - 1);
    const std::int64_t bottom = std::min(top + 1, plane.height - 1);
    const double partX = x - static_cast<double>(left);
    const double partY = y - static_cast<double>(top);
    // A neighbour without weight may be no number.
    const auto mixed = [](double a, double b, double part) {
        return part == 0.0 ? a : a + (b - a) * part;
    };
    const double above = mixed(lumaAt(plane, left, top), lumaAt(plane, right, top), partX);
    if (partY == 0.0)
        return above;
    return mixed(above, mixed(lumaAt(plane, left, bottom), lumaAt(plane, right, bottom), partX),
                 partY);
}

RegionStatistics statisticsOf(std::vector<double>& values) {
    RegionStatistics result;
    result.n = static_cast<std::int64_t>(values.size());
    const auto n = static_cast<double>(result.n);
    for (const double value : values)
        result.mean += value / n;
    double squares = 0.0;
    for (const double value : values)
        squares += (value - result.mean) * (value - result.mean);
    result.deviation = values.size() > 1 ? std::sqrt(squares / (n - 1.0)) : 0.0;
    std::ranges::sort(values);
    result.minimum = values.front();
    result.maximum = values.back();
    const std::size_t half = values.size() / 2;
    result.median = values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
    return result;
}

} // namespace

Volume planeOf(const Volume& volume, SliceAxis axis, std::int64_t slice) {
    return volume.slice(axis == SliceAxis::x ? 0 : axis == SliceAxis::y ? 1 : 2, slice);
}

double lengthOf(const QLineF& line, QSizeF pitch) {
    return std::hypot(line.dx() * pitch.width(), line.dy() * pitch.height());
}

Profile profileAlong(const ImageSpan& plane, const QLineF& line, QSizeF pitch) {
    Profile profile;
    const double pixels = line.length();
    const double length = lengthOf(line, pitch);
    const auto steps = static_cast<int>(std::ceil(pixels - 1e-9));
    for (int i = 0; i <= steps; ++i) {
        const double share = steps == 0 ? 0.0 : std::min(1.0, i / pixels);
        profile.distance.push_back(share * length);
        profile.values.push_back(valueAt(plane, line.pointAt(share)));
    }
    return profile;
}

std::optional<RegionStatistics> statisticsIn(const ImageSpan& plane, const QRectF& region) {
    const QRectF box = region.normalized();
    const auto first = [](double low) {
        return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(low - 0.5)));
    };
    const auto last = [](double high, std::int64_t count) {
        return std::min<std::int64_t>(count, static_cast<std::int64_t>(std::ceil(high - 0.5)));
    };
    std::vector<double> values;
    for (std::int64_t y = first(box.top()); y < last(box.bottom(), plane.height); ++y) {
        for (std::int64_t x = first(box.left()); x < last(box.right(), plane.width); ++x) {
            if (const double value = lumaAt(plane, x, y); std::isfinite(value))
                values.push_back(value);
        }
    }
    if (values.empty())
        return std::nullopt;
    return statisticsOf(values);
}

QPointF carried(QPointF point, const ViewSubject& from, const ViewSubject& to, SliceAxis axis) {
    const QSizeF there = from.pictureSize(axis);
    const QSizeF here = to.pictureSize(axis);
    if (there.isEmpty() || here.isEmpty())
        return point;
    const QPointF off = point - QPointF(0.5 * there.width(), 0.5 * there.height());
    double scaleX = here.width() / there.width();
    double scaleY = here.height() / there.height();
    if (from.voxelUm && to.voxelUm) {
        scaleX = from.pixelPitch(axis).width() / to.pixelPitch(axis).width();
        scaleY = from.pixelPitch(axis).height() / to.pixelPitch(axis).height();
    }
    return {0.5 * here.width() + off.x() * scaleX, 0.5 * here.height() + off.y() * scaleY};
}

} // namespace likeness
