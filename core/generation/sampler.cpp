// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/sampler.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/generation/checkpoint.h"
#include "core/generation/compat.h"
#include "core/generation/families/denoising.h"
#include "core/generation/families/latentspace.h"
#include "core/generation/passreplay.h"
#include "core/generation/volumesampler.h"
#include "core/generation/workerpool.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace likeness {

namespace {

constexpr std::int64_t kMaximumBytes = std::int64_t{8} << 30;
constexpr std::int64_t kCudaGroup = 16;
constexpr int kMaximumSteps = 1000;

struct Geometry {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::int64_t depth = 1;
    std::int64_t channels = 1;
    std::int64_t group = 1; ///< images that pass the network together
    int steps = 0;

    [[nodiscard]] std::int64_t values() const { return width * height * depth * channels; }
};

std::int64_t checkedSide(int wanted, int trained, std::int64_t multiple) {
    constexpr std::int64_t kMaximumSide = 8192;
    const std::int64_t side = wanted == 0 ? trained : wanted;
    if (side < multiple || side > kMaximumSide || side % multiple != 0)
        throw Error(ErrorCode::config, "a sample of " + std::to_string(side) + " pixels",
                    "this model makes sides that are multiples of " + std::to_string(multiple) +
                        " up to " + std::to_string(kMaximumSide),
                    "choose such a size");
    return side;
}

int checkedSteps(const GeneratorModel& model, int steps) {
    if (steps != 0 && !model.impl().network->takesSteps())
        throw Error(ErrorCode::config, std::to_string(steps) + " solver steps",
                    "a " + model.family() + " model makes its samples in one pass",
                    "leave the steps out");
    if (steps < 0 || steps == 1 || steps > kMaximumSteps)
        throw Error(ErrorCode::config, std::to_string(steps) + " solver steps",
                    "this cannot be solved", "use 2 to 1000 steps, or 0 for the model's own");
    return steps;
}

void checkPrecision(const GeneratorModel& model, Precision precision) {
    if (precision == Precision::bfloat16 && model.impl().network->denoising() == nullptr)
        throw Error(ErrorCode::config, "bfloat16",
                    "a " + model.family() + " model makes its samples in float32",
                    "leave the precision out");
}

void checkOnlySide(const GeneratorModel& model, const Geometry& geometry) {
    const auto only = model.impl().network->onlySide();
    if (only && (geometry.width != *only || geometry.height != *only))
        throw Error(ErrorCode::config,
                    "a sample of " + std::to_string(geometry.width) + " x " +
                        std::to_string(geometry.height) + " pixels",
                    "this model makes " + std::to_string(*only) + " x " + std::to_string(*only) +
                        " pixels only",
                    "choose that size or another model");
}

Geometry geometryOf(const GeneratorModel& model, const SamplingOptions& options, bool cuda) {
    const std::int64_t multiple = model.impl().network->sampleMultiple();
    Geometry geometry;
    geometry.width = checkedSide(options.width, model.trainedSize(), multiple);
    geometry.height = checkedSide(options.height, model.trainedSize(), multiple);
    checkOnlySide(model, geometry);
    if (model.impl().network->makesVolumes())
        geometry.depth =
            options.depth == 0 ? geometry.width : checkedSide(options.depth, 0, multiple);
    else if (options.depth != 0)
        throw Error(ErrorCode::config, "a depth of " + std::to_string(options.depth),
                    "a " + model.family() + " model makes images, not volumes",
                    "leave the depth out, or train a slicegan model");
    geometry.channels = model.channels();
    geometry.group = cuda ? kCudaGroup : imagesTogether(geometry.width, geometry.height);
    checkPrecision(model, options.device.precision);
    geometry.steps = checkedSteps(model, options.steps);
    checkWish(model.impl().network->conditions(), options.wish);
    if (options.count < 1)
        throw Error(ErrorCode::config, std::to_string(options.count) + " samples",
                    "there is nothing to make", "ask for at least one");
    const auto perImage =
        geometry.values() * static_cast<std::int64_t>(bytesOf(model.greyMap().type));
    if (options.count > kMaximumBytes / perImage)
        throw Error(ErrorCode::memory, std::to_string(options.count) + " samples",
                    "they need more than 8 GiB", "make fewer at a time");
    return geometry;
}

bool isMadeInTiles(const ModelNetwork& network, const Geometry& geometry) {
    const Denoising* model = network.denoising();
    return model != nullptr &&
           needsTiles(*model, geometry.height / model->cell() + 2 * model->margin(),
                      geometry.width / model->cell() + 2 * model->margin());
}

/// One run of the sampler over all images; its threads take the next group each until none is left.
class SamplingRun {
public:
    SamplingRun(const GeneratorModel& model,
                const SamplingOptions& options,
                Geometry geometry,
                const DevicePlan& plan)
        : m_model(model)
        , m_options(options)
        , m_geometry(std::move(geometry))
        , m_device(plan.name)
        , m_bfloat16(plan.bfloat16) {
        m_set.type = model.greyMap().type;
        m_set.channels = m_geometry.channels;
        m_set.images.resize(static_cast<std::size_t>(options.count));
        if (model.impl().network->conditions() != nullptr)
            m_conditions.resize(m_set.images.size());
    }

