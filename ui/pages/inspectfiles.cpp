// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/brickcache.h"
#include "core/imaging/rawguess.h"
#include "ui/models/diskimage.h"
#include "ui/models/projectsession.h"
#include "ui/models/viewables.h"
#include "ui/pages/inspectpage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/comparebar.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/measurepanel.h"
#include "ui/widgets/openfilebutton.h"
#include "ui/widgets/viewablepicker.h"
#include "ui/words.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/support/cachedplanes.h"

#include <QFileInfo>
#include <QStackedWidget>

#include <utility>

/// The part of the page that shows files which are not in the project.
namespace likeness {

namespace {

std::string idOf(const ViewablePicker& picker) {
    const Viewable* viewable = picker.current();
    return viewable ? viewable->samples.front().id : std::string();
}

} // namespace

void InspectPage::setupOpening(int pane) {
    const auto at = static_cast<std::size_t>(pane);
    m_open[at] =
        new OpenFileButton(pane == 0 ? tr("Left") : tr("Right"), m_session.jobs(), m_settings);
    m_open[at]->acceptDropsOn(m_panes->canvas(pane));
    connect(m_open[at], &OpenFileButton::chosen, this,
            [this, pane](const QString& path, const std::optional<RawLayout>& layout) {
                openFile(pane, path, layout);
            });
    connect(m_open[at], &OpenFileButton::failed, this,
            [this](const QString& sentence) { Q_EMIT messageRaised(sentence, true); });
}

QWidget* InspectPage::makeEmptyState() {
    auto* empty =
        new EmptyState(tr("Nothing to look at yet"),
                       tr("Import samples on the Samples page, or generate some: two sets "
                          "can then be compared here side by side."),
                       tr("Open a file\u2026"));
    connect(empty, &EmptyState::actionChosen, m_open[0], &OpenFileButton::openFile);
    m_open[0]->acceptDropsOn(empty);
    return empty;
}

/// A file stays until another sample is chosen; that samples were added elsewhere is no choice.
void InspectPage::onPicked(int pane) {
    const auto at = static_cast<std::size_t>(pane);
    if (!m_files[at].isEmpty() && idOf(*m_pickers[at]) == m_instead[at])
        return;
    m_files[at].clear();
    load(pane);
}

void InspectPage::openFile(int pane, const QString& path, const std::optional<RawLayout>& layout) {
    const auto at = static_cast<std::size_t>(pane);
    DiskImageRequest request;
    request.path = words::path(path);
    request.options.raw = layout;
    request.wholeBytes = imageMemory(m_settings.imageMemoryMib.get());
    request.shelf = userShelf();
    m_jobs[at]->start(
        JobSpec{tr("Reading %1").arg(path), Lane::pictures, true}, this,
        [request](JobContext& job) { return openDiskImage(request, job); },
        [this, pane](const DiskImage& image) { showFile(pane, image); },
        [this, at, path, typed = layout.has_value()](const std::exception_ptr& failure) {
            Q_EMIT messageRaised(words::explain(failure).sentence, true);
            if (!typed && looksHeaderless(words::path(path)) && QFileInfo(path).isFile())
                m_open[at]->askLayout(path);
        });
}

void InspectPage::showFile(int pane, const DiskImage& image) {
    const auto at = static_cast<std::size_t>(pane);
    m_files[at] = image.volume ? words::text(image.name)
                               : tr("%1 \u00b7 from disk").arg(words::text(image.name));
    m_instead[at] = idOf(*m_pickers[at]);
    m_content->setCurrentIndex(0);
    showLoaded(pane, image.volume);
    if (!image.volume)
        showFromDisk(pane, image);
    for (const std::string& warning : image.header.warnings)
        Q_EMIT messageRaised(tr("%1: %2.").arg(words::text(image.name), words::text(warning)),
                             false);
    m_panes->canvas(pane)->setFocus();
}

void InspectPage::showFromDisk(int pane, const DiskImage& image) {
    if (!m_bricks)
        m_bricks = std::make_shared<BrickCache>(
            BrickCache::Limits{imageMemory(m_settings.imageMemoryMib.get()), 2});
    const auto planes = std::make_shared<CachedPlanes>(m_bricks, image.source, image.glimpse);
    const auto tell = [this](const std::exception_ptr& failure) {
        Q_EMIT messageRaised(words::explain(failure).sentence, true);
    };
    connect(planes.get(), &CachedPlanes::failed, this, tell);
    connect(planes.get(), &CachedPlanes::pyramidFailed, this, tell);
    planes->buildPyramid(image.shelf, image.origin);
    m_panes->setPlanes(pane, planes, titleOf(pane));
    m_compare->refresh();
    m_measure->refresh();
    applyLink();
    refreshSlider();
}

bool InspectPage::isStack(int pane) const {
    const ImageCanvas* canvas = m_panes->canvas(pane);
    return canvas->link()->subject(canvas->viewId()).size[2] > 1;
}

/// Whose slices the slider counts.
int InspectPage::leadPane() const {
    return isStack(0) ? 0 : 1;
}

} // namespace likeness
