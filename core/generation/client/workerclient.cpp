// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/workerclient.h"

#include "core/base/error.h"
#include "core/generation/client/childprocess.h"
#include "core/generation/client/latentsession.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/client/workertalk.h"

#include <cstdlib>
#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

constexpr const char* kProgram = "likeness-worker";
constexpr const char* kVariable = "LIKENESS_WORKER";
constexpr const char* kManifestKey = "likeness";

fs::path findWorker() {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        const fs::path beside = self.parent_path() / kProgram;
        if (::access(beside.c_str(), X_OK) == 0)
            return beside;
    }
    const char* named = std::getenv(kVariable);
    if (named != nullptr && ::access(named, X_OK) == 0)
        return named;
    throw Error(ErrorCode::notFound, kProgram,
                "the program that trains and samples lies neither beside this one nor where "
                "LIKENESS_WORKER points",
                "install it or set LIKENESS_WORKER to its path");
}

/// Each thread of the worker computes alone, so that OpenMP and BLAS need no threads of their own;
/// idle ones would spin on the cores that training uses.
std::map<std::string, std::string> workerEnvironment() {
    return {{"OMP_NUM_THREADS", "1"},
            {"OMP_WAIT_POLICY", "passive"},
            {"OPENBLAS_NUM_THREADS", "1"},
            {"MKL_NUM_THREADS", "1"},
            {"CUBLAS_WORKSPACE_CONFIG", ":4096:8"},
            {"PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True"},
            {"LC_ALL", "C.UTF-8"}};
}

void addDevice(Json& request, const WorkerClient::Device& device) {
    request["device"] = device.device;
    request["threads"] = device.threads;
    request["precision"] = device.precision;
}

template <typename T>
T answered(const Json& answer, const char* key) {
    try {
        return answer.at(key).get<T>();
    } catch (const Json::exception&) {
        throw Error(ErrorCode::process, kProgram,
                    std::string("its answer has no usable '") + key + "'",
                    "install programs of one version");
    }
}

std::string pathText(const fs::path& path) {
    return fs::absolute(path).string();
}

} // namespace

WorkerClient::WorkerClient()
    : m_program(findWorker()) {}

WorkerClient::WorkerClient(fs::path program)
    : m_program(std::move(program)) {}

Json WorkerClient::requestOf(const char* verb, const Train& request) {
    Json json{{"verb", verb},
              {"packed_set", pathText(request.packedSet)},
              {"output", pathText(request.output)},
              {"model", request.model},
              {"preset", request.preset},
              {"size", request.size},
              {"seed", request.seed},
              {"symmetry", request.symmetry},
              {"labels", request.labels},
              {"conditions", request.conditions}};
    if (request.minutes)
        json["minutes"] = *request.minutes;
    if (request.steps)
        json["steps"] = *request.steps;
    if (request.resume)
        json["resume"] = pathText(*request.resume);
    if (request.live)
        json["live"] = pathText(*request.live);
    if (request.evaluateEvery)
        json["evaluate_every"] = *request.evaluateEvery;
    json["early_stop"] = request.earlyStop;
    json["hold_out"] = toJson(request.holdOut);
    addDevice(json, request.device);
    return json;
}

WorkerClient::TrainResult
WorkerClient::train(const Train& request, JobContext& job, const TrainingMonitor& monitor) const {
    const Json answer = run(requestOf("train", request), job, monitor);
    TrainResult result;
    result.checkpoint = answered<std::string>(answer, "checkpoint");
    result.sha256 = answered<std::string>(answer, "sha256");
    result.model = answered<std::string>(answer, "model");
    result.steps = answered<std::int64_t>(answer, "steps");
    result.seconds = answered<double>(answer, "seconds");
    result.samplesPerSecond = answered<double>(answer, "samples_per_second");
    result.device = answered<std::string>(answer, "device");
    result.peakMemoryMb = answered<double>(answer, "peak_memory_mb");
    result.parameters = answered<std::int64_t>(answer, "parameters");
    result.finalLosses = answered<Json>(answer, "final_losses");
    if (answer.contains("warning") && answer["warning"].is_string())
        result.warning = answer["warning"].get<std::string>();
    result.stoppedEarly = answered<bool>(answer, "stopped_early");
    if (answer.contains("best") && answer["best"].is_string())
        result.best = answer["best"].get<std::string>();
    result.bestSha256 = answered<std::string>(answer, "best_sha256");
    result.endedBy = answered<std::string>(answer, "ended_by");
    result.heldOut = answered<Json>(answer, "held_out");
    result.cost = answered<Json>(answer, "cost");
    result.notes = answered<Json>(answer, "notes");
    return result;
}

