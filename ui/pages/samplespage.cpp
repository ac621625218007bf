// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samplespage.h"

#include "ui/dialogs/importdialog.h"
#include "ui/dialogs/message.h"
#include "ui/models/deletions.h"
#include "ui/models/projectsession.h"
#include "ui/models/samplelistmodel.h"
#include "ui/models/setlistmodel.h"
#include "ui/models/thumbnailstore.h"
#include "ui/settings/settings.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/detailspanel.h"
#include "ui/widgets/emptystate.h"
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
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

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

DetailsPanel::Rows rowsOf(const SetRecord& set) {
    DetailsPanel::Rows rows{
        {SamplesPage::tr("Domain"), words::name(set.domain)},
        {SamplesPage::tr("Origin"), words::name(set.origin)},
        {SamplesPage::tr("Samples"),
         SamplesPage::tr("%L1").arg(static_cast<qlonglong>(set.samples))},
    };
    if (!set.generator.empty())
        rows.emplace_back(SamplesPage::tr("Generator"), words::text(set.generator));
    if (set.masks)
        rows.emplace_back(SamplesPage::tr("Kind"), SamplesPage::tr("Label images"));
    rows.emplace_back(SamplesPage::tr("Made"), words::when(set.createdAt));
    return rows;
}

DetailsPanel::Rows rowsOf(const SampleRecord& sample) {
    DetailsPanel::Rows rows{
        {SamplesPage::tr("Size"), words::size(sample)},
        {SamplesPage::tr("Pixels"), words::name(sample.type)},
        {SamplesPage::tr("Voxel size"), words::voxelSize(sample)},
    };
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            rows.emplace_back(name, value);
    };
    add(SamplesPage::tr("Size source"), words::text(sample.voxelSource));
    add(SamplesPage::tr("Specimen"), words::text(sample.specimen));
    add(SamplesPage::tr("File"), words::text(sample.sourceName));
    if (sample.sourceSlice)
        add(SamplesPage::tr("Slice"), QString::number(*sample.sourceSlice));
    if (sample.seed)
        add(SamplesPage::tr("Seed"), QString::number(*sample.seed));
    if (sample.prompt)
        add(SamplesPage::tr("Prompt"), words::text(*sample.prompt));
    add(SamplesPage::tr("SHA-256"),
        words::text(sample.sha256.substr(0, 16)) + QStringLiteral("\u2026"));
    return rows;
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
    , m_details(new DetailsPanel)
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
    connect(m_setView->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &SamplesPage::onSetChosen);
    connect(m_sampleView->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &SamplesPage::onSampleChosen);
    connect(m_sampleView, &QListView::activated, this, [this](const QModelIndex& index) {
        if (const SampleRecord* sample = m_samples->at(index.row()))
            Q_EMIT inspectRequested(words::text(currentSet()), words::text(sample->id));
    });
}

void SamplesPage::setupLayout() {
    auto* import = makePrimaryButton(tr("Import\u2026"));
    connect(import, &QPushButton::clicked, this, [this] { openImport({}); });
    auto* header = new PageHeader(
        tr("Samples"), tr("Images and volumes of this project, in sets of one domain and origin."));
    header->addAction(import);

    auto* inspect = makeButton(tr("Inspect"));
    auto* train = makeButton(tr("Train a model on this set"));
    m_details->addAtBottom(inspect);
    m_details->addAtBottom(train);
    connect(inspect, &QPushButton::clicked, this, [this] {
        const SampleRecord* sample = m_samples->at(m_sampleView->currentIndex().row());
        Q_EMIT inspectRequested(words::text(currentSet()),
                                sample ? words::text(sample->id) : QString());
    });
    connect(train, &QPushButton::clicked, this,
            [this] { Q_EMIT trainingRequested(words::text(currentSet())); });

    auto* splitter = new QSplitter;
    splitter->addWidget(m_setView);
    splitter->addWidget(m_sampleView);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({250, 600, 270});
    splitter->setChildrenCollapsible(false);
    m_details->setMinimumWidth(230);
    m_setView->setMinimumWidth(190);

    auto* empty = new EmptyState(tr("No samples yet"),
                                 tr("Import real images first: PNG, JPEG, TIFF stacks, NPY arrays "
                                    "or headerless volumes. You can also drop "
                                    "files and folders here."),
                                 tr("Import\u2026"));
    connect(empty, &EmptyState::actionChosen, this, [this] { openImport({}); });
    m_stack->addWidget(splitter);
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
    add(m_setView, tr("Delete the set"), &SamplesPage::removeSet);
    add(m_sampleView, tr("Delete the chosen samples"), &SamplesPage::removeSamples);
    auto* undo = new QShortcut(QKeySequence::Undo, this);
    undo->setContext(Qt::WidgetWithChildrenShortcut);
    connect(undo, &QShortcut::activated, m_deletions, &Deletions::undo);
}

void SamplesPage::removeSet() {
    if (const SetRecord* set = m_sets->at(m_setView->currentIndex().row()))
        m_deletions->remove({{set->id}, {}, {}}, tr("the set %1").arg(words::text(set->name)));
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
    if (const int row = m_sets->rowOf(result.set.id); row >= 0)
        m_setView->setCurrentIndex(m_sets->index(row));
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
    const SetRecord* set = m_sets->at(m_setView->currentIndex().row());
    return set ? set->id : std::string();
}

void SamplesPage::onSnapshot() {
    const std::string wanted = m_wantedSet;
    m_sets->setSets(m_session.isOpen() ? m_session.snapshot().sets : std::vector<SetRecord>{});
    m_stack->setCurrentIndex(m_sets->rowCount() > 0 ? 0 : 1);
    const int row = m_sets->rowOf(wanted);
    if (m_sets->rowCount() > 0)
        m_setView->setCurrentIndex(m_sets->index(std::max(0, row)));
    else
        onSetChosen();
}

void SamplesPage::onSetChosen() {
    const SetRecord* set = m_sets->at(m_setView->currentIndex().row());
    if (!set || !m_session.isOpen()) {
        m_samples->setSamples({});
        m_details->setSection(0, {}, {});
        onSampleChosen();
        return;
    }
    m_wantedSet = set->id;
    m_samples->setSamples(m_session.snapshot().samplesOf(set->id));
    m_details->setSection(0, words::text(set->name), rowsOf(*set));
    onSampleChosen();
}

void SamplesPage::onSampleChosen() {
    const SampleRecord* sample = m_samples->at(m_sampleView->currentIndex().row());
    if (sample)
        m_details->setSection(1, tr("Sample %1").arg(sample->index + 1), rowsOf(*sample));
    else
        m_details->setSection(1, {}, {});
}

void SamplesPage::entered() {
    m_setView->setFocus();
}

} // namespace likeness
