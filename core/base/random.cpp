// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

constexpr std::uint64_t kMultiplier = 6364136223846793005ULL;

// FNV-1a, only to give stream names distinct sequence numbers.
constexpr std::uint64_t sequenceOf(std::string_view name) noexcept {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : name) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211ULL;
    }
    return hash;
}

} // namespace

std::uint64_t splitMix64(std::uint64_t& state) noexcept {
    state += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

Random::Random(std::uint64_t seed, std::uint64_t sequence) noexcept
    : m_increment((sequence << 1U) | 1U) {
    (void)next32();
    m_state += seed;
    (void)next32();
}

Random::Random(std::uint64_t seed, std::string_view stream) noexcept
    : Random(splitMix64(seed), sequenceOf(stream)) {}

std::uint32_t Random::next32() noexcept {
    const std::uint64_t old = m_state;
    m_state = old * kMultiplier + m_increment;
    const auto mixed = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    return std::rotr(mixed, static_cast<int>(old >> 59U));
}

std::uint64_t Random::next64() noexcept {
    const std::uint64_t high = next32();
    return (high << 32U) | next32();
}

std::uint64_t Random::below(std::uint64_t bound) noexcept {
    const std::uint64_t threshold = (0 - bound) % bound;
    for (;;) {
        const std::uint64_t value = next64();
        if (value >= threshold)
            return value % bound;
    }
}

double Random::uniform() noexcept {
    return static_cast<double>(next64() >> 11U) * 0x1.0p-53;
}

double Random::uniform(double low, double high) noexcept {
    return low + (high - low) * uniform();
}

double Random::normal() noexcept {
    if (m_hasSpare) {
        m_hasSpare = false;
        return m_spare;
    }
    // 1 - u lies in (0, 1], where the logarithm is finite.
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    const double angle = 2.0 * std::numbers::pi * uniform();
    m_spare = radius * std::sin(angle);
    m_hasSpare = true;
    return radius * std::cos(angle);
}

double Random::poisson(double mean) noexcept {
    if (mean <= 0.0)
        return 0.0;
    if (mean > 1000.0)
        return std::max(0.0, std::round(mean + std::sqrt(mean) * normal()));
    // Knuth's product of uniforms in steps that keep exp() in range.
    double count = 0.0;
    double remaining = mean;
    double product = uniform();
    for (;;) {
        while (product < 1.0 && remaining > 0.0) {
            const double step = std::min(remaining, 500.0);
            product *= std::exp(step);
            remaining -= step;
        }
        if (product <= 1.0)
            return count;
        product *= uniform();
        count += 1.0;
    }
}

std::uint64_t derivedSeed(std::uint64_t seed, std::uint64_t index) noexcept {
    std::uint64_t state = seed;
    state = splitMix64(state) ^ index;
    return splitMix64(state);
}

} // namespace likeness
