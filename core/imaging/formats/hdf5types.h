// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/hdf5file.h"
#include "core/imaging/formats/samples.h"

#include <optional>
#include <string>
#include <vector>

namespace likeness::hdf5 {

/// How one value is stored.
struct Datatype {
    std::optional<SampleType> sample; ///< of plain numbers; empty for all else
    bool bigEndian = false;
    bool text = false;         ///< of fixed length
    bool variableText = false; ///< in a global heap
    std::uint64_t size = 0;    ///< bytes of a value
    std::string name;          ///< for errors and lists: "uint16", "compound" ...
};

struct Dataspace {
    std::vector<std::uint64_t> sizes;    ///< slowest axis first; empty for one value
    std::vector<std::uint64_t> maximums; ///< all bits set: unlimited
    bool isNull = false;
};

struct Attribute {
    std::string name;
    Datatype type;
    Dataspace space;
    std::vector<std::byte> data;
};

struct Filter {
    unsigned id = 0;
    std::vector<std::uint32_t> values;
};

/// How the chunks of a dataset are found.
enum class ChunkIndex { tree1, single, implicit, fixedArray, extensibleArray, tree2 };

struct Layout {
    enum class Kind { compact, contiguous, chunked, virtualSet };

    Kind kind = Kind::contiguous;
    std::uint64_t address = 0;        ///< of the values or of the chunk index
    std::vector<std::byte> values;    ///< of a compact dataset
    std::vector<std::uint64_t> chunk; ///< edges, in values
    ChunkIndex index = ChunkIndex::tree1;
    bool plainEdges = false;       ///< chunks that stick out are not filtered
    std::uint64_t singleBytes = 0; ///< stored, of a single filtered chunk
    std::uint32_t singleMask = 0;
};

struct Dataset {
    Datatype type;
    Dataspace space;
    Layout layout;
    std::vector<Filter> filters;
    std::vector<std::byte> fill; ///< one value; empty: zero
    bool inOtherFiles = false;   ///< external storage
};

/// Whether an object's messages describe a dataset.
[[nodiscard]] bool isDataset(const std::vector<Message>& messages);

/// Number type and shape alone, without the layout.
[[nodiscard]] Dataset shapeOf(const File& file, const std::vector<Message>& messages);

[[nodiscard]] Dataset datasetOf(const File& file, const std::vector<Message>& messages);

[[nodiscard]] std::vector<Attribute> attributesOf(const File& file,
                                                  const std::vector<Message>& messages);

/// Values of an attribute or of a small dataset as numbers; empty if they are none.
[[nodiscard]] std::vector<double> numbersIn(const Attribute& attribute);

/// Text without trailing blanks and zeros; empty if it is none.
[[nodiscard]] std::string textIn(const File& file, const Attribute& attribute);

} // namespace likeness::hdf5
