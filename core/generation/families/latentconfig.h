// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/families/diffusionconfig.h"
#include "core/generation/families/vaeconfig.h"

#include <optional>
#include <string>
#include <string_view>

namespace likeness {

/// How both stages of latent diffusion are trained. The schedule's rate and the noise levels are
/// the denoiser's.
struct LatentTraining : DiffusionTraining {
    double autoencoderShare = 0.25; ///< of the run, for the autoencoder
    double autoencoderRate = 2e-3;  ///< its learning rate; falls to zero over the end of its share
    /// Of the codes' divergence from independent normal ones, per pixel, beside the pixels'
    /// likelihood. At 1 (a VAE) codes leave out what lies below the noise of the scan, and more.
    double klWeight = 0.1;
    double gradientWeight = 0.25; ///< of the error of the grey levels' slopes at two scales
};

/// A denoiser for the codes of an autoencoder.
struct LatentConfig {
    VaeNetworkConfig autoencoder; ///< spatial
    UNetConfig denoiser;          ///< its images are codes
    LatentTraining training;
    SolverConfig solver;
    double noise = 1.0; ///< share of the residuals' deviation that is put back as noise
    std::optional<Conditions> conditions;
};

/// Of "demo", "workstation" and "large"; empty for other names. Codes stand for 2 x 2, 4 x 4 and
/// 8 x 8 pixels.
[[nodiscard]] std::optional<LatentConfig> latentPreset(std::string_view name);

/// The inverse pair: sections "network" (the autoencoder), "denoiser", "training", "solver",
/// "sampling" and, if there are any, "conditions". fromJson checks every range and throws
/// Error(format) that names `subject`.
[[nodiscard]] Json toJson(const LatentConfig& config);
[[nodiscard]] LatentConfig latentFromJson(const Json& settings, const std::string& subject);

} // namespace likeness
