// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/metrics/features.h"

namespace likeness {

struct KernelResult {
    double distance = 0.0;      ///< unbiased MMD^2; may be negative
    double standardError = 0.0; ///< two-sample leave-one-out jackknife
};

/// Unbiased squared maximum mean discrepancy with the cubic kernel (x.y / D + 1)^3 over all rows
/// (Binkowski et al. 2018): [sum k(x,x') - tr]/(m(m-1)) + [sum k(y,y') - tr]/(n(n-1)) - 2 mean
/// k(x,y). No random subsets. The standard error is the two-sample jackknife of that statistic.
/// Throws Error(numeric) for fewer than two rows in a set.
[[nodiscard]] KernelResult
kernelDistance(const FeatureMatrix& a, const FeatureMatrix& b, JobContext& job);

} // namespace likeness
