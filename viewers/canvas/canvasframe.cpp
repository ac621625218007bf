// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/canvasframe.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Rounding noise of the shared state must not turn a whole zoom into an uneven one.
double snapped(double zoom) {
    const double whole = std::round(zoom);
    if (whole >= 1.0 && std::abs(zoom - whole) < 1e-7 * whole)
        return whole;
    const double part = std::round(1.0 / zoom);
    if (part >= 1.0 && std::abs(zoom * part - 1.0) < 1e-7)
        return 1.0 / part;
    return zoom;
}

int originOf(double middle, double centre, double zoom) {
    // Far beyond any screen, yet safe in int arithmetic.
    constexpr double kFar = 1e8;
    return static_cast<int>(std::clamp(std::round(middle - centre * zoom), -kFar, kFar));
}

} // namespace

void CanvasFrame::setVolume(std::shared_ptr<const Volume> volume) {
    m_volume = std::move(volume);
    m_planes.reset();
    m_shown = {};
    m_copy = Volume();
    m_plane.reset();
    m_isDrawn = false;
    m_sampler.setPlane({});
}

void CanvasFrame::setPlanes(std::shared_ptr<PlaneProvider> planes) {
    setVolume(nullptr);
    m_planes = std::move(planes);
}

/// The best there is of what `size` device pixels show.
void CanvasFrame::askForPlane(const PaneView& view, const PictureGrid& grid, QSize size) {
    const QSizeF whole = m_planes->subject().pictureSize(view.axis);
    const auto pixel = [](double device, int origin, double zoom) {
        return static_cast<int>(std::clamp(std::floor((device - origin) / zoom), -1e9, 1e9));
    };
    const QRect visible(
        QPoint(pixel(0.0, grid.origin.x(), grid.zoomX), pixel(0.0, grid.origin.y(), grid.zoomY)),
        QPoint(pixel(size.width(), grid.origin.x(), grid.zoomX),
               pixel(size.height(), grid.origin.y(), grid.zoomY)));
    const QRect picture(0, 0, static_cast<int>(whole.width()), static_cast<int>(whole.height()));
    const ShownPlane shown = m_planes->plane(
        {view.axis, view.slice, visible & picture, std::max(grid.zoomX, grid.zoomY)});
    const bool moved = !m_plane || *m_plane != std::pair{view.axis, view.slice};
    m_plane = {view.axis, view.slice};
    if (moved || shown.version != m_shown.version || shown.pixels.data != m_shown.pixels.data) {
        m_sampler.setPlane(shown.pixels);
        m_isDrawn = false;
    }
    m_shown = shown;
}

QSizeF CanvasFrame::pictureSize() const {
    if (m_planes && m_plane)
        return m_planes->subject().pictureSize(m_plane->first);
    return {static_cast<double>(m_sampler.plane().width),
            static_cast<double>(m_sampler.plane().height)};
}

void CanvasFrame::setColours(ColourMap map) {
    m_sampler.setColours(map);
    m_isDrawn = false;
}

void CanvasFrame::choosePlane(SliceAxis axis, std::int64_t slice) {
    if (!m_volume || (m_plane && m_plane->first == axis && m_plane->second == slice))
        return;
    m_plane = {axis, slice};
    m_isDrawn = false;
    if (axis == SliceAxis::z) {
        m_copy = Volume();
        m_sampler.setPlane(m_volume->span().slice(slice));
    } else {
        m_copy = m_volume->slice(axis == SliceAxis::x ? 0 : 1, slice);
        m_sampler.setPlane(m_copy.span());
    }
}

const QImage&
CanvasFrame::render(const PaneView& view, QSize size, double pixelRatio, QRgb background) {
    choosePlane(view.axis, view.slice);
    PictureGrid grid;
    grid.zoomX = snapped(view.zoom.width() * pixelRatio);
    grid.zoomY = snapped(view.zoom.height() * pixelRatio);
    grid.origin = {originOf(0.5 * size.width(), view.centre.x(), grid.zoomX),
                   originOf(0.5 * size.height(), view.centre.y(), grid.zoomY)};
    if (m_planes)
        askForPlane(view, grid, size);
    const PixelType type = m_sampler.plane().type;
    const bool sameLut = m_lut.serves(type, view.range);
    if (m_isDrawn && grid == m_grid && m_image.size() == size && m_background == background &&
        sameLut)
        return m_image;
    if (!sameLut)
        m_lut = PixelLut(type, view.range);
    m_grid = grid;
    m_background = background;
    if (m_image.size() != size || !m_image.isDetached())
        m_image = QImage(size, QImage::Format_RGB32);
    m_image.setDevicePixelRatio(pixelRatio);
    // The pixels of a coarser plane are larger.
    PictureGrid drawn = grid;
    drawn.zoomX *= m_shown.scaleX;
    drawn.zoomY *= m_shown.scaleY;
    m_sampler.render(drawn, m_lut, background, m_image);
    m_isDrawn = true;
    return m_image;
}

QTransform CanvasFrame::toDevice() const {
    return {m_grid.zoomX,
            0.0,
            0.0,
            m_grid.zoomY,
            static_cast<double>(m_grid.origin.x()),
            static_cast<double>(m_grid.origin.y())};
}

std::optional<std::array<std::int64_t, 3>> CanvasFrame::voxelAt(QPointF device) const {
    if (!m_isDrawn || (!m_volume && !m_planes) || !m_plane)
        return std::nullopt;
    const double px = std::floor((device.x() - m_grid.origin.x()) / m_grid.zoomX);
    const double py = std::floor((device.y() - m_grid.origin.y()) / m_grid.zoomY);
    const QSizeF picture = pictureSize();
    if (!(px >= 0.0 && py >= 0.0 && px < picture.width() && py < picture.height()))
        return std::nullopt;
    const auto u = static_cast<std::int64_t>(px);
    const auto v = static_cast<std::int64_t>(py);
    switch (m_plane->first) {
    case SliceAxis::x:
        return std::array{m_plane->second, v, u};
    case SliceAxis::y:
        return std::array{u, m_plane->second, v};
    case SliceAxis::z:
        break;
    }
    return std::array{u, v, m_plane->second};
}

} // namespace likeness
