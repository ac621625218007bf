// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/diffusionconfig.h"

#include "core/base/error.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/families/presetof.h"

namespace likeness {

namespace {

DiffusionConfig workstation() {
    DiffusionConfig config;
    config.network.widths = {64, 128, 256, 256};
    config.network.blocks = 2;
    config.network.attentionLevels = 1;
    config.network.embedding = 256;
    config.training.batch = 32;
    config.training.learningRate = 2e-4;
    config.training.warmUpSteps = 1000;
    config.training.emaMaximum = 0.9995;
    config.training.augmentation = 0.12;
    return config;
}

/// Older checkpoints name no flag that came after them and go on to make the samples that they
/// made.
bool flagIn(const Json& json, const char* key, const std::string& subject) {
    const auto flag = json.find(key);
    if (flag != json.end() && !flag->is_boolean())
        throw Error(ErrorCode::format, subject, std::string("'") + key + "' must be true or false");
    return flag != json.end() && flag->get<bool>();
}

DiffusionConfig large() {
    DiffusionConfig config = workstation();
    config.network.unshuffle = 4;
    config.network.widths = {96, 192, 256, 384};
    config.network.embedding = 384;
    config.training.batch = 64;
    config.training.learningRate = 3e-4;
    config.training.emaMaximum = 0.9999;
    return config;
}

} // namespace

std::int64_t UNetConfig::sizeMultiple() const noexcept {
    return static_cast<std::int64_t>(unshuffle) << (widths.size() - 1);
}

std::optional<DiffusionConfig> diffusionPreset(std::string_view name) {
    return presetOf(
        name, +[] { return DiffusionConfig{}; }, workstation, large);
}

Json toJson(const UNetConfig& config) {
    return {{"image_channels", config.imageChannels},
            {"unshuffle", config.unshuffle},
            {"widths", config.widths},
            {"blocks", config.blocks},
            {"middle_blocks", config.middleBlocks},
            {"attention_levels", config.attentionLevels},
            {"heads", config.heads},
            {"fourier_features", config.fourierFeatures},
            {"embedding", config.embedding},
            {"dropout", config.dropout}};
}

Json toJson(const DiffusionTraining& config) {
    Json json = toJson(static_cast<const Schedule&>(config));
    json["noise_mean"] = config.noiseMean;
    json["noise_spread"] = config.noiseSpread;
    if (config.augmentation > 0.0)
        json["augmentation"] = config.augmentation;
    return json;
}

Json toJson(const SolverConfig& config) {
    return {{"steps", config.steps},
            {"sigma_minimum", config.sigmaMinimum},
            {"sigma_maximum", config.sigmaMaximum},
            {"rho", config.rho},
            {"order", config.order},
            {"overscan", config.overscan}};
}

UNetConfig unetFromJson(const Json& json, const std::string& subject) {
    UNetConfig config;
    config.imageChannels = boundedInt(json, "image_channels", 1, 4, subject);
    config.unshuffle = boundedInt(json, "unshuffle", 1, 8, subject);
    config.widths = widthsFrom(json, "widths", subject);
    config.blocks = boundedInt(json, "blocks", 1, 8, subject);
    config.middleBlocks = boundedInt(json, "middle_blocks", 1, 8, subject);
    config.attentionLevels =
        boundedInt(json, "attention_levels", 0, static_cast<int>(config.widths.size()), subject);
    config.heads = boundedInt(json, "heads", 1, 8, subject);
    if (8 % config.heads != 0)
        throw Error(ErrorCode::format, subject, "the heads do not divide the widths");
    config.fourierFeatures = boundedInt(json, "fourier_features", 2, 1024, subject) / 2 * 2;
    config.embedding = boundedInt(json, "embedding", 8, 4096, subject);
    config.dropout = boundedNumber(json, "dropout", 0.0, 0.9, subject);
    return config;
}

DiffusionTraining diffusionTrainingFromJson(const Json& json, const std::string& subject) {
    DiffusionTraining config{scheduleFromJson(json, subject)};
    config.noiseMean = boundedNumber(json, "noise_mean", -10.0, 10.0, subject);
    config.noiseSpread = boundedNumber(json, "noise_spread", 0.01, 10.0, subject);
    if (json.contains("augmentation"))
        config.augmentation = boundedNumber(json, "augmentation", 0.0, 1.0, subject);
    return config;
}

SolverConfig solverFromJson(const Json& json, const std::string& subject) {
    SolverConfig config;
    config.steps = boundedInt(json, "steps", 2, 1000, subject);
    config.sigmaMinimum = boundedNumber(json, "sigma_minimum", 1e-6, 10.0, subject);
    config.sigmaMaximum = boundedNumber(json, "sigma_maximum", 1e-3, 1e4, subject);
    config.rho = boundedNumber(json, "rho", 1.0, 100.0, subject);
    config.order = boundedInt(json, "order", 1, 3, subject);
    config.overscan = flagIn(json, "overscan", subject);
    if (config.sigmaMaximum <= config.sigmaMinimum)
        throw Error(ErrorCode::format, subject,
                    "the largest noise level is not above the smallest");
    return config;
}

Json toJson(const DiffusionConfig& config) {
    Json json{{"network", toJson(config.network)},
              {"training", toJson(config.training)},
              {"solver", toJson(config.solver)}};
    if (config.spectral)
        json["denoiser"]["spectral"] = true;
    if (config.conditions)
        json["conditions"] = toJson(*config.conditions);
    return json;
}

DiffusionConfig diffusionFromJson(const Json& settings, const std::string& subject) {
    return {unetFromJson(requiredSection(settings, "network", subject), subject),
            diffusionTrainingFromJson(requiredSection(settings, "training", subject), subject),
            solverFromJson(requiredSection(settings, "solver", subject), subject),
            conditionsIn(settings, subject),
            settings.contains("denoiser") &&
                flagIn(requiredSection(settings, "denoiser", subject), "spectral", subject)};
}

} // namespace likeness
