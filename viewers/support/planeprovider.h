// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "viewers/viewstate.h"

#include <QObject>
#include <QRect>
#include <QString>

namespace likeness {

/// What of a picture is to be drawn now.
struct PlaneWish {
    SliceAxis axis = SliceAxis::z;
    std::int64_t slice = 0;
    QRect visible;     ///< picture pixels
    double zoom = 1.0; ///< device pixels per picture pixel, the larger of the two
};

/// What there is of it.
struct ShownPlane {
    ImageSpan pixels;    ///< no data: nothing yet. Valid until the next wish or event.
    double scaleX = 1.0; ///< picture pixels per pixel
    double scaleY = 1.0;
    std::uint64_t version = 0; ///< another one: other pixels
};

/// Planes of a volume that is not in memory. Never waits: a wish is answered by the best there is,
/// and changed() tells of better. GUI thread only.
class PlaneProvider : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual const ViewSubject& subject() const = 0;

    /// Channels are 1 or 3.
    [[nodiscard]] virtual ShownPlane plane(const PlaneWish& wish) = 0;

    /// In what the last answer fell short of its wish, "1/4 resolution, loading"; empty if it did
    /// not.
    [[nodiscard]] virtual QString mark() const = 0;

    /// As many values as there are channels; none if the voxel is not at hand. Of the last plane.
    [[nodiscard]] virtual std::vector<double>
    valuesAt(const std::array<std::int64_t, 3>& voxel) const = 0;

Q_SIGNALS:
    void changed();
};

} // namespace likeness
