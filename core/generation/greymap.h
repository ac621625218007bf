// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/json.h"
#include "core/generation/client/packedset.h"

#include <string>

namespace likeness {

/// The one linear map between a data set's grey values and a network's units: unit = (grey -
/// centre) / scale. It is fixed for the whole set and stored with the model, so that absolute grey
/// values survive.
struct GreyMap {
    PixelType type = PixelType::u8;
    double centre = 127.5;
    double scale = 255.0;
    double sigmaData = 0.5; ///< standard deviation of the training set in units

    [[nodiscard]] float forward(double grey) const noexcept {
        return static_cast<float>((grey - centre) / scale);
    }

    /// Writes `count` values as grey values of `type`: integers rounded and held within the type's
    /// range.
    void inverse(const float* units, std::int64_t count, std::byte* grey) const noexcept;
};

/// Centre and scale from the mean and the standard deviation between the 0.1th and 99.9th
/// percentile of the whole set, so that a few very bright grains do not flatten the rest; scaled to
/// a standard deviation of 0.5. Throws Error(numeric) for a constant set and for pixels that are
/// not finite.
[[nodiscard]] GreyMap greyMapOf(const PackedSet& set);

[[nodiscard]] Json toJson(const GreyMap& map);
[[nodiscard]] GreyMap greyMapFromJson(const Json& json, const std::string& subject);

} // namespace likeness
