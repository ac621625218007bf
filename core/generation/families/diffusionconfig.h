// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/conditions.h"
#include "core/generation/config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

/// The denoising UNet: pixel-unshuffle, then one level per width with residual blocks, additive
/// skips, and pixel-shuffle. Fully convolutional: any image whose sides are multiples of
/// sizeMultiple() fits.
struct UNetConfig {
    int imageChannels = 1; ///< 1 grey, 3 RGB
    int unshuffle = 2;     ///< pixels per side that become channels
    std::vector<std::int64_t> widths{32, 64,
                                     128}; ///< channels per level, each level at half the size
    int blocks = 1;                        ///< residual blocks per level and direction
    int middleBlocks = 1;                  ///< residual blocks at the deepest level
    int attentionLevels = 0;               ///< this many of the deepest levels attend
    int heads = 4;
    int fourierFeatures = 64; ///< of the noise level; even
    int embedding = 128;
    double dropout = 0.0; ///< while training

    [[nodiscard]] std::int64_t sizeMultiple() const noexcept;
    friend bool operator==(const UNetConfig&, const UNetConfig&) = default;
};

/// How a preset is trained. Noise levels follow EDM (Karras et al. 2022): ln(sigma) ~ N(noiseMean,
/// noiseSpread^2). EDM's own -1.2 and 1.2 hardly ever visit the levels of 3 to 15 at which the mean
/// of an image of 64 x 64 pixels and the layout of its phases are decided: sets made with them vary
/// too little from image to image in porosity, and their mean porosity is off. Wider and higher
/// levels cut the error of S2 to a third on sandstone and leave fine texture as it was.
struct DiffusionTraining : Schedule {
    double noiseMean = 0.4;
    double noiseSpread = 2.0;
    /// Share of the geometric moves that each crop undergoes (EDM, appendix F.2: flips, scaling,
    /// rotation, stretching, shifting), about which the network is told, so that samples show none
    /// of them. Helps where there are few crops; 0: none.
    double augmentation = 0.0;
};

/// The multistep DPM-Solver++ of the given order over Karras' noise levels. Third order with levels
/// that are nearly even in ln(sigma) keeps the spread of Gaussian data within 0.4 % at 18 steps
/// where second order and rho 7 widen it by 3 to 4 %, which shows in every threshold.
struct SolverConfig {
    int steps = 18;
    double sigmaMinimum = 0.02;
    double sigmaMaximum = 40.0;
    double rho = 15.0;
    int order = 3; ///< 1 to 3

    /// Whether samples are made larger by half of the network's multiple at each side, and cut: at
    /// the border a network that was trained briefly leaves noise, a pixel or two wide. Costs a
    /// fifth of the speed at 64 x 64 pixels, a tenth at 128 x 128.
    bool overscan = true;
};

struct DiffusionConfig {
    UNetConfig network;
    DiffusionTraining training;
    SolverConfig solver;
    std::optional<Conditions> conditions; ///< what the network is told

    /// Whether the denoiser starts from the spectrum of its training crops (SignalSpectrum) and not
    /// from their deviation alone, as EDM does. Checkpoints that do not say do not.
    bool spectral = true;
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<DiffusionConfig> diffusionPreset(std::string_view name);

/// The inverse pairs. fromJson checks every range and throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const UNetConfig& config);
[[nodiscard]] Json toJson(const DiffusionTraining& config);
[[nodiscard]] Json toJson(const SolverConfig& config);
[[nodiscard]] Json toJson(const DiffusionConfig& config);
[[nodiscard]] UNetConfig unetFromJson(const Json& json, const std::string& subject);
[[nodiscard]] DiffusionTraining diffusionTrainingFromJson(const Json& json,
                                                          const std::string& subject);
[[nodiscard]] SolverConfig solverFromJson(const Json& json, const std::string& subject);
[[nodiscard]] DiffusionConfig diffusionFromJson(const Json& settings, const std::string& subject);

} // namespace likeness
