// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/latentconfig.h"

#include "core/base/error.h"
#include "core/generation/families/presetof.h"

namespace likeness {

namespace {

LatentConfig demo() {
    LatentConfig config;
    config.autoencoder.widths = {32};
    config.autoencoder.blocks = 2;
    config.denoiser.imageChannels = config.autoencoder.latentChannels;
    config.denoiser.unshuffle = 1;
    config.solver.overscan = false; // codes, of which the autoencoder smooths the border
    return config;
}

LatentConfig workstation() {
    LatentConfig config = demo();
    config.autoencoder.widths = {64, 128};
    config.denoiser.widths = {64, 128, 256, 256};
    config.denoiser.blocks = 2;
    config.denoiser.attentionLevels = 1;
    config.denoiser.embedding = 256;
    config.training.batch = 32;
    config.training.learningRate = 2e-4;
    config.training.autoencoderRate = 5e-4;
    config.training.warmUpSteps = 1000;
    config.training.emaMaximum = 0.9995;
    config.training.augmentation = 0.12;
    return config;
}

LatentConfig large() {
    LatentConfig config = workstation();
    config.autoencoder.widths = {128, 256, 512};
    config.autoencoder.latentChannels = 8;
    config.denoiser.imageChannels = config.autoencoder.latentChannels;
    config.denoiser.widths = {192, 384, 576, 768};
    config.denoiser.attentionLevels = 2;
    config.denoiser.embedding = 768;
    config.training.batch = 128;
    config.training.learningRate = 1e-4;
    config.training.autoencoderRate = 3e-4;
    config.training.emaMaximum = 0.9999;
    return config;
}

} // namespace

std::optional<LatentConfig> latentPreset(std::string_view name) {
    return presetOf(name, demo, workstation, large);
}

Json toJson(const LatentConfig& config) {
    Json training = toJson(static_cast<const DiffusionTraining&>(config.training));
    training["autoencoder_share"] = config.training.autoencoderShare;
    training["autoencoder_rate"] = config.training.autoencoderRate;
    training["kl_weight"] = config.training.klWeight;
    training["gradient_weight"] = config.training.gradientWeight;
    Json json{{"network", toJson(config.autoencoder)},
              {"denoiser", toJson(config.denoiser)},
              {"training", training},
              {"solver", toJson(config.solver)},
              {"sampling", {{"noise", config.noise}}}};
    if (config.conditions)
        json["conditions"] = toJson(*config.conditions);
    return json;
}

LatentConfig latentFromJson(const Json& settings, const std::string& subject) {
    LatentConfig config;
    config.autoencoder = vaeNetworkFromJson(requiredSection(settings, "network", subject), subject);
    if (config.autoencoder.latent != Latent::spatial)
        throw Error(ErrorCode::format, subject, "latent diffusion needs a spatial latent");
    Json denoiser = requiredSection(settings, "denoiser", subject);
    denoiser["image_channels"] = 1; // codes have more channels than images may have
    config.denoiser = unetFromJson(denoiser, subject);
    config.denoiser.imageChannels = config.autoencoder.latentChannels;
    const Json& training = requiredSection(settings, "training", subject);
    static_cast<DiffusionTraining&>(config.training) = diffusionTrainingFromJson(training, subject);
    config.training.autoencoderShare =
        boundedNumber(training, "autoencoder_share", 0.01, 0.95, subject);
    config.training.autoencoderRate =
        boundedNumber(training, "autoencoder_rate", 0.0, 1.0, subject);
    config.training.klWeight = boundedNumber(training, "kl_weight", 0.0, 1000.0, subject);
    config.training.gradientWeight =
        boundedNumber(training, "gradient_weight", 0.0, 1000.0, subject);
    config.solver = solverFromJson(requiredSection(settings, "solver", subject), subject);
    config.noise =
        boundedNumber(requiredSection(settings, "sampling", subject), "noise", 0.0, 4.0, subject);
    config.conditions = conditionsIn(settings, subject);
    return config;
}

} // namespace likeness
