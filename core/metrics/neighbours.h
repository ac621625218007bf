// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/imaging/image.h"
#include "core/metrics/templatesearch.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

struct NeighbourOptions {
    Orientations orientations = Orientations::square8;
    /// Edge of what is looked for; absent: the shorter side of the smallest synthetic image, at
    /// most half the shorter side of the smallest training image, so that a shifted copy is found.
    std::optional<std::int64_t> piece;
    std::int64_t mostHeldOut = 512; ///< held-out crops that are looked for
    int bootstrap = 1000;
    std::uint64_t seed = 0;
    int threads = 1;
    std::int64_t maximumBytes = std::int64_t{1} << 30; ///< of transformed training images at once
};

/// A sample with the piece of the training set that is most like it.
struct Neighbour {
    std::size_t sample = 0;  ///< volume of its set
    std::int64_t slice = 0;  ///< of that volume
    double distance = 1.0;   ///< 1 - correlation, 0 for a copy
    std::size_t nearest = 0; ///< training volume
    TemplateMatch match;     ///< image: slice of that volume
    std::int64_t pieceX = 0; ///< the piece of the sample that was matched
    std::int64_t pieceY = 0;
    /// The distance of the held-out crop of the same rank: what a new real image would have in its
    /// place. Absent without held-out crops.
    std::optional<double> heldOutDistance;
};

/// Whether generated images are copies of training images: distances to the nearest training
/// window, against those of real crops that the model never saw (Sec. "Memorisation" of the
/// manual). A slice of a volume counts as a sample.
struct MemorisationCheck {
    std::vector<Neighbour> pairs;   ///< one per synthetic sample
    std::vector<Neighbour> heldOut; ///< one per held-out crop
    std::int64_t piece = 0;

    /// Share of the synthetic samples that are nearer than all but the nearest hundredth of the
    /// held-out crops, rounded up to whole crops. Absent without held-out crops.
    std::optional<double> copyRate;
    std::optional<double> lo; ///< 95 %: bootstrap over both sets, or Wilson's where that is wider
    std::optional<double> hi;
    double expectedRate = 0.0; ///< of new real images: k / (n + 1), k of n crops being nearer
    double threshold = 0.0;    ///< distance below which a sample counts as a copy

    /// Probability that a synthetic sample is nearer than a held-out crop; 0.5 without
    /// memorisation.
    std::optional<double> nearerProbability;
    Json conventions = Json::object();
};

/// `heldOut` empty: the last quarter of the training slices stands for it and is looked for in the
/// others; neighbouring slices of one stack then make copying look more normal than it is. Every
/// sample is cut into a grid of square pieces and counts with its nearest one. RGB as luma. Throws
/// Error(config) for empty sets, a piece that does not fit, or pixel types that differ.
[[nodiscard]] MemorisationCheck checkMemorisation(std::span<const Volume> training,
                                                  std::span<const Volume> synthetic,
                                                  std::span<const Volume> heldOut,
                                                  const NeighbourOptions& options,
                                                  JobContext& job);

} // namespace likeness
