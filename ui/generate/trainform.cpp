// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainform.h"

#include "core/generation/client/modelnames.h"
#include "ui/generate/formrow.h"
#include "ui/generate/trainestimate.h"
#include "ui/models/modelability.h"
#include "ui/models/projectsession.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace likeness {

namespace {

constexpr int kAbout = 14; // characters that a choice asks room for
constexpr int kShort = 8;
constexpr int kPatience = 6; // evaluations
constexpr int kSetsHeight = 84;

} // namespace

TrainForm::TrainForm(ProjectSession& session, Settings& settings, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_settings(settings)
    , m_sets(new QListWidget)
    , m_family(new QComboBox)
    , m_about(makeLabel({}, LabelRole::muted))
    , m_preset(new QComboBox)
    , m_size(new QComboBox)
    , m_conditionRow(makeConditions())
    , m_holdOut(new QComboBox)
    , m_earlyStop(new QCheckBox(tr("Stop when it gets no nearer to it")))
    , m_limit(new QComboBox)
    , m_minutes(new QDoubleSpinBox)
    , m_steps(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_estimate(new TrainEstimate(session))
    , m_start(makePrimaryButton(tr("Train"))) {
    setProperty("role", QStringLiteral("card"));
    setupChoices();
    setupLimits();
    setupLayout();
    connect(&session, &ProjectSession::snapshotChanged, this, &TrainForm::fillSets);
    connect(&session, &ProjectSession::closed, this, &TrainForm::fillSets);
    connect(m_start, &QPushButton::clicked, this, &TrainForm::start);
    connect(this, &TrainForm::changed, this, [this] { m_estimate->setRequest(request()); });
    connect(m_sets, &QListWidget::itemChanged, this, &TrainForm::refresh);
    for (QComboBox* box : {m_family, m_preset, m_size, m_holdOut, m_limit})
        connect(box, &QComboBox::currentIndexChanged, this, &TrainForm::refresh);
    for (QSpinBox* box : {m_steps, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &TrainForm::changed);
    connect(m_minutes, &QDoubleSpinBox::valueChanged, this, &TrainForm::changed);
    fillSets();
}

void TrainForm::setupChoices() {
    m_sets->setFixedHeight(kSetsHeight);
    m_sets->setToolTip(tr("Several sets: one model that tells them apart"));
    for (QComboBox* box : {m_family, m_preset, m_size, m_holdOut, m_limit}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(box == m_limit ? kShort : kAbout);
    }
    m_sets->setMinimumWidth(0);
    for (const std::string_view name : kModelNames) {
        const std::string word(name);
        m_family->addItem(familyName(word), words::text(word));
    }
    m_preset->addItem(tr("Demo: minutes on any computer"), QStringLiteral("demo"));
    m_preset->addItem(tr("Workstation: graphics card of 8 GB"), QStringLiteral("workstation"));
    m_preset->addItem(tr("Large: graphics card of 40 GB"), QStringLiteral("large"));
    for (const int edge : {32, 64, 128, 256, 512})
        m_size->addItem(tr("%1 x %1 pixels").arg(edge), edge);
    m_size->setCurrentIndex(1);
    m_holdOut->addItem(tr("what suits the set"), QStringLiteral("auto"));
    m_holdOut->addItem(tr("whole specimens"), QStringLiteral("specimen"));
    m_holdOut->addItem(tr("a slab of slices"), QStringLiteral("slab"));
    m_holdOut->addItem(tr("a block"), QStringLiteral("block"));
    m_holdOut->addItem(tr("nothing"), QStringLiteral("none"));
    m_holdOut->setToolTip(tr("A part that the model never sees: what it draws is compared with it "
                             "while it trains"));
    m_earlyStop->setToolTip(tr("Ends the run when %1 comparisons in a row were no better than the "
                               "best one, which is kept as a model of its own")
                                .arg(kPatience));
    connect(m_earlyStop, &QCheckBox::toggled, this, &TrainForm::changed);
}

void TrainForm::setupLimits() {
    m_limit->addItem(tr("a time"), false);
    m_limit->addItem(tr("some steps"), true);
    m_minutes->setRange(0.1, 100000.0);
    m_minutes->setDecimals(1);
    m_minutes->setValue(m_settings.trainingMinutes.get());
    m_minutes->setSuffix(tr(" min"));
    m_steps->setRange(1, 100'000'000);
    m_steps->setSingleStep(500);
    m_steps->setValue(3000);
    m_steps->setGroupSeparatorShown(true);
    m_seed->setRange(0, 2'000'000'000);
}

void TrainForm::setupLayout() {
    auto* limit = new QHBoxLayout;
    limit->setSpacing(8);
    limit->addWidget(m_limit, 1);
    limit->addWidget(m_minutes, 1);
    limit->addWidget(m_steps, 1);
    nameField(m_minutes, tr("Minutes"));
    nameField(m_steps, tr("Steps"));
    QVBoxLayout* column = makeCardColumn(this, tr("Train a new model"));
    QFormLayout* form = makeFieldForm();
    addBeside(form, tr("On sets"), m_sets);
    addBeside(form, tr("Model"), m_family);
    form->addRow(QString(), m_about);
    addBeside(form, tr("Preset"), m_preset);
    addBeside(form, tr("Crops"), m_size);
    addBeside(form, tr("Steered by"), m_conditionRow);
    addBeside(form, tr("Hold out"), m_holdOut);
    form->addRow(QString(), m_earlyStop);
    form->addRow(tr("For"), limit);
    nameField(m_limit, tr("For"));
    addBeside(form, tr("Seed"), m_seed);
    column->addLayout(form);
    column->addStretch(1);
    column->addWidget(m_estimate);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_estimate->button());
    buttons->addStretch(1);
    buttons->addWidget(m_start);
    column->addLayout(buttons);
}

QWidget* TrainForm::makeConditions() {
    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    const std::pair<QString, std::string> known[] = {{tr("phase fraction"), "phase_fraction"},
                                                     {tr("orientation"), "orientation"},
                                                     {tr("mean grey"), "mean_grey"},
                                                     {tr("voxel size"), "voxel_um"}};
    for (const auto& [title, word] : known) {
        auto* check = new QCheckBox(title);
        nameField(check, tr("Can be asked for %1").arg(title));
        connect(check, &QCheckBox::toggled, this, &TrainForm::changed);
        const int at = static_cast<int>(m_conditions.size());
        grid->addWidget(check, at / 2, at % 2);
        m_conditions.emplace_back(check, word);
    }
    box->setToolTip(tr("The model is told this of every crop, so that you can ask its images for "
                       "it: porosity, fibre fraction or root density, for example."));
    return box;
}

QStringList TrainForm::chosenSets() const {
    QStringList names;
    for (int row = 0; row < m_sets->count(); ++row) {
        if (m_sets->item(row)->checkState() == Qt::Checked)
            names << m_sets->item(row)->text();
    }
    return names;
}

void TrainForm::fillSets() {
    const QStringList chosen = chosenSets();
    {
        const QSignalBlocker quiet(m_sets);
        m_sets->clear();
        if (m_session.isOpen()) {
            for (const SetRecord& set : m_session.snapshot().sets) {
                if (set.origin == Origin::synthetic || set.masks)
                    continue;
                auto* item = new QListWidgetItem(words::text(set.name), m_sets);
                item->setData(Qt::UserRole, words::text(set.id));
                item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsSelectable);
                item->setCheckState(chosen.contains(item->text()) ? Qt::Checked : Qt::Unchecked);
            }
        }
        if (m_sets->count() > 0) {
            m_sets->setCurrentRow(0);
            if (chosenSets().isEmpty())
                m_sets->item(0)->setCheckState(Qt::Checked);
        }
    }
    refresh();
}

void TrainForm::chooseSet(const QString& setId) {
    for (int row = 0; row < m_sets->count(); ++row) {
        QListWidgetItem* item = m_sets->item(row);
        const bool wanted = item->data(Qt::UserRole).toString() == setId;
        item->setCheckState(wanted ? Qt::Checked : Qt::Unchecked);
        if (wanted)
            m_sets->setCurrentRow(row);
    }
    m_sets->setFocus();
}

void TrainForm::refresh() {
    const bool bySteps = m_limit->currentData().toBool();
    m_minutes->setVisible(!bySteps);
    m_steps->setVisible(bySteps);
    m_about->setText(familySentence(words::utf8(m_family->currentData().toString())));
    const std::string model = words::utf8(m_family->currentData().toString());
    m_conditionRow->setEnabled(model == "diffusion" || model == "latent-diffusion");
    m_earlyStop->setEnabled(m_holdOut->currentData().toString() != QStringLiteral("none"));
    m_start->setEnabled(!chosenSets().isEmpty());
    Q_EMIT changed();
}

void TrainForm::start() {
    m_settings.trainingMinutes.set(m_minutes->value());
    m_estimate->stop();
    Q_EMIT startWanted();
}

std::optional<TrainingRequest> TrainForm::request() const {
    const QStringList sets = chosenSets();
    if (sets.isEmpty())
        return std::nullopt;
    TrainingRequest request;
    request.setName = words::utf8(sets.first());
    for (const QString& more : sets.sliced(1))
        request.moreSets.push_back(words::utf8(more));
    for (const auto& [check, word] : m_conditions) {
        if (check->isChecked() && m_conditionRow->isEnabled())
            request.conditions.push_back(word);
    }
    request.model = words::utf8(m_family->currentData().toString());
    request.preset = words::utf8(m_preset->currentData().toString());
    request.size = m_size->currentData().toInt();
    if (m_limit->currentData().toBool())
        request.steps = m_steps->value();
    else
        request.minutes = m_minutes->value();
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    request.holdOut.split = words::utf8(m_holdOut->currentData().toString());
    if (m_earlyStop->isEnabled() && m_earlyStop->isChecked())
        request.earlyStop = kPatience;
    return request;
}

} // namespace likeness
