// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/networks/layers.h"
#include "core/generation/samplers/dpmsolver.h"
#include "core/generation/samplers/tiles.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>

namespace likeness {

/// What a network with a denoiser offers beyond making samples: images go to the model's own space
/// (pixels, or the codes of an autoencoder), are denoised there from any level, and come back.
/// Everything is N x channels x height x width on one device, without gradients.
class Denoising {
public:
    virtual ~Denoising() = default;

    /// Pixels per side of one position of the model's space; sides of images are multiples of it
    /// and of sampleMultiple().
    [[nodiscard]] virtual std::int64_t cell() const { return 1; }

    /// Channels of the model's space.
    [[nodiscard]] virtual std::int64_t depth() const = 0;

    /// Levels and order of the model's own solver.
    [[nodiscard]] virtual const SolverConfig& solver() const = 0;

    /// Standard deviation of what it was trained on, in its space.
    [[nodiscard]] virtual double deviation() const = 0;

    /// Positions that samples are larger by at each side while they are made.
    [[nodiscard]] virtual std::int64_t margin() const { return 0; }

    [[nodiscard]] virtual torch::Tensor encode(const torch::Tensor& images) const { return images; }

    [[nodiscard]] virtual torch::Tensor decode(const torch::Tensor& x) const { return x; }

    /// The best guess of what is behind each of `noisy`, whose noise has these deviations (N); the
    /// pass holds what the network is told.
    [[nodiscard]] virtual torch::Tensor
    guessed(const torch::Tensor& noisy, const torch::Tensor& sigmas, const Pass& pass) const = 0;

    /// The same of a network that is told nothing. `check` is called several times in between and
    /// may throw to stop.
    [[nodiscard]] virtual torch::Tensor
    denoise(const torch::Tensor& noisy, double sigma, const std::function<void()>& check) const;

    /// About how much memory denoise() takes for one image of height x width in its space.
    [[nodiscard]] virtual double workingBytes(std::int64_t height, std::int64_t width) const = 0;

    /// Sides of what denoise() takes are multiples of this.
    [[nodiscard]] virtual std::int64_t multiple() const = 0;
};

/// Above this many workingBytes() an image is denoised in tiles.
inline constexpr double kUntiledBytes = 1024.0 * 1024.0 * 1024.0;

[[nodiscard]] bool needsTiles(const Denoising& model, std::int64_t height, std::int64_t width);

struct Workings {
    std::function<void()> check; ///< may throw to stop; on any thread
    Spread spread = {};          ///< of tiles; empty: one after another
};

/// What the solver asks for images of height x width in the model's space: in tiles if they need
/// more memory than kUntiledBytes. `model` and `workings` are taken by reference and value.
[[nodiscard]] Denoiser
denoiserFor(const Denoising& model, std::int64_t height, std::int64_t width, Workings workings);

} // namespace likeness
