// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/samplers/gridnotch.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

constexpr std::int64_t kReachInCells = 8;

/// A Hann window of 2 reach + 1 values at every `stride`-th pixel from its middle, sum 1. Its slow
/// ends keep slopes and edges of the image out of the pattern.
torch::Tensor window(std::int64_t reach, std::int64_t stride) {
    torch::Tensor values = torch::zeros({2 * reach + 1}, torch::kFloat64);
    for (std::int64_t offset = -(reach / stride) * stride; offset <= reach; offset += stride)
        values[reach + offset] =
            0.5 + 0.5 * std::cos(std::numbers::pi * static_cast<double>(offset) /
                                 static_cast<double>(reach + 1));
    return (values / values.sum()).to(torch::kFloat32);
}

torch::Tensor averaged(const torch::Tensor& planes, const torch::Tensor& weights) {
    const torch::Tensor line = weights.to(planes.device());
    return torch::conv2d(torch::conv2d(planes, line.view({1, 1, 1, -1})), line.view({1, 1, -1, 1}));
}

} // namespace

torch::Tensor withoutGrid(const torch::Tensor& images, std::int64_t cell) {
    if (cell < 2)
        return images;
    const std::int64_t reach =
        std::min({kReachInCells * cell, images.size(2) - 1, images.size(3) - 1});
    const torch::Tensor planes =
        images.reshape({images.size(0) * images.size(1), 1, images.size(2), images.size(3)});
    const torch::Tensor wide = torch::reflection_pad2d(planes, {reach, reach, reach, reach});
    // The mean of what lies at the same place of its cell around each pixel, against that of all.
    const torch::Tensor pattern =
        averaged(wide, window(reach, cell)) - averaged(wide, window(reach, 1));
    return (planes - pattern).view(images.sizes());
}

} // namespace likeness
