// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/hingestep.h"

#include "core/generation/families/augmentation.h"

namespace likeness {

namespace {

/// The loss is 2 while the discriminator knows nothing and 0 once it tells every image with
/// certainty: then the generator learns nothing more.
constexpr double kCollapsed = 0.2;

} // namespace

HingeStep::HingeStep(const GanTraining& config,
                     const Players& players,
                     int perPart,
                     StepSetup setup)
    : AdversarialStep(
          {config.batch, perPart, config.discriminatorRate, config.clipNorm, kCollapsed, "penalty"},
          players,
          std::move(setup))
    , m_r1Weight(config.r1Weight)
    , m_r1Every(config.r1Every)
    , m_translation(config.translation) {}

bool HingeStep::penalised(std::int64_t step) const noexcept {
    return m_r1Weight > 0.0 && step % m_r1Every == 0;
}

torch::Tensor HingeStep::moved(const torch::Tensor& images,
                               std::span<const std::uint64_t> seeds) const {
    return shifted(images, seeds,
                   static_cast<std::int64_t>(m_translation * static_cast<double>(m_setup.size)));
}

torch::Tensor HingeStep::judged(const Shown& shown, std::int64_t step, int part) {
    const torch::Tensor real = shown.judge.forward(shown.reals, pass());
    const torch::Tensor fake = shown.judge.forward(shown.fakes, pass());
    const torch::Tensor hinge = (torch::relu(1.0 - real) + torch::relu(1.0 + fake)).mean({1}).sum();
    m_figures.addScores(part, real, fake);
    AdversarialFigures::Sums& figures = m_figures.of(part);
    figures.discriminator += hinge.item<double>();
    if (!penalised(step))
        return hinge;
    const torch::Tensor penalty = squaredSlopes(shown.reals, [&](const torch::Tensor& images) {
                                      return shown.judge.forward(images, Pass{});
                                  }).sum();
    figures.r1 += penalty.item<double>();
    return hinge + penalty * (0.5 * m_r1Weight * m_r1Every);
}

} // namespace likeness
