// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/phantoms/specimen.h"

#include <cstdint>

namespace likeness {

/// Growth of one plant's roots in the image plane. Lengths in pixels, angles in degrees; y points
/// down, as gravity does.
struct RootParameters {
    int primaries = 1;            ///< main axes that leave the seed
    double fan = 40.0;            ///< angle between the outermost main axes
    double primaryLength = 260.0; ///< grown path; the image border ends it earlier
    double baseRadius = 2.2;      ///< of a main axis at the seed
    double tipRadius = 0.9;       ///< of every root at its tip
    double wobble = 5.0;          ///< standard deviation of the heading's change over 10 px
    double gravitropism = 0.09; ///< share of the angle to the vertical that is corrected over 10 px
    double lateralSpacing = 16.0; ///< mean distance of laterals along a main axis; 0: none
    double lateralLength = 48.0;  ///< mean
    double lateralAngle = 62.0;   ///< to the parent
    double secondaryShare = 0.15; ///< share of laterals that branch again
};

/// Roots do not cross: a tip that meets another root stops before it. Truth: "root_length" (sum of
/// centre lines inside the image), "tips" (ends inside the image), "cut_ends" (crossings of the
/// image's border), "branch_points", "root_area" (pixels of the mask), "primaries", "laterals",
/// "diameter_mean" (length-weighted). 2-D only: Error(config) for depth > 1. Throws Cancelled.
[[nodiscard]] Specimen makeRoot(const RootParameters& parameters,
                                const Extent& extent,
                                std::uint64_t seed,
                                JobContext& job);

} // namespace likeness
