// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/imagestrip.h"

#include "ui/widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr int kCell = 128;
constexpr int kShortRow = 4; // images in one row
constexpr int kGap = 8;

// Small images grow by whole numbers, so that their pixels stay what they are.
void drawImage(QPainter& painter, const QImage& image, const QRect& cell) {
    const int longest = std::max(image.width(), image.height());
    const bool enlarge = longest <= kCell;
    const QSize shown = enlarge ? image.size() * (kCell / longest)
                                : image.size().scaled(cell.size(), Qt::KeepAspectRatio);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !enlarge);
    painter.drawImage(QRect(cell.topLeft(), shown), image);
}

} // namespace

ImageStrip::ImageStrip(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ImageStrip::setImages(std::vector<QImage> images) {
    m_images = std::move(images);
    update();
}

void ImageStrip::setPlaceholder(const QString& sentence) {
    m_sentence = sentence;
    update();
}

QSize ImageStrip::sizeHint() const {
    return {kShortRow * (kCell + kGap), 2 * kCell + kGap};
}

QSize ImageStrip::minimumSizeHint() const {
    return {kCell, 2 * kCell + kGap};
}

void ImageStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (m_images.empty()) {
        painter.setPen(theme::kMuted);
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_sentence);
        return;
    }
    const int columns = std::clamp((width() + kGap) / (kCell + kGap), 1, kShortRow);
    for (std::size_t i = 0; i < m_images.size(); ++i) {
        const int column = static_cast<int>(i) % columns;
        const QRect cell(column * (kCell + kGap), static_cast<int>(i) / columns * (kCell + kGap),
                         kCell, kCell);
        drawImage(painter, m_images[i], cell);
    }
}

} // namespace likeness
