// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/comparingvolumes.h"

#include "core/imaging/resample.h"
#include "core/structure/correlation.h"
#include "core/structure/minkowski.h"
#include "core/structure/porosity.h"
#include "db/workflow/setcontrast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace likeness {

namespace {

constexpr std::array<const char*, 3> kAxes{"x", "y", "z"};

bool areThick(std::span<const Volume> images, std::int64_t lag) {
    return !images.empty() && std::ranges::all_of(images, [lag](const Volume& v) {
        return std::min({v.width(), v.height(), v.depth()}) > lag;
    });
}

/// Boxes of the smallest synthetic size that fit into the real volumes.
std::vector<Volume> cubesOf(std::span<const Volume> real, std::span<const Volume> synthetic) {
    Volume::Box size;
    size.width = size.height = size.depth = std::numeric_limits<std::int64_t>::max();
    for (const auto& set : {real, synthetic}) {
        for (const Volume& v : set) {
            size.width = std::min(size.width, v.width());
            size.height = std::min(size.height, v.height());
            size.depth = std::min(size.depth, v.depth());
        }
    }
    std::vector<Volume> cubes;
    for (const Volume& v : real) {
        for (Volume::Box box : gridOfBoxes(v.width(), v.height(), size.width, size.height)) {
            box.depth = size.depth;
            for (box.z = 0; box.z + size.depth <= v.depth(); box.z += size.depth)
                cubes.push_back(v.crop(box));
        }
    }
    return cubes;
}

struct Figures {
    std::array<std::vector<double>, 3> s2; ///< mean curve per axis
    std::map<std::string, std::vector<double>> samples;
};

void addCurve(std::vector<double>& sum, const std::vector<double>& curve, double count) {
    sum.resize(curve.size(), 0.0);
    for (std::size_t r = 0; r < curve.size(); ++r)
        sum[r] += curve[r] / count;
}

Figures figuresOf(const std::vector<Volume>& cubes, const VolumePlan& plan, JobContext& job) {
    Figures out;
    const auto count = static_cast<double>(cubes.size());
    for (const Volume& cube : cubes) {
        job.throwIfStopped();
        const Indicator field = indicatorOf(cube.span(), plan.threshold, plan.phase);
        for (int axis = 0; axis < 3; ++axis) {
            const auto curve = twoPointAxis(field, axis, plan.maximumLag, Boundary::open, job);
            const auto at = static_cast<std::size_t>(axis);
            addCurve(out.s2[at], curve, count);
            out.samples[std::string("s2_rmse_") + kAxes[at]].push_back(meanOf(curve));
        }
        out.samples["euler_26_density"].push_back(
            static_cast<double>(eulerNumbers(field, job).full) /
            static_cast<double>(field.voxels()));
        const Connectivity joined = connectivity(field, Neighbourhood::faces, job);
        for (std::size_t axis = 0; axis < 3; ++axis)
            out.samples[std::string("percolating_") + kAxes[axis]].push_back(
                joined.percolating[axis]);
    }
    return out;
}

/// S2 of flat images, the mean of both axes, in the place of every axis.
Figures flatFigures(std::span<const Volume> real, const VolumePlan& plan, JobContext& job) {
    std::vector<double> mean;
    double slices = 0.0;
    for (const Volume& image : real)
        slices += static_cast<double>(image.depth());
    for (const Volume& image : real) {
        for (std::int64_t z = 0; z < image.depth(); ++z) {
            job.throwIfStopped();
            const Indicator field = indicatorOf(image.span().slice(z), plan.threshold, plan.phase);
            for (int axis = 0; axis < 2; ++axis)
                addCurve(mean, twoPointAxis(field, axis, plan.maximumLag, Boundary::open, job),
                         2.0 * slices);
        }
    }
    Figures out;
    out.s2.fill(mean);
    for (const char* axis : kAxes)
        out.samples[std::string("s2_rmse_") + axis].push_back(meanOf(mean));
    return out;
}

MeanAndSd summaryOf(const std::vector<double>& values) {
    return {meanOf(values), deviationOf(values), static_cast<std::int64_t>(values.size())};
}

std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> out = a;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] -= b[i];
    return out;
}

} // namespace

std::vector<VolumeFigure> compareVolumes(std::span<const Volume> real,
                                         std::span<const Volume> synthetic,
                                         const VolumePlan& plan,
                                         JobContext& job) {
    if (!areThick(synthetic, plan.maximumLag))
        return {};
    const Figures made = figuresOf(cubesOf(synthetic, synthetic), plan, job);
    const Figures known = areThick(real, plan.maximumLag)
                              ? figuresOf(cubesOf(real, synthetic), plan, job)
                              : flatFigures(real, plan, job);
    std::vector<VolumeFigure> out;
    for (const auto& [name, samples] : made.samples) {
        VolumeFigure figure;
        figure.name = name;
        figure.synthetic = summaryOf(samples);
        if (const auto found = known.samples.find(name); found != known.samples.end()) {
            figure.real = summaryOf(found->second);
            figure.distance = std::abs(figure.synthetic.mean - figure.real->mean);
        }
        for (std::size_t axis = 0; axis < 3; ++axis)
            if (name == std::string("s2_rmse_") + kAxes[axis])
                figure.distance = rootMeanSquare(difference(made.s2[axis], known.s2[axis]));
        out.push_back(std::move(figure));
    }
    return out;
}

} // namespace likeness
