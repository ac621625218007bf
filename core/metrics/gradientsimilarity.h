// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

namespace likeness {

/// Gradient magnitude similarity (Xue, Zhang, Mou, Bovik 2014), mean over interior pixels of
/// (2 a b + c) / (a^2 + b^2 + c) with Prewitt gradients (kernels over 3) of the luma, c = 0.0026
/// L^2 (their 170 at L = 255), without their downsampling. 0..1, 1 for identical images. Depth 1,
/// sides >= 3 and equal, or Error(config).
[[nodiscard]] double gradientSimilarity(const ImageSpan& a, const ImageSpan& b, double dataRange);

} // namespace likeness
