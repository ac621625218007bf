// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/generation/client/packedset.h"
#include "core/generation/client/workerclient.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <csignal>
#include <fstream>
#include <functional>
#include <thread>
#include <unistd.h>

using namespace likeness;

namespace {

const std::filesystem::path kWorker = std::filesystem::path(LIKENESS_BIN_DIR) / "likeness-worker";

PackedSet grains() {
    PackedSet set;
    Random random(1, "test.grains");
    PackedImage image;
    image.id = image.specimen = "a";
    image.width = image.height = 32;
    for (int i = 0; i < 32 * 32; ++i)
        image.pixels.push_back(static_cast<std::byte>(60 + 100 * (i / 8 % 2) + random.below(20)));
    set.images.push_back(std::move(image));
    return set;
}

Error errorOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    return {ErrorCode::conflict, "nothing was thrown", ""};
}

/// Children of the calling thread, which is the one that runs a request.
std::vector<pid_t> childrenOfThisThread() {
    std::ifstream in("/proc/thread-self/children");
    std::vector<pid_t> ids;
    for (pid_t id = 0; in >> id;)
        ids.push_back(id);
    return ids;
}

void writeScript(const std::filesystem::path& path, const std::string& lines) {
    writeFileDurably(path, "#!/bin/sh\n" + lines);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

} // namespace

class TestWorker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void trainsAndSamples();
    void otherFamilies_data();
    void otherFamilies();
    void errorsArriveAsTheyAre_data();
    void errorsArriveAsTheyAre();
    void killedWorkerIsAnError();
    void misbehavingWorkers_data();
    void misbehavingWorkers();
    void stopIsQuickAndKeepsWhatIsDone();
    void workerThatDoesNotStopIsKilled();
    void workerEndsWithItsParent();
    void usage();
    void probeMeasures();
    void missingProgram();

private:
    [[nodiscard]] WorkerClient::Train request(std::int64_t steps) const;

    TemporaryFolder m_folder;
};

WorkerClient::Train TestWorker::request(std::int64_t steps) const {
    WorkerClient::Train train;
    train.packedSet = m_folder.path() / "set.lkpack";
    train.output = m_folder.path() / "model.safetensors";
    train.size = 16;
    train.steps = steps;
    train.seed = 5;
    train.labels = {{"domain", "rock"}};
    train.device = {"cpu", 2};
    return train;
}

void TestWorker::initTestCase() {
    writePackedSet(m_folder.path() / "set.lkpack", grains());
}

void TestWorker::trainsAndSamples() {
    const WorkerClient client(kWorker);
    std::vector<Progress> reports;
    JobContext job({}, [&](const Progress& p) { reports.push_back(p); });
    const WorkerClient::TrainResult trained = client.train(request(20), job);
    QCOMPARE(trained.steps, std::int64_t{20});
    QCOMPARE(trained.sha256, sha256OfFile(trained.checkpoint));
    QCOMPARE(trained.device, std::string("cpu"));
    QVERIFY(trained.parameters > 1'000'000 && trained.peakMemoryMb > 10.0);
    QVERIFY(trained.finalLosses["all"].is_number() && !trained.stoppedEarly);
    QVERIFY(!reports.empty());
    QVERIFY(reports.back().detail.starts_with("step 20, "));
    const Json manifest = WorkerClient::checkpointMetadata(trained.checkpoint);
    QCOMPARE(manifest["labels"]["domain"].get<std::string>(), std::string("rock"));

    WorkerClient::Sample sample;
    sample.checkpoint = trained.checkpoint;
    sample.sha256 = trained.sha256;
    sample.output = m_folder.path() / "samples.lkpack";
    sample.count = 3;
    sample.steps = 4;
    sample.seed = 9;
    const WorkerClient::SampleResult made = client.sample(sample, job);
    const PackedSet set = readPackedSet(sample.output);
    QCOMPARE(made.seeds.size(), std::size_t{3});
    QCOMPARE(made.seeds[2], derivedSeed(9, 2));
    QCOMPARE(set.images.size(), std::size_t{3});
    QCOMPARE(set.images[2].id, std::string("2"));
    QCOMPARE(set.images[0].width, std::int64_t{16});
    sample.sha256 = std::string(64, '0');
    QVERIFY(errorOf([&] { (void)client.sample(sample, job); }).code() == ErrorCode::conflict);
}

void TestWorker::otherFamilies_data() {
    QTest::addColumn<QString>("model");
    QTest::newRow("vae") << QStringLiteral("vae");
    QTest::newRow("dcgan") << QStringLiteral("dcgan");
    QTest::newRow("stylegan") << QStringLiteral("stylegan");
}

