// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/generating.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/packedset.h"
#include "core/imaging/image.h"
#include "db/checkpointrepository.h"
#include "db/database.h"
#include "db/samplerepository.h"
#include "db/workflow/conditions.h"

#include <algorithm>
#include <cstdlib>

namespace likeness {

namespace fs = std::filesystem;

namespace {

/// Whether its samples are label volumes.
bool makesPhases(const CheckpointRecord& checkpoint) {
    const Json network = checkpoint.metadata.value("network", Json::object());
    const auto phases = network.find("phases");
    return phases != network.end() && phases->is_array() && !phases->empty();
}

SetRecord
targetSet(Project& project, const SamplingRequest& request, const CheckpointRecord& checkpoint) {
    if (const auto existing = existingSetOf(project, request.setName, generatorName(checkpoint)))
        return *existing;
    SetRecord set;
    set.name = request.setName;
    set.domain = checkpoint.domain;
    set.origin = Origin::synthetic;
    set.generator = generatorName(checkpoint);
    set.masks = makesPhases(checkpoint);
    set.notes = {{"checkpoint", checkpoint.id}, {"checkpoint_sha256", checkpoint.sha256}};
    return project.sampleRepository().addSet(set);
}

/// What the network was told stays with the sample.
void adoptConditions(SampleRecord& sample, const Json& conditions) {
    sample.recipe.update(conditions);
    const Json asked = conditions.value("asked", Json::object());
    const auto voxel = asked.find(toString(ScalarKind::voxelSize));
    if (voxel != asked.end() && voxel->is_number()) {
        sample.voxelUm.emplace();
        sample.voxelUm->fill(voxel->get<double>());
        sample.voxelSource = "told to the model";
    }
}

/// What all samples of a request have in common: with its own seed each can be made again.
SampleRecord commonRecord(const SamplingRequest& request,
                          const WorkerClient::SampleResult& made,
                          const CheckpointRecord& checkpoint) {
    SampleRecord sample;
    sample.checkpointId = checkpoint.id;
    sample.voxelUm = voxelOf(checkpoint);
    if (sample.voxelUm)
        sample.voxelSource = "training set of the checkpoint";
    sample.recipe = {{"device", made.device}, {"precision", made.precision}};
    if (request.steps != 0)
        sample.recipe["steps"] = request.steps;
    return sample;
}

void storeSamples(Project& project,
                  const PackedSet& packed,
                  const WorkerClient::SampleResult& made,
                  const SampleRecord& common,
                  SamplingResult& result) {
    for (std::size_t i = 0; i < packed.images.size(); ++i) {
        SampleRecord sample = common;
        sample.seed = made.seeds.at(i);
        if (i < made.conditions.size())
            adoptConditions(sample, made.conditions[i]);
        result.samples.push_back(
            project.sampleRepository().addSample(sample, Volume::copyOf(packed.span(i))));
    }
}

} // namespace

std::string generatorName(const CheckpointRecord& checkpoint) {
    return checkpoint.model + "/" + checkpoint.preset;
}

std::optional<SetRecord>
existingSetOf(Project& project, const std::string& name, const std::string& generator) {
    auto existing = project.findSet(name);
    if (existing && (existing->origin != Origin::synthetic || existing->generator != generator))
        throw Error(ErrorCode::conflict, "set " + name, "it does not hold images of " + generator,
                    "choose another set name");
    return existing;
}

std::optional<std::array<double, 3>> voxelOf(const CheckpointRecord& checkpoint) {
    const Json labels = checkpoint.metadata.value("labels", Json::object());
    const auto voxel = labels.find("voxel_um");
    const auto isNumber = [](const Json& edge) { return edge.is_number(); };
    if (voxel == labels.end() || !voxel->is_array() || voxel->size() != 3 ||
        !std::all_of(voxel->begin(), voxel->end(), isNumber))
        return std::nullopt;
    return voxel->get<std::array<double, 3>>();
}

CheckpointRecord checkpointRecordOf(const Json& metadata, const fs::path& file) {
    CheckpointRecord record;
    record.metadata = metadata;
    try {
        record.model = metadata.value("model", "");
        record.preset = metadata.value("preset", "");
        record.steps = metadata.value("steps", std::int64_t{0});
        record.seconds = metadata.value("seconds", 0.0);
        record.device = metadata.value("device", "");
        const Json labels = metadata.value("labels", Json::object());
        record.name = labels.value("name", record.model + " " + record.preset);
        const auto domain = domainFrom(labels.value("domain", ""));
        if (!domain)
            throw Error(ErrorCode::format, file.string(),
                        "its manifest does not say which domain it was trained on",
                        "choose a checkpoint that Likeness trained in a project");
        record.domain = *domain;
    } catch (const Json::exception&) {
        throw Error(ErrorCode::format, file.string(),
                    "a field of its manifest is of another type than it should be",
                    "choose a checkpoint of Likeness");
    }
    return record;
}

SamplingResult sampleInto(Project& project, const SamplingRequest& request, JobContext& job) {
    const CheckpointRecord checkpoint = project.checkpoint(request.checkpointId);
    // Before minutes of work.
    static_cast<void>(existingSetOf(project, request.setName, generatorName(checkpoint)));
    const TemporaryFolder work(project.folder());
    WorkerClient::Sample sample;
    sample.checkpoint = project.checkpointFile(checkpoint.id);
    sample.sha256 = checkpoint.sha256;
    sample.output = work.path() / "samples.lkpack";
    sample.count = request.count;
    sample.width = request.width;
    sample.height = request.height;
    sample.depth = request.depth;
    sample.steps = request.steps;
    sample.seed = request.seed;
    sample.wish = request.wish;
    sample.device = request.device;
    const auto conditions = conditionsOf(checkpoint); // before the worker starts
    checkWish(conditions ? &*conditions : nullptr, request.wish);
    const WorkerClient::SampleResult made = WorkerClient().sample(sample, job);
    const PackedSet packed = readPackedSet(sample.output);
    if (packed.images.size() != made.seeds.size())
        throw Error(ErrorCode::process, "likeness-worker",
                    "it reported " + std::to_string(made.seeds.size()) + " samples but wrote " +
                        std::to_string(packed.images.size()));

    SamplingResult result;
    result.seconds = made.seconds;
    result.imagesPerSecond = made.imagesPerSecond;
    Database::Transaction transaction(project.database());
    result.set = targetSet(project, request, checkpoint);
    SampleRecord common = commonRecord(request, made, checkpoint);
    common.setId = result.set.id;
    storeSamples(project, packed, made, common, result);
    transaction.commit();
    result.set = project.set(request.setName);
    return result;
}

CheckpointRecord addCheckpoint(Project& project, const fs::path& file) {
    return project.checkpointRepository().add(
        checkpointRecordOf(WorkerClient::checkpointMetadata(file), file), file);
}

fs::path shippedModels() {
    if (const char* folder = std::getenv("LIKENESS_RESOURCES"))
        return fs::path(folder) / "models";
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path installed = program.parent_path() / ".." / "share" / "likeness" / "models";
    if (!error && fs::exists(installed, error))
        return installed.lexically_normal();
    return fs::path(LIKENESS_SOURCE_RESOURCES) / "models";
}

} // namespace likeness
