// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/ganconfig.h"

#include <string>
#include <string_view>
#include <vector>

namespace likeness {

struct SliceGanNetworkConfig {
    int imageChannels = 1;
    /// Channels of the generator per level, from the coarsest; each level doubles the size.
    std::vector<std::int64_t> widths{96, 64, 32, 16};
    std::int64_t finish = 16; ///< channels of the last convolution, which keeps the size
    int noiseChannels = 24;   ///< of the coarsest level; every level has one more of its own
    int unshuffle = 2;        ///< of the critics' input
    /// Channels of the critics per level, each at half the size of the one before.
    std::vector<std::int64_t> criticWidths{48, 64, 96, 96};
    int critics = 1; ///< one for the slices of all axes, or three: of x-y, x-z and y-z
    /// Labels of the phases, ascending; empty: the volumes are grey.
    std::vector<double> phases;

    /// Voxels per cell of the coarsest noise.
    [[nodiscard]] std::int64_t cell() const noexcept;

    /// Channels that the generator makes and the critics see.
    [[nodiscard]] std::int64_t outputs() const noexcept;

    [[nodiscard]] GanNetworkConfig critic() const;
    friend bool operator==(const SliceGanNetworkConfig&, const SliceGanNetworkConfig&) = default;
};

struct SliceGanTraining : GanTraining {
    int slices = 8; ///< that the critics see of each cube along each axis
    /// Deviation of white noise upon the phases' shares, real and generated alike, without which
    /// the critics would know masks by nothing but their being exactly 0 or 1.
    double phaseNoise = 0.2;
    GuidanceConfig guidance;
};

struct SliceGanConfig {
    SliceGanNetworkConfig network;
    SliceGanTraining training;
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<SliceGanConfig> sliceGanPreset(std::string_view name);

/// The inverse pair. fromJson checks every range and throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const SliceGanConfig& config);
[[nodiscard]] SliceGanConfig sliceGanFromJson(const Json& settings, const std::string& subject);

} // namespace likeness
