// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// First lag from 1 at which slices correlate by less than 0.1 on average, `most` + 1 if there is
/// none. Looks at the middle of each slice, at 64 x 64 places and up to 64 slices at a time; with
/// 16 slices or more what all of them share is taken out first. Spans are of one depth-1 size each;
/// pairs of unequal sizes are passed over.
[[nodiscard]] std::int64_t unlikeLag(const std::vector<ImageSpan>& slices, std::int64_t most);

/// The same for the rows (columns if `alongX`) of one slice and the distance between pixels.
[[nodiscard]] std::int64_t unlikeDistance(const ImageSpan& slice, bool alongX, std::int64_t most);

} // namespace likeness
