// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/structureguide.h"

#include <algorithm>
#include <numeric>

namespace likeness {

namespace {

/// So that a channel that hardly varies, or a phase that hardly occurs, does not outweigh the
/// others.
constexpr double kLeastDeviation = 0.02;
constexpr std::int64_t kParts = 64; ///< of the ordered values

/// Boxes of pixels whose means are looked at. A collapsed generator makes white noise of the right
/// deviation, which hides the little structure that it has; in the larger boxes that shows, and so
/// there is a way to grow it.
constexpr std::int64_t kBoxes[][2] = {{1, 1}, {2, 2}, {4, 4}, {8, 8}, {8, 1}, {1, 8}};

/// C x values, ascending.
torch::Tensor orderedMeans(const torch::Tensor& values, const std::int64_t (&box)[2]) {
    const torch::Tensor means = torch::avg_pool2d(values, {box[0], box[1]});
    return std::get<0>(means.transpose(0, 1).flatten(1).sort(1));
}

torch::Tensor inParts(const torch::Tensor& ordered) {
    return torch::adaptive_avg_pool1d(ordered, kParts);
}

/// Lags x C, along x and then along y.
torch::Tensor covariancesOf(const torch::Tensor& values) {
    std::vector<torch::Tensor> found;
    for (const std::int64_t axis : {3, 2}) {
        const std::int64_t side = values.size(axis);
        for (std::int64_t lag = 1; lag <= side / 2; lag += 1 + lag / 3)
            found.push_back(
                (values.narrow(axis, 0, side - lag) * values.narrow(axis, lag, side - lag))
                    .mean({0, 2, 3}));
    }
    return torch::stack(found);
}

} // namespace

StructureGuide::StructureGuide(const torch::Tensor& reals)
    : m_mean(reals.mean({0, 2, 3}, true))
    , m_deviation(
          (reals - m_mean).square().mean({0, 2, 3}, true).sqrt().clamp_min(kLeastDeviation)) {
    const torch::Tensor values = standardised(reals);
    for (const auto& box : kBoxes) {
        const torch::Tensor ordered = orderedMeans(values, box);
        const torch::Tensor deviation = ordered.std({1}, true, true).clamp_min(kLeastDeviation);
        m_scales.push_back({inParts(ordered) / deviation, deviation});
    }
    m_covariances = covariancesOf(values);
}

torch::Tensor StructureGuide::standardised(const torch::Tensor& slices) const {
    return (slices - m_mean) / m_deviation;
}

torch::Tensor StructureGuide::distance(const torch::Tensor& slices) const {
    const torch::Tensor values = standardised(slices);
    torch::Tensor apart = (covariancesOf(values) - m_covariances).abs().mean();
    for (std::size_t i = 0; i < m_scales.size(); ++i) {
        const Scale& scale = m_scales[i];
        const torch::Tensor parts = inParts(orderedMeans(values, kBoxes[i])) / scale.deviation;
        apart = apart + (parts - scale.parts).abs().mean() / static_cast<double>(m_scales.size());
    }
    return apart;
}

double Guidance::criticsWeight(std::int64_t step) const noexcept {
    if (!on() || step >= m_config.guidedSteps)
        return 1.0;
    return static_cast<double>(step) / m_config.guidedSteps;
}

torch::Tensor
Guidance::loss(std::size_t guide, const torch::Tensor& slices, int part, std::int64_t count) {
    const double share = static_cast<double>(count) / static_cast<double>(m_guides.size());
    const torch::Tensor apart = m_guides[guide].distance(slices) * share;
    m_sums[static_cast<std::size_t>(part)] += apart.item<double>();
    return apart * (m_config.weight / m_batch);
}

double Guidance::distance() const {
    return std::accumulate(m_sums.begin(), m_sums.end(), 0.0) / m_batch;
}

} // namespace likeness
