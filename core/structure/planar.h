// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/job.h"
#include "core/structure/indicator.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// Measures of one 2-D image. All of them throw Error(config) for a depth above 1. Lengths are in
/// pixels; a field of view is not looked at.

/// Length of the boundary between the phases per area, in 1 / pixel: Cauchy and Crofton's formula,
/// pi / 2 times the mean of the crossings per length of test lines along x, y and the two diagonals
/// (Serra 1982). The border of the image is no boundary.
[[nodiscard]] double boundaryDensity(const Indicator& field);

/// A piece of the phase whose pixels hang together by sides or corners.
struct Particle {
    std::int64_t pixels = 0;
    bool atBorder = false;
};

[[nodiscard]] std::vector<Particle> particlesOf(const Indicator& field, const JobContext& job = {});

/// The phase thinned to lines one pixel wide (Zhang, Suen 1984).
[[nodiscard]] Indicator thinned(const Indicator& field, const JobContext& job = {});

struct SkeletonMeasures {
    double length = 0.0;           ///< 1 per step to a side, sqrt(2) to a corner, no step twice
    std::int64_t tips = 0;         ///< pixels with one neighbour
    std::int64_t branchPoints = 0; ///< pixels with three neighbours or more, touching ones once
};

/// Of a thinned field.
[[nodiscard]] SkeletonMeasures skeletonMeasures(const Indicator& skeleton);

/// Second moments of the directions along which the grey values change least: mean of t t^T over
/// the pixels, t the direction across the gradient, weighted by the squared gradient. xx + yy = 1;
/// 0.5 for no preferred direction.
struct OrientationTensor {
    double xx = 0.5;
    double xy = 0.0;
    double yy = 0.5;

    /// From 0 (none preferred) to 1 (all one way).
    [[nodiscard]] double anisotropy() const noexcept;
};

/// Of a grey image (RGB: luma), central differences; a constant image has no preferred direction.
[[nodiscard]] OrientationTensor orientationOf(const ImageSpan& image);

} // namespace likeness
