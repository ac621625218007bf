// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/transfereditor.h"

#include <QColorDialog>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr int kBins = 256;
constexpr double kReach = 9.0; ///< pixels within which a point is met
constexpr double kStrip = 12.0;

QColor colourOf(const TransferPoint& point) {
    return QColor::fromRgbF(static_cast<float>(point.colour[0]),
                            static_cast<float>(point.colour[1]),
                            static_cast<float>(point.colour[2]));
}

} // namespace

TransferEditor::TransferEditor(QWidget* parent)
    : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Transfer function"));
    setToolTip(tr("Drag moves points and range handles; double click adds a point or asks for its "
                  "colour; right click removes.\nPage Up and Down choose a point, arrows move it, "
                  "Insert, Delete, C, Ctrl+Z."));
}

void TransferEditor::setValues(int pane, const ValueSample& values) {
    m_values.at(static_cast<std::size_t>(pane)) = values;
    updateAxis();
}

void TransferEditor::start(const TransferFunction& function) {
    m_model.start(function);
    m_selected = 0;
    updateAxis();
}

void TransferEditor::apply(const TransferFunction& function) {
    m_model.set(function);
    tell();
}

void TransferEditor::reset() {
    m_model.reset();
    tell();
}

void TransferEditor::undo() {
    m_model.undo();
    tell();
}

void TransferEditor::setLogarithmic(bool on) {
    m_logarithmic = on;
    update();
}

void TransferEditor::tell() {
    m_selected = std::min(m_selected, m_model.function().points.size() - 1);
    updateAxis();
    Q_EMIT changed();
}

void TransferEditor::updateAxis() {
    m_axis = range();
    for (const ValueSample& values : m_values)
        if (!values.isEmpty()) {
            m_axis.low = std::min(m_axis.low, values.minimum());
            m_axis.high = std::max(m_axis.high, values.maximum());
        }
    update();
}

DisplayRange TransferEditor::range() const {
    if (m_model.function().range)
        return *m_model.function().range;
    for (const ValueSample& values : m_values)
        if (!values.isEmpty())
            return values.firstView();
    return {};
}

QRectF TransferEditor::plot() const {
    return QRectF(rect()).adjusted(48.0, 8.0, -14.0, -(kStrip + 30.0));
}

double TransferEditor::xOf(double value) const {
    return plot().left() + plot().width() * (value - m_axis.low) / m_axis.window();
}

double TransferEditor::valueAt(double x) const {
    return m_axis.low +
           std::clamp((x - plot().left()) / plot().width(), 0.0, 1.0) * m_axis.window();
}

double TransferEditor::positionAt(double x) const {
    return (valueAt(x) - range().low) / range().window();
}

double TransferEditor::opacityAt(double y) const {
    return std::clamp((plot().bottom() - y) / plot().height(), 0.0, 1.0);
}

QPointF TransferEditor::placeOf(std::size_t point) const {
    const TransferPoint& p = m_model.function().points.at(point);
    return {xOf(range().low + p.position * range().window()),
            plot().bottom() - p.opacity * plot().height()};
}

std::optional<std::size_t> TransferEditor::pointNear(QPointF place) const {
    std::optional<std::size_t> found;
    double nearest = kReach;
    for (std::size_t i = 0; i < m_model.function().points.size(); ++i) {
        const QPointF away = placeOf(i) - place;
        const double distance = std::hypot(away.x(), away.y());
        if (distance <= nearest) {
            nearest = distance;
            found = i;
        }
    }
    return found;
}

TransferEditor::Grip TransferEditor::handleNear(QPointF place) const {
    if (place.y() < plot().bottom() + 2.0 || place.y() > plot().bottom() + kStrip + 8.0)
        return Grip::none;
    const double low = std::abs(place.x() - xOf(range().low));
    const double high = std::abs(place.x() - xOf(range().high));
    if (std::min(low, high) > kReach)
        return Grip::none;
    return low < high ? Grip::low : Grip::high;
}

