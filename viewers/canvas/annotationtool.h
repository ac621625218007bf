// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/annotation.h"
#include "viewers/canvas/canvastool.h"

#include <QPolygonF>
#include <QSizeF>
#include <QString>
#include <QTransform>

#include <optional>
#include <vector>

namespace likeness {

/// An annotation of the plane that is shown, in picture pixels.
struct DrawnMark {
    QString id;
    AnnotationKind kind = AnnotationKind::point;
    QPolygonF points; ///< as in Annotation
    QString text;
};

/// Draws the annotations of a picture, and makes new ones: a point by a click, a box by dragging, a
/// polygon by a click for each corner and a double click, or a click on the first corner, to close
/// it. Without a kind it chooses what is clicked, and dragging moves that or one of its corners.
/// Nothing leaves the picture. The owner answers the signals with other marks.
class AnnotationTool final : public CanvasTool {
    Q_OBJECT

public:
    using CanvasTool::CanvasTool;

    /// What is drawn; none: choose and move. Drops what is half drawn.
    void setKind(std::optional<AnnotationKind> kind);

    void setMarks(std::vector<DrawnMark> marks);

    [[nodiscard]] const std::vector<DrawnMark>& marks() const noexcept { return m_marks; }

    void setSelected(const QString& id);

    /// Of the picture, in pixels.
    void setBounds(QSizeF size) { m_bounds = size; }

    /// Drops what is half drawn or half moved; false if there was nothing.
    bool cancel();

    bool press(const QMouseEvent& event, QPointF picture) override;
    bool move(const QMouseEvent& event, QPointF picture) override;
    bool release(const QMouseEvent& event, QPointF picture) override;
    bool doubleClick(const QMouseEvent& event, QPointF picture) override;
    void draw(QPainter& painter, const QTransform& toPane) override;

Q_SIGNALS:
    void drawn(likeness::AnnotationKind kind, const QPolygonF& points);
    void chosen(const QString& id); ///< empty: what was chosen is no longer
    void moved(const QString& id, const QPolygonF& points);

private:
    bool pressChoosing(QPointF picture);
    void finish();
    [[nodiscard]] bool near(QPointF a, QPointF b) const;
    [[nodiscard]] bool hits(const DrawnMark& mark, QPointF picture) const;
    [[nodiscard]] QPointF clamped(QPointF picture) const;
    [[nodiscard]] QPolygonF dragged(QPointF picture) const;
    [[nodiscard]] const DrawnMark* find(const QString& id) const;
    void drawMark(QPainter& painter, const DrawnMark& mark, bool selected) const;

    std::optional<AnnotationKind> m_kind;
    std::vector<DrawnMark> m_marks;
    QString m_selected;
    QSizeF m_bounds;
    QTransform m_toPane; ///< of the last drawing
    QPolygonF m_draft;   ///< the points so far; its last one follows the pointer
    bool m_drafting = false;

    std::optional<DrawnMark> m_held; ///< as it was when it was taken hold of
    int m_corner = -1;               ///< the corner of it that is dragged; -1: all of it
    QPointF m_from;
    QPointF m_to;
};

} // namespace likeness
