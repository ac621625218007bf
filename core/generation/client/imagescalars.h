// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Which pixels belong to the phase that is counted: values above the threshold if it is bright,
/// the others if it is dark.
struct PhaseRule {
    double threshold = 0.0;
    bool bright = false;

    friend bool operator==(const PhaseRule&, const PhaseRule&) = default;
};

/// One channel of an image, x fastest.
struct GreyPlane {
    std::span<const float> values;
    std::int64_t width = 0;
    std::int64_t height = 0;
};

/// Share of the plane's pixels that belong to the phase.
[[nodiscard]] double phaseFraction(const GreyPlane& plane, const PhaseRule& rule) noexcept;

[[nodiscard]] double meanOf(const GreyPlane& plane) noexcept;

/// Direction of the fibres and how alike they lie: coherence times (cos 2t, sin 2t), where t counts
/// from +x towards +y (down) and belongs to the direction in which the image changes least. From
/// the structure tensor over all inner pixels with Sobel's gradients (Bigun, Granlund 1987):
/// (Jyy - Jxx, -2 Jxy) / (Jxx + Jyy); (0, 0) where nothing changes. Coherence 1: all gradients lie
/// on one line; 0: none is preferred.
struct Orientation {
    double cos = 0.0;
    double sin = 0.0;
};

[[nodiscard]] Orientation orientationOf(const GreyPlane& plane) noexcept;

/// Otsu's threshold (1979) of all pixels together: 256 bins, the whole numbers for 8-bit images.
/// Throws Error(numeric) if they have one value only.
[[nodiscard]] double otsuOf(std::span<const ImageSpan> images);

/// Grey values of slice z; RGB: luma (0.299, 0.587, 0.114), not rounded; other channels: the first.
[[nodiscard]] std::vector<float> greyPlane(const ImageSpan& image, std::int64_t z);

} // namespace likeness
