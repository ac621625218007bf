// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/canvasinput.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>
#include <utility>

namespace likeness {

namespace {

constexpr int kWheelNotch = 120;
constexpr double kZoomStep = 1.25;
constexpr double kPanShare = 0.1;   ///< of the pane, for one key press
constexpr double kZoomDrag = 100.0; ///< logical pixels that zoom by e
constexpr int kPanHoldKey = Qt::Key_Space;

} // namespace

void CanvasInput::setTarget(ViewLink* link, ViewLink::Id id) {
    m_link = link;
    m_id = id;
    m_drag = Drag::none;
}

void CanvasInput::setRights(CanvasRights rights) {
    m_rights = rights;
    m_drag = Drag::none;
}

void CanvasInput::setBindings(std::shared_ptr<const ViewBindings> bindings) {
    m_bindings = std::move(bindings);
    m_drag = Drag::none;
    m_panHeld = false;
}

const ViewBindings& CanvasInput::bindings() const {
    static const ViewBindings kDefaults;
    return m_bindings ? *m_bindings : kDefaults;
}

CanvasInput::Drag CanvasInput::dragOf(const QMouseEvent& event) const {
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    const bool slicer = bindings().mouse == MousePreset::slicer;
    switch (event.button()) {
    case Qt::MiddleButton:
        return Drag::pan;
    case Qt::RightButton:
        return slicer ? Drag::zoom : Drag::window;
    case Qt::LeftButton:
        if (m_panHeld)
            return Drag::pan;
        return shift != slicer ? Drag::window : Drag::pan;
    default:
        return Drag::none;
    }
}

bool CanvasInput::press(const QMouseEvent& event) {
    m_last = event.position();
    m_drag = Drag::none;
    if (!m_link)
        return false;
    const Drag drag = dragOf(event);
    if (drag == Drag::window ? m_rights.window : m_rights.navigation)
        m_drag = drag;
    return m_drag != Drag::none;
}

bool CanvasInput::move(const QMouseEvent& event) {
    if (m_drag == Drag::none || !m_link)
        return false;
    const QPointF distance = event.position() - m_last;
    m_last = event.position();
    if (m_drag == Drag::pan)
        m_link->panBy(m_id, distance);
    else if (m_drag == Drag::zoom)
        m_link->zoomAt(m_id, std::exp(-distance.y() / kZoomDrag), {});
    else
        m_link->dragWindow(m_id, distance);
    return true;
}

bool CanvasInput::release(const QMouseEvent& event) {
    Q_UNUSED(event)
    const bool used = m_drag != Drag::none;
    m_drag = Drag::none;
    return used;
}

bool CanvasInput::doubleClick(const QMouseEvent& event) {
    if (!m_link || !m_rights.navigation || event.button() != Qt::LeftButton)
        return false;
    m_link->fit(m_id);
    return true;
}

bool CanvasInput::wheel(const QWheelEvent& event, QSizeF pane) {
    if (!m_link || !m_rights.navigation)
        return false;
    const int angle = event.angleDelta().y();
    const bool control = event.modifiers().testFlag(Qt::ControlModifier);
    const bool hasSlices = m_link->subject(m_id).sliceCount(m_link->view(m_id).axis) > 1;
    const bool steps = bindings().mouse == MousePreset::likeness ? control : !control && hasSlices;
    if (steps) {
        m_wheelRest += angle;
        const int notches = m_wheelRest / kWheelNotch;
        m_wheelRest -= notches * kWheelNotch;
        if (notches != 0)
            m_link->stepSlice(m_id, -notches);
        return true;
    }
    const QPointF middle(0.5 * pane.width(), 0.5 * pane.height());
    if (angle != 0)
        m_link->zoomAt(m_id, std::pow(kZoomStep, static_cast<double>(angle) / kWheelNotch),
                       event.position() - middle);
    return true;
}

bool CanvasInput::key(const QKeyEvent& event, QSizeF pane) {
    if (!m_link || !m_rights.keys)
        return false;
    if (bindings().mouse == MousePreset::fiji && event.key() == kPanHoldKey) {
        m_panHeld = true;
        return true;
    }
    const auto action = bindings().actionOf(event);
    if (!action)
        return false;
    switch (*action) {
    case ViewAction::zoomIn:
        m_link->zoomAt(m_id, kZoomStep, {});
        return true;
    case ViewAction::zoomOut:
        m_link->zoomAt(m_id, 1.0 / kZoomStep, {});
        return true;
    case ViewAction::oneToOne:
        m_link->zoomToPixels(m_id);
        return true;
    case ViewAction::fit:
        m_link->fit(m_id);
        return true;
    case ViewAction::reset:
        m_link->reset(m_id);
        return true;
    default:
        return sliceKey(*action) || panKey(*action, pane);
    }
}

bool CanvasInput::keyReleased(const QKeyEvent& event) {
    if (!m_panHeld || event.key() != kPanHoldKey)
        return false;
    m_panHeld = event.isAutoRepeat();
    return true;
}

bool CanvasInput::sliceKey(ViewAction action) {
    const auto& subject = m_link->subject(m_id);
    switch (action) {
    case ViewAction::previousSlice:
        m_link->stepSlice(m_id, -1);
        return true;
    case ViewAction::nextSlice:
        m_link->stepSlice(m_id, 1);
        return true;
    case ViewAction::tenSlicesBack:
        m_link->stepSlice(m_id, -10);
        return true;
    case ViewAction::tenSlicesOn:
        m_link->stepSlice(m_id, 10);
        return true;
    case ViewAction::firstSlice:
        m_link->setSlice(m_id, 0);
        return true;
    case ViewAction::lastSlice:
        m_link->setSlice(m_id, subject.sliceCount(m_link->view(m_id).axis) - 1);
        return true;
    default:
        return false;
    }
}

bool CanvasInput::panKey(ViewAction action, QSizeF pane) {
    QPointF distance;
    switch (action) {
    case ViewAction::panLeft:
        distance.setX(kPanShare * pane.width());
        break;
    case ViewAction::panRight:
        distance.setX(-kPanShare * pane.width());
        break;
    case ViewAction::panUp:
        distance.setY(kPanShare * pane.height());
        break;
    case ViewAction::panDown:
        distance.setY(-kPanShare * pane.height());
        break;
    default:
        return false;
    }
    m_link->panBy(m_id, distance);
    return true;
}

} // namespace likeness
