// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/runmonitor.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/workerpool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>

namespace likeness {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kLiveImages = 8;
constexpr int kLiveSolverSteps = 8;
constexpr double kFirstLive = 1.0; ///< seconds
constexpr double kLiveEvery = 3.0;
constexpr double kLiveShare = 0.015; ///< of the time
constexpr double kEvaluationShare = 0.035;
constexpr double kEvaluations = 6.0; ///< that a run should have at least
constexpr std::int64_t kFewestImages = 16;
constexpr std::int64_t kMostImages = 64;
constexpr std::int64_t kUsualImages = 32;
constexpr std::int64_t kRealCrops = 256;
constexpr std::int64_t kFewestRealCrops = 16;
constexpr std::int64_t kRealPixels = std::int64_t{1} << 21;
constexpr std::int64_t kCudaGroup = 16;
constexpr std::uint64_t kEvaluationSeed = 0x6576616c; ///< other images than the live ones

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Crops of fixed seeds as grey values.
torch::Tensor greyCrops(const CropSource& crops,
                        std::int64_t count,
                        std::pair<std::int64_t, std::int64_t> shape,
                        const GreyMap& map) {
    const auto [channels, side] = shape;
    torch::Tensor units = torch::empty({count, channels, side, side}, torch::kFloat32);
    for (std::int64_t i = 0; i < count; ++i)
        crops.draw(derivedSeed(kEvaluationSeed, static_cast<std::uint64_t>(i)),
                   units.data_ptr<float>() + i * crops.valuesPerCrop());
    return greyValuesOf(units, map);
}

/// Its x-y slices, if it has slices of other planes, too.
std::optional<TrainingPart> levelSlicesOf(const TrainingPart& part) {
    const auto isLevel = [](const PackedImage& image) { return image.plane == SlicePlane::xy; };
    if (std::ranges::all_of(part.set.images, isLevel))
        return std::nullopt;
    TrainingPart level;
    level.set.type = part.set.type;
    level.set.channels = part.set.channels;
    for (std::size_t i = 0; i < part.set.images.size(); ++i) {
        if (!isLevel(part.set.images[i]))
            continue;
        level.set.images.push_back(part.set.images[i]);
        level.views.push_back(part.views[i]);
    }
    return level;
}

Json orNull(const std::optional<HeldOutFigures>& figures) {
    return figures ? toJson(*figures) : Json(nullptr);
}

} // namespace

RunMonitor::RunMonitor(Setup setup)
    : m_setup(std::move(setup))
    , m_side(m_setup.network.onlySide().value_or(m_setup.size)) {
    m_livePace.next = kFirstLive;
    if (!m_setup.data.heldOut)
        return;
    try {
        measureReal();
    } catch (const Error& error) {
        m_notes.push_back("There are no held-out figures: " + error.why());
    }
}

void RunMonitor::measureReal() {
    const torch::NoGradGuard noGrad;
    const TrainingPart& part = *m_setup.data.heldOut;
    m_threshold = otsuOf(m_setup.data.training.set);
    m_realCrops = std::clamp(kRealPixels / (m_side * m_side), kFewestRealCrops, kRealCrops);
    // Crops for figures lie in the field of view as a whole if there is room for any.
    const auto source = [&](const TrainingPart& of) {
        try {
            return CropSource(of.set, m_setup.map, m_side, Symmetry::none, {of.views, 0.0});
        } catch (const Error&) {
            return CropSource(of.set, m_setup.map, m_side, Symmetry::none, {of.views});
        }
    };
    // The slices of generated volumes that are looked at are x-y slices.
    const auto levelHeldOut = levelSlicesOf(part);
    const auto levelTraining = levelSlicesOf(m_setup.data.training);
    const std::pair shape{part.set.channels, m_side};
    const CropSource heldOut = source(levelHeldOut ? *levelHeldOut : part);
    const CropSource training = source(levelTraining ? *levelTraining : m_setup.data.training);
    m_heldOut =
        structureFiguresOf(greyCrops(heldOut, m_realCrops, shape, m_setup.map), m_threshold);
    m_floor = distanceBetween(
        structureFiguresOf(greyCrops(training, m_realCrops, shape, m_setup.map), m_threshold),
        *m_heldOut);
    m_floor->score = scoreOf(*m_floor, *m_floor);
}

