// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/io.h"
#include "db/auditlog.h"
#include "db/workflow/external.h"
#include "db/workflow/importing.h"

#include <QTest>

#include <chrono>
#include <csignal>
#include <thread>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

Volume picture(int shift) {
    Volume v(PixelType::u8, 24, 16, 1);
    for (std::int64_t i = 0; i < v.span().pixels(); ++i)
        v.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 5 + shift);
    return v;
}

std::string messageOf(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool isRunning(pid_t process) {
    return ::kill(process, 0) == 0;
}

} // namespace

// Real child processes: small shell scripts that stand for a generator somebody else wrote.
class TestExternal : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void takesWhatItsItemsName();
    void manifestTellsWhatIsAsked();
    void takesTheRowsOfATable();
    void keepsWhatAFailedProgramMade();
    void badPrograms_data();
    void badPrograms();
    void badTables_data();
    void badTables();
    void unreadableImagesAreListed();
    void stopKillsTheWholeGroup();
    void keepsWhatWasMadeBeforeTheStop();
    void runsOutOfTime();
    void refusesBeforeItRuns();

private:
    ExternalRequest requestFor(const std::string& script);

    fs::path folder() const { return m_folder->path(); }

    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<Project> m_project;
    JobContext m_job;
};

void TestExternal::init() {
    m_folder = std::make_unique<TemporaryFolder>();
    m_project = std::make_unique<Project>(Project::create(folder() / "p.likeness"));
    for (int i = 0; i < 4; ++i)
        writeVolume(folder() / ("made" + std::to_string(i) + ".png"), picture(i));
}

void TestExternal::cleanup() {
    m_project.reset();
    m_folder.reset();
}

// In the script, $made is the folder of ready pictures and $out that of the images asked for.
ExternalRequest TestExternal::requestFor(const std::string& script) {
    writeFileDurably(
        folder() / "generator.sh",
        "manifest=$1\nmade='" + folder().string() +
            "'\nout=$(sed -n 's/^ *\"output\": \"\\(.*\\)images\",\\{0,1\\}$/\\1images/p' "
            "\"$manifest\" | head -n 1)\n" +
            script + "\n");
    ExternalRequest request;
    request.command = "sh '" + (folder() / "generator.sh").string() + "' {manifest}";
    request.setName = "made elsewhere";
    request.domain = Domain::rock;
    request.generator = "Their GAN";
    return request;
}

void TestExternal::takesWhatItsItemsName() {
    ExternalRequest request =
        requestFor("for i in 0 1 2; do cp \"$made/made$i.png\" \"$out/00000$i.png\"; done");
    request.count = 3;
    request.seed = 5;
    request.prompts = {"a sandstone", "a limestone"};
    const ExternalResult result = runExternalGenerator(*m_project, request, m_job);
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.samples.size(), std::size_t{3});
    QVERIFY(result.findings.empty());
    QCOMPARE(result.set.generator, std::string("Their GAN"));
    QVERIFY(result.set.origin == Origin::synthetic);
    QCOMPARE(*result.samples[2].seed, derivedSeed(5, 2));
    QCOMPARE(*result.samples[1].prompt, std::string("a limestone"));
    QCOMPARE(*result.samples[2].prompt, std::string("a sandstone"));
    const Volume stored = m_project->pixels(result.samples[1]);
    QCOMPARE(stored.pixels<std::uint8_t>()[7], picture(1).pixels<std::uint8_t>()[7]);
    const auto entries = m_project->audit().entries("external.run");
    QCOMPARE(entries.size(), std::size_t{1});
    QCOMPARE(entries.front().details["images"].get<int>(), 3);
    QVERIFY(m_project->check().empty());
    QCOMPARE(std::distance(fs::directory_iterator(m_project->folder() / "staging"), {}),
             std::ptrdiff_t{0});
}

