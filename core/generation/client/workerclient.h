// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"
#include "core/generation/client/conditions.h"
#include "core/generation/client/edit.h"
#include "core/generation/client/trainrequest.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

class ChildProcess;

/// Runs one request in a fresh `likeness-worker` process and waits for it. LibTorch lives there
/// alone: a crash or an out-of-memory kill ends the request with Error(process), never the caller.
/// Requests and answers are JSON lines on stdin/stdout; pixels travel as packed sets. A stop
/// request reaches the worker within 50 ms; it keeps what is finished (a resumable checkpoint); a
/// worker that does not end within 2 s is killed. Call from any thread but the GUI's.
class WorkerClient {
public:
    /// Looks for `likeness-worker` beside the running program, then in $LIKENESS_WORKER. Throws
    /// Error(notFound).
    WorkerClient();
    explicit WorkerClient(std::filesystem::path program);

    using Device = WorkerDevice;
    using Train = TrainRequest;
    using TrainResult = TrainAnswer;

    [[nodiscard]] TrainResult
    train(const Train& request, JobContext& job, const TrainingMonitor& monitor = {}) const;

    /// Rehearses one step in a worker and says what the whole would take: a few seconds.
    [[nodiscard]] TrainingEstimate estimate(const Train& request, JobContext& job) const;

    struct Sample {
        std::filesystem::path checkpoint;
        std::string
            sha256; ///< expected hash of the checkpoint; refused on mismatch; empty: not checked
        std::filesystem::path output; ///< packed set of the samples, ids "0".."count-1"
        std::int64_t count = 1;
        int width = 0; ///< 0: the size it was trained at
        int height = 0;
        int depth = 0; ///< of volumes, 0: as wide; images have none
        int steps = 0; ///< solver steps, 0: the preset's
        std::uint64_t seed = 0;
        ConditionWish wish;
        Device device;
    };

    struct SampleResult {
        std::vector<std::uint64_t>
            seeds; ///< sample i has seeds[i]; it is the same whatever the batch size
        double seconds = 0.0;
        double imagesPerSecond = 0.0;
        std::string device;
        std::string precision; ///< "float32" or "bfloat16"
        /// {"asked": {name: value}, "got": {name: value}, "guidance": w} per sample; empty for a
        /// model without conditions.
        std::vector<Json> conditions;
    };

    [[nodiscard]] SampleResult sample(const Sample& request, JobContext& job) const;

    struct EditImages {
        std::filesystem::path checkpoint;
        std::string sha256;                          ///< as in Sample
        std::optional<std::filesystem::path> parent; ///< packed set of one image of depth 1
        std::optional<std::filesystem::path> mask;   ///< packed set of one uint8 grey image
        std::filesystem::path output;                ///< packed set of the results, ids "0" ...
        Edit edit;
        Device device;
    };

    struct EditImagesResult {
        std::vector<std::optional<std::uint64_t>> seeds; ///< of each result, where it has one
        std::vector<Json> frames; ///< of each result, what is its own: index, sigma, state ...
        double seconds = 0.0;
        double imagesPerSecond = 0.0;
        std::string device;
        std::string precision; ///< "float32" or "bfloat16"
    };

    [[nodiscard]] EditImagesResult edit(const EditImages& request, JobContext& job) const;

    struct Latents; ///< core/generation/client/latentsession.h
    struct LatentsResult;

    /// Images at points of a model's latent space. Throws Error(unsupported) for a model that has
    /// none.
    [[nodiscard]] LatentsResult latents(const Latents& request, JobContext& job) const;

    /// What `latents` asks the worker for.
    [[nodiscard]] static Json requestOf(const Latents& request);

    /// The same for "train" and "estimate".
    [[nodiscard]] static Json requestOf(const char* verb, const Train& request);

    /// A fresh worker, for those who talk to it more than once.
    [[nodiscard]] std::unique_ptr<ChildProcess> start() const;

    /// What `doctor` prints of the worker: libtorch version, devices, BLAS, measured GFLOP/s,
    /// warnings.
    [[nodiscard]] Json probe(JobContext& job) const;

    /// Timings of the worker's own operations for `bench generation`: [{name, median, p95, unit,
    /// n}]; with the path of a script also against the same in plain PyTorch.
    [[nodiscard]] Json bench(JobContext& job, const std::filesystem::path& peer = {}) const;

    /// Header (`__metadata__` as JSON) of a checkpoint, read without LibTorch. Throws
    /// Error(format).
    [[nodiscard]] static Json checkpointMetadata(const std::filesystem::path& checkpoint);

private:
    Json run(const Json& request, JobContext& job, const TrainingMonitor& monitor = {}) const;

    std::filesystem::path m_program;
};

} // namespace likeness
