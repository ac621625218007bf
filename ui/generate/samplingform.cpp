// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/samplingform.h"

#include "ui/generate/conditionfields.h"
#include "ui/generate/formrow.h"
#include "ui/models/modelability.h"
#include "ui/models/projectsession.h"
#include "ui/settings/settings.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr int kLargestSide = 4096;
constexpr int kMostSteps = 1000;
constexpr int kMostImages = 10000;

void setSides(QSpinBox& box, const ModelAbility& ability) {
    box.setEnabled(!ability.onlySide);
    box.setSingleStep(ability.multiple);
    box.setToolTip(
        ability.onlySide
            ? SamplingForm::tr("This model makes images of %1 pixels only.").arg(*ability.onlySide)
            : SamplingForm::tr("Multiples of %1 pixels").arg(ability.multiple));
    if (ability.onlySide)
        box.setValue(0);
}

int rounded(int side, const ModelAbility& ability) {
    return (side + ability.multiple / 2) / ability.multiple * ability.multiple;
}

} // namespace

SamplingForm::SamplingForm(ProjectSession& session,
                           Settings& settings,
                           ModelChoice& choice,
                           QWidget* parent)
    : QFrame(parent)
    , m_session(session)
    , m_settings(settings)
    , m_choice(choice)
    , m_setName(new QLineEdit)
    , m_count(new QSpinBox)
    , m_seed(new QSpinBox)
    , m_width(new QSpinBox)
    , m_height(new QSpinBox)
    , m_steps(new QSpinBox)
    , m_conditions(new ConditionFields)
    , m_generate(makePrimaryButton(tr("Generate"))) {
    setProperty("role", QStringLiteral("card"));
    setupFields();
    setupLayout();
    connect(m_generate, &QPushButton::clicked, this, &SamplingForm::start);
    connect(m_setName, &QLineEdit::returnPressed, this, &SamplingForm::start);
    connect(&choice, &ModelChoice::refreshed, this, &SamplingForm::refresh);
    connect(&choice, &ModelChoice::changed, this, &SamplingForm::refresh);
    refresh();
}

void SamplingForm::setupFields() {
    m_count->setRange(1, kMostImages);
    m_count->setValue(m_settings.sampleCount.get());
    m_seed->setRange(0, 2'000'000'000);
    m_seed->setToolTip(tr("The same model and seed give the same images."));
    for (QSpinBox* side : {m_width, m_height}) {
        side->setRange(0, kLargestSide);
        side->setSuffix(tr(" px"));
        side->setSpecialValueText(tr("as trained"));
        connect(side, &QSpinBox::editingFinished, this, [this, side] {
            if (const CheckpointEntry* entry = m_choice.current())
                side->setValue(rounded(side->value(), abilityOf(*entry)));
        });
    }
    m_steps->setRange(0, kMostSteps);
    connect(m_steps, &QSpinBox::editingFinished, this, [this] {
        if (m_steps->value() == 1) // one alone cannot be solved
            m_steps->setValue(2);
    });
}

void SamplingForm::setupLayout() {
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    addAbove(row, tr("Into set"), m_setName, 3);
    addAbove(row, tr("Images"), m_count, 1);
    addAbove(row, tr("Seed"), m_seed, 1);
    addAbove(row, tr("Width"), m_width, 1);
    addAbove(row, tr("Height"), m_height, 1);
    addAbove(row, tr("Steps"), m_steps, 1);
    row->addWidget(m_generate, 0, Qt::AlignBottom);
    m_setName->setMinimumWidth(120);
    m_steps->setMinimumWidth(92);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 14);
    column->setSpacing(10);
    column->addLayout(row);
    column->addWidget(m_conditions);
}

void SamplingForm::refresh() {
    const CheckpointEntry* entry = m_choice.current();
    m_generate->setEnabled(entry != nullptr);
    m_conditions->setConditions(entry ? conditionsOf(*entry) : std::nullopt);
    if (!entry) {
        m_proposedFor.clear();
        return;
    }
    const ModelAbility ability = abilityOf(*entry);
    setSides(*m_width, ability);
    setSides(*m_height, ability);
    m_steps->setEnabled(ability.takesSteps);
    m_steps->setSpecialValueText(ability.takesSteps ? tr("own (%1)").arg(ability.steps)
                                                    : tr("one pass"));
    m_steps->setToolTip(ability.takesSteps
                            ? tr("More solver steps take longer and come closer to what was learnt")
                            : tr("This model draws an image in one pass."));
    if (!ability.takesSteps)
        m_steps->setValue(0);
    // Once a model: what was typed over it stays while jobs come and go.
    if (std::exchange(m_proposedFor, entry->sha256) != entry->sha256)
        m_setName->setText(
            tr("%1 images", "default name of a generated set").arg(words::text(entry->name)));
    m_setName->setCursorPosition(0);
}

void SamplingForm::start() {
    const QString name = m_setName->text().trimmed();
    if (name.isEmpty()) {
        m_setName->setFocus();
        Q_EMIT messageRaised(tr("Name the set that the images go into."), true);
        return;
    }
    m_settings.sampleCount.set(m_count->value());
    SamplingRequest request;
    request.setName = words::utf8(name);
    request.count = m_count->value();
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    request.width = m_width->value();
    request.height = m_height->value();
    request.steps = m_steps->value();
    request.wish = m_conditions->wish();
    run(request);
}

void SamplingForm::generateMore(const QString& setName, int count) {
    SamplingRequest request;
    request.setName = words::utf8(setName);
    request.count = count;
    // A seed for each further batch, so that nothing is drawn twice.
    const SetRecord* set = m_session.snapshot().findSetNamed(request.setName);
    request.seed = static_cast<std::uint64_t>(m_seed->value()) + 1 +
                   static_cast<std::uint64_t>(set ? set->samples : 0);
    request.wish = m_conditions->wish();
    run(request);
}

void SamplingForm::run(const SamplingRequest& request) {
    const CheckpointEntry* entry = m_choice.current();
    if (!entry)
        return;
    m_session.run(
        {tr("Generating into %1").arg(words::text(request.setName))},
        ProjectSession::Effect::changes, this,
        [request = request, entry = *entry](Project& project, JobContext& job) mutable {
            request.checkpointId = adopted(project, entry);
            return sampleInto(project, request, job);
        },
        [this](const SamplingResult& result) {
            Q_EMIT messageRaised(
                tr("%1 generated into %2, %3 a second.")
                    .arg(words::count(std::ssize(result.samples), words::Noun::image),
                         words::text(result.set.name), words::number(result.imagesPerSecond)),
                false);
            Q_EMIT generated(result);
        });
}

} // namespace likeness
