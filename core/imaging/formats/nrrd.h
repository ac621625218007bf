// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/datafiles.h"

namespace likeness {

/// What the header of a NRRD or NHDR file says (Nearly Raw Raster Data, format versions 1 to 5).
/// Throws Error(format), and Error(unsupported) for encodings and types that are not read.
[[nodiscard]] DescribedFile readNrrdHeader(const ByteSource& source);

/// 2-D and 3-D, grey or with a first axis of 3 colours; encodings raw, gzip and text; the data
/// attached, or in one or several files beside the header. Axes stay as they are stored.
[[nodiscard]] SliceReaderPtr
openNrrd(const ByteSourcePtr& source, const SideFilesPtr& beside, const ReadLimits& limits);

/// Attached raw data, every Volume; the voxel size as space directions in mm. Throws Error(io).
void writeNrrd(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
