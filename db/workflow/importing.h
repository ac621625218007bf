// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "core/imaging/io.h"
#include "db/project.h"
#include "db/records.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct ImportRequest {
    std::vector<std::filesystem::path> paths; ///< files, stacks or folders
    std::string setName;                      ///< made if missing; an existing set is added to
    Domain domain = Domain::rock;
    Origin origin = Origin::real;
    std::string generator; ///< required for synthetic sets, unless the table names a model
    std::optional<std::filesystem::path>
        table; ///< of synthetic images: what is known of each (provenance.h); names the files in
               ///< place of `paths`
    std::optional<std::string> prompt;
    std::optional<std::string> specimen; ///< default: one per path
    std::optional<double> voxelUm;       ///< isotropic, overrides the file's
    std::optional<RawLayout> raw;
    std::string dataset; ///< which image of HDF5 and NetCDF files; empty: the likeliest
    bool masks = false;
    bool splitSlices = true; ///< a stack becomes one sample a slice; otherwise one volume
    std::int64_t cropSize =
        0; ///< > 0: largest centred grid of square crops of this edge inside each image
    bool insideCircle = false;    ///< only crops inside a centred circle: a round field of view, or
                                  ///< the specimen in it
    double circleDiameter = 0.98; ///< of that circle, as a share of the shorter side; in (0, 1]
};

/// One thing that did not go in, or went in with a remark.
struct ImportFinding {
    std::filesystem::path path;
    std::string message;
    bool rejected = true;
    std::optional<std::string> duplicateOf = {}; ///< the sample of the set with the same pixels
};

struct ImportResult {
    SetRecord set;
    std::vector<std::string> sampleIds;
    std::vector<ImportFinding>
        findings; ///< duplicates (same pixels in the set), unreadable files ...
};

/// What is in when the import is stopped stays, and so does, to the last two seconds, what came
/// before a failure of the project's disk: the same import goes on from there, as pixels that the
/// set holds already are not added twice. A folder is taken as single images, or with `splitSlices`
/// off as one volume of slices. Throws Error(config), and leaves the project as it was, when
/// nothing could be read.
[[nodiscard]] ImportResult
importSamples(Project& project, const ImportRequest& request, JobContext& job);

} // namespace likeness
