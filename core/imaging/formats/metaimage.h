// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/datafiles.h"

namespace likeness {

/// What the header of a MetaImage says (.mhd, .mha). Throws Error(format), Error(unsupported).
[[nodiscard]] DescribedFile readMetaImageHeader(const ByteSource& source);

/// 2-D and 3-D, 1 or 3 channels; raw, zlib and text; the data in the file itself (LOCAL), in one
/// beside it, in a LIST or a numbered row of files. Axes stay as they are stored.
[[nodiscard]] SliceReaderPtr
openMetaImage(const ByteSourcePtr& source, const SideFilesPtr& beside, const ReadLimits& limits);

/// One .mha file with raw data, every Volume; the voxel size as ElementSpacing in mm. Throws
/// Error(io).
void writeMetaImage(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
