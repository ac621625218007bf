// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/trainingstep.h"

#include "core/base/random.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace likeness {

std::uint64_t stepSeed(std::uint64_t seed, std::int64_t step, std::int64_t image) noexcept {
    return derivedSeed(derivedSeed(seed, static_cast<std::uint64_t>(step)),
                       static_cast<std::uint64_t>(image));
}

std::vector<std::uint64_t>
stepSeeds(std::uint64_t seed, std::int64_t step, std::int64_t first, std::int64_t count) {
    std::vector<std::uint64_t> seeds;
    for (std::int64_t i = 0; i < count; ++i)
        seeds.push_back(stepSeed(seed, step, first + i));
    return seeds;
}

torch::Tensor TrainingStep::cropsOf(const CropSource& crops,
                                    std::span<const std::uint64_t> seeds) const {
    torch::Tensor images = torch::empty(
        {static_cast<std::int64_t>(seeds.size()), m_setup.channels, m_setup.size, m_setup.size},
        torch::kFloat32);
    float* values = images.data_ptr<float>();
    for (const std::uint64_t seed : seeds) {
        crops.draw(seed, values);
        values += crops.valuesPerCrop();
    }
    return sentTo(m_setup.device, images);
}

bool TrainingStep::prefersBfloat16() {
    constexpr double kWorthwhile = 0.95; ///< of the time in float
    for (const bool bfloat16 : {false, true})
        (void)timeGradient(bfloat16, 1); // the first makes the convolutions' code
    const double full = timeGradient(false, 3);
    return timeGradient(true, 3) < kWorthwhile * full;
}

double TrainingStep::timeGradient(bool bfloat16, int rounds) {
    using Clock = std::chrono::steady_clock;
    const bool before = m_setup.bfloat16;
    m_setup.bfloat16 = bfloat16;
    double best = INFINITY;
    for (int i = 0; i < rounds; ++i) {
        const auto start = Clock::now();
        rehearse();
        best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
    }
    m_setup.bfloat16 = before;
    return best;
}

} // namespace likeness
