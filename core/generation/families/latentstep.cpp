// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/latentstep.h"

#include "core/generation/families/trainingnoise.h"
#include "core/generation/losses/edm.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace likeness {

namespace {

constexpr std::uint64_t kNoisePurpose = 2;
constexpr double kAutoencoderDecay = 0.4; ///< share of its share in which its rate falls to zero

enum Term : std::size_t { likelihood, slopes, divergence, kTerms };

double meanOf(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool allFinite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

void keep(const torch::Tensor& values, const BatchGradient::Part& part, std::vector<float>& into) {
    const torch::Tensor host = values.detach().to(torch::kCPU).contiguous();
    std::copy_n(host.data_ptr<float>(), part.count, into.begin() + part.first);
}

/// Mean absolute difference to the next pixel, right and down, per image.
torch::Tensor slopesOf(const torch::Tensor& error) {
    const torch::Tensor right =
        error.narrow(3, 1, error.size(3) - 1) - error.narrow(3, 0, error.size(3) - 1);
    const torch::Tensor down =
        error.narrow(2, 1, error.size(2) - 1) - error.narrow(2, 0, error.size(2) - 1);
    return right.abs().mean({1, 2, 3}) + down.abs().mean({1, 2, 3});
}

} // namespace

LatentStep::LatentStep(const LatentTraining& config,
                       const Family::Training& training,
                       StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_network(dynamic_cast<LatentNetwork&>(training.network))
    , m_pool(training.pool)
    , m_crops(training, m_setup, config.augmentation)
    , m_plainCrops({training.network, training.crops, training.pool}, m_setup, 0.0)
    , m_autoencoder(training.network.parameters(),
                    training.pool,
                    {config.batch, m_setup.parts, 1},
                    LatentNetwork::kAutoencoder)
    , m_denoiser(training.network.parameters(),
                 training.pool,
                 {config.batch, m_setup.parts, 1},
                 LatentNetwork::kDenoiser)
    , m_terms(kTerms) {}

torch::Tensor LatentStep::autoencoderLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const torch::Tensor crops = m_plainCrops.drawn(seeds).images;
    const Pass pass{m_setup.bfloat16, true};
    const Gaussian codes = m_network.vae().encode(crops, pass);
    const Gaussian pixels = m_network.vae().decode(drawnCodes(codes, seeds), pass);
    const torch::Tensor error = crops - pixels.mean;
    const double share = 0.5 / static_cast<double>(m_setup.size * m_setup.size);
    const torch::Tensor unlikely =
        (error * error * torch::exp(-pixels.logVariance) + pixels.logVariance).sum({1, 2, 3}) *
        share;
    const torch::Tensor apart =
        (codes.mean * codes.mean + torch::exp(codes.logVariance) - codes.logVariance - 1.0)
            .sum({1, 2, 3}) *
        share;
    const torch::Tensor steep = slopesOf(error) + slopesOf(torch::avg_pool2d(error, 2));
    keep(unlikely, part, m_terms[likelihood]);
    keep(steep, part, m_terms[slopes]);
    keep(apart, part, m_terms[divergence]);
    return (unlikely + steep * m_config.gradientWeight + apart * m_config.klWeight).sum() /
           static_cast<double>(m_config.batch);
}

bool LatentStep::autoencoderGradient(std::int64_t step) {
    for (std::vector<float>& term : m_terms)
        term.assign(static_cast<std::size_t>(m_config.batch), 0.0F);
    return m_autoencoder.compute(
        [&](const BatchGradient::Part& part) { return autoencoderLoss(part, step); }, m_stop);
}

torch::Tensor LatentStep::denoiserLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    const CropBatch crops = m_crops.drawn(seeds);
    torch::Tensor clean;
    {
        const torch::NoGradGuard noGrad;
        const Pass pass{m_setup.bfloat16, false};
        clean = m_network.scaled(drawnCodes(m_network.vae().encode(crops.images, pass), seeds));
    }
    const torch::Tensor noise = normalTensor(clean.sizes().vec(), seedsFor(seeds, kNoisePurpose));
    const torch::Tensor sigmas =
        torch::from_blob(m_sigmas.data() + part.first, {part.count}, torch::kFloat32).clone();
    const Pass pass{m_setup.bfloat16, true, seeds.front(), crops.given ? &*crops.given : nullptr};
    const torch::Tensor losses =
        denoisingLosses(m_network.unet(), m_network.spectrum(), clean,
                        sentTo(m_setup.device, noise), sentTo(m_setup.device, sigmas), pass);
    keep(losses, part, m_losses);
    return losses.sum() / static_cast<double>(m_config.batch);
}

