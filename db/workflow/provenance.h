// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/project.h"
#include "db/records.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// What is known of an image that another program made: a row of a table (CSV with a header) with
/// the columns `file` and, as far as known, `seed`, `prompt`, `parent` (id of the sample that it
/// was made from), `model`, `version` and `cost` (a number, in any one currency). Other columns are
/// passed over.
struct Provenance {
    std::filesystem::path file; ///< below the folder of the table
    std::optional<std::uint64_t> seed;
    std::optional<std::string> prompt;
    std::optional<std::string> parentId;
    std::string model; ///< "model version"
    std::optional<double> cost;
};

/// Throws Error(format) for a table without `file`, for numbers that are none, and for files
/// outside the table's folder; Error(notFound), Error(io).
[[nodiscard]] std::vector<Provenance> readProvenance(const std::filesystem::path& table);

/// Seed, prompt and parent of `sample` from its row. An edit gets its parent's specimen, so that no
/// split parts it from what it was made of. Throws Error(notFound) for an unknown parent.
void adopt(Project& project, const Provenance& row, SampleRecord& sample);

/// The one model that all rows name; empty if none does. Throws Error(conflict) if there are
/// several: a set holds the images of one generator.
[[nodiscard]] std::string modelOf(const std::vector<Provenance>& rows, const std::string& subject);

} // namespace likeness
