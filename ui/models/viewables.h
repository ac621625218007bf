// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/imaging/image.h"
#include "db/records.h"
#include "ui/models/pixelsource.h"

#include <QString>

#include <memory>
#include <vector>

namespace likeness {

/// Something that can be put on a canvas: one sample, or the slices of one specimen as a stack.
struct Viewable {
    QString title;
    std::vector<SampleRecord> samples; ///< one, or the slices in their order
    double sliceStep = 1.0;            ///< of a stack: slices between neighbours in the source

    [[nodiscard]] bool isStack() const { return samples.size() > 1; }

    /// True if it has a depth, so that it can be shown in 3-D.
    [[nodiscard]] bool isVolume() const {
        return isStack() || (!samples.empty() && samples.front().depth > 1);
    }
};

/// Stacks first, then every sample. Samples make a stack when they are grey slices of one specimen,
/// of one size and type, whose source slice numbers are evenly spaced; at least kShortestStack of
/// them.
[[nodiscard]] std::vector<Viewable> viewablesOf(const std::vector<SampleRecord>& samples);

inline constexpr std::size_t kShortestStack = 4;

/// Pixels of a viewable; the slices of a stack in one volume, with the distance of slices as its
/// voxel depth. Throws Error(memory) when it is too large, Cancelled, and what `source` throws.
[[nodiscard]] std::shared_ptr<const Volume>
loadViewable(const Viewable& viewable, const PixelSource& source, JobContext& job);

} // namespace likeness
