// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "db/project.h"

#include <filesystem>

namespace likeness {

/// Makes the demo project at `folder` if it is not there: simulated reference scans of the three
/// domains, synthetic sets made by the shipped checkpoints on this machine, "Demo study" (24
/// trials, frozen, ready to rate) and "Demo study, rated" (rated by simulated raters, unblinded,
/// measured). Interrupted, it leaves nothing under the final name.
void makeDemoProject(const std::filesystem::path& folder, JobContext& job);

} // namespace likeness
