// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/valuecounts.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <mutex>

namespace likeness {

namespace {

constexpr std::size_t kFloatEntries = 65536;
constexpr std::int64_t kPart = std::int64_t{1} << 21; ///< values between two looks at the job

/// Calls `work(begin, end)` for parts of a range, stopping when asked.
template <typename Work>
void inParts(std::int64_t begin, std::int64_t end, const JobContext& job, Work&& work) {
    for (std::int64_t at = begin; at < end; at += kPart) {
        job.throwIfStopped();
        work(at, std::min(end, at + kPart));
    }
}

/// Two tables in turn: equal neighbours would else wait for each other's count.
template <typename T>
void countWhole(const T* values,
                std::int64_t begin,
                std::int64_t end,
                std::vector<std::int64_t>& counts) {
    const std::size_t entries = counts.size();
    std::vector<std::uint32_t> tables(2 * entries, 0);
    std::uint32_t* even = tables.data();
    std::uint32_t* odd = even + entries;
    std::int64_t i = begin;
    for (; i + 1 < end; i += 2) {
        ++even[values[i]];
        ++odd[values[i + 1]];
    }
    if (i < end)
        ++even[values[i]];
    for (std::size_t k = 0; k < entries; ++k)
        counts[k] += static_cast<std::int64_t>(even[k]) + static_cast<std::int64_t>(odd[k]);
}

struct Extremes {
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    std::int64_t finite = 0;

    void add(const Extremes& other) {
        low = std::min(low, other.low);
        high = std::max(high, other.high);
        finite += other.finite;
    }
};

Extremes extremesOf(const float* values, std::int64_t count, int threads, const JobContext& job) {
    Extremes all;
    std::mutex guard;
    parallelRanges(count, threads, [&](std::int64_t begin, std::int64_t end) {
        Extremes found;
        inParts(begin, end, job, [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t i = from; i < to; ++i) {
                if (!std::isfinite(values[i]))
                    continue;
                found.low = std::min(found.low, values[i]);
                found.high = std::max(found.high, values[i]);
                ++found.finite;
            }
        });
        const std::scoped_lock lock(guard);
        all.add(found);
    });
    return all;
}

} // namespace

ValueCounts::ValueCounts(const ImageSpan& span, int threads, JobContext& job) {
    const std::int64_t count = span.values();
    m_whole = span.type != PixelType::f32;
    double scale = 0.0;
    if (m_whole) {
        m_counts.resize(span.type == PixelType::u8 ? 256 : 65536);
        m_finite = count;
    } else {
        m_counts.resize(kFloatEntries);
        const Extremes ends =
            extremesOf(reinterpret_cast<const float*>(span.data), count, threads, job);
        m_finite = ends.finite;
        m_notFinite = count - ends.finite;
        if (m_finite == 0)
            return;
        m_minimum = static_cast<double>(ends.low);
        m_maximum = static_cast<double>(ends.high);
        m_step = (m_maximum - m_minimum) / static_cast<double>(kFloatEntries);
        m_first = m_minimum + 0.5 * m_step;
        scale = m_step > 0.0 ? 1.0 / m_step : 0.0;
    }
    std::mutex guard;
    parallelRanges(count, threads, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int64_t> own(m_counts.size(), 0);
        inParts(begin, end, job, [&](std::int64_t from, std::int64_t to) {
            visitPixels(span, [&](const auto* values) {
                if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(*values)>>) {
                    countWhole(values, from, to, own);
                } else {
                    for (std::int64_t i = from; i < to; ++i) {
                        const double entry = (static_cast<double>(values[i]) - m_minimum) * scale;
                        if (std::isfinite(values[i]))
                            ++own[std::min(kFloatEntries - 1, static_cast<std::size_t>(entry))];
                    }
                }
            });
        });
        const std::scoped_lock lock(guard);
        for (std::size_t k = 0; k < own.size(); ++k)
            m_counts[k] += own[k];
    });
    takeMoments();
}

void ValueCounts::takeMoments() {
    if (m_finite == 0)
        return;
    double sum = 0.0;
    std::size_t first = m_counts.size();
    std::size_t last = 0;
    for (std::size_t k = 0; k < m_counts.size(); ++k) {
        if (m_counts[k] == 0)
            continue;
        first = std::min(first, k);
        last = k;
        sum += static_cast<double>(m_counts[k]) * valueOf(k);
    }
    if (m_whole) {
        m_minimum = valueOf(first);
        m_maximum = valueOf(last);
    }
    m_mean = sum / static_cast<double>(m_finite);
    double squares = 0.0;
    for (std::size_t k = first; k <= last; ++k) {
        const double off = valueOf(k) - m_mean;
        squares += static_cast<double>(m_counts[k]) * off * off;
    }
    m_deviation = std::sqrt(squares / static_cast<double>(m_finite));
}

double ValueCounts::valueOf(std::size_t entry) const noexcept {
    return m_first + static_cast<double>(entry) * m_step;
}

double ValueCounts::percentile(double percent) const {
    if (m_finite == 0)
        return 0.0;
    const double wanted = std::clamp(percent / 100.0, 0.0, 1.0) * static_cast<double>(m_finite);
    std::int64_t below = 0;
    for (std::size_t k = 0; k < m_counts.size(); ++k) {
        below += m_counts[k];
        if (below > 0 && static_cast<double>(below) >= wanted)
            return std::clamp(valueOf(k), m_minimum, m_maximum);
    }
    return m_maximum;
}

std::vector<std::int64_t> ValueCounts::binned(int bins) const {
    if (m_finite == 0 || bins < 1)
        return {};
    const double entries = (m_maximum - m_minimum) / (m_step > 0.0 ? m_step : 1.0);
    // Of whole numbers the last interval holds the maximum itself, one entry more.
    const double span = m_whole ? entries + 1.0 : std::max(entries, 1.0);
    const auto used = static_cast<std::size_t>(std::min(static_cast<double>(bins), span));
    std::vector<std::int64_t> binned(used, 0);
    const double origin = m_whole ? m_minimum : m_first;
    for (std::size_t k = 0; k < m_counts.size(); ++k) {
        if (m_counts[k] == 0)
            continue;
        const double at = (valueOf(k) - origin) / (m_step > 0.0 ? m_step : 1.0);
        const auto bin = static_cast<std::size_t>(at * static_cast<double>(used) / span);
        binned[std::min(bin, used - 1)] += m_counts[k];
    }
    return binned;
}

} // namespace likeness
