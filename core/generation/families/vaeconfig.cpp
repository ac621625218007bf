// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/vaeconfig.h"

#include "core/base/error.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/families/presetof.h"

namespace likeness {

namespace {

VaeConfig workstation() {
    VaeConfig config;
    config.network.widths = {64, 128, 256};
    config.network.blocks = 2;
    config.network.latentSize = 128;
    config.training.batch = 32;
    config.training.learningRate = 5e-4;
    config.training.warmUpSteps = 500;
    config.training.emaMaximum = 0.9995;
    return config;
}

VaeConfig large() {
    VaeConfig config = workstation();
    config.network.widths = {128, 256, 512};
    config.network.latentChannels = 8;
    config.network.latentSize = 256;
    config.training.batch = 64;
    config.training.learningRate = 3e-4;
    config.training.emaMaximum = 0.9999;
    return config;
}

} // namespace

std::int64_t VaeNetworkConfig::sizeMultiple() const noexcept {
    return static_cast<std::int64_t>(unshuffle) << (widths.size() - 1);
}

std::optional<VaeConfig> vaePreset(std::string_view name) {
    return presetOf(
        name, +[] { return VaeConfig{}; }, workstation, large);
}

Json toJson(const VaeNetworkConfig& config) {
    return {{"image_channels", config.imageChannels},
            {"unshuffle", config.unshuffle},
            {"widths", config.widths},
            {"blocks", config.blocks},
            {"latent", config.latent == Latent::spatial ? "spatial" : "vector"},
            {"latent_channels", config.latentChannels},
            {"latent_size", config.latentSize}};
}

VaeNetworkConfig vaeNetworkFromJson(const Json& json, const std::string& subject) {
    VaeNetworkConfig config;
    config.imageChannels = boundedInt(json, "image_channels", 1, 4, subject);
    config.unshuffle = boundedInt(json, "unshuffle", 1, 8, subject);
    config.widths = widthsFrom(json, "widths", subject);
    config.blocks = boundedInt(json, "blocks", 1, 8, subject);
    const std::string latent = requiredText(json, "latent", subject);
    if (latent != "spatial" && latent != "vector")
        throw Error(ErrorCode::format, subject, "'latent' is neither 'spatial' nor 'vector'");
    config.latent = latent == "spatial" ? Latent::spatial : Latent::vector;
    config.latentChannels = boundedInt(json, "latent_channels", 1, 64, subject);
    config.latentSize = boundedInt(json, "latent_size", 1, 1024, subject);
    return config;
}

Json toJson(const VaeConfig& config) {
    Json training = toJson(static_cast<const Schedule&>(config.training));
    training["kl_weight"] = config.training.klWeight;
    training["kl_warm_up"] = config.training.klWarmUp;
    return {
        {"network", toJson(config.network)},
        {"training", training},
        {"sampling",
         {{"noise", config.sampling.noise}, {"measured_codes", config.sampling.measuredCodes}}}};
}

VaeConfig vaeFromJson(const Json& settings, const std::string& subject) {
    VaeConfig config;
    config.network = vaeNetworkFromJson(requiredSection(settings, "network", subject), subject);
    const Json& training = requiredSection(settings, "training", subject);
    static_cast<Schedule&>(config.training) = scheduleFromJson(training, subject);
    config.training.klWeight = boundedNumber(training, "kl_weight", 0.0, 1000.0, subject);
    config.training.klWarmUp = boundedNumber(training, "kl_warm_up", 0.0, 1.0, subject);
    const Json& sampling = requiredSection(settings, "sampling", subject);
    config.sampling.noise = boundedNumber(sampling, "noise", 0.0, 4.0, subject);
    const auto codes = sampling.find("measured_codes");
    if (codes == sampling.end() || !codes->is_boolean())
        throw Error(ErrorCode::format, subject, "'measured_codes' is neither true nor false");
    config.sampling.measuredCodes = codes->get<bool>();
    return config;
}

} // namespace likeness
