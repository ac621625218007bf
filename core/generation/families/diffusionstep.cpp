// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/diffusionstep.h"

#include "core/generation/losses/edm.h"
#include "core/generation/noise.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

/// Quantile of the standard normal distribution, relative error below 1.2e-9 (Acklam's rational
/// approximation).
double normalQuantile(double p) {
    constexpr double kTail = 0.02425;
    const auto ratio = [](double x, const auto& top, const auto& bottom) {
        double a = 0.0;
        double b = 0.0;
        for (const double c : top)
            a = a * x + c;
        for (const double c : bottom)
            b = b * x + c;
        return a / (b * x + 1.0);
    };
    constexpr double kTailTop[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                                   -2.400758277161838e+00, -2.549732539343734e+00,
                                   4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double kTailBottom[] = {7.784695709041462e-03, 3.224671290700398e-01,
                                      2.445134137142996e+00, 3.754408661907416e+00};
    constexpr double kTop[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double kBottom[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                                  -1.556989798598866e+02, 6.680131188771972e+01,
                                  -1.328068155288572e+01};
    if (p < kTail)
        return ratio(std::sqrt(-2.0 * std::log(p)), kTailTop, kTailBottom);
    if (p > 1.0 - kTail)
        return -ratio(std::sqrt(-2.0 * std::log(1.0 - p)), kTailTop, kTailBottom);
    const double q = p - 0.5;
    return q * ratio(q * q, kTop, kBottom);
}

} // namespace

DiffusionStep::DiffusionStep(const DiffusionTraining& config,
                             const UNet& network,
                             const Family::Training& training,
                             StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_network(network)
    , m_crops(training.crops)
    , m_gradient(network.parameters(), training.pool, {config.batch, m_setup.parts, 1}) {}

std::vector<float> DiffusionStep::noiseLevelsOf(std::int64_t step) const {
    // One level from each of `batch` equally likely bands: the same distribution, less variance
    // from step to step.
    Random random(stepSeed(m_setup.seed, step, -1), "generation.sigma");
    const double offset = random.uniform();
    std::vector<float> sigmas;
    for (int i = 0; i < m_config.batch; ++i) {
        const double share = std::clamp((i + offset) / m_config.batch, 1e-9, 1.0 - 1e-9);
        sigmas.push_back(static_cast<float>(
            std::exp(m_config.noiseMean + m_config.noiseSpread * normalQuantile(share))));
    }
    return sigmas;
}

torch::Tensor DiffusionStep::lossOf(const BatchGradient::Part& part, std::int64_t step) {
    const std::vector<std::int64_t> shape{part.count, m_setup.channels, m_setup.size, m_setup.size};
    // A GPU fetches from pinned memory by itself while this thread goes on.
    const auto host = torch::TensorOptions(torch::kFloat32).pinned_memory(m_setup.device.is_cuda());
    torch::Tensor clean = torch::empty(shape, host);
    torch::Tensor noise = torch::empty(shape, host);
    torch::Tensor sigmas = torch::empty({part.count}, host);
    const std::int64_t values = m_crops.valuesPerCrop();
    for (std::int64_t i = 0; i < part.count; ++i) {
        const std::uint64_t seed = stepSeed(m_setup.seed, step, part.first + i);
        m_crops.draw(seed, clean.data_ptr<float>() + i * values);
        fillNormal({noise.data_ptr<float>() + i * values, static_cast<std::size_t>(values)}, seed);
        sigmas.data_ptr<float>()[i] = m_sigmas[static_cast<std::size_t>(part.first + i)];
    }
    const Pass pass{m_setup.bfloat16, true, stepSeed(m_setup.seed, step, part.first)};
    const torch::Tensor losses =
        denoisingLosses(m_network, m_setup.sigmaData, clean.to(m_setup.device, true),
                        noise.to(m_setup.device, true), sigmas.to(m_setup.device, true), pass);
    const torch::Tensor kept = losses.detach().to(torch::kCPU).contiguous();
    std::copy_n(kept.data_ptr<float>(), part.count, m_losses.begin() + part.first);
    return losses.sum() / static_cast<double>(m_config.batch);
}

bool DiffusionStep::gradient(std::int64_t step) {
    m_sigmas = noiseLevelsOf(step);
    m_losses.assign(m_sigmas.size(), 0.0F);
    return m_gradient.compute([&](const BatchGradient::Part& part) { return lossOf(part, step); },
                              m_stop);
}

TrainingStep::Report
DiffusionStep::run(Optimizer& optimizer, const Optimizer::Step& step, double /*fraction*/) {
    Report report;
    report.abandoned = !gradient(step.number);
    if (report.abandoned)
        return report;
    m_gradient.shareOut(std::span<float>(m_losses));
    report.updated =
        std::isfinite(m_gradient.norm()) &&
        std::all_of(m_losses.begin(), m_losses.end(), [](float v) { return std::isfinite(v); });
    if (report.updated) {
        m_gradient.apply(optimizer, step, m_config.clipNorm);
        m_meter.add(m_sigmas, m_losses);
    }
    return report;
}

void DiffusionStep::rehearse() {
    (void)gradient(1);
}

} // namespace likeness
