// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/client/imagescalars.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace likeness {

namespace {

constexpr std::size_t kBins = 256;
using Histogram = std::array<double, kBins>;

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

template <typename Use>
void overSlices(std::span<const ImageSpan> images, Use&& use) {
    for (const ImageSpan& image : images) {
        for (std::int64_t z = 0; z < image.depth; ++z)
            use(greyPlane(image, z));
    }
}

} // namespace

double phaseFraction(const GreyPlane& plane, const PhaseRule& rule) noexcept {
    const auto above = std::ranges::count_if(
        plane.values, [&](float value) { return static_cast<double>(value) > rule.threshold; });
    const auto all = static_cast<double>(plane.values.size());
    return (rule.bright ? static_cast<double>(above) : all - static_cast<double>(above)) / all;
}

double meanOf(const GreyPlane& plane) noexcept {
    double sum = 0.0;
    for (const float value : plane.values)
        sum += static_cast<double>(value);
    return sum / static_cast<double>(plane.values.size());
}

Orientation orientationOf(const GreyPlane& plane) noexcept {
    double xx = 0.0;
    double yy = 0.0;
    double xy = 0.0;
    const std::int64_t w = plane.width;
    for (std::int64_t y = 1; y + 1 < plane.height; ++y) {
        for (std::int64_t x = 1; x + 1 < w; ++x) {
            const float* at = plane.values.data() + y * w + x;
            const double east = static_cast<double>(at[1 - w] + 2.0F * at[1] + at[1 + w]);
            const double west = static_cast<double>(at[-1 - w] + 2.0F * at[-1] + at[-1 + w]);
            const double south = static_cast<double>(at[w - 1] + 2.0F * at[w] + at[w + 1]);
            const double north = static_cast<double>(at[-w - 1] + 2.0F * at[-w] + at[-w + 1]);
            xx += (east - west) * (east - west);
            yy += (south - north) * (south - north);
            xy += (east - west) * (south - north);
        }
    }
    const double trace = xx + yy;
    return trace > 0.0 ? Orientation{(yy - xx) / trace, -2.0 * xy / trace} : Orientation{};
}

double otsuOf(std::span<const ImageSpan> images) {
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    bool bytesOnly = true;
    for (const ImageSpan& image : images)
        bytesOnly = bytesOnly && image.type == PixelType::u8 && image.channels == 1;
    overSlices(images, [&](const std::vector<float>& values) {
        const auto [least, most] = std::ranges::minmax(values);
        low = std::min(low, least);
        high = std::max(high, most);
    });
    if (!(low < high))
        throw Error(ErrorCode::numeric, "Otsu threshold of the training set",
                    "it has one grey value only, so there are no two phases",
                    "train without the phase's fraction or on other images");
    const double first = bytesOnly ? 0.0 : static_cast<double>(low);
    const double width = bytesOnly ? 1.0
                                   : (static_cast<double>(high) - static_cast<double>(low)) /
                                         static_cast<double>(kBins);
    const double binsPerValue = 1.0 / width;
    Histogram histogram{};
    overSlices(images, [&](const std::vector<float>& values) {
        for (const float value : values) {
            const double bin = (static_cast<double>(value) - first) * binsPerValue;
            histogram[std::min(kBins - 1, static_cast<std::size_t>(bin))] += 1.0;
        }
    });
    const std::size_t split = bestSplit(histogram);
    if (bytesOnly)
        return static_cast<double>(split);
    // The bin's upper edge belongs to the next bin, so the threshold lies just below it.
    return std::nextafter(first + static_cast<double>(split + 1) * width, static_cast<double>(low));
}

std::vector<float> greyPlane(const ImageSpan& image, std::int64_t z) {
    const ImageSpan slice = image.slice(z);
    std::vector<float> grey(static_cast<std::size_t>(slice.pixels()));
    const auto step = static_cast<std::size_t>(slice.channels);
    visitPixels(slice, [&](const auto* from) {
        for (std::size_t i = 0; i < grey.size(); ++i, from += step) {
            grey[i] = step == 3 ? static_cast<float>(0.299 * static_cast<double>(from[0]) +
                                                     0.587 * static_cast<double>(from[1]) +
                                                     0.114 * static_cast<double>(from[2]))
                                : static_cast<float>(from[0]);
        }
    });
    return grey;
}

} // namespace likeness
