// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/features.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace likeness {

FeatureMatrix FeatureMatrix::select(std::span<const std::int64_t> indices) const {
    FeatureMatrix out(static_cast<std::int64_t>(indices.size()), dims);
    for (std::size_t i = 0; i < indices.size(); ++i)
        std::ranges::copy(row(indices[i]), out.row(static_cast<std::int64_t>(i)).begin());
    return out;
}

void requireComparable(const FeatureMatrix& a, const FeatureMatrix& b) {
    if (a.dims < 1 || a.dims != b.dims)
        throw Error(ErrorCode::config, "The feature matrices cannot be compared",
                    "one has " + std::to_string(a.dims) + " columns, the other " +
                        std::to_string(b.dims),
                    "use features of the same encoder, one row per sample");
    const auto finite = [](const FeatureMatrix& m) {
        return std::ranges::all_of(m.values, [](double v) { return std::isfinite(v); });
    };
    if (!finite(a) || !finite(b))
        throw Error(ErrorCode::numeric, "The feature matrices cannot be compared",
                    "they hold values that are not finite numbers");
}

} // namespace likeness
