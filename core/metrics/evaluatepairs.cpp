// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/gradientsimilarity.h"
#include "core/metrics/metricclock.h"
#include "core/metrics/resampling.h"
#include "core/metrics/ssim.h"

#include <cmath>
#include <string>

namespace likeness {

namespace {

/// The grey scale that the values are read on.
struct DataRange {
    double value = 1.0;
    bool given = false;
};

DataRange dataRangeOf(const Volume& a, const Volume& b, const MetricOptions& options) {
    if (options.dataRange)
        return {*options.dataRange, true};
    if (a.type() != b.type())
        throw Error(ErrorCode::config, "The images cannot be compared",
                    "one is " + std::string(toString(a.type())) + ", the other " +
                        std::string(toString(b.type())),
                    "convert one of them, or give the data range");
    return {typeMaximum(a.type()), false};
}

struct PairTask {
    std::string_view metric;
    double dataRange = 1.0;
    std::int64_t zeroedByNegativeScale = 0;
};

double planeMetric(PairTask& task, const ImageSpan& a, const ImageSpan& b, const JobContext& job) {
    SsimOptions options{task.dataRange, ColourRule::channelMean};
    if (task.metric == "ssim")
        return ssim(a, b, options, job).ssim;
    if (task.metric == "ssim_luma") {
        options.colour = ColourRule::luma;
        return ssim(a, b, options, job).ssim;
    }
    if (task.metric == "gradient_similarity")
        return gradientSimilarity(a, b, task.dataRange);
    const MsSsimResult result = msSsim(a, b, options, job);
    task.zeroedByNegativeScale += result.negativeScale ? 1 : 0;
    return result.value;
}

double pairMetric(PairTask& task, const ImageSpan& a, const ImageSpan& b, JobContext& job) {
    if (task.metric == "mse")
        return meanSquaredError(a, b);
    if (task.metric == "psnr")
        return peakSignalToNoise(a, b, task.dataRange);
    if (task.metric == "ssim_3d")
        return ssim3d(a, b, {task.dataRange, ColourRule::channelMean}, job).ssim;
    if (a.depth != b.depth)
        throw Error(ErrorCode::config, "The images cannot be compared",
                    "they have different numbers of slices");
    double sum = 0.0;
    for (std::int64_t z = 0; z < a.depth; ++z) {
        job.throwIfStopped();
        sum += planeMetric(task, a.slice(z), b.slice(z), job);
    }
    return sum / static_cast<double>(a.depth);
}

void stateConventions(MetricValue& value, const DataRange& range, const MetricOptions& options) {
    Json& c = value.conventions;
    if (value.name != "mse") {
        c["data_range"] = range.value;
        c["data_range_source"] = range.given ? "given" : "pixel type";
    }
    if (value.name.find("ssim") != std::string::npos)
        c["window"] = "Gaussian 11, sigma 1.5, wholly inside, K1 0.01, K2 0.03, population "
                      "covariance, no downsampling";
    if (value.name == "ssim" || value.name == "ms_ssim" || value.name == "ssim_3d")
        c["colour"] = "mean of channels";
    if (value.name == "ms_ssim")
        c["scales"] = "5, 2x2 means, odd last row or column dropped, negative terms count as 0";
    c["interval"] = "percentile bootstrap over pairs";
    c["bootstrap"] = options.bootstrap;
    c["seed"] = options.seed;
    c["random"] = Random::kName;
}

/// Float images are read on 0..1 and 16-bit ones on 0..65535 unless told otherwise: say what the
/// data really use.
void stateUsedRange(MetricValue& value, std::span<const Volume> real, const DataRange& range) {
    if (range.given || real.front().type() == PixelType::u8)
        return;
    ValueRange used = valueRange(real.front().span());
    for (const Volume& volume : real) {
        const ValueRange r = valueRange(volume.span());
        used.minimum = std::min(used.minimum, r.minimum);
        used.maximum = std::max(used.maximum, r.maximum);
    }
    value.conventions["used_range"] = {used.minimum, used.maximum};
    if (real.front().type() == PixelType::f32 && (used.minimum < 0.0 || used.maximum > 1.0))
        warn(value, "float values outside 0..1 with the implied data range 1; give the data range");
    else if (used.maximum - used.minimum < 0.25 * range.value)
        warn(value, "the images use less than a quarter of the data range");
}

void aggregate(MetricValue& value,
               const std::vector<double>& values,
               const MetricOptions& options) {
    std::int64_t infinite = 0;
    double sum = 0.0;
    for (const double v : values) {
        infinite += std::isinf(v) ? 1 : 0;
        sum += v;
    }
    if (infinite > 0) {
        value.reasonIfNull = std::to_string(infinite) + " of " + std::to_string(values.size()) +
                             (infinite == 1 ? " pairs is" : " pairs are") +
                             " identical, and PSNR of identical images is infinite.";
        value.conventions["infinite_pairs"] = infinite;
        return;
    }
    value.value = sum / static_cast<double>(values.size());
    if (const auto interval = bootstrapMean(values, options.bootstrap, options.seed)) {
        value.lo = interval->first;
        value.hi = interval->second;
    } else {
        value.conventions["interval"] = kNoPairInterval;
    }
}

void evaluatePairMetric(MetricValue& value,
                        std::span<const Volume> real,
                        std::span<const Volume> synthetic,
                        const MetricOptions& options,
                        JobContext& job) {
    const DataRange range = dataRangeOf(real.front(), synthetic.front(), options);
    stateConventions(value, range, options);
    stateUsedRange(value, real, range);
    PairTask task{value.name, range.value};
    std::vector<double> values;
    std::int64_t slices = 0;
    for (std::size_t i = 0; i < real.size(); ++i) {
        job.throwIfStopped();
        if (dataRangeOf(real[i], synthetic[i], options).value != range.value)
            throw Error(ErrorCode::config, "The pairs cannot be averaged",
                        "they have different pixel types", "give the data range");
        try {
            values.push_back(pairMetric(task, real[i].span(), synthetic[i].span(), job));
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            throw Error(error.code(), "Pair " + std::to_string(i + 1) + " has no value",
                        error.subject() + ": " + error.why(), error.remedy());
        }
        slices += real[i].depth();
        job.report(static_cast<double>(i + 1) / static_cast<double>(real.size()),
                   "Comparing pairs");
    }
    if (slices != value.n)
        value.conventions["slices"] = slices;
    if (task.zeroedByNegativeScale > 0)
        warn(value, "a negative scale made MS-SSIM 0 for " +
                        std::to_string(task.zeroedByNegativeScale) + " image(s)");
    aggregate(value, values, options);
}

} // namespace

std::vector<MetricValue> evaluatePairs(std::span<const Volume> real,
                                       std::span<const Volume> synthetic,
                                       const MetricOptions& options,
                                       JobContext& job) {
    const auto wanted = selectMetrics(options.only, MetricKind::pair);
    if (real.empty() || real.size() != synthetic.size())
        throw Error(ErrorCode::config, "The sets cannot be compared pair by pair",
                    std::to_string(real.size()) + " real and " + std::to_string(synthetic.size()) +
                        " synthetic images were given",
                    "give every synthetic image its own source");
    std::vector<MetricValue> values;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double share = 1.0 / static_cast<double>(wanted.size());
        JobContext part =
            job.part(share * static_cast<double>(i), share * static_cast<double>(i + 1));
        if (wanted[i]->kind != MetricKind::pair) {
            MetricOptions single = options;
            single.only = {std::string(wanted[i]->name)};
            values.push_back(evaluateSets(real, synthetic, single, part).front());
            continue;
        }
        MetricValue value = startValue(*wanted[i]);
        value.n = static_cast<std::int64_t>(real.size());
        if (wanted[i]->requirement != MetricRequirement::nothing)
            value.reasonIfNull = reasonFor(wanted[i]->requirement);
        else
            measureInto(value, [&](MetricValue& v) {
                evaluatePairMetric(v, real, synthetic, options, part);
            });
        values.push_back(std::move(value));
    }
    return values;
}

} // namespace likeness
