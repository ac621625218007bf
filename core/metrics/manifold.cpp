// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/manifold.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/metrics/blasthreads.h"
#include "core/metrics/plane.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace likeness {

namespace {

/// Two threads pay from about this many products on.
constexpr double kWorthThreads = 2e7;
constexpr std::int64_t kBlock = 64;

/// Relative to |x|^2 + |y|^2, what a block product may be off by, with a wide margin.
constexpr double kSlack = 1e-10;

double squaredNorm(std::span<const double> row) {
    double sum = 0.0;
    for (const double v : row)
        sum += v * v;
    return sum;
}

/// Squared distances from every row of one set to every row of another. |x|^2 + |y|^2 - 2 x.y by
/// block products is quick but inexact (equal rows are not at 0), so whatever is decided within its
/// slack is decided by exact().
class Distances {
public:
    Distances(const FeatureMatrix& query, const FeatureMatrix& reference)
        : m_query(query)
        , m_reference(reference) {
        for (std::int64_t r = 0; r < query.rows; ++r)
            m_queryNorms.push_back(squaredNorm(query.row(r)));
        for (std::int64_t r = 0; r < reference.rows; ++r)
            m_referenceNorms.push_back(squaredNorm(reference.row(r)));
    }

    /// Calls `f(i, near distances of row i)` for every query row; on two threads if it pays, each
    /// with its own rows. `f` is made anew for each thread by `make()`.
    template <typename Make>
    void forRows(const JobContext& job, Make&& make) const {
        const double work = static_cast<double>(m_query.rows) *
                            static_cast<double>(m_reference.rows) *
                            static_cast<double>(m_query.dims);
        parallelRanges(
            m_query.rows, work > kWorthThreads ? 2 : 1, [&](std::int64_t first, std::int64_t last) {
                const OneBlasThread oneThread(true);
                auto f = make();
                std::vector<double> block;
                for (std::int64_t b = first; b < last; b += kBlock) {
                    job.throwIfStopped();
                    const std::int64_t count = std::min(kBlock, last - b);
                    products(b, count, block);
                    for (std::int64_t i = 0; i < count; ++i)
                        f(b + i,
                          std::span(block).subspan(static_cast<std::size_t>(i * m_reference.rows),
                                                   static_cast<std::size_t>(m_reference.rows)));
                }
            });
    }

    [[nodiscard]] double slack(std::int64_t i, std::size_t j) const {
        return kSlack * (m_queryNorms[static_cast<std::size_t>(i)] + m_referenceNorms[j]);
    }

    /// Differences squared one by one: 0 for equal rows, and the same whichever set a row is in.
    [[nodiscard]] double exact(std::int64_t i, std::size_t j) const {
        const auto a = m_query.row(i);
        const auto b = m_reference.row(static_cast<std::int64_t>(j));
        double sum = 0.0;
        for (std::size_t d = 0; d < a.size(); ++d)
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }

    /// Whether the exact distance lies strictly below `limit`, given the near one.
    [[nodiscard]] bool isBelow(double limit, double near, std::int64_t i, std::size_t j) const {
        const double margin = slack(i, j);
        if (near < limit - margin)
            return true;
        return near <= limit + margin && exact(i, j) < limit;
    }

private:
    void products(std::int64_t first, std::int64_t count, std::vector<double>& block) const {
        block.resize(static_cast<std::size_t>(count * m_reference.rows));
        const auto dims = static_cast<int>(m_query.dims);
        const auto columns = static_cast<int>(m_reference.rows);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(count), columns, dims,
                    -2.0, m_query.values.data() + first * m_query.dims, dims,
                    m_reference.values.data(), dims, 0.0, block.data(), columns);
        std::size_t at = 0;
        for (std::int64_t i = 0; i < count; ++i)
            for (const double norm : m_referenceNorms)
                block[at++] += m_queryNorms[static_cast<std::size_t>(first + i)] + norm;
    }

    const FeatureMatrix& m_query;
    const FeatureMatrix& m_reference;
    std::vector<double> m_queryNorms;
    std::vector<double> m_referenceNorms;
};

/// Squared distance of every row to its k-th neighbour, itself not counted.
std::vector<double> squaredRadii(const FeatureMatrix& set, int k, const JobContext& job) {
    const Distances distances(set, set);
    std::vector<double> radii(static_cast<std::size_t>(set.rows));
    distances.forRows(job, [&] {
        return [&, sorted = std::vector<double>(), candidates = std::vector<double>()](
                   std::int64_t i, std::span<double> near) mutable {
            near[static_cast<std::size_t>(i)] = -1.0; // itself sorts first, even among equal rows
            sorted.assign(near.begin(), near.end());
            std::nth_element(sorted.begin(), sorted.begin() + k, sorted.end());
            const double limit = sorted[static_cast<std::size_t>(k)];
            candidates.clear();
            double widest = 0.0;
            for (std::size_t j = 0; j < near.size(); ++j)
                widest = std::max(widest, distances.slack(i, j));
            for (std::size_t j = 0; j < near.size(); ++j)
                if (near[j] <= limit + 2.0 * widest)
                    candidates.push_back(near[j] < 0.0 && j == static_cast<std::size_t>(i)
                                             ? -1.0
                                             : distances.exact(i, j));
            std::nth_element(candidates.begin(), candidates.begin() + k, candidates.end());
            radii[static_cast<std::size_t>(i)] = candidates[static_cast<std::size_t>(k)];
        };
    });
    return radii;
}

