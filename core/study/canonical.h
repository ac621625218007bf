// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"
#include "core/study/definition.h"

#include <string>
#include <vector>

namespace likeness {

/// A sample's pixels on their way to a stimulus; the name is used in error messages only.
struct CanonicalInput {
    std::string name;
    Volume pixels;
};

/// The value mapping that was applied to all: out = (in - low) * maximum / (high - low),
/// kept within 0..maximum and rounded half up. For Mapping::none low/high are 0 and the maximum.
struct AppliedMapping {
    double low = 0.0;
    double high = 0.0;
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t channels = 1;
    PixelType type = PixelType::u8;
    std::int64_t clippedLow = 0; ///< values below low, over all stimuli
    std::int64_t clippedHigh = 0;
};

struct CanonicalSet {
    std::vector<Volume> images; ///< in input order; all of one size, type and channel count
    AppliedMapping mapping;
    std::vector<std::string> warnings; ///< e.g. sources of different pixel types
};

/// The one path from sample to stimulus: colour, centre crop (never resized), one linear mapping
/// for all, 8 or 16 bits. Percentiles are taken over the cropped pixels of all inputs together.
/// Throws Error(config): no common size, too small, a type that Mapping::none cannot hold, no
/// contrast; Error(unsupported): volumes; Error(numeric): values that are not finite.
[[nodiscard]] CanonicalSet makeCanonical(const std::vector<CanonicalInput>& inputs,
                                         const CanonicalForm& form,
                                         JobContext& job);

/// SHA-256 over "width height channels type" and the raw bytes (little-endian): equal only for
/// equal pixels of equal shape.
[[nodiscard]] std::string canonicalPixelsSha256(const Volume& image);

} // namespace likeness
