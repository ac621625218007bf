// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/greyhistogram.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr double kStretch = 4.0; ///< per unit; the training set has a deviation of half a unit
constexpr double kReach = 10.5;  ///< arsinh of the largest value, about 4500 units

double middleOf(std::int64_t bin) noexcept {
    return 0.5 * (greyEdge(bin) + greyEdge(bin + 1));
}

} // namespace

std::int64_t greyBin(float unit) noexcept {
    const double position = std::asinh(kStretch * static_cast<double>(unit)) / kReach;
    const double bin = std::floor((0.5 + 0.5 * position) * static_cast<double>(kGreyBins));
    return static_cast<std::int64_t>(std::clamp(bin, 0.0, static_cast<double>(kGreyBins - 1)));
}

double greyEdge(std::int64_t bin) noexcept {
    const double position = 2.0 * static_cast<double>(bin) / static_cast<double>(kGreyBins) - 1.0;
    return std::sinh(kReach * position) / kStretch;
}

GreyDistribution::GreyDistribution(std::span<const float> shares)
    : m_below(static_cast<std::size_t>(kGreyBins) + 1, 0.0) {
    double sum = 0.0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        sum += static_cast<double>(shares[i]);
        m_below[i + 1] = sum;
    }
    for (double& below : m_below)
        below = sum > 0.0 ? below / sum : 0.0;
}

double GreyDistribution::quantile(double share) const noexcept {
    // The first edge above the share closes a bin that holds pixels.
    const auto above = std::upper_bound(m_below.begin(), m_below.end() - 1, share);
    const auto edge = std::max<std::int64_t>(above - m_below.begin(), 1);
    const double low = m_below[static_cast<std::size_t>(edge) - 1];
    const double high = m_below[static_cast<std::size_t>(edge)];
    if (!(high > low)) { // a share of one: the largest value
        const auto last = std::lower_bound(m_below.begin(), m_below.end(), m_below.back());
        return greyEdge(last - m_below.begin());
    }
    const double part = std::clamp((share - low) / (high - low), 0.0, 1.0);
    return greyEdge(edge - 1) + part * (greyEdge(edge) - greyEdge(edge - 1));
}

double GreyDistribution::middleShare(std::int64_t bin) const noexcept {
    const auto at = static_cast<std::size_t>(bin);
    return 0.5 * (m_below[at] + m_below[at + 1]);
}

double GreyDistribution::shareUpTo(std::int64_t bin) const noexcept {
    return m_below[static_cast<std::size_t>(bin) + 1];
}

std::int64_t GreyDistribution::otsuBin() const {
    double mean = 0.0;
    for (std::int64_t i = 0; i < kGreyBins; ++i)
        mean += (shareUpTo(i) - m_below[static_cast<std::size_t>(i)]) * middleOf(i);
    double sum = 0.0;
    double best = -1.0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    for (std::int64_t i = 0; i + 1 < kGreyBins; ++i) {
        const double share = shareUpTo(i);
        sum += (share - m_below[static_cast<std::size_t>(i)]) * middleOf(i);
        if (!(share > 0.0 && share < 1.0))
            continue;
        const double between = std::pow(mean * share - sum, 2) / (share * (1.0 - share));
        if (between > best * (1.0 + 1e-12)) {
            best = between;
            first = i;
        }
        if (between >= best * (1.0 - 1e-12))
            last = i;
    }
    // Between two grey levels many cuts are equal; the one in the middle is safe from rounding.
    return (first + last) / 2;
}

} // namespace likeness
