// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/styleganconfig.h"

#include "core/base/error.h"
#include "core/generation/families/presetof.h"

namespace likeness {

namespace {

StyleGanConfig demo() {
    StyleGanConfig config;
    config.training.learningRate = 2.5e-3;
    config.training.r1Weight = 1.0; // the rule's 0.05 lets the discriminator win within 200 steps
    config.training.warmUpSteps = 0;
    config.training.decayFraction = 0.3;
    config.training.clipNorm = 100.0;
    return config;
}

StyleGanConfig workstation() {
    StyleGanConfig config = demo();
    config.network.latent = 512;
    config.network.widths = {512, 512, 512, 256, 128, 64};
    config.network.convolutions = 2;
    config.network.noiseChannels = 128;
    config.network.discriminatorWidths = {128, 256, 512, 512, 512, 512};
    config.training.batch = 32;
    config.training.r1Weight.reset();
    config.training.emaMaximum = 0.9978; // half of it gone after 10000 images
    config.training.pathLengthWeight = 2.0;
    config.training.mixingProbability = 0.9;
    config.training.cutout = 0.25;
    config.training.adaptiveTarget = 0.6;
    return config;
}

StyleGanConfig large() {
    StyleGanConfig config = workstation();
    config.network.widths = {512, 512, 512, 512, 256, 128, 64};
    config.network.discriminatorWidths = {128, 256, 512, 512, 512, 512, 512};
    config.training.emaMaximum = 0.9989;
    return config;
}

StyleGanNetworkConfig networkFromJson(const Json& json, const std::string& subject) {
    StyleGanNetworkConfig config;
    config.imageChannels = boundedInt(json, "image_channels", 1, 4, subject);
    config.latent = boundedInt(json, "latent", 4, 4096, subject);
    config.mappingLayers = boundedInt(json, "mapping_layers", 1, 16, subject);
    config.widths = widthsFrom(json, "widths", subject);
    config.convolutions = boundedInt(json, "convolutions", 1, 2, subject);
    config.noiseChannels = boundedInt(json, "noise_channels", 1, 1024, subject);
    config.unshuffle = boundedInt(json, "unshuffle", 1, 8, subject);
    config.discriminatorWidths = widthsFrom(json, "discriminator_widths", subject);
    if (config.widths.size() < 2 || config.discriminatorWidths.size() < 2)
        throw Error(ErrorCode::format, subject, "a network of this kind has at least two widths");
    return config;
}

Json networkToJson(const StyleGanNetworkConfig& config) {
    return {{"image_channels", config.imageChannels},
            {"latent", config.latent},
            {"mapping_layers", config.mappingLayers},
            {"widths", config.widths},
            {"convolutions", config.convolutions},
            {"noise_channels", config.noiseChannels},
            {"unshuffle", config.unshuffle},
            {"discriminator_widths", config.discriminatorWidths}};
}

StyleGanTraining trainingFromJson(const Json& json, const std::string& subject) {
    StyleGanTraining training;
    static_cast<Schedule&>(training) = scheduleFromJson(json, subject);
    if (training.batch % 4 != 0)
        throw Error(ErrorCode::format, subject,
                    "'batch' is no multiple of 4, the number of images that are compared");
    const auto number = [&](const char* key, double low, double high) {
        return boundedNumber(json, key, low, high, subject);
    };
    training.discriminatorRate = number("discriminator_rate", 0.01, 100.0);
    if (json.contains("r1_weight") && !json["r1_weight"].is_null())
        training.r1Weight = number("r1_weight", 0.0, 1e6);
    training.r1Every = boundedInt(json, "r1_every", 1, 1000, subject);
    training.pathLengthWeight = number("path_length_weight", 0.0, 1e6);
    training.pathLengthEvery = boundedInt(json, "path_length_every", 1, 1000, subject);
    training.mixingProbability = number("mixing_probability", 0.0, 1.0);
    training.translation = number("translation", 0.0, 0.5);
    training.cutout = number("cutout", 0.0, 0.75);
    training.adaptiveTarget = number("adaptive_target", 0.0, 1.0);
    training.adaptiveImages = boundedInt(json, "adaptive_images", 100, 1'000'000'000, subject);
    training.guidance = guidanceFromJson(json, subject);
    return training;
}

Json trainingToJson(const StyleGanTraining& training) {
    Json json = toJson(static_cast<const Schedule&>(training));
    json.update({{"discriminator_rate", training.discriminatorRate},
                 {"r1_weight", training.r1Weight ? Json(*training.r1Weight) : Json(nullptr)},
                 {"r1_every", training.r1Every},
                 {"path_length_weight", training.pathLengthWeight},
                 {"path_length_every", training.pathLengthEvery},
                 {"mixing_probability", training.mixingProbability},
                 {"translation", training.translation},
                 {"cutout", training.cutout},
                 {"adaptive_target", training.adaptiveTarget},
                 {"adaptive_images", training.adaptiveImages}});
    addTo(json, training.guidance);
    return json;
}

} // namespace

std::int64_t StyleGanNetworkConfig::cell() const noexcept {
    return std::int64_t{1} << (widths.size() - 1);
}

std::int64_t StyleGanNetworkConfig::sizeMultiple() const noexcept {
    return static_cast<std::int64_t>(unshuffle) << (discriminatorWidths.size() - 1);
}

double StyleGanTraining::r1WeightFor(std::int64_t size) const noexcept {
    return r1Weight.value_or(2e-4 * static_cast<double>(size * size) / batch);
}

std::optional<StyleGanConfig> styleGanPreset(std::string_view name) {
    return presetOf(name, demo, workstation, large);
}

Json toJson(const StyleGanConfig& config) {
    return {{"network", networkToJson(config.network)},
            {"training", trainingToJson(config.training)}};
}

StyleGanConfig styleGanFromJson(const Json& settings, const std::string& subject) {
    return {networkFromJson(requiredSection(settings, "network", subject), subject),
            trainingFromJson(requiredSection(settings, "training", subject), subject)};
}

} // namespace likeness
