// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/samples.h"
#include "core/imaging/formats/slicereader.h"

namespace likeness {

/// What the text header of a `.npy` file says.
struct NpyHeader {
    SampleType type = SampleType::u8;
    bool bigEndian = false;
    bool fortran = false; ///< first axis fastest
    std::vector<std::int64_t> shape;
    std::uint64_t dataOffset = 0;

    [[nodiscard]] std::uint64_t values() const noexcept;
};

/// NumPy format versions 1 to 3. Throws Error(format), Error(unsupported) for types such as complex
/// or objects, and Error(format) if the file does not hold the values.
[[nodiscard]] NpyHeader readNpyHeader(const ByteSource& source);

/// `.npy` of rank 2 (y, x), 3 (z, y, x; or y, x, 3 for colours) or 4 (z, y, x, 1|3); bool as 0/1; C
/// and Fortran order. Other integers and float64 are held as float32 where that is exact, else
/// Error(unsupported).
[[nodiscard]] SliceReaderPtr openNpy(ByteSourcePtr source, const ReadLimits& limits);

/// Any Volume: (y, x), (z, y, x), with a last axis of 3 for RGB. Throws Error(io).
void writeNpy(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
