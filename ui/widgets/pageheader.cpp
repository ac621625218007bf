// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/pageheader.h"

#include "ui/widgets/labels.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace likeness {

PageHeader::PageHeader(const QString& title, const QString& sentence, QWidget* parent)
    : QWidget(parent)
    , m_actions(new QHBoxLayout) {
    m_actions->setSpacing(8);
    auto* words = new QVBoxLayout;
    words->setSpacing(3);
    words->addWidget(makeLabel(title, LabelRole::title));
    words->addWidget(makeLabel(sentence, LabelRole::muted));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 4);
    row->setSpacing(16);
    row->addLayout(words, 1);
    row->addLayout(m_actions);
}

void PageHeader::addAction(QWidget* widget) {
    m_actions->addWidget(widget, 0, Qt::AlignVCenter);
}

} // namespace likeness
