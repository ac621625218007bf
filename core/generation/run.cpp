// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/run.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/generation/compat.h"

#include <algorithm>
#include <cmath>
#include <unistd.h>

namespace likeness {

namespace {

constexpr double kReportEverySeconds = 0.2;
constexpr double kSaveEverySeconds = 30.0;
constexpr double kSaveShare = 0.02; ///< of the time
constexpr std::int64_t kSnapshotEverySteps = 200;
constexpr int kBadStepsInRow = 3;
constexpr int kMaximumRestores = 5;
constexpr double kSmallSet = 64.0; ///< crops side by side
constexpr std::int64_t kRehearsedSteps = 8;
constexpr double kRehearsedSeconds = 3.0;
constexpr double kWatchedShare = 0.93; ///< of the time that is left for steps

std::string hashOf(const PackedSet& set) {
    Sha256 hash;
    hash.update(toString(set.type));
    hash.update(std::to_string(set.channels));
    for (const PackedImage& image : set.images) {
        hash.update(std::to_string(image.width) + "x" + std::to_string(image.height) + "x" +
                    std::to_string(image.depth) + ";");
        if (image.plane != SlicePlane::xy)
            hash.update(image.plane == SlicePlane::xz ? "xz;" : "yz;");
        hash.update(image.pixels);
    }
    return toHex(hash.finish());
}

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A name that no other run has; it says nothing else.
std::string newRunName() {
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    Sha256 hash;
    hash.update(std::to_string(now) + "/" + std::to_string(::getpid()));
    return toHex(hash.finish()).substr(0, 16);
}

/// Processes of one machine share its cores, unless the launcher has dealt them out, and each has a
/// CUDA device of its own, which may be the only one that it sees.
DevicePlan planFor(const TrainingOptions& options) {
    DevicePlan plan = planDevice(options.device);
    if (!options.place)
        return plan;
    const DeviceChoice& choice = options.device;
    if (plan.cuda && (choice.device == "auto" || choice.device == "cuda"))
        return planDevice(
            {"cuda:" + std::to_string(options.place->localRank % std::max(1, cudaDevices())),
             choice.threads, choice.precision});
    if (!plan.cuda && choice.threads == 0 && mayUseAllCores())
        plan.workers = std::max(1, plan.workers / options.place->localSize);
    return plan;
}

} // namespace

Run::Run(PackedSet set, const TrainingOptions& options)
    : m_options(options)
    , m_family(familyNamed(options.preset.model))
    , m_plan(planFor(options))
    , m_device(m_plan.name)
    , m_processes(options.place ? Processes::join(*options.place, m_device) : nullptr)
    , m_cost(m_plan)
    , m_dataHash(hashOf(set))
    , m_name(newRunName())
    , m_budget(options.minutes, options.steps) {
    if (m_options.resume)
        adoptState();
    m_data =
        trainingDataOf(std::move(set), m_options.holdOut, m_options.size, m_family.learnsVolumes());
    m_family.adapt(settings(), m_data.training.set);
    if (m_state)
        checkSplit();
    else
        m_map = m_family.greyMap(settings(), m_data.training.set);
    m_schedule = scheduleFromJson(settings()["training"], "the training settings");
    m_crops.emplace(m_data.training.set, m_map, m_options.size, m_options.symmetry,
                    CropViews{m_data.training.views});
    tell();
    noteData();
    build();
}

void Run::noteData() {
    for (const Json& note : m_data.notes)
        m_notes.push_back(note);
    if (m_crops->imagesLeftOut() > 0)
        m_notes.push_back(std::to_string(m_crops->imagesLeftOut()) + " of " +
                          std::to_string(m_data.training.set.images.size()) +
                          " training images hold no crop of " + std::to_string(m_options.size) +
                          " pixels and were left out");
    if (m_crops->cropsWorth() < kSmallSet)
        m_notes.push_back("The training part is small, it holds " +
                          std::to_string(static_cast<int>(m_crops->cropsWorth())) +
                          " crops side by side, so the model may come to repeat them");
}

/// Settles what the network is told about the crops.
void Run::tell() {
    const PackedSet& set = m_data.training.set;
    const std::string subject = "the training settings";
    std::vector<std::string> words = m_options.conditions;
    const bool nothing = words == std::vector<std::string>{"none"};
    if (nothing)
        words.clear();
    const std::vector<ScalarKind> kinds = scalarKindsFrom(words);
    if (!kinds.empty() && !m_family.takesConditions())
        throw Error(ErrorCode::config, "conditions of a " + m_options.preset.model + " model",
                    "this model cannot be told anything",
                    "leave them out or train a diffusion model");
    if (m_state) {
        m_conditions = tellingOf(conditionsIn(settings(), subject));
        if (!kinds.empty() && !(m_conditions && m_conditions->conditions().tells(kinds)))
            throw Error(ErrorCode::conflict, m_options.resume->string(),
                        "it was trained with other conditions",
                        "use the same settings and data, or train anew");
        return;
    }
    const bool classes =
        !nothing && m_family.takesConditions() && ImageFacts(set).classes.size() > 1;
    if (!kinds.empty() || classes) {
        const Conditions found = conditionsOn(set, m_map, *m_crops, kinds, m_options.seed);
        settings()["conditions"] = toJson(found);
        m_conditions = tellingOf(found);
    }
}

std::optional<TrainingConditions>
Run::tellingOf(const std::optional<Conditions>& conditions) const {
    if (!conditions)
        return std::nullopt;
    return TrainingConditions(m_data.training.set, m_map, *conditions);
}

void Run::build() {
    const torch::NoGradGuard noGrad;
    allowFastArithmetic(m_plan);
    m_network = m_family.network(settings(), {m_options.size, m_map.sigmaData, m_options.seed});
    Parameters& parameters = m_network->parameters();
    parameters.flatten(m_device);
    if (m_state && m_state->parameters.numel() != parameters.count())
        throw Error(ErrorCode::format, m_options.resume->string(),
                    "its vectors do not fit the network that it describes", "train anew");
    if (m_state)
        parameters.flat().copy_(m_state->parameters);
    m_optimizer = std::make_unique<Optimizer>(parameters.flat(), m_family.momentum());
    if (m_state) {
        m_optimizer->mean().copy_(m_state->mean);
        m_optimizer->square().copy_(m_state->square);
        m_optimizer->ema().copy_(m_state->ema);
    } else {
        m_parts = m_plan.cuda ? 1 : m_family.partsFor(settings(), m_plan.workers * processCount());
    }
    shareStart();
    m_pool = std::make_unique<WorkerPool>(std::clamp(m_parts / processCount(), 1, m_plan.workers),
                                          m_processes.get());
    StepSetup setup;
    setup.sigmaData = m_map.sigmaData;
    setup.channels = m_data.training.set.channels;
    setup.size = m_options.size;
    setup.seed = m_options.seed;
    setup.device = m_device;
    setup.parts = m_parts;
    m_step = m_family.step(settings(),
                           {*m_network, *m_crops, *m_pool, m_conditions ? &*m_conditions : nullptr},
                           setup);
    if (m_state)
        m_step->loadLosses(m_resume.value("losses", Json::object()));
}

/// All processes begin with what the first has, whatever their machines made of it.
void Run::shareStart() {
    if (!m_processes)
        return;
    double leading[] = {leads() ? static_cast<double>(m_parts) : 0.0,
                        leads() ? static_cast<double>(m_done) : 0.0};
    m_processes->sum(std::span<double>(leading));
    double others[] = {static_cast<std::int64_t>(leading[1]) == m_done ? 0.0 : 1.0};
    m_processes->sum(std::span<double>(others));
    if (others[0] > 0.0)
        throw Error(ErrorCode::conflict, "the training state of several processes",
                    "they read states of different steps",
                    "give all of them the same file, and start them again");
    m_parts = std::max(static_cast<int>(leading[0]), m_processes->size());
    shareVectors();
}

/// What different machines round differently does not add up.
void Run::shareVectors() {
    for (const torch::Tensor& values : {m_network->parameters().flat(), m_optimizer->mean(),
                                        m_optimizer->square(), m_optimizer->ema()})
        m_processes->broadcast(values);
}

void Run::choosePrecision() {
    if (!m_state) {
        m_bfloat16 = m_options.device.precision == Precision::bfloat16;
        if (m_options.device.precision == Precision::automatic) {
            withMemory([&] { m_bfloat16 = m_step->prefersBfloat16(); });
        }
    }
    if (m_processes)
        m_bfloat16 = m_processes->agreed({m_bfloat16 ? 1.0 : 0.0, false}).fraction > 0.0;
    m_state.reset();
    m_step->setBfloat16(m_bfloat16);
}

double Run::learningRate() const {
    const Schedule& config = m_schedule;
    const double warmUp =
        config.warmUpSteps > 0 ? static_cast<double>(m_done + 1) / config.warmUpSteps : 1.0;
    const double left = 1.0 - m_fraction;
    const double decay = config.decayFraction > 0.0 ? left / config.decayFraction : 1.0;
    return m_rateFactor * config.learningRate *
           std::min({1.0, warmUp, decay, m_budget.restOfFinish(m_done)});
}

void Run::step() {
    const auto t = static_cast<double>(m_done);
    Optimizer::Step step;
    step.number = m_done + 1;
    step.learningRate = learningRate();
    step.emaDecay = std::min(m_schedule.emaMaximum, (1.0 + t) / (10.0 + t));
    withMemory([&] {
        const TrainingStep::Report report = m_step->run(*m_optimizer, step, m_fraction);
        if (report.abandoned)
            return;
        ++m_done;
        m_budget.setShare(m_step->shareDone());
        m_measuredNow = false;
        if (!report.updated)
            return afterBadStep();
        m_badInRow = 0;
        if (m_done % kSnapshotEverySteps == 0) {
            if (m_processes)
                shareVectors();
            takeSnapshot();
        }
    });
}

/// What is too large for the memory is tried again in smaller parts.
void Run::withMemory(const std::function<void()>& work) {
    for (;;) {
        try {
            return work();
        } catch (const std::exception& error) {
            if (!isOutOfMemory(error))
                throw;
        }
        halveBatch();
    }
}

void Run::halveBatch() {
    const int before = m_step->parts();
    if (!m_step->splitFurther())
        throw Error(ErrorCode::memory, "training at " + std::to_string(m_options.size) + " pixels",
                    "there is not enough memory even for the smallest part of a batch",
                    "use a smaller size or preset, or close other programs");
    const int parts = m_step->parts();
    m_memorySplits.push_back({{"step", m_done}, {"parts", parts}});
    const auto images = [this](int of) { return std::to_string((m_schedule.batch + of - 1) / of); };
    m_notes.push_back("There was not enough memory for " + images(before) +
                      " images at a time, so from step " + std::to_string(m_done + 1) +
                      " on each batch of " + std::to_string(m_schedule.batch) + " is computed by " +
                      images(parts) + " images at a time");
}

void Run::takeSnapshot() {
    m_snapshot.clear();
    for (const torch::Tensor& tensor : {m_network->parameters().flat(), m_optimizer->mean(),
                                        m_optimizer->square(), m_optimizer->ema()})
        m_snapshot.push_back(tensor.detach().clone());
}

void Run::afterBadStep() {
    if (++m_badInRow < kBadStepsInRow)
        return;
    if (++m_restores > kMaximumRestores)
        throw Error(ErrorCode::numeric, "training",
                    "the loss stayed not finite after " + std::to_string(kMaximumRestores) +
                        " attempts at lower learning rates",
                    "check the data for extreme values or use another seed");
    const torch::NoGradGuard noGrad;
    m_network->parameters().flat().copy_(m_snapshot[0]);
    m_optimizer->mean().copy_(m_snapshot[1]);
    m_optimizer->square().copy_(m_snapshot[2]);
    m_optimizer->ema().copy_(m_snapshot[3]);
    m_rateFactor *= 0.5;
    m_badInRow = 0;
}

/// What a checkpoint needs besides its weights is measured with the running mean in their place.
void Run::withRunningMean(const std::function<void()>& work) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor flat = m_network->parameters().flat().detach();
    const torch::Tensor weights = flat.clone();
    flat.copy_(m_optimizer->ema());
    try {
        if (!m_measuredNow)
            m_step->measure();
        m_measuredNow = true;
        work();
    } catch (...) {
        flat.copy_(weights);
        throw;
    }
    flat.copy_(weights);
}

