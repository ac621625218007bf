// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/gan.h"
#include "core/generation/runningmeans.h"

namespace likeness {

/// One update of the discriminator, then one of the generator. Hinge loss (Lim, Ye 2017); every
/// r1Every-th step the discriminator's squared gradient on real images is held down (Mescheder et
/// al. 2018). What the discriminator sees, real and generated alike, is shifted by a random
/// distance (Zhao et al. 2020) and in no other way changed: grey values must mean what they mean.
class GanStep : public TrainingStep {
public:
    GanStep(const GanTraining& config, const Family::Training& training, StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;
    void rehearse() override;
    bool splitFurther() override;

    [[nodiscard]] int parts() const noexcept override { return m_generator.parts(); }

    [[nodiscard]] Json losses() const override;

    [[nodiscard]] Json saveLosses() const override { return m_means.save(); }

    void loadLosses(const Json& saved) override { m_means.load(saved); }

    [[nodiscard]] std::optional<std::string> warning() const override;

private:
    /// Sums over the images of a part.
    struct Figures {
        double loss = 0.0;
        double penalty = 0.0;
        double realScore = 0.0;
        double fakeScore = 0.0;
    };

    [[nodiscard]] torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                  std::int64_t step);
    [[nodiscard]] torch::Tensor generatorLoss(const BatchGradient::Part& part, std::int64_t step);
    [[nodiscard]] torch::Tensor penaltyOf(const torch::Tensor& reals) const;
    [[nodiscard]] torch::Tensor shifted(const torch::Tensor& images,
                                        std::span<const std::uint64_t> seeds) const;
    [[nodiscard]] bool penalised(std::int64_t step) const noexcept;
    [[nodiscard]] double total(double Figures::*figure, const std::vector<Figures>& of) const;
    void keepFigures(std::int64_t step);

    GanTraining m_config;
    GanNetwork& m_network;
    const CropSource& m_crops;
    BatchGradient m_discriminator;
    BatchGradient m_generator;
    RunningMeans m_means;
    std::vector<Figures> m_ofDiscriminator; ///< per part of the step in hand
    std::vector<Figures> m_ofGenerator;
};

} // namespace likeness
