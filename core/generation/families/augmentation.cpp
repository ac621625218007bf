// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/augmentation.h"

#include "core/base/random.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace likeness {

namespace {

/// A window of the image with its surroundings reflected.
torch::Tensor window(const torch::Tensor& wide, std::uint64_t seed, std::int64_t most) {
    Random random(seed, "generation.shift");
    const auto range = static_cast<std::uint64_t>(2 * most + 1);
    const auto y = static_cast<std::int64_t>(random.below(range));
    const auto x = static_cast<std::int64_t>(random.below(range));
    return wide.narrow(1, y, wide.size(1) - 2 * most).narrow(2, x, wide.size(2) - 2 * most);
}

torch::Tensor reflected(const torch::Tensor& images, std::int64_t most) {
    const std::vector<std::int64_t> margins{most, most, most, most};
    return torch::reflection_pad2d(images, margins);
}

torch::Tensor turned(const torch::Tensor& image, Random& random) {
    const torch::Tensor flipped = random.below(2) == 0 ? image : image.flip({2});
    return torch::rot90(flipped, static_cast<std::int64_t>(random.below(4)), {1, 2});
}

/// The square may reach over the border, so that every pixel is left out equally often.
torch::Tensor holed(const torch::Tensor& image, Random& random, std::int64_t hole) {
    const auto span = [&](std::int64_t side) {
        const auto first =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(side + hole - 1))) -
            hole + 1;
        const std::int64_t begin = std::max<std::int64_t>(first, 0);
        return std::pair(begin, std::min(first + hole, side) - begin);
    };
    const auto [y, height] = span(image.size(1));
    const auto [x, width] = span(image.size(2));
    const torch::Tensor mask = torch::ones({1, image.size(1), image.size(2)}, image.options());
    mask.narrow(1, y, height).narrow(2, x, width).zero_();
    return image * mask;
}

} // namespace

torch::Tensor
shifted(const torch::Tensor& images, std::span<const std::uint64_t> seeds, std::int64_t most) {
    if (most == 0)
        return images;
    const torch::Tensor wide = reflected(images, most);
    std::vector<torch::Tensor> windows;
    for (std::size_t i = 0; i < seeds.size(); ++i)
        windows.push_back(window(wide[static_cast<std::int64_t>(i)], seeds[i], most));
    return torch::stack(windows);
}

torch::Tensor augmented(const torch::Tensor& images,
                        std::span<const std::uint64_t> seeds,
                        const Augmentation& augmentation) {
    const std::int64_t most = augmentation.shift;
    const torch::Tensor wide = most > 0 ? reflected(images, most) : torch::Tensor();
    std::vector<torch::Tensor> changed;
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        Random random(seeds[i], "generation.augmentation");
        const auto chosen = [&] { return random.uniform() < augmentation.probability; };
        const auto index = static_cast<std::int64_t>(i);
        const bool moves = most > 0 && chosen();
        torch::Tensor image = moves ? window(wide[index], seeds[i], most) : images[index];
        if (augmentation.turns && chosen())
            image = turned(image, random);
        if (augmentation.hole > 0 && chosen())
            image = holed(image, random, augmentation.hole);
        changed.push_back(image);
    }
    return torch::stack(changed);
}

} // namespace likeness
