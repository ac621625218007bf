// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/spectrum.h"

#include "core/base/error.h"
#include "core/metrics/fourier.h"
#include "core/metrics/plane.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

double mean(const std::vector<double>& values) {
    return sumOf(values) / static_cast<double>(values.size());
}

/// Cycles per pixel of transform index i out of n, as numpy.fft.fftfreq gives them.
double frequencyOf(std::int64_t i, std::int64_t n) {
    const std::int64_t wrapped = i <= (n - 1) / 2 ? i : i - n;
    return static_cast<double>(wrapped) / static_cast<double>(n);
}

std::vector<double> meanSpectrum(std::span<const std::vector<double>> rows) {
    std::vector<double> out(rows.front().size(), 0.0);
    for (const auto& row : rows) {
        if (row.size() != out.size())
            throw Error(ErrorCode::config, "The spectra cannot be compared",
                        "the images have different sizes", "crop them to one size");
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] += row[i];
    }
    for (double& v : out)
        v /= static_cast<double>(rows.size());
    return out;
}

} // namespace

RadialSpectrum radialSpectrum(const ImageSpan& image) {
    Plane plane = lumaPlane(image);
    const double centre = mean(plane.values);
    for (double& v : plane.values)
        v -= centre;
    const std::vector<double> power = halfPower(plane);
    const std::int64_t longest = std::max(plane.width, plane.height);
    const std::int64_t half = plane.width / 2 + 1;
    const auto bins = static_cast<std::size_t>((longest + 1) / 2);
    std::vector<double> sum(bins, 0.0);
    std::vector<double> count(bins, 0.0);
    for (std::int64_t y = 0; y < plane.height; ++y) {
        const double fy = frequencyOf(y, plane.height);
        for (std::int64_t x = 0; x < half; ++x) {
            const double fx = static_cast<double>(x) / static_cast<double>(plane.width);
            const double k = std::hypot(fx, fy) * static_cast<double>(longest);
            const auto bin = static_cast<std::size_t>(std::floor(k + 0.5));
            if (bin >= bins)
                continue;
            // Columns that the half transform leaves out mirror these.
            const double weight = x == 0 || 2 * x == plane.width ? 1.0 : 2.0;
            sum[bin] += weight * power[static_cast<std::size_t>(y * half + x)];
            count[bin] += weight;
        }
    }
    RadialSpectrum out;
    const auto pixels = static_cast<double>(plane.values.size());
    for (std::size_t b = 0; b < bins; ++b) {
        out.frequency.push_back(static_cast<double>(b) / static_cast<double>(longest));
        out.power.push_back(count[b] > 0.0 ? sum[b] / count[b] / pixels : 0.0);
    }
    return out;
}

double spectrumSlope(const RadialSpectrum& spectrum, std::size_t first, std::size_t last) {
    if (first < 1 || first >= last || last >= spectrum.power.size())
        throw Error(ErrorCode::config, "The spectral slope has no value here",
                    "the band must lie inside the spectrum and hold two bins or more");
    double sx = 0.0;
    double sy = 0.0;
    double sxx = 0.0;
    double sxy = 0.0;
    for (std::size_t b = first; b <= last; ++b) {
        if (!(spectrum.power[b] > 0.0))
            throw Error(ErrorCode::numeric, "The spectral slope has no value here",
                        "a bin of the band holds no power");
        const double x = std::log(static_cast<double>(b));
        const double y = std::log(spectrum.power[b]);
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    const auto n = static_cast<double>(last - first + 1);
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

double spectrumDistance(std::span<const std::vector<double>> a,
                        std::span<const std::vector<double>> b) {
    if (a.empty() || b.empty() || a.front().size() != b.front().size())
        throw Error(ErrorCode::config, "The spectra cannot be compared",
                    "the images have different sizes", "crop them to one size");
    const std::vector<double> p = meanSpectrum(a);
    const std::vector<double> q = meanSpectrum(b);
    double sum = 0.0;
    double bins = 0.0;
    for (std::size_t i = 1; i < p.size(); ++i) {
        if (p[i] <= 0.0 && q[i] <= 0.0)
            continue;
        if (p[i] <= 0.0 || q[i] <= 0.0)
            throw Error(ErrorCode::numeric, "The spectral distance has no value here",
                        "one set has no power in a band where the other has some");
        const double d = std::log10(p[i] / q[i]);
        sum += d * d;
        bins += 1.0;
    }
    return bins > 0.0 ? std::sqrt(sum / bins) : 0.0;
}

} // namespace likeness
