// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/packedset.h"
#include "core/generation/client/training.h"
#include "core/generation/greymap.h"

#include <torch/torch.h>

#include <vector>

namespace likeness {

/// Otsu's threshold (Otsu 1979) of all grey values of a set, 256 bins between its extremes, for 8
/// bits between 0 and 255; RGB: unrounded luma. Throws Error(numeric) for a constant set.
[[nodiscard]] double otsuOf(const PackedSet& set);

/// Network units, N x channels x H x W, as the grey values that would be stored: rounded and held
/// within the type's range, RGB as unrounded luma. N x H x W in float64.
[[nodiscard]] torch::Tensor greyValuesOf(const torch::Tensor& units, const GreyMap& map);

/// What is compared of a group of equal square crops.
struct StructureFigures {
    double porosity = 0.0;        ///< share of pixels <= threshold
    std::vector<double> s2;       ///< radial two-point probability of them, lag 0 ... 24
    std::vector<double> spectrum; ///< mean radial power, bin floor(k + 0.5), cycles per side
};

/// S2: pairs inside one crop only, every lag vector with floor(|lag| + 0.5) = r counts the same,
/// from exact counts over all crops. Spectrum: without window, each crop's mean taken off, divided
/// by the number of pixels. Crops of less than 25 pixels give fewer lags.
[[nodiscard]] StructureFigures structureFiguresOf(const torch::Tensor& grey, double threshold);

/// Distances of two groups of crops of one size; the score is left at 0.
[[nodiscard]] HeldOutFigures distanceBetween(const StructureFigures& a, const StructureFigures& b);

/// The score of `figures` against the distance of real crops from real crops.
[[nodiscard]] double scoreOf(const HeldOutFigures& figures, const HeldOutFigures& floor);

} // namespace likeness
