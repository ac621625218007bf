// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/latent.h"

#include "core/base/random.h"
#include "core/generation/families/diffusion.h"
#include "core/generation/families/latentstep.h"
#include "core/generation/families/tolddenoising.h"
#include "core/generation/losses/edm.h"
#include "core/generation/tensornoise.h"

namespace likeness {

namespace {

constexpr std::uint64_t kDenoiserSeed = 1;    ///< apart from the autoencoder's
constexpr std::uint64_t kNoisePurpose = 1;    ///< of samples
constexpr std::uint64_t kDecodedNoise = 2024; ///< of decoded images, which have no seeds

LatentConfig configOf(const Json& settings) {
    return latentFromJson(settings, "the settings of a latent diffusion model");
}

} // namespace

LatentNetwork::LatentNetwork(const LatentConfig& config, const NetworkPurpose& purpose)
    : m_conditions(config.conditions)
    , m_vae(config.autoencoder, purpose.size, purpose.seed)
    , m_unet(config.denoiser,
             derivedSeed(purpose.seed, kDenoiserSeed),
             shapeFor(config.conditions, config.training.augmentation > 0.0))
    , m_solver(config.solver)
    , m_noiseShare(config.noise)
    , m_noise(config.autoencoder.imageChannels)
    , m_codeMean(torch::zeros({m_vae.codeChannels()}))
    , m_codeDeviation(torch::ones({m_vae.codeChannels()})) {
    for (const Parameters::Entry& entry : m_vae.parameters().entries())
        m_parameters.add(kAutoencoder + entry.name, entry.value);
    for (const Parameters::Entry& entry : m_unet.parameters().entries())
        m_parameters.add(kDenoiser + entry.name, entry.value);
    m_measured = m_noise.entries();
    m_measured.push_back({"codes.mean", m_codeMean});
    m_measured.push_back({"codes.deviation", m_codeDeviation});
}

std::int64_t LatentNetwork::sampleMultiple() const {
    return cell() * multiple();
}

void LatentNetwork::adoptCodes(const torch::Tensor& codes) {
    m_codeMean.copy_(codes.mean({0, 2, 3}));
    const torch::Tensor off = codes - m_codeMean.view({1, -1, 1, 1});
    // A channel that the autoencoder does not use holds next to nothing but its noise of 1.
    m_codeDeviation.copy_(torch::sqrt((off * off).mean({0, 2, 3})).clamp_min(1e-3));
}

torch::Tensor LatentNetwork::scaled(const torch::Tensor& codes) const {
    const torch::Tensor mean = m_codeMean.to(codes.device()).view({1, -1, 1, 1});
    const torch::Tensor deviation = m_codeDeviation.to(codes.device()).view({1, -1, 1, 1});
    return (codes - mean) / deviation * kCodeDeviation;
}

torch::Tensor LatentNetwork::encode(const torch::Tensor& images) const {
    return scaled(m_vae.encode(images, Pass{}).mean);
}

torch::Tensor LatentNetwork::pixelsOf(const torch::Tensor& x,
                                      const std::vector<std::uint64_t>& noiseSeeds) const {
    const torch::Tensor mean = m_codeMean.to(x.device()).view({1, -1, 1, 1});
    const torch::Tensor deviation = m_codeDeviation.to(x.device()).view({1, -1, 1, 1});
    const Gaussian pixels = m_vae.decode(x * deviation * (1.0 / kCodeDeviation) + mean, Pass{});
    if (m_noiseShare <= 0.0)
        return pixels.mean;
    const torch::Tensor noise = m_noise.drawn(noiseSeeds, pixels.mean.size(2), pixels.mean.size(3));
    return pixels.mean +
           noise.to(x.device()) * ResidualNoise::scale(pixels.logVariance) * m_noiseShare;
}

torch::Tensor LatentNetwork::decode(const torch::Tensor& x) const {
    return pixelsOf(x,
                    std::vector<std::uint64_t>(static_cast<std::size_t>(x.size(0)), kDecodedNoise));
}

torch::Tensor LatentNetwork::guessed(const torch::Tensor& noisy,
                                     const torch::Tensor& sigmas,
                                     const Pass& pass) const {
    return likeness::denoise(m_unet, m_spectrum, noisy, sigmas, pass);
}

double LatentNetwork::workingBytes(std::int64_t height, std::int64_t width) const {
    return unetBytes(m_unet.config(), height, width);
}

torch::Tensor LatentNetwork::make(const Draw& draw) const {
    const auto count = static_cast<std::int64_t>(draw.seeds.size());
    const std::int64_t height = draw.height / cell();
    const std::int64_t width = draw.width / cell();
    const torch::Tensor noise = normalTensor({count, depth(), height, width}, draw.seeds);
    SolverConfig solver = m_solver;
    if (draw.steps > 0)
        solver.steps = draw.steps;
    const ToldDenoising told(*this, conditions(), draw);
    const Denoiser denoiser = denoiserFor(told, height, width, {draw.beforeStep, draw.spread});
    const torch::Tensor codes = solve(solver, noise.to(draw.device), denoiser, draw.beforeStep);
    draw.beforeStep();
    return pixelsOf(codes, seedsFor(draw.seeds, kNoisePurpose));
}

std::optional<Json> LatentFamily::preset(std::string_view name) const {
    const auto config = latentPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json LatentFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(latentFromJson(settings, subject));
}

std::int64_t LatentFamily::trainingMultiple(const Json& settings) const {
    const LatentConfig config = configOf(settings);
    return config.autoencoder.sizeMultiple() * config.denoiser.sizeMultiple();
}

int LatentFamily::partsFor(const Json& settings, int workers) const {
    return DiffusionFamily().partsFor(settings, workers);
}

std::unique_ptr<ModelNetwork> LatentFamily::network(const Json& settings,
                                                    const NetworkPurpose& purpose) const {
    return std::make_unique<LatentNetwork>(configOf(settings), purpose);
}

std::unique_ptr<TrainingStep>
LatentFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    return std::make_unique<LatentStep>(configOf(settings).training, training, std::move(setup));
}

} // namespace likeness
