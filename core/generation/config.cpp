// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/config.h"

#include "core/base/error.h"
#include "core/generation/client/strictjson.h"

#include <cmath>

namespace likeness {

namespace {

double boundedNumber(
    const Json& json, const char* key, double low, double high, const std::string& subject) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number())
        throw Error(ErrorCode::format, subject,
                    std::string("'") + key + "' is missing or no number");
    const double value = found->get<double>();
    if (!(value >= low && value <= high))
        throw Error(ErrorCode::format, subject, std::string("'") + key + "' is outside its range");
    return value;
}

int boundedInt(const Json& json, const char* key, int low, int high, const std::string& subject) {
    return static_cast<int>(boundedInteger(json, key, low, high, subject));
}

Preset demo() {
    Preset preset;
    preset.name = "demo";
    return preset;
}

Preset workstation() {
    Preset preset;
    preset.name = "workstation";
    preset.network.widths = {64, 128, 256, 256};
    preset.network.blocks = 2;
    preset.network.attentionLevels = 1;
    preset.network.embedding = 256;
    preset.training.batch = 32;
    preset.training.learningRate = 2e-4;
    preset.training.warmUpSteps = 1000;
    preset.training.emaMaximum = 0.9995;
    return preset;
}

Preset large() {
    Preset preset = workstation();
    preset.name = "large";
    preset.network.unshuffle = 4;
    preset.network.widths = {96, 192, 256, 384};
    preset.network.embedding = 384;
    preset.training.batch = 64;
    preset.training.learningRate = 3e-4;
    preset.training.emaMaximum = 0.9999;
    return preset;
}

} // namespace

std::int64_t NetworkConfig::sizeMultiple() const noexcept {
    return static_cast<std::int64_t>(unshuffle) << (widths.size() - 1);
}

Preset presetNamed(std::string_view name) {
    for (const Preset& preset : {demo(), workstation(), large()}) {
        if (preset.name == name)
            return preset;
    }
    throw Error(ErrorCode::config, "preset '" + std::string(name) + "'", "there is no such preset",
                "use demo, workstation or large");
}

Json toJson(const NetworkConfig& config) {
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

Json toJson(const TrainingConfig& config) {
    return {{"batch", config.batch},
            {"learning_rate", config.learningRate},
            {"warm_up_steps", config.warmUpSteps},
            {"decay_fraction", config.decayFraction},
            {"ema_maximum", config.emaMaximum},
            {"noise_mean", config.noiseMean},
            {"noise_spread", config.noiseSpread},
            {"clip_norm", config.clipNorm}};
}

Json toJson(const SolverConfig& config) {
    return {{"steps", config.steps},
            {"sigma_minimum", config.sigmaMinimum},
            {"sigma_maximum", config.sigmaMaximum},
            {"rho", config.rho},
            {"order", config.order}};
}

NetworkConfig networkFromJson(const Json& json, const std::string& subject) {
    NetworkConfig config;
    config.imageChannels = boundedInt(json, "image_channels", 1, 4, subject);
    config.unshuffle = boundedInt(json, "unshuffle", 1, 8, subject);
    const auto widths = json.find("widths");
    if (widths == json.end() || !widths->is_array() || widths->empty() || widths->size() > 8)
        throw Error(ErrorCode::format, subject, "'widths' is no list of 1 to 8 numbers");
    config.widths.clear();
    for (const Json& width : *widths) {
        if (!width.is_number_integer() || width < 8 || width > 2048 ||
            width.get<std::int64_t>() % 8 != 0)
            throw Error(ErrorCode::format, subject,
                        "a width is no multiple of 8 between 8 and 2048");
        config.widths.push_back(width.get<std::int64_t>());
    }
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

TrainingConfig trainingFromJson(const Json& json, const std::string& subject) {
    TrainingConfig config;
    config.batch = boundedInt(json, "batch", 1, 4096, subject);
    config.learningRate = boundedNumber(json, "learning_rate", 0.0, 1.0, subject);
    config.warmUpSteps = boundedInt(json, "warm_up_steps", 0, 1'000'000, subject);
    config.decayFraction = boundedNumber(json, "decay_fraction", 0.0, 1.0, subject);
    config.emaMaximum = boundedNumber(json, "ema_maximum", 0.0, 1.0, subject);
    config.noiseMean = boundedNumber(json, "noise_mean", -10.0, 10.0, subject);
    config.noiseSpread = boundedNumber(json, "noise_spread", 0.01, 10.0, subject);
    config.clipNorm = boundedNumber(json, "clip_norm", 1e-6, 1e6, subject);
    return config;
}

SolverConfig solverFromJson(const Json& json, const std::string& subject) {
    SolverConfig config;
    config.steps = boundedInt(json, "steps", 2, 1000, subject);
    config.sigmaMinimum = boundedNumber(json, "sigma_minimum", 1e-6, 10.0, subject);
    config.sigmaMaximum = boundedNumber(json, "sigma_maximum", 1e-3, 1e4, subject);
    config.rho = boundedNumber(json, "rho", 1.0, 100.0, subject);
    config.order = boundedInt(json, "order", 1, 3, subject);
    if (config.sigmaMaximum <= config.sigmaMinimum)
        throw Error(ErrorCode::format, subject,
                    "the largest noise level is not above the smallest");
    return config;
}

} // namespace likeness
