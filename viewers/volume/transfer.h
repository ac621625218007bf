// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "viewers/support/valuesample.h"

#include <array>
#include <optional>
#include <vector>

namespace likeness {

/// A corner of the piecewise linear colour and opacity curves.
struct TransferPoint {
    double position = 0.0;          ///< 0..1 of the range
    std::array<double, 3> colour{}; ///< red, green, blue 0..1
    double opacity = 0.0;           ///< 0..1, gathered along 1/100 of the longest edge

    friend bool operator==(const TransferPoint&, const TransferPoint&) = default;
};

/// How values become colour and opacity; may be given to several volumes.
struct TransferFunction {
    std::vector<TransferPoint> points; ///< in ascending order of position
    std::optional<DisplayRange> range; ///< values of 0 and 1; absent: each volume's own first view
    bool shading = true;

    friend bool operator==(const TransferFunction&, const TransferFunction&) = default;
};

enum class TransferPreset { rockGrains, rockPores, fibres, root, plain };

/// `threshold` (0..1 of the range, such as an Otsu threshold) parts the phases.
[[nodiscard]] TransferFunction transferFunction(TransferPreset preset, double threshold = 0.5);

/// Presets that suit a domain, the best first.
[[nodiscard]] std::vector<TransferPreset> presetsFor(Domain domain);

} // namespace likeness
