// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"

#include <cstdint>
#include <vector>

namespace likeness {

/// Triangles in voxel coordinates (the centre of the first voxel is 0, 0, 0).
struct IsoSurface {
    std::vector<float> points;          ///< x, y, z
    std::vector<float> normals;         ///< towards lower values, length 1 in voxel coordinates
    std::vector<std::uint32_t> corners; ///< three per triangle
    double level = 0.0;

    [[nodiscard]] std::size_t triangles() const noexcept { return corners.size() / 3; }
};

constexpr std::size_t kMaximumTriangles = 12'000'000;

/// Where a grey volume crosses `level` (flying edges: Schroeder, Maynard and Geveci 2015), made in
/// slabs so that it can be stopped. Throws Error(config) for colour or volumes one voxel thin,
/// Error(memory) beyond kMaximumTriangles, Cancelled.
[[nodiscard]] IsoSurface isoSurface(const Volume& volume, double level, JobContext& job);

} // namespace likeness
