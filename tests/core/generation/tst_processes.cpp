// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/packedset.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/processplace.h"

#include <QProcess>
#include <QTest>

#include <arpa/inet.h>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

using namespace likeness;

namespace {

const QString kWorker = QStringLiteral(LIKENESS_BIN_DIR "/likeness-worker");
constexpr int kPatience = 60'000;

PackedSet grains() {
    PackedSet set;
    Random random(1, "test.grains");
    PackedImage image;
    image.id = image.specimen = "a";
    image.width = image.height = 48;
    for (int i = 0; i < 48 * 48; ++i)
        image.pixels.push_back(static_cast<std::byte>(60 + 100 * (i / 8 % 2) + random.below(20)));
    set.images.push_back(std::move(image));
    return set;
}

/// One that the system gave out just now.
QString freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* general = reinterpret_cast<sockaddr*>(&address);
    const bool bound =
        ::bind(socket, general, size) == 0 && ::getsockname(socket, general, &size) == 0;
    ::close(socket);
    return QString::number(bound ? ntohs(address.sin_port) : 29517);
}

Json tinyRequest(const std::filesystem::path& folder, const std::string& model, int steps) {
    Json network{{"widths", {8, 16}}, {"embedding", 16}, {"fourier_features", 8}};
    if (model != "diffusion")
        network = Json::object();
    return {{"verb", "train"},
            {"packed_set", (folder / "set").string()},
            {"model", model},
            {"size", 32},
            {"steps", steps},
            {"network", network},
            {"training", {{"batch", 8}}},
            {"precision", "float32"},
            {"device", "cpu"}};
}

} // namespace

class TestProcesses : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void placeOfLaunchers_data();
    void placeOfLaunchers();
    void contradictingPlaces();
    void twoProcessesTrainAsOne_data();
    void twoProcessesTrainAsOne();
    void oneStopEndsBoth();
    void aDeadProcessEndsTheOther();

private:
    struct Started {
        std::unique_ptr<QProcess> process;
        std::filesystem::path output;
    };

    [[nodiscard]] Started start(Json request, int rank, int size, const QString& port) const;
    [[nodiscard]] std::pair<Started, Started> startTwo(const Json& request) const;
    void requireTransport(QProcess& process) const;

    TemporaryFolder m_folder;
};

void TestProcesses::initTestCase() {
    writePackedSet(m_folder.path() / "set", grains());
}

void TestProcesses::placeOfLaunchers_data() {
    QTest::addColumn<QStringList>("variables");
    QTest::addColumn<int>("rank");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("local");
    QTest::addColumn<QString>("address");
    QTest::addColumn<int>("port");
    QTest::newRow("torchrun") << QStringList{QStringLiteral("RANK=3"),
                                             QStringLiteral("WORLD_SIZE=4"),
                                             QStringLiteral("LOCAL_RANK=1"),
                                             QStringLiteral("MASTER_ADDR=node1"),
                                             QStringLiteral("MASTER_PORT=1234")}
                              << 3 << 4 << 1 << QStringLiteral("node1") << 1234;
    QTest::newRow("mpirun") << QStringList{QStringLiteral("OMPI_COMM_WORLD_RANK=1"),
                                           QStringLiteral("OMPI_COMM_WORLD_SIZE=2"),
                                           QStringLiteral("OMPI_COMM_WORLD_LOCAL_RANK=1"),
                                           QStringLiteral("OMPI_COMM_WORLD_LOCAL_SIZE=2")}
                            << 1 << 2 << 1 << QStringLiteral("127.0.0.1") << 29500;
    QTest::newRow("srun") << QStringList{QStringLiteral("SLURM_PROCID=0"),
                                         QStringLiteral("SLURM_NTASKS=8"),
                                         QStringLiteral("SLURM_LOCALID=0"),
                                         QStringLiteral("SLURM_STEP_NUM_NODES=2"),
                                         QStringLiteral("MASTER_ADDR=node7")}
                          << 0 << 8 << 0 << QStringLiteral("node7") << 29500;
    QTest::newRow("alone") << QStringList{QStringLiteral("RANK=0"), QStringLiteral("WORLD_SIZE=1")}
                           << -1 << 1 << 0 << QString() << 0;
    QTest::newRow("no launcher") << QStringList{} << -1 << 1 << 0 << QString() << 0;
}

void TestProcesses::placeOfLaunchers() {
    QFETCH(QStringList, variables);
    QFETCH(int, rank);
    for (const QString& entry : variables)
        qputenv(qPrintable(entry.section(u'=', 0, 0)), entry.section(u'=', 1).toUtf8());
    const auto place = placeFromEnvironment();
    for (const QString& entry : variables)
        qunsetenv(qPrintable(entry.section(u'=', 0, 0)));
    QCOMPARE(place.has_value(), rank >= 0);
    if (!place)
        return;
    QCOMPARE(place->rank, rank);
    QTEST(place->size, "size");
    QTEST(place->localRank, "local");
    QTEST(QString::fromStdString(place->address), "address");
    QTEST(place->port, "port");
}

