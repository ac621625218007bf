// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/viewstate.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Volume axes that run across and down a picture.
struct PictureAxes {
    std::size_t across;
    std::size_t down;
    std::size_t along;
};

constexpr PictureAxes axesOf(SliceAxis axis) noexcept {
    switch (axis) {
    case SliceAxis::x:
        return {2, 1, 0};
    case SliceAxis::y:
        return {0, 2, 1};
    case SliceAxis::z:
        break;
    }
    return {0, 1, 2};
}

/// Lengths of one picture pixel and of the whole picture in the unit that scale is measured in.
double scaleUnit(LinkUnit unit, QSizeF size, QSizeF pitch) {
    return unit == LinkUnit::micrometre
               ? 1.0
               : std::max(size.width() * pitch.width(), size.height() * pitch.height());
}

QSizeF centreUnit(LinkUnit unit, QSizeF size, QSizeF pitch) {
    return unit == LinkUnit::micrometre ? QSizeF(1.0 / pitch.width(), 1.0 / pitch.height()) : size;
}

} // namespace

QSizeF ViewSubject::pictureSize(SliceAxis axis) const noexcept {
    const PictureAxes a = axesOf(axis);
    return {static_cast<double>(size[a.across]), static_cast<double>(size[a.down])};
}

std::int64_t ViewSubject::sliceCount(SliceAxis axis) const noexcept {
    return size[axesOf(axis).along];
}

QSizeF ViewSubject::pixelPitch(SliceAxis axis) const noexcept {
    if (!voxelUm)
        return {1.0, 1.0};
    const PictureAxes a = axesOf(axis);
    return {(*voxelUm)[a.across], (*voxelUm)[a.down]};
}

double ViewSubject::slicePitch(SliceAxis axis) const noexcept {
    return voxelUm ? (*voxelUm)[axesOf(axis).along] : 1.0;
}

double slicePlace(std::int64_t index, LinkUnit unit, const ViewSubject& subject, SliceAxis axis) {
    const auto last = static_cast<double>(subject.sliceCount(axis) - 1);
    const auto at = static_cast<double>(index);
    if (unit == LinkUnit::micrometre)
        return (at - 0.5 * last) * subject.slicePitch(axis);
    return last > 0.0 ? at / last : 0.5;
}

double sliceIndex(double place, LinkUnit unit, const ViewSubject& subject, SliceAxis axis) {
    const auto last = static_cast<double>(subject.sliceCount(axis) - 1);
    if (unit == LinkUnit::micrometre)
        return 0.5 * last + place / subject.slicePitch(axis);
    return place * last;
}

PaneView paneViewOf(const ViewState& state, LinkUnit unit, const ViewSubject& subject) {
    PaneView view;
    view.axis = state.axis;
    if (subject.isEmpty())
        return view;
    const QSizeF size = subject.pictureSize(state.axis);
    const QSizeF pitch = subject.pixelPitch(state.axis);
    const double perPixel = scaleUnit(unit, size, pitch) * state.scale;
    const QSizeF step = centreUnit(unit, size, pitch);
    view.zoom = {pitch.width() / perPixel, pitch.height() / perPixel};
    view.centre = {0.5 * size.width() + state.centre.x() * step.width(),
                   0.5 * size.height() + state.centre.y() * step.height()};
    const auto last = static_cast<double>(subject.sliceCount(state.axis) - 1);
    const double index = sliceIndex(state.slice, state.sliceUnit, subject, state.axis);
    // Half a slice beyond the end is still the last one where slices lie at unlike distances.
    const double free = state.sliceUnit == LinkUnit::micrometre ? 0.5 : 0.0;
    const double slack = free + 1e-9 * std::max(1.0, last);
    view.slice = std::lround(std::clamp(index, 0.0, last));
    view.sliceClamped = last > 0.0 && (index < -slack || index > last + slack);
    return view;
}

void encodePaneView(const PaneView& view,
                    LinkUnit unit,
                    const ViewSubject& subject,
                    ViewState& state) {
    if (subject.isEmpty())
        return;
    const QSizeF size = subject.pictureSize(view.axis);
    const QSizeF pitch = subject.pixelPitch(view.axis);
    const QSizeF step = centreUnit(unit, size, pitch);
    state.scale = pitch.width() / (scaleUnit(unit, size, pitch) * view.zoom.width());
    state.centre = {(view.centre.x() - 0.5 * size.width()) / step.width(),
                    (view.centre.y() - 0.5 * size.height()) / step.height()};
}

} // namespace likeness
