// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/emptystate.h"

#include "ui/widgets/labels.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace likeness {

EmptyState::EmptyState(const QString& title,
                       const QString& sentence,
                       const QString& action,
                       QWidget* parent)
    : QWidget(parent)
    , m_title(makeLabel(title, LabelRole::section))
    , m_sentence(makeLabel(sentence, LabelRole::muted)) {
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setMinimumWidth(220);
    m_sentence->setMaximumWidth(440);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(m_sentence, 4);
    centred->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(8);
    column->addStretch(2);
    column->addWidget(m_title);
    column->addLayout(centred);
    if (!action.isEmpty()) {
        auto* button = makePrimaryButton(action);
        connect(button, &QPushButton::clicked, this, &EmptyState::actionChosen);
        column->addSpacing(8);
        column->addWidget(button, 0, Qt::AlignHCenter);
    }
    column->addStretch(3);
}

void EmptyState::setWords(const QString& title, const QString& sentence) {
    m_title->setText(title);
    m_sentence->setText(sentence);
}

} // namespace likeness
