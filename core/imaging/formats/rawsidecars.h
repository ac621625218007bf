// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samples.h"
#include "core/imaging/image.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// What something beside a headerless file says of its layout; any part may be missing.
struct RawHint {
    std::string source; ///< what says it: "scan.vgi", "the file's name"
    std::optional<std::array<std::int64_t, 3>> size;
    std::optional<SampleType> type;
    std::optional<bool> bigEndian;
    std::int64_t offset = 0;
    bool atEnd = false; ///< the pixels are the last bytes, whatever the offset
    std::optional<VoxelSize> voxelSize;
};

/// What the sidecars of a headerless file say, the most explicit first. A sidecar that cannot be
/// read or speaks of another file says nothing.
[[nodiscard]] std::vector<RawHint> sidecarHints(const std::filesystem::path& raw);

/// What the file's name says: one hint for every run of numbers that may be the size, the likeliest
/// first.
[[nodiscard]] std::vector<RawHint> nameHints(const std::filesystem::path& raw);

/// The voxel size that the one SkyScan reconstruction log in a folder states for slices of this
/// size; z is the pixel size times the step between sections.
[[nodiscard]] std::optional<VoxelSize>
voxelSizeFromLog(const std::filesystem::path& folder, std::int64_t width, std::int64_t height);

} // namespace likeness
