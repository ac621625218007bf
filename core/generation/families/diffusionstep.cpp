// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/diffusionstep.h"

#include "core/generation/families/trainingnoise.h"
#include "core/generation/losses/edm.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr std::int64_t kSpectrumPixels = std::int64_t{1} << 24;
constexpr std::int64_t kFewestCrops = 256;
constexpr std::int64_t kMostCrops = 4096;
constexpr std::int64_t kPixelsAtOnce = std::int64_t{1} << 16;
constexpr std::int64_t kMeasuringStep = -2; ///< the "step" whose crops are measured

} // namespace

DiffusionStep::DiffusionStep(const DiffusionTraining& config,
                             DiffusionNetwork& network,
                             const Family::Training& training,
                             StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_network(network)
    , m_crops(training, m_setup, config.augmentation)
    , m_gradient(network.parameters(), training.pool, {config.batch, m_setup.parts, 1}) {
    if (network.isSpectral())
        network.adoptSpectrum(measuredCrops(training));
}

/// The same in a run that is resumed: it depends on the seed alone.
MeasuredSpectrum DiffusionStep::measuredCrops(const Family::Training& training) const {
    const torch::NoGradGuard noGrad;
    const CropBatches plain({training.network, training.crops, training.pool}, m_setup, 0.0);
    const std::int64_t count =
        std::clamp(kSpectrumPixels / (m_setup.size * m_setup.size), kFewestCrops, kMostCrops);
    const std::int64_t atOnce =
        std::max<std::int64_t>(1, kPixelsAtOnce / (m_setup.size * m_setup.size));
    SpectrumMeter meter;
    for (std::int64_t first = 0; first < count; first += atOnce) {
        const auto seeds =
            stepSeeds(m_setup.seed, kMeasuringStep, first, std::min(atOnce, count - first));
        meter.add(plain.drawn(seeds).images.to(torch::kCPU));
    }
    return meter.found();
}

torch::Tensor DiffusionStep::lossOf(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const CropBatch clean = m_crops.drawn(seeds);
    const torch::Tensor noise = normalTensor(clean.images.sizes().vec(), seeds);
    const torch::Tensor sigmas =
        torch::from_blob(m_sigmas.data() + part.first, {part.count}, torch::kFloat32).clone();
    const Pass pass{m_setup.bfloat16, true, seeds.front(), clean.given ? &*clean.given : nullptr};
    const torch::Tensor losses =
        denoisingLosses(m_network.unet(), m_network.spectrum(), clean.images,
                        sentTo(m_setup.device, noise), sentTo(m_setup.device, sigmas), pass);
    const torch::Tensor host = losses.detach().to(torch::kCPU).contiguous();
    std::copy_n(host.data_ptr<float>(), part.count, m_losses.begin() + part.first);
    return losses.sum() / static_cast<double>(m_config.batch);
}

bool DiffusionStep::gradient(std::int64_t step) {
    m_sigmas = trainingNoise(m_config, stepSeed(m_setup.seed, step, -1));
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
