// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/reduction.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace likeness {

namespace {

std::int64_t divided(std::int64_t value, int factor) {
    return (value + factor - 1) / factor;
}

/// Sums of one output slab into `sums`, then means into `out`.
template <typename T>
void reduceSlab(const ImageSpan& source, int factor, std::int64_t slab, T* out) {
    const std::int64_t c = source.channels;
    const std::int64_t w = divided(source.width, factor);
    const std::int64_t h = divided(source.height, factor);
    std::vector<double> sums(static_cast<std::size_t>(w * h * c), 0.0);
    const T* pixels = reinterpret_cast<const T*>(source.data);
    const std::int64_t z0 = slab * factor;
    const std::int64_t z1 = std::min(z0 + factor, source.depth);
    for (std::int64_t z = z0; z < z1; ++z)
        for (std::int64_t y = 0; y < source.height; ++y) {
            const T* line = pixels + (z * source.height + y) * source.width * c;
            double* row = sums.data() + (y / factor) * w * c;
            for (std::int64_t x = 0; x < source.width; ++x)
                for (std::int64_t k = 0; k < c; ++k)
                    row[(x / factor) * c + k] += static_cast<double>(line[x * c + k]);
        }
    for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x) {
            const std::int64_t n =
                (z1 - z0) * (std::min<std::int64_t>((y + 1) * factor, source.height) - y * factor) *
                (std::min<std::int64_t>((x + 1) * factor, source.width) - x * factor);
            for (std::int64_t k = 0; k < c; ++k) {
                const auto i = static_cast<std::size_t>((y * w + x) * c + k);
                const double mean = sums[i] / static_cast<double>(n);
                out[i] = static_cast<T>(std::is_integral_v<T> ? std::floor(mean + 0.5) : mean);
            }
        }
}

} // namespace

int displayReduction(const ImageSpan& volume, std::int64_t maximumBytes) {
    if (maximumBytes < 1)
        throw Error(ErrorCode::config, "Cannot reduce the volume", "the byte limit is not positive",
                    "give at least one byte");
    const auto bytesPerPixel = volume.channels * static_cast<std::int64_t>(bytesOf(volume.type));
    int factor = 1;
    while (divided(volume.width, factor) * divided(volume.height, factor) *
                   divided(volume.depth, factor) * bytesPerPixel >
               maximumBytes &&
           factor < std::max({volume.width, volume.height, volume.depth}))
        ++factor;
    return factor;
}

Volume reducedVolume(const Volume& volume, int factor, JobContext& job) {
    if (factor < 1)
        throw Error(ErrorCode::config, "Cannot reduce the volume", "the factor is below 1",
                    "use 1 or more");
    const ImageSpan source = volume.span();
    Volume out(volume.type(), divided(source.width, factor), divided(source.height, factor),
               divided(source.depth, factor), source.channels);
    for (std::int64_t slab = 0; slab < out.depth(); ++slab) {
        job.throwIfStopped();
        const std::int64_t offset = slab * out.width() * out.height() * out.channels();
        visitPixels(source, [&](const auto* pixels) {
            using T = std::remove_cv_t<std::remove_pointer_t<decltype(pixels)>>;
            reduceSlab<T>(source, factor, slab, out.pixels<T>() + offset);
        });
        job.report(static_cast<double>(slab + 1) / static_cast<double>(out.depth()),
                   "Reducing the volume for display");
    }
    if (volume.voxelSize) {
        out.voxelSize = volume.voxelSize;
        for (double& edge : out.voxelSize->um)
            edge *= factor;
    }
    return out;
}

} // namespace likeness
