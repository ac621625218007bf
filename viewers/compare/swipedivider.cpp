// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/compare/swipedivider.h"

#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QMouseEvent>
#include <QPainter>

#include <cmath>

namespace likeness {

namespace {

constexpr double kReach = 8.0; ///< logical pixels at each side of the line that take hold of it
constexpr double kGrip = 7.0;

} // namespace

SwipeDivider::SwipeDivider(ComparePanes* panes)
    : CanvasTool(panes)
    , m_panes(panes) {}

void SwipeDivider::setNext(CanvasTool* next) {
    if (m_next)
        disconnect(m_next, nullptr, this, nullptr);
    m_next = next;
    if (next)
        connect(next, &CanvasTool::redrawWanted, this, &CanvasTool::redrawWanted);
}

double SwipeDivider::extent() const {
    const QSize size = m_panes->canvas(0)->size();
    return m_panes->isDividerFlat() ? size.height() : size.width();
}

double SwipeDivider::along(const QMouseEvent& event) const {
    return m_panes->isDividerFlat() ? event.position().y() : event.position().x();
}

bool SwipeDivider::press(const QMouseEvent& event, QPointF picture) {
    m_dragging = event.button() == Qt::LeftButton && event.modifiers() == Qt::NoModifier &&
                 std::abs(along(event) - m_panes->divider() * extent()) <= kReach;
    return m_dragging || (m_next && m_next->press(event, picture));
}

bool SwipeDivider::move(const QMouseEvent& event, QPointF picture) {
    if (m_dragging && extent() > 0.0)
        m_panes->setDivider(along(event) / extent());
    return m_dragging || (m_next && m_next->move(event, picture));
}

bool SwipeDivider::release(const QMouseEvent& event, QPointF picture) {
    const bool used = m_dragging;
    m_dragging = false;
    return used || (m_next && m_next->release(event, picture));
}

bool SwipeDivider::doubleClick(const QMouseEvent& event, QPointF picture) {
    return m_next && m_next->doubleClick(event, picture);
}

void SwipeDivider::draw(QPainter& painter, const QTransform& toPane) {
    if (m_next)
        m_next->draw(painter, toPane);
    const QSize size = m_panes->canvas(0)->size();
    const double at = m_panes->divider() * extent();
    const bool flat = m_panes->isDividerFlat();
    const QLineF line =
        flat ? QLineF(0.0, at, size.width(), at) : QLineF(at, 0.0, at, size.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::black, 3.0));
    painter.drawLine(line);
    painter.setPen(QPen(Qt::white, 1.0));
    painter.drawLine(line);
    painter.setPen(QPen(Qt::black, 1.0));
    painter.setBrush(Qt::white);
    painter.drawEllipse(line.center(), kGrip, kGrip);
    painter.restore();
}

} // namespace likeness
