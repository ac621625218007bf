// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/plane.h"

#include "core/base/error.h"

#include <array>
#include <cmath>
#include <string>

namespace likeness {

namespace {

Plane emptyPlane(const ImageSpan& image) {
    if (image.depth != 1)
        throw Error(ErrorCode::config, "The image cannot be measured",
                    "a volume was given where a single image belongs", "take one of its slices");
    return {image.width, image.height,
            std::vector<double>(static_cast<std::size_t>(image.pixels()))};
}

void requireFinite(const Plane& plane) {
    // A sum is finite only if all its terms are; terms are far from the limits of double.
    if (!std::isfinite(sumOf(plane.values)))
        throw Error(ErrorCode::numeric, "The image cannot be measured",
                    "it holds values that are not finite numbers",
                    "replace NaN and infinite pixels first");
}

} // namespace

Plane channelPlane(const ImageSpan& image, std::int64_t channel) {
    Plane plane = emptyPlane(image);
    visitPixels(image, [&](const auto* p) {
        const auto step = static_cast<std::size_t>(image.channels);
        const auto* q = p + channel;
        for (std::size_t i = 0; i < plane.values.size(); ++i)
            plane.values[i] = static_cast<double>(q[i * step]);
    });
    requireFinite(plane);
    return plane;
}

Plane lumaPlane(const ImageSpan& image) {
    if (image.channels == 1)
        return channelPlane(image, 0);
    if (image.channels != 3)
        throw Error(ErrorCode::config, "The image cannot be measured",
                    "it has " + std::to_string(image.channels) + " channels, not 1 or 3");
    Plane plane = emptyPlane(image);
    visitPixels(image, [&](const auto* p) {
        for (std::size_t i = 0; i < plane.values.size(); ++i)
            plane.values[i] = 0.299 * static_cast<double>(p[3 * i]) +
                              0.587 * static_cast<double>(p[3 * i + 1]) +
                              0.114 * static_cast<double>(p[3 * i + 2]);
    });
    requireFinite(plane);
    return plane;
}

Plane halved(const Plane& plane) {
    Plane out{plane.width / 2, plane.height / 2, {}};
    out.values.resize(static_cast<std::size_t>(out.width * out.height));
    for (std::int64_t y = 0; y < out.height; ++y) {
        const double* upper = plane.row(2 * y);
        const double* lower = plane.row(2 * y + 1);
        double* target = out.row(y);
        for (std::int64_t x = 0; x < out.width; ++x)
            target[x] = 0.25 * (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]);
    }
    return out;
}

double sumOf(std::span<const double> values) noexcept {
    std::array<double, 4> lane{};
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4)
        for (std::size_t l = 0; l < 4; ++l)
            lane[l] += values[i + l];
    for (; i < values.size(); ++i)
        lane[0] += values[i];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

} // namespace likeness
