// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace likeness {

/// How much images differ, for a discriminator: images that are all alike give themselves away
/// (Karras et al. 2018). The deviation between the images of each group of `group`, its mean over
/// channels and positions, as one more channel: N x 1 x H x W of N x C x H x W. N is a multiple of
/// `group`.
[[nodiscard]] torch::Tensor groupDeviation(const torch::Tensor& features, std::int64_t group);

} // namespace likeness
