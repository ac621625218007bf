// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/annotationtool.h"

#include <QFontMetricsF>
#include <QLineF>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr double kReach = 8.0; ///< logical pixels around a corner or line that take hold of it
constexpr double kGrip = 3.5;
constexpr double kCross = 7.0;
constexpr double kLabelWidth = 220.0;
const QColor kPlain(255, 214, 0);
const QColor kChosen(0, 229, 255);

/// Corners in their order: of a box all four.
QPolygonF outlineOf(AnnotationKind kind, const QPolygonF& points) {
    if (kind != AnnotationKind::box || points.size() != 2)
        return points;
    const QPointF a = points[0];
    const QPointF c = points[1];
    return {a, {c.x(), a.y()}, c, {a.x(), c.y()}};
}

double distanceTo(const QLineF& line, QPointF point) {
    const QPointF along = line.p2() - line.p1();
    const double length = QPointF::dotProduct(along, along);
    const double t =
        length > 0.0 ? std::clamp(QPointF::dotProduct(point - line.p1(), along) / length, 0.0, 1.0)
                     : 0.0;
    return QLineF(line.p1() + t * along, point).length();
}

} // namespace

void AnnotationTool::setKind(std::optional<AnnotationKind> kind) {
    cancel();
    m_kind = kind;
}

void AnnotationTool::setMarks(std::vector<DrawnMark> marks) {
    m_marks = std::move(marks);
    Q_EMIT redrawWanted();
}

void AnnotationTool::setSelected(const QString& id) {
    m_selected = id;
    Q_EMIT redrawWanted();
}

bool AnnotationTool::cancel() {
    const bool any = m_drafting || m_held;
    m_draft.clear();
    m_drafting = false;
    m_held.reset();
    Q_EMIT redrawWanted();
    return any;
}

bool AnnotationTool::near(QPointF a, QPointF b) const {
    return QLineF(m_toPane.map(a), m_toPane.map(b)).length() <= kReach;
}

QPointF AnnotationTool::clamped(QPointF picture) const {
    return {std::clamp(picture.x(), 0.0, m_bounds.width()),
            std::clamp(picture.y(), 0.0, m_bounds.height())};
}

const DrawnMark* AnnotationTool::find(const QString& id) const {
    const auto found = std::find_if(m_marks.begin(), m_marks.end(),
                                    [&](const DrawnMark& mark) { return mark.id == id; });
    return found == m_marks.end() ? nullptr : &*found;
}

bool AnnotationTool::hits(const DrawnMark& mark, QPointF picture) const {
    const QPolygonF outline = m_toPane.map(outlineOf(mark.kind, mark.points));
    const QPointF at = m_toPane.map(picture);
    if (mark.kind != AnnotationKind::point && outline.containsPoint(at, Qt::OddEvenFill))
        return true;
    for (qsizetype i = 0; i < outline.size(); ++i) {
        if (distanceTo(QLineF(outline[i], outline[(i + 1) % outline.size()]), at) <= kReach)
            return true;
    }
    return false;
}

bool AnnotationTool::press(const QMouseEvent& event, QPointF picture) {
    if (event.button() != Qt::LeftButton || event.modifiers() != Qt::NoModifier)
        return false;
    if (!m_kind)
        return pressChoosing(picture);
    if (m_drafting && m_kind == AnnotationKind::polygon) {
        if (m_draft.size() > 3 && near(m_draft.first(), picture)) {
            m_draft.removeLast();
            finish();
            return true;
        }
        m_draft.last() = clamped(picture);
        m_draft << clamped(picture);
    } else {
        if (!QRectF(QPointF(), m_bounds).contains(picture))
            return false; // beside the picture the canvas works as ever
        m_drafting = true;
        m_draft = {picture};
        if (m_kind != AnnotationKind::point)
            m_draft << picture;
    }
    Q_EMIT redrawWanted();
    return true;
}

bool AnnotationTool::pressChoosing(QPointF picture) {
    m_held.reset();
    if (const DrawnMark* selected = find(m_selected)) {
        const QPolygonF corners = outlineOf(selected->kind, selected->points);
        for (int i = 0; i < corners.size(); ++i) {
            if (near(corners[i], picture)) {
                m_held = *selected;
                m_corner = i;
            }
        }
    }
    if (!m_held) {
        const auto hit = std::find_if(m_marks.rbegin(), m_marks.rend(),
                                      [&](const DrawnMark& mark) { return hits(mark, picture); });
        if (hit == m_marks.rend()) {
            if (!m_selected.isEmpty())
                Q_EMIT chosen({});
            return false;
        }
        m_held = *hit;
        m_corner = -1;
        const QString id = hit->id;
        if (id != m_selected)
            Q_EMIT chosen(id);
    }
    m_from = m_to = picture;
    return true;
}

