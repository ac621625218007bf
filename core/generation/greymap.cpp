// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/greymap.h"

#include "core/base/error.h"
#include "core/generation/client/strictjson.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace likeness {

namespace {

constexpr double kLowShare = 0.001;
constexpr double kHighShare = 0.999;
constexpr double kUnitDeviation = 0.5;
constexpr int kFloatBins = 65536;

struct Range {
    double low = 0.0;
    double high = 0.0;
};

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::numeric, "the training set", why, "choose another set");
}

Range extremesOf(const PackedSet& set) {
    Range range{INFINITY, -INFINITY};
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        visitPixels(set.span(i), [&](const auto* pixels) {
            for (std::int64_t j = 0; j < set.span(i).values(); ++j) {
                const double value = static_cast<double>(pixels[j]);
                if (!std::isfinite(value))
                    refuse("image '" + set.images[i].id + "' holds values that are not finite");
                range.low = std::min(range.low, value);
                range.high = std::max(range.high, value);
            }
        });
    }
    return range;
}

/// Counts of the set in bins: exact for integers, `kFloatBins` between the extremes for floats.
struct Histogram {
    std::vector<std::uint64_t> counts;
    double first = 0.0; ///< value of bin 0
    double step = 1.0;
    std::uint64_t total = 0;
};

Histogram histogramOf(const PackedSet& set, const Range& range) {
    Histogram histogram;
    const bool exact = set.type != PixelType::f32;
    const int bins = exact ? static_cast<int>(range.high - range.low) + 1 : kFloatBins;
    histogram.counts.assign(static_cast<std::size_t>(bins), 0);
    histogram.first = range.low;
    histogram.step = exact ? 1.0 : (range.high - range.low) / (kFloatBins - 1);
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        visitPixels(set.span(i), [&](const auto* pixels) {
            const std::int64_t values = set.span(i).values();
            for (std::int64_t j = 0; j < values; ++j) {
                const double bin =
                    std::round((static_cast<double>(pixels[j]) - range.low) / histogram.step);
                ++histogram.counts[static_cast<std::size_t>(bin)];
            }
            histogram.total += static_cast<std::uint64_t>(values);
        });
    }
    return histogram;
}

std::size_t quantile(const Histogram& histogram, double share) {
    const double wanted = share * static_cast<double>(histogram.total);
    double seen = 0.0;
    for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
        seen += static_cast<double>(histogram.counts[bin]);
        if (seen >= wanted)
            return bin;
    }
    return histogram.counts.size() - 1;
}

/// Mean and standard deviation of the set with its values held between two bins.
std::pair<double, double> momentsBetween(const Histogram& h, std::size_t low, std::size_t high) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t bin = 0; bin < h.counts.size(); ++bin) {
        const double value = static_cast<double>(std::clamp(bin, low, high)) * h.step;
        sum += value * static_cast<double>(h.counts[bin]);
        squares += value * value * static_cast<double>(h.counts[bin]);
    }
    const double mean = sum / static_cast<double>(h.total);
    const double variance = squares / static_cast<double>(h.total) - mean * mean;
    return {h.first + mean, std::sqrt(std::max(0.0, variance))};
}

template <typename T>
void store(const GreyMap& map, const float* units, std::int64_t count, std::byte* grey) {
    T* out = reinterpret_cast<T*>(grey);
    const double maximum = typeMaximum(map.type);
    for (std::int64_t i = 0; i < count; ++i) {
        const double value = static_cast<double>(units[i]) * map.scale + map.centre;
        out[i] = static_cast<T>(std::lround(std::clamp(value, 0.0, maximum)));
    }
}

} // namespace

void GreyMap::inverse(const float* units, std::int64_t count, std::byte* grey) const noexcept {
    if (type == PixelType::u8)
        return store<std::uint8_t>(*this, units, count, grey);
    if (type == PixelType::u16)
        return store<std::uint16_t>(*this, units, count, grey);
    float* out = reinterpret_cast<float*>(grey);
    for (std::int64_t i = 0; i < count; ++i)
        out[i] = static_cast<float>(static_cast<double>(units[i]) * scale + centre);
}

GreyMap greyMapOf(const PackedSet& set) {
    if (set.images.empty())
        refuse("it holds no images");
    const Range range = extremesOf(set);
    if (!(range.high > range.low))
        refuse("all its pixels are equal");
    const Histogram histogram = histogramOf(set, range);
    auto [mean, deviation] =
        momentsBetween(histogram, quantile(histogram, kLowShare), quantile(histogram, kHighShare));
    // A set that is constant but for a few pixels has no spread between its percentiles.
    if (!(deviation > 0.0))
        std::tie(mean, deviation) = momentsBetween(histogram, 0, histogram.counts.size() - 1);
    const auto [wholeMean, wholeDeviation] =
        momentsBetween(histogram, 0, histogram.counts.size() - 1);
    (void)wholeMean;
    GreyMap map;
    map.type = set.type;
    map.centre = mean;
    map.scale = deviation / kUnitDeviation;
    map.sigmaData = wholeDeviation / map.scale;
    return map;
}

Json toJson(const GreyMap& map) {
    return {{"type", toString(map.type)},
            {"centre", map.centre},
            {"scale", map.scale},
            {"sigma_data", map.sigmaData}};
}

GreyMap greyMapFromJson(const Json& json, const std::string& subject) {
    const std::string word = requiredText(json, "type", subject);
    GreyMap map;
    bool known = false;
    for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32}) {
        if (word == toString(type)) {
            map.type = type;
            known = true;
        }
    }
    for (const auto& [key, target] :
         {std::pair{"centre", &map.centre}, std::pair{"scale", &map.scale},
          std::pair{"sigma_data", &map.sigmaData}}) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_number() || !std::isfinite(found->get<double>()))
            known = false;
        else
            *target = found->get<double>();
    }
    if (!known || !(map.scale > 0.0) || !(map.sigmaData > 0.0))
        throw Error(ErrorCode::format, subject, "its grey map is damaged",
                    "get the file anew from where it was made");
    return map;
}

} // namespace likeness
