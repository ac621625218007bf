// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/support/valuesample.h"

#include <QPointF>
#include <QSizeF>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace likeness {

/// The direction that slices are stacked along. z shows x-y, y shows x-z and x shows z-y pictures
/// (width-height).
enum class SliceAxis { x, y, z };

/// What centre and scale of linked views are measured in. Micrometres when every view is
/// calibrated.
enum class LinkUnit { fraction, micrometre };

/// How one property follows the other views. `keptOffset` keeps the difference that stood when it
/// was chosen.
enum class LinkMode { off, absolute, keptOffset };

/// Window and level: each for itself, the same values, or the same percentiles of each one's own
/// values.
enum class WindowLink { off, byValue, byPercentile };

/// The one state behind all linked views.
struct ViewState {
    QPointF centre;     ///< from the picture's middle: um, or fractions of width and height
    double scale = 1.0; ///< um, or fractions of the longer edge, per logical screen pixel
    double slice = 0.5; ///< 0 first to 1 last, or um from the middle of the stack
    LinkUnit sliceUnit = LinkUnit::fraction;
    SliceAxis axis = SliceAxis::z;
    double window = 1.0; ///< width of the displayed range: values, or ranks of 0..1 (byPercentile)
    double level = 0.5;  ///< its middle

    friend bool operator==(const ViewState&, const ViewState&) = default;
};

/// What a view tells the link of the thing it shows. An empty view has size 0.
struct ViewSubject {
    std::array<std::int64_t, 3> size{};           ///< voxels along x, y, z
    std::optional<std::array<double, 3>> voxelUm; ///< absent: uncalibrated
    std::shared_ptr<const ValueSample> values;    ///< for percentiles
    DisplayRange firstView;

    [[nodiscard]] bool isEmpty() const noexcept {
        return size[0] < 1 || size[1] < 1 || size[2] < 1;
    }

    /// Pixels of the picture seen along `axis`.
    [[nodiscard]] QSizeF pictureSize(SliceAxis axis) const noexcept;
    [[nodiscard]] std::int64_t sliceCount(SliceAxis axis) const noexcept;

    /// Edge lengths of a picture pixel in um; (1, 1) when uncalibrated.
    [[nodiscard]] QSizeF pixelPitch(SliceAxis axis) const noexcept;

    /// Distance of slices in um; 1 when uncalibrated.
    [[nodiscard]] double slicePitch(SliceAxis axis) const noexcept;
};

/// What one view is to draw.
struct PaneView {
    QPointF centre; ///< picture coordinates in the middle of the pane; pixel i covers [i, i + 1)
    QSizeF zoom{1.0,
                1.0}; ///< logical screen pixels per picture pixel; unequal for unequal voxel edges
    SliceAxis axis = SliceAxis::z;
    std::int64_t slice = 0;
    bool sliceClamped = false; ///< a kept offset points beyond the first or last slice
    DisplayRange range;

    friend bool operator==(const PaneView&, const PaneView&) = default;
};

/// The place of a slice in ViewState::slice, and the nearest slice of a place, which may lie beyond
/// the ends.
[[nodiscard]] double
slicePlace(std::int64_t index, LinkUnit unit, const ViewSubject& subject, SliceAxis axis);
[[nodiscard]] double
sliceIndex(double place, LinkUnit unit, const ViewSubject& subject, SliceAxis axis);

/// Centre and scale of `state`, read in `unit`, for this subject; and back.
[[nodiscard]] PaneView
paneViewOf(const ViewState& state, LinkUnit unit, const ViewSubject& subject);
void encodePaneView(const PaneView& view,
                    LinkUnit unit,
                    const ViewSubject& subject,
                    ViewState& state);

} // namespace likeness
