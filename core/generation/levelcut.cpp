// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/levelcut.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

constexpr int kSteps = 4096; ///< of the table; even
constexpr double kHalfTurn = std::numbers::pi;

double density(double z) noexcept {
    return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
}

double angleOf(int node) noexcept {
    return kHalfTurn * (static_cast<double>(node) / kSteps - 0.5);
}

double integrand(double level, double angle) noexcept {
    const double base = 1.0 + std::sin(angle);
    return base <= 0.0 ? (level == 0.0 ? 1.0 : 0.0) : std::exp(-level * level / base);
}

} // namespace

double normalShare(double z) noexcept {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normalQuantile(double share) noexcept {
    if (share > 0.5)
        return -normalQuantile(1.0 - share);
    // Newton's steps from the left of the convex branch do not overshoot.
    double z = -std::sqrt(std::max(0.0, -2.0 * std::log(2.0 * std::max(share, 1e-300))));
    for (int i = 0; i < 100; ++i) {
        const double step = (normalShare(z) - share) / std::max(density(z), 1e-300);
        z -= std::clamp(step, -1.0, 1.0);
        if (std::abs(step) < 1e-14)
            break;
    }
    return z;
}

LevelCut::LevelCut(double share)
    : m_level(normalQuantile(share))
    , m_twoPoint(kSteps + 1) {
    // Simpson's rule on each interval, with its middle.
    const double step = kHalfTurn / kSteps;
    m_twoPoint.front() = std::max(0.0, 2.0 * share - 1.0);
    for (int i = 0; i < kSteps; ++i) {
        const double sum = integrand(m_level, angleOf(i)) +
                           4.0 * integrand(m_level, angleOf(i) + 0.5 * step) +
                           integrand(m_level, angleOf(i + 1));
        m_twoPoint[static_cast<std::size_t>(i) + 1] =
            m_twoPoint[static_cast<std::size_t>(i)] + sum * step / 6.0 / (2.0 * kHalfTurn);
    }
}

double LevelCut::twoPoint(double correlation) const noexcept {
    const double angle = std::asin(std::clamp(correlation, -1.0, 1.0));
    const double position = std::clamp((angle / kHalfTurn + 0.5) * kSteps, 0.0, double{kSteps});
    const auto low = std::min(static_cast<std::size_t>(position), m_twoPoint.size() - 2);
    const double part = position - static_cast<double>(low);
    return m_twoPoint[low] + part * (m_twoPoint[low + 1] - m_twoPoint[low]);
}

double LevelCut::correlation(double twoPoint) const noexcept {
    const auto above = std::upper_bound(m_twoPoint.begin(), m_twoPoint.end(), twoPoint);
    if (above == m_twoPoint.begin())
        return -1.0;
    if (above == m_twoPoint.end())
        return 1.0;
    const auto low = static_cast<std::size_t>(above - m_twoPoint.begin()) - 1;
    const double rise = m_twoPoint[low + 1] - m_twoPoint[low];
    const double position = static_cast<double>(low) + (twoPoint - m_twoPoint[low]) / rise;
    return std::sin(kHalfTurn * (position / kSteps - 0.5));
}

} // namespace likeness
