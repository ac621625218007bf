// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/gaussianfield.h"

#include "core/base/error.h"
#include "core/generation/families/fieldstatistic.h"
#include "core/generation/families/gaussianfieldstep.h"
#include "core/generation/noisefield.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

constexpr int kCropParts = 8;
constexpr std::int64_t kTrainingMultiple = 8;
constexpr int kCorrections = 12;
constexpr double kCorrection = 0.8; ///< share of what is missing that each round adds
constexpr std::int64_t kJudgedLag = 24;

GaussianFieldConfig configOf(const Json& settings) {
    return gaussianFieldFromJson(settings, "the settings of a Gaussian field");
}

/// One up to three quarters of the radius, then falling to zero: far lags are few and noisy.
double taper(std::int64_t lag, std::int64_t radius) {
    const double share = static_cast<double>(std::abs(lag)) / static_cast<double>(radius + 1);
    constexpr double kFull = 0.75;
    return share <= kFull
               ? 1.0
               : 0.5 + 0.5 * std::cos(std::numbers::pi * (share - kFull) / (1.0 - kFull));
}

torch::Tensor taperOf(std::int64_t radius) {
    torch::Tensor line = torch::empty({2 * radius + 1}, torch::kFloat64);
    for (std::int64_t lag = -radius; lag <= radius; ++lag)
        line.data_ptr<double>()[lag + radius] = taper(lag, radius);
    return line.unsqueeze(0) * line.unsqueeze(1);
}

/// Lags -radius ... radius put on the periodic grid, and taken from it.
torch::Tensor onGrid(const torch::Tensor& lags, std::int64_t radius) {
    const std::int64_t grid = covarianceGrid(radius);
    torch::Tensor all = torch::zeros({lags.size(0), lags.size(1), grid, grid}, torch::kFloat64);
    all.narrow(2, 0, 2 * radius + 1).narrow(3, 0, 2 * radius + 1).copy_(lags);
    return torch::roll(all, {-radius, -radius}, {2, 3});
}

/// The covariance at those lags of white noise through the kernel.
torch::Tensor covarianceOf(const torch::Tensor& kernel, std::int64_t radius) {
    const torch::Tensor f = torch::fft_fft2(kernel.to(torch::kFloat64),
                                            std::vector<std::int64_t>(2, covarianceGrid(radius)));
    const torch::Tensor products = torch::einsum("acyx,bcyx->abyx", {f, torch::conj(f)});
    return torch::roll(torch::real(torch::fft_ifft2(products)), {radius, radius}, {2, 3})
        .narrow(2, 0, 2 * radius + 1)
        .narrow(3, 0, 2 * radius + 1);
}

torch::Tensor mapped(const torch::Tensor& values, const std::function<double(double)>& f) {
    torch::Tensor out = values.to(torch::kFloat64).contiguous().clone();
    double* v = out.data_ptr<double>();
    std::transform(v, v + out.numel(), v, f);
    return out;
}

/// Scores as correlations: ties take from their variance.
torch::Tensor correlationOf(const torch::Tensor& products, std::int64_t radius) {
    const torch::Tensor p = products.to(torch::kFloat64);
    const torch::Tensor deviation =
        p.select(3, radius).select(2, radius).diagonal().clamp_min(1e-12).sqrt();
    return p / (deviation.view({-1, 1, 1, 1}) * deviation.view({1, -1, 1, 1}));
}

/// The mean square of the error along x and y.
double axisError(const torch::Tensor& error, std::int64_t radius) {
    const std::int64_t longest = std::min(radius, kJudgedLag);
    const torch::Tensor lags = error.select(0, 0).select(0, 0);
    const torch::Tensor mean = 0.5 * (lags.select(0, radius) + lags.select(1, radius));
    const torch::Tensor judged = mean.narrow(0, radius, longest + 1);
    return std::sqrt((judged * judged).mean().item<double>());
}

} // namespace

GaussianFieldNetwork::GaussianFieldNetwork(const GaussianFieldConfig& config,
                                           const NetworkPurpose& purpose)
    : m_channels(config.imageChannels)
    , m_radius(std::min<std::int64_t>(config.radius, purpose.size * 5 / 8))
    , m_histogram(m_parameters.add("histogram", torch::zeros({m_channels, kGreyBins})))
    , m_products(m_parameters.add(
          "products", torch::zeros({m_channels, m_channels, 2 * m_radius + 1, 2 * m_radius + 1})))
    , m_seen(m_parameters.add("seen", torch::zeros({2}))) {
    m_measured = {{"kernel", whiteKernel(m_channels, m_radius)}};
}

