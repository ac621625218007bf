// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/vae.h"
#include "core/generation/runningmeans.h"

namespace likeness {

/// One step of training the VAE on a batch of crops: the negative log-likelihood of the pixels
/// under the decoder's mean and variance, and the divergence of the codes from independent normal
/// ones. Figures are per pixel.
class VaeStep : public TrainingStep {
public:
    VaeStep(const VaeTraining& config, const Family::Training& training, StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;
    void rehearse() override;

    bool splitFurther() override { return m_gradient.splitFurther(); }

    [[nodiscard]] int parts() const noexcept override { return m_gradient.parts(); }

    [[nodiscard]] Json losses() const override { return m_means.means(); }

    [[nodiscard]] Json saveLosses() const override { return m_means.save(); }

    void loadLosses(const Json& saved) override { m_means.load(saved); }

    /// Codes and residuals of some crops.
    void measure() override;

private:
    [[nodiscard]] torch::Tensor lossOf(const BatchGradient::Part& part, std::int64_t step);
    [[nodiscard]] bool gradient(std::int64_t step, double fraction);

    VaeTraining m_config;
    VaeNetwork& m_network;
    const CropSource& m_crops;
    WorkerPool& m_pool;
    BatchGradient m_gradient;
    RunningMeans m_means;
    double m_klWeight = 1.0;         ///< of the step in hand
    std::vector<float> m_likelihood; ///< of the images of the step in hand
    std::vector<float> m_divergence;
};

} // namespace likeness
