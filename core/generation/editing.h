// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/generation/client/edit.h"
#include "core/generation/client/packedset.h"
#include "core/generation/device.h"
#include "core/generation/model.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct EditingOptions {
    Edit edit;
    std::optional<PackedSet> parent; ///< of one image; inpaint, outpaint, vary
    std::optional<PackedSet> mask;   ///< of one image of the parent's size; inpaint
    DeviceChoice device;
};

struct EditingOutcome {
    PackedSet set; ///< ids "0" ..., of the parent's pixel type, or the training data's without one
    std::vector<std::optional<std::uint64_t>> seeds; ///< of each image that has one of its own
    std::vector<Json> frames; ///< of each image: "index"; of frames "frame" and "share", or "sigma"
                              ///< and "state"
    double seconds = 0.0;
    std::string device;
    std::string precision; ///< "float32" or "bfloat16"
};

/// Image i depends on the checkpoint, the images and the edit without its count, and i alone; on
/// the CPU bit for bit. Pixels that are known are the parent's, bit for bit, and a variation of
/// strength 0 is the parent itself. The first and the last frame between two seeds, and the last
/// clean image of a trajectory, are what sampleModel() makes of these seeds at this size and number
/// of steps: bit for bit on the CPU. Stops within one block of the network. Throws
/// Error(unsupported) for a model without denoiser, what checkEdit() and checkEditImages() throw,
/// and Error(memory).
[[nodiscard]] EditingOutcome
editImages(const GeneratorModel& model, const EditingOptions& options, JobContext& job);

} // namespace likeness
