// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/vae.h"

#include "core/generation/families/vaestep.h"
#include "core/generation/noisefield.h"
#include "core/generation/tensornoise.h"

#include <algorithm>

namespace likeness {

namespace {

constexpr std::int64_t kCodeRadius = 3; ///< in codes
constexpr int kMaximumParts = 8;
constexpr int kImagesPerPart = 4;

enum Purpose : std::uint64_t { codes = 1, noise = 2 };

VaeConfig configOf(const Json& settings) {
    return vaeFromJson(settings, "the settings of a VAE");
}

} // namespace

VaeNetwork::VaeNetwork(const VaeConfig& config, const NetworkPurpose& purpose)
    : m_vae(config.network, purpose.size, purpose.seed)
    , m_sampling(config.sampling)
    , m_size(purpose.size)
    , m_codeRadius(config.network.latent == Latent::spatial ? kCodeRadius : 0)
    , m_noise(config.network.imageChannels) {
    const std::int64_t codes = m_vae.codeChannels();
    m_measured = {{"codes.mean", torch::zeros({codes})},
                  {"codes.kernel", whiteKernel(codes, m_codeRadius)}};
    for (Parameters::Entry& entry : m_noise.entries())
        m_measured.push_back(std::move(entry));
}

std::int64_t VaeNetwork::sampleMultiple() const {
    return m_vae.config().sizeMultiple();
}

std::optional<std::int64_t> VaeNetwork::onlySide() const {
    return m_vae.config().latent == Latent::vector ? std::optional(m_size) : std::nullopt;
}

void VaeNetwork::adopt(const torch::Tensor& codes, const torch::Tensor& residuals) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor mean = codes.mean({0, 2, 3});
    m_measured[codeMean].value.copy_(mean);
    m_measured[codeKernel].value.copy_(
        colouringKernel(codes - mean.view({1, -1, 1, 1}), m_codeRadius));
    m_noise.adopt(residuals);
}

torch::Tensor VaeNetwork::drawCodes(const Draw& draw) const {
    const auto count = static_cast<std::int64_t>(draw.seeds.size());
    const std::int64_t cell = sampleMultiple();
    const bool vector = onlySide().has_value();
    const std::int64_t height = vector ? 1 : draw.height / cell;
    const std::int64_t width = vector ? 1 : draw.width / cell;
    const torch::Tensor white = normalTensor(
        {count, m_vae.codeChannels(), height + 2 * m_codeRadius, width + 2 * m_codeRadius},
        seedsFor(draw.seeds, Purpose::codes));
    if (!m_sampling.measuredCodes)
        return white.narrow(2, m_codeRadius, height).narrow(3, m_codeRadius, width).contiguous();
    return coloured(white, found(codeKernel)) + found(codeMean).view({1, -1, 1, 1});
}

PrincipalDirections VaeNetwork::principalDirections() const {
    const torch::NoGradGuard noGrad;
    const std::int64_t codes = m_vae.codeChannels();
    if (!m_sampling.measuredCodes)
        return PrincipalDirections::of(torch::zeros({codes}), torch::eye(codes));
    // The covariance of white noise under the kernel, at a lag of zero.
    const torch::Tensor kernel = found(codeKernel).to(torch::kFloat64);
    return PrincipalDirections::of(found(codeMean),
                                   torch::einsum("abyx,cbyx->ac", {kernel, kernel}));
}

torch::Tensor VaeNetwork::render(std::span<const LatentPoint> points, const Frame& frame) const {
    Draw draw;
    for (const LatentPoint& point : points)
        draw.seeds.push_back(point.seed);
    draw.height = frame.height;
    draw.width = frame.width;
    draw.device = frame.device;
    draw.beforeStep = [] {};
    const torch::Tensor codes = drawCodes(draw);
    const PrincipalDirections axes = principalDirections();
    for (std::size_t i = 0; i < points.size(); ++i) {
        const torch::Tensor shift = axes.shift(points[i]);
        if (shift.defined())
            codes[static_cast<std::int64_t>(i)].add_(shift.view({-1, 1, 1}));
    }
    return imagesOf(codes, draw);
}

torch::Tensor VaeNetwork::make(const Draw& draw) const {
    return imagesOf(drawCodes(draw), draw);
}

torch::Tensor VaeNetwork::imagesOf(const torch::Tensor& codes, const Draw& draw) const {
    const Gaussian pixels = m_vae.decode(codes.to(draw.device), Pass{});
    if (m_sampling.noise <= 0.0)
        return pixels.mean;
    draw.beforeStep();
    const torch::Tensor noise =
        m_noise.drawn(seedsFor(draw.seeds, Purpose::noise), draw.height, draw.width);
    return pixels.mean +
           noise.to(draw.device) * ResidualNoise::scale(pixels.logVariance) * m_sampling.noise;
}

std::optional<Json> VaeFamily::preset(std::string_view name) const {
    const auto config = vaePreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json VaeFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(vaeFromJson(settings, subject));
}

std::int64_t VaeFamily::trainingMultiple(const Json& settings) const {
    return configOf(settings).network.sizeMultiple();
}

int VaeFamily::partsFor(const Json& settings, int /*workers*/) const {
    return std::clamp(configOf(settings).training.batch / kImagesPerPart, 1, kMaximumParts);
}

std::unique_ptr<ModelNetwork> VaeFamily::network(const Json& settings,
                                                 const NetworkPurpose& purpose) const {
    return std::make_unique<VaeNetwork>(configOf(settings), purpose);
}

std::unique_ptr<TrainingStep>
VaeFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    return std::make_unique<VaeStep>(configOf(settings).training, training, std::move(setup));
}

} // namespace likeness
