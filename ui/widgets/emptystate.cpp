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
    : QWidget(parent) {
    QLabel* heading = makeLabel(title, LabelRole::section);
    heading->setAlignment(Qt::AlignCenter);
    heading->setWordWrap(true);
    QLabel* words = makeLabel(sentence, LabelRole::muted);
    words->setAlignment(Qt::AlignCenter);
    words->setMinimumWidth(220);
    words->setMaximumWidth(440);
    auto* centred = new QHBoxLayout;
    centred->addStretch(1);
    centred->addWidget(words, 4);
    centred->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(8);
    column->addStretch(2);
    column->addWidget(heading);
    column->addLayout(centred);
    if (!action.isEmpty()) {
        auto* button = makePrimaryButton(action);
        connect(button, &QPushButton::clicked, this, &EmptyState::actionChosen);
        column->addSpacing(8);
        column->addWidget(button, 0, Qt::AlignHCenter);
    }
    column->addStretch(3);
}

} // namespace likeness
