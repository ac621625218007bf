// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/inspectpage.h"

#include "ui/dialogs/keysdialog.h"
#include "ui/models/annotationstore.h"
#include "ui/models/projectsession.h"
#include "ui/models/viewables.h"
#include "ui/settings/settings.h"
#include "ui/widgets/annotationpanel.h"
#include "ui/widgets/comparebar.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/linkbutton.h"
#include "ui/widgets/measurepanel.h"
#include "ui/widgets/openfilebutton.h"
#include "ui/widgets/pageheader.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/viewablepicker.h"
#include "ui/widgets/volumepair.h"
#include "ui/widgets/windowbox.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/compare/orthopanes.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace likeness {

InspectPage::InspectPage(ProjectSession& session, Settings& settings, QWidget* parent)
    : Page(parent)
    , m_session(session)
    , m_settings(settings)
    , m_pickers{new ViewablePicker(tr("Left")), new ViewablePicker(tr("Right")),
                new ViewablePicker(tr("Lower left")), new ViewablePicker(tr("Lower right"))}
    , m_panes(new ComparePanes)
    , m_nearestJob(std::make_unique<LatestJob>(session.jobs()))
    , m_stack(new QStackedWidget)
    , m_content(new QStackedWidget)
    , m_flat(makeButton(tr("Slices")))
    , m_solid(makeButton(tr("3-D")))
    , m_three(makeButton(tr("Three planes")))
    , m_linked(new LinkButton(settings.linkedViews.get()))
    , m_fit(makeButton(tr("Fit")))
    , m_picture(new QToolButton)
    , m_compare(new CompareBar(*m_panes))
    , m_measure(new MeasurePanel(*m_panes, session.jobs()))
    , m_annotations(new AnnotationStore(session, this))
    , m_annotate(new AnnotationPanel(*m_panes, *m_annotations))
    , m_axis(new QComboBox)
    , m_window(new WindowBox)
    , m_flatTools(new QWidget)
    , m_slice(new QSlider(Qt::Horizontal))
    , m_sliceText(makeLabel({}, LabelRole::muted))
    , m_status(makeLabel({}, LabelRole::muted)) {
    m_stale.fill(true);
    for (int pane = 0; pane < static_cast<int>(kPanes); ++pane) {
        const auto at = static_cast<std::size_t>(pane);
        m_jobs[at] = std::make_unique<LatestJob>(session.jobs());
        connect(m_pickers[at], &ViewablePicker::changed, this, [this, pane] { onPicked(pane); });
        if (pane < static_cast<int>(m_open.size()))
            setupOpening(pane);
    }
    setupTools();
    setupLayout();
    connect(m_panes, &ComparePanes::probed, this, &InspectPage::showProbe);
    connect(m_panes, &ComparePanes::modeChanged, this, &InspectPage::applyPanes);
    applyPanes();
    connect(m_panes->link(), &ViewLink::changed, this, &InspectPage::refreshSlider);
    connect(m_measure, &MeasurePanel::csvWanted, this,
            [this](const QByteArray& csv) { saveTable(csv, tr("measurement.csv")); });
    setupAnnotations();
    connect(&session, &ProjectSession::snapshotChanged, this, &InspectPage::onSnapshot);
    connect(&session, &ProjectSession::closed, this, &InspectPage::onSnapshot);
    applyLink();
    settingsChanged();
    onSnapshot();
}

