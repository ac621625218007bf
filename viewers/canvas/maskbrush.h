// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/canvas/canvastool.h"

#include <QImage>
#include <QPointF>
#include <QRect>

#include <vector>

namespace likeness {

/// Paints a mask over a picture: with a round brush, an eraser, or a box. Marked pixels are shown
/// in a colour that no grey picture holds.
class MaskBrush final : public CanvasTool {
    Q_OBJECT

public:
    enum class Mode { paint, erase, box };

    explicit MaskBrush(QObject* parent = nullptr);

    /// An empty mask of this size; forgets the steps that could be taken back.
    void setSize(QSize size);

    /// Format_Grayscale8, 255 where marked; its size must be that of the mask, else it is refused.
    bool setMask(const QImage& mask);

    [[nodiscard]] const QImage& mask() const { return m_mask; }

    [[nodiscard]] bool isEmpty() const; ///< nothing is marked
    [[nodiscard]] double share() const; ///< of the pixels that are marked

    void setMode(Mode mode) { m_mode = mode; }

    [[nodiscard]] Mode mode() const { return m_mode; }

    void setDiameter(int pixels); ///< of the brush, in picture pixels

    [[nodiscard]] int diameter() const { return m_diameter; }

    void fillBox(const QRect& box);
    void clear();
    void invert();
    void undo();

    [[nodiscard]] bool canUndo() const { return !m_former.empty(); }

    bool press(const QMouseEvent& event, QPointF picture) override;
    bool move(const QMouseEvent& event, QPointF picture) override;
    bool release(const QMouseEvent& event, QPointF picture) override;
    void leave() override;
    void draw(QPainter& painter, const QTransform& toPane) override;

Q_SIGNALS:
    void maskChanged();

private:
    void remember();
    void stroke(QPointF from, QPointF to);
    void change();
    [[nodiscard]] QRect dragged() const;

    QImage m_mask;
    QImage m_tint; ///< the mask as it is drawn
    std::vector<QImage> m_former;
    Mode m_mode = Mode::paint;
    int m_diameter = 12;
    bool m_down = false;
    bool m_hovering = false;
    QPointF m_start;
    QPointF m_last;
};

} // namespace likeness
