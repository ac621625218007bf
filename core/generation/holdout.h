// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"
#include "core/generation/client/packedset.h"
#include "core/generation/client/training.h"
#include "core/generation/fieldofview.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace likeness {

/// Images and the field of view of each, as far as they have one. Pixels outside are mirrored from
/// within.
struct TrainingPart {
    PackedSet set;
    std::vector<std::optional<Circle>> views;
};

/// What a model sees, and what it never does.
struct TrainingData {
    TrainingPart training;
    std::optional<TrainingPart> heldOut;

    /// "kind"; "gap"; "training" and "held_out": [{"id", "slices": [first, last]}, or with "area":
    /// [left, top, width, height]] with slices counted within the image; "circles": images with a
    /// field of view; "constant_images": left out.
    Json split = Json::object();
    Json notes = Json::array();
};

/// Cuts a set into what is trained on and what is held out:
/// - "specimen": whole specimens, the last ones in the order of the set, at least one of two; of
///   several classes the last ones of each;
/// - "slab": the last slices of each specimen's stack (of each class), behind a gap. Without a gap
/// of the caller's
///   it is as wide as slices are alike (first lag at which their grey values correlate by less than
///   0.1), two at least, a quarter of the stack at most;
/// - "block": one end of every image, behind a gap found in the same way along rows or columns;
/// - "auto": the first of these that the set allows for crops of `size`, or none, with a note.
/// Slices of other planes than x-y cross those of x-y, so they are split by specimen or not at all.
/// Constant images, constant borders and what lies outside a round field of view are no data, but
/// in masks all is. With `volumes` (cubes of `size` are learnt) what is trained on keeps that many
/// slices. What the set's meta says of each image goes with the images. Throws Error(config) for
/// "random", which would hold out near copies of what was seen, for other words, unknown specimens,
/// and sets that are too small for the split asked for.
[[nodiscard]] TrainingData
trainingDataOf(PackedSet set, const HoldOutChoice& choice, std::int64_t size, bool volumes = false);

} // namespace likeness
