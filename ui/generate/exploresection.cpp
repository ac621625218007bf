// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/exploresection.h"

#include "core/base/random.h"
#include "ui/generate/formrow.h"
#include "ui/generate/seededit.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"
#include "viewers/compare/comparepanes.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <utility>

namespace likeness {

namespace {

constexpr int kControls = 330;
constexpr int kPerDeviation = 20; // steps of a slider
constexpr int kReach = 4;         // standard deviations to each side
constexpr std::chrono::milliseconds kSoon{40};

enum Place { placeWork, placeNone };

} // namespace

ExploreSection::ExploreSection(const GalleryParts& parts, QWidget* parent)
    : QWidget(parent)
    , m_session(parts.session)
    , m_choice(parts.choice)
    , m_seed(new SeedEdit)
    , m_directionRows(makeFieldForm())
    , m_mix(new QCheckBox(tr("Take the details from a second image")))
    , m_fine(new SeedEdit)
    , m_crossover(new QSlider(Qt::Horizontal))
    , m_crossoverWords(makeLabel({}, LabelRole::muted))
    , m_mixing(new QWidget)
    , m_setName(new QLineEdit)
    , m_keep(makePrimaryButton(tr("Keep this image")))
    , m_state(makeLabel({}, LabelRole::muted))
    , m_panes(new ComparePanes)
    , m_stack(new QStackedWidget) {
    m_fine->setSeed(1);
    setupLayout();
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_soon, &QTimer::timeout, this, &ExploreSection::draw);
    connect(&m_choice, &ModelChoice::changed, this, &ExploreSection::refreshModel);
    connect(&m_session, &ProjectSession::closed, this, [this] {
        m_walk.reset();
        m_openedFor.clear();
    });
    connect(m_seed, &SeedEdit::seedChanged, this, &ExploreSection::wantImage);
    connect(m_fine, &SeedEdit::seedChanged, this, &ExploreSection::wantImage);
    connect(m_mix, &QCheckBox::toggled, this, &ExploreSection::wantImage);
    connect(m_crossover, &QSlider::valueChanged, this, &ExploreSection::wantImage);
    connect(m_keep, &QPushButton::clicked, this, &ExploreSection::keep);
    refreshModel();
}

void ExploreSection::setupLayout() {
    auto* work = new QWidget;
    auto* row = new QHBoxLayout(work);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(makeControls());
    auto* right = new QVBoxLayout;
    right->setSpacing(8);
    right->addWidget(m_panes, 1);
    right->addWidget(m_state);
    row->addLayout(right, 1);
    m_stack->addWidget(work);
    m_stack->addWidget(new EmptyState(
        tr("This model has no directions to explore"),
        tr("Autoencoders (VAE) and StyleGAN2 models have. Choose one in the list, or train one on "
           "your scans.")));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 12, 0, 0);
    column->addWidget(m_stack);
}

void ExploreSection::addDirection(QFormLayout* form, int number) {
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(-kReach * kPerDeviation, kReach * kPerDeviation);
    slider->setPageStep(kPerDeviation);
    nameField(slider, tr("Direction %1, in standard deviations").arg(number));
    QLabel* value = makeLabel(QStringLiteral("0.0"), LabelRole::muted);
    value->setFixedWidth(34);
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* field = new QHBoxLayout;
    field->addWidget(slider, 1);
    field->addWidget(value);
    form->addRow(QString::number(number), field);
    connect(slider, &QSlider::valueChanged, this, [this, value](int at) {
        value->setText(QString::number(static_cast<double>(at) / kPerDeviation, 'f', 1));
        wantImage();
    });
    m_directions.push_back({slider, value});
}

QWidget* ExploreSection::makeControls() {
    QFrame* card = makeCard();
    QVBoxLayout* column = makeCardColumn(card, tr("Where to look"));
    QFormLayout* form = makeFieldForm();
    addBeside(form, tr("Seed"), m_seed);
    column->addLayout(form);
    column->addWidget(
        makeLabel(tr("Move along the directions in which images of this model differ most."),
                  LabelRole::muted));
    for (int i = 1; i <= static_cast<int>(kLatentSliders); ++i)
        addDirection(m_directionRows, i);
    column->addLayout(m_directionRows);
    auto* reset = makeButton(tr("Reset"));
    auto* dice = makeButton(tr("Surprise me"));
    connect(reset, &QPushButton::clicked, this, &ExploreSection::reset);
    connect(dice, &QPushButton::clicked, this, &ExploreSection::throwDice);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(reset);
    buttons->addWidget(dice);
    buttons->addStretch(1);
    column->addLayout(buttons);
    QFormLayout* mixing = makeFieldForm();
    mixing->addRow(m_mix);
    addBeside(mixing, tr("Its seed"), m_fine);
    addBeside(mixing, tr("From level"), m_crossover);
    mixing->addRow(QString(), m_crossoverWords);
    mixing->setContentsMargins(0, 0, 0, 0);
    m_mixing->setLayout(mixing);
    column->addWidget(m_mixing);
    column->addStretch(1);
    QFormLayout* store = makeFieldForm();
    addBeside(store, tr("Into set"), m_setName);
    column->addLayout(store);
    column->addWidget(m_keep, 0, Qt::AlignRight);
    auto* scroll = new QScrollArea;
    scroll->setWidget(card);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(kControls);
    return scroll;
}

void ExploreSection::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refreshModel();
}

