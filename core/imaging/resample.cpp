// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/resample.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <type_traits>

namespace likeness {

namespace {

std::string sizeText(std::int64_t width, std::int64_t height) {
    return std::to_string(width) + " x " + std::to_string(height);
}

template <typename T>
T rounded(double value, double maximum) {
    if constexpr (std::is_integral_v<T>)
        return static_cast<T>(std::floor(std::clamp(value, 0.0, maximum) + 0.5));
    else
        return static_cast<T>(value);
}

/// Weights of one output position over a run of input positions.
struct Taps {
    std::int64_t first = 0;
    std::vector<double> weights;
};

double cubicKernel(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    if (x < 2.0)
        return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
    return 0.0;
}

std::vector<Taps> cubicTaps(std::int64_t in, std::int64_t out) {
    const double scale = static_cast<double>(in) / static_cast<double>(out);
    const double stretch = std::max(1.0, scale);
    const double support = 2.0 * stretch;
    std::vector<Taps> taps(static_cast<std::size_t>(out));
    for (std::int64_t i = 0; i < out; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto from =
            std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - support + 0.5));
        const auto to = std::min(in, static_cast<std::int64_t>(centre + support + 0.5));
        Taps& t = taps[static_cast<std::size_t>(i)];
        t.first = from;
        double sum = 0.0;
        for (std::int64_t x = from; x < to; ++x) {
            t.weights.push_back(cubicKernel((static_cast<double>(x) - centre + 0.5) / stretch));
            sum += t.weights.back();
        }
        for (double& w : t.weights)
            w /= sum;
    }
    return taps;
}

/// Resamples every row of `rows` x taps.size(); `stride` values lie between neighbours along a row.
template <typename T>
void alongRows(const T* from,
               std::int64_t inWidth,
               std::int64_t rows,
               std::int64_t channels,
               const std::vector<Taps>& taps,
               float* to) {
    for (std::int64_t row = 0; row < rows; ++row, from += inWidth * channels) {
        for (const Taps& t : taps) {
            for (std::int64_t c = 0; c < channels; ++c) {
                const T* value = from + t.first * channels + c;
                double sum = 0.0;
                for (const double w : t.weights) {
                    sum += w * static_cast<double>(*value);
                    value += channels;
                }
                *to++ = static_cast<float>(sum);
            }
        }
    }
}

void alongColumns(const float* from,
                  std::int64_t rowValues,
                  const std::vector<Taps>& taps,
                  float* to) {
    std::vector<double> sums(static_cast<std::size_t>(rowValues));
    for (const Taps& t : taps) {
        std::fill(sums.begin(), sums.end(), 0.0);
        const float* row = from + t.first * rowValues;
        for (const double w : t.weights) {
            for (std::size_t i = 0; i < sums.size(); ++i)
                sums[i] += w * static_cast<double>(row[i]);
            row += rowValues;
        }
        for (const double sum : sums)
            *to++ = static_cast<float>(sum);
    }
}

/// Sums one row of boxes (factor rows of factorZ slices) into `sums`, one entry per output value.
template <typename T>
void addBoxRow(const T* row,
               std::int64_t channels,
               std::int64_t factor,
               std::vector<double>& sums) {
    const auto outputs = static_cast<std::int64_t>(sums.size()) / channels;
    for (std::int64_t x = 0; x < outputs; ++x) {
        for (std::int64_t i = 0; i < factor; ++i) {
            for (std::int64_t c = 0; c < channels; ++c)
                sums[static_cast<std::size_t>(x * channels + c)] += static_cast<double>(*row++);
        }
    }
}

