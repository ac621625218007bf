// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>

namespace likeness {

/// Moves each of N x C x H x W host images in place by EDM's geometric augmentation (Karras et al.
/// 2022, appendix F.2): mirror left-right, mirror up-down, scaling by 2^(0.2 n), rotation by any
/// angle, stretching by 2^(0.2 n) along any direction, and shifting by n/8 of the side, each with
/// the given probability and n standard normal; bicubic, with mirrored borders. Grey levels are
/// left as they are. Returns what was done, N x 9, all zero where nothing was: a network that is
/// told this learns the images as they are.
[[nodiscard]] torch::Tensor
augment(torch::Tensor& images, std::span<const std::uint64_t> seeds, double probability);

} // namespace likeness
