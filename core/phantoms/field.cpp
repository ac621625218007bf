// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/field.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace likeness::phantoms {

namespace {

std::vector<float> gaussianKernel(double sigma) {
    const auto radius = static_cast<std::int64_t>(std::ceil(3.5 * sigma));
    std::vector<float> kernel(static_cast<std::size_t>(2 * radius + 1));
    double sum = 0.0;
    for (std::int64_t i = -radius; i <= radius; ++i)
        sum += std::exp(-0.5 * static_cast<double>(i * i) / (sigma * sigma));
    for (std::int64_t i = -radius; i <= radius; ++i)
        kernel[static_cast<std::size_t>(i + radius)] =
            static_cast<float>(std::exp(-0.5 * static_cast<double>(i * i) / (sigma * sigma)) / sum);
    return kernel;
}

std::int64_t bordered(std::int64_t i, std::int64_t n, Border border) noexcept {
    if (border == Border::clamp)
        return std::clamp<std::int64_t>(i, 0, n - 1);
    const std::int64_t m = i % n;
    return m < 0 ? m + n : m;
}

/// A pass along the fastest axis of rows of length n.
void smoothRows(std::vector<float>& values,
                std::int64_t n,
                const std::vector<float>& kernel,
                Border border,
                JobContext& job) {
    const auto radius = static_cast<std::int64_t>(kernel.size() / 2);
    std::vector<float> padded(static_cast<std::size_t>(n + 2 * radius));
    const auto rows = static_cast<std::int64_t>(values.size()) / n;
    for (std::int64_t r = 0; r < rows; ++r) {
        if (r % 64 == 0)
            job.throwIfStopped();
        float* row = values.data() + r * n;
        for (std::int64_t i = -radius; i < n + radius; ++i)
            padded[static_cast<std::size_t>(i + radius)] = row[bordered(i, n, border)];
        std::fill_n(row, n, 0.0F);
        for (std::size_t k = 0; k < kernel.size(); ++k)
            for (std::int64_t i = 0; i < n; ++i)
                row[i] += kernel[k] * padded[static_cast<std::size_t>(i) + k];
    }
}

/// A pass along an axis whose neighbours are `stride` apart, in blocks of n * stride values.
void smoothColumns(std::vector<float>& values,
                   std::int64_t n,
                   std::int64_t stride,
                   const std::vector<float>& kernel,
                   Border border,
                   JobContext& job) {
    const auto radius = static_cast<std::int64_t>(kernel.size() / 2);
    const std::vector<float> source = values;
    const auto block = n * stride;
    for (std::int64_t start = 0; start < static_cast<std::int64_t>(values.size()); start += block)
        for (std::int64_t i = 0; i < n; ++i) {
            job.throwIfStopped();
            float* out = values.data() + start + i * stride;
            std::fill_n(out, stride, 0.0F);
            for (std::int64_t k = -radius; k <= radius; ++k) {
                const float weight = kernel[static_cast<std::size_t>(k + radius)];
                const float* in = source.data() + start + bordered(i + k, n, border) * stride;
                for (std::int64_t x = 0; x < stride; ++x)
                    out[x] += weight * in[x];
            }
        }
}

} // namespace

void smooth(std::vector<float>& values,
            const Extent& extent,
            double sigma,
            Border border,
            JobContext& job) {
    if (sigma < 0.05)
        return;
    const std::vector<float> kernel = gaussianKernel(sigma);
    smoothRows(values, extent.width, kernel, border, job);
    smoothColumns(values, extent.height, extent.width, kernel, border, job);
    if (!extent.isFlat())
        smoothColumns(values, extent.depth, extent.area(), kernel, border, job);
}

std::vector<float>
gaussianField(const Extent& extent, double length, Random& random, JobContext& job) {
    std::vector<float> values(static_cast<std::size_t>(extent.pixels()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i % 65536 == 0)
            job.throwIfStopped();
        values[i] = static_cast<float>(random.normal());
    }
    // White noise smoothed with sigma has the correlation exp(-r^2 / (4 sigma^2)).
    smooth(values, extent, 0.5 * length, Border::wrap, job);
    double sum = 0.0;
    double squares = 0.0;
    for (const float v : values) {
        sum += static_cast<double>(v);
        squares += static_cast<double>(v) * static_cast<double>(v);
    }
    const auto n = static_cast<double>(values.size());
    const double mean = sum / n;
    const double scale = 1.0 / std::sqrt(std::max(squares / n - mean * mean, 1e-30));
    for (float& v : values)
        v = static_cast<float>((static_cast<double>(v) - mean) * scale);
    return values;
}

float quantileValue(std::vector<float> values, std::int64_t count) {
    if (count <= 0)
        return -std::numeric_limits<float>::infinity();
    if (count >= static_cast<std::int64_t>(values.size()))
        return std::numeric_limits<float>::infinity();
    const auto middle = values.begin() + count;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::vector<float> shareAbove(const std::vector<float>& field,
                              const Extent& extent,
                              float threshold,
                              JobContext& job) {
    std::vector<float> share(field.size());
    const auto [w, h, d] = extent;
    const auto slope = [&](std::int64_t index, std::int64_t i, std::int64_t n,
                           std::int64_t stride) {
        const std::int64_t low = i > 0 ? index - stride : index;
        const std::int64_t high = i + 1 < n ? index + stride : index;
        const float span = low < index && high > index ? 2.0F : 1.0F;
        return n == 1 ? 0.0F
                      : (field[static_cast<std::size_t>(high)] -
                         field[static_cast<std::size_t>(low)]) /
                            span;
    };
    std::int64_t index = 0;
    for (std::int64_t z = 0; z < d; ++z)
        for (std::int64_t y = 0; y < h; ++y) {
            if (y % 32 == 0)
                job.throwIfStopped();
            for (std::int64_t x = 0; x < w; ++x, ++index) {
                const float gx = slope(index, x, w, 1);
                const float gy = slope(index, y, h, w);
                const float gz = slope(index, z, d, w * h);
                const float steepness = std::max(std::sqrt(gx * gx + gy * gy + gz * gz), 1e-6F);
                const float distance =
                    (field[static_cast<std::size_t>(index)] - threshold) / steepness;
                share[static_cast<std::size_t>(index)] = std::clamp(0.5F + distance, 0.0F, 1.0F);
            }
        }
    return share;
}

} // namespace likeness::phantoms
