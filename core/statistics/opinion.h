// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/agreement.h"
#include "core/statistics/intervals.h"
#include "core/statistics/quantity.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace likeness {

/// Mean opinion score of one stimulus or condition.
struct MeanOpinion {
    Quantity mean;
    std::optional<double> sd;              ///< N-1
    std::optional<double> halfWidthNormal; ///< 1.96 S / sqrt(N), as ITU-R BT.500
    std::optional<double> halfWidthStudent;
    std::optional<Interval> interval; ///< Student's t
    std::size_t n = 0;
};

/// An empty list has no mean; one score has no interval.
[[nodiscard]] MeanOpinion meanOpinion(std::span<const double> scores, double level = 0.95);

/// Screening of observers by kurtosis (ITU-R BT.500). `scores[stimulus][subject]`, complete.
struct ObserverScreening {
    std::vector<int> above; ///< P: scores at or above the upper limit, per subject
    std::vector<int> below; ///< Q
    std::vector<std::size_t> rejected;
    std::vector<double> mosAfter; ///< per stimulus, over the subjects kept; empty if none is
};
enum class Deviation {
    sample,    ///< N-1, as the Recommendation's text defines S
    population ///< N, as the sureal software
};
[[nodiscard]] ObserverScreening screenObservers(const std::vector<std::vector<double>>& scores,
                                                Deviation deviation);

/// Subject bias and inconsistency by alternating projection (ITU-T P.910 Annex E; sureal).
/// `scores[stimulus][subject]`, empty = missing. Bias is centred to mean 0. Throws Error(numeric)
/// when it does not converge in 10,000 rounds and Error(config) for stimuli or subjects without
/// scores.
struct SubjectModel {
    std::vector<double> mos;           ///< per stimulus
    std::vector<double> mosError;      ///< spread of its unbiased scores (population) / sqrt(n)
    std::vector<double> bias;          ///< per subject
    std::vector<double> inconsistency; ///< per subject
    int iterations = 0;
};

[[nodiscard]] SubjectModel subjectModel(const RatingMatrix& scores);

} // namespace likeness
