// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/families/adversarialstep.h"
#include "core/generation/families/ganconfig.h"
#include "core/generation/networks/gan.h"

#include <cstdint>
#include <span>

namespace likeness {

/// Hinge loss (Lim, Ye 2017); every r1Every-th step the discriminator's squared gradient on real
/// images is held down (Mescheder et al. 2018). What the discriminator sees, real and generated
/// alike, is shifted by a random distance (Zhao et al. 2020) and in no other way changed: grey
/// values must mean what they mean.
class HingeStep : public AdversarialStep {
protected:
    HingeStep(const GanTraining& config, const Players& players, int perPart, StepSetup setup);

    struct Shown {
        const Discriminator& judge;
        torch::Tensor reals;
        torch::Tensor fakes;
    };

    /// Sum over the images of hinge loss and penalty; adds to the part's figures.
    [[nodiscard]] torch::Tensor judged(const Shown& shown, std::int64_t step, int part);

    /// Each image moved within its mirrored surroundings by what its seed says.
    [[nodiscard]] torch::Tensor moved(const torch::Tensor& images,
                                      std::span<const std::uint64_t> seeds) const;

    [[nodiscard]] bool penalised(std::int64_t step) const noexcept override;

private:
    double m_r1Weight;
    int m_r1Every;
    double m_translation;
};

} // namespace likeness
