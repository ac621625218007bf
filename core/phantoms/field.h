// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/random.h"
#include "core/phantoms/specimen.h"

#include <cstdint>
#include <vector>

namespace likeness::phantoms {

enum class Border { wrap, clamp };

/// Separable Gaussian smoothing in place; sigma in pixels, nothing happens below 0.05. Depth 1 is
/// left alone along z.
void smooth(
    std::vector<float>& values, const Extent& extent, double sigma, Border border, JobContext& job);

/// Periodic Gaussian random field of mean 0 and variance 1 whose correlation falls as exp(-(r /
/// length)^2).
[[nodiscard]] std::vector<float>
gaussianField(const Extent& extent, double length, Random& random, JobContext& job);

/// The value below which exactly `count` of the values lie (up to equal values); -inf for 0, +inf
/// for all.
[[nodiscard]] float quantileValue(std::vector<float> values, std::int64_t count);

/// Share of each pixel in which a field is above `threshold`, from its local slope: 0..1, about 0.5
/// on the contour.
[[nodiscard]] std::vector<float>
shareAbove(const std::vector<float>& field, const Extent& extent, float threshold, JobContext& job);

} // namespace likeness::phantoms
