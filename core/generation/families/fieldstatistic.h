// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/greyhistogram.h"
#include "core/generation/levelcut.h"

#include <torch/torch.h>

#include <optional>
#include <vector>

namespace likeness {

/// What of a grey value a Gaussian field is matched by: whether it belongs to the dark phase at
/// Otsu's threshold, or its normal score, the deviate of a standard normal variable with as many
/// values below it.
class FieldStatistic {
public:
    /// `histogram`: C x kGreyBins. Phases of grey images of which each phase holds half a per cent
    /// at least; scores otherwise.
    explicit FieldStatistic(const torch::Tensor& histogram);

    [[nodiscard]] bool ofPhases() const noexcept { return m_phases; }

    /// The statistic of each pixel of N x C x H x W units.
    [[nodiscard]] torch::Tensor of(const torch::Tensor& units) const;

private:
    bool m_phases = false;
    std::vector<std::vector<float>> m_table; ///< per channel and bin
};

} // namespace likeness
