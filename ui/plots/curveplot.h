// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointF>
#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

class QCPAxis;
class QCPGraph;
class QCPItemStraightLine;
class QCustomPlot;

namespace likeness {

/// A small plot with axes, ticks and a legend: curves or point clouds over one pair of axes, and
/// levels across it. The wheel zooms, a drag pans, a double click shows all again.
class CurvePlot final : public QWidget {
    Q_OBJECT

public:
    enum class Kind { line, points, lineWithPoints };

    CurvePlot(const QString& xTitle, const QString& yTitle, QWidget* parent = nullptr);

    /// Curves are known by their names. Points that are not finite are left out.
    void setCurve(const QString& name,
                  const QColor& colour,
                  const std::vector<QPointF>& points,
                  Kind kind = Kind::line);

    /// A dashed line across at this height.
    void setLevel(const QString& name, const QColor& colour, std::optional<double> height);

    /// The line on which both axes agree.
    void setDiagonal(const QString& name);

    void setLogarithmic(bool on); ///< the y axis
    void setTitles(const QString& xTitle, const QString& yTitle);
    void clear();

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

private:
    void setupAxes();
    void fit();
    void describe();
    [[nodiscard]] QCPGraph* graphNamed(const QString& name);

    QCustomPlot* m_plot;
    bool m_touched = false; // zoomed or panned by hand: new points do not move the view
};

} // namespace likeness
