// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/frechet.h"

#include "core/base/error.h"
#include "core/metrics/blasthreads.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace likeness {

namespace {

using Matrix = std::vector<double>;

/// A smaller squared pivot, relative to the largest variance, counts as singular.
constexpr double kSafePivot = 1e-10;

/// Eigenvalues, ascending; with `vectors` the matrix is replaced by its eigenvectors (as rows, in C
/// order of a column-major result). Symmetric input, so both storage orders are one.
std::vector<double> eigen(Matrix& matrix, std::int64_t n, bool vectors) {
    std::vector<double> values(static_cast<std::size_t>(n));
    const auto order = static_cast<lapack_int>(n);
    const lapack_int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, vectors ? 'V' : 'N', 'U', order,
                                           matrix.data(), order, values.data());
    if (info != 0)
        throw Error(ErrorCode::numeric, "The Frechet distance was not found",
                    "the eigenvalue solver stopped with code " + std::to_string(info),
                    "check the features for extreme values");
    return values;
}

/// V diag(sqrt(max(w, 0))) V^T
Matrix symmetricRoot(Matrix covariance, std::int64_t n) {
    const std::vector<double> w = eigen(covariance, n, true);
    Matrix scaled = covariance;
    for (std::int64_t i = 0; i < n; ++i) {
        const double root = std::sqrt(std::max(w[static_cast<std::size_t>(i)], 0.0));
        for (std::int64_t j = 0; j < n; ++j)
            scaled[static_cast<std::size_t>(i * n + j)] *= root;
    }
    Matrix out(covariance.size());
    const auto d = static_cast<int>(n);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, d, d, d, 1.0, scaled.data(), d,
                covariance.data(), d, 0.0, out.data(), d);
    return out;
}

double trace(const Matrix& m, std::int64_t n) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < n; ++i)
        sum += m[static_cast<std::size_t>(i * n + i)];
    return sum;
}

double sumOfRoots(Matrix& symmetric, std::int64_t n) {
    double sum = 0.0;
    for (const double w : eigen(symmetric, n, false))
        sum += std::sqrt(std::max(w, 0.0));
    return sum;
}

/// A^1/2 B A^1/2
Matrix sandwiched(const Matrix& a, const Matrix& b, std::int64_t n) {
    const Matrix root = symmetricRoot(a, n);
    Matrix half(a.size());
    Matrix product(a.size());
    const auto d = static_cast<int>(n);
    cblas_dsymm(CblasColMajor, CblasLeft, CblasUpper, d, d, 1.0, root.data(), d, b.data(), d, 0.0,
                half.data(), d);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, d, d, d, 1.0, half.data(), d,
                root.data(), d, 0.0, product.data(), d);
    return product;
}

/// L^T B L with A = L L^T, which has the eigenvalues of A^1/2 B A^1/2 and takes half the time.
/// False if A is not safely positive definite.
bool choleskySandwiched(Matrix a, const Matrix& b, std::int64_t n, Matrix& product) {
    const auto d = static_cast<int>(n);
    double largest = 0.0;
    for (std::int64_t i = 0; i < n; ++i)
        largest = std::max(largest, a[static_cast<std::size_t>(i * n + i)]);
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', static_cast<lapack_int>(n), a.data(),
                       static_cast<lapack_int>(n)) != 0)
        return false;
    for (std::int64_t i = 0; i < n; ++i) {
        const double pivot = a[static_cast<std::size_t>(i * n + i)];
        if (pivot * pivot < kSafePivot * largest)
            return false;
    }
    product = b;
    cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, d, d, 1.0, a.data(),
                d, product.data(), d);
    cblas_dtrmm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, d, d, 1.0,
                a.data(), d, product.data(), d);
    return true;
}

/// tr (A^1/2 B A^1/2)^1/2
double traceOfRoot(const Matrix& a, const Matrix& b, std::int64_t n) {
    Matrix product;
    if (!choleskySandwiched(a, b, n, product))
        product = sandwiched(a, b, n);
    return sumOfRoots(product, n);
}

} // namespace

GaussianSummary summarise(const FeatureMatrix& features) {
    const std::int64_t n = features.dims;
    const OneBlasThread oneThread(true);
    if (features.rows < 2)
        throw Error(ErrorCode::numeric, "A covariance has no value here",
                    "it needs at least two samples");
    GaussianSummary out;
    out.rows = features.rows;
    out.mean.assign(static_cast<std::size_t>(n), 0.0);
    for (std::int64_t r = 0; r < features.rows; ++r) {
        const auto row = features.row(r);
        for (std::size_t i = 0; i < row.size(); ++i)
            out.mean[i] += row[i];
    }
    for (double& m : out.mean)
        m /= static_cast<double>(features.rows);
    Matrix centred = features.values;
    for (std::int64_t r = 0; r < features.rows; ++r)
        for (std::int64_t i = 0; i < n; ++i)
            centred[static_cast<std::size_t>(r * n + i)] -= out.mean[static_cast<std::size_t>(i)];
    out.covariance.assign(static_cast<std::size_t>(n * n), 0.0);
    cblas_dsyrk(CblasColMajor, CblasUpper, CblasNoTrans, static_cast<int>(n),
                static_cast<int>(features.rows), 1.0 / static_cast<double>(features.rows - 1),
                centred.data(), static_cast<int>(n), 0.0, out.covariance.data(),
                static_cast<int>(n));
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < i; ++j)
            out.covariance[static_cast<std::size_t>(j * n + i)] =
                out.covariance[static_cast<std::size_t>(i * n + j)];
    return out;
}

FrechetResult frechetDistance(const GaussianSummary& a, const GaussianSummary& b) {
    const auto n = static_cast<std::int64_t>(a.mean.size());
    const OneBlasThread oneThread(true);
    FrechetResult result;
    for (std::size_t i = 0; i < a.mean.size(); ++i)
        result.meanTerm += (a.mean[i] - b.mean[i]) * (a.mean[i] - b.mean[i]);
    result.trace1 = trace(a.covariance, n);
    result.trace2 = trace(b.covariance, n);
    result.traceRoot = traceOfRoot(a.covariance, b.covariance, n);
    result.rankDeficient = a.rows <= n || b.rows <= n;
    result.distance = result.meanTerm + result.trace1 + result.trace2 - 2.0 * result.traceRoot;
    return result;
}

FrechetResult frechetDistance(const FeatureMatrix& a, const FeatureMatrix& b) {
    requireComparable(a, b);
    return frechetDistance(summarise(a), summarise(b));
}

} // namespace likeness
