// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/detailspanel.h"

#include "ui/widgets/labels.h"

#include <QGridLayout>
#include <QLabel>
#include <QLayoutItem>
#include <QVBoxLayout>

namespace likeness {

namespace {

constexpr int kSections = 2;
constexpr qsizetype kLongWord = 16;

// A file name has no spaces: a zero-width space behind each sign lets a long one wrap.
QString wrapping(const QString& value) {
    if (value.size() < kLongWord || value.contains(QLatin1Char(' ')))
        return value;
    QString out;
    for (const QChar letter : value) {
        out += letter;
        if (letter == QLatin1Char('_') || letter == QLatin1Char('-') || letter == QLatin1Char('.'))
            out += QChar(0x200B);
    }
    return out;
}

} // namespace

DetailsPanel::DetailsPanel(QWidget* parent)
    : QFrame(parent)
    , m_column(new QVBoxLayout(this)) {
    setProperty("role", QStringLiteral("card"));
    m_column->setContentsMargins(16, 14, 16, 14);
    m_column->setSpacing(8);
    for (int i = 0; i < kSections; ++i) {
        Section section{makeLabel({}, LabelRole::section), new QGridLayout};
        section.title->setWordWrap(true);
        section.grid->setHorizontalSpacing(12);
        section.grid->setVerticalSpacing(5);
        section.grid->setColumnStretch(1, 1);
        m_column->addWidget(section.title);
        m_column->addLayout(section.grid);
        m_column->addSpacing(6);
        m_sections.push_back(section);
    }
    m_stretch = m_column->count();
    m_column->addStretch(1);
}

void DetailsPanel::setSection(int section, const QString& title, const Rows& rows) {
    const Section& target = m_sections.at(static_cast<std::size_t>(section));
    target.title->setText(title);
    target.title->setVisible(!title.isEmpty());
    while (QLayoutItem* item = target.grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto& [name, value] : rows) {
        QLabel* label = makeLabel(name, LabelRole::muted);
        label->setWordWrap(false);
        QLabel* words = makeLabel(wrapping(value));
        words->setToolTip(plainToolTip(value));
        words->setWordWrap(true);
        words->setMinimumWidth(60);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
        target.grid->addWidget(label, row, 0, Qt::AlignTop);
        target.grid->addWidget(words, row, 1, Qt::AlignTop);
        ++row;
    }
}

void DetailsPanel::addWidget(QWidget* widget) {
    m_column->insertWidget(m_stretch++, widget);
}

void DetailsPanel::addAtBottom(QWidget* widget) {
    m_column->addWidget(widget);
}

} // namespace likeness
