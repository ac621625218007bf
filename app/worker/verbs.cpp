// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/verbs.h"

#include "core/generation/benchmark.h"
#include "core/generation/editing.h"
#include "core/generation/latents.h"
#include "core/generation/sampler.h"
#include "core/generation/trainer.h"

#include <chrono>
#include <sys/resource.h>

namespace likeness {

namespace {

constexpr std::chrono::milliseconds kProgressInterval{100};
constexpr int kTrainingNiceness = 5;

[[noreturn]] void refuse(const std::string& key) {
    throw Error(ErrorCode::config, "the request", "'" + key + "' is missing or of the wrong type");
}

template <typename T>
T required(const Json& request, const char* key) {
    try {
        return request.at(key).get<T>();
    } catch (const Json::exception&) {
        refuse(key);
    }
}

template <typename T>
T optional(const Json& request, const char* key, T otherwise) {
    return request.contains(key) && !request[key].is_null() ? required<T>(request, key)
                                                            : std::move(otherwise);
}

DeviceChoice deviceOf(const Json& request) {
    return {optional<std::string>(request, "device", "auto"), optional(request, "threads", 0),
            precisionFrom(optional<std::string>(request, "precision", "auto"))};
}

/// The preset with the request's own settings over it: one object per section.
Preset presetOf(const Json& request) {
    Preset preset = presetNamed(optional<std::string>(request, "model", "diffusion"),
                                optional<std::string>(request, "preset", "demo"));
    for (auto& [section, settings] : preset.settings.items())
        settings.merge_patch(optional(request, section.c_str(), Json::object()));
    preset.settings = checkedSettings(preset.model, preset.settings, "the request's settings");
    return preset;
}

TrainingOptions trainingOptionsOf(const Json& request) {
    TrainingOptions options;
    options.preset = presetOf(request);
    options.size = optional(request, "size", 0);
    if (options.size == 0)
        options.size = usualSize(options.preset.model, options.preset.name);
    if (request.contains("minutes") && !request["minutes"].is_null())
        options.minutes = required<double>(request, "minutes");
    if (request.contains("steps") && !request["steps"].is_null())
        options.steps = required<std::int64_t>(request, "steps");
    options.seed = optional(request, "seed", std::uint64_t{0});
    options.symmetry = symmetryFrom(optional<std::string>(request, "symmetry", "square8"));
    options.labels = optional(request, "labels", Json::object());
    options.conditions = optional(request, "conditions", std::vector<std::string>());
    options.device = deviceOf(request);
    options.output = required<std::string>(request, "output");
    if (request.contains("resume") && !request["resume"].is_null())
        options.resume = required<std::string>(request, "resume");
    options.holdOut = holdOutChoiceFrom(optional(request, "hold_out", Json::object()));
    if (request.contains("live") && !request["live"].is_null())
        options.live = required<std::string>(request, "live");
    options.earlyStop = optional(request, "early_stop", 0);
    if (request.contains("evaluate_every") && !request["evaluate_every"].is_null())
        options.evaluateEvery = required<std::int64_t>(request, "evaluate_every");
    return options;
}

Json estimate(const Json& request, Channel& channel) {
    const TrainingOptions options = trainingOptionsOf(request);
    (void)::setpriority(PRIO_PROCESS, 0, kTrainingNiceness);
    JobContext job(channel.stopToken());
    const TrainingEstimate made =
        estimateTraining(readPackedSet(required<std::string>(request, "packed_set")), options, job);
    return {{"seconds_per_step", made.secondsPerStep},
            {"steps", made.steps},
            {"seconds", made.seconds},
            {"memory_mb", made.memoryMb},
            {"parameters", made.parameters},
            {"batch", made.batch},
            {"device", made.device},
            {"split", made.split},
            {"notes", made.notes}};
}

ConditionWish wishOf(const Json& request) {
    ConditionWish wish;
    wish.values = optional(request, "values", std::map<std::string, double>());
    if (request.contains("class") && !request["class"].is_null())
        wish.className = required<std::string>(request, "class");
    if (request.contains("guidance") && !request["guidance"].is_null())
        wish.guidance = required<double>(request, "guidance");
    return wish;
}

Json train(const Json& request, Channel& channel) {
    TrainingOptions options = trainingOptionsOf(request);
    options.place = channel.place();
    // A launcher that starts a run again after a failure gives the request of the first time.
    if (options.place && options.place->attempt != "0" && !options.resume &&
        std::filesystem::exists(statePathOf(options.output)))
        options.resume = options.output;
    PackedSet set = readPackedSet(required<std::string>(request, "packed_set"));
    // Training runs for minutes and must not slow down what a person does meanwhile.
    (void)::setpriority(PRIO_PROCESS, 0, kTrainingNiceness);
    JobContext job(channel.stopToken());
    const auto report = [&](const TrainingReport& r) {
        Json event = toJson(r);
        event["event"] = r.stage == TrainingStage::saving ? "saving" : "progress";
        channel.send(event);
    };
    const TrainingOutcome outcome =
        trainModel(std::move(set), options, job, report, &channel.control());
    return {{"checkpoint", options.output.string()},
            {"sha256", outcome.sha256},
            {"model", options.preset.model},
            {"steps", outcome.steps},
            {"seconds", outcome.seconds},
            {"samples_per_second", outcome.samplesPerSecond},
            {"device", outcome.device},
            {"peak_memory_mb", peakMemoryMb()},
            {"parameters", outcome.parameters},
            {"final_losses", outcome.losses},
            {"warning", outcome.warning ? Json(*outcome.warning) : Json(nullptr)},
            {"stopped_early", outcome.stoppedEarly},
            {"best", outcome.best ? Json(outcome.best->string()) : Json(nullptr)},
            {"best_sha256", outcome.bestSha256},
            {"ended_by", outcome.endedBy},
            {"held_out", outcome.heldOut},
            {"cost", outcome.cost},
            {"notes", outcome.notes}};
}

/// A job that tells of its progress as often as somebody can follow.
JobContext reportingJob(Channel& channel) {
    return JobContext(channel.stopToken(), [&channel, sent = std::chrono::steady_clock::now()](
                                               const Progress& progress) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - sent < kProgressInterval)
            return;
        sent = now;
        channel.send(
            {{"event", "progress"},
             {"stage", progress.stage},
             {"fraction", progress.fraction},
             {"seconds_left", progress.secondsLeft ? Json(*progress.secondsLeft) : Json()}});
    });
}

