// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/base/job.h"
#include "core/imaging/image.h"
#include "core/imaging/io.h"

#include <filesystem>
#include <string>
#include <vector>

namespace likeness::cli {

/// Images of a set with what they are called: their paths, or in a project their ids.
struct NamedImages {
    std::vector<Volume> images;
    std::vector<std::string> names;
    std::vector<std::string> groups; ///< specimens of a project's samples; empty for files
};

/// A folder as its images, anything else as one image, stack or array. Throws Error.
[[nodiscard]] NamedImages
loadSet(const std::filesystem::path& path, const ReadOptions& options, JobContext& job);

/// What `option` names: a path, or with --project a set of that project.
[[nodiscard]] NamedImages
loadInput(const Arguments& arguments, std::string_view option, JobContext& job);

} // namespace likeness::cli
