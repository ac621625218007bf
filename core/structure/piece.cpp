// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/piece.h"

#include "core/structure/chords.h"
#include "core/structure/minkowski.h"
#include "core/structure/planar.h"
#include "core/structure/porosity.h"

#include <cmath>
#include <numbers>

namespace likeness {

namespace {

/// Smaller ones are noise above the threshold.
constexpr std::int64_t kSmallestFibre = 9;

using Values = std::map<std::string, double>;

void addFibres(const Indicator& field, double pixels, const JobContext& job, Values& out) {
    double count = 0.0;
    double whole = 0.0;
    double diameters = 0.0;
    for (const Particle& particle : particlesOf(field, job)) {
        if (particle.pixels < kSmallestFibre)
            continue;
        count += 1.0;
        if (particle.atBorder)
            continue;
        whole += 1.0;
        diameters += std::sqrt(4.0 * static_cast<double>(particle.pixels) / std::numbers::pi);
    }
    out["fibre_count_density"] = count / pixels;
    if (whole > 0.0)
        out["fibre_diameter_mean"] = diameters / whole;
}

void addRoots(const Indicator& field, double pixels, const JobContext& job, Values& out) {
    const SkeletonMeasures skeleton = skeletonMeasures(thinned(field, job));
    out["root_length_density"] = skeleton.length / pixels;
    out["tip_density"] = static_cast<double>(skeleton.tips) / pixels;
    out["branch_point_density"] = static_cast<double>(skeleton.branchPoints) / pixels;
    if (skeleton.length > 0.0)
        out["root_diameter_mean"] = out["porosity"] * pixels / skeleton.length;
}

} // namespace

Values describePiece(const ImageSpan& image, const PieceOptions& options, const JobContext& job) {
    const Indicator field = indicatorOf(image, options.threshold, options.phase);
    const auto pixels = static_cast<double>(field.voxels());
    Values out;
    out["porosity"] = porosity(field);
    out["euler_density"] = static_cast<double>(eulerNumbers(field, job).full) / pixels;
    out["specific_surface"] = boundaryDensity(field);
    for (const auto& [axis, name] : {std::pair{0, "chord_mean_x"}, std::pair{1, "chord_mean_y"}}) {
        const ChordStatistics c = chords(field, axis, 0, job);
        if (c.countInterior > 0)
            out[name] = c.meanInterior;
    }
    if (options.domain == Domain::fibre) {
        addFibres(field, pixels, job, out);
        const OrientationTensor orientation = orientationOf(image);
        out["orientation_axx"] = orientation.xx;
        out["orientation_anisotropy"] = orientation.anisotropy();
    }
    if (options.domain == Domain::root)
        addRoots(field, pixels, job, out);
    return out;
}

} // namespace likeness
