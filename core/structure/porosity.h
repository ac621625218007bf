// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/structure/indicator.h"

namespace likeness {

/// Voxels of the phase over voxels inside the field of view; 0..1. The volume fraction of whatever
/// phase is counted.
[[nodiscard]] double porosity(const Indicator& field);

/// How a phase hangs together: voxels of the components that touch no face, and of those that join
/// both faces of an axis, over all voxels. The whole image only: throws Error(unsupported) with a
/// field of view.
struct Connectivity {
    double closed = 0.0;
    std::array<double, 3> percolating{}; ///< x, y, z; 0 where no component joins the two faces
    std::int64_t components = 0;
};

enum class Neighbourhood { faces, full }; ///< 4/6 or 8/26 neighbours

[[nodiscard]] Connectivity
connectivity(const Indicator& field, Neighbourhood neighbourhood, const JobContext& job = {});

} // namespace likeness
