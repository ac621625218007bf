// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/volume/transfer.h"

#include <QWidget>

#include <array>
#include <optional>

namespace likeness {

/// The transfer function as a curve of opacity over the histograms of the left (filled) and right
/// (outlined) volume; along the lower edge the colours and the two handles of the range.
///
/// Mouse: drag moves a point or a handle, double click adds a point or asks for the colour of one,
/// right click removes. Keys: Page Up and Down choose, arrows move (Shift: finer), Insert adds,
/// Delete removes, C asks for the colour, Home and End move the lower handle, Ctrl+Home and
/// Ctrl+End the upper one, Ctrl+Z takes back.
class TransferEditor final : public QWidget {
    Q_OBJECT

public:
    explicit TransferEditor(QWidget* parent = nullptr);

    /// `pane` is 0 or 1; an empty sample leaves the histogram out.
    void setValues(int pane, const ValueSample& values);

    /// A new beginning. Its range must be set.
    void start(const TransferFunction& function);

    /// A change that can be taken back.
    void apply(const TransferFunction& function);
    void reset();
    void undo();
    void setLogarithmic(bool on);

    [[nodiscard]] const TransferModel& model() const noexcept { return m_model; }

    [[nodiscard]] std::size_t selected() const noexcept { return m_selected; }

    /// Where a point is drawn, for tests and accessibility.
    [[nodiscard]] QPointF placeOf(std::size_t point) const;

    [[nodiscard]] QSize sizeHint() const override { return {520, 190}; }

    [[nodiscard]] QSize minimumSizeHint() const override { return {260, 150}; }

Q_SIGNALS:
    void changed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum class Grip { none, point, low, high };

    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] DisplayRange range() const;
    [[nodiscard]] double xOf(double value) const;
    [[nodiscard]] double valueAt(double x) const;
    [[nodiscard]] double positionAt(double x) const;
    [[nodiscard]] double opacityAt(double y) const;
    [[nodiscard]] std::optional<std::size_t> pointNear(QPointF place) const;
    [[nodiscard]] Grip handleNear(QPointF place) const;
    bool chooseKey(int key);
    bool moveKey(const QKeyEvent& event);
    void moveHandle(Grip grip, double value);
    void askColour(std::size_t point);
    void tell();
    void updateAxis();
    void drawHistogram(QPainter& painter, int pane) const;
    void drawAxes(QPainter& painter) const;
    void drawCurve(QPainter& painter) const;
    void drawRange(QPainter& painter) const;

    TransferModel m_model;
    std::array<ValueSample, 2> m_values;
    DisplayRange m_axis; ///< of the whole plot
    std::size_t m_selected = 0;
    Grip m_grip = Grip::none;
    bool m_logarithmic = true;
};

} // namespace likeness
