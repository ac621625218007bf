// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace likeness {

/// Fills `values` with standard normal deviates that depend on the seed alone: PCG32 words through
/// the Box-Muller transform in single precision, 32 bits to a deviate, |value| < 6.8.
void fillNormal(std::span<float> values, std::uint64_t seed) noexcept;

} // namespace likeness
