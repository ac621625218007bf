// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the input of a view does to the shared state.
#include "viewers/viewlink.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Views shrink until the longer edge takes this many screen pixels.
constexpr double kSmallestPicture = 16.0;

/// Drag distance that changes the window by its first width.
constexpr double kWindowDrag = 256.0;

double smallestZoom(const ViewSubject& subject, SliceAxis axis) {
    const QSizeF size = subject.pictureSize(axis);
    return std::min(1.0, kSmallestPicture / std::max(size.width(), size.height()));
}

/// Keeps the middle of the pane on the picture; a view that others took beyond it may stay there.
QPointF heldOn(QPointF centre, QPointF before, QSizeF size) {
    const auto held = [](double value, double old, double end) {
        return std::clamp(value, std::min(0.0, old), std::max(end, old));
    };
    return {held(centre.x(), before.x(), size.width()),
            held(centre.y(), before.y(), size.height())};
}

} // namespace

void ViewLink::panBy(Id id, QPointF distance) {
    View* view = actor(id);
    if (!view)
        return;
    PaneView place = paneViewOf(stateOf(*view), m_unit, view->subject);
    const QPointF moved = place.centre - QPointF(distance.x() / place.zoom.width(),
                                                 distance.y() / place.zoom.height());
    place.centre = heldOn(moved, place.centre, view->subject.pictureSize(view->axis));
    applyPlace(*view, place);
    setFitted(*view, false);
    Q_EMIT changed();
}

void ViewLink::zoomAt(Id id, double factor, QPointF offsetFromMiddle) {
    View* view = actor(id);
    if (!view || !std::isfinite(factor) || factor <= 0.0)
        return;
    PaneView place = paneViewOf(stateOf(*view), m_unit, view->subject);
    const double wanted = place.zoom.width() * factor;
    const double low = std::min(smallestZoom(view->subject, view->axis), place.zoom.width());
    const double allowed = std::clamp(wanted, low, std::max(kMaximumZoom, place.zoom.width()));
    const double used = allowed / place.zoom.width();
    // The picture's point under the pointer stays there.
    const QPointF moved =
        place.centre + QPointF(offsetFromMiddle.x() / place.zoom.width() * (1.0 - 1.0 / used),
                               offsetFromMiddle.y() / place.zoom.height() * (1.0 - 1.0 / used));
    place.centre = heldOn(moved, place.centre, view->subject.pictureSize(view->axis));
    place.zoom *= used;
    applyPlace(*view, place);
    setFitted(*view, false);
    Q_EMIT changed();
}

void ViewLink::stepSlice(Id id, std::int64_t steps) {
    if (const View* view = actor(id))
        setSlice(id, paneViewOf(stateOf(*view), m_unit, view->subject).slice + steps);
}

void ViewLink::setSlice(Id id, std::int64_t index) {
    View* view = actor(id);
    if (!view)
        return;
    const std::int64_t last = view->subject.sliceCount(view->axis) - 1;
    if (last < 1)
        return;
    index = std::clamp<std::int64_t>(index, 0, last);
    applySlice(*view, slicePlace(index, m_shared.sliceUnit, view->subject, view->axis));
    Q_EMIT changed();
}

void ViewLink::setAxis(Id id, SliceAxis axis) {
    View* view = actor(id);
    if (!view || view->subject.size[2] <= 1 || view->axis == axis)
        return;
    view->axis = axis;
    if (m_slices != LinkMode::off) {
        m_shared.axis = axis;
        for (auto& [other, member] : m_views)
            if (member.subject.size[2] > 1)
                member.axis = axis;
    }
    fitNow(*view);
    Q_EMIT changed();
}

void ViewLink::setRange(Id id, DisplayRange range) {
    View* view = actor(id);
    if (!view || !std::isfinite(range.low) || !std::isfinite(range.high) || range.high <= range.low)
        return;
    m_rangeTouched = true;
    applyRange(*view, range);
    Q_EMIT changed();
}

void ViewLink::dragWindow(Id id, QPointF distance) {
    const View* view = actor(id);
    if (!view)
        return;
    const double first = view->subject.firstView.window();
    const DisplayRange now = rangeOf(*view);
    const double step = first / kWindowDrag;
    const double window = std::max(now.window() + distance.x() * step, 1e-3 * first);
    const double level = now.level() + distance.y() * step;
    setRange(id, {level - 0.5 * window, level + 0.5 * window});
}

void ViewLink::fit(Id id) {
    View* view = actor(id);
    if (!view)
        return;
    fitNow(*view);
    Q_EMIT changed();
}

void ViewLink::zoomToPixels(Id id) {
    View* view = actor(id);
    if (!view)
        return;
    PaneView place = paneViewOf(stateOf(*view), m_unit, view->subject);
    place.zoom *= 1.0 / (view->pixelRatio * place.zoom.width());
    applyPlace(*view, place);
    setFitted(*view, false);
    Q_EMIT changed();
}

void ViewLink::reset(Id id) {
    View* view = actor(id);
    if (!view)
        return;
    fitNow(*view);
    resetRange(*view);
    Q_EMIT changed();
}

void ViewLink::resetWindow(Id id) {
    View* view = actor(id);
    if (!view)
        return;
    resetRange(*view);
    Q_EMIT changed();
}

} // namespace likeness
