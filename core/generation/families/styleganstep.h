// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/adversarial.h"
#include "core/generation/families/augmentation.h"
#include "core/generation/families/stylegan.h"

namespace likeness {

/// One update of the discriminator and one of the generator, both from the weights as they were.
/// Non-saturating logistic loss; every r1Every-th step the discriminator's squared gradient on real
/// images is held down, every pathLengthEvery-th step the spread of how far an image moves with its
/// style (Karras et al. 2020). Some images get two styles, from a level of their own.
class StyleGanStep : public TrainingStep {
public:
    StyleGanStep(const StyleGanTraining& config, const Family::Training& training, StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;
    void rehearse() override;
    bool splitFurther() override;

    [[nodiscard]] int parts() const noexcept override { return m_generator.parts(); }

    [[nodiscard]] Json losses() const override;
    [[nodiscard]] Json saveLosses() const override;
    void loadLosses(const Json& saved) override;

    [[nodiscard]] std::optional<std::string> warning() const override {
        return collapseWarning(m_means, kCollapsed);
    }

    /// The principal directions of w.
    void measure() override;

private:
    /// Of the discriminator's running loss, which is 2 ln 2 while it knows nothing.
    static constexpr double kCollapsed = 0.14;

    struct Generated {
        torch::Tensor images;
        torch::Tensor styles; ///< of each level
    };

    [[nodiscard]] torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                  std::int64_t step);
    [[nodiscard]] torch::Tensor generatorLoss(const BatchGradient::Part& part, std::int64_t step);
    [[nodiscard]] Generated generated(const std::vector<std::uint64_t>& seeds,
                                      const Pass& pass) const;
    [[nodiscard]] torch::Tensor stylesOf(const std::vector<std::uint64_t>& seeds) const;
    [[nodiscard]] torch::Tensor pathPenalty(const Generated& made,
                                            const BatchGradient::Part& part,
                                            const std::vector<std::uint64_t>& seeds);
    [[nodiscard]] torch::Tensor shown(const torch::Tensor& images,
                                      const std::vector<std::uint64_t>& seeds) const;
    [[nodiscard]] bool penalisesSlopes(std::int64_t step) const noexcept;
    [[nodiscard]] bool penalisesPaths(std::int64_t step) const noexcept;
    void begin();
    void keepFigures(std::int64_t step);

    StyleGanTraining m_config;
    StyleGanNetwork& m_network;
    const CropSource& m_crops;
    double m_r1Weight;
    BatchGradient m_discriminator;
    BatchGradient m_generator;
    RunningMeans m_means;
    AdversarialFigures m_figures;      ///< of the step in hand
    std::vector<double> m_pathLengths; ///< sums per part of the step in hand
    double m_pathLength = 0.0;         ///< running mean that lengths are held to
    double m_probability = 1.0;        ///< of augmentation
};

} // namespace likeness
