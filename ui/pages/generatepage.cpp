// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/generatepage.h"

#include "core/base/files.h"
#include "core/generation/client/packedset.h"
#include "ui/models/projectsession.h"
#include "ui/settings/settings.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/imagestrip.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/words.h"
#include "viewers/support/spanimage.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr int kStripCount = 8;
constexpr std::uint64_t kStripSeed = 0;
constexpr int kStripEdge = 192;

QFormLayout* makeForm() {
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(9);
    form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return form;
}

void addField(QFormLayout* form, const QString& label, QWidget* field) {
    form->addRow(label, field);
    nameField(field, label);
}

QVBoxLayout* makeCardColumn(QFrame* card, const QString& title) {
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(18, 14, 18, 16);
    column->setSpacing(12);
    column->addWidget(makeLabel(title, LabelRole::section));
    return column;
}

std::vector<QImage> drawStrip(const WorkerClient::Sample& request, JobContext& job) {
    static_cast<void>(WorkerClient().sample(request, job));
    const PackedSet set = readPackedSet(request.output);
    std::vector<QImage> images;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        const ImageSpan span = set.span(i);
        const ImageSpan plane = span.slice(span.depth / 2);
        images.push_back(thumbnailOf(plane, firstViewOf(plane), QSize(kStripEdge, kStripEdge)));
    }
    return images;
}

// The project's id of an entry; a shipped model enters the project when it is first used.
std::string adopted(Project& project, const CheckpointEntry& entry) {
    return entry.file ? addCheckpoint(project, *entry.file).id : entry.id;
}

} // namespace

