// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/sha256.h"
#include "core/generation/client/packedset.h"
#include "db/checkpointrepository.h"
#include "db/workflow/generating.h"
#include "db/workflow/packing.h"

#include <algorithm>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kCheckpointFile = "checkpoint.safetensors";
constexpr const char* kBestFile = "checkpoint.best.safetensors";

std::string namesOf(const std::vector<SetRecord>& sets) {
    std::string text;
    for (const SetRecord& set : sets)
        text += (text.empty() ? "" : ", ") + set.name;
    return text;
}

bool anyRoot(const std::vector<SetRecord>& sets) {
    return std::ranges::any_of(sets,
                               [](const SetRecord& set) { return set.domain == Domain::root; });
}

/// The packed set in `work` and what the worker is asked.
WorkerClient::Train preparedTraining(Project& project,
                                     const TrainingRequest& request,
                                     const fs::path& work,
                                     JobContext& job) {
    const TrainingMaterial material = packedForTraining(project, request, job);
    const PackedSet& packed = material.packed;
    const SetRecord& set = material.sets.front();
    WorkerClient::Train train;
    train.packedSet = work / "training.lkpack";
    writePackedSetUnsynced(train.packedSet, packed);
    train.output = work / kCheckpointFile;
    train.live = work / "live.lkpack";
    train.model = request.model;
    train.preset = request.preset;
    train.size = request.size;
    train.minutes = request.minutes;
    train.steps = request.steps;
    train.seed = request.seed;
    train.symmetry = anyRoot(material.sets) ? "mirror" : "square8";
    train.conditions = request.conditions;
    train.device = request.device;
    train.holdOut = request.holdOut;
    train.earlyStop = request.earlyStop;
    train.evaluateEvery = request.evaluateEvery;
    train.labels = {{"name", request.model + " on " + namesOf(material.sets)},
                    {"domain", toString(set.domain)},
                    {"set", set.name},
                    {"origin", toString(set.origin)}};
    if (packed.meta.contains("voxel_um"))
        train.labels["voxel_um"] = packed.meta["voxel_um"];
    if (request.resume)
        train.resume = project.checkpointFile(*request.resume);
    return train;
}

/// A checkpoint of a run moves into the project. `sha256` may be empty.
CheckpointRecord
adopt(Project& project, const fs::path& file, const fs::path& state, const std::string& sha256) {
    CheckpointRecord record = checkpointRecordOf(WorkerClient::checkpointMetadata(file), file);
    record.sha256 = sha256.empty() ? sha256OfFile(file) : sha256;
    const Json labels = record.metadata.value("labels", Json::object());
    if (const auto set = project.findSet(labels.value("set", "")))
        record.setId = set->id;
    if (record.metadata.value("role", "") == "best")
        record.name += ", best";
    return project.checkpointRepository().take(record, file, state);
}

/// What a run left in its folder; empty if it had saved nothing.
std::optional<CheckpointRecord> adoptRemains(Project& project, const fs::path& folder) {
    std::error_code error;
    const fs::path last = folder / kCheckpointFile;
    const fs::path best = folder / kBestFile;
    if (!fs::is_regular_file(last, error))
        return std::nullopt;
    const fs::path state = last.string() + ".state";
    const CheckpointRecord record = adopt(project, last, state, {});
    if (fs::is_regular_file(best, error) &&
        WorkerClient::checkpointMetadata(best).value("steps", std::int64_t{0}) != record.steps)
        (void)adopt(project, best, {}, {});
    return record;
}

/// The same after another error, which is the one to tell.
std::optional<CheckpointRecord> remainsOf(Project& project, const fs::path& folder) {
    try {
        return adoptRemains(project, folder);
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Runs that ended with the program that had asked for them lie in folders that nobody removed.
void adoptAbandoned(Project& project) {
    std::error_code error;
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(project.folder(), error)) {
        if (entry.path().filename().string().starts_with("likeness-") && entry.is_directory(error))
            folders.push_back(entry.path());
    }
    for (const fs::path& folder : folders) {
        try {
            (void)adoptRemains(project, folder);
        } catch (const Error& failure) {
            // A checkpoint that cannot be read is no loss; one that cannot be stored must stay.
            if (failure.code() != ErrorCode::format)
                continue;
        }
        fs::remove_all(folder, error);
    }
}

TrainingPoint pointOf(const Json& row, std::size_t value) {
    return {row[0].get<std::int64_t>(), row[1].get<double>(), row[value].get<double>()};
}

bool isRow(const Json& row) {
    return row.is_array() && row.size() == 4 &&
           std::ranges::all_of(row, [](const Json& v) { return v.is_number(); });
}

Json memberOf(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : Json();
}

} // namespace

