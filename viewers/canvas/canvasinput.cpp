// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/canvasinput.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>

namespace likeness {

namespace {

constexpr int kWheelNotch = 120;
constexpr double kZoomStep = 1.25;
constexpr double kPanShare = 0.1; ///< of the pane, for one key press

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

bool CanvasInput::press(const QMouseEvent& event) {
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    m_last = event.position();
    m_drag = Drag::none;
    if (!m_link)
        return false;
    if (event.button() == Qt::RightButton || (event.button() == Qt::LeftButton && shift)) {
        if (m_rights.window)
            m_drag = Drag::window;
    } else if (event.button() == Qt::LeftButton || event.button() == Qt::MiddleButton) {
        if (m_rights.navigation)
            m_drag = Drag::pan;
    }
    return m_drag != Drag::none;
}

bool CanvasInput::move(const QMouseEvent& event) {
    if (m_drag == Drag::none || !m_link)
        return false;
    const QPointF distance = event.position() - m_last;
    m_last = event.position();
    if (m_drag == Drag::pan)
        m_link->panBy(m_id, distance);
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
    if (event.modifiers().testFlag(Qt::ControlModifier)) {
        m_wheelRest += angle;
        const int steps = m_wheelRest / kWheelNotch;
        m_wheelRest -= steps * kWheelNotch;
        if (steps != 0)
            m_link->stepSlice(m_id, -steps);
        return true;
    }
    const QPointF middle(0.5 * pane.width(), 0.5 * pane.height());
    if (angle != 0)
        m_link->zoomAt(m_id, std::pow(kZoomStep, static_cast<double>(angle) / kWheelNotch),
                       event.position() - middle);
    return true;
}

bool CanvasInput::key(const QKeyEvent& event, QSizeF pane) {
    constexpr Qt::KeyboardModifiers kForeign =
        Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier;
    if (!m_link || !m_rights.keys || (event.modifiers() & kForeign))
        return false;
    const int key = event.key();
    if (event.modifiers().testFlag(Qt::ShiftModifier) && panKey(key, pane))
        return true;
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: // + without Shift on many keyboards
        m_link->zoomAt(m_id, kZoomStep, {});
        return true;
    case Qt::Key_Minus:
        m_link->zoomAt(m_id, 1.0 / kZoomStep, {});
        return true;
    case Qt::Key_1:
        m_link->zoomToPixels(m_id);
        return true;
    case Qt::Key_F:
        m_link->fit(m_id);
        return true;
    case Qt::Key_R:
        m_link->reset(m_id);
        return true;
    default:
        return sliceKey(key);
    }
}

bool CanvasInput::sliceKey(int key) {
    const auto& subject = m_link->subject(m_id);
    switch (key) {
    case Qt::Key_Up:
    case Qt::Key_Left:
        m_link->stepSlice(m_id, -1);
        return true;
    case Qt::Key_Down:
    case Qt::Key_Right:
        m_link->stepSlice(m_id, 1);
        return true;
    case Qt::Key_PageUp:
        m_link->stepSlice(m_id, -10);
        return true;
    case Qt::Key_PageDown:
        m_link->stepSlice(m_id, 10);
        return true;
    case Qt::Key_Home:
        m_link->setSlice(m_id, 0);
        return true;
    case Qt::Key_End:
        m_link->setSlice(m_id, subject.sliceCount(m_link->view(m_id).axis) - 1);
        return true;
    default:
        return false;
    }
}

bool CanvasInput::panKey(int key, QSizeF pane) {
    QPointF distance;
    switch (key) {
    case Qt::Key_Left:
        distance.setX(kPanShare * pane.width());
        break;
    case Qt::Key_Right:
        distance.setX(-kPanShare * pane.width());
        break;
    case Qt::Key_Up:
        distance.setY(kPanShare * pane.height());
        break;
    case Qt::Key_Down:
        distance.setY(-kPanShare * pane.height());
        break;
    default:
        return false;
    }
    m_link->panBy(m_id, distance);
    return true;
}

} // namespace likeness
