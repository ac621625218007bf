// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/formats/hdf5chunks.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace likeness::hdf5 {

namespace {

enum FilterId : unsigned { kDeflate = 1, kShuffle = 2, kFletcher = 3, kLzf = 32000 };

constexpr std::size_t kChecksumBytes = 4;

std::string filterName(unsigned id) {
    constexpr std::pair<unsigned, std::string_view> kNames[] = {
        {4, "SZIP"},    {5, "N-bit"},         {6, "scale-offset"}, {305, "LZO"},
        {307, "bzip2"}, {32001, "Blosc"},     {32004, "LZ4"},      {32008, "bitshuffle"},
        {32013, "ZFP"}, {32015, "Zstandard"}, {32017, "SZ"},       {32026, "Blosc2"}};
    for (const auto& [number, name] : kNames) {
        if (number == id)
            return std::string(name);
    }
    return "number " + std::to_string(id);
}

std::vector<std::byte>
inflated(const File& file, std::span<const std::byte> from, std::size_t most) {
    std::vector<std::byte> out(most);
    auto size = static_cast<uLongf>(most);
    const int result =
        uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                   reinterpret_cast<const Bytef*>(from.data()), static_cast<uLong>(from.size()));
    if (result != Z_OK)
        file.damaged("a compressed chunk cannot be unpacked");
    out.resize(static_cast<std::size_t>(size));
    return out;
}

/// LibLZF's format: copies of single bytes and of what was unpacked before.
std::vector<std::byte>
unpackedLzf(const File& file, std::span<const std::byte> from, std::size_t most) {
    std::vector<std::byte> out;
    out.reserve(most);
    ByteCursor cursor = file.cursor(from);
    while (cursor.remaining() > 0) {
        const auto control = static_cast<std::size_t>(cursor.number(1));
        if (control < 32) {
            const auto plain = cursor.take(control + 1);
            out.insert(out.end(), plain.begin(), plain.end());
        } else {
            std::size_t length = control >> 5U;
            if (length == 7)
                length += static_cast<std::size_t>(cursor.number(1));
            const std::size_t back =
                ((control & 0x1FU) << 8U) + static_cast<std::size_t>(cursor.number(1)) + 1;
            if (back > out.size())
                file.damaged("a compressed chunk cannot be unpacked");
            for (std::size_t i = 0; i < length + 2; ++i)
                out.push_back(out[out.size() - back]);
        }
        if (out.size() > most)
            file.damaged("a compressed chunk cannot be unpacked");
    }
    return out;
}

/// Undoes the sorting by the first bytes of all values, then the second ...
std::vector<std::byte> unshuffled(const std::vector<std::byte>& from, std::size_t valueBytes) {
    if (valueBytes < 2)
        return from;
    const std::size_t count = from.size() / valueBytes;
    std::vector<std::byte> out = from;
    for (std::size_t byte = 0; byte < valueBytes; ++byte) {
        for (std::size_t i = 0; i < count; ++i)
            out[i * valueBytes + byte] = from[byte * count + i];
    }
    return out;
}

/// Fletcher's checksum over 16-bit words as HDF5 forms it; it wrote it in two byte orders.
void checkFletcher(const File& file, std::vector<std::byte>& data) {
    if (data.size() < kChecksumBytes)
        file.damaged("a chunk is too short");
    const std::size_t size = data.size() - kChecksumBytes;
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    for (std::size_t i = 0; i < size; i += 2) {
        std::uint32_t word = std::to_integer<std::uint32_t>(data[i]) << 8U;
        if (i + 1 < size)
            word |= std::to_integer<std::uint32_t>(data[i + 1]);
        first += word;
        second += first;
        if (i % 720 == 718 || i + 2 >= size) {
            first = (first & 0xFFFFU) + (first >> 16U);
            second = (second & 0xFFFFU) + (second >> 16U);
        }
    }
    first = (first & 0xFFFFU) + (first >> 16U);
    second = (second & 0xFFFFU) + (second >> 16U);
    const auto tail = std::span(data).last(kChecksumBytes);
    const auto stored = static_cast<std::uint32_t>(file.cursor(tail).number(kChecksumBytes));
    const std::uint32_t sum = second << 16U | first;
    const std::uint32_t swapped = (sum & 0x00FF00FFU) << 8U | (sum >> 8U & 0x00FF00FFU);
    if (stored != sum && stored != swapped)
        file.damaged("the checksum of a chunk is wrong");
    data.resize(size);
}

} // namespace

void checkFilters(const File& file, const std::vector<Filter>& filters) {
    for (const Filter& filter : filters) {
        const bool known = filter.id == kDeflate || filter.id == kShuffle ||
                           filter.id == kFletcher || filter.id == kLzf;
        if (!known)
            throw Error(ErrorCode::unsupported, file.name(),
                        "the dataset is compressed with the HDF5 filter " + filterName(filter.id) +
                            ", which is not read",
                        "copy it with h5repack -f GZIP=4");
    }
}

std::vector<std::byte> decodeChunk(const File& file,
                                   const Dataset& dataset,
                                   const Chunk& chunk,
                                   std::uint64_t chunkBytes) {
    std::vector<std::byte> data(static_cast<std::size_t>(chunk.bytes));
    file.read(chunk.address, data);
    // A checksum in the middle of the pipeline adds four bytes before the next filter.
    const std::size_t most =
        static_cast<std::size_t>(chunkBytes) + kChecksumBytes * dataset.filters.size();
    for (std::size_t i = dataset.filters.size(); i-- > 0;) {
        if (i < 32 && (chunk.mask >> i & 1U) != 0)
            continue;
        switch (dataset.filters[i].id) {
        case kDeflate:
            data = inflated(file, data, most);
            break;
        case kLzf:
            data = unpackedLzf(file, data, most);
            break;
        case kShuffle:
            data = unshuffled(data, static_cast<std::size_t>(dataset.type.size));
            break;
        default:
            checkFletcher(file, data);
            break;
        }
    }
    if (data.size() != chunkBytes)
        file.damaged("a chunk has another size than it should");
    return data;
}

} // namespace likeness::hdf5
