// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QFont>
#include <QIcon>
#include <QPainter>
#include <QPalette>
#include <QStyleFactory>

// The resources lie in a static library; this must stand outside every namespace.
static void initialiseResources() {
    Q_INIT_RESOURCE(app);
}

namespace likeness::theme {

namespace {

constexpr double kDisabledOpacity = 0.4;

} // namespace

void apply(QApplication& application) {
    initialiseResources();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QPalette palette;
    const QColor window(0x26, 0x26, 0x26);
    const QColor base(0x1f, 0x1f, 0x1f);
    const QColor disabled(0x78, 0x78, 0x78);
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, kText);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, QColor(0x23, 0x23, 0x23));
    palette.setColor(QPalette::Text, kText);
    palette.setColor(QPalette::Button, QColor(0x3a, 0x3a, 0x3a));
    palette.setColor(QPalette::ButtonText, kText);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, QColor(0x3a, 0x3a, 0x3a));
    palette.setColor(QPalette::ToolTipText, kText);
    palette.setColor(QPalette::Highlight, QColor(0x41, 0x67, 0x8c));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, kAccent);
    palette.setColor(QPalette::PlaceholderText, QColor(0x80, 0x80, 0x80));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    QApplication::setPalette(palette);
    QFont font = QApplication::font();
    font.setPixelSize(13);
    QApplication::setFont(font);
    QFile sheet(QStringLiteral(":/theme.qss"));
    if (sheet.open(QIODevice::ReadOnly))
        application.setStyleSheet(QString::fromUtf8(sheet.readAll()));
}

QColor colour(Domain domain) {
    switch (domain) {
    case Domain::rock:
        return {0xc7, 0x9d, 0x6d};
    case Domain::fibre:
        return {0x72, 0xa9, 0xc2};
    case Domain::root:
        return {0x92, 0xb8, 0x72};
    }
    return kMuted;
}

QColor colour(Origin origin) {
    switch (origin) {
    case Origin::real:
        return {0xd8, 0xd8, 0xd8};
    case Origin::synthetic:
        return {0xb5, 0x9c, 0xdc};
    case Origin::phantom:
        return {0xa0, 0xa0, 0xa0};
    }
    return kMuted;
}

QIcon icon(const QString& name) {
    const QIcon drawn(QStringLiteral(":/icons/%1.svg").arg(name));
    QIcon icon = drawn;
    for (const int edge : {20, 40}) {
        const QPixmap full = drawn.pixmap(QSize(edge, edge), 1.0);
        QPixmap faded(full.size());
        faded.fill(Qt::transparent);
        QPainter painter(&faded);
        painter.setOpacity(kDisabledOpacity);
        painter.drawPixmap(0, 0, full);
        painter.end();
        icon.addPixmap(faded, QIcon::Disabled);
    }
    return icon;
}

} // namespace likeness::theme
