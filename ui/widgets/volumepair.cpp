// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/volumepair.h"

#include "core/base/error.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/volumecut.h"
#include "ui/widgets/volumelook.h"
#include "ui/widgets/volumeparts.h"
#include "ui/widgets/volumetools.h"
#include "ui/words.h"
#include "viewers/support/reduction.h"
#include "viewers/volume/cameralink.h"
#include "viewers/volume/movie.h"
#include "viewers/volume/volumeview.h"

#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QOffscreenSurface>

#include <algorithm>
#include <utility>

namespace likeness {

namespace {

double otsuShare(const Volume& volume, DisplayRange range) {
    if (range.window() <= 0.0)
        return 0.5;
    try {
        const std::array spans{volume.span()};
        return std::clamp((otsuThreshold(spans) - range.low) / range.window(), 0.02, 0.98);
    } catch (const Error&) {
        return 0.5; // one grey level everywhere: there is nothing to part
    }
}

} // namespace

VolumePair::VolumePair(JobRunner& jobs, QWidget* parent)
    : QWidget(parent)
    , m_link(new CameraLink(this))
    , m_tools(new VolumeTools)
    , m_jobs(jobs) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(6);
    for (int pane = 0; pane < 2; ++pane) {
        const auto at = static_cast<std::size_t>(pane);
        m_titles[at] = makeLabel({});
        m_views[at] = new VolumeView;
        m_views[at]->setLink(m_link);
        m_views[at]->setAccessibleName(pane == 0 ? tr("Left volume") : tr("Right volume"));
        m_preparing[at] = std::make_unique<LatestJob>(jobs);
        m_surfacing[at] = std::make_unique<LatestJob>(jobs);
        grid->addWidget(m_titles[at], 0, pane);
        grid->addWidget(m_views[at], 1, pane);
        grid->setColumnStretch(pane, 1);
    }
    grid->setRowStretch(1, 1);
    grid->addWidget(m_tools, 2, 0, 1, 2);
    connectTools();
}

VolumePair::~VolumePair() = default;

VolumePair::Prepared VolumePair::prepare(std::shared_ptr<const Volume> volume,
                                         std::int64_t displayBytes,
                                         JobContext& job) {
    if (volume->channels() != 1) {
        Volume grey = toGrey(volume->span());
        grey.voxelSize = volume->voxelSize;
        volume = std::make_shared<const Volume>(std::move(grey));
    }
    Prepared prepared;
    prepared.size = {volume->width(), volume->height(), volume->depth()};
    if (volume->voxelSize)
        prepared.um = volume->voxelSize->um;
    prepared.reduction = displayReduction(volume->span(), displayBytes);
    prepared.volume =
        prepared.reduction > 1
            ? std::make_shared<const Volume>(reducedVolume(*volume, prepared.reduction, job))
            : volume;
    prepared.values = ValueSample(prepared.volume->span());
    prepared.threshold = otsuShare(*prepared.volume, prepared.values.firstView());
    return prepared;
}

void VolumePair::setVolume(int pane,
                           const std::shared_ptr<const Volume>& volume,
                           const QString& title) {
    const auto at = static_cast<std::size_t>(pane);
    m_titles[at]->setText(title);
    if (!volume || volume->depth() < 2) {
        m_preparing[at]->drop();
        m_prepared[at].reset();
        m_surfacing[at]->drop();
        m_views[at]->setVolume(nullptr);
        m_tools->look().setSubject(pane, {});
        describeVolumes();
        applyTransfer();
        return;
    }
    m_preparing[at]->start(
        JobSpec{tr("Preparing the 3-D view"), Lane::pictures, true}, this,
        [volume, bytes = VolumeView::displayBytes()](JobContext& job) {
            return prepare(volume, bytes, job);
        },
        [this, pane](Prepared prepared) { adopt(pane, std::move(prepared)); });
}

void VolumePair::adopt(int pane, Prepared prepared) {
    const auto at = static_cast<std::size_t>(pane);
    m_prepared[at] = std::move(prepared);
    m_surfaces[at].reset();
    m_tools->look().setSubject(
        pane, VolumeLook::Subject{m_prepared[at]->values, m_prepared[at]->threshold});
    describeVolumes();
    applyTransfer();
    m_views[at]->setVolume(m_prepared[at]->volume, m_prepared[at]->reduction);
    applyOptions();
    makeSurface(at);
}

void VolumePair::applyTransfer() {
    m_tools->look().setComparable(!m_prepared[0] || !m_prepared[1] ||
                                  m_prepared[0]->volume->type() == m_prepared[1]->volume->type());
    const TransferFunction transfer = m_tools->look().transfer();
    m_link->setTransfer(transfer);
    if (!m_linked)
        m_views[1]->link()->setTransfer(transfer);
}

void VolumePair::connectTools() {
    connect(&m_tools->look(), &VolumeLook::changed, this, &VolumePair::applyTransfer);
    connect(m_tools, &VolumeTools::optionsChanged, this, &VolumePair::applyOptions);
    connect(&m_tools->cut(), &VolumeCut::cutWanted, this, [this] {
        const CameraPose& pose = m_link->pose();
        std::array<double, 3> direction{};
        for (std::size_t k = 0; k < 3; ++k)
            direction.at(k) = pose.focus.at(k) - pose.position.at(k);
        m_tools->cut().cutHere(direction);
    });
    connect(&m_tools->parts(), &VolumeParts::levelChanged, this, &VolumePair::makeSurfaces);
    connect(&m_tools->parts(), &VolumeParts::movieWanted, this, &VolumePair::askMovie);
}

