// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/gan.h"

#include "core/generation/families/ganstep.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr int kMaximumParts = 8;

GanConfig configOf(const Json& settings) {
    return ganFromJson(settings, "the settings of a GAN");
}

} // namespace

GanNetwork::GanNetwork(const GanNetworkConfig& config, const NetworkPurpose& purpose) {
    Random random(purpose.seed, "generation.weights");
    Builder builder{m_parameters, random};
    m_generator.emplace(builder, config);
    m_discriminator.emplace(builder, config);
}

torch::Tensor GanNetwork::generate(std::span<const std::uint64_t> seeds,
                                   std::int64_t height,
                                   std::int64_t width,
                                   const torch::Device& device,
                                   const Pass& pass) const {
    std::vector<torch::Tensor> noise = m_generator->drawNoise(seeds, height, width);
    for (torch::Tensor& level : noise)
        level = level.to(device);
    return m_generator->forward(noise, pass).narrow(2, 0, height).narrow(3, 0, width);
}

torch::Tensor GanNetwork::make(const Draw& draw) const {
    return generate(draw.seeds, draw.height, draw.width, draw.device, Pass{});
}

std::optional<Json> GanFamily::preset(std::string_view name) const {
    const auto config = ganPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json GanFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(ganFromJson(settings, subject));
}

std::int64_t GanFamily::trainingMultiple(const Json& settings) const {
    return configOf(settings).network.sizeMultiple();
}

int GanFamily::partsFor(const Json& settings, int /*workers*/) const {
    const int groups = configOf(settings).training.batch / static_cast<int>(Discriminator::kGroup);
    return std::clamp(groups, 1, kMaximumParts);
}

std::unique_ptr<ModelNetwork> GanFamily::network(const Json& settings,
                                                 const NetworkPurpose& purpose) const {
    return std::make_unique<GanNetwork>(configOf(settings).network, purpose);
}

std::unique_ptr<TrainingStep>
GanFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    return std::make_unique<GanStep>(configOf(settings).training, training, std::move(setup));
}

} // namespace likeness