void TestExternal::manifestTellsWhatIsAsked() {
    ImportRequest parents;
    parents.paths = {folder() / "made0.png", folder() / "made1.png"};
    parents.setName = "real";
    parents.domain = Domain::fibre;
    const auto ids = importSamples(*m_project, parents, m_job).sampleIds;
    writeVolume(folder() / "mask.png", picture(0));
    ExternalRequest request = requestFor("cp \"$manifest\" \"$made/seen.json\"\n"
                                         "parent=$(dirname \"$manifest\")/parents\n"
                                         "test $(ls \"$parent\" | wc -l) = 2 || exit 9\n"
                                         "cp \"$made/made2.png\" \"$out/000000.png\"\n"
                                         "cp \"$made/made3.png\" \"$out/000001.png\"");
    request.domain.reset();
    request.parentSet = "real";
    request.mask = folder() / "mask.png";
    request.count = 2;
    const ExternalResult result = runExternalGenerator(*m_project, request, m_job);
    QCOMPARE(result.samples.size(), std::size_t{2});
    QVERIFY(result.set.domain == Domain::fibre);
    QCOMPARE(*result.samples[1].parentId, ids[1]);
    QCOMPARE(result.samples[1].specimen, m_project->sample(ids[1]).specimen);
    const Json seen = Json::parse(readTextFile(folder() / "seen.json"));
    QCOMPARE(seen["schema"].get<std::string>(), std::string("likeness-external-1"));
    QCOMPARE(seen["domain"].get<std::string>(), std::string("fibre"));
    QCOMPARE(seen["mask"].get<std::string>(), (folder() / "mask.png").string());
    QCOMPARE(seen["items"].size(), std::size_t{2});
    QCOMPARE(seen["items"][1]["parent"]["id"].get<std::string>(), ids[1]);
    QVERIFY(seen["items"][0]["prompt"].is_null());
}

void TestExternal::takesTheRowsOfATable() {
    ExternalRequest request =
        requestFor("mkdir \"$out/deep\"; cp \"$made/made0.png\" \"$out/deep/a b.png\"\n"
                   "cp \"$made/made1.png\" \"$out/two.png\"\n"
                   "printf 'file,prompt,seed,model,version,cost,note\\r\\n"
                   "\"deep/a b.png\",\"one, \"\"two\"\"\",7,Big,1.2,0.04,x\\r\\n"
                   "two.png,,18446744073709551615,Big,1.2,0.05,y\\r\\n' > \"$out/images.csv\"");
    request.generator.clear();
    const ExternalResult result = runExternalGenerator(*m_project, request, m_job);
    QCOMPARE(result.samples.size(), std::size_t{2});
    QCOMPARE(result.set.generator, std::string("Big 1.2"));
    QCOMPARE(*result.samples[0].prompt, std::string("one, \"two\""));
    QVERIFY(!result.samples[1].prompt);
    QCOMPARE(*result.samples[1].seed, std::uint64_t{18446744073709551615U});
    QVERIFY(std::abs(*result.cost - 0.09) < 1e-12);
}

void TestExternal::keepsWhatAFailedProgramMade() {
    ExternalRequest request =
        requestFor("cp \"$made/made0.png\" \"$out/000000.png\"; echo no credit left >&2; exit 3");
    request.count = 2;
    const ExternalResult result = runExternalGenerator(*m_project, request, m_job);
    QCOMPARE(result.exitCode, 3);
    QCOMPARE(result.samples.size(), std::size_t{1});
    QCOMPARE(result.findings.size(), std::size_t{1});
    QVERIFY(result.lastWords.find("no credit left") != std::string::npos);
}

void TestExternal::badPrograms_data() {
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("nothing") << QByteArray("true") << QByteArray("left no image");
    QTest::newRow("crash") << QByteArray("kill -SEGV $$") << QByteArray("exit code 139");
    QTest::newRow("words") << QByteArray("echo out of memory; exit 1")
                           << QByteArray("its last words: out of memory");
    QTest::newRow("garbage") << QByteArray("echo no picture > \"$out/000000.png\"")
                             << QByteArray("left no image that can be read");
    QTest::newRow("flood") << QByteArray("head -c 3000000 /dev/zero | tr '\\0' x; exit 4")
                           << QByteArray("exit code 4");
}

void TestExternal::badPrograms() {
    QFETCH(QByteArray, script);
    QFETCH(QByteArray, says);
    const ExternalRequest request = requestFor(script.toStdString());
    const std::string message =
        messageOf([&] { (void)runExternalGenerator(*m_project, request, m_job); });
    QVERIFY2(QByteArray::fromStdString(message).contains(says), message.c_str());
    QVERIFY(m_project->sets().empty());
    QVERIFY(m_project->check().empty());
}

void TestExternal::badTables_data() {
    QTest::addColumn<QByteArray>("table");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("outside") << QByteArray("file\\n../../secret.png\\n")
                             << QByteArray("not below the folder");
    QTest::newRow("absolute") << QByteArray("file\\n/etc/passwd\\n")
                              << QByteArray("not below the folder");
    QTest::newRow("no file column")
        << QByteArray("name,seed\\na.png,1\\n") << QByteArray("no column 'file'");
    QTest::newRow("seed") << QByteArray("file,seed\\na.png,-1\\n")
                          << QByteArray("row 2 has no valid 'seed'");
    QTest::newRow("cost") << QByteArray("file,cost\\na.png,nan\\n") << QByteArray("'cost'");
    QTest::newRow("width") << QByteArray("file,seed\\na.png\\n")
                           << QByteArray("row 2 has 1 fields");
    QTest::newRow("quote") << QByteArray("file\\n\"a.png\\n") << QByteArray("quotation mark");
    QTest::newRow("models") << QByteArray("file,model\\na.png,A\\nb.png,B\\n")
                            << QByteArray("several models");
}

