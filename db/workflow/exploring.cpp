// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/exploring.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/latentsession.h"
#include "core/generation/client/packedset.h"
#include "db/database.h"
#include "db/samplerepository.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr const char* kMixingModel = "stylegan";

/// What is made of each point, and what its record says of it.
struct Planned {
    std::string checkpointId;
    std::string setName;
    int width = 0;
    int height = 0;
    WorkerClient::Device device;
    std::vector<LatentPoint> points;
    std::vector<Json> recipes;
};

template <typename Request>
Planned plannedFor(const Request& request) {
    return {request.checkpointId,
            request.setName,
            request.width,
            request.height,
            request.device,
            {},
            {}};
}

CheckpointRecord explorableCheckpoint(Project& project, const std::string& id) {
    CheckpointRecord checkpoint = project.checkpoint(id);
    if (!hasLatentSpace(checkpoint))
        throw Error(ErrorCode::unsupported, "checkpoint " + id,
                    "a " + checkpoint.model + " model has no latent space to look around in",
                    "use a checkpoint of a vae or a stylegan");
    return checkpoint;
}

std::string generatorOf(const CheckpointRecord& checkpoint) {
    return generatorName(checkpoint) + " latent";
}

PackedSet rendered(Project& project,
                   const CheckpointRecord& checkpoint,
                   const Planned& plan,
                   SamplingResult& result,
                   JobContext& job) {
    const TemporaryFolder work(project.folder());
    WorkerClient::Latents latents;
    latents.checkpoint = project.checkpointFile(checkpoint.id);
    latents.sha256 = checkpoint.sha256;
    latents.output = work.path() / "latents.lkpack";
    latents.points = plan.points;
    latents.width = plan.width;
    latents.height = plan.height;
    latents.device = plan.device;
    result.seconds = WorkerClient().latents(latents, job).seconds;
    PackedSet packed = readPackedSet(latents.output);
    if (packed.images.size() != plan.points.size())
        throw Error(ErrorCode::process, "likeness-worker",
                    "it was asked for " + std::to_string(plan.points.size()) +
                        " images but wrote " + std::to_string(packed.images.size()));
    return packed;
}

SetRecord targetSet(Project& project, const std::string& name, const CheckpointRecord& checkpoint) {
    if (const auto existing = existingSetOf(project, name, generatorOf(checkpoint)))
        return *existing;
    SetRecord set;
    set.name = name;
    set.domain = checkpoint.domain;
    set.origin = Origin::synthetic;
    set.generator = generatorOf(checkpoint);
    set.notes = {{"checkpoint", checkpoint.id}, {"checkpoint_sha256", checkpoint.sha256}};
    return project.sampleRepository().addSet(set);
}

SamplingResult makeAndStore(Project& project, const Planned& plan, JobContext& job) {
    const CheckpointRecord checkpoint = explorableCheckpoint(project, plan.checkpointId);
    if (plan.points.empty())
        throw Error(ErrorCode::config, "the images to make", "there are none",
                    "ask for at least one");
    // Before the work.
    static_cast<void>(existingSetOf(project, plan.setName, generatorOf(checkpoint)));
    SamplingResult result;
    const PackedSet packed = rendered(project, checkpoint, plan, result, job);
    result.imagesPerSecond =
        static_cast<double>(packed.images.size()) / std::max(result.seconds, 1e-9);
    Database::Transaction transaction(project.database());
    result.set = targetSet(project, plan.setName, checkpoint);
    for (std::size_t i = 0; i < packed.images.size(); ++i) {
        SampleRecord sample;
        sample.setId = result.set.id;
        if (!plan.points[i].fine)
            sample.seed = plan.points[i].seed;
        sample.checkpointId = checkpoint.id;
        sample.voxelUm = voxelOf(checkpoint);
        if (sample.voxelUm)
            sample.voxelSource = "training set of the checkpoint";
        sample.recipe = plan.recipes[i];
        result.samples.push_back(
            project.sampleRepository().addSample(sample, Volume::copyOf(packed.span(i))));
    }
    transaction.commit();
    result.set = project.set(plan.setName);
    return result;
}

} // namespace

bool hasLatentSpace(const CheckpointRecord& checkpoint) {
    return std::find(kLatentModelNames.begin(), kLatentModelNames.end(), checkpoint.model) !=
           kLatentModelNames.end();
}

bool mixesStyles(const CheckpointRecord& checkpoint) {
    return checkpoint.model == kMixingModel;
}

struct LatentExplorer::Session {
    LatentSession worker;
};

