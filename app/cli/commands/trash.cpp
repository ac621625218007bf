// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/trash.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "db/project.h"

namespace likeness::cli {

namespace {

std::string contentsText(const Deletion& deletion) {
    std::string text;
    const auto append = [&text](const std::string& part) {
        text += (text.empty() ? "" : ", ") + part;
    };
    for (const std::string& set : deletion.sets)
        append("set " + set);
    for (const std::string& model : deletion.models)
        append("checkpoint " + model);
    if (deletion.samples > 0)
        append(counted(static_cast<std::size_t>(deletion.samples), "sample"));
    return text;
}

OrderedJson trashJson(Project& project) {
    OrderedJson trash = OrderedJson::array();
    for (const Deletion& deletion : project.trash().deletions())
        trash.push_back({{"deleted_at", deletion.at},
                         {"sets", deletion.sets},
                         {"checkpoints", deletion.models},
                         {"samples", deletion.samples}});
    return trash;
}

Output runDelete(const Arguments& arguments, JobContext&) {
    arguments.atMost(1);
    Project project = Project::open(arguments.word(0, "DIR"));
    TrashSelection selection;
    for (const std::string& name : arguments.all("--set"))
        selection.sets.push_back(project.set(name).id);
    selection.samples = arguments.all("--sample");
    selection.checkpoints = arguments.all("--checkpoint");
    if (selection.empty())
        throw UsageError("say what to delete: --set, --sample or --checkpoint");
    const std::string at = project.trash().remove(selection);
    Output output;
    output.json = {{"deleted_at", at}, {"trash", trashJson(project)}};
    output.text = "Deleted " + contentsText(project.trash().deletions().front()) +
                  "; project restore brings it back";
    return output;
}

std::string required(std::optional<std::string> at, const std::string& what) {
    if (!at)
        throw Error(ErrorCode::notFound, what, "the trash does not hold it",
                    "project restore without options takes back the last deletion");
    return *at;
}

std::string deletionOf(const Arguments& arguments, Trash& trash) {
    if (const auto name = arguments.text("--set"))
        return required(trash.deletionOfSet(*name), "set " + *name);
    for (const std::string_view option : {"--sample", "--checkpoint"})
        if (const auto id = arguments.text(option))
            return required(trash.deletionOf(*id), std::string(option.substr(2)) + " " + *id);
    const std::vector<Deletion> all = trash.deletions();
    if (all.empty())
        throw Error(ErrorCode::notFound, "Nothing was restored", "the trash is empty");
    return all.front().at;
}

Output runRestore(const Arguments& arguments, JobContext&) {
    arguments.atMost(1);
    Project project = Project::open(arguments.word(0, "DIR"));
    const std::string at = deletionOf(arguments, project.trash());
    Output output;
    for (const Deletion& deletion : project.trash().deletions())
        if (deletion.at == at)
            output.text = "Restored " + contentsText(deletion);
    project.trash().restore(at);
    output.json = {{"restored", at}, {"trash", trashJson(project)}};
    return output;
}

Output runPurge(const Arguments& arguments, JobContext&) {
    arguments.atMost(1);
    Project project = Project::open(arguments.word(0, "DIR"));
    const Purged purged = project.trash().purge();
    Output output;
    output.json = {{"sets", purged.sets},
                   {"samples", purged.samples},
                   {"checkpoints", purged.checkpoints},
                   {"bytes", purged.bytes}};
    output.text = "Deleted for good: " + counted(static_cast<std::size_t>(purged.sets), "set") +
                  ", " + counted(static_cast<std::size_t>(purged.samples), "sample") + ", " +
                  counted(static_cast<std::size_t>(purged.checkpoints), "checkpoint") + "; " +
                  shortNumber(static_cast<double>(purged.bytes) / 1e6, 3) + " MB freed";
    return output;
}

Output runTrash(const Arguments& arguments, JobContext&) {
    arguments.atMost(1);
    Project project = Project::open(arguments.word(0, "DIR"));
    Output output;
    output.json = {{"trash", trashJson(project)}};
    for (const Deletion& deletion : project.trash().deletions())
        output.text += deletion.at + ": " + contentsText(deletion) + "\n";
    if (output.text.empty())
        output.text = "The trash is empty.";
    return output;
}

} // namespace

std::vector<Command> trashCommands() {
    return {
        {"project delete",
         "DIR --set NAME | --sample ID | --checkpoint ID",
         "move sets, images or models to the trash",
         {{"--set", "NAME", "a set with its images; can be given several times"},
          {"--sample", "ID", "one image; can be given several times"},
          {"--checkpoint", "ID", "one model; can be given several times"}},
         runDelete},
        {"project restore",
         "DIR [--set NAME | --sample ID | --checkpoint ID]",
         "take back the last deletion, or the one of that thing",
         {{"--set", "NAME", "the deletion of this set"},
          {"--sample", "ID", "the deletion of this image"},
          {"--checkpoint", "ID", "the deletion of this model"}},
         runRestore},
        {"project trash", "DIR", "what was deleted and can be restored", {}, runTrash},
        {"project purge", "DIR", "empty the trash for good and free its space", {}, runPurge},
    };
}

} // namespace likeness::cli
