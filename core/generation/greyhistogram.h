// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace likeness {

/// Bins of grey values in network units: equal steps of arsinh, so that they are finer than a grey
/// level of any common scan and yet reach thousands of deviations.
inline constexpr std::int64_t kGreyBins = 8192;

[[nodiscard]] std::int64_t greyBin(float unit) noexcept;

/// The units at the left edge of a bin, 0 to kGreyBins.
[[nodiscard]] double greyEdge(std::int64_t bin) noexcept;

/// The distribution that a histogram describes, values spread evenly within a bin.
class GreyDistribution {
public:
    /// kGreyBins shares of any sum above 0.
    explicit GreyDistribution(std::span<const float> shares);

    /// The value that a share in [0, 1] of all lies below.
    [[nodiscard]] double quantile(double share) const noexcept;

    /// Share below the middle of the pixels of this bin.
    [[nodiscard]] double middleShare(std::int64_t bin) const noexcept;

    /// Share of all in this bin or below.
    [[nodiscard]] double shareUpTo(std::int64_t bin) const noexcept;

    /// The last bin of the dark phase by Otsu (1979): the cut of largest variance between the two
    /// sides.
    [[nodiscard]] std::int64_t otsuBin() const;

private:
    std::vector<double> m_below; ///< share below each edge, kGreyBins + 1
};

} // namespace likeness
