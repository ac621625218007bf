// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/generation/client/packedset.h"
#include "core/generation/client/training.h"
#include "core/generation/config.h"
#include "core/generation/crops.h"
#include "core/generation/device.h"
#include "core/generation/processplace.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct TrainingOptions {
    Preset preset;
    int size = 64;                     ///< of the crops; a multiple of the network's size multiple
    std::optional<double> minutes;     ///< of this run; without minutes and steps: 3
    std::optional<std::int64_t> steps; ///< in all, those before a resumption included
    std::uint64_t seed = 0;
    Symmetry symmetry = Symmetry::square8;
    Json labels = Json::object();
    /// What the network is told about each crop: words of scalarKindsFrom, and of several classes
    /// in the set's meta (TrainingConditions) which one it is; only "none": nothing at all. Of a
    /// resumed run empty or the same.
    std::vector<std::string> conditions;
    DeviceChoice device; ///< its precision, automatic: the faster one, by a short measurement
    std::optional<ProcessPlace> place; ///< among processes that train together; all get the same
                                       ///< options, and rank 0 writes the files
    std::filesystem::path output;      ///< checkpoint
    std::optional<std::filesystem::path>
        resume; ///< a checkpoint with its state beside it, or the state itself; the split is then
                ///< that of the resumed run
    HoldOutChoice holdOut = nothingHeldOut();
    std::optional<std::filesystem::path> live; ///< packed set of live samples to write now and then
    int earlyStop = 0; ///< evaluations without a better score before the run ends; 0: never
    std::optional<std::int64_t> evaluateEvery; ///< steps; default: as 5 % of the time allow
};

using TrainingReport = TrainingWatch;

struct TrainingOutcome {
    std::string sha256; ///< of the checkpoint
    std::int64_t steps = 0;
    double seconds = 0.0; ///< of training, runs before a resumption included
    double samplesPerSecond = 0.0;
    std::string device;
    std::int64_t parameters = 0;
    Json losses = Json::object();
    std::optional<std::string> warning;        ///< as it was in the end
    bool stoppedEarly = false;                 ///< by a stop request
    std::optional<std::filesystem::path> best; ///< of the best score, unless that is the last one
    std::string bestSha256;
    std::string endedBy;           ///< "budget", "stop", "finish", "early stop"
    Json heldOut = Json::object(); ///< "floor", "last", "best"; empty without a held-out part
    Json cost = Json::object();
    Json notes = Json::array();
};

/// Where the state of a checkpoint lies: the same name with ".state" behind it.
[[nodiscard]] std::filesystem::path statePathOf(const std::filesystem::path& checkpoint);

/// Where the best checkpoint of a run lies: "a.best.safetensors" beside "a.safetensors".
[[nodiscard]] std::filesystem::path bestPathOf(const std::filesystem::path& checkpoint);

/// Trains a model of the preset's family on random crops of the set, what is held out apart, and
/// writes checkpoint and state, at intervals, too, and the checkpoint of the best held-out score. A
/// stop request abandons the step in hand and ends the run with all of them written. On the CPU a
/// run with a number of steps gives the same weights whether or not it was stopped, paused or
/// resumed between them, and whatever is looked at meanwhile. A step whose loss or gradient is not
/// finite is left out; three in a row bring back the last good weights at half the learning rate,
/// and what is not finite is never written. A step for which there is not enough memory is computed
/// in twice as many parts from then on, with a note. Throws Error(config) for options that do not
/// fit, Error(numeric) if training does not recover, Error(conflict) for a resumption with other
/// data or settings, and Error(memory), Error(io), Error(format).
[[nodiscard]] TrainingOutcome trainModel(PackedSet set,
                                         const TrainingOptions& options,
                                         JobContext& job,
                                         const std::function<void(const TrainingReport&)>& report,
                                         TrainingControl* control = nullptr);

/// What the same call would take, by some steps that are thrown away. Writes nothing.
[[nodiscard]] TrainingEstimate
estimateTraining(PackedSet set, const TrainingOptions& options, JobContext& job);

} // namespace likeness
