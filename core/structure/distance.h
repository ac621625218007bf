// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/structure/describe.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

struct CompareOptions {
    Domain domain = Domain::rock;
    std::optional<double> threshold; ///< absent: Otsu of the REAL set, applied to both sets
    std::optional<Phase> phase;
    std::optional<std::int64_t>
        maximumLag; ///< of S2; absent: half the shortest side of all samples, at most 32
    int bootstrap = 1000;
    std::uint64_t seed = 0;
};

struct SetSummary {
    double mean = 0.0;
    double sd = 0.0; ///< over samples, n - 1; 0 for one sample
    std::int64_t n = 0;
};

struct IntervalEstimate {
    double value = 0.0;
    std::optional<double> lo; ///< 95 %; absent when a set has fewer than 5 samples
    std::optional<double> hi;
};

/// One descriptor over the samples of two sets; `difference` is synthetic minus real, resampling
/// whole samples.
struct DescriptorComparison {
    std::string name;
    SetSummary real;
    SetSummary synthetic;
    IntervalEstimate difference;
};

struct StructureComparison {
    std::vector<DescriptorComparison> descriptors; ///< "porosity" first, then chord means
    IntervalEstimate s2Rmse; ///< RMS difference of the sets' mean S2 curves over lags 0..maximumLag
    std::vector<double> s2Real;      ///< set mean of the S2 averaged over the axes (open boundary)
    std::vector<double> s2Synthetic; ///< entry r: lag r voxels
    std::int64_t maximumLag = 0;
    std::optional<double> threshold; ///< absent for masks
    Phase phase = Phase::dark;
    Json conventions = Json::object();

    [[nodiscard]] const DescriptorComparison& porosity() const { return descriptors.front(); }
};

/// Two sets of grey images, masks or volumes. A volume is one sample (its slices are not
/// independent). Porosity difference: percentile bootstrap over samples. S2 RMSE, which cannot be
/// negative: the value minus and plus the 95 % point of the RMS deviation of the bootstrapped mean
/// curve difference from the observed one, cut at 0 (a confidence ball; conservative). Throws
/// Error(config) for empty sets, sets that mix masks and grey images, or different pixel types. If
/// any sample is a single image, volumes count as their slices.
[[nodiscard]] StructureComparison compareStructure(std::span<const Volume> real,
                                                   std::span<const Volume> synthetic,
                                                   const CompareOptions& options,
                                                   JobContext& job);

} // namespace likeness
