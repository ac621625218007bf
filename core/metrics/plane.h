// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <span>
#include <vector>

namespace likeness {

/// One 2-D grey picture in float64, unscaled: what the metrics of this folder compute on.
struct Plane {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::vector<double> values;

    [[nodiscard]] const double* row(std::int64_t y) const noexcept {
        return values.data() + y * width;
    }

    [[nodiscard]] double* row(std::int64_t y) noexcept { return values.data() + y * width; }
};

/// Depth 1 each. Throw Error(numeric) for values that are not finite, Error(config) for other
/// depths. `lumaPlane`: 0.299 R + 0.587 G + 0.114 B unrounded of three channels, a copy of one
/// channel; Error(config) for others.
[[nodiscard]] Plane channelPlane(const ImageSpan& image, std::int64_t channel);
[[nodiscard]] Plane lumaPlane(const ImageSpan& image);

/// Means of 2x2 blocks; an odd last row or column is dropped.
[[nodiscard]] Plane halved(const Plane& plane);

/// Sum in four lanes: quicker than one chain, and the same on every machine.
[[nodiscard]] double sumOf(std::span<const double> values) noexcept;

} // namespace likeness
