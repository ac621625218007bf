// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job.h"
#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace likeness {

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

    struct Device {
        std::string device = "auto"; ///< "auto", "cpu", "cuda", "cuda:1"
        int threads = 0;             ///< 0: all physical cores
    };

    struct Train {
        std::filesystem::path packedSet;
        std::filesystem::path
            output; ///< checkpoint (safetensors); state for resuming lies beside it as .state
        std::string model = "diffusion";
        std::string preset = "demo";
        int size = 64;
        std::optional<double> minutes;
        std::optional<std::int64_t> steps;
        std::uint64_t seed = 0;
        std::optional<std::filesystem::path> resume;
        std::string symmetry = "square8"; ///< "none", "mirror", "square8"
        Json labels =
            Json::object(); ///< stored in the checkpoint: domain, set name, voxel size, licence ...
        Device device;
    };

    struct TrainResult {
        std::filesystem::path checkpoint;
        std::string sha256;
        std::string model;
        std::int64_t steps = 0;
        double seconds = 0.0;
        double samplesPerSecond = 0.0;
        std::string device;
        double peakMemoryMb = 0.0;
        std::int64_t parameters = 0;
        Json finalLosses = Json::object();
        std::optional<std::string> warning; ///< that training went wrong, in one sentence
        bool stoppedEarly = false; ///< cancelled, but the checkpoint is complete and can be resumed
    };

    [[nodiscard]] TrainResult train(const Train& request, JobContext& job) const;

    struct Sample {
        std::filesystem::path checkpoint;
        std::string
            sha256; ///< expected hash of the checkpoint; refused on mismatch; empty: not checked
        std::filesystem::path output; ///< packed set of the samples, ids "0".."count-1"
        std::int64_t count = 1;
        int width = 0; ///< 0: the size it was trained at
        int height = 0;
        int steps = 0; ///< solver steps, 0: the preset's
        std::uint64_t seed = 0;
        Device device;
    };

    struct SampleResult {
        std::vector<std::uint64_t>
            seeds; ///< sample i has seeds[i]; it is the same whatever the batch size
        double seconds = 0.0;
        double imagesPerSecond = 0.0;
        std::string device;
    };

    [[nodiscard]] SampleResult sample(const Sample& request, JobContext& job) const;

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
    Json run(const Json& request, JobContext& job) const;

    std::filesystem::path m_program;
};

} // namespace likeness
