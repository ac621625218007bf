// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/smalldialogs.h"

#include "ui/widgets/labels.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(SmallDialogs)
};

struct Parts {
    QDialog* dialog = nullptr;
    QFormLayout* form = nullptr;
    QPushButton* confirm = nullptr;
};

Parts makeParts(QWidget* parent,
                const QString& title,
                const QString& sentence,
                const QString& action) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setMinimumWidth(460);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(14);
    column->addWidget(makeLabel(title, LabelRole::section));
    column->addWidget(makeLabel(sentence, LabelRole::muted));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(9);
    column->addLayout(form);
    auto* cancel = makeButton(Tr::tr("Cancel"));
    auto* confirm = makePrimaryButton(action);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    QObject::connect(confirm, &QPushButton::clicked, dialog, &QDialog::accept);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(confirm);
    column->addLayout(row);
    return {dialog, form, confirm};
}

} // namespace

void askUnblinding(QWidget* parent,
                   const QString& study,
                   const QString& lead,
                   std::function<void(const QString& reason, const QString& by)> confirmed) {
    const Parts parts = makeParts(parent, Tr::tr("Unblind %1").arg(study),
                                  Tr::tr("The key is opened and the results become visible. This "
                                         "is recorded with your name and reason, and it "
                                         "cannot be undone. Merge all ratings first."),
                                  Tr::tr("Unblind"));
    auto* reason = new QLineEdit;
    auto* by = new QLineEdit(lead);
    reason->setPlaceholderText(Tr::tr("such as: all raters are done"));
    parts.form->addRow(Tr::tr("Reason"), reason);
    parts.form->addRow(Tr::tr("Your name"), by);
    nameField(reason, Tr::tr("Reason"));
    nameField(by, Tr::tr("Your name"));
    const auto refresh = [reason, by, confirm = parts.confirm] {
        confirm->setEnabled(!reason->text().trimmed().isEmpty() && !by->text().trimmed().isEmpty());
    };
    QObject::connect(reason, &QLineEdit::textChanged, parts.dialog, refresh);
    QObject::connect(by, &QLineEdit::textChanged, parts.dialog, refresh);
    refresh();
    QObject::connect(parts.dialog, &QDialog::accepted, parent,
                     [reason, by, confirmed = std::move(confirmed)] {
                         confirmed(reason->text().trimmed(), by->text().trimmed());
                     });
    reason->setFocus();
    parts.dialog->open();
}

void askSimulation(QWidget* parent,
                   const QString& study,
                   std::function<void(const SimulatedPanel&)> confirmed) {
    const Parts parts = makeParts(parent, Tr::tr("Simulate raters for %1").arg(study),
                                  Tr::tr("A pilot: made-up raters answer every trial. Their "
                                         "ratings are marked as simulated for ever and are never "
                                         "a finding."),
                                  Tr::tr("Simulate"));
    parts.confirm->setDefault(true);
    auto* raters = new QSpinBox;
    raters->setRange(1, 100);
    raters->setValue(3);
    auto* sensitivity = new QDoubleSpinBox;
    sensitivity->setRange(0.0, 5.0);
    sensitivity->setSingleStep(0.25);
    sensitivity->setValue(1.0);
    auto* seed = new QSpinBox;
    seed->setRange(0, 2'000'000'000);
    parts.form->addRow(Tr::tr("Raters"), raters);
    parts.form->addRow(Tr::tr("Skill (d\u2032, 0 is guessing)"), sensitivity);
    parts.form->addRow(Tr::tr("Seed"), seed);
    nameField(raters, Tr::tr("Raters"));
    nameField(sensitivity, Tr::tr("Skill"));
    nameField(seed, Tr::tr("Seed"));
    QObject::connect(parts.dialog, &QDialog::accepted, parent,
                     [raters, sensitivity, seed, confirmed = std::move(confirmed)] {
                         SimulatedPanel panel;
                         panel.raters = raters->value();
                         panel.sensitivity = sensitivity->value();
                         panel.seed = static_cast<std::uint64_t>(seed->value());
                         confirmed(panel);
                     });
    raters->setFocus();
    parts.dialog->open();
}

} // namespace likeness