bool AnnotationTool::move(const QMouseEvent& /*event*/, QPointF picture) {
    if (m_held) {
        m_to = picture;
        Q_EMIT redrawWanted();
        return true;
    }
    if (!m_drafting)
        return false;
    m_draft.last() = clamped(picture);
    Q_EMIT redrawWanted();
    return true;
}

bool AnnotationTool::release(const QMouseEvent& event, QPointF picture) {
    if (event.button() != Qt::LeftButton || (!m_held && !m_drafting))
        return false;
    if (m_held) {
        const QPolygonF points = dragged(picture);
        const DrawnMark held = *std::exchange(m_held, std::nullopt);
        // The hand trembles in a click.
        if (points != held.points && !(m_corner < 0 && near(m_from, picture) && m_to == m_from))
            Q_EMIT moved(held.id, points);
    } else if (m_kind != AnnotationKind::polygon) {
        m_draft.last() = clamped(picture);
        finish();
    }
    Q_EMIT redrawWanted();
    return true;
}

bool AnnotationTool::doubleClick(const QMouseEvent& event, QPointF picture) {
    if (event.button() != Qt::LeftButton)
        return false;
    if (m_kind && m_kind != AnnotationKind::polygon)
        return press(event, picture);
    if (!m_drafting)
        return false;
    m_draft
        .removeLast(); // what followed the pointer; the first press of this click has set a corner
    if (m_draft.size() < 3)
        m_draft << clamped(picture);
    else
        finish();
    return true;
}

/// A box or polygon without area is nothing that was meant.
void AnnotationTool::finish() {
    Annotation mark;
    mark.kind = *m_kind;
    const QPolygonF points = std::exchange(m_draft, {});
    m_drafting = false;
    for (const QPointF& point : points)
        mark.points.push_back({point.x(), point.y()});
    if (areaOf(mark).value_or(1.0) > 0.0)
        Q_EMIT drawn(*m_kind, points);
    Q_EMIT redrawWanted();
}

QPolygonF AnnotationTool::dragged(QPointF picture) const {
    QPolygonF points = m_held->points;
    if (m_corner >= 0) {
        const QPointF to = clamped(picture);
        if (m_held->kind != AnnotationKind::box) {
            points[m_corner] = to;
        } else { // corners 1 and 3 share one coordinate with each of the two that are kept
            (m_corner == 0 || m_corner == 3 ? points[0] : points[1]).setX(to.x());
            (m_corner < 2 ? points[0] : points[1]).setY(to.y());
        }
        return points;
    }
    const QRectF box = points.boundingRect();
    const QPointF by = picture - m_from;
    points.translate(std::clamp(by.x(), -box.left(), m_bounds.width() - box.right()),
                     std::clamp(by.y(), -box.top(), m_bounds.height() - box.bottom()));
    return points;
}

void AnnotationTool::draw(QPainter& painter, const QTransform& toPane) {
    m_toPane = toPane;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const DrawnMark& mark : m_marks) {
        if (m_held && m_held->id == mark.id) {
            DrawnMark held = mark;
            held.points = dragged(m_to);
            drawMark(painter, held, true);
        } else {
            drawMark(painter, mark, mark.id == m_selected);
        }
    }
    if (m_drafting)
        drawMark(painter, {{}, *m_kind, m_draft, {}}, true);
    painter.restore();
}

void AnnotationTool::drawMark(QPainter& painter, const DrawnMark& mark, bool selected) const {
    const QPolygonF outline = m_toPane.map(outlineOf(mark.kind, mark.points));
    QPainterPath path;
    if (mark.kind == AnnotationKind::point) {
        const QPointF at = outline.first();
        path.moveTo(at - QPointF(kCross, 0.0));
        path.lineTo(at + QPointF(kCross, 0.0));
        path.moveTo(at - QPointF(0.0, kCross));
        path.lineTo(at + QPointF(0.0, kCross));
    } else {
        path.addPolygon(outline);
        path.closeSubpath();
    }
    const QColor colour = selected ? kChosen : kPlain;
    painter.setBrush(Qt::NoBrush);
    // Black under a light colour is seen on every grey.
    painter.setPen(QPen(Qt::black, 3.4));
    painter.drawPath(path);
    painter.setPen(QPen(colour, 1.6));
    painter.drawPath(path);
    if (selected && mark.kind != AnnotationKind::point) {
        painter.setPen(QPen(Qt::black, 1.0));
        painter.setBrush(colour);
        for (const QPointF& corner : outline)
            painter.drawEllipse(corner, kGrip, kGrip);
    }
    if (mark.text.isEmpty())
        return;
    const QFontMetricsF metrics(painter.font());
    const QPointF at =
        outline.boundingRect().bottomLeft() +
        QPointF(mark.kind == AnnotationKind::point ? kCross : 0.0, metrics.ascent() + 4.0);
    QPainterPath words;
    words.addText(at, painter.font(), metrics.elidedText(mark.text, Qt::ElideRight, kLabelWidth));
    painter.strokePath(words, QPen(Qt::black, 3.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.fillPath(words, colour);
}

} // namespace likeness
