// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"

#include <cstddef>
#include <span>

namespace likeness {

/// On which sides of the picture its first stored row and column lie: tag 274 of TIFF 6.0
/// (section 8) and EXIF, 1 (top, left: upright) to 8. Cameras store pixels as the sensor reads them
/// and say here how they were held.
class Orientation {
public:
    Orientation() = default;

    /// Values that the tag does not know count as upright.
    explicit Orientation(int tag) noexcept;

    /// The tag of an EXIF block that begins with its TIFF header; upright if it has none.
    [[nodiscard]] static Orientation fromExif(std::span<const std::byte> exif) noexcept;

    [[nodiscard]] int tag() const noexcept { return m_tag; }

    [[nodiscard]] bool isUpright() const noexcept { return m_tag == 1; }

    /// Makes a header of the stored pixels one of the upright picture: width and height, x and y of
    /// a voxel change places where the axes do, and a warning says what was done.
    void applyTo(ImageHeader& header) const;

    /// Copies one stored slice upright; `header` as applyTo() left it.
    void turn(std::span<const std::byte> stored,
              const ImageHeader& header,
              std::span<std::byte> out) const;

private:
    [[nodiscard]] bool exchangesAxes() const noexcept { return m_tag >= 5; }

    int m_tag = 1;
};

} // namespace likeness
