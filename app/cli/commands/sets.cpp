// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/sets.h"

#include "app/cli/commands/values.h"
#include "core/base/error.h"
#include "db/project.h"

#include <system_error>

namespace likeness::cli {

namespace fs = std::filesystem;

NamedImages loadSet(const fs::path& path, const ReadOptions& options, JobContext& job) {
    std::vector<fs::path> files{path};
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        files = listImages(path);
        if (files.empty())
            throw Error(ErrorCode::format, path.string(),
                        "the folder holds no image that can be read", "name a folder with images");
    }
    NamedImages set;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const double count = static_cast<double>(files.size());
        JobContext part =
            job.part(static_cast<double>(i) / count, static_cast<double>(i + 1) / count);
        set.images.push_back(readVolume(files[i], options, part));
        set.names.push_back(files[i].string());
    }
    return set;
}

NamedImages loadInput(const Arguments& arguments, std::string_view option, JobContext& job) {
    const std::string name = arguments.required(option);
    const auto folder = arguments.text("--project");
    if (!folder)
        return loadSet(name, readOptions(arguments), job);
    Project project = Project::open(*folder);
    NamedImages set;
    for (const SampleRecord& sample : project.samples(project.set(name).id)) {
        job.throwIfStopped();
        set.images.push_back(project.pixels(sample));
        set.names.push_back(sample.id);
        set.groups.push_back(sample.specimen);
    }
    return set;
}

} // namespace likeness::cli