bool LatentStep::denoiserGradient(std::int64_t step) {
    m_sigmas = trainingNoise(m_config, stepSeed(m_setup.seed, step, -1));
    m_losses.assign(m_sigmas.size(), 0.0F);
    return m_denoiser.compute(
        [&](const BatchGradient::Part& part) { return denoiserLoss(part, step); }, m_stop);
}

/// The running mean is the autoencoder from now on, whatever was restored since. Its codes are
/// measured once.
void LatentStep::freeze(Optimizer& optimizer) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor& flat = m_network.parameters().flat();
    const auto size = m_network.vae().parameters().count();
    flat.detach().narrow(0, 0, size).copy_(optimizer.ema().narrow(0, 0, size));
    if (!m_settled)
        m_network.adoptCodes(measuredCrops().codes);
    m_settled = true;
}

bool LatentStep::takeAutoencoder(Optimizer& optimizer, Optimizer::Step step, double fraction) {
    for (std::vector<float>& term : m_terms)
        m_autoencoder.shareOut(std::span<float>(term));
    const double left = 1.0 - fraction / m_config.autoencoderShare;
    const bool finite = std::isfinite(m_autoencoder.norm()) &&
                        std::all_of(m_terms.begin(), m_terms.end(), allFinite);
    if (!finite)
        return false;
    step.learningRate *= m_config.autoencoderRate / std::max(1e-30, m_config.learningRate) *
                         std::clamp(left / kAutoencoderDecay, 0.0, 1.0);
    m_autoencoder.apply(optimizer, step, m_config.clipNorm);
    const double unlikely = meanOf(m_terms[likelihood]);
    const double steep = meanOf(m_terms[slopes]);
    const double apart = meanOf(m_terms[divergence]);
    m_means.add({{"autoencoder_likelihood", unlikely},
                 {"autoencoder_slopes", steep},
                 {"autoencoder_divergence", apart},
                 {"all", unlikely + steep * m_config.gradientWeight + apart * m_config.klWeight}});
    return true;
}

bool LatentStep::takeDenoiser(Optimizer& optimizer, Optimizer::Step step) {
    m_denoiser.shareOut(std::span<float>(m_losses));
    if (!std::isfinite(m_denoiser.norm()) || !allFinite(m_losses))
        return false;
    // It starts here: its means and its running mean have seen nothing of the steps before.
    step.number -= m_firstDenoising - 1;
    const auto t = static_cast<double>(step.number - 1);
    step.emaDecay = std::min(m_config.emaMaximum, (1.0 + t) / (10.0 + t));
    if (m_config.warmUpSteps > 0)
        step.learningRate *= std::min(1.0, (t + 1.0) / m_config.warmUpSteps);
    m_denoiser.apply(optimizer, step, m_config.clipNorm);
    m_meter.add(m_sigmas, m_losses);
    return true;
}

TrainingStep::Report
LatentStep::run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) {
    if (!frozen() && fraction >= m_config.autoencoderShare)
        m_firstDenoising = step.number;
    if (frozen())
        freeze(optimizer);
    Report report;
    report.abandoned =
        !(frozen() ? denoiserGradient(step.number) : autoencoderGradient(step.number));
    if (report.abandoned)
        return report;
    report.updated =
        frozen() ? takeDenoiser(optimizer, step) : takeAutoencoder(optimizer, step, fraction);
    return report;
}

void LatentStep::rehearse() {
    (void)autoencoderGradient(1);
    (void)denoiserGradient(1);
}

bool LatentStep::splitFurther() {
    const bool autoencoder = m_autoencoder.splitFurther();
    return m_denoiser.splitFurther() || autoencoder;
}

Json LatentStep::losses() const {
    Json json = m_means.means();
    if (!frozen())
        return json;
    const Json denoiser = m_meter.means();
    for (const auto& [name, value] : denoiser.items())
        json[name == "all" ? name : "denoiser_" + name] = value;
    return json;
}

Json LatentStep::saveLosses() const {
    return {{"autoencoder", m_means.save()},
            {"denoiser", m_meter.save()},
            {"first_denoising", m_firstDenoising}};
}

void LatentStep::loadLosses(const Json& saved) {
    m_means.load(saved.value("autoencoder", Json::object()));
    m_meter.load(saved.value("denoiser", Json::object()));
    m_firstDenoising = std::max<std::int64_t>(0, saved.value("first_denoising", std::int64_t{0}));
    m_settled = false;
}

MeasuredCodes LatentStep::measuredCrops() const {
    return measuredCodes(m_network.vae(), m_pool, m_setup,
                         [this](const auto& seeds) { return m_plainCrops.drawn(seeds).images; });
}

void LatentStep::measure() {
    const MeasuredCodes found = measuredCrops();
    m_network.adoptCodes(found.codes);
    m_network.adoptResiduals(found.residuals);
}

} // namespace likeness
