// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/random.h"
#include "core/phantoms/specimen.h"

#include <array>
#include <functional>
#include <vector>

namespace likeness::phantoms {

using Point = std::array<double, 3>;

/// A disc (flat box, z = 0) or a ball.
struct Ball {
    Point centre{};
    double radius = 0.0;
};

struct PackingRules {
    double gap = 0.0;        ///< least distance between surfaces
    double tolerance = 0.02; ///< overlap that still counts as none, px
    int sweeps = 400;        ///< at most
    /// Optional wish of a ball to be elsewhere (out of a fibre-free band): the displacement it
    /// wants.
    std::function<Point(const Ball&)> field;
};

/// Pushes overlapping balls apart in a periodic box until none overlap (after Jodrey and Tory 1985,
/// without shrinking). Centres come from `random`, radii are kept in order. Returns the largest
/// overlap left.
double packBalls(std::vector<Ball>& balls,
                 const Extent& box,
                 const PackingRules& rules,
                 Random& random,
                 JobContext& job);

/// A straight cylinder with flat ends.
struct Rod {
    Point centre{};
    Point direction{}; ///< unit vector
    double half = 0.0; ///< half its length
    double radius = 0.0;
};

/// Part of a rod's axis inside the box grown by `margin`, as parameters along it from the centre;
/// empty: from > to.
struct Clip {
    double from = 0.0;
    double to = 0.0;

    [[nodiscard]] double length() const noexcept { return to > from ? to - from : 0.0; }
};

[[nodiscard]] Clip clipToBox(const Rod& rod, const Extent& box, double margin);

/// Moves rods apart, keeping their directions, until no two come nearer than `gap` inside the box.
/// Rods that cannot be freed are removed. Returns how many were removed.
std::size_t
separateRods(std::vector<Rod>& rods, const Extent& box, const PackingRules& rules, JobContext& job);

} // namespace likeness::phantoms
