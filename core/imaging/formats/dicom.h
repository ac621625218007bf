// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

#include <filesystem>
#include <vector>

namespace likeness {

/// One DICOM file: grey of 8, 16 or 32 bits or RGB of 8, one frame or many; uncompressed or RLE.
/// Other transfer syntaxes are Error(unsupported) by name. Rescale slope and intercept are applied
/// (the result is float32, computed in double); MONOCHROME1 is inverted within its stored bits, or,
/// where values are rescaled to a physical unit, kept with a warning. Nothing about the patient is
/// read. Voxel size from pixel spacing and the distance of the frames.
[[nodiscard]] SliceReaderPtr openDicom(ByteSourcePtr source, const ReadLimits& limits);

/// Single-frame files as one series, sorted along the normal of the slices by their positions, not
/// by name. Throws Error(format) that lists what is mixed, and for slices at the same place.
[[nodiscard]] SliceReaderPtr openDicomSeries(const std::vector<std::filesystem::path>& files,
                                             const ReadOptions& options);

} // namespace likeness
