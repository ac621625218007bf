// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace likeness {

/// The phase that is counted: values <= threshold are dark, values > threshold are bright.
enum class Phase { dark, bright };

[[nodiscard]] std::string_view toString(Phase phase) noexcept;

/// A binary field: 1 where the counted phase is, 0 elsewhere, x fastest; and, if a field of view is
/// known, 1 inside it. Outside the field of view nothing is counted (phase is 0 there too).
struct Indicator {
    std::array<std::int64_t, 3> size{0, 0, 1}; ///< x, y, z
    std::vector<std::uint8_t> phase;
    std::vector<std::uint8_t> inside; ///< empty: all inside

    [[nodiscard]] std::int64_t voxels() const noexcept { return size[0] * size[1] * size[2]; }

    [[nodiscard]] int dimensions() const noexcept { return size[2] > 1 ? 3 : 2; }
};

/// True for images that hold at most two values, the smaller 0 and the larger 1 or the type's
/// maximum (1 for float): label images, which need no threshold.
[[nodiscard]] bool isMask(const ImageSpan& image);

/// Counts `phase` of a grey image at `threshold` (RGB: unrounded luma). `fieldOfView`, if given,
/// has the same size; its zeros are outside. Throws Error(numeric) for values that are not finite,
/// Error(config) for a field of view of another size or one that holds nothing.
[[nodiscard]] Indicator indicatorOf(const ImageSpan& image,
                                    double threshold,
                                    Phase phase,
                                    const std::optional<ImageSpan>& fieldOfView = {});

} // namespace likeness
