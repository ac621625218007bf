// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/generation/client/packedset.h"
#include "core/generation/config.h"
#include "core/generation/crops.h"
#include "core/generation/device.h"
#include "core/generation/processplace.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace likeness {

enum class Precision { automatic, float32, bfloat16 };

struct TrainingOptions {
    Preset preset;
    int size = 64;                     ///< of the crops; a multiple of the network's size multiple
    std::optional<double> minutes;     ///< of this run; without minutes and steps: 3
    std::optional<std::int64_t> steps; ///< in all, those before a resumption included
    std::uint64_t seed = 0;
    Symmetry symmetry = Symmetry::square8;
    Precision precision = Precision::automatic; ///< of convolutions; automatic: the faster one, by
                                                ///< a short measurement
    Json labels = Json::object();
    DeviceChoice device;
    std::optional<ProcessPlace> place; ///< among processes that train together; all get the same
                                       ///< options, and rank 0 writes the files
    std::filesystem::path output;      ///< checkpoint
    std::optional<std::filesystem::path>
        resume; ///< a checkpoint with its state beside it, or the state itself
};

struct TrainingReport {
    std::int64_t step = 0;
    double fraction = 0.0;
    std::optional<double> secondsLeft;
    double stepsPerSecond = 0.0;
    Json losses = Json::object();       ///< running means of the family's losses, and "all"
    std::optional<std::string> warning; ///< one sentence if training goes wrong; set while it does
    bool saving = false;
};

struct TrainingOutcome {
    std::string sha256; ///< of the checkpoint
    std::int64_t steps = 0;
    double seconds = 0.0; ///< of training, runs before a resumption included
    double samplesPerSecond = 0.0;
    std::string device;
    std::int64_t parameters = 0;
    Json losses = Json::object();
    std::optional<std::string> warning; ///< as it was in the end
    bool stoppedEarly = false;
};

/// Where the state of a checkpoint lies: the same name with ".state" behind it.
[[nodiscard]] std::filesystem::path statePathOf(const std::filesystem::path& checkpoint);

/// Trains a model of the preset's family on random crops of the set and writes checkpoint and
/// state. A stop request abandons the step in hand and ends the run with both files written. On the
/// CPU a run with a number of steps gives the same weights whether or not it was stopped and
/// resumed between them. A step whose loss or gradient is not finite is left out; three in a row
/// bring back the last good weights at half the learning rate, and what is not finite is never
/// written. Throws Error(config) for options that do not fit, Error(numeric) if training does not
/// recover, Error(conflict) for a resumption with other data or settings, and Error(memory),
/// Error(io), Error(format).
[[nodiscard]] TrainingOutcome trainModel(const PackedSet& set,
                                         const TrainingOptions& options,
                                         JobContext& job,
                                         const std::function<void(const TrainingReport&)>& report);

} // namespace likeness
