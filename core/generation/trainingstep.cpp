// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/trainingstep.h"

#include "core/generation/losses/edm.h"
#include "core/generation/noise.h"

#include <algorithm>
#include <chrono>
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

std::uint64_t seedOf(std::uint64_t seed, std::int64_t step, std::int64_t image) {
    return derivedSeed(derivedSeed(seed, static_cast<std::uint64_t>(step)),
                       static_cast<std::uint64_t>(image));
}

} // namespace

TrainingStep::TrainingStep(UNet& network, const CropSource& crops, WorkerPool& pool, Setup setup)
    : m_network(network)
    , m_crops(crops)
    , m_pool(pool)
    , m_setup(std::move(setup))
    , m_parameters(network.parameters().tensors()) {
    m_setup.chunks = std::clamp(m_setup.chunks, 1, m_setup.config.batch);
    allocate();
}

void TrainingStep::allocate() {
    m_gradients.clear();
    for (int i = 0; i < m_setup.chunks; ++i)
        m_gradients.push_back(torch::empty_like(m_network.parameters().flat()));
}

bool TrainingStep::splitFurther() {
    if (m_setup.chunks >= m_setup.config.batch)
        return false;
    m_setup.chunks = std::min(m_setup.chunks * 2, m_setup.config.batch);
    allocate();
    return true;
}

void TrainingStep::overChunks(const std::function<void(int)>& work) {
    m_pool.run([&](int worker) {
        for (int chunk = worker; chunk < m_setup.chunks; chunk += m_pool.size())
            work(chunk);
    });
}

std::vector<float> TrainingStep::noiseLevelsOf(std::int64_t step) const {
    // One level from each of `batch` equally likely bands: the same distribution, less variance
    // from step to step.
    Random random(seedOf(m_setup.seed, step, -1), "generation.sigma");
    const double offset = random.uniform();
    std::vector<float> sigmas;
    for (int i = 0; i < m_setup.config.batch; ++i) {
        const double share = std::clamp((i + offset) / m_setup.config.batch, 1e-9, 1.0 - 1e-9);
        sigmas.push_back(static_cast<float>(std::exp(
            m_setup.config.noiseMean + m_setup.config.noiseSpread * normalQuantile(share))));
    }
    return sigmas;
}

void TrainingStep::gradientOfChunk(int chunk, std::int64_t step) {
    const std::int64_t first = std::int64_t{chunk} * m_setup.config.batch / m_setup.chunks;
    const std::int64_t last = std::int64_t{chunk + 1} * m_setup.config.batch / m_setup.chunks;
    const std::int64_t count = last - first;
    const std::vector<std::int64_t> shape{count, m_setup.channels, m_setup.size, m_setup.size};
    torch::Tensor clean = torch::empty(shape, torch::kFloat32);
    torch::Tensor noise = torch::empty(shape, torch::kFloat32);
    torch::Tensor sigmas = torch::empty({count}, torch::kFloat32);
    const std::int64_t values = m_crops.valuesPerCrop();
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint64_t seed = seedOf(m_setup.seed, step, first + i);
        m_crops.draw(seed, clean.data_ptr<float>() + i * values);
        fillNormal({noise.data_ptr<float>() + i * values, static_cast<std::size_t>(values)}, seed);
        sigmas.data_ptr<float>()[i] = m_report.sigmas[static_cast<std::size_t>(first + i)];
    }
    const Pass pass{m_setup.bfloat16, true, seedOf(m_setup.seed, step, first)};
    const torch::Tensor losses =
        denoisingLosses(m_network, m_setup.sigmaData, clean.to(m_setup.device),
                        noise.to(m_setup.device), sigmas.to(m_setup.device), pass);
    const torch::Tensor loss = losses.sum() / static_cast<double>(m_setup.config.batch);
    const auto gradients = torch::autograd::grad({loss}, m_parameters);
    const torch::NoGradGuard noGrad;
    const torch::Tensor& flat = m_gradients[static_cast<std::size_t>(chunk)];
    std::int64_t offset = 0;
    for (const torch::Tensor& gradient : gradients) {
        flat.narrow(0, offset, gradient.numel()).copy_(gradient.reshape({-1}));
        offset += gradient.numel();
    }
    const torch::Tensor host = losses.detach().to(torch::kCPU).contiguous();
    std::copy_n(host.data_ptr<float>(), count, m_report.losses.begin() + first);
}

void TrainingStep::gradients(std::int64_t step) {
    m_report.sigmas = noiseLevelsOf(step);
    m_report.losses.assign(m_report.sigmas.size(), 0.0F);
    overChunks([&](int chunk) {
        if (!m_stop.stop_requested())
            gradientOfChunk(chunk, step);
    });
}

Optimizer::Piece TrainingStep::pieceOf(int chunk) const {
    const std::int64_t total = m_gradients.front().numel();
    const std::int64_t begin = total * chunk / m_setup.chunks;
    return {begin, total * (chunk + 1) / m_setup.chunks - begin};
}

double TrainingStep::sumGradients() {
    std::vector<double> squares(static_cast<std::size_t>(m_setup.chunks));
    overChunks([&](int chunk) {
        const torch::NoGradGuard noGrad;
        const auto [begin, size] = pieceOf(chunk);
        torch::Tensor sum = m_gradients.front().narrow(0, begin, size);
        for (std::size_t i = 1; i < m_gradients.size(); ++i)
            sum.add_(m_gradients[i].narrow(0, begin, size));
        squares[static_cast<std::size_t>(chunk)] = torch::dot(sum, sum).item<double>();
    });
    double total = 0.0;
    for (const double square : squares)
        total += square;
    return std::sqrt(total);
}

TrainingStep::Report TrainingStep::run(Optimizer& optimizer, const Optimizer::Step& step) {
    gradients(step.number);
    m_report.abandoned = m_stop.stop_requested();
    m_report.updated = false;
    if (m_report.abandoned)
        return m_report;
    m_report.gradientNorm = sumGradients();
    m_report.updated = std::isfinite(m_report.gradientNorm) &&
                       std::all_of(m_report.losses.begin(), m_report.losses.end(),
                                   [](float loss) { return std::isfinite(loss); });
    if (m_report.updated) {
        Optimizer::Step clipped = step;
        clipped.gradientScale =
            std::min(1.0, m_setup.config.clipNorm / (m_report.gradientNorm + 1e-12));
        overChunks([&](int chunk) {
            optimizer.update(m_network.parameters().flat(), m_gradients.front(), clipped,
                             pieceOf(chunk));
        });
    }
    return m_report;
}

double TrainingStep::timeGradient(bool bfloat16, int rounds) {
    using Clock = std::chrono::steady_clock;
    const bool before = m_setup.bfloat16;
    m_setup.bfloat16 = bfloat16;
    double best = INFINITY;
    for (int i = 0; i < rounds; ++i) {
        const auto start = Clock::now();
        gradients(1);
        best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
    }
    m_setup.bfloat16 = before;
    return best;
}

} // namespace likeness