TrainingEstimate WorkerClient::estimate(const Train& request, JobContext& job) const {
    const Json answer = run(requestOf("estimate", request), job);
    TrainingEstimate estimate;
    estimate.secondsPerStep = answered<double>(answer, "seconds_per_step");
    estimate.steps = answered<std::int64_t>(answer, "steps");
    estimate.seconds = answered<double>(answer, "seconds");
    estimate.memoryMb = answered<double>(answer, "memory_mb");
    estimate.parameters = answered<std::int64_t>(answer, "parameters");
    estimate.batch = answered<std::int64_t>(answer, "batch");
    estimate.device = answered<std::string>(answer, "device");
    estimate.split = answered<Json>(answer, "split");
    estimate.notes = answered<Json>(answer, "notes");
    return estimate;
}

WorkerClient::SampleResult WorkerClient::sample(const Sample& request, JobContext& job) const {
    Json json{{"verb", "sample"},
              {"checkpoint", pathText(request.checkpoint)},
              {"sha256", request.sha256},
              {"output", pathText(request.output)},
              {"count", request.count},
              {"width", request.width},
              {"height", request.height},
              {"depth", request.depth},
              {"steps", request.steps},
              {"seed", request.seed},
              {"values", request.wish.values}};
    if (request.wish.className)
        json["class"] = *request.wish.className;
    if (request.wish.guidance)
        json["guidance"] = *request.wish.guidance;
    addDevice(json, request.device);
    const Json answer = run(json, job);
    SampleResult result;
    result.seeds = answered<std::vector<std::uint64_t>>(answer, "seeds");
    result.seconds = answered<double>(answer, "seconds");
    result.imagesPerSecond = answered<double>(answer, "images_per_second");
    result.device = answered<std::string>(answer, "device");
    result.precision = answered<std::string>(answer, "precision");
    result.conditions = answered<std::vector<Json>>(answer, "conditions");
    return result;
}

WorkerClient::EditImagesResult WorkerClient::edit(const EditImages& request,
                                                  JobContext& job) const {
    Json json{{"verb", "edit"},
              {"checkpoint", pathText(request.checkpoint)},
              {"sha256", request.sha256},
              {"output", pathText(request.output)},
              {"edit", toJson(request.edit)}};
    if (request.parent)
        json["parent"] = pathText(*request.parent);
    if (request.mask)
        json["mask"] = pathText(*request.mask);
    addDevice(json, request.device);
    const Json answer = run(json, job);
    EditImagesResult result;
    for (const Json& seed : answered<Json>(answer, "seeds"))
        result.seeds.push_back(seed.is_number_unsigned() ? std::optional(seed.get<std::uint64_t>())
                                                         : std::nullopt);
    result.frames = answered<std::vector<Json>>(answer, "frames");
    result.seconds = answered<double>(answer, "seconds");
    result.imagesPerSecond = answered<double>(answer, "images_per_second");
    result.device = answered<std::string>(answer, "device");
    result.precision = answered<std::string>(answer, "precision");
    return result;
}

Json WorkerClient::requestOf(const Latents& request) {
    Json points = Json::array();
    for (const LatentPoint& point : request.points)
        points.push_back(toJson(point));
    Json json{{"verb", "latents"},        {"checkpoint", pathText(request.checkpoint)},
              {"sha256", request.sha256}, {"points", points},
              {"width", request.width},   {"height", request.height}};
    if (!request.output.empty())
        json["output"] = pathText(request.output);
    addDevice(json, request.device);
    return json;
}

WorkerClient::LatentsResult WorkerClient::latents(const Latents& request, JobContext& job) const {
    const Json answer = run(requestOf(request), job);
    LatentsResult result;
    result.space = latentSpaceFromJson(answered<Json>(answer, "space"), kProgram);
    if (!request.points.empty()) {
        result.seconds = answered<double>(answer, "seconds");
        result.device = answered<std::string>(answer, "device");
    }
    return result;
}

std::unique_ptr<ChildProcess> WorkerClient::start() const {
    return std::make_unique<ChildProcess>(m_program, std::vector<std::string>(),
                                          workerEnvironment());
}

Json WorkerClient::probe(JobContext& job) const {
    return run(Json::object({{"verb", "probe"}}), job);
}

Json WorkerClient::bench(JobContext& job, const fs::path& peer) const {
    return answered<Json>(
        run({{"verb", "bench"}, {"peer", peer.empty() ? "" : pathText(peer)}}, job), "benchmarks");
}

Json WorkerClient::checkpointMetadata(const fs::path& checkpoint) {
    const SafetensorsHeader header = readSafetensorsHeader(checkpoint);
    const auto manifest = header.metadata.find(kManifestKey);
    if (manifest == header.metadata.end())
        throw Error(ErrorCode::format, checkpoint.string(),
                    "these are no weights of a Likeness model", "choose a checkpoint of Likeness");
    return parseStrictJson(manifest->second, checkpoint.string());
}

Json WorkerClient::run(const Json& request, JobContext& job, const TrainingMonitor& monitor) const {
    job.throwIfStopped();
    ChildProcess child(m_program, {}, workerEnvironment());
    return WorkerTalk(child, job, monitor).carryOut(request);
}

} // namespace likeness