    /// `spread`: of the tiles of an image that is made in tiles.
    void work(const JobContext& job, const std::function<void()>& report, const Spread& spread) {
        const torch::NoGradGuard noGrad;
        for (;;) {
            const std::int64_t first = m_next.fetch_add(m_geometry.group);
            if (first >= m_options.count)
                return;
            makeGroup(first, job, spread);
            m_done += std::min(m_geometry.group, m_options.count - first);
            report();
        }
    }

    [[nodiscard]] double doneShare() const {
        return static_cast<double>(m_done) / static_cast<double>(m_options.count);
    }

    [[nodiscard]] bool replays() const noexcept { return m_replay.replays(); }

    [[nodiscard]] PackedSet take() { return std::move(m_set); }

    [[nodiscard]] std::vector<Json> takeConditions() { return std::move(m_conditions); }

private:
    void makeGroup(std::int64_t first, const JobContext& job, const Spread& spread) {
        const auto& g = m_geometry;
        ModelNetwork::Draw draw;
        for (std::int64_t i = 0; i < g.group; ++i)
            draw.seeds.push_back(
                derivedSeed(m_options.seed, static_cast<std::uint64_t>(first + i)));
        draw.height = g.height;
        draw.width = g.width;
        draw.steps = g.steps;
        draw.device = m_device;
        draw.bfloat16 = m_bfloat16;
        draw.replay = m_device.is_cuda() ? &m_replay : nullptr;
        draw.spread = spread;
        draw.beforeStep = [&job] { job.throwIfStopped(); };
        draw.beforeStep();
        draw.guidance = m_options.wish.guidance.value_or(1.0);
        const Conditions* conditions = m_model.impl().network->conditions();
        const std::int64_t trained = m_model.trainedSize();
        for (std::size_t i = 0; conditions != nullptr && i < draw.seeds.size(); ++i)
            draw.conditions.push_back(drawConditions(*conditions, m_options.wish, draw.seeds[i],
                                                     g.width * g.height <= trained * trained));
        const torch::Tensor made =
            m_options.points.empty() ? m_model.impl().network->make(draw) : renderedPoints(first);
        if (!torch::isfinite(made).all().item<bool>())
            throw Error(ErrorCode::numeric, "sampling", "the model made values that are not finite",
                        "use another checkpoint");
        const torch::Tensor pixels = made.permute({0, 2, 3, 1}).to(torch::kCPU).contiguous();
        for (std::int64_t i = 0; i < g.group && first + i < m_options.count; ++i)
            store(first + i, pixels.data_ptr<float>() + i * g.values());
        for (std::int64_t i = 0;
             conditions != nullptr && i < g.group && first + i < m_options.count; ++i)
            compare(first + i, *conditions, draw.conditions[static_cast<std::size_t>(i)]);
    }

