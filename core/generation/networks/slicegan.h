// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/sliceganconfig.h"
#include "core/generation/networks/layers.h"
#include "core/generation/noiselattice.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace likeness {

/// A convolution with kernels of 3 x 3 x 3 that pads nothing: n points give n - 2. `doubling`: each
/// point of its input stands for 2 x 2 x 2, so n points give 2 n - 2. That is nearest upsampling
/// before the convolution; but as the kernel meets each value of the input up to 8 times, it is
/// computed as one convolution of 2 x 2 x 2 for each of the 8 positions of a point within a value,
/// 3.4 times less work and nothing upsampled.
class VolumeConvolution {
public:
    VolumeConvolution(Builder& builder,
                      const std::string& name,
                      std::int64_t in,
                      std::int64_t out,
                      bool doubling);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const Pass& pass) const;

private:
    [[nodiscard]] torch::Tensor doubled(const torch::Tensor& x, const Pass& pass) const;

    torch::Tensor m_weight;
    torch::Tensor m_bias;
    bool m_doubling;
};

/// Grids of noise to volumes (Kench, Cooper 2021): per level a convolution, noise of its own and a
/// norm over the channels of each position; sizes double between levels. Nothing is padded, so
/// that every voxel comes from equally much noise in all directions (their rule of uniform
/// information density): there are no borders, and any volume is a window on an endless one.
class VolumeGenerator {
public:
    /// Names begin with "generator.".
    VolumeGenerator(Builder& builder, const SliceGanNetworkConfig& config);

    /// The noise of all levels for that window, on the CPU, of one volume per seed.
    [[nodiscard]] std::vector<torch::Tensor> drawNoise(std::span<const std::uint64_t> seeds,
                                                       const LatticeBox& window) const;

    /// N x outputs x z x y x x of the window: grey values within +-kReach, or the phases'
    /// probabilities. `beforeLevel` may throw to stop.
    [[nodiscard]] torch::Tensor forward(const std::vector<torch::Tensor>& noise,
                                        const LatticeBox& window,
                                        const Pass& pass,
                                        const std::function<void()>& beforeLevel = {}) const;

    /// Of grey values in network units: eight standard deviations of the training set.
    static constexpr double kReach = 4.0;

private:
    struct Level {
        VolumeConvolution convolution;
        torch::Tensor noiseGain; ///< per channel
        PositionNorm norm;
    };

    [[nodiscard]] LatticeBox grown(const LatticeBox& window) const;

    SliceGanNetworkConfig m_config;
    std::vector<Level> m_levels;
    torch::Tensor m_lastWeight; ///< channels to outputs at each point
    torch::Tensor m_lastBias;
    torch::Tensor m_lastGain; ///< grey only: of white noise upon the volume, as scanners have it
};

} // namespace likeness
