// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/areamean.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace likeness {

AreaMean::AreaMean(const MeanAxis& columns, const MeanAxis& rows)
    : m_columns(bordersOf(columns))
    , m_rows(bordersOf(rows)) {}

AreaMean::Borders AreaMean::bordersOf(const MeanAxis& axis) {
    Borders borders;
    const auto last = static_cast<std::int32_t>(std::ceil(axis.end)) - 1;
    double before = 0.0;
    for (int i = 0; i <= axis.count; ++i) {
        const double at = std::clamp(axis.low + i * axis.step, 0.0, axis.end);
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

template <typename T>
void AreaMean::meanAcross(const T* row, std::int64_t channels, float unit) {
    const std::size_t n = m_columns.inverseLength.size();
    const std::int32_t* pixel = m_columns.pixel.data();
    const float* part = m_columns.part.data();
    const float* inverse = m_columns.inverseLength.data();
    const std::int64_t from = pixel[0];
    const std::int64_t to = pixel[n];
    for (std::int64_t c = 0; c < channels; ++c) {
        float* out = m_across.data() + c;
        if constexpr (std::is_integral_v<T>) {
            // Differences of running totals are exact even after a total has wrapped round.
            std::uint32_t* totals = m_totals.data();
            std::uint32_t total = 0;
            for (std::int64_t x = from; x <= to; ++x) {
                totals[x - from] = total;
                total += row[x * channels + c];
            }
            std::uint32_t before = 0;
            float cut = part[0] * static_cast<float>(row[from * channels + c]);
            for (std::size_t i = 0; i < n; ++i) {
                const std::int64_t x = pixel[i + 1];
                const float next = part[i + 1] * static_cast<float>(row[x * channels + c]);
                const std::uint32_t now = totals[x - from];
                const auto whole = static_cast<float>(static_cast<std::int32_t>(now - before));
                out[static_cast<std::int64_t>(i) * channels] =
                    (whole + next - cut) * inverse[i] * unit;
                before = now;
                cut = next;
            }
        } else {
            for (std::size_t i = 0; i < n; ++i) {
                const std::int64_t first = pixel[i];
                const std::int64_t last = pixel[i + 1];
                // Not by totals: a NaN must stay where it is.
                float sum = 0.0F;
                if (first == last) {
                    sum = (part[i + 1] - part[i]) * row[first * channels + c];
                } else {
                    sum = (1.0F - part[i]) * row[first * channels + c];
                    for (std::int64_t x = first + 1; x < last; ++x)
                        sum += row[x * channels + c];
                    if (part[i + 1] > 0.0F)
                        sum += part[i + 1] * row[last * channels + c];
                }
                out[static_cast<std::int64_t>(i) * channels] = sum * inverse[i] * unit;
            }
        }
    }
}

template <typename T>
void AreaMean::compute(const T* pixels,
                       std::int64_t width,
                       std::int64_t channels,
                       float unit,
                       std::span<float> means) {
    const std::size_t columns = m_columns.inverseLength.size();
    const std::size_t line = columns * static_cast<std::size_t>(channels);
    m_totals.resize(static_cast<std::size_t>(m_columns.pixel.back() - m_columns.pixel.front() + 1));
    m_across.resize(line);
    std::int32_t done = -1;
    for (std::size_t r = 0; r < m_rows.inverseLength.size(); ++r) {
        float* out = means.data() + r * line;
        std::fill(out, out + line, 0.0F);
        for (std::int32_t y = m_rows.pixel[r]; y <= m_rows.pixel[r + 1]; ++y) {
            const float low = y == m_rows.pixel[r] ? m_rows.part[r] : 0.0F;
            const float high = y == m_rows.pixel[r + 1] ? m_rows.part[r + 1] : 1.0F;
            const float weight = (high - low) * m_rows.inverseLength[r];
            if (weight <= 0.0F)
                continue;
            // The row on the border of two targets is averaged once.
            if (y != done)
                meanAcross(pixels + y * width * channels, channels, unit);
            done = y;
            const float* across = m_across.data();
            for (std::size_t i = 0; i < line; ++i)
                out[i] += weight * across[i];
        }
    }
}

template void
AreaMean::compute(const std::uint8_t*, std::int64_t, std::int64_t, float, std::span<float>);
template void
AreaMean::compute(const std::uint16_t*, std::int64_t, std::int64_t, float, std::span<float>);
template void AreaMean::compute(const float*, std::int64_t, std::int64_t, float, std::span<float>);

} // namespace likeness
