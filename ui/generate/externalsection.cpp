// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/externalsection.h"

#include "ui/generate/formrow.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <utility>

namespace likeness {

namespace {

constexpr int kThumbnail = 96;
constexpr int kLines = 5000; // of output that are kept
constexpr double kMinute = 60.0;
constexpr int kFormWidth = 380;
constexpr std::chrono::milliseconds kReading{100};

} // namespace

ExternalSection::ExternalSection(const GalleryParts& parts, QWidget* parent)
    : QWidget(parent)
    , m_session(parts.session)
    , m_images(new GalleryModel(parts.thumbnails, this))
    , m_command(new QPlainTextEdit)
    , m_setName(new QLineEdit)
    , m_domain(new QComboBox)
    , m_parents(new QComboBox)
    , m_prompts(new QPlainTextEdit)
    , m_count(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_mask(new QLineEdit)
    , m_minutes(new QDoubleSpinBox)
    , m_start(makePrimaryButton(tr("Run")))
    , m_output(new QPlainTextEdit)
    , m_summary(makeLabel({}, LabelRole::muted))
    , m_view(new QListView) {
    setupFields();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 12, 0, 0);
    row->setSpacing(12);
    row->addWidget(makeForm());
    row->addWidget(makeOutput(), 1);
    m_reading.setInterval(kReading);
    connect(&m_reading, &QTimer::timeout, this, &ExternalSection::readLines);
    connect(m_start, &QPushButton::clicked, this, &ExternalSection::start);
    connect(m_parents, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_domain->setEnabled(index <= 0); });
    connect(&m_session, &ProjectSession::snapshotChanged, this, &ExternalSection::refresh);
    connect(&m_session, &ProjectSession::closed, this, &ExternalSection::refresh);
    refresh();
}

void ExternalSection::setupFields() {
    m_command->setPlaceholderText(tr("such as: python3 my_pipeline.py {manifest}"));
    m_command->setToolTip(
        tr("Any program. {manifest} becomes the file that tells it what to make; the manual shows "
           "how it looks."));
    m_command->setFixedHeight(58);
    m_command->setTabChangesFocus(true);
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    for (const Domain domain : {Domain::rock, Domain::fibre, Domain::root})
        m_domain->addItem(words::name(domain), static_cast<int>(domain));
    m_parents->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_parents->setMinimumContentsLength(14);
    m_parents->setToolTip(tr("For programs that edit images: image 1 starts from its first image, "
                             "and so on."));
    m_prompts->setPlaceholderText(tr("one a line, used in turn; may stay empty"));
    m_prompts->setFixedHeight(76);
    m_prompts->setTabChangesFocus(true);
    m_count->setRange(1, 10000);
    m_count->setValue(4);
    m_seed->setRange(0, 2'000'000'000);
    m_mask->setPlaceholderText(tr("none"));
    m_minutes->setRange(0.0, 100000.0);
    m_minutes->setDecimals(1);
    m_minutes->setSuffix(tr(" min"));
    m_minutes->setSpecialValueText(tr("no limit"));
}

QWidget* ExternalSection::makeMaskField() {
    auto* browse = makeButton(tr("Choose\u2026"));
    browse->setAccessibleName(tr("Choose a mask file"));
    connect(browse, &QPushButton::clicked, this, [this] {
        auto* chooser = new QFileDialog(this, tr("Mask that the program gets"));
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::ExistingFile);
        connect(chooser, &QFileDialog::fileSelected, m_mask, &QLineEdit::setText);
        chooser->open();
    });
    auto* field = new QWidget;
    auto* row = new QHBoxLayout(field);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_mask, 1);
    row->addWidget(browse);
    nameField(m_mask, tr("Mask"));
    return field;
}

QWidget* ExternalSection::makeForm() {
    QFrame* card = makeCard();
    QVBoxLayout* column = makeCardColumn(card, tr("Run another generator"));
    QFormLayout* form = makeFieldForm();
    addBeside(form, tr("Command"), m_command);
    addBeside(form, tr("Into set"), m_setName);
    addBeside(form, tr("Start from"), m_parents);
    addBeside(form, tr("Domain"), m_domain);
    addBeside(form, tr("Prompts"), m_prompts);
    addBeside(form, tr("Images"), m_count);
    addBeside(form, tr("Seed"), m_seed);
    addBeside(form, tr("Mask"), makeMaskField());
    addBeside(form, tr("Time limit"), m_minutes);
    column->addLayout(form);
    column->addStretch(1);
    column->addWidget(m_start, 0, Qt::AlignRight);
    auto* scroll = new QScrollArea;
    scroll->setWidget(card);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(kFormWidth);
    return scroll;
}

