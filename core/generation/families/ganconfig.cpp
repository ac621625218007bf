// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/ganconfig.h"

#include "core/base/error.h"

namespace likeness {

namespace {

GanConfig demo() {
    GanConfig config;
    config.training.learningRate = 4e-4;
    config.training.warmUpSteps = 0;
    config.training.decayFraction = 0.3;
    config.training.clipNorm = 100.0;
    return config;
}

GanConfig workstation() {
    GanConfig config = demo();
    config.network.widths = {256, 192, 128, 96, 64};
    config.network.noiseChannels = 64;
    config.network.discriminatorWidths = {64, 128, 256, 256};
    config.training.batch = 32;
    config.training.learningRate = 2.5e-4;
    config.training.emaMaximum = 0.999;
    return config;
}

GanConfig large() {
    GanConfig config = workstation();
    config.network.widths = {512, 384, 256, 192, 128, 64};
    config.network.noiseChannels = 128;
    config.network.discriminatorWidths = {64, 128, 256, 512, 512};
    config.training.batch = 64;
    config.training.emaMaximum = 0.9995;
    return config;
}

GanNetworkConfig networkFromJson(const Json& json, const std::string& subject) {
    GanNetworkConfig config;
    config.imageChannels = boundedInt(json, "image_channels", 1, 4, subject);
    config.widths = widthsFrom(json, "widths", subject);
    config.noiseChannels = boundedInt(json, "noise_channels", 1, 1024, subject);
    config.unshuffle = boundedInt(json, "unshuffle", 1, 8, subject);
    config.discriminatorWidths = widthsFrom(json, "discriminator_widths", subject);
    if (config.widths.size() < 2 || config.discriminatorWidths.size() < 2)
        throw Error(ErrorCode::format, subject, "a network of this kind has at least two widths");
    return config;
}

} // namespace

std::int64_t GanNetworkConfig::cell() const noexcept {
    return std::int64_t{1} << (widths.size() - 1);
}

std::int64_t GanNetworkConfig::sizeMultiple() const noexcept {
    return static_cast<std::int64_t>(unshuffle) << (discriminatorWidths.size() - 1);
}

std::optional<GanConfig> ganPreset(std::string_view name) {
    if (name == "demo")
        return demo();
    if (name == "workstation")
        return workstation();
    if (name == "large")
        return large();
    return std::nullopt;
}

Json toJson(const GanConfig& config) {
    Json training = toJson(static_cast<const Schedule&>(config.training));
    training["discriminator_rate"] = config.training.discriminatorRate;
    training["r1_weight"] = config.training.r1Weight;
    training["r1_every"] = config.training.r1Every;
    training["translation"] = config.training.translation;
    return {{"network",
             {{"image_channels", config.network.imageChannels},
              {"widths", config.network.widths},
              {"noise_channels", config.network.noiseChannels},
              {"unshuffle", config.network.unshuffle},
              {"discriminator_widths", config.network.discriminatorWidths}}},
            {"training", training}};
}

GanConfig ganFromJson(const Json& settings, const std::string& subject) {
    GanConfig config;
    config.network = networkFromJson(requiredSection(settings, "network", subject), subject);
    const Json& training = requiredSection(settings, "training", subject);
    static_cast<Schedule&>(config.training) = scheduleFromJson(training, subject);
    if (config.training.batch % 4 != 0)
        throw Error(ErrorCode::format, subject,
                    "'batch' is no multiple of 4, the number of images that are compared");
    config.training.discriminatorRate =
        boundedNumber(training, "discriminator_rate", 0.01, 100.0, subject);
    config.training.r1Weight = boundedNumber(training, "r1_weight", 0.0, 1e6, subject);
    config.training.r1Every = boundedInt(training, "r1_every", 1, 1000, subject);
    config.training.translation = boundedNumber(training, "translation", 0.0, 0.5, subject);
    return config;
}

} // namespace likeness
