// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/sinogram.h"

#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

namespace likeness::phantoms {

namespace {

// Rays are gathered and spread in slots of a sixteenth of a detector pixel: one memory access per
// pixel and angle instead of four, at a position error of at most 1/32 px.
constexpr std::int64_t kSlots = 16;
constexpr int kFraction = 32; // binary places of fixed-point positions

/// Integral from -inf to t of a unit square's shadow: the convolution of two boxes of widths a >=
/// b, a + b <= 2.
double shadowIntegral(double t, double a, double b) {
    const double outer = 0.5 * (a + b);
    const double inner = 0.5 * (a - b);
    if (t <= -outer)
        return 0.0;
    if (t >= outer)
        return 1.0;
    if (t < -inner)
        return (t + outer) * (t + outer) / (2.0 * a * b);
    if (t <= inner)
        return 0.5 + t / a;
    return 1.0 - (outer - t) * (outer - t) / (2.0 * a * b);
}

constexpr std::int64_t kReach = 20; // half a square's diagonal and half a pixel, 1.21 px, in slots

/// What a detector pixel sees of a unit square whose centre lies k slots from its own, k = -kReach
/// .. kReach.
std::vector<float> footprintOf(double angle) {
    const double c = std::abs(std::cos(angle));
    const double s = std::abs(std::sin(angle));
    const double a = std::max(c, s);
    const double b = std::max(std::min(c, s), 1e-9);
    std::vector<float> weights(2 * kReach + 1);
    for (std::int64_t k = -kReach; k <= kReach; ++k) {
        const double offset = static_cast<double>(k) / static_cast<double>(kSlots);
        weights[static_cast<std::size_t>(k + kReach)] = static_cast<float>(
            shadowIntegral(offset + 0.5, a, b) - shadowIntegral(offset - 0.5, a, b));
    }
    return weights;
}

/// Slot of each pixel of a row, by fixed-point steps.
struct SlotWalk {
    SlotWalk(double start, double step)
        : position(std::llround(std::ldexp(start * static_cast<double>(kSlots) + 0.5, kFraction)))
        , stride(std::llround(std::ldexp(step * static_cast<double>(kSlots), kFraction))) {}

    [[nodiscard]] std::int64_t next() noexcept {
        const std::int64_t slot = position >> kFraction;
        position += stride;
        return slot;
    }

    std::int64_t position;
    std::int64_t stride;
};

std::vector<double> filterResponse(const Fourier& fourier, ReconstructionFilter filter) {
    const std::size_t n = fourier.length();
    // The band-limited ramp sampled in space (Kak and Slaney, eq. 61), which keeps the mean value
    // right.
    std::vector<std::complex<double>> kernel(n);
    kernel[0] = 0.25;
    for (std::size_t i = 1; i < n / 2; i += 2) {
        const auto distance = static_cast<double>(i);
        const double value = -1.0 / (std::numbers::pi * std::numbers::pi * distance * distance);
        kernel[i] = value;
        kernel[n - i] = value;
    }
    fourier.forward(kernel);
    std::vector<double> response(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double frequency = static_cast<double>(std::min(i, n - i)) / static_cast<double>(n);
        const double x = std::numbers::pi * frequency;
        double window = 1.0;
        if (filter == ReconstructionFilter::sheppLogan && i > 0)
            window = std::sin(x) / x;
        else if (filter == ReconstructionFilter::hann)
            window = 0.5 * (1.0 + std::cos(2.0 * x));
        response[i] = kernel[i].real() * window;
    }
    return response;
}

/// ln(k!) by Stirling's series; std::lgamma writes a global.
double logFactorial(double k) {
    constexpr std::array<double, 10> kSmall = {0.0,
                                               0.0,
                                               0.6931471805599453,
                                               1.791759469228055,
                                               3.1780538303479458,
                                               4.787491742782046,
                                               6.579251212010101,
                                               8.525161361065415,
                                               10.60460290274525,
                                               12.801827480081469};
    if (k < 10.0)
        return kSmall[static_cast<std::size_t>(k)];
    const double x = k + 1.0;
    return (x - 0.5) * std::log(x) - x + 0.9189385332046727 + 1.0 / (12.0 * x) -
           1.0 / (360.0 * x * x * x);
}

/// Poisson deviate by transformed rejection (Hoermann 1993, PTRS), for the means of thousands that
/// detectors see.
double poissonCount(double mean, Random& random) {
    if (mean < 10.0)
        return random.poisson(mean);
    const double root = std::sqrt(mean);
    const double b = 0.931 + 2.53 * root;
    const double a = -0.059 + 0.02483 * b;
    const double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const double vr = 0.9277 - 3.6224 / (b - 2.0);
    for (;;) {
        const double u = random.uniform() - 0.5;
        const double v = random.uniform();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= vr)
            return k;
        if (k < 0.0 || (us < 0.013 && v > us))
            continue;
        if (std::log(v) + std::log(inverseAlpha) - std::log(a / (us * us) + b) <=
            k * std::log(mean) - mean - logFactorial(k))
            return k;
    }
}

/// ln of each detector pixel's gain error: small for all, several times larger for about one pixel
/// in 60.
std::vector<double> gainErrors(std::int64_t bins, double strength, std::uint64_t seed) {
    Random random(seed, "phantom.scanner.gain");
    std::vector<double> errors(static_cast<std::size_t>(bins));
    for (double& error : errors) {
        error = strength * random.normal();
        if (random.uniform() < 1.0 / 60.0)
            error *= 4.0;
    }
    return errors;
}

} // namespace

