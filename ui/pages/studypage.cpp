// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/studypage.h"

#include "ui/dialogs/message.h"
#include "ui/dialogs/smalldialogs.h"
#include "ui/dialogs/studydialog.h"
#include "ui/models/studylistmodel.h"
#include "ui/pages/studydetails.h"
#include "ui/settings/settings.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/detailspanel.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/words.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

StudyPage::StudyPage(ProjectSession& session, Settings& settings, QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_studies(new StudyListModel(this))
    , m_view(new QListView)
    , m_stack(new QStackedWidget)
    , m_details(new DetailsPanel)
    , m_next(makeLabel({}, LabelRole::muted))
    , m_freeze(makePrimaryButton(tr("Freeze")))
    , m_export(makeButton(tr("Export package\u2026")))
    , m_rate(makeButton(tr("Rate here")))
    , m_merge(makeButton(tr("Merge ratings\u2026")))
    , m_simulate(makeButton(tr("Simulate a pilot\u2026")))
    , m_unblind(makeButton(tr("Unblind\u2026")))
    , m_results(makePrimaryButton(tr("Show results")))
    , m_data(makeButton(tr("Export data\u2026"))) {
    m_view->setModel(m_studies);
    m_view->setItemDelegate(new ListItemDelegate(this));
    m_view->setMouseTracking(true);
    m_view->setMinimumWidth(240);
    nameField(m_view, tr("Studies"));
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &StudyPage::onChosen);
    setupLayout();
    connect(&session, &ProjectSession::snapshotChanged, this, &StudyPage::onSnapshot);
    connect(&session, &ProjectSession::closed, this, &StudyPage::onSnapshot);
    onSnapshot();
}

QWidget* StudyPage::makeActions() {
    connect(m_freeze, &QPushButton::clicked, this, &StudyPage::freeze);
    connect(m_export, &QPushButton::clicked, this, &StudyPage::exportPackage);
    connect(m_rate, &QPushButton::clicked, this, &StudyPage::rateHere);
    connect(m_merge, &QPushButton::clicked, this, &StudyPage::chooseRatings);
    connect(m_simulate, &QPushButton::clicked, this, &StudyPage::simulate);
    connect(m_unblind, &QPushButton::clicked, this, &StudyPage::unblind);
    connect(m_data, &QPushButton::clicked, this, &StudyPage::exportData);
    connect(m_results, &QPushButton::clicked, this, [this] {
        if (const StudyRecord* study = current())
            Q_EMIT resultsRequested(words::text(study->id));
    });
    auto* actions = new QWidget;
    auto* column = new QVBoxLayout(actions);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_next);
    // Two rows: all of them fit beside the list of a small window.
    for (const auto& buttons : {std::vector{m_freeze, m_results, m_data, m_export, m_rate, m_merge},
                                std::vector{m_simulate, m_unblind}}) {
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        for (QPushButton* button : buttons)
            row->addWidget(button);
        row->addStretch(1);
        column->addLayout(row);
    }
    return actions;
}

