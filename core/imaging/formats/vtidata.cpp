// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/vtidata.h"

#include "core/base/error.h"
#include "core/imaging/formats/base64.h"

#include <bit>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace likeness {

namespace {

[[noreturn]] void damaged(const ByteSource& source, const std::string& why) {
    throw Error(ErrorCode::format, source.name(), "its array is damaged or cut off, " + why,
                "copy the file again from its origin");
}

/// The bytes behind `offset` of those that a stretch stands for.
Stretch decoded(const Stretch& stored, const VtkCoding& coding) {
    if (!coding.base64)
        return stored;
    const ByteSourcePtr bytes = base64Source(stored);
    return {bytes, 0, bytes->size()};
}

std::size_t countBytes(const VtkCoding& coding) {
    return coding.wideHeader ? 8 : 4;
}

std::vector<std::uint64_t>
readCounts(const Stretch& from, const VtkCoding& coding, std::uint64_t count) {
    const std::size_t bytes = countBytes(coding);
    if (count > (from.end - from.begin) / bytes)
        damaged(*from.source, "it declares " + std::to_string(count) + " blocks");
    std::vector<std::byte> raw(static_cast<std::size_t>(count) * bytes);
    from.source->readExactly(from.begin, raw);
    if (coding.bigEndian != (std::endian::native == std::endian::big))
        swapBytes(raw, bytes);
    std::vector<std::uint64_t> counts;
    for (std::size_t i = 0; i < raw.size(); i += bytes) {
        std::uint64_t wide = 0;
        std::uint32_t narrow = 0;
        std::memcpy(&wide, raw.data() + i, coding.wideHeader ? sizeof(wide) : 0);
        std::memcpy(&narrow, raw.data() + i, coding.wideHeader ? 0 : sizeof(narrow));
        counts.push_back(coding.wideHeader ? wide : narrow);
    }
    return counts;
}

SampleBytesPtr openPlain(const Stretch& stored, const VtkCoding& coding, std::uint64_t bytes) {
    Stretch data = decoded(stored, coding);
    const std::uint64_t declared = readCounts(data, coding, 1).front();
    if (declared != bytes)
        damaged(*data.source, "it declares " + std::to_string(declared) + " bytes instead of " +
                                  std::to_string(bytes));
    data.begin += countBytes(coding);
    checkHolds(data, bytes);
    return plainBytes(data.source, data.begin);
}

/// Where packed blocks begin; the last entry is the end of the last one.
struct Blocks {
    Stretch data;
    std::vector<std::uint64_t> begins;
    std::uint64_t bytes = 0;     ///< of an unpacked block
    std::uint64_t lastBytes = 0; ///< of the last one
};

Blocks readBlocks(const Stretch& stored, const VtkCoding& coding, std::uint64_t bytes) {
    const Stretch head = decoded(stored, coding);
    const auto sizes = readCounts(head, coding, 3);
    const std::uint64_t count = sizes[0];
    Blocks blocks;
    blocks.bytes = sizes[1];
    const bool partial = sizes[2] != 0;
    blocks.lastBytes = partial ? sizes[2] : sizes[1];
    const bool fits = count > 0 && blocks.bytes > 0 && blocks.lastBytes <= blocks.bytes &&
                      bytes >= blocks.lastBytes && (bytes - blocks.lastBytes) % blocks.bytes == 0 &&
                      (bytes - blocks.lastBytes) / blocks.bytes == count - 1;
    if (!fits)
        damaged(*head.source, "its " + std::to_string(count) + " blocks of " +
                                  std::to_string(blocks.bytes) + " bytes are not the " +
                                  std::to_string(bytes) + " bytes of its pixels");
    // The full count was compared with the pixels; now with the file, before memory is taken.
    const auto all = readCounts(head, coding, count + 3);
    const std::uint64_t headBytes = all.size() * countBytes(coding);
    blocks.data = stored;
    // In base64 the counts end with padding of their own.
    blocks.data.begin += coding.base64 ? base64Length(headBytes) : headBytes;
    if (blocks.data.begin > blocks.data.end)
        damaged(*head.source, "its blocks are missing");
    blocks.data = decoded(blocks.data, coding);
    std::uint64_t at = blocks.data.begin;
    for (std::size_t i = 3; i < all.size(); ++i) {
        blocks.begins.push_back(at);
        if (all[i] > blocks.data.end - at)
            damaged(*head.source, "block " + std::to_string(i - 2) + " is longer than the file");
        at += all[i];
    }
    blocks.begins.push_back(at);
    return blocks;
}

SampleBytesPtr openBlocks(const Stretch& stored, const VtkCoding& coding, std::uint64_t bytes) {
    auto blocks = std::make_shared<const Blocks>(readBlocks(stored, coding, bytes));
    checkCanInflate({blocks->data.source, blocks->begins.front(), blocks->begins.back()}, bytes);
    Pieces pieces{blocks->begins.size() - 1, blocks->bytes, {}};
    pieces.open = [blocks](std::uint64_t index) {
        const auto i = static_cast<std::size_t>(index);
        const bool last = i + 2 == blocks->begins.size();
        return inflatedBytes({blocks->data.source, blocks->begins[i], blocks->begins[i + 1]},
                             last ? blocks->lastBytes : blocks->bytes);
    };
    return joinedBytes(std::move(pieces));
}

} // namespace

SampleBytesPtr openVtkArray(const Stretch& stored, const VtkCoding& coding, std::uint64_t bytes) {
    return coding.zlib ? openBlocks(stored, coding, bytes) : openPlain(stored, coding, bytes);
}

} // namespace likeness
