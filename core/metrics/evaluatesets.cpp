// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/featuremetrics.h"
#include "core/metrics/metricclock.h"
#include "core/metrics/resampling.h"
#include "core/metrics/spectrum.h"
#include "core/metrics/ssim.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace likeness {

namespace {

constexpr std::int64_t kChunk = 16;    ///< images between two progress reports
constexpr std::size_t kMostPairs = 50; ///< of within-set comparisons per set
constexpr std::int64_t kFewestSpectra = 5;

/// The 2-D samples of a set: images, and the slices of volumes.
std::vector<ImageSpan> samplesOf(std::span<const Volume> set) {
    std::vector<ImageSpan> samples;
    for (const Volume& volume : set)
        for (std::int64_t z = 0; z < volume.depth(); ++z)
            samples.push_back(volume.span().slice(z));
    return samples;
}

/// One run of set metrics; features are made once, when the first metric asks for them.
class SetRun {
public:
    SetRun(std::span<const Volume> real,
           std::span<const Volume> synthetic,
           const MetricOptions& options)
        : m_options(options)
        , m_real(samplesOf(real))
        , m_synthetic(samplesOf(synthetic))
        , m_slices(m_real.size() != real.size() || m_synthetic.size() != synthetic.size()) {}

    [[nodiscard]] std::int64_t count() const {
        return static_cast<std::int64_t>(m_synthetic.size());
    }

    void measure(MetricValue& value, JobContext& job) {
        requireOneScale();
        value.conventions["n_real"] = m_real.size();
        value.conventions["n_synthetic"] = m_synthetic.size();
        value.conventions["pixel_type"] = toString(m_real.front().type);
        if (m_slices)
            value.conventions["samples"] = "slices along z, which are not independent";
        if (value.name == "spectrum_distance")
            spectra(value, job);
        else if (value.name == "within_set_ms_ssim")
            diversity(value, job);
        else
            onFeatures(value, job);
    }

private:
    void requireOneScale() const {
        if (m_real.empty() || m_synthetic.empty())
            throw Error(ErrorCode::config, "The sets cannot be compared", "one of them is empty");
        const auto differs = [this](const ImageSpan& s) { return s.type != m_real.front().type; };
        const auto other = std::ranges::find_if(m_synthetic, differs);
        if (other != m_synthetic.end() || std::ranges::any_of(m_real, differs))
            throw Error(ErrorCode::config, "The sets cannot be compared",
                        "their images have different pixel types",
                        "bring both sets to one bit depth");
    }

    void onFeatures(MetricValue& value, JobContext& job) {
        value.encoder = kHandcraftedName;
        makeFeatures(job);
        value.conventions["grey_reference"] = {{"low", m_reference.low},
                                               {"high", m_reference.high},
                                               {"threshold", m_reference.threshold}};
        value.conventions["feature_seconds"] = m_featureSeconds;
        std::string_view what = value.name;
        if (what == "fd_handcrafted")
            what = "frechet_distance";
        else if (what == "kd_handcrafted")
            what = "kernel_distance";
        featureMetric(value, what, m_features,
                      {kMinimumForFrechet, kMinimumForKernel, kMinimumForManifold}, m_options, job);
    }

    void makeFeatures(JobContext& job) {
        if (m_haveFeatures)
            return;
        const auto start = std::chrono::steady_clock::now();
        m_reference = m_options.greyReference ? *m_options.greyReference : greyReference(m_real);
        JobContext first = job.part(0.0, 0.4);
        m_features.real = extract(m_real, "real", first);
        JobContext second = job.part(0.4, 0.8);
        m_features.synthetic = extract(m_synthetic, "synthetic", second);
        m_haveFeatures = true;
        m_featureSeconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }

    FeatureMatrix
    extract(const std::vector<ImageSpan>& images, const std::string& which, JobContext& job) const {
        FeatureMatrix out(static_cast<std::int64_t>(images.size()), kHandcraftedDims);
        for (std::int64_t first = 0; first < out.rows; first += kChunk) {
            const std::int64_t last = std::min(first + kChunk, out.rows);
            parallelRanges(last - first, 2, [&](std::int64_t a, std::int64_t b) {
                for (std::int64_t i = first + a; i < first + b; ++i) {
                    job.throwIfStopped();
                    std::ranges::copy(
                        handcraftedFeatures(images[static_cast<std::size_t>(i)], m_reference, job),
                        out.row(i).begin());
                }
            });
            job.report(static_cast<double>(last) / static_cast<double>(out.rows),
                       "Describing the " + which + " images");
        }
        return out;
    }

