// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/phantoms/packing.h"
#include "core/phantoms/rock.h"

#include <vector>

namespace likeness::phantoms {

/// Lognormal balls packed in a periodic box as densely as random grains lie.
[[nodiscard]] std::vector<Ball> packGrains(const RockParameters& parameters,
                                           const Extent& extent,
                                           std::uint64_t seed,
                                           JobContext& job);

struct GrainSurfaces {
    std::vector<float>
        distance; ///< about the distance outside the nearest grain's surface, px; negative inside
    std::vector<std::int32_t> owner; ///< index of that grain
};

/// Each ball becomes a rounded polyhedron (polygon) of random facets.
[[nodiscard]] GrainSurfaces grainSurfaces(const std::vector<Ball>& grains,
                                          const RockParameters& parameters,
                                          const Extent& extent,
                                          std::uint64_t seed,
                                          JobContext& job);

/// Small grains, drawn until they cover about `share` of the extent.
[[nodiscard]] std::vector<bool>
heavyGrains(const std::vector<Ball>& grains, double share, const Extent& extent, Random& random);

} // namespace likeness::phantoms
