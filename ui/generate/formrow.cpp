// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/formrow.h"

#include "ui/widgets/labels.h"

#include <QBoxLayout>
#include <QFormLayout>
#include <QFrame>
#include <QLabel>

namespace likeness {

void addAbove(QBoxLayout* row, const QString& label, QWidget* field, int stretch) {
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    QLabel* words = makeLabel(label, LabelRole::muted);
    words->setWordWrap(false);
    words->setBuddy(field);
    column->addWidget(words);
    column->addWidget(field);
    row->addLayout(column, stretch);
    nameField(field, label);
}

QFormLayout* makeFieldForm() {
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(9);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

void addBeside(QFormLayout* form, const QString& label, QWidget* field) {
    form->addRow(label, field);
    nameField(field, label);
}

QVBoxLayout* makeCardColumn(QFrame* card, const QString& title) {
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(18, 14, 18, 16);
    column->setSpacing(12);
    if (!title.isEmpty())
        column->addWidget(makeLabel(title, LabelRole::section));
    return column;
}

} // namespace likeness
