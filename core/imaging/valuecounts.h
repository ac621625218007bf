// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/imagespan.h"
#include "core/base/job.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// How often each value occurs in a picture or volume, all channels together; NaN and infinities
/// are counted apart. Of 8 and 16 bits every value has its own count and all answers are exact; of
/// floats there are 65536 equal intervals between the extremes, in whose middles the values are
/// taken to lie for percentiles. Immutable.
class ValueCounts {
public:
    ValueCounts() = default;

    /// Looks at every value, on `threads` threads. Throws Cancelled, Error(memory).
    ValueCounts(const ImageSpan& span, int threads, JobContext& job);

    [[nodiscard]] std::int64_t finite() const noexcept { return m_finite; }

    [[nodiscard]] std::int64_t notFinite() const noexcept { return m_notFinite; }

    /// All of these are 0 when no value is finite.
    [[nodiscard]] double minimum() const noexcept { return m_minimum; }

    [[nodiscard]] double maximum() const noexcept { return m_maximum; }

    [[nodiscard]] double mean() const noexcept { return m_mean; }

    /// Of the values as a population.
    [[nodiscard]] double deviation() const noexcept { return m_deviation; }

    /// The smallest value that at least `percent` % of the values do not exceed; 0..100.
    [[nodiscard]] double percentile(double percent) const;

    /// Counts of `bins` equal intervals from minimum to maximum, each without its upper end but for
    /// the last. Of whole numbers no interval is narrower than one, so there may be fewer.
    [[nodiscard]] std::vector<std::int64_t> binned(int bins) const;

private:
    void takeMoments();
    [[nodiscard]] double valueOf(std::size_t entry) const noexcept;

    std::vector<std::int64_t> m_counts;
    double m_first = 0.0; ///< the value of the first entry
    double m_step = 1.0;  ///< from one entry to the next
    std::int64_t m_finite = 0;
    std::int64_t m_notFinite = 0;
    double m_minimum = 0.0;
    double m_maximum = 0.0;
    double m_mean = 0.0;
    double m_deviation = 0.0;
    bool m_whole = true;
};

} // namespace likeness
