// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/inspectpage.h"

#include "ui/models/projectsession.h"
#include "ui/models/viewables.h"
#include "ui/settings/settings.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/pageheader.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/viewablepicker.h"
#include "ui/widgets/volumepair.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

namespace {

QString presetName(TransferPreset preset) {
    switch (preset) {
    case TransferPreset::rockGrains:
        return InspectPage::tr("Grains");
    case TransferPreset::rockPores:
        return InspectPage::tr("Pores");
    case TransferPreset::fibres:
        return InspectPage::tr("Fibres");
    case TransferPreset::root:
        return InspectPage::tr("Root");
    case TransferPreset::plain:
        return InspectPage::tr("Plain");
    }
    return {};
}

} // namespace

InspectPage::InspectPage(ProjectSession& session, Settings& settings, QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_pickers{new ViewablePicker(tr("Left")), new ViewablePicker(tr("Right"))}
    , m_panes(new ComparePanes)
    , m_stack(new QStackedWidget)
    , m_content(new QStackedWidget)
    , m_flat(makeButton(tr("Slices")))
    , m_solid(makeButton(tr("3-D")))
    , m_linked(makeButton(tr("Linked")))
    , m_fit(makeButton(tr("Fit")))
    , m_axis(new QComboBox)
    , m_window(new QComboBox)
    , m_look(new QComboBox)
    , m_flatTools(new QWidget)
    , m_slice(new QSlider(Qt::Horizontal))
    , m_sliceText(makeLabel({}, LabelRole::muted))
    , m_status(makeLabel({}, LabelRole::muted)) {
    for (int pane = 0; pane < 2; ++pane) {
        const auto at = static_cast<std::size_t>(pane);
        m_jobs[at] = std::make_unique<LatestJob>(session.jobs());
        connect(m_pickers[at], &ViewablePicker::changed, this, [this, pane] { load(pane); });
    }
    setupTools();
    setupLayout();
    connect(m_panes, &ComparePanes::probed, this, &InspectPage::showProbe);
    connect(m_panes->link(), &ViewLink::changed, this, &InspectPage::refreshSlider);
    connect(&session, &ProjectSession::snapshotChanged, this, &InspectPage::onSnapshot);
    connect(&session, &ProjectSession::closed, this, &InspectPage::onSnapshot);
    applyLink(settings.linkedViews.get());
    m_status->setText(mouseHint());
    onSnapshot();
}

void InspectPage::setupTools() {
    auto* mode = new QButtonGroup(this);
    for (QPushButton* button : {m_flat, m_solid}) {
        button->setCheckable(true);
        mode->addButton(button);
    }
    m_flat->setChecked(true);
    m_linked->setCheckable(true);
    m_linked->setChecked(m_settings.linkedViews.get());
    m_linked->setIcon(theme::icon(QStringLiteral("link")));
    m_linked->setToolTip(tr("Pan, zoom, slice, window and camera follow each other"));
    m_fit->setIcon(theme::icon(QStringLiteral("fit")));
    m_fit->setToolTip(tr("Fit both images into their panes"));
    m_axis->addItems({tr("along x"), tr("along y"), tr("along z")});
    m_axis->setCurrentIndex(2);
    nameField(m_axis, tr("Slicing direction"));
    m_window->addItem(tr("same grey values"), static_cast<int>(WindowLink::byValue));
    m_window->addItem(tr("same percentiles"), static_cast<int>(WindowLink::byPercentile));
    m_window->addItem(tr("separate windows"), static_cast<int>(WindowLink::off));
    m_window->setToolTip(tr("How window and level of the two images go together"));
    nameField(m_window, tr("Window link"));
    nameField(m_look, tr("Look of the volumes"));
    nameField(m_slice, tr("Slice"));
    m_status->setWordWrap(false);
    m_sliceText->setWordWrap(false);
    m_sliceText->setMinimumWidth(110);

    connect(mode, &QButtonGroup::buttonClicked, this, &InspectPage::applyMode);
    connect(m_linked, &QPushButton::toggled, this, [this](bool on) {
        m_settings.linkedViews.set(on);
        applyLink(on);
    });
    connect(m_fit, &QPushButton::clicked, this, [this] {
        for (int pane = 0; pane < 2; ++pane)
            m_panes->link()->fit(m_panes->canvas(pane)->viewId());
        if (m_volumePair)
            m_volumePair->resetCamera();
    });
    connect(m_axis, &QComboBox::currentIndexChanged, this, [this](int axis) {
        for (int pane = 0; pane < 2; ++pane)
            m_panes->link()->setAxis(m_panes->canvas(pane)->viewId(), static_cast<SliceAxis>(axis));
    });
    connect(m_window, &QComboBox::activated, this, [this] {
        m_panes->link()->setWindowMode(static_cast<WindowLink>(m_window->currentData().toInt()));
    });
    connect(m_look, &QComboBox::currentIndexChanged, this, [this] {
        if (m_volumePair && m_look->currentIndex() >= 0)
            m_volumePair->setLook(static_cast<TransferPreset>(m_look->currentData().toInt()));
    });
    connect(m_slice, &QSlider::valueChanged, this, [this](int value) {
        const int pane = m_volumes[0] && m_volumes[0]->depth() > 1 ? 0 : 1;
        m_panes->link()->setSlice(m_panes->canvas(pane)->viewId(), value);
    });
}

void InspectPage::setupLayout() {
    auto* header = new PageHeader(
        tr("Inspect"),
        tr("Two sets side by side, in slices or in 3-D. Press ? for keys and mouse."));
    header->addAction(m_flat);
    header->addAction(m_solid);
    header->addAction(m_linked);
    header->addAction(m_fit);

    auto* pickers = new QHBoxLayout;
    pickers->setSpacing(18);
    pickers->addWidget(m_pickers[0], 1);
    pickers->addWidget(m_pickers[1], 1);

    auto* tools = new QHBoxLayout(m_flatTools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(10);
    tools->addWidget(m_sliceText);
    tools->addWidget(m_slice, 1);
    tools->addWidget(m_axis);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(12);
    bottom->addWidget(m_flatTools, 2);
    bottom->addWidget(m_status, 1);
    bottom->addWidget(m_window);
    bottom->addWidget(m_look);
    m_look->hide();

    m_stack->addWidget(m_panes);
    auto* content = new QWidget;
    auto* inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(10);
    inner->addLayout(pickers);
    inner->addWidget(m_stack, 1);
    inner->addLayout(bottom);
    m_content->addWidget(content);
    m_content->addWidget(new EmptyState(tr("Nothing to look at yet"),
                                        tr("Import samples on the Samples page, or generate some: "
                                           "two sets can then be compared here side by side.")));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 14);
    column->setSpacing(10);
    column->addWidget(header);
    column->addWidget(m_content, 1);
}

void InspectPage::onSnapshot() {
    const auto& snapshot = m_session.sharedSnapshot();
    m_content->setCurrentIndex(snapshot && !snapshot->sets.empty() ? 0 : 1);
    m_pickers[0]->setSnapshot(snapshot,
                              [](const SetRecord& set) { return set.origin != Origin::synthetic; });
    const auto left = m_pickers[0]->currentSet();
    m_pickers[1]->setSnapshot(snapshot, [&](const SetRecord& set) {
        return set.origin == Origin::synthetic && (!left || set.domain == left->domain);
    });
}

void InspectPage::show(const std::string& setId, const std::string& sampleId) {
    const SetRecord* set = m_session.isOpen() ? m_session.snapshot().findSet(setId) : nullptr;
    if (set)
        m_pickers[set->origin == Origin::synthetic ? 1 : 0]->choose(setId, sampleId);
}

void InspectPage::entered() {
    for (int pane = 0; pane < 2; ++pane) {
        if (m_stale[static_cast<std::size_t>(pane)])
            load(pane);
    }
    m_panes->canvas(0)->setFocus();
}

QString InspectPage::titleOf(int pane) const {
    const auto at = static_cast<std::size_t>(pane);
    const auto set = m_pickers[at]->currentSet();
    const Viewable* viewable = m_pickers[at]->current();
    if (!set || !viewable)
        return {};
    return QStringLiteral("%1 \u00b7 %2 \u00b7 %3")
        .arg(words::text(set->name), words::name(set->origin), viewable->title);
}

void InspectPage::load(int pane) {
    const auto at = static_cast<std::size_t>(pane);
    m_stale[at] = !isVisible();
    if (m_stale[at])
        return;
    const Viewable* viewable = m_pickers[at]->current();
    if (!viewable) {
        m_jobs[at]->drop();
        showLoaded(pane, nullptr);
        return;
    }
    m_jobs[at]->start(
        JobSpec{tr("Reading %1").arg(viewable->title), Lane::pictures, viewable->isStack()}, this,
        [viewable = *viewable, source = m_session.pixelSource()](JobContext& job) {
            return loadViewable(viewable, source, job);
        },
        [this, pane](std::shared_ptr<const Volume> volume) { showLoaded(pane, std::move(volume)); },
        [this, pane](const std::exception_ptr& failure) {
            showLoaded(pane, nullptr);
            Q_EMIT messageRaised(words::explain(failure).sentence, true);
        });
}

void InspectPage::showLoaded(int pane, std::shared_ptr<const Volume> volume) {
    const auto at = static_cast<std::size_t>(pane);
    m_volumes[at] = volume;
    m_panes->setPicture(pane, volume, titleOf(pane));
    const int mode = m_window->findData(static_cast<int>(m_panes->link()->windowMode()));
    m_window->setCurrentIndex(m_linked->isChecked() ? mode : m_window->currentIndex());
    if (pane == 0) {
        const QSignalBlocker quiet(m_look);
        const int kept = m_look->currentIndex();
        m_look->clear();
        const auto set = m_pickers[0]->currentSet();
        for (const TransferPreset preset : presetsFor(set ? set->domain : Domain::rock))
            m_look->addItem(presetName(preset), static_cast<int>(preset));
        m_look->setCurrentIndex(kept >= 0 && kept < m_look->count() ? kept : 0);
    }
    if (m_volumePair) {
        m_volumePair->setLook(static_cast<TransferPreset>(m_look->currentData().toInt()));
        m_volumePair->setVolume(pane, m_volumes[at], titleOf(pane));
    }
    refreshSlider();
}

void InspectPage::applyLink(bool linked) {
    ViewLink* link = m_panes->link();
    link->setNavigationMode(linked ? LinkMode::absolute : LinkMode::off);
    link->setSliceMode(linked ? LinkMode::absolute : LinkMode::off);
    link->setWindowMode(linked ? link->suggestedWindowMode() : WindowLink::off);
    m_window->setEnabled(linked);
    m_window->setCurrentIndex(m_window->findData(static_cast<int>(link->windowMode())));
    if (m_volumePair)
        m_volumePair->setLinked(linked);
}

void InspectPage::applyMode() {
    const bool solid = m_solid->isChecked();
    if (solid && !m_volumePair) {
        m_volumePair = new VolumePair(m_session.jobs());
        m_stack->addWidget(m_volumePair);
        m_volumePair->setLinked(m_linked->isChecked());
        m_volumePair->setLook(static_cast<TransferPreset>(m_look->currentData().toInt()));
        for (int pane = 0; pane < 2; ++pane)
            m_volumePair->setVolume(pane, m_volumes[static_cast<std::size_t>(pane)], titleOf(pane));
    }
    m_stack->setCurrentWidget(solid ? static_cast<QWidget*>(m_volumePair) : m_panes);
    m_flatTools->setVisible(!solid);
    m_window->setVisible(!solid);
    m_look->setVisible(solid);
    m_status->setText(mouseHint());
}

QString InspectPage::mouseHint() const {
    return m_solid->isChecked() ? tr("Drag turns, Shift+drag moves, wheel zooms.")
                                : tr("Drag pans, wheel zooms, right drag: window and level.");
}

void InspectPage::refreshSlider() {
    const int pane = m_volumes[0] && m_volumes[0]->depth() > 1 ? 0 : 1;
    const ViewLink* link = m_panes->link();
    const ViewLink::Id id = m_panes->canvas(pane)->viewId();
    const PaneView view = link->view(id);
    const std::int64_t count =
        link->subject(id).isEmpty() ? 0 : link->subject(id).sliceCount(view.axis);
    const QSignalBlocker quiet(m_slice);
    const QSignalBlocker quietAxis(m_axis);
    m_slice->setRange(0, static_cast<int>(std::max<std::int64_t>(0, count - 1)));
    m_slice->setValue(static_cast<int>(view.slice));
    m_slice->setPageStep(10);
    m_axis->setCurrentIndex(static_cast<int>(view.axis));
    const bool stack =
        (m_volumes[0] && m_volumes[0]->depth() > 1) || (m_volumes[1] && m_volumes[1]->depth() > 1);
    for (QWidget* widget : {static_cast<QWidget*>(m_slice), static_cast<QWidget*>(m_axis),
                            static_cast<QWidget*>(m_sliceText)})
        widget->setVisible(stack);
    m_sliceText->setText(tr("Slice %1 of %2").arg(view.slice + 1).arg(count));
}

void InspectPage::showProbe(int pane, const PixelProbe& probe) {
    if (!probe.inside) {
        m_status->setText(mouseHint());
        return;
    }
    QStringList values;
    for (int c = 0; c < probe.channels; ++c)
        values << QString::number(probe.values.at(static_cast<std::size_t>(c)), 'g', 6);
    const auto& volume = m_volumes.at(static_cast<std::size_t>(pane));
    QString where = tr("x %1, y %2").arg(probe.voxel[0]).arg(probe.voxel[1]);
    if (volume && volume->depth() > 1)
        where += tr(", z %1").arg(probe.voxel[2]);
    m_status->setText(
        tr("%1: %2, value %3")
            .arg(pane == 0 ? tr("Left") : tr("Right"), where, values.join(QStringLiteral(", "))));
}

} // namespace likeness
