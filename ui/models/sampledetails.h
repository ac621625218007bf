// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/records.h"

#include <QString>

#include <utility>
#include <vector>

namespace likeness {

struct ProjectSnapshot;

/// Named values for people, in the order in which they are shown.
using DetailRows = std::vector<std::pair<QString, QString>>;

[[nodiscard]] DetailRows detailsOf(const SetRecord& set);

/// All that is known of where a sample comes from: file, specimen and voxel size with its source,
/// or generator, model, seed, prompt, parent and settings; what is known of its truth; its hashes.
[[nodiscard]] DetailRows detailsOf(const SampleRecord& sample, const ProjectSnapshot& snapshot);

} // namespace likeness
