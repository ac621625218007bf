// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/plannerlock.h"
#include "core/structure/correlation.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace likeness {

namespace {

constexpr int kThreads = 2;
constexpr std::int64_t kBatch = 16; ///< columns transformed together, for the cache

/// Smallest even number >= n without prime factors above 7.
std::int64_t goodLength(std::int64_t n) {
    for (n += n % 2;; n += 2) {
        std::int64_t rest = n;
        for (const std::int64_t p : {2, 3, 5, 7})
            while (rest % p == 0)
                rest /= p;
        if (rest == 1)
            return n;
    }
}

/// Sizes of one autocorrelation: the field, what it is padded to, and the lags wanted.
struct Geometry {
    std::array<std::int64_t, 3> size{};
    std::array<std::int64_t, 3> padded{};
    std::array<std::int64_t, 3> lag{};

    Geometry(const std::array<std::int64_t, 3>& fieldSize, const RadialOptions& options)
        : size(fieldSize) {
        for (std::size_t a = 0; a < 3; ++a) {
            const bool periodic = options.boundary == Boundary::periodic;
            lag[a] = std::min(options.maximumLag, periodic ? size[a] / 2 : size[a] - 1);
            padded[a] = periodic || size[a] == 1 ? size[a] : goodLength(size[a] + lag[a]);
        }
    }

    [[nodiscard]] std::int64_t half() const noexcept { return padded[0] / 2 + 1; }

    [[nodiscard]] std::int64_t planeValues() const noexcept { return padded[1] * half(); }

    [[nodiscard]] std::int64_t bytes() const noexcept {
        return 16 * planeValues() * size[2] +
               kThreads * (8 * padded[0] * padded[1] + 16 * kBatch * padded[2]);
    }
};

struct FourierFree {
    void operator()(void* p) const noexcept { fftw_free(p); }
};

template <typename T>
using Buffer = std::unique_ptr<T[], FourierFree>;

template <typename T>
Buffer<T> allocate(std::int64_t count) {
    Buffer<T> buffer(static_cast<T*>(fftw_malloc(sizeof(T) * static_cast<std::size_t>(count))));
    if (!buffer)
        throw Error(ErrorCode::memory, "The radial correlation was not computed",
                    "there is not enough memory for the transform", "lower the largest lag");
    return buffer;
}

class Plan {
public:
    Plan() = default;

    explicit Plan(fftw_plan plan)
        : m_plan(plan) {}

    ~Plan() {
        const std::scoped_lock lock(fourierPlannerMutex());
        if (m_plan != nullptr)
            fftw_destroy_plan(m_plan);
    }

    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;

    [[nodiscard]] fftw_plan get() const noexcept { return m_plan; }

    void set(fftw_plan plan) noexcept { m_plan = plan; }

private:
    fftw_plan m_plan = nullptr;
};

/// Autocorrelation of a binary field, plane by plane: 2-D transforms of the planes that hold data,
/// one complex transform there and back along each column, and inverse 2-D transforms of the planes
/// with lags that are wanted.
class Autocorrelation {
public:
    explicit Autocorrelation(const Geometry& geometry)
        : m_g(geometry)
        , m_spectrum(allocate<fftw_complex>(m_g.planeValues() * m_g.size[2])) {
        const Buffer<double> plane = allocate<double>(m_g.padded[0] * m_g.padded[1]);
        const Buffer<fftw_complex> columns = allocate<fftw_complex>(kBatch * m_g.padded[2]);
        const auto rows = static_cast<int>(m_g.padded[1]);
        const auto width = static_cast<int>(m_g.padded[0]);
        const auto depth = static_cast<int>(m_g.padded[2]);
        const auto batch = static_cast<int>(kBatch);
        const std::scoped_lock lock(fourierPlannerMutex());
        m_forward.set(
            fftw_plan_dft_r2c_2d(rows, width, plane.get(), m_spectrum.get(), FFTW_ESTIMATE));
        m_backward.set(
            fftw_plan_dft_c2r_2d(rows, width, m_spectrum.get(), plane.get(), FFTW_ESTIMATE));
        m_columnForward.set(fftw_plan_many_dft(1, &depth, batch, columns.get(), nullptr, batch, 1,
                                               columns.get(), nullptr, batch, 1, FFTW_FORWARD,
                                               FFTW_ESTIMATE));
        m_columnBackward.set(fftw_plan_many_dft(1, &depth, batch, columns.get(), nullptr, batch, 1,
                                                columns.get(), nullptr, batch, 1, FFTW_BACKWARD,
                                                FFTW_ESTIMATE));
    }

