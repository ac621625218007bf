// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/client/workerclient.h"
#include "core/generation/curves.h"
#include "core/generation/model.h"
#include "core/generation/runbudget.h"
#include "core/generation/trainer.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <thread>

using namespace likeness;

namespace {

/// A stack of noise of two grey levels in stripes.
PackedSet stripes(std::int64_t side = 40, std::int64_t depth = 20) {
    PackedSet set;
    Random random(1, "test.stripes");
    PackedImage image;
    image.id = "stack";
    image.specimen = "a";
    image.width = image.height = side;
    image.depth = depth;
    for (std::int64_t i = 0; i < side * side * depth; ++i)
        image.pixels.push_back(
            static_cast<std::byte>((i / side / 4 % 2 == 0 ? 70 : 150) + random.below(30)));
    set.images.push_back(std::move(image));
    return set;
}

TrainingOptions options(const std::filesystem::path& output, std::int64_t steps) {
    TrainingOptions o;
    o.preset = presetNamed("vae", "demo");
    o.preset.settings["network"]["widths"] = {16, 24};
    o.preset.settings["training"]["batch"] = 8;
    o.size = 16;
    o.steps = steps;
    o.seed = 3;
    o.output = output;
    o.device = {"cpu", 2, Precision::float32};
    o.holdOut = {};
    return o;
}

TrainingOutcome trained(const TrainingOptions& o) {
    JobContext job;
    return trainModel(stripes(), o, job, [](const TrainingReport&) {});
}

bool sameTensors(const std::filesystem::path& a, const std::filesystem::path& b) {
    const Safetensors first = readSafetensors(a);
    const Safetensors second = readSafetensors(b);
    return !first.data.empty() && first.data == second.data;
}

} // namespace

class TestMonitoring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void manifestTellsSplitCostAndHistory();
    void bestIsKeptBesideLast();
    void watchingChangesNothing();
    void liveSamplesAreWritten();
    void pausedRunGoesOnUnchanged();
    void stopEndsAPause();
    void finishEndsSoon();
    void earlyStopEndsARun();
    void resumedRunKeepsSplitHistoryAndName();
    void otherSplitIsRefused();
    void estimateForesees();
    void notesOnSmallSets();
    void budgets();
    void curvesStayBounded();
    void watchSurvivesTheWire();

private:
    TemporaryFolder m_folder;
    std::filesystem::path m_base; ///< 24 steps, evaluated every 8
    TrainingOutcome m_outcome;
};

void TestMonitoring::initTestCase() {
    m_base = m_folder.path() / "base.safetensors";
    TrainingOptions o = options(m_base, 24);
    o.evaluateEvery = 8;
    m_outcome = trained(o);
}

void TestMonitoring::manifestTellsSplitCostAndHistory() {
    const Json manifest = WorkerClient::checkpointMetadata(m_base);
    QCOMPARE(manifest["split"]["kind"].get<std::string>(), std::string("slab"));
    QVERIFY(manifest["split"]["held_out"][0]["slices"] == Json({17, 19}));
    QVERIFY(manifest["split"]["training"][0]["slices"] == Json({0, 14}));
    QCOMPARE(manifest["data"]["pixels"].get<int>(), 40 * 40 * 15);
    QCOMPARE(manifest["role"].get<std::string>(), std::string("last"));
    QCOMPARE(manifest["ended_by"].get<std::string>(), std::string("budget"));
    const Json& monitor = manifest["monitor"];
    QCOMPARE(monitor["held_out"].size(), std::size_t{3});
    QCOMPARE(monitor["held_out"][1]["step"].get<int>(), 16);
    QVERIFY(monitor["floor"]["score"].get<double>() <= 1.0);
    QVERIFY(monitor["last"]["score"].get<double>() > monitor["floor"]["score"].get<double>());
    const Json& cost = manifest["cost"];
    QCOMPARE(cost["steps"].get<int>(), 24);
    QCOMPARE(cost["images_seen"].get<int>(), 24 * 8);
    QCOMPARE(cost["parameters"].get<std::int64_t>(), m_outcome.parameters);
    QVERIFY(cost["wall_seconds"].get<double>() >= cost["training_seconds"].get<double>());
    QVERIFY(cost["cpu_seconds"].get<double>() > 0.0);
    QVERIFY(cost["peak_memory_mb"].get<double>() > 10.0);
    QVERIFY(!cost["device_name"].get<std::string>().empty());
    QVERIFY(cost.contains("energy_joules"));
    QVERIFY(cost["device_memory_mb"].is_null());
    QVERIFY(cost["versions"]["libtorch"].is_string());
}

