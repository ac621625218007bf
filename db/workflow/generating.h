// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/generation/client/conditions.h"
#include "core/generation/client/workerclient.h"
#include "db/project.h"
#include "db/records.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct TrainingRequest {
    std::string setName;
    std::vector<std::string> moreSets; ///< trained together with it; each set is then a class
    std::optional<std::string> setXz;  ///< slicegan: slices of the other two planes, both or none;
    std::optional<std::string> setYz;  ///< their rows run along z
    std::string model = "diffusion";
    std::string preset = "demo";
    int size = 0; ///< of the crops; 0: the preset's own
    std::optional<double> minutes;
    std::optional<std::int64_t> steps;
    std::uint64_t seed = 0;
    std::optional<std::string> resume; ///< checkpoint id
    /// What the network is told about each crop, so that samples can be asked for it: "porosity",
    /// "orientation", "mean_grey", "voxel_um" (scalarKindsFrom). Diffusion families only.
    std::vector<std::string> conditions;
    HoldOutChoice holdOut;
    int earlyStop = 0; ///< evaluations without a better score before the run ends; 0: never
    std::optional<std::int64_t>
        evaluateEvery; ///< steps; default: as often as 5 % of the time allow
    WorkerClient::Device device;
};

struct TrainingResult {
    CheckpointRecord checkpoint; ///< the last
    WorkerClient::TrainResult run;
    std::optional<CheckpointRecord> best; ///< of the best held-out score; that of the last if it is
                                          ///< the best; empty if nothing was held out
};

/// Packs the set (masks for slicegan only, which learns them as phases), trains in the worker,
/// stores the last checkpoint and the best one. When stopped, what was trained is kept as a
/// checkpoint that can be resumed, and the result says so. If the worker dies, what it had saved is
/// kept and the error names it.
[[nodiscard]] TrainingResult trainOnSet(Project& project,
                                        const TrainingRequest& request,
                                        JobContext& job,
                                        const TrainingMonitor& monitor = {});

/// Steps, time and memory of the same request, by a rehearsal of a few seconds in the worker.
[[nodiscard]] TrainingEstimate
estimateTraining(Project& project, const TrainingRequest& request, JobContext& job);

/// Writes what `likeness-worker --request` needs to train without the project, for several
/// processes: request.json and the packed set in `folder`, which must be new or empty; the
/// checkpoint will come to lie beside them, under the returned path. Throws Error(conflict).
[[nodiscard]] std::filesystem::path writeTrainingRequest(Project& project,
                                                         const TrainingRequest& request,
                                                         const std::filesystem::path& folder,
                                                         JobContext& job);

/// One row of a run's history.
struct TrainingPoint {
    std::int64_t step = 0;
    double seconds = 0.0;
    double value = 0.0;
};

/// What the plots of a run show, from its checkpoint's manifest: at most 500 points a curve, empty
/// curves for a checkpoint that has none.
struct TrainingCurves {
    std::vector<TrainingPoint> loss; ///< the running mean of "all"
    std::vector<TrainingPoint> learningRate;
    std::vector<HeldOutFigures> heldOut;
    std::optional<HeldOutFigures> floor; ///< training crops against held-out crops
    std::optional<std::int64_t> bestStep;
};

[[nodiscard]] TrainingCurves curvesOf(const CheckpointRecord& checkpoint);

/// The checkpoint of the best score of the run that `checkpoint` ended, or the last one of the run
/// that `checkpoint` is the best of; empty if the project has no such one.
[[nodiscard]] std::optional<CheckpointRecord> otherOfRun(Project& project,
                                                         const CheckpointRecord& checkpoint);

struct SamplingRequest {
    std::string checkpointId;
    std::string setName; ///< made if missing
    std::int64_t count = 16;
    int width = 0;
    int height = 0;
    int depth = 0; ///< of volumes, 0: as wide; refused by a model that makes images
    int steps = 0;
    std::uint64_t seed = 0;
    ConditionWish wish; ///< refused by a model without conditions unless empty
    WorkerClient::Device device;
};

struct SamplingResult {
    SetRecord set;
    std::vector<SampleRecord> samples;
    double seconds = 0.0;
    double imagesPerSecond = 0.0;
};

/// Adds drawn samples to a set. A sample's recipe is "device" and "precision" of the run, "steps"
/// if they were chosen, and of a model with conditions "asked", "got" and "guidance".
[[nodiscard]] SamplingResult
sampleInto(Project& project, const SamplingRequest& request, JobContext& job);

/// "MODEL/PRESET": what the sets of its samples name as their generator.
[[nodiscard]] std::string generatorName(const CheckpointRecord& checkpoint);

/// The set that images of `generator` may go into, if it is there already. Throws Error(conflict)
/// for one that holds something else.
[[nodiscard]] std::optional<SetRecord>
existingSetOf(Project& project, const std::string& name, const std::string& generator);

/// Voxel edges of what it was trained on, in micrometres.
[[nodiscard]] std::optional<std::array<double, 3>> voxelOf(const CheckpointRecord& checkpoint);

/// What the manifest of a checkpoint says of it, all but its ids; `file` is where it was read, for
/// errors. Throws Error(format).
[[nodiscard]] CheckpointRecord checkpointRecordOf(const Json& metadata,
                                                  const std::filesystem::path& file);

/// Takes the shipped demo checkpoints (or any checkpoint file) into the project; an equal one is
/// not added twice.
CheckpointRecord addCheckpoint(Project& project, const std::filesystem::path& file);

/// Folder of the demo checkpoints that ship with the program (installed or in the source tree).
[[nodiscard]] std::filesystem::path shippedModels();

} // namespace likeness
