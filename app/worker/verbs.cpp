// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/worker/verbs.h"

#include "core/generation/benchmark.h"
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
    return {optional<std::string>(request, "device", "auto"), optional(request, "threads", 0)};
}

Precision precisionOf(const std::string& word) {
    if (word == "auto")
        return Precision::automatic;
    if (word == "float32")
        return Precision::float32;
    if (word == "bfloat16")
        return Precision::bfloat16;
    throw Error(ErrorCode::config, "precision '" + word + "'", "there is no such precision",
                "use auto, float32 or bfloat16");
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
    options.size = optional(request, "size", 64);
    if (request.contains("minutes") && !request["minutes"].is_null())
        options.minutes = required<double>(request, "minutes");
    if (request.contains("steps") && !request["steps"].is_null())
        options.steps = required<std::int64_t>(request, "steps");
    options.seed = optional(request, "seed", std::uint64_t{0});
    options.symmetry = symmetryFrom(optional<std::string>(request, "symmetry", "square8"));
    options.precision = precisionOf(optional<std::string>(request, "precision", "auto"));
    options.labels = optional(request, "labels", Json::object());
    options.device = deviceOf(request);
    options.output = required<std::string>(request, "output");
    if (request.contains("resume") && !request["resume"].is_null())
        options.resume = required<std::string>(request, "resume");
    return options;
}

Json train(const Json& request, Channel& channel) {
    TrainingOptions options = trainingOptionsOf(request);
    options.place = channel.place();
    const PackedSet set = readPackedSet(required<std::string>(request, "packed_set"));
    // Training runs for minutes and must not slow down what a person does meanwhile.
    (void)::setpriority(PRIO_PROCESS, 0, kTrainingNiceness);
    JobContext job(channel.stopToken());
    const auto report = [&](const TrainingReport& r) {
        channel.send({{"event", r.saving ? "saving" : "progress"},
                      {"stage", r.saving ? "Saving" : "Training"},
                      {"fraction", r.fraction},
                      {"step", r.step},
                      {"seconds_left", r.secondsLeft ? Json(*r.secondsLeft) : Json(nullptr)},
                      {"steps_per_second", r.stepsPerSecond},
                      {"losses", r.losses},
                      {"warning", r.warning ? Json(*r.warning) : Json(nullptr)}});
    };
    const TrainingOutcome outcome = trainModel(set, options, job, report);
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
            {"stopped_early", outcome.stoppedEarly}};
}

Json sample(const Json& request, Channel& channel) {
    SamplingOptions options;
    options.count = required<std::int64_t>(request, "count");
    options.width = optional(request, "width", 0);
    options.height = optional(request, "height", 0);
    options.steps = optional(request, "steps", 0);
    options.seed = optional(request, "seed", std::uint64_t{0});
    options.device = deviceOf(request);
    const auto output = required<std::string>(request, "output");
    const GeneratorModel model = GeneratorModel::load(required<std::string>(request, "checkpoint"),
                                                      optional<std::string>(request, "sha256", ""));
    auto sent = std::chrono::steady_clock::now();
    JobContext job(channel.stopToken(), [&](const Progress& progress) {
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
    const SamplingOutcome outcome = sampleModel(model, options, job);
    writePackedSet(output, outcome.set);
    return {{"seeds", outcome.seeds},
            {"seconds", outcome.seconds},
            {"images_per_second", static_cast<double>(options.count) / outcome.seconds},
            {"device", outcome.device},
            {"peak_memory_mb", peakMemoryMb()}};
}

} // namespace

Json carryOut(const Json& request, Channel& channel) {
    const auto verb = required<std::string>(request, "verb");
    JobContext job(channel.stopToken());
    if (verb == "train")
        return train(request, channel);
    if (verb == "sample")
        return sample(request, channel);
    if (verb == "probe")
        return probeMachine(job);
    if (verb == "bench")
        return {{"benchmarks",
                 benchGeneration(job, optional<std::string>(request, "peer", std::string()))}};
    throw Error(ErrorCode::unsupported, "request '" + verb + "'", "there is no such request",
                "use train, sample, probe or bench");
}

} // namespace likeness