Json sample(const Json& request, Channel& channel) {
    SamplingOptions options;
    options.count = required<std::int64_t>(request, "count");
    options.width = optional(request, "width", 0);
    options.height = optional(request, "height", 0);
    options.depth = optional(request, "depth", 0);
    options.steps = optional(request, "steps", 0);
    options.seed = optional(request, "seed", std::uint64_t{0});
    options.wish = wishOf(request);
    options.device = deviceOf(request);
    const auto output = required<std::string>(request, "output");
    const GeneratorModel model = GeneratorModel::load(required<std::string>(request, "checkpoint"),
                                                      optional<std::string>(request, "sha256", ""));
    JobContext job = reportingJob(channel);
    const SamplingOutcome outcome = sampleModel(model, options, job);
    writePackedSet(output, outcome.set);
    return {{"seeds", outcome.seeds},
            {"seconds", outcome.seconds},
            {"conditions", outcome.conditions},
            {"images_per_second", static_cast<double>(options.count) / outcome.seconds},
            {"device", outcome.device},
            {"precision", outcome.precision},
            {"cuda_graph", outcome.replayed},
            {"peak_memory_mb", peakMemoryMb()}};
}

std::optional<PackedSet> optionalSet(const Json& request, const char* key) {
    if (!request.contains(key) || request[key].is_null())
        return std::nullopt;
    return readPackedSet(required<std::string>(request, key));
}

Json edit(const Json& request, Channel& channel) {
    EditingOptions options;
    options.edit = editFromJson(required<Json>(request, "edit"), "the request");
    options.parent = optionalSet(request, "parent");
    options.mask = optionalSet(request, "mask");
    options.device = deviceOf(request);
    const auto output = required<std::string>(request, "output");
    const GeneratorModel model = GeneratorModel::load(required<std::string>(request, "checkpoint"),
                                                      optional<std::string>(request, "sha256", ""));
    JobContext job = reportingJob(channel);
    const EditingOutcome outcome = editImages(model, options, job);
    writePackedSet(output, outcome.set);
    Json seeds = Json::array();
    for (const auto& seed : outcome.seeds)
        seeds.push_back(seed ? Json(*seed) : Json());
    return {{"seeds", seeds},
            {"frames", outcome.frames},
            {"seconds", outcome.seconds},
            {"images_per_second", static_cast<double>(seeds.size()) / outcome.seconds},
            {"device", outcome.device},
            {"precision", outcome.precision},
            {"peak_memory_mb", peakMemoryMb()}};
}

/// Answers one request for images of a latent space.
Json latentImages(const GeneratorModel& model, const Json& request, Channel& channel) {
    LatentOptions options;
    for (const Json& point : optional(request, "points", Json::array()))
        options.points.push_back(latentPointFromJson(point, "the request"));
    options.width = optional(request, "width", 0);
    options.height = optional(request, "height", 0);
    options.device = deviceOf(request);
    Json answer{{"space", toJson(latentSpaceOf(model))}};
    if (options.points.empty())
        return answer;
    JobContext job = reportingJob(channel);
    const LatentOutcome outcome = renderLatents(model, options, job);
    writePackedSet(required<std::string>(request, "output"), outcome.set);
    answer["seconds"] = outcome.seconds;
    answer["device"] = outcome.device;
    return answer;
}

/// With "keep" it answers further requests with the same model until there are no more.
Json latents(const Json& request, Channel& channel) {
    const GeneratorModel model = GeneratorModel::load(required<std::string>(request, "checkpoint"),
                                                      optional<std::string>(request, "sha256", ""));
    Json answer = latentImages(model, request, channel);
    if (!optional(request, "keep", false))
        return answer;
    answer["event"] = "answer";
    channel.send(answer);
    while (const auto next = channel.nextRequest()) {
        try {
            Json further = latentImages(model, *next, channel);
            further["event"] = "answer";
            channel.send(further);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled)
                throw;
            channel.sendError(error, "refusal");
        }
    }
    return Json::object();
}

} // namespace

Json carryOut(const Json& request, Channel& channel) {
    const auto verb = required<std::string>(request, "verb");
    JobContext job(channel.stopToken());
    if (verb == "train")
        return train(request, channel);
    if (verb == "estimate")
        return estimate(request, channel);
    if (verb == "sample")
        return sample(request, channel);
    if (verb == "edit")
        return edit(request, channel);
    if (verb == "latents")
        return latents(request, channel);
    if (verb == "probe")
        return probeMachine(job);
    if (verb == "bench")
        return {{"benchmarks",
                 benchGeneration(job, optional<std::string>(request, "peer", std::string()))}};
    throw Error(ErrorCode::unsupported, "request '" + verb + "'", "there is no such request",
                "use train, estimate, sample, edit, latents, probe or bench");
}

} // namespace likeness
