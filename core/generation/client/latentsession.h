// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/job.h"
#include "core/generation/client/childprocess.h"
#include "core/generation/client/latentpoint.h"
#include "core/generation/client/packedset.h"
#include "core/generation/client/workerclient.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

struct WorkerClient::Latents {
    std::filesystem::path checkpoint;
    std::string sha256;              ///< as in Sample
    std::filesystem::path output;    ///< packed set, one image for each point
    std::vector<LatentPoint> points; ///< none: only the space is told
    int width = 0;                   ///< 0: the size it was trained at
    int height = 0;
    Device device;
};

struct WorkerClient::LatentsResult {
    LatentSpace space;
    double seconds = 0.0;
    std::string device;
};

/// A worker that keeps one model loaded and renders points of its latent space, so that an image
/// costs milliseconds and not the start of a process. The worker starts with the first call and
/// ends with this object; one that was stopped or has died is replaced at the next call. One call
/// at a time, from any thread but the GUI's.
class LatentSession {
public:
    /// `what` names checkpoint, hash and device; its points and output are not looked at.
    LatentSession(WorkerClient client, WorkerClient::Latents what);

    [[nodiscard]] const LatentSpace& space(JobContext& job);

    /// One image for each point. Throws as WorkerClient::latents.
    [[nodiscard]] PackedSet
    render(const std::vector<LatentPoint>& points, JobContext& job, int width, int height);

private:
    Json ask(Json request, JobContext& job);

    WorkerClient m_client;
    WorkerClient::Latents m_what;
    TemporaryFolder m_folder;
    std::unique_ptr<ChildProcess> m_worker;
    std::optional<LatentSpace> m_space;
};

} // namespace likeness
