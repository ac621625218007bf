// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/hdf5file.h"

#include <string>
#include <vector>

namespace likeness::hdf5 {

/// A name in a group.
struct Link {
    enum class Kind { object, path, otherFile };

    std::string name;
    Kind kind = Kind::object;
    std::uint64_t address = 0; ///< of an object's header
    std::string path;          ///< of a soft link
};

/// The links of a group, old style (symbol table) or new (messages, or a heap for many).
[[nodiscard]] std::vector<Link> linksOf(const File& file, const std::vector<Message>& messages);

/// Where the heap ID lies in a record of an index.
struct HeapId {
    std::size_t offset = 0;
    std::size_t bytes = 0;
};

/// The objects of a fractal heap that the index at `records` names. Objects stored outside the
/// heap's blocks (over 64 KiB) are left out.
[[nodiscard]] std::vector<std::vector<std::byte>>
heapObjects(const File& file, std::uint64_t heap, std::uint64_t records, HeapId id);

/// The first text of variable length in an attribute's data.
[[nodiscard]] std::string globalHeapText(const File& file, std::span<const std::byte> data);

} // namespace likeness::hdf5
