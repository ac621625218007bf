// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/diffusion.h"

#include "core/generation/families/diffusionstep.h"
#include "core/generation/families/tolddenoising.h"
#include "core/generation/losses/edm.h"
#include "core/generation/samplers/dpmsolver.h"
#include "core/generation/samplers/gridnotch.h"
#include "core/generation/tensornoise.h"

#include <cmath>

namespace likeness {

namespace {

constexpr int kMaximumParts = 8;

// Bytes per position and channel of the finest level, and per score of attention, that are in use
// at once.
constexpr double kActivations = 32.0;
constexpr double kScores = 12.0;

DiffusionConfig configOf(const Json& settings) {
    return diffusionFromJson(settings, "the settings of a diffusion model");
}

} // namespace

DiffusionNetwork::DiffusionNetwork(const DiffusionConfig& config, const NetworkPurpose& purpose)
    : m_conditions(config.conditions)
    , m_unet(config.network,
             purpose.seed,
             shapeFor(config.conditions, config.training.augmentation > 0.0))
    , m_solver(config.solver)
    , m_sigmaData(purpose.sigmaData) {
    if (!config.spectral) {
        m_spectrum = std::make_unique<SignalSpectrum>(m_sigmaData);
        return;
    }
    // Until they are measured or read, those of a flat spectrum.
    const std::int64_t channels = config.network.imageChannels;
    const torch::Tensor mean = torch::zeros({channels});
    const torch::Tensor variances =
        torch::full({channels, purpose.size, purpose.size}, m_sigmaData * m_sigmaData);
    m_measured = {{"spectrum.mean", mean}, {"spectrum.variances", variances}};
    m_spectrum = std::make_unique<SignalSpectrum>(m_sigmaData, mean, variances);
}

void DiffusionNetwork::adoptSpectrum(const MeasuredSpectrum& found) {
    m_measured[0].value.copy_(found.mean);
    m_measured[1].value.copy_(found.variances);
}

torch::Tensor DiffusionNetwork::make(const Draw& draw) const {
    const auto count = static_cast<std::int64_t>(draw.seeds.size());
    const std::int64_t height = draw.height + 2 * margin();
    const std::int64_t width = draw.width + 2 * margin();
    const torch::Tensor noise =
        normalTensor({count, m_unet.config().imageChannels, height, width}, draw.seeds);
    SolverConfig solver = m_solver;
    if (draw.steps > 0)
        solver.steps = draw.steps;
    const ToldDenoising told(*this, conditions(), draw);
    const Denoiser denoiser = denoiserFor(told, height, width, {draw.beforeStep, draw.spread});
    return decode(solve(solver, noise.to(draw.device), denoiser, draw.beforeStep))
        .narrow(2, margin(), draw.height)
        .narrow(3, margin(), draw.width);
}

torch::Tensor DiffusionNetwork::decode(const torch::Tensor& x) const {
    return withoutGrid(x, m_unet.config().unshuffle);
}

torch::Tensor DiffusionNetwork::guessed(const torch::Tensor& noisy,
                                        const torch::Tensor& sigmas,
                                        const Pass& pass) const {
    return likeness::denoise(m_unet, *m_spectrum, noisy, sigmas, pass);
}

double DiffusionNetwork::workingBytes(std::int64_t height, std::int64_t width) const {
    return unetBytes(m_unet.config(), height, width);
}

double unetBytes(const UNetConfig& config, std::int64_t height, std::int64_t width) {
    const auto positions =
        static_cast<double>(height * width / (config.unshuffle * config.unshuffle));
    double bytes = kActivations * positions * static_cast<double>(config.widths.front());
    if (config.attentionLevels > 0) { // its scores are a number for each pair of positions
        const auto first = static_cast<int>(config.widths.size()) - config.attentionLevels;
        const double tokens = positions / std::pow(4.0, first);
        bytes += kScores * tokens * tokens * config.heads;
    }
    return bytes;
}

std::optional<Json> DiffusionFamily::preset(std::string_view name) const {
    const auto config = diffusionPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json DiffusionFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(diffusionFromJson(settings, subject));
}

std::int64_t DiffusionFamily::trainingMultiple(const Json& settings) const {
    return configOf(settings).network.sizeMultiple();
}

int DiffusionFamily::partsFor(const Json& /*settings*/, int workers) const {
    // As many parts as threads, rounded up to a power of two.
    int parts = 2;
    while (parts < workers && parts < kMaximumParts)
        parts *= 2;
    return parts;
}

std::unique_ptr<ModelNetwork> DiffusionFamily::network(const Json& settings,
                                                       const NetworkPurpose& purpose) const {
    return std::make_unique<DiffusionNetwork>(configOf(settings), purpose);
}

std::unique_ptr<TrainingStep>
DiffusionFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    auto& network = dynamic_cast<DiffusionNetwork&>(training.network);
    return std::make_unique<DiffusionStep>(configOf(settings).training, network, training,
                                           std::move(setup));
}

} // namespace likeness
