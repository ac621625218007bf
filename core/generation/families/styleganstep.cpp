// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/styleganstep.h"

#include "core/base/random.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace likeness {

namespace {

constexpr std::int64_t kGuideStep = -2; ///< whose seeds no step of the training has
constexpr double kPathDecay = 0.99;     ///< of the running mean of path lengths

enum Kind : std::uint64_t { secondStyle = 15, pathNoise = 16, measuredLatents = 17 };

/// The loss is 2 ln 2 while the discriminator knows nothing.
constexpr double kCollapsed = 0.14;

torch::Tensor perImage(const torch::Tensor& scores) {
    return torch::softplus(scores).mean({1});
}

} // namespace

StyleGanStep::StyleGanStep(const StyleGanTraining& config,
                           const Family::Training& training,
                           StepSetup setup)
    : AdversarialStep({config.batch, static_cast<int>(StyleDiscriminator::kGroup),
                       config.discriminatorRate, config.clipNorm, kCollapsed, "r1"},
                      {training.network.parameters(), training.pool,
                       StyleGanNetwork::kDiscriminator, StyleGanNetwork::kGenerator},
                      std::move(setup))
    , m_config(config)
    , m_network(dynamic_cast<StyleGanNetwork&>(training.network))
    , m_crops(training.crops)
    , m_r1Weight(config.r1WeightFor(m_setup.size))
    , m_guidance(config.guidance, config.batch)
    , m_probability(config.adaptiveTarget > 0.0 ? 0.0 : 1.0) {
    if (!m_guidance.on())
        return;
    const torch::NoGradGuard noGrad;
    m_guidance.add(
        cropsOf(m_crops, stepSeeds(m_setup.seed, kGuideStep, 0, guideCrops(m_setup.size))));
}

bool StyleGanStep::penalised(std::int64_t step) const noexcept {
    return m_r1Weight > 0.0 && step % m_config.r1Every == 0;
}

bool StyleGanStep::penalisesPaths(std::int64_t step) const noexcept {
    return m_config.pathLengthWeight > 0.0 && step % m_config.pathLengthEvery == 0;
}

torch::Tensor StyleGanStep::shown(const torch::Tensor& images,
                                  const std::vector<std::uint64_t>& seeds) const {
    const auto pixels = [&](double share) {
        return static_cast<std::int64_t>(share * static_cast<double>(m_setup.size));
    };
    return augmented(images, seeds,
                     {pixels(m_config.translation), pixels(m_config.cutout),
                      m_config.adaptiveTarget > 0.0, m_probability});
}

torch::Tensor StyleGanStep::stylesOf(const std::vector<std::uint64_t>& seeds) const {
    const std::int64_t levels = m_network.mixingLevels();
    const torch::Tensor first = m_network.latentsOf(seeds, m_setup.device).unsqueeze(1);
    if (m_config.mixingProbability <= 0.0)
        return first.expand({-1, levels, -1});
    const auto others = seedsFor(seeds, Kind::secondStyle);
    const torch::Tensor second = m_network.latentsOf(others, m_setup.device).unsqueeze(1);
    torch::Tensor isSecond =
        torch::zeros({static_cast<std::int64_t>(seeds.size()), levels, 1}, torch::kBool);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        Random random(others[i], "generation.mixing");
        if (random.uniform() >= m_config.mixingProbability)
            continue;
        const auto crossover =
            1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(levels - 1)));
        isSecond[static_cast<std::int64_t>(i)].narrow(0, crossover, levels - crossover).fill_(true);
    }
    return torch::where(isSecond.to(m_setup.device), second, first);
}

StyleGanStep::Generated StyleGanStep::generated(const std::vector<std::uint64_t>& seeds,
                                                const Pass& pass) const {
    const StyleGenerator& generator = m_network.generator();
    Generated made;
    made.styles = stylesOf(seeds);
    StyleGenerator::Noise noise = generator.drawNoise(seeds, m_setup.size, m_setup.size);
    for (auto& level : noise) {
        for (torch::Tensor& grid : level)
            grid = grid.to(m_setup.device);
    }
    made.images = generator.forward(made.styles, noise, pass)
                      .narrow(2, 0, m_setup.size)
                      .narrow(3, 0, m_setup.size);
    return made;
}