bool RunMonitor::isEvaluationDue(const Moment& moment) const {
    if (!m_heldOut || (m_newest && m_newest->step == moment.step))
        return false;
    if (moment.last)
        return true;
    if (m_setup.every)
        return moment.step > 0 && moment.step % *m_setup.every == 0;
    // The first one waits until its price is known from the live samples.
    return m_secondsPerImage > 0.0 && moment.seconds >= m_evaluationPace.next;
}

bool RunMonitor::isDue(const Moment& moment) const {
    if (m_off || moment.step == 0 || !(m_setup.live || m_heldOut))
        return false;
    const bool lastLive = moment.last && m_setup.live && m_liveStep != moment.step;
    return lastLive || isEvaluationDue(moment) || moment.seconds >= m_livePace.next;
}

torch::Tensor RunMonitor::makeGroup(std::vector<std::uint64_t> seeds, int steps) const {
    const torch::NoGradGuard noGrad;
    ModelNetwork::Draw draw;
    draw.seeds = std::move(seeds);
    draw.height = draw.width = m_side;
    draw.steps = m_setup.network.takesSteps() ? steps : 0;
    draw.device = m_setup.device;
    if (const Conditions* conditions = m_setup.network.conditions()) {
        for (const std::uint64_t seed : draw.seeds)
            draw.conditions.push_back(drawConditions(*conditions, {}, seed, true));
    }
    draw.beforeStep = [this] {
        if (m_setup.stop.stop_requested())
            throw Cancelled();
    };
    draw.beforeStep();
    torch::Tensor made = m_setup.network.make(draw);
    // Of a volume the slice in the middle stands for it.
    if (made.dim() == 5)
        made = made.select(2, made.size(2) / 2);
    return made.to(torch::kCPU);
}

torch::Tensor RunMonitor::make(std::int64_t count, std::uint64_t seed, int steps) {
    // As in sampling every image passes a CPU by itself, so that it depends on its seed alone.
    const std::int64_t group = m_setup.device.is_cuda() ? kCudaGroup : 1;
    std::vector<torch::Tensor> made(static_cast<std::size_t>((count + group - 1) / group));
    std::atomic<std::size_t> next{0};
    m_setup.pool.run([&](int) {
        for (std::size_t i = next++; i < made.size(); i = next++) {
            std::vector<std::uint64_t> seeds;
            for (std::int64_t j = 0; j < group; ++j)
                seeds.push_back(derivedSeed(seed, i * static_cast<std::uint64_t>(group) +
                                                      static_cast<std::uint64_t>(j)));
            made[i] = makeGroup(std::move(seeds), steps);
        }
    });
    return torch::cat(made).narrow(0, 0, count);
}

void RunMonitor::makeLive(const Moment& moment) {
    const auto start = Clock::now();
    const torch::Tensor made = make(kLiveImages, m_setup.seed, kLiveSolverSteps);
    m_secondsPerImage = secondsSince(start) / static_cast<double>(kLiveImages);
    if (m_setup.live && torch::isfinite(made).all().item<bool>()) {
        const torch::Tensor pixels = made.permute({0, 2, 3, 1}).contiguous();
        PackedSet set;
        set.type = m_setup.map.type;
        set.channels = pixels.size(3);
        set.meta = {{"step", moment.step}};
        const std::int64_t values = pixels[0].numel();
        for (std::int64_t i = 0; i < kLiveImages; ++i) {
            PackedImage image;
            image.id = std::to_string(i);
            image.height = pixels.size(1);
            image.width = pixels.size(2);
            image.pixels.resize(static_cast<std::size_t>(values) * bytesOf(set.type));
            m_setup.map.inverse(pixels.data_ptr<float>() + i * values, values, image.pixels.data());
            set.images.push_back(std::move(image));
        }
        writePackedSetUnsynced(*m_setup.live, set);
        m_liveStep = moment.step;
    }
}

