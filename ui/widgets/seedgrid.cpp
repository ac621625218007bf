// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/seedgrid.h"

#include "ui/widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr int kGap = 6;
constexpr int kTitle = 20;
constexpr int kLargest = 104;
constexpr int kSmallest = 40;

void drawPicture(QPainter& painter, const QImage& image, const QRect& cell) {
    if (image.isNull()) {
        painter.fillRect(cell, QColor(0x29, 0x29, 0x29));
        return;
    }
    const QSize shown = image.size().scaled(cell.size(), Qt::KeepAspectRatio);
    QRect target(QPoint(), shown);
    target.moveCenter(cell.center());
    painter.setRenderHint(QPainter::SmoothPixmapTransform, image.width() > shown.width());
    painter.drawImage(target, image);
}

} // namespace

SeedGrid::SeedGrid(QWidget* parent)
    : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SeedGrid::setRows(std::vector<std::vector<QImage>> rows, const QStringList& titles) {
    m_rows = std::move(rows);
    m_titles = titles;
    m_column = std::min(m_column, columns() - 1);
    setFixedHeight(heightFor(width()));
    update();
}

void SeedGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    setFixedHeight(heightFor(width()));
}

int SeedGrid::columns() const {
    std::size_t columns = 0;
    for (const auto& row : m_rows)
        columns = std::max(columns, row.size());
    return static_cast<int>(columns);
}

void SeedGrid::setColumn(int column) {
    m_column = column;
    update();
}

int SeedGrid::edge(int width) const {
    const int count = std::max(1, columns());
    return std::clamp((width - (count - 1) * kGap) / count, kSmallest, kLargest);
}

int SeedGrid::heightFor(int width) const {
    return static_cast<int>(m_rows.size()) * (kTitle + edge(width) + kGap);
}

QSize SeedGrid::sizeHint() const {
    return {640, heightFor(640)};
}

QSize SeedGrid::minimumSizeHint() const {
    return {320, heightFor(320)};
}

void SeedGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const int side = edge(width());
    int y = 0;
    for (std::size_t r = 0; r < m_rows.size(); ++r) {
        painter.setPen(theme::kMuted);
        painter.drawText(QRect(0, y, width(), kTitle - 4), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_titles.value(static_cast<int>(r)),
                                                          Qt::ElideMiddle, width()));
        y += kTitle;
        for (std::size_t c = 0; c < m_rows[r].size(); ++c) {
            const QRect cell(static_cast<int>(c) * (side + kGap), y, side, side);
            drawPicture(painter, m_rows[r][c], cell);
            if (static_cast<int>(c) == m_column) {
                painter.setPen(QPen(hasFocus() ? theme::kAccent : theme::kAccent.darker(140), 2));
                painter.drawRect(cell.adjusted(1, 1, -1, -1));
            }
        }
        y += side + kGap;
    }
}

void SeedGrid::choose(int column) {
    if (column < 0 || column >= columns() || column == m_column)
        return;
    setColumn(column);
    Q_EMIT columnChosen(column);
}

void SeedGrid::mousePressEvent(QMouseEvent* event) {
    choose(static_cast<int>(event->position().x()) / (edge(width()) + kGap));
}

void SeedGrid::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left)
        choose(std::max(0, m_column - 1));
    else if (event->key() == Qt::Key_Right)
        choose(m_column + 1);
    else
        QWidget::keyPressEvent(event);
}

} // namespace likeness
