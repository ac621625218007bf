// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/json.h"

#include <filesystem>
#include <string>
#include <vector>

namespace likeness {

/// Which plane of a specimen a slice shows: columns then rows.
enum class SlicePlane { xy, xz, yz };

/// Pixels that travel to and from `likeness-worker` as one file: 8 bytes "LKPACK01", 8 bytes
/// little-endian header length, JSON header, then each image's raw little-endian pixels, 64-byte
/// aligned. All images of a set have one type and channel count; sizes may differ.
struct PackedImage {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;
    std::string id;       ///< the sender's id, returned unchanged
    std::string specimen; ///< images of one specimen never straddle the training/held-out split
    SlicePlane plane = SlicePlane::xy; ///< of a slice; volumes have xy
    std::vector<std::byte> pixels;
};

struct PackedSet {
    PixelType type = PixelType::u8;
    std::int64_t channels = 1;
    std::vector<PackedImage> images;
    Json meta = Json::object(); ///< free: domain, voxel size, grey map ...

    [[nodiscard]] ImageSpan span(std::size_t index) const;
};

/// Durable write. Throws Error(io).
void writePackedSet(const std::filesystem::path& path, const PackedSet& set);

/// Strict: every size is checked before memory is taken. Throws Error(format), Error(io),
/// Error(memory).
[[nodiscard]] PackedSet readPackedSet(const std::filesystem::path& path);

} // namespace likeness
