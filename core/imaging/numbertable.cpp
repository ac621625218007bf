// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/numbertable.h"

#include "core/base/error.h"
#include "core/imaging/formats/npy.h"

#include <bit>

namespace likeness {

namespace {

constexpr std::uint64_t kMaximumValues = std::uint64_t{1} << 28U;

void toRowsFirst(NumberTable& table) {
    std::vector<double> turned(table.values.size());
    for (std::size_t r = 0; r < table.rows; ++r) {
        for (std::size_t c = 0; c < table.columns; ++c)
            turned[r * table.columns + c] = table.values[c * table.rows + r];
    }
    table.values = std::move(turned);
}

} // namespace

NumberTable readNumberTable(const std::filesystem::path& path) {
    const ByteSourcePtr source = openFile(path);
    const NpyHeader header = readNpyHeader(*source);
    if (header.shape.empty() || header.shape.size() > 2)
        throw Error(ErrorCode::unsupported, path.string(),
                    "a table has rows and columns, this array has rank " +
                        std::to_string(header.shape.size()),
                    "save it with two axes: rows are samples, columns are features");
    if (header.values() > kMaximumValues)
        throw Error(ErrorCode::memory, path.string(), "the table has more than 2^28 numbers");
    NumberTable table;
    table.rows = static_cast<std::size_t>(header.shape[0]);
    table.columns = header.shape.size() == 2 ? static_cast<std::size_t>(header.shape[1]) : 1;
    const std::size_t bytes = bytesOf(header.type);
    std::vector<std::byte> raw(table.rows * table.columns * bytes);
    source->readExactly(header.dataOffset, raw);
    if (header.bigEndian != (std::endian::native == std::endian::big))
        swapBytes(raw, bytes);
    table.values.resize(table.rows * table.columns);
    if (!samplesToDoubles(header.type, raw, table.values))
        throw Error(ErrorCode::unsupported, path.string(),
                    "it holds 64-bit integers above 2^53, which a double cannot hold");
    if (header.fortran)
        toRowsFirst(table);
    return table;
}

} // namespace likeness
