// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/adversarialstep.h"

#include <cmath>

namespace likeness {

AdversarialStep::AdversarialStep(const Rules& rules, const Players& players, StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_figures(rules.batch)
    , m_rules(rules)
    , m_discriminator(players.parameters,
                      players.pool,
                      {rules.batch, m_setup.parts, rules.perPart},
                      players.discriminator)
    , m_generator(players.parameters,
                  players.pool,
                  {rules.batch, m_setup.parts, rules.perPart},
                  players.generator) {}

bool AdversarialStep::splitFurther() {
    return m_discriminator.splitFurther() && m_generator.splitFurther();
}

void AdversarialStep::keepFigures(std::int64_t step) {
    m_figures.keepIn(m_means, penalised(step) ? m_rules.penalty : nullptr);
}

void AdversarialStep::keepGuidance(Guidance& guidance, std::int64_t step) {
    m_guided = guidance.criticsWeight(step) < 1.0;
    if (!guidance.on())
        return;
    shareOut(guidance.sums());
    m_means.add({{"structure", guidance.distance()}});
}

TrainingStep::Report
AdversarialStep::run(Optimizer& optimizer, const Optimizer::Step& step, double /*fraction*/) {
    Report report;
    begin();
    report.abandoned = !m_discriminator.compute(
        [&](const BatchGradient::Part& part) { return discriminatorLoss(part, step.number); },
        m_stop);
    if (report.abandoned || !std::isfinite(m_discriminator.norm()))
        return report;
    report.abandoned = !m_generator.compute(
        [&](const BatchGradient::Part& part) { return generatorLoss(part, step.number); }, m_stop);
    if (!report.abandoned)
        m_figures.share([this](std::span<double> sums) { shareOut(sums); });
    if (report.abandoned || !std::isfinite(m_generator.norm()) ||
        !std::isfinite(m_figures.mean(&AdversarialFigures::Sums::discriminator)) ||
        !std::isfinite(m_figures.mean(&AdversarialFigures::Sums::generator)))
        return report;
    Optimizer::Step faster = step;
    faster.learningRate *= m_rules.discriminatorRate;
    m_discriminator.apply(optimizer, faster, m_rules.clipNorm);
    m_generator.apply(optimizer, step, m_rules.clipNorm);
    keepFigures(step.number);
    report.updated = true;
    return report;
}

void AdversarialStep::rehearse() {
    begin();
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
    return m_guided ? std::nullopt : collapseWarning(m_means, m_rules.collapsed);
}

} // namespace likeness
