// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/stylegan.h"

#include "core/base/random.h"
#include "core/generation/families/styleganstep.h"
#include "core/generation/tensornoise.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr int kMaximumParts = 8;
constexpr std::uint64_t kLatentPurpose = 1000; ///< levels' noise has small numbers

StyleGanConfig configOf(const Json& settings) {
    return styleGanFromJson(settings, "the settings of a StyleGAN");
}

std::vector<std::uint64_t> seedsOf(std::span<const LatentPoint> points, bool fine) {
    std::vector<std::uint64_t> seeds;
    for (const LatentPoint& point : points)
        seeds.push_back(fine && point.fine ? point.fine->seed : point.seed);
    return seeds;
}

int crossoverOf(const LatentPoint& point, int levels) {
    return point.fine ? point.fine->crossover : levels;
}

} // namespace

StyleGanNetwork::StyleGanNetwork(const StyleGanNetworkConfig& config, const NetworkPurpose& purpose)
    : m_config(config) {
    Random random(purpose.seed, "generation.weights");
    Builder builder{m_parameters, random};
    m_mapping.emplace(builder, config);
    m_generator.emplace(builder, config);
    m_discriminator.emplace(builder, config);
    const std::int64_t axes = std::min<std::int64_t>(config.latent, PrincipalDirections::kMost);
    m_measured = {{"latent.mean", torch::zeros({config.latent})},
                  {"latent.directions", torch::eye(axes, config.latent)},
                  {"latent.deviations", torch::ones({axes})}};
}

torch::Tensor StyleGanNetwork::latentsOf(std::span<const std::uint64_t> seeds,
                                         const torch::Device& device) const {
    const torch::Tensor z = normalTensor({static_cast<std::int64_t>(seeds.size()), m_config.latent},
                                         seedsFor(seeds, kLatentPurpose));
    return m_mapping->forward(z.to(device));
}

void StyleGanNetwork::measureDirections(std::uint64_t seed) {
    const torch::NoGradGuard noGrad;
    std::vector<std::uint64_t> seeds;
    for (std::int64_t i = 0; i < kMeasuredLatents; ++i)
        seeds.push_back(derivedSeed(seed, static_cast<std::uint64_t>(i)));
    const torch::Tensor w = latentsOf(seeds, m_parameters.entries().front().value.device())
                                .to(torch::kCPU)
                                .to(torch::kFloat64);
    const torch::Tensor centre = w.mean({0});
    const torch::Tensor centred = w - centre;
    const torch::Tensor covariance =
        torch::matmul(centred.t(), centred) / static_cast<double>(kMeasuredLatents - 1);
    const auto found = PrincipalDirections::of(centre, covariance);
    m_measured[Measured::mean].value.copy_(found.mean);
    m_measured[Measured::directions].value.copy_(found.directions);
    m_measured[Measured::deviations].value.copy_(found.deviations);
}

PrincipalDirections StyleGanNetwork::principalDirections() const {
    return {m_measured[Measured::mean].value, m_measured[Measured::directions].value,
            m_measured[Measured::deviations].value};
}

torch::Tensor StyleGanNetwork::stylesOf(std::span<const LatentPoint> points,
                                        const torch::Device& device) const {
    const PrincipalDirections axes = principalDirections();
    const torch::Tensor coarse = latentsOf(seedsOf(points, false), device);
    const torch::Tensor fine = latentsOf(seedsOf(points, true), device);
    std::vector<torch::Tensor> styles;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto index = static_cast<std::int64_t>(i);
        const int crossover = crossoverOf(points[i], mixingLevels());
        std::vector<torch::Tensor> levels;
        for (int level = 0; level < mixingLevels(); ++level)
            levels.push_back((level < crossover ? coarse : fine)[index]);
        const torch::Tensor shift = axes.shift(points[i]);
        const torch::Tensor style = torch::stack(levels);
        styles.push_back(shift.defined() ? style + shift.to(device) : style);
    }
    return torch::stack(styles);
}

StyleGenerator::Noise StyleGanNetwork::noiseOf(std::span<const LatentPoint> points,
                                               const Frame& frame) const {
    const bool mixed =
        std::any_of(points.begin(), points.end(), [](const auto& p) { return p.fine.has_value(); });
    auto noise = m_generator->drawNoise(seedsOf(points, false), frame.height, frame.width);
    if (mixed) {
        const auto fine = m_generator->drawNoise(seedsOf(points, true), frame.height, frame.width);
        for (std::size_t i = 0; i < points.size(); ++i) {
            const auto index = static_cast<std::int64_t>(i);
            for (int level = crossoverOf(points[i], mixingLevels()); level < mixingLevels();
                 ++level) {
                const auto l = static_cast<std::size_t>(level);
                for (std::size_t grid = 0; grid < noise[l].size(); ++grid)
                    noise[l][grid][index].copy_(fine[l][grid][index]);
            }
        }
    }
    for (auto& level : noise) {
        for (torch::Tensor& grid : level)
            grid = grid.to(frame.device);
    }
    return noise;
}

torch::Tensor StyleGanNetwork::render(std::span<const LatentPoint> points,
                                      const Frame& frame) const {
    return m_generator->forward(stylesOf(points, frame.device), noiseOf(points, frame), Pass{})
        .narrow(2, 0, frame.height)
        .narrow(3, 0, frame.width);
}

torch::Tensor StyleGanNetwork::make(const Draw& draw) const {
    std::vector<LatentPoint> points;
    for (const std::uint64_t seed : draw.seeds)
        points.push_back({seed, {}, {}});
    return render(points, {draw.height, draw.width, draw.device});
}

std::optional<Json> StyleGanFamily::preset(std::string_view name) const {
    const auto config = styleGanPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json StyleGanFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(styleGanFromJson(settings, subject));
}

std::int64_t StyleGanFamily::trainingMultiple(const Json& settings) const {
    return configOf(settings).network.sizeMultiple();
}

int StyleGanFamily::partsFor(const Json& settings, int /*workers*/) const {
    const int groups =
        configOf(settings).training.batch / static_cast<int>(StyleDiscriminator::kGroup);
    return std::clamp(groups, 1, kMaximumParts);
}

std::unique_ptr<ModelNetwork> StyleGanFamily::network(const Json& settings,
                                                      const NetworkPurpose& purpose) const {
    return std::make_unique<StyleGanNetwork>(configOf(settings).network, purpose);
}

std::unique_ptr<TrainingStep>
StyleGanFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    return std::make_unique<StyleGanStep>(configOf(settings).training, training, std::move(setup));
}

} // namespace likeness
