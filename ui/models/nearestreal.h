// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "db/records.h"
#include "ui/models/pixelsource.h"

#include <vector>

namespace likeness {

/// The place in real images that looks most like a piece of a synthetic one.
struct NearestReal {
    SampleRecord sample;
    std::int64_t slice = 0;  ///< of a volume
    std::int64_t side = 0;   ///< edge of the square pieces that were compared, in pixels
    std::int64_t pieceX = 0; ///< upper left corner of the piece of the synthetic image
    std::int64_t pieceY = 0;
    double correlation = 0.0; ///< 1 for a copy
    std::int64_t x = 0;       ///< upper left corner in the real image
    std::int64_t y = 0;
    int orientation = 0; ///< of the piece there, as in TemplateMatch
};

/// Looks for the pieces of `shown` (one slice) in every orientation at every place of `reals`, by
/// normalised cross-correlation, as the check for copies does (core/metrics/neighbours.h): the
/// pieces are a grid of squares, half the shorter side of the smallest real image or less. RGB as
/// luma. Memory is bounded; Error(config) if there is nothing to look in, and what `source` throws.
[[nodiscard]] NearestReal nearestReal(const ImageSpan& shown,
                                      const std::vector<SampleRecord>& reals,
                                      const PixelSource& source,
                                      JobContext& job);

} // namespace likeness
