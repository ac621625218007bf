// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/canvastool.h"

#include <QColor>

#include <array>

namespace likeness {

/// Two lines over a slice where the slices of the other two directions cut it. The left button sets
/// and drags them from anywhere; so does the pointer alone while Shift is held.
class CrosshairTool final : public CanvasTool {
    Q_OBJECT

public:
    /// `colours`: of the upright and of the level line, each that of the direction it stands for.
    explicit CrosshairTool(std::array<QColor, 2> colours, QObject* parent = nullptr);

    /// In picture pixels, the middle of the pixel that both lines go through.
    void setPlace(QPointF place);

    [[nodiscard]] QPointF place() const noexcept { return m_place; }

    void setVisible(bool on);

    bool press(const QMouseEvent& event, QPointF picture) override;
    bool move(const QMouseEvent& event, QPointF picture) override;
    bool release(const QMouseEvent& event, QPointF picture) override;
    void draw(QPainter& painter, const QTransform& toPane) override;

Q_SIGNALS:
    /// May lie outside the picture.
    void moved(QPointF picture);

private:
    std::array<QColor, 2> m_colours;
    QPointF m_place;
    bool m_down = false;
    bool m_visible = true;
};

} // namespace likeness
