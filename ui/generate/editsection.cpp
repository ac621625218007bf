// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/generate/editsection.h"

#include "core/imaging/io.h"
#include "ui/generate/editform.h"
#include "ui/generate/formrow.h"
#include "ui/generate/maskbar.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/support/spanimage.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QSlider>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cstring>
#include <utility>

namespace likeness {

namespace {

constexpr int kThumbnail = 76;
constexpr int kControls = 312;

// The mask as the workflow takes it.
Volume volumeOf(const QImage& mask) {
    Volume volume(PixelType::u8, mask.width(), mask.height());
    for (int y = 0; y < mask.height(); ++y)
        std::memcpy(volume.bytes() + static_cast<std::ptrdiff_t>(y) * mask.width(),
                    mask.constScanLine(y), static_cast<std::size_t>(mask.width()));
    return volume;
}

// What is not black is marked.
QImage maskOf(const Volume& volume) {
    QImage mask(static_cast<int>(volume.width()), static_cast<int>(volume.height()),
                QImage::Format_Grayscale8);
    const ImageSpan plane = volume.span().slice(0);
    for (int y = 0; y < mask.height(); ++y) {
        uchar* line = mask.scanLine(y);
        for (int x = 0; x < mask.width(); ++x) {
            bool marked = false;
            const std::int64_t at =
                (static_cast<std::int64_t>(y) * plane.width + x) * plane.channels;
            for (std::int64_t c = 0; c < plane.channels; ++c)
                marked = marked || plane.at(at + c) != 0.0;
            line[x] = marked ? 255 : 0;
        }
    }
    return mask;
}

QString frameWords(const SampleRecord& sample, std::size_t step, std::size_t count) {
    const QString place = EditSection::tr("%1 of %2").arg(step + 1).arg(count);
    const auto sigma = sample.recipe.find("sigma");
    if (sigma != sample.recipe.end() && sigma->is_number())
        return EditSection::tr("Step %1, noise level %2")
            .arg(place, words::number(sigma->get<double>()));
    return EditSection::tr("Image %1").arg(place);
}

bool isNoisy(const SampleRecord& sample) {
    const auto state = sample.recipe.find("state");
    return state != sample.recipe.end() && *state == "noisy";
}

} // namespace

EditSection::EditSection(const GalleryParts& parts, QWidget* parent)
    : QWidget(parent)
    , m_session(parts.session)
    , m_choice(parts.choice)
    , m_results(new GalleryModel(parts.thumbnails, this))
    , m_form(new EditForm)
    , m_set(new QComboBox)
    , m_image(new QSpinBox)
    , m_run(makePrimaryButton(tr("Make the edit")))
    , m_brush(new MaskBrush(this))
    , m_maskBar(new MaskBar(*m_brush))
    , m_panes(new ComparePanes)
    , m_strip(new QListView)
    , m_frame(new QSlider(Qt::Horizontal))
    , m_frameWords(makeLabel({}, LabelRole::muted))
    , m_stack(new QStackedWidget)
    , m_loadingParent(parts.session.jobs())
    , m_loadingResult(parts.session.jobs()) {
    setupLayout();
    connect(&m_choice, &ModelChoice::changed, this, &EditSection::refreshModel);
    connect(&m_choice, &ModelChoice::refreshed, this, &EditSection::refreshSets);
    connect(m_set, &QComboBox::currentIndexChanged, this, &EditSection::chooseSet);
    connect(m_image, &QSpinBox::valueChanged, this, &EditSection::chooseImage);
    connect(m_form, &EditForm::kindChanged, this, &EditSection::refreshKind);
    connect(m_run, &QPushButton::clicked, this, &EditSection::run);
    connect(m_frame, &QSlider::valueChanged, this, &EditSection::showFrame);
    connect(m_maskBar, &MaskBar::fileWanted, this, [this] {
        auto* chooser = new QFileDialog(this, tr("Mask of the size of the image"));
        chooser->setAttribute(Qt::WA_DeleteOnClose);
        chooser->setFileMode(QFileDialog::ExistingFile);
        connect(chooser, &QFileDialog::fileSelected, this, &EditSection::readMask);
        chooser->open();
    });
    connect(m_strip->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) { showResult(index.row()); });
    refreshModel();
    refreshSets();
}