QWidget* ExternalSection::makeOutput() {
    m_output->setReadOnly(true);
    m_output->setMaximumBlockCount(kLines);
    m_output->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_output->setPlaceholderText(tr("What the program prints appears here while it works."));
    nameField(m_output, tr("Output of the program"));
    m_view->setModel(m_images);
    m_view->setItemDelegate(new ThumbnailDelegate(kThumbnail, this));
    m_view->setViewMode(QListView::IconMode);
    m_view->setResizeMode(QListView::Adjust);
    m_view->setMovement(QListView::Static);
    m_view->setUniformItemSizes(true);
    m_view->setMouseTracking(true);
    m_view->hide();
    nameField(m_view, tr("Images of the program"));
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeLabel(tr("Output"), LabelRole::section));
    column->addWidget(m_output, 2);
    column->addWidget(m_summary);
    m_summary->hide();
    column->addWidget(m_view, 1);
    return side;
}

void ExternalSection::refresh() {
    const QString shown = m_parents->currentData().toString();
    const QSignalBlocker quiet(m_parents);
    m_parents->clear();
    m_parents->addItem(tr("nothing"), QString());
    if (m_session.isOpen()) {
        for (const SetRecord& set : m_session.snapshot().sets) {
            if (!set.masks && set.samples > 0)
                m_parents->addItem(words::text(set.name), words::text(set.name));
        }
    }
    m_parents->setCurrentIndex(std::max(0, m_parents->findData(shown)));
    m_domain->setEnabled(m_parents->currentIndex() <= 0);
    m_start->setEnabled(m_session.isOpen());
}

ExternalRequest ExternalSection::request() const {
    ExternalRequest request;
    request.command = words::utf8(m_command->toPlainText().simplified());
    request.setName = words::utf8(m_setName->text().trimmed());
    if (m_parents->currentIndex() > 0)
        request.parentSet = words::utf8(m_parents->currentData().toString());
    else
        request.domain = static_cast<Domain>(m_domain->currentData().toInt());
    for (const QString& line : m_prompts->toPlainText().split(QLatin1Char('\n'))) {
        if (!line.trimmed().isEmpty())
            request.prompts.push_back(words::utf8(line.trimmed()));
    }
    request.count = m_count->value();
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    if (!m_mask->text().trimmed().isEmpty())
        request.mask = words::path(m_mask->text().trimmed());
    if (m_minutes->value() > 0.0)
        request.seconds = kMinute * m_minutes->value();
    return request;
}

void ExternalSection::start() {
    ExternalRequest wanted = request();
    if (wanted.command.empty() || wanted.setName.empty()) {
        Q_EMIT messageRaised(wanted.command.empty() ? tr("Say which program is to be run.")
                                                    : tr("Name the set that the images go into."),
                             true);
        return;
    }
    m_output->clear();
    m_summary->hide();
    m_images->setItems({});
    m_view->hide();
    m_lines = std::make_shared<Mailbox<std::string>>();
    m_reading.start();
    wanted.output = [lines = m_lines](std::string_view line) { lines->put(std::string(line)); };
    const QString title = tr("Running another generator into %1").arg(words::text(wanted.setName));
    m_session.run(
        {title}, ProjectSession::Effect::changes, this,
        [wanted = std::move(wanted)](Project& project, JobContext& job) {
            return runExternalGenerator(project, wanted, job);
        },
        [this](const ExternalResult& result) { report(result); },
        [this](const std::exception_ptr& failure) {
            stopReading();
            m_summary->setText(words::explain(failure).sentence);
            m_summary->show();
            Q_EMIT messageRaised(m_summary->text(), true);
        });
}

void ExternalSection::readLines() {
    if (!m_lines)
        return;
    for (const std::string& line : m_lines->take())
        m_output->appendPlainText(words::text(line));
}

void ExternalSection::stopReading() {
    readLines();
    m_reading.stop();
}

void ExternalSection::report(const ExternalResult& result) {
    stopReading();
    QStringList parts{words::count(std::ssize(result.samples), words::Noun::image),
                      words::duration(result.seconds)};
    if (result.cost)
        parts << tr("cost %1").arg(words::number(*result.cost));
    if (result.timedOut)
        parts << tr("stopped at the time limit");
    else if (result.stopped)
        parts << tr("stopped");
    else if (result.exitCode != 0)
        parts << tr("the program ended with code %1").arg(result.exitCode);
    QString text = parts.join(QStringLiteral(" \u00b7 "));
    for (const ImportFinding& finding : result.findings)
        text +=
            QStringLiteral("\n%1: %2").arg(words::text(finding.path), words::text(finding.message));
    m_summary->setText(text);
    m_summary->show();
    std::vector<GalleryModel::Item> items;
    for (const SampleRecord& sample : result.samples)
        items.push_back({sample, result.set.name});
    m_view->setVisible(!items.empty());
    m_images->setItems(std::move(items));
    Q_EMIT messageRaised(tr("%1 taken into %2.")
                             .arg(words::count(std::ssize(result.samples), words::Noun::image),
                                  words::text(result.set.name)),
                         false);
}

} // namespace likeness
