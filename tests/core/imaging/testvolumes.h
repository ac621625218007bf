// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"
#include "tests/core/imaging/testimages.h"

#include <QByteArray>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace likeness::test {

/// Replaces a file. Truncating an old one in place makes ext4 write it to disk; a new one is quick.
inline void putFile(const std::filesystem::path& path, std::string_view bytes) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    std::FILE* out = std::fopen(path.c_str(), "wb");
    const bool written =
        out != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
    if (out == nullptr || std::fclose(out) != 0 || !written)
        throw Error(ErrorCode::io, path.string(), "the test cannot write it");
}

/// The values one after another, little-endian or big-endian.
template <typename T>
std::string packed(const std::vector<T>& values, bool bigEndian = false) {
    std::string bytes;
    for (const T value : values) {
        std::string one(sizeof(T), '\0');
        std::memcpy(one.data(), &value, sizeof(T));
        if (bigEndian != (std::endian::native == std::endian::big))
            std::reverse(one.begin(), one.end());
        bytes += one;
    }
    return bytes;
}

inline std::string pixelBytes(const Volume& volume, bool bigEndian = false) {
    const ImageSpan span = volume.span();
    std::string bytes(reinterpret_cast<const char*>(span.data), span.bytes());
    const std::size_t size = bytesOf(span.type);
    if (bigEndian != (std::endian::native == std::endian::big)) {
        for (std::size_t i = 0; i < bytes.size(); i += size)
            std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                         bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
    }
    return bytes;
}

/// The values as decimal text, seven in a line.
inline std::string pixelText(const Volume& volume) {
    std::string text;
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        text += QByteArray::number(volume.span().at(i), 'g', 9).toStdString() +
                (i % 7 == 6 ? "\n" : " ");
    return text + "\n";
}

inline std::string deflated(const std::string& bytes, int windowBits) {
    z_stream zlib{};
    deflateInit2(&zlib, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&zlib, static_cast<uLong>(bytes.size())) + 64, '\0');
    std::string in = bytes;
    zlib.next_in = reinterpret_cast<Bytef*>(in.data());
    zlib.avail_in = static_cast<uInt>(in.size());
    zlib.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib.avail_out = static_cast<uInt>(out.size());
    deflate(&zlib, Z_FINISH);
    out.resize(zlib.total_out);
    deflateEnd(&zlib);
    return out;
}

inline std::string zlibbed(const std::string& bytes) {
    return deflated(bytes, 15);
}

inline std::string gzipped(const std::string& bytes) {
    return deflated(bytes, 15 + 16);
}

inline std::string base64(const std::string& bytes) {
    return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toBase64().toStdString();
}

inline bool hasWarning(const ImageHeader& header, const std::string& part) {
    return std::any_of(header.warnings.begin(), header.warnings.end(),
                       [&](const std::string& warning) { return contains(warning, part); });
}

} // namespace likeness::test
