// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/gan.h"
#include "core/generation/families/hingestep.h"

namespace likeness {

/// Images against images.
class GanStep : public HingeStep {
public:
    GanStep(const GanTraining& config, const Family::Training& training, StepSetup setup);

private:
    [[nodiscard]] torch::Tensor discriminatorLoss(const BatchGradient::Part& part,
                                                  std::int64_t step) override;
    [[nodiscard]] torch::Tensor generatorLoss(const BatchGradient::Part& part,
                                              std::int64_t step) override;

    double m_share; ///< of an image in the loss
    GanNetwork& m_network;
    const CropSource& m_crops;
};

} // namespace likeness
