// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/families/family.h"
#include "core/generation/greymap.h"
#include "core/generation/model.h"

#include <torch/torch.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

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

/// What a checkpoint holds of `network`: copies of the stored parameters, with values from the flat
/// vector `weights`, and of what was measured; on the CPU.
[[nodiscard]] std::vector<Parameters::Entry> storedTensors(ModelNetwork& network,
                                                           const torch::Tensor& weights);

/// A file in the making, with the tensors that it will hold.
struct PreparedFile {
    SafetensorsFile file;
    std::vector<torch::Tensor> held;
};

/// The manifest names the family as "model". Throws Error(numeric) for a value that is not finite.
[[nodiscard]] PreparedFile preparedCheckpoint(const std::filesystem::path& path,
                                              const std::vector<Parameters::Entry>& tensors,
                                              const Json& manifest);

/// The same for the state: four flat vectors.
[[nodiscard]] PreparedFile preparedState(const std::filesystem::path& path,
                                         const TrainingState& state);

/// Writes them durably in one pass; the SHA-256 of each.
std::vector<std::string> writePrepared(const std::vector<PreparedFile>& files);

/// A checkpoint alone.
void writeCheckpoint(const std::filesystem::path& path,
                     ModelNetwork& network,
                     const torch::Tensor& weights,
                     const Json& manifest);

/// Throws Error(format) unless the file holds four finite vectors of equal length and a manifest.
[[nodiscard]] TrainingState readTrainingState(const std::filesystem::path& path);

} // namespace likeness
