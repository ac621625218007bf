// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "app/cli/commands/wishes.h"
#include "core/base/error.h"
#include "core/generation/client/modelnames.h"
#include "db/project.h"
#include "db/workflow/conditions.h"
#include "db/workflow/generating.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace likeness::cli {

namespace {

std::string fixed(double value, int digits) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string joined(std::span<const std::string_view> words, std::string_view between) {
    std::string text;
    for (const std::string_view word : words)
        text.append(text.empty() ? "" : between).append(word);
    return text;
}

/// "NAME,NAME" are specimens, a number below 1 is a share.
HoldOutChoice holdOutOf(const Arguments& arguments) {
    HoldOutChoice choice;
    choice.split = arguments.text("--split", "auto");
    choice.gap = arguments.integer("--gap", 0, 100000);
    choice.circlePercent = arguments.real("--circle-percent", 1.0, 100.0);
    const std::optional<std::string> held = arguments.text("--held-out");
    if (!held)
        return choice;
    double fraction = 0.0;
    const char* end = held->data() + held->size();
    const auto [rest, error] = std::from_chars(held->data(), end, fraction);
    if (error == std::errc() && rest == end) {
        choice.fraction = fraction;
        return choice;
    }
    choice.specimens = commaList(*held);
    return choice;
}

Output estimateOf(Project& project, const TrainingRequest& request, JobContext& job) {
    const TrainingEstimate estimate = estimateTraining(project, request, job);
    Output output;
    output.json = {{"seconds_per_step", estimate.secondsPerStep},
                   {"steps", estimate.steps},
                   {"seconds", estimate.seconds},
                   {"memory_mb", estimate.memoryMb},
                   {"parameters", estimate.parameters},
                   {"batch", estimate.batch},
                   {"device", estimate.device},
                   {"split", estimate.split},
                   {"notes", estimate.notes}};
    output.text = "About " + std::to_string(estimate.steps) + " steps in " +
                  fixed(estimate.seconds / 60.0, 1) + " minutes, " + fixed(estimate.memoryMb, 0) +
                  " MB of memory, on " + estimate.device;
    for (const Json& note : estimate.notes)
        output.text += "\nNote: " + note.get<std::string>();
    return output;
}

/// A line each for the real crops, the last and the best checkpoint.
std::string heldOutText(const TrainingResult& result) {
    std::string text;
    for (const char* key : {"floor", "last", "best"}) {
        const auto found = result.run.heldOut.find(key);
        const auto figures =
            found != result.run.heldOut.end() ? heldOutFiguresFrom(*found) : std::nullopt;
        if (!figures)
            continue;
        const std::string who = key == std::string("floor")
                                    ? "training crops"
                                    : std::string(key) + ", step " + std::to_string(figures->step);
        text += "\nFrom held-out crops (" + who + "): porosity " +
                fixed(figures->porosityDifference, 4) + ", S2 " + fixed(figures->s2Rmse, 4) +
                ", spectrum " + fixed(figures->spectrumDb, 2) + " dB, score " +
                fixed(figures->score, 2);
    }
    if (result.best && result.best->id != result.checkpoint.id)
        text += "\nBest checkpoint: " + result.best->id;
    return text;
}

TrainingRequest trainingRequestOf(const Arguments& arguments) {
    TrainingRequest request;
    request.model = arguments.required("--model");
    if (std::find(kModelNames.begin(), kModelNames.end(), request.model) == kModelNames.end())
        throw UsageError("--model got \"" + request.model +
                         "\" (this version has: " + joined(kModelNames, ", ") + ")");
    static_cast<void>(arguments.required("--set"));
    request.moreSets = arguments.all("--set");
    request.setName = request.moreSets.front();
    request.moreSets.erase(request.moreSets.begin());
    for (const std::string& words : arguments.all("--condition")) {
        for (std::string& word : commaList(words))
            request.conditions.push_back(std::move(word));
    }
    if (request.conditions != std::vector<std::string>{"none"})
        static_cast<void>(asUsage([&] { return scalarKindsFrom(request.conditions); }));
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
    request.device = deviceOptions(arguments);
    request.holdOut = holdOutOf(arguments);
    request.earlyStop = static_cast<int>(arguments.integer("--early-stop", 1, 1000).value_or(0));
    request.evaluateEvery = arguments.integer("--evaluate-every", 1, 1'000'000'000);
    return request;
}

/// What several workers train together.
Output requestFor(Project& project,
                  const TrainingRequest& request,
                  const std::filesystem::path& folder,
                  JobContext& job) {
    const auto checkpoint = writeTrainingRequest(project, request, folder, job);
    const auto file = folder / "request.json";
    Output output;
    output.json = {{"request", file.string()}, {"checkpoint", checkpoint.string()}};
    output.text = "Start this under torchrun, mpirun or srun: likeness-worker --request " +
                  file.string() + "\nThen: likeness-cli sample DIR --checkpoint " +
                  checkpoint.string() + " ...";
    return output;
}

Output runTrain(const Arguments& arguments, JobContext& job) {
    const TrainingRequest request = trainingRequestOf(arguments);
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    if (arguments.has("--estimate"))
        return estimateOf(project, request, job);
    if (const auto folder = arguments.text("--request"))
        return requestFor(project, request, *folder, job);
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
                   {"best", result.best ? Json(result.best->id) : Json(nullptr)},
                   {"ended_by", result.run.endedBy},
                   {"held_out", result.run.heldOut},
                   {"split", result.checkpoint.metadata.value("split", Json::object())},
                   {"cost", result.run.cost},
                   {"notes", result.run.notes},
                   {"seed", request.seed}};
    output.interrupted = result.run.stoppedEarly;
    output.text = "Checkpoint " + result.checkpoint.id + ": " +
                  counted(static_cast<std::size_t>(result.run.steps), "step") + " in " +
                  fixed(result.run.seconds, 1) + " s on " + result.run.device +
                  (result.run.stoppedEarly ? "; it was stopped early and can go on with --resume " +
                                                 result.checkpoint.id
                                           : "");
    output.text += heldOutText(result);
    for (const Json& note : result.run.notes)
        output.text += "\nNote: " + note.get<std::string>();
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
    request.wish = wishOptions(arguments);
    request.device = deviceOptions(arguments);
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    if (std::filesystem::exists(request.checkpointId))
        request.checkpointId = addCheckpoint(project, request.checkpointId).id;
    const SamplingResult result = sampleInto(project, request, job);
    Output output;
    OrderedJson samples = OrderedJson::array();
    for (const SampleRecord& s : result.samples)
        samples.push_back({{"id", s.id}, {"seed", *s.seed}, {"sha256", s.sha256}});
    for (std::size_t i = 0; i < samples.size(); ++i) {
        for (const auto& [key, value] : result.samples[i].recipe.items())
            samples[i][key] = OrderedJson(value);
    }
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

Output runConditions(const Arguments& arguments, JobContext& /*job*/) {
    const std::string set = arguments.required("--set");
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    const std::vector<ConditionAgreement> agreements = askedAgainstGot(project, set);
    Output output;
    output.json = {{"set", set}, {"conditions", OrderedJson(toJson(agreements))}};
    if (agreements.empty())
        output.text = "No sample of " + set + " was made with conditions";
    for (const ConditionAgreement& a : agreements)
        output.text += (output.text.empty() ? "" : "\n") + a.name + ": " +
                       counted(a.pairs.size(), "sample") + ", slope " + shortNumber(a.slope, 3) +
                       ", bias " + shortNumber(a.bias, 3) + ", RMSE " + shortNumber(a.rmse, 3) +
                       ", correlation " + shortNumber(a.correlation, 3);
    return output;
}

std::vector<Option> trainingOptions() {
    static const std::string models = joined(kModelNames, "|");
    return {
        {"--model", models,
         "the model family; slicegan makes volumes, gaussian-field and quilting are baselines"},
        {"--set", "NAME",
         "what to train on; several: one model that knows them as classes; slicegan takes "
         "slices, volumes or masks"},
        {"--set-xz", "NAME", "slicegan: slices of the x-z plane, rows along z"},
        {"--set-yz", "NAME", "slicegan: slices of the y-z plane, rows along z"},
        {"--condition", "NAME,...|none",
         "what to tell a diffusion model of each crop: porosity (fibre_fraction, root_density), "
         "orientation, mean_grey, voxel_um"},
        {"--size", "S",
         "edge of the training crops in pixels (default 64; slicegan: 32, 64 or 128)"},
        {"--minutes", "M", "time budget"},
        {"--steps", "N", "step budget"},
        {"--preset", "demo|workstation|large", "size of the network (default demo)"},
        {"--resume", "ID", "go on from this checkpoint, with its split"},
        {"--split", "auto|specimen|slab|block|none",
         "what the model never sees (default: specimens if there are several, else the last "
         "slices, else one end of the image)"},
        {"--held-out", "SHARE|NAME,...", "how much (default 0.15), or the specimens to hold out"},
        {"--gap", "N", "slices or pixels left out between (default: as far as they are alike)"},
        {"--circle-percent", "P",
         "diameter of the round field of view in percent of the shorter side (default: found)"},
        {"--early-stop", "N", "end after N evaluations without a better score"},
        {"--evaluate-every", "N", "steps between evaluations (default: 5 % of the time)"},
        {"--estimate", "", "say what it would take, and train nothing"},
        {"--request", "FOLDER",
         "write there what several likeness-worker need to train together, and train nothing"},
        kSeedOption,
        kDeviceOption,
        kThreadsOption,
        kPrecisionOption};
}

} // namespace

std::vector<Command> generationCommands() {
    return {
        {"train", "DIR --model NAME --set NAME (--minutes M | --steps N)", "train a model on a set",
         trainingOptions(), runTrain},
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
          kWishOptions[0],
          kWishOptions[1],
          kWishOptions[2],
          kSeedOption,
          kDeviceOption,
          kThreadsOption,
          kPrecisionOption},
         runSample},
        {"conditions",
         "DIR --set NAME",
         "compare what samples were to show with what they show",
         {{"--set", "NAME", "a set of samples of a model with conditions"}},
         runConditions},
    };
}

} // namespace likeness::cli
