// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/training.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Where a worker computes, and how its convolutions do.
struct WorkerDevice {
    std::string device = "auto";    ///< "auto", "cpu", "cuda", "cuda:1"
    int threads = 0;                ///< 0: all physical cores
    std::string precision = "auto"; ///< "auto", "float32", "bfloat16"
};

/// What a worker is asked to train; WorkerClient::train.
struct TrainRequest {
    std::filesystem::path packedSet;
    std::filesystem::path
        output; ///< checkpoint (safetensors); state for resuming lies beside it as .state
    std::string model = "diffusion";
    std::string preset = "demo";
    int size = 0; ///< of the crops; 0: the preset's own
    std::optional<double> minutes;
    std::optional<std::int64_t> steps;
    std::uint64_t seed = 0;
    std::optional<std::filesystem::path> resume;
    std::string symmetry = "square8"; ///< "none", "mirror", "square8"
    Json labels =
        Json::object(); ///< stored in the checkpoint: domain, set name, voxel size, licence ...
    std::vector<std::string> conditions;       ///< words of scalarKindsFrom
    HoldOutChoice holdOut;                     ///< a resumed run keeps its own
    std::optional<std::filesystem::path> live; ///< packed set of live samples to write
    int earlyStop = 0; ///< evaluations without a better score before the run ends; 0: never
    std::optional<std::int64_t> evaluateEvery; ///< steps; default: as often as 5 % of the time
                                               ///< allow
    WorkerDevice device;
};

/// What became of it.
struct TrainAnswer {
    std::filesystem::path checkpoint;
    std::string sha256;
    std::string model;
    std::int64_t steps = 0;
    double seconds = 0.0;
    double samplesPerSecond = 0.0;
    std::string device;
    double peakMemoryMb = 0.0;
    std::int64_t parameters = 0;
    Json finalLosses = Json::object();
    std::optional<std::string> warning; ///< that training went wrong, in one sentence
    bool stoppedEarly = false; ///< cancelled, but the checkpoint is complete and can be resumed
    std::optional<std::filesystem::path>
        best; ///< of the best held-out score, if that is not the last one
    std::string bestSha256;
    std::string endedBy;           ///< "budget", "stop", "finish", "early stop"
    Json heldOut = Json::object(); ///< "floor", "last", "best": HeldOutFigures; empty without
    Json cost = Json::object();    ///< as in the manifest
    Json notes = Json::array();    ///< sentences on what was done differently from what was asked
};

} // namespace likeness
