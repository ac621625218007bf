// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/editing.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/generation/checkpoint.h"
#include "core/generation/client/editcheck.h"
#include "core/generation/compat.h"
#include "core/generation/editcanvas.h"
#include "core/generation/families/tolddenoising.h"
#include "core/generation/passreplay.h"
#include "core/generation/sampler.h"
#include "core/generation/samplers/guided.h"
#include "core/generation/tensornoise.h"
#include "core/generation/workerpool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>

namespace likeness {

namespace {

constexpr std::int64_t kMaximumBytes = std::int64_t{8} << 30;
constexpr std::int64_t kCudaGroup = 4;
constexpr std::int64_t kLeastContext = 64;
constexpr std::uint64_t kGoingBack = 0x65646974; ///< draws of the noise of repeated passes

/// An edit made definite: what is computed, of which size, in how many calls of the denoiser.
struct Plan {
    const Denoising& model;
    SolverConfig solver;
    std::optional<EditCanvas> canvas;
    std::int64_t width = 0; ///< pixels that pass the network
    std::int64_t height = 0;
    std::int64_t margin = 0; ///< of them to be cut off at each side of what has no canvas
    std::int64_t items = 1;  ///< images to be denoised
    int calls = 1;           ///< of the denoiser, for each
    std::vector<double> levels;
    bool tiled = false;

    [[nodiscard]] std::vector<std::int64_t> shape(std::int64_t count) const {
        return {count, model.depth(), height / model.cell(), width / model.cell()};
    }
};

const Denoising& denoisingOf(const GeneratorModel& model) {
    const Denoising* denoising = model.impl().network->denoising();
    if (denoising == nullptr)
        throw Error(ErrorCode::unsupported, "a " + model.family() + " model",
                    "it has no denoiser, which editing needs", "choose a diffusion model");
    return *denoising;
}

std::int64_t sideOf(int wanted, const GeneratorModel& model) {
    const std::int64_t multiple = model.impl().network->sampleMultiple();
    const std::int64_t side = wanted == 0 ? model.trainedSize() : wanted;
    if (side < multiple || side % multiple != 0)
        throw Error(ErrorCode::config, "an image of " + std::to_string(side) + " pixels",
                    "this model makes sides that are multiples of " + std::to_string(multiple),
                    "choose such a size");
    return side;
}

void planParent(const GeneratorModel& model, const EditingOptions& options, Plan& plan) {
    const Edit& edit = options.edit;
    if (!options.parent || options.parent->images.size() != 1)
        throw Error(ErrorCode::config, std::string(toString(edit.kind)),
                    "it starts from one image, and none was given", "choose an image");
    std::optional<ImageSpan> mask;
    if (options.mask && !options.mask->images.empty())
        mask = options.mask->span(0);
    checkEditImages(model.manifest(), edit, "the image", options.parent->span(0), mask);
    const std::int64_t multiple = model.impl().network->sampleMultiple();
    plan.canvas =
        canvasFor(edit, *options.parent, options.mask,
                  {multiple, multiple / 2,
                   std::max<std::int64_t>(kLeastContext, model.trainedSize()), model.greyMap()});
    plan.width = plan.canvas->width;
    plan.height = plan.canvas->height;
    plan.items = edit.count;
    if (edit.kind == EditKind::vary)
        plan.levels = levelsFrom(
            plan.solver, std::max(plan.solver.sigmaMinimum, noiseLevelOfStrength(edit.strength)));
    plan.calls = edit.kind == EditKind::vary ? static_cast<int>(plan.levels.size()) - 1
                                             : inpaintingCalls(plan.solver, edit.passes);
    const auto bytes = static_cast<std::int64_t>(plan.canvas->base.pixels.size());
    if (edit.count > kMaximumBytes / bytes)
        throw Error(ErrorCode::memory, std::to_string(edit.count) + " images",
                    "they need more than 8 GiB", "make fewer at a time");
}

Plan planOf(const GeneratorModel& model, const EditingOptions& options) {
    checkEdit(options.edit);
    checkWish(model.impl().network->conditions(), options.edit.wish);
    Plan plan{denoisingOf(model), {}, {}, 0, 0, 0, 1, 1, {}, false};
    plan.solver = plan.model.solver();
    if (options.edit.steps > 0)
        plan.solver.steps = options.edit.steps;
    plan.levels = noiseLevels(plan.solver);
    plan.calls = static_cast<int>(plan.levels.size()) - 1;
    if (takesParent(options.edit.kind)) {
        planParent(model, options, plan);
    } else {
        plan.margin = plan.model.margin() * plan.model.cell();
        plan.width = sideOf(options.edit.width, model) + 2 * plan.margin;
        plan.height = sideOf(options.edit.height, model) + 2 * plan.margin;
        plan.items = options.edit.kind == EditKind::interpolate ? options.edit.frames : 1;
    }
    plan.tiled =
        needsTiles(plan.model, plan.height / plan.model.cell(), plan.width / plan.model.cell());
    return plan;
}

/// Nothing but what the wish says.
ConditionValues askedValues(const Conditions& conditions, const ConditionWish& wish) {
    ConditionValues values;
    values.scalars.resize(conditions.scalars.size());
    for (const auto& [name, value] : wish.values)
        values.scalars[static_cast<std::size_t>(conditions.indexOf(name))] = value;
    if (wish.className)
        values.classIndex = conditions.classNamed(*wish.className);
    return values;
}

/// On the straight way from one to the other; of the nearer one where only one says something.
ConditionValues between(const ConditionValues& from, const ConditionValues& to, double share) {
    ConditionValues values = share < 0.5 ? from : to;
    for (std::size_t i = 0; i < values.scalars.size(); ++i)
        if (from.scalars[i] && to.scalars[i])
            values.scalars[i] = std::lerp(*from.scalars[i], *to.scalars[i], share);
    return values;
}

/// What ends in a sample of a seed passes the network as samples do.
std::int64_t groupFor(const Edit& edit, const Plan& plan, const torch::Device& device) {
    if (device.is_cuda())
        return kCudaGroup;
    if (takesParent(edit.kind) || plan.tiled)
        return 1;
    return imagesTogether(plan.width - 2 * plan.margin, plan.height - 2 * plan.margin);
}

/// One run over all images of an edit; threads take the next group each until none is left.
class EditRun {
public:
    EditRun(const GeneratorModel& model,
            const EditingOptions& options,
            const Plan& plan,
            const DevicePlan& device)
        : m_model(model)
        , m_edit(options.edit)
        , m_plan(plan)
        , m_device(device.name)
        , m_bfloat16(device.bfloat16)
        , m_group(groupFor(options.edit, plan, m_device)) {
        m_outcome.set.type = plan.canvas ? plan.canvas->map.type : model.greyMap().type;
        m_outcome.set.channels = model.channels();
        if (m_edit.kind != EditKind::trajectory)
            resize(static_cast<std::size_t>(plan.items));
    }

