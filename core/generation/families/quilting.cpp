// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/quilting.h"

#include "core/base/error.h"
#include "core/generation/families/quiltingstep.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr std::int64_t kTrainingMultiple = 8;
constexpr std::int64_t kFewestCrops = 4;

QuiltingConfig configOf(const Json& settings) {
    return quiltingFromJson(settings, "the settings of image quilting");
}

std::int64_t cropsStored(const QuiltingConfig& config, std::int64_t size) {
    const double bytes = static_cast<double>(config.imageChannels * size * size) * sizeof(float);
    return std::max(kFewestCrops, static_cast<std::int64_t>(config.storeMegabytes * 1e6 / bytes));
}

} // namespace

QuiltingNetwork::QuiltingNetwork(const QuiltingConfig& config, const NetworkPurpose& purpose)
    : m_layout(config.layout)
    , m_crops(m_parameters.add("crops",
                               torch::zeros({cropsStored(config, purpose.size),
                                             config.imageChannels, purpose.size, purpose.size})))
    , m_used(m_parameters.add("used", torch::zeros({1}))) {}

torch::Tensor QuiltingNetwork::make(const Draw& draw) const {
    const torch::Tensor crops = this->crops().to(torch::kCPU).contiguous();
    const QuiltSource source{{crops.data_ptr<float>(), static_cast<std::size_t>(crops.numel())},
                             static_cast<std::int64_t>(used().to(torch::kCPU)[0].item<float>()),
                             crops.size(1),
                             crops.size(2)};
    torch::Tensor images = torch::zeros(
        {static_cast<std::int64_t>(draw.seeds.size()), crops.size(1), draw.height, draw.width});
    if (source.count < 1)
        throw Error(ErrorCode::config, "sampling", "the model holds no crop yet",
                    "train it to the end");
    float* to = images.data_ptr<float>();
    for (const std::uint64_t seed : draw.seeds) {
        const std::vector<float> image =
            quilted(source, m_layout, {draw.height, draw.width}, seed, draw.beforeStep);
        to = std::copy(image.begin(), image.end(), to);
    }
    return images;
}

std::optional<QuiltingConfig> quiltingPreset(std::string_view name) {
    QuiltingConfig config;
    config.training.learningRate = 0.0;
    config.training.warmUpSteps = 0;
    config.training.decayFraction = 0.0;
    if (name == "demo")
        return config;
    if (name != "workstation" && name != "large")
        return std::nullopt;
    config.storeMegabytes = name == "large" ? 100.0 : 25.0;
    config.layout.candidates = 16000;
    return config;
}

Json toJson(const QuiltingConfig& config) {
    return {{"network",
             {{"image_channels", config.imageChannels},
              {"store_megabytes", config.storeMegabytes},
              {"patch", config.layout.patch},
              {"overlap", config.layout.overlap},
              {"candidates", config.layout.candidates},
              {"tolerance", config.layout.tolerance}}},
            {"training", toJson(config.training)}};
}

QuiltingConfig quiltingFromJson(const Json& settings, const std::string& subject) {
    QuiltingConfig config;
    const Json& network = requiredSection(settings, "network", subject);
    config.imageChannels = boundedInt(network, "image_channels", 1, 4, subject);
    config.storeMegabytes = boundedNumber(network, "store_megabytes", 0.001, 1000.0, subject);
    config.layout.patch = boundedNumber(network, "patch", 0.1, 1.0, subject);
    config.layout.overlap = boundedNumber(network, "overlap", 0.05, 0.5, subject);
    config.layout.candidates = boundedInt(network, "candidates", 1, 1'000'000, subject);
    config.layout.tolerance = boundedNumber(network, "tolerance", 0.0, 10.0, subject);
    config.training = scheduleFromJson(requiredSection(settings, "training", subject), subject);
    return config;
}

std::optional<Json> QuiltingFamily::preset(std::string_view name) const {
    const auto config = quiltingPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json QuiltingFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(quiltingFromJson(settings, subject));
}

std::int64_t QuiltingFamily::trainingMultiple(const Json& /*settings*/) const {
    return kTrainingMultiple;
}

int QuiltingFamily::partsFor(const Json& /*settings*/, int /*workers*/) const {
    return 1;
}

std::unique_ptr<ModelNetwork> QuiltingFamily::network(const Json& settings,
                                                      const NetworkPurpose& purpose) const {
    return std::make_unique<QuiltingNetwork>(configOf(settings), purpose);
}

std::unique_ptr<TrainingStep>
QuiltingFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    return std::make_unique<QuiltingStep>(configOf(settings), training, std::move(setup));
}

} // namespace likeness
