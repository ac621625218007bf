// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// The stretch of source pixels under each target pixel of one axis: `count` targets from number
/// `first` on, target i covering [i step, (i + 1) step) source pixels, cut off at 0 and `end`. A
/// target's borders do not depend on which others are asked for.
struct MeanAxis {
    std::int64_t first = 0;
    double step = 1.0;
    double end = 0.0;
    int count = 0;
};

/// Exact means over rectangles with fractional borders, separably: rows are summed first, which
/// vectorises, then columns. Computing is safe on several threads.
class AreaMean {
public:
    AreaMean(const MeanAxis& columns, const MeanAxis& rows);

    /// Means of target rows [firstRow, lastRow). `pixels` has `width` pixels of `channels` per row;
    /// `means` takes columns x rows x channels values times `unit`, the first for firstRow.
    template <typename T>
    void compute(const T* pixels,
                 std::int64_t width,
                 std::int64_t channels,
                 float unit,
                 int firstRow,
                 int lastRow,
                 float* means) const;

private:
    /// Borders of the targets: the pixel that each lies in, and how far.
    struct Borders {
        std::vector<std::int32_t> pixel;
        std::vector<float> part;
        std::vector<float> inverseLength;
    };

    [[nodiscard]] static Borders bordersOf(const MeanAxis& axis);

    void weighColumns();
    void meanAcross(const float* sums, std::int64_t channels, float unit, float* out) const;
    void weighedAcross(const float* sums, std::int64_t channels, float unit, float* out) const;

    Borders m_columns;
    Borders m_rows;
    std::vector<float> m_weights; ///< m_taps for each target column; empty for wide targets
    std::int64_t m_taps = 0;
};

extern template void
AreaMean::compute(const std::uint8_t*, std::int64_t, std::int64_t, float, int, int, float*) const;
extern template void
AreaMean::compute(const std::uint16_t*, std::int64_t, std::int64_t, float, int, int, float*) const;
extern template void
AreaMean::compute(const float*, std::int64_t, std::int64_t, float, int, int, float*) const;

} // namespace likeness