std::optional<double> GaussianFieldNetwork::fit() {
    const torch::NoGradGuard noGrad;
    if (seen().to(torch::kCPU)[1].item<float>() < 1.0F)
        return std::nullopt;
    const torch::Tensor products = m_products.detach().to(torch::kCPU);
    const bool phases = FieldStatistic(histogram()).ofPhases();
    const double share = phases ? products[0][0][m_radius][m_radius].item<double>() : 0.5;
    const LevelCut cut(std::clamp(share, 1e-6, 1.0 - 1e-6));
    const torch::Tensor wanted =
        (phases ? mapped(products, [&cut](double s2) { return cut.correlation(s2); })
                : correlationOf(products, m_radius)) *
        taperOf(m_radius);
    torch::Tensor asked = wanted.clone();
    torch::Tensor kernel;
    // What is no covariance is left out and the kernel is cut at its radius; asking for more where
    // less comes makes up for both.
    for (int round = 0; round <= kCorrections; ++round) {
        kernel = kernelOf(onGrid(asked, m_radius), m_radius);
        asked = asked + (wanted - covarianceOf(kernel, m_radius)) * kCorrection;
        const torch::Tensor middle = asked.select(3, m_radius).select(2, m_radius);
        middle.copy_(wanted.select(3, m_radius).select(2, m_radius));
    }
    m_measured.front().value.copy_(kernel);
    if (!phases)
        return std::nullopt;
    const torch::Tensor reached =
        mapped(covarianceOf(kernel, m_radius), [&cut](double r) { return cut.twoPoint(r); });
    return axisError(reached - products, m_radius);
}

torch::Tensor GaussianFieldNetwork::make(const Draw& draw) const {
    if (seen().to(torch::kCPU)[0].item<float>() < 1.0F)
        throw Error(ErrorCode::config, "sampling", "the model has seen no crop yet",
                    "train it to the end");
    const auto count = static_cast<std::int64_t>(draw.seeds.size());
    const torch::Tensor white = normalTensor(
        {count, m_channels, draw.height + 2 * m_radius, draw.width + 2 * m_radius}, draw.seeds);
    draw.beforeStep();
    torch::Tensor field = coloured(white, m_measured.front().value).contiguous();
    const torch::Tensor shares = histogram().to(torch::kCPU).contiguous();
    float* values = field.data_ptr<float>();
    for (std::int64_t plane = 0; plane < count * m_channels; ++plane) {
        draw.beforeStep();
        const GreyDistribution grey({shares.data_ptr<float>() + plane % m_channels * kGreyBins,
                                     static_cast<std::size_t>(kGreyBins)});
        for (std::int64_t i = 0; i < draw.height * draw.width; ++i, ++values)
            *values = static_cast<float>(grey.quantile(normalShare(static_cast<double>(*values))));
    }
    return field;
}

std::optional<GaussianFieldConfig> gaussianFieldPreset(std::string_view name) {
    GaussianFieldConfig config;
    config.training.batch = 64;
    config.training.learningRate = 0.0;
    config.training.warmUpSteps = 0;
    config.training.decayFraction = 0.0;
    if (name == "demo")
        return config;
    if (name != "workstation" && name != "large")
        return std::nullopt;
    config.radius = name == "large" ? 96 : 64;
    config.crops = 65536;
    return config;
}

Json toJson(const GaussianFieldConfig& config) {
    Json training = toJson(config.training);
    training["crops"] = config.crops;
    return {{"network", {{"image_channels", config.imageChannels}, {"radius", config.radius}}},
            {"training", training}};
}

GaussianFieldConfig gaussianFieldFromJson(const Json& settings, const std::string& subject) {
    GaussianFieldConfig config;
    const Json& network = requiredSection(settings, "network", subject);
    config.imageChannels = boundedInt(network, "image_channels", 1, 4, subject);
    config.radius = boundedInt(network, "radius", 2, 256, subject);
    const Json& training = requiredSection(settings, "training", subject);
    config.training = scheduleFromJson(training, subject);
    config.crops = boundedInt(training, "crops", 1, 1 << 24, subject);
    return config;
}

std::optional<Json> GaussianFieldFamily::preset(std::string_view name) const {
    const auto config = gaussianFieldPreset(name);
    return config ? std::optional<Json>(toJson(*config)) : std::nullopt;
}

Json GaussianFieldFamily::checked(const Json& settings, const std::string& subject) const {
    return toJson(gaussianFieldFromJson(settings, subject));
}

std::int64_t GaussianFieldFamily::trainingMultiple(const Json& /*settings*/) const {
    return kTrainingMultiple;
}

int GaussianFieldFamily::partsFor(const Json& /*settings*/, int /*workers*/) const {
    return kCropParts;
}

std::unique_ptr<ModelNetwork> GaussianFieldFamily::network(const Json& settings,
                                                           const NetworkPurpose& purpose) const {
    return std::make_unique<GaussianFieldNetwork>(configOf(settings), purpose);
}

std::unique_ptr<TrainingStep>
GaussianFieldFamily::step(const Json& settings, const Training& training, StepSetup setup) const {
    return std::make_unique<GaussianFieldStep>(configOf(settings), training, std::move(setup));
}

} // namespace likeness