void EditSection::setupLayout() {
    auto* work = new QWidget;
    auto* row = new QHBoxLayout(work);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(12);
    row->addWidget(makeControls());
    row->addWidget(makeStage(), 1);
    m_stack->addWidget(work);
    m_stack->addWidget(new EmptyState(
        tr("This model cannot edit images"),
        tr("Only diffusion models can. Choose one in the list, or train one on your scans.")));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 12, 0, 0);
    column->addWidget(m_stack);
}

QWidget* EditSection::makeControls() {
    nameField(m_set, tr("Set of the image"));
    nameField(m_image, tr("Number of the image in its set"));
    m_set->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_set->setMinimumContentsLength(8);
    m_image->setRange(1, 1);
    auto* pick = new QHBoxLayout;
    pick->setSpacing(8);
    pick->addWidget(m_set, 1);
    pick->addWidget(m_image);
    QFrame* card = makeCard();
    QVBoxLayout* column = makeCardColumn(card, tr("Image to start from"));
    column->addLayout(pick);
    column->addWidget(m_form);
    column->addStretch(1);
    column->addWidget(m_run, 0, Qt::AlignRight);
    auto* scroll = new QScrollArea;
    scroll->setWidget(card);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(kControls);
    return scroll;
}

QWidget* EditSection::makeStage() {
    m_strip->setModel(m_results);
    m_strip->setViewMode(QListView::IconMode);
    m_strip->setFlow(QListView::LeftToRight);
    m_strip->setWrapping(false);
    m_strip->setMovement(QListView::Static);
    m_strip->setUniformItemSizes(true);
    m_strip->setItemDelegate(new ThumbnailDelegate(kThumbnail, this));
    m_strip->setFixedHeight(kThumbnail + 46);
    m_strip->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_strip->setMouseTracking(true);
    nameField(m_strip, tr("What was made from this image"));
    nameField(m_frame, tr("Step"));
    auto* frames = new QHBoxLayout;
    frames->setSpacing(12);
    frames->addWidget(m_frame, 1);
    frames->addWidget(m_frameWords);
    m_frameWords->setWordWrap(false);
    auto* stage = new QWidget;
    auto* column = new QVBoxLayout(stage);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_maskBar);
    column->addWidget(m_panes, 1);
    column->addLayout(frames);
    column->addWidget(m_strip);
    return stage;
}

bool EditSection::isSequence() const {
    return !takesParent(m_form->kind());
}

void EditSection::refreshModel() {
    const CheckpointEntry* entry = m_choice.current();
    const ModelAbility ability = entry ? abilityOf(*entry) : ModelAbility{};
    m_stack->setCurrentIndex(ability.edits ? 0 : 1);
    if (!ability.edits)
        return;
    m_form->setModelName(entry->name);
    m_form->setOwnSteps(ability.steps);
}

void EditSection::refreshSets() {
    const QString shown = m_set->currentData().toString();
    {
        const QSignalBlocker quiet(m_set);
        m_set->clear();
        if (m_session.isOpen()) {
            for (const SetRecord& set : m_session.snapshot().sets) {
                if (!set.masks && set.samples > 0)
                    m_set->addItem(words::text(set.name), words::text(set.id));
            }
        }
        m_set->setCurrentIndex(std::max(0, m_set->findData(shown)));
    }
    chooseSet();
}

void EditSection::chooseSet() {
    const std::string id = words::utf8(m_set->currentData().toString());
    const int count =
        m_session.isOpen() ? static_cast<int>(m_session.snapshot().samplesOf(id).size()) : 0;
    {
        const QSignalBlocker quiet(m_image);
        m_image->setRange(1, std::max(1, count));
        m_image->setSuffix(tr(" of %L1").arg(count));
    }
    chooseImage();
}

