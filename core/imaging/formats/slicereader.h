// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/io.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace likeness {

/// Pixels that lie in a file just as a Volume holds them, but for the byte order: any part of them
/// can be read alone.
struct PlainPixels {
    ByteSourcePtr source;
    std::vector<std::uint64_t> slices; ///< offset of the first byte of every slice
    bool swapped = false;              ///< not in the machine's byte order
};

/// Slices that follow each other from `first` on.
[[nodiscard]] PlainPixels
evenSlices(ByteSourcePtr source, std::uint64_t first, std::size_t sliceBytes, std::int64_t depth);

/// An opened image file that decodes one slice at a time. Opening reads the header only; nothing of
/// the declared size is allocated before the caller has compared it with a limit. One thread at a
/// time.
class SliceReader {
public:
    SliceReader() = default;
    SliceReader(const SliceReader&) = delete;
    SliceReader& operator=(const SliceReader&) = delete;
    virtual ~SliceReader() = default;

    [[nodiscard]] const ImageHeader& header() const noexcept { return m_header; }

    /// Bytes of one decoded slice.
    [[nodiscard]] std::size_t sliceBytes() const noexcept {
        return static_cast<std::size_t>(m_header.width * m_header.height * m_header.channels) *
               bytesOf(m_header.type);
    }

    /// Decodes slice z into `out`, which has sliceBytes() bytes. Throws Error(format),
    /// Error(unsupported).
    virtual void readSlice(std::int64_t z, std::span<std::byte> out) = 0;

    /// Empty for pixels that have to be decoded.
    [[nodiscard]] virtual std::optional<PlainPixels> plainPixels() { return std::nullopt; }

protected:
    ImageHeader m_header;
};

using SliceReaderPtr = std::unique_ptr<SliceReader>;

/// What a reader must respect.
struct ReadLimits {
    std::int64_t maximumBytes = Volume::kMaximumBytes; ///< of decoded pixels of the whole file
};

/// Throws Error(memory) if the header declares more than the limit, Error(format) for a size
/// below 1.
void checkDeclaredSize(const ImageHeader& header,
                       const std::string& name,
                       const ReadLimits& limits);

} // namespace likeness