void VolumePair::askMovie(bool turntable, int frames, QSize size) {
    if (!m_prepared[0] && !m_prepared[1])
        return;
    auto* chooser = new QFileDialog(this, tr("A new folder for the pictures"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setAcceptMode(QFileDialog::AcceptSave);
    chooser->setOption(QFileDialog::DontConfirmOverwrite);
    chooser->selectFile(tr("movie"));
    connect(chooser, &QFileDialog::fileSelected, this,
            [=, this](const QString& folder) { makeMovie(folder, turntable, frames, size); });
    chooser->open();
}

void VolumePair::makeMovie(const QString& folder, bool turntable, int frames, QSize size) {
    MovieSpec spec;
    spec.kind = turntable ? MovieKind::turntable : MovieKind::slices;
    spec.frames = frames;
    spec.size = size;
    for (std::size_t pane = 0; pane < 2; ++pane)
        if (m_prepared[pane])
            spec.panes[pane] = MoviePane{
                m_prepared[pane]->volume, m_views[pane]->link()->transfer(),
                m_views[pane]->link()->options(), m_surfaces[pane], m_titles[pane]->text()};
    spec.pose = m_link->pose();
    spec.unit = m_link->unit();
    spec.linkSize = m_link->worldSize();
    spec.folder = words::path(folder);
    spec.program = QStringLiteral("Likeness " LIKENESS_VERSION);
    if (!m_movieSurface)
        m_movieSurface = movieSurface();
    const auto note = [this](const QString& text) { m_tools->parts().setNote(text); };
    m_jobs.start(
        JobSpec{tr("Making the movie"), Lane::pictures, true}, this,
        [spec, surface = m_movieSurface](JobContext& job) { writeMovie(spec, surface.get(), job); },
        [note, folder] { note(tr("The movie is in %1.").arg(folder)); },
        [note](const std::exception_ptr& failure) { note(words::explain(failure).sentence); });
}

void VolumePair::applyOptions() {
    SceneOptions options = m_tools->options();
    const bool comparable = !m_prepared[0] || !m_prepared[1] ||
                            m_prepared[0]->volume->type() == m_prepared[1]->volume->type();
    if (comparable)
        options.sliceRange = m_sliceRange;
    m_link->setOptions(options);
    if (!m_linked)
        m_views[1]->link()->setOptions(options);
}

void VolumePair::setSlices(const std::array<double, 3>& places, std::optional<DisplayRange> range) {
    m_sliceRange = range;
    m_tools->parts().setPlaces(places);
}

void VolumePair::describeVolumes() {
    const auto& leading = m_prepared[0] ? m_prepared[0] : m_prepared[1];
    if (!leading)
        return;
    m_tools->cut().setExtent({leading->size, leading->um});
    const DisplayRange range = leading->values.firstView();
    m_tools->parts().setLevels({leading->values.minimum(), leading->values.maximum()},
                               range.low + leading->threshold * range.window());
}

void VolumePair::makeSurfaces() {
    for (std::size_t pane = 0; pane < 2; ++pane)
        makeSurface(pane);
}

void VolumePair::makeSurface(std::size_t pane) {
    m_surfacing[pane]->drop();
    const auto note = [this, pane](const QString& text) {
        m_surfaceNotes[pane] = text;
        m_tools->parts().setNote(m_surfaceNotes[0] + QLatin1Char(' ') + m_surfaceNotes[1]);
    };
    note({});
    if (!m_prepared[pane] || !m_tools->parts().wantsSurface())
        return;
    m_surfacing[pane]->start(
        JobSpec{tr("Making the surface"), Lane::pictures, true}, this,
        [volume = m_prepared[pane]->volume, level = m_tools->parts().level()](JobContext& job) {
            return std::make_shared<const IsoSurface>(isoSurface(*volume, level, job));
        },
        [this, pane, note](std::shared_ptr<const IsoSurface> surface) {
            note(surface->triangles() == 0 ? tr("%1: nothing crosses this level.")
                                                 .arg(pane == 0 ? tr("Left") : tr("Right"))
                                           : tr("%1: %L2 triangles.")
                                                 .arg(pane == 0 ? tr("Left") : tr("Right"))
                                                 .arg(surface->triangles()));
            m_surfaces[pane] = surface;
            m_views[pane]->setSurface(std::move(surface));
        },
        [this, pane, note](const std::exception_ptr& failure) {
            m_surfaces[pane].reset();
            m_views[pane]->setSurface(nullptr);
            note(words::explain(failure).sentence);
        });
}

void VolumePair::setDomain(Domain domain) {
    m_tools->look().setDomain(domain);
    applyTransfer();
}

void VolumePair::setLinked(bool linked) {
    if (linked == m_linked)
        return;
    m_linked = linked;
    m_views[1]->setLink(linked ? m_link : nullptr);
    if (!linked)
        m_views[1]->link()->setPose(m_link->pose());
    applyTransfer();
    applyOptions();
}

void VolumePair::resetCamera() {
    m_link->reset();
    m_views[1]->link()->reset();
}

} // namespace likeness
