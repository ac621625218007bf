// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace likeness {

/// SplitMix64 (Steele, Lea, Flood 2014): turns any 64-bit seed into well-mixed words.
[[nodiscard]] std::uint64_t splitMix64(std::uint64_t& state) noexcept;

/// PCG32 (XSH-RR 64/32, O'Neill 2014), the one generator of the project. Its sequence is fixed by
/// definition, so plans and phantoms can be derived again on any platform. Name: "pcg32",
/// version 1.
class Random {
public:
    static constexpr std::string_view kName = "pcg32-v1";

    /// PCG's own seeding; equal (seed, sequence) give equal streams.
    Random(std::uint64_t seed, std::uint64_t sequence) noexcept;

    /// A stream named by a word ("plan", "phantom.rock"): streams of one seed are independent.
    Random(std::uint64_t seed, std::string_view stream) noexcept;

    [[nodiscard]] std::uint32_t next32() noexcept;
    [[nodiscard]] std::uint64_t next64() noexcept;

    /// Uniform integer in [0, bound), by rejection, without modulo bias. bound >= 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept;

    /// Uniform double in [0, 1) with 53 random bits.
    [[nodiscard]] double uniform() noexcept;
    [[nodiscard]] double uniform(double low, double high) noexcept;

    /// Standard normal deviate (Box-Muller, both values used).
    [[nodiscard]] double normal() noexcept;

    /// Poisson deviate of the given mean >= 0; normal approximation above a mean of 1000.
    [[nodiscard]] double poisson(double mean) noexcept;

    /// Fisher-Yates.
    template <typename T>
    void shuffle(std::span<T> items) noexcept {
        for (std::size_t i = items.size(); i > 1; --i)
            std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
    }

private:
    std::uint64_t m_state = 0;
    std::uint64_t m_increment = 0;
    double m_spare = 0.0;
    bool m_hasSpare = false;
};

/// A seed derived from a parent seed and a number: sample i of seed s has seed derived(s, i).
[[nodiscard]] std::uint64_t derivedSeed(std::uint64_t seed, std::uint64_t index) noexcept;

} // namespace likeness
