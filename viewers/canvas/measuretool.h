// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/canvastool.h"

#include <QLineF>
#include <QTransform>

#include <optional>

namespace likeness {

/// Draws a line or a box over a picture: press and drag makes a new one, or moves the end or corner
/// that is under the pointer. With another button or a modifier the canvas works as ever.
class MeasureTool final : public CanvasTool {
    Q_OBJECT

public:
    enum class Shape { line, box };

    using CanvasTool::CanvasTool;

    void setShape(Shape shape);

    [[nodiscard]] Shape shape() const noexcept { return m_shape; }

    /// From the first point to the second (a box: its opposite corners), in picture pixels.
    [[nodiscard]] const std::optional<QLineF>& span() const noexcept { return m_span; }

    /// Does not tell of the change: for what someone else has drawn.
    void setSpan(const std::optional<QLineF>& span);

    bool press(const QMouseEvent& event, QPointF picture) override;
    bool move(const QMouseEvent& event, QPointF picture) override;
    bool release(const QMouseEvent& event, QPointF picture) override;
    void draw(QPainter& painter, const QTransform& toPane) override;

Q_SIGNALS:
    void spanChanged();

private:
    Shape m_shape = Shape::line;
    std::optional<QLineF> m_span;
    QTransform m_toPane; ///< of the last drawing
    bool m_down = false;
};

} // namespace likeness
