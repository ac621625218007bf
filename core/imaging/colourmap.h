// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace likeness {

/// Colour maps in which equal steps of value look like equal steps. Viridis, cividis (made for
/// colour-vision deficiency: Nuñez et al. 2018) and magma are those of Matplotlib; `diverging` is
/// Moreland's cool to warm (2009), neutral in its middle, for differences.
enum class ColourMap { grey, viridis, cividis, magma, diverging };

using ColourTable = std::array<std::uint32_t, 256>;

/// The colours of the levels 0 to 255 as 0xffRRGGBB; lives as long as the program. Safe on any
/// thread.
[[nodiscard]] const ColourTable& coloursOf(ColourMap map);

} // namespace likeness
