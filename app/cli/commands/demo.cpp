// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/demo.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/resultstext.h"
#include "core/base/files.h"
#include "db/folders.h"
#include "db/project.h"
#include "db/workflow/studying.h"

namespace likeness::cli {

namespace {

namespace fs = std::filesystem;

Output runDemo(const Arguments& arguments, JobContext& job) {
    const fs::path out = arguments.text("--out", "likeness-demo");
    arguments.atMost(0);
    makeFolder(out);
    const fs::path folder = out / "demo.likeness";
    JobContext making = job.part(0.0, 0.6);
    makeDemoProject(folder, making);
    Project project = Project::open(folder);
    JobContext completing = job.part(0.6, 0.95);
    completeDemoProject(project, completing);
    const fs::path package = out / "demo.study";
    bundleStudy(project, "Demo study", package, job);
    const std::string rated = "Demo study, rated";
    const StudyResults results = studyResults(project, rated, job);
    exportStudy(project, rated, "csv", out / "ratings.csv", job);
    exportStudy(project, rated, "json", out / "study.json", job);
    const std::string report =
        "# Likeness demo\n\nReference scans and raters are simulated.\n\n" + resultsText(results);
    writeFileDurably(out / "report.md", std::string_view(report));
    Output output;
    output.json = {{"project", folder.string()},
                   {"package", package.string()},
                   {"report", (out / "report.md").string()},
                   {"results", toJson(results)}};
    output.text = report + "\nWrote " + (out / "report.md").string() +
                  ", ratings.csv, study.json and demo.study";
    return output;
}

} // namespace

std::vector<Command> demoCommands() {
    return {{"demo",
             "[--out DIR]",
             "make the demo project, run it to the end and write its report",
             {{"--out", "DIR", "where (default likeness-demo)"}},
             runDemo}};
}

} // namespace likeness::cli
