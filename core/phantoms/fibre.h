// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/phantoms/specimen.h"

#include <cstdint>

namespace likeness {

enum class FibreKind {
    unidirectional, ///< endless fibres; in 2-D their cross-section
    shortFibres     ///< cylinders of finite length, 3-D only
};

/// Lengths in pixels, angles in degrees.
struct FibreParameters {
    FibreKind kind = FibreKind::unidirectional;
    double radiusMean = 5.2;
    double radiusSd = 0.35;       ///< normal, cut at three standard deviations
    double volumeFraction = 0.52; ///< asked; the truth holds what was reached
    double voidFraction =
        0.008; ///< air in the matrix, share of all pixels, met exactly where there is room
    double voidRadius = 12.0; ///< typical
    int resinBands = 0;       ///< fibre-free bands between tows, 2-D only
    double gap = 0.4;         ///< least distance between fibre surfaces
    double length = 48.0;     ///< kind shortFibres
    double spread =
        6.0; ///< 3-D: standard deviation of the tilt about each of the two normals of the axis
    double axisTilt = 0.0;      ///< 3-D: angle of the axis from z
    double axisAzimuth = 0.0;   ///< 3-D: angle of the tilt in the x-y plane from x
    double matrixSignal = 0.42; ///< attenuation of the matrix, fibre = 1
};

/// Fibres never overlap. Truth: "fibre_count", "radius_mean", "radius_sd" (of the fibres that touch
/// the image), "volume_fraction" and "void_fraction" (counts of the mask), "volume_fraction_asked";
/// 2-D: "fibres" as [x, y, radius]; 3-D: "orientation_tensor" (3x3, weighted by the volume inside
/// the box), "fibres" as [x, y, z, nx, ny, nz, half length, radius]. Centres of pixels have integer
/// coordinates. Throws Error(config); Error(numeric) when so many fibres cannot be packed;
/// Cancelled.
[[nodiscard]] Specimen makeFibre(const FibreParameters& parameters,
                                 const Extent& extent,
                                 std::uint64_t seed,
                                 JobContext& job);

} // namespace likeness