    /// Counts of pairs at lags z = 0..lag[2], y = -lag[1]..lag[1], x = -lag[0]..lag[0].
    std::vector<double> run(const std::vector<std::uint8_t>& field, const JobContext& job) {
        parallelRanges(m_g.size[2], kThreads,
                       [&](std::int64_t a, std::int64_t b) { forward(field, a, b, job); });
        parallelRanges(m_g.padded[1], kThreads,
                       [&](std::int64_t a, std::int64_t b) { columns(a, b, job); });
        std::vector<double> counts(static_cast<std::size_t>(
            (m_g.lag[2] + 1) * (2 * m_g.lag[1] + 1) * (2 * m_g.lag[0] + 1)));
        parallelRanges(m_g.lag[2] + 1, kThreads,
                       [&](std::int64_t a, std::int64_t b) { backward(counts, a, b, job); });
        return counts;
    }

private:
    [[nodiscard]] fftw_complex* plane(std::int64_t z) const noexcept {
        return m_spectrum.get() + z * m_g.planeValues();
    }

    void forward(const std::vector<std::uint8_t>& field,
                 std::int64_t first,
                 std::int64_t last,
                 const JobContext& job) const {
        const Buffer<double> in = allocate<double>(m_g.padded[0] * m_g.padded[1]);
        std::fill_n(in.get(), m_g.padded[0] * m_g.padded[1], 0.0);
        for (std::int64_t z = first; z < last; ++z) {
            job.throwIfStopped();
            for (std::int64_t y = 0; y < m_g.size[1]; ++y)
                std::copy_n(field.data() + (z * m_g.size[1] + y) * m_g.size[0], m_g.size[0],
                            in.get() + y * m_g.padded[0]);
            fftw_execute_dft_r2c(m_forward.get(), in.get(), plane(z));
        }
    }

    /// Power spectrum and the way back along z, for rows first..last of all planes.
    void columns(std::int64_t first, std::int64_t last, const JobContext& job) const {
        const Buffer<fftw_complex> buffer = allocate<fftw_complex>(kBatch * m_g.padded[2]);
        for (std::int64_t y = first; y < last; ++y) {
            job.throwIfStopped();
            for (std::int64_t x = 0; x < m_g.half(); x += kBatch)
                column(y * m_g.half() + x, std::min(kBatch, m_g.half() - x), buffer.get());
        }
    }

    void column(std::int64_t offset, std::int64_t count, fftw_complex* buffer) const {
        const std::int64_t depth = m_g.padded[2];
        std::fill_n(&buffer[0][0], 2 * kBatch * depth, 0.0);
        for (std::int64_t z = 0; z < m_g.size[2]; ++z)
            std::copy_n(&plane(z)[offset][0], 2 * count, &buffer[z * kBatch][0]);
        fftw_execute_dft(m_columnForward.get(), buffer, buffer);
        for (std::int64_t i = 0; i < kBatch * depth; ++i) {
            buffer[i][0] = buffer[i][0] * buffer[i][0] + buffer[i][1] * buffer[i][1];
            buffer[i][1] = 0.0;
        }
        fftw_execute_dft(m_columnBackward.get(), buffer, buffer);
        for (std::int64_t z = 0; z <= m_g.lag[2]; ++z)
            std::copy_n(&buffer[z * kBatch][0], 2 * count, &plane(z)[offset][0]);
    }

    void backward(std::vector<double>& counts,
                  std::int64_t first,
                  std::int64_t last,
                  const JobContext& job) const {
        const auto [px, py, pz] = m_g.padded;
        const Buffer<double> out = allocate<double>(px * py);
        const double scale =
            1.0 / (static_cast<double>(px) * static_cast<double>(py) * static_cast<double>(pz));
        const auto [lx, ly, lz] = m_g.lag;
        for (std::int64_t z = first; z < last; ++z) {
            job.throwIfStopped();
            fftw_execute_dft_c2r(m_backward.get(), plane(z), out.get());
            double* target = counts.data() + z * (2 * ly + 1) * (2 * lx + 1);
            for (std::int64_t y = -ly; y <= ly; ++y) {
                const double* row = out.get() + (y < 0 ? y + py : y) * px;
                for (std::int64_t x = -lx; x <= lx; ++x)
                    *target++ = std::nearbyint(row[x < 0 ? x + px : x] * scale);
            }
        }
    }