void InspectPage::setupTools() {
    auto* mode = new QButtonGroup(this);
    for (QPushButton* button : {m_flat, m_three, m_solid}) {
        button->setCheckable(true);
        mode->addButton(button);
    }
    m_flat->setChecked(true);
    m_three->setToolTip(tr("The three middle planes of each volume, with a crosshair"));
    m_fit->setIcon(theme::icon(QStringLiteral("fit")));
    m_fit->setToolTip(tr("Fit both images into their panes"));
    m_axis->addItems({tr("along x"), tr("along y"), tr("along z")});
    m_axis->setCurrentIndex(2);
    nameField(m_axis, tr("Slicing direction"));
    m_window->watch(m_panes->link(), {m_panes->canvas(0)->viewId(), m_panes->canvas(1)->viewId()});
    nameField(m_slice, tr("Slice"));
    m_status->setWordWrap(false);
    m_sliceText->setWordWrap(false);
    m_sliceText->setMinimumWidth(110);

    connect(mode, &QButtonGroup::buttonClicked, this, &InspectPage::applyMode);
    connect(m_linked, &LinkButton::changed, this, [this] {
        m_settings.linkedViews.set(m_linked->isLinked());
        applyLink();
    });
    connect(m_fit, &QPushButton::clicked, this, &InspectPage::fit);
    connect(m_axis, &QComboBox::currentIndexChanged, this, [this](int axis) {
        for (int pane = 0; pane < 2; ++pane)
            m_panes->link()->setAxis(m_panes->canvas(pane)->viewId(), static_cast<SliceAxis>(axis));
    });
    setupPictureMenu();
    connect(m_slice, &QSlider::valueChanged, this, [this](int value) {
        const int pane = leadPane();
        m_panes->link()->setSlice(m_panes->canvas(pane)->viewId(), value);
    });
}

QGridLayout* InspectPage::makePickerRows() {
    auto* rows = new QGridLayout;
    rows->setHorizontalSpacing(18);
    for (std::size_t pane = 0; pane < kPanes; ++pane) {
        auto* side = new QHBoxLayout;
        side->addWidget(m_pickers[pane], 1);
        if (pane < m_open.size())
            side->addWidget(m_open[pane]);
        rows->addLayout(side, static_cast<int>(pane) / 2, static_cast<int>(pane) % 2);
    }
    return rows;
}

void InspectPage::setupLayout() {
    auto* header = new PageHeader(
        tr("Inspect"),
        tr("Two sets side by side, in slices or in 3-D. Press ? for keys and mouse."));
    for (QWidget* action :
         std::initializer_list<QWidget*>{m_flat, m_three, m_solid, m_linked, m_fit, m_picture})
        header->addAction(action);

    auto* tools = new QHBoxLayout(m_flatTools);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(10);
    tools->addWidget(m_sliceText);
    tools->addWidget(m_slice, 1);
    tools->addWidget(m_axis);
    auto* values = new QHBoxLayout;
    values->addStretch(1);
    values->addWidget(m_window);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(12);
    bottom->addWidget(m_status, 1);
    bottom->addWidget(m_compare);
    bottom->addWidget(m_measure->chooser());
    bottom->addWidget(m_annotate->chooser());

    m_stack->addWidget(m_panes);
    auto* content = new QWidget;
    auto* inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(10);
    inner->addLayout(makePickerRows());
    inner->addWidget(m_stack, 1);
    inner->addWidget(m_measure);
    inner->addWidget(m_annotate);
    inner->addWidget(m_flatTools);
    inner->addLayout(values);
    inner->addLayout(bottom);
    m_content->addWidget(content);
    m_content->addWidget(makeEmptyState());

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(22, 18, 22, 14);
    column->setSpacing(10);
    column->addWidget(header);
    column->addWidget(m_content, 1);
}

void InspectPage::settingsChanged() {
    const auto bindings = std::make_shared<const ViewBindings>(bindingsOf(m_settings));
    m_panes->setBindings(bindings);
    if (m_planes)
        m_planes->setBindings(bindings);
    m_status->setText(mouseHint());
}

void InspectPage::onSnapshot() {
    const auto& snapshot = m_session.sharedSnapshot();
    const bool hasFile = !m_files[0].isEmpty() || !m_files[1].isEmpty();
    m_content->setCurrentIndex(hasFile || (snapshot && !snapshot->sets.empty()) ? 0 : 1);
    m_pickers[0]->setSnapshot(snapshot,
                              [](const SetRecord& set) { return set.origin != Origin::synthetic; });
    const auto left = m_pickers[0]->currentSet();
    for (std::size_t pane = 1; pane < kPanes; ++pane)
        m_pickers[pane]->setSnapshot(snapshot, [&](const SetRecord& set) {
            return set.origin == Origin::synthetic && (!left || set.domain == left->domain);
        });
}

bool InspectPage::isPaneShown(int pane) const {
    return isVisible() && (pane < 2 || (m_panes->mode() == CompareMode::four &&
                                        m_stack->currentWidget() == m_panes));
}

