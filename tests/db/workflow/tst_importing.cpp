// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "db/workflow/importing.h"

#include <QTest>

#include <set>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

Volume gradient(std::int64_t width, std::int64_t height, std::int64_t depth, int shift) {
    Volume v(PixelType::u8, width, height, depth);
    for (std::int64_t i = 0; i < v.span().pixels(); ++i)
        v.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 7 + shift);
    return v;
}

ImportRequest requestFor(const fs::path& path) {
    ImportRequest request;
    request.paths = {path};
    request.setName = "real";
    request.voxelUm = 2.5;
    return request;
}

} // namespace

class TestImporting : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void folderBecomesSingleImages();
    void equalNamesInTwoFoldersAreTwoSpecimens();
    void tableTellsOfSyntheticImages();
    void stackBecomesSlicesOrAVolume();
    void cropsAndCircle();
    void duplicatesAreNotAddedTwice();
    void unreadableFilesAreListed();
    void failureToStoreLeavesNothing();
    void nothingReadableLeavesNothing();
    void stoppedAndGoneOn_data();
    void stoppedAndGoneOn();
    void otherOriginIsRefused();
    void aSetHoldsOneKindOfImages();
    void specimensAreNamedByTheirPaths();

private:
    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<Project> m_project;
    JobContext m_job;
};

void TestImporting::init() {
    m_folder = std::make_unique<TemporaryFolder>();
    m_project = std::make_unique<Project>(Project::create(m_folder->path() / "p.likeness"));
    fs::create_directory(m_folder->path() / "in");
    for (int i = 0; i < 3; ++i)
        writeVolume(m_folder->path() / "in" / ("s" + std::to_string(i) + ".png"),
                    gradient(40, 30, 1, i));
    writeVolume(m_folder->path() / "stack.tif", gradient(40, 30, 4, 9));
}

void TestImporting::cleanup() {
    m_project.reset();
    m_folder.reset();
}

void TestImporting::folderBecomesSingleImages() {
    const ImportResult result =
        importSamples(*m_project, requestFor(m_folder->path() / "in"), m_job);
    QCOMPARE(result.sampleIds.size(), std::size_t{3});
    const auto samples = m_project->samples(result.set.id);
    QCOMPARE(samples.front().specimen, std::string("in"));
    QCOMPARE(samples.front().sourceName, std::string("s0.png"));
    QVERIFY(samples.front().voxelUm.has_value());
    QCOMPARE((*samples.front().voxelUm)[0], 2.5);
    QCOMPARE(samples.front().voxelSource, std::string("typed"));
}

void TestImporting::equalNamesInTwoFoldersAreTwoSpecimens() {
    for (const char* folder : {"left", "right"}) {
        fs::create_directory(m_folder->path() / folder);
        writeVolume(m_folder->path() / folder / "scan.png", gradient(40, 30, 1, folder[0]));
    }
    ImportRequest request = requestFor(m_folder->path() / "left" / "scan.png");
    request.paths.push_back(m_folder->path() / "right" / "scan.png");
    request.paths.push_back(m_folder->path() / "in" / "s0.png");
    const auto samples = m_project->samples(importSamples(*m_project, request, m_job).set.id);
    QCOMPARE(samples.size(), std::size_t{3});
    QCOMPARE(samples[0].specimen, std::string("left/scan"));
    QCOMPARE(samples[1].specimen, std::string("right/scan"));
    QCOMPARE(samples[2].specimen, std::string("s0"));
}

