// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/distance.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/structure/chords.h"
#include "core/structure/correlation.h"
#include "core/structure/porosity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace likeness {

namespace {

constexpr std::int64_t kDefaultLag = 32;
constexpr std::size_t kFewestForInterval = 5;
constexpr std::array<const char*, 3> kChordNames{"chord_mean_x", "chord_mean_y", "chord_mean_z"};

/// What one sample contributes.
struct Sample {
    double porosity = 0.0;
    std::vector<double> s2; ///< mean over the axes
    std::array<std::optional<double>, 3> chord;
};

/// The two sets cut into samples, and how they are counted.
struct Plan {
    std::vector<ImageSpan> real;
    std::vector<ImageSpan> synthetic;
    int axes = 2;
    std::int64_t maximumLag = 0;
    double threshold = 0.0;
    Phase phase = Phase::dark;
};

std::vector<ImageSpan> samplesOf(std::span<const Volume> set, bool slices) {
    std::vector<ImageSpan> out;
    for (const Volume& volume : set) {
        if (!slices) {
            out.push_back(volume.span());
            continue;
        }
        for (std::int64_t z = 0; z < volume.depth(); ++z)
            out.push_back(volume.span().slice(z));
    }
    return out;
}

double otsuOfSet(std::span<const Volume> set) {
    std::vector<Volume> greys;
    greys.reserve(set.size());
    std::vector<ImageSpan> spans;
    for (const Volume& volume : set) {
        if (volume.channels() != 1)
            greys.push_back(toGrey(volume.span()));
        spans.push_back(volume.channels() == 1 ? volume.span() : greys.back().span());
    }
    return otsuThreshold(spans);
}

void requireSets(std::span<const Volume> real, std::span<const Volume> synthetic) {
    if (real.empty() || synthetic.empty())
        throw Error(ErrorCode::config, "The sets cannot be compared", "one of them is empty");
    for (const auto& set : {real, synthetic})
        for (const Volume& volume : set) {
            if (volume.type() != real.front().type())
                throw Error(ErrorCode::config, "The sets cannot be compared",
                            "their images have different pixel types",
                            "bring both sets to one bit depth");
            if (volume.width() < 2 || volume.height() < 2)
                throw Error(ErrorCode::config, "The sets cannot be compared",
                            "an image is narrower than two pixels", "give larger images");
        }
}

/// All samples are masks, or none is; an all-black or all-white image among grey ones is a grey
/// image.
bool areMasks(std::span<const Volume> real, std::span<const Volume> synthetic) {
    const auto all = [](std::span<const Volume> set) {
        return std::ranges::all_of(set, [](const Volume& v) { return isMask(v.span()); });
    };
    const bool realMasks = all(real);
    if (realMasks != all(synthetic))
        throw Error(ErrorCode::config, "The sets cannot be compared",
                    "one holds masks and the other grey images", "segment both or neither");
    return realMasks;
}

Plan planOf(std::span<const Volume> real,
            std::span<const Volume> synthetic,
            const CompareOptions& options,
            StructureComparison& out) {
    requireSets(real, synthetic);
    const bool masks = areMasks(real, synthetic);
    const auto flat = [](const Volume& v) { return v.depth() == 1; };
    const bool slices = std::ranges::any_of(real, flat) || std::ranges::any_of(synthetic, flat);
    Plan plan{samplesOf(real, slices), samplesOf(synthetic, slices)};
    plan.axes = slices ? 2 : 3;
    out.conventions["samples"] = slices ? "images; volumes count as slices along z" : "volumes";
    std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
    for (const auto& set : {plan.real, plan.synthetic})
        for (const ImageSpan& s : set)
            shortest = std::min({shortest, s.width, s.height, slices ? s.width : s.depth});
    plan.maximumLag = options.maximumLag.value_or(std::min(shortest / 2, kDefaultLag));
    if (plan.maximumLag < 0 || plan.maximumLag >= shortest)
        throw Error(ErrorCode::config, "The sets cannot be compared",
                    "the largest lag does not fit the shortest side", "lower the largest lag");
    plan.phase = options.phase.value_or(defaultPhase(options.domain, masks));
    out.conventions["threshold_method"] = "mask";
    if (options.threshold || !masks) {
        plan.threshold = options.threshold ? *options.threshold : otsuOfSet(real);
        out.threshold = plan.threshold;
        out.conventions["threshold_method"] = options.threshold ? "given" : "otsu of the real set";
    }
    return plan;
}

Sample measure(const ImageSpan& image, const Plan& plan, const JobContext& job) {
    const Indicator field = indicatorOf(image, plan.threshold, plan.phase);
    Sample sample;
    sample.porosity = porosity(field);
    sample.s2.assign(static_cast<std::size_t>(plan.maximumLag + 1), 0.0);
    for (int a = 0; a < plan.axes; ++a) {
        const auto axis = twoPointAxis(field, a, plan.maximumLag, Boundary::open, job);
        for (std::size_t r = 0; r < axis.size(); ++r)
            sample.s2[r] += axis[r] / plan.axes;
        const ChordStatistics c = chords(field, a, 0, job);
        if (c.countInterior > 0)
            sample.chord[static_cast<std::size_t>(a)] = c.meanInterior;
    }
    return sample;
}

std::vector<Sample>
measureAll(const std::vector<ImageSpan>& images, const Plan& plan, JobContext& job) {
    std::vector<Sample> out;
    for (const ImageSpan& image : images) {
        job.throwIfStopped();
        out.push_back(measure(image, plan, job));
        job.report(static_cast<double>(out.size()) / static_cast<double>(images.size()),
                   "Measuring the structure");
    }
    return out;
}

SetSummary summaryOf(const std::vector<double>& values) {
    SetSummary s;
    s.n = static_cast<std::int64_t>(values.size());
    for (const double v : values)
        s.mean += v / static_cast<double>(s.n);
    if (s.n < 2)
        return s;
    double sum = 0.0;
    for (const double v : values)
        sum += (v - s.mean) * (v - s.mean);
    s.sd = std::sqrt(sum / static_cast<double>(s.n - 1));
    return s;
}

double quantile(std::vector<double>& values, double q) {
    std::ranges::sort(values);
    const double position = q * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (position - static_cast<double>(low)) * (values[high] - values[low]);
}

double resampledMean(const std::vector<double>& values, Random& random) {
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i)
        sum += values[static_cast<std::size_t>(random.below(values.size()))];
    return sum / static_cast<double>(values.size());
}

