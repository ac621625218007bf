// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/formats/samplebytes.h"

namespace likeness {

/// Characters of base64 that stand for a number of bytes, padding included.
[[nodiscard]] constexpr std::uint64_t base64Length(std::uint64_t bytes) noexcept {
    return (bytes + 2) / 3 * 4;
}

/// The bytes that a stretch of base64 text without white space stands for, in any order. Reading
/// ends at padding and at whatever is no base64.
[[nodiscard]] ByteSourcePtr base64Source(const Stretch& text);

} // namespace likeness
