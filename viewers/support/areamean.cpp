// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/areamean.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

// Compiled for wide registers, too, and chosen at run time; without fused multiply-add the results
// are the same to the last bit.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define LIKENESS_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define LIKENESS_WIDE
#endif

namespace likeness {

namespace {

LIKENESS_WIDE void addRow(const std::uint8_t* row, std::size_t values, float weight, float* sums) {
    for (std::size_t i = 0; i < values; ++i)
        sums[i] += weight * static_cast<float>(row[i]);
}

LIKENESS_WIDE void addRow(const std::uint16_t* row, std::size_t values, float weight, float* sums) {
    for (std::size_t i = 0; i < values; ++i)
        sums[i] += weight * static_cast<float>(row[i]);
}

LIKENESS_WIDE void addRow(const float* row, std::size_t values, float weight, float* sums) {
    for (std::size_t i = 0; i < values; ++i)
        sums[i] += weight * row[i];
}

} // namespace

AreaMean::AreaMean(const MeanAxis& columns, const MeanAxis& rows)
    : m_columns(bordersOf(columns))
    , m_rows(bordersOf(rows)) {
    weighColumns();
}

/// Narrow targets have as many weights each, some of them 0: adding those costs less than asking.
void AreaMean::weighColumns() {
    constexpr std::int64_t kMostTaps = 8;
    const std::size_t n = m_columns.inverseLength.size();
    for (std::size_t i = 0; i < n; ++i)
        m_taps = std::max<std::int64_t>(m_taps, m_columns.pixel[i + 1] - m_columns.pixel[i] + 1);
    if (m_taps > kMostTaps)
        return;
    m_weights.assign(n * static_cast<std::size_t>(m_taps), 0.0F);
    for (std::size_t i = 0; i < n; ++i) {
        const std::int32_t inside = m_columns.pixel[i + 1] - m_columns.pixel[i];
        float* weights = m_weights.data() + i * static_cast<std::size_t>(m_taps);
        for (std::int32_t k = 0; k <= inside; ++k) {
            const float low = k == 0 ? m_columns.part[i] : 0.0F;
            const float high = k == inside ? m_columns.part[i + 1] : 1.0F;
            weights[k] = (high - low) * m_columns.inverseLength[i];
        }
    }
}

/// Of finite sums alone: a weight of 0 does not hide a NaN. May read m_taps pixels beyond the end.
void AreaMean::weighedAcross(const float* sums,
                             std::int64_t channels,
                             float unit,
                             float* out) const {
    const std::size_t n = m_columns.inverseLength.size();
    const float* weights = m_weights.data();
    const std::int64_t from = m_columns.pixel[0];
    for (std::size_t i = 0; i < n; ++i, weights += m_taps) {
        const float* at = sums + (m_columns.pixel[i] - from) * channels;
        for (std::int64_t c = 0; c < channels; ++c) {
            float sum = 0.0F;
            for (std::int64_t k = 0; k < m_taps; ++k)
                sum += weights[k] * at[k * channels + c];
            *out++ = sum * unit;
        }
    }
}

AreaMean::Borders AreaMean::bordersOf(const MeanAxis& axis) {
    Borders borders;
    const auto last = static_cast<std::int32_t>(std::ceil(axis.end)) - 1;
    double before = 0.0;
    for (int i = 0; i <= axis.count; ++i) {
        const double at =
            std::clamp(static_cast<double>(axis.first + i) * axis.step, 0.0, axis.end);
        // The far border belongs to the last pixel, so that no index lies beyond it.
        const auto pixel = std::min(static_cast<std::int32_t>(at), last);
        borders.pixel.push_back(pixel);
        borders.part.push_back(static_cast<float>(at - pixel));
        if (i > 0)
            borders.inverseLength.push_back(static_cast<float>(1.0 / (at - before)));
        before = at;
    }
    return borders;
}

void AreaMean::meanAcross(const float* sums, std::int64_t channels, float unit, float* out) const {
    const std::size_t n = m_columns.inverseLength.size();
    const std::int32_t* pixel = m_columns.pixel.data();
    const float* part = m_columns.part.data();
    const std::int64_t from = pixel[0];
    for (std::int64_t c = 0; c < channels; ++c) {
        const auto at = [&](std::int64_t x) { return sums[(x - from) * channels + c]; };
        for (std::size_t i = 0; i < n; ++i) {
            const std::int64_t first = pixel[i];
            const std::int64_t last = pixel[i + 1];
            float sum = 0.0F;
            if (first == last) {
                sum = (part[i + 1] - part[i]) * at(first);
            } else {
                sum = (1.0F - part[i]) * at(first);
                for (std::int64_t x = first + 1; x < last; ++x)
                    sum += at(x);
                // A NaN beyond the border must not reach over it.
                if (part[i + 1] > 0.0F)
                    sum += part[i + 1] * at(last);
            }
            out[static_cast<std::int64_t>(i) * channels + c] =
                sum * m_columns.inverseLength[i] * unit;
        }
    }
}

template <typename T>
void AreaMean::compute(const T* pixels,
                       std::int64_t width,
                       std::int64_t channels,
                       float unit,
                       int firstRow,
                       int lastRow,
                       float* means) const {
    const std::size_t columns = m_columns.inverseLength.size();
    const std::size_t line = columns * static_cast<std::size_t>(channels);
    const std::int64_t from = m_columns.pixel.front() * channels;
    const auto values =
        static_cast<std::size_t>((m_columns.pixel.back() - m_columns.pixel.front() + 1) * channels);
    const bool weighed = std::is_integral_v<T> && !m_weights.empty();
    std::vector<float> sums(values + static_cast<std::size_t>(weighed ? m_taps * channels : 0));
    for (auto r = static_cast<std::size_t>(firstRow); r < static_cast<std::size_t>(lastRow); ++r) {
        std::fill(sums.begin(), sums.end(), 0.0F);
        for (std::int32_t y = m_rows.pixel[r]; y <= m_rows.pixel[r + 1]; ++y) {
            const float low = y == m_rows.pixel[r] ? m_rows.part[r] : 0.0F;
            const float high = y == m_rows.pixel[r + 1] ? m_rows.part[r + 1] : 1.0F;
            const float weight = (high - low) * m_rows.inverseLength[r];
            if (weight <= 0.0F)
                continue;
            addRow(pixels + y * width * channels + from, values, weight, sums.data());
        }
        if (weighed)
            weighedAcross(sums.data(), channels, unit, means);
        else
            meanAcross(sums.data(), channels, unit, means);
        means += line;
    }
}

template void
AreaMean::compute(const std::uint8_t*, std::int64_t, std::int64_t, float, int, int, float*) const;
template void
AreaMean::compute(const std::uint16_t*, std::int64_t, std::int64_t, float, int, int, float*) const;
template void
AreaMean::compute(const float*, std::int64_t, std::int64_t, float, int, int, float*) const;

} // namespace likeness
