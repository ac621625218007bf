// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/transfer.h"

#include <algorithm>

namespace likeness {

namespace {

/// Half the width of the ramp between two phases.
constexpr double kRamp = 0.06;

using Colour = std::array<double, 3>;

struct Phases {
    Colour dark;
    Colour bright;
    double darkOpacity;
    double brightOpacity;
};

/// Opacity steps from the dark phase's to the bright phase's across the threshold.
TransferFunction twoPhases(const Phases& phases, double threshold) {
    const double t = std::clamp(threshold, 0.0, 1.0);
    const double low = std::max(t - kRamp, 0.0);
    const double high = std::min(t + kRamp, 1.0);
    const Colour& b = phases.bright;
    const Colour brightest{0.5 * (1.0 + b[0]), 0.5 * (1.0 + b[1]), 0.5 * (1.0 + b[2])};
    TransferFunction f;
    f.points = {{0.0, phases.dark, phases.darkOpacity},
                {low, phases.dark, phases.darkOpacity},
                {high, phases.bright, phases.brightOpacity},
                {1.0, brightest, phases.brightOpacity}};
    return f;
}

} // namespace

TransferFunction transferFunction(TransferPreset preset, double threshold) {
    switch (preset) {
    case TransferPreset::rockGrains:
        return twoPhases({{0.30, 0.22, 0.15}, {0.80, 0.68, 0.50}, 0.0, 0.9}, threshold);
    case TransferPreset::rockPores:
        return twoPhases({{0.20, 0.45, 0.75}, {0.80, 0.68, 0.50}, 0.15, 0.0}, threshold);
    case TransferPreset::fibres:
        return twoPhases({{0.25, 0.30, 0.35}, {0.85, 0.85, 0.80}, 0.0, 0.7}, threshold);
    case TransferPreset::root: {
        // Soil and water stay faintly visible around the root.
        TransferFunction f =
            twoPhases({{0.35, 0.28, 0.20}, {0.90, 0.85, 0.65}, 0.01, 0.8}, threshold);
        f.points.front().opacity = 0.0;
        return f;
    }
    case TransferPreset::plain:
        break;
    }
    TransferFunction f;
    f.points = {{0.0, {0.0, 0.0, 0.0}, 0.0}, {1.0, {1.0, 1.0, 1.0}, 0.5}};
    f.shading = false;
    return f;
}

std::vector<TransferPreset> presetsFor(Domain domain) {
    switch (domain) {
    case Domain::rock:
        return {TransferPreset::rockGrains, TransferPreset::rockPores, TransferPreset::plain};
    case Domain::fibre:
        return {TransferPreset::fibres, TransferPreset::plain};
    case Domain::root:
        break;
    }
    return {TransferPreset::root, TransferPreset::plain};
}

} // namespace likeness