    /// Keeps what the image was to show beside what it shows.
    void compare(std::int64_t index, const Conditions& conditions, const ConditionValues& asked) {
        const auto at = static_cast<std::size_t>(index);
        ConditionValues got = measuredConditions(conditions, m_set.span(at), asked.classIndex);
        got.classIndex = -1; // an image does not show it
        m_conditions[at] = {{"asked", toJson(conditions, asked)},
                            {"got", toJson(conditions, got)},
                            {"guidance", m_options.wish.guidance.value_or(1.0)}};
    }

    [[nodiscard]] torch::Tensor renderedPoints(std::int64_t first) const {
        std::vector<LatentPoint> points;
        for (std::int64_t i = 0; i < m_geometry.group; ++i)
            points.push_back(
                m_options
                    .points[static_cast<std::size_t>(std::min(first + i, m_options.count - 1))]);
        return m_model.impl().network->latents()->render(
            points, {m_geometry.height, m_geometry.width, m_device});
    }

    void store(std::int64_t index, const float* units) {
        PackedImage& image = m_set.images[static_cast<std::size_t>(index)];
        image.id = std::to_string(index);
        image.width = m_geometry.width;
        image.height = m_geometry.height;
        image.pixels.resize(static_cast<std::size_t>(m_geometry.values()) * bytesOf(m_set.type));
        m_model.greyMap().inverse(units, m_geometry.values(), image.pixels.data());
    }

    const GeneratorModel& m_model;
    const SamplingOptions& m_options;
    Geometry m_geometry;
    torch::Device m_device;
    bool m_bfloat16;
    PassReplay m_replay;
    PackedSet m_set;
    std::vector<Json> m_conditions;
    std::atomic<std::int64_t> m_next{0};
    std::atomic<std::int64_t> m_done{0};
};

} // namespace

std::int64_t imagesTogether(std::int64_t width, std::int64_t height) noexcept {
    constexpr std::int64_t kMost = 8; // from here on a thread gets no faster
    constexpr std::int64_t kPixels = kMost * 64 * 64;
    return std::clamp<std::int64_t>(kPixels / (width * height), 1, kMost);
}

SamplingOutcome
sampleModel(const GeneratorModel& model, const SamplingOptions& options, JobContext& job) {
    const DevicePlan plan = planDevice(options.device);
    const Geometry geometry = geometryOf(model, options, plan.cuda);
    return translated("sampling", [&] {
        using Clock = std::chrono::steady_clock;
        model.impl().network->parameters().moveTo(torch::Device(plan.name));
        if (model.impl().network->makesVolumes())
            return sampleVolumes(model, options, {geometry.depth, geometry.height, geometry.width},
                                 plan, job);
        SamplingRun run(model, options, geometry, plan);
        const bool tiled = isMadeInTiles(*model.impl().network, geometry);
        const std::int64_t groups = (options.count + geometry.group - 1) / geometry.group;
        WorkerPool pool(tiled ? plan.workers
                              : static_cast<int>(std::min<std::int64_t>(plan.workers, groups)));
        std::mutex reporting;
        const auto report = [&] {
            const std::lock_guard lock(reporting);
            job.report(run.doneShare(), "Sampling");
        };
        const auto start = Clock::now();
        if (tiled)
            run.work(job, report, [&](std::int64_t count, const auto& tile) {
                job.throwIfStopped();
                pool.spread(count, tile);
            });
        else
            pool.run([&](int) { run.work(job, report, {}); });
        SamplingOutcome outcome;
        outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        outcome.replayed = run.replays();
        outcome.set = run.take();
        outcome.conditions = run.takeConditions();
        outcome.device = plan.name;
        outcome.precision = model.impl().network->denoising() != nullptr ? plan.precision()
                                                                         : DevicePlan{}.precision();
        for (std::int64_t i = 0; i < options.count; ++i)
            outcome.seeds.push_back(derivedSeed(options.seed, static_cast<std::uint64_t>(i)));
        outcome.set.meta = {{"grey_map", toJson(model.greyMap())}, {"seed", options.seed}};
        return outcome;
    });
}

} // namespace likeness
