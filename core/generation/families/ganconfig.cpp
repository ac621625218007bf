// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/ganconfig.h"

#include "core/base/error.h"
#include "core/generation/families/presetof.h"

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
    return presetOf(name, demo, workstation, large);
}

void addTo(Json& training, const GuidanceConfig& config) {
    training["structure_weight"] = config.weight;
    training["guided_steps"] = config.guidedSteps;
}

GuidanceConfig guidanceFromJson(const Json& training, const std::string& subject) {
    GuidanceConfig config{0.0, 0}; // older files know no guide and go on without
    if (training.contains("structure_weight"))
        config.weight = boundedNumber(training, "structure_weight", 0.0, 1000.0, subject);
    if (training.contains("guided_steps"))
        config.guidedSteps = boundedInt(training, "guided_steps", 0, 1'000'000, subject);
    return config;
}

Json toJson(const GanTraining& training) {
    Json json = toJson(static_cast<const Schedule&>(training));
    json["discriminator_rate"] = training.discriminatorRate;
    json["r1_weight"] = training.r1Weight;
    json["r1_every"] = training.r1Every;
    json["translation"] = training.translation;
    return json;
}

GanTraining ganTrainingFromJson(const Json& json, const std::string& subject) {
    GanTraining training;
    static_cast<Schedule&>(training) = scheduleFromJson(json, subject);
    training.discriminatorRate = boundedNumber(json, "discriminator_rate", 0.01, 100.0, subject);
    training.r1Weight = boundedNumber(json, "r1_weight", 0.0, 1e6, subject);
    training.r1Every = boundedInt(json, "r1_every", 1, 1000, subject);
    training.translation = boundedNumber(json, "translation", 0.0, 0.5, subject);
    return training;
}

Json toJson(const GanConfig& config) {
    return {{"network",
             {{"image_channels", config.network.imageChannels},
              {"widths", config.network.widths},
              {"noise_channels", config.network.noiseChannels},
              {"unshuffle", config.network.unshuffle},
              {"discriminator_widths", config.network.discriminatorWidths}}},
            {"training", toJson(config.training)}};
}

GanConfig ganFromJson(const Json& settings, const std::string& subject) {
    GanConfig config;
    config.network = networkFromJson(requiredSection(settings, "network", subject), subject);
    config.training = ganTrainingFromJson(requiredSection(settings, "training", subject), subject);
    if (config.training.batch % 4 != 0)
        throw Error(ErrorCode::format, subject,
                    "'batch' is no multiple of 4, the number of images that are compared");
    return config;
}

} // namespace likeness
