// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// The stretch of source pixels under each target pixel of one axis: targets `count`, beginning at
/// `low` (source pixels), `step` source pixels each, cut off at 0 and `end`.
struct MeanAxis {
    double low = 0.0;
    double step = 1.0;
    double end = 0.0;
    int count = 0;
};

/// Exact means over rectangles with fractional borders, separably. Rows of integers are summed as
/// running totals, so that the cost of a target pixel does not depend on how many pixels it stands
/// for.
class AreaMean {
public:
    AreaMean(const MeanAxis& columns, const MeanAxis& rows);

    /// `pixels` has `width` pixels of `channels` per row; `means` takes columns x rows x channels
    /// values times `unit`.
    template <typename T>
    void compute(const T* pixels,
                 std::int64_t width,
                 std::int64_t channels,
                 float unit,
                 std::span<float> means);

private:
    /// Borders of the targets: the pixel that each lies in, and how far.
    struct Borders {
        std::vector<std::int32_t> pixel;
        std::vector<float> part;
        std::vector<float> inverseLength;
    };

    [[nodiscard]] static Borders bordersOf(const MeanAxis& axis);

    template <typename T>
    void meanAcross(const T* row, std::int64_t channels, float unit);

    Borders m_columns;
    Borders m_rows;
    std::vector<std::uint32_t> m_totals;
    std::vector<float> m_across; ///< one source row, averaged across
};

extern template void
AreaMean::compute(const std::uint8_t*, std::int64_t, std::int64_t, float, std::span<float>);
extern template void
AreaMean::compute(const std::uint16_t*, std::int64_t, std::int64_t, float, std::span<float>);
extern template void
AreaMean::compute(const float*, std::int64_t, std::int64_t, float, std::span<float>);

} // namespace likeness
