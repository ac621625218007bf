// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/volumepair.h"

#include "core/base/error.h"
#include "ui/widgets/labels.h"
#include "viewers/support/reduction.h"
#include "viewers/support/spanimage.h"
#include "viewers/volume/cameralink.h"
#include "viewers/volume/volumeview.h"

#include <QGridLayout>
#include <QLabel>

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
    , m_link(new CameraLink(this)) {
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
        grid->addWidget(m_titles[at], 0, pane);
        grid->addWidget(m_views[at], 1, pane);
        grid->setColumnStretch(pane, 1);
    }
    grid->setRowStretch(1, 1);
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
    prepared.reduction = displayReduction(volume->span(), displayBytes);
    prepared.volume =
        prepared.reduction > 1
            ? std::make_shared<const Volume>(reducedVolume(*volume, prepared.reduction, job))
            : volume;
    prepared.range = firstViewOf(prepared.volume->span());
    prepared.threshold = otsuShare(*prepared.volume, prepared.range);
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
        m_views[at]->setVolume(nullptr);
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
    applyTransfer();
    m_views[at]->setVolume(m_prepared[at]->volume, m_prepared[at]->reduction);
}

void VolumePair::applyTransfer() {
    const auto& leading = m_prepared[0] ? m_prepared[0] : m_prepared[1];
    TransferFunction transfer = transferFunction(m_look, leading ? leading->threshold : 0.5);
    const bool comparable = !m_prepared[0] || !m_prepared[1] ||
                            m_prepared[0]->volume->type() == m_prepared[1]->volume->type();
    if (leading && comparable)
        transfer.range = leading->range;
    m_link->setTransfer(transfer);
    if (!m_linked)
        m_views[1]->link()->setTransfer(transfer);
}

void VolumePair::setLook(TransferPreset preset) {
    m_look = preset;
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
}

void VolumePair::resetCamera() {
    m_link->reset();
    m_views[1]->link()->reset();
}

} // namespace likeness
