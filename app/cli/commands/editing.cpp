// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/editing.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "app/cli/commands/wishes.h"
#include "core/base/error.h"
#include "core/imaging/io.h"
#include "db/project.h"
#include "db/workflow/generating.h"

#include <charconv>
#include <cstdio>
#include <filesystem>

namespace likeness::cli {

namespace {

std::uint64_t seedOption(const Arguments& arguments, std::string_view option) {
    const std::string text = arguments.required(option);
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc{} || end != text.data() + text.size())
        throw UsageError(std::string(option) + " got \"" + text +
                         "\" (a seed is a number from 0 to 2^64 - 1)");
    return seed;
}

/// "x,y,w,h"; empty for other text.
std::optional<Volume::Box> boxOf(const std::string& text) {
    const std::vector<std::string> parts = commaList(text);
    if (parts.size() != 4)
        return std::nullopt;
    std::array<std::int64_t, 4> numbers{};
    for (std::size_t i = 0; i < 4; ++i) {
        const char* last = parts[i].data() + parts[i].size();
        const auto [end, error] = std::from_chars(parts[i].data(), last, numbers[i]);
        if (error != std::errc{} || end != last)
            return std::nullopt;
    }
    return Volume::Box{numbers[0], numbers[1], 0, numbers[2], numbers[3], 1};
}

int number(const Arguments& arguments, std::string_view option, std::int64_t low, int otherwise) {
    return static_cast<int>(arguments.integer(option, low, 1'000'000).value_or(otherwise));
}

EditRequest requestOf(const Arguments& arguments, EditKind kind) {
    EditRequest request;
    request.checkpointId = arguments.required("--checkpoint");
    request.setName = arguments.required("--into");
    request.device = deviceOptions(arguments);
    request.edit.kind = kind;
    request.edit.steps = number(arguments, "--steps", 2, 0);
    request.edit.wish = wishOptions(arguments);
    if (takesParent(kind)) {
        request.parentId = arguments.required("--sample");
        request.slice = arguments.integer("--slice", 0, 1'000'000);
        request.edit.count = arguments.integer("--count", 1, 1'000'000).value_or(1);
        request.edit.seed = arguments.seed();
        request.edit.fitGrey = arguments.has("--fit-grey");
    } else {
        request.edit.width = number(arguments, "--size", 16, 0);
        request.edit.height = request.edit.width;
    }
    return request;
}

OrderedJson sampleJson(const SampleRecord& sample, bool isFrame) {
    OrderedJson json{{"id", sample.id},
                     {"seed", sample.seed ? OrderedJson(*sample.seed) : OrderedJson(nullptr)},
                     {"sha256", sample.sha256},
                     {"parent", sample.parentId ? OrderedJson(*sample.parentId) : nullptr}};
    if (isFrame)
        for (const char* key : {"frame", "share", "sigma", "state"})
            if (sample.recipe.contains(key))
                json[key] = sample.recipe[key];
    return json;
}

Output carryOut(EditRequest request, Project& project, JobContext& job) {
    if (std::filesystem::exists(request.checkpointId))
        request.checkpointId = addCheckpoint(project, request.checkpointId).id;
    const EditResult result = editInto(project, request, job);
    Output output;
    OrderedJson samples = OrderedJson::array();
    for (const SampleRecord& sample : result.samples)
        samples.push_back(sampleJson(sample, !takesParent(request.edit.kind)));
    output.json = {{"set", result.set.name},
                   {"parent", request.parentId ? OrderedJson(*request.parentId) : nullptr},
                   {"samples", samples},
                   {"seconds", result.seconds},
                   {"images_per_second", result.imagesPerSecond},
                   {"edit", OrderedJson(toJson(request.edit))}};
    if (request.edit.kind != EditKind::interpolate)
        output.json["seed"] = request.edit.seed;
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f", result.seconds);
    output.text = "Added " + counted(result.samples.size(), "sample") + " to " + result.set.name +
                  " (" + seconds + " s)";
    return output;
}

Project projectOf(const Arguments& arguments) {
    arguments.atMost(1);
    return Project::open(arguments.word(0, "DIR"));
}

Output runInpaint(const Arguments& arguments, JobContext& job) {
    EditRequest request = requestOf(arguments, EditKind::inpaint);
    request.edit.passes = number(arguments, "--passes", 1, Edit::kPasses);
    const std::string mask = arguments.required("--mask");
    Project project = projectOf(arguments);
    if (const auto box = boxOf(mask); box && !std::filesystem::exists(mask)) {
        const SampleRecord parent = project.sample(*request.parentId);
        request.mask = boxMask(parent.width, parent.height, *box);
    } else {
        request.mask = readVolume(mask);
    }
    return carryOut(std::move(request), project, job);
}

Output runOutpaint(const Arguments& arguments, JobContext& job) {
    EditRequest request = requestOf(arguments, EditKind::outpaint);
    request.edit.passes = number(arguments, "--passes", 1, Edit::kPasses);
    request.edit.margins = {number(arguments, "--left", 0, 0), number(arguments, "--top", 0, 0),
                            number(arguments, "--right", 0, 0),
                            number(arguments, "--bottom", 0, 0)};
    if (request.edit.margins == Margins{})
        throw UsageError("give at least one of --left, --top, --right, --bottom");
    Project project = projectOf(arguments);
    return carryOut(std::move(request), project, job);
}

Output runVary(const Arguments& arguments, JobContext& job) {
    EditRequest request = requestOf(arguments, EditKind::vary);
    const auto strength = arguments.real("--strength", 0.0, 1.0);
    if (!strength)
        throw UsageError("--strength is missing (0 the image itself to 1 a new image)");
    request.edit.strength = *strength;
    Project project = projectOf(arguments);
    return carryOut(std::move(request), project, job);
}

Output runInterpolate(const Arguments& arguments, JobContext& job) {
    EditRequest request = requestOf(arguments, EditKind::interpolate);
    request.edit.from = seedOption(arguments, "--from");
    request.edit.to = seedOption(arguments, "--to");
    request.edit.frames = arguments.integer("--frames", 2, Edit::kMaximumFrames).value_or(8);
    Project project = projectOf(arguments);
    return carryOut(std::move(request), project, job);
}

Output runTrajectory(const Arguments& arguments, JobContext& job) {
    EditRequest request = requestOf(arguments, EditKind::trajectory);
    request.edit.seed = seedOption(arguments, "--seed");
    const std::string states = arguments.text("--states", "both");
    if (states != "both" && states != "clean")
        throw UsageError("--states got \"" + states + "\" (it can be both or clean)");
    request.edit.noisy = states == "both";
    Project project = projectOf(arguments);
    return carryOut(std::move(request), project, job);
}

std::vector<Option> optionsWith(std::vector<Option> own, bool parent) {
    std::vector<Option> options{
        {"--checkpoint", "ID|FILE", "a diffusion checkpoint of the project, or a file to take in"},
        {"--into", "SET", "the set of the results; made if missing"}};
    if (parent)
        options.insert(
            options.end(),
            {{"--sample", "ID", "the sample to start from"},
             {"--slice", "N", "of a sample that is a volume, counted from 0"},
             {"--count", "N", "how many images, each of its own seed (default 1)"},
             {"--fit-grey", "", "take the image's mean and spread of grey for the model's own"}});
    options.insert(options.end(), own.begin(), own.end());
    if (parent)
        options.push_back(kSeedOption);
    else
        options.push_back({"--size", "S", "edge in pixels (default: as trained)"});
    options.insert(options.end(), kWishOptions.begin(), kWishOptions.end());
    options.push_back({"--steps", "N", "solver steps (default: the checkpoint's)"});
    options.push_back(kDeviceOption);
    options.push_back(kThreadsOption);
    options.push_back(kPrecisionOption);
    return options;
}

} // namespace

