// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace likeness {

/// How far slices are, as a whole, from training slices in what a critic loses sight of first: how
/// often each value is there, and how values at a distance go together. A generator that makes the
/// most frequent kind of patch again and again deceives a critic of single patches for long; here
/// it is far away from the first step on.
class StructureGuide {
public:
    /// `reals`: N x C x S x S, grey values or shares of phases.
    explicit StructureGuide(const torch::Tensor& reals);

    /// A scalar with a gradient, 0 for slices that are alike: the mean over the channels of the
    /// distance of the values' distributions (Wasserstein-1) and of the mean absolute difference of
    /// the autocovariances along both axes at some lags up to half a side, in deviations and
    /// variances of the training slices. `slices`: any number of the same channels and size.
    [[nodiscard]] torch::Tensor distance(const torch::Tensor& slices) const;

private:
    [[nodiscard]] torch::Tensor standardised(const torch::Tensor& slices) const;

    torch::Tensor m_mean;      ///< 1 x C x 1 x 1
    torch::Tensor m_deviation; ///< the same
    torch::Tensor m_values;    ///< means of 64 equal parts of the ordered values, C x 64
    torch::Tensor m_covariances;
};

} // namespace likeness
