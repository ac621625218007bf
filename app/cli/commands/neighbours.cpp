// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/neighbours.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/sets.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"

#include <algorithm>
#include <thread>

namespace likeness::cli {

namespace {

OrderedJson orNull(const std::optional<double>& value) {
    return value ? OrderedJson(*value) : OrderedJson();
}

Orientations orientationsOption(const Arguments& arguments) {
    const auto wanted = arguments.integer("--orientations", 1, 8);
    if (!wanted)
        return arguments.has("--domain") && domainOption(arguments) == Domain::root
                   ? Orientations::mirror
                   : Orientations::square8;
    if (*wanted != 1 && *wanted != 2 && *wanted != 8)
        throw UsageError("--orientations got " + std::to_string(*wanted) + " (known: 1, 2, 8)");
    return static_cast<Orientations>(*wanted);
}

NeighbourOptions neighbourOptions(const Arguments& arguments) {
    NeighbourOptions options;
    options.orientations = orientationsOption(arguments);
    options.piece = arguments.integer("--piece", 4, 100'000);
    options.mostHeldOut =
        arguments.integer("--held-out-crops", 1, 1'000'000).value_or(options.mostHeldOut);
    options.bootstrap = static_cast<int>(
        arguments.integer("--bootstrap", 0, 1'000'000).value_or(options.bootstrap));
    options.seed = arguments.seed();
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    options.threads = static_cast<int>(arguments.integer("--threads", 1, 1024).value_or(cores));
    return options;
}

/// "name" of an image, "name[z]" of a slice of a volume.
std::string nameOf(const NamedImages& set, std::size_t image, std::int64_t slice) {
    return set.images[image].depth() > 1 ? set.names[image] + "[" + std::to_string(slice) + "]"
                                         : set.names[image];
}

OrderedJson
pairJson(const Neighbour& pair, const NamedImages& synthetic, const NamedImages& train) {
    const TemplateMatch& match = pair.match;
    return {{"synthetic", nameOf(synthetic, pair.sample, pair.slice)},
            {"nearest", nameOf(train, pair.nearest, static_cast<std::int64_t>(match.image))},
            {"distance", pair.distance},
            {"held_out_distance", orNull(pair.heldOutDistance)},
            {"x", match.x},
            {"y", match.y},
            {"orientation", match.orientation},
            {"piece_x", pair.pieceX},
            {"piece_y", pair.pieceY}};
}

/// Correlations, which is what people read: median and largest.
OrderedJson correlationJson(const std::vector<Neighbour>& of) {
    if (of.empty())
        return {};
    std::vector<double> values;
    for (const Neighbour& one : of)
        values.push_back(1.0 - one.distance);
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
    return {{"median", median}, {"max", values.back()}, {"n", values.size()}};
}

std::string checkText(const MemorisationCheck& check, const OrderedJson& json) {
    const auto line = [&](const char* key) {
        return "median " + shortNumber(json[key]["median"].get<double>(), 4) + ", largest " +
               shortNumber(json[key]["max"].get<double>(), 4) + " (n = " + json[key]["n"].dump() +
               ")\n";
    };
    std::string text = "Correlation with the nearest training window, pieces of " +
                       std::to_string(check.piece) +
                       " pixels\n  synthetic: " + line("synthetic_correlation");
    if (!check.copyRate)
        return text + "  held-out: none, so there is no rate of copies\n";
    return text + "  held-out:  " + line("held_out_correlation") +
           "Nearer than all but 1 % of the held-out crops: " +
           shortNumber(100.0 * *check.copyRate, 3) + " % [" + shortNumber(100.0 * *check.lo, 3) +
           ", " + shortNumber(100.0 * *check.hi, 3) +
           "] of the synthetic images; of new real ones " +
           shortNumber(100.0 * check.expectedRate, 3) + " % would be\n";
}

Output runNeighbours(const Arguments& arguments, JobContext& job) {
    arguments.atMost(0);
    const NeighbourOptions options = neighbourOptions(arguments);
    JobContext reading = job.part(0.0, 0.05);
    const NamedImages train = loadInput(arguments, "--train", reading);
    const NamedImages synthetic = loadInput(arguments, "--synthetic", reading);
    NamedImages heldOut;
    if (arguments.has("--held-out"))
        heldOut = loadInput(arguments, "--held-out", reading);
    JobContext searching = job.part(0.05, 1.0);
    const MemorisationCheck check =
        checkMemorisation(train.images, synthetic.images, heldOut.images, options, searching);
    OrderedJson pairs = OrderedJson::array();
    for (const Neighbour& pair : check.pairs)
        pairs.push_back(pairJson(pair, synthetic, train));
    Output output;
    output.json = {
        {"pairs", pairs},
        {"copy_rate", orNull(check.copyRate)},
        {"lo", orNull(check.lo)},
        {"hi", orNull(check.hi)},
        {"expected_rate", check.copyRate ? OrderedJson(check.expectedRate) : OrderedJson()},
        {"threshold", check.copyRate ? OrderedJson(check.threshold) : OrderedJson()},
        {"nearer_probability", orNull(check.nearerProbability)},
        {"synthetic_correlation", correlationJson(check.pairs)},
        {"held_out_correlation", correlationJson(check.heldOut)},
        {"piece", check.piece},
        {"conventions", check.conventions},
        {"seed", options.seed}};
    output.text = checkText(check, output.json);
    return output;
}

} // namespace

std::vector<Command> neighboursCommands() {
    return {{"neighbours",
             "--train PATH --synthetic PATH [--held-out PATH]",
             "memorisation check: the nearest training sample of each synthetic one",
             {{"--train", "PATH", "what the model was trained on: a file, stack or folder"},
              {"--synthetic", "PATH", "what it made"},
              {"--held-out", "PATH",
               "real images that it has not seen (default: the last quarter "
               "of the training slices, looked for in the others)"},
              {"--project", "DIR", "the paths are sets of this project"},
              {"--domain", "rock|fibre|root", "root: mirrored only; others: 8 orientations"},
              {"--orientations", "1|2|8", "as it is; and mirrored; and turned"},
              {"--piece", "S", "edge of what is looked for (default: the synthetic images')"},
              {"--held-out-crops", "N", "held-out crops looked for at most (default 512)"},
              {"--bootstrap", "B", "resamples of the interval (default 1000)"},
              {"--threads", "N", "default: all cores"},
              {"--raw", kRawWord, "layout of headerless files"},
              kSeedOption},
             runNeighbours}};
}

} // namespace likeness::cli
