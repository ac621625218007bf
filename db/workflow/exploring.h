// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/generation/client/latentpoint.h"
#include "core/generation/client/workerclient.h"
#include "core/imaging/image.h"
#include "db/project.h"
#include "db/records.h"
#include "db/workflow/generating.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

/// Whether the checkpoint's model has a latent space: directions to move along (LatentExplorer,
/// traverseInto), and for "stylegan" styles to mix (mixInto).
[[nodiscard]] bool hasLatentSpace(const CheckpointRecord& checkpoint);
[[nodiscard]] bool mixesStyles(const CheckpointRecord& checkpoint);

/// How many of the principal directions get a slider.
inline constexpr std::size_t kLatentSliders = 8;

/// What sliders need: single images at points of one checkpoint's latent space, which go nowhere.
/// The first call starts a worker that keeps the model, so that each further one takes
/// milliseconds; it ends with this object. One call at a time, from any one thread but the GUI's;
/// the project is used by the constructor alone.
class LatentExplorer {
public:
    /// Throws Error(notFound), Error(unsupported) for a model without a latent space.
    LatentExplorer(Project& project,
                   const std::string& checkpointId,
                   WorkerClient::Device device = {});
    ~LatentExplorer();
    LatentExplorer(LatentExplorer&&) noexcept;
    LatentExplorer& operator=(LatentExplorer&&) noexcept;

    /// Dimension, deviations along the directions (one slider each, kLatentSliders at most), number
    /// of levels for mixing (0: no mixing).
    [[nodiscard]] const LatentSpace& space(JobContext& job);

    /// One image in the type and grey values of the training data; width and height 0: as trained.
    [[nodiscard]] Volume
    render(const LatentPoint& point, JobContext& job, int width = 0, int height = 0);

private:
    struct Session;
    std::unique_ptr<Session> m_session;
};

/// Images to make and keep, in a synthetic set with the generator "MODEL/PRESET latent", so that
/// they never mix with samples made from seeds alone. Each has the seed of its point (absent where
/// two are mixed), the checkpoint, and the recipe {"latent": KIND, ...}: "point" with the members
/// of the point (see toJson), "traversal" with "seed", "direction" (from 1), "offset" (standard
/// deviations) and "frame", "mixing" with "coarse", "fine" (seeds) and "crossover". Nothing is
/// stored after an error or a stop.
struct LatentRequest {
    std::string checkpointId;
    std::string setName; ///< made if missing
    std::vector<LatentPoint> points;
    int width = 0;
    int height = 0;
    WorkerClient::Device device;
};

/// Stores the points of sliders as they stand. Throws as renderLatents (core/generation/latents.h),
/// and Error(conflict) for a set that holds something else.
[[nodiscard]] SamplingResult
renderInto(Project& project, const LatentRequest& request, JobContext& job);

struct TraversalRequest {
    std::string checkpointId;
    std::string setName;
    std::uint64_t seed = 0; ///< of the image in the middle
    int direction = 0;      ///< from 0, the strongest
    double span = 3.0;      ///< standard deviations to each side
    int frames = 9;
    int width = 0;
    int height = 0;
    WorkerClient::Device device;
};

[[nodiscard]] SamplingResult
traverseInto(Project& project, const TraversalRequest& request, JobContext& job);

struct MixingRequest {
    std::string checkpointId;
    std::string setName;
    std::uint64_t coarse = 0;     ///< seed of the image that gives the levels below the crossover
    std::uint64_t fine = 1;       ///< seed of the image that gives the rest
    std::optional<int> crossover; ///< empty: one image for each crossover from 0 to all levels
    int width = 0;
    int height = 0;
    WorkerClient::Device device;
};

[[nodiscard]] SamplingResult
mixInto(Project& project, const MixingRequest& request, JobContext& job);

/// The point of a stored sample, for "back to the sliders"; empty for samples of another making.
[[nodiscard]] std::optional<LatentPoint> recordedPoint(const SampleRecord& sample);

} // namespace likeness