GeneratePage::GeneratePage(ProjectSession& session, Settings& settings, QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_models(new CheckpointListModel(this))
    , m_modelView(new QListView)
    , m_setName(new QLineEdit)
    , m_count(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_edge(new QSpinBox)
    , m_sample(makePrimaryButton(tr("Generate")))
    , m_trainSet(new QComboBox)
    , m_family(new QComboBox)
    , m_preset(new QComboBox)
    , m_trainEdge(new QComboBox)
    , m_minutes(new QDoubleSpinBox)
    , m_trainSeed(new QSpinBox)
    , m_train(makePrimaryButton(tr("Train")))
    , m_lastTraining(makeLabel({}, LabelRole::muted))
    , m_strip(new ImageStrip)
    , m_stripTitle(makeLabel({}, LabelRole::section))
    , m_preview(makeButton(tr("Draw the strip"))) {
    nameField(m_strip, tr("Images of a fixed seed"));
    setupModels();
    setupLayout();
    connect(&session, &ProjectSession::snapshotChanged, this, &GeneratePage::onSnapshot);
    connect(&session, &ProjectSession::closed, this, &GeneratePage::onSnapshot);
    readShipped();
    onSnapshot();
}

void GeneratePage::setupModels() {
    m_modelView->setModel(m_models);
    m_modelView->setItemDelegate(new ListItemDelegate(this));
    m_modelView->setMouseTracking(true);
    m_modelView->setMinimumWidth(240);
    nameField(m_modelView, tr("Models"));
    connect(m_modelView->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &GeneratePage::onModelChosen);
}

QWidget* GeneratePage::makeSamplingCard() {
    m_count->setRange(1, 10000);
    m_count->setValue(m_settings.sampleCount.get());
    m_seed->setRange(0, 2'000'000'000);
    m_edge->setRange(0, 4096);
    m_edge->setSingleStep(16);
    m_edge->setSuffix(tr(" px"));
    m_edge->setSpecialValueText(tr("as trained"));
    QFrame* card = makeCard();
    QVBoxLayout* column = makeCardColumn(card, tr("Generate images"));
    QFormLayout* form = makeForm();
    addField(form, tr("Into set"), m_setName);
    addField(form, tr("Images"), m_count);
    addField(form, tr("Seed"), m_seed);
    addField(form, tr("Edge"), m_edge);
    column->addLayout(form);
    column->addWidget(m_sample, 0, Qt::AlignRight);
    column->addStretch(1);
    connect(m_sample, &QPushButton::clicked, this, &GeneratePage::startSampling);
    return card;
}

QWidget* GeneratePage::makeTrainingCard() {
    for (QComboBox* box : {m_trainSet, m_family, m_preset}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(10);
    }
    m_family->addItem(tr("Diffusion (truest texture)"), QStringLiteral("diffusion"));
    m_family->addItem(tr("GAN (fast baseline)"), QStringLiteral("dcgan"));
    m_family->addItem(tr("VAE (smooth baseline)"), QStringLiteral("vae"));
    m_preset->addItem(tr("Demo (minutes on a CPU)"), QStringLiteral("demo"));
    m_preset->addItem(tr("Workstation (GPU, 8 GB and more)"), QStringLiteral("workstation"));
    m_preset->addItem(tr("Large (GPU, 40 GB and more)"), QStringLiteral("large"));
    for (const int edge : {32, 64, 128, 256, 512})
        m_trainEdge->addItem(tr("%1 px").arg(edge), edge);
    m_trainEdge->setCurrentIndex(1);
    m_minutes->setRange(0.1, 100000.0);
    m_minutes->setDecimals(1);
    m_minutes->setValue(m_settings.trainingMinutes.get());
    m_minutes->setSuffix(tr(" min"));
    m_trainSeed->setRange(0, 2'000'000'000);
    QFrame* card = makeCard();
    QVBoxLayout* column = makeCardColumn(card, tr("Train a new model"));
    QFormLayout* form = makeForm();
    addField(form, tr("On set"), m_trainSet);
    addField(form, tr("Model"), m_family);
    addField(form, tr("Preset"), m_preset);
    addField(form, tr("Edge"), m_trainEdge);
    addField(form, tr("For"), m_minutes);
    addField(form, tr("Seed"), m_trainSeed);
    column->addLayout(form);
    auto* row = new QHBoxLayout;
    row->addWidget(m_lastTraining, 1);
    row->addWidget(m_train);
    column->addLayout(row);
    column->addStretch(1);
    connect(m_train, &QPushButton::clicked, this, &GeneratePage::startTraining);
    return card;
}

QWidget* GeneratePage::makeStripCard() {
    QFrame* card = makeCard();
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(18, 14, 18, 16);
    column->setSpacing(12);
    auto* row = new QHBoxLayout;
    row->addWidget(m_stripTitle, 1);
    row->addWidget(m_preview);
    column->addLayout(row);
    column->addWidget(m_strip);
    connect(m_preview, &QPushButton::clicked, this, &GeneratePage::startPreview);
    return card;
}

void GeneratePage::setupLayout() {
    auto* cards = new QHBoxLayout;
    cards->setSpacing(12);
    cards->addWidget(makeSamplingCard(), 1);
    cards->addWidget(makeTrainingCard(), 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(12);
    right->addWidget(makeStripCard());
    right->addLayout(cards);
    right->addStretch(1);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(m_modelView, 1);
    row->addLayout(right, 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 16);
    column->setSpacing(12);
    column->addWidget(
        new PageHeader(tr("Generate"), tr("Sample synthetic images from a model, or train a new "
                                          "one. Work runs in a process of its own.")));
    column->addLayout(row, 1);
}

void GeneratePage::readShipped() {
    m_session.jobs().start(
        {tr("Reading the shipped models"), Lane::pictures, false}, this,
        [](JobContext&) { return shippedCheckpoints(shippedModels()); },
        [this](std::vector<CheckpointEntry> shipped) {
            m_shipped = std::move(shipped);
            onSnapshot();
        });
}

void GeneratePage::onSnapshot() {
    const bool open = m_session.isOpen();
    const std::string chosen = current() ? current()->sha256 : std::string();
    const QString set = m_trainSet->currentData().toString();
    std::vector<CheckpointEntry> own;
    m_trainSet->clear();
    if (open) {
        for (const CheckpointRecord& record : m_session.snapshot().checkpoints)
            own.push_back(entryOf(record, m_session.snapshot().sets));
        for (const SetRecord& record : m_session.snapshot().sets) {
            if (record.origin != Origin::synthetic && !record.masks)
                m_trainSet->addItem(words::text(record.name), words::text(record.id));
        }
        own = mergedCheckpoints(std::move(own), m_shipped);
    }
    m_trainSet->setCurrentIndex(std::max(0, m_trainSet->findData(set)));
    m_models->setEntries(std::move(own));
    int row = 0;
    for (int i = 0; i < m_models->rowCount(); ++i)
        row = m_models->at(i)->sha256 == chosen ? i : row;
    m_modelView->setCurrentIndex(m_models->index(row));
    m_train->setEnabled(m_trainSet->count() > 0);
    onModelChosen();
}

const CheckpointEntry* GeneratePage::current() const {
    return m_models->at(m_modelView->currentIndex().row());
}

void GeneratePage::onModelChosen() {
    const CheckpointEntry* entry = current();
    m_sample->setEnabled(entry != nullptr);
    m_preview->setEnabled(entry != nullptr);
    m_stripTitle->setText(entry ? tr("%1, seed %2").arg(words::text(entry->name)).arg(kStripSeed)
                                : tr("No model yet"));
    if (!entry) {
        m_proposedFor.clear();
        m_strip->setImages({});
        m_strip->setPlaceholder(
            tr("Train a model on one of your sets, and its first images appear here."));
        return;
    }
    // Once a model: what was typed over it stays while jobs come and go.
    if (std::exchange(m_proposedFor, entry->sha256) != entry->sha256)
        m_setName->setText(
            tr("%1 images", "default name of a generated set").arg(words::text(entry->name)));
    const auto known = m_strips.find(entry->sha256);
    m_strip->setPlaceholder(
        tr("The same seed gives the same images: draw them to see what this model makes."));
    m_strip->setImages(known == m_strips.end() ? std::vector<QImage>{} : known->second);
}

void GeneratePage::chooseTrainingSet(const QString& setId) {
    const int row = m_trainSet->findData(setId);
    if (row >= 0)
        m_trainSet->setCurrentIndex(row);
    m_minutes->setFocus();
}

void GeneratePage::startSampling() {
    const CheckpointEntry* entry = current();
    const QString name = m_setName->text().trimmed();
    if (!entry || name.isEmpty()) {
        Q_EMIT messageRaised(tr("Name the set that the images go into."), true);
        return;
    }
    m_settings.sampleCount.set(m_count->value());
    SamplingRequest request;
    request.setName = words::utf8(name);
    request.count = m_count->value();
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    request.width = m_edge->value();
    request.height = m_edge->value();
    m_session.run(
        {tr("Generating into %1").arg(name)}, ProjectSession::Effect::changes, this,
        [request, entry = *entry](Project& project, JobContext& job) mutable {
            request.checkpointId = adopted(project, entry);
            return sampleInto(project, request, job);
        },
        [this](const SamplingResult& result) {
            Q_EMIT messageRaised(
                tr("%1 generated into %2, %3 a second.")
                    .arg(words::count(std::ssize(result.samples), words::Noun::image),
                         words::text(result.set.name), words::number(result.imagesPerSecond)),
                false);
        });
}

void GeneratePage::startPreview() {
    const CheckpointEntry* entry = current();
    if (!entry)
        return;
    m_session.run(
        {tr("Drawing the strip of %1").arg(words::text(entry->name))},
        ProjectSession::Effect::reads, this,
        [entry = *entry](Project& project, JobContext& job) {
            const TemporaryFolder folder;
            WorkerClient::Sample request;
            request.checkpoint = entry.file ? *entry.file : project.checkpointFile(entry.id);
            request.sha256 = entry.sha256;
            request.output = folder.path() / "strip.pack";
            request.count = kStripCount;
            request.seed = kStripSeed;
            return drawStrip(request, job);
        },
        [this, key = entry->sha256](std::vector<QImage> images) {
            showStrip(key, std::move(images));
        });
}

void GeneratePage::showStrip(const std::string& key, std::vector<QImage> images) {
    m_strips[key] = std::move(images);
    onModelChosen();
}

void GeneratePage::startTraining() {
    m_settings.trainingMinutes.set(m_minutes->value());
    TrainingRequest request;
    request.setName = words::utf8(m_trainSet->currentText());
    request.model = words::utf8(m_family->currentData().toString());
    request.preset = words::utf8(m_preset->currentData().toString());
    request.size = m_trainEdge->currentData().toInt();
    request.minutes = m_minutes->value();
    request.seed = static_cast<std::uint64_t>(m_trainSeed->value());
    m_session.run(
        {tr("Training on %1").arg(m_trainSet->currentText())}, ProjectSession::Effect::changes,
        this,
        [request](Project& project, JobContext& job) { return trainOnSet(project, request, job); },
        [this](const TrainingResult& result) { reportTraining(result); });
}

void GeneratePage::reportTraining(const TrainingResult& result) {
    // The trainer's own figures by noise level stay in the checkpoint; people watch the whole.
    const auto loss = result.run.finalLosses.find("all");
    const QString lossWords = loss != result.run.finalLosses.end() && loss->is_number()
                                  ? tr("loss %1").arg(words::number(loss->get<double>()))
                                  : tr("no loss reported");
    const QString summary = tr("%1: %L2 steps in %3; %4")
                                .arg(words::text(result.checkpoint.name))
                                .arg(result.run.steps)
                                .arg(words::duration(result.run.seconds), lossWords);
    m_lastTraining->setText(result.run.stoppedEarly
                                ? tr("%1 (stopped early; likeness-cli train --resume %2 goes on)")
                                      .arg(summary, words::text(result.checkpoint.id))
                                : summary);
    if (result.run.warning)
        Q_EMIT messageRaised(words::text(*result.run.warning), true);
    for (int i = 0; i < m_models->rowCount(); ++i) {
        if (m_models->at(i)->id == result.checkpoint.id)
            m_modelView->setCurrentIndex(m_models->index(i));
    }
    startPreview();
}

void GeneratePage::entered() {
    m_modelView->setFocus();
}

} // namespace likeness
