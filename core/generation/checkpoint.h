// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/families/family.h"
#include "core/generation/greymap.h"
#include "core/generation/model.h"

#include <torch/torch.h>

#include <filesystem>
#include <memory>
#include <string>

namespace likeness {

struct GeneratorModel::Impl {
    Json manifest;
    std::string family;
    GreyMap map;
    int size = 64;
    int channels = 1;
    std::unique_ptr<ModelNetwork> network;
};

/// Everything that a run needs to go on as if it had never stopped.
struct TrainingState {
    Json manifest; ///< that of the checkpoint, with a "resume" object
    torch::Tensor parameters;
    torch::Tensor mean;
    torch::Tensor square;
    torch::Tensor ema;
};

/// The manifest's sections that are a family's settings, checked. Throws Error(format).
[[nodiscard]] Json settingsIn(const Json& manifest, const std::string& subject);

/// Writes the tensors that `network` stores, the parameters with values from the flat vector
/// `weights`, and the manifest, which names the family as "model". Throws Error(numeric) instead of
/// writing a value that is not finite.
void writeCheckpoint(const std::filesystem::path& path,
                     ModelNetwork& network,
                     const torch::Tensor& weights,
                     const Json& manifest);

/// Durable, like the checkpoint; four flat vectors.
void writeTrainingState(const std::filesystem::path& path, const TrainingState& state);

/// Throws Error(format) unless the file holds four finite vectors of equal length and a manifest.
[[nodiscard]] TrainingState readTrainingState(const std::filesystem::path& path);

} // namespace likeness
