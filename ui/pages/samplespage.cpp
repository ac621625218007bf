// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samplespage.h"

#include "ui/dialogs/importdialog.h"
#include "ui/dialogs/message.h"
#include "ui/models/deletions.h"
#include "ui/models/projectsession.h"
#include "ui/models/sampledetails.h"
#include "ui/models/samplelistmodel.h"
#include "ui/models/setlistmodel.h"
#include "ui/models/thumbnailstore.h"
#include "ui/settings/settings.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/detailspanel.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/filterbar.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/widgets/undobar.h"
#include "ui/words.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QItemSelectionModel>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <map>

namespace likeness {

namespace {

QStringList localFiles(const QMimeData* mime) {
    QStringList paths;
    for (const QUrl& url : mime->urls()) {
        if (url.isLocalFile())
            paths << url.toLocalFile();
    }
    return paths;
}

} // namespace

SamplesPage::SamplesPage(ProjectSession& session,
                         ThumbnailStore& thumbnails,
                         Settings& settings,
                         QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_sets(new SetListModel(this))
    , m_samples(new SampleListModel(thumbnails, this))
    , m_setView(new QListView)
    , m_sampleView(new QListView)
    , m_filter(new FilterBar)
    , m_details(new DetailsPanel)
    , m_train(makeButton(tr("Train a model on this set")))
    , m_deletions(new Deletions(session, this))
    , m_stack(new QStackedWidget) {
    setAcceptDrops(true);
    setupLists();
    setupLayout();
    setupDeletion();
    connect(&session, &ProjectSession::snapshotChanged, this, &SamplesPage::onSnapshot);
    connect(&session, &ProjectSession::closed, this, &SamplesPage::onSnapshot);
    onSnapshot();
}

void SamplesPage::setupLists() {
    m_setView->setModel(m_sets);
    m_setView->setItemDelegate(new ListItemDelegate(this));
    m_setView->setMouseTracking(true);
    m_setView->setSelectionMode(QAbstractItemView::ExtendedSelection);
    nameField(m_setView, tr("Sets"));
    const int edge = m_settings.thumbnailEdge.get();
    m_sampleView->setModel(m_samples);
    m_sampleView->setItemDelegate(new ThumbnailDelegate(edge, this));
    m_sampleView->setViewMode(QListView::IconMode);
    m_sampleView->setResizeMode(QListView::Adjust);
    m_sampleView->setMovement(QListView::Static);
    m_sampleView->setUniformItemSizes(true);
    m_sampleView->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_sampleView->setSpacing(1);
    m_sampleView->setMouseTracking(true);
    m_sampleView->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    nameField(m_sampleView, tr("Samples of the set"));
    connect(m_setView->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &SamplesPage::onSetChosen);
    connect(m_filter, &FilterBar::changed, this, &SamplesPage::onFilter);
    connect(m_sampleView->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &SamplesPage::onSampleChosen);
    connect(m_sampleView, &QListView::activated, this, [this](const QModelIndex& index) {
        if (const SampleRecord* sample = m_samples->at(index.row()))
            Q_EMIT inspectRequested(words::text(sample->setId), words::text(sample->id));
    });
}

void SamplesPage::setupLayout() {
    auto* import = makePrimaryButton(tr("Import\u2026"));
    connect(import, &QPushButton::clicked, this, [this] { openImport({}); });
    auto* header = new PageHeader(
        tr("Samples"), tr("Images and volumes of this project, in sets of one domain and origin."));
    header->addAction(import);

    auto* inspect = makeButton(tr("Inspect"));
    m_details->addAtBottom(inspect);
    m_details->addAtBottom(m_train);
    connect(inspect, &QPushButton::clicked, this, [this] {
        const SampleRecord* sample = m_samples->at(m_sampleView->currentIndex().row());
        Q_EMIT inspectRequested(words::text(sample ? sample->setId : currentSet()),
                                sample ? words::text(sample->id) : QString());
    });
    connect(m_train, &QPushButton::clicked, this,
            [this] { Q_EMIT trainingRequested(words::text(currentSet())); });

    auto* splitter = new QSplitter;
    splitter->addWidget(m_setView);
    splitter->addWidget(m_sampleView);
    auto* details = new QScrollArea;
    details->setWidget(m_details);
    details->setWidgetResizable(true);
    details->setFrameShape(QFrame::NoFrame);
    details->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    splitter->addWidget(details);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({250, 600, 270});
    splitter->setChildrenCollapsible(false);
    details->setMinimumWidth(250);
    m_setView->setMinimumWidth(190);

    auto* empty = new EmptyState(tr("No samples yet"),
                                 tr("Import real images first: PNG, JPEG, TIFF stacks, NPY arrays "
                                    "or headerless volumes. You can also drop "
                                    "files and folders here."),
                                 tr("Import\u2026"));
    connect(empty, &EmptyState::actionChosen, this, [this] { openImport({}); });
    auto* found = new QWidget;
    auto* inner = new QVBoxLayout(found);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->addWidget(m_filter);
    inner->addWidget(splitter, 1);
    m_stack->addWidget(found);
    m_stack->addWidget(empty);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(header);
    column->addWidget(m_stack, 1);
    column->addWidget(new UndoBar(*m_deletions));
}

void SamplesPage::setupDeletion() {
    const auto add = [this](QListView* view, const QString& text, auto run) {
        auto* action = new QAction(text, view);
        action->setShortcut(QKeySequence::Delete);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, run);
        view->addAction(action);
        view->setContextMenuPolicy(Qt::ActionsContextMenu);
    };
    add(m_setView, tr("Delete the chosen sets"), &SamplesPage::removeSets);
    add(m_sampleView, tr("Delete the chosen samples"), &SamplesPage::removeSamples);
    auto* undo = new QShortcut(QKeySequence::Undo, this);
    undo->setContext(Qt::WidgetWithChildrenShortcut);
    connect(undo, &QShortcut::activated, m_deletions, &Deletions::undo);
}

std::vector<const SetRecord*> SamplesPage::chosenSets() const {
    std::vector<const SetRecord*> sets;
    for (int row = 0; row < m_sets->rowCount(); ++row) {
        if (m_setView->selectionModel()->isSelected(m_sets->index(row)))
            sets.push_back(m_sets->at(row));
    }
    return sets;
}

void SamplesPage::removeSets() {
    const auto sets = chosenSets();
    TrashSelection selection;
    for (const SetRecord* set : sets)
        selection.sets.push_back(set->id);
    m_deletions->remove(selection, sets.size() == 1
                                       ? tr("the set %1").arg(words::text(sets.front()->name))
                                       : tr("%L1 sets").arg(sets.size()));
}

void SamplesPage::removeSamples() {
    TrashSelection selection;
    for (const QModelIndex& index : m_sampleView->selectionModel()->selectedIndexes()) {
        if (const SampleRecord* sample = m_samples->at(index.row()))
            selection.samples.push_back(sample->id);
    }
    m_deletions->remove(selection,
                        words::count(std::ssize(selection.samples), words::Noun::sample));
}

void SamplesPage::dragEnterEvent(QDragEnterEvent* event) {
    if (m_session.isOpen() && !localFiles(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void SamplesPage::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    openImport(localFiles(event->mimeData()));
}

void SamplesPage::openImport(const QStringList& paths) {
    if (!m_session.isOpen())
        return;
    auto* dialog = new ImportDialog(m_session.jobs(), m_settings, m_session.snapshot().sets, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ImportDialog::importRequested, this, &SamplesPage::startImport);
    dialog->addPaths(paths);
    dialog->open();
}

void SamplesPage::startImport(const ImportRequest& request) {
    m_session.run(
        {tr("Importing into %1").arg(words::text(request.setName))},
        ProjectSession::Effect::changes, this,
        [request](Project& project, JobContext& job) {
            return importSamples(project, request, job);
        },
        [this](const ImportResult& result) { reportImport(result); });
}

void SamplesPage::reportImport(const ImportResult& result) {
    m_wanted = {result.set.id};
    m_filter->clear();
    fillSets();
    const QString done = tr("%1 imported into %2.")
                             .arg(words::count(std::ssize(result.sampleIds), words::Noun::sample),
                                  words::text(result.set.name));
    if (result.findings.empty()) {
        Q_EMIT messageRaised(done, false);
        return;
    }
    QStringList details;
    int rejected = 0;
    for (const ImportFinding& finding : result.findings) {
        rejected += finding.rejected ? 1 : 0;
        details << QStringLiteral("%1: %2").arg(words::text(finding.path),
                                                words::text(finding.message));
    }
    showMessage(
        this, done,
        rejected > 0
            ? tr("Files and slices that were left out: %L1. These are the reasons:").arg(rejected)
            : tr("Some remarks on what was imported:"),
        details);
}

std::string SamplesPage::currentSet() const {
    const auto sets = chosenSets();
    return sets.empty() ? std::string() : sets.front()->id;
}

void SamplesPage::onSnapshot() {
    m_filter->setSets(m_session.isOpen() ? m_session.snapshot().sets : std::vector<SetRecord>{});
    fillSets();
}

/// All that is found is shown, of whatever set.
void SamplesPage::onFilter() {
    if (!m_filter->filter().isEmpty())
        m_wanted.clear();
    fillSets();
}

void SamplesPage::fillSets() {
    const SampleFilter filter = m_filter->filter();
    std::vector<SetRecord> sets;
    if (m_session.isOpen()) {
        const ProjectSnapshot& snapshot = m_session.snapshot();
        for (const SetRecord& set : snapshot.sets) {
            const auto& samples = snapshot.samplesOf(set.id);
            if (filter.admits(set) &&
                (filter.text.isEmpty() ||
                 std::any_of(samples.begin(), samples.end(),
                             [&](const auto& s) { return filter.finds(set, s); })))
                sets.push_back(set);
        }
    }
    m_stack->setCurrentIndex(m_session.isOpen() && !m_session.snapshot().sets.empty() ? 0 : 1);
    m_filling = true; // what is chosen on the way to the end is nobody's choice
    m_sets->setSets(std::move(sets));
    auto* chosen = m_setView->selectionModel();
    for (int row = 0; row < m_sets->rowCount(); ++row) {
        const bool all = m_wanted.empty() && !filter.isEmpty();
        if (all || m_wanted.count(m_sets->at(row)->id) > 0)
            chosen->select(m_sets->index(row), QItemSelectionModel::Select);
    }
    if (m_sets->rowCount() > 0) {
        if (!chosen->hasSelection())
            chosen->select(m_sets->index(0), QItemSelectionModel::Select);
        chosen->setCurrentIndex(chosen->selectedIndexes().first(), QItemSelectionModel::NoUpdate);
    }
    m_filling = false;
    onSetChosen();
}

void SamplesPage::onSetChosen() {
    if (m_filling)
        return;
    const auto sets = chosenSets();
    const SampleFilter filter = m_filter->filter();
    std::vector<SampleRecord> found;
    std::map<std::string, QString> names;
    std::int64_t all = 0;
    if (filter.isEmpty())
        m_wanted.clear();
    for (const SetRecord* set : sets) {
        const auto& samples = m_session.snapshot().samplesOf(set->id);
        all += std::ssize(samples);
        std::copy_if(samples.begin(), samples.end(), std::back_inserter(found),
                     [&](const SampleRecord& sample) { return filter.finds(*set, sample); });
        if (filter.isEmpty())
            m_wanted.insert(set->id);
        if (sets.size() > 1)
            names.emplace(set->id, words::text(set->name));
    }
    m_filter->setCount(std::ssize(found), all);
    m_samples->setSamples(std::move(found), std::move(names));
    m_train->setEnabled(sets.size() == 1);
    if (sets.size() == 1)
        m_details->setSection(0, words::text(sets.front()->name), detailsOf(*sets.front()));
    else
        m_details->setSection(0, sets.empty() ? QString() : tr("%L1 sets").arg(sets.size()), {});
    onSampleChosen();
}

void SamplesPage::onSampleChosen() {
    const SampleRecord* sample = m_samples->at(m_sampleView->currentIndex().row());
    if (sample)
        m_details->setSection(1, tr("Sample %1").arg(sample->index + 1),
                              detailsOf(*sample, m_session.snapshot()));
    else
        m_details->setSection(1, {}, {});
}

void SamplesPage::entered() {
    m_setView->setFocus();
}

} // namespace likeness
