// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/quiltingstep.h"

#include <algorithm>

namespace likeness {

QuiltingStep::QuiltingStep(const QuiltingConfig& config,
                           const Family::Training& training,
                           StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_batch(config.training.batch)
    , m_network(dynamic_cast<QuiltingNetwork&>(training.network))
    , m_crops(training.crops)
    , m_used(static_cast<std::int64_t>(m_network.used().to(torch::kCPU)[0].item<float>())) {}

double QuiltingStep::shareDone() const {
    return static_cast<double>(m_used) / static_cast<double>(m_network.crops().size(0));
}

TrainingStep::Report
QuiltingStep::run(Optimizer& optimizer, const Optimizer::Step& step, double /*fraction*/) {
    const torch::NoGradGuard noGrad;
    Report report;
    report.abandoned = m_stop.stop_requested();
    if (report.abandoned)
        return report;
    const torch::Tensor store = m_network.crops();
    const std::int64_t count = std::min(m_batch, store.size(0) - m_used);
    if (count > 0)
        store.narrow(0, m_used, count)
            .copy_(cropsOf(m_crops, stepSeeds(m_setup.seed, step.number, 0, count)));
    m_used += count;
    m_network.used().fill_(static_cast<float>(m_used));
    optimizer.ema().copy_(m_network.parameters().flat().detach());
    report.updated = true;
    return report;
}

} // namespace likeness
