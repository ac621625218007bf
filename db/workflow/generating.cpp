// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/generating.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/sha256.h"
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

constexpr const char* kVolumeModel = "slicegan";

/// Appends the images of a set, slices as slices of that plane.
void packInto(
    PackedSet& packed, Project& project, const SetRecord& set, SlicePlane plane, JobContext& job) {
    const std::size_t before = packed.images.size();
    const std::vector<SampleRecord> samples = project.samples(set.id);
    for (const SampleRecord& sample : samples) {
        job.throwIfStopped();
        const Volume volume = project.pixels(sample);
        if (packed.images.empty()) {
            packed.type = volume.type();
            packed.channels = volume.channels();
            if (sample.voxelUm)
                packed.meta["voxel_um"] = *sample.voxelUm;
        } else if (packed.type != volume.type() || packed.channels != volume.channels()) {
            throw Error(ErrorCode::config, "set " + set.name,
                        "it mixes pixel types or grey and colour images",
                        "put images of one kind into one set");
        }
        PackedImage image;
        image.width = volume.width();
        image.height = volume.height();
        image.depth = volume.depth();
        image.id = sample.id;
        image.specimen = sample.specimen;
        image.plane = plane;
        const ImageSpan span = volume.span();
        image.pixels.assign(span.data, span.data + span.bytes());
        packed.images.push_back(std::move(image));
        packed.meta["voxel_um_of"].push_back(sample.voxelUm ? Json((*sample.voxelUm)[0]) : Json());
    }
    if (packed.images.size() == before)
        throw Error(ErrorCode::config, "set " + set.name, "it is empty", "import images first");
}

/// Several sets lie one after another and are classes of their names.
PackedSet packSets(Project& project, const std::vector<SetRecord>& sets, JobContext& job) {
    PackedSet packed;
    packed.meta = {{"domain", toString(sets.front().domain)},
                   {"set", sets.front().name},
                   {"origin", toString(sets.front().origin)},
                   {"voxel_um_of", Json::array()}};
    if (sets.front().masks)
        packed.meta["masks"] = true;
    if (sets.size() == 1) {
        packInto(packed, project, sets.front(), SlicePlane::xy, job);
        return packed;
    }
    Json classOf = Json::array();
    for (const SetRecord& set : sets) {
        packInto(packed, project, set, SlicePlane::xy, job);
        packed.meta["classes"].push_back({{"name", set.name}, {"domain", toString(set.domain)}});
        while (classOf.size() < packed.images.size())
            classOf.push_back(packed.meta["classes"].size() - 1);
    }
    packed.meta["class_of"] = std::move(classOf);
    return packed;
}

/// Appends the sets of the other two planes of a volume. Throws Error(config) if they are not of
/// the same kind.
void packOtherPlanes(PackedSet& packed,
                     Project& project,
                     const TrainingRequest& request,
                     JobContext& job) {
    if (!request.setXz && !request.setYz)
        return;
    if (request.model != kVolumeModel || !request.setXz || !request.setYz)
        throw Error(ErrorCode::config, "sets of the planes x-z and y-z",
                    request.model == kVolumeModel ? "one of them is missing"
                                                  : "a " + request.model + " model learns images",
                    "give both of them to a slicegan model, or none");
    const SetRecord first = project.set(request.setName);
    for (const auto& [name, plane] :
         {std::pair{*request.setXz, SlicePlane::xz}, std::pair{*request.setYz, SlicePlane::yz}}) {
        const SetRecord set = project.set(name);
        if (set.masks != first.masks)
            throw Error(ErrorCode::config, "set " + name,
                        set.masks ? "it holds masks, and set " + first.name + " grey values"
                                  : "it holds grey values, and set " + first.name + " masks",
                        "give three sets of one kind");
        packInto(packed, project, set, plane, job);
    }
    if (std::any_of(packed.images.begin(), packed.images.end(),
                    [](const PackedImage& image) { return image.depth > 1; }))
        throw Error(ErrorCode::config, "sets of the planes x-z and y-z",
                    "one of the three sets holds volumes, which show all planes",
                    "train on the volumes alone, or on three sets of slices");
}

/// Voxels of one size are what a volume has. Throws Error(config) for a set with more.
void checkVoxels(Project& project, const SetRecord& set) {
    std::optional<SampleRecord> known;
    for (const SampleRecord& sample : project.samples(set.id)) {
        if (!sample.voxelUm)
            continue;
        if (known && *known->voxelUm != *sample.voxelUm)
            throw Error(ErrorCode::config, "set " + set.name,
                        "it mixes images of different voxel sizes",
                        "put images of one voxel size into one set");
        known = sample;
    }
}

