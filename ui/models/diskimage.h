// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/pyramid.h"

#include <QString>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace likeness {

/// An image that is looked at where it lies, without being imported: in memory if it is small,
/// else from disk.
struct DiskImage {
    std::string name; ///< of the file or folder
    ImageHeader header;
    std::shared_ptr<const Volume> volume; ///< null: `source` is to be shown
    SliceSourcePtr source;
    Glimpse glimpse;
    PyramidShelf shelf;
    PyramidOrigin origin;
};

struct DiskImageRequest {
    std::filesystem::path path;
    ReadOptions options;
    std::int64_t wholeBytes = 0; ///< what has at most so many is read whole
    PyramidShelf shelf;
};

/// Throws as readVolume(). A source that is returned has its levels at hand if they were made
/// before.
[[nodiscard]] DiskImage openDiskImage(const DiskImageRequest& request, JobContext& job);

/// Bytes for images that are shown from disk: `mebibytes`, or for 0 a quarter of the machine's
/// memory and at most 4 GiB.
[[nodiscard]] std::int64_t imageMemory(int mebibytes);

/// The folder for pyramids under the user's cache.
[[nodiscard]] PyramidShelf userShelf();

} // namespace likeness