TrainingResult trainOnSet(Project& project,
                          const TrainingRequest& request,
                          JobContext& job,
                          const TrainingMonitor& monitor) {
    adoptAbandoned(project);
    const TemporaryFolder work(project.folder());
    const WorkerClient::Train train = preparedTraining(project, request, work.path(), job);
    TrainingResult result;
    try {
        result.run = WorkerClient().train(train, job, monitor);
    } catch (const Cancelled&) {
        (void)remainsOf(project, work.path());
        throw;
    } catch (const Error& error) {
        const auto kept = remainsOf(project, work.path());
        if (!kept)
            throw;
        throw Error(error.code(), error.subject(),
                    error.why() + "; what it had saved, " + std::to_string(kept->steps) +
                        " steps, was kept as checkpoint " + kept->id,
                    "go on from that checkpoint. " + error.remedy());
    }
    result.checkpoint = adopt(project, result.run.checkpoint,
                              result.run.checkpoint.string() + ".state", result.run.sha256);
    if (result.run.best)
        result.best = adopt(project, *result.run.best, {}, result.run.bestSha256);
    else if (const auto figures = heldOutFiguresFrom(memberOf(result.run.heldOut, "best")))
        result.best = figures->step == result.run.steps ? result.checkpoint
                                                        : otherOfRun(project, result.checkpoint);
    return result;
}

TrainingEstimate
estimateTraining(Project& project, const TrainingRequest& request, JobContext& job) {
    const TemporaryFolder work(project.folder());
    return WorkerClient().estimate(preparedTraining(project, request, work.path(), job), job);
}

fs::path writeTrainingRequest(Project& project,
                              const TrainingRequest& request,
                              const fs::path& folder,
                              JobContext& job) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!fs::is_directory(folder, error))
        throw Error(ErrorCode::io, folder.string(), "the folder cannot be made",
                    "check the path and its permissions");
    if (!fs::is_empty(folder, error))
        throw Error(ErrorCode::conflict, folder.string(), "there are files in this folder",
                    "give a new folder");
    const WorkerClient::Train train = preparedTraining(project, request, folder, job);
    writeFileDurably(folder / "request.json",
                     WorkerClient::requestOf("train", train).dump(2) + "\n");
    return train.output;
}

TrainingCurves curvesOf(const CheckpointRecord& checkpoint) {
    TrainingCurves curves;
    const Json monitor = memberOf(checkpoint.metadata, "monitor");
    for (const Json& row : memberOf(monitor, "loss")) {
        if (!isRow(row))
            continue;
        curves.loss.push_back(pointOf(row, 2));
        curves.learningRate.push_back(pointOf(row, 3));
    }
    for (const Json& row : memberOf(monitor, "held_out")) {
        if (const auto figures = heldOutFiguresFrom(row))
            curves.heldOut.push_back(*figures);
    }
    curves.floor = heldOutFiguresFrom(memberOf(monitor, "floor"));
    if (const auto best = heldOutFiguresFrom(memberOf(monitor, "best")))
        curves.bestStep = best->step;
    return curves;
}

std::optional<CheckpointRecord> otherOfRun(Project& project, const CheckpointRecord& checkpoint) {
    const Json run = memberOf(checkpoint.metadata, "run");
    if (!run.is_string())
        return std::nullopt;
    const bool isBest = memberOf(checkpoint.metadata, "role") == "best";
    const auto best = curvesOf(checkpoint).bestStep;
    std::optional<CheckpointRecord> other;
    for (const CheckpointRecord& candidate : project.checkpoints()) {
        if (candidate.id == checkpoint.id || memberOf(candidate.metadata, "run") != run)
            continue;
        if (isBest ? memberOf(candidate.metadata, "role") == "last" : candidate.steps == best)
            other = candidate;
    }
    return other;
}

} // namespace likeness
