// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/external.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "db/project.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace likeness::cli {

namespace {

/// --prompt TEXT, any number of them, or the lines of --prompts FILE.
std::vector<std::string> promptsOf(const Arguments& arguments) {
    std::vector<std::string> prompts = arguments.all("--prompt");
    if (const auto file = arguments.text("--prompts")) {
        if (!prompts.empty())
            throw UsageError("give either --prompt or --prompts");
        std::istringstream lines(readTextFile(*file));
        for (std::string line; std::getline(lines, line);)
            if (!line.empty())
                prompts.push_back(line);
    }
    return prompts;
}

ExternalRequest requestOf(const Arguments& arguments) {
    ExternalRequest request;
    request.command = arguments.required("--command");
    request.setName = arguments.required("--into");
    if (arguments.has("--domain"))
        request.domain = domainOption(arguments);
    request.generator = arguments.text("--generator", "");
    request.count = arguments.integer("--count", 1, 1'000'000).value_or(1);
    request.seed = arguments.seed();
    request.prompts = promptsOf(arguments);
    request.parentSet = arguments.text("--parents");
    request.mask = arguments.text("--mask");
    request.seconds = arguments.real("--timeout", 0.1, 1e7);
    return request;
}

OrderedJson samplesJson(const std::vector<SampleRecord>& samples) {
    OrderedJson list = OrderedJson::array();
    for (const SampleRecord& sample : samples)
        list.push_back({{"id", sample.id},
                        {"seed", sample.seed ? OrderedJson(*sample.seed) : OrderedJson(nullptr)},
                        {"sha256", sample.sha256},
                        {"prompt", sample.prompt ? OrderedJson(*sample.prompt) : nullptr},
                        {"parent", sample.parentId ? OrderedJson(*sample.parentId) : nullptr}});
    return list;
}

/// Why the run was not whole, although something came of it.
std::vector<std::string> failuresOf(const ExternalResult& result) {
    std::vector<std::string> failures;
    if (result.stopped)
        failures.emplace_back("the program was stopped: what was finished is kept");
    else if (result.timedOut)
        failures.emplace_back("the program ran out of time: what was finished is kept");
    else if (result.exitCode != 0)
        failures.push_back("the program ended with exit code " + std::to_string(result.exitCode) +
                           ": what was finished is kept");
    for (const ImportFinding& finding : result.findings)
        failures.push_back(finding.path.string() + ": " + finding.message);
    return failures;
}

Output runExternalCommand(const Arguments& arguments, JobContext& job) {
    const ExternalRequest request = requestOf(arguments);
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    const ExternalResult result = runExternalGenerator(project, request, job);
    Output output;
    OrderedJson missing = OrderedJson::array();
    for (const ImportFinding& finding : result.findings)
        missing.push_back({{"file", finding.path.string()}, {"message", finding.message}});
    output.json = {{"set", result.set.name},
                   {"generator", result.set.generator},
                   {"samples", samplesJson(result.samples)},
                   {"seconds", result.seconds},
                   {"images_per_second",
                    static_cast<double>(result.samples.size()) / std::max(result.seconds, 1e-3)},
                   {"exit_code", result.exitCode},
                   {"stopped", result.stopped},
                   {"timed_out", result.timedOut},
                   {"cost", result.cost ? OrderedJson(*result.cost) : OrderedJson(nullptr)},
                   {"output", result.lastWords},
                   {"not_taken", missing},
                   {"seed", request.seed}};
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.1f", result.seconds);
    output.text = "Added " + counted(result.samples.size(), "sample") + " of " +
                  result.set.generator + " to " + result.set.name + " (" + seconds + " s)";
    output.failures = failuresOf(result);
    output.interrupted = result.stopped;
    return output;
}

} // namespace

std::vector<Command> externalCommands() {
    return {{"external",
             "DIR --command \"PROGRAM {manifest}\" --into SET",
             "run any other generator and take in what it writes",
             {{"--command", "TEXT", "for the shell; {manifest} becomes the path of a JSON file"},
              {"--into", "SET", "the set; made if missing"},
              {"--domain", "rock|fibre|root", "of a new set (default: that of the parents)"},
              {"--generator", "NAME", "its name (default: what the program says, or its own)"},
              {"--count", "N", "how many images (default 1)"},
              {"--prompt", "TEXT", "may be given again: the images take them in turn"},
              {"--prompts", "FILE", "a prompt a line"},
              {"--parents", "SET", "images to start from, in turn"},
              {"--mask", "FILE", "handed to the program"},
              {"--timeout", "S", "seconds that the program may take"},
              kSeedOption},
             runExternalCommand}};
}

} // namespace likeness::cli