/// The two lower panes come and go with their mode.
void InspectPage::applyPanes() {
    for (int pane = 2; pane < static_cast<int>(kPanes); ++pane) {
        m_pickers[static_cast<std::size_t>(pane)]->setVisible(m_flat->isChecked() &&
                                                              m_panes->mode() == CompareMode::four);
        load(pane);
    }
}

void InspectPage::show(const std::string& setId, const std::string& sampleId) {
    const SetRecord* set = m_session.isOpen() ? m_session.snapshot().findSet(setId) : nullptr;
    if (set)
        m_pickers[set->origin == Origin::synthetic ? 1 : 0]->choose(setId, sampleId);
}

void InspectPage::entered() {
    for (int pane = 0; pane < static_cast<int>(kPanes); ++pane) {
        if (m_stale[static_cast<std::size_t>(pane)])
            load(pane);
    }
    m_panes->canvas(0)->setFocus();
}

QString InspectPage::titleOf(int pane) const {
    const auto at = static_cast<std::size_t>(pane);
    if (!m_files[at].isEmpty())
        return m_files[at];
    const auto set = m_pickers[at]->currentSet();
    const Viewable* viewable = m_pickers[at]->current();
    if (!set || !viewable)
        return {};
    return QStringLiteral("%1 \u00b7 %2 \u00b7 %3")
        .arg(words::text(set->name), words::name(set->origin), viewable->title);
}

/// An image and its edit show the same place, and so do two edits of one image.
bool InspectPage::isRegistered() const {
    const Viewable* left = m_pickers[0]->current();
    const Viewable* right = m_pickers[1]->current();
    if (!m_files[0].isEmpty() || !m_files[1].isEmpty())
        return false;
    if (!left || !right || left->samples.size() != 1 || right->samples.size() != 1)
        return false;
    const SampleRecord& first = left->samples.front();
    const SampleRecord& second = right->samples.front();
    return first.id == second.id || second.parentId == first.id || first.parentId == second.id ||
           (first.parentId && first.parentId == second.parentId);
}

void InspectPage::load(int pane) {
    const auto at = static_cast<std::size_t>(pane);
    m_stale[at] = !isPaneShown(pane);
    if (m_stale[at]) {
        if (pane >= 2) { // the link would heed what nobody sees
            m_jobs[at]->drop();
            m_volumes[at].reset();
            m_panes->setPicture(pane, nullptr, {});
        }
        return;
    }
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
    if (pane >= 2)
        return;
    m_panes->setRegistered(isRegistered());
    m_compare->refresh();
    m_measure->refresh();
    m_annotate->setSubject(pane,
                           volume && m_files[at].isEmpty() ? m_pickers[at]->current() : nullptr);
    if (m_linked->windows() != m_panes->link()->windowMode())
        applyLink(); // what suits these images may be another window
    if (m_planes)
        m_planes->setPicture(pane, m_volumes[at], titleOf(pane));
    if (m_volumePair) {
        m_volumePair->setDomain(domain());
        m_volumePair->setVolume(pane, m_volumes[at], titleOf(pane));
    }
    m_three->setEnabled(hasDepth());
    if (m_three->isChecked() && !hasDepth()) {
        m_flat->setChecked(true);
        applyMode();
    }
    refreshSlider();
}

Domain InspectPage::domain() const {
    const auto set = m_pickers[0]->currentSet();
    return set ? set->domain : Domain::rock;
}

bool InspectPage::hasDepth() const {
    return std::any_of(m_volumes.begin(), m_volumes.begin() + 2,
                       [](const auto& volume) { return volume && volume->depth() > 1; });
}

void InspectPage::applyLink() {
    const LinkChoice choice = m_linked->choice();
    ViewLink* link = m_panes->link();
    link->setNavigationMode(choice.navigation);
    link->setSliceMode(choice.slices);
    link->setSliceUnit(choice.sliceUnit);
    link->setWindowMode(m_linked->windows().value_or(link->suggestedWindowMode()));
    if (m_planes) {
        m_planes->setLinkChoice(choice);
        m_planes->setWindowMode(link->windowMode());
    }
    if (m_volumePair)
        m_volumePair->setLinked(m_linked->isLinked());
}

void InspectPage::fit() {
    for (int pane = 0; pane < ComparePanes::kPanes; ++pane)
        m_panes->link()->fit(m_panes->canvas(pane)->viewId());
    if (m_planes)
        m_planes->fit();
    if (m_volumePair)
        m_volumePair->resetCamera();
}

