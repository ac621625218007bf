// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/ganstep.h"

#include "core/generation/tensornoise.h"

namespace likeness {

GanStep::GanStep(const GanTraining& config, const Family::Training& training, StepSetup setup)
    : HingeStep(config,
                {training.network.parameters(), training.pool, GanNetwork::kDiscriminator,
                 GanNetwork::kGenerator},
                static_cast<int>(Discriminator::kGroup),
                std::move(setup))
    , m_share(1.0 / static_cast<double>(config.batch))
    , m_network(dynamic_cast<GanNetwork&>(training.network))
    , m_crops(training.crops) {}

torch::Tensor GanStep::discriminatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const torch::Tensor reals = moved(cropsOf(m_crops, seeds), seedsFor(seeds, Purpose::realView));
    torch::Tensor fakes;
    {
        const torch::NoGradGuard noGrad;
        fakes = moved(m_network.generate(seedsFor(seeds, Purpose::fakeForDiscriminator),
                                         m_setup.size, m_setup.size, m_setup.device, pass()),
                      seedsFor(seeds, Purpose::fakeView));
    }
    return judged({m_network.discriminator(), reals, fakes}, step, part.number) * m_share;
}

torch::Tensor GanStep::generatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds =
        seedsFor(stepSeeds(m_setup.seed, step, part.first, part.count), Purpose::fakeForGenerator);
    const torch::Tensor fakes =
        moved(m_network.generate(seeds, m_setup.size, m_setup.size, m_setup.device, pass()),
              seedsFor(seeds, Purpose::fakeView));
    const torch::Tensor loss = -m_network.discriminator().forward(fakes, pass()).mean({1}).sum();
    m_figures.of(part.number).generator = loss.item<double>();
    return loss * m_share;
}

} // namespace likeness