std::vector<Command> editingCommands() {
    const Option passes{"--passes", "N",
                        "how often to go through the middle of the denoising (default 2)"};
    return {{"inpaint", "DIR --checkpoint ID --sample ID --mask FILE|x,y,w,h --into SET",
             "make a part of an image anew",
             optionsWith({{"--mask", "FILE|x,y,w,h",
                           "image of the sample's size, not 0 where to make anew; or a box"},
                          passes},
                         true),
             runInpaint},
            {"outpaint", "DIR --checkpoint ID --sample ID (--left N | --top N | ...) --into SET",
             "continue an image beyond its sides",
             optionsWith({{"--left", "N", "pixels to add at the left"},
                          {"--top", "N", "at the top"},
                          {"--right", "N", "at the right"},
                          {"--bottom", "N", "at the bottom"},
                          passes},
                         true),
             runOutpaint},
            {"vary", "DIR --checkpoint ID --sample ID --strength 0..1 --into SET",
             "make images like a given one",
             optionsWith({{"--strength", "X",
                           "0 the same; 0.15 other noise, 0.3 edges, 0.45 small features, 0.6 "
                           "details; 1 all new"}},
                         true),
             runVary},
            {"interpolate", "DIR --checkpoint ID --from SEED --to SEED --frames N --into SET",
             "make frames from one sample to another",
             optionsWith({{"--from", "SEED", "of the first, as the sample records it"},
                          {"--to", "SEED", "of the last"},
                          {"--frames", "N", "both ends counted (default 8)"}},
                         false),
             runInterpolate},
            {"trajectory", "DIR --checkpoint ID --seed SEED --into SET",
             "show how a sample comes out of noise",
             optionsWith({{"--seed", "SEED", "of the sample, as it records it"},
                          {"--states", "both|clean",
                           "the noisy states and the clean guesses, or these only (default both)"}},
                         false),
             runTrajectory}};
}

} // namespace likeness::cli
