// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "core/generation/client/modelnames.h"
#include "db/project.h"
#include "db/workflow/generating.h"

#include <algorithm>
#include <cstdio>

namespace likeness::cli {

namespace {

WorkerClient::Device deviceOf(const Arguments& arguments) {
    WorkerClient::Device device;
    device.device = arguments.text("--device", "auto");
    device.threads = static_cast<int>(arguments.integer("--threads", 0, 1024).value_or(0));
    return device;
}

std::string fixed(double value, int digits) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

Output runTrain(const Arguments& arguments, JobContext& job) {
    TrainingRequest request;
    request.model = arguments.required("--model");
    if (std::find(kModelNames.begin(), kModelNames.end(), request.model) == kModelNames.end())
        throw UsageError("--model got \"" + request.model +
                         "\" (this version has: diffusion, vae, dcgan, slicegan)");
    request.setName = arguments.required("--set");
    request.setXz = arguments.text("--set-xz");
    request.setYz = arguments.text("--set-yz");
    request.preset = arguments.text("--preset", "demo");
    request.size = static_cast<int>(arguments.integer("--size", 16, 4096).value_or(0));
    request.minutes = arguments.real("--minutes", 0.01, 100000.0);
    request.steps = arguments.integer("--steps", 1, 1'000'000'000);
    if (request.minutes.has_value() == request.steps.has_value())
        throw UsageError("give either --minutes or --steps");
    request.seed = arguments.seed();
    request.resume = arguments.text("--resume");
    request.device = deviceOf(arguments);
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    const TrainingResult result = trainOnSet(project, request, job);
    Output output;
    output.json = {{"checkpoint", result.checkpoint.id},
                   {"model", result.run.model},
                   {"steps", result.run.steps},
                   {"seconds", result.run.seconds},
                   {"samples_per_second", result.run.samplesPerSecond},
                   {"device", result.run.device},
                   {"peak_memory_mb", result.run.peakMemoryMb},
                   {"final_losses", result.run.finalLosses},
                   {"parameters", result.run.parameters},
                   {"sha256", result.checkpoint.sha256},
                   {"stopped_early", result.run.stoppedEarly},
                   {"warning", result.run.warning ? Json(*result.run.warning) : Json(nullptr)},
                   {"seed", request.seed}};
    output.interrupted = result.run.stoppedEarly;
    output.text = "Checkpoint " + result.checkpoint.id + ": " +
                  counted(static_cast<std::size_t>(result.run.steps), "step") + " in " +
                  fixed(result.run.seconds, 1) + " s on " + result.run.device +
                  (result.run.stoppedEarly ? "; it was stopped early and can go on with --resume " +
                                                 result.checkpoint.id
                                           : "");
    if (result.run.warning)
        output.text += "\nWarning: " + *result.run.warning;
    return output;
}

Output runSample(const Arguments& arguments, JobContext& job) {
    SamplingRequest request;
    request.checkpointId = arguments.required("--checkpoint");
    request.setName = arguments.required("--into");
    request.count = arguments.integer("--count", 1, 1'000'000).value_or(16);
    request.width = static_cast<int>(arguments.integer("--size", 16, 4096).value_or(0));
    request.height = request.width;
    request.depth = static_cast<int>(arguments.integer("--depth", 1, 8192).value_or(0));
    request.steps = static_cast<int>(arguments.integer("--steps", 1, 1000).value_or(0));
    request.seed = arguments.seed();
    request.device = deviceOf(arguments);
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    if (std::filesystem::exists(request.checkpointId))
        request.checkpointId = addCheckpoint(project, request.checkpointId).id;
    const SamplingResult result = sampleInto(project, request, job);
    Output output;
    OrderedJson samples = OrderedJson::array();
    for (const SampleRecord& s : result.samples)
        samples.push_back({{"id", s.id}, {"seed", *s.seed}, {"sha256", s.sha256}});
    output.json = {{"set", result.set.name},
                   {"samples", samples},
                   {"seconds", result.seconds},
                   {"images_per_second", result.imagesPerSecond},
                   {"seed", request.seed}};
    output.text = "Added " + counted(result.samples.size(), "sample") + " to " + result.set.name +
                  " (" + fixed(result.seconds, 1) + " s, " + fixed(result.imagesPerSecond, 1) +
                  " images/s)";
    return output;
}

} // namespace

std::vector<Command> generationCommands() {
    return {
        {"train",
         "DIR --model diffusion|vae|dcgan|slicegan --set NAME (--minutes M | --steps N)",
         "train a model on a set",
         {{"--model", "diffusion|vae|dcgan|slicegan", "the model family; slicegan makes volumes"},
          {"--set", "NAME", "what to train on; slicegan takes slices, volumes or masks"},
          {"--set-xz", "NAME", "slicegan: slices of the x-z plane, rows along z"},
          {"--set-yz", "NAME", "slicegan: slices of the y-z plane, rows along z"},
          {"--size", "S",
           "edge of the training crops in pixels (default 64; slicegan: 32, 64 or 128)"},
          {"--minutes", "M", "time budget"},
          {"--steps", "N", "step budget"},
          {"--preset", "demo|workstation|large", "size of the network (default demo)"},
          {"--resume", "ID", "go on from this checkpoint"},
          kSeedOption,
          kDeviceOption,
          kThreadsOption},
         runTrain},
        {"sample",
         "DIR --checkpoint ID --count N --into SET",
         "generate samples into a set",
         {{"--checkpoint", "ID|FILE",
           "checkpoint of the project, or a .safetensors file to take in"},
          {"--count", "N", "how many (default 16)"},
          {"--into", "SET", "the set; made if missing"},
          {"--size", "S", "edge in pixels, a multiple of 8, any for volumes (default: as trained)"},
          {"--depth", "D", "slices of a volume (default: a cube)"},
          {"--steps", "N", "solver steps of a diffusion model (default: the preset's)"},
          kSeedOption,
          kDeviceOption,
          kThreadsOption},
         runSample},
    };
}

} // namespace likeness::cli
