// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/noise.h"

#include "core/base/random.h"

#include <cmath>
#include <numbers>

namespace likeness {

void fillNormal(std::span<float> values, std::uint64_t seed) noexcept {
    Random random(seed, "generation.noise");
    for (std::size_t i = 0; i < values.size(); i += 2) {
        // (n + 0.5) / 2^32 lies inside (0, 1); rounded to float it may be 1, where the logarithm is
        // 0.
        const float first = (static_cast<float>(random.next32()) + 0.5F) * 0x1.0p-32F;
        const float second = static_cast<float>(random.next32()) * 0x1.0p-32F;
        const float radius = std::sqrt(-2.0F * std::log(first));
        const float angle = 2.0F * std::numbers::pi_v<float> * second;
        values[i] = radius * std::cos(angle);
        if (i + 1 < values.size())
            values[i + 1] = radius * std::sin(angle);
    }
}

} // namespace likeness