void TestWorker::otherFamilies() {
    QFETCH(QString, model);
    const WorkerClient client(kWorker);
    JobContext job;
    WorkerClient::Train train = request(3);
    train.model = model.toStdString();
    train.size = 32;
    const WorkerClient::TrainResult trained = client.train(train, job);
    QCOMPARE(trained.model, train.model);
    QVERIFY(trained.finalLosses["all"].is_number() && !trained.warning);
    QCOMPARE(WorkerClient::checkpointMetadata(trained.checkpoint)["model"].get<std::string>(),
             train.model);
    WorkerClient::Sample sample;
    sample.checkpoint = trained.checkpoint;
    sample.output = m_folder.path() / "others.lkpack";
    sample.width = sample.height = 40;
    QCOMPARE(client.sample(sample, job).seeds.size(), std::size_t{1});
    QCOMPARE(readPackedSet(sample.output).images[0].width, std::int64_t{40});
    sample.steps = 4;
    QVERIFY(errorOf([&] { (void)client.sample(sample, job); }).code() == ErrorCode::config);
}

void TestWorker::errorsArriveAsTheyAre_data() {
    QTest::addColumn<int>("change");
    QTest::addColumn<int>("code");
    QTest::newRow("no such preset") << 0 << int(ErrorCode::config);
    QTest::newRow("no such model") << 1 << int(ErrorCode::unsupported);
    QTest::newRow("no such set") << 2 << int(ErrorCode::notFound);
    QTest::newRow("no packed set") << 3 << int(ErrorCode::format);
    QTest::newRow("folder missing") << 4 << int(ErrorCode::io);
    QTest::newRow("crops too large") << 5 << int(ErrorCode::config);
}

void TestWorker::errorsArriveAsTheyAre() {
    QFETCH(int, change);
    QFETCH(int, code);
    WorkerClient::Train train = request(3);
    train.output = m_folder.path() / "refused.safetensors";
    if (change == 0)
        train.preset = "tiny";
    if (change == 1)
        train.model = "oracle";
    if (change == 2)
        train.packedSet = m_folder.path() / "missing";
    if (change == 3)
        train.packedSet = kWorker;
    if (change == 4)
        train.output = m_folder.path() / "missing" / "x.safetensors";
    if (change == 5)
        train.size = 64;
    JobContext job;
    const Error error = errorOf([&] { (void)WorkerClient(kWorker).train(train, job); });
    QCOMPARE(int(error.code()), code);
    QVERIFY(!error.subject().empty() && !error.why().empty());
    QVERIFY(!std::filesystem::exists(train.output));
}

void TestWorker::killedWorkerIsAnError() {
    JobContext job({}, [](const Progress&) {
        for (const pid_t id : childrenOfThisThread())
            ::kill(id, SIGKILL);
    });
    WorkerClient::Train train = request(1'000'000);
    train.output = m_folder.path() / "killed.safetensors";
    const Error error = errorOf([&] { (void)WorkerClient(kWorker).train(train, job); });
    QVERIFY(error.code() == ErrorCode::process);
    QVERIFY2(error.why().find("signal 9") != std::string::npos, error.what());
    QVERIFY(!std::filesystem::exists(train.output));
}

void TestWorker::misbehavingWorkers_data() {
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("ends at once") << QByteArray("exit 0\n") << QByteArray("exit status 0");
    QTest::newRow("last words are kept")
        << QByteArray("echo first >&2; echo 'library is missing' >&2; exit 127\n")
        << QByteArray("exit status 127, last words: library is missing");
    QTest::newRow("no JSON") << QByteArray("echo hello; exit 1\n") << QByteArray("exit status 1");
    QTest::newRow("closes its input")
        << QByteArray("exec 0<&-; sleep 0.1; exit 4\n") << QByteArray("exit status 4");
    QTest::newRow("answer without content")
        << QByteArray("echo '{\"event\":\"result\"}'\n") << QByteArray("no usable");
    QTest::newRow("answer of wrong types")
        << QByteArray("echo '{\"event\":\"progress\",\"fraction\":\"x\"}'; echo "
                      "'{\"event\":\"result\",\"checkpoint\":5}'\n")
        << QByteArray("no usable");
}