    [[nodiscard]] std::int64_t groups() const { return (m_plan.items + m_group - 1) / m_group; }

    /// `before` is called before each step and may throw to stop; `check` more often.
    void work(const std::function<void()>& before, const Workings& workings) {
        const torch::NoGradGuard noGrad;
        const auto cell = m_plan.model.cell();
        for (;;) {
            const std::int64_t first = m_next.fetch_add(m_group);
            if (first >= m_plan.items)
                return;
            workings.check();
            const ToldDenoising told(m_plan.model, conditions(), drawOf(first));
            const Denoiser denoiser =
                denoiserFor(told, m_plan.height / cell, m_plan.width / cell, workings);
            if (m_edit.kind == EditKind::trajectory)
                trace(denoiser, before);
            else
                makeGroup(first, denoiser, before);
        }
    }

    [[nodiscard]] EditingOutcome take() { return std::move(m_outcome); }

private:
    void resize(std::size_t images) {
        m_outcome.set.images.resize(images);
        m_outcome.seeds.resize(images);
        m_outcome.frames.resize(images);
    }

    [[nodiscard]] std::uint64_t seedOf(std::int64_t item) const {
        return derivedSeed(m_edit.seed, static_cast<std::uint64_t>(item));
    }

    [[nodiscard]] const Conditions* conditions() const {
        return m_model.impl().network->conditions();
    }

    /// What a sample of this seed is told.
    [[nodiscard]] ConditionValues toldOf(std::uint64_t seed) const {
        const std::int64_t trained = m_model.trainedSize();
        const std::int64_t side = 2 * m_plan.margin;
        return drawConditions(*conditions(), m_edit.wish, seed,
                              (m_plan.width - side) * (m_plan.height - side) <= trained * trained);
    }

    [[nodiscard]] ConditionValues toldOfItem(std::int64_t item) const {
        if (m_edit.kind == EditKind::trajectory)
            return toldOf(m_edit.seed);
        if (m_edit.kind == EditKind::interpolate)
            return between(toldOf(m_edit.from), toldOf(m_edit.to),
                           shareOf(std::min(item, m_edit.frames - 1)));
        return askedValues(*conditions(), m_edit.wish);
    }

