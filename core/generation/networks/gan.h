// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/ganconfig.h"
#include "core/generation/networks/layers.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

/// Noise grids to images: per level a convolution, noise of its own, a norm over the channels of
/// each position; nearest doubling between levels. No convolution pads its input: every pixel sees
/// noise in all directions, so there are no borders, and one image is a window on an endless one.
class Generator {
public:
    /// Names begin with "generator.".
    Generator(Builder& builder, const GanNetworkConfig& config);

    /// The noise of all levels on the CPU, of one image per seed.
    [[nodiscard]] std::vector<torch::Tensor>
    drawNoise(std::span<const std::uint64_t> seeds, std::int64_t height, std::int64_t width) const;

    /// Images of at least the height and width that the noise was drawn for; cut them to size.
    [[nodiscard]] torch::Tensor forward(const std::vector<torch::Tensor>& noise,
                                        const Pass& pass) const;

private:
    struct Level {
        Convolution convolution;
        torch::Tensor noiseGain; ///< per channel
        PositionNorm norm;
    };

    GanNetworkConfig m_config;
    std::vector<Level> m_levels;
    std::optional<Convolution> m_last;
    torch::Tensor m_lastGain; ///< of white noise upon the image, as scanners have it
};

/// Images to a score per patch, at the two coarsest levels; high is real. The coarsest one also
/// sees how much the images differ within groups, where there are any.
class Discriminator {
public:
    static constexpr std::int64_t kGroup = 4;

    /// Its name before a dot is that of its parameters; `group` images are compared, 1: none.
    Discriminator(Builder& builder,
                  const GanNetworkConfig& config,
                  const std::string& name = "discriminator",
                  std::int64_t group = kGroup);

    /// The scores of each image in one row. The number of images is a multiple of the group.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Pass& pass) const;

private:
    /// Appends the deviation between the images of a group, its mean over channels and positions
    /// (Karras et al. 2018): images that are all alike give themselves away.
    [[nodiscard]] torch::Tensor compared(const torch::Tensor& h) const;

    GanNetworkConfig m_config;
    std::int64_t m_group;
    std::vector<Convolution> m_levels;
    std::optional<Convolution> m_fineScore;
    std::optional<Convolution> m_compare;
    std::optional<Convolution> m_coarseScore;
};

} // namespace likeness
