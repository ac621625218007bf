// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/maskbrush.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTransform>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace likeness {

namespace {

constexpr std::size_t kMostSteps = 50;
constexpr int kLargestBrush = 512;
const QColor kTint(0xff, 0x8a, 0x3c, 0x8c);
const QColor kOutline(0xff, 0xb0, 0x78);

std::int64_t marked(const QImage& mask) {
    std::int64_t count = 0;
    for (int y = 0; y < mask.height(); ++y) {
        const uchar* line = mask.constScanLine(y);
        count += std::count_if(line, line + mask.width(), [](uchar value) { return value != 0; });
    }
    return count;
}

} // namespace

MaskBrush::MaskBrush(QObject* parent)
    : CanvasTool(parent) {}

void MaskBrush::setSize(QSize size) {
    m_mask = QImage(size, QImage::Format_Grayscale8);
    m_mask.fill(0);
    m_former.clear();
    m_down = false;
    change();
}

bool MaskBrush::setMask(const QImage& mask) {
    if (mask.size() != m_mask.size() || mask.format() != QImage::Format_Grayscale8)
        return false;
    remember();
    m_mask = mask;
    change();
    return true;
}

bool MaskBrush::isEmpty() const {
    return marked(m_mask) == 0;
}

double MaskBrush::share() const {
    const double all = static_cast<double>(m_mask.width()) * m_mask.height();
    return all > 0.0 ? static_cast<double>(marked(m_mask)) / all : 0.0;
}

void MaskBrush::setDiameter(int pixels) {
    m_diameter = std::clamp(pixels, 1, kLargestBrush);
    Q_EMIT redrawWanted();
}

void MaskBrush::remember() {
    m_former.push_back(m_mask);
    if (m_former.size() > kMostSteps)
        m_former.erase(m_former.begin());
}

void MaskBrush::change() {
    m_tint = QImage(m_mask.size(), QImage::Format_ARGB32_Premultiplied);
    m_tint.fill(Qt::transparent);
    const QRgb tint = qPremultiply(kTint.rgba());
    for (int y = 0; y < m_mask.height(); ++y) {
        const uchar* from = m_mask.constScanLine(y);
        auto* to = reinterpret_cast<QRgb*>(m_tint.scanLine(y));
        for (int x = 0; x < m_mask.width(); ++x)
            to[x] = from[x] != 0 ? tint : 0U;
    }
    Q_EMIT maskChanged();
    Q_EMIT redrawWanted();
}

void MaskBrush::fillBox(const QRect& box) {
    remember();
    const QRect inside = box.intersected(m_mask.rect());
    for (int y = inside.top(); y <= inside.bottom(); ++y)
        std::fill_n(m_mask.scanLine(y) + inside.left(), inside.width(), uchar{255});
    change();
}

void MaskBrush::clear() {
    remember();
    m_mask.fill(0);
    change();
}

void MaskBrush::invert() {
    remember();
    m_mask.invertPixels();
    change();
}

void MaskBrush::undo() {
    if (m_former.empty())
        return;
    m_mask = m_former.back();
    m_former.pop_back();
    change();
}

// Every pixel whose middle lies within half a diameter of the way.
void MaskBrush::stroke(QPointF from, QPointF to) {
    const double radius = std::max(0.5, 0.5 * m_diameter);
    const QRectF reach = QRectF(from, to).normalized().adjusted(-radius, -radius, radius, radius);
    const QRect area = reach.toAlignedRect().intersected(m_mask.rect());
    const QPointF way = to - from;
    const double length = QPointF::dotProduct(way, way);
    const uchar value = m_mode == Mode::erase ? 0 : 255;
    for (int y = area.top(); y <= area.bottom(); ++y) {
        uchar* line = m_mask.scanLine(y);
        for (int x = area.left(); x <= area.right(); ++x) {
            const QPointF at(x + 0.5, y + 0.5);
            const double share =
                length > 0.0 ? std::clamp(QPointF::dotProduct(at - from, way) / length, 0.0, 1.0)
                             : 0.0;
            const QPointF distance = at - (from + share * way);
            if (QPointF::dotProduct(distance, distance) <= radius * radius)
                line[x] = value;
        }
    }
}

bool MaskBrush::press(const QMouseEvent& event, QPointF picture) {
    if (event.button() != Qt::LeftButton || event.modifiers().testFlag(Qt::ShiftModifier) ||
        m_mask.isNull())
        return false;
    m_down = true;
    m_start = m_last = picture;
    if (m_mode != Mode::box) {
        remember();
        stroke(picture, picture);
        change();
    }
    return true;
}

bool MaskBrush::move(const QMouseEvent& event, QPointF picture) {
    Q_UNUSED(event)
    m_hovering = true;
    if (m_down && m_mode != Mode::box) {
        stroke(m_last, picture);
        change();
    }
    m_last = picture;
    Q_EMIT redrawWanted();
    return m_down;
}

bool MaskBrush::release(const QMouseEvent& event, QPointF picture) {
    if (event.button() != Qt::LeftButton || !m_down)
        return false;
    m_down = false;
    m_last = picture;
    if (m_mode == Mode::box)
        fillBox(dragged());
    return true;
}

void MaskBrush::leave() {
    m_hovering = false;
    Q_EMIT redrawWanted();
}

QRect MaskBrush::dragged() const {
    return QRectF(m_start, m_last).normalized().toAlignedRect();
}

void MaskBrush::draw(QPainter& painter, const QTransform& toPane) {
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(toPane.mapRect(QRectF(m_mask.rect())), m_tint);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(kOutline, 1.5));
    if (m_down && m_mode == Mode::box)
        painter.drawRect(toPane.mapRect(QRectF(dragged())));
    else if (m_hovering && m_mode != Mode::box)
        painter.drawEllipse(toPane.mapRect(QRectF(
            m_last.x() - 0.5 * m_diameter, m_last.y() - 0.5 * m_diameter, m_diameter, m_diameter)));
    painter.restore();
}

} // namespace likeness