void Run::look(bool last) {
    if (!leads())
        return;
    if (!last && !m_family.learns()) // it is no model before its end
        return;
    const auto inAll = m_budget.secondsInAll(m_done);
    const RunMonitor::Moment moment{
        m_done, seconds(), inAll ? std::optional(m_secondsBefore + *inAll) : std::nullopt, last};
    if (!m_monitor->isDue(moment))
        return;
    const auto start = Clock::now();
    withRunningMean([&] {
        if (m_monitor->look(moment, since(start)))
            m_best =
                Best{storedTensors(*m_network, m_network->parameters().flat()), manifest("best")};
    });
}

bool Run::isOver() const {
    return m_budget.fraction(m_done) >= 1.0 ||
           (m_options.earlyStop > 0 && m_monitor->sinceBest() >= m_options.earlyStop);
}

/// Before each step; what ends a run in one process ends it in all.
bool Run::goesOn(const JobContext& job) {
    m_stopped = job.stopRequested();
    m_fraction = m_budget.fraction(m_done);
    if (m_processes) {
        const Processes::Course course =
            m_processes->agreed({isOver() ? 1.0 : m_fraction, m_stopped});
        m_fraction = course.fraction;
        m_stopped = course.stop;
        return m_fraction < 1.0 && !m_stopped;
    }
    return !isOver() && !m_stopped;
}

