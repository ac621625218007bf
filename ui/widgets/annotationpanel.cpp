// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/annotationpanel.h"

#include "ui/models/annotationstore.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"
#include "viewers/canvas/annotationtool.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace likeness {

namespace {

constexpr int kPanelHeight = 150;
constexpr int kNarrowestColumn = 70; ///< its title with the margins of the style
constexpr int kOff = -2;
constexpr int kSelect = -1;
constexpr int kIdRole = Qt::UserRole;

QString kindName(AnnotationKind kind) {
    switch (kind) {
    case AnnotationKind::box:
        return AnnotationPanel::tr("box");
    case AnnotationKind::polygon:
        return AnnotationPanel::tr("polygon");
    default:
        return AnnotationPanel::tr("point");
    }
}

QString hintFor(int choice) {
    switch (choice) {
    case static_cast<int>(AnnotationKind::point):
        return AnnotationPanel::tr("Click a place.");
    case static_cast<int>(AnnotationKind::box):
        return AnnotationPanel::tr("Drag from one corner to the opposite one.");
    case static_cast<int>(AnnotationKind::polygon):
        return AnnotationPanel::tr("Click each corner; a double click, or a click on the first "
                                   "corner, closes it. Escape drops it.");
    default:
        return AnnotationPanel::tr("Click a mark to choose it; drag it or one of its corners.");
    }
}

DrawnMark drawnOf(const AnnotationRecord& record) {
    DrawnMark drawn;
    drawn.id = words::text(record.id);
    drawn.kind = record.mark.kind;
    drawn.text = words::text(record.mark.text);
    for (const auto& point : record.mark.points)
        drawn.points << QPointF(point[0], point[1]);
    return drawn;
}

std::vector<std::array<double, 2>> pointsOf(const QPolygonF& polygon) {
    std::vector<std::array<double, 2>> points;
    for (const QPointF& point : polygon)
        points.push_back({point.x(), point.y()});
    return points;
}

/// The slice of a viewable in which a mark lies, and the axis along which it is seen.
std::optional<std::int64_t> sliceIn(const Viewable& viewable, const AnnotationRecord& record) {
    const auto found =
        std::find_if(viewable.samples.begin(), viewable.samples.end(),
                     [&](const SampleRecord& sample) { return sample.id == record.sampleId; });
    if (found == viewable.samples.end())
        return std::nullopt;
    return viewable.isStack() ? found - viewable.samples.begin() : record.mark.slice;
}

QString areaText(const AnnotationRecord& record, const Viewable& viewable) {
    const auto found =
        std::find_if(viewable.samples.begin(), viewable.samples.end(),
                     [&](const SampleRecord& sample) { return sample.id == record.sampleId; });
    const auto& um = found->voxelUm;
    const auto axes = pictureAxes(record.mark.axis);
    const std::array<double, 2> pitch =
        um ? std::array{(*um)[axes[0]], (*um)[axes[1]]} : std::array{1.0, 1.0};
    const auto area = areaOf(record.mark, pitch);
    if (!area)
        return {};
    return QString::number(*area, 'g', 5) +
           (um ? QStringLiteral(" \u00b5m\u00b2") : AnnotationPanel::tr(" pixels"));
}

} // namespace

AnnotationPanel::AnnotationPanel(ComparePanes& panes, AnnotationStore& store, QWidget* parent)
    : QWidget(parent)
    , m_panes(panes)
    , m_store(store)
    , m_chooser(new QComboBox)
    , m_list(new QTreeWidget)
    , m_text(new QLineEdit)
    , m_hint(makeLabel({}, LabelRole::muted))
    , m_save(makeButton(tr("Save table\u2026"))) {
    m_chooser->addItem(tr("Annotations: hidden"), kOff);
    m_chooser->addItem(tr("Select and move"), kSelect);
    m_chooser->addItem(tr("Mark a point"), static_cast<int>(AnnotationKind::point));
    m_chooser->addItem(tr("Mark a box"), static_cast<int>(AnnotationKind::box));
    m_chooser->addItem(tr("Mark a polygon"), static_cast<int>(AnnotationKind::polygon));
    nameField(m_chooser, tr("Annotations"));
    m_text->setPlaceholderText(tr("What is to be said of it"));
    m_text->setMaxLength(static_cast<int>(kLongestAnnotation / 4)); // a letter takes up to 4 bytes
    nameField(m_text, tr("Text of the annotation"));
    m_save->setToolTip(tr("All annotations of the project, with points and areas, as CSV"));
    for (std::size_t i = 0; i < 2; ++i) {
        m_tools[i] = new AnnotationTool(this);
        connect(m_tools[i], &AnnotationTool::chosen, this, &AnnotationPanel::select);
        connect(m_tools[i], &AnnotationTool::moved, this, &AnnotationPanel::moveMark);
        connect(m_tools[i], &AnnotationTool::drawn, this,
                [this, i](AnnotationKind kind, const QPolygonF& points) { add(i, kind, points); });
    }
    makeActions();
    makeColumns();
    connect(m_chooser, &QComboBox::activated, this, &AnnotationPanel::choose);
    connect(m_text, &QLineEdit::editingFinished, this, &AnnotationPanel::rename);
    connect(m_text, &QLineEdit::returnPressed, this, [this] {
        m_panes.canvas(0)->setFocus(); // so that the keys of the page, undo among them, work again
    });
    connect(m_save, &QPushButton::clicked, this, &AnnotationPanel::tableWanted);
    connect(m_list, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        select(item ? item->data(0, kIdRole).toString() : QString());
        goTo(m_selected.toStdString());
    });
    connect(panes.link(), &ViewLink::changed, this, &AnnotationPanel::refreshMarks);
    connect(&store, &AnnotationStore::changed, this, [this] {
        m_places = {};
        refreshMarks();
        refreshList();
    });
    connect(&store, &AnnotationStore::failed, this, &AnnotationPanel::refused);
    setFixedHeight(kPanelHeight);
    hide();
}

