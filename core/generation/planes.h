// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/generation/client/packedset.h"

namespace likeness {

/// Whether the set says what its volumes look like along more than one axis: it holds volumes, or
/// slices of three planes. Throws Error(config) if it mixes volumes and single slices, or has
/// slices of other planes than x-y but not of all three.
[[nodiscard]] bool hasThreePlanes(const PackedSet& set);

/// All slices of one plane, rows downwards: the set's slices of that plane, and its volumes turned
/// so that their "x-y" slices are those of the plane (columns, rows, slices: x, y, z for xy; x, z,
/// y for xz; y, z, x for yz).
[[nodiscard]] PackedSet slicesOf(const PackedSet& set, SlicePlane plane);

/// Pixels after which the covariance of the grey values has fallen to 1/e of its value at a
/// distance of one pixel (which leaves out white noise): the decay length of S2, about the size of
/// a feature. Of some rows and columns of some slices; no longer than half a side.
struct FeatureSize {
    double x = 0.0;
    double y = 0.0;
};

[[nodiscard]] FeatureSize featureSizeOf(const PackedSet& set);

} // namespace likeness
