// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/packedset.h"
#include "core/imaging/image.h"
#include "db/samplerepository.h"
#include "db/workflow/generating.h"

#include <QTest>

#include <csignal>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

Volume slice(int seed, std::int64_t side = 40) {
    Volume v(PixelType::u8, side, side, 1);
    Random random(static_cast<std::uint64_t>(seed), "test.slice");
    for (std::int64_t i = 0; i < v.span().pixels(); ++i)
        v.pixels<std::uint8_t>()[i] =
            static_cast<std::uint8_t>((i / side / 4 % 2 == 0 ? 70 : 150) + random.below(30));
    return v;
}

std::vector<pid_t> childrenOfThisThread() {
    std::ifstream in("/proc/thread-self/children");
    std::vector<pid_t> ids;
    for (pid_t id = 0; in >> id;)
        ids.push_back(id);
    return ids;
}

} // namespace

// With the real worker, which lies in another folder than the tests.
class TestTrainingFlow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void lastAndBestAreCheckpoints();
    void watchedAndSteered();
    void estimateOfASet();
    void killedWorkerLeavesACheckpoint();
    void abandonedRunIsAdopted();
    void refusedSets_data();
    void refusedSets();

private:
    SetRecord addSet(const std::string& name);
    void
    addSlice(const SetRecord& set, int number, std::optional<double> voxel, std::int64_t side = 40);
    static TrainingRequest request(std::int64_t steps);

    std::optional<TemporaryFolder> m_folder;
    std::optional<Project> m_project;
};

void TestTrainingFlow::initTestCase() {
    qputenv("LIKENESS_WORKER", LIKENESS_BIN_DIR "/likeness-worker");
}

void TestTrainingFlow::init() {
    m_folder.emplace();
    m_project.emplace(Project::create(m_folder->path() / "p.likeness"));
    const SetRecord set = addSet("rock");
    for (int i = 0; i < 12; ++i)
        addSlice(set, i, 2.5);
}

void TestTrainingFlow::cleanup() {
    m_project.reset();
    m_folder.reset();
}

SetRecord TestTrainingFlow::addSet(const std::string& name) {
    SetRecord set;
    set.name = name;
    return m_project->sampleRepository().addSet(set);
}

void TestTrainingFlow::addSlice(const SetRecord& set,
                                int number,
                                std::optional<double> voxel,
                                std::int64_t side) {
    SampleRecord sample;
    sample.setId = set.id;
    sample.specimen = "a";
    sample.sourceName = "stack.tif";
    sample.sourceSlice = number;
    if (voxel)
        sample.voxelUm = {*voxel, *voxel, *voxel};
    (void)m_project->sampleRepository().addSample(sample, slice(number, side));
}

TrainingRequest TestTrainingFlow::request(std::int64_t steps) {
    TrainingRequest request;
    request.setName = "rock";
    request.model = "dcgan";
    request.size = 32;
    request.steps = steps;
    request.device = {"cpu", 2};
    request.evaluateEvery = 1;
    return request;
}

void TestTrainingFlow::lastAndBestAreCheckpoints() {
    JobContext job;
    TrainingRequest r = request(400);
    r.earlyStop = 2;
    const TrainingResult result = trainOnSet(*m_project, r, job);
    QCOMPARE(result.run.endedBy, std::string("early stop"));
    QVERIFY(result.best.has_value());
    QVERIFY(result.best->id != result.checkpoint.id);
    QCOMPARE(result.best->steps + 2, result.checkpoint.steps);
    QCOMPARE(otherOfRun(*m_project, result.checkpoint)->id, result.best->id);
    QCOMPARE(otherOfRun(*m_project, *result.best)->id, result.checkpoint.id);
    QCOMPARE(*result.checkpoint.setId, m_project->set("rock").id);
    const TrainingCurves curves = curvesOf(m_project->checkpoint(result.checkpoint.id));
    QCOMPARE(std::ssize(curves.heldOut), result.checkpoint.steps);
    QCOMPARE(*curves.bestStep, result.best->steps);
    QVERIFY(curves.floor.has_value());
    QVERIFY(m_project->check().empty());
    QVERIFY(curvesOf({}).loss.empty());
    // What is resumed goes on from the last one, whose state lies beside it.
    r.resume = result.checkpoint.id;
    r.steps = result.checkpoint.steps + 1;
    r.earlyStop = 0;
    QCOMPARE(trainOnSet(*m_project, r, job).checkpoint.steps, *r.steps);
}

