// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/generation/client/latentpoint.h"
#include "core/generation/client/packedset.h"
#include "core/generation/device.h"
#include "core/generation/model.h"

#include <string>
#include <vector>

namespace likeness {

struct LatentOptions {
    std::vector<LatentPoint> points;
    int width = 0; ///< 0: as trained; otherwise as for samples
    int height = 0;
    DeviceChoice device;
};

struct LatentOutcome {
    PackedSet set; ///< ids "0" ..., one image for each point
    double seconds = 0.0;
    std::string device;
};

/// Throws Error(unsupported) for a model without a latent space.
[[nodiscard]] LatentSpace latentSpaceOf(const GeneratorModel& model);

/// The image of each point; on the CPU it depends on the checkpoint, the point and the size alone,
/// and a point that is only a seed gives what sampling gives for it, bit by bit. Throws
/// Error(unsupported) as above and for mixing where the model cannot, Error(config) for directions,
/// offsets, levels and sizes that there are not.
[[nodiscard]] LatentOutcome
renderLatents(const GeneratorModel& model, const LatentOptions& options, JobContext& job);

} // namespace likeness