void EditSection::chooseImage() {
    const std::string id = words::utf8(m_set->currentData().toString());
    const auto at = static_cast<std::size_t>(m_image->value() - 1);
    const std::vector<SampleRecord> none;
    const auto& samples = m_session.isOpen() ? m_session.snapshot().samplesOf(id) : none;
    if (at >= samples.size()) {
        m_parent.reset();
        showParent(nullptr);
        return;
    }
    if (m_parent && m_parent->id == samples[at].id) {
        refreshResults();
        return;
    }
    m_parent = samples[at];
    if (m_parent->seed)
        m_form->setSeed(*m_parent->seed);
    m_loadingParent.start(
        JobSpec{tr("Reading an image"), Lane::pictures, false}, this,
        [source = m_session.pixelSource(), sample = *m_parent](JobContext&) {
            return std::make_shared<const Volume>(source(sample));
        },
        [this](Picture volume) { showParent(std::move(volume)); });
    refreshResults();
}

void EditSection::setParentImage(const SampleRecord& sample, std::optional<EditKind> kind) {
    if (kind)
        m_form->setKind(*kind);
    const int row = m_set->findData(words::text(sample.setId));
    if (row < 0)
        return;
    const auto& samples = m_session.snapshot().samplesOf(sample.setId);
    const auto found = std::find_if(samples.begin(), samples.end(),
                                    [&](const SampleRecord& one) { return one.id == sample.id; });
    m_set->setCurrentIndex(row);
    m_image->setValue(static_cast<int>(found - samples.begin()) + 1);
}

void EditSection::showParent(Picture volume) {
    m_parentPixels = std::move(volume);
    if (m_parentPixels)
        m_brush->setSize({static_cast<int>(m_parentPixels->width()),
                          static_cast<int>(m_parentPixels->height())});
    refreshKind();
}

void EditSection::refreshKind() {
    const bool painting = m_form->kind() == EditKind::inpaint && m_parentPixels;
    m_maskBar->setVisible(painting);
    m_panes->canvas(0)->setTool(painting ? m_brush : nullptr);
    m_frame->setVisible(isSequence());
    m_frameWords->setVisible(isSequence());
    m_strip->setVisible(!isSequence());
    m_set->setEnabled(!isSequence());
    m_image->setEnabled(!isSequence());
    m_run->setEnabled(isSequence() || m_parentPixels);
    m_run->setText(isSequence() ? tr("Make the images") : tr("Make the edit"));
    if (isSequence()) {
        showFrame(m_frame->value());
        return;
    }
    m_panes->setPicture(0, m_parentPixels,
                        m_parentPixels ? tr("Image to start from") : tr("No image yet"));
    showResult(m_strip->currentIndex().row());
}

void EditSection::refreshResults() {
    std::vector<GalleryModel::Item> items;
    if (m_session.isOpen() && m_parent) {
        for (const SetRecord& set : m_session.snapshot().sets) {
            for (const SampleRecord& sample : m_session.snapshot().samplesOf(set.id)) {
                if (sample.parentId == m_parent->id)
                    items.push_back({sample, set.name});
            }
        }
    }
    std::reverse(items.begin(), items.end()); // the newest first
    m_results->setItems(std::move(items));
    if (!m_strip->currentIndex().isValid() && m_results->rowCount() > 0)
        m_strip->setCurrentIndex(m_results->index(0));
    if (!isSequence())
        showResult(m_strip->currentIndex().row());
}

void EditSection::showResult(int row) {
    const GalleryModel::Item* item = m_results->at(row);
    if (isSequence())
        return;
    if (!item) {
        m_loadingResult.drop();
        m_panes->setPicture(1, nullptr, tr("The result appears here"));
        return;
    }
    m_loadingResult.start(
        JobSpec{tr("Reading an image"), Lane::pictures, false}, this,
        [source = m_session.pixelSource(), sample = item->sample](JobContext&) {
            return std::make_shared<const Volume>(source(sample));
        },
        [this, title = words::text(item->setName)](Picture volume) {
            if (!isSequence())
                m_panes->setPicture(1, std::move(volume), title);
        });
}

