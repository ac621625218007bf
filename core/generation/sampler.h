// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/generation/client/conditions.h"
#include "core/generation/client/latentpoint.h"
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
    ConditionWish wish;              ///< empty for a model without conditions
    std::vector<LatentPoint> points; ///< if any: these `count` images in place of the seed's
    DeviceChoice device;
};

struct SamplingOutcome {
    PackedSet set; ///< ids "0" ... "count-1", in the training data's type and grey values
    std::vector<std::uint64_t> seeds; ///< derivedSeed(seed, i)
    double seconds = 0.0;
    std::string device;
    std::string precision; ///< "float32" or "bfloat16"
    bool replayed = false; ///< whether the denoiser's passes were a CUDA graph
    /// Of a model with conditions, per sample: {"asked": what it was told, "got": what its image
    /// shows, "guidance"}.
    std::vector<Json> conditions;
};

/// How many images of one size, in pixels, pass the network together on the CPU: it depends on
/// nothing else, because the last bits of an image depend on it.
[[nodiscard]] std::int64_t imagesTogether(std::int64_t width, std::int64_t height) noexcept;

/// Sample i depends on the checkpoint, the seed, i, size, steps, wish and precision alone: images
/// pass the network in groups whose size depends on theirs alone (8 of 64 pixels, single ones from
/// 192 on), filled up where samples run out, so on the CPU neither the number of samples nor of
/// threads can change a bit of one. A sheet that is too large for one pass goes through the
/// denoiser in overlapping tiles, which the threads share. On CUDA equality is promised for one
/// device and library version. What a wish leaves open is drawn from the training crops' values, as
/// far as the image is no larger than a crop. Volumes are made in blocks of one size, each by
/// itself: a volume of more than 32 voxels along all axes is, bit for bit, a window on every larger
/// one of its seed. Throws Error(config) for sizes and wishes that do not fit, Error(memory).
[[nodiscard]] SamplingOutcome
sampleModel(const GeneratorModel& model, const SamplingOptions& options, JobContext& job);

} // namespace likeness
