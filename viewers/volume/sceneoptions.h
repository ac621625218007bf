// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "viewers/support/valuesample.h"

#include <array>
#include <optional>

namespace likeness {

/// A cut across the volume: what lies on the side that the normal points to is drawn.
struct CutPlane {
    std::array<double, 3> normal{0.0, 0.0, 1.0}; ///< world axes, length 1
    double offset =
        0.0; ///< from the volume's middle along the normal, in longest edges of the link

    friend bool operator==(const CutPlane&, const CutPlane&) = default;
};

/// How finely a resting view is drawn.
enum class StillQuality { draft, normal, fine };

/// What is drawn of a volume, and where it is cut; may be given to several volumes.
struct SceneOptions {
    std::array<double, 6> box{0.0, 1.0, 0.0, 1.0, 0.0, 1.0}; ///< shares of the edges: x, y, z
    std::optional<CutPlane> plane;
    StillQuality quality = StillQuality::normal;
    bool rayCast = true;
    bool surface = false;
    bool slices = false;
    std::array<double, 3> slicePlaces{0.5, 0.5, 0.5}; ///< shares of the first to last slice
    std::optional<DisplayRange> sliceRange;           ///< absent: the volume's first view

    friend bool operator==(const SceneOptions&, const SceneOptions&) = default;
};

} // namespace likeness
