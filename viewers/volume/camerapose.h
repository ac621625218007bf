// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace likeness {

/// Where the viewer stands, in world units: the volume's middle is the origin, and its longest edge
/// is 1 (fraction) or its length in um. Axes are those of the volume, so that y points down in a
/// picture of slice 0.
struct CameraPose {
    std::array<double, 3> position{0.0, 0.0, -4.0};
    std::array<double, 3> focus{};
    std::array<double, 3> up{0.0, -1.0, 0.0};

    friend bool operator==(const CameraPose&, const CameraPose&) = default;
};

/// The angle between the lower and upper edge of a view, in degrees.
constexpr double kViewAngle = 30.0;

/// A pose that shows a volume of this size whole, seen from above the front corner.
[[nodiscard]] CameraPose defaultPose(double worldSize);

/// The pose turned about its focus: `yaw` about the up direction, `pitch` about the horizontal, in
/// degrees.
[[nodiscard]] CameraPose rotated(const CameraPose& pose, double yaw, double pitch);

/// Moved sideways by fractions of the visible height at the focus.
[[nodiscard]] CameraPose panned(const CameraPose& pose, double right, double up);

/// Nearer by `factor` > 1, farther below.
[[nodiscard]] CameraPose zoomed(const CameraPose& pose, double factor);

/// Every length multiplied, for a change of the world unit.
[[nodiscard]] CameraPose scaledPose(const CameraPose& pose, double factor);

} // namespace likeness
