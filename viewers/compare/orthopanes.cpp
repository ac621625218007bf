// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/compare/orthopanes.h"

#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/crosshairtool.h"

#include <QGridLayout>
#include <QLabel>
#include <QScopedValueRollback>
#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace likeness {

namespace {

constexpr std::array kAxes{SliceAxis::z, SliceAxis::y, SliceAxis::x}; ///< from left to right

constexpr std::size_t at(SliceAxis axis) noexcept {
    return static_cast<std::size_t>(axis);
}

/// The directions whose slices are the upright and the level line of a crosshair on `seen`.
constexpr std::pair<SliceAxis, SliceAxis> crossing(SliceAxis seen) noexcept {
    switch (seen) {
    case SliceAxis::x:
        return {SliceAxis::z, SliceAxis::y};
    case SliceAxis::y:
        return {SliceAxis::x, SliceAxis::z};
    case SliceAxis::z:
        break;
    }
    return {SliceAxis::x, SliceAxis::y};
}

/// Apart for people who cannot tell red from green, too; the planes are named beside.
QColor colourOf(SliceAxis axis) {
    switch (axis) {
    case SliceAxis::x:
        return {255, 214, 0};
    case SliceAxis::y:
        return {86, 180, 233};
    case SliceAxis::z:
        break;
    }
    return {230, 120, 60};
}

QString nameOf(SliceAxis axis) {
    switch (axis) {
    case SliceAxis::x:
        return OrthoPanes::tr("z-y, along x");
    case SliceAxis::y:
        return OrthoPanes::tr("x-z, along y");
    case SliceAxis::z:
        break;
    }
    return OrthoPanes::tr("x-y, along z");
}

} // namespace

OrthoPanes::OrthoPanes(QWidget* parent)
    : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    for (ViewLink*& link : m_links)
        link = new ViewLink(this);
    for (int row = 0; row < 2; ++row) {
        makeRow(row);
        column->addWidget(m_rows[static_cast<std::size_t>(row)].box, 1);
    }
    for (const SliceAxis axis : kAxes)
        connect(m_links[at(axis)], &ViewLink::changed, this, [this, axis] { onLinkChanged(axis); });
}

OrthoPanes::~OrthoPanes() {
    // The canvases leave the links one by one, which nobody needs to hear of.
    for (ViewLink* link : m_links)
        disconnect(link, nullptr, this, nullptr);
}

