// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/boxmeans.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace likeness {

namespace {

/// Pairs of one row of grey integers, the most frequent case by far.
template <typename T>
void addPairs(const T* row, std::int64_t width, double* sums) noexcept {
    const std::int64_t pairs = width / 2;
    for (std::int64_t x = 0; x < pairs; ++x)
        sums[x] += static_cast<double>(static_cast<std::int32_t>(row[2 * x]) + row[2 * x + 1]);
    if (width % 2 != 0)
        sums[pairs] += static_cast<double>(row[width - 1]);
}

template <typename T>
void addRow(const T* row, const ImageSpan& slice, int exponent, double* sums) noexcept {
    const std::int64_t c = slice.channels;
    if constexpr (std::is_integral_v<T>) {
        if (exponent == 1 && c == 1) {
            addPairs(row, slice.width, sums);
            return;
        }
    }
    for (std::int64_t x = 0; x < slice.width; ++x)
        for (std::int64_t k = 0; k < c; ++k)
            sums[(x >> exponent) * c + k] += static_cast<double>(row[x * c + k]);
}

std::int64_t covered(std::int64_t index, int level, std::int64_t full) noexcept {
    return std::min((index + 1) << level, full) - (index << level);
}

} // namespace

void BlockSums::clear() noexcept {
    std::fill(sums.begin(), sums.end(), 0.0);
}

void BlockSums::addSlice(const ImageSpan& slice, int exponent) noexcept {
    visitPixels(slice, [&](const auto* pixels) {
        for (std::int64_t y = 0; y < slice.height; ++y)
            addRow(pixels + y * slice.width * slice.channels, slice, exponent,
                   sums.data() + (y >> exponent) * width * channels);
    });
}

void BlockSums::addSums(const BlockSums& finer) noexcept {
    for (std::int64_t y = 0; y < finer.height; ++y) {
        const double* row = finer.sums.data() + y * finer.width * channels;
        double* to = sums.data() + (y / 2) * width * channels;
        for (std::int64_t x = 0; x < finer.width; ++x)
            for (std::int64_t k = 0; k < channels; ++k)
                to[(x / 2) * channels + k] += row[x * channels + k];
    }
}

void writeMeans(const BlockSums& sums,
                const MeanPlace& place,
                PixelType type,
                std::span<std::byte> out) noexcept {
    const auto [width, height, depth] = place.full;
    const std::int64_t thick = covered(place.first[2], place.level, depth);
    const ImageSpan target{out.data(), type, sums.width, sums.height, 1, sums.channels};
    visitPixels(target, [&](const auto* pixels) {
        using T = std::remove_cv_t<std::remove_pointer_t<decltype(pixels)>>;
        auto* to = const_cast<T*>(pixels);
        std::size_t i = 0;
        for (std::int64_t y = 0; y < sums.height; ++y) {
            const std::int64_t tall = thick * covered(place.first[1] + y, place.level, height);
            for (std::int64_t x = 0; x < sums.width; ++x) {
                const auto n =
                    static_cast<double>(tall * covered(place.first[0] + x, place.level, width));
                for (std::int64_t k = 0; k < sums.channels; ++k, ++i) {
                    const double mean = sums.sums[i] / n;
                    if constexpr (std::is_integral_v<T>)
                        to[i] = static_cast<T>(mean + 0.5);
                    else
                        to[i] = static_cast<T>(mean);
                }
            }
        }
    });
}

} // namespace likeness
