// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/pixellut.h"

#include <limits>

namespace likeness {

namespace {

double gainOf(DisplayRange range) noexcept {
    return range.high > range.low ? 255.0 / range.window()
                                  : std::numeric_limits<double>::infinity();
}

} // namespace

PixelLut::PixelLut(PixelType type, DisplayRange range)
    : m_type(type)
    , m_range(range)
    , m_gain(gainOf(range)) {
    if (type == PixelType::f32)
        return;
    m_levels.resize(type == PixelType::u8 ? 256 : 65536);
    for (std::size_t i = 0; i < m_levels.size(); ++i)
        m_levels[i] = level(static_cast<double>(i));
}

void PixelLut::levelsOf(std::span<const float> values, std::uint8_t* levels) const noexcept {
    // Local copies and a plain loop let the compiler turn jumps into masks: on noise a jump is
    // guessed wrong half of the time.
    const double low = m_range.low;
    const double gain = m_gain;
    const float* in = values.data();
    const std::size_t n = values.size();
    for (std::size_t i = 0; i < n; ++i) {
        const double scaled = (static_cast<double>(in[i]) - low) * gain + 0.5;
        const double positive = scaled > 0.0 ? scaled : 0.0;
        levels[i] = static_cast<std::uint8_t>(positive < 255.0 ? positive : 255.0);
    }
}

std::uint8_t greyLevel(double value, DisplayRange range) noexcept {
    // A float table has no entries: only the formula.
    return PixelLut(PixelType::f32, range).level(value);
}

} // namespace likeness
