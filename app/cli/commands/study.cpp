// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/commands.h"
#include "app/cli/commands/resultstext.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/study/results.h"
#include "db/project.h"
#include "db/workflow/studying.h"

#include <cstdlib>

namespace likeness::cli {

namespace {

constexpr Option kStudyOption = {"--study", "NAME", "which study (default: the only one)"};

std::string stateWord(StudyState state) {
    return state == StudyState::draft    ? "draft"
           : state == StudyState::frozen ? "frozen"
                                         : "unblinded";
}

OrderedJson studyJson(const StudyRecord& study) {
    return {{"study", study.name},
            {"protocol", study.protocol},
            {"state", stateWord(study.state)},
            {"definition_sha256",
             study.definitionSha256.empty() ? OrderedJson() : OrderedJson(study.definitionSha256)},
            {"plans", study.raters},
            {"trials_per_rater", study.trialsPerRater},
            {"answers", study.answers},
            {"simulated", study.simulated}};
}

std::string chosenStudy(Project& project, const Arguments& arguments) {
    if (const auto name = arguments.text("--study"))
        return *name;
    const auto studies = project.studies();
    if (studies.size() == 1)
        return studies.front().name;
    std::string names;
    for (const StudyRecord& study : studies)
        names += (names.empty() ? "" : ", ") + study.name;
    throw UsageError(studies.empty() ? "the project has no study; make one with study new"
                                     : "--study is missing (the project has: " + names + ")");
}

Project openProject(const Arguments& arguments) {
    return Project::open(arguments.word(0, "DIR"));
}

Output runNew(const Arguments& arguments, JobContext&) {
    const std::string file = arguments.required("--definition");
    Project project = openProject(arguments);
    arguments.atMost(1);
    const Json definition = Json::parse(readTextFile(file), nullptr, false);
    if (definition.is_discarded())
        throw Error(ErrorCode::format, file, "this is not JSON", "correct the definition");
    const StudyRecord study = createStudy(project, definition);
    return {studyJson(study), "Study " + study.name + " is a draft; freeze it when it is right."};
}

Output runFreeze(const Arguments& arguments, JobContext& job) {
    Project project = openProject(arguments);
    arguments.atMost(1);
    const auto [study, warnings] = freezeStudy(project, chosenStudy(project, arguments), job);
    OrderedJson json = studyJson(study);
    json["warnings"] = warnings;
    std::string text =
        "Study " + study.name + " is frozen: " + std::to_string(study.trialsPerRater) +
        " trials for each of " + std::to_string(study.raters) +
        (study.raters == 1 ? " rater" : " raters") + ", definition " + study.definitionSha256;
    for (const std::string& warning : warnings)
        text += "\n  note: " + warning;
    return {json, text};
}

Output runBundle(const Arguments& arguments, JobContext& job) {
    const std::string out = arguments.required("--out");
    Project project = openProject(arguments);
    arguments.atMost(1);
    const std::string name = chosenStudy(project, arguments);
    bundleStudy(project, name, out, job);
    OrderedJson json = studyJson(project.study(name));
    json["package"] = out;
    return {json, "Wrote " + out};
}

Output runSimulate(const Arguments& arguments, JobContext& job) {
    SimulatedPanel panel;
    panel.raters = static_cast<int>(arguments.integer("--raters", 1, 1000).value_or(3));
    panel.sensitivity = arguments.real("--sensitivity", -10.0, 10.0).value_or(1.0);
    panel.seed = arguments.seed();
    Project project = openProject(arguments);
    arguments.atMost(1);
    const StudyRecord study = simulateStudy(project, chosenStudy(project, arguments), panel, job);
    OrderedJson json = studyJson(study);
    json["seed"] = panel.seed;
    return {json, "Study " + study.name + " now holds " +
                      counted(static_cast<std::size_t>(study.answers), "simulated answer") + "."};
}

Output runMerge(const Arguments& arguments, JobContext& job) {
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 1; i < arguments.words().size(); ++i)
        files.emplace_back(arguments.words()[i]);
    if (files.empty())
        throw UsageError("FILE is missing");
    Project project = openProject(arguments);
    const std::string name = chosenStudy(project, arguments);
    const MergeResult merged = mergeRatings(project, name, files, job);
    OrderedJson json = studyJson(project.study(name));
    json["added"] = merged.added;
    json["duplicates"] = merged.duplicates;
    json["conflicts"] = merged.conflicts;
    std::string text = "Added " + counted(static_cast<std::size_t>(merged.added), "event") +
                       "; already there: " + std::to_string(merged.duplicates) + ".";
    for (const std::string& conflict : merged.conflicts)
        text += "\nSet aside: " + conflict;
    return {json, text};
}

Output runUnblind(const Arguments& arguments, JobContext&) {
    const std::string reason = arguments.required("--reason");
    const char* user = std::getenv("USER");
    const std::string by = arguments.text("--by", user != nullptr ? user : "study lead");
    Project project = openProject(arguments);
    arguments.atMost(1);
    const StudyRecord study = unblindStudy(project, chosenStudy(project, arguments), reason, by);
    return {studyJson(study),
            "Study " + study.name + " is unblinded; this is recorded with the reason."};
}

Output runResults(const Arguments& arguments, JobContext& job) {
    Project project = openProject(arguments);
    arguments.atMost(1);
    const std::string name = chosenStudy(project, arguments);
    const StudyResults results = studyResults(project, name, job);
    OrderedJson json = studyJson(project.study(name));
    const Json tables = toJson(results);
    for (const auto& [key, value] : tables.items())
        json[key] = value;
    return {json, resultsText(results)};
}

Output runExport(const Arguments& arguments, JobContext& job) {
    const std::string format = arguments.text("--format", "csv");
    if (format != "csv" && format != "json")
        throw UsageError("--format got \"" + format + "\" (this version has: csv, json)");
    const std::string out = arguments.required("--out");
    Project project = openProject(arguments);
    arguments.atMost(1);
    const std::string name = chosenStudy(project, arguments);
    exportStudy(project, name, format, out, job);
    OrderedJson json = studyJson(project.study(name));
    json["out"] = out;
    return {json, "Wrote " + out};
}

} // namespace

