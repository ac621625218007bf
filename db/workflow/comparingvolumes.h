// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"
#include "core/structure/indicator.h"
#include "db/workflow/comparing.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

struct VolumePlan {
    double threshold = 0.0;
    Phase phase = Phase::dark;
    std::int64_t maximumLag = 24; ///< volumes must be thicker than this
};

/// What slices do not show of synthetic volumes: "s2_rmse_x", "s2_rmse_y", "s2_rmse_z" (S2 along
/// one axis against that of real volumes, or, where real images are flat, against the mean of their
/// axes), "euler_26_density" (per voxel), "percolating_x" ... "_z" (share of the voxels in
/// components of the phase that join both faces). Real volumes are cut to cubes of the synthetic
/// size; `real` and the distance are absent where there are none. Empty unless all synthetic images
/// are volumes that are thick enough. 2-D real images need more pixels a side than the largest lag.
[[nodiscard]] std::vector<VolumeFigure> compareVolumes(std::span<const Volume> real,
                                                       std::span<const Volume> synthetic,
                                                       const VolumePlan& plan,
                                                       JobContext& job);

} // namespace likeness