void TransferEditor::mousePressEvent(QMouseEvent* event) {
    const QPointF place = event->position();
    const auto point = pointNear(place);
    if (event->button() == Qt::RightButton) {
        if (point && m_model.removePoint(*point))
            tell();
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    m_grip = point ? Grip::point : handleNear(place);
    if (point)
        m_selected = *point;
    if (m_grip != Grip::none)
        m_model.beginChange();
    update();
}

void TransferEditor::mouseMoveEvent(QMouseEvent* event) {
    const QPointF place = event->position();
    if (m_grip == Grip::none || !(event->buttons() & Qt::LeftButton))
        return;
    if (m_grip == Grip::point) {
        m_model.movePoint(m_selected, positionAt(place.x()), opacityAt(place.y()));
        tell();
    } else {
        moveHandle(m_grip, valueAt(place.x()));
    }
}

void TransferEditor::mouseReleaseEvent(QMouseEvent*) {
    m_grip = Grip::none;
}

void TransferEditor::mouseDoubleClickEvent(QMouseEvent* event) {
    const QPointF place = event->position();
    if (event->button() != Qt::LeftButton)
        return;
    if (const auto point = pointNear(place)) {
        askColour(*point);
    } else if (plot().contains(place)) {
        m_selected = m_model.addPoint(positionAt(place.x()), opacityAt(place.y()));
        tell();
    }
}

void TransferEditor::moveHandle(Grip grip, double value) {
    DisplayRange next = range();
    const double gap = 0.002 * m_axis.window();
    if (grip == Grip::low)
        next.low = std::min(value, next.high - gap);
    else
        next.high = std::max(value, next.low + gap);
    m_model.setRange(next);
    tell();
}

void TransferEditor::askColour(std::size_t point) {
    const QColor colour = colourOf(m_model.function().points.at(point));
    auto* dialog = new QColorDialog(colour, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setOption(QColorDialog::DontUseNativeDialog);
    connect(dialog, &QColorDialog::colorSelected, this, [this, point](const QColor& chosen) {
        if (point >= m_model.function().points.size())
            return;
        m_model.setColour(point, {chosen.redF(), chosen.greenF(), chosen.blueF()});
        tell();
    });
    dialog->open();
}

bool TransferEditor::chooseKey(int key) {
    const std::size_t count = m_model.function().points.size();
    if (key == Qt::Key_PageUp)
        m_selected = (m_selected + 1) % count;
    else if (key == Qt::Key_PageDown)
        m_selected = (m_selected + count - 1) % count;
    else
        return false;
    update();
    return true;
}

bool TransferEditor::moveKey(const QKeyEvent& event) {
    const double step = event.modifiers().testFlag(Qt::ShiftModifier) ? 0.002 : 0.02;
    const TransferPoint point = m_model.function().points.at(m_selected);
    const int key = event.key();
    const double x = key == Qt::Key_Right ? step : key == Qt::Key_Left ? -step : 0.0;
    const double y = key == Qt::Key_Up ? step : key == Qt::Key_Down ? -step : 0.0;
    if (x != 0.0 || y != 0.0) {
        m_model.beginChange();
        m_model.movePoint(m_selected, point.position + x, point.opacity + y);
        tell();
        return true;
    }
    if (key != Qt::Key_Home && key != Qt::Key_End)
        return false;
    const bool upper = event.modifiers().testFlag(Qt::ControlModifier);
    const double by = (key == Qt::Key_Home ? -step : step) * m_axis.window();
    m_model.beginChange();
    moveHandle(upper ? Grip::high : Grip::low, (upper ? range().high : range().low) + by);
    return true;
}

void TransferEditor::keyPressEvent(QKeyEvent* event) {
    const auto& points = m_model.function().points;
    const int key = event->key();
    if (event->matches(QKeySequence::Undo)) {
        undo();
    } else if (key == Qt::Key_Insert) {
        const std::size_t next = std::min(m_selected + 1, points.size() - 1);
        const std::size_t before = next > 0 ? next - 1 : 0;
        m_selected = m_model.addPoint(0.5 * (points[before].position + points[next].position));
        tell();
    } else if (key == Qt::Key_Delete || key == Qt::Key_Backspace) {
        if (m_model.removePoint(m_selected))
            tell();
    } else if (key == Qt::Key_C && event->modifiers() == Qt::NoModifier) {
        askColour(m_selected);
    } else if (!chooseKey(key) && !moveKey(*event)) {
        QWidget::keyPressEvent(event);
    }
}

void TransferEditor::drawHistogram(QPainter& painter, int pane) const {
    const ValueSample& values = m_values.at(static_cast<std::size_t>(pane));
    if (values.isEmpty() || m_axis.window() <= 0.0)
        return;
    const auto counts = values.histogram(m_axis, kBins);
    const double most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
    if (most <= 0.0)
        return;
    QPainterPath path(plot().bottomLeft());
    for (int i = 0; i < kBins; ++i) {
        const auto n = static_cast<double>(counts.at(static_cast<std::size_t>(i)));
        const double share = m_logarithmic ? std::log1p(n) / std::log1p(most) : n / most;
        const double y = plot().bottom() - share * plot().height();
        path.lineTo(plot().left() + plot().width() * i / kBins, y);
        path.lineTo(plot().left() + plot().width() * (i + 1) / kBins, y);
    }
    path.lineTo(plot().bottomRight());
    if (pane == 0) {
        painter.fillPath(path, QColor(120, 140, 170, 110));
    } else {
        painter.setPen(QPen(QColor(200, 120, 40), 1.2));
        painter.drawPath(path);
    }
}

void TransferEditor::drawAxes(QPainter& painter) const {
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawRect(plot());
    painter.setPen(palette().color(QPalette::Text));
    for (const double share : {0.0, 0.5, 1.0}) {
        const double y = plot().bottom() - share * plot().height();
        painter.drawText(QRectF(0.0, y - 8.0, plot().left() - 4.0, 16.0),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(share, 'f', 1));
    }
    for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const double x = plot().left() + share * plot().width();
        const QString text = QString::number(m_axis.low + share * m_axis.window(), 'g',
                                             m_axis.window() > 100.0 ? 6 : 4);
        const double left = std::clamp(x - 40.0, 0.0, width() - 80.0);
        const auto side = share > 0.9   ? Qt::AlignRight
                          : share < 0.1 ? Qt::AlignLeft
                                        : Qt::AlignHCenter;
        painter.drawText(QRectF(share < 0.1 ? x : left, height() - 18.0, 80.0, 16.0), side, text);
    }
    painter.save();
    painter.translate(10.0, plot().center().y());
    painter.rotate(-90.0);
    painter.drawText(QRectF(-60.0, -8.0, 120.0, 16.0), Qt::AlignCenter, tr("Opacity"));
    painter.restore();
    painter.drawText(plot().adjusted(6.0, 2.0, -6.0, 0.0), Qt::AlignTop | Qt::AlignRight,
                     m_logarithmic ? tr("grey values, log counts") : tr("grey values, counts"));
}

void TransferEditor::drawCurve(QPainter& painter) const {
    const auto& points = m_model.function().points;
    QPolygonF line;
    line << QPointF(plot().left(), placeOf(0).y());
    for (std::size_t i = 0; i < points.size(); ++i)
        line << placeOf(i);
    line << QPointF(plot().right(), placeOf(points.size() - 1).y());
    painter.save();
    painter.setClipRect(plot().adjusted(-6.0, -6.0, 6.0, 6.0));
    painter.setPen(QPen(palette().color(QPalette::Text), 1.6));
    painter.drawPolyline(line);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool chosen = i == m_selected;
        painter.setBrush(colourOf(points[i]));
        painter.setPen(
            QPen(palette().color(chosen && hasFocus() ? QPalette::Highlight : QPalette::Text),
                 chosen ? 2.6 : 1.2));
        painter.drawEllipse(placeOf(i), chosen ? 6.0 : 4.5, chosen ? 6.0 : 4.5);
    }
    painter.restore();
}

void TransferEditor::drawRange(QPainter& painter) const {
    const double low = xOf(range().low);
    const double high = xOf(range().high);
    const QRectF strip(low, plot().bottom() + 3.0, std::max(1.0, high - low), kStrip);
    QLinearGradient gradient(strip.topLeft(), strip.topRight());
    for (const TransferPoint& point : m_model.function().points)
        gradient.setColorAt(std::clamp(point.position, 0.0, 1.0), colourOf(point));
    painter.fillRect(strip, gradient);
    painter.setPen(palette().color(QPalette::Text));
    painter.setBrush(palette().color(QPalette::Button));
    for (const double x : {low, high})
        painter.drawRect(QRectF(x - 3.0, strip.top() - 2.0, 6.0, kStrip + 4.0));
}

void TransferEditor::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    drawHistogram(painter, 0);
    drawHistogram(painter, 1);
    drawAxes(painter);
    drawRange(painter);
    drawCurve(painter);
}

} // namespace likeness
