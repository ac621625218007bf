// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/labels.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QTextDocument>

namespace likeness {

namespace {

QString word(LabelRole role) {
    switch (role) {
    case LabelRole::plain:
        return {};
    case LabelRole::title:
        return QStringLiteral("title");
    case LabelRole::section:
        return QStringLiteral("section");
    case LabelRole::muted:
        return QStringLiteral("muted");
    case LabelRole::warning:
        return QStringLiteral("warning");
    case LabelRole::error:
        return QStringLiteral("error");
    }
    return {};
}

} // namespace

QLabel* makeLabel(const QString& text, LabelRole role, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    label->setWordWrap(role != LabelRole::plain && role != LabelRole::title &&
                       role != LabelRole::section);
    label->setProperty("role", word(role));
    return label;
}

void setRole(QLabel* label, LabelRole role) {
    label->setProperty("role", word(role));
    label->style()->unpolish(label);
    label->style()->polish(label);
}

QPushButton* makeButton(const QString& text, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAutoDefault(false);
    return button;
}

QPushButton* makePrimaryButton(const QString& text, QWidget* parent) {
    auto* button = makeButton(text, parent);
    button->setProperty("role", QStringLiteral("primary"));
    return button;
}

QFrame* makeCard(QWidget* parent) {
    auto* card = new QFrame(parent);
    card->setProperty("role", QStringLiteral("card"));
    return card;
}

QString plainToolTip(const QString& text) {
    if (!Qt::mightBeRichText(text))
        return text;
    return QStringLiteral("<p>%1</p>")
        .arg(text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br/>")));
}

void nameField(QWidget* field, const QString& name) {
    field->setAccessibleName(name);
}

} // namespace likeness
