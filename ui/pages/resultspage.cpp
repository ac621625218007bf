// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/resultspage.h"

#include "core/base/files.h"
#include "db/workflow/measuring.h"
#include "db/workflow/studying.h"
#include "ui/dialogs/message.h"
#include "ui/models/projectsession.h"
#include "ui/models/resultsmodel.h"
#include "ui/settings/settings.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/words.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

namespace {

constexpr int kRowHeight = 34;

QString estimateWords(const Estimate& estimate) {
    return words::withInterval(estimate.value, estimate.lo, estimate.hi);
}

QString summaryOf(const StudyResults& results) {
    QStringList parts{ResultsPage::tr("Raters %L1, answers %L2")
                          .arg(static_cast<qlonglong>(results.raters))
                          .arg(static_cast<qlonglong>(results.answers))};
    if (results.alpha.value)
        parts << ResultsPage::tr("Krippendorff\u2019s alpha %1").arg(estimateWords(results.alpha));
    if (results.dPrime.value)
        parts << ResultsPage::tr("d\u2032 %1").arg(estimateWords(results.dPrime));
    if (results.auc.value)
        parts << ResultsPage::tr("area under ROC %1").arg(estimateWords(results.auc));
    if (results.repeatExact.value)
        parts
            << ResultsPage::tr("repeats answered alike %1").arg(estimateWords(results.repeatExact));
    return parts.join(QStringLiteral("  \u00b7  "));
}

QString legendOf(const ResultsTable& table, const StudyResults& results) {
    QStringList lines;
    for (const std::string& note : results.notes)
        lines << words::text(note);
    for (const ResultsColumn& column : table.columns) {
        if (!column.isText)
            lines << QStringLiteral("%1: %2").arg(column.title, column.definition);
    }
    lines << ResultsPage::tr(
        "Metrics in the row of the reference compare one half of the reference set with the "
        "other: no generator can be expected to come closer.");
    lines << ResultsPage::tr("Values in parentheses are 95 % intervals. A dash is a value that "
                             "cannot be given; its tooltip "
                             "says why.");
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ResultsPage::ResultsPage(ProjectSession& session, Settings& settings, QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_model(new ResultsModel(this))
    , m_study(new QComboBox)
    , m_table(new QTableView)
    , m_simulated(makeLabel(
          tr("Simulated raters: this table shows how the program works and is no finding."),
          LabelRole::warning))
    , m_summary(makeLabel({}))
    , m_notes(makeLabel({}, LabelRole::muted))
    , m_measure(makeButton(tr("Measure")))
    , m_export(makeButton(tr("Export CSV\u2026")))
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState(tr("No results yet"),
                             tr("Results appear once a study has ratings and its key was opened on "
                                "the Study page."))) {
    setupTable();
    setupLayout();
    connect(&session, &ProjectSession::snapshotChanged, this, &ResultsPage::onSnapshot);
    connect(&session, &ProjectSession::closed, this, &ResultsPage::onSnapshot);
    onSnapshot();
}

void ResultsPage::setupTable() {
    auto* proxy = new ResultsSortProxy(this);
    proxy->setSourceModel(m_model);
    m_table->setModel(proxy);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_table->setAlternatingRowColors(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    nameField(m_table, tr("Results"));
}

void ResultsPage::setupLayout() {
    m_study->setMinimumWidth(220);
    nameField(m_study, tr("Study"));
    m_measure->setToolTip(
        tr("Compute the automated metrics of every judged set against the reference set"));
    connect(m_study, &QComboBox::currentIndexChanged, this, &ResultsPage::load);
    connect(m_measure, &QPushButton::clicked, this, &ResultsPage::measure);
    connect(m_export, &QPushButton::clicked, this, &ResultsPage::exportCsv);
    auto* header =
        new PageHeader(tr("Results"), tr("What the raters said, beside what the metrics say."));
    header->addAction(m_study);
    header->addAction(m_measure);
    header->addAction(m_export);
    m_summary->setWordWrap(true);

    auto* legend = new QScrollArea;
    legend->setWidgetResizable(true);
    m_notes->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_notes->setContentsMargins(2, 2, 2, 2);
    legend->setWidget(m_notes);
    legend->setMinimumHeight(130);
    auto* content = new QWidget;
    auto* inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(10);
    inner->addWidget(m_simulated);
    inner->addWidget(m_summary);
    inner->addWidget(m_table, 2);
    inner->addWidget(legend, 1);
    m_stack->addWidget(content);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(header);
    column->addWidget(m_stack, 1);
}

void ResultsPage::onSnapshot() {
    const QString kept = m_study->currentData().toString();
    {
        const QSignalBlocker quiet(m_study);
        m_study->clear();
        if (m_session.isOpen()) {
            for (const StudyRecord& study : m_session.snapshot().studies) {
                if (study.state == StudyState::unblinded)
                    m_study->addItem(words::text(study.name), words::text(study.id));
            }
        }
        const int row = m_study->findData(kept);
        m_study->setCurrentIndex(row >= 0 ? row : m_study->count() - 1);
    }
    load();
}

void ResultsPage::choose(const QString& studyId) {
    if (const int row = m_study->findData(studyId); row >= 0)
        m_study->setCurrentIndex(row);
}

void ResultsPage::entered() {
    m_table->setFocus();
    if (m_stale)
        load();
}

void ResultsPage::load() {
    const bool any = m_study->currentIndex() >= 0;
    m_stack->setCurrentIndex(any ? 0 : 1);
    m_measure->setEnabled(any);
    m_export->setEnabled(any);
    m_study->setVisible(any);
    m_stale = any && !isVisible();
    if (!any || m_stale)
        return;
    const std::string id = words::utf8(m_study->currentData().toString());
    if (id != m_loaded)
        m_model->setTable({});
    m_loaded = id;
    m_session.run(
        {tr("Summing up the ratings"), Lane::project, false}, ProjectSession::Effect::reads, this,
        [id](Project& project, JobContext& job) { return studyResults(project, id, job); },
        [this, id](const StudyResults& results) {
            if (id == m_loaded)
                show(results);
        });
}

void ResultsPage::show(const StudyResults& results) {
    ResultsTable table = makeResultsTable(results);
    m_simulated->setVisible(results.simulated);
    m_summary->setText(summaryOf(results));
    m_notes->setText(legendOf(table, results));
    m_model->setTable(std::move(table));
    // No taller than its rows, so that the legend begins below them.
    m_table->setMaximumHeight(kRowHeight * (m_model->rowCount() + 2));
    m_table->resizeColumnsToContents();
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_table->setColumnWidth(column, std::max(90, m_table->columnWidth(column) + 8));
}

void ResultsPage::measure() {
    const StudyRecord* study =
        m_session.isOpen()
            ? m_session.snapshot().findStudy(words::utf8(m_study->currentData().toString()))
            : nullptr;
    if (!study)
        return;
    const std::string reference = study->definition.value("reference_set", std::string());
    const auto sets = study->definition.value("sets", std::vector<std::string>());
    m_session.run(
        {tr("Measuring the sets of %1").arg(words::text(study->name))},
        ProjectSession::Effect::changes, this,
        [reference, sets](Project& project, JobContext& job) {
            std::size_t values = 0;
            for (std::size_t i = 0; i < sets.size(); ++i) {
                JobContext part =
                    job.part(static_cast<double>(i) / static_cast<double>(sets.size()),
                             static_cast<double>(i + 1) / static_cast<double>(sets.size()));
                values += measureSet(project,
                                     {.referenceSet = reference, .set = sets[i], .only = {}}, part)
                              .size();
            }
            return values;
        },
        [this](std::size_t values) {
            Q_EMIT messageRaised(
                tr("%1 measured.")
                    .arg(words::count(static_cast<std::int64_t>(values), words::Noun::value)),
                false);
        });
}

void ResultsPage::exportCsv() {
    auto* chooser = new QFileDialog(this, tr("Export the table"), m_settings.packageFolder.get(),
                                    tr("Tables (*.csv)"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setDefaultSuffix(QStringLiteral("csv"));
    chooser->selectFile(tr("%1 results.csv").arg(m_study->currentText()));
    connect(chooser, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const QByteArray csv = toCsv(m_model->table());
        m_session.jobs().start(
            {tr("Writing the table"), Lane::pictures, false}, this,
            [csv, out = words::path(file)](JobContext&) {
                writeFileDurably(
                    out, std::string_view(csv.data(), static_cast<std::size_t>(csv.size())));
            },
            [this, file] {
                Q_EMIT messageRaised(tr("The table was written to %1.").arg(file), false);
            });
    });
    chooser->open();
}

} // namespace likeness