ParallelBeam::ParallelBeam(std::int64_t size, int angles, ReconstructionFilter filter)
    : m_size(size)
    , m_angles(angles)
    , m_bins(2 * static_cast<std::int64_t>(
                     std::ceil(0.5 * std::numbers::sqrt2 * static_cast<double>(size))) +
             7)
    , m_fourier(powerOfTwo(static_cast<std::size_t>(2 * m_bins)))
    , m_response(filterResponse(m_fourier, filter)) {}

double ParallelBeam::rowStart(std::int64_t y, double angle) const noexcept {
    const double centre = 0.5 * static_cast<double>(m_size - 1);
    return 0.5 * static_cast<double>(m_bins - 1) - centre * std::cos(angle) +
           (static_cast<double>(y) - centre) * std::sin(angle);
}

Sinogram ParallelBeam::project(const std::vector<float>& slice, JobContext& job) const {
    Sinogram sinogram{m_angles, m_bins,
                      std::vector<float>(static_cast<std::size_t>(m_angles * m_bins))};
    std::vector<float> slots(static_cast<std::size_t>(m_bins * kSlots));
    for (int a = 0; a < m_angles; ++a) {
        job.throwIfStopped();
        const double angle = std::numbers::pi * a / m_angles;
        std::fill(slots.begin(), slots.end(), 0.0F);
        for (std::int64_t y = 0; y < m_size; ++y) {
            const float* row = slice.data() + y * m_size;
            SlotWalk walk(rowStart(y, angle), std::cos(angle));
            for (std::int64_t x = 0; x < m_size; ++x)
                slots[static_cast<std::size_t>(walk.next())] += row[x];
        }
        const std::vector<float> footprint = footprintOf(angle);
        float* rays = sinogram.row(a);
        for (std::int64_t b = 2; b < m_bins - 2; ++b) {
            const float* first = slots.data() + b * kSlots - kReach;
            rays[b] = std::inner_product(footprint.begin(), footprint.end(), first, 0.0F);
        }
    }
    return sinogram;
}

void ParallelBeam::filterRows(Sinogram& sinogram, JobContext& job) const {
    std::vector<std::complex<double>> buffer(m_fourier.length());
    // Two real rows travel as the real and imaginary part of one transform: the response is real
    // and even.
    for (int a = 0; a < m_angles; a += 2) {
        if (a % 16 == 0)
            job.throwIfStopped();
        float* first = sinogram.row(a);
        float* second = a + 1 < m_angles ? sinogram.row(a + 1) : nullptr;
        std::fill(buffer.begin(), buffer.end(), std::complex<double>{});
        for (std::int64_t b = 0; b < m_bins; ++b)
            buffer[static_cast<std::size_t>(b)] = {static_cast<double>(first[b]),
                                                   second ? static_cast<double>(second[b]) : 0.0};
        m_fourier.forward(buffer);
        for (std::size_t i = 0; i < buffer.size(); ++i)
            buffer[i] *= m_response[i];
        m_fourier.inverse(buffer);
        for (std::int64_t b = 0; b < m_bins; ++b) {
            first[b] = static_cast<float>(buffer[static_cast<std::size_t>(b)].real());
            if (second)
                second[b] = static_cast<float>(buffer[static_cast<std::size_t>(b)].imag());
        }
    }
}

std::vector<float> ParallelBeam::reconstruct(Sinogram sinogram, JobContext& job) const {
    filterRows(sinogram, job);
    std::vector<float> slice(static_cast<std::size_t>(m_size * m_size));
    std::vector<float> slots(static_cast<std::size_t>(m_bins * kSlots));
    for (int a = 0; a < m_angles; ++a) {
        job.throwIfStopped();
        const double angle = std::numbers::pi * a / m_angles;
        const float* rays = sinogram.row(a);
        for (std::int64_t b = 0; b + 1 < m_bins; ++b)
            for (std::int64_t k = 0; k < kSlots; ++k)
                slots[static_cast<std::size_t>(b * kSlots + k)] =
                    rays[b] +
                    static_cast<float>(k) / static_cast<float>(kSlots) * (rays[b + 1] - rays[b]);
        for (std::int64_t y = 0; y < m_size; ++y) {
            float* row = slice.data() + y * m_size;
            SlotWalk walk(rowStart(y, angle), std::cos(angle));
            for (std::int64_t x = 0; x < m_size; ++x)
                row[x] += slots[static_cast<std::size_t>(walk.next())];
        }
    }
    const auto scale = static_cast<float>(std::numbers::pi / m_angles);
    for (float& value : slice)
        value *= scale;
    return slice;
}

void measure(Sinogram& sinogram,
             const ScannerParameters& parameters,
             double size,
             std::uint64_t seed,
             JobContext& job) {
    const double depthPerPixel = parameters.opticalDepth / size;
    const std::vector<double> gains = gainErrors(sinogram.bins, parameters.rings, seed);
    Random random(seed, "phantom.scanner.noise");
    for (int a = 0; a < sinogram.angles; ++a) {
        job.throwIfStopped();
        float* rays = sinogram.row(a);
        for (std::int64_t b = 0; b < sinogram.bins; ++b) {
            double depth = depthPerPixel * static_cast<double>(rays[b]);
            depth -= parameters.beamHardening * depth * depth;
            if (parameters.photons > 0.0) {
                // A dead count reads as half a photon, so that the logarithm exists.
                const double counts = poissonCount(parameters.photons * std::exp(-depth), random);
                depth = -std::log(std::max(counts, 0.5) / parameters.photons);
            }
            depth -= gains[static_cast<std::size_t>(b)];
            rays[b] = static_cast<float>(depth / depthPerPixel);
        }
    }
}

} // namespace likeness::phantoms
