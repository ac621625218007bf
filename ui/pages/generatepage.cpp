// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/generatepage.h"

#include "ui/dialogs/trashdialog.h"
#include "ui/generate/editsection.h"
#include "ui/generate/exploresection.h"
#include "ui/generate/externalsection.h"
#include "ui/generate/modelpanel.h"
#include "ui/generate/samplesection.h"
#include "ui/generate/trainsection.h"
#include "ui/models/deletions.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/widgets/undobar.h"
#include "ui/words.h"

#include <QListView>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace likeness {

GeneratePage::GeneratePage(ProjectSession& session,
                           ThumbnailStore& thumbnails,
                           Settings& settings,
                           QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_choice(new ModelChoice(session, this))
    , m_deletions(new Deletions(session, this))
    , m_models(new ModelPanel(session, *m_choice, *m_deletions))
    , m_tabs(new QTabWidget)
    , m_samples(new SampleSection({session, thumbnails, settings, *m_choice, *m_deletions}))
    , m_training(new TrainSection(session, settings, *m_choice))
    , m_editing(new EditSection({session, thumbnails, settings, *m_choice, *m_deletions}))
    , m_exploring(new ExploreSection({session, thumbnails, settings, *m_choice, *m_deletions}))
    , m_external(new ExternalSection({session, thumbnails, settings, *m_choice, *m_deletions})) {
    setupSections();
    setupLayout();
    setupUndo();
}

void GeneratePage::setupSections() {
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->tabBar()->setAccessibleName(tr("What to do with the model"));
    m_tabs->addTab(m_samples, tr("Images"));
    m_tabs->addTab(m_editing, tr("Edit"));
    m_tabs->addTab(m_exploring, tr("Explore"));
    m_tabs->addTab(m_training, tr("Train"));
    m_tabs->addTab(m_external, tr("Other programs"));
    connect(m_editing, &EditSection::messageRaised, this, &Page::messageRaised);
    connect(m_exploring, &ExploreSection::messageRaised, this, &Page::messageRaised);
    connect(m_external, &ExternalSection::messageRaised, this, &Page::messageRaised);
    connect(m_samples, &SampleSection::messageRaised, this, &Page::messageRaised);
    connect(m_training, &TrainSection::messageRaised, this, &Page::messageRaised);
    connect(m_training, &TrainSection::trained, this,
            [this](const std::string& checkpointId) { m_choice->chooseId(checkpointId); });
    connect(m_samples->gallery(), &Gallery::inspectWanted, this, &GeneratePage::inspectRequested);
    connect(m_samples->gallery(), &Gallery::moreWanted, this, &GeneratePage::showMore);
    connect(m_samples->gallery(), &Gallery::editWanted, this, [this](const SampleRecord& sample) {
        m_tabs->setCurrentWidget(m_editing);
        m_editing->setParentImage(sample);
    });
    connect(m_models, &ModelPanel::resumeWanted, this, [this] {
        m_tabs->setCurrentWidget(m_training);
        m_training->chooseResume();
    });
}

// A model that can edit varies the image; the others draw on.
void GeneratePage::showMore(const SampleRecord& sample, const QString& setName) {
    const CheckpointEntry* entry = m_choice->current();
    if (!entry || !abilityOf(*entry).edits) {
        m_samples->generateMore(setName);
        return;
    }
    m_tabs->setCurrentWidget(m_editing);
    m_editing->setParentImage(sample, EditKind::vary);
}

void GeneratePage::setupLayout() {
    auto* trash = makeButton(tr("Trash\u2026"));
    connect(trash, &QPushButton::clicked, this, [this] {
        if (!m_session.isOpen())
            return;
        auto* dialog = new TrashDialog(m_session, *m_deletions, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    auto* header = new PageHeader(
        tr("Generate"), tr("Train models on your scans and draw synthetic images from them."));
    header->addAction(trash);
    auto* splitter = new QSplitter;
    splitter->addWidget(m_models);
    splitter->addWidget(m_tabs);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({250, 800});
    splitter->setChildrenCollapsible(false);
    m_models->setMinimumWidth(220);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(header);
    column->addWidget(splitter, 1);
    column->addWidget(new UndoBar(*m_deletions));
}

void GeneratePage::setupUndo() {
    auto* undo = new QShortcut(QKeySequence::Undo, this);
    undo->setContext(Qt::WidgetWithChildrenShortcut);
    connect(undo, &QShortcut::activated, m_deletions, &Deletions::undo);
    connect(m_deletions, &Deletions::purged, this, [this](const Purged& purged) {
        constexpr double kMega = 1e6;
        Q_EMIT messageRaised(tr("The trash is empty; %1 MB were freed.")
                                 .arg(words::number(static_cast<double>(purged.bytes) / kMega)),
                             false);
    });
}

void GeneratePage::chooseTrainingSet(const QString& setId) {
    m_tabs->setCurrentWidget(m_training);
    m_training->chooseSet(setId);
}

void GeneratePage::entered() {
    m_models->view()->setFocus();
}

} // namespace likeness
