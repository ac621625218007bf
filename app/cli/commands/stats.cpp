// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/statistics/catalogue.h"

#include <algorithm>
#include <filesystem>

namespace likeness::cli {

namespace {

namespace fs = std::filesystem;

Output listStatistics() {
    Output output;
    OrderedJson rows = OrderedJson::array();
    for (const StatisticInfo& info : availableStatistics()) {
        rows.push_back({{"name", info.name}, {"summary", info.summary}, {"inputs", info.inputs}});
        output.text += info.name + ": " + info.summary + "\n    inputs: " + info.inputs + "\n";
    }
    output.json = {{"statistics", rows}};
    return output;
}

Json inputsFrom(const std::string& name, const fs::path& file) {
    const std::string text = readTextFile(file);
    if (file.extension() == ".csv" || file.extension() == ".tsv")
        return statisticInputsFromCsv(name, text);
    Json parsed = Json::parse(text, nullptr, false);
    if (!parsed.is_object())
        throw Error(ErrorCode::format, file.string(), "this is no JSON object",
                    "give an object with the inputs of the statistic, or a .csv table");
    // A whole case with its own "inputs" serves, too.
    if (parsed.contains("inputs") && parsed["inputs"].is_object())
        return parsed["inputs"];
    return parsed;
}

std::string statisticText(const Json& answer) {
    std::string text;
    for (const auto& [name, value] : answer["values"].items())
        text += name + ": " +
                (value.is_number() ? shortNumber(value.get<double>()) : value.dump()) + "\n";
    for (const auto& [name, value] : answer["intervals"].items())
        text += name + ": " + value.dump() + "\n";
    for (const Json& note : answer["notes"])
        text += "note: " + (note.is_string() ? note.get<std::string>() : note.dump()) + "\n";
    return text;
}

Output runStats(const Arguments& arguments, JobContext& job) {
    if (arguments.has("--list"))
        return listStatistics();
    const std::string name = arguments.word(0, "NAME (see --list)");
    arguments.atMost(1);
    const auto known = availableStatistics();
    if (std::ranges::find(known, name, &StatisticInfo::name) == known.end()) {
        std::string names;
        for (const StatisticInfo& info : known)
            names.append(names.empty() ? "" : ", ").append(info.name);
        throw UsageError("this version has no statistic \"" + name + "\" (it has: " + names + ")");
    }
    const fs::path file = arguments.required("--input");
    StatisticOptions options;
    options.folder = file.parent_path();
    options.level = arguments.real("--level", 0.5, 0.9999).value_or(options.level);
    options.bootstrap = static_cast<int>(
        arguments.integer("--bootstrap", 1, 1'000'000).value_or(options.bootstrap));
    options.seed = arguments.seed();
    job.throwIfStopped();
    const Json answer = evaluateStatistic(name, inputsFrom(name, file), options);
    Output output;
    for (const char* key : {"statistic", "inputs", "values", "intervals", "notes"}) {
        if (answer.contains(key))
            output.json[key] = answer[key];
    }
    output.json["seed"] = options.seed;
    output.text = statisticText(answer);
    return output;
}

} // namespace

std::vector<Command> statsCommands() {
    return {{"stats",
             "NAME --input FILE.csv|.json",
             "one statistic on a file",
             {{"--input", "FILE", "the inputs object as JSON, or a table as CSV"},
              {"--list", "", "the statistics and the inputs they take"},
              {"--level", "P", "confidence of intervals (default 0.95)"},
              {"--bootstrap", "B", "resamples where a bootstrap is used (default 1000)"},
              kSeedOption},
             runStats}};
}

} // namespace likeness::cli
