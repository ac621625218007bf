// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/gallery.h"

#include "ui/generate/lightbox.h"
#include "ui/models/deletions.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/models/thumbnailstore.h"
#include "ui/settings/settings.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

constexpr int kSmallest = 64;
constexpr int kLargest = 256;

enum Place { placeImages, placeOne, placeEmpty };

} // namespace

Gallery::Gallery(const GalleryParts& parts, QWidget* parent)
    : QWidget(parent)
    , m_session(parts.session)
    , m_settings(parts.settings)
    , m_choice(parts.choice)
    , m_deletions(parts.deletions)
    , m_model(new GalleryModel(parts.thumbnails, this))
    , m_view(new QListView)
    , m_lightbox(new Lightbox(parts.session, *m_model))
    , m_sets(new QComboBox)
    , m_size(new QSlider(Qt::Horizontal))
    , m_more(makeButton(tr("More like this")))
    , m_edit(makeButton(tr("Edit")))
    , m_delete(makeButton(tr("Delete")))
    , m_summary(makeLabel({}, LabelRole::muted))
    , m_stack(new QStackedWidget) {
    setupView();
    setupLayout();
    setupMenu();
    connect(&m_choice, &ModelChoice::refreshed, this, &Gallery::refresh);
    connect(&m_choice, &ModelChoice::changed, this, &Gallery::refresh);
    connect(m_sets, &QComboBox::currentIndexChanged, this, &Gallery::refresh);
    refresh();
}

void Gallery::setupView() {
    m_view->setModel(m_model);
    m_view->setViewMode(QListView::IconMode);
    m_view->setResizeMode(QListView::Adjust);
    m_view->setMovement(QListView::Static);
    m_view->setUniformItemSizes(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setSpacing(1);
    m_view->setMouseTracking(true);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    nameField(m_view, tr("Generated images"));
    setEdge(m_settings.galleryEdge.get());
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &Gallery::refreshSelection);
    connect(m_view, &QListView::activated, this,
            [this](const QModelIndex& index) { enlarge(index.row()); });
}

QWidget* Gallery::makeToolbar() {
    m_sets->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_sets->setMinimumContentsLength(18);
    nameField(m_sets, tr("Set that is shown"));
    m_size->setRange(kSmallest, kLargest);
    m_size->setValue(m_settings.galleryEdge.get());
    m_size->setFixedWidth(110);
    m_size->setToolTip(tr("Size of the pictures"));
    nameField(m_size, tr("Size of the pictures"));
    connect(m_size, &QSlider::valueChanged, this, &Gallery::setEdge);
    m_more->setToolTip(tr("Images near the chosen one"));
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_sets, 1);
    row->addWidget(m_size);
    row->addWidget(m_more);
    row->addWidget(m_edit);
    row->addWidget(m_delete);
    return bar;
}

void Gallery::setupLayout() {
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setWordWrap(false);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* images = new QWidget;
    auto* inner = new QVBoxLayout(images);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(8);
    inner->addWidget(makeToolbar());
    inner->addWidget(m_view, 1);
    inner->addWidget(m_summary);
    m_stack->addWidget(images);
    m_stack->addWidget(m_lightbox);
    m_stack->addWidget(new EmptyState(
        tr("No images of this model yet"),
        tr("Say how many above and press Generate. Under \u201cSame seeds\u201d you can look at a "
           "few images first, which the project does not keep.")));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    connect(m_lightbox, &Lightbox::left, this, [this] {
        m_stack->setCurrentIndex(placeImages);
        m_view->setFocus();
    });
    connect(m_lightbox, &Lightbox::rowShown, this,
            [this](int row) { m_view->setCurrentIndex(m_model->index(row)); });
}

void Gallery::setupMenu() {
    const auto add = [this](const QString& text, const QKeySequence& keys, auto run) {
        auto* action = new QAction(text, m_view);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, run);
        m_view->addAction(action);
    };
    const auto wantMore = [this] {
        const int row = m_view->currentIndex().row();
        if (const GalleryModel::Item* item = m_model->at(row))
            Q_EMIT moreWanted(item->sample, words::text(item->setName));
    };
    const auto wantEdit = [this] {
        if (const GalleryModel::Item* item = m_model->at(m_view->currentIndex().row()))
            Q_EMIT editWanted(item->sample);
    };
    add(tr("Enlarge"), {}, [this] { enlarge(m_view->currentIndex().row()); });
    add(tr("More like this"), {}, wantMore);
    add(tr("Open in Inspect"), {}, [this] {
        if (const GalleryModel::Item* item = m_model->at(m_view->currentIndex().row()))
            Q_EMIT inspectWanted(words::text(item->sample.setId), words::text(item->sample.id));
    });
    add(tr("Delete the chosen images"), QKeySequence::Delete, [this] { removeChosen(); });
    add(tr("Delete the whole set"), {}, [this] { removeSet(); });
    connect(m_more, &QPushButton::clicked, this, wantMore);
    connect(m_edit, &QPushButton::clicked, this, wantEdit);
    connect(m_delete, &QPushButton::clicked, this, &Gallery::removeChosen);
}

