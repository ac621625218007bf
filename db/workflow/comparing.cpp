// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/comparing.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/metrics/spectrum.h"
#include "core/structure/correlation.h"
#include "core/structure/describe.h"
#include "core/structure/piece.h"
#include "db/workflow/comparingvolumes.h"
#include "db/workflow/pieces.h"
#include "db/workflow/setcontrast.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace likeness {

namespace {

using SeriesByName = std::map<std::string, DescriptorSeries>;

constexpr const char* kS2 = "s2_rmse";
constexpr const char* kSpectrum = "spectrum_rmse";

MeanAndSd summaryOf(const std::vector<double>& values) {
    return {meanOf(values), deviationOf(values), static_cast<std::int64_t>(values.size())};
}

/// What all sets are measured with.
struct Plan {
    PieceOptions piece;
    PieceSize size;
    std::int64_t maximumLag = 24;
};

std::vector<Volume> slicesOf(const ComparedSet& set) {
    std::vector<Volume> slices;
    for (const Volume& image : set.images)
        for (std::int64_t z = 0; z < image.depth(); ++z)
            slices.push_back(Volume::copyOf(image.span().slice(z)));
    return slices;
}

/// Mean over both axes of S2 at lags 0 to the largest.
std::vector<double> s2Of(const ImageSpan& image, const Plan& plan, const JobContext& job) {
    const Indicator field = indicatorOf(image, plan.piece.threshold, plan.piece.phase);
    std::vector<double> s2 = twoPointAxis(field, 0, plan.maximumLag, Boundary::open, job);
    const auto y = twoPointAxis(field, 1, plan.maximumLag, Boundary::open, job);
    // Pairs are counted alike: in an image that is not square one axis has more of them.
    for (std::size_t r = 0; r < s2.size(); ++r) {
        const auto lag = static_cast<std::int64_t>(r);
        const auto alongX = static_cast<double>((image.width - lag) * image.height);
        const auto alongY = static_cast<double>((image.height - lag) * image.width);
        s2[r] = (s2[r] * alongX + y[r] * alongY) / (alongX + alongY);
    }
    return s2;
}

/// Radial power without its constant part.
std::vector<double> spectrumOf(const ImageSpan& image) {
    std::vector<double> power = radialSpectrum(image).power;
    power.erase(power.begin());
    return power;
}

SeriesByName measured(const std::vector<Volume>& images, const Plan& plan, JobContext& job) {
    SeriesByName out;
    const auto add = [&](const std::string& name, std::size_t image,
                         const std::vector<double>& values, double sample) {
        DescriptorSeries& series = out[name];
        if (series.sum.empty())
            series.start(images.size(), values.size());
        series.add(image, values, sample);
    };
    for (std::size_t i = 0; i < images.size(); ++i) {
        job.throwIfStopped();
        const std::vector<double> s2 = s2Of(images[i].span(), plan, job);
        add(kS2, i, s2, meanOf(s2));
    }
    const std::vector<Piece> pieces = piecesOf(images, plan.size);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        job.throwIfStopped();
        const ImageSpan span = pieces[i].pixels.span();
        for (const auto& [name, value] : describePiece(span, plan.piece, job))
            add(name, pieces[i].image, {value}, value);
        const std::vector<double> power = spectrumOf(span);
        if (!power.empty())
            add(kSpectrum, pieces[i].image, power, meanOf(decibels(power)));
        job.report(static_cast<double>(i + 1) / static_cast<double>(pieces.size()),
                   "Measuring the structure");
    }
    return out;
}

std::string unitOf(const std::string& name) {
    if (name == kSpectrum)
        return "dB";
    if (name.starts_with("chord") || name.ends_with("diameter_mean"))
        return "px";
    if (name == "specific_surface" || name == "root_length_density")
        return "1/px";
    return name.ends_with("density") ? "1/px^2" : "1";
}

