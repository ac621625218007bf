// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/generation/client/packedset.h"
#include "core/generation/device.h"
#include "core/generation/model.h"

#include <cstdint>
#include <vector>

namespace likeness {

struct SamplingOptions {
    std::int64_t count = 1;
    int width = 0; ///< 0: as trained; otherwise a multiple of what the network asks for
    int height = 0;
    int depth = 0; ///< of volumes, 0: as wide; images have none
    int steps = 0; ///< of a solver; 0: as the checkpoint says
    std::uint64_t seed = 0;
    DeviceChoice device;
};

struct SamplingOutcome {
    PackedSet set; ///< ids "0" ... "count-1", in the training data's type and grey values
    std::vector<std::uint64_t> seeds; ///< derivedSeed(seed, i)
    double seconds = 0.0;
    std::string device;
};

/// Sample i depends on the checkpoint, the seed, i, size and steps alone: on the CPU every image
/// passes the network by itself, so neither the number of samples nor of threads can change a bit
/// of it. Volumes are made in blocks of one size, each by itself: a volume of more than 32 voxels
/// along all axes is, bit for bit, a window on every larger one of its seed. On CUDA images pass in
/// groups of a fixed size, and equality is promised for one device and library version. Throws
/// Error(config) for sizes that do not fit, Error(memory).
[[nodiscard]] SamplingOutcome
sampleModel(const GeneratorModel& model, const SamplingOptions& options, JobContext& job);

} // namespace likeness
