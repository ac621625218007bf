// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/generation/client/edit.h"
#include "core/generation/client/workerclient.h"
#include "core/imaging/image.h"
#include "db/project.h"
#include "db/records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// An edit of one sample of the project, or between seeds, by a checkpoint with a denoiser.
struct EditRequest {
    std::string checkpointId;
    std::string setName; ///< of the results; made if missing

    /// inpaint, outpaint, vary: the sample to start from, and the slice of it if it is a volume.
    std::optional<std::string> parentId;
    std::optional<std::int64_t> slice;

    /// inpaint: an image of the parent's width and height; pixels in which any channel is not 0 are
    /// made anew.
    std::optional<Volume> mask;

    Edit edit;
    WorkerClient::Device device;
};

struct EditResult {
    SetRecord set;
    std::vector<SampleRecord> samples; ///< recipe: see recordedEdit()
    double seconds = 0.0;
    double imagesPerSecond = 0.0;
};

/// Everything that editInto refuses, without the work, for a window that wants to say so at once.
/// Throws Error: config (mask of another size or empty, slice missing or not there, numbers out of
/// range, channels or pixel type of the parent not the checkpoint's, grey values far from the
/// checkpoint's, masks as parent), conflict (a set that holds something else), unsupported (a model
/// that cannot edit), notFound.
void checkEditRequest(Project& project, const EditRequest& request);

/// Edits in the worker and stores the results as samples of a synthetic set with the generator
/// "MODEL/PRESET KIND" ("diffusion/demo inpaint"), so that edits never mix with samples made from
/// nothing. Each has its parent's id, specimen and voxel size, the checkpoint, its seed (absent for
/// frames between two) and its recipe; the mask is an asset of the project. Outside the mask, and
/// in the inner part of an outpainted image, pixels are the parent's, bit for bit. Throws as
/// checkEditRequest, and Cancelled; nothing is stored then.
[[nodiscard]] EditResult editInto(Project& project, const EditRequest& request, JobContext& job);

/// How a sample was made: its recipe is {"edit": KIND, the fields of Edit that the kind names,
/// "index": i}, and for frames "frame", with "sigma" and "state" ("clean", "noisy") in a trajectory
/// or "share" (0 to 1) between two seeds; "device" and "precision" of the run. Empty for samples
/// that no edit made.
[[nodiscard]] std::optional<Edit> recordedEdit(const SampleRecord& sample);

/// The mask a sample was inpainted with: 255 where it was made anew. Empty if there is none.
[[nodiscard]] std::optional<Volume> recordedMask(Project& project, const SampleRecord& sample);

/// A mask of width x height pixels with a box to be made anew. Throws Error(config) if the box does
/// not lie inside.
[[nodiscard]] Volume boxMask(std::int64_t width, std::int64_t height, const Volume::Box& box);

/// Whether a checkpoint can edit: its model is one with a denoiser.
[[nodiscard]] bool canEdit(const CheckpointRecord& checkpoint);

} // namespace likeness
