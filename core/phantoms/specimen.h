// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/imaging/image.h"

#include <cstdint>

namespace likeness {

/// Grid of a specimen in pixels; depth 1 is a 2-D specimen.
struct Extent {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;

    [[nodiscard]] std::int64_t pixels() const noexcept { return width * height * depth; }

    [[nodiscard]] std::int64_t area() const noexcept { return width * height; }

    [[nodiscard]] bool isFlat() const noexcept { return depth == 1; }

    friend bool operator==(const Extent&, const Extent&) = default;
};

/// A procedural specimen before any imaging.
struct Specimen {
    /// 8-bit phase mask. Rock: 0 grain, 1 pore, 2 dense mineral. Fibre: 0 matrix, 1 fibre, 2 void.
    /// Root: 0 ground, 1 root.
    Volume labels;

    /// 32-bit, what a perfect instrument would see, with partial-volume edges. Rock and fibre:
    /// linear attenuation relative to the main solid (grain or fibre = 1, air = 0). Root: share of
    /// the pixel that root covers, shaded like a round strand (0..1).
    Volume signal;

    /// What is known of the specimen without measuring it, and counts of its mask. Lengths in
    /// pixels, axis x first.
    Json truth = Json::object();
};

} // namespace likeness
