// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/project.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "db/assetstore.h"
#include "db/workflow/importing.h"

#include <filesystem>
#include <limits>

namespace likeness::cli {

namespace {

OrderedJson setJson(const SetRecord& set) {
    return {{"name", set.name},
            {"domain", toString(set.domain)},
            {"origin", toString(set.origin)},
            {"samples", set.samples},
            {"generator", set.generator},
            {"masks", set.masks}};
}

OrderedJson setsJson(Project& project) {
    OrderedJson sets = OrderedJson::array();
    for (const SetRecord& set : project.sets())
        sets.push_back(setJson(set));
    return sets;
}

std::string setsText(Project& project) {
    std::string text;
    for (const SetRecord& set : project.sets()) {
        text += set.name + ": " + std::to_string(set.samples) + " " +
                std::string(toString(set.origin)) + " " + std::string(toString(set.domain)) +
                (set.masks ? " masks" : " images") +
                (set.generator.empty() ? "" : ", by " + set.generator) + "\n";
    }
    return text.empty() ? "The project holds no sets yet.\n" : text;
}

Output runNew(const Arguments& arguments, JobContext&) {
    const std::string folder = arguments.word(0, "DIR");
    arguments.atMost(1);
    Project project = Project::create(folder);
    Output output;
    output.json = {{"project", folder}, {"sets", setsJson(project)}};
    output.text = "Made project " + folder;
    return output;
}

template <typename T>
T requiredWord(const Arguments& arguments,
               std::string_view option,
               std::optional<T> (*parse)(std::string_view) noexcept,
               std::string_view known) {
    const std::string word = arguments.required(option);
    const auto value = parse(word);
    if (!value)
        throw UsageError(std::string(option) + " got \"" + word +
                         "\" (known: " + std::string(known) + ")");
    return *value;
}

ImportRequest importRequest(const Arguments& arguments) {
    ImportRequest request;
    for (std::size_t i = 1; i < arguments.words().size(); ++i)
        request.paths.emplace_back(arguments.words()[i]);
    if (const auto table = arguments.text("--table"))
        request.table = *table;
    if (request.paths.empty() == !request.table)
        throw UsageError(request.table ? "give either PATH or --table" : "PATH is missing");
    request.setName = arguments.required("--set");
    request.domain = requiredWord<Domain>(arguments, "--domain", domainFrom, "rock fibre root");
    request.origin =
        requiredWord<Origin>(arguments, "--origin", originFrom, "real synthetic phantom");
    request.generator = arguments.text("--generator", "");
    request.prompt = arguments.text("--prompt");
    request.specimen = arguments.text("--specimen");
    request.voxelUm = arguments.real("--voxel-um", std::numeric_limits<double>::min(), 1e9);
    if (const auto raw = arguments.text("--raw"))
        request.raw = asUsage([&] { return RawLayout::parse(*raw); });
    request.dataset = arguments.text("--dataset", "");
    request.masks = arguments.has("--masks");
    request.splitSlices = !arguments.has("--volume");
    request.cropSize = arguments.integer("--crop", 8, 1 << 16).value_or(0);
    const auto percent = arguments.real("--circle-percent", 1.0, 100.0);
    request.insideCircle = arguments.has("--inside-circle") || percent;
    if (percent)
        request.circleDiameter = *percent / 100.0;
    return request;
}

Output runAdd(const Arguments& arguments, JobContext& job) {
    const ImportRequest request = importRequest(arguments);
    Project project = Project::open(arguments.word(0, "DIR"));
    const ImportResult result = importSamples(project, request, job);
    Output output;
    OrderedJson findings = OrderedJson::array();
    OrderedJson duplicates = OrderedJson::array();
    for (const ImportFinding& f : result.findings) {
        findings.push_back(
            {{"path", f.path.string()}, {"message", f.message}, {"rejected", f.rejected}});
        if (f.duplicateOf)
            duplicates.push_back({{"path", f.path.string()}, {"sample", *f.duplicateOf}});
        output.text += f.path.string() + (f.rejected ? ": left out: " : ": ") + f.message + "\n";
    }
    output.json = {{"set", setJson(result.set)},
                   {"added", result.sampleIds.size()},
                   {"findings", findings},
                   {"duplicates", duplicates},
                   {"sets", setsJson(project)}};
    output.text += "Added " + counted(result.sampleIds.size(), "sample") + " to " +
                   result.set.name + ", which holds " + std::to_string(result.set.samples) + "\n";
    return output;
}

/// The samples of one set, with where their pixels lie.
Output listSamples(Project& project, const SetRecord& set) {
    Output output;
    OrderedJson samples = OrderedJson::array();
    for (const SampleRecord& s : project.samples(set.id)) {
        const std::string file = std::filesystem::relative(
                                     project.assets().path(s.sha256, s.extension), project.folder())
                                     .string();
        samples.push_back({{"id", s.id},
                           {"file", file},
                           {"width", s.width},
                           {"height", s.height},
                           {"depth", s.depth},
                           {"channels", s.channels},
                           {"dtype", toString(s.type)},
                           {"source", s.sourceName},
                           {"seed", s.seed ? OrderedJson(*s.seed) : OrderedJson(nullptr)},
                           {"parent", s.parentId ? OrderedJson(*s.parentId) : nullptr},
                           {"recipe", OrderedJson(s.recipe)}});
        output.text += s.id + ": " + std::to_string(s.width) + " x " + std::to_string(s.height) +
                       (s.depth > 1 ? " x " + std::to_string(s.depth) : "") + " " +
                       std::string(toString(s.type)) + ", " + file + "\n";
    }
    output.json = {{"set", setJson(set)}, {"samples", samples}};
    return output;
}

Output runList(const Arguments& arguments, JobContext&) {
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    if (const auto name = arguments.text("--set"))
        return listSamples(project, project.set(*name));
    Output output;
    OrderedJson checkpoints = OrderedJson::array();
    output.text = setsText(project);
    for (const CheckpointRecord& c : project.checkpoints()) {
        checkpoints.push_back({{"id", c.id},
                               {"name", c.name},
                               {"model", c.model},
                               {"preset", c.preset},
                               {"domain", toString(c.domain)},
                               {"steps", c.steps},
                               {"seconds", c.seconds},
                               {"device", c.device},
                               {"sha256", c.sha256}});
        output.text += "checkpoint " + c.id + ": " + c.name + ", " +
                       counted(static_cast<std::size_t>(c.steps), "step") + "\n";
    }
    OrderedJson studies = OrderedJson::array();
    for (const StudyRecord& s : project.studies()) {
        studies.push_back({{"name", s.name}, {"protocol", s.protocol}, {"answers", s.answers}});
        output.text += "study " + s.name + ": " + s.protocol + ", " +
                       counted(static_cast<std::size_t>(s.answers), "answer") + "\n";
    }
    output.json = {{"sets", setsJson(project)}, {"checkpoints", checkpoints}, {"studies", studies}};
    return output;
}

Output runCheck(const Arguments& arguments, JobContext&) {
    Project project = Project::open(arguments.word(0, "DIR"));
    arguments.atMost(1);
    const std::vector<std::string> problems = project.check();
    Output output;
    output.json = {{"ok", problems.empty()}, {"problems", problems}, {"sets", setsJson(project)}};
    output.failures = problems;
    if (problems.empty())
        output.text = "The project is sound.";
    return output;
}

} // namespace

std::vector<Command> projectCommands() {
    return {
        {"project new", "DIR", "make an empty project", {}, runNew},
        {"project add",
         "DIR PATH... --set NAME --domain rock|fibre|root --origin real|synthetic|phantom",
         "import images, stacks or folders into a set",
         {{"--set", "NAME", "the set; made if missing"},
          {"--domain", "rock|fibre|root", "kind of specimen"},
          {"--origin", "real|synthetic|phantom", "where the pixels come from"},
          {"--generator", "NAME", "what made synthetic images"},
          {"--prompt", "TEXT", "the prompt they were made with"},
          {"--table", "FILE", "CSV that names synthetic images: file, seed, prompt, model ..."},
          {"--voxel-um", "X", "edge of a voxel in micrometres, over what the files say"},
          {"--specimen", "NAME", "specimen of all images (default: one per PATH)"},
          {"--raw", kRawWord, "layout of headerless files"},
          {"--dataset", "NAME", "which image of HDF5 and NetCDF files"},
          {"--masks", "", "these are label images"},
          {"--volume", "", "keep a stack as one volume instead of single slices"},
          {"--crop", "N", "take a centred grid of N x N crops from each image"},
          {"--inside-circle", "", "only crops inside a centred circle (round field of view)"},
          {"--circle-percent", "P", "its diameter in percent of the shorter side (default 98)"}},
         runAdd},
        {"project list",
         "DIR [--set NAME]",
         "sets, checkpoints and studies of a project, or the samples of a set",
         {{"--set", "NAME", "the set whose samples to list, with their ids and files"}},
         runList},
        {"project check", "DIR", "verify every hash and chain of a project", {}, runCheck},
    };
}

} // namespace likeness::cli
