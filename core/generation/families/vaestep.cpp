// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/vaestep.h"

#include "core/generation/families/measuredcodes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace likeness {

namespace {

double meanOf(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

VaeStep::VaeStep(const VaeTraining& config, const Family::Training& training, StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_network(dynamic_cast<VaeNetwork&>(training.network))
    , m_crops(training.crops)
    , m_pool(training.pool)
    , m_gradient(training.network.parameters(), training.pool, {config.batch, m_setup.parts, 1}) {}

torch::Tensor VaeStep::lossOf(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const torch::Tensor crops = cropsOf(m_crops, seeds);
    const Pass pass{m_setup.bfloat16, true, 0};
    const Vae& vae = m_network.vae();
    const Gaussian codes = vae.encode(crops, pass);
    const Gaussian pixels = vae.decode(drawnCodes(codes, seeds), pass);
    const torch::Tensor error = crops - pixels.mean;
    const double share = 1.0 / static_cast<double>(m_setup.size * m_setup.size);
    const torch::Tensor likelihood =
        (error * error * torch::exp(-pixels.logVariance) + pixels.logVariance).sum({1, 2, 3}) *
        (0.5 * share);
    const torch::Tensor divergence =
        (codes.mean * codes.mean + torch::exp(codes.logVariance) - codes.logVariance - 1.0)
            .sum({1, 2, 3}) *
        (0.5 * share);
    const auto keep = [&](const torch::Tensor& values, std::vector<float>& into) {
        const torch::Tensor host = values.detach().to(torch::kCPU).contiguous();
        std::copy_n(host.data_ptr<float>(), part.count, into.begin() + part.first);
    };
    keep(likelihood, m_likelihood);
    keep(divergence, m_divergence);
    return (likelihood + divergence * m_klWeight).sum() / static_cast<double>(m_config.batch);
}

bool VaeStep::gradient(std::int64_t step, double fraction) {
    m_klWeight = m_config.klWeight;
    if (m_config.klWarmUp > 0.0)
        m_klWeight *= std::min(1.0, fraction / m_config.klWarmUp);
    m_likelihood.assign(static_cast<std::size_t>(m_config.batch), 0.0F);
    m_divergence = m_likelihood;
    return m_gradient.compute([&](const BatchGradient::Part& part) { return lossOf(part, step); },
                              m_stop);
}

TrainingStep::Report
VaeStep::run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) {
    Report report;
    report.abandoned = !gradient(step.number, fraction);
    if (report.abandoned)
        return report;
    m_gradient.shareOut(std::span<float>(m_likelihood));
    m_gradient.shareOut(std::span<float>(m_divergence));
    const double likelihood = meanOf(m_likelihood);
    const double divergence = meanOf(m_divergence);
    report.updated = std::isfinite(m_gradient.norm()) && std::isfinite(likelihood + divergence);
    if (report.updated) {
        m_gradient.apply(optimizer, step, m_config.clipNorm);
        m_means.add({{"likelihood", likelihood},
                     {"divergence", divergence},
                     {"all", likelihood + m_config.klWeight * divergence}});
    }
    return report;
}

void VaeStep::rehearse() {
    (void)gradient(1, 0.0);
}

void VaeStep::measure() {
    const MeasuredCodes found =
        measuredCodes(m_network.vae(), m_pool, m_setup,
                      [this](const auto& seeds) { return cropsOf(m_crops, seeds); });
    m_network.adopt(found.codes, found.residuals);
}

} // namespace likeness