void Run::obey(JobContext& job,
               const std::function<void(const TrainingReport&)>& report,
               TrainingControl& control) {
    // A baseline is no model before its end, which is near anyway.
    const auto finishIfWished = [&] {
        if (control.finishing() && m_family.learns())
            m_budget.finish(m_done);
    };
    finishIfWished();
    if (!control.paused())
        return;
    m_budget.pause();
    save();
    report(progress(TrainingStage::paused));
    control.waitWhilePaused(job.stopToken());
    m_budget.resume();
    finishIfWished();
}

TrainingReport Run::progress(TrainingStage stage) const {
    TrainingReport report;
    report.stage =
        stage == TrainingStage::training && m_budget.finishing() ? TrainingStage::finishing : stage;
    report.step = m_done;
    report.fraction = m_budget.fraction(m_done);
    report.stepsPerSecond = m_budget.stepsPerSecond(m_done);
    if (stage != TrainingStage::paused)
        report.secondsLeft = m_budget.secondsLeft(m_done);
    report.learningRate = learningRate();
    report.losses = m_step->losses();
    report.warning = m_step->warning();
    report.floor = m_monitor->floor();
    report.heldOut = m_monitor->newest();
    report.best = m_monitor->best();
    report.live = m_monitor->live();
    report.liveStep = m_monitor->liveStep();
    report.notes = allNotes();
    return report;
}

