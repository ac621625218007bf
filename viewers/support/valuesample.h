// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// The values drawn black and white. Values between are spread linearly over 256 levels.
struct DisplayRange {
    double low = 0.0;
    double high = 1.0;

    [[nodiscard]] double window() const noexcept { return high - low; }

    [[nodiscard]] double level() const noexcept { return 0.5 * (low + high); }

    friend bool operator==(const DisplayRange&, const DisplayRange&) = default;
};

/// Sorted values drawn from a picture or volume: one per stratum of equal length, at a position
/// from a fixed random stream, so that the draw is repeatable and no row or column pattern is met
/// in step. Colour channels are pooled; NaN and infinities are left out. Immutable.
class ValueSample {
public:
    static constexpr std::int64_t kLimit = 65536;

    /// The share left out at each end of the first view, in percent.
    static constexpr double kFirstViewTail = 0.35;

    ValueSample() = default;

    /// All values when there are at most `limit`, else exactly `limit` of them.
    explicit ValueSample(const ImageSpan& span, std::int64_t limit = kLimit);

    [[nodiscard]] bool isEmpty() const noexcept { return m_sorted.empty(); }

    /// Finite values in the sample.
    [[nodiscard]] std::int64_t size() const noexcept {
        return static_cast<std::int64_t>(m_sorted.size());
    }

    /// Values in the picture that the sample was drawn from.
    [[nodiscard]] std::int64_t population() const noexcept { return m_population; }

    [[nodiscard]] double minimum() const noexcept;
    [[nodiscard]] double maximum() const noexcept;

    /// 0..100, linear between order statistics (NumPy's default). 0 for an empty sample.
    [[nodiscard]] double percentile(double percent) const noexcept;

    /// The percentiles 0.35 and 99.65; the extremes where these coincide (two-phase images); a
    /// window of one grey level (1/1000 of the value for floats) around a constant image.
    [[nodiscard]] DisplayRange firstView() const noexcept;

    /// Strictly increasing map from values to 0..1 and its inverse: the empirical distribution over
    /// a 1024-bin histogram, mixed with 0.1 % of a straight line so that it stays invertible in
    /// gaps and beyond the extremes.
    [[nodiscard]] double rank(double value) const noexcept;
    [[nodiscard]] double valueAt(double rank) const noexcept;

    /// Counts of `bins` equal intervals of [range.low, range.high]; values outside are not counted.
    [[nodiscard]] std::vector<std::int64_t> histogram(DisplayRange range, int bins) const;

private:
    std::vector<float> m_sorted;
    std::vector<double> m_ranks; ///< at the 1025 edges between minimum and maximum
    std::int64_t m_population = 0;
    bool m_integral = true;
};

} // namespace likeness