void StudyPage::setupLayout() {
    auto* create = makePrimaryButton(tr("New study\u2026"));
    connect(create, &QPushButton::clicked, this, &StudyPage::openDialog);
    auto* header = new PageHeader(
        tr("Study"), tr("Blind studies of this project, from the first draft to the opened key."));
    header->addAction(create);
    m_details->addWidget(makeActions());
    auto* splitter = new QSplitter;
    splitter->addWidget(m_view);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({290, 700});
    splitter->setChildrenCollapsible(false);
    auto* empty =
        new EmptyState(tr("No study yet"),
                       tr("A study shows images of a reference set and of generated sets to "
                          "raters, blind and in random order. You need one "
                          "reference set and at least one synthetic set of the same domain."),
                       tr("New study\u2026"));
    connect(empty, &EmptyState::actionChosen, this, &StudyPage::openDialog);
    m_stack->addWidget(splitter);
    m_stack->addWidget(empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(header);
    column->addWidget(m_stack, 1);
}

const StudyRecord* StudyPage::current() const {
    return m_studies->at(m_view->currentIndex().row());
}

void StudyPage::onSnapshot() {
    const std::string wanted = m_wanted;
    m_studies->setStudies(m_session.isOpen() ? m_session.snapshot().studies
                                             : std::vector<StudyRecord>{});
    m_stack->setCurrentIndex(m_studies->rowCount() > 0 ? 0 : 1);
    m_view->setCurrentIndex(m_studies->index(std::max(0, m_studies->rowOf(wanted))));
    onChosen();
}

void StudyPage::onChosen() {
    const StudyRecord* study = current();
    if (!study) {
        m_details->setSection(0, {}, {});
        m_details->setSection(1, {}, {});
        return;
    }
    m_wanted = study->id;
    m_details->setSection(0, words::text(study->name), studyRows(*study));
    const DetailsPanel::Rows counters = progressRows(*study);
    m_details->setSection(1, counters.empty() ? QString() : tr("Progress"), counters);
    m_next->setText(nextStep(*study));
    const bool frozen = study->state == StudyState::frozen;
    m_freeze->setVisible(study->state == StudyState::draft);
    for (QPushButton* button : {m_export, m_rate, m_merge, m_simulate, m_unblind})
        button->setVisible(frozen);
    m_unblind->setEnabled(study->answers > 0);
    m_unblind->setToolTip(study->answers > 0 ? QString() : tr("Merge ratings first"));
    for (QPushButton* button : {m_results, m_data})
        button->setVisible(study->state == StudyState::unblinded);
}

void StudyPage::openDialog() {
    if (!m_session.isOpen())
        return;
    auto* dialog = new StudyDialog(m_session.sharedSnapshot(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &StudyDialog::studyRequested, this, [this](const StudyDefinition& definition) {
        m_session.run(
            {tr("Making the study"), Lane::project, false}, ProjectSession::Effect::changes, this,
            [definition = toJson(definition)](Project& project, JobContext&) {
                return createStudy(project, definition);
            },
            [this](const StudyRecord& study) {
                if (const int row = m_studies->rowOf(study.id); row >= 0)
                    m_view->setCurrentIndex(m_studies->index(row));
                Q_EMIT messageRaised(tr("%1 is a draft now; freeze it when it is right.")
                                         .arg(words::text(study.name)),
                                     false);
            });
    });
    dialog->open();
}

template <typename Work>
void StudyPage::change(const QString& title, const QString& sentence, Work work) {
    m_session.run(
        {title}, ProjectSession::Effect::changes, this,
        [work = std::move(work)](Project& project, JobContext& job) mutable {
            return work(project, job);
        },
        [this, sentence](const auto&) { Q_EMIT messageRaised(sentence, false); });
}

void StudyPage::freeze() {
    const StudyRecord* study = current();
    if (!study)
        return;
    const QString name = words::text(study->name);
    askThen(
        this, tr("Freeze %1?").arg(name),
        tr("Images, order, scale and words are fixed for good. A frozen study never changes; "
           "for another version you "
           "make a new study."),
        tr("Freeze"), [this, name, id = study->id] {
            m_session.run(
                {tr("Freezing %1").arg(name)}, ProjectSession::Effect::changes, this,
                [id](Project& project, JobContext& job) { return freezeStudy(project, id, job); },
                [this, name](const FreezeResult& frozen) {
                    tell(tr("%1 is frozen and ready for raters.").arg(name),
                         tr("Before you give it to raters, weigh these remarks. Where one "
                            "matters, make a new study."),
                         frozen.warnings);
                });
        });
}

void StudyPage::tell(const QString& done,
                     const QString& about,
                     const std::vector<std::string>& remarks) {
    if (remarks.empty()) {
        Q_EMIT messageRaised(done, false);
        return;
    }
    QStringList details;
    for (const std::string& remark : remarks)
        details << words::text(remark);
    showMessage(this, done, about, details);
}

void StudyPage::exportPackage() {
    const StudyRecord* study = current();
    if (!study)
        return;
    auto* chooser = new QFileDialog(this, tr("Export the package"), m_settings.packageFolder.get(),
                                    tr("Study packages (*.study)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setDefaultSuffix(QStringLiteral("study"));
    chooser->selectFile(words::text(study->name) + QStringLiteral(".study"));
    connect(chooser, &QFileDialog::fileSelected, this, [this](const QString& file) {
        m_settings.packageFolder.set(QFileInfo(file).absolutePath());
        bundle(file, false);
    });
    chooser->open();
}

void StudyPage::bundle(const QString& file, bool thenRate) {
    const StudyRecord* study = current();
    if (!study)
        return;
    m_session.run(
        {tr("Writing the package of %1").arg(words::text(study->name))},
        ProjectSession::Effect::reads, this,
        [id = study->id, out = words::path(file)](Project& project, JobContext& job) {
            bundleStudy(project, id, out, job);
            return true;
        },
        [this, file, thenRate](bool) {
            if (thenRate)
                Q_EMIT ratingRequested(file);
            else
                Q_EMIT messageRaised(
                    tr("The package was written to %1. It holds no key.").arg(file), false);
        });
}

void StudyPage::rateHere() {
    const StudyRecord* study = current();
    if (!study || !m_session.isOpen())
        return;
    // Beside the project, so that the lead finds the same package again.
    const std::filesystem::path folder = m_session.snapshot().folder / "packages";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const QString name = words::text(study->name).replace(QLatin1Char('/'), QLatin1Char('_'));
    bundle(words::text(folder) + QStringLiteral("/%1.study").arg(name), true);
}

void StudyPage::chooseRatings() {
    auto* chooser = new QFileDialog(this, tr("Merge ratings"), m_settings.packageFolder.get(),
                                    tr("Ratings (*.ratings)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::ExistingFiles);
    connect(chooser, &QFileDialog::filesSelected, this, &StudyPage::merge);
    chooser->open();
}

void StudyPage::merge(const QStringList& files) {
    const StudyRecord* study = current();
    if (!study)
        return;
    std::vector<std::filesystem::path> paths;
    for (const QString& file : files)
        paths.push_back(words::path(file));
    m_session.run(
        {tr("Merging ratings into %1").arg(words::text(study->name))},
        ProjectSession::Effect::changes, this,
        [id = study->id, paths](Project& project, JobContext& job) {
            return mergeRatings(project, id, paths, job);
        },
        [this](const MergeResult& result) {
            tell(tr("Ratings merged. New entries, with corrections: %L1; already there: %L2.")
                     .arg(static_cast<qlonglong>(result.added))
                     .arg(static_cast<qlonglong>(result.duplicates)),
                 tr("These were set aside because they contradict what is there:"),
                 result.conflicts);
        });
}

void StudyPage::simulate() {
    const StudyRecord* study = current();
    if (!study)
        return;
    askSimulation(
        this, words::text(study->name),
        [this, name = words::text(study->name), id = study->id](const SimulatedPanel& panel) {
            change(tr("Simulating raters of %1").arg(name),
                   tr("The simulated answers are merged and marked as simulated."),
                   [id, panel](Project& project, JobContext& job) {
                       return simulateStudy(project, id, panel, job);
                   });
        });
}

void StudyPage::unblind() {
    const StudyRecord* study = current();
    if (!study)
        return;
    askUnblinding(this, words::text(study->name), m_settings.leadName.get(),
                  [this, name = words::text(study->name), id = study->id](const QString& reason,
                                                                          const QString& by) {
                      m_settings.leadName.set(by);
                      change(tr("Unblinding %1").arg(name), tr("%1 is unblinded.").arg(name),
                             [id, why = words::utf8(reason),
                              who = words::utf8(by)](Project& project, JobContext&) {
                                 return unblindStudy(project, id, why, who);
                             });
                  });
}

void StudyPage::exportData() {
    const StudyRecord* study = current();
    if (!study)
        return;
    const QString csv = tr("One long table (*.csv)");
    const QString json = tr("Definition, plan and responses (*.json)");
    auto* chooser = new QFileDialog(this, tr("Export the data"), m_settings.packageFolder.get());
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setNameFilters({csv, json});
    chooser->setDefaultSuffix(QStringLiteral("csv"));
    chooser->selectFile(words::text(study->name) + QStringLiteral(".csv"));
    connect(chooser, &QFileDialog::filterSelected, chooser, [chooser, json](const QString& filter) {
        const QString suffix = filter == json ? QStringLiteral("json") : QStringLiteral("csv");
        const QString base = QFileInfo(chooser->selectedFiles().value(0)).completeBaseName();
        chooser->setDefaultSuffix(suffix);
        chooser->selectFile(QStringLiteral("%1.%2").arg(base, suffix));
    });
    connect(chooser, &QFileDialog::fileSelected, this, [this, id = study->id](const QString& file) {
        const std::string format =
            file.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive) ? "json" : "csv";
        m_session.run(
            {tr("Exporting the data")}, ProjectSession::Effect::reads, this,
            [id, format, out = words::path(file)](Project& project, JobContext& job) {
                exportStudy(project, id, format, out, job);
                return true;
            },
            [this, file](bool) {
                Q_EMIT messageRaised(tr("The data were written to %1.").arg(file), false);
            });
    });
    chooser->open();
}

void StudyPage::entered() {
    m_view->setFocus();
}

} // namespace likeness
