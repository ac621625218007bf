// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/volumesampler.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/generation/checkpoint.h"
#include "core/generation/workerpool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>

namespace likeness {

namespace {

constexpr std::int64_t kLargestBlock = 64;
constexpr std::int64_t kBytesPerWorker = std::int64_t{512} << 20; ///< about, for one block

/// What the system can give without swapping; empty where it does not say.
std::optional<std::int64_t> availableBytes() {
    std::ifstream info("/proc/meminfo");
    std::string name;
    std::int64_t kilobytes = 0;
    std::string unit;
    while (info >> name >> kilobytes) {
        if (name == "MemAvailable:")
            return kilobytes << 10;
        std::getline(info, unit);
    }
    return std::nullopt;
}

/// Blocks of one size for all volumes but the smallest, so that none is computed in another way
/// than in a larger volume.
std::int64_t blockSide(std::int64_t side) {
    std::int64_t block = 1;
    while (block < std::min(side, kLargestBlock))
        block *= 2;
    return block;
}

/// One run over the blocks of all volumes; its threads take the next one each until none is left.
class VolumeRun {
public:
    VolumeRun(const GeneratorModel& model,
              const SamplingOptions& options,
              const std::array<std::int64_t, 3>& size,
              torch::Device device)
        : m_model(model)
        , m_options(options)
        , m_size(size)
        , m_device(device) {
        m_set.type = model.greyMap().type;
        m_set.channels = model.channels();
        for (std::size_t axis = 0; axis < 3; ++axis) {
            m_block[axis] = blockSide(size[axis]);
            m_blocks[axis] = (size[axis] + m_block[axis] - 1) / m_block[axis];
        }
    }

    [[nodiscard]] std::int64_t blocks() const {
        return m_options.count * m_blocks[0] * m_blocks[1] * m_blocks[2];
    }

    void allocate(int workers) {
        const std::int64_t needed = m_options.count * bytesOfOne() + workers * kBytesPerWorker;
        const auto available = availableBytes();
        if (available && needed > *available)
            throw Error(ErrorCode::memory, std::to_string(m_options.count) + " volumes",
                        "they need " + std::to_string(needed >> 20) + " MB, and " +
                            std::to_string(*available >> 20) + " MB are free",
                        "make fewer or smaller ones at a time");
        for (std::int64_t i = 0; i < m_options.count; ++i) {
            PackedImage& image = m_set.images.emplace_back();
            image.id = std::to_string(i);
            image.depth = m_size[0];
            image.height = m_size[1];
            image.width = m_size[2];
            image.pixels.resize(static_cast<std::size_t>(bytesOfOne()));
        }
    }

    void work(const JobContext& job, const std::function<void()>& report) {
        const torch::NoGradGuard noGrad;
        for (std::int64_t block = m_next++; block < blocks(); block = m_next++) {
            makeBlock(block, job);
            ++m_done;
            report();
        }
    }

    [[nodiscard]] double doneShare() const {
        return static_cast<double>(m_done) / static_cast<double>(blocks());
    }

    [[nodiscard]] PackedSet take() { return std::move(m_set); }

private:
    [[nodiscard]] std::int64_t bytesOfOne() const {
        return m_size[0] * m_size[1] * m_size[2] * m_set.channels *
               static_cast<std::int64_t>(bytesOf(m_set.type));
    }

    void makeBlock(std::int64_t block, const JobContext& job) {
        ModelNetwork::Draw draw;
        for (const std::size_t axis : {2U, 1U, 0U}) {
            draw.origin[axis] = block % m_blocks[axis] * m_block[axis];
            block /= m_blocks[axis];
        }
        draw.seeds = {derivedSeed(m_options.seed, static_cast<std::uint64_t>(block))};
        draw.depth = m_block[0];
        draw.height = m_block[1];
        draw.width = m_block[2];
        draw.device = m_device;
        draw.beforeStep = [&job] { job.throwIfStopped(); };
        draw.beforeStep();
        const torch::Tensor made = m_model.impl().network->make(draw);
        if (!torch::isfinite(made).all().item<bool>())
            throw Error(ErrorCode::numeric, "sampling", "the model made values that are not finite",
                        "use another checkpoint");
        store(m_set.images[static_cast<std::size_t>(block)], draw.origin,
              made[0].permute({1, 2, 3, 0}).to(torch::kCPU).contiguous());
    }

    /// As much of the block as lies within the volume. Blocks touch different bytes.
    void store(PackedImage& image,
               const std::array<std::int64_t, 3>& origin,
               const torch::Tensor& voxels) const {
        const auto inside = [&](std::size_t axis) {
            return std::min(m_block[axis], m_size[axis] - origin[axis]);
        };
        const std::int64_t channels = m_set.channels;
        const std::size_t bytes = bytesOf(m_set.type) * static_cast<std::size_t>(channels);
        for (std::int64_t z = 0; z < inside(0); ++z) {
            for (std::int64_t y = 0; y < inside(1); ++y) {
                const float* row =
                    voxels.data_ptr<float>() + (z * m_block[1] + y) * m_block[2] * channels;
                const std::int64_t place =
                    ((origin[0] + z) * m_size[1] + origin[1] + y) * m_size[2] + origin[2];
                m_model.greyMap().inverse(row, inside(2) * channels,
                                          image.pixels.data() +
                                              static_cast<std::size_t>(place) * bytes);
            }
        }
    }

    const GeneratorModel& m_model;
    const SamplingOptions& m_options;
    std::array<std::int64_t, 3> m_size;
    std::array<std::int64_t, 3> m_block{};
    std::array<std::int64_t, 3> m_blocks{}; ///< along each axis
    torch::Device m_device;
    PackedSet m_set;
    std::atomic<std::int64_t> m_next{0};
    std::atomic<std::int64_t> m_done{0};
};

} // namespace

SamplingOutcome sampleVolumes(const GeneratorModel& model,
                              const SamplingOptions& options,
                              const std::array<std::int64_t, 3>& size,
                              const DevicePlan& plan,
                              JobContext& job) {
    using Clock = std::chrono::steady_clock;
    VolumeRun run(model, options, size, torch::Device(plan.name));
    WorkerPool pool(static_cast<int>(std::min<std::int64_t>(plan.workers, run.blocks())));
    run.allocate(pool.size());
    std::mutex reporting;
    const auto start = Clock::now();
    pool.run([&](int) {
        run.work(job, [&] {
            const std::lock_guard lock(reporting);
            job.report(run.doneShare(), "Sampling");
        });
    });
    SamplingOutcome outcome;
    outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    outcome.set = run.take();
    outcome.device = plan.name;
    outcome.precision = DevicePlan{}.precision();
    for (std::int64_t i = 0; i < options.count; ++i)
        outcome.seeds.push_back(derivedSeed(options.seed, static_cast<std::uint64_t>(i)));
    outcome.set.meta = {{"grey_map", toJson(model.greyMap())}, {"seed", options.seed}};
    return outcome;
}

} // namespace likeness
