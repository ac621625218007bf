// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/similarity.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace likeness {

namespace {

constexpr double kUnlike = 0.1;
constexpr std::int64_t kPlaces = 64; ///< per side of a slice
constexpr std::size_t kEnoughForMean = 16;
constexpr std::size_t kPairs = 16;
constexpr std::int64_t kLines = 64;

/// Values of the first channel at a grid of places in the middle half of a slice.
std::vector<double> middleOf(const ImageSpan& slice) {
    const std::int64_t columns = std::min(kPlaces, std::max<std::int64_t>(1, slice.width / 2));
    const std::int64_t rows = std::min(kPlaces, std::max<std::int64_t>(1, slice.height / 2));
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(columns * rows));
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t y = slice.height / 4 + i * (slice.height / 2) / rows;
        for (std::int64_t j = 0; j < columns; ++j) {
            const std::int64_t x = slice.width / 4 + j * (slice.width / 2) / columns;
            values.push_back(slice.at((y * slice.width + x) * slice.channels));
        }
    }
    return values;
}

/// Sums for a coefficient of correlation.
class Correlation {
public:
    void add(double a, double b) noexcept {
        m_n += 1.0;
        m_a += a;
        m_b += b;
        m_aa += a * a;
        m_bb += b * b;
        m_ab += a * b;
    }

    /// Empty where one side is constant.
    [[nodiscard]] std::optional<double> value() const {
        const double aa = m_aa - m_a * m_a / m_n;
        const double bb = m_bb - m_b * m_b / m_n;
        if (!(m_n > 1.0) || !(aa > 1e-12 * m_aa) || !(bb > 1e-12 * m_bb))
            return std::nullopt;
        return (m_ab - m_a * m_b / m_n) / std::sqrt(aa * bb);
    }

private:
    double m_n = 0.0;
    double m_a = 0.0;
    double m_b = 0.0;
    double m_aa = 0.0;
    double m_bb = 0.0;
    double m_ab = 0.0;
};

void subtractMean(std::vector<std::vector<double>>& slices) {
    const std::size_t places = slices.front().size();
    if (std::ranges::any_of(slices, [places](const auto& s) { return s.size() != places; }))
        return;
    for (std::size_t i = 0; i < places; ++i) {
        double mean = 0.0;
        for (const auto& slice : slices)
            mean += slice[i] / static_cast<double>(slices.size());
        for (auto& slice : slices)
            slice[i] -= mean;
    }
}

std::optional<double> correlationAt(const std::vector<std::vector<double>>& slices,
                                    std::size_t lag) {
    const std::size_t pairs = slices.size() - lag;
    const std::size_t stride = std::max<std::size_t>(1, pairs / kPairs);
    double sum = 0.0;
    int counted = 0;
    for (std::size_t i = 0; i < pairs; i += stride) {
        const auto& a = slices[i];
        const auto& b = slices[i + lag];
        Correlation correlation;
        for (std::size_t j = 0; a.size() == b.size() && j < a.size(); ++j)
            correlation.add(a[j], b[j]);
        if (const auto value = correlation.value()) {
            sum += *value;
            ++counted;
        }
    }
    return counted > 0 ? std::optional(sum / counted) : std::nullopt;
}

} // namespace

std::int64_t unlikeLag(const std::vector<ImageSpan>& slices, std::int64_t most) {
    std::vector<std::vector<double>> middles;
    for (const ImageSpan& slice : slices)
        middles.push_back(middleOf(slice));
    if (middles.size() >= kEnoughForMean)
        subtractMean(middles);
    for (std::int64_t lag = 1; lag <= most && lag < std::ssize(slices); ++lag) {
        const auto value = correlationAt(middles, static_cast<std::size_t>(lag));
        if (value && *value < kUnlike)
            return lag;
    }
    return most + 1;
}

std::int64_t unlikeDistance(const ImageSpan& slice, bool alongX, std::int64_t most) {
    const std::int64_t length = alongX ? slice.width : slice.height;
    const std::int64_t lines = alongX ? slice.height : slice.width;
    const std::int64_t step = std::max<std::int64_t>(1, lines / 2 / kLines);
    const std::int64_t along = (alongX ? 1 : slice.width) * slice.channels;
    const std::int64_t across = (alongX ? slice.width : 1) * slice.channels;
    for (std::int64_t lag = 1; lag <= most && lag < length / 2; ++lag) {
        Correlation correlation;
        for (std::int64_t line = lines / 4; line < lines - lines / 4; line += step) {
            for (std::int64_t i = length / 4; i + lag < length - length / 4; ++i)
                correlation.add(slice.at(line * across + i * along),
                                slice.at(line * across + (i + lag) * along));
        }
        const auto value = correlation.value();
        if (value && *value < kUnlike)
            return lag;
    }
    return most + 1;
}

} // namespace likeness
