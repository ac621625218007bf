// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/edit.h"
#include "core/generation/client/packedset.h"
#include "core/generation/greymap.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace likeness {

/// The picture that an edit results in before anything is made anew, and the part of it that the
/// network sees: around what is new, with enough of what is known. Where it reaches a side of the
/// picture it goes on a little beyond, because a network does worse at the border of what it sees:
/// mirrored there, and not known where the rest is.
struct EditCanvas {
    PackedImage base; ///< with the parent's pixels at their place
    GreyMap map;      ///< between them and the network
    std::int64_t channels = 1;
    std::vector<std::uint8_t> anew; ///< of each pixel of base: 1 where it is to be made

    std::int64_t left = 0; ///< the part, in pixels of base; negative if it begins beyond it
    std::int64_t top = 0;
    std::int64_t width = 0; ///< a multiple of the network's
    std::int64_t height = 0;
    std::vector<float> units;          ///< of the part: channels x height x width
    std::vector<std::uint8_t> unknown; ///< of the part: height x width, 1 where nothing is known

    /// base with what `made` (channels x height x width, in units) holds of the pixels to be made
    /// anew.
    [[nodiscard]] PackedImage with(const float* made) const;
};

/// What the network takes and has learnt from.
struct CanvasGrid {
    std::int64_t multiple = 8;
    std::int64_t margin = 4;   ///< pixels beyond the sides of the picture
    std::int64_t context = 64; ///< pixels around what is new
    GreyMap map;
};

/// For edits that take a parent; checkEditImages() has accepted the images. Throws Error(memory)
/// for a picture that is too large.
[[nodiscard]] EditCanvas canvasFor(const Edit& edit,
                                   const PackedSet& parent,
                                   const std::optional<PackedSet>& mask,
                                   const CanvasGrid& grid);

} // namespace likeness
