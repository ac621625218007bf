// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

namespace likeness {

/// TIFF and BigTIFF of either byte order, strips or tiles, every compression of libtiff, one page
/// or many: grey and RGB of 8, 16 and 32-bit float; 1 bit as 0/255; half floats as float32; other
/// integers and float64 as float32 where that is exact. A hyperstack is read as the slices of one
/// channel and time: `plane` ("c2", "t3", "c2t3", counted from 1), else the first of each. ImageJ
/// descriptions (also stacks over 4 GB, which have one directory for all slices), OME-TIFF sizes
/// and resolution tags give the voxel size. The orientation tag is applied, with a warning.
/// Palettes, CMYK, complex numbers and the like are Error(unsupported) by name.
[[nodiscard]] SliceReaderPtr
openTiff(ByteSourcePtr source, const ReadLimits& limits, const std::string& plane = {});

/// Any Volume, deflate-compressed, one page a slice, with ImageJ tags for stacks and for the voxel
/// size (classic TIFF up to 4 GiB, then BigTIFF). Throws Error(io).
void writeTiff(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
