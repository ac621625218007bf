// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/ssim.h"

#include "core/base/error.h"
#include "core/metrics/plane.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace likeness {

namespace {

constexpr int kTaps = 11;
constexpr double kSigma = 1.5;
constexpr std::array<double, 5> kLevelWeights{0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

/// The window is symmetric: entry 0 is the centre, entry i stands for the taps at distance i.
std::array<double, 6> gaussianHalf() {
    std::array<double, 6> g{};
    double sum = 0.0;
    for (int i = 0; i < 6; ++i) {
        g[static_cast<std::size_t>(i)] = std::exp(-i * i / (2.0 * kSigma * kSigma));
        sum += (i == 0 ? 1.0 : 2.0) * g[static_cast<std::size_t>(i)];
    }
    for (double& v : g)
        v /= sum;
    return g;
}

/// out[i] = sum of the eleven inputs at i, weighted; the inputs may be shifted views of one row.
void weigh(const std::array<const double*, kTaps>& in, std::size_t count, double* out) {
    const auto g = gaussianHalf();
    const double* c = in[5];
    for (std::size_t i = 0; i < count; ++i)
        out[i] = g[0] * c[i] + g[1] * (in[4][i] + in[6][i]) + g[2] * (in[3][i] + in[7][i]) +
                 g[3] * (in[2][i] + in[8][i]) + g[4] * (in[1][i] + in[9][i]) +
                 g[5] * (in[0][i] + in[10][i]);
}

/// Window sums of x, y, x^2 + y^2 and x y: all that SSIM needs.
struct Moments {
    explicit Moments(std::size_t count)
        : map{std::vector<double>(count), std::vector<double>(count), std::vector<double>(count),
              std::vector<double>(count)} {}

    std::array<std::vector<double>, 4> map;
};

/// Combines eleven neighbouring moment rows (or planes), from `offset` on.
void combine(const std::array<const Moments*, kTaps>& in, std::size_t offset, Moments& out) {
    for (std::size_t m = 0; m < 4; ++m) {
        std::array<const double*, kTaps> taps{};
        for (std::size_t t = 0; t < kTaps; ++t)
            taps[t] = in[t]->map[m].data() + offset;
        weigh(taps, out.map[m].size(), out.map[m].data());
    }
}

class Score {
public:
    explicit Score(double dataRange)
        : m_c1(0.0001 * dataRange * dataRange)
        , m_c2(0.0009 * dataRange * dataRange) {}

    void add(const Moments& m) {
        const std::size_t n = m.map[0].size();
        m_ssim.resize(n);
        m_cs.resize(n);
        const double* x = m.map[0].data();
        const double* y = m.map[1].data();
        const double* squares = m.map[2].data();
        const double* cross = m.map[3].data();
        for (std::size_t i = 0; i < n; ++i) {
            const double xy = x[i] * y[i];
            const double means = x[i] * x[i] + y[i] * y[i];
            m_cs[i] = (2.0 * (cross[i] - xy) + m_c2) / (squares[i] - means + m_c2);
            m_ssim[i] = m_cs[i] * (2.0 * xy + m_c1) / (means + m_c1);
        }
        m_sumSsim += sumOf(m_ssim);
        m_sumCs += sumOf(m_cs);
        m_count += n;
    }

    [[nodiscard]] SsimResult result() const {
        const auto n = static_cast<double>(m_count);
        return {m_sumSsim / n, m_sumCs / n};
    }

private:
    double m_c1;
    double m_c2;
    double m_sumSsim = 0.0;
    double m_sumCs = 0.0;
    std::size_t m_count = 0;
    std::vector<double> m_ssim;
    std::vector<double> m_cs;
};

/// Calls `take(moments of one output row)` for every row of valid windows, top to bottom.
template <typename Take>
void filterPlane(const Plane& a, const Plane& b, const JobContext& job, Take&& take) {
    const auto width = static_cast<std::size_t>(a.width);
    const std::size_t out = width - (kTaps - 1);
    std::vector<Moments> ring(kTaps, Moments(out));
    std::vector<double> squares(width);
    std::vector<double> cross(width);
    Moments combined(out);
    for (std::int64_t row = 0; row < a.height; ++row) {
        job.throwIfStopped();
        const double* x = a.row(row);
        const double* y = b.row(row);
        for (std::size_t i = 0; i < width; ++i) {
            squares[i] = x[i] * x[i] + y[i] * y[i];
            cross[i] = x[i] * y[i];
        }
        Moments& target = ring[static_cast<std::size_t>(row) % kTaps];
        const std::array<const double*, 4> sources{x, y, squares.data(), cross.data()};
        for (std::size_t m = 0; m < 4; ++m) {
            std::array<const double*, kTaps> taps{};
            for (std::size_t t = 0; t < kTaps; ++t)
                taps[t] = sources[m] + t;
            weigh(taps, out, target.map[m].data());
        }
        if (row < kTaps - 1)
            continue;
        std::array<const Moments*, kTaps> rows{};
        for (std::size_t t = 0; t < kTaps; ++t)
            rows[t] = &ring[(static_cast<std::size_t>(row) + 1 + t) % kTaps];
        combine(rows, 0, combined);
        take(combined);
    }
}

void requirePair(const ImageSpan& a, const ImageSpan& b) {
    if (a.width != b.width || a.height != b.height || a.depth != b.depth ||
        a.channels != b.channels) {
        const auto size = [](const ImageSpan& s) {
            return std::to_string(s.width) + "x" + std::to_string(s.height) + "x" +
                   std::to_string(s.depth) + ", " + std::to_string(s.channels) + " channel(s)";
        };
        throw Error(ErrorCode::config, "The images cannot be compared",
                    "one is " + size(a) + ", the other " + size(b), "resample one of them first");
    }
    if (a.values() < 1)
        throw Error(ErrorCode::config, "The images cannot be compared", "they are empty");
}

void requireRange(double dataRange) {
    if (!(dataRange > 0.0) || !std::isfinite(dataRange))
        throw Error(ErrorCode::config, "The data range is not usable", "it must be above 0",
                    "give the span of the grey scale, such as 255");
}

void requireSides(const ImageSpan& s, std::int64_t minimum, std::string_view what) {
    if (s.width < minimum || s.height < minimum || (s.depth > 1 && s.depth < minimum))
        throw Error(ErrorCode::config, std::string(what) + " has no value here",
                    "every side must be at least " + std::to_string(minimum) + " pixels");
}

void requireFlat(const ImageSpan& s, std::string_view what) {
    if (s.depth != 1)
        throw Error(ErrorCode::config, std::string(what) + " has no value here",
                    "it is defined for single images", "compare the slices, or use ssim_3d");
}

SsimResult ssimOfPlanes(const Plane& a, const Plane& b, double dataRange, const JobContext& job) {
    Score score(dataRange);
    filterPlane(a, b, job, [&](const Moments& row) { score.add(row); });
    return score.result();
}

/// Mean of `f(plane of a, plane of b)` over the channels, or its value of the luma.
template <typename F>
void forColourPlanes(const ImageSpan& a, const ImageSpan& b, ColourRule rule, F&& f) {
    if (a.channels == 1 || rule == ColourRule::luma) {
        f(lumaPlane(a), lumaPlane(b));
        return;
    }
    for (std::int64_t c = 0; c < a.channels; ++c)
        f(channelPlane(a, c), channelPlane(b, c));
}

struct LevelResult {
    double value = 1.0;
    std::vector<double> levels;
    bool negative = false;
};

LevelResult msSsimOfPlanes(Plane a, Plane b, double dataRange, const JobContext& job) {
    LevelResult result;
    for (std::size_t level = 0; level < kLevelWeights.size(); ++level) {
        const SsimResult s = ssimOfPlanes(a, b, dataRange, job);
        const double term = level + 1 == kLevelWeights.size() ? s.ssim : s.contrast;
        result.levels.push_back(term);
        result.negative = result.negative || term < 0.0;
        result.value *= std::pow(std::max(term, 0.0), kLevelWeights[level]);
        if (level + 1 < kLevelWeights.size()) {
            a = halved(a);
            b = halved(b);
        }
    }
    return result;
}

} // namespace

double meanSquaredError(const ImageSpan& a, const ImageSpan& b) {
    requirePair(a, b);
    const auto count = static_cast<std::size_t>(a.values());
    double total = 0.0;
    visitPixels(a, [&](const auto* p) {
        visitPixels(b, [&](const auto* q) {
            std::array<double, 4> lane{};
            std::size_t i = 0;
            for (; i + 4 <= count; i += 4)
                for (std::size_t l = 0; l < 4; ++l) {
                    const double d = static_cast<double>(p[i + l]) - static_cast<double>(q[i + l]);
                    lane[l] += d * d;
                }
            for (; i < count; ++i) {
                const double d = static_cast<double>(p[i]) - static_cast<double>(q[i]);
                lane[0] += d * d;
            }
            total = lane[0] + lane[1] + lane[2] + lane[3];
        });
    });
    if (!std::isfinite(total))
        throw Error(ErrorCode::numeric, "The images cannot be compared",
                    "they hold values that are not finite numbers");
    return total / static_cast<double>(count);
}

double peakSignalToNoise(const ImageSpan& a, const ImageSpan& b, double dataRange) {
    requireRange(dataRange);
    const double mse = meanSquaredError(a, b);
    if (mse == 0.0)
        return std::numeric_limits<double>::infinity();
    return 10.0 * std::log10(dataRange * dataRange / mse);
}

SsimResult
ssim(const ImageSpan& a, const ImageSpan& b, const SsimOptions& options, const JobContext& job) {
    requirePair(a, b);
    requireRange(options.dataRange);
    requireFlat(a, "SSIM");
    requireSides(a, kTaps, "SSIM");
    SsimResult sum;
    double planes = 0.0;
    forColourPlanes(a, b, options.colour, [&](const Plane& p, const Plane& q) {
        const SsimResult s = ssimOfPlanes(p, q, options.dataRange, job);
        sum.ssim += s.ssim;
        sum.contrast += s.contrast;
        planes += 1.0;
    });
    return {sum.ssim / planes, sum.contrast / planes};
}

SsimResult
ssim3d(const ImageSpan& a, const ImageSpan& b, const SsimOptions& options, const JobContext& job) {
    requirePair(a, b);
    requireRange(options.dataRange);
    if (a.depth < kTaps)
        throw Error(ErrorCode::config, "3-D SSIM has no value here",
                    "every side must be at least 11 voxels", "use ssim on the slices");
    requireSides(a, kTaps, "3-D SSIM");
    SsimResult sum;
    const std::int64_t channels =
        a.channels == 1 || options.colour == ColourRule::luma ? 1 : a.channels;
    const auto rowLength = static_cast<std::size_t>(a.width - (kTaps - 1));
    const auto rows = static_cast<std::size_t>(a.height - (kTaps - 1));
    for (std::int64_t c = 0; c < channels; ++c) {
        Score score(options.dataRange);
        std::vector<Moments> ring(kTaps, Moments(rowLength * rows));
        Moments combined(rowLength);
        for (std::int64_t z = 0; z < a.depth; ++z) {
            job.throwIfStopped();
            const bool luma = channels == 1;
            const Plane p = luma ? lumaPlane(a.slice(z)) : channelPlane(a.slice(z), c);
            const Plane q = luma ? lumaPlane(b.slice(z)) : channelPlane(b.slice(z), c);
            Moments& target = ring[static_cast<std::size_t>(z) % kTaps];
            std::size_t offset = 0;
            filterPlane(p, q, job, [&](const Moments& row) {
                for (std::size_t m = 0; m < 4; ++m)
                    std::copy(row.map[m].begin(), row.map[m].end(),
                              target.map[m].begin() + static_cast<std::ptrdiff_t>(offset));
                offset += rowLength;
            });
            if (z < kTaps - 1)
                continue;
            std::array<const Moments*, kTaps> slices{};
            for (std::size_t t = 0; t < kTaps; ++t)
                slices[t] = &ring[(static_cast<std::size_t>(z) + 1 + t) % kTaps];
            for (std::size_t r = 0; r < rows; ++r) {
                combine(slices, r * rowLength, combined);
                score.add(combined);
            }
        }
        sum.ssim += score.result().ssim;
        sum.contrast += score.result().contrast;
    }
    const auto n = static_cast<double>(channels);
    return {sum.ssim / n, sum.contrast / n};
}

MsSsimResult
msSsim(const ImageSpan& a, const ImageSpan& b, const SsimOptions& options, const JobContext& job) {
    requirePair(a, b);
    requireRange(options.dataRange);
    requireFlat(a, "MS-SSIM");
    requireSides(a, kMsSsimMinimumSide, "MS-SSIM");
    MsSsimResult result;
    double planes = 0.0;
    forColourPlanes(a, b, options.colour, [&](Plane p, Plane q) {
        LevelResult level = msSsimOfPlanes(std::move(p), std::move(q), options.dataRange, job);
        result.value += level.value;
        result.levels = std::move(level.levels);
        result.negativeScale = result.negativeScale || level.negative;
        planes += 1.0;
    });
    result.value /= planes;
    return result;
}

} // namespace likeness
