// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/handcrafted.h"

#include "core/base/error.h"
#include "core/imaging/image.h"
#include "core/metrics/fourier.h"
#include "core/metrics/plane.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace likeness {

namespace {

constexpr std::int64_t kTile = 32;
constexpr std::array<int, 9> kRingEdges{1, 2, 3, 4, 6, 8, 11, 14, 17};
constexpr std::array<std::int64_t, 4> kLags{1, 2, 4, 8};

/// Collects entries in order, so that the layout is written down once.
class Writer {
public:
    explicit Writer(HandcraftedFeatures& out)
        : m_out(out) {}

    void add(double value) { m_out.at(m_next++) = value; }

private:
    HandcraftedFeatures& m_out;
    std::size_t m_next = 0;
};

struct Spread {
    double mean = 0.0;
    double sd = 0.0;
};

Spread spreadOf(const std::vector<double>& values) {
    if (values.empty())
        return {};
    const double n = static_cast<double>(values.size());
    const double mean = sumOf(values) / n;
    double sum = 0.0;
    for (const double v : values)
        sum += (v - mean) * (v - mean);
    return {mean, std::sqrt(sum / n)};
}

void addGreyLevels(const Plane& g, Writer& out) {
    const Spread s = spreadOf(g.values);
    double third = 0.0;
    for (const double v : g.values)
        third += (v - s.mean) * (v - s.mean) * (v - s.mean);
    out.add(s.mean);
    out.add(s.sd);
    out.add(std::cbrt(third / static_cast<double>(g.values.size())));
    std::vector<double> sorted = g.values;
    for (const double q : {0.05, 0.25, 0.50, 0.75, 0.95}) {
        const auto rank = static_cast<std::ptrdiff_t>(
            std::floor(q * static_cast<double>(sorted.size() - 1) + 0.5));
        std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
        out.add(sorted[static_cast<std::size_t>(rank)]);
    }
}

void addGradients(const Plane& g, Writer& out) {
    const auto count = static_cast<std::size_t>((g.width - 2) * (g.height - 2));
    std::vector<double> magnitude;
    std::vector<double> laplacian;
    std::vector<double> absolute;
    for (auto* v : {&magnitude, &laplacian, &absolute})
        v->reserve(count);
    double jxx = 0.0;
    double jyy = 0.0;
    double jxy = 0.0;
    for (std::int64_t y = 1; y + 1 < g.height; ++y) {
        const double* up = g.row(y - 1);
        const double* mid = g.row(y);
        const double* down = g.row(y + 1);
        for (std::int64_t x = 1; x + 1 < g.width; ++x) {
            const double gx = 0.5 * (mid[x + 1] - mid[x - 1]);
            const double gy = 0.5 * (down[x] - up[x]);
            const double l = mid[x + 1] + mid[x - 1] + up[x] + down[x] - 4.0 * mid[x];
            magnitude.push_back(std::sqrt(gx * gx + gy * gy));
            laplacian.push_back(l);
            absolute.push_back(std::abs(l));
            jxx += gx * gx;
            jyy += gy * gy;
            jxy += gx * gy;
        }
    }
    const Spread m = spreadOf(magnitude);
    const double energy = jxx + jyy;
    out.add(4.0 * m.mean);
    out.add(4.0 * m.sd);
    out.add(2.0 * spreadOf(absolute).mean);
    out.add(2.0 * spreadOf(laplacian).sd);
    out.add(energy > 0.0 ? (jxx - jyy) / energy : 0.0);
    out.add(energy > 0.0 ? 2.0 * jxy / energy : 0.0);
}

void addBinaryPatterns(const Plane& g, Writer& out) {
    std::array<std::int64_t, 10> bins{};
    for (std::int64_t y = 1; y + 1 < g.height; ++y) {
        const double* up = g.row(y - 1);
        const double* mid = g.row(y);
        const double* down = g.row(y + 1);
        for (std::int64_t x = 1; x + 1 < g.width; ++x) {
            const double c = mid[x];
            const std::array<bool, 8> ring{up[x - 1] >= c,   up[x] >= c,       up[x + 1] >= c,
                                           mid[x + 1] >= c,  down[x + 1] >= c, down[x] >= c,
                                           down[x - 1] >= c, mid[x - 1] >= c};
            int ones = 0;
            int changes = 0;
            for (std::size_t i = 0; i < 8; ++i) {
                ones += ring[i] ? 1 : 0;
                changes += ring[i] != ring[(i + 1) % 8] ? 1 : 0;
            }
            ++bins[changes <= 2 ? static_cast<std::size_t>(ones) : 9U];
        }
    }
    const auto total = static_cast<double>((g.width - 2) * (g.height - 2));
    for (const std::int64_t b : bins)
        out.add(std::sqrt(static_cast<double>(b) / total));
}

/// Mean-free, Hann-windowed tile at (x0, y0) into the transform's input.
void fillTile(const Plane& g, std::int64_t x0, std::int64_t y0, double* target) {
    static const std::array<double, kTile> hann = [] {
        std::array<double, kTile> w{};
        for (std::size_t i = 0; i < w.size(); ++i)
            w[i] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * (static_cast<double>(i) + 0.5) /
                                        static_cast<double>(kTile));
        return w;
    }();
    double mean = 0.0;
    for (std::int64_t y = 0; y < kTile; ++y)
        mean += sumOf({g.row(y0 + y) + x0, kTile});
    mean /= static_cast<double>(kTile * kTile);
    for (std::int64_t y = 0; y < kTile; ++y)
        for (std::int64_t x = 0; x < kTile; ++x)
            target[y * kTile + x] = (g.row(y0 + y)[x0 + x] - mean) *
                                    hann[static_cast<std::size_t>(y)] *
                                    hann[static_cast<std::size_t>(x)];
}

