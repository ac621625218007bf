// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/io.h"

#include <filesystem>
#include <optional>
#include <string>

namespace likeness {

/// A layout of a headerless file that somebody has to confirm, and what each part rests on.
struct RawGuess {
    RawLayout layout;
    std::optional<VoxelSize> voxelSize;
    std::string sizeFrom;  ///< "the file's name", "scan.vgi" ...
    std::string typeFrom;  ///< the same, or "2 bytes per pixel"
    std::string orderFrom; ///< the same, or what the values look like; empty for single bytes

    /// "the layout 5 x 4 x 3 uint16 little-endian is guessed: the size from ...", for people.
    [[nodiscard]] std::string text() const;
};

/// A guess for `.raw`, `.vol`, `.bin`, `.dat`, `.data`, `.img` and `.rec` files from a sidecar of
/// the same name (`.mhd`, `.nhdr`, VGStudio's `.vgi`, PyHST's `.vol.info`, SkyScan's `.log`) or
/// from the file's name ("x_512x512x300_uint16_be.raw"). Only a layout whose size equation gives
/// exactly the length of the file is a guess; otherwise empty, as for types that RawLayout cannot
/// hold. Throws Error: notFound, io.
[[nodiscard]] std::optional<RawGuess> guessRaw(const std::filesystem::path& path);

/// Whether the suffix is one that headerless files go by: those above, or none.
[[nodiscard]] bool looksHeaderless(const std::filesystem::path& path);

/// The middle slice as a layout has it, for people to see whether it is right: the file may have
/// another length. A slice that lies beyond its end is taken from before it; what is still missing
/// is 0. Throws Error: notFound, io, config (an edge below 1, a negative offset), memory (a slice
/// of more than kLargestRawGlimpse bytes).
[[nodiscard]] Volume rawGlimpse(const std::filesystem::path& path, const RawLayout& layout);

inline constexpr std::int64_t kLargestRawGlimpse = std::int64_t{256} << 20U;

} // namespace likeness