double meanOf(const std::vector<double>& values) {
    return sumOf(values) / static_cast<double>(values.size());
}

} // namespace

ManifoldResult
manifold(const FeatureMatrix& real, const FeatureMatrix& synthetic, int k, JobContext& job) {
    requireComparable(real, synthetic);
    if (k < 1 || k >= real.rows || k >= synthetic.rows)
        throw Error(ErrorCode::config, "The neighbour metrics have no value here",
                    "k = " + std::to_string(k) + " neighbours need more than k samples in each set",
                    "lower k or add samples");
    const std::vector<double> realRadii = squaredRadii(real, k, job);
    const std::vector<double> syntheticRadii = squaredRadii(synthetic, k, job);
    ManifoldResult out;
    out.perSynthetic.assign(static_cast<std::size_t>(synthetic.rows), 0.0);
    out.perReal.assign(static_cast<std::size_t>(real.rows), 0.0);
    out.perRealBall.assign(static_cast<std::size_t>(real.rows), 0.0);
    // Ones are only ever set, and atomically, so the order of the threads does not show.
    const auto set = [](double& flag) {
        std::atomic_ref(flag).store(1.0, std::memory_order_relaxed);
    };
    const Distances distances(synthetic, real);
    distances.forRows(job, [&] {
        return [&](std::int64_t j, std::span<double> near) {
            const double radius = syntheticRadii[static_cast<std::size_t>(j)];
            double count = 0.0;
            for (std::size_t i = 0; i < near.size(); ++i) {
                if (distances.isBelow(radius, near[i], j, i))
                    set(out.perReal[i]);
                if (distances.isBelow(realRadii[i], near[i], j, i)) {
                    set(out.perRealBall[i]);
                    count += 1.0;
                }
            }
            out.perSynthetic[static_cast<std::size_t>(j)] = count;
        };
    });
    out.precision = static_cast<double>(
                        std::ranges::count_if(out.perSynthetic, [](double c) { return c > 0.0; })) /
                    static_cast<double>(synthetic.rows);
    out.recall = meanOf(out.perReal);
    out.density = meanOf(out.perSynthetic) / k;
    out.coverage = meanOf(out.perRealBall);
    return out;
}

Neighbours nearestRows(const FeatureMatrix& query,
                       const FeatureMatrix& reference,
                       bool skipSelf,
                       JobContext& job) {
    requireComparable(query, reference);
    if (reference.rows < (skipSelf ? 2 : 1))
        throw Error(ErrorCode::numeric, "There is no nearest sample",
                    "the reference set has no other sample");
    Neighbours out;
    out.index.resize(static_cast<std::size_t>(query.rows));
    out.distance.resize(static_cast<std::size_t>(query.rows));
    const Distances distances(query, reference);
    distances.forRows(job, [&] {
        return [&](std::int64_t i, std::span<double> near) {
            if (skipSelf)
                near[static_cast<std::size_t>(i)] = std::numeric_limits<double>::infinity();
            const auto nearest =
                static_cast<std::size_t>(std::ranges::min_element(near) - near.begin());
            const double limit = near[nearest] + distances.slack(i, nearest);
            double best = std::numeric_limits<double>::infinity();
            for (std::size_t j = 0; j < near.size(); ++j) {
                if (near[j] - distances.slack(i, j) > limit)
                    continue;
                const double d = distances.exact(i, j);
                if (d < best) {
                    best = d;
                    out.index[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(j);
                }
            }
            out.distance[static_cast<std::size_t>(i)] = std::sqrt(best);
        };
    });
    return out;
}

AuthenticityResult
authenticity(const FeatureMatrix& training, const FeatureMatrix& synthetic, JobContext& job) {
    const Neighbours nearest = nearestRows(synthetic, training, false, job);
    const Neighbours own = nearestRows(training, training, true, job);
    AuthenticityResult out;
    for (std::size_t i = 0; i < nearest.index.size(); ++i)
        out.perSynthetic.push_back(
            nearest.distance[i] >= own.distance[static_cast<std::size_t>(nearest.index[i])] ? 1.0
                                                                                            : 0.0);
    out.authenticity = meanOf(out.perSynthetic);
    return out;
}

double meanNearestCosine(const FeatureMatrix& a, const FeatureMatrix& b, JobContext& job) {
    requireComparable(a, b);
    const auto normalised = [](FeatureMatrix m) {
        for (std::int64_t r = 0; r < m.rows; ++r) {
            double norm = 0.0;
            for (const double v : m.row(r))
                norm += v * v;
            norm = std::sqrt(norm);
            for (double& v : m.row(r))
                v = norm > 0.0 ? v / norm : 0.0;
        }
        return m;
    };
    const FeatureMatrix x = normalised(a);
    const FeatureMatrix y = normalised(b);
    double sum = 0.0;
    for (std::int64_t i = 0; i < x.rows; ++i) {
        job.throwIfStopped();
        double best = 0.0;
        for (std::int64_t j = 0; j < y.rows; ++j) {
            double dot = 0.0;
            for (std::int64_t d = 0; d < x.dims; ++d)
                dot +=
                    x.row(i)[static_cast<std::size_t>(d)] * y.row(j)[static_cast<std::size_t>(d)];
            best = std::max(best, std::abs(dot));
        }
        sum += 1.0 - best;
    }
    return sum / static_cast<double>(x.rows);
}

} // namespace likeness
