// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samplereader.h"
#include "core/imaging/formats/sidefiles.h"

#include <string_view>

namespace likeness {

/// How many bytes at the beginning of a file isNifti() wants to see.
inline constexpr std::size_t kNiftiHeaderBytes = 540;

/// Whether unpacked first bytes are those of a NIfTI-1 or NIfTI-2 header, in either byte order.
[[nodiscard]] bool isNifti(std::string_view start) noexcept;

/// NIfTI-1 and -2: `.nii`, `.nii.gz`, and `.hdr` with `.img` or `.img.gz` beside it; 2-D, 3-D, and
/// 4-D with one volume. A scaling that is none gives float32; axes stay as they are stored.
[[nodiscard]] SliceReaderPtr
openNifti(ByteSourcePtr source, const SideFilesPtr& beside, const ReadLimits& limits);

/// NIfTI-1, by gzip if the name ends in .gz; the voxel size in mm. Throws Error(io), and
/// Error(unsupported) for RGB of more than 8 bits and edges above 32767.
void writeNifti(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
