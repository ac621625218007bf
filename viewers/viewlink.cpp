// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/viewlink.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Ranks of the first view when percentiles are linked.
constexpr double kTail = ValueSample::kFirstViewTail / 100.0;

double rankOf(const ViewSubject& subject, double value) {
    if (subject.values)
        return subject.values->rank(value);
    return (value - subject.firstView.low) / subject.firstView.window();
}

double valueAt(const ViewSubject& subject, double rank) {
    if (subject.values)
        return subject.values->valueAt(rank);
    return subject.firstView.low + rank * subject.firstView.window();
}

bool sameGeometry(const ViewSubject& a, const ViewSubject& b) {
    return !a.isEmpty() && a.size == b.size && a.voxelUm == b.voxelUm;
}

} // namespace

ViewLink::ViewLink(QObject* parent)
    : QObject(parent) {}

ViewLink::Id ViewLink::addView() {
    const Id id = m_next++;
    m_views.emplace(id, View{});
    m_views.at(id).axis = m_shared.axis;
    return id;
}

void ViewLink::removeView(Id id) {
    if (m_views.erase(id) == 0)
        return;
    updateUnit();
    refit();
    if (!m_rangeTouched)
        resetRanges();
    Q_EMIT changed();
}

void ViewLink::setSubject(Id id, const ViewSubject& subject) {
    View* view = find(id);
    if (!view)
        return;
    const bool keeps = sameGeometry(view->subject, subject);
    view->subject = subject;
    if (subject.size[2] <= 1)
        view->axis = SliceAxis::z;
    if (!keeps) {
        view->ownRange = subject.firstView;
        updateUnit();
        refit();
    }
    if (!m_rangeTouched)
        resetRanges();
    Q_EMIT changed();
}

void ViewLink::setPane(Id id, QSizeF size, double pixelRatio) {
    View* view = find(id);
    if (!view || (view->pane == size && view->pixelRatio == pixelRatio))
        return;
    view->pane = size;
    view->pixelRatio = pixelRatio;
    refit();
    Q_EMIT changed();
}

void ViewLink::setNavigationMode(LinkMode mode) {
    if (mode == m_navigation)
        return;
    if (mode == LinkMode::absolute) {
        if (const View* leader = lead()) {
            const ViewState state = stateOf(*leader);
            m_shared.centre = state.centre;
            m_shared.scale = state.scale;
        }
        for (auto& [id, view] : m_views) {
            view.centreOffset = {};
            view.scaleRatio = 1.0;
        }
    }
    m_navigation = mode;
    refit();
    Q_EMIT changed();
}

void ViewLink::setSliceMode(LinkMode mode) {
    if (mode == m_slices)
        return;
    if (mode == LinkMode::absolute) {
        if (const View* leader = lead()) {
            const std::int64_t shown = paneViewOf(stateOf(*leader), m_unit, leader->subject).slice;
            m_shared.axis = leader->axis;
            if (leader->subject.sliceCount(leader->axis) > 1)
                m_shared.slice =
                    slicePlace(shown, m_shared.sliceUnit, leader->subject, leader->axis);
        }
        for (auto& [id, view] : m_views) {
            view.sliceOffset = 0.0;
            if (view.subject.size[2] > 1)
                view.axis = m_shared.axis;
        }
    }
    m_slices = mode;
    refit();
    Q_EMIT changed();
}

void ViewLink::setSliceUnit(LinkUnit unit) {
    m_sliceUnit = unit;
    updateSliceUnit();
    Q_EMIT changed();
}

void ViewLink::setWindowMode(WindowLink mode) {
    if (mode == m_windows)
        return;
    for (auto& [id, view] : m_views)
        view.ownRange = rangeOf(view);
    m_windows = mode;
    const View* leader = lead();
    if (!m_rangeTouched)
        resetRanges();
    else if (leader)
        applyRange(*find(leadId()), leader->ownRange);
    Q_EMIT changed();
}

void ViewLink::shareWindow(const ViewLink& other) {
    if (m_windows == WindowLink::off || other.m_windows != m_windows)
        return;
    const bool same =
        m_shared.window == other.m_shared.window && m_shared.level == other.m_shared.level;
    m_rangeTouched = other.m_rangeTouched;
    if (same)
        return;
    m_shared.window = other.m_shared.window;
    m_shared.level = other.m_shared.level;
    Q_EMIT changed();
}

void ViewLink::setIntegerFit(bool on) {
    m_integerFit = on;
    refit();
    Q_EMIT changed();
}