void TestMonitoring::bestIsKeptBesideLast() {
    // The first evaluation of a run is its best so far; a run that gets worse keeps it.
    TrainingOptions o = options(m_folder.path() / "worse.safetensors", 12);
    o.preset.settings["training"]["learning_rate"] = 0.5;
    o.preset.settings["training"]["warm_up_steps"] = 0;
    o.evaluateEvery = 1;
    const TrainingOutcome outcome = trained(o);
    const auto best = heldOutFiguresFrom(outcome.heldOut["best"]);
    const auto last = heldOutFiguresFrom(outcome.heldOut["last"]);
    QVERIFY(best && last);
    QCOMPARE(last->step, std::int64_t{12});
    QVERIFY(best->score <= last->score);
    if (best->step == 12) {
        QVERIFY(!outcome.best);
        return;
    }
    QVERIFY(outcome.best.has_value());
    QCOMPARE(outcome.best->filename().string(), std::string("worse.best.safetensors"));
    QCOMPARE(sha256OfFile(*outcome.best), outcome.bestSha256);
    QVERIFY(!sameTensors(*outcome.best, o.output));
    const GeneratorModel model = GeneratorModel::load(*outcome.best, outcome.bestSha256);
    QCOMPARE(model.manifest()["steps"].get<std::int64_t>(), best->step);
    QCOMPARE(model.manifest()["role"].get<std::string>(), std::string("best"));
    QVERIFY(model.manifest()["run"] == WorkerClient::checkpointMetadata(o.output)["run"]);
}

void TestMonitoring::watchingChangesNothing() {
    TrainingOptions o = options(m_folder.path() / "watched.safetensors", 24);
    o.evaluateEvery = 1;
    o.live = m_folder.path() / "live.lkpack";
    o.device.threads = 1;
    (void)trained(o);
    QVERIFY(sameTensors(o.output, m_base));
    QVERIFY(sameTensors(statePathOf(o.output), statePathOf(m_base)));
}

void TestMonitoring::liveSamplesAreWritten() {
    const PackedSet live = readPackedSet(m_folder.path() / "live.lkpack");
    QCOMPARE(live.images.size(), std::size_t{8});
    QCOMPARE(live.images[0].width, std::int64_t{16});
    QCOMPARE(live.meta["step"].get<int>(), 24);
    QVERIFY(live.images[0].pixels != live.images[1].pixels);
}

void TestMonitoring::pausedRunGoesOnUnchanged() {
    TrainingOptions o = options(m_folder.path() / "paused.safetensors", 24);
    TrainingControl control;
    control.pause();
    int pauses = 0;
    std::jthread waker;
    JobContext job;
    const TrainingOutcome outcome = trainModel(
        stripes(), o, job,
        [&](const TrainingReport& report) {
            if (report.stage != TrainingStage::paused)
                return;
            ++pauses;
            QVERIFY(!report.secondsLeft);
            QVERIFY(std::filesystem::exists(statePathOf(o.output)));
            waker = std::jthread([&control] {
                std::this_thread::sleep_for(std::chrono::seconds(2));
                control.resume();
            });
        },
        &control);
    QCOMPARE(pauses, 1);
    QCOMPARE(outcome.endedBy, std::string("budget"));
    // The pause is no time of training, but it is time of the run.
    QVERIFY(outcome.cost["wall_seconds"].get<double>() - outcome.seconds >= 1.9);
    QVERIFY(sameTensors(o.output, m_base));
}

