// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// One row per sample, row-major, float64.
struct FeatureMatrix {
    std::int64_t rows = 0;
    std::int64_t dims = 0;
    std::vector<double> values; ///< rows * dims

    FeatureMatrix() = default;

    FeatureMatrix(std::int64_t rowCount, std::int64_t dimCount)
        : rows(rowCount)
        , dims(dimCount)
        , values(static_cast<std::size_t>(rowCount * dimCount)) {}

    [[nodiscard]] std::span<const double> row(std::int64_t index) const noexcept {
        return {values.data() + index * dims, static_cast<std::size_t>(dims)};
    }

    [[nodiscard]] std::span<double> row(std::int64_t index) noexcept {
        return {values.data() + index * dims, static_cast<std::size_t>(dims)};
    }

    /// The rows named by `indices`, in that order, repeats allowed.
    [[nodiscard]] FeatureMatrix select(std::span<const std::int64_t> indices) const;
};

/// Throws Error(config) unless both have the same number of columns >= 1, and Error(numeric) for
/// values that are not finite. Every function on a pair of matrices starts with it.
void requireComparable(const FeatureMatrix& a, const FeatureMatrix& b);

} // namespace likeness
