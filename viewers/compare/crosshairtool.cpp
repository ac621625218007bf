// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/compare/crosshairtool.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTransform>

namespace likeness {

namespace {

constexpr double kGap = 10.0; ///< logical pixels around the place that stay free to be looked at

} // namespace

CrosshairTool::CrosshairTool(std::array<QColor, 2> colours, QObject* parent)
    : CanvasTool(parent)
    , m_colours(colours) {}

void CrosshairTool::setPlace(QPointF place) {
    if (place == m_place)
        return;
    m_place = place;
    Q_EMIT redrawWanted();
}

void CrosshairTool::setVisible(bool on) {
    m_visible = on;
    Q_EMIT redrawWanted();
}

bool CrosshairTool::press(const QMouseEvent& event, QPointF picture) {
    m_down = event.button() == Qt::LeftButton && event.modifiers() == Qt::NoModifier;
    if (m_down)
        Q_EMIT moved(picture);
    return m_down;
}

bool CrosshairTool::move(const QMouseEvent& event, QPointF picture) {
    const bool follows =
        event.buttons() == Qt::NoButton && event.modifiers().testFlag(Qt::ShiftModifier);
    if (m_down || follows)
        Q_EMIT moved(picture);
    return m_down || follows;
}

bool CrosshairTool::release(const QMouseEvent& event, QPointF /*picture*/) {
    const bool used = m_down && event.button() == Qt::LeftButton;
    m_down = m_down && !used;
    return used;
}

void CrosshairTool::draw(QPainter& painter, const QTransform& toPane) {
    if (!m_visible)
        return;
    const QPointF at = toPane.map(m_place);
    const QRectF pane = painter.viewport();
    const std::array<std::array<QLineF, 2>, 2> lines{
        {{QLineF(at.x(), pane.top(), at.x(), at.y() - kGap),
          QLineF(at.x(), at.y() + kGap, at.x(), pane.bottom())},
         {QLineF(pane.left(), at.y(), at.x() - kGap, at.y()),
          QLineF(at.x() + kGap, at.y(), pane.right(), at.y())}}};
    painter.save();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        // Black beside the colour is seen on every grey.
        for (const auto& [colour, width] :
             {std::pair{QColor(0, 0, 0, 160), 3.0}, std::pair{m_colours[i], 1.0}}) {
            painter.setPen(QPen(colour, width));
            for (const QLineF& line : lines[i])
                painter.drawLine(line);
        }
    }
    painter.restore();
}

} // namespace likeness