TrainingOutcome Run::execute(JobContext& job,
                             const std::function<void(const TrainingReport&)>& report,
                             TrainingControl* control) {
    choosePrecision();
    if (!m_processes) // several end a step together
        m_step->setStop(job.stopToken());
    m_monitor.emplace(RunMonitor::Setup{*m_network, *m_pool, m_data, *m_crops, m_map,
                                        m_options.size, m_options.seed, m_device, m_options.live,
                                        m_options.evaluateEvery, job.stopToken()});
    m_monitor->load(m_resume.value("monitor", Json::object()));
    if (m_options.earlyStop > 0 && m_monitor->sinceBest() >= m_options.earlyStop)
        m_monitor->restartPatience(); // it ended for that reason, and somebody wants it to go on
    takeSnapshot();
    m_budget.start(m_done, m_step->shareDone());
    auto reported = Clock::now();
    auto saved = Clock::now();
    double saveEvery = kSaveEverySeconds;
    while (goesOn(job)) {
        step();
        look(false);
        if (control != nullptr)
            obey(job, report, *control);
        if (since(reported) >= kReportEverySeconds) {
            m_cost.look();
            const TrainingReport now = progress(TrainingStage::training);
            m_monitor->curves().addLoss(m_done, seconds(), now.losses.value("all", Json()),
                                        now.learningRate);
            report(now);
            reported = Clock::now();
        }
        if (since(saved) >= saveEvery) {
            const auto start = Clock::now();
            save();
            saved = Clock::now();
            saveEvery = std::max(kSaveEverySeconds, since(start) / kSaveShare);
        }
    }
    if (!m_stopped)
        look(true);
    report(progress(TrainingStage::saving));
    return outcome();
}

TrainingEstimate Run::estimate(JobContext& job) {
    choosePrecision();
    m_step->setStop(job.stopToken());
    takeSnapshot();
    step(); // the first one is slower than the others
    const auto start = Clock::now();
    const std::int64_t first = m_done;
    while (m_done - first < kRehearsedSteps && m_step->shareDone() < 1.0 &&
           (m_done == first || since(start) < kRehearsedSeconds)) {
        job.throwIfStopped();
        step();
    }
    TrainingEstimate estimate;
    estimate.secondsPerStep =
        since(start) / static_cast<double>(std::max<std::int64_t>(1, m_done - first));
    estimate.steps = static_cast<std::int64_t>(1e9);
    const double perStep = estimate.secondsPerStep / kWatchedShare;
    if (m_options.minutes)
        estimate.steps = static_cast<std::int64_t>(60.0 * *m_options.minutes / perStep);
    if (m_options.steps)
        estimate.steps = std::min(estimate.steps, *m_options.steps);
    if (const double share = m_step->shareDone(); share > 0.0)
        estimate.steps =
            std::min(estimate.steps, static_cast<std::int64_t>(std::ceil(
                                         static_cast<double>(m_done) / std::min(1.0, share))));
    estimate.seconds = static_cast<double>(estimate.steps) * perStep;
    const Json cost = m_cost.record();
    const bool device = cost["device_memory_mb"].is_number();
    estimate.memoryMb = cost[device ? "device_memory_mb" : "peak_memory_mb"].get<double>();
    estimate.parameters = m_network->parameters().count();
    estimate.batch = m_schedule.batch;
    estimate.device = cost["device_name"].get<std::string>();
    estimate.split = m_data.split;
    estimate.notes = m_notes;
    return estimate;
}

} // namespace likeness