void TestImporting::tableTellsOfSyntheticImages() {
    const auto parent =
        importSamples(*m_project, requestFor(m_folder->path() / "in" / "s2.png"), m_job)
            .sampleIds.front();
    writeFileDurably(m_folder->path() / "made.csv", "file,seed,prompt,parent,model,version,cost\n"
                                                    "in/s0.png,9,a rock,,Big,2,0.5\nin/s1.png,,," +
                                                        parent +
                                                        ",Big,2,0.25\nin/missing.png,,,,Big,2,\n");
    ImportRequest request;
    request.table = m_folder->path() / "made.csv";
    request.setName = "theirs";
    request.origin = Origin::synthetic;
    const ImportResult result = importSamples(*m_project, request, m_job);
    QCOMPARE(result.set.generator, std::string("Big 2"));
    QCOMPARE(result.set.notes["cost"].get<double>(), 0.75);
    QCOMPARE(result.findings.size(), std::size_t{1});
    const auto samples = m_project->samples(result.set.id);
    QCOMPARE(samples.size(), std::size_t{2});
    QCOMPARE(*samples[0].seed, std::uint64_t{9});
    QCOMPARE(*samples[0].prompt, std::string("a rock"));
    QCOMPARE(*samples[1].parentId, parent);
    QCOMPARE(samples[1].specimen, std::string("s2"));
    request.origin = Origin::real;
    request.setName = "called real";
    QVERIFY_THROWS_EXCEPTION(Error, importSamples(*m_project, request, m_job));
}

void TestImporting::stackBecomesSlicesOrAVolume() {
    ImportRequest request = requestFor(m_folder->path() / "stack.tif");
    const ImportResult slices = importSamples(*m_project, request, m_job);
    QCOMPARE(slices.sampleIds.size(), std::size_t{4});
    QCOMPARE(m_project->samples(slices.set.id).back().sourceSlice, std::optional<std::int64_t>(3));
    request.splitSlices = false;
    request.setName = "volume";
    const ImportResult volume = importSamples(*m_project, request, m_job);
    QCOMPARE(m_project->samples(volume.set.id).front().depth, std::int64_t{4});
}

void TestImporting::cropsAndCircle() {
    ImportRequest request = requestFor(m_folder->path() / "in" / "s0.png");
    request.cropSize = 8;
    const auto all = importSamples(*m_project, request, m_job).sampleIds.size();
    QCOMPARE(all, std::size_t{5 * 3});
    request.setName = "circle";
    request.insideCircle = true;
    const auto inside = importSamples(*m_project, request, m_job).sampleIds.size();
    QVERIFY(inside > 0 && inside < all);
    request.setName = "smaller circle";
    request.circleDiameter = 0.6;
    const auto fewer = importSamples(*m_project, request, m_job).sampleIds.size();
    QVERIFY(fewer > 0 && fewer < inside);
    request.circleDiameter = 1.5;
    QVERIFY_THROWS_EXCEPTION(Error, importSamples(*m_project, request, m_job));
    request.circleDiameter = 0.98;
    request.cropSize = 64;
    QVERIFY_THROWS_EXCEPTION(Error, importSamples(*m_project, request, m_job));
}

void TestImporting::duplicatesAreNotAddedTwice() {
    const ImportRequest request = requestFor(m_folder->path() / "in");
    const ImportResult first = importSamples(*m_project, request, m_job);
    const ImportResult again = importSamples(*m_project, request, m_job);
    QCOMPARE(again.sampleIds.size(), std::size_t{0});
    QCOMPARE(again.findings.size(), std::size_t{3});
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(again.findings[i].duplicateOf == first.sampleIds[i]);
    QCOMPARE(again.set.samples, std::int64_t{3});
}

void TestImporting::unreadableFilesAreListed() {
    writeFileDurably(m_folder->path() / "in" / "broken.png", std::string_view("no picture"));
    const ImportResult result =
        importSamples(*m_project, requestFor(m_folder->path() / "in"), m_job);
    QCOMPARE(result.sampleIds.size(), std::size_t{3});
    QCOMPARE(result.findings.size(), std::size_t{1});
    QVERIFY(result.findings.front().rejected);
    QVERIFY(!result.findings.front().message.empty());
}

// A full disk is not a fault of the file that came in last.
void TestImporting::failureToStoreLeavesNothing() {
    fs::remove_all(m_project->folder() / "assets");
    writeFileDurably(m_project->folder() / "assets", std::string_view("in the way"));
    QVERIFY_THROWS_EXCEPTION(Error,
                             importSamples(*m_project, requestFor(m_folder->path() / "in"), m_job));
    QVERIFY(m_project->sets().empty());
}

