// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

inline constexpr double kMicrometresPerInch = 25400.0;

/// Micrometres in a unit as ImageJ and OME-TIFF write it ("um", "micron", "mm", "inch" ...); empty
/// for pixels and words that are no length.
[[nodiscard]] std::optional<double> micrometresIn(std::string_view unit);

/// Pixels per length as image files state them.
struct Resolution {
    double x = 0.0;
    double y = 0.0;
    double unitUm = 0.0;     ///< length of the unit in micrometres
    std::string_view source; ///< "TIFF tags", "PNG pHYs" ...
};

/// The pixel size that a resolution stands for. The usual print resolutions (72, 96, 300 dpi ...)
/// are settings of a program, not measurements: they give no size but a warning.
[[nodiscard]] std::optional<VoxelSize> voxelSizeFrom(const Resolution& resolution,
                                                     std::vector<std::string>& warnings);

/// What the text in a TIFF's ImageDescription says.
struct TiffDescription {
    bool imageJ = false;
    std::int64_t images = 1;   ///< pages ImageJ counts
    std::int64_t channels = 1; ///< of a hyperstack
    std::int64_t frames = 1;
    std::int64_t slices = 0;       ///< 0: not said
    std::string axisOrder = "CZT"; ///< of the pages, the fastest first
    bool ome = false;              ///< OME-TIFF; colours of one page count as channels
    std::string unit;
    std::optional<double> spacing;                   ///< z, in `unit`
    std::optional<std::array<double, 3>> omeVoxelUm; ///< OME-TIFF PhysicalSizeX, Y, Z
};

[[nodiscard]] TiffDescription parseTiffDescription(std::string_view text);

} // namespace likeness