void TestWorker::misbehavingWorkers() {
    QFETCH(QByteArray, script);
    QFETCH(QByteArray, words);
    const auto path = m_folder.path() / "worker.sh";
    writeScript(path, script.toStdString());
    JobContext job;
    const Error error = errorOf([&] { (void)WorkerClient(path).train(request(1), job); });
    QVERIFY(error.code() == ErrorCode::process);
    QVERIFY2(std::string(error.what()).find(words.toStdString()) != std::string::npos,
             error.what());
}

void TestWorker::stopIsQuickAndKeepsWhatIsDone() {
    std::stop_source stop;
    QElapsedTimer clock;
    JobContext job(stop.get_token(), [&](const Progress&) {
        if (stop.request_stop())
            clock.start();
    });
    WorkerClient::Train train = request(1'000'000);
    train.output = m_folder.path() / "stopped.safetensors";
    const WorkerClient::TrainResult result = WorkerClient(kWorker).train(train, job);
    qInfo("stopped and saved within %lld ms", clock.elapsed());
    QVERIFY(result.stoppedEarly && result.steps > 0);
    QCOMPARE(sha256OfFile(train.output), result.sha256);
    JobContext again;
    train.resume = train.output;
    train.steps = result.steps + 2;
    QCOMPARE(WorkerClient(kWorker).train(train, again).steps, result.steps + 2);
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)WorkerClient(kWorker).train(train, job));
}

void TestWorker::workerThatDoesNotStopIsKilled() {
    const auto path = m_folder.path() / "deaf.sh";
    writeScript(path,
                "echo '{\"event\":\"progress\",\"fraction\":0.1}'\nwhile :; do sleep 1; done\n");
    std::stop_source stop;
    JobContext job(stop.get_token(), [&](const Progress&) { stop.request_stop(); });
    QElapsedTimer clock;
    clock.start();
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)WorkerClient(path).train(request(1), job));
    qInfo("a deaf worker was killed after %lld ms", clock.elapsed());
    QVERIFY(clock.elapsed() >= 1900);
    QVERIFY(childrenOfThisThread().empty());
}

void TestWorker::workerEndsWithItsParent() {
    // The end of its input is all that a worker sees when the program that asked has died.
    QProcess worker;
    worker.start(QString::fromStdString(kWorker.string()), {});
    QVERIFY(worker.waitForStarted());
    const auto output = m_folder.path() / "orphan.safetensors";
    const Json json{{"verb", "train"},
                    {"packed_set", (m_folder.path() / "set.lkpack").string()},
                    {"output", output.string()},
                    {"steps", 1'000'000},
                    {"size", 16},
                    {"device", "cpu"}};
    worker.write(QByteArray::fromStdString(json.dump() + "\n"));
    QVERIFY(worker.waitForReadyRead(60000));
    worker.closeWriteChannel();
    QVERIFY(worker.waitForFinished(30000));
    QVERIFY(std::filesystem::exists(output));
}

void TestWorker::usage() {
    const auto run = [](const QStringList& arguments, const QByteArray& input) {
        QProcess worker;
        worker.start(QString::fromStdString(kWorker.string()), arguments);
        worker.write(input);
        worker.closeWriteChannel();
        worker.waitForFinished(60000);
        return std::pair(worker.exitCode(), worker.readAllStandardOutput());
    };
    QCOMPARE(run({QStringLiteral("--help")}, {}).first, 0);
    QVERIFY(run({QStringLiteral("--version")}, {}).second.contains("LibTorch"));
    QCOMPARE(run({QStringLiteral("--nonsense")}, {}).first, 2);
    QCOMPARE(run({}, {}).first, 2);
    for (const char* line : {"no json\n", "[1]\n", "{}\n", "{\"verb\":\"fly\"}\n",
                             "{\"verb\":\"sample\"}\n", "{\"verb\":\"train\",\"size\":\"x\"}\n"}) {
        const auto [code, output] = run({}, line);
        QCOMPARE(code, 1);
        QVERIFY2(output.contains("\"event\":\"error\""), output.constData());
    }
}

void TestWorker::probeMeasures() {
    JobContext job;
    const Json probe = WorkerClient(kWorker).probe(job);
    QVERIFY(probe["libtorch"].is_string() && probe["blas"].is_string());
    QVERIFY(!probe["devices"].empty() && probe["warnings"].is_array());
    QVERIFY(probe["matmul_gflops"].get<double>() > 0.0);
    QVERIFY(probe["conv_gflops"].get<double>() > 0.0);
}

void TestWorker::missingProgram() {
    JobContext job;
    QVERIFY(errorOf([&] { (void)WorkerClient(m_folder.path() / "nothing").probe(job); }).code() ==
            ErrorCode::process);
}

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
