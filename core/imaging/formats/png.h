// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

namespace likeness {

/// PNG: grey 1..16 bits, RGB 8/16 bits, palette (as RGB, or grey if all its colours are),
/// transparency dropped with a warning; `pHYs` as voxel size; the orientation in `eXIf` applied,
/// with a warning. Throws Error(format) for anything that libpng calls an error.
[[nodiscard]] SliceReaderPtr openPng(ByteSourcePtr source);

/// The file of an 8/16-bit grey or RGB slice; `subject` names it in errors. Throws
/// Error(unsupported), Error(io).
[[nodiscard]] std::vector<std::byte> encodePng(const Volume& volume, const std::string& subject);

/// The same, written durably.
void writePng(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
