// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"

namespace likeness {

/// The smallest whole factor by which each edge must be divided so that the volume takes at most
/// `maximumBytes`.
[[nodiscard]] int displayReduction(const ImageSpan& volume, std::int64_t maximumBytes);

/// Means over blocks of factor^3 voxels (smaller at the far ends, so that nothing is cut off); the
/// voxel size grows along. Always averages: dropping voxels would invent structure. A factor of 1
/// copies.
[[nodiscard]] Volume reducedVolume(const Volume& volume, int factor, JobContext& job);

} // namespace likeness
