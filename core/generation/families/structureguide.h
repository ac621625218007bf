// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/ganconfig.h"

#include <torch/torch.h>

#include <algorithm>
#include <vector>

namespace likeness {

/// How far slices are, as a whole, from training slices in what a critic loses sight of first: how
/// often each value is there, and how values at a distance go together. A generator that makes the
/// most frequent kind of patch again and again deceives a critic of single patches for long; here
/// it is far away from the first step on.
class StructureGuide {
public:
    /// `reals`: N x C x S x S, grey values or shares of phases.
    explicit StructureGuide(const torch::Tensor& reals);

    /// A scalar with a gradient, 0 for slices that are alike: the mean over the channels of the
    /// distance of the distributions (Wasserstein-1) of single values and of means of 2 to 8 pixels
    /// a side, in their deviations in the training slices, plus the mean absolute difference of the
    /// autocovariances along both axes at some lags up to half a side, in variances. `slices`: any
    /// number of the same channels and size.
    [[nodiscard]] torch::Tensor distance(const torch::Tensor& slices) const;

private:
    struct Scale {
        torch::Tensor parts;     ///< means of equal parts of the ordered means, C x 64
        torch::Tensor deviation; ///< C x 1
    };

    [[nodiscard]] torch::Tensor standardised(const torch::Tensor& slices) const;

    torch::Tensor m_mean;      ///< 1 x C x 1 x 1
    torch::Tensor m_deviation; ///< the same
    std::vector<Scale> m_scales;
    torch::Tensor m_covariances;
};

/// How many training crops of one size a guide is made of.
[[nodiscard]] constexpr std::int64_t guideCrops(std::int64_t size) noexcept {
    constexpr std::int64_t kPixels = std::int64_t{1} << 23;
    return std::clamp<std::int64_t>(kPixels / (size * size), 16, 512);
}

/// The guides of one training step, and what they measure while it runs in parts.
class Guidance {
public:
    /// With a weight of 0 there is none.
    Guidance(const GuidanceConfig& config, int batch)
        : m_config(config)
        , m_batch(batch) {}

    [[nodiscard]] bool on() const noexcept { return m_config.weight > 0.0; }

    void add(const torch::Tensor& reals) { m_guides.emplace_back(reals); }

    /// Critics tell first images from real ones so well that a generator learns nothing from them;
    /// it comes near by the guide alone, and they come in over the first `guidedSteps`.
    [[nodiscard]] double criticsWeight(std::int64_t step) const noexcept;

    /// Before a step.
    void begin(int parts) { m_sums.assign(static_cast<std::size_t>(parts), 0.0); }

    /// The share in the generator's loss of what a part made of `count` items of the batch, by one
    /// of the guides. Parts may run at once.
    [[nodiscard]] torch::Tensor
    loss(std::size_t guide, const torch::Tensor& slices, int part, std::int64_t count);

    /// Of the step, per part.
    [[nodiscard]] std::vector<double>& sums() noexcept { return m_sums; }

    /// Mean distance in the step.
    [[nodiscard]] double distance() const;

private:
    GuidanceConfig m_config;
    int m_batch;
    std::vector<StructureGuide> m_guides;
    std::vector<double> m_sums;
};

} // namespace likeness
