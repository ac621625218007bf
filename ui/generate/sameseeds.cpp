// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/sameseeds.h"

#include "core/base/files.h"
#include "core/generation/client/packedset.h"
#include "core/generation/client/workerclient.h"
#include "ui/models/projectsession.h"
#include "ui/models/thumbnailstore.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/seedgrid.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

namespace {

constexpr int kCount = 8;
constexpr int kThumbnail = 192;

std::vector<std::shared_ptr<const Volume>> drawImages(const WorkerClient::Sample& request,
                                                      JobContext& job) {
    static_cast<void>(WorkerClient().sample(request, job));
    const PackedSet set = readPackedSet(request.output);
    std::vector<std::shared_ptr<const Volume>> images;
    for (std::size_t i = 0; i < set.images.size(); ++i)
        images.push_back(std::make_shared<const Volume>(Volume::copyOf(set.span(i))));
    return images;
}

} // namespace

SameSeeds::SameSeeds(ProjectSession& session, ModelChoice& choice, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_choice(choice)
    , m_other(new QComboBox)
    , m_seed(new QSpinBox)
    , m_draw(makePrimaryButton(tr("Draw")))
    , m_grid(new SeedGrid)
    , m_panes(new ComparePanes)
    , m_stack(new QStackedWidget) {
    setupLayout();
    connect(m_draw, &QPushButton::clicked, this, &SameSeeds::draw);
    connect(m_seed, &QSpinBox::valueChanged, this, &SameSeeds::refresh);
    connect(m_other, &QComboBox::currentIndexChanged, this, &SameSeeds::refresh);
    connect(m_grid, &SeedGrid::columnChosen, this, &SameSeeds::showColumn);
    connect(&choice, &ModelChoice::refreshed, this, &SameSeeds::fillOthers);
    connect(&choice, &ModelChoice::changed, this, &SameSeeds::fillOthers);
    fillOthers();
}

void SameSeeds::setupLayout() {
    nameField(m_other, tr("Compare with"));
    nameField(m_seed, tr("Seed"));
    nameField(m_grid, tr("Images of the same seeds"));
    m_seed->setRange(0, 2'000'000'000);
    m_other->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_other->setMinimumContentsLength(22);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(makeLabel(tr("Compare with")));
    row->addWidget(m_other, 1);
    row->addSpacing(8);
    row->addWidget(makeLabel(tr("Seed")));
    row->addWidget(m_seed);
    row->addWidget(m_draw);
    m_stack->addWidget(m_panes);
    m_stack->addWidget(new EmptyState(
        tr("The same seed gives the same images"),
        tr("Draw them to see what this model makes. Choose a second model to see what both make "
           "of the same seeds; a click on a pair enlarges it.")));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addLayout(row);
    column->addWidget(m_grid);
    column->addWidget(m_stack, 1);
}

void SameSeeds::fillOthers() {
    const QString chosen = m_other->currentData().toString();
    const CheckpointEntry* current = m_choice.current();
    const QSignalBlocker quiet(m_other);
    m_other->clear();
    m_other->addItem(tr("no other model"), QString());
    for (int row = 0; row < m_choice.models()->rowCount(); ++row) {
        const CheckpointEntry* entry = m_choice.models()->at(row);
        if (current && entry->sha256 != current->sha256)
            m_other->addItem(tr("%1, %L2 steps").arg(words::text(entry->name)).arg(entry->steps),
                             words::text(entry->sha256));
    }
    m_other->setCurrentIndex(std::max(0, m_other->findData(chosen)));
    refresh();
}

const CheckpointEntry* SameSeeds::other() const {
    const std::string wanted = words::utf8(m_other->currentData().toString());
    for (int row = 0; row < m_choice.models()->rowCount(); ++row) {
        if (!wanted.empty() && m_choice.models()->at(row)->sha256 == wanted)
            return m_choice.models()->at(row);
    }
    return nullptr;
}

const SameSeeds::Images* SameSeeds::imagesOf(const CheckpointEntry* entry) const {
    const auto found = entry ? m_images.find({entry->sha256, m_seed->value()}) : m_images.end();
    return found == m_images.end() ? nullptr : &found->second;
}

void SameSeeds::draw() {
    for (const CheckpointEntry* entry : {m_choice.current(), other()}) {
        if (entry && !imagesOf(entry))
            start(*entry);
    }
}

void SameSeeds::start(const CheckpointEntry& entry) {
    const Key key{entry.sha256, m_seed->value()};
    m_session.run(
        {tr("Drawing images of %1").arg(words::text(entry.name))}, ProjectSession::Effect::reads,
        this,
        [entry, seed = m_seed->value()](Project& project, JobContext& job) {
            const TemporaryFolder folder;
            WorkerClient::Sample request;
            request.checkpoint = entry.file ? *entry.file : project.checkpointFile(entry.id);
            request.sha256 = entry.sha256;
            request.output = folder.path() / "seeds.pack";
            request.count = kCount;
            request.seed = static_cast<std::uint64_t>(seed);
            return drawImages(request, job);
        },
        [this, key](Images images) {
            m_images[key] = std::move(images);
            refresh();
        });
}

void SameSeeds::refresh() {
    const CheckpointEntry* current = m_choice.current();
    std::vector<std::vector<QImage>> rows;
    QStringList titles;
    bool complete = true;
    for (const CheckpointEntry* entry : {current, other()}) {
        if (!entry)
            continue;
        const Images* images = imagesOf(entry);
        complete = complete && images;
        std::vector<QImage> row(images ? images->size() : kCount);
        for (std::size_t i = 0; images && i < row.size(); ++i)
            row[i] = makeThumbnail(*images->at(i), kThumbnail);
        rows.push_back(std::move(row));
        titles << (images ? words::text(entry->name)
                          : tr("%1 \u2013 not drawn yet").arg(words::text(entry->name)));
    }
    m_draw->setEnabled(current && !complete);
    m_grid->setRows(std::move(rows), titles);
    m_grid->setVisible(imagesOf(current) || imagesOf(other()));
    showColumn(std::max(0, m_grid->column()));
}

void SameSeeds::showColumn(int column) {
    const CheckpointEntry* entries[] = {m_choice.current(), other()};
    bool any = false;
    for (int pane = 0; pane < 2; ++pane) {
        const CheckpointEntry* entry = entries[pane];
        const Images* images = imagesOf(entry);
        const bool there = images && column < static_cast<int>(images->size());
        m_panes->setPicture(pane, there ? images->at(static_cast<std::size_t>(column)) : nullptr,
                            entry ? words::text(entry->name) : QString());
        any = any || there;
    }
    m_grid->setColumn(any ? column : -1);
    m_stack->setCurrentIndex(any ? 0 : 1);
}

} // namespace likeness
