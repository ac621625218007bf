// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/trainer.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/generation/checkpoint.h"
#include "core/generation/client/strictjson.h"
#include "core/generation/compat.h"
#include "core/generation/families/family.h"
#include "core/generation/processes.h"
#include "core/generation/trainingstep.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unistd.h>

namespace likeness {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kDefaultMinutes = 3.0;
constexpr double kReportEverySeconds = 0.2;
constexpr double kSaveEverySeconds = 60.0;
constexpr std::int64_t kSnapshotEverySteps = 200;
constexpr int kBadStepsInRow = 3;
constexpr int kMaximumRestores = 5;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string hashOf(const PackedSet& set) {
    Sha256 hash;
    hash.update(toString(set.type));
    hash.update(std::to_string(set.channels));
    for (const PackedImage& image : set.images) {
        hash.update(std::to_string(image.width) + "x" + std::to_string(image.height) + "x" +
                    std::to_string(image.depth) + ";");
        hash.update(image.pixels);
    }
    return toHex(hash.finish());
}

void checkOptions(const TrainingOptions& options) {
    const auto multiple =
        familyNamed(options.preset.model).trainingMultiple(options.preset.settings);
    if (options.size < 2 * multiple || options.size > 2048 || options.size % multiple != 0)
        throw Error(ErrorCode::config, "training size " + std::to_string(options.size),
                    "preset '" + options.preset.name + "' trains at multiples of " +
                        std::to_string(multiple) + " from " + std::to_string(2 * multiple) +
                        " to 2048",
                    "choose such a size");
    if (options.minutes && !(*options.minutes > 0.0 && *options.minutes <= 60.0 * 24 * 365))
        throw Error(ErrorCode::config, "training time", "the minutes are not above 0",
                    "give a time above 0");
    if (options.steps && (*options.steps < 1 || *options.steps > 1'000'000'000))
        throw Error(ErrorCode::config, "training steps", "the number is not between 1 and 10^9",
                    "give at least one step");
    const fs::path folder =
        options.output.has_parent_path() ? options.output.parent_path() : fs::path(".");
    if (::access(folder.c_str(), W_OK) != 0)
        throw Error(ErrorCode::io, folder.string(), "the folder cannot be written to",
                    "check that it exists and its permissions");
}

fs::path stateNear(const fs::path& given) {
    return given.extension() == ".state" ? given : statePathOf(given);
}

/// Processes of one machine share its cores, and each has a CUDA device of its own.
DevicePlan planFor(const TrainingOptions& options) {
    DevicePlan plan = planDevice(options.device);
    if (!options.place)
        return plan;
    const DeviceChoice& choice = options.device;
    if (plan.cuda && (choice.device == "auto" || choice.device == "cuda"))
        return planDevice({"cuda:" + std::to_string(options.place->localRank), choice.threads});
    if (!plan.cuda && choice.threads == 0)
        plan.workers = std::max(1, plan.workers / options.place->localSize);
    return plan;
}

/// One run from the first step to the files.
class Run {
public:
    Run(const PackedSet& set, const TrainingOptions& options)
        : m_set(set)
        , m_options(options)
        , m_family(familyNamed(options.preset.model))
        , m_plan(planFor(options))
        , m_device(m_plan.name)
        , m_processes(options.place ? Processes::join(*options.place, m_device) : nullptr)
        , m_dataHash(hashOf(set)) {
        if (!m_options.minutes && !m_options.steps)
            m_options.minutes = kDefaultMinutes;
        if (m_options.resume)
            adoptState();
        else
            m_map = greyMapOf(set);
        settings()["network"]["image_channels"] = set.channels;
        m_schedule = scheduleFromJson(settings()["training"], "the training settings");
        m_crops.emplace(set, m_map, m_options.size, m_options.symmetry);
        build();
    }

    TrainingOutcome execute(JobContext& job,
                            const std::function<void(const TrainingReport&)>& report);

private:
    [[nodiscard]] Json& settings() { return m_options.preset.settings; }

    void adoptState();
    void build();

    [[nodiscard]] int processCount() const { return m_processes ? m_processes->size() : 1; }

    void shareStart();
    void choosePrecision();
    [[nodiscard]] bool goesOn(const JobContext& job);
    [[nodiscard]] double fractionDone() const;
    [[nodiscard]] double learningRate() const;
    void step();
    void afterBadStep();
    void takeSnapshot();
    [[nodiscard]] TrainingReport progress() const;
    [[nodiscard]] Json manifest() const;
    void measure();
    void save();

    const PackedSet& m_set;
    TrainingOptions m_options;
    const Family& m_family;
    Schedule m_schedule;
    DevicePlan m_plan;
    torch::Device m_device;
    std::unique_ptr<Processes> m_processes; ///< null: this one alone
    std::string m_dataHash;
    GreyMap m_map;
    std::optional<CropSource> m_crops;
    std::optional<TrainingState> m_state; ///< what is resumed; emptied once taken over
    std::unique_ptr<ModelNetwork> m_network;
    std::unique_ptr<Optimizer> m_optimizer;
    std::unique_ptr<WorkerPool> m_pool;
    std::unique_ptr<TrainingStep> m_step;
    Json m_losses = Json::object(); ///< of a resumed run, until its step takes them over
    std::vector<torch::Tensor> m_snapshot;
    std::int64_t m_done = 0;
    std::int64_t m_doneBefore = 0;
    double m_secondsBefore = 0.0;
    double m_fraction = 0.0; ///< done when the step in hand began; the same in all processes
    Clock::time_point m_start;
    double m_rateFactor = 1.0;
    bool m_bfloat16 = false;
    int m_parts = 0; ///< 0: as the family has it
    int m_badInRow = 0;
    int m_restores = 0;
};

void Run::adoptState() {
    const fs::path path = stateNear(*m_options.resume);
    const std::string subject = path.string();
    m_state = readTrainingState(path);
    const Json& manifest = m_state->manifest;
    const auto mismatch = [&](const std::string& what) {
        throw Error(ErrorCode::conflict, subject, "it was trained with " + what,
                    "use the same settings and data, or train anew");
    };
    if (requiredText(manifest, "model", subject) != m_options.preset.model)
        mismatch("another model");
    if (requiredText(manifest, "preset", subject) != m_options.preset.name)
        mismatch("another preset");
    if (boundedInteger(manifest, "size", 8, 4096, subject) != m_options.size)
        mismatch("another size");
    if (requiredText(manifest, "symmetry", subject) != toString(m_options.symmetry))
        mismatch("another symmetry");
    if (manifest.value("data", Json::object()).value("sha256", "") != m_dataHash)
        mismatch("other data");
    settings() = settingsIn(manifest, subject);
    m_options.seed = manifest.value("seed", std::uint64_t{0});
    m_map = greyMapFromJson(manifest.value("grey_map", Json()), subject);
    m_done = m_doneBefore = boundedInteger(manifest, "steps", 0, INT64_MAX, subject);
    m_secondsBefore = manifest.value("seconds", 0.0);
    const Json resume = manifest.value("resume", Json::object());
    m_parts = boundedInt(resume, "chunks", 1, 4096, subject);
    m_bfloat16 = resume.value("bfloat16", false);
    m_rateFactor = resume.value("rate_factor", 1.0);
    m_losses = resume.value("losses", Json::object());
    if (m_options.steps && *m_options.steps <= m_done)
        throw Error(ErrorCode::config, subject,
                    "it has been trained for " + std::to_string(m_done) + " steps already",
                    "ask for more steps");
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
    setup.channels = m_set.channels;
    setup.size = m_options.size;
    setup.seed = m_options.seed;
    setup.device = m_device;
    setup.parts = m_parts;
    m_step = m_family.step(settings(), {*m_network, *m_crops, *m_pool}, setup);
    if (m_state)
        m_step->loadLosses(m_losses);
}

/// All processes begin with what rank 0 has, whatever their machines made of it.
void Run::shareStart() {
    if (!m_processes)
        return;
    m_parts = std::max(m_parts, m_processes->size());
    for (const torch::Tensor& values : {m_network->parameters().flat(), m_optimizer->mean(),
                                        m_optimizer->square(), m_optimizer->ema()})
        m_processes->broadcast(values);
}

bool Run::goesOn(const JobContext& job) {
    Processes::Course course{fractionDone(), job.stopRequested()};
    if (m_processes)
        course = m_processes->agreed(course);
    m_fraction = course.fraction;
    return m_fraction < 1.0 && !course.stop;
}

void Run::choosePrecision() {
    if (!m_state) {
        m_bfloat16 = m_options.precision == Precision::bfloat16;
        if (m_options.precision == Precision::automatic)
            m_bfloat16 = m_step->prefersBfloat16();
    }
    if (m_processes)
        m_bfloat16 = m_processes->agreed({m_bfloat16 ? 1.0 : 0.0, false}).fraction > 0.0;
    m_state.reset();
    m_step->setBfloat16(m_bfloat16);
}

double Run::fractionDone() const {
    double fraction = 0.0;
    if (m_options.steps)
        fraction = static_cast<double>(m_done) / static_cast<double>(*m_options.steps);
    if (m_options.minutes)
        fraction = std::max(fraction, secondsSince(m_start) / (60.0 * *m_options.minutes));
    return std::min(1.0, fraction);
}

double Run::learningRate() const {
    const Schedule& config = m_schedule;
    const double warmUp =
        config.warmUpSteps > 0 ? static_cast<double>(m_done + 1) / config.warmUpSteps : 1.0;
    const double left = 1.0 - m_fraction;
    const double decay = config.decayFraction > 0.0 ? left / config.decayFraction : 1.0;
    return m_rateFactor * config.learningRate * std::min({1.0, warmUp, decay});
}

void Run::step() {
    const auto t = static_cast<double>(m_done);
    Optimizer::Step step;
    step.number = m_done + 1;
    step.learningRate = learningRate();
    step.emaDecay = std::min(m_schedule.emaMaximum, (1.0 + t) / (10.0 + t));
    try {
        const TrainingStep::Report report = m_step->run(*m_optimizer, step, m_fraction);
        if (report.abandoned)
            return;
        ++m_done;
        if (!report.updated)
            return afterBadStep();
        m_badInRow = 0;
        if (m_done % kSnapshotEverySteps == 0)
            takeSnapshot();
    } catch (const c10::Error& error) {
        // A device that is too small for the batch takes it in smaller parts; the step is then done
        // anew.
        if (!m_plan.cuda || !isOutOfMemory(error) || !m_step->splitFurther())
            throw;
    }
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

TrainingReport Run::progress() const {
    TrainingReport report;
    report.step = m_done;
    report.fraction = fractionDone();
    const double seconds = secondsSince(m_start);
    if (m_done > m_doneBefore && seconds > 0.0) {
        report.stepsPerSecond = static_cast<double>(m_done - m_doneBefore) / seconds;
        double left = INFINITY;
        if (m_options.minutes)
            left = 60.0 * *m_options.minutes - seconds;
        if (m_options.steps)
            left = std::min(left,
                            static_cast<double>(*m_options.steps - m_done) / report.stepsPerSecond);
        report.secondsLeft = std::max(0.0, left);
    }
    report.losses = m_step->losses();
    report.warning = m_step->warning();
    return report;
}

Json Run::manifest() const {
    const Preset& preset = m_options.preset;
    std::int64_t pixels = 0;
    for (std::size_t i = 0; i < m_set.images.size(); ++i)
        pixels += m_set.span(i).pixels();
    Json manifest = preset.settings;
    manifest.update({{"model", preset.model},
                     {"preset", preset.name},
                     {"grey_map", toJson(m_map)},
                     {"size", m_options.size},
                     {"symmetry", toString(m_options.symmetry)},
                     {"steps", m_done},
                     {"seconds", m_secondsBefore + secondsSince(m_start)},
                     {"seed", m_options.seed},
                     {"parameters", m_network->parameters().count()},
                     {"data",
                      {{"sha256", m_dataHash},
                       {"images", m_set.images.size()},
                       {"images_left_out", m_crops->imagesLeftOut()},
                       {"pixels", pixels}}},
                     {"losses", m_step->losses()},
                     {"labels", m_options.labels},
                     {"device", m_plan.name},
                     {"precision", m_bfloat16 ? "bfloat16" : "float32"},
                     {"libtorch", torchVersion()},
                     {"program", LIKENESS_VERSION}});
    if (const auto warning = m_step->warning())
        manifest["warning"] = *warning;
    return manifest;
}

/// What a checkpoint needs besides its weights is measured with the running mean in their place.
void Run::measure() {
    const torch::NoGradGuard noGrad;
    const torch::Tensor& flat = m_network->parameters().flat();
    const torch::Tensor weights = flat.detach().clone();
    flat.detach().copy_(m_optimizer->ema());
    m_step->measure();
    flat.detach().copy_(weights);
}

void Run::save() {
    if (m_processes && !m_processes->leads())
        return;
    measure();
    const Json described = manifest();
    TrainingState state;
    state.manifest = described;
    state.manifest["resume"] = {{"chunks", m_step->parts()},
                                {"bfloat16", m_bfloat16},
                                {"rate_factor", m_rateFactor},
                                {"losses", m_step->saveLosses()}};
    state.parameters = m_network->parameters().flat();
    state.mean = m_optimizer->mean();
    state.square = m_optimizer->square();
    state.ema = m_optimizer->ema();
    writeTrainingState(statePathOf(m_options.output), state);
    writeCheckpoint(m_options.output, *m_network, m_optimizer->ema(), described);
}

TrainingOutcome Run::execute(JobContext& job,
                             const std::function<void(const TrainingReport&)>& report) {
    choosePrecision();
    if (!m_processes) // several end a step together
        m_step->setStop(job.stopToken());
    takeSnapshot();
    m_start = Clock::now();
    auto reported = m_start;
    auto saved = m_start;
    while (goesOn(job)) {
        step();
        if (secondsSince(reported) >= kReportEverySeconds) {
            reported = Clock::now();
            report(progress());
        }
        if (secondsSince(saved) >= kSaveEverySeconds) {
            save();
            saved = Clock::now();
        }
    }
    TrainingReport last = progress();
    last.saving = true;
    report(last);
    TrainingOutcome outcome;
    outcome.stoppedEarly = fractionDone() < 1.0;
    outcome.seconds = m_secondsBefore + secondsSince(m_start);
    outcome.samplesPerSecond = last.stepsPerSecond * m_schedule.batch;
    save();
    if (!m_processes || m_processes->leads())
        outcome.sha256 = sha256OfFile(m_options.output);
    outcome.steps = m_done;
    outcome.device = m_plan.name;
    outcome.parameters = m_network->parameters().count();
    outcome.losses = m_step->losses();
    outcome.warning = m_step->warning();
    return outcome;
}

} // namespace

fs::path statePathOf(const fs::path& checkpoint) {
    fs::path state = checkpoint;
    return state += ".state";
}

TrainingOutcome trainModel(const PackedSet& set,
                           const TrainingOptions& options,
                           JobContext& job,
                           const std::function<void(const TrainingReport&)>& report) {
    checkOptions(options);
    return translated("training", [&] { return Run(set, options).execute(job, report); });
}

} // namespace likeness