    void spectra(MetricValue& value, JobContext& job) const {
        const auto all = [&](const std::vector<ImageSpan>& images) {
            std::vector<std::vector<double>> rows;
            for (const ImageSpan& image : images) {
                job.throwIfStopped();
                if (image.width != m_real.front().width || image.height != m_real.front().height)
                    throw Error(ErrorCode::config, "The spectra cannot be compared",
                                "the images have different sizes", "crop them to one size");
                rows.push_back(radialSpectrum(image).power);
            }
            return rows;
        };
        const std::int64_t fewest =
            static_cast<std::int64_t>(std::min(m_real.size(), m_synthetic.size()));
        if (fewest < kFewestSpectra)
            throw Error(ErrorCode::numeric, "Too few samples",
                        "mean spectra of fewer than 5 images are too noisy to compare",
                        "add samples");
        const auto real = all(m_real);
        const auto synthetic = all(m_synthetic);
        value.value = spectrumDistance(real, synthetic);
        const auto pick = [](const auto& rows, std::span<const std::int64_t> kept) {
            std::vector<std::vector<double>> out;
            for (const std::int64_t i : kept)
                out.push_back(rows[static_cast<std::size_t>(i)]);
            return out;
        };
        const double error = groupJackknife(
            {static_cast<std::int64_t>(real.size()), static_cast<std::int64_t>(synthetic.size()),
             20},
            [&](auto a, auto b) { return spectrumDistance(pick(real, a), pick(synthetic, b)); },
            m_options.seed, job);
        value.lo = std::max(0.0, *value.value - 1.96 * error);
        value.hi = *value.value + 1.96 * error;
        value.conventions["spectrum"] = "mean removed, no window, k = cycles per pixel times the "
                                        "longer side, bins floor(k + 0.5) from 1 on";
        value.conventions["interval"] = "delete-a-group jackknife, normal, cut at 0";
        value.conventions["seed"] = m_options.seed;
    }

    /// MS-SSIM of random pairs in which every image stands at most once, so that the pairs are
    /// independent.
    std::vector<double> within(const std::vector<ImageSpan>& images, JobContext& job) const {
        std::vector<std::size_t> order(images.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        Random random(m_options.seed, "metrics.within-set");
        random.shuffle(std::span<std::size_t>(order));
        SsimOptions ssimOptions;
        ssimOptions.dataRange = m_options.dataRange.value_or(typeMaximum(images.front().type));
        std::vector<double> values;
        for (std::size_t i = 0; i + 1 < order.size() && values.size() < kMostPairs; i += 2) {
            job.throwIfStopped();
            values.push_back(
                msSsim(images[order[i]], images[order[i + 1]], ssimOptions, job).value);
        }
        return values;
    }

    void diversity(MetricValue& value, JobContext& job) const {
        if (m_real.size() < 4 || m_synthetic.size() < 4)
            throw Error(ErrorCode::numeric, "Too few samples",
                        "pairs within a set need 4 images of each", "add samples");
        const std::vector<double> real = within(m_real, job);
        const std::vector<double> synthetic = within(m_synthetic, job);
        const auto mean = [](const std::vector<double>& v) {
            return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
        };
        value.value = mean(synthetic);
        value.conventions["real_value"] = mean(real);
        value.conventions["pairs"] = {{"real", real.size()}, {"synthetic", synthetic.size()}};
        value.conventions["interval"] = "percentile bootstrap over disjoint random pairs";
        value.conventions["seed"] = m_options.seed;
        if (const auto interval = bootstrapMean(synthetic, m_options.bootstrap, m_options.seed)) {
            value.lo = interval->first;
            value.hi = interval->second;
        } else {
            value.conventions["interval"] = kNoPairInterval;
        }
        if (const auto interval = bootstrapMean(real, m_options.bootstrap, m_options.seed))
            value.conventions["real_interval"] = {interval->first, interval->second};
    }

    const MetricOptions& m_options;
    std::vector<ImageSpan> m_real;
    std::vector<ImageSpan> m_synthetic;
    bool m_slices;
    bool m_haveFeatures = false;
    GreyReference m_reference;
    FeaturePair m_features;
    double m_featureSeconds = 0.0;
};

} // namespace

std::vector<MetricValue> evaluateSets(std::span<const Volume> real,
                                      std::span<const Volume> synthetic,
                                      const MetricOptions& options,
                                      JobContext& job) {
    const auto wanted = selectMetrics(options.only, MetricKind::set);
    SetRun run(real, synthetic, options);
    std::vector<MetricValue> values;
    for (const MetricInfo* info : wanted) {
        const auto done = static_cast<double>(values.size());
        const auto total = static_cast<double>(wanted.size());
        JobContext part = job.part(done / total, (done + 1.0) / total);
        part.throwIfStopped();
        MetricValue value = startValue(*info);
        value.n = run.count();
        if (info->requirement != MetricRequirement::nothing)
            value.reasonIfNull = reasonFor(info->requirement);
        else if (info->kind == MetricKind::pair)
            value.reasonIfNull = "It compares an image with its own source, and these sets are not "
                                 "pairs; between unpaired images it is no measure of quality.";
        else if (info->kind == MetricKind::features)
            value.reasonIfNull = "It compares two feature matrices; images were given.";
        else
            measureInto(value, [&](MetricValue& v) { run.measure(v, part); });
        values.push_back(std::move(value));
    }
    return values;
}

} // namespace likeness
