// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "db/project.h"
#include "db/records.h"

#include <filesystem>
#include <vector>

namespace likeness {

/// Makes the demo project at `folder` if it is not there: simulated reference scans of rock, a
/// synthetic set made by the shipped checkpoint on this machine, "Demo study" (24 trials, frozen,
/// ready to rate) and "Demo study, rated" (rated by simulated raters, unblinded, measured).
/// Interrupted, it leaves nothing under the final name.
void makeDemoProject(const std::filesystem::path& folder, JobContext& job);

/// Adds what a demo project still lacks: the sets of the other two domains. They come later, so
/// that people can begin while they are made. A set is added whole or not at all.
void completeDemoProject(Project& project, JobContext& job);

/// Whether a project with these sets lacks nothing.
[[nodiscard]] bool isDemoComplete(const std::vector<SetRecord>& sets);

} // namespace likeness