void TestProcesses::contradictingPlaces() {
    qputenv("RANK", "2");
    qputenv("WORLD_SIZE", "2");
    QVERIFY_THROWS_EXCEPTION(Error, (void)placeFromEnvironment());
    qputenv("WORLD_SIZE", "two");
    QVERIFY_THROWS_EXCEPTION(Error, (void)placeFromEnvironment());
    qunsetenv("RANK");
    qunsetenv("WORLD_SIZE");
    qputenv("SLURM_PROCID", "1");
    qputenv("SLURM_NTASKS", "2");
    QVERIFY(placeFromEnvironment().has_value());
    qputenv("SLURM_STEP_NUM_NODES", "2"); // and nobody says where the first one is
    QVERIFY_THROWS_EXCEPTION(Error, (void)placeFromEnvironment());
    for (const char* name : {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_NUM_NODES"})
        qunsetenv(name);
}

TestProcesses::Started
TestProcesses::start(Json request, int rank, int size, const QString& port) const {
    Started started;
    const std::string name = std::to_string(size) + "-" + port.toStdString();
    started.output = m_folder.path() / (name + ".safetensors");
    request["output"] = started.output.string();
    request["threads"] = size == 1 ? 2 : 1;
    const std::filesystem::path file =
        m_folder.path() / (name + "-" + std::to_string(rank) + ".json");
    writeFileDurably(file, request.dump());
    started.process = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OMP_NUM_THREADS"), QStringLiteral("1"));
    if (size > 1) {
        environment.insert(QStringLiteral("RANK"), QString::number(rank));
        environment.insert(QStringLiteral("WORLD_SIZE"), QString::number(size));
        environment.insert(QStringLiteral("MASTER_PORT"), port);
    }
    started.process->setProcessEnvironment(environment);
    started.process->setReadChannel(QProcess::StandardError);
    started.process->start(kWorker,
                           {QStringLiteral("--request"), QString::fromStdString(file.string())});
    return started;
}

/// A build without Gloo says so, and that is all there is to test.
void TestProcesses::requireTransport(QProcess& process) const {
    const QByteArray words = process.readAllStandardError();
    if (words.contains("has no Gloo") || words.contains("neither Gloo"))
        QSKIP("this build has no Gloo");
}

void TestProcesses::twoProcessesTrainAsOne_data() {
    QTest::addColumn<QString>("model");
    QTest::newRow("diffusion") << QStringLiteral("diffusion");
    QTest::newRow("vae") << QStringLiteral("vae");
    QTest::newRow("latent-diffusion") << QStringLiteral("latent-diffusion");
    QTest::newRow("dcgan") << QStringLiteral("dcgan");
    QTest::newRow("stylegan") << QStringLiteral("stylegan");
    QTest::newRow("slicegan") << QStringLiteral("slicegan");
}

void TestProcesses::twoProcessesTrainAsOne() {
    QFETCH(QString, model);
    const Json request = tinyRequest(m_folder.path(), model.toStdString(), 6);
    const QString port = freePort();
    Started first = start(request, 0, 2, port);
    Started second = start(request, 1, 2, port);
    QVERIFY(first.process->waitForFinished(kPatience));
    QVERIFY(second.process->waitForFinished(kPatience));
    requireTransport(*first.process);
    QCOMPARE(first.process->exitCode(), 0);
    QCOMPARE(second.process->exitCode(), 0);
    QVERIFY(second.process->readAllStandardOutput().isEmpty());
    const Json both = Json::parse(first.process->readAllStandardOutput().toStdString());

    Started alone = start(request, 0, 1, port);
    QVERIFY(alone.process->waitForFinished(kPatience));
    QCOMPARE(alone.process->exitCode(), 0);
    const Json one = Json::parse(alone.process->readAllStandardOutput().toStdString());

    // The two halves of a batch are added in the same order, so that nothing differs by a bit.
    QCOMPARE(both["steps"].get<int>(), 6);
    QCOMPARE(both["final_losses"].dump(), one["final_losses"].dump());
    QVERIFY(readSafetensors(first.output).data == readSafetensors(alone.output).data);
}

/// Both, in the middle of the training.
std::pair<TestProcesses::Started, TestProcesses::Started>
TestProcesses::startTwo(const Json& request) const {
    const QString port = freePort();
    std::pair<Started, Started> both{start(request, 0, 2, port), start(request, 1, 2, port)};
    QProcess& first = *both.first.process;
    while (!first.readAllStandardError().contains("step") &&
           first.state() != QProcess::NotRunning && first.waitForReadyRead(kPatience)) {
    }
    return both;
}

void TestProcesses::oneStopEndsBoth() {
    const Json request = tinyRequest(m_folder.path(), "diffusion", 1'000'000);
    auto [first, second] = startTwo(request);
    second.process->terminate();
    QVERIFY(second.process->waitForFinished(kPatience));
    QVERIFY(first.process->waitForFinished(kPatience));
    requireTransport(*second.process);
    QCOMPARE(first.process->exitCode(), 130);
    QCOMPARE(second.process->exitCode(), 130);
    QVERIFY(!readSafetensors(first.output).data.empty());
}

void TestProcesses::aDeadProcessEndsTheOther() {
    const Json request = tinyRequest(m_folder.path(), "diffusion", 1'000'000);
    auto [first, second] = startTwo(request);
    second.process->kill();
    QVERIFY(second.process->waitForFinished(kPatience));
    QVERIFY(first.process->waitForFinished(kPatience));
    const QByteArray words = first.process->readAllStandardError();
    QCOMPARE(first.process->exitCode(), 1);
    if (!words.contains("Gloo,"))
        QVERIFY2(words.contains("another process has ended"), words.constData());
}

QTEST_GUILESS_MAIN(TestProcesses)
#include "tst_processes.moc"