void Gallery::setEdge(int edge) {
    m_settings.galleryEdge.set(edge);
    QAbstractItemDelegate* former = m_view->itemDelegate();
    m_view->setItemDelegate(new ThumbnailDelegate(edge, this));
    if (former && former->parent() == this)
        former->deleteLater();
    m_view->doItemsLayout();
}

void Gallery::showSet(const std::string& setId) {
    m_wantedSet = setId;
    refresh();
}

void Gallery::refresh() {
    const CheckpointEntry* model = m_choice.current();
    const bool open = m_session.isOpen() && model;
    const std::string id = open ? model->id : std::string();
    const QString shown = m_wantedSet.empty() ? m_sets->currentData().toString()
                                              : words::text(std::exchange(m_wantedSet, {}));
    {
        const QSignalBlocker quiet(m_sets);
        m_sets->clear();
        const std::vector<SetRecord> sets =
            id.empty() ? std::vector<SetRecord>{} : setsOf(m_session.snapshot(), id);
        m_sets->addItem(tr("All sets of this model"), QString());
        for (const SetRecord& set : sets)
            m_sets->addItem(words::text(set.name), words::text(set.id));
        m_sets->setCurrentIndex(std::max(0, m_sets->findData(shown)));
    }
    m_model->setItems(
        open ? imagesOf(m_session.snapshot(), id, words::utf8(m_sets->currentData().toString()))
             : std::vector<GalleryModel::Item>{});
    const bool any = m_model->rowCount() > 0;
    if (!any || m_stack->currentIndex() != placeOne || m_lightbox->row() >= m_model->rowCount())
        m_stack->setCurrentIndex(any ? placeImages : placeEmpty);
    m_edit->setVisible(model && abilityOf(*model).edits);
    refreshSelection();
}

std::vector<SampleRecord> Gallery::chosen() const {
    std::vector<SampleRecord> samples;
    for (const QModelIndex& index : m_view->selectionModel()->selectedIndexes()) {
        if (const GalleryModel::Item* item = m_model->at(index.row()))
            samples.push_back(item->sample);
    }
    return samples;
}

void Gallery::refreshSelection() {
    const std::vector<SampleRecord> samples = chosen();
    m_delete->setEnabled(!samples.empty());
    m_more->setEnabled(samples.size() == 1);
    m_edit->setEnabled(samples.size() == 1);
    m_summary->setText(titleOf(samples));
}

QString Gallery::titleOf(const std::vector<SampleRecord>& samples) const {
    const QString all = words::count(m_model->rowCount(), words::Noun::image);
    if (samples.empty())
        return tr("%1. Enter or a double click enlarges one.").arg(all);
    if (samples.size() > 1)
        return tr("%L1 of %2 chosen").arg(static_cast<qlonglong>(samples.size())).arg(all);
    const SampleRecord& sample = samples.front();
    QStringList parts{words::size(sample)};
    if (const GalleryModel::Item* item = m_model->at(m_model->rowOf(sample.id)))
        parts.prepend(words::text(item->setName));
    if (sample.seed)
        parts << tr("seed %1").arg(QString::number(*sample.seed));
    if (sample.parentId)
        parts << tr("made from another image");
    parts << words::when(sample.createdAt);
    return parts.join(QStringLiteral(" \u00b7 "));
}

void Gallery::enlarge(int row) {
    if (!m_model->at(row))
        return;
    m_stack->setCurrentIndex(placeOne);
    m_lightbox->show(row);
}

void Gallery::removeChosen() {
    TrashSelection selection;
    for (const SampleRecord& sample : chosen())
        selection.samples.push_back(sample.id);
    m_deletions.remove(selection, words::count(std::ssize(selection.samples), words::Noun::image));
}

void Gallery::removeSet() {
    const GalleryModel::Item* item = m_model->at(m_view->currentIndex().row());
    if (item)
        m_deletions.remove({{item->sample.setId}, {}, {}},
                           tr("the set %1").arg(words::text(item->setName)));
}

} // namespace likeness
