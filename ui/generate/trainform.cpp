// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/trainform.h"

#include "core/generation/client/modelnames.h"
#include "ui/generate/formrow.h"
#include "ui/models/modelability.h"
#include "ui/models/projectsession.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace likeness {

namespace {

constexpr int kAbout = 18; // characters that a choice asks room for

} // namespace

TrainForm::TrainForm(ProjectSession& session, Settings& settings, QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_settings(settings)
    , m_set(new QComboBox)
    , m_family(new QComboBox)
    , m_about(makeLabel({}, LabelRole::muted))
    , m_preset(new QComboBox)
    , m_size(new QComboBox)
    , m_limit(new QComboBox)
    , m_minutes(new QDoubleSpinBox)
    , m_steps(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_estimate(makeLabel({}, LabelRole::muted))
    , m_start(makePrimaryButton(tr("Train"))) {
    setProperty("role", QStringLiteral("card"));
    setupChoices();
    setupLimits();
    setupLayout();
    connect(&session, &ProjectSession::snapshotChanged, this, &TrainForm::fillSets);
    connect(&session, &ProjectSession::closed, this, &TrainForm::fillSets);
    connect(m_start, &QPushButton::clicked, this, [this] {
        m_settings.trainingMinutes.set(m_minutes->value());
        Q_EMIT startWanted();
    });
    for (QComboBox* box : {m_set, m_family, m_preset, m_size, m_limit})
        connect(box, &QComboBox::currentIndexChanged, this, &TrainForm::refresh);
    for (QSpinBox* box : {m_steps, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &TrainForm::changed);
    connect(m_minutes, &QDoubleSpinBox::valueChanged, this, &TrainForm::changed);
    fillSets();
}

void TrainForm::setupChoices() {
    for (QComboBox* box : {m_set, m_family, m_preset, m_size, m_limit}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(kAbout);
    }
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
}

void TrainForm::setupLimits() {
    m_limit->addItem(tr("a time"), false);
    m_limit->addItem(tr("a number of steps"), true);
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
    addBeside(form, tr("On set"), m_set);
    addBeside(form, tr("Model"), m_family);
    form->addRow(QString(), m_about);
    addBeside(form, tr("Preset"), m_preset);
    addBeside(form, tr("Crops"), m_size);
    form->addRow(tr("For"), limit);
    nameField(m_limit, tr("For"));
    addBeside(form, tr("Seed"), m_seed);
    column->addLayout(form);
    column->addStretch(1);
    column->addWidget(m_estimate);
    column->addWidget(m_start, 0, Qt::AlignRight);
}

void TrainForm::fillSets() {
    const QString chosen = m_set->currentData().toString();
    {
        const QSignalBlocker quiet(m_set);
        m_set->clear();
        if (m_session.isOpen()) {
            for (const SetRecord& set : m_session.snapshot().sets) {
                if (set.origin != Origin::synthetic && !set.masks)
                    m_set->addItem(words::text(set.name), words::text(set.id));
            }
        }
        m_set->setCurrentIndex(std::max(0, m_set->findData(chosen)));
    }
    refresh();
}

void TrainForm::chooseSet(const QString& setId) {
    const int row = m_set->findData(setId);
    if (row >= 0)
        m_set->setCurrentIndex(row);
    m_set->setFocus();
}

void TrainForm::refresh() {
    const bool bySteps = m_limit->currentData().toBool();
    m_minutes->setVisible(!bySteps);
    m_steps->setVisible(bySteps);
    m_about->setText(familySentence(words::utf8(m_family->currentData().toString())));
    m_start->setEnabled(m_set->count() > 0);
    Q_EMIT changed();
}

std::optional<TrainingRequest> TrainForm::request() const {
    if (m_set->currentIndex() < 0)
        return std::nullopt;
    TrainingRequest request;
    request.setName = words::utf8(m_set->currentText());
    request.model = words::utf8(m_family->currentData().toString());
    request.preset = words::utf8(m_preset->currentData().toString());
    request.size = m_size->currentData().toInt();
    if (m_limit->currentData().toBool())
        request.steps = m_steps->value();
    else
        request.minutes = m_minutes->value();
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    return request;
}

} // namespace likeness
