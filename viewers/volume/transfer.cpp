// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/transfer.h"

#include <algorithm>
#include <cmath>

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
    case TransferPreset::matrix:
        return twoPhases({{0.45, 0.55, 0.65}, {0.85, 0.85, 0.80}, 0.25, 0.0}, threshold);
    case TransferPreset::soil:
        return twoPhases({{0.55, 0.42, 0.28}, {0.90, 0.85, 0.65}, 0.25, 0.0}, threshold);
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
        return {TransferPreset::fibres, TransferPreset::matrix, TransferPreset::plain};
    case Domain::root:
        break;
    }
    return {TransferPreset::root, TransferPreset::soil, TransferPreset::plain};
}

TransferFunction automaticRamp(const ValueSample& values) {
    TransferFunction f = transferFunction(TransferPreset::plain);
    const DisplayRange range = values.firstView();
    f.range = range;
    const auto share = [&](double percent) {
        return std::clamp((values.percentile(percent) - range.low) / range.window(), 0.0, 1.0);
    };
    const double low = std::min(share(50.0), 0.98);
    const double high = std::clamp(share(98.0), low + 0.02, 1.0);
    f.points = {{0.0, {0.0, 0.0, 0.0}, 0.0},
                {low, {low, low, low}, 0.0},
                {high, {high, high, high}, 0.6},
                {1.0, {1.0, 1.0, 1.0}, 0.6}};
    f.shading = true;
    return f;
}

TransferPoint pointAt(const TransferFunction& function, double position) {
    const auto& points = function.points;
    const auto above =
        std::upper_bound(points.begin(), points.end(), position,
                         [](double at, const TransferPoint& p) { return at < p.position; });
    TransferPoint found = above == points.begin() ? points.front() : *std::prev(above);
    if (above != points.begin() && above != points.end()) {
        const TransferPoint& from = *std::prev(above);
        const double t = (position - from.position) / (above->position - from.position);
        for (std::size_t i = 0; i < 3; ++i)
            found.colour[i] = std::lerp(from.colour[i], above->colour[i], t);
        found.opacity = std::lerp(from.opacity, above->opacity, t);
    }
    found.position = position;
    return found;
}

TransferModel::TransferModel() {
    start(transferFunction(TransferPreset::plain));
}

void TransferModel::start(const TransferFunction& function) {
    m_function = function;
    m_start = function;
    m_undo.clear();
}

void TransferModel::set(const TransferFunction& function) {
    beginChange();
    m_function = function;
}

void TransferModel::beginChange() {
    if (!m_undo.empty() && m_undo.back() == m_function)
        return;
    m_undo.push_back(m_function);
    if (m_undo.size() > kUndoLimit)
        m_undo.erase(m_undo.begin());
}

void TransferModel::undo() {
    // A change that led back to where it began is no step.
    while (!m_undo.empty() && m_undo.back() == m_function)
        m_undo.pop_back();
    if (m_undo.empty())
        return;
    m_function = m_undo.back();
    m_undo.pop_back();
}

std::size_t TransferModel::addPoint(double position, std::optional<double> opacity) {
    beginChange();
    auto& points = m_function.points;
    TransferPoint point = pointAt(m_function, std::clamp(position, 0.0, 1.0));
    if (opacity)
        point.opacity = std::clamp(*opacity, 0.0, 1.0);
    const auto at =
        std::upper_bound(points.begin(), points.end(), point.position,
                         [](double where, const TransferPoint& p) { return where < p.position; });
    const auto added = points.insert(at, point);
    return static_cast<std::size_t>(added - points.begin());
}

void TransferModel::movePoint(std::size_t index, double position, double opacity) {
    auto& points = m_function.points;
    const double low = index > 0 ? points.at(index - 1).position : 0.0;
    const double high = index + 1 < points.size() ? points[index + 1].position : 1.0;
    points.at(index).position = std::clamp(position, low, high);
    points[index].opacity = std::clamp(opacity, 0.0, 1.0);
}

void TransferModel::setColour(std::size_t index, const std::array<double, 3>& colour) {
    beginChange();
    m_function.points.at(index).colour = colour;
}

bool TransferModel::removePoint(std::size_t index) {
    if (m_function.points.size() <= 2 || index >= m_function.points.size())
        return false;
    beginChange();
    m_function.points.erase(m_function.points.begin() + static_cast<std::ptrdiff_t>(index));
    return true;
}

void TransferModel::setRange(DisplayRange range) {
    if (std::isfinite(range.low) && std::isfinite(range.high) && range.low < range.high)
        m_function.range = range;
}

} // namespace likeness