void EditSection::showFrame(int step) {
    if (!isSequence())
        return;
    const bool there = step >= 0 && step < static_cast<int>(m_frames.size());
    const Frame frame = there ? m_frames[static_cast<std::size_t>(step)] : Frame{};
    const bool steps = m_form->kind() == EditKind::trajectory;
    m_panes->setPicture(0, frame.left, steps ? tr("With its noise") : tr("First image"));
    m_panes->setPicture(1, frame.right, steps ? tr("The image as guessed") : tr("Between the two"));
    m_frame->setEnabled(there);
    m_frameWords->setText(there ? frame.words : tr("Press the button to see it"));
}

void EditSection::readMask(const QString& file) {
    if (!m_parentPixels)
        return;
    m_session.jobs().start(
        {tr("Reading a mask"), Lane::pictures, false}, this,
        [path = words::path(file)](JobContext&) { return maskOf(readVolume(path)); },
        [this](const QImage& mask) {
            if (!m_brush->setMask(mask))
                Q_EMIT messageRaised(
                    tr("The mask has %1 x %2 pixels, the image %3 x %4: choose one of the same "
                       "size.")
                        .arg(mask.width())
                        .arg(mask.height())
                        .arg(m_brush->mask().width())
                        .arg(m_brush->mask().height()),
                    true);
        });
}

void EditSection::run() {
    const CheckpointEntry* entry = m_choice.current();
    EditRequest request;
    request.setName = m_form->setName();
    request.edit = m_form->edit();
    if (!entry || request.setName.empty()) {
        Q_EMIT messageRaised(tr("Name the set that the images go into."), true);
        return;
    }
    if (request.edit.kind == EditKind::inpaint) {
        if (m_brush->isEmpty()) {
            Q_EMIT messageRaised(tr("Paint over the part that is to be made anew first."), true);
            return;
        }
        request.mask = volumeOf(m_brush->mask());
    }
    if (!isSequence() && m_parent) {
        request.parentId = m_parent->id;
        if (m_parent->depth > 1)
            request.slice = m_panes->canvas(0)->view().slice;
    }
    const QString title = tr("Editing into %1").arg(words::text(request.setName));
    m_session.run(
        {title}, ProjectSession::Effect::changes, this,
        [request = std::move(request), entry = *entry](Project& project, JobContext& job) mutable {
            request.checkpointId = adopted(project, entry);
            return editInto(project, request, job);
        },
        [this](const EditResult& result) { finish(result); });
}

void EditSection::finish(const EditResult& result) {
    Q_EMIT messageRaised(tr("%1 made into %2.")
                             .arg(words::count(std::ssize(result.samples), words::Noun::image),
                                  words::text(result.set.name)),
                         false);
    if (result.samples.empty())
        return;
    if (!result.samples.front().parentId) {
        loadFrames(result);
        return;
    }
    const int row = m_results->rowOf(result.samples.front().id);
    if (row >= 0)
        m_strip->setCurrentIndex(m_results->index(row));
}

void EditSection::loadFrames(const EditResult& result) {
    m_loadingResult.start(
        JobSpec{tr("Reading the steps"), Lane::pictures, false}, this,
        [source = m_session.pixelSource(), samples = result.samples](JobContext& job) {
            std::vector<Frame> frames;
            const bool pairs = std::any_of(samples.begin(), samples.end(), isNoisy);
            const std::size_t count = pairs ? samples.size() / 2 : samples.size();
            Picture noisy;
            Picture first;
            for (const SampleRecord& sample : samples) {
                job.throwIfStopped();
                const auto volume = std::make_shared<const Volume>(source(sample));
                if (!first)
                    first = volume;
                if (isNoisy(sample)) { // comes before what was guessed from it
                    noisy = volume;
                    continue;
                }
                frames.push_back({pairs ? std::exchange(noisy, nullptr) : first, volume,
                                  frameWords(sample, frames.size(), count)});
            }
            return frames;
        },
        [this](std::vector<Frame> frames) {
            m_frames = std::move(frames);
            m_frame->setRange(0, std::max(0, static_cast<int>(m_frames.size()) - 1));
            m_frame->setValue(m_frame->maximum());
            showFrame(m_frame->value());
        });
}

} // namespace likeness
