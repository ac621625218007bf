// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/pieces.h"

#include "core/imaging/resample.h"

#include <algorithm>
#include <utility>

namespace likeness {

std::vector<Piece> piecesOf(std::span<const Volume> images, const PieceSize& size) {
    constexpr std::size_t kMostPieces = 4096;
    std::vector<std::pair<std::size_t, Volume::Box>> all;
    for (std::size_t i = 0; i < images.size(); ++i) {
        for (std::int64_t z = 0; z < images[i].depth(); ++z) {
            for (Volume::Box box :
                 gridOfBoxes(images[i].width(), images[i].height(), size.width, size.height)) {
                box.z = z;
                all.emplace_back(i, box);
            }
        }
    }
    const std::size_t kept = std::min(all.size(), kMostPieces);
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < kept; ++i) {
        const auto& [image, box] = all[i * all.size() / kept];
        pieces.push_back({image, images[image].crop(box)});
    }
    return pieces;
}

} // namespace likeness