void TestExternal::badTables() {
    QFETCH(QByteArray, table);
    QFETCH(QByteArray, says);
    const ExternalRequest request =
        requestFor("printf '" + table.toStdString() + "' > \"$out/images.csv\"");
    const std::string message =
        messageOf([&] { (void)runExternalGenerator(*m_project, request, m_job); });
    QVERIFY2(QByteArray::fromStdString(message).contains(says), message.c_str());
    QVERIFY(m_project->sets().empty());
}

void TestExternal::unreadableImagesAreListed() {
    ExternalRequest request = requestFor("cp \"$made/made0.png\" \"$out/000000.png\"\n"
                                         "head -c 40 \"$made/made1.png\" > \"$out/000001.png\"\n"
                                         "cp \"$made/made0.png\" \"$out/000002.png\"");
    request.count = 3;
    const ExternalResult result = runExternalGenerator(*m_project, request, m_job);
    QCOMPARE(result.samples.size(), std::size_t{1});
    QCOMPARE(result.findings.size(), std::size_t{2});
    QVERIFY(result.findings[1].message.find("already") != std::string::npos);
}

void TestExternal::stopKillsTheWholeGroup() {
    const fs::path note = folder() / "grandchild";
    const ExternalRequest request =
        requestFor("sh -c 'echo $$ > \"" + note.string() + ".part\"; mv \"" + note.string() +
                   ".part\" \"" + note.string() + "\"; sleep 600' & sleep 600");
    std::stop_source stop;
    std::chrono::steady_clock::time_point asked;
    std::jthread stopper([&] {
        while (!fs::exists(note))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        asked = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    JobContext job(stop.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)runExternalGenerator(*m_project, request, job));
    stopper.join();
    const auto grandchild = static_cast<pid_t>(std::stol(readTextFile(note)));
    QTRY_VERIFY(!isRunning(grandchild)); // init reaps it
    QVERIFY(m_project->sets().empty());
}

void TestExternal::keepsWhatWasMadeBeforeTheStop() {
    ExternalRequest request =
        requestFor("cp \"$made/made0.png\" \"$out/000000.png\"; touch \"$made/ready\"; sleep 600");
    request.count = 2;
    std::stop_source stop;
    std::jthread stopper([&] {
        while (!fs::exists(folder() / "ready"))
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        stop.request_stop();
    });
    JobContext job(stop.get_token());
    const ExternalResult result = runExternalGenerator(*m_project, request, job);
    QVERIFY(result.stopped);
    QCOMPARE(result.exitCode, 128 + SIGKILL);
    QCOMPARE(result.samples.size(), std::size_t{1});
    QCOMPARE(m_project->samples(result.set.id).size(), std::size_t{1});
}

void TestExternal::runsOutOfTime() {
    ExternalRequest request = requestFor("sleep 600");
    request.seconds = 0.2;
    const std::string message =
        messageOf([&] { (void)runExternalGenerator(*m_project, request, m_job); });
    QVERIFY2(message.find("ran out of time") != std::string::npos, message.c_str());
}

void TestExternal::refusesBeforeItRuns() {
    const std::string touch = "touch \"$made/ran\"";
    const auto refused = [&](const std::function<void(ExternalRequest&)>& change) {
        ExternalRequest request = requestFor(touch);
        change(request);
        return !messageOf([&] {
                    (void)runExternalGenerator(*m_project, request, m_job);
                }).empty() &&
               !fs::exists(folder() / "ran");
    };
    QVERIFY(refused([](ExternalRequest& r) { r.command = "true"; }));
    QVERIFY(refused([](ExternalRequest& r) { r.count = 0; }));
    QVERIFY(refused([](ExternalRequest& r) { r.domain.reset(); }));
    QVERIFY(refused([](ExternalRequest& r) { r.parentSet = "no such set"; }));
    QVERIFY(refused([](ExternalRequest& r) { r.mask = "/no/such/mask.png"; }));
    ImportRequest real;
    real.paths = {folder() / "made0.png"};
    real.setName = "real";
    (void)importSamples(*m_project, real, m_job);
    QVERIFY(refused([](ExternalRequest& r) { r.setName = "real"; }));
}

QTEST_GUILESS_MAIN(TestExternal)
#include "tst_external.moc"
