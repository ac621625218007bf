// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/samples.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Stored value times slope plus intercept.
struct DicomRescale {
    double slope = 1.0;
    double intercept = 0.0;

    friend bool operator==(const DicomRescale&, const DicomRescale&) = default;
};

/// What may differ from frame to frame.
struct DicomFrame {
    std::optional<std::array<double, 3>> position; ///< of the first pixel, mm
    std::optional<DicomRescale> rescale;
};

/// What Likeness reads of a DICOM file; names, dates and other personal data are passed over.
struct DicomHeader {
    bool isDirectory = false; ///< a DICOMDIR
    bool bigEndian = false;
    bool rle = false;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t frames = 1;
    std::int64_t samples = 1;
    std::int64_t bitsAllocated = 0;
    std::int64_t bitsStored = 0;
    std::int64_t highBit = 0;
    bool isSigned = false;
    bool separatePlanes = false;
    std::string photometric; ///< "MONOCHROME2", "RGB" ...
    std::string series;      ///< compared, never shown
    std::optional<std::int64_t> number;
    std::optional<std::array<double, 6>> orientation; ///< of rows and of columns
    std::optional<std::array<double, 2>> spacing;     ///< between rows, between columns, mm
    std::string spacingName;
    std::optional<double> sliceDistance;  ///< SpacingBetweenSlices, mm
    std::optional<double> sliceThickness; ///< mm
    DicomFrame shared;
    std::vector<DicomFrame> perFrame; ///< empty or one for each frame
    std::uint64_t pixelOffset = 0;
    std::uint64_t pixelBytes = 0; ///< 0 if the pixels are encapsulated

    [[nodiscard]] bool hasPixels() const noexcept { return pixelOffset > 0; }

    /// Bytes of one frame as stored without compression.
    [[nodiscard]] std::uint64_t frameBytes() const noexcept;

    [[nodiscard]] DicomFrame frame(std::int64_t index) const;
};

/// Reads up to the pixels. Throws Error(format) for damage, Error(unsupported) for a transfer
/// syntax that is not read.
[[nodiscard]] DicomHeader readDicomHeader(const ByteSource& source);

/// How far a position lies along the normal of slices with this orientation, mm.
[[nodiscard]] double alongDicomNormal(const std::array<double, 6>& orientation,
                                      const std::array<double, 3>& position) noexcept;

/// Where the fragments of encapsulated pixels lie.
struct DicomFragment {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

[[nodiscard]] std::vector<DicomFragment> dicomFragments(const ByteSource& source,
                                                        const DicomHeader& header);

} // namespace likeness
