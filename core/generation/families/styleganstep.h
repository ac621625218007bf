// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/adversarialstep.h"
#include "core/generation/families/augmentation.h"
#include "core/generation/families/stylegan.h"

namespace likeness {

/// Non-saturating logistic loss; every r1Every-th step the discriminator's squared gradient on real
/// images is held down, every pathLengthEvery-th step the spread of how far an image moves with its
/// style (Karras et al. 2020). Some images get two styles, from a level of their own.
class StyleGanStep : public AdversarialStep {
public:
    StyleGanStep(const StyleGanTraining& config, const Family::Training& training, StepSetup setup);

    [[nodiscard]] Json losses() const override;
    [[nodiscard]] Json saveLosses() const override;
    void loadLosses(const Json& saved) override;

    /// The principal directions of w.
    void measure() override;

private:
    struct Generated {
        torch::Tensor images;
        torch::Tensor styles; ///< of each level
    };

    [[nodiscard]] torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                  std::int64_t step) override;
    [[nodiscard]] torch::Tensor generatorLoss(const BatchGradient::Part& part,
                                              std::int64_t step) override;
    [[nodiscard]] Generated generated(const std::vector<std::uint64_t>& seeds,
                                      const Pass& pass) const;
    [[nodiscard]] torch::Tensor stylesOf(const std::vector<std::uint64_t>& seeds) const;
    [[nodiscard]] torch::Tensor pathPenalty(const Generated& made,
                                            const BatchGradient::Part& part,
                                            const std::vector<std::uint64_t>& seeds);
    [[nodiscard]] torch::Tensor shown(const torch::Tensor& images,
                                      const std::vector<std::uint64_t>& seeds) const;
    [[nodiscard]] bool penalised(std::int64_t step) const noexcept override;
    [[nodiscard]] bool penalisesPaths(std::int64_t step) const noexcept;
    void begin() override;
    void keepFigures(std::int64_t step) override;

    StyleGanTraining m_config;
    StyleGanNetwork& m_network;
    const CropSource& m_crops;
    double m_r1Weight;
    Guidance m_guidance;
    std::vector<double> m_pathLengths; ///< sums per part of the step in hand
    double m_pathLength = 0.0;         ///< running mean that lengths are held to
    double m_probability = 1.0;        ///< of augmentation
};

} // namespace likeness
