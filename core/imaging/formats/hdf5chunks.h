// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/hdf5types.h"

#include <unordered_map>

namespace likeness::hdf5 {

/// Where one chunk is stored.
struct Chunk {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0; ///< stored
    std::uint32_t mask = 0;  ///< bit i: filter i was left out
};

/// How a dataset is cut into chunks, and where those are.
struct ChunkGrid {
    std::vector<std::uint64_t> counts;               ///< chunks along each axis
    std::uint64_t total = 0;                         ///< of all axes
    std::uint64_t chunkBytes = 0;                    ///< decoded
    std::unordered_map<std::uint64_t, Chunk> stored; ///< by number, last axis fastest
};

/// Reads the whole index of a chunked dataset (every kind that HDF5 1.0 to 1.14 writes). Throws
/// Error(format) unless the stored chunks could hold what is declared.
[[nodiscard]] ChunkGrid readChunkGrid(const File& file, const Dataset& dataset);

/// Throws Error(unsupported) that names a filter other than deflate, shuffle, checksum and LZF.
void checkFilters(const File& file, const std::vector<Filter>& filters);

/// One chunk as it was before the filters. Throws Error(format).
[[nodiscard]] std::vector<std::byte>
decodeChunk(const File& file, const Dataset& dataset, const Chunk& chunk, std::uint64_t chunkBytes);

/// How many decoded bytes one stored byte can stand for, at most.
inline constexpr std::uint64_t kMaximumRatio = 4096;

} // namespace likeness::hdf5
