// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/viewstate.h"

#include <QLineF>
#include <QRectF>

#include <cstdint>
#include <optional>
#include <vector>

namespace likeness {

/// A copy of the plane that is seen along `axis`.
[[nodiscard]] Volume planeOf(const Volume& volume, SliceAxis axis, std::int64_t slice);

/// Values along a line of a picture.
struct Profile {
    std::vector<double> distance; ///< from the line's start, in the unit of `pitch`
    std::vector<double> values;   ///< luma of RGB pictures; NaN outside the picture
};

/// One value per picture pixel of the line's length and one at its end, each interpolated
/// bilinearly between the middles of pixels. `line` is in picture coordinates (pixel i covers [i, i
/// + 1)), `pitch` the edges of a pixel. A line without length gives one value.
[[nodiscard]] Profile profileAlong(const ImageSpan& plane, const QLineF& line, QSizeF pitch);

/// Length of a line in the unit of `pitch`.
[[nodiscard]] double lengthOf(const QLineF& line, QSizeF pitch);

/// Of the finite values of a region; luma of RGB pictures.
struct RegionStatistics {
    std::int64_t n = 0;
    double mean = 0.0;
    double deviation = 0.0; ///< of a sample: n - 1; 0 for one value
    double minimum = 0.0;
    double median = 0.0;
    double maximum = 0.0;
};

/// Of the pixels whose middles lie in `region` (picture coordinates); empty if there is no finite
/// value.
[[nodiscard]] std::optional<RegionStatistics> statisticsIn(const ImageSpan& plane,
                                                           const QRectF& region);

/// The point of another picture at the same place: as far from the picture's middle in micrometres
/// if both are calibrated, else in shares of width and height.
[[nodiscard]] QPointF
carried(QPointF point, const ViewSubject& from, const ViewSubject& to, SliceAxis axis);

} // namespace likeness
