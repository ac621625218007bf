// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/generation/client/packedset.h"
#include "db/project.h"
#include "db/workflow/generating.h"

#include <vector>

namespace likeness {

/// What a model is trained on.
struct TrainingMaterial {
    std::vector<SetRecord> sets; ///< of the x-y plane, the request's first set first
    PackedSet packed;            ///< all images; several sets are classes of their names
};

/// Packs the sets of a request: several one after another as classes, and those of the other planes
/// of a volume behind them. Its meta says which class and voxel size each image has, and
/// "voxel_um" if all have the same. Throws Error(config) for an empty set, one named twice, masks
/// for a model that does not learn phases, planes that do not go together, mixed pixel types, voxel
/// sizes that differ within a set, or between sets that the model cannot tell apart.
[[nodiscard]] TrainingMaterial
packedForTraining(Project& project, const TrainingRequest& request, JobContext& job);

} // namespace likeness