void TestTrainingFlow::watchedAndSteered() {
    TrainingControl control;
    std::set<TrainingStage> stages;
    std::size_t live = 0;
    TrainingMonitor monitor;
    monitor.control = &control;
    monitor.watch = [&](const TrainingWatch& watch) {
        stages.insert(watch.stage);
        if (watch.live && live == 0)
            live = readPackedSet(*watch.live).images.size();
        if (watch.stage == TrainingStage::training && watch.live)
            control.pause();
        if (watch.stage == TrainingStage::paused) {
            control.resume();
            control.finishNow();
        }
    };
    JobContext job;
    TrainingRequest r = request(2000);
    r.evaluateEvery = 100;
    const TrainingResult result = trainOnSet(*m_project, r, job, monitor);
    QCOMPARE(result.run.endedBy, std::string("finish"));
    QVERIFY(result.run.steps < 2000);
    QCOMPARE(live, std::size_t{8});
    for (const TrainingStage stage :
         {TrainingStage::training, TrainingStage::paused, TrainingStage::saving})
        QVERIFY(stages.contains(stage));
}

void TestTrainingFlow::estimateOfASet() {
    JobContext job;
    const TrainingEstimate estimate = estimateTraining(*m_project, request(50), job);
    QCOMPARE(estimate.steps, std::int64_t{50});
    QVERIFY(estimate.secondsPerStep > 0.0 && estimate.memoryMb > 0.0);
    QCOMPARE(estimate.split["kind"].get<std::string>(), std::string("slab"));
    QVERIFY(m_project->checkpoints().empty());
}

void TestTrainingFlow::killedWorkerLeavesACheckpoint() {
    TrainingControl control;
    control.pause(); // a pause saves
    TrainingMonitor monitor;
    monitor.control = &control;
    monitor.watch = [](const TrainingWatch& watch) {
        if (watch.stage == TrainingStage::paused) {
            for (const pid_t id : childrenOfThisThread())
                ::kill(id, SIGKILL);
        }
    };
    JobContext job;
    std::string message;
    try {
        (void)trainOnSet(*m_project, request(100'000), job, monitor);
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::process);
        message = error.what();
    }
    const auto kept = m_project->checkpoints();
    QCOMPARE(kept.size(), std::size_t{1});
    QVERIFY2(message.find("kept as checkpoint " + kept[0].id) != std::string::npos,
             message.c_str());
    TrainingRequest r = request(kept[0].steps + 1);
    r.resume = kept[0].id;
    QCOMPARE(trainOnSet(*m_project, r, job).checkpoint.steps, kept[0].steps + 1);
}

void TestTrainingFlow::abandonedRunIsAdopted() {
    JobContext job;
    const TrainingResult first = trainOnSet(*m_project, request(2), job);
    // As a program leaves it that was killed while its worker saved.
    const fs::path folder = m_project->folder() / "likeness-abcdef";
    fs::create_directory(folder);
    TrainingRequest r = request(3);
    const TrainingResult second = trainOnSet(*m_project, r, job);
    QVERIFY(!fs::exists(folder));
    fs::create_directory(folder);
    const fs::path file = m_project->checkpointFile(second.checkpoint.id);
    fs::copy_file(file, folder / "checkpoint.safetensors");
    writeFileDurably(folder / "checkpoint.best.safetensors", std::string_view("garbage"));
    const std::size_t before = m_project->checkpoints().size();
    (void)trainOnSet(*m_project, request(1), job);
    // It is there already, so it is not added twice; the garbage is gone.
    QCOMPARE(m_project->checkpoints().size(), before + 1);
    QVERIFY(!fs::exists(folder));
    QVERIFY(first.checkpoint.id != second.checkpoint.id);
}

void TestTrainingFlow::refusedSets_data() {
    QTest::addColumn<int>("change");
    QTest::addColumn<QString>("words");
    QTest::newRow("voxel sizes") << 0
                                 << QStringLiteral(
                                        "mixes voxel sizes, 2.5 x 2.5 x 2.5 um and 5 x 5 x 5 um");
    QTest::newRow("pixel types") << 1 << QStringLiteral("mixes pixel types");
    QTest::newRow("random slices") << 2 << QStringLiteral("flatters the model");
    QTest::newRow("too small") << 3 << QStringLiteral("pixels wide and high");
}

void TestTrainingFlow::refusedSets() {
    QFETCH(int, change);
    QFETCH(QString, words);
    TrainingRequest r = request(1);
    const SetRecord set = m_project->set("rock");
    if (change == 0)
        addSlice(set, 20, 5.0);
    if (change == 1) {
        SampleRecord sample;
        sample.setId = set.id;
        (void)m_project->sampleRepository().addSample(sample, Volume(PixelType::u16, 40, 40, 1));
    }
    if (change == 2)
        r.holdOut.split = "random";
    if (change == 3)
        r.size = 64;
    JobContext job;
    std::string message;
    try {
        (void)trainOnSet(*m_project, r, job);
    } catch (const Error& error) {
        message = error.what();
    }
    QVERIFY2(QString::fromStdString(message).contains(words), message.c_str());
    QVERIFY(m_project->checkpoints().empty());
}

QTEST_GUILESS_MAIN(TestTrainingFlow)
#include "tst_trainingflow.moc"
