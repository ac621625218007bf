// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/trashdialog.h"

#include "ui/dialogs/message.h"
#include "ui/models/deletions.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

QString contentsOf(const Deletion& deletion) {
    QStringList parts;
    for (const std::string& set : deletion.sets)
        parts << TrashDialog::tr("set %1").arg(words::text(set));
    for (const std::string& model : deletion.models)
        parts << TrashDialog::tr("model %1").arg(words::text(model));
    if (deletion.samples > 0)
        parts << words::count(deletion.samples, words::Noun::image);
    return parts.join(QStringLiteral(", "));
}

TrashDialog::TrashDialog(ProjectSession& session, Deletions& deletions, QWidget* parent)
    : QDialog(parent)
    , m_session(session)
    , m_care(deletions)
    , m_list(new QListWidget)
    , m_sentence(makeLabel({}, LabelRole::muted))
    , m_restore(makeButton(tr("Restore")))
    , m_purge(makeButton(tr("Empty the trash\u2026"))) {
    setWindowTitle(tr("Trash"));
    resize(560, 380);
    nameField(m_list, tr("Deletions, newest first"));
    auto* close = makePrimaryButton(tr("Close"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_restore);
    row->addWidget(m_purge);
    row->addStretch(1);
    row->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(makeLabel(tr("Trash"), LabelRole::section));
    column->addWidget(m_sentence);
    column->addWidget(m_list, 1);
    column->addLayout(row);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_restore, &QPushButton::clicked, this, &TrashDialog::restoreChosen);
    connect(m_purge, &QPushButton::clicked, this, &TrashDialog::askPurge);
    connect(m_list, &QListWidget::currentRowChanged, this,
            [this](int current) { m_restore->setEnabled(current >= 0); });
    connect(&session, &ProjectSession::snapshotChanged, this, &TrashDialog::read);
    connect(&session, &ProjectSession::closed, this, &QDialog::reject);
    fill({});
    read();
}

void TrashDialog::read() {
    m_session.run(
        {tr("Reading the trash"), Lane::project, false}, ProjectSession::Effect::reads, this,
        [](Project& project, JobContext&) { return project.trash().deletions(); },
        [this](std::vector<Deletion> deletions) { fill(std::move(deletions)); });
}

void TrashDialog::fill(std::vector<Deletion> deletions) {
    m_deletions = std::move(deletions);
    m_list->clear();
    for (const Deletion& deletion : m_deletions)
        m_list->addItem(
            QStringLiteral("%1   %2").arg(words::when(deletion.at), contentsOf(deletion)));
    if (m_list->count() > 0)
        m_list->setCurrentRow(0);
    m_restore->setEnabled(m_list->count() > 0);
    m_purge->setEnabled(m_list->count() > 0);
    m_sentence->setText(m_deletions.empty()
                            ? tr("The trash is empty.")
                            : tr("What was deleted stays here until the trash is emptied."));
}

void TrashDialog::restoreChosen() {
    const int row = m_list->currentRow();
    if (row < 0 || row >= static_cast<int>(m_deletions.size()))
        return;
    const Deletion& deletion = m_deletions[static_cast<std::size_t>(row)];
    m_care.restore(deletion.at, contentsOf(deletion));
}

void TrashDialog::askPurge() {
    askThen(this, tr("Empty the trash?"),
            tr("All that lies in it is deleted from the disk for good. This cannot be undone."),
            tr("Empty the trash"), [this] { m_care.purge(); });
}

} // namespace likeness