void TestMonitoring::stopEndsAPause() {
    TrainingOptions o = options(m_folder.path() / "stopped.safetensors", 24);
    TrainingControl control;
    control.pause();
    std::stop_source stop;
    JobContext job(stop.get_token());
    const TrainingOutcome outcome = trainModel(
        stripes(), o, job, [&](const TrainingReport&) { stop.request_stop(); }, &control);
    QVERIFY(outcome.stoppedEarly);
    QCOMPARE(outcome.endedBy, std::string("stop"));
    QCOMPARE(outcome.steps, std::int64_t{1});
}

void TestMonitoring::finishEndsSoon() {
    TrainingOptions o = options(m_folder.path() / "finished.safetensors", 400);
    o.holdOut = nothingHeldOut();
    TrainingControl control;
    control.finishNow();
    JobContext job;
    std::vector<double> rates;
    const TrainingOutcome outcome = trainModel(
        stripes(), o, job,
        [&](const TrainingReport& report) { rates.push_back(report.learningRate); }, &control);
    QCOMPARE(outcome.endedBy, std::string("finish"));
    QVERIFY(!outcome.stoppedEarly);
    // The wish is seen after the first step: a tenth of the remaining 399.
    QVERIFY2(outcome.steps == 40 || outcome.steps == 41, std::to_string(outcome.steps).c_str());
    QVERIFY(rates.back() < 1e-4);
    // It can go on like any other.
    o.resume = o.output;
    o.output = m_folder.path() / "further.safetensors";
    o.steps = outcome.steps + 2;
    QCOMPARE(trained(o).steps, outcome.steps + 2);
}

void TestMonitoring::earlyStopEndsARun() {
    TrainingOptions o = options(m_folder.path() / "early.safetensors", 400);
    o.evaluateEvery = 1;
    o.earlyStop = 2;
    const TrainingOutcome outcome = trained(o);
    QCOMPARE(outcome.endedBy, std::string("early stop"));
    QVERIFY(outcome.steps < 400);
    const auto best = heldOutFiguresFrom(outcome.heldOut["best"]);
    QCOMPARE(outcome.steps - best->step, std::int64_t{2});
}

void TestMonitoring::resumedRunKeepsSplitHistoryAndName() {
    TrainingOptions o = options(m_folder.path() / "resumed.safetensors", 32);
    o.resume = m_base;
    o.evaluateEvery = 8;
    o.holdOut = nothingHeldOut(); // that of the state counts
    const TrainingOutcome outcome = trained(o);
    QCOMPARE(outcome.steps, std::int64_t{32});
    const Json before = WorkerClient::checkpointMetadata(m_base);
    const Json after = WorkerClient::checkpointMetadata(o.output);
    QVERIFY(after["split"] == before["split"]);
    QVERIFY(after["run"] == before["run"]);
    QCOMPARE(after["monitor"]["held_out"].size(), std::size_t{4});
    QVERIFY(after["monitor"]["held_out"][0] == before["monitor"]["held_out"][0]);
    QVERIFY(after["cost"]["wall_seconds"].get<double>() >
            before["cost"]["wall_seconds"].get<double>());
}

void TestMonitoring::otherSplitIsRefused() {
    TrainingOptions o = options(m_folder.path() / "other.safetensors", 32);
    o.resume = m_base;
    PackedSet set = stripes();
    set.images[0].id = "renamed";
    JobContext job;
    try {
        (void)trainModel(set, o, job, [](const TrainingReport&) {});
        QFAIL("it went on");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::conflict);
    }
}

void TestMonitoring::estimateForesees() {
    TrainingOptions o = options(m_folder.path() / "estimate.safetensors", 1000);
    JobContext job;
    const TrainingEstimate bySteps = estimateTraining(stripes(), o, job);
    QCOMPARE(bySteps.steps, std::int64_t{1000});
    QCOMPARE(bySteps.batch, std::int64_t{8});
    QCOMPARE(bySteps.parameters, m_outcome.parameters);
    QVERIFY(bySteps.secondsPerStep > 0.0);
    QVERIFY(bySteps.seconds >= 1000.0 * bySteps.secondsPerStep);
    QVERIFY(bySteps.memoryMb > 10.0);
    QCOMPARE(bySteps.split["kind"].get<std::string>(), std::string("slab"));
    o.steps.reset();
    o.minutes = 2.0;
    const TrainingEstimate byTime = estimateTraining(stripes(), o, job);
    QVERIFY(std::abs(byTime.seconds - 120.0) <= byTime.secondsPerStep * 1.2);
    QVERIFY(!std::filesystem::exists(o.output));
}

