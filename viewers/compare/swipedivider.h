// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/canvastool.h"

#include <QPointer>

namespace likeness {

class ComparePanes;

/// The line between the two pictures of swipe mode, and its dragging. Beside the line the left
/// button pans as ever.
class SwipeDivider final : public CanvasTool {
    Q_OBJECT

public:
    explicit SwipeDivider(ComparePanes* panes);

    /// What takes the events beside the line, and is drawn under it; null: nothing. May be
    /// destroyed first.
    void setNext(CanvasTool* next);

    bool press(const QMouseEvent& event, QPointF picture) override;
    bool move(const QMouseEvent& event, QPointF picture) override;
    bool release(const QMouseEvent& event, QPointF picture) override;
    bool doubleClick(const QMouseEvent& event, QPointF picture) override;
    void draw(QPainter& painter, const QTransform& toPane) override;

private:
    [[nodiscard]] double extent() const;
    [[nodiscard]] double along(const QMouseEvent& event) const;

    ComparePanes* m_panes;
    QPointer<CanvasTool> m_next;
    bool m_dragging = false;
};

} // namespace likeness