    /// What a group of images is told.
    [[nodiscard]] ModelNetwork::Draw drawOf(std::int64_t first) const {
        ModelNetwork::Draw draw;
        draw.device = m_device;
        draw.bfloat16 = m_bfloat16;
        draw.replay = m_device.is_cuda() ? &m_replay : nullptr;
        draw.guidance = m_edit.wish.guidance.value_or(1.0);
        const bool tells =
            conditions() != nullptr && (!takesParent(m_edit.kind) || !m_edit.wish.values.empty() ||
                                        m_edit.wish.className.has_value());
        for (std::int64_t i = 0; tells && i < m_group; ++i)
            draw.conditions.push_back(toldOfItem(first + i));
        return draw;
    }

    [[nodiscard]] torch::Tensor tensorOf(const EditCanvas& canvas) const {
        return m_plan.model.encode(
            torch::from_blob(const_cast<float*>(canvas.units.data()),
                             {1, canvas.channels, canvas.height, canvas.width}, torch::kFloat32)
                .to(m_device));
    }

    /// Of the model's positions: known only where all its pixels are.
    [[nodiscard]] torch::Tensor unknownOf(const EditCanvas& canvas) const {
        const torch::Tensor pixels =
            torch::from_blob(const_cast<std::uint8_t*>(canvas.unknown.data()),
                             {1, 1, canvas.height, canvas.width}, torch::kUInt8);
        const std::int64_t cell = m_plan.model.cell();
        return torch::max_pool2d(pixels.to(torch::kFloat32), {cell, cell})
            .to(torch::kBool)
            .to(m_device);
    }

    torch::Tensor varied(std::span<const std::uint64_t> seeds,
                         const Denoiser& denoiser,
                         const std::function<void()>& before) {
        const torch::Tensor noise =
            normalTensor(m_plan.shape(static_cast<std::int64_t>(seeds.size())), seeds);
        return solveFrom(tensorOf(*m_plan.canvas) + noise.to(m_device) * m_plan.levels.front(),
                         m_plan.levels, m_plan.solver.order, denoiser, {before});
    }

    torch::Tensor filled(std::span<const std::uint64_t> seeds,
                         const Denoiser& denoiser,
                         const std::function<void()>& before) {
        const auto shape = m_plan.shape(static_cast<std::int64_t>(seeds.size()));
        const auto drawn = [&](std::span<const std::uint64_t> these) {
            return normalTensor(shape, these).to(m_device);
        };
        const std::vector<std::uint64_t> again = seedsFor(seeds, kGoingBack);
        Known known;
        known.values = tensorOf(*m_plan.canvas).expand(shape);
        known.unknown = unknownOf(*m_plan.canvas);
        known.passes = m_edit.passes;
        known.noise = [&](std::uint64_t jump) { return drawn(seedsFor(again, jump)); };
        return inpainted(m_plan.solver, known, drawn(seeds), denoiser, before);
    }

    [[nodiscard]] double shareOf(std::int64_t frame) const {
        return static_cast<double>(frame) / static_cast<double>(m_edit.frames - 1);
    }

    torch::Tensor
    frames(std::int64_t first, const Denoiser& denoiser, const std::function<void()>& before) {
        const auto endOf = [&](std::uint64_t seed) {
            return normalTensor(m_plan.shape(1), std::vector<std::uint64_t>{seed});
        };
        const torch::Tensor from = endOf(m_edit.from);
        const torch::Tensor to = endOf(m_edit.to);
        std::vector<torch::Tensor> noises;
        for (std::int64_t i = 0; i < m_group; ++i)
            noises.push_back(
                interpolatedNoise(from, to, shareOf(std::min(first + i, m_edit.frames - 1))));
        return solve(m_plan.solver, torch::cat(noises).to(m_device), denoiser, before);
    }

    void
    makeGroup(std::int64_t first, const Denoiser& denoiser, const std::function<void()>& before) {
        if (m_edit.kind == EditKind::vary && m_edit.strength <= 0.0) {
            for (std::int64_t i = first; i < std::min(first + m_group, m_plan.items); ++i)
                put(static_cast<std::size_t>(i), m_plan.canvas->base, i);
            return;
        }
        std::vector<std::uint64_t> seeds;
        for (std::int64_t i = 0; i < m_group; ++i)
            seeds.push_back(seedOf(first + i));
        const torch::Tensor made =
            m_edit.kind == EditKind::interpolate ? frames(first, denoiser, before)
            : m_edit.kind == EditKind::vary      ? varied(seeds, denoiser, before)
                                                 : filled(seeds, denoiser, before);
        const torch::Tensor pixels = pixelsOf(made);
        for (std::int64_t i = 0; i < m_group && first + i < m_plan.items; ++i)
            put(static_cast<std::size_t>(first + i), imageOf(pixels[i]), first + i);
    }

    [[nodiscard]] torch::Tensor pixelsOf(const torch::Tensor& made) const {
        const torch::Tensor pixels = m_plan.model.decode(made).to(torch::kCPU).contiguous();
        if (!torch::isfinite(pixels).all().item<bool>())
            throw Error(ErrorCode::numeric, "editing", "the model made values that are not finite",
                        "use another checkpoint");
        return pixels;
    }

