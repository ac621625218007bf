// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/gradientsimilarity.h"

#include "core/base/error.h"
#include "core/metrics/plane.h"

#include <cmath>

namespace likeness {

namespace {

/// Prewitt gradient magnitudes of row y, columns 1..width-2.
void magnitudes(const Plane& p, std::int64_t y, std::vector<double>& out) {
    const double* up = p.row(y - 1);
    const double* mid = p.row(y);
    const double* down = p.row(y + 1);
    out.resize(static_cast<std::size_t>(p.width - 2));
    for (std::int64_t x = 1; x + 1 < p.width; ++x) {
        const double gx =
            (up[x + 1] + mid[x + 1] + down[x + 1] - up[x - 1] - mid[x - 1] - down[x - 1]) / 3.0;
        const double gy =
            (down[x - 1] + down[x] + down[x + 1] - up[x - 1] - up[x] - up[x + 1]) / 3.0;
        out[static_cast<std::size_t>(x - 1)] = std::sqrt(gx * gx + gy * gy);
    }
}

} // namespace

double gradientSimilarity(const ImageSpan& a, const ImageSpan& b, double dataRange) {
    if (a.width != b.width || a.height != b.height || a.width < 3 || a.height < 3)
        throw Error(ErrorCode::config, "The images cannot be compared",
                    "gradient similarity needs equal sizes of at least 3x3 pixels");
    if (!(dataRange > 0.0))
        throw Error(ErrorCode::config, "The data range is not usable", "it must be above 0");
    const Plane p = lumaPlane(a);
    const Plane q = lumaPlane(b);
    const double c = 0.0026 * dataRange * dataRange;
    std::vector<double> ga;
    std::vector<double> gb;
    double sum = 0.0;
    for (std::int64_t y = 1; y + 1 < p.height; ++y) {
        magnitudes(p, y, ga);
        magnitudes(q, y, gb);
        for (std::size_t i = 0; i < ga.size(); ++i)
            sum += (2.0 * ga[i] * gb[i] + c) / (ga[i] * ga[i] + gb[i] * gb[i] + c);
    }
    return sum / static_cast<double>((p.width - 2) * (p.height - 2));
}

} // namespace likeness