void TestImporting::nothingReadableLeavesNothing() {
    writeFileDurably(m_folder->path() / "broken.png", std::string_view("no picture"));
    QVERIFY_THROWS_EXCEPTION(
        Error, importSamples(*m_project, requestFor(m_folder->path() / "broken.png"), m_job));
    QVERIFY(m_project->sets().empty());
    QVERIFY(m_project->check().empty());
}

void TestImporting::stoppedAndGoneOn_data() {
    QTest::addColumn<double>("at");
    QTest::newRow("before the first image") << -1.0;
    QTest::newRow("half-way") << 0.5;
}

void TestImporting::stoppedAndGoneOn() {
    QFETCH(double, at);
    fs::create_directory(m_folder->path() / "many");
    for (int i = 0; i < 8; ++i)
        writeVolume(m_folder->path() / "many" / (std::to_string(i) + ".tif"),
                    gradient(8, 6, 4, 2 * i));
    const ImportRequest request = requestFor(m_folder->path() / "many");
    std::stop_source source;
    JobContext job(source.get_token(), [&](const Progress& p) {
        if (p.fraction > at)
            source.request_stop();
    });
    if (at < 0.0)
        source.request_stop();
    QVERIFY_THROWS_EXCEPTION(Cancelled, importSamples(*m_project, request, job));
    const auto kept = m_project->findSet("real");
    QCOMPARE(kept.has_value(), at > 0.0);
    const std::int64_t before = kept ? kept->samples : 0;
    QVERIFY(before < 32);
    QVERIFY(at < 0.0 || before > 0);
    QVERIFY(m_project->check().empty());

    const ImportResult rest = importSamples(*m_project, request, m_job);
    QCOMPARE(std::ssize(rest.sampleIds), 32 - before);
    QCOMPARE(std::ssize(rest.findings), before); // each said to be there already
    QCOMPARE(m_project->set("real").samples, std::int64_t{32});
    std::set<std::pair<std::string, std::int64_t>> slices;
    for (const SampleRecord& sample : m_project->samples(rest.set.id))
        slices.emplace(sample.sourceName, *sample.sourceSlice);
    QCOMPARE(slices.size(), std::size_t{32}); // none is missing, none twice
    QVERIFY(m_project->check().empty());
}

void TestImporting::otherOriginIsRefused() {
    ImportRequest request = requestFor(m_folder->path() / "in");
    static_cast<void>(importSamples(*m_project, request, m_job));
    request.origin = Origin::synthetic;
    QVERIFY_THROWS_EXCEPTION(Error, importSamples(*m_project, request, m_job)); // no generator
    request.generator = "someone";
    QVERIFY_THROWS_EXCEPTION(Error,
                             importSamples(*m_project, request, m_job)); // set holds real ones
}

void TestImporting::aSetHoldsOneKindOfImages() {
    ImportRequest request = requestFor(m_folder->path() / "in" / "s0.png");
    request.origin = Origin::synthetic;
    request.generator = "first";
    static_cast<void>(importSamples(*m_project, request, m_job));
    request.paths = {m_folder->path() / "in" / "s1.png"};
    request.generator = "second";
    QVERIFY_THROWS_EXCEPTION(Error, importSamples(*m_project, request, m_job));
    request.generator = "first";
    request.masks = true;
    QVERIFY_THROWS_EXCEPTION(Error, importSamples(*m_project, request, m_job));
    request.masks = false;
    QCOMPARE(importSamples(*m_project, request, m_job).set.samples, std::int64_t{2});
}

void TestImporting::specimensAreNamedByTheirPaths() {
    const fs::path folder = m_folder->path() / "sand_2.5um";
    fs::create_directory(folder);
    writeVolume(folder / "0.7.png", gradient(40, 30, 1, 5));
    const ImportResult result = importSamples(*m_project, requestFor(folder), m_job);
    QCOMPARE(m_project->samples(result.set.id).front().specimen, std::string("sand_2.5um"));
    ImportRequest file = requestFor(folder / "0.7.png");
    file.setName = "file";
    const ImportResult single = importSamples(*m_project, file, m_job);
    QCOMPARE(m_project->samples(single.set.id).front().specimen, std::string("0.7"));
}

QTEST_GUILESS_MAIN(TestImporting)
#include "tst_importing.moc"
