// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"
#include "core/imaging/rawguess.h"

namespace likeness {

/// Headerless pixels. Throws Error(format), with the size equation, unless offset + width x height
/// x depth x bytes is the size of the file.
[[nodiscard]] SliceReaderPtr openRaw(ByteSourcePtr source, const RawLayout& layout);

/// The same by a guess, which the header's warnings tell.
[[nodiscard]] SliceReaderPtr openGuessed(ByteSourcePtr source, const RawGuess& guess);

/// The pixels alone, little-endian. Throws Error(io).
void writeRaw(const std::filesystem::path& path, const Volume& volume);

} // namespace likeness
