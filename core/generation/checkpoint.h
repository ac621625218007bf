// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/config.h"
#include "core/generation/greymap.h"
#include "core/generation/model.h"
#include "core/generation/networks/unet.h"

#include <torch/torch.h>

#include <filesystem>
#include <memory>
#include <string>

namespace likeness {

struct DiffusionModel::Impl {
    Json manifest;
    SolverConfig solver;
    GreyMap map;
    int size = 64;
    std::unique_ptr<UNet> network;
};

/// Everything that a run needs to go on as if it had never stopped.
struct TrainingState {
    Json manifest; ///< that of the checkpoint, with a "resume" object
    torch::Tensor parameters;
    torch::Tensor mean;
    torch::Tensor square;
    torch::Tensor ema;
};

/// Writes the tensors of `network`'s parameters, with values from the flat vector `weights`, and
/// the manifest. Throws Error(numeric) instead of writing a value that is not finite.
void writeCheckpoint(const std::filesystem::path& path,
                     const UNet& network,
                     const torch::Tensor& weights,
                     const Json& manifest);

/// Durable, like the checkpoint; four flat vectors.
void writeTrainingState(const std::filesystem::path& path, const TrainingState& state);

/// Throws Error(format) unless the file holds four finite vectors of equal length and a manifest.
[[nodiscard]] TrainingState readTrainingState(const std::filesystem::path& path);

} // namespace likeness