void RunMonitor::chooseImages(const Moment& moment) {
    if (m_images > 0)
        return;
    m_images = kUsualImages;
    if (m_setup.every || !moment.secondsInAll || !(m_secondsPerImage > 0.0))
        return;
    // A solver's own steps are about twice as many as those of live samples.
    const double price = m_secondsPerImage * (m_setup.network.takesSteps() ? 2.25 : 1.0);
    const double affordable = kEvaluationShare * *moment.secondsInAll / kEvaluations / price;
    m_images =
        std::clamp(static_cast<std::int64_t>(affordable) / 8 * 8, kFewestImages, kMostImages);
}

bool RunMonitor::evaluate(const Moment& moment) {
    const torch::NoGradGuard noGrad;
    chooseImages(moment);
    const torch::Tensor made = make(m_images, kEvaluationSeed, 0);
    if (!torch::isfinite(made).all().item<bool>())
        return false;
    HeldOutFigures figures = distanceBetween(
        structureFiguresOf(greyValuesOf(made, m_setup.map), m_threshold), *m_heldOut);
    figures.step = moment.step;
    figures.seconds = moment.seconds;
    figures.score = scoreOf(figures, *m_floor);
    m_newest = figures;
    m_curves.addHeldOut(figures);
    ++m_sinceBest;
    if (m_best && m_best->score <= figures.score)
        return false;
    m_best = figures;
    m_sinceBest = 0;
    return true;
}

bool RunMonitor::look(const Moment& moment, double measuring) {
    bool better = false;
    try {
        if (moment.seconds >= m_livePace.next || moment.last) {
            const auto start = Clock::now();
            makeLive(moment);
            m_livePace.spent = secondsSince(start) + measuring;
            m_livePace.next = moment.seconds + std::max(kLiveEvery, m_livePace.spent / kLiveShare);
            measuring = 0.0;
        }
        if (isEvaluationDue(moment)) {
            const auto start = Clock::now();
            better = evaluate(moment);
            m_evaluationPace.spent = secondsSince(start) + measuring;
            m_evaluationPace.next = moment.seconds + m_evaluationPace.spent / kEvaluationShare;
        } else if (!m_newest && m_heldOut && m_evaluationPace.next == 0.0) {
            chooseImages(moment);
            const double price = m_secondsPerImage * static_cast<double>(m_images) *
                                 (m_setup.network.takesSteps() ? 2.25 : 1.0);
            m_evaluationPace.next = moment.seconds + price / kEvaluationShare;
        }
    } catch (const Cancelled&) {
        return false;
    } catch (const Error& error) {
        m_off = true;
        m_notes.push_back("The run is not watched further: " + error.why());
    }
    return better;
}

std::optional<std::filesystem::path> RunMonitor::live() const {
    return m_liveStep > 0 ? m_setup.live : std::nullopt;
}

Json RunMonitor::describe() const {
    Json json = m_curves.toJson();
    if (m_heldOut)
        json.update({{"images", m_images},
                     {"real_crops", m_realCrops},
                     {"threshold", m_threshold},
                     {"floor", orNull(m_floor)},
                     {"last", orNull(m_newest)},
                     {"best", orNull(m_best)},
                     {"since_best", m_sinceBest}});
    return json;
}

void RunMonitor::load(const Json& saved) {
    if (!saved.is_object())
        return;
    m_curves.load(saved);
    if (!m_heldOut)
        return;
    const auto figures = [&](const char* key) {
        const auto found = saved.find(key);
        return found != saved.end() ? heldOutFiguresFrom(*found) : std::nullopt;
    };
    m_newest = figures("last");
    m_best = figures("best");
    const auto images = saved.find("images");
    if (images != saved.end() && images->is_number_integer())
        m_images = std::clamp<std::int64_t>(images->get<std::int64_t>(), 0, kMostImages);
    const auto since = saved.find("since_best");
    if (since != saved.end() && since->is_number_integer())
        m_sinceBest = std::clamp(since->get<int>(), 0, 1 << 20);
}

} // namespace likeness
