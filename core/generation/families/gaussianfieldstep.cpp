// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/gaussianfieldstep.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace likeness {

namespace {

/// Shares of the grey bins, C x kGreyBins.
torch::Tensor histogramOf(const torch::Tensor& crops) {
    const std::int64_t channels = crops.size(1);
    const std::int64_t pixels = crops.size(2) * crops.size(3);
    torch::Tensor shares = torch::zeros({channels, kGreyBins}, torch::kFloat64);
    auto* counts = shares.data_ptr<double>();
    const float* values = crops.data_ptr<float>();
    for (std::int64_t plane = 0; plane < crops.size(0) * channels; ++plane) {
        double* row = counts + plane % channels * kGreyBins;
        for (std::int64_t i = 0; i < pixels; ++i)
            row[greyBin(*values++)] += 1.0;
    }
    return shares / static_cast<double>(crops.size(0) * pixels);
}

/// Means over crops and positions of the products of two channels at each lag up to `radius`, of
/// pairs that lie inside: C x C x (2 radius + 1)^2.
torch::Tensor productsOf(const torch::Tensor& fields, std::int64_t radius) {
    const std::int64_t side = fields.size(2);
    const std::vector<std::int64_t> grid(2, side + radius + (side + radius) % 2);
    const torch::Tensor f = torch::fft_rfft2(fields, grid);
    const torch::Tensor sums =
        torch::fft_irfft2(torch::einsum("nayx,nbyx->abyx", {torch::conj(f), f}), grid);
    const torch::Tensor lags = torch::roll(sums, {radius, radius}, {2, 3})
                                   .narrow(2, 0, 2 * radius + 1)
                                   .narrow(3, 0, 2 * radius + 1);
    const torch::Tensor reach =
        static_cast<double>(side) - torch::abs(torch::arange(-radius, radius + 1, torch::kFloat64));
    const torch::Tensor pairs = reach.unsqueeze(0) * reach.unsqueeze(1);
    return lags.to(torch::kFloat64) / (pairs * static_cast<double>(fields.size(0)));
}

} // namespace

GaussianFieldStep::GaussianFieldStep(const GaussianFieldConfig& config,
                                     const Family::Training& training,
                                     StepSetup setup)
    : TrainingStep(std::move(setup))
    , m_config(config)
    , m_network(dynamic_cast<GaussianFieldNetwork&>(training.network))
    , m_crops(training.crops)
    , m_pool(training.pool) {
    m_setup.device = torch::kCPU;
    const torch::Tensor seen = m_network.seen().to(torch::kCPU);
    for (int i = 0; i < 2; ++i)
        m_seen[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(seen[i].item<float>());
}

double GaussianFieldStep::shareDone() const {
    return static_cast<double>(m_seen[0] + m_seen[1]) / (2.0 * m_config.crops);
}

torch::Tensor GaussianFieldStep::countOf(const torch::Tensor& crops) const {
    return m_statistic ? productsOf(m_statistic->of(crops), m_network.radius())
                       : histogramOf(crops);
}

TrainingStep::Report
GaussianFieldStep::run(Optimizer& optimizer, const Optimizer::Step& step, double /*fraction*/) {
    const torch::NoGradGuard noGrad;
    const bool grey = m_seen[0] < m_config.crops;
    if (!grey && !m_statistic)
        m_statistic.emplace(m_network.histogram());
    const std::int64_t batch =
        std::min<std::int64_t>(m_config.training.batch, m_config.crops - m_seen[grey ? 0 : 1]);
    const std::int64_t parts = std::min<std::int64_t>(m_setup.parts, batch);
    std::vector<torch::Tensor> sums(static_cast<std::size_t>(parts));
    std::atomic<bool> whole{true};
    m_pool.run([&](int worker) {
        const torch::NoGradGuard noGradHere;
        for (std::int64_t part = worker; part < parts; part += m_pool.size()) {
            if (m_stop.stop_requested()) {
                whole = false;
                return;
            }
            const std::int64_t first = batch * part / parts;
            const std::int64_t count = batch * (part + 1) / parts - first;
            const auto seeds = stepSeeds(m_setup.seed, step.number, first, count);
            sums[static_cast<std::size_t>(part)] =
                countOf(cropsOf(m_crops, seeds)) * static_cast<double>(count);
        }
    });
    Report report;
    report.abandoned = !whole;
    if (report.abandoned)
        return report;
    torch::Tensor mean = torch::zeros_like(sums.front());
    for (const torch::Tensor& sum : sums)
        mean += sum;
    takeIn(mean / static_cast<double>(batch), batch);
    optimizer.ema().copy_(m_network.parameters().flat().detach());
    report.updated = true;
    return report;
}

void GaussianFieldStep::takeIn(const torch::Tensor& mean, std::int64_t crops) {
    const std::size_t which = m_statistic ? 1 : 0;
    const torch::Tensor target = m_statistic ? m_network.products() : m_network.histogram();
    const torch::Tensor before = target.to(torch::kCPU).to(torch::kFloat64);
    m_seen[which] += crops;
    const double share = static_cast<double>(crops) / static_cast<double>(m_seen[which]);
    const torch::Tensor change = mean - before;
    target.copy_(before + change * share);
    m_network.seen()
        .select(0, static_cast<std::int64_t>(which))
        .fill_(static_cast<float>(m_seen[which]));
    m_losses["all"] = std::sqrt((change * change).mean().item<double>() * share);
}

void GaussianFieldStep::measure() {
    if (const auto error = m_network.fit())
        m_losses["s2"] = *error;
}

} // namespace likeness
