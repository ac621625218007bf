// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/denoising.h"

#include <algorithm>

namespace likeness {

namespace {

/// The largest tile, halved as long as it is too much at once.
TileLayout layoutFor(const Denoising& model) {
    TileLayout layout;
    layout.multiple = model.multiple();
    layout.side = layout.side / layout.multiple * layout.multiple;
    const std::int64_t smallest = 4 * layout.multiple;
    while (layout.side / 2 >= smallest &&
           model.workingBytes(layout.side, layout.side) > kUntiledBytes)
        layout.side = layout.side / 2 / layout.multiple * layout.multiple;
    layout.overlap = layout.side / 4;
    layout.guard = layout.side / 32;
    return layout;
}

} // namespace

torch::Tensor Denoising::denoise(const torch::Tensor& noisy,
                                 double sigma,
                                 const std::function<void()>& check) const {
    Pass pass;
    pass.check = &check;
    return guessed(noisy, torch::full({noisy.size(0)}, sigma, noisy.options()), pass);
}

bool needsTiles(const Denoising& model, std::int64_t height, std::int64_t width) {
    return model.workingBytes(height, width) > kUntiledBytes;
}

Denoiser
denoiserFor(const Denoising& model, std::int64_t height, std::int64_t width, Workings workings) {
    Denoiser whole = [&model, check = workings.check](const torch::Tensor& noisy, double sigma) {
        check();
        return model.denoise(noisy, sigma, check);
    };
    if (!needsTiles(model, height, width))
        return whole;
    if (!workings.spread)
        workings.spread = [](std::int64_t count, const std::function<void(std::int64_t)>& task) {
            for (std::int64_t i = 0; i < count; ++i)
                task(i);
        };
    return inTiles(std::move(whole), layoutFor(model), workings.spread);
}

} // namespace likeness
