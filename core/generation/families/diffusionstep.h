// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/cropbatch.h"
#include "core/generation/families/diffusion.h"
#include "core/generation/families/diffusionconfig.h"
#include "core/generation/families/family.h"
#include "core/generation/lossmeter.h"

#include <span>

namespace likeness {

/// One step of training the denoiser on a batch of crops.
class DiffusionStep : public TrainingStep {
public:
    DiffusionStep(const DiffusionTraining& config,
                  DiffusionNetwork& network,
                  const Family::Training& training,
                  StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;
    void rehearse() override;

    bool splitFurther() override { return m_gradient.splitFurther(); }

    [[nodiscard]] int parts() const noexcept override { return m_gradient.parts(); }

    [[nodiscard]] Json losses() const override { return m_meter.means(); }

    [[nodiscard]] Json saveLosses() const override { return m_meter.save(); }

    void loadLosses(const Json& saved) override { m_meter.load(saved); }

private:
    [[nodiscard]] bool gradient(std::int64_t step);
    [[nodiscard]] torch::Tensor lossOf(const BatchGradient::Part& part, std::int64_t step);

    [[nodiscard]] MeasuredSpectrum measuredCrops(const Family::Training& training) const;

    DiffusionTraining m_config;
    const DiffusionNetwork& m_network;
    CropBatches m_crops;
    BatchGradient m_gradient;
    LossMeter m_meter;
    std::vector<float> m_losses; ///< of the images of the step in hand
    std::vector<float> m_sigmas;
};

} // namespace likeness
