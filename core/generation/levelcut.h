// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace likeness {

/// Share of a standard normal variable below `z`, and its inverse for shares in (0, 1).
[[nodiscard]] double normalShare(double z) noexcept;
[[nodiscard]] double normalQuantile(double share) noexcept;

/// A standard Gaussian field cut at a level: the phase is where the field lies at or below it. The
/// probability that two points both lie in the phase depends on the correlation r of the field
/// there alone, and rises with it: share^2 + 1 / (2 pi) * integral from 0 to arcsin r of
/// exp(-level^2 / (1 + sin t)) dt (Berk 1991, after the bivariate normal integral of Sheppard).
class LevelCut {
public:
    /// `share` of the phase in (0, 1).
    explicit LevelCut(double share);

    [[nodiscard]] double level() const noexcept { return m_level; }

    /// Correlations from -1 to 1.
    [[nodiscard]] double twoPoint(double correlation) const noexcept;

    /// The correlation that has this probability; of one that no correlation has, the nearest.
    [[nodiscard]] double correlation(double twoPoint) const noexcept;

private:
    double m_level;
    std::vector<double> m_twoPoint; ///< at equal steps of arcsin of the correlation
};

} // namespace likeness
