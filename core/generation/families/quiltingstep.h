// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/quilting.h"

namespace likeness {

/// Stores a batch of crops, until the store is full. No weights, no gradient.
class QuiltingStep : public TrainingStep {
public:
    QuiltingStep(const QuiltingConfig& config, const Family::Training& training, StepSetup setup);

    Report run(Optimizer& optimizer, const Optimizer::Step& step, double fraction) override;

    void rehearse() override {}

    bool splitFurther() override { return false; }

    [[nodiscard]] int parts() const noexcept override { return m_setup.parts; }

    [[nodiscard]] double shareDone() const override;

    /// "all": the share of the store that is still empty.
    [[nodiscard]] Json losses() const override { return {{"all", 1.0 - shareDone()}}; }

    [[nodiscard]] Json saveLosses() const override { return losses(); }

    void loadLosses(const Json& /*saved*/) override {}

private:
    std::int64_t m_batch;
    QuiltingNetwork& m_network;
    const CropSource& m_crops;
    std::int64_t m_used = 0;
};

} // namespace likeness
