// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/cropbatch.h"
#include "core/generation/families/latent.h"
#include "core/generation/families/measuredcodes.h"
#include "core/generation/lossmeter.h"
#include "core/generation/runningmeans.h"

namespace likeness {

/// Both stages of training latent diffusion. For its share of the run the autoencoder learns: the
/// negative log-likelihood of the pixels under the decoder's mean and variance, the error of their
/// slopes, and a little of the codes' divergence from independent normal ones. Then its running
/// mean takes its place for good, the codes of crops are measured, and the denoiser learns those
/// codes.
class LatentStep : public TrainingStep {
public:
    LatentStep(const LatentTraining& config, const Family::Training& training, StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;

    /// Of both stages.
    void rehearse() override;

    bool splitFurther() override;

    [[nodiscard]] int parts() const noexcept override { return m_denoiser.parts(); }

    /// "autoencoder_likelihood", "autoencoder_slopes", "autoencoder_divergence" and, in the second
    /// stage, "denoiser_..." as a diffusion model has them; "all" is that of the stage in hand.
    [[nodiscard]] Json losses() const override;
    [[nodiscard]] Json saveLosses() const override;
    void loadLosses(const Json& saved) override;

    /// Codes and residuals of some crops.
    void measure() override;

private:
    [[nodiscard]] bool frozen() const noexcept {
        return m_firstDenoising > 0;
    } ///< in the second stage

    void freeze(Optimizer& optimizer);
    [[nodiscard]] bool autoencoderGradient(std::int64_t step);
    [[nodiscard]] torch::Tensor autoencoderLoss(const BatchGradient::Part& part, std::int64_t step);
    [[nodiscard]] bool denoiserGradient(std::int64_t step);
    [[nodiscard]] torch::Tensor denoiserLoss(const BatchGradient::Part& part, std::int64_t step);
    [[nodiscard]] bool takeAutoencoder(Optimizer& optimizer, Optimizer::Step step, double fraction);
    [[nodiscard]] bool takeDenoiser(Optimizer& optimizer, Optimizer::Step step);

    [[nodiscard]] MeasuredCodes measuredCrops() const;

    LatentTraining m_config;
    LatentNetwork& m_network;
    WorkerPool& m_pool;
    CropBatches m_crops;
    CropBatches m_plainCrops; ///< as they are
    BatchGradient m_autoencoder;
    BatchGradient m_denoiser;
    RunningMeans m_means;              ///< of the first stage
    LossMeter m_meter;                 ///< of the second
    std::int64_t m_firstDenoising = 0; ///< number of the second stage's first step; 0: not yet
    bool m_settled = false;            ///< whether the codes of the frozen autoencoder are measured
    std::vector<std::vector<float>> m_terms; ///< of the images of the step in hand
    std::vector<float> m_losses;
    std::vector<float> m_sigmas;
};

} // namespace likeness