void InspectPage::showPlanes() {
    if (!m_planes) {
        m_planes = new OrthoPanes;
        m_stack->addWidget(m_planes);
        connect(m_planes, &OrthoPanes::probed, this, &InspectPage::showProbe);
        connect(m_compare, &CompareBar::coloursChosen, m_planes, &OrthoPanes::setColours);
        m_planes->setColours(m_compare->colours());
        for (int pane = 0; pane < 2; ++pane)
            m_planes->setPicture(pane, m_volumes[static_cast<std::size_t>(pane)], titleOf(pane));
        applyLink();
        settingsChanged();
    }
    m_stack->setCurrentWidget(m_planes);
}

void InspectPage::showSolid() {
    if (!m_volumePair) {
        m_volumePair = new VolumePair(m_session.jobs());
        m_stack->addWidget(m_volumePair);
        m_volumePair->setLinked(m_linked->isLinked());
        m_volumePair->setDomain(domain());
        for (int pane = 0; pane < 2; ++pane)
            m_volumePair->setVolume(pane, m_volumes[static_cast<std::size_t>(pane)], titleOf(pane));
    }
    std::array<double, 3> places{0.5, 0.5, 0.5};
    const ViewLink::Id id = m_panes->canvas(hasDepth() && !m_volumes[0] ? 1 : 0)->viewId();
    const PaneView view = m_panes->link()->view(id);
    const auto count = m_panes->link()->subject(id).sliceCount(view.axis);
    if (count > 1)
        places.at(static_cast<std::size_t>(view.axis)) =
            static_cast<double>(view.slice) / static_cast<double>(count - 1);
    m_volumePair->setSlices(places, view.range);
    m_stack->setCurrentWidget(m_volumePair);
}

void InspectPage::applyMode() {
    const bool solid = m_solid->isChecked();
    const bool three = m_three->isChecked();
    if (solid)
        showSolid();
    else if (three)
        showPlanes();
    else
        m_stack->setCurrentWidget(m_panes);
    if (three)
        m_window->watch(m_planes->link(SliceAxis::z),
                        {m_planes->canvas(0, SliceAxis::z)->viewId(),
                         m_planes->canvas(1, SliceAxis::z)->viewId()});
    else
        m_window->watch(m_panes->link(),
                        {m_panes->canvas(0)->viewId(), m_panes->canvas(1)->viewId()});
    m_window->setShown(!solid);
    m_compare->setVisible(!solid);
    m_compare->setModesVisible(!three);
    applyPanes();
    m_measure->setShown(!solid && !three);
    m_annotate->setShown(!solid && !three);
    m_status->setText(mouseHint());
    refreshSlider();
}

QString InspectPage::mouseHint() const {
    if (m_solid->isChecked())
        return tr("Drag turns, Shift+drag moves, wheel zooms.");
    if (m_three->isChecked())
        return tr("Drag moves the crosshair, middle drag pans.");
    return wordsFor(bindingsOf(m_settings).mouse);
}

void InspectPage::refreshSlider() {
    const int pane = leadPane();
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
    m_flatTools->setVisible((isStack(0) || isStack(1)) && m_flat->isChecked());
    m_sliceText->setText(tr("Slice %1 of %2").arg(view.slice + 1).arg(count));
}

void InspectPage::showProbe(int pane, const PixelProbe& probe) {
    if (!probe.inside) {
        m_status->setText(mouseHint());
        return;
    }
    const std::array names{tr("Left"), tr("Right"), tr("Lower left"), tr("Lower right")};
    QStringList values;
    for (int c = 0; c < probe.channels; ++c)
        values << QString::number(probe.values.at(static_cast<std::size_t>(c)), 'g', 6);
    QString where = tr("x %1, y %2").arg(probe.voxel[0]).arg(probe.voxel[1]);
    if (isStack(pane))
        where += tr(", z %1").arg(probe.voxel[2]);
    if (values.isEmpty())
        values << tr("not loaded yet");
    m_status->setText(tr("%1: %2, value %3")
                          .arg(names.at(static_cast<std::size_t>(pane)), where,
                               values.join(QStringLiteral(", "))));
}

} // namespace likeness
