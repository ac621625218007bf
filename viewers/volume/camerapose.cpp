// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/camerapose.h"

#include <cmath>
#include <numbers>

namespace likeness {

namespace {

using Vector = std::array<double, 3>;

Vector operator+(const Vector& a, const Vector& b) {
    return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}

Vector operator-(const Vector& a, const Vector& b) {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

Vector operator*(double f, const Vector& a) {
    return {f * a[0], f * a[1], f * a[2]};
}

double dot(const Vector& a, const Vector& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector cross(const Vector& a, const Vector& b) {
    return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double length(const Vector& a) {
    return std::sqrt(dot(a, a));
}

Vector unit(const Vector& a) {
    return (1.0 / length(a)) * a;
}

/// Rodrigues' rotation of `v` about the unit vector `axis`.
Vector turned(const Vector& v, const Vector& axis, double degrees) {
    const double angle = degrees * std::numbers::pi / 180.0;
    const double c = std::cos(angle);
    return c * v + std::sin(angle) * cross(axis, v) + ((1.0 - c) * dot(axis, v)) * axis;
}

Vector rightOf(const CameraPose& pose) {
    return unit(cross(pose.focus - pose.position, pose.up));
}

} // namespace

CameraPose defaultPose(double worldSize) {
    // 1.75 holds the space diagonal of a cube within the view angle, with a margin.
    const double distance =
        worldSize * 1.75 / (2.0 * std::tan(kViewAngle * std::numbers::pi / 360.0));
    CameraPose pose;
    pose.position = {0.0, 0.0, -distance};
    pose.up = {0.0, -1.0, 0.0};
    return rotated(rotated(pose, 35.0, 0.0), 0.0, -25.0);
}

CameraPose rotated(const CameraPose& pose, double yaw, double pitch) {
    const Vector right = rightOf(pose);
    // At a right angle to the line of sight, so that no turn ever meets a pole.
    const Vector up = cross(right, unit(pose.focus - pose.position));
    const Vector axis = turned(right, up, yaw);
    const Vector arm = turned(turned(pose.position - pose.focus, up, yaw), axis, pitch);
    return {pose.focus + arm, pose.focus, turned(up, axis, pitch)};
}

CameraPose panned(const CameraPose& pose, double right, double up) {
    const Vector sight = pose.focus - pose.position;
    const double height = 2.0 * length(sight) * std::tan(kViewAngle * std::numbers::pi / 360.0);
    const Vector across = rightOf(pose);
    const Vector upward = cross(across, unit(sight));
    const Vector shift = (height * right) * across + (height * up) * upward;
    return {pose.position + shift, pose.focus + shift, pose.up};
}

CameraPose zoomed(const CameraPose& pose, double factor) {
    CameraPose result = pose;
    result.position = pose.focus + (1.0 / factor) * (pose.position - pose.focus);
    return result;
}

CameraPose scaledPose(const CameraPose& pose, double factor) {
    return {factor * pose.position, factor * pose.focus, pose.up};
}

} // namespace likeness
