// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/phantoms/specimen.h"

#include <cstdint>

namespace likeness {

enum class RockKind {
    gaussian, ///< correlated Gaussian field, thresholded: a vuggy, chalk-like rock without grains
    grains    ///< packed angular grains of many sizes, cemented where they meet: a sandstone
};

/// Lengths in pixels.
struct RockParameters {
    RockKind kind = RockKind::grains;
    double porosity = 0.18; ///< share of pore pixels, 0.01..0.8; met exactly (to one pixel)
    double correlationLength =
        9.0;                   ///< distance at which the field's correlation is 1/e; kind gaussian
    double grainRadius = 17.0; ///< mean of the lognormal size distribution; kind grains
    double grainSpread = 0.35; ///< standard deviation over mean of the radii
    double angularity = 0.95;  ///< 0 round .. 1 facetted
    double roughness = 0.05;   ///< surface relief relative to the grain radius
    double mineralFraction = 0.012; ///< share of bright dense mineral among all pixels, met exactly
};

/// Truth: "porosity", "mineral_fraction" (counts of the mask), "grain_count", "grain_radius_mean",
/// "grain_radius_sd" (of the packed spheres) or "correlation_length". Stream names: "phantom.rock"
/// and its parts. Throws Error(config) for parameters out of range, Cancelled.
[[nodiscard]] Specimen makeRock(const RockParameters& parameters,
                                const Extent& extent,
                                std::uint64_t seed,
                                JobContext& job);

} // namespace likeness
