// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"
#include "viewers/support/planeprovider.h"
#include "viewers/support/planesampler.h"
#include "viewers/viewstate.h"

#include <QImage>
#include <QTransform>

#include <memory>
#include <optional>

namespace likeness {

/// Turns a volume and a PaneView into the device pixels of a pane, and remembers the last result.
class CanvasFrame {
public:
    void setVolume(std::shared_ptr<const Volume> volume);

    /// In place of a volume.
    void setPlanes(std::shared_ptr<PlaneProvider> planes);

    /// Of grey pictures.
    void setColours(ColourMap map);

    /// Format_RGB32 of `size` device pixels. `pixelRatio` is device pixels per logical pixel.
    [[nodiscard]] const QImage&
    render(const PaneView& view, QSize size, double pixelRatio, QRgb background);

    /// From picture pixels of the last frame to device pixels.
    [[nodiscard]] QTransform toDevice() const;

    /// Voxel (x, y, z) under a device pixel of the last frame.
    [[nodiscard]] std::optional<std::array<std::int64_t, 3>> voxelAt(QPointF device) const;

private:
    void choosePlane(SliceAxis axis, std::int64_t slice);
    void askForPlane(const PaneView& view, const PictureGrid& grid, QSize size);
    [[nodiscard]] QSizeF pictureSize() const;

    std::shared_ptr<const Volume> m_volume;
    std::shared_ptr<PlaneProvider> m_planes;
    ShownPlane m_shown; ///< of m_planes
    Volume m_copy;      ///< holds planes across x and y; planes along z are used in place
    PlaneSampler m_sampler;
    PixelLut m_lut;
    std::optional<std::pair<SliceAxis, std::int64_t>> m_plane;
    PictureGrid m_grid;
    QRgb m_background = 0;
    QImage m_image;
    bool m_isDrawn = false;
};

} // namespace likeness