DescriptorComparison compareValues(const std::string& name,
                                   const std::vector<double>& real,
                                   const std::vector<double>& synthetic,
                                   const CompareOptions& options) {
    DescriptorComparison out{name, summaryOf(real), summaryOf(synthetic), {}};
    out.difference.value = out.synthetic.mean - out.real.mean;
    if (std::min(real.size(), synthetic.size()) < kFewestForInterval || options.bootstrap < 1)
        return out;
    Random random(options.seed, "structure." + name);
    std::vector<double> differences;
    for (int b = 0; b < options.bootstrap; ++b) {
        const double mean = resampledMean(synthetic, random);
        differences.push_back(mean - resampledMean(real, random));
    }
    out.difference.lo = quantile(differences, 0.025);
    out.difference.hi = quantile(differences, 0.975);
    return out;
}

using CurveSet = std::vector<Sample>;

std::vector<double> meanCurve(const CurveSet& samples) {
    std::vector<double> out(samples.front().s2.size(), 0.0);
    for (const Sample& s : samples)
        for (std::size_t r = 0; r < out.size(); ++r)
            out[r] += s.s2[r] / static_cast<double>(samples.size());
    return out;
}

/// Adds `sign` times the mean curve of a resampled set.
void addResampled(const CurveSet& samples, double sign, Random& random, std::vector<double>& out) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Sample& s = samples[static_cast<std::size_t>(random.below(samples.size()))];
        for (std::size_t r = 0; r < out.size(); ++r)
            out[r] += sign * s.s2[r] / static_cast<double>(samples.size());
    }
}

double rootMeanSquare(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values)
        sum += v * v;
    return std::sqrt(sum / static_cast<double>(values.size()));
}

void compareCurves(const CurveSet& real,
                   const CurveSet& synthetic,
                   const CompareOptions& options,
                   StructureComparison& out) {
    out.s2Real = meanCurve(real);
    out.s2Synthetic = meanCurve(synthetic);
    std::vector<double> difference(out.s2Real.size());
    for (std::size_t r = 0; r < difference.size(); ++r)
        difference[r] = out.s2Synthetic[r] - out.s2Real[r];
    out.s2Rmse.value = rootMeanSquare(difference);
    if (std::min(real.size(), synthetic.size()) < kFewestForInterval || options.bootstrap < 1)
        return;
    Random random(options.seed, "structure.s2");
    std::vector<double> deviations;
    std::vector<double> deviation(difference.size());
    for (int b = 0; b < options.bootstrap; ++b) {
        for (std::size_t r = 0; r < difference.size(); ++r)
            deviation[r] = -difference[r];
        addResampled(synthetic, 1.0, random, deviation);
        addResampled(real, -1.0, random, deviation);
        deviations.push_back(rootMeanSquare(deviation));
    }
    const double radius = quantile(deviations, 0.95);
    out.s2Rmse.lo = std::max(0.0, out.s2Rmse.value - radius);
    out.s2Rmse.hi = out.s2Rmse.value + radius;
}

/// Values of a descriptor over the samples that have one.
template <typename Get>
std::vector<double> valuesOf(const CurveSet& samples, Get&& get) {
    std::vector<double> out;
    for (const Sample& s : samples)
        if (const std::optional<double> v = get(s))
            out.push_back(*v);
    return out;
}

} // namespace

StructureComparison compareStructure(std::span<const Volume> real,
                                     std::span<const Volume> synthetic,
                                     const CompareOptions& options,
                                     JobContext& job) {
    StructureComparison out;
    const Plan plan = planOf(real, synthetic, options, out);
    out.maximumLag = plan.maximumLag;
    out.phase = plan.phase;
    JobContext first = job.part(0.0, 0.5);
    const CurveSet a = measureAll(plan.real, plan, first);
    JobContext second = job.part(0.5, 1.0);
    const CurveSet b = measureAll(plan.synthetic, plan, second);
    const auto share = [](const Sample& s) { return std::optional<double>(s.porosity); };
    out.descriptors.push_back(
        compareValues("porosity", valuesOf(a, share), valuesOf(b, share), options));
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(plan.axes); ++axis) {
        const auto chord = [axis](const Sample& s) { return s.chord[axis]; };
        const auto x = valuesOf(a, chord);
        const auto y = valuesOf(b, chord);
        if (!x.empty() && !y.empty())
            out.descriptors.push_back(compareValues(kChordNames[axis], x, y, options));
    }
    compareCurves(a, b, options, out);
    out.conventions["phase"] = toString(plan.phase);
    out.conventions["maximum_lag_voxels"] = plan.maximumLag;
    out.conventions["s2"] = "mean over axes, open boundary, mean over samples";
    out.conventions["unit"] = "voxel";
    out.conventions["bootstrap"] = options.bootstrap;
    out.conventions["seed"] = options.seed;
    out.conventions["random"] = Random::kName;
    out.conventions["interval"] =
        "95 %, resampling samples; S2 RMSE: confidence ball of the curve difference, cut at 0";
    return out;
}

} // namespace likeness