AnnotationPanel::~AnnotationPanel() = default;

void AnnotationPanel::makeActions() {
    QAction* undo = m_store.steps().createUndoAction(this, tr("Undo"));
    QAction* redo = m_store.steps().createRedoAction(this, tr("Redo"));
    m_remove = new QAction(tr("Remove"), this);
    auto* drop = new QAction(tr("Drop what is half drawn"), this);
    undo->setShortcuts(QKeySequence::Undo);
    redo->setShortcuts(QKeySequence::Redo);
    m_remove->setShortcut(QKeySequence::Delete);
    drop->setShortcut(Qt::Key_Escape);
    connect(m_remove, &QAction::triggered, this, [this] {
        if (isVisible())
            m_store.remove(m_selected.toStdString());
    });
    connect(drop, &QAction::triggered, this, [this] {
        for (AnnotationTool* tool : m_tools)
            tool->cancel();
    });
    for (QAction* action : {undo, redo, m_remove, drop}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        m_panes.addAction(action);
        addAction(action);
    }
}

void AnnotationPanel::makeColumns() {
    m_list->setHeaderLabels(
        {tr("Image"), tr("Kind"), tr("Slice"), tr("Area"), tr("Text"), tr("By")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAccessibleName(tr("Annotations of both images"));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setMinimumSectionSize(kNarrowestColumn);
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(4, QHeaderView::Stretch);
    auto* tools = new QVBoxLayout;
    tools->addWidget(m_text);
    auto* steps = new QHBoxLayout;
    for (QAction* action : actions().mid(0, 3)) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        steps->addWidget(button);
    }
    steps->addStretch(1);
    steps->addWidget(m_save);
    tools->addLayout(steps);
    tools->addWidget(m_hint);
    tools->addStretch(1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_list, 2);
    row->addLayout(tools, 1);
    showSelected();
}

void AnnotationPanel::choose() {
    const int chosen = m_chooser->currentData().toInt();
    const bool on = chosen != kOff;
    if (on)
        Q_EMIT taken();
    for (AnnotationTool* tool : m_tools)
        tool->setKind(chosen >= 0 ? std::optional(static_cast<AnnotationKind>(chosen))
                                  : std::nullopt);
    m_panes.setTools(on ? m_tools[0] : nullptr, on ? m_tools[1] : nullptr);
    m_hint->setText(hintFor(chosen));
    setVisible(on);
    m_places = {};
    refreshMarks();
    refreshList();
}

void AnnotationPanel::turnOff() {
    if (m_chooser->currentData().toInt() == kOff)
        return;
    m_chooser->setCurrentIndex(0);
    choose();
}

void AnnotationPanel::setShown(bool on) {
    m_chooser->setVisible(on);
    setVisible(on && m_chooser->currentData().toInt() != kOff);
}

void AnnotationPanel::setSubject(int pane, const Viewable* viewable) {
    const auto at = static_cast<std::size_t>(pane);
    m_subjects.at(at) = viewable ? std::optional(*viewable) : std::nullopt;
    m_tools.at(at)->cancel(); // begun on another image
    m_places = {};
    refreshMarks();
    refreshList();
}

/// None for a picture that is no sample, or for a plane across several of them.
std::optional<AnnotationPanel::Place> AnnotationPanel::placeOf(std::size_t pane) const {
    const ImageCanvas* canvas = m_panes.canvas(static_cast<int>(pane));
    const auto& subject = m_subjects[pane];
    if (!subject || subject->samples.empty() || !canvas->volume())
        return std::nullopt;
    const PaneView view = canvas->view();
    if (!subject->isStack())
        return Place{subject->samples.front().id, static_cast<int>(view.axis), view.slice};
    const auto slice = static_cast<std::size_t>(view.slice);
    if (view.axis != SliceAxis::z || slice >= subject->samples.size())
        return std::nullopt;
    return Place{subject->samples[slice].id, static_cast<int>(SliceAxis::z), 0};
}

void AnnotationPanel::refreshMarks() {
    if (m_chooser->currentData().toInt() == kOff)
        return;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto place = placeOf(i);
        if (place && place == m_places[i]) // panning and zooming leave them as they are
            continue;
        if (m_places[i])
            m_tools[i]->cancel(); // begun in another slice
        m_places[i] = place;
        std::vector<DrawnMark> marks;
        for (const AnnotationRecord& record : m_store.all()) {
            if (place && place == Place{record.sampleId, record.mark.axis, record.mark.slice})
                marks.push_back(drawnOf(record));
        }
        const ImageCanvas* canvas = m_panes.canvas(static_cast<int>(i));
        m_tools[i]->setBounds(
            m_panes.link()->subject(canvas->viewId()).pictureSize(canvas->view().axis));
        m_tools[i]->setMarks(std::move(marks));
        m_tools[i]->setSelected(m_selected);
    }
}

