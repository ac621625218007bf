// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/image.h"
#include "core/metrics/handcrafted.h"
#include "core/metrics/plane.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace likeness {

namespace {

constexpr std::size_t kBins = 65536;

/// Calls `f(grey values)` for every slice of every span.
template <typename F>
void forSlices(std::span<const ImageSpan> spans, F&& f) {
    for (const ImageSpan& span : spans)
        for (std::int64_t z = 0; z < span.depth; ++z)
            f(lumaPlane(span.slice(z)).values);
}

/// Lower edge of the bin that holds the quantile.
double quantile(const std::vector<std::int64_t>& histogram, std::int64_t total, double q) {
    const auto wanted = static_cast<std::int64_t>(std::floor(q * static_cast<double>(total - 1)));
    std::int64_t seen = 0;
    for (std::size_t b = 0; b < histogram.size(); ++b) {
        seen += histogram[b];
        if (seen > wanted)
            return static_cast<double>(b);
    }
    return static_cast<double>(histogram.size() - 1);
}

double thresholdOf(std::span<const ImageSpan> spans) {
    std::vector<Volume> greys;
    std::vector<ImageSpan> views;
    greys.reserve(spans.size());
    for (const ImageSpan& span : spans) {
        if (span.channels == 1) {
            views.push_back(span);
        } else {
            greys.push_back(toGrey(span));
            views.push_back(greys.back().span());
        }
    }
    return otsuThreshold(views);
}

} // namespace

GreyReference greyReference(std::span<const ImageSpan> realImages) {
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -lowest;
    std::int64_t total = 0;
    forSlices(realImages, [&](const std::vector<double>& values) {
        const auto [low, high] = std::ranges::minmax_element(values);
        lowest = std::min(lowest, *low);
        highest = std::max(highest, *high);
        total += static_cast<std::int64_t>(values.size());
    });
    if (!(highest > lowest))
        throw Error(ErrorCode::numeric, "The reference set gives no grey scale",
                    "its images hold one single value", "choose another reference set");
    std::vector<std::int64_t> histogram(kBins, 0);
    const double scale = static_cast<double>(kBins - 1) / (highest - lowest);
    forSlices(realImages, [&](const std::vector<double>& values) {
        for (const double v : values)
            ++histogram[static_cast<std::size_t>((v - lowest) * scale)];
    });
    GreyReference out;
    out.low = lowest + quantile(histogram, total, 0.005) / scale;
    out.high = lowest + quantile(histogram, total, 0.995) / scale;
    if (!(out.high > out.low)) { // nearly all pixels share one value
        out.low = lowest;
        out.high = highest;
    }
    out.threshold = thresholdOf(realImages);
    return out;
}

} // namespace likeness
