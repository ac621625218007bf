// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "viewers/support/valuesample.h"

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Grey level of a value under window and level: round(255 (v - low) / (high - low)), clamped. NaN
/// is 0. A range with high <= low is a step at low: 255 above, 0 otherwise.
[[nodiscard]] std::uint8_t greyLevel(double value, DisplayRange range) noexcept;

/// Window and level of one picture as a table (8 and 16 bit) or a formula (float).
class PixelLut {
public:
    PixelLut() = default;
    PixelLut(PixelType type, DisplayRange range);

    [[nodiscard]] DisplayRange range() const noexcept { return m_range; }

    [[nodiscard]] std::uint8_t level(std::uint8_t value) const noexcept { return m_levels[value]; }

    [[nodiscard]] std::uint8_t level(std::uint16_t value) const noexcept { return m_levels[value]; }

    /// Any real value of the picture: a float pixel or a mean of pixels.
    [[nodiscard]] std::uint8_t level(double value) const noexcept {
        // A NaN takes the second value of both choices.
        const double scaled = (value - m_range.low) * m_gain + 0.5;
        const double positive = scaled > 0.0 ? scaled : 0.0;
        return static_cast<std::uint8_t>(positive < 255.0 ? positive : 255.0);
    }

    [[nodiscard]] std::uint8_t level(float value) const noexcept {
        return level(static_cast<double>(value));
    }

    /// level() of each value, several at a time.
    void levelsOf(std::span<const float> values, std::uint8_t* levels) const noexcept;

    /// True if this is the table for these two already.
    [[nodiscard]] bool serves(PixelType type, DisplayRange range) const noexcept {
        return m_gain > 0.0 && m_type == type && m_range == range;
    }

private:
    PixelType m_type = PixelType::u8;
    DisplayRange m_range;
    std::vector<std::uint8_t> m_levels;
    double m_gain = 0.0;
};

} // namespace likeness
