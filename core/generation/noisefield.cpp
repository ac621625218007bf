// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/noisefield.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace likeness {

namespace {

/// Sum over all pairs of positions of conj(a) b at each lag, by a transform of twice the size:
/// C x C x 2H x 2W, negative lags at the end.
torch::Tensor laggedProducts(const torch::Tensor& fields) {
    const std::vector<std::int64_t> twice{2 * fields.size(2), 2 * fields.size(3)};
    const torch::Tensor f = torch::fft_fft2(fields, twice);
    const torch::Tensor products = torch::einsum("nahw,nbhw->abhw", {torch::conj(f), f});
    return torch::real(torch::fft_ifft2(products)) * (1.0 / static_cast<double>(fields.size(0)));
}

double taper(std::int64_t lag, std::int64_t longest) {
    return 0.5 + 0.5 * std::cos(std::numbers::pi * static_cast<double>(lag) /
                                static_cast<double>(longest + 1));
}

/// Unbiased, tapered autocovariance on a periodic grid: C x C x grid x grid.
torch::Tensor autocovariance(const torch::Tensor& fields, std::int64_t longest, std::int64_t grid) {
    const std::int64_t height = fields.size(2);
    const std::int64_t width = fields.size(3);
    const torch::Tensor products = laggedProducts(fields);
    torch::Tensor covariance =
        torch::zeros({fields.size(1), fields.size(1), grid, grid}, torch::kFloat64);
    for (std::int64_t y = -longest; y <= longest; ++y) {
        for (std::int64_t x = -longest; x <= longest; ++x) {
            const auto pairs = static_cast<double>((height - std::abs(y)) * (width - std::abs(x)));
            const double weight = taper(std::abs(y), longest) * taper(std::abs(x), longest) / pairs;
            covariance.select(2, (y + grid) % grid)
                .select(2, (x + grid) % grid)
                .copy_(products.select(2, (y + 2 * height) % (2 * height))
                           .select(2, (x + 2 * width) % (2 * width)) *
                       weight);
        }
    }
    return covariance;
}

} // namespace

torch::Tensor kernelOf(const torch::Tensor& covariance, std::int64_t radius) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor spectrum = torch::fft_fft2(covariance).permute({2, 3, 0, 1});
    const auto [values, vectors] = torch::linalg_eigh(spectrum.contiguous());
    const torch::Tensor roots = torch::sqrt(torch::clamp_min(values, 0.0)).unsqueeze(-2);
    const torch::Tensor root =
        torch::matmul(vectors * roots, torch::conj(vectors).transpose(-1, -2));
    const std::int64_t side = 2 * radius + 1;
    torch::Tensor kernel = torch::roll(torch::real(torch::fft_ifft2(root.permute({2, 3, 0, 1}))),
                                       {radius, radius}, {2, 3})
                               .narrow(2, 0, side)
                               .narrow(3, 0, side);
    const torch::Tensor variance = covariance.select(2, 0).select(2, 0).diagonal().clamp_min(0.0);
    const torch::Tensor reached = (kernel * kernel).sum({1, 2, 3}).clamp_min(1e-30);
    kernel = kernel * torch::sqrt(variance / reached).view({-1, 1, 1, 1});
    return kernel.to(torch::kFloat32).contiguous();
}

torch::Tensor colouringKernel(const torch::Tensor& fields, std::int64_t radius) {
    const torch::NoGradGuard noGrad;
    const std::int64_t longest = std::min({radius, fields.size(2) - 1, fields.size(3) - 1});
    return kernelOf(
        autocovariance(fields.to(torch::kCPU).to(torch::kFloat64), longest, covarianceGrid(radius)),
        radius);
}

torch::Tensor whiteKernel(std::int64_t channels, std::int64_t radius) {
    torch::Tensor kernel =
        torch::zeros({channels, channels, 2 * radius + 1, 2 * radius + 1}, torch::kFloat32);
    for (std::int64_t i = 0; i < channels; ++i)
        kernel.select(0, i).select(0, i).select(0, radius).select(0, radius).fill_(1.0);
    return kernel;
}

torch::Tensor coloured(const torch::Tensor& white, const torch::Tensor& kernel) {
    return torch::conv2d(white, kernel);
}

} // namespace likeness
