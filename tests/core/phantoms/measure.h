// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <array>
#include <cstdint>
#include <vector>

/// Measurements on masks and scans that know nothing of how the phantoms were made.
namespace measure {

using Mask = std::vector<std::uint8_t>;

/// Pixels of one label as 0/1.
[[nodiscard]] Mask maskOf(const likeness::Volume& labels, std::uint8_t label);

/// Areas of the 4-connected components of a slice that do not touch its border.
[[nodiscard]] std::vector<std::int64_t>
componentAreas(const Mask& mask, std::int64_t width, std::int64_t height);

/// Heights of the local maxima of the exact Euclidean distance to the background, border regions
/// left out.
[[nodiscard]] std::vector<double>
distanceMaxima(const Mask& mask, std::int64_t width, std::int64_t height);

struct Skeleton {
    /// Vossepoel and Smeulders 1982 (0.980 even + 1.406 odd - 0.091 corners), and at each end what
    /// thinning took away in front of the centre of its round cap.
    double length = 0.0;
    int ends = 0; ///< skeleton pixels with one neighbour
};

/// Thinning by Zhang and Suen 1984; spurs shorter than `spur` px are cut off.
[[nodiscard]] Skeleton skeletonOf(Mask mask, std::int64_t width, std::int64_t height, int spur);

/// Mean of n n^T over the mask's voxels, n the direction of least change in the smoothed
/// neighbourhood.
[[nodiscard]] std::array<std::array<double, 3>, 3> orientationTensor(const Mask& mask,
                                                                     std::int64_t size);

} // namespace measure
