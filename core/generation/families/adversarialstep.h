// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/ganconfig.h"
#include "core/generation/networks/gan.h"
#include "core/generation/runningmeans.h"
#include "core/generation/trainingstep.h"

#include <string>

namespace likeness {

/// One update of the discriminator, then one of the generator. Hinge loss (Lim, Ye 2017); every
/// r1Every-th step the discriminator's squared gradient on real images is held down (Mescheder et
/// al. 2018). What the discriminator sees, real and generated alike, is shifted by a random
/// distance (Zhao et al. 2020) and in no other way changed: grey values must mean what they mean.
/// What is generated and shown is a family's own.
class AdversarialStep : public TrainingStep {
public:
    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;
    void rehearse() override;
    bool splitFurther() override;

    [[nodiscard]] int parts() const noexcept override { return m_generator.parts(); }

    [[nodiscard]] Json losses() const override;

    [[nodiscard]] Json saveLosses() const override { return m_means.save(); }

    void loadLosses(const Json& saved) override { m_means.load(saved); }

    [[nodiscard]] std::optional<std::string> warning() const override;

protected:
    struct Players {
        const Parameters& parameters;
        WorkerPool& pool;
        int perPart = 1;           ///< parts of a batch hold multiples of this
        std::string discriminator; ///< what the names of their parameters begin with
        std::string generator;
    };

    AdversarialStep(const GanTraining& config, const Players& players, StepSetup setup);

    /// Sums over the members of a part.
    struct Figures {
        double loss = 0.0;
        double penalty = 0.0;
        double realScore = 0.0;
        double fakeScore = 0.0;

        void scale(double factor) noexcept {
            for (double* figure : {&loss, &penalty, &realScore, &fakeScore})
                *figure *= factor;
        }
    };

    struct Shown {
        const Discriminator& judge;
        torch::Tensor reals;
        torch::Tensor fakes;
    };

    /// The part's share of the loss of the whole batch. The discriminator's is computed first, with
    /// the same weights.
    [[nodiscard]] virtual torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                          std::int64_t step) = 0;
    [[nodiscard]] virtual torch::Tensor generatorLoss(const BatchGradient::Part& part,
                                                      std::int64_t step) = 0;

    /// Sum over the images of hinge loss and penalty; adds to the figures.
    [[nodiscard]] torch::Tensor
    judged(const Shown& shown, std::int64_t step, Figures& figures) const;

    /// Each image moved within its mirrored surroundings by what its seed says.
    [[nodiscard]] torch::Tensor shifted(const torch::Tensor& images,
                                        std::span<const std::uint64_t> seeds) const;

    [[nodiscard]] Pass pass() const noexcept { return {m_setup.bfloat16, true, 0}; }

    [[nodiscard]] Figures& figuresOfDiscriminator(const BatchGradient::Part& part) {
        return m_ofDiscriminator[static_cast<std::size_t>(part.number)];
    }

    [[nodiscard]] Figures& figuresOfGenerator(const BatchGradient::Part& part) {
        return m_ofGenerator[static_cast<std::size_t>(part.number)];
    }

    /// Kinds of draws: seedsFor().
    enum Purpose : std::uint64_t {
        realShift = 11,
        fakeShift = 12,
        fakeForDiscriminator = 13,
        fakeForGenerator = 14 ///< families have kinds of their own from 32
    };

private:
    [[nodiscard]] bool penalised(std::int64_t step) const noexcept;
    [[nodiscard]] double total(double Figures::*figure, const std::vector<Figures>& of) const;
    void keepFigures(std::int64_t step);

    GanTraining m_config;
    BatchGradient m_discriminator;
    BatchGradient m_generator;
    RunningMeans m_means;
    std::vector<Figures> m_ofDiscriminator; ///< per part of the step in hand
    std::vector<Figures> m_ofGenerator;
};

} // namespace likeness
