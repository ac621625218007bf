// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/vaestep.h"

#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace likeness {

namespace {

constexpr std::int64_t kMeasuredPixels = std::int64_t{64} * 64 * 64;
constexpr std::int64_t kMeasuredCrops = 8; ///< at least
constexpr std::int64_t kMeasuredAtOnce = 4;
constexpr std::int64_t kMeasuringStep = -2; ///< the "step" whose crops are measured
constexpr std::uint64_t kCodePurpose = 1;

double meanOf(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

torch::Tensor drawn(const Gaussian& codes, const std::vector<std::uint64_t>& seeds) {
    const torch::Tensor noise =
        normalTensor(codes.mean.sizes().vec(), seedsFor(seeds, kCodePurpose));
    return codes.mean + torch::exp(codes.logVariance * 0.5) * noise.to(codes.mean.device());
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
    const Gaussian pixels = vae.decode(drawn(codes, seeds), pass);
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
    const std::int64_t count = std::clamp(kMeasuredPixels / (m_setup.size * m_setup.size),
                                          kMeasuredCrops, std::int64_t{256});
    const std::int64_t groups = count / kMeasuredAtOnce;
    std::vector<torch::Tensor> codes(static_cast<std::size_t>(groups));
    std::vector<torch::Tensor> residuals(static_cast<std::size_t>(groups));
    m_pool.run([&](int worker) {
        const torch::NoGradGuard noGrad;
        for (std::int64_t group = worker; group < groups; group += m_pool.size()) {
            const auto seeds =
                stepSeeds(m_setup.seed, kMeasuringStep, group * kMeasuredAtOnce, kMeasuredAtOnce);
            const torch::Tensor crops = cropsOf(m_crops, seeds);
            const torch::Tensor code = drawn(m_network.vae().encode(crops, Pass{}), seeds);
            const Gaussian pixels = m_network.vae().decode(code, Pass{});
            const auto at = static_cast<std::size_t>(group);
            codes[at] = code.to(torch::kCPU);
            residuals[at] =
                ((crops - pixels.mean) / ResidualNoise::scale(pixels.logVariance)).to(torch::kCPU);
        }
    });
    m_network.adopt(torch::cat(codes), torch::cat(residuals));
}

} // namespace likeness