WindowLink ViewLink::suggestedWindowMode() const {
    std::optional<DisplayRange> common;
    double widest = 0.0;
    for (const auto& [id, view] : m_views) {
        if (view.subject.isEmpty())
            continue;
        const DisplayRange& range = view.subject.firstView;
        widest = std::max(widest, range.window());
        common = common ? DisplayRange{std::max(common->low, range.low),
                                       std::min(common->high, range.high)}
                        : range;
    }
    return !common || common->window() >= 0.25 * widest ? WindowLink::byValue
                                                        : WindowLink::byPercentile;
}

PaneView ViewLink::view(Id id) const {
    const auto it = m_views.find(id);
    if (it == m_views.end())
        return {};
    PaneView pane = paneViewOf(stateOf(it->second), m_unit, it->second.subject);
    pane.range = rangeOf(it->second);
    return pane;
}

const ViewSubject& ViewLink::subject(Id id) const {
    static const ViewSubject kNothing;
    const auto it = m_views.find(id);
    return it == m_views.end() ? kNothing : it->second.subject;
}

ViewState ViewLink::stateOf(const View& view) const {
    ViewState state = m_shared;
    state.centre += view.centreOffset;
    state.scale *= view.scaleRatio;
    state.slice += view.sliceOffset;
    state.axis = view.axis;
    return state;
}

DisplayRange ViewLink::rangeOf(const View& view) const {
    if (m_windows == WindowLink::off || view.subject.isEmpty())
        return view.ownRange;
    const double low = m_shared.level - 0.5 * m_shared.window;
    const double high = m_shared.level + 0.5 * m_shared.window;
    if (m_windows == WindowLink::byValue)
        return {low, high};
    return {valueAt(view.subject, low), valueAt(view.subject, high)};
}

void ViewLink::applyPlace(View& view, const PaneView& place) {
    ViewState state = stateOf(view);
    encodePaneView(place, m_unit, view.subject, state);
    if (m_navigation == LinkMode::off) {
        view.centreOffset = state.centre - m_shared.centre;
        view.scaleRatio = state.scale / m_shared.scale;
    } else {
        m_shared.centre = state.centre - view.centreOffset;
        m_shared.scale = state.scale / view.scaleRatio;
    }
}

void ViewLink::setFitted(View& view, bool fitted) {
    view.fitted = fitted;
    if (m_navigation == LinkMode::off)
        return;
    for (auto& [id, other] : m_views)
        other.fitted = fitted && (m_navigation == LinkMode::absolute || &other == &view);
}

void ViewLink::applySlice(View& view, double place) {
    if (m_slices == LinkMode::off)
        view.sliceOffset = place - m_shared.slice;
    else
        m_shared.slice = place - view.sliceOffset;
}

void ViewLink::applyRange(View& view, DisplayRange range) {
    view.ownRange = range;
    if (m_windows == WindowLink::off)
        return;
    if (m_windows == WindowLink::byPercentile)
        range = {rankOf(view.subject, range.low), rankOf(view.subject, range.high)};
    m_shared.window = range.window();
    m_shared.level = range.level();
}

double ViewLink::fitScale(const View& view) const {
    const QSizeF size = view.subject.pictureSize(view.axis);
    const QSizeF pitch = view.subject.pixelPitch(view.axis);
    double zoom = pitch.width() * std::min(view.pane.width() / (size.width() * pitch.width()),
                                           view.pane.height() / (size.height() * pitch.height()));
    if (m_integerFit) {
        const double device = zoom * view.pixelRatio;
        zoom =
            (device >= 1.0 ? std::floor(device) : 1.0 / std::ceil(1.0 / device)) / view.pixelRatio;
    }
    PaneView place;
    place.axis = view.axis;
    place.zoom.setWidth(std::min(zoom, kMaximumZoom));
    ViewState state;
    encodePaneView(place, m_unit, view.subject, state);
    return state.scale;
}

void ViewLink::fitNow(View& view) {
    if (view.subject.isEmpty() || view.pane.isEmpty())
        return;
    double scale = fitScale(view);
    if (m_navigation == LinkMode::absolute) {
        for (const auto& [id, other] : m_views)
            if (!other.subject.isEmpty() && !other.pane.isEmpty())
                scale = std::max(scale, fitScale(other));
        m_shared.centre = {};
        m_shared.scale = scale;
    } else if (m_navigation == LinkMode::off) {
        view.centreOffset = -m_shared.centre;
        view.scaleRatio = scale / m_shared.scale;
    } else {
        m_shared.centre = -view.centreOffset;
        m_shared.scale = scale / view.scaleRatio;
    }
    setFitted(view, true);
}

