// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/kernel.h"

#include "core/base/error.h"
#include "core/metrics/blasthreads.h"
#include "core/metrics/plane.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace likeness {

namespace {

constexpr std::int64_t kBlock = 256;

/// Products per block from which on a second BLAS thread pays.
constexpr double kWorthThreads = 2e8;

/// Row and column sums of a kernel matrix, found block by block so that memory stays small.
struct KernelSums {
    std::vector<double> rows;
    std::vector<double> columns;
    double total = 0.0;
};

double cubic(double dot, double dims) {
    const double k = dot / dims + 1.0;
    return k * k * k;
}

/// `within`: a and b are one matrix and its diagonal does not count.
KernelSums
kernelSums(const FeatureMatrix& a, const FeatureMatrix& b, bool within, JobContext& job) {
    KernelSums sums;
    sums.rows.assign(static_cast<std::size_t>(a.rows), 0.0);
    sums.columns.assign(static_cast<std::size_t>(b.rows), 0.0);
    const auto dims = static_cast<double>(a.dims);
    const OneBlasThread oneThread(static_cast<double>(kBlock * b.rows) * dims < kWorthThreads);
    std::vector<double> block(static_cast<std::size_t>(kBlock * b.rows));
    for (std::int64_t first = 0; first < a.rows; first += kBlock) {
        job.throwIfStopped();
        const std::int64_t count = std::min(kBlock, a.rows - first);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(count),
                    static_cast<int>(b.rows), static_cast<int>(a.dims), 1.0,
                    a.values.data() + first * a.dims, static_cast<int>(a.dims), b.values.data(),
                    static_cast<int>(a.dims), 0.0, block.data(), static_cast<int>(b.rows));
        for (std::int64_t i = 0; i < count; ++i) {
            double* row = block.data() + i * b.rows;
            for (std::int64_t j = 0; j < b.rows; ++j)
                row[j] = cubic(row[j], dims);
            if (within)
                row[first + i] = 0.0;
            for (std::int64_t j = 0; j < b.rows; ++j)
                sums.columns[static_cast<std::size_t>(j)] += row[j];
            sums.rows[static_cast<std::size_t>(first + i)] =
                sumOf({row, static_cast<std::size_t>(b.rows)});
        }
    }
    sums.total = sumOf(sums.rows);
    return sums;
}

/// (n-1)/n times the sum of squared deviations of the leave-one-out values.
double jackknifeVariance(const std::vector<double>& leaveOneOut) {
    const auto n = static_cast<double>(leaveOneOut.size());
    const double mean = sumOf(leaveOneOut) / n;
    double sum = 0.0;
    for (const double v : leaveOneOut)
        sum += (v - mean) * (v - mean);
    return (n - 1.0) / n * sum;
}

/// The statistic without row i of one set, for every i. `own` holds that set's inner sums, `cross`
/// its sums against the other set, `rest` the other set's inner term.
std::vector<double> leaveOneOut(const KernelSums& own,
                                const std::vector<double>& cross,
                                double crossTotal,
                                double otherRows,
                                double rest) {
    const auto m = static_cast<double>(own.rows.size());
    std::vector<double> out(own.rows.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = (own.total - 2.0 * own.rows[i]) / ((m - 1.0) * (m - 2.0)) + rest -
                 2.0 * (crossTotal - cross[i]) / ((m - 1.0) * otherRows);
    return out;
}

} // namespace

KernelResult kernelDistance(const FeatureMatrix& a, const FeatureMatrix& b, JobContext& job) {
    requireComparable(a, b);
    if (a.rows < 2 || b.rows < 2)
        throw Error(ErrorCode::numeric, "The kernel distance has no value here",
                    "it needs at least two samples in each set");
    const KernelSums aa = kernelSums(a, a, true, job);
    const KernelSums bb = kernelSums(b, b, true, job);
    const KernelSums ab = kernelSums(a, b, false, job);
    const auto m = static_cast<double>(a.rows);
    const auto n = static_cast<double>(b.rows);
    const double termA = aa.total / (m * (m - 1.0));
    const double termB = bb.total / (n * (n - 1.0));
    KernelResult result;
    result.distance = termA + termB - 2.0 * ab.total / (m * n);
    if (a.rows > 2 && b.rows > 2)
        result.standardError =
            std::sqrt(jackknifeVariance(leaveOneOut(aa, ab.rows, ab.total, n, termB)) +
                      jackknifeVariance(leaveOneOut(bb, ab.columns, ab.total, m, termA)));
    return result;
}

} // namespace likeness
