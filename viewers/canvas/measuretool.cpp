// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/measuretool.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTransform>

namespace likeness {

namespace {

constexpr double kReach = 8.0; ///< logical pixels around an end that take hold of it
constexpr double kGrip = 3.0;

} // namespace

void MeasureTool::setShape(Shape shape) {
    if (shape == m_shape)
        return;
    m_shape = shape;
    m_span.reset();
    Q_EMIT redrawWanted();
    Q_EMIT spanChanged();
}

void MeasureTool::setSpan(const std::optional<QLineF>& span) {
    m_span = span;
    Q_EMIT redrawWanted();
}

bool MeasureTool::press(const QMouseEvent& event, QPointF picture) {
    m_down = event.button() == Qt::LeftButton && event.modifiers() == Qt::NoModifier;
    if (!m_down)
        return false;
    const auto near = [&](QPointF end) {
        return QLineF(m_toPane.map(end), event.position()).length() <= kReach;
    };
    if (m_span && near(m_span->p1()))
        m_span = QLineF(m_span->p2(), picture);
    else if (m_span && near(m_span->p2()))
        m_span->setP2(picture);
    else
        m_span = QLineF(picture, picture);
    Q_EMIT redrawWanted();
    return true;
}

bool MeasureTool::move(const QMouseEvent& /*event*/, QPointF picture) {
    if (!m_down || !m_span)
        return false;
    m_span->setP2(picture);
    Q_EMIT redrawWanted();
    Q_EMIT spanChanged();
    return true;
}

bool MeasureTool::release(const QMouseEvent& event, QPointF /*picture*/) {
    if (!m_down || event.button() != Qt::LeftButton)
        return false;
    m_down = false;
    if (m_span && m_span->isNull()) // a click marks nothing
        m_span.reset();
    Q_EMIT redrawWanted();
    Q_EMIT spanChanged();
    return true;
}

void MeasureTool::draw(QPainter& painter, const QTransform& toPane) {
    m_toPane = toPane;
    if (!m_span)
        return;
    const QLineF line = toPane.map(*m_span);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, m_shape == Shape::line);
    painter.setBrush(Qt::NoBrush);
    // Black under yellow is seen on every grey.
    for (const auto& [colour, width] :
         {std::pair{QColor(Qt::black), 3.0}, std::pair{QColor(255, 214, 0), 1.2}}) {
        painter.setPen(QPen(colour, width));
        if (m_shape == Shape::line)
            painter.drawLine(line);
        else
            painter.drawRect(QRectF(line.p1(), line.p2()).normalized());
    }
    painter.setBrush(QColor(255, 214, 0));
    painter.setPen(QPen(Qt::black, 1.0));
    for (const QPointF end : {line.p1(), line.p2()})
        painter.drawEllipse(end, kGrip, kGrip);
    painter.restore();
}

} // namespace likeness
