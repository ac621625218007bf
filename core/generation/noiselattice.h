// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace likeness {

/// A box of an endless lattice: z, y, x.
struct LatticeBox {
    std::array<std::int64_t, 3> origin{}; ///< not below 0
    std::array<std::int64_t, 3> size{};

    [[nodiscard]] std::int64_t points() const noexcept { return size[0] * size[1] * size[2]; }
};

/// Fills `values` (channels x z x y x x) with standard normal deviates, each of which depends on
/// the seed, its channel and its place on the lattice alone, so that boxes agree where they
/// overlap: SplitMix64 words of the coordinates (a counter in place of a stream) through the
/// Box-Muller transform in single precision, |value| < 6.8.
void fillLattice(std::span<float> values, std::uint64_t seed, const LatticeBox& box) noexcept;

} // namespace likeness
