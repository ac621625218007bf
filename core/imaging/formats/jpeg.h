// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

namespace likeness {

/// JPEG: 8-bit grey and RGB. What libjpeg only warns of (missing or damaged data, which it fills
/// with grey) is an Error(format) here. An EXIF orientation is applied, with a warning, so that
/// photographs stand upright.
[[nodiscard]] SliceReaderPtr openJpeg(ByteSourcePtr source);

/// 8-bit grey or RGB, one slice, quality 95, no chroma subsampling. Throws Error(unsupported),
/// Error(io).
void writeJpeg(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
