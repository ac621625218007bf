// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/colourmap.h"
#include "viewers/support/pixellut.h"

#include <QImage>
#include <QPoint>
#include <QRect>

#include <map>

namespace likeness {

/// Where a picture lies on a raster of device pixels. Picture pixel (i, j) covers
/// [origin.x + i zoomX, origin.x + (i + 1) zoomX) and so on downwards.
struct PictureGrid {
    QPoint origin;      ///< device pixel of the picture's top left corner; may be far outside
    double zoomX = 1.0; ///< device pixels per picture pixel
    double zoomY = 1.0;

    friend bool operator==(const PictureGrid&, const PictureGrid&) = default;
};

/// Draws one plane (grey or RGB, not owned) at any zoom: nearest sample at a zoom of 1 and more,
/// the mean over the area of the device pixel below, so that thin structures fade instead of
/// breaking up. Means are taken of values, before window and level. They are exact while up to
/// kExactValues values are in sight; beyond, they are means of the blocks of 2, 4 ... pixels that
/// the device pixel touches, which are made when first needed and kept until the plane changes. A
/// device pixel whose area holds a NaN is drawn as NaN. Large pictures are drawn on all cores.
class PlaneSampler {
public:
    static constexpr double kExactValues = 2e7;

    /// The span must stay valid until the next call. Depth must be 1 and channels 1 or 3.
    void setPlane(const ImageSpan& plane);

    /// Colours of the levels of grey pictures; RGB pictures keep their own.
    void setColours(ColourMap map) { m_colours = &coloursOf(map); }

    [[nodiscard]] const ImageSpan& plane() const noexcept { return m_plane; }

    /// Fills `target` (Format_RGB32), whose top left device pixel is (0, 0), with the picture and,
    /// around it, `background`.
    void render(const PictureGrid& grid, const PixelLut& lut, QRgb background, QImage& target);

private:
    /// Block means over 2^exponent pixels; the last column and row may stand for fewer.
    struct Level {
        std::vector<std::uint16_t> fixed; ///< 8-bit values x 256, 16-bit values x 1
        std::vector<float> real;
        std::int64_t width = 0;
    };

    /// Work space of one thread.
    struct Row {
        std::vector<std::uint8_t> levels;
        std::vector<float> values;
    };

    template <typename T>
    void gatherLevels(const T* source,
                      const std::vector<std::int64_t>& columns,
                      const PixelLut& lut,
                      Row& row) const;
    template <typename T>
    void
    renderNearest(const T* pixels, const PictureGrid& grid, const PixelLut& lut, QImage& target);
    void renderMean(const PictureGrid& grid, const PixelLut& lut, QImage& target);
    void computeMeans(const PictureGrid& grid);
    [[nodiscard]] QRect keepMeans(const PictureGrid& grid);
    void computePart(const PictureGrid& grid, const QRect& part);
    [[nodiscard]] int exponentFor(const PictureGrid& grid) const;
    const Level& levelFor(int exponent);

    ImageSpan m_plane;
    const ColourTable* m_colours = &coloursOf(ColourMap::grey);
    std::map<int, Level> m_levels; ///< by exponent
    QRect m_covered;               ///< device pixels whose middle lies in the picture
    std::vector<float> m_means; ///< of the device pixels in m_meansCovered, before window and level
    std::vector<float> m_spareMeans; ///< the buffer of the frame before
    PictureGrid m_meansGrid;
    QRect m_meansCovered;
    int m_meansExponent = 0;
};

} // namespace likeness