void setDistance(const SetContrast& contrast,
                 const ComparingOptions& options,
                 DescriptorDistance& out) {
    const std::vector<double> difference = contrast.whole();
    out.distance.value = rootMeanSquare(difference);
    const Random random(options.seed, "compare." + out.name);
    if (out.name == kS2 || out.name == kSpectrum) {
        if (const auto radius = contrast.ballRadius(options.bootstrap, random)) {
            out.distance.lo = std::max(0.0, out.distance.value - *radius);
            out.distance.hi = out.distance.value + *radius;
        }
        return;
    }
    out.difference = DistanceEstimate{difference.front(), {}, {}};
    if (const auto interval = contrast.scalarInterval(options.bootstrap, random)) {
        const auto [lo, hi] = *interval;
        out.difference->lo = lo;
        out.difference->hi = hi;
        out.distance.lo = lo <= 0.0 && hi >= 0.0 ? 0.0 : std::min(std::abs(lo), std::abs(hi));
        out.distance.hi = std::max(std::abs(lo), std::abs(hi));
    }
}

using Halves = std::pair<std::vector<std::size_t>, std::vector<std::size_t>>;

/// By group where there are several, else first against second half in order. Volumes count as
/// their slices.
Halves halvesOf(const ComparedSet& set, std::string& how) {
    std::map<std::string, std::vector<std::size_t>> groups;
    std::size_t count = 0;
    for (std::size_t i = 0; i < set.images.size(); ++i)
        for (std::int64_t z = 0; z < set.images[i].depth(); ++z)
            groups[i < set.groups.size() ? set.groups[i] : std::string()].push_back(count++);
    Halves halves;
    how = groups.size() > 1 ? "by specimen" : "first against second half in order";
    for (const auto& [group, images] : groups) {
        const bool toFirst = halves.first.size() <= halves.second.size();
        for (const std::size_t image : images) {
            const bool first = groups.size() > 1 ? toFirst : image < (count + 1) / 2;
            (first ? halves.first : halves.second).push_back(image);
        }
    }
    return halves;
}

/// The measured sets; heldOut is empty without one.
struct Measured {
    SeriesByName real;
    SeriesByName synthetic;
    SeriesByName heldOut;
};

const DescriptorSeries* find(const SeriesByName& in, const std::string& name) {
    const auto found = in.find(name);
    return found == in.end() ? nullptr : &found->second;
}

DescriptorDistance distanceOf(const std::string& name,
                              const Measured& sets,
                              const Halves& halves,
                              const ComparingOptions& options) {
    const DescriptorSeries& real = sets.real.at(name);
    const DescriptorSeries& synthetic = sets.synthetic.at(name);
    DescriptorDistance out;
    out.name = name;
    out.unit = unitOf(name);
    out.real = summaryOf(real.samples);
    out.synthetic = summaryOf(synthetic.samples);
    const auto scale = name == kSpectrum ? SetContrast::Scale::power : SetContrast::Scale::asIs;
    setDistance(SetContrast(real, synthetic, scale), options, out);
    if (const DescriptorSeries* heldOut = find(sets.heldOut, name)) {
        out.heldOut = summaryOf(heldOut->samples);
        out.distanceHeldOut = rootMeanSquare(SetContrast(*heldOut, synthetic, scale).whole());
        out.realHeldOut = rootMeanSquare(SetContrast(*heldOut, real, scale).whole());
    }
    if (!halves.first.empty() && !halves.second.empty()) {
        const double between =
            rootMeanSquare(SetContrast(real, real, scale).between(halves.first, halves.second));
        if (std::isfinite(between))
            out.realHalves = between;
    }
    return out;
}

ComparedCurve curveOf(const std::string& name, const std::string& series, const Measured& sets) {
    const auto mean = [&](const SeriesByName& of) {
        const DescriptorSeries* found = find(of, series);
        return found == nullptr ? std::vector<double>() : found->mean(found->allImages());
    };
    ComparedCurve out{name, {}, mean(sets.real), mean(sets.synthetic), mean(sets.heldOut)};
    for (std::size_t i = 0; i < out.real.size(); ++i)
        out.x.push_back(static_cast<double>(series == kSpectrum ? i + 1 : i));
    return out;
}

bool areMasks(const std::vector<Volume>& images) {
    return std::ranges::all_of(images, [](const Volume& v) { return isMask(v.span()); });
}

[[noreturn]] void refuse(const std::string& why, const std::string& remedy = {}) {
    throw Error(ErrorCode::config, "The sets cannot be compared", why, remedy);
}

double otsuOf(const std::vector<Volume>& images) {
    std::vector<Volume> greys;
    greys.reserve(images.size());
    std::vector<ImageSpan> spans;
    for (const Volume& image : images) {
        if (image.channels() != 1)
            greys.push_back(toGrey(image.span()));
        spans.push_back(image.channels() == 1 ? image.span() : greys.back().span());
    }
    return otsuThreshold(spans);
}

