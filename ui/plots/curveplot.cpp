// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/curveplot.h"

#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

const QColor kGround(0x1f, 0x1f, 0x1f);
const QColor kGrid(0x33, 0x33, 0x33);
const QColor kAxis(0x5a, 0x5a, 0x5a);
constexpr double kMargin = 0.06; // of the range, beyond the outermost points
constexpr int kFontPixels = 11;

QFont smallFont(const QWidget& widget) {
    QFont font = widget.font();
    font.setPixelSize(kFontPixels);
    return font;
}

QCPRange widened(QCPRange range, bool logarithmic) {
    if (logarithmic) {
        const double factor = std::pow(std::max(range.upper / range.lower, 1.2), kMargin);
        return {range.lower / factor, range.upper * factor};
    }
    const double size = range.size() > 0.0 ? range.size() : std::max(std::abs(range.lower), 1.0);
    return {range.lower - kMargin * size, range.upper + kMargin * size};
}

} // namespace

CurvePlot::CurvePlot(const QString& xTitle, const QString& yTitle, QWidget* parent)
    : QWidget(parent)
    , m_plot(new QCustomPlot(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_plot);
    setupAxes();
    setTitles(xTitle, yTitle);
    connect(m_plot, &QCustomPlot::mouseWheel, this, [this] { m_touched = true; });
    connect(m_plot, &QCustomPlot::mouseMove, this, [this](const QMouseEvent* event) {
        m_touched = m_touched || event->buttons() != Qt::NoButton;
    });
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, [this] {
        m_touched = false;
        fit();
    });
}

void CurvePlot::setupAxes() {
    m_plot->setBackground(kGround);
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(kAxis));
        axis->setTickPen(QPen(kAxis));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(theme::kMuted);
        axis->setLabelColor(theme::kMuted);
        axis->setTickLabelFont(smallFont(*this));
        axis->setLabelFont(smallFont(*this));
        axis->grid()->setPen(QPen(kGrid));
        axis->grid()->setZeroLinePen(QPen(kGrid));
        axis->setNumberFormat(QStringLiteral("gb"));
        axis->setNumberPrecision(4);
        axis->ticker()->setTickCount(5);
    }
    m_plot->legend->setBrush(QColor(0x2b, 0x2b, 0x2b, 0xd8));
    m_plot->legend->setBorderPen(Qt::NoPen);
    m_plot->legend->setTextColor(theme::kText);
    m_plot->legend->setFont(smallFont(*this));
    m_plot->legend->setIconSize(18, 8);
    m_plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
}

void CurvePlot::setTitles(const QString& xTitle, const QString& yTitle) {
    m_plot->xAxis->setLabel(xTitle);
    m_plot->yAxis->setLabel(yTitle);
    describe();
}

void CurvePlot::setLogarithmic(bool on) {
    m_plot->yAxis->setScaleType(on ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    m_plot->yAxis->setTicker(on ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog)
                                : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
    fit();
}

QCPGraph* CurvePlot::graphNamed(const QString& name) {
    for (int i = 0; i < m_plot->graphCount(); ++i) {
        if (m_plot->graph(i)->name() == name)
            return m_plot->graph(i);
    }
    QCPGraph* graph = m_plot->addGraph();
    graph->setName(name);
    return graph;
}

void CurvePlot::setCurve(const QString& name,
                         const QColor& colour,
                         const std::vector<QPointF>& points,
                         Kind kind) {
    QVector<double> x;
    QVector<double> y;
    for (const QPointF& point : points) {
        if (std::isfinite(point.x()) && std::isfinite(point.y())) {
            x << point.x();
            y << point.y();
        }
    }
    QCPGraph* graph = graphNamed(name);
    graph->setPen(QPen(colour, 1.6));
    graph->setLineStyle(kind == Kind::points ? QCPGraph::lsNone : QCPGraph::lsLine);
    graph->setScatterStyle(kind == Kind::line
                               ? QCPScatterStyle()
                               : QCPScatterStyle(QCPScatterStyle::ssDisc, colour, colour, 5.0));
    graph->setData(x, y);
    graph->setVisible(!x.isEmpty());
    m_plot->legend->setVisible(m_plot->graphCount() > 1);
    fit();
}

void CurvePlot::setLevel(const QString& name, const QColor& colour, std::optional<double> height) {
    QCPGraph* graph = graphNamed(name);
    graph->setPen(QPen(colour, 1.2, Qt::DashLine));
    graph->setVisible(height.has_value());
    if (height) {
        bool found = false;
        QCPRange range = m_plot->graph(0)->getKeyRange(found);
        if (!found || range.size() <= 0.0) // one point: the level leads to it
            range = {std::min(0.0, range.lower), std::max(1.0, range.upper)};
        graph->setData({range.lower, range.upper}, {*height, *height});
    }
    m_plot->legend->setVisible(m_plot->graphCount() > 1);
    fit();
}

void CurvePlot::setDiagonal(const QString& name) {
    bool foundX = false;
    bool foundY = false;
    const QCPRange x = m_plot->graph(0)->getKeyRange(foundX);
    const QCPRange y = m_plot->graph(0)->getValueRange(foundY);
    QCPGraph* graph = graphNamed(name);
    graph->setPen(QPen(theme::kMuted, 1.2, Qt::DashLine));
    graph->setVisible(foundX && foundY);
    const double low = std::min(x.lower, y.lower);
    const double high = std::max(x.upper, y.upper);
    graph->setData({low, high}, {low, high});
    m_plot->legend->setVisible(true);
    fit();
}

void CurvePlot::clear() {
    m_plot->clearGraphs();
    m_plot->legend->setVisible(false);
    m_touched = false;
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    describe();
}

void CurvePlot::fit() {
    if (!m_touched) {
        const bool logarithmic = m_plot->yAxis->scaleType() == QCPAxis::stLogarithmic;
        const QCP::SignDomain domain = logarithmic ? QCP::sdPositive : QCP::sdBoth;
        QCPRange x;
        QCPRange y;
        bool any = false;
        for (int i = 0; i < m_plot->graphCount(); ++i) {
            bool foundX = false;
            bool foundY = false;
            const QCPRange keys = m_plot->graph(i)->getKeyRange(foundX);
            const QCPRange values = m_plot->graph(i)->getValueRange(foundY, domain);
            if (!m_plot->graph(i)->visible() || !foundX || !foundY)
                continue;
            x = any ? x.expanded(keys) : keys;
            y = any ? y.expanded(values) : values;
            any = true;
        }
        if (any) {
            m_plot->xAxis->setRange(widened(x, false));
            m_plot->yAxis->setRange(widened(y, logarithmic));
        }
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    describe();
}

// What a screen reader says of it: the last value of every curve.
void CurvePlot::describe() {
    QStringList parts{tr("Plot of %1 over %2").arg(m_plot->yAxis->label(), m_plot->xAxis->label())};
    for (int i = 0; i < m_plot->graphCount(); ++i) {
        const QCPGraph* graph = m_plot->graph(i);
        if (graph->visible() && graph->dataCount() > 0)
            parts << tr("%1 ends at %2")
                         .arg(graph->name())
                         .arg(graph->dataMainValue(graph->dataCount() - 1), 0, 'g', 3);
    }
    setAccessibleName(parts.join(QStringLiteral("; ")));
}

QSize CurvePlot::sizeHint() const {
    return {340, 220};
}

QSize CurvePlot::minimumSizeHint() const {
    return {180, 130};
}

} // namespace likeness
