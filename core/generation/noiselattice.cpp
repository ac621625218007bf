// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/noiselattice.h"

#include "core/base/random.h"

#include <cmath>
#include <numbers>

namespace likeness {

namespace {

struct Pair {
    float even = 0.0F;
    float odd = 0.0F;
};

Pair normals(std::uint64_t word) noexcept {
    const float first = (static_cast<float>(word >> 32U) + 0.5F) * 0x1.0p-32F;
    const float second = static_cast<float>(word & 0xFFFFFFFFU) * 0x1.0p-32F;
    const float radius = std::sqrt(-2.0F * std::log(first));
    const float angle = 2.0F * std::numbers::pi_v<float> * second;
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// `row` is the seed of the line of points along x.
float* fillRow(float* out, std::uint64_t row, std::int64_t begin, std::int64_t count) noexcept {
    const std::int64_t end = begin + count;
    for (std::int64_t x = begin; x < end; x = (x | 1) + 1) {
        const Pair pair = normals(derivedSeed(row, static_cast<std::uint64_t>(x >> 1)));
        if ((x & 1) == 0)
            *out++ = pair.even;
        if ((x | 1) < end)
            *out++ = pair.odd;
    }
    return out;
}

} // namespace

void fillLattice(std::span<float> values, std::uint64_t seed, const LatticeBox& box) noexcept {
    const std::size_t perChannel = static_cast<std::size_t>(box.points());
    float* out = values.data();
    for (std::size_t channel = 0; channel * perChannel < values.size(); ++channel) {
        const std::uint64_t ofChannel = derivedSeed(seed, channel);
        for (std::int64_t z = 0; z < box.size[0]; ++z) {
            const std::uint64_t ofSlice =
                derivedSeed(ofChannel, static_cast<std::uint64_t>(box.origin[0] + z));
            for (std::int64_t y = 0; y < box.size[1]; ++y)
                out = fillRow(out,
                              derivedSeed(ofSlice, static_cast<std::uint64_t>(box.origin[1] + y)),
                              box.origin[2], box.size[2]);
        }
    }
}

} // namespace likeness
