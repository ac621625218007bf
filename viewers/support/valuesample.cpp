// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/valuesample.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr std::size_t kBins = 1024;
constexpr double kLinearShare = 1e-3;

} // namespace

ValueSample::ValueSample(const ImageSpan& span, std::int64_t limit)
    : m_population(span.values())
    , m_integral(span.type != PixelType::f32) {
    const std::int64_t n = std::min(m_population, limit);
    m_sorted.reserve(static_cast<std::size_t>(std::max<std::int64_t>(n, 0)));
    Random random(0, "viewers.sample");
    visitPixels(span, [&](const auto* pixels) {
        for (std::int64_t i = 0; i < n; ++i) {
            // 65536 strata of up to 2^33 values stay far from overflow.
            const std::int64_t from = i * m_population / n;
            const std::int64_t length = (i + 1) * m_population / n - from;
            const auto at = length > 1 ? random.below(static_cast<std::uint64_t>(length)) : 0U;
            const auto value = static_cast<float>(pixels[from + static_cast<std::int64_t>(at)]);
            if (std::isfinite(value))
                m_sorted.push_back(value);
        }
    });
    std::sort(m_sorted.begin(), m_sorted.end());
    if (m_sorted.empty() || maximum() <= minimum())
        return;
    m_ranks.resize(kBins + 1);
    const double count = static_cast<double>(m_sorted.size());
    for (std::size_t k = 0; k <= kBins; ++k) {
        const double share = static_cast<double>(k) / kBins;
        const auto edge = static_cast<float>(minimum() + share * (maximum() - minimum()));
        const auto below = std::lower_bound(m_sorted.begin(), m_sorted.end(), edge);
        const double f = k == kBins ? 1.0 : static_cast<double>(below - m_sorted.begin()) / count;
        m_ranks[k] = (1.0 - kLinearShare) * f + kLinearShare * share;
    }
}

double ValueSample::minimum() const noexcept {
    return m_sorted.empty() ? 0.0 : static_cast<double>(m_sorted.front());
}

double ValueSample::maximum() const noexcept {
    return m_sorted.empty() ? 0.0 : static_cast<double>(m_sorted.back());
}

double ValueSample::percentile(double percent) const noexcept {
    if (m_sorted.empty())
        return 0.0;
    const double last = static_cast<double>(m_sorted.size() - 1);
    const double at = std::clamp(percent / 100.0, 0.0, 1.0) * last;
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, m_sorted.size() - 1);
    const double low = static_cast<double>(m_sorted[below]);
    return low + (at - static_cast<double>(below)) * (static_cast<double>(m_sorted[above]) - low);
}

DisplayRange ValueSample::firstView() const noexcept {
    if (m_sorted.empty())
        return {};
    const DisplayRange range{percentile(kFirstViewTail), percentile(100.0 - kFirstViewTail)};
    if (range.high > range.low)
        return range;
    if (maximum() > minimum())
        return {minimum(), maximum()};
    const double value = minimum();
    const double half = m_integral ? 0.5 : 0.0005 * (value == 0.0 ? 1.0 : std::abs(value));
    return {value - half, value + half};
}

double ValueSample::rank(double value) const noexcept {
    if (m_ranks.empty()) {
        const DisplayRange range = firstView();
        return (value - range.low) / range.window();
    }
    const double share = (value - minimum()) / (maximum() - minimum());
    if (!(share > 0.0 && share < 1.0))
        return share;
    const double at = share * kBins;
    const auto k = std::min(static_cast<std::size_t>(at), kBins - 1);
    return m_ranks[k] + (at - static_cast<double>(k)) * (m_ranks[k + 1] - m_ranks[k]);
}

double ValueSample::valueAt(double rank) const noexcept {
    if (m_ranks.empty()) {
        const DisplayRange range = firstView();
        return range.low + rank * range.window();
    }
    const double width = maximum() - minimum();
    if (!(rank > 0.0 && rank < 1.0))
        return minimum() + rank * width;
    const auto above = std::upper_bound(m_ranks.begin() + 1, m_ranks.end() - 1, rank);
    const auto k = static_cast<std::size_t>(above - m_ranks.begin()) - 1;
    const double part = (rank - m_ranks[k]) / (m_ranks[k + 1] - m_ranks[k]);
    return minimum() + (static_cast<double>(k) + part) / kBins * width;
}

std::vector<std::int64_t> ValueSample::histogram(DisplayRange range, int bins) const {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(std::max(bins, 0)), 0);
    if (counts.empty() || range.high <= range.low)
        return counts;
    for (const float sample : m_sorted) {
        const double value = static_cast<double>(sample);
        if (value < range.low || value > range.high)
            continue;
        const auto bin = static_cast<std::size_t>((value - range.low) / range.window() * bins);
        ++counts[std::min(bin, counts.size() - 1)];
    }
    return counts;
}

} // namespace likeness
