// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace likeness {

/// Images (N x C x H x W, sides of at least 2) without the faint pattern that repeats every `cell`
/// pixels: a network that takes cells of pixels as channels leaves one behind, because each pixel
/// of a cell comes from weights of its own. What is taken off are the frequencies within about an
/// eighth of the cells' own of its multiples, in both directions at once; everything else stays as
/// it is, up to rounding. Where cells are larger than 2 pixels, less of the pattern goes within 8
/// cells of a border.
[[nodiscard]] torch::Tensor withoutGrid(const torch::Tensor& images, std::int64_t cell);

} // namespace likeness
