// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/image.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace likeness {

namespace {

constexpr std::size_t kBins = 256;
using Histogram = std::array<double, kBins>;

template <typename T>
void lumaOf(const T* from, std::int64_t pixels, std::int64_t channels, T* to) {
    for (std::int64_t i = 0; i < pixels; ++i, from += channels) {
        const double luma = 0.299 * static_cast<double>(from[0]) +
                            0.587 * static_cast<double>(from[1]) +
                            0.114 * static_cast<double>(from[2]);
        if constexpr (std::is_integral_v<T>)
            to[i] = static_cast<T>(luma + 0.5);
        else
            to[i] = static_cast<T>(luma);
    }
}

void addToHistogram(const ImageSpan& span, double low, double binsPerValue, Histogram& histogram) {
    visitPixels(span, [&](const auto* values) {
        for (std::int64_t i = 0; i < span.values(); ++i) {
            const double bin = (static_cast<double>(values[i]) - low) * binsPerValue;
            if (std::isfinite(bin))
                histogram[std::min(kBins - 1, static_cast<std::size_t>(bin))] += 1.0;
        }
    });
}

/// The last bin of the dark class: the first maximum of the variance between the classes.
std::size_t bestSplit(const Histogram& histogram) {
    double total = 0.0;
    double moment = 0.0;
    for (std::size_t i = 0; i < kBins; ++i) {
        total += histogram[i];
        moment += static_cast<double>(i) * histogram[i];
    }
    double below = 0.0;
    double belowMoment = 0.0;
    double best = -1.0;
    std::size_t split = 0;
    for (std::size_t i = 0; i + 1 < kBins; ++i) {
        below += histogram[i];
        belowMoment += static_cast<double>(i) * histogram[i];
        if (below == 0.0 || below == total)
            continue;
        const double difference = belowMoment / below - (moment - belowMoment) / (total - below);
        const double between = below * (total - below) * difference * difference;
        if (between > best) {
            best = between;
            split = i;
        }
    }
    return split;
}

} // namespace

Volume toGrey(const ImageSpan& span) {
    if (span.channels == 1)
        return Volume::copyOf(span);
    if (span.channels != 3)
        throw Error(ErrorCode::unsupported,
                    "image with " + std::to_string(span.channels) + " channels",
                    "only grey and RGB images can be turned into grey values");
    Volume grey(span.type, span.width, span.height, span.depth, 1);
    visitPixels(span, [&](const auto* from) {
        using T = std::remove_cvref_t<decltype(*from)>;
        lumaOf(from, span.pixels(), span.channels, grey.pixels<T>());
    });
    return grey;
}

Volume toFloat(const ImageSpan& span) {
    Volume result(PixelType::f32, span.width, span.height, span.depth, span.channels);
    visitPixels(span, [&](const auto* from) {
        std::transform(from, from + span.values(), result.pixels<float>(),
                       [](auto value) { return static_cast<float>(value); });
    });
    return result;
}

ValueRange valueRange(const ImageSpan& span) {
    ValueRange range;
    visitPixels(span, [&](const auto* values) {
        using T = std::remove_cvref_t<decltype(*values)>;
        if constexpr (std::is_integral_v<T>) {
            if (span.values() == 0)
                return;
            const auto [low, high] = std::minmax_element(values, values + span.values());
            range = {static_cast<double>(*low), static_cast<double>(*high), 0};
        } else {
            float low = std::numeric_limits<float>::infinity();
            float high = -low;
            for (std::int64_t i = 0; i < span.values(); ++i) {
                if (!std::isfinite(values[i])) {
                    ++range.nonFinite;
                    continue;
                }
                low = std::min(low, values[i]);
                high = std::max(high, values[i]);
            }
            if (low <= high) {
                range.minimum = static_cast<double>(low);
                range.maximum = static_cast<double>(high);
            }
        }
    });
    return range;
}

double otsuThreshold(std::span<const ImageSpan> spans) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    bool bytesOnly = !spans.empty();
    for (const ImageSpan& span : spans) {
        const ValueRange range = valueRange(span);
        if (span.values() == 0 || range.nonFinite == span.values())
            continue;
        low = std::min(low, range.minimum);
        high = std::max(high, range.maximum);
        bytesOnly = bytesOnly && span.type == PixelType::u8;
    }
    if (!(low < high))
        throw Error(ErrorCode::numeric, "Otsu threshold",
                    "the image has one grey value only, so there are no two phases",
                    "give a threshold or another image");
    Histogram histogram{};
    const double first = bytesOnly ? 0.0 : low;
    const double width = bytesOnly ? 1.0 : (high - low) / static_cast<double>(kBins);
    for (const ImageSpan& span : spans)
        addToHistogram(span, first, 1.0 / width, histogram);
    const std::size_t split = bestSplit(histogram);
    if (bytesOnly)
        return static_cast<double>(split);
    // The bin's upper edge belongs to the next bin, so the threshold lies just below it.
    return std::nextafter(first + static_cast<double>(split + 1) * width, low);
}

} // namespace likeness
