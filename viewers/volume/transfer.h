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

enum class TransferPreset { rockGrains, rockPores, fibres, matrix, root, soil, plain };

/// `threshold` (0..1 of the range, such as an Otsu threshold) parts the phases.
[[nodiscard]] TransferFunction transferFunction(TransferPreset preset, double threshold = 0.5);

/// Presets that suit a domain, the best first.
[[nodiscard]] std::vector<TransferPreset> presetsFor(Domain domain);

/// Grey from black to white whose opacity rises from 0 at the median to 0.6 at the 98th percentile,
/// over the values' first view.
[[nodiscard]] TransferFunction automaticRamp(const ValueSample& values);

/// Colour and opacity at a position: linear between points, constant beyond the outermost.
[[nodiscard]] TransferPoint pointAt(const TransferFunction& function, double position);

/// A transfer function under the hand: points are kept in order and within 0..1, at least two stay,
/// and changes can be taken back one by one. A drag is one change.
class TransferModel {
public:
    static constexpr std::size_t kUndoLimit = 100;

    TransferModel();

    [[nodiscard]] const TransferFunction& function() const noexcept { return m_function; }

    /// A new beginning: what reset() returns to; forgets the changes made before.
    void start(const TransferFunction& function);

    /// One change that undo() takes back.
    void set(const TransferFunction& function);

    void reset() { set(m_start); }

    [[nodiscard]] bool canUndo() const noexcept { return !m_undo.empty(); }

    void undo();

    /// Remembers the present function; the changes that follow, up to the next of these calls,
    /// belong together.
    void beginChange();

    /// On the present curve, or with an opacity of its own. Returns the index of the new point.
    std::size_t addPoint(double position, std::optional<double> opacity = {});

    /// Between its neighbours; opacity is kept within 0..1.
    void movePoint(std::size_t index, double position, double opacity);

    void setColour(std::size_t index, const std::array<double, 3>& colour);

    /// False if only two are left.
    bool removePoint(std::size_t index);

    /// Ignored unless low < high and both are finite.
    void setRange(DisplayRange range);

private:
    TransferFunction m_function;
    TransferFunction m_start;
    std::vector<TransferFunction> m_undo;
};

} // namespace likeness