    Geometry m_g;
    Buffer<fftw_complex> m_spectrum;
    Plan m_forward;
    Plan m_backward;
    Plan m_columnForward;
    Plan m_columnBackward;
};

/// Means over shells of the ratios of two counts; `pairs` empty: all pairs that fit, or all voxels
/// when periodic.
class Shells {
public:
    Shells(const Geometry& geometry, const RadialOptions& options)
        : m_g(geometry)
        , m_periodic(options.boundary == Boundary::periodic)
        , m_sum(static_cast<std::size_t>(options.maximumLag + 1), 0.0)
        , m_weight(m_sum.size(), 0.0) {}

    void add(const std::vector<double>& counts, const std::vector<double>& pairs) {
        const auto [lx, ly, lz] = m_g.lag;
        std::size_t i = 0;
        for (std::int64_t z = 0; z <= lz; ++z)
            for (std::int64_t y = -ly; y <= ly; ++y)
                for (std::int64_t x = -lx; x <= lx; ++x, ++i) {
                    const auto shell = static_cast<std::size_t>(
                        std::floor(std::sqrt(static_cast<double>(x * x + y * y + z * z)) + 0.5));
                    if (shell >= m_sum.size() || isSecondCopy(x, 0) || isSecondCopy(y, 1))
                        continue;
                    const double possible = pairs.empty() ? fitting(x, y, z) : pairs[i];
                    if (!(possible > 0.0))
                        continue;
                    // Lags with negative z mirror these.
                    const double weight = z == 0 || isSecondCopy(-z, 2) ? 1.0 : 2.0;
                    m_sum[shell] += weight * counts[i] / possible;
                    m_weight[shell] += weight;
                }
    }

    [[nodiscard]] std::vector<double> means() const {
        std::vector<double> out(m_sum.size(), std::numeric_limits<double>::quiet_NaN());
        for (std::size_t s = 0; s < out.size(); ++s)
            if (m_weight[s] > 0.0)
                out[s] = m_sum[s] / m_weight[s];
        return out;
    }

private:
    /// On an even periodic axis the lags -n/2 and n/2 are one.
    [[nodiscard]] bool isSecondCopy(std::int64_t lag, std::size_t axis) const noexcept {
        return m_periodic && lag < 0 && 2 * lag == -m_g.size[axis];
    }

    [[nodiscard]] double fitting(std::int64_t x, std::int64_t y, std::int64_t z) const noexcept {
        const auto [w, h, d] = m_g.size;
        if (m_periodic)
            return static_cast<double>(w * h * d);
        return static_cast<double>((w - std::abs(x)) * (h - std::abs(y)) * (d - z));
    }

    const Geometry& m_g;
    bool m_periodic;
    std::vector<double> m_sum;
    std::vector<double> m_weight;
};

void requireLags(const Indicator& field, const RadialOptions& options) {
    const std::int64_t longest = *std::ranges::max_element(field.size);
    const bool periodic = options.boundary == Boundary::periodic;
    if (options.maximumLag < 0 || options.maximumLag >= longest ||
        (periodic && 2 * options.maximumLag > longest))
        throw Error(ErrorCode::config, "The radial correlation has no value here",
                    "a lag of " + std::to_string(options.maximumLag) + " does not fit the image",
                    "lower the largest lag");
    if (periodic && !field.inside.empty())
        throw Error(ErrorCode::config, "The periodic correlation has no value here",
                    "a field of view does not repeat", "use the open boundary");
}

} // namespace

std::vector<double>
twoPointRadial(const Indicator& field, const RadialOptions& options, JobContext& job) {
    requireLags(field, options);
    const Geometry geometry(field.size, options);
    if (geometry.bytes() > options.maximumBytes)
        throw Error(ErrorCode::memory, "The radial correlation was not computed",
                    "it would take " + std::to_string(geometry.bytes() >> 20) + " MiB",
                    "lower the largest lag or crop the volume");
    Autocorrelation correlation(geometry);
    std::vector<double> pairs;
    if (!field.inside.empty())
        pairs = correlation.run(field.inside, job);
    Shells shells(geometry, options);
    shells.add(correlation.run(field.phase, job), pairs);
    return shells.means();
}

} // namespace likeness