void TestMonitoring::notesOnSmallSets() {
    TrainingOptions o = options(m_folder.path() / "small.safetensors", 1);
    JobContext job;
    const TrainingOutcome outcome =
        trainModel(stripes(40, 1), o, job, [](const TrainingReport&) {});
    QVERIFY(outcome.notes.dump().find("crops side by side") != std::string::npos);
    PackedSet constant = stripes();
    for (std::byte& pixel : constant.images[0].pixels)
        pixel = std::byte{7};
    QVERIFY_THROWS_EXCEPTION(Error,
                             (void)trainModel(constant, o, job, [](const TrainingReport&) {}));
}

void TestMonitoring::budgets() {
    RunBudget budget(std::nullopt, 100);
    budget.start(10);
    QCOMPARE(budget.fraction(50), 0.5);
    budget.finish(50);
    QCOMPARE(budget.fraction(50), 0.5);
    QCOMPARE(budget.restOfFinish(50), 1.0);
    QVERIFY(std::abs(budget.fraction(53) - 0.8) < 1e-9);
    QVERIFY(std::abs(budget.restOfFinish(53) - 0.4) < 1e-9);
    QCOMPARE(budget.fraction(55), 1.0);
    QCOMPARE(budget.restOfFinish(55), 0.0);
    budget.finish(90); // too late to change it
    QCOMPARE(budget.fraction(55), 1.0);
    RunBudget timed(1.0, std::nullopt);
    timed.start(0);
    timed.pause();
    const double paused = timed.seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    QCOMPARE(timed.seconds(), paused);
    timed.resume();
    QVERIFY(timed.seconds() < 0.03);
}

void TestMonitoring::curvesStayBounded() {
    Curves curves;
    for (int i = 0; i < 5000; ++i)
        curves.addLoss(i, 0.1 * i, 1.0 / (i + 1), 1e-3);
    curves.addLoss(5000, 500.0, std::nan(""), 1e-3);
    const Json json = curves.toJson();
    const Json& loss = json["loss"];
    QVERIFY(loss.size() <= 500 && loss.size() >= 250);
    // Evenly spaced from the first.
    const int distance = loss[1][0].get<int>();
    for (std::size_t i = 0; i < loss.size(); ++i)
        QCOMPARE(loss[i][0].get<int>(), static_cast<int>(i) * distance);
    Curves again;
    again.load(json);
    QVERIFY(again.toJson() == json);
    again.load(Json::array({1, "x"}));
}

void TestMonitoring::watchSurvivesTheWire() {
    TrainingWatch watch;
    watch.stage = TrainingStage::finishing;
    watch.step = 120;
    watch.fraction = 0.25;
    watch.secondsLeft = 12.5;
    watch.learningRate = 1e-3;
    watch.losses = {{"all", 0.5}};
    watch.heldOut = HeldOutFigures{100, 9.0, 0.01, 0.02, 0.3, 1.5};
    watch.live = "/x/live.lkpack";
    watch.liveStep = 90;
    watch.warning = "It goes wrong";
    watch.notes = {"A note"};
    const TrainingWatch back = trainingWatchFrom(toJson(watch));
    QVERIFY(toJson(back) == toJson(watch));
    QVERIFY(back.heldOut == watch.heldOut);
    QVERIFY(!back.best);
    // What another process sends is not trusted.
    const TrainingWatch odd =
        trainingWatchFrom({{"step", "x"}, {"held_out", {{"step", 1}}}, {"losses", 3}});
    QCOMPARE(odd.step, std::int64_t{0});
    QVERIFY(!odd.heldOut && odd.losses.empty());
}

QTEST_GUILESS_MAIN(TestMonitoring)
#include "tst_monitoring.moc"
