// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/delegates.h"

#include "ui/models/itemroles.h"
#include "ui/widgets/theme.h"

#include <QImage>
#include <QPainter>

namespace likeness {

namespace {

constexpr int kMargin = 10;
constexpr int kRowHeight = 50;
constexpr int kDot = 8;
constexpr int kCaption = 20;

const QColor kSelected(0x34, 0x49, 0x5e);
const QColor kHover(0x2a, 0x2a, 0x2a);

void paintRowBackground(QPainter& painter, const QStyleOptionViewItem& option) {
    const QRectF row = QRectF(option.rect).adjusted(4, 2, -4, -2);
    painter.setPen(Qt::NoPen);
    if (option.state & QStyle::State_Selected)
        painter.setBrush(kSelected);
    else if (option.state & QStyle::State_MouseOver)
        painter.setBrush(kHover);
    else
        painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(row, 6, 6);
    if (option.state & QStyle::State_HasFocus) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme::kAccent.darker(130), 1));
        painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
}

// Returns the width that the badge took, with its distance.
int paintBadge(QPainter& painter, const QRect& line, const QString& text, const QColor& colour) {
    if (text.isEmpty())
        return 0;
    QFont font = painter.font();
    font.setPixelSize(11);
    painter.setFont(font);
    const int width = painter.fontMetrics().horizontalAdvance(text) + 14;
    const QRectF capsule(line.right() - width + 1, line.center().y() - 8.5, width, 18);
    painter.setPen(QPen(colour.darker(160), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(capsule, 9, 9);
    painter.setPen(colour);
    painter.drawText(capsule, Qt::AlignCenter, text);
    return width + 8;
}

} // namespace

void ListItemDelegate::paint(QPainter* painter,
                             const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    paintRowBackground(*painter, option);
    const QRect inner = option.rect.adjusted(kMargin + 4, 6, -kMargin - 4, -6);
    QRect first(inner.left(), inner.top(), inner.width(), inner.height() / 2);
    QRect second(inner.left(), first.bottom() + 1, inner.width(), inner.height() - first.height());

    if (const auto colour = index.data(ColourRole).value<QColor>(); colour.isValid()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawEllipse(QRectF(first.left(), first.center().y() - kDot / 2.0 + 1, kDot, kDot));
        first.setLeft(first.left() + kDot + 8);
        second.setLeft(second.left() + kDot + 8);
    }
    painter->setFont(option.font);
    const QString trailing = index.data(TrailingRole).toString();
    const int trailingWidth =
        trailing.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(trailing) + 10;
    painter->setPen(theme::kMuted);
    painter->drawText(first, Qt::AlignRight | Qt::AlignVCenter, trailing);
    const int badgeWidth = paintBadge(*painter, second, index.data(BadgeRole).toString(),
                                      index.data(BadgeColourRole).value<QColor>());
    painter->setFont(option.font);
    painter->setPen(option.state & QStyle::State_Selected ? QColor(Qt::white) : theme::kText);
    painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString(),
                                                        Qt::ElideMiddle,
                                                        first.width() - trailingWidth));
    painter->setPen(theme::kMuted);
    QFont small = option.font;
    small.setPixelSize(12);
    painter->setFont(small);
    painter->drawText(second, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(index.data(DetailRole).toString(),
                                                        Qt::ElideRight,
                                                        second.width() - badgeWidth));
    painter->restore();
}

QSize ListItemDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {160, kRowHeight};
}

ThumbnailDelegate::ThumbnailDelegate(int edge, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_edge(edge) {}

void ThumbnailDelegate::paint(QPainter* painter,
                              const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect cell(option.rect.left() + (option.rect.width() - m_edge) / 2, option.rect.top() + 4,
                     m_edge, m_edge);
    const auto image = index.data(Qt::DecorationRole).value<QImage>();
    painter->setFont(option.font);
    if (image.isNull()) {
        painter->fillRect(cell, QColor(0x29, 0x29, 0x29));
        if (index.data(FailedRole).toBool()) {
            painter->setPen(QColor(0xee, 0x9a, 0x8a));
            painter->drawText(cell, Qt::AlignCenter | Qt::TextWordWrap, tr("cannot be read"));
        }
    } else {
        const QSize shown = image.size().scaled(cell.size(), Qt::KeepAspectRatio);
        QRect target(QPoint(), shown);
        target.moveCenter(cell.center());
        // Small samples are enlarged without smoothing, so that their pixels stay what they are.
        painter->setRenderHint(QPainter::SmoothPixmapTransform, image.width() > shown.width());
        painter->drawImage(target, image);
    }
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        painter->setPen(
            QPen(selected ? theme::kAccent : QColor(0x66, 0x66, 0x66), selected ? 2.5 : 1.0));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(cell).adjusted(-1.5, -1.5, 1.5, 1.5));
    }
    painter->setPen(theme::kMuted);
    const QRect caption(option.rect.left(), cell.bottom() + 3, option.rect.width(), kCaption - 4);
    painter->drawText(caption, Qt::AlignHCenter | Qt::AlignTop,
                      painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString(),
                                                        Qt::ElideLeft, caption.width()));
    painter->restore();
}

QSize ThumbnailDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {m_edge + 8, m_edge + 8 + kCaption};
}

} // namespace likeness
