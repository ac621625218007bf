// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/job.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// What maps grey values to numbers that features are made of. Fixed once from the REAL set and
/// applied to both sets: an image is never scaled by its own range.
struct GreyReference {
    double low = 0.0;       ///< 0.5 % quantile of the real set
    double high = 1.0;      ///< 99.5 % quantile of the real set; high > low
    double threshold = 0.5; ///< Otsu threshold of the real set, in grey values
};

/// Throws Error(numeric) if the spans hold one single value. RGB is taken as unrounded luma.
[[nodiscard]] GreyReference greyReference(std::span<const ImageSpan> realImages);

inline constexpr int kHandcraftedDims = 64;
inline constexpr int kHandcraftedMinimumSide = 32;
inline constexpr std::string_view kHandcraftedName = "handcrafted-v1";

using HandcraftedFeatures = std::array<double, kHandcraftedDims>;

/// The feature vector "handcrafted-v1" of one 2-D image of any size with both sides >= 32. Every
/// statistic is a mean over the image, so that size changes its noise and not its scale; entries
/// are of the order of 1. With g = (v - low) / (high - low), not clamped:
///  0..7   mean, sd, signed cube root of the third central moment, quantiles .05 .25 .50 .75 .95
///  (nearest rank) of g 8..25  for g and its 2x2 means at half and quarter size (odd last rows
///  dropped), over interior pixels:
///         4 mean |grad|, 4 sd |grad|, 4 mean |Laplacian| / 2, 4 sd Laplacian / 2 (central
///         differences, 5-point Laplacian), (Jxx - Jyy) / (Jxx + Jyy), 2 Jxy / (Jxx + Jyy) with J
///         the mean gradient tensor (0 where there is no gradient)
/// 26..45  square roots of the rotation-invariant uniform LBP histogram (Ojala et al. 2002; 8
/// neighbours on the square
///         ring, neighbour >= centre counts 1; bins 0..8 ones, 9 not uniform) at full and at half
///         size
/// 46..53  square roots of the share of spectral power in the rings 1, 2, 3, 4-5, 6-7, 8-10, 11-13,
/// 14-16 (rounded
///         cycles per 32 pixels) of Hann-windowed, mean-free 32x32 tiles at half-tile steps, power
///         averaged over tiles
/// 54..59  bright fraction p at the threshold, then (S2(r) - p^2) at r = 1, 2, 4, 8 averaged over x
/// and y, times 4,
///         and 4 (S2x(4) - S2y(4))
/// 60..63  mean and sd of ln(run length) / ln 32 over all runs along x and y, bright phase then
/// dark phase (0 if absent) Throws Error(config) for smaller images or depth > 1, Error(numeric)
/// for values that are not finite.
[[nodiscard]] HandcraftedFeatures handcraftedFeatures(const ImageSpan& image,
                                                      const GreyReference& reference,
                                                      const JobContext& job = {});

/// Name of entry `index`, "lbp.1.uniform3".
[[nodiscard]] std::string handcraftedName(int index);

} // namespace likeness