Plan planOf(const std::vector<const std::vector<Volume>*>& sets,
            const ComparingOptions& options,
            SetComparison& out) {
    const std::vector<Volume>& real = *sets.front();
    Plan plan;
    plan.maximumLag = options.maximumLag;
    plan.size = {real.front().width(), real.front().height()};
    const bool masks = areMasks(real);
    for (const std::vector<Volume>* set : sets) {
        if (areMasks(*set) != masks)
            refuse("some of them hold masks and others grey images", "segment all or none");
        for (const Volume& image : *set) {
            if (image.type() != real.front().type())
                refuse("their images have different pixel types", "bring them to one bit depth");
            plan.size.width = std::min(plan.size.width, image.width());
            plan.size.height = std::min(plan.size.height, image.height());
        }
    }
    if (std::min(plan.size.width, plan.size.height) <= options.maximumLag)
        refuse("the largest lag does not fit the smallest image", "lower the largest lag");
    plan.piece.domain = options.domain;
    plan.piece.phase = options.phase.value_or(defaultPhase(options.domain, masks));
    if (options.threshold || !masks) {
        plan.piece.threshold = options.threshold ? *options.threshold : otsuOf(real);
        out.threshold = plan.piece.threshold;
    }
    out.conventions = {
        {"threshold_method",
         options.threshold ? "given" : (masks ? "mask" : "otsu of the real set")},
        {"phase", toString(plan.piece.phase)},
        {"piece", {plan.size.width, plan.size.height}},
        {"maximum_lag", options.maximumLag},
        {"s2", "mean of both axes over all pairs, whole images, open boundary"},
        {"spectrum", "radial, of pieces without their mean, no window"},
        {"interval", "95 %, resampling images with their pieces; curves: confidence ball"},
        {"unit", "pixel"},
        {"bootstrap", options.bootstrap},
        {"seed", options.seed},
        {"random", Random::kName}};
    return plan;
}

} // namespace

const DescriptorDistance* SetComparison::find(const std::string& name) const {
    const auto found = std::ranges::find(descriptors, name, &DescriptorDistance::name);
    return found == descriptors.end() ? nullptr : &*found;
}

SetComparison compareSets(const ComparedSet& real,
                          const ComparedSet& synthetic,
                          const ComparedSet& heldOut,
                          const ComparingOptions& options,
                          JobContext& job) {
    if (real.images.empty() || synthetic.images.empty())
        refuse("one of them is empty");
    const std::vector<Volume> reals = slicesOf(real);
    const std::vector<Volume> synthetics = slicesOf(synthetic);
    const std::vector<Volume> others = slicesOf(heldOut);
    std::vector<const std::vector<Volume>*> sets{&reals, &synthetics};
    if (!others.empty())
        sets.push_back(&others);
    SetComparison out;
    const Plan plan = planOf(sets, options, out);
    Measured all;
    JobContext first = job.part(0.0, 0.4);
    all.real = measured(reals, plan, first);
    JobContext second = job.part(0.4, 0.8);
    all.synthetic = measured(synthetics, plan, second);
    JobContext third = job.part(0.8, 0.9);
    if (!others.empty())
        all.heldOut = measured(others, plan, third);
    std::string how;
    const Halves halves = halvesOf(real, how);
    out.conventions["real_halves"] = how;
    std::vector<std::string> names{"porosity", kS2, kSpectrum};
    for (const auto& [name, series] : all.real)
        if (std::ranges::find(names, name) == names.end())
            names.push_back(name);
    for (const std::string& name : names) {
        job.throwIfStopped();
        if (likeness::find(all.real, name) != nullptr &&
            likeness::find(all.synthetic, name) != nullptr)
            out.descriptors.push_back(distanceOf(name, all, halves, options));
    }
    out.curves = {curveOf("s2", kS2, all), curveOf("spectrum", kSpectrum, all)};
    JobContext last = job.part(0.9, 1.0);
    out.volumes = compareVolumes(real.images, synthetic.images,
                                 {plan.piece.threshold, plan.piece.phase, plan.maximumLag}, last);
    return out;
}

} // namespace likeness