void ViewLink::refit() {
    for (auto& [id, view] : m_views) {
        if (!view.fitted || view.subject.isEmpty() || view.pane.isEmpty())
            continue;
        fitNow(view);
        if (m_navigation != LinkMode::off)
            return; // one fit serves all
    }
}

void ViewLink::resetRanges() {
    std::optional<DisplayRange> wanted;
    for (auto& [id, view] : m_views) {
        if (view.subject.isEmpty())
            continue;
        view.ownRange = view.subject.firstView;
        DisplayRange range = view.ownRange;
        if (m_windows == WindowLink::byPercentile)
            range = {std::min(kTail, rankOf(view.subject, range.low)),
                     std::max(1.0 - kTail, rankOf(view.subject, range.high))};
        wanted = wanted ? DisplayRange{std::min(wanted->low, range.low),
                                       std::max(wanted->high, range.high)}
                        : range;
    }
    m_rangeTouched = false;
    if (wanted) {
        m_shared.window = wanted->window();
        m_shared.level = wanted->level();
    }
}

void ViewLink::resetRange(View& view) {
    if (m_windows != WindowLink::off) {
        resetRanges();
        return;
    }
    view.ownRange = view.subject.firstView;
    m_rangeTouched = std::any_of(m_views.begin(), m_views.end(), [](const auto& entry) {
        return !entry.second.subject.isEmpty() &&
               entry.second.ownRange != entry.second.subject.firstView;
    });
}

void ViewLink::updateUnit() {
    bool any = false;
    bool all = true;
    for (const auto& [id, view] : m_views) {
        if (view.subject.isEmpty())
            continue;
        any = true;
        all = all && view.subject.voxelUm.has_value();
    }
    const LinkUnit unit = any && all ? LinkUnit::micrometre : LinkUnit::fraction;
    if (unit == m_unit) {
        updateSliceUnit();
        return;
    }
    std::map<Id, PaneView> places;
    for (const auto& [id, view] : m_views)
        places[id] = paneViewOf(stateOf(view), m_unit, view.subject);
    m_unit = unit;
    // The leader keeps its place; the others follow it, or theirs where views are not tied.
    const Id leader = leadId();
    if (View* first = find(leader)) {
        first->centreOffset = {};
        first->scaleRatio = 1.0;
        encodePaneView(places[leader], m_unit, first->subject, m_shared);
    }
    for (auto& [id, view] : m_views) {
        if (id == leader || view.subject.isEmpty() || m_navigation == LinkMode::absolute)
            continue;
        ViewState state = m_shared;
        encodePaneView(places[id], m_unit, view.subject, state);
        view.centreOffset = state.centre - m_shared.centre;
        view.scaleRatio = state.scale / m_shared.scale;
    }
    updateSliceUnit();
}

void ViewLink::updateSliceUnit() {
    const LinkUnit unit = m_unit == LinkUnit::micrometre ? m_sliceUnit : LinkUnit::fraction;
    if (unit == m_shared.sliceUnit)
        return;
    std::map<Id, std::int64_t> shown;
    for (const auto& [id, view] : m_views)
        shown[id] = paneViewOf(stateOf(view), m_unit, view.subject).slice;
    m_shared.sliceUnit = unit;
    const Id leader = leadId();
    if (View* first = find(leader)) {
        first->sliceOffset = 0.0;
        m_shared.slice = slicePlace(shown[leader], unit, first->subject, first->axis);
    }
    for (auto& [id, view] : m_views) {
        if (id == leader || view.subject.isEmpty())
            continue;
        view.sliceOffset =
            m_slices == LinkMode::absolute
                ? 0.0
                : slicePlace(shown[id], unit, view.subject, view.axis) - m_shared.slice;
    }
}

ViewLink::View* ViewLink::find(Id id) {
    const auto it = m_views.find(id);
    return it == m_views.end() ? nullptr : &it->second;
}

ViewLink::View* ViewLink::actor(Id id) {
    View* view = find(id);
    if (!view || view->subject.isEmpty())
        return nullptr;
    m_active = id;
    return view;
}

ViewLink::Id ViewLink::leadId() const {
    const auto active = m_views.find(m_active);
    if (active != m_views.end() && !active->second.subject.isEmpty())
        return m_active;
    for (const auto& [id, view] : m_views)
        if (!view.subject.isEmpty())
            return id;
    return 0;
}

const ViewLink::View* ViewLink::lead() const {
    const auto it = m_views.find(leadId());
    return it == m_views.end() ? nullptr : &it->second;
}

} // namespace likeness
