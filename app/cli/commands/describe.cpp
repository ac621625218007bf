// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/describe.h"

#include "app/cli/commands/commands.h"
#include "app/cli/commands/values.h"

namespace likeness::cli {

namespace {

std::string descriptionText(const Description& description) {
    std::string text;
    for (const auto& [name, value] : description.values)
        text += name + ": " + shortNumber(value) + "\n";
    text += "Lengths are in " + description.unit;
    if (description.threshold)
        text += ", threshold " + shortNumber(*description.threshold);
    text += "; curves: ";
    std::string names;
    for (const auto& [name, curve] : description.curves)
        names.append(names.empty() ? "" : ", ").append(name);
    return text + (names.empty() ? "none" : names + " (see --json)");
}

Output runDescribe(const Arguments& arguments, JobContext& job) {
    const std::string path = arguments.word(0, "PATH");
    arguments.atMost(1);
    DescribeOptions options;
    options.domain = domainOption(arguments);
    options.threshold = thresholdOption(arguments);
    options.phase = phaseOption(arguments);
    options.voxelUm = voxelOption(arguments);
    options.maximumLag = arguments.integer("--maximum-lag", 1, 1'000'000);
    if (const auto view = arguments.text("--field-of-view"))
        options.fieldOfView = readVolume(*view);
    JobContext reading = job.part(0.0, 0.1);
    const Volume volume = readVolume(path, readOptions(arguments), reading);
    JobContext computing = job.part(0.1, 1.0);
    const Description description = describe(volume, options, computing);
    Output output;
    output.json = {{"path", path}, {"domain", toString(options.domain)}};
    const Json answer = toJson(description);
    for (const auto& [key, value] : answer.items())
        output.json[key] = value;
    output.text = descriptionText(description);
    return output;
}

} // namespace

std::vector<Command> describeCommands() {
    return {{"describe",
             "PATH --domain rock|fibre|root",
             "structure descriptors of one image, mask or volume",
             {{"--domain", "rock|fibre|root", "kind of specimen"},
              {"--threshold", "otsu|VALUE", "between the phases (default otsu; none for a mask)"},
              {"--phase", "dark|bright", "the counted phase (default: that of the domain)"},
              {"--voxel-um", "X", "edge of a voxel in micrometres, over what the file says"},
              {"--field-of-view", "FILE", "mask of the same size; its zeros are outside"},
              {"--maximum-lag", "N", "of correlation curves, in voxels"},
              {"--raw", kRawWord, "layout of a headerless file"}},
             runDescribe}};
}

} // namespace likeness::cli
