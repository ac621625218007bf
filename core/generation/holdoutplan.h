// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/holdout.h"

#include <string>
#include <vector>

namespace likeness {

/// What is trained on: squares, or cubes of volumes.
struct CropShape {
    std::int64_t size = 64;
    bool volumes = false;
};

/// Where a set is cut; trainingDataOf() does it.
struct HoldOutPlan {
    struct Piece {
        std::size_t image = 0;
        Rectangle area;
        std::int64_t first = 0; ///< slices first ... end - 1
        std::int64_t end = 0;
    };

    std::string kind = "none"; ///< "specimen", "slab", "block", "none"
    std::optional<std::int64_t> gap;
    double fraction = 0.0; ///< of the pixels that are used, held out
    std::vector<Piece> training;
    std::vector<Piece> heldOut;
    std::vector<std::string> notes;
};

/// Throws Error(config) for a choice that nothing could follow.
void checkHoldOut(const HoldOutChoice& choice);

/// Throws Error(config) if the set is too small for the split asked for.
[[nodiscard]] HoldOutPlan
planHoldOut(const TrainingPart& whole, const HoldOutChoice& choice, const CropShape& crop);

} // namespace likeness
