// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

namespace likeness {

/// The model families that the worker trains, for those who ask it without linking it.
inline constexpr std::array<std::string_view, 4> kModelNames{"diffusion", "vae", "dcgan",
                                                             "slicegan"};

} // namespace likeness
