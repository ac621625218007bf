// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"

#include <cstdint>

namespace likeness {

/// A photograph or flatbed scan of roots on a dark ground. Brightness 0 black .. 1 white.
struct PaperScanParameters {
    double ground = 0.34; ///< mean brightness of paper or soil
    double grain = 0.035; ///< standard deviation of the ground's texture
    double soil = 0.0;    ///< 0 paper with fibres .. 1 soil with crumbs and stones
    double rootBrightness = 0.80;
    double hairs = 0.25;   ///< strength of the fuzz of root hairs
    double shading = 0.10; ///< fall of the light across the image
    double blur = 0.8;     ///< standard deviation of the point spread, px
    double noise = 0.012;  ///< standard deviation of the sensor noise at mid brightness
};

/// `roots` is the signal of a root specimen (32-bit, 0..1, one slice). Returns brightness, 32-bit.
/// Stream "phantom.paper". Throws Error(config), Cancelled.
[[nodiscard]] Volume simulatePaperScan(const Volume& roots,
                                       const PaperScanParameters& parameters,
                                       std::uint64_t seed,
                                       JobContext& job);

} // namespace likeness
