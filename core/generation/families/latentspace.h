// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/latentpoint.h"

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Directions of a cloud of latents: its mean, and along each of its principal axes, the widest
/// first, a unit vector and the deviation. On the CPU. The largest component of each vector is
/// positive, so that equal clouds give equal directions.
struct PrincipalDirections {
    torch::Tensor mean;       ///< D
    torch::Tensor directions; ///< K x D
    torch::Tensor deviations; ///< K

    static constexpr std::int64_t kMost = 16;

    /// The widest `most` axes of a D x D covariance.
    [[nodiscard]] static PrincipalDirections
    of(const torch::Tensor& mean, const torch::Tensor& covariance, std::int64_t most = kMost);

    /// Sum of the directions, each times its deviation and the point's offset; D. Undefined if all
    /// offsets are 0.
    [[nodiscard]] torch::Tensor shift(const LatentPoint& point) const;
};

/// What some networks have besides samples of seeds: latents of a space in which directions mean
/// something. Safe on several threads as long as nobody changes the network.
class LatentModel {
public:
    virtual ~LatentModel() = default;

    /// How many levels can come from another seed; 0: none.
    [[nodiscard]] virtual int mixingLevels() const { return 0; }

    /// Length of a latent.
    [[nodiscard]] virtual std::int64_t latentDimension() const = 0;

    /// Of the latents as they are drawn.
    [[nodiscard]] virtual PrincipalDirections principalDirections() const = 0;

    struct Frame {
        std::int64_t height = 64;
        std::int64_t width = 64;
        torch::Device device = torch::kCPU;
    };

    /// Images in network units, N x channels x height x width. Points have no more offsets than
    /// there are directions, and a crossover from 0 to mixingLevels().
    [[nodiscard]] virtual torch::Tensor render(std::span<const LatentPoint> points,
                                               const Frame& frame) const = 0;
};

} // namespace likeness
