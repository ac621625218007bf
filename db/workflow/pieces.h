// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/imaging/image.h"

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Size that the images of several sets are cut to where they differ: features of images of
/// different sizes tell the sizes apart, not the pictures.
struct PieceSize {
    std::int64_t width = 0;
    std::int64_t height = 0;
};

/// A piece and the image of its set that it was cut from.
struct Piece {
    std::size_t image = 0;
    Volume pixels;
};

/// The images in a grid of pieces, volumes slice by slice; of more than 4096, ones at even
/// distances are taken.
[[nodiscard]] std::vector<Piece> piecesOf(std::span<const Volume> images, const PieceSize& size);

} // namespace likeness
