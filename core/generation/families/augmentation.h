// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>

namespace likeness {

/// What is done alike to the real and the generated images that a discriminator sees, so that a
/// small set lasts longer (Zhao et al. 2020; Karras et al. 2020, "limited data"). Pixels are moved
/// or left out, never blended or shaded: grey values must mean what they mean. Gradients pass
/// through.
struct Augmentation {
    std::int64_t shift = 0;   ///< largest distance in pixels, with what is beyond reflected
    std::int64_t hole = 0;    ///< side in pixels of a square that becomes 0
    bool turns = false;       ///< flips and quarter turns
    double probability = 1.0; ///< of each of these, for each image
};

/// Image i (square) as its seed has it.
[[nodiscard]] torch::Tensor augmented(const torch::Tensor& images,
                                      std::span<const std::uint64_t> seeds,
                                      const Augmentation& augmentation);

/// Every image shifted by its seed's distance of at most `most` pixels each way.
[[nodiscard]] torch::Tensor
shifted(const torch::Tensor& images, std::span<const std::uint64_t> seeds, std::int64_t most);

} // namespace likeness