std::vector<Command> studyCommands() {
    return {
        {"study new",
         "DIR --definition FILE.json",
         "take in a study definition as a draft",
         {{"--definition", "FILE.json", "the definition"}},
         runNew},
        {"study freeze",
         "DIR [--study NAME]",
         "draw stimuli and plans and fix them by a hash",
         {kStudyOption},
         runFreeze},
        {"study bundle",
         "DIR --out FILE.study",
         "write the raters' package",
         {kStudyOption, {"--out", "FILE.study", "the package"}},
         runBundle},
        {"study simulate",
         "DIR [--raters N]",
         "a pilot with simulated raters, marked so for ever",
         {kStudyOption,
          {"--raters", "N", "how many (default 3)"},
          {"--sensitivity", "D", "their d' (default 1)"},
          kSeedOption},
         runSimulate},
        {"study merge", "DIR FILE...", "take in raters' files", {kStudyOption}, runMerge},
        {"study unblind",
         "DIR --reason TEXT",
         "open the key; recorded for ever",
         {kStudyOption,
          {"--reason", "TEXT", "why now"},
          {"--by", "NAME", "who (default: the user)"}},
         runUnblind},
        {"study results",
         "DIR",
         "ratings beside metrics, by generator",
         {kStudyOption},
         runResults},
        {"study export",
         "DIR --format csv|json --out PATH",
         "all events for other programs",
         {kStudyOption,
          {"--format", "csv|json", "one long table, or everything (default csv)"},
          {"--out", "PATH", "the file"}},
         runExport},
    };
}

} // namespace likeness::cli
