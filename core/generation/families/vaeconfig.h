// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace likeness {

enum class Latent {
    spatial, ///< a grid of codes, one per 8 pixels or so: samples of any size
    vector   ///< one code for the whole image: samples of the trained size
};

/// Encoder and decoder: pixel-unshuffle, then one level per width with residual blocks, each level
/// at half the size of the one before.
struct VaeNetworkConfig {
    int imageChannels = 1;
    int unshuffle = 2;
    std::vector<std::int64_t> widths{32, 64, 128};
    int blocks = 1; ///< residual blocks per level, in the encoder and in the decoder
    Latent latent = Latent::spatial;
    int latentChannels = 4; ///< of a spatial code; a vector has latentSize numbers
    int latentSize = 64;

    [[nodiscard]] std::int64_t sizeMultiple() const noexcept;
    friend bool operator==(const VaeNetworkConfig&, const VaeNetworkConfig&) = default;
};

struct VaeTraining : Schedule {
    double klWeight = 1.0;
    double klWarmUp = 0.1; ///< share of the run in which the weight rises from zero
};

/// What samples are made of besides the decoder's mean.
struct VaeSampling {
    /// Share of the residuals' deviation that is put back as noise of their spectrum; 0 leaves the
    /// smooth mean.
    double noise = 1.0;
    /// Codes drawn with the covariance that those of the training crops have, rather than as
    /// independent normal deviates.
    bool measuredCodes = true;
};

struct VaeConfig {
    VaeNetworkConfig network;
    VaeTraining training;
    VaeSampling sampling;
};

/// Of "demo", "workstation" and "large"; empty for other names.
[[nodiscard]] std::optional<VaeConfig> vaePreset(std::string_view name);

/// The inverse pairs. fromJson checks every range and throws Error(format) that names `subject`.
[[nodiscard]] Json toJson(const VaeNetworkConfig& config);
[[nodiscard]] VaeNetworkConfig vaeNetworkFromJson(const Json& json, const std::string& subject);
[[nodiscard]] Json toJson(const VaeConfig& config);
[[nodiscard]] VaeConfig vaeFromJson(const Json& settings, const std::string& subject);

} // namespace likeness
