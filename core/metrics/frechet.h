// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/features.h"

#include <vector>

namespace likeness {

/// Mean and covariance (ddof 1) of a feature matrix, float64.
struct GaussianSummary {
    std::vector<double> mean;
    std::vector<double> covariance; ///< dims x dims
    std::int64_t rows = 0;
};

/// Throws Error(numeric) for fewer than two rows.
[[nodiscard]] GaussianSummary summarise(const FeatureMatrix& features);

struct FrechetResult {
    double distance =
        0.0; ///< squared Frechet distance of the two Gaussians, the quantity that FID reports
    double meanTerm = 0.0; ///< |m1 - m2|^2
    double trace1 = 0.0;
    double trace2 = 0.0;
    double traceRoot = 0.0; ///< tr (S1^1/2 S2 S1^1/2)^1/2
    bool rankDeficient =
        false; ///< a set has no more rows than columns: biased upwards, see metrics n
};

/// |m1-m2|^2 + tr S1 + tr S2 - 2 tr sqrt(S1^1/2 S2 S1^1/2) from the eigenvalues of a symmetric
/// matrix (LAPACK dsyevd) in float64; no matrix square root iteration, no ridge, no imaginary part
/// (Dowson and Landau 1982; Heusel et al. 2017). The inner matrix is L^T S2 L (S1 = L L^T, equal
/// eigenvalues) where S1 is safely positive definite. One thread.
[[nodiscard]] FrechetResult frechetDistance(const GaussianSummary& a, const GaussianSummary& b);
[[nodiscard]] FrechetResult frechetDistance(const FeatureMatrix& a, const FeatureMatrix& b);

} // namespace likeness
