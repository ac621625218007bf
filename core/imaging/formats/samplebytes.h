// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/samples.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace likeness {

/// Deflate cannot pack more than this many bytes into one.
inline constexpr std::uint64_t kMaximumDeflateRatio = 1032;

/// The samples of an image as one run of bytes, however they are stored. Reading forwards is cheap;
/// reading back may begin again at the first byte. One thread at a time.
class SampleBytes {
public:
    SampleBytes() = default;
    SampleBytes(const SampleBytes&) = delete;
    SampleBytes& operator=(const SampleBytes&) = delete;
    virtual ~SampleBytes() = default;

    /// Fills `out` from `offset` on. Throws Error(format) if there are fewer bytes or if they are
    /// damaged.
    virtual void read(std::uint64_t offset, std::span<std::byte> out) = 0;

    /// Where the bytes lie if they lie in one file in one piece; otherwise no source.
    struct Place {
        ByteSourcePtr source;
        std::uint64_t begin = 0;
    };

    [[nodiscard]] virtual Place place() const { return {}; }
};

using SampleBytesPtr = std::unique_ptr<SampleBytes>;

/// A stretch of a file.
struct Stretch {
    ByteSourcePtr source;
    std::uint64_t begin = 0;
    std::uint64_t end = 0; ///< behind the last byte, at most source->size()
};

/// Bytes as they lie in the file.
[[nodiscard]] SampleBytesPtr plainBytes(ByteSourcePtr source, std::uint64_t begin);

/// What a zlib stream or the members of a gzip file unpack to, in memory that does not grow with
/// it. The checksum is verified when byte `bytes`, the last one needed, has been read.
[[nodiscard]] SampleBytesPtr inflatedBytes(Stretch packed, std::uint64_t bytes);

/// Decimal numbers between white space or commas, as samples of a type in the machine's byte order.
/// A last number that ends with the stretch's file may be cut off and is an Error(format).
[[nodiscard]] SampleBytesPtr textNumbers(Stretch text, SampleType type);

/// The same without the first bytes.
[[nodiscard]] SampleBytesPtr laterBytes(SampleBytesPtr bytes, std::uint64_t skip);

/// Pieces one after another. Each is opened when it is needed, and one at a time is open.
struct Pieces {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0; ///< of every piece; the last one may have fewer
    std::function<SampleBytesPtr(std::uint64_t index)> open;
};

[[nodiscard]] SampleBytesPtr joinedBytes(Pieces pieces);

/// The first `count` bytes, or as many as can be had, of a packed file: to tell what is in it.
[[nodiscard]] std::string inflatedStart(const ByteSource& source, std::size_t count);

/// Throws Error(format) if the stretch is shorter than `bytes`.
void checkHolds(const Stretch& stretch, std::uint64_t bytes);

/// Throws Error(format) if the packed stretch is too short to unpack to `bytes`.
void checkCanInflate(const Stretch& packed, std::uint64_t bytes);

} // namespace likeness
