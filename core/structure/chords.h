// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/structure/indicator.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// Runs of phase voxels along the lines of one axis. A field of view ends runs like an image
/// border.
struct ChordStatistics {
    std::int64_t countAll = 0;
    double meanAll = 0.0;
    std::int64_t countInterior = 0;     ///< runs that touch neither end of their line
    double meanInterior = 0.0;          ///< voxels; 0 when there is none
    std::vector<std::int64_t> interior; ///< count of interior runs of length i
    std::vector<double>
        linealPath; ///< L(r), r = 0..maximumLag: share of placements of r+1 consecutive voxels that
                    ///< are all phase (Lu and Torquato 1992); placements must fit the line
};

/// Axis 0 = x. Throws Error(config) unless 0 <= maximumLag < the axis' length.
[[nodiscard]] ChordStatistics
chords(const Indicator& field, int axis, std::int64_t maximumLag, const JobContext& job = {});

} // namespace likeness