    /// Of one image, channels x height x width.
    [[nodiscard]] PackedImage imageOf(const torch::Tensor& made) const {
        if (m_plan.canvas)
            return m_plan.canvas->with(made.data_ptr<float>());
        const std::int64_t width = m_plan.width - 2 * m_plan.margin;
        const std::int64_t height = m_plan.height - 2 * m_plan.margin;
        const torch::Tensor pixels = made.narrow(1, m_plan.margin, height)
                                         .narrow(2, m_plan.margin, width)
                                         .permute({1, 2, 0})
                                         .contiguous();
        PackedImage image;
        image.width = width;
        image.height = height;
        image.pixels.resize(static_cast<std::size_t>(pixels.numel()) * bytesOf(m_outcome.set.type));
        m_model.greyMap().inverse(pixels.data_ptr<float>(), pixels.numel(), image.pixels.data());
        return image;
    }

    void put(std::size_t at, PackedImage image, std::int64_t item) {
        image.id = std::to_string(at);
        m_outcome.set.images[at] = std::move(image);
        Json& frame = m_outcome.frames[at];
        frame = {{"index", item}};
        if (m_edit.kind == EditKind::interpolate) {
            frame = {{"frame", item}, {"share", shareOf(item)}};
            if (item == 0 || item == m_edit.frames - 1)
                m_outcome.seeds[at] = item == 0 ? m_edit.from : m_edit.to;
        } else {
            m_outcome.seeds[at] = seedOf(item);
        }
    }

    void trace(const Denoiser& denoiser, const std::function<void()>& before) {
        const torch::Tensor noise =
            normalTensor(m_plan.shape(1), std::vector<std::uint64_t>{m_edit.seed})
                .expand(m_plan.shape(m_group))
                .contiguous();
        const auto keep = [&](const torch::Tensor& x, double sigma, const char* state) {
            const std::size_t at = m_outcome.frames.size();
            resize(at + 1);
            m_outcome.set.images[at] = imageOf(pixelsOf(x.narrow(0, 0, 1))[0]);
            m_outcome.set.images[at].id = std::to_string(at);
            m_outcome.seeds[at] = m_edit.seed;
            m_outcome.frames[at] = {{"frame", m_traced}, {"sigma", sigma}, {"state", state}};
        };
        const double deviation = m_plan.model.deviation();
        const auto guessed = [&](double sigma, const torch::Tensor& x, const torch::Tensor& guess) {
            if (m_edit.noisy)
                keep(x * (deviation / std::hypot(deviation, sigma)), sigma, "noisy");
            keep(guess, sigma, "clean");
            ++m_traced;
        };
        static_cast<void>(solveFrom(noise.to(m_device) * m_plan.levels.front(), m_plan.levels,
                                    m_plan.solver.order, denoiser, {before, guessed}));
    }

    const GeneratorModel& m_model;
    const Edit& m_edit;
    const Plan& m_plan;
    torch::Device m_device;
    bool m_bfloat16;
    mutable PassReplay m_replay;
    std::int64_t m_group;
    EditingOutcome m_outcome;
    std::atomic<std::int64_t> m_next{0};
    std::int64_t m_traced = 0;
};

} // namespace

EditingOutcome
editImages(const GeneratorModel& model, const EditingOptions& options, JobContext& job) {
    const DevicePlan device = planDevice(options.device);
    const Plan plan = planOf(model, options);
    return translated("editing", [&] {
        using Clock = std::chrono::steady_clock;
        model.impl().network->parameters().moveTo(torch::Device(device.name));
        EditRun run(model, options, plan, device);
        WorkerPool pool(
            plan.tiled ? device.workers
                       : static_cast<int>(std::min<std::int64_t>(device.workers, run.groups())));
        const double calls = static_cast<double>(run.groups()) * plan.calls;
        std::mutex reporting;
        std::int64_t done = 0;
        const std::function<void()> before = [&] {
            job.throwIfStopped();
            const std::lock_guard lock(reporting);
            job.report(static_cast<double>(done++) / calls, "Editing");
        };
        const std::function<void()> check = [&job] { job.throwIfStopped(); };
        const auto start = Clock::now();
        if (plan.tiled)
            run.work(before, {check, [&](std::int64_t count, const auto& tile) {
                                  pool.spread(count, tile);
                              }});
        else
            pool.run([&](int) { run.work(before, {check}); });
        EditingOutcome outcome = run.take();
        outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        outcome.device = device.name;
        outcome.precision = device.precision();
        outcome.set.meta = {{"edit", toJson(options.edit)}};
        return outcome;
    });
}

} // namespace likeness
