// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "db/project.h"
#include "db/records.h"
#include "db/workflow/importing.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// A run of somebody else's generator: any command that reads a manifest and writes images.
struct ExternalRequest {
    std::string command;          ///< for the shell; "{manifest}" becomes the path of the manifest
    std::string setName;          ///< made if missing
    std::optional<Domain> domain; ///< of a new set; absent: that of the parents
    std::string generator; ///< empty: the model that the program names, else the program's own name
    std::int64_t count = 1;
    std::uint64_t seed = 0;                    ///< image i gets derivedSeed(seed, i)
    std::vector<std::string> prompts;          ///< in turn; may be empty
    std::optional<std::string> parentSet;      ///< image i starts from its sample i, in turn
    std::optional<std::filesystem::path> mask; ///< handed on as it is
    std::optional<double> seconds;             ///< that the program may take

    /// Gets each line that the program prints, on the job's thread.
    std::function<void(std::string_view)> output;
};

struct ExternalResult {
    SetRecord set; ///< without id if nothing came
    std::vector<SampleRecord> samples;
    double seconds = 0.0;
    int exitCode = 0; ///< 128 + n: ended by signal n
    bool stopped = false;
    bool timedOut = false;
    std::optional<double> cost;          ///< sum of what the program says
    std::string lastWords;               ///< the end of what it printed
    std::vector<ImportFinding> findings; ///< what was asked for and did not come, or cannot be read
};

/// Writes the manifest, runs the program, takes in what it wrote. The manifest is a JSON object:
///
///     {"schema": "likeness-external-1", "output": FOLDER, "table": FOLDER/images.csv,
///      "domain": "rock", "mask": FILE or null,
///      "items": [{"index": 0, "seed": 17, "prompt": TEXT or null, "output": FOLDER/0000.png,
///                 "parent": {"id": ID, "image": FILE} or null}]}
///
/// The program writes each image to the `output` of its item, or under any name in the folder with
/// a row in the table (columns: provenance.h). What is whole is kept even if the program fails,
/// runs out of time or is stopped, because images may have cost money. Throws Error when nothing
/// could be asked for (config, notFound, conflict), when the program left nothing (process) or a
/// table that cannot be read (format); Cancelled when stopped with nothing to keep.
[[nodiscard]] ExternalResult
runExternalGenerator(Project& project, const ExternalRequest& request, JobContext& job);

} // namespace likeness
