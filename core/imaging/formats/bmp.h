// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/bytesource.h"
#include "core/imaging/formats/slicereader.h"

#include <string_view>

namespace likeness {

/// How many bytes at the beginning of a file isBmp() wants to see.
inline constexpr std::size_t kBmpHeaderBytes = 18;

/// "BM" and the length of a known header behind it: two letters alone are any text's.
[[nodiscard]] bool isBmp(std::string_view start) noexcept;

/// Windows bitmaps of 1, 4 and 8 bits with a palette (grey if all its colours are grey), 24 and 32
/// bits; 8 bits also run-length encoded; rows from below or from above. Throws Error(format),
/// Error(unsupported).
[[nodiscard]] SliceReaderPtr openBmp(ByteSourcePtr source, const ReadLimits& limits);

} // namespace likeness
