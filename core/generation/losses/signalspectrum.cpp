// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/losses/signalspectrum.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace likeness {

namespace {

constexpr double kLeastVariance = 1e-8; ///< of a coefficient, against that of the whole

/// The orthonormal DCT-II of vectors of `size` numbers: row k holds the wave of k half periods.
torch::Tensor cosines(std::int64_t size) {
    const auto options = torch::dtype(torch::kFloat64);
    const torch::Tensor wave = torch::arange(size, options).view({-1, 1});
    const torch::Tensor place = torch::arange(size, options).view({1, -1}) + 0.5;
    torch::Tensor matrix =
        torch::cos(wave * place * (std::numbers::pi / static_cast<double>(size)));
    matrix *= std::sqrt(2.0 / static_cast<double>(size));
    matrix[0] *= std::sqrt(0.5);
    return matrix.to(torch::kFloat32);
}

torch::Tensor
transformed(const torch::Tensor& rows, const torch::Tensor& images, const torch::Tensor& columns) {
    return torch::matmul(torch::matmul(rows, images), columns.t());
}

/// `values` along `dim`, read at the frequencies of an image of `size` pixels; the last one beyond
/// the ends.
torch::Tensor stretched(const torch::Tensor& values, std::int64_t dim, std::int64_t size) {
    const std::int64_t known = values.size(dim);
    if (known == size)
        return values;
    const torch::Tensor at = (torch::arange(size, torch::dtype(torch::kFloat64)) *
                              (static_cast<double>(known) / static_cast<double>(size)))
                                 .clamp_max(static_cast<double>(known - 1));
    const torch::Tensor low = at.floor().to(torch::kInt64);
    const torch::Tensor high = (low + 1).clamp_max(known - 1);
    std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
    shape[static_cast<std::size_t>(dim)] = size;
    const torch::Tensor share = (at - at.floor()).to(values.scalar_type()).view(shape);
    return values.index_select(dim, low) * (1.0 - share) + values.index_select(dim, high) * share;
}

torch::Tensor asImages(const torch::Tensor& sigmas) {
    return sigmas.view({-1, 1, 1, 1});
}

} // namespace

SignalSpectrum::SignalSpectrum(double sigmaData)
    : m_sigmaData(sigmaData) {}

SignalSpectrum::SignalSpectrum(double sigmaData, torch::Tensor mean, torch::Tensor variances)
    : m_sigmaData(sigmaData)
    , m_mean(std::move(mean))
    , m_variances(std::move(variances)) {}

const SignalSpectrum::Grid& SignalSpectrum::gridFor(const torch::Tensor& images) const {
    const std::tuple key{images.size(2), images.size(3), images.device().str()};
    const std::lock_guard lock(m_mutex);
    const auto found = m_grids.find(key);
    if (found != m_grids.end())
        return found->second;
    const torch::NoGradGuard noGrad;
    const torch::Tensor variances =
        stretched(stretched(m_variances, 1, images.size(2)), 2, images.size(3));
    Grid grid{m_mean.view({1, -1, 1, 1}).to(images.device()),
              variances.unsqueeze(0).contiguous().to(images.device()),
              cosines(images.size(2)).to(images.device()),
              cosines(images.size(3)).to(images.device())};
    return m_grids.emplace(key, std::move(grid)).first->second;
}

torch::Tensor SignalSpectrum::guessed(const torch::Tensor& noisy,
                                      const torch::Tensor& sigmas) const {
    const torch::Tensor power = asImages(sigmas) * asImages(sigmas);
    if (!m_variances.defined())
        return noisy * (m_sigmaData * m_sigmaData / (power + m_sigmaData * m_sigmaData));
    const Grid& grid = gridFor(noisy);
    const torch::Tensor waves = transformed(grid.rows, noisy - grid.mean, grid.columns) *
                                (grid.variances / (grid.variances + power));
    return transformed(grid.rows.t(), waves, grid.columns.t()) + grid.mean;
}

torch::Tensor SignalSpectrum::leftOut(const torch::Tensor& noisy,
                                      const torch::Tensor& sigmas) const {
    const torch::Tensor power = asImages(sigmas) * asImages(sigmas);
    if (!m_variances.defined())
        return asImages(sigmas) * m_sigmaData / torch::sqrt(power + m_sigmaData * m_sigmaData);
    const Grid& grid = gridFor(noisy);
    const torch::Tensor left = grid.variances * power / (grid.variances + power);
    return torch::sqrt(left.mean({1, 2, 3}, true));
}

torch::Tensor SignalSpectrum::inverseDeviation(const torch::Tensor& sigmas) const {
    return torch::rsqrt(asImages(sigmas) * asImages(sigmas) + m_sigmaData * m_sigmaData);
}

void SpectrumMeter::add(const torch::Tensor& crops) {
    const torch::NoGradGuard noGrad;
    if (m_count == 0)
        m_cosines = cosines(crops.size(2));
    const torch::Tensor waves = transformed(m_cosines, crops, m_cosines).to(torch::kFloat64);
    const torch::Tensor means = crops.to(torch::kFloat64).mean({2, 3}).sum(0);
    const torch::Tensor powers = (waves * waves).sum(0);
    m_means = m_count == 0 ? means : m_means + means;
    m_powers = m_count == 0 ? powers : m_powers + powers;
    m_count += crops.size(0);
}

MeasuredSpectrum SpectrumMeter::found() const {
    const torch::NoGradGuard noGrad;
    const auto count = static_cast<double>(m_count);
    const torch::Tensor mean = m_means / count;
    torch::Tensor variances = m_powers / count;
    // The mean of the whole stands in the constant wave only, times the root of the pixels.
    const auto pixels = static_cast<double>(variances.size(1) * variances.size(2));
    variances.select(1, 0).select(1, 0) -= mean * mean * pixels;
    return {
        mean.to(torch::kFloat32),
        variances.clamp_min(kLeastVariance * variances.mean().item<double>()).to(torch::kFloat32)};
}

} // namespace likeness