void ExploreSection::refreshModel() {
    const CheckpointEntry* entry = m_choice.current();
    const bool explores = entry && abilityOf(*entry).hasLatents;
    m_stack->setCurrentIndex(explores ? placeWork : placeNone);
    if (!explores || !isVisible() || m_openedFor == entry->sha256)
        return;
    m_setName->setText(tr("%1 explored").arg(words::text(entry->name)));
    open();
}

void ExploreSection::open() {
    const CheckpointEntry entry = *m_choice.current();
    m_openedFor = entry.sha256;
    m_walk.reset();
    m_start.reset();
    m_keep->setEnabled(false);
    m_state->setText(tr("Opening the model\u2026"));
    m_session.run(
        {tr("Opening %1 to explore").arg(words::text(entry.name)), Lane::project, false},
        entry.file ? ProjectSession::Effect::changes : ProjectSession::Effect::reads, this,
        [entry](Project& project, JobContext& job) {
            auto walk = std::make_shared<Walk>();
            walk->explorer.emplace(project, adopted(project, entry));
            walk->space = walk->explorer->space(job);
            return walk;
        },
        [this, key = entry.sha256](std::shared_ptr<Walk> walk) {
            if (key == m_openedFor)
                adopt(std::move(walk));
        },
        [this](const std::exception_ptr& failure) {
            m_state->setText(words::explain(failure).sentence);
        });
}

void ExploreSection::adopt(std::shared_ptr<Walk> walk) {
    m_walk = std::move(walk);
    for (std::size_t i = 0; i < m_directions.size(); ++i) {
        const bool there = i < m_walk->space.deviations.size();
        m_directions[i].slider->setEnabled(there);
        m_directionRows->setRowVisible(static_cast<int>(i), there);
    }
    m_mixing->setVisible(m_walk->space.levels > 0);
    m_crossover->setRange(0, m_walk->space.levels);
    m_crossover->setValue(m_walk->space.levels / 2);
    m_keep->setEnabled(true);
    draw();
}

LatentPoint ExploreSection::point() const {
    LatentPoint point;
    point.seed = m_seed->seed();
    for (const Direction& direction : m_directions) {
        if (direction.slider->isEnabled())
            point.offsets.push_back(static_cast<double>(direction.slider->value()) / kPerDeviation);
    }
    if (m_mix->isChecked() && m_walk && m_walk->space.levels > 0)
        point.fine = LatentPoint::Fine{m_fine->seed(), m_crossover->value()};
    return point;
}

void ExploreSection::wantImage() {
    const bool mixes = m_mix->isChecked();
    m_fine->setEnabled(mixes);
    m_crossover->setEnabled(mixes);
    m_crossoverWords->setText(tr("%1 of %2: lower takes more from the second")
                                  .arg(m_crossover->value())
                                  .arg(m_crossover->maximum()));
    if (!m_soon.isActive())
        m_soon.start();
}

void ExploreSection::draw() {
    if (!m_walk)
        return;
    if (m_drawing) {
        m_again = true; // with what the sliders say by then
        return;
    }
    m_drawing = true;
    const LatentPoint wanted = point();
    const bool newStart = !m_start || m_startSeed != wanted.seed;
    m_session.jobs().start(
        {tr("Drawing an image"), Lane::pictures, false}, this,
        [walk = m_walk, wanted, newStart](JobContext& job) {
            Drawn drawn;
            drawn.moved = std::make_shared<const Volume>(walk->explorer->render(wanted, job));
            if (newStart)
                drawn.start = std::make_shared<const Volume>(
                    walk->explorer->render({wanted.seed, {}, {}}, job));
            return drawn;
        },
        [this, seed = wanted.seed](const Drawn& drawn) {
            m_drawing = false;
            if (drawn.start) {
                m_start = drawn.start;
                m_startSeed = seed;
            }
            m_panes->setPicture(0, m_start, tr("Image of the seed"));
            m_panes->setPicture(1, drawn.moved, tr("Moved"));
            m_state->clear();
            if (std::exchange(m_again, false))
                draw();
        },
        [this](const std::exception_ptr& failure) {
            m_drawing = false;
            m_state->setText(words::explain(failure).sentence);
        });
}

void ExploreSection::reset() {
    for (const Direction& direction : m_directions)
        direction.slider->setValue(0);
}

void ExploreSection::throwDice() {
    Random random(QRandomGenerator::global()->generate64(), "explore");
    for (const Direction& direction : m_directions) {
        if (direction.slider->isEnabled())
            direction.slider->setValue(
                static_cast<int>(std::clamp(random.normal(), -3.0, 3.0) * kPerDeviation));
    }
}

void ExploreSection::keep() {
    const CheckpointEntry* entry = m_choice.current();
    LatentRequest request;
    request.setName = words::utf8(m_setName->text().trimmed());
    if (!entry || request.setName.empty()) {
        Q_EMIT messageRaised(tr("Name the set that the image goes into."), true);
        return;
    }
    request.points = {point()};
    m_session.run(
        {tr("Keeping an image in %1").arg(words::text(request.setName))},
        ProjectSession::Effect::changes, this,
        [request = request, entry = *entry](Project& project, JobContext& job) mutable {
            request.checkpointId = adopted(project, entry);
            return renderInto(project, request, job);
        },
        [this](const SamplingResult& result) {
            Q_EMIT messageRaised(tr("The image is kept in %1.").arg(words::text(result.set.name)),
                                 false);
        });
}

} // namespace likeness
