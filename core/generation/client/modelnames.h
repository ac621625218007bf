// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

namespace likeness {

/// The model families that the worker trains, for those who ask it without linking it.
inline constexpr std::array<std::string_view, 8> kModelNames{
    "diffusion", "latent-diffusion", "vae",     "dcgan", "stylegan",
    "slicegan",  "gaussian-field",   "quilting"};

/// Those of them with a denoiser, which can edit images.
inline constexpr std::array<std::string_view, 2> kEditingModels{"diffusion", "latent-diffusion"};

} // namespace likeness