std::vector<double> tilePower(const Plane& g) {
    PowerTransform transform(kTile, kTile);
    std::vector<double> power(static_cast<std::size_t>(kTile * (kTile / 2 + 1)), 0.0);
    for (std::int64_t y = 0; y + kTile <= g.height; y += kTile / 2)
        for (std::int64_t x = 0; x + kTile <= g.width; x += kTile / 2) {
            fillTile(g, x, y, transform.input());
            const std::vector<double>& tile = transform.run();
            for (std::size_t i = 0; i < power.size(); ++i)
                power[i] += tile[i];
        }
    return power;
}

void addSpectrum(const Plane& g, Writer& out) {
    const std::vector<double> power = tilePower(g);
    constexpr std::int64_t kHalf = kTile / 2 + 1;
    std::array<double, kRingEdges.size() - 1> rings{};
    double total = 0.0;
    for (std::int64_t y = 0; y < kTile; ++y)
        for (std::int64_t x = 0; x < kHalf; ++x) {
            const std::int64_t fy = y <= kTile / 2 ? y : y - kTile;
            const auto k = static_cast<int>(
                std::floor(std::hypot(static_cast<double>(x), static_cast<double>(fy)) + 0.5));
            const auto edge = std::ranges::upper_bound(kRingEdges, k);
            if (edge == kRingEdges.begin() || edge == kRingEdges.end())
                continue;
            const double p = (x == 0 || x == kHalf - 1 ? 1.0 : 2.0) *
                             power[static_cast<std::size_t>(y * kHalf + x)];
            rings[static_cast<std::size_t>(edge - kRingEdges.begin()) - 1] += p;
            total += p;
        }
    for (const double ring : rings)
        out.add(total > 0.0 ? std::sqrt(ring / total) : 0.0);
}

using Bits = std::vector<std::uint8_t>;

double pairShare(const Bits& bright, const Plane& g, std::int64_t dx, std::int64_t dy) {
    std::int64_t hits = 0;
    for (std::int64_t y = 0; y + dy < g.height; ++y) {
        const std::uint8_t* a = bright.data() + y * g.width;
        const std::uint8_t* b = bright.data() + (y + dy) * g.width + dx;
        for (std::int64_t x = 0; x + dx < g.width; ++x)
            hits += a[x] & b[x];
    }
    return static_cast<double>(hits) / static_cast<double>((g.width - dx) * (g.height - dy));
}

void addCorrelation(const Bits& bright, const Plane& g, Writer& out) {
    double p = 0.0;
    for (const std::uint8_t b : bright)
        p += b;
    p /= static_cast<double>(bright.size());
    out.add(p);
    double anisotropy = 0.0;
    for (const std::int64_t lag : kLags) {
        const double alongX = pairShare(bright, g, lag, 0);
        const double alongY = pairShare(bright, g, 0, lag);
        out.add(4.0 * (0.5 * (alongX + alongY) - p * p));
        if (lag == 4)
            anisotropy = 4.0 * (alongX - alongY);
    }
    out.add(anisotropy);
}

