// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/projection.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace likeness {

namespace {

FeatureMatrix cutTo(const FeatureMatrix& m, std::int64_t rows, Random& random) {
    if (m.rows == rows)
        return m;
    std::vector<std::int64_t> order(static_cast<std::size_t>(m.rows));
    std::iota(order.begin(), order.end(), 0);
    random.shuffle(std::span<std::int64_t>(order));
    order.resize(static_cast<std::size_t>(rows));
    return m.select(order);
}

std::vector<double> unitDirection(std::int64_t dims, Random& random) {
    std::vector<double> v(static_cast<std::size_t>(dims));
    double norm = 0.0;
    for (double& x : v) {
        x = random.normal();
        norm += x * x;
    }
    for (double& x : v)
        x /= std::sqrt(norm);
    return v;
}

void project(const FeatureMatrix& m,
             const std::vector<double>& direction,
             std::vector<double>& out) {
    out.resize(static_cast<std::size_t>(m.rows));
    for (std::int64_t r = 0; r < m.rows; ++r) {
        const auto row = m.row(r);
        out[static_cast<std::size_t>(r)] =
            std::inner_product(row.begin(), row.end(), direction.begin(), 0.0);
    }
    std::ranges::sort(out);
}

} // namespace

double projectionDistance(const FeatureMatrix& a,
                          const FeatureMatrix& b,
                          const ProjectionOptions& options,
                          JobContext& job) {
    requireComparable(a, b);
    const std::int64_t rows = std::min(a.rows, b.rows);
    if (rows < 1 || options.directions < 1)
        throw Error(ErrorCode::config, "MIND has no value here",
                    "it needs samples in both sets and at least one direction");
    Random random(options.seed, "metrics.mind");
    const FeatureMatrix x = cutTo(a, rows, random);
    const FeatureMatrix y = cutTo(b, rows, random);
    std::vector<double> px;
    std::vector<double> py;
    double sum = 0.0;
    for (int d = 0; d < options.directions; ++d) {
        job.throwIfStopped();
        const std::vector<double> direction = unitDirection(a.dims, random);
        project(x, direction, px);
        project(y, direction, py);
        for (std::size_t i = 0; i < px.size(); ++i)
            sum += (px[i] - py[i]) * (px[i] - py[i]);
    }
    return 3.0 * static_cast<double>(a.dims) * sum /
           (static_cast<double>(options.directions) * static_cast<double>(rows));
}

} // namespace likeness
