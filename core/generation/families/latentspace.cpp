// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/latentspace.h"

#include <algorithm>

namespace likeness {

PrincipalDirections PrincipalDirections::of(const torch::Tensor& mean,
                                            const torch::Tensor& covariance,
                                            std::int64_t most) {
    const torch::NoGradGuard noGrad;
    const auto [values, vectors] =
        torch::linalg_eigh(covariance.to(torch::kCPU).to(torch::kFloat64).contiguous());
    // They come with rising values, as columns.
    const std::int64_t count = std::min(most, values.size(0));
    PrincipalDirections found;
    found.mean = mean.to(torch::kCPU).to(torch::kFloat32);
    found.directions = vectors.t().flip({0}).narrow(0, 0, count).contiguous();
    for (std::int64_t i = 0; i < count; ++i) {
        torch::Tensor axis = found.directions[i];
        if (axis[axis.abs().argmax()].item<double>() < 0.0)
            axis.neg_();
    }
    found.directions = found.directions.to(torch::kFloat32);
    found.deviations =
        torch::sqrt(values.flip({0}).narrow(0, 0, count).clamp_min(0.0)).to(torch::kFloat32);
    return found;
}

torch::Tensor PrincipalDirections::shift(const LatentPoint& point) const {
    torch::Tensor sum;
    for (std::size_t i = 0; i < point.offsets.size(); ++i) {
        if (point.offsets[i] == 0.0)
            continue;
        const auto axis = static_cast<std::int64_t>(i);
        const torch::Tensor step =
            directions[axis] * (deviations[axis].item<double>() * point.offsets[i]);
        sum = sum.defined() ? sum + step : step;
    }
    return sum;
}

} // namespace likeness