LatentExplorer::LatentExplorer(Project& project,
                               const std::string& checkpointId,
                               WorkerClient::Device device) {
    const CheckpointRecord checkpoint = explorableCheckpoint(project, checkpointId);
    WorkerClient::Latents latents;
    latents.checkpoint = project.checkpointFile(checkpoint.id);
    latents.sha256 = checkpoint.sha256;
    latents.device = std::move(device);
    m_session.reset(new Session{{WorkerClient(), std::move(latents)}});
}

LatentExplorer::~LatentExplorer() = default;
LatentExplorer::LatentExplorer(LatentExplorer&&) noexcept = default;
LatentExplorer& LatentExplorer::operator=(LatentExplorer&&) noexcept = default;

const LatentSpace& LatentExplorer::space(JobContext& job) {
    return m_session->worker.space(job);
}

Volume LatentExplorer::render(const LatentPoint& point, JobContext& job, int width, int height) {
    const PackedSet packed = m_session->worker.render({point}, job, width, height);
    if (packed.images.size() != 1)
        throw Error(ErrorCode::process, "likeness-worker", "it did not write one image",
                    "install programs of one version");
    return Volume::copyOf(packed.span(0));
}

SamplingResult renderInto(Project& project, const LatentRequest& request, JobContext& job) {
    Planned plan = plannedFor(request);
    plan.points = request.points;
    for (const LatentPoint& point : plan.points) {
        Json recipe = toJson(point);
        recipe["latent"] = "point";
        plan.recipes.push_back(std::move(recipe));
    }
    return makeAndStore(project, plan, job);
}

SamplingResult traverseInto(Project& project, const TraversalRequest& request, JobContext& job) {
    if (request.direction < 0 || request.frames < 1 || request.frames > 10'000)
        throw Error(ErrorCode::config, "a traversal",
                    "it needs a direction from 1 and 1 to 10000 frames", "correct them");
    Planned plan = plannedFor(request);
    plan.points = traversal(request.seed, request.direction, request.span, request.frames);
    for (std::size_t i = 0; i < plan.points.size(); ++i)
        plan.recipes.push_back({{"latent", "traversal"},
                                {"seed", request.seed},
                                {"direction", request.direction + 1},
                                {"offset", plan.points[i].offsets.back()},
                                {"frame", i}});
    return makeAndStore(project, plan, job);
}

SamplingResult mixInto(Project& project, const MixingRequest& request, JobContext& job) {
    Planned plan = plannedFor(request);
    int first = request.crossover.value_or(0);
    int last = first;
    if (!request.crossover) {
        LatentExplorer explorer(project, request.checkpointId, request.device);
        last = explorer.space(job).levels;
        if (last == 0)
            throw Error(ErrorCode::unsupported, "checkpoint " + request.checkpointId,
                        "its model has no levels with styles of their own",
                        "use a checkpoint of a stylegan");
    }
    for (int crossover = first; crossover <= last; ++crossover) {
        LatentPoint point;
        point.seed = request.coarse;
        point.fine = LatentPoint::Fine{request.fine, crossover};
        plan.points.push_back(std::move(point));
        plan.recipes.push_back({{"latent", "mixing"},
                                {"coarse", request.coarse},
                                {"fine", request.fine},
                                {"crossover", crossover}});
    }
    return makeAndStore(project, plan, job);
}

std::optional<LatentPoint> recordedPoint(const SampleRecord& sample) {
    const Json& recipe = sample.recipe;
    if (!recipe.is_object() || !recipe.contains("latent"))
        return std::nullopt;
    const std::string subject = "the recipe of sample " + sample.id;
    try {
        const auto kind = recipe.at("latent").get<std::string>();
        if (kind == "point")
            return latentPointFromJson(recipe, subject);
        LatentPoint point;
        if (kind == "traversal") {
            point.seed = recipe.at("seed").get<std::uint64_t>();
            const int direction = recipe.at("direction").get<int>();
            if (direction < 1 || direction > 4096)
                throw Error(ErrorCode::format, subject, "its direction is out of range");
            point.offsets.assign(static_cast<std::size_t>(direction), 0.0);
            point.offsets.back() = recipe.at("offset").get<double>();
            return point;
        }
        if (kind == "mixing") {
            point.seed = recipe.at("coarse").get<std::uint64_t>();
            point.fine = LatentPoint::Fine{recipe.at("fine").get<std::uint64_t>(),
                                           recipe.at("crossover").get<int>()};
            return point;
        }
    } catch (const Json::exception&) {
        throw Error(ErrorCode::format, subject, "a member is missing or of the wrong type");
    }
    return std::nullopt;
}

} // namespace likeness
