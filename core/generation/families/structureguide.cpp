// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/structureguide.h"

#include <vector>

namespace likeness {

namespace {

constexpr std::int64_t kParts = 64; ///< of the ordered values; sides are multiples of 8

torch::Tensor orderedParts(const torch::Tensor& values) {
    const torch::Tensor ordered =
        std::get<0>(values.transpose(0, 1).flatten(1).sort(/*stable=*/false, 1));
    return ordered.view({ordered.size(0), kParts, -1}).mean({2});
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
    , m_deviation((reals - m_mean).square().mean({0, 2, 3}, true).sqrt().clamp_min(1e-6)) {
    const torch::Tensor values = standardised(reals);
    m_values = orderedParts(values);
    m_covariances = covariancesOf(values);
}

torch::Tensor StructureGuide::standardised(const torch::Tensor& slices) const {
    return (slices - m_mean) / m_deviation;
}

torch::Tensor StructureGuide::distance(const torch::Tensor& slices) const {
    const torch::Tensor values = standardised(slices);
    return (orderedParts(values) - m_values).abs().mean() +
           (covariancesOf(values) - m_covariances).abs().mean();
}

} // namespace likeness
