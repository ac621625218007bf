// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/slicegan.h"

#include "core/base/error.h"
#include "core/generation/families/sliceganstep.h"
#include "core/generation/planes.h"

#include <algorithm>
#include <set>

namespace likeness {

namespace {

constexpr int kMaximumParts = 8;
constexpr std::size_t kMostPhases = 4;
constexpr std::int64_t kLargestCube = 256;

SliceGanConfig configOf(const Json& settings) {
    return sliceGanFromJson(settings, "the settings of a SliceGAN");
}

/// The different values of a set of masks, ascending.
std::vector<double> labelsOf(const PackedSet& set) {
    std::set<double> labels;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        visitPixels(set.span(i), [&](const auto* pixels) {
            auto last = pixels[0];
            labels.insert(static_cast<double>(last));
            for (std::int64_t j = 1; j < set.span(i).values(); ++j) {
                if (pixels[j] == last)
                    continue;
                last = pixels[j];
                labels.insert(static_cast<double>(last));
                if (labels.size() > 2 * kMostPhases)
                    return;
            }
        });
    }
    const bool many = labels.size() > kMostPhases;
    if (labels.size() < 2 || many)
        throw Error(ErrorCode::config, "the training set",
                    many ? "its masks hold more than 4 labels" : "its masks hold one label only",
                    many ? "merge labels until 4 phases are left, or train on the scans"
                         : "choose masks with 2 to 4 phases");
    return {labels.begin(), labels.end()};
}

} // namespace

SliceGanNetwork::SliceGanNetwork(const SliceGanNetworkConfig& config, const NetworkPurpose& purpose)
    : m_config(config) {
    Random random(purpose.seed, "generation.weights");
    Builder builder{m_parameters, random};
    m_generator.emplace(builder, config);
    // The slices of one cube are alike by nature: to compare them would give them away.
    for (int i = 0; i < config.critics; ++i)
        m_critics.emplace_back(builder, config.critic(), kCritic + std::to_string(i), 1);
}

torch::Tensor SliceGanNetwork::generate(const Draw& draw, const Pass& pass) const {
    const LatticeBox window{draw.origin, {draw.depth, draw.height, draw.width}};
    std::vector<torch::Tensor> noise = m_generator->drawNoise(draw.seeds, window);
    for (torch::Tensor& level : noise)
        level = level.to(draw.device);
    return m_generator->forward(noise, window, pass, draw.beforeStep);
}

torch::Tensor SliceGanNetwork::make(const Draw& draw) const {
    if (draw.depth == 0) {
        Draw slice = draw;
        slice.depth = 1;
        return make(slice).squeeze(2);
    }
    const torch::Tensor made = generate(draw, Pass{});
    if (m_config.phases.empty())
        return made;
    const torch::Tensor labels =
        torch::tensor(m_config.phases, torch::kFloat64).to(torch::kFloat32).to(draw.device);
    return labels.index({made.argmax(1, true)});
}

std::optional<Json> SliceGanFamily::preset(std::string_view name) const {
    const auto config = sliceGanPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json SliceGanFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(sliceGanFromJson(settings, subject));
}

std::int64_t SliceGanFamily::trainingMultiple(const Json& settings) const {
    return configOf(settings).network.critic().sizeMultiple();
}

int SliceGanFamily::usualSize(std::string_view preset) const {
    return preset == "demo" ? 32 : preset == "large" ? 128 : 64;
}

void SliceGanFamily::adapt(Json& settings, const PackedSet& set) const {
    Family::adapt(settings, set);
    Json& network = settings["network"];
    network["critics"] = hasThreePlanes(set) ? 3 : 1;
    if (!holdsMasks(set))
        return;
    if (set.channels != 1)
        throw Error(ErrorCode::config, "the training set", "its masks are colour images",
                    "convert them to labels of one channel");
    network["phases"] = labelsOf(set);
}

GreyMap SliceGanFamily::greyMap(const Json& settings, const PackedSet& set) const {
    if (configOf(settings).network.phases.empty())
        return greyMapOf(set);
    return {set.type, 0.0, 1.0, 0.5}; // labels stay what they are
}

int SliceGanFamily::partsFor(const Json& settings, int /*workers*/) const {
    return std::clamp(configOf(settings).training.batch, 1, kMaximumParts);
}

std::unique_ptr<ModelNetwork> SliceGanFamily::network(const Json& settings,
                                                      const NetworkPurpose& purpose) const {
    return std::make_unique<SliceGanNetwork>(configOf(settings).network, purpose);
}

std::unique_ptr<TrainingStep>
SliceGanFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    if (setup.size > kLargestCube)
        throw Error(ErrorCode::config,
                    "training cubes of " + std::to_string(setup.size) + " voxels",
                    "they take more memory than machines have",
                    "train at 32 to 128; samples may be larger");
    return std::make_unique<SliceGanStep>(configOf(settings).training, training, std::move(setup));
}

} // namespace likeness
