// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/modelpanel.h"

#include "ui/dialogs/message.h"
#include "ui/models/deletions.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QVBoxLayout>

namespace likeness {

ModelPanel::ModelPanel(ProjectSession& session,
                       ModelChoice& choice,
                       Deletions& deletions,
                       QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_choice(choice)
    , m_deletions(deletions)
    , m_view(new QListView)
    , m_about(makeLabel({}, LabelRole::muted))
    , m_resume(makeButton(tr("Train on")))
    , m_delete(makeButton(tr("Delete"))) {
    m_view->setModel(choice.models());
    m_view->setItemDelegate(new ListItemDelegate(this));
    m_view->setMouseTracking(true);
    nameField(m_view, tr("Models"));
    setupLayout();
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) { m_choice.chooseRow(index.row()); });
    connect(&choice, &ModelChoice::refreshed, this, &ModelPanel::refresh);
    connect(&choice, &ModelChoice::changed, this, &ModelPanel::refresh);
    connect(m_delete, &QPushButton::clicked, this, &ModelPanel::askRemoval);
    connect(m_resume, &QPushButton::clicked, this, &ModelPanel::resumeWanted);
    refresh();
}

void ModelPanel::setupLayout() {
    auto* removal = new QAction(tr("Delete the model"), m_view);
    removal->setShortcut(QKeySequence::Delete);
    removal->setShortcutContext(Qt::WidgetShortcut);
    connect(removal, &QAction::triggered, this, &ModelPanel::askRemoval);
    m_view->addAction(removal);
    m_resume->setToolTip(tr("Goes on with the training of this model"));
    m_delete->setAccessibleName(tr("Delete the model"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_resume, 1);
    row->addWidget(m_delete, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeLabel(tr("Models"), LabelRole::section));
    column->addWidget(m_view, 1);
    column->addWidget(m_about);
    column->addLayout(row);
}

void ModelPanel::refresh() {
    const QModelIndex index = m_choice.models()->index(m_choice.currentRow());
    if (m_view->currentIndex() != index)
        m_view->setCurrentIndex(index);
    const CheckpointEntry* entry = m_choice.current();
    m_delete->setEnabled(entry && !entry->id.empty());
    m_delete->setToolTip(entry && entry->id.empty()
                             ? tr("This model ships with the program and lies outside the project.")
                             : tr("Moves the model to the trash"));
    m_resume->setEnabled(entry && !entry->madeAt.empty());
    if (!entry) {
        m_about->setText(tr("Train a model on one of your sets, and it appears here."));
        return;
    }
    QStringList about{familyName(entry->model)};
    if (entry->size > 0)
        about << tr("%1 px").arg(entry->size);
    if (!entry->preset.empty())
        about << words::text(entry->preset);
    m_about->setText(about.join(QStringLiteral(" \u00b7 ")) + QStringLiteral("\n") +
                     familySentence(entry->model));
}

void ModelPanel::askRemoval() {
    const CheckpointEntry* entry = m_choice.current();
    if (!entry || entry->id.empty())
        return;
    TrashSelection selection;
    selection.checkpoints = {entry->id};
    const QString name = tr("the model %1").arg(words::text(entry->name));
    const auto images = imagesOf(m_session.snapshot(), entry->id, {});
    for (const GalleryModel::Item& item : images)
        selection.samples.push_back(item.sample.id);
    if (images.empty()) {
        m_deletions.remove(selection, name);
        return;
    }
    const QString made = words::count(std::ssize(images), words::Noun::image);
    askThen(this, tr("Delete the model and its images?"),
            tr("%1 in this project were made by %2 and go to the trash with it. Both can be "
               "restored together.")
                .arg(made, words::text(entry->name)),
            tr("Delete both"), [this, selection, what = tr("%1 and %2").arg(name, made)] {
                m_deletions.remove(selection, what);
            });
}

} // namespace likeness