torch::Tensor StyleGanStep::discriminatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const torch::Tensor reals = shown(cropsOf(m_crops, seeds), seedsFor(seeds, Purpose::realView));
    torch::Tensor fakes;
    {
        const torch::NoGradGuard noGrad;
        fakes = shown(generated(seedsFor(seeds, Purpose::fakeForDiscriminator), pass()).images,
                      seedsFor(seeds, Purpose::fakeView));
    }
    const torch::Tensor real = m_network.discriminator().forward(reals, pass());
    const torch::Tensor fake = m_network.discriminator().forward(fakes, pass());
    const torch::Tensor loss = (perImage(-real) + perImage(fake)).sum();
    m_figures.addScores(part.number, real, fake);
    AdversarialFigures::Sums& figures = m_figures.of(part.number);
    figures.discriminator = loss.item<double>();
    const double share = 1.0 / static_cast<double>(m_config.batch);
    if (!penalised(step))
        return loss * share;
    // In float: it is a gradient of a gradient.
    const torch::Tensor slopes = squaredSlopes(reals, [this](const torch::Tensor& images) {
                                     return m_network.discriminator().forward(images, Pass{});
                                 }).sum();
    figures.r1 = slopes.item<double>();
    return (loss + slopes * (0.5 * m_r1Weight * m_config.r1Every)) * share;
}

torch::Tensor StyleGanStep::pathPenalty(const Generated& made,
                                        const BatchGradient::Part& part,
                                        const std::vector<std::uint64_t>& seeds) {
    // White noise turns the Jacobian of an image into a vector whose expected length is its norm.
    const torch::Tensor noise =
        normalTensor(made.images.sizes().vec(), seedsFor(seeds, Kind::pathNoise))
            .to(m_setup.device) /
        static_cast<double>(m_setup.size);
    const torch::Tensor slopes =
        torch::autograd::grad({(made.images * noise).sum()}, {made.styles}, {}, true, true).front();
    const torch::Tensor lengths = torch::sqrt((slopes * slopes).sum({2}).mean({1}) + 1e-8);
    m_pathLengths[static_cast<std::size_t>(part.number)] = lengths.sum().item<double>();
    // Before the first value the lengths are held to their own mean.
    const torch::Tensor aim =
        m_pathLength > 0.0 ? torch::full_like(lengths, m_pathLength) : lengths.detach().mean();
    return ((lengths - aim) * (lengths - aim)).sum();
}

torch::Tensor StyleGanStep::generatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds =
        seedsFor(stepSeeds(m_setup.seed, step, part.first, part.count), Purpose::fakeForGenerator);
    const bool paths = penalisesPaths(step);
    const Generated fakes = generated(seeds, paths ? Pass{} : pass());
    const torch::Tensor views = shown(fakes.images, seedsFor(seeds, Purpose::fakeView));
    const torch::Tensor loss = perImage(-m_network.discriminator().forward(views, pass())).sum();
    m_figures.of(part.number).generator = loss.item<double>();
    torch::Tensor all = loss * m_guidance.criticsWeight(step);
    if (paths)
        all = all + pathPenalty(fakes, part, seeds) *
                        (m_config.pathLengthWeight * m_config.pathLengthEvery);
    all = all * (1.0 / static_cast<double>(m_config.batch));
    if (m_guidance.on())
        all = all + m_guidance.loss(0, fakes.images, part.number, part.count);
    return all;
}

void StyleGanStep::begin() {
    AdversarialStep::begin();
    m_guidance.begin(parts());
    m_pathLengths.assign(static_cast<std::size_t>(parts()), 0.0);
}

void StyleGanStep::keepFigures(std::int64_t step) {
    AdversarialStep::keepFigures(step);
    keepGuidance(m_guidance, step);
    if (penalisesPaths(step)) {
        shareOut(m_pathLengths);
        const double length = std::accumulate(m_pathLengths.begin(), m_pathLengths.end(), 0.0) /
                              static_cast<double>(m_config.batch);
        m_pathLength =
            m_pathLength > 0.0 ? m_pathLength * kPathDecay + length * (1.0 - kPathDecay) : length;
        m_means.add({{"path_length", length}});
    }
    if (m_config.adaptiveTarget > 0.0) {
        const double sign = m_figures.mean(&AdversarialFigures::Sums::realSign);
        const double way = sign > m_config.adaptiveTarget ? 1.0 : -1.0;
        m_probability =
            std::clamp(m_probability + way * m_config.batch / m_config.adaptiveImages, 0.0, 1.0);
    }
}

void StyleGanStep::measure() {
    m_network.measureDirections(derivedSeed(m_setup.seed, Kind::measuredLatents));
}

Json StyleGanStep::losses() const {
    Json losses = AdversarialStep::losses();
    if (m_config.adaptiveTarget > 0.0 && !losses.empty())
        losses["augmentation"] = m_probability;
    return losses;
}

Json StyleGanStep::saveLosses() const {
    return {
        {"means", m_means.save()}, {"path_length", m_pathLength}, {"augmentation", m_probability}};
}

void StyleGanStep::loadLosses(const Json& saved) {
    const auto number = [&](const char* key, double otherwise) {
        const auto found = saved.find(key);
        return found != saved.end() && found->is_number() ? found->get<double>() : otherwise;
    };
    if (saved.contains("means") && saved["means"].is_object())
        m_means.load(saved["means"]);
    m_pathLength = std::max(0.0, number("path_length", 0.0));
    m_probability = std::clamp(number("augmentation", m_probability), 0.0, 1.0);
}

} // namespace likeness
