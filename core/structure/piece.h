// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/domain.h"
#include "core/base/job.h"
#include "core/structure/indicator.h"

#include <cstdint>
#include <map>
#include <string>

namespace likeness {

struct PieceOptions {
    Domain domain = Domain::rock;
    double threshold = 0.0;
    Phase phase = Phase::dark;
};

/// What sets of 2-D images are compared by, of one piece, under its name; lengths in pixels:
/// "porosity" (share of the counted phase), "euler_density" (Euler number, corners joined, per
/// pixel), "specific_surface" (boundaryDensity), "chord_mean_x", "chord_mean_y";
/// fibre: "fibre_count_density" (particles of 9 pixels and more, per pixel), "fibre_diameter_mean"
/// (of circles of the area of those that do not touch the border), "orientation_axx",
/// "orientation_anisotropy"; root: "root_length_density" (of the skeleton, per pixel),
/// "root_diameter_mean" (area over length), "tip_density", "branch_point_density". What a piece
/// does not have, such as the diameter where no fibre is whole, is left out.
[[nodiscard]] std::map<std::string, double>
describePiece(const ImageSpan& image, const PieceOptions& options, const JobContext& job = {});

} // namespace likeness
