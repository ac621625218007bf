// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samplebytes.h"
#include "core/imaging/formats/slicereader.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// stored x slope + intercept, as float32.
struct ValueScaling {
    double slope = 1.0;
    double intercept = 0.0;
};

/// How the values of an image are stored.
struct SampleFormat {
    SampleType type = SampleType::u8;
    bool bigEndian = false; ///< of the bytes that SampleBytes delivers
    std::optional<ValueScaling> scaling;
};

/// What a header says of pixels that lie somewhere in the order of Volume.
struct DescribedSamples {
    ImageHeader header; ///< its `type` follows from `format`
    SampleFormat format;
};

/// Bytes that the samples take up. To be called after checkDeclaredSize().
[[nodiscard]] std::uint64_t storedBytes(const DescribedSamples& samples) noexcept;

/// The pixel type that holds the samples; a warning says if it is not theirs.
void takePixelType(DescribedSamples& samples);

/// A reader of slices out of `bytes`; `name` is what errors call the file.
[[nodiscard]] SliceReaderPtr
sampleReader(DescribedSamples samples, SampleBytesPtr bytes, std::string name);

/// Takes over the voxel size if all edges are finite and above 0. Edges that no tomograph has and
/// sizes left out get a warning.
void takeVoxelSize(ImageHeader& header, const std::array<double, 3>& um, const std::string& source);

/// For spacings in no known unit: no voxel size, and a warning with the numbers.
void warnOfUnitlessSpacing(ImageHeader& header, std::span<const double> spacing);

/// For bytes that a file has behind its pixels.
void warnOfBytesLeftOver(ImageHeader& header, std::uint64_t bytes);

} // namespace likeness
