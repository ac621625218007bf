// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "core/base/json.h"
#include "core/imaging/image.h"
#include "core/structure/indicator.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace likeness {

struct ComparingOptions {
    Domain domain = Domain::rock;
    std::optional<double> threshold; ///< absent: Otsu of the real set, for all sets; none for masks
    std::optional<Phase> phase;      ///< absent: defaultPhase()
    std::int64_t maximumLag = 24;    ///< of S2
    int bootstrap = 1000;
    std::uint64_t seed = 0;
};

/// Images of one set. `groups` says which belong together (specimens) when the real set is halved;
/// empty: the first half against the second, because neighbouring slices are nearly one picture.
struct ComparedSet {
    std::vector<Volume> images;
    std::vector<std::string> groups;
};

struct DistanceEstimate {
    double value = 0.0;
    std::optional<double> lo; ///< 95 %; absent where a set has fewer than 5 images
    std::optional<double> hi;
};

struct MeanAndSd {
    double mean = 0.0;
    double sd = 0.0; ///< n - 1; 0 for one
    std::int64_t n = 0;
};

/// One descriptor of two sets and more. Scalars: `distance` is |synthetic mean - real mean|. Curves
/// ("s2_rmse", "spectrum_rmse"): root mean square difference of the sets' mean curves; mean and sd
/// are then of the samples' own means over the curve.
struct DescriptorDistance {
    std::string name;
    std::string unit; ///< "1", "px", "1/px", "1/px^2", "dB"
    MeanAndSd real;
    MeanAndSd synthetic;
    std::optional<MeanAndSd> heldOut;
    std::optional<DistanceEstimate> difference; ///< synthetic minus real, of scalars
    DistanceEstimate distance;
    std::optional<double> distanceHeldOut; ///< synthetic against held-out
    std::optional<double> realHeldOut;     ///< real against held-out: what no model can be below
    std::optional<double> realHalves;      ///< one half of the real set against the other
};

struct ComparedCurve {
    std::string name;
    std::vector<double> x;
    std::vector<double> real;
    std::vector<double> synthetic;
    std::vector<double> heldOut; ///< empty without that set
};

/// A figure of synthetic volumes (see compareVolumes).
struct VolumeFigure {
    std::string name;
    std::optional<MeanAndSd> real;
    MeanAndSd synthetic;
    std::optional<double> distance;
};

struct SetComparison {
    std::vector<DescriptorDistance> descriptors; ///< "porosity", "s2_rmse", "spectrum_rmse" first
    std::vector<ComparedCurve> curves;           ///< "s2", "spectrum"
    std::vector<VolumeFigure> volumes;           ///< empty unless the synthetic set holds volumes
    std::optional<double> threshold;
    Json conventions = Json::object();

    [[nodiscard]] const DescriptorDistance* find(const std::string& name) const;
};

/// The structure of two sets of 2-D images; volumes count as their slices along z. S2 (mean of both
/// axes, open boundary, all pairs of an image counted alike) is taken of whole images; everything
/// else of pieces of the largest size that all images hold (piecesOf). Intervals resample images
/// with all their pieces; that of a difference is a percentile interval, that of a curve's distance
/// the confidence ball of compareStructure. Throws Error(config) for empty sets, other pixel types,
/// masks against grey images, lags that do not fit; Error(numeric) for constant real images.
[[nodiscard]] SetComparison compareSets(const ComparedSet& real,
                                        const ComparedSet& synthetic,
                                        const ComparedSet& heldOut,
                                        const ComparingOptions& options,
                                        JobContext& job);

} // namespace likeness
