// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Standard normal deviates on the CPU; slice i along the first of the dimensions is fillNormal of
/// seeds[i], so that it does not depend on the others. shape[0] is the number of seeds.
[[nodiscard]] torch::Tensor normalTensor(const std::vector<std::int64_t>& shape,
                                         std::span<const std::uint64_t> seeds);

/// The seeds of another kind of draw for the same images.
[[nodiscard]] std::vector<std::uint64_t> seedsFor(std::span<const std::uint64_t> seeds,
                                                  std::uint64_t purpose);

/// Where networks of `device` take it. A GPU fetches from pinned memory by itself while this thread
/// goes on.
[[nodiscard]] torch::Tensor sentTo(const torch::Device& device, const torch::Tensor& host);

} // namespace likeness
