// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/rawlayoutdialog.h"

#include "ui/widgets/labels.h"
#include "ui/widgets/rawlayoutform.h"

#include <QCoreApplication>
#include <QDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(RawLayoutDialog)
};

} // namespace

void askRawLayout(QWidget* parent,
                  JobRunner& jobs,
                  const QString& path,
                  std::function<void(const RawLayout&)> confirmed) {
    const QString name = QFileInfo(path).fileName();
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Tr::tr("Layout of %1").arg(name));
    dialog->setMinimumWidth(420);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(makeLabel(Tr::tr("How the pixels of %1 lie").arg(name), LabelRole::section));
    auto* form = new RawLayoutForm(jobs);
    column->addWidget(form);
    QPushButton* cancel = makeButton(Tr::tr("Cancel"));
    QPushButton* open = makePrimaryButton(Tr::tr("Open"));
    open->setDefault(true);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(open);
    column->addLayout(row);
    const auto check = [form, open] { open->setEnabled(form->problem().isEmpty()); };
    QObject::connect(form, &RawLayoutForm::changed, dialog, check);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(open, &QPushButton::clicked, dialog, &QDialog::accept);
    QObject::connect(dialog, &QDialog::accepted, parent,
                     [form, confirmed = std::move(confirmed)] { confirmed(form->layout()); });
    form->setFiles({path});
    check();
    dialog->open();
}

} // namespace likeness
