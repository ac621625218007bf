// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <filesystem>
#include <string_view>

namespace likeness {

/// Writes a header and behind it the pixels in the machine's byte order. Throws Error(io).
void writeHeadAndPixels(const std::filesystem::path& path,
                        std::string_view head,
                        const Volume& volume);

/// The same, packed by gzip; equal content gives equal bytes.
void writeHeadAndPixelsPacked(const std::filesystem::path& path,
                              std::string_view head,
                              const Volume& volume);

} // namespace likeness
