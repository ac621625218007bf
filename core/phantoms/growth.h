// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/phantoms/root.h"

#include <vector>

namespace likeness::phantoms {

struct RootNode {
    double x = 0.0;
    double y = 0.0;
    double radius = 0.0;
};

/// One root as a polyline with nodes about 1 px apart; laterals begin on their parent's centre
/// line.
struct Strand {
    std::vector<RootNode> nodes;
    int order = 0; ///< 0 main axis, 1 lateral, 2 lateral of a lateral
};

/// Grows a plant from the upper border. Strands keep apart; those that found no room are left out.
[[nodiscard]] std::vector<Strand> growRoots(const RootParameters& parameters,
                                            const Extent& extent,
                                            std::uint64_t seed,
                                            JobContext& job);

} // namespace likeness::phantoms