template <typename T>
void reduceInto(
    const ImageSpan& span, const T* from, std::int64_t factor, std::int64_t factorZ, Volume& out) {
    T* to = out.pixels<T>();
    const std::int64_t rowValues = span.width * span.channels;
    const double count = static_cast<double>(factor * factor * factorZ);
    std::vector<double> sums(static_cast<std::size_t>(out.width() * span.channels));
    for (std::int64_t z = 0; z < out.depth(); ++z) {
        for (std::int64_t y = 0; y < out.height(); ++y) {
            std::fill(sums.begin(), sums.end(), 0.0);
            for (std::int64_t k = 0; k < factor * factorZ; ++k) {
                const std::int64_t inZ = z * factorZ + k / factor;
                const std::int64_t inY = y * factor + k % factor;
                addBoxRow(from + (inZ * span.height + inY) * rowValues, span.channels, factor,
                          sums);
            }
            for (const double sum : sums)
                *to++ = rounded<T>(sum / count, typeMaximum(span.type));
        }
    }
}

/// The order statistics around a percentile of n values: index of the lower one and the share of
/// the upper one.
struct Rank {
    std::size_t index = 0;
    double share = 0.0;
};

Rank rankOf(double percent, std::size_t n) {
    const double position = std::clamp(percent, 0.0, 100.0) / 100.0 * static_cast<double>(n - 1);
    const auto index = static_cast<std::size_t>(position);
    return {index, position - static_cast<double>(index)};
}

double quantile(std::vector<float>& values, const Rank& rank) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank.index);
    std::nth_element(values.begin(), at, values.end());
    const double low = static_cast<double>(*at);
    if (rank.index + 1 == values.size())
        return low;
    const double high = static_cast<double>(*std::min_element(at + 1, values.end()));
    return low + (high - low) * rank.share;
}

/// The same from the counts of 16-bit values.
double quantile(const std::vector<std::size_t>& counts, const Rank& rank) {
    std::size_t before = 0;
    for (std::size_t value = 0; value < counts.size(); ++value) {
        before += counts[value];
        if (before <= rank.index)
            continue;
        std::size_t next = value;
        if (before == rank.index + 1) {
            while (++next < counts.size() && counts[next] == 0) {
            }
        }
        const double step = next < counts.size() ? static_cast<double>(next - value) : 0.0;
        return static_cast<double>(value) + step * rank.share;
    }
    return 0.0;
}

std::vector<double> integerPercentiles(std::span<const ImageSpan> spans,
                                       std::span<const double> percents) {
    std::vector<std::size_t> counts(65536);
    std::size_t total = 0;
    for (const ImageSpan& span : spans) {
        total += static_cast<std::size_t>(span.values());
        visitPixels(span, [&](const auto* from) {
            for (std::int64_t i = 0; i < span.values(); ++i)
                ++counts[static_cast<std::size_t>(from[i])];
        });
    }
    std::vector<double> result;
    for (const double percent : percents)
        result.push_back(quantile(counts, rankOf(percent, total)));
    return result;
}

} // namespace

Volume::Box centreBox(const ImageSpan& span, std::int64_t width, std::int64_t height) {
    if (width < 1 || height < 1 || width > span.width || height > span.height)
        throw Error(ErrorCode::config, "centre crop of " + sizeText(width, height),
                    "the image has " + sizeText(span.width, span.height) + " pixels",
                    "ask for a smaller crop");
    return {(span.width - width) / 2, (span.height - height) / 2, 0, width, height, span.depth};
}

std::vector<Volume::Box> gridOfBoxes(std::int64_t width, std::int64_t height, std::int64_t size) {
    return gridOfBoxes(width, height, size, size);
}

std::vector<Volume::Box> gridOfBoxes(std::int64_t width,
                                     std::int64_t height,
                                     std::int64_t boxWidth,
                                     std::int64_t boxHeight) {
    if (boxWidth < 1 || boxHeight < 1)
        throw Error(ErrorCode::config, "grid of crops", "the edge must be at least 1 pixel");
    const std::int64_t columns = width / boxWidth;
    const std::int64_t rows = height / boxHeight;
    const std::int64_t left = (width - columns * boxWidth) / 2;
    const std::int64_t top = (height - rows * boxHeight) / 2;
    std::vector<Volume::Box> boxes;
    for (std::int64_t y = 0; y < rows; ++y) {
        for (std::int64_t x = 0; x < columns; ++x)
            boxes.push_back({left + x * boxWidth, top + y * boxHeight, 0, boxWidth, boxHeight, 1});
    }
    return boxes;
}