/// The sets of a request. Throws Error(config) for masks and for one named twice.
std::vector<SetRecord> setsOf(Project& project, const TrainingRequest& request) {
    std::vector<std::string> names{request.setName};
    names.insert(names.end(), request.moreSets.begin(), request.moreSets.end());
    std::vector<SetRecord> sets;
    for (const std::string& name : names) {
        if (std::count(names.begin(), names.end(), name) > 1)
            throw Error(ErrorCode::config, "set " + name, "it is named twice", "name it once");
        sets.push_back(project.set(name));
        if (sets.back().masks && request.model != kVolumeModel)
            throw Error(ErrorCode::config, "set " + name, "it holds masks, not grey values",
                        "train on the scans themselves, or a slicegan model on the phases");
        if (request.model == kVolumeModel)
            checkVoxels(project, sets.back());
    }
    return sets;
}

std::string namesOf(const std::vector<SetRecord>& sets) {
    std::string text;
    for (const SetRecord& set : sets)
        text += (text.empty() ? "" : ", ") + set.name;
    return text;
}

bool anyRoot(const std::vector<SetRecord>& sets) {
    return std::any_of(sets.begin(), sets.end(),
                       [](const SetRecord& set) { return set.domain == Domain::root; });
}

/// `file` is where the manifest was read, for errors.
CheckpointRecord recordOf(const Json& metadata, const fs::path& file) {
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

void storeSamples(Project& project,
                  const PackedSet& packed,
                  const WorkerClient::SampleResult& made,
                  const CheckpointRecord& checkpoint,
                  SamplingResult& result) {
    for (std::size_t i = 0; i < packed.images.size(); ++i) {
        SampleRecord sample;
        sample.setId = result.set.id;
        sample.seed = made.seeds.at(i);
        sample.checkpointId = checkpoint.id;
        sample.voxelUm = voxelOf(checkpoint);
        if (sample.voxelUm)
            sample.voxelSource = "training set of the checkpoint";
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

TrainingResult trainOnSet(Project& project, const TrainingRequest& request, JobContext& job) {
    const std::vector<SetRecord> sets = setsOf(project, request);
    const SetRecord& set = sets.front();
    const TemporaryFolder work(project.folder());
    const fs::path packedFile = work.path() / "training.lkpack";
    PackedSet packed = packSets(project, sets, job);
    packOtherPlanes(packed, project, request, job);
    writePackedSet(packedFile, packed);

    WorkerClient::Train train;
    train.packedSet = packedFile;
    train.output = work.path() / "checkpoint.safetensors";
    train.model = request.model;
    train.preset = request.preset;
    train.size = request.size;
    train.minutes = request.minutes;
    train.steps = request.steps;
    train.seed = request.seed;
    train.symmetry = anyRoot(sets) ? "mirror" : "square8";
    train.conditions = request.conditions;
    train.device = request.device;
    train.labels = {{"name", request.model + " on " + namesOf(sets)},
                    {"domain", toString(set.domain)},
                    {"set", set.name},
                    {"origin", toString(set.origin)}};
    if (packed.meta.contains("voxel_um"))
        train.labels["voxel_um"] = packed.meta["voxel_um"];
    if (request.resume)
        train.resume = project.checkpointFile(*request.resume);

    TrainingResult result;
    result.run = WorkerClient().train(train, job);
    CheckpointRecord record =
        recordOf(WorkerClient::checkpointMetadata(result.run.checkpoint), result.run.checkpoint);
    record.setId = set.id;
    record.domain = set.domain;
    record.device = result.run.device;
    result.checkpoint = project.checkpointRepository().add(record, result.run.checkpoint);
    const fs::path state = result.run.checkpoint.string() + ".state";
    std::error_code ignored;
    if (fs::exists(state, ignored))
        writeFileDurably(project.checkpointFile(result.checkpoint.id).string() + ".state",
                         readFile(state));
    return result;
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
    storeSamples(project, packed, made, checkpoint, result);
    transaction.commit();
    result.set = project.set(request.setName);
    return result;
}

CheckpointRecord addCheckpoint(Project& project, const fs::path& file) {
    return project.checkpointRepository().add(
        recordOf(WorkerClient::checkpointMetadata(file), file), file);
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