void AnnotationPanel::refreshList() {
    {
        const QSignalBlocker quiet(m_list);
        m_list->clear();
        for (std::size_t i = 0; i < 2; ++i) {
            // The same sample on both sides is listed once.
            const bool twice =
                i == 1 && m_subjects[0] && m_subjects[1] &&
                m_subjects[0]->samples.front().id == m_subjects[1]->samples.front().id;
            for (const AnnotationRecord& record : m_store.all()) {
                if (m_subjects[i] && !twice && sliceIn(*m_subjects[i], record))
                    addRow(i, record);
            }
        }
    }
    if (!m_store.find(m_selected.toStdString()))
        m_selected.clear();
    select(m_selected);
}

void AnnotationPanel::addRow(std::size_t pane, const AnnotationRecord& record) {
    const QString axes[] = {tr("x"), tr("y"), tr("z")};
    const Annotation& mark = record.mark;
    const auto slice = sliceIn(*m_subjects[pane], record).value_or(0);
    const QString where =
        m_subjects[pane]->isVolume()
            ? tr("%1 along %2").arg(slice + 1).arg(axes[static_cast<std::size_t>(mark.axis)])
            : QString();
    auto* item =
        new QTreeWidgetItem(m_list, {pane == 0 ? tr("left") : tr("right"), kindName(mark.kind),
                                     where, areaText(record, *m_subjects[pane]),
                                     words::text(mark.text), words::text(record.author)});
    item->setData(0, kIdRole, words::text(record.id));
}

void AnnotationPanel::add(std::size_t pane, AnnotationKind kind, const QPolygonF& points) {
    const auto place = placeOf(pane);
    if (!place) {
        Q_EMIT refused(m_subjects[pane]
                           ? tr("This plane cannot be marked: it lies across the images of a "
                                "stack. Choose slices along z.")
                           : tr("This picture cannot be marked: it is no sample of the project. "
                                "Import the file first."));
        return;
    }
    rename(); // what was typed for the former one
    Annotation mark;
    mark.kind = kind;
    mark.axis = place->axis;
    mark.slice = place->slice;
    mark.points = pointsOf(points);
    select(words::text(m_store.add(place->sampleId, mark)));
    m_text->setFocus();
}

void AnnotationPanel::moveMark(const QString& id, const QPolygonF& points) {
    const AnnotationRecord* record = m_store.find(id.toStdString());
    if (!record)
        return;
    Annotation mark = record->mark;
    mark.points = pointsOf(points);
    if (areaOf(mark).value_or(1.0) > 0.0)
        m_store.change(record->id, mark);
}

void AnnotationPanel::select(const QString& id) {
    if (id != m_selected)
        rename(); // what was typed belongs to what was chosen before
    m_selected = id;
    const QSignalBlocker quiet(m_list);
    m_list->setCurrentItem(nullptr);
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        QTreeWidgetItem* item = m_list->topLevelItem(row);
        if (!id.isEmpty() && item->data(0, kIdRole).toString() == id)
            m_list->setCurrentItem(item);
    }
    showSelected();
}

void AnnotationPanel::showSelected() {
    const AnnotationRecord* record = m_store.find(m_selected.toStdString());
    m_text->setEnabled(record);
    if (!m_text->isModified() || m_textOf != m_selected) { // what is being typed stays
        m_text->setText(record ? words::text(record->mark.text) : QString());
        m_text->setModified(false);
    }
    m_textOf = m_selected;
    m_remove->setEnabled(record);
    for (AnnotationTool* tool : m_tools)
        tool->setSelected(m_selected);
}

void AnnotationPanel::goTo(const std::string& id) {
    const AnnotationRecord* record = m_store.find(id);
    if (!record)
        return;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto slice = m_subjects[i] ? sliceIn(*m_subjects[i], *record) : std::nullopt;
        if (!slice)
            continue;
        const ViewLink::Id view = m_panes.canvas(static_cast<int>(i))->viewId();
        m_panes.link()->setAxis(view, static_cast<SliceAxis>(record->mark.axis));
        m_panes.link()->setSlice(view, *slice);
        return;
    }
}

void AnnotationPanel::rename() {
    const AnnotationRecord* record = m_store.find(m_selected.toStdString());
    if (!record || !m_text->isModified())
        return;
    m_text->setModified(false);
    Annotation mark = record->mark;
    mark.text = m_text->text().trimmed().toStdString();
    m_store.change(record->id, mark);
}

} // namespace likeness
