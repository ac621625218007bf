// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <filesystem>
#include <string>
#include <vector>

namespace likeness::test {

/// A TIFF page as other programs write them; written by libtiff directly, not by the code under
/// test.
struct TiffRecipe {
    const char* mode = "w"; ///< "w", "wb" (big-endian), "w8" (BigTIFF)
    std::uint16_t bits = 8;
    std::uint16_t sampleFormat = 1; ///< 1 unsigned, 2 signed, 3 floating point
    std::uint16_t samples = 1;
    std::uint16_t photometric = 1; ///< 0 white is zero, 1 black is zero, 2 RGB, 3 palette
    std::uint16_t compression = 1;
    std::uint16_t predictor = 1;
    bool separatePlanes = false;
    std::uint32_t tile = 0; ///< edge; 0: strips
    std::uint32_t rowsPerStrip = 7;
    std::string description;
    float resolution = 0.0F;
    std::uint16_t resolutionUnit = 1;
    std::uint16_t orientation = 0;
};

/// Writes each of `pages` (interleaved samples in the machine's byte order) as one page.
void writeTestTiff(const std::filesystem::path& path,
                   const TiffRecipe& recipe,
                   std::uint32_t width,
                   std::uint32_t height,
                   const std::vector<std::vector<std::byte>>& pages);

/// The pixels of every slice of a volume as pages.
[[nodiscard]] std::vector<std::vector<std::byte>> pagesOf(const Volume& volume);

} // namespace likeness::test