/// Logarithms of the run lengths along one line, by phase.
void collectRuns(const std::uint8_t* first,
                 std::int64_t count,
                 std::int64_t step,
                 std::array<std::vector<double>, 2>& runs) {
    std::int64_t start = 0;
    for (std::int64_t i = 1; i <= count; ++i) {
        if (i < count && first[i * step] == first[start * step])
            continue;
        runs[first[start * step]].push_back(std::log(static_cast<double>(i - start)) /
                                            std::log(32.0));
        start = i;
    }
}

void addRuns(const Bits& bright, const Plane& g, Writer& out) {
    std::array<std::vector<double>, 2> runs;
    for (std::int64_t y = 0; y < g.height; ++y)
        collectRuns(bright.data() + y * g.width, g.width, 1, runs);
    for (std::int64_t x = 0; x < g.width; ++x)
        collectRuns(bright.data() + x, g.height, g.width, runs);
    for (const std::size_t phase : {std::size_t{1}, std::size_t{0}}) {
        const Spread s = spreadOf(runs[phase]);
        out.add(s.mean);
        out.add(s.sd);
    }
}

} // namespace

HandcraftedFeatures
handcraftedFeatures(const ImageSpan& image, const GreyReference& reference, const JobContext& job) {
    if (image.width < kHandcraftedMinimumSide || image.height < kHandcraftedMinimumSide)
        throw Error(ErrorCode::config, "The handcrafted features have no value here",
                    "both sides must be at least 32 pixels", "use larger images");
    if (!(reference.high > reference.low))
        throw Error(ErrorCode::config, "The handcrafted features have no value here",
                    "the grey window of the reference set is empty");
    Plane g = lumaPlane(image);
    Bits bright(g.values.size());
    for (std::size_t i = 0; i < bright.size(); ++i)
        bright[i] = g.values[i] > reference.threshold ? 1 : 0;
    for (double& v : g.values)
        v = (v - reference.low) / (reference.high - reference.low);
    HandcraftedFeatures features{};
    Writer out(features);
    addGreyLevels(g, out);
    const Plane half = halved(g);
    const Plane quarter = halved(half);
    for (const Plane* p : {static_cast<const Plane*>(&g), &half, &quarter}) {
        job.throwIfStopped();
        addGradients(*p, out);
    }
    addBinaryPatterns(g, out);
    job.throwIfStopped();
    addBinaryPatterns(half, out);
    job.throwIfStopped();
    addSpectrum(g, out);
    job.throwIfStopped();
    addCorrelation(bright, g, out);
    job.throwIfStopped();
    addRuns(bright, g, out);
    return features;
}

std::string handcraftedName(int index) {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> n{"grey.mean", "grey.sd",  "grey.skew", "grey.q05",
                                   "grey.q25",  "grey.q50", "grey.q75",  "grey.q95"};
        for (const char* scale : {"1", "2", "4"})
            for (const char* what : {"gradient_mean", "gradient_sd", "laplacian_mean",
                                     "laplacian_sd", "tensor_xx_yy", "tensor_xy"})
                n.push_back("scale" + std::string(scale) + "." + what);
        for (const char* scale : {"1", "2"})
            for (int bin = 0; bin < 10; ++bin)
                n.push_back("lbp." + std::string(scale) + "." +
                            (bin < 9 ? "uniform" + std::to_string(bin) : std::string("other")));
        for (std::size_t ring = 0; ring + 1 < kRingEdges.size(); ++ring)
            n.push_back("spectrum." + std::to_string(kRingEdges[ring]));
        n.emplace_back("phase.fraction");
        for (const std::int64_t lag : kLags)
            n.push_back("phase.s2_" + std::to_string(lag));
        for (const char* what : {"phase.s2_anisotropy", "runs.bright_mean", "runs.bright_sd",
                                 "runs.dark_mean", "runs.dark_sd"})
            n.emplace_back(what);
        return n;
    }();
    if (index < 0 || index >= kHandcraftedDims)
        throw Error(ErrorCode::config, "There is no such handcrafted feature",
                    "the vector has 64 entries");
    return names[static_cast<std::size_t>(index)];
}

} // namespace likeness
