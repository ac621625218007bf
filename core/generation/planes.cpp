// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/planes.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace likeness {

namespace {

constexpr std::int64_t kSlicesLookedAt = 12;
constexpr std::int64_t kLinesLookedAt = 48; ///< per slice and direction

/// Steps through a volume along the columns, rows and slices of a plane, in pixels.
struct Turn {
    std::array<std::int64_t, 3> sides{};
    std::array<std::int64_t, 3> steps{};
};

Turn turnOf(const PackedImage& image, SlicePlane plane) {
    const std::int64_t row = image.width;
    const std::int64_t slice = image.width * image.height;
    if (plane == SlicePlane::xz)
        return {{image.width, image.depth, image.height}, {1, slice, row}};
    if (plane == SlicePlane::yz)
        return {{image.height, image.depth, image.width}, {row, slice, 1}};
    return {{image.width, image.height, image.depth}, {1, row, slice}};
}

PackedImage turned(const PackedImage& image, SlicePlane plane, std::size_t bytesPerPixel) {
    const Turn turn = turnOf(image, plane);
    PackedImage result;
    result.id = image.id;
    result.specimen = image.specimen;
    result.width = turn.sides[0];
    result.height = turn.sides[1];
    result.depth = turn.sides[2];
    result.pixels.resize(image.pixels.size());
    std::byte* out = result.pixels.data();
    for (std::int64_t z = 0; z < turn.sides[2]; ++z) {
        for (std::int64_t y = 0; y < turn.sides[1]; ++y) {
            const std::int64_t line = z * turn.steps[2] + y * turn.steps[1];
            for (std::int64_t x = 0; x < turn.sides[0]; ++x, out += bytesPerPixel)
                std::memcpy(out,
                            image.pixels.data() +
                                static_cast<std::size_t>(line + x * turn.steps[0]) * bytesPerPixel,
                            bytesPerPixel);
        }
    }
    return result;
}

/// Sums of products at growing lags over lines of one direction, until they have decayed.
class Decay {
public:
    Decay(const ImageSpan& slice, double mean)
        : m_slice(slice)
        , m_mean(mean) {}

    /// Mean product at `lag` along x (or y); the lines are spread over the slice.
    [[nodiscard]] double at(std::int64_t lag, bool alongX) const {
        const std::int64_t length = alongX ? m_slice.width : m_slice.height;
        const std::int64_t lines = alongX ? m_slice.height : m_slice.width;
        const std::int64_t every = std::max<std::int64_t>(1, lines / kLinesLookedAt);
        double sum = 0.0;
        std::int64_t count = 0;
        for (std::int64_t line = 0; line < lines; line += every) {
            for (std::int64_t i = 0; i + lag < length; ++i, ++count)
                sum += grey(i, line, alongX) * grey(i + lag, line, alongX);
        }
        return sum / static_cast<double>(std::max<std::int64_t>(1, count));
    }

private:
    [[nodiscard]] double grey(std::int64_t i, std::int64_t line, bool alongX) const {
        const std::int64_t pixel = alongX ? line * m_slice.width + i : i * m_slice.width + line;
        return m_slice.at(pixel * m_slice.channels) - m_mean;
    }

    ImageSpan m_slice;
    double m_mean;
};

double meanOf(const ImageSpan& slice) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < slice.pixels(); ++i)
        sum += slice.at(i * slice.channels);
    return sum / static_cast<double>(slice.pixels());
}

/// Slices spread over the set; at most kSlicesLookedAt.
std::vector<ImageSpan> someSlices(const PackedSet& set) {
    std::vector<ImageSpan> all;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        for (std::int64_t z = 0; z < set.span(i).depth; ++z)
            all.push_back(set.span(i).slice(z));
    }
    const std::size_t every = std::max<std::size_t>(1, all.size() / kSlicesLookedAt);
    std::vector<ImageSpan> some;
    for (std::size_t i = 0; i < all.size(); i += every)
        some.push_back(all[i]);
    return some;
}

double decayLength(const std::vector<Decay>& slices, std::int64_t longest, bool alongX) {
    const auto covariance = [&](std::int64_t lag) {
        double sum = 0.0;
        for (const Decay& slice : slices)
            sum += slice.at(lag, alongX);
        return sum;
    };
    const double wanted = covariance(1) / std::exp(1.0);
    double before = covariance(1);
    for (std::int64_t lag = 2; lag < longest; ++lag) {
        const double here = covariance(lag);
        if (here <= wanted)
            return static_cast<double>(lag) - (wanted - here) / std::max(before - here, 1e-300);
        before = here;
    }
    return static_cast<double>(longest);
}

} // namespace

bool hasThreePlanes(const PackedSet& set) {
    std::array<std::size_t, 3> slices{};
    std::size_t volumes = 0;
    for (const PackedImage& image : set.images) {
        if (image.depth > 1)
            ++volumes;
        else
            ++slices[static_cast<std::size_t>(image.plane)];
    }
    if (volumes > 0 && volumes < set.images.size())
        throw Error(ErrorCode::config, "the training set", "it mixes volumes and single slices",
                    "put volumes and slices into sets of their own");
    if (volumes > 0)
        return true;
    if (slices[1] == 0 && slices[2] == 0)
        return false;
    if (slices[0] == 0 || slices[1] == 0 || slices[2] == 0)
        throw Error(ErrorCode::config, "the training set",
                    "it has slices of two planes, and volumes have three",
                    "give slices of x-y, x-z and y-z, or of one plane alone");
    return true;
}

PackedSet slicesOf(const PackedSet& set, SlicePlane plane) {
    PackedSet result;
    result.type = set.type;
    result.channels = set.channels;
    result.meta = set.meta;
    const std::size_t bytesPerPixel = bytesOf(set.type) * static_cast<std::size_t>(set.channels);
    for (const PackedImage& image : set.images) {
        if (image.depth > 1)
            result.images.push_back(turned(image, plane, bytesPerPixel));
        else if (image.plane == plane)
            result.images.push_back(image);
    }
    return result;
}

FeatureSize featureSizeOf(const PackedSet& set) {
    std::vector<Decay> slices;
    std::int64_t width = INT64_MAX;
    std::int64_t height = INT64_MAX;
    for (const ImageSpan& slice : someSlices(set)) {
        slices.emplace_back(slice, meanOf(slice));
        width = std::min(width, slice.width);
        height = std::min(height, slice.height);
    }
    return {decayLength(slices, width / 2, true), decayLength(slices, height / 2, false)};
}

} // namespace likeness
