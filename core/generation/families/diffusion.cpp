// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/diffusion.h"

#include "core/generation/families/diffusionstep.h"
#include "core/generation/losses/edm.h"
#include "core/generation/samplers/dpmsolver.h"
#include "core/generation/tensornoise.h"

namespace likeness {

namespace {

constexpr int kMaximumParts = 8;

DiffusionConfig configOf(const Json& settings) {
    return diffusionFromJson(settings, "the settings of a diffusion model");
}

} // namespace

DiffusionNetwork::DiffusionNetwork(const DiffusionConfig& config, const NetworkPurpose& purpose)
    : m_unet(config.network, purpose.seed)
    , m_solver(config.solver)
    , m_sigmaData(purpose.sigmaData) {}

torch::Tensor DiffusionNetwork::make(const Draw& draw) const {
    const auto count = static_cast<std::int64_t>(draw.seeds.size());
    const torch::Tensor noise =
        normalTensor({count, m_unet.config().imageChannels, draw.height, draw.width}, draw.seeds);
    SolverConfig solver = m_solver;
    if (draw.steps > 0)
        solver.steps = draw.steps;
    PackedWeights packed;
    Pass pass;
    pass.packed = &packed;
    return solve(
        solver, noise.to(draw.device),
        [&](const torch::Tensor& noisy, double sigma) {
            const torch::Tensor sigmas = torch::full({noisy.size(0)}, sigma, noisy.options());
            return denoise(m_unet, m_sigmaData, noisy, sigmas, pass);
        },
        draw.beforeStep);
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
    return std::make_unique<DiffusionStep>(configOf(settings).training, network.unet(), training,
                                           std::move(setup));
}

} // namespace likeness
