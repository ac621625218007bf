// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/batchgradient.h"
#include "core/generation/families/adversarial.h"
#include "core/generation/families/structureguide.h"
#include "core/generation/trainingstep.h"

#include <string>

namespace likeness {

/// One update of the discriminator and one of the generator, both from the weights as they were, so
/// that a step is done whole or not at all. What is generated, shown and lost is a family's own.
class AdversarialStep : public TrainingStep {
public:
    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;
    void rehearse() override;
    bool splitFurther() override;

    [[nodiscard]] int parts() const noexcept override { return m_generator.parts(); }

    /// The running means, with the discriminator's loss as "all".
    [[nodiscard]] Json losses() const override;

    [[nodiscard]] Json saveLosses() const override { return m_means.save(); }

    void loadLosses(const Json& saved) override { m_means.load(saved); }

    [[nodiscard]] std::optional<std::string> warning() const override;

protected:
    struct Players {
        const Parameters& parameters;
        WorkerPool& pool;
        std::string discriminator; ///< what the names of their parameters begin with
        std::string generator;
    };

    struct Rules {
        int batch = 16;
        int perPart = 1;                ///< parts of a batch hold multiples of this
        double discriminatorRate = 1.0; ///< its learning rate by the generator's
        double clipNorm = 1.0;
        double collapsed = 0.0;     ///< running loss below which the discriminator tells nearly all
        const char* penalty = "r1"; ///< the word for the squared slopes among the losses
    };

    AdversarialStep(const Rules& rules, const Players& players, StepSetup setup);

    /// The part's share of the loss of the whole batch; both fill in the part's figures. The
    /// discriminator's is computed first, with the same weights.
    [[nodiscard]] virtual torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                          std::int64_t step) = 0;
    [[nodiscard]] virtual torch::Tensor generatorLoss(const BatchGradient::Part& part,
                                                      std::int64_t step) = 0;

    /// Whether the discriminator's slopes are held down in this step.
    [[nodiscard]] virtual bool penalised(std::int64_t step) const noexcept = 0;

    /// Before the parts of a step.
    virtual void begin() { m_figures.begin(parts()); }

    /// After the update of a step.
    virtual void keepFigures(std::int64_t step);

    /// Its distance becomes "structure" among the losses. While critics have not their full weight
    /// it is no alarm that they tell nearly all.
    void keepGuidance(Guidance& guidance, std::int64_t step);

    /// Figures of which this process has set those of its own parts.
    void shareOut(std::span<double> figures) const { m_generator.shareOut(figures); }

    [[nodiscard]] Pass pass() const noexcept { return {m_setup.bfloat16, true, 0}; }

    /// Kinds of draws: seedsFor().
    enum Purpose : std::uint64_t {
        realView = 11,
        fakeView = 12,
        fakeForDiscriminator = 13,
        fakeForGenerator = 14 ///< families have kinds of their own from 15
    };

    AdversarialFigures m_figures; ///< of the step in hand
    RunningMeans m_means;

private:
    Rules m_rules;
    bool m_guided = false; ///< the critics had not their full weight in the last step
    BatchGradient m_discriminator;
    BatchGradient m_generator;
};

} // namespace likeness
