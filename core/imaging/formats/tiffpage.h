// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samples.h"
#include "core/imaging/formats/tiffhandle.h"

#include <cstdint>
#include <string>

namespace likeness {

/// How the pixels of one TIFF page are stored.
struct TiffPage {
    std::uint64_t offset = 0; ///< of the page's directory in the file
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t bits = 8;
    SampleType sample = SampleType::u8;
    std::int64_t samples = 1;  ///< stored per pixel
    std::int64_t channels = 1; ///< of them that are colour: 1 or 3
    bool separatePlanes = false;
    bool whiteIsZero = false;
    bool jpegYCbCr = false; ///< libtiff must turn it into RGB
    std::uint16_t compression = 1;
    int orientation = 1; ///< 1 upright .. 8

    [[nodiscard]] bool sameShape(const TiffPage& other) const noexcept {
        return width == other.width && height == other.height && bits == other.bits &&
               sample == other.sample && samples == other.samples && channels == other.channels &&
               whiteIsZero == other.whiteIsZero && orientation == other.orientation;
    }

    /// Whether what is stored is already what a Volume holds.
    [[nodiscard]] bool isStoredAsPixels() const noexcept {
        const bool known =
            sample == SampleType::u8 || sample == SampleType::u16 || sample == SampleType::f32;
        return known && samples == channels && !whiteIsZero;
    }

    /// Bytes of the decoded page as stored (1-bit pixels take a byte each).
    [[nodiscard]] std::uint64_t storedBytes() const noexcept {
        return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) *
               static_cast<std::uint64_t>(samples) * bytesOf(sample);
    }
};

/// Layout of the handle's current directory. Throws Error(unsupported) with the name of what is not
/// read, Error(format) for impossible values.
[[nodiscard]] TiffPage readTiffPage(TiffHandle& tiff, const std::string& where);

/// Decodes the current directory into `out`, storedBytes() long, samples interleaved, in the
/// machine's byte order.
void decodeTiffPage(TiffHandle& tiff,
                    const TiffPage& page,
                    const std::string& where,
                    std::span<std::byte> out);

/// From samples as stored to pixels: extra samples dropped, white-is-zero inverted, other number
/// types as float32. Throws Error(unsupported) if a value has no exact float32.
void pixelsFromTiff(const TiffPage& page,
                    const std::string& name,
                    std::span<std::byte> stored,
                    std::span<std::byte> out);

} // namespace likeness
