// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/fieldstatistic.h"
#include "core/generation/families/gaussianfield.h"

namespace likeness {

/// Counts a batch of crops: the grey histogram until enough have been seen, then the products of
/// the statistic that the histogram decides. No weights, no gradient.
class GaussianFieldStep : public TrainingStep {
public:
    GaussianFieldStep(const GaussianFieldConfig& config,
                      const Family::Training& training,
                      StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;

    void rehearse() override {}

    bool splitFurther() override { return false; }

    [[nodiscard]] int parts() const noexcept override { return m_setup.parts; }

    [[nodiscard]] double shareDone() const override;

    /// "all": standard error of the statistic that is being counted, root mean square over its
    /// entries; "s2": what GaussianFieldNetwork::fit returned.
    [[nodiscard]] Json losses() const override { return m_losses; }

    [[nodiscard]] Json saveLosses() const override { return m_losses; }

    void loadLosses(const Json& saved) override { m_losses = saved; }

    void measure() override;

private:
    [[nodiscard]] torch::Tensor countOf(const torch::Tensor& crops) const;
    void takeIn(const torch::Tensor& mean, std::int64_t crops);

    GaussianFieldConfig m_config;
    GaussianFieldNetwork& m_network;
    const CropSource& m_crops;
    WorkerPool& m_pool;
    std::array<std::int64_t, 2> m_seen{}; ///< crops: of the histogram, of the products
    std::optional<FieldStatistic> m_statistic;
    Json m_losses = {{"all", 1.0}};
};

} // namespace likeness
