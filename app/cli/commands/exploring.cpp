// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/exploring.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "db/project.h"
#include "db/workflow/generating.h"

#include <filesystem>

namespace likeness::cli {

namespace {

constexpr Option kCheckpointOption = {
    "--checkpoint", "ID|FILE", "checkpoint of the project, or a .safetensors file to take in"};
constexpr Option kIntoOption = {"--into", "SET", "the set; made if missing"};
constexpr Option kSizeOption = {"--size", "S",
                                "edge in pixels, a multiple of 8 (default: as trained)"};

template <typename Request>
Request requestOf(const Arguments& arguments) {
    Request request;
    request.checkpointId = arguments.required("--checkpoint");
    request.setName = arguments.required("--into");
    request.width = static_cast<int>(arguments.integer("--size", 16, 4096).value_or(0));
    request.height = request.width;
    request.device = deviceOptions(arguments);
    return request;
}

std::string takenIn(Project& project, const std::string& checkpoint) {
    return std::filesystem::exists(checkpoint) ? addCheckpoint(project, checkpoint).id : checkpoint;
}

std::uint64_t requiredSeed(const Arguments& arguments, std::string_view option) {
    static_cast<void>(arguments.required(option));
    return arguments.seed(option);
}

Output outputOf(const SamplingResult& result) {
    Output output;
    OrderedJson samples = OrderedJson::array();
    for (const SampleRecord& sample : result.samples)
        samples.push_back({{"id", sample.id},
                           {"seed", sample.seed ? OrderedJson(*sample.seed) : OrderedJson(nullptr)},
                           {"sha256", sample.sha256},
                           {"recipe", sample.recipe}});
    output.json = {{"set", result.set.name},
                   {"samples", samples},
                   {"seconds", result.seconds},
                   {"images_per_second", result.imagesPerSecond}};
    output.text = "Added " + counted(result.samples.size(), "sample") + " to " + result.set.name;
    return output;
}

Output runTraverse(const Arguments& arguments, JobContext& job) {
    auto request = requestOf<TraversalRequest>(arguments);
    request.seed = arguments.seed();
    request.direction = static_cast<int>(arguments.integer("--direction", 1, 4096).value_or(1)) - 1;
    request.span = arguments.real("--span", 0.0, kMaximumLatentOffset).value_or(3.0);
    request.frames = static_cast<int>(arguments.integer("--frames", 1, 10'000).value_or(9));
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    request.checkpointId = takenIn(project, request.checkpointId);
    Output output = outputOf(traverseInto(project, request, job));
    output.json["seed"] = request.seed;
    output.json["direction"] = request.direction + 1;
    return output;
}

Output runMix(const Arguments& arguments, JobContext& job) {
    auto request = requestOf<MixingRequest>(arguments);
    request.coarse = requiredSeed(arguments, "--coarse");
    request.fine = requiredSeed(arguments, "--fine");
    if (const auto crossover = arguments.integer("--crossover", 0, 64))
        request.crossover = static_cast<int>(*crossover);
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    request.checkpointId = takenIn(project, request.checkpointId);
    Output output = outputOf(mixInto(project, request, job));
    output.json["coarse"] = request.coarse;
    output.json["fine"] = request.fine;
    return output;
}

} // namespace

std::vector<Command> exploringCommands() {
    return {
        {"traverse",
         "DIR --checkpoint ID --seed N --direction K --span S --frames N --into SET",
         "move through the latent space of a vae or stylegan",
         {kCheckpointOption,
          {"--seed", "N", "seed of the image in the middle, as samples record it (default 0)"},
          {"--direction", "K", "principal direction, 1 the strongest (default 1)"},
          {"--span", "S", "standard deviations to each side, up to 10 (default 3)"},
          {"--frames", "N", "how many images (default 9)"},
          kIntoOption,
          kSizeOption,
          kDeviceOption,
          kThreadsOption},
         runTraverse},
        {"mix",
         "DIR --checkpoint ID --coarse SEED --fine SEED [--crossover L] --into SET",
         "put coarse and fine levels of two stylegan samples together",
         {kCheckpointOption,
          {"--coarse", "SEED", "seed of the image that gives the coarse levels"},
          {"--fine", "SEED", "seed of the image that gives the fine levels"},
          {"--crossover", "L", "first level from the fine seed (default: one image for each)"},
          kIntoOption,
          kSizeOption,
          kDeviceOption,
          kThreadsOption},
         runMix},
    };
}

} // namespace likeness::cli