Volume reduceByMean(const ImageSpan& span, std::int64_t factor, std::int64_t factorZ) {
    if (factor < 1 || factorZ < 1 || factor > span.width || factor > span.height ||
        factorZ > span.depth)
        throw Error(ErrorCode::config,
                    "reduction by " + std::to_string(factor) + " (z " + std::to_string(factorZ) +
                        ")",
                    "the factors must lie between 1 and the size of the image, " +
                        sizeText(span.width, span.height) + " x " + std::to_string(span.depth));
    Volume out(span.type, span.width / factor, span.height / factor, span.depth / factorZ,
               span.channels);
    visitPixels(span, [&](const auto* from) { reduceInto(span, from, factor, factorZ, out); });
    return out;
}

Volume resizeBicubic(const ImageSpan& span, std::int64_t width, std::int64_t height) {
    Volume out(PixelType::f32, width, height, span.depth, span.channels);
    const std::vector<Taps> columns = cubicTaps(span.width, width);
    const std::vector<Taps> rows = cubicTaps(span.height, height);
    const std::int64_t rowValues = width * span.channels;
    std::vector<float> between(static_cast<std::size_t>(rowValues * span.height));
    float* to = out.pixels<float>();
    for (std::int64_t z = 0; z < span.depth; ++z, to += rowValues * height) {
        visitPixels(span.slice(z), [&](const auto* from) {
            alongRows(from, span.width, span.height, span.channels, columns, between.data());
        });
        alongColumns(between.data(), rowValues, rows, to);
    }
    return out;
}

Volume mapValues(const ImageSpan& span, const ValueWindow& window, PixelType target) {
    if (!std::isfinite(window.low) || !std::isfinite(window.high) || window.low >= window.high)
        throw Error(ErrorCode::config, "grey-value window", "low must be less than high");
    Volume out(target, span.width, span.height, span.depth, span.channels);
    const double maximum = typeMaximum(target);
    const double scale = maximum / (window.high - window.low);
    const auto map = [&](const auto* from, auto* to) {
        using T = std::remove_reference_t<decltype(*to)>;
        for (std::int64_t i = 0; i < span.values(); ++i) {
            const double value = (static_cast<double>(from[i]) - window.low) * scale;
            to[i] = rounded<T>(std::isnan(value) ? 0.0 : std::clamp(value, 0.0, maximum), maximum);
        }
    };
    visitPixels(span, [&](const auto* from) {
        switch (target) {
        case PixelType::u8:
            return map(from, out.pixels<std::uint8_t>());
        case PixelType::u16:
            return map(from, out.pixels<std::uint16_t>());
        case PixelType::f32:
            return map(from, out.pixels<float>());
        }
    });
    return out;
}

std::vector<double> percentiles(std::span<const ImageSpan> spans,
                                std::span<const double> percents) {
    std::size_t total = 0;
    bool integers = true;
    for (const ImageSpan& span : spans) {
        total += static_cast<std::size_t>(span.values());
        integers = integers && span.type != PixelType::f32;
    }
    if (integers && total > 0)
        return integerPercentiles(spans, percents);
    std::vector<float> values;
    values.reserve(total);
    for (const ImageSpan& span : spans) {
        visitPixels(span, [&](const auto* from) {
            std::copy_if(from, from + span.values(), std::back_inserter(values),
                         [](auto value) { return std::isfinite(static_cast<float>(value)); });
        });
    }
    if (values.empty())
        throw Error(ErrorCode::numeric, "percentiles", "there is no finite value");
    std::vector<double> result;
    for (const double percent : percents)
        result.push_back(quantile(values, rankOf(percent, values.size())));
    return result;
}

} // namespace likeness
