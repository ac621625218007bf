// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/message.h"

#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QCoreApplication>
#include <QDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(Message)
};

constexpr int kWidth = 460;

QDialog* makeDialog(QWidget* parent,
                    const QString& heading,
                    const QString& sentence,
                    const QStringList& details) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QStringLiteral("Likeness"));
    dialog->setAccessibleName(heading);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(22, 20, 22, 16);
    column->setSpacing(10);
    QLabel* head = makeLabel(heading, LabelRole::section);
    head->setWordWrap(true);
    QLabel* body = makeLabel(sentence);
    body->setWordWrap(true);
    body->setTextInteractionFlags(Qt::TextSelectableByMouse);
    body->setFixedWidth(kWidth);
    column->addWidget(head);
    column->addWidget(body);
    if (!details.isEmpty()) {
        auto* list = new QPlainTextEdit(details.join(QLatin1Char('\n')));
        list->setReadOnly(true);
        list->setMinimumHeight(120);
        nameField(list, Tr::tr("Details"));
        column->addWidget(list);
    }
    column->addSpacing(6);
    return dialog;
}

QHBoxLayout* addButtonRow(QDialog* dialog) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch(1);
    static_cast<QVBoxLayout*>(dialog->layout())->addLayout(row);
    return row;
}

} // namespace

void showMessage(QWidget* parent,
                 const QString& heading,
                 const QString& sentence,
                 const QStringList& details) {
    QDialog* dialog = makeDialog(parent, heading, sentence, details);
    QHBoxLayout* row = addButtonRow(dialog);
    QPushButton* close = makePrimaryButton(Tr::tr("OK"));
    close->setDefault(true);
    QObject::connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    row->addWidget(close);
    dialog->open();
}

void showFailure(QWidget* parent, const std::exception_ptr& failure) {
    const words::Explanation explanation = words::explain(failure);
    showMessage(parent, explanation.heading, explanation.sentence);
}

void askThen(QWidget* parent,
             const QString& heading,
             const QString& sentence,
             const QString& action,
             std::function<void()> confirmed) {
    QDialog* dialog = makeDialog(parent, heading, sentence, {});
    QHBoxLayout* row = addButtonRow(dialog);
    QPushButton* cancel = makeButton(Tr::tr("Cancel"));
    QPushButton* confirm = makePrimaryButton(action);
    cancel->setDefault(true);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(confirm, &QPushButton::clicked, dialog, &QDialog::accept);
    QObject::connect(dialog, &QDialog::accepted, parent, std::move(confirmed));
    row->addWidget(cancel);
    row->addWidget(confirm);
    dialog->open();
}

} // namespace likeness