void OrthoPanes::makeRow(int row) {
    Row& r = m_rows.at(static_cast<std::size_t>(row));
    r.box = new QWidget(this);
    r.box->hide();
    r.title = new QLabel(r.box);
    r.title->setTextFormat(Qt::PlainText);
    auto* grid = new QGridLayout(r.box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(r.title, 0, 0, 1, 3);
    int column = 0;
    for (const SliceAxis axis : kAxes) {
        Plane& plane = r.planes[at(axis)];
        const auto [upright, level] = crossing(axis);
        plane.canvas = new ImageCanvas(r.box);
        plane.cross =
            new CrosshairTool(std::array{colourOf(upright), colourOf(level)}, plane.canvas);
        plane.canvas->setLink(m_links[at(axis)]);
        plane.canvas->setTool(plane.cross);
        plane.canvas->setAccessibleName(
            (row == 0 ? tr("Left image, %1") : tr("Right image, %1")).arg(nameOf(axis)));
        connect(plane.cross, &CrosshairTool::moved, this,
                [this, row, axis = axis](QPointF picture) { moveCrosshair(row, axis, picture); });
        connect(plane.canvas, &ImageCanvas::probed, this,
                [this, row](const PixelProbe& probe) { Q_EMIT probed(row, probe); });
        auto* name = new QLabel(nameOf(axis), r.box);
        name->setTextFormat(Qt::PlainText);
        name->setEnabled(false);
        grid->addWidget(plane.canvas, 1, column);
        grid->addWidget(name, 2, column);
        grid->setColumnStretch(column++, 1);
    }
    grid->setRowStretch(1, 1);
}

void OrthoPanes::setPicture(int row, std::shared_ptr<const Volume> volume, const QString& label) {
    Row& r = m_rows.at(static_cast<std::size_t>(row));
    if (volume && volume->depth() < 2)
        volume.reset();
    r.title->setText(label);
    r.box->setVisible(volume != nullptr);
    for (const SliceAxis axis : kAxes) {
        r.planes[at(axis)].canvas->setVolume(volume);
        m_links[at(axis)]->setAxis(r.planes[at(axis)].canvas->viewId(), axis);
    }
    placeCrosshairs();
}

ImageCanvas* OrthoPanes::canvas(int row, SliceAxis axis) const {
    return m_rows.at(static_cast<std::size_t>(row)).planes[at(axis)].canvas;
}

ViewLink* OrthoPanes::link(SliceAxis axis) const {
    return m_links[at(axis)];
}

void OrthoPanes::setLinkChoice(const LinkChoice& choice) {
    for (ViewLink* link : m_links) {
        link->setNavigationMode(choice.navigation);
        link->setSliceMode(choice.slices);
        link->setSliceUnit(choice.sliceUnit);
    }
}

void OrthoPanes::setWindowMode(WindowLink mode) {
    for (ViewLink* link : m_links)
        link->setWindowMode(mode);
}

void OrthoPanes::setColours(ColourMap map) {
    for (const Row& row : m_rows)
        for (const Plane& plane : row.planes)
            plane.canvas->setColours(map);
}

void OrthoPanes::setBindings(const std::shared_ptr<const ViewBindings>& bindings) {
    for (const Row& row : m_rows)
        for (const Plane& plane : row.planes)
            plane.canvas->setBindings(bindings);
}

void OrthoPanes::setCrosshairVisible(bool on) {
    for (const Row& row : m_rows)
        for (const Plane& plane : row.planes)
            plane.cross->setVisible(on);
}

void OrthoPanes::fit() {
    for (const Row& row : m_rows)
        for (const SliceAxis axis : kAxes)
            m_links[at(axis)]->fit(row.planes[at(axis)].canvas->viewId());
}

std::array<std::int64_t, 3> OrthoPanes::crosshair(int row) const {
    std::array<std::int64_t, 3> voxel{};
    for (const SliceAxis axis : kAxes)
        voxel[at(axis)] = canvas(row, axis)->view().slice;
    return voxel;
}

void OrthoPanes::setCrosshair(int row, std::array<std::int64_t, 3> voxel) {
    for (const SliceAxis axis : kAxes)
        m_links[at(axis)]->setSlice(canvas(row, axis)->viewId(), voxel[at(axis)]);
}

void OrthoPanes::moveCrosshair(int row, SliceAxis seen, QPointF picture) {
    const auto [upright, level] = crossing(seen);
    auto voxel = crosshair(row);
    voxel[at(upright)] = static_cast<std::int64_t>(std::floor(picture.x()));
    voxel[at(level)] = static_cast<std::int64_t>(std::floor(picture.y()));
    for (const SliceAxis axis : {upright, level})
        m_links[at(axis)]->setSlice(canvas(row, axis)->viewId(), voxel[at(axis)]);
}

void OrthoPanes::handOnWindow(SliceAxis axis) {
    for (const SliceAxis other : kAxes) {
        m_links[at(other)]->shareWindow(*m_links[at(axis)]);
        if (other == axis || m_links[at(axis)]->windowMode() != WindowLink::off)
            continue;
        for (int row = 0; row < 2; ++row) {
            const DisplayRange range = canvas(row, axis)->view().range;
            const ImageCanvas* target = canvas(row, other);
            if (target->view().range != range)
                m_links[at(other)]->setRange(target->viewId(), range);
        }
    }
}

/// The place of the crosshair is where the links' slices are: nothing else keeps it.
void OrthoPanes::placeCrosshairs() {
    for (int row = 0; row < 2; ++row) {
        const auto voxel = crosshair(row);
        for (const SliceAxis axis : kAxes) {
            const auto [upright, level] = crossing(axis);
            m_rows[static_cast<std::size_t>(row)].planes[at(axis)].cross->setPlace(
                QPointF(static_cast<double>(voxel[at(upright)]) + 0.5,
                        static_cast<double>(voxel[at(level)]) + 0.5));
        }
    }
}

void OrthoPanes::onLinkChanged(SliceAxis axis) {
    if (m_sharing)
        return;
    {
        const QScopedValueRollback sharing(m_sharing, true);
        handOnWindow(axis);
    }
    placeCrosshairs();
    Q_EMIT crosshairMoved();
}

} // namespace likeness
