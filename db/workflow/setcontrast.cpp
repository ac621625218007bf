// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/workflow/setcontrast.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace likeness {

namespace {

constexpr std::size_t kFewestImages = 5;

std::vector<std::size_t> drawnAgain(std::size_t count, Random& random) {
    std::vector<std::size_t> images(count);
    for (std::size_t& image : images)
        image = static_cast<std::size_t>(random.below(count));
    return images;
}

double quantile(std::vector<double>& values, double share) {
    std::ranges::sort(values);
    const double position = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (position - static_cast<double>(low)) * (values[high] - values[low]);
}

} // namespace

void DescriptorSeries::start(std::size_t images, std::size_t length) {
    sum.assign(images, std::vector<double>(length, 0.0));
    count.assign(images, 0.0);
}

void DescriptorSeries::add(std::size_t image, const std::vector<double>& values, double sample) {
    for (std::size_t i = 0; i < values.size(); ++i)
        sum[image][i] += values[i];
    count[image] += 1.0;
    samples.push_back(sample);
}

std::vector<double> DescriptorSeries::mean(std::span<const std::size_t> images) const {
    std::vector<double> out(sum.front().size(), 0.0);
    double n = 0.0;
    for (const std::size_t image : images) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] += sum[image][i];
        n += count[image];
    }
    for (double& v : out)
        v = n > 0.0 ? v / n : std::numeric_limits<double>::quiet_NaN();
    return out;
}

std::vector<std::size_t> DescriptorSeries::allImages() const {
    std::vector<std::size_t> images(count.size());
    for (std::size_t i = 0; i < images.size(); ++i)
        images[i] = i;
    return images;
}

double meanOf(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values)
        sum += v;
    return sum / static_cast<double>(values.size());
}

double deviationOf(const std::vector<double>& values) {
    if (values.size() < 2)
        return 0.0;
    const double mean = meanOf(values);
    double squares = 0.0;
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double rootMeanSquare(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double v : values)
        sum += v * v;
    return std::sqrt(sum / static_cast<double>(values.size()));
}

std::vector<double> decibels(const std::vector<double>& power) {
    std::vector<double> out;
    for (const double p : power)
        out.push_back(10.0 * std::log10(std::max(p, 1e-30)));
    return out;
}

std::vector<double> SetContrast::between(std::span<const std::size_t> imagesOfA,
                                         std::span<const std::size_t> imagesOfB) const {
    std::vector<double> a = m_a.mean(imagesOfA);
    std::vector<double> b = m_b.mean(imagesOfB);
    if (m_scale == Scale::power) {
        a = decibels(a);
        b = decibels(b);
    }
    for (std::size_t i = 0; i < a.size(); ++i)
        b[i] -= a[i];
    return b;
}

std::vector<double> SetContrast::whole() const {
    return between(m_a.allImages(), m_b.allImages());
}

void SetContrast::resample(int resamples,
                           Random& random,
                           const std::function<void(std::vector<double>& difference)>& take) const {
    if (std::min(m_a.count.size(), m_b.count.size()) < kFewestImages)
        return;
    for (int b = 0; b < resamples; ++b) {
        const auto imagesOfA = drawnAgain(m_a.count.size(), random);
        const auto imagesOfB = drawnAgain(m_b.count.size(), random);
        std::vector<double> difference = between(imagesOfA, imagesOfB);
        if (std::isfinite(difference.front())) // those drawn may hold none of it
            take(difference);
    }
}

SetContrast::Interval SetContrast::scalarInterval(int resamples, Random random) const {
    std::vector<double> differences;
    resample(resamples, random,
             [&](std::vector<double>& difference) { differences.push_back(difference.front()); });
    if (differences.empty())
        return std::nullopt;
    return std::pair{quantile(differences, 0.025), quantile(differences, 0.975)};
}

std::optional<double> SetContrast::ballRadius(int resamples, Random random) const {
    const std::vector<double> observed = whole();
    std::vector<double> deviations;
    resample(resamples, random, [&](std::vector<double>& difference) {
        for (std::size_t i = 0; i < difference.size(); ++i)
            difference[i] -= observed[i];
        deviations.push_back(rootMeanSquare(difference));
    });
    if (deviations.empty())
        return std::nullopt;
    return quantile(deviations, 0.95);
}

} // namespace likeness
