// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/ganstep.h"

#include "core/base/random.h"
#include "core/generation/tensornoise.h"

#include <cmath>

namespace likeness {

namespace {

/// Of the discriminator's running loss, which is 2 while it knows nothing and 0 once it tells every
/// image with certainty: then the generator learns nothing more.
constexpr double kCollapsed = 0.2;
constexpr double kWeightBeforeWarning = 63.0; ///< of the running mean: reached after 100 steps

enum Purpose : std::uint64_t {
    realShift = 11,
    fakeShift = 12,
    fakeForDiscriminator = 13,
    fakeForGenerator = 14
};

BatchGradient::Cut cutOf(const GanTraining& config, int parts) {
    return {config.batch, parts, static_cast<int>(Discriminator::kGroup)};
}

} // namespace

GanStep::GanStep(const GanTraining& config, const Family::Training& training, StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_network(dynamic_cast<GanNetwork&>(training.network))
    , m_crops(training.crops)
    , m_discriminator(training.network.parameters(),
                      training.pool,
                      cutOf(config, m_setup.parts),
                      GanNetwork::kDiscriminator)
    , m_generator(training.network.parameters(),
                  training.pool,
                  cutOf(config, m_setup.parts),
                  GanNetwork::kGenerator) {}

bool GanStep::splitFurther() {
    return m_discriminator.splitFurther() && m_generator.splitFurther();
}

bool GanStep::penalised(std::int64_t step) const noexcept {
    return m_config.r1Weight > 0.0 && step % m_config.r1Every == 0;
}

torch::Tensor GanStep::shifted(const torch::Tensor& images,
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

torch::Tensor GanStep::penaltyOf(const torch::Tensor& reals) const {
    // In float: it is a gradient of a gradient.
    const torch::Tensor watched = reals.detach().set_requires_grad(true);
    const torch::Tensor scores = m_network.discriminator().forward(watched, Pass{}).mean({1});
    const torch::Tensor slopes =
        torch::autograd::grad({scores.sum()}, {watched}, {}, true, true).front();
    return (slopes * slopes).sum({1, 2, 3});
}

torch::Tensor GanStep::discriminatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const Pass pass{m_setup.bfloat16, true, 0};
    const torch::Tensor reals =
        shifted(cropsOf(m_crops, seeds), seedsFor(seeds, Purpose::realShift));
    torch::Tensor fakes;
    {
        const torch::NoGradGuard noGrad;
        fakes = shifted(m_network.generate(seedsFor(seeds, Purpose::fakeForDiscriminator),
                                           m_setup.size, m_setup.size, m_setup.device, pass),
                        seedsFor(seeds, Purpose::fakeShift));
    }
    const torch::Tensor real = m_network.discriminator().forward(reals, pass);
    const torch::Tensor fake = m_network.discriminator().forward(fakes, pass);
    const torch::Tensor hinge = (torch::relu(1.0 - real) + torch::relu(1.0 + fake)).mean({1});
    const double share = 1.0 / static_cast<double>(m_config.batch);
    Figures& figures = m_ofDiscriminator[static_cast<std::size_t>(part.number)];
    figures.loss = hinge.sum().item<double>();
    figures.realScore = real.mean({1}).sum().item<double>();
    figures.fakeScore = fake.mean({1}).sum().item<double>();
    if (!penalised(step))
        return hinge.sum() * share;
    const torch::Tensor penalty = penaltyOf(reals).sum();
    figures.penalty = penalty.item<double>();
    return (hinge.sum() + penalty * (0.5 * m_config.r1Weight * m_config.r1Every)) * share;
}

torch::Tensor GanStep::generatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds =
        seedsFor(stepSeeds(m_setup.seed, step, part.first, part.count), Purpose::fakeForGenerator);
    const Pass pass{m_setup.bfloat16, true, 0};
    const torch::Tensor fakes =
        shifted(m_network.generate(seeds, m_setup.size, m_setup.size, m_setup.device, pass),
                seedsFor(seeds, Purpose::fakeShift));
    const torch::Tensor loss = -m_network.discriminator().forward(fakes, pass).mean({1}).sum();
    m_ofGenerator[static_cast<std::size_t>(part.number)].loss = loss.item<double>();
    return loss / static_cast<double>(m_config.batch);
}

double GanStep::total(double Figures::*figure, const std::vector<Figures>& of) const {
    double sum = 0.0;
    for (const Figures& part : of)
        sum += part.*figure;
    return sum / static_cast<double>(m_config.batch);
}

void GanStep::keepFigures(std::int64_t step) {
    m_means.add({{"discriminator", total(&Figures::loss, m_ofDiscriminator)},
                 {"generator", total(&Figures::loss, m_ofGenerator)},
                 {"score_of_real", total(&Figures::realScore, m_ofDiscriminator)},
                 {"score_of_generated", total(&Figures::fakeScore, m_ofDiscriminator)}});
    if (penalised(step))
        m_means.add({{"penalty", total(&Figures::penalty, m_ofDiscriminator)}});
}

TrainingStep::Report
GanStep::run(Optimizer& optimizer, const Optimizer::Step& step, double /*fraction*/) {
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
    if (!report.abandoned) {
        for (std::vector<Figures>* figures : {&m_ofDiscriminator, &m_ofGenerator}) {
            for (Figures& of : *figures)
                m_generator.shareOut(std::span<double>(&of.loss, sizeof of / sizeof(double)));
        }
    }
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

void GanStep::rehearse() {
    m_ofDiscriminator.assign(static_cast<std::size_t>(parts()), {});
    m_ofGenerator = m_ofDiscriminator;
    (void)m_discriminator.compute(
        [&](const BatchGradient::Part& part) { return discriminatorLoss(part, 1); }, m_stop);
    (void)m_generator.compute(
        [&](const BatchGradient::Part& part) { return generatorLoss(part, 1); }, m_stop);
}

Json GanStep::losses() const {
    Json losses = m_means.means();
    if (losses.contains("discriminator"))
        losses["all"] = losses["discriminator"];
    return losses;
}

std::optional<std::string> GanStep::warning() const {
    if (m_means.weight("discriminator") < kWeightBeforeWarning ||
        m_means.mean("discriminator", 2.0) > kCollapsed)
        return std::nullopt;
    return "The discriminator tells nearly every image, so the generator learns nothing more: "
           "stop, "
           "and train with a larger set, a larger r1_weight or another seed";
}

} // namespace likeness
