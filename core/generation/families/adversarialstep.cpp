// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/adversarialstep.h"

#include "core/base/random.h"

#include <cmath>

namespace likeness {

namespace {

/// Of the discriminator's running loss, which is 2 while it knows nothing and 0 once it tells every
/// image with certainty: then the generator learns nothing more.
constexpr double kCollapsed = 0.2;
constexpr double kWeightBeforeWarning = 63.0; ///< of the running mean: reached after 100 steps

torch::Tensor penaltyOf(const Discriminator& judge, const torch::Tensor& reals) {
    // In float: it is a gradient of a gradient.
    const torch::Tensor watched = reals.detach().set_requires_grad(true);
    const torch::Tensor scores = judge.forward(watched, Pass{}).mean({1});
    const torch::Tensor slopes =
        torch::autograd::grad({scores.sum()}, {watched}, {}, true, true).front();
    return (slopes * slopes).sum();
}

} // namespace

AdversarialStep::AdversarialStep(const GanTraining& config, const Players& players, StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_discriminator(players.parameters,
                      players.pool,
                      {config.batch, m_setup.parts, players.perPart},
                      players.discriminator)
    , m_generator(players.parameters,
                  players.pool,
                  {config.batch, m_setup.parts, players.perPart},
                  players.generator) {}

bool AdversarialStep::splitFurther() {
    return m_discriminator.splitFurther() && m_generator.splitFurther();
}

bool AdversarialStep::penalised(std::int64_t step) const noexcept {
    return m_config.r1Weight > 0.0 && step % m_config.r1Every == 0;
}

torch::Tensor AdversarialStep::shifted(const torch::Tensor& images,
                                       std::span<const std::uint64_t> seeds) const {
    const auto most =
        static_cast<std::int64_t>(m_config.translation * static_cast<double>(m_setup.size));
    if (most == 0)
        return images;
    const std::vector<std::int64_t> margins{most, most, most, most};
    const torch::Tensor wide = torch::reflection_pad2d(images, margins);
    std::vector<torch::Tensor> windows;
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        Random random(seeds[i], "generation.shift");
        const auto range = static_cast<std::uint64_t>(2 * most + 1);
        const auto y = static_cast<std::int64_t>(random.below(range));
        const auto x = static_cast<std::int64_t>(random.below(range));
        windows.push_back(wide[static_cast<std::int64_t>(i)]
                              .narrow(1, y, m_setup.size)
                              .narrow(2, x, m_setup.size));
    }
    return torch::stack(windows);
}

torch::Tensor
AdversarialStep::judged(const Shown& shown, std::int64_t step, Figures& figures) const {
    const torch::Tensor real = shown.judge.forward(shown.reals, pass());
    const torch::Tensor fake = shown.judge.forward(shown.fakes, pass());
    const torch::Tensor hinge = (torch::relu(1.0 - real) + torch::relu(1.0 + fake)).mean({1}).sum();
    figures.loss += hinge.item<double>();
    figures.realScore += real.mean({1}).sum().item<double>();
    figures.fakeScore += fake.mean({1}).sum().item<double>();
    if (!penalised(step))
        return hinge;
    const torch::Tensor penalty = penaltyOf(shown.judge, shown.reals);
    figures.penalty += penalty.item<double>();
    return hinge + penalty * (0.5 * m_config.r1Weight * m_config.r1Every);
}

double AdversarialStep::total(double Figures::*figure, const std::vector<Figures>& of) const {
    double sum = 0.0;
    for (const Figures& part : of)
        sum += part.*figure;
    return sum / static_cast<double>(m_config.batch);
}

void AdversarialStep::keepFigures(std::int64_t step) {
    m_means.add({{"discriminator", total(&Figures::loss, m_ofDiscriminator)},
                 {"generator", total(&Figures::loss, m_ofGenerator)},
                 {"score_of_real", total(&Figures::realScore, m_ofDiscriminator)},
                 {"score_of_generated", total(&Figures::fakeScore, m_ofDiscriminator)}});
    if (penalised(step))
        m_means.add({{"penalty", total(&Figures::penalty, m_ofDiscriminator)}});
}

TrainingStep::Report
AdversarialStep::run(Optimizer& optimizer, const Optimizer::Step& step, double /*fraction*/) {
    Report report;
    m_ofDiscriminator.assign(static_cast<std::size_t>(parts()), {});
    m_ofGenerator.assign(static_cast<std::size_t>(parts()), {});
    report.abandoned = !m_discriminator.compute(
        [&](const BatchGradient::Part& part) { return discriminatorLoss(part, step.number); },
        m_stop);
    if (report.abandoned || !std::isfinite(m_discriminator.norm()))
        return report;
    // Both gradients are of the weights as they were, so that a step is done whole or not at all.
    report.abandoned = !m_generator.compute(
        [&](const BatchGradient::Part& part) { return generatorLoss(part, step.number); }, m_stop);
    if (report.abandoned || !std::isfinite(m_generator.norm()) ||
        !std::isfinite(total(&Figures::loss, m_ofDiscriminator)) ||
        !std::isfinite(total(&Figures::loss, m_ofGenerator)))
        return report;
    Optimizer::Step faster = step;
    faster.learningRate *= m_config.discriminatorRate;
    m_discriminator.apply(optimizer, faster, m_config.clipNorm);
    m_generator.apply(optimizer, step, m_config.clipNorm);
    keepFigures(step.number);
    report.updated = true;
    return report;
}

void AdversarialStep::rehearse() {
    m_ofDiscriminator.assign(static_cast<std::size_t>(parts()), {});
    m_ofGenerator = m_ofDiscriminator;
    (void)m_discriminator.compute(
        [&](const BatchGradient::Part& part) { return discriminatorLoss(part, 1); }, m_stop);
    (void)m_generator.compute(
        [&](const BatchGradient::Part& part) { return generatorLoss(part, 1); }, m_stop);
}

Json AdversarialStep::losses() const {
    Json losses = m_means.means();
    if (losses.contains("discriminator"))
        losses["all"] = losses["discriminator"];
    return losses;
}

std::optional<std::string> AdversarialStep::warning() const {
    if (m_means.weight("discriminator") < kWeightBeforeWarning ||
        m_means.mean("discriminator", 2.0) > kCollapsed)
        return std::nullopt;
    return "The discriminator tells nearly every image, so the generator learns nothing more: "
           "stop, "
           "and train with a larger set, a larger r1_weight or another seed";
}

} // namespace likeness
