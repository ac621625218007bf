// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/phantoms/fibre.h"
#include "core/phantoms/packing.h"

#include <functional>
#include <vector>

namespace likeness::phantoms {

/// Where fibres and voids lie: discs in a periodic image, or rods in a box.
struct Bundle {
    std::vector<Ball> discs;
    std::vector<Rod> rods;
    std::vector<Rod> voids; ///< centre, long axis; half: stretch, radius: size

    [[nodiscard]] std::size_t count() const noexcept { return discs.size() + rods.size(); }
};

/// Throws Error(numeric) when the asked volume fraction cannot be reached without overlaps.
[[nodiscard]] Bundle packBundle(const FibreParameters& parameters,
                                const Extent& extent,
                                std::uint64_t seed,
                                JobContext& job);

/// Gets a pixel's index, its distance outside the surface (negative inside, px) and the number of
/// the body.
using FibreVisitor = std::function<void(std::int64_t index, float distance, std::size_t body)>;

/// Visits the pixels inside and near (2 px) each body. Discs wrap around the image's border.
void visitDiscs(const std::vector<Ball>& discs,
                const Extent& extent,
                const FibreVisitor& visit,
                JobContext& job);
void visitRods(const std::vector<Rod>& rods,
               const Extent& extent,
               const FibreVisitor& visit,
               JobContext& job);

/// Visits generously around each void (wrapping); the distance is scaled along its long axis.
void visitVoids(const std::vector<Rod>& voids,
                const Extent& extent,
                const FibreVisitor& visit,
                JobContext& job);

} // namespace likeness::phantoms
