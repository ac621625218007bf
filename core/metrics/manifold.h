// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/metrics/features.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// Precision and recall (Kynkaanniemi et al. 2019), density and coverage (Naeem et al. 2020). A
/// sample's ball reaches to its k-th neighbour in its own set (itself not counted); "inside" is
/// strictly nearer than the radius. Distances are exact Euclidean in float64. The per-row vectors
/// are what the four numbers average over.
struct ManifoldResult {
    double precision = 0.0; ///< share of synthetic rows inside at least one real ball
    double recall = 0.0;    ///< share of real rows inside at least one synthetic ball
    double density =
        0.0; ///< mean number of real balls that hold a synthetic row, over k; may exceed 1
    double coverage = 0.0;            ///< share of real balls that hold a synthetic row
    std::vector<double> perSynthetic; ///< number of real balls that hold the row
    std::vector<double> perReal;      ///< 1 if inside a synthetic ball
    std::vector<double> perRealBall;  ///< 1 if the row's ball holds a synthetic row
};

/// Throws Error(config) unless 1 <= k < rows of both sets.
[[nodiscard]] ManifoldResult
manifold(const FeatureMatrix& real, const FeatureMatrix& synthetic, int k, JobContext& job);

struct Neighbours {
    std::vector<std::int64_t> index; ///< nearest row of the reference; ties go to the lowest index
    std::vector<double> distance;    ///< Euclidean
};

/// Nearest reference row of every query row. `skipSelf`: query and reference are one matrix and a
/// row is not its own neighbour.
[[nodiscard]] Neighbours nearestRows(const FeatureMatrix& query,
                                     const FeatureMatrix& reference,
                                     bool skipSelf,
                                     JobContext& job);

struct AuthenticityResult {
    double authenticity = 0.0;
    std::vector<double> perSynthetic; ///< 1 if authentic
};

/// Share of synthetic rows that are not nearer to their nearest training row than that row is to
/// its own nearest training neighbour (after Alaa et al. 2022). Low values speak of copies. Search
/// the training split.
[[nodiscard]] AuthenticityResult
authenticity(const FeatureMatrix& training, const FeatureMatrix& synthetic, JobContext& job);

/// Mean over the rows of `a` of the smallest 1 - |cos| to a row of `b`: the memorisation term of
/// MiFID.
[[nodiscard]] double
meanNearestCosine(const FeatureMatrix& a, const FeatureMatrix& b, JobContext& job);

} // namespace likeness
