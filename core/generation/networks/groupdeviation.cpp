// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/groupdeviation.h"

namespace likeness {

torch::Tensor groupDeviation(const torch::Tensor& features, std::int64_t group) {
    const std::int64_t height = features.size(2);
    const std::int64_t width = features.size(3);
    const torch::Tensor grouped = features.view({-1, group, features.size(1), height, width});
    const torch::Tensor centred = grouped - grouped.mean({1}, true);
    const torch::Tensor deviation =
        torch::sqrt((centred * centred).mean({1}, true) + 1e-8).mean({2, 3, 4}, true);
    return deviation.expand({-1, group, 1, height, width})
        .reshape({features.size(0), 1, height, width});
}

} // namespace likeness
