// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/image.h"
#include "db/assetstore.h"
#include "db/auditlog.h"
#include "db/checkpointrepository.h"
#include "db/database.h"
#include "db/metricrepository.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "db/statement.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <sqlite3.h>

#include <fstream>

using namespace likeness;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

namespace {

Volume imageOf(PixelType type,
               std::int64_t width,
               std::int64_t height,
               std::int64_t depth,
               std::int64_t channels) {
    Volume volume(type, width, height, depth, channels);
    const std::size_t size = volume.span().bytes();
    for (std::size_t i = 0; i < size; ++i)
        volume.bytes()[i] = static_cast<std::byte>((i * 37 + 11) % 251);
    if (type == PixelType::f32)
        for (std::int64_t i = 0; i < volume.span().values(); ++i)
            volume.pixels<float>()[i] = 0.25F * static_cast<float>(i) - 3.0F;
    return volume;
}

std::ptrdiff_t filesIn(const fs::path& folder) {
    std::ptrdiff_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        count += entry.is_regular_file() ? 1 : 0;
    return count;
}

} // namespace

class TestProject : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_path = m_folder->path() / "p.likeness";
        m_project = std::make_unique<Project>(Project::create(m_path));
    }

    void cleanup() {
        m_project.reset();
        m_folder.reset();
    }

    void newProject() {
        QCOMPARE(m_project->name(), "p");
        QCOMPARE(m_project->folder(), m_path);
        QVERIFY(m_project->sets().empty());
        QVERIFY(m_project->check().empty());
        QCOMPARE(static_cast<unsigned>(fs::status(m_path / "keys" / "lead.key").permissions()),
                 0600U);
        QCOMPARE(std::distance(fs::directory_iterator(m_folder->path()), fs::directory_iterator()),
                 1);
    }

    void creatingOverSomething() {
        QCOMPARE(codeOf([this] { return Project::create(m_path); }), wordOf(ErrorCode::conflict));
        const fs::path empty = m_folder->path() / "empty.likeness";
        fs::create_directory(empty);
        QVERIFY(Project::create(empty).check().empty());
    }

    void opening() {
        QCOMPARE(codeOf([this] { return Project::open(m_path); }), wordOf(ErrorCode::conflict));
        QCOMPARE(codeOf([this] { return Project::open(m_path / "none"); }),
                 wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([this] { return Project::open(m_folder->path()); }),
                 wordOf(ErrorCode::notFound));
    }

    void setsAndSamples() {
        const SetRecord set = addSet("sandstone");
        SampleRecord sample;
        sample.setId = set.id;
        sample.specimen = "plug 1";
        sample.sourceName = "scan '1'.tif";
        sample.sourceSlice = 7;
        sample.seed = 0xFFFF'FFFF'FFFF'FFFEULL;
        sample.prompt = "a \"prompt\"";
        sample.truth = {{"porosity", 0.1875}};
        Volume image = imageOf(PixelType::u16, 9, 5, 1, 1);
        image.voxelSize = VoxelSize{{1.5, 1.5, 2.0}, "TIFF tags"};
        const SampleRecord stored = m_project->sampleRepository().addSample(sample, image);
        reopen();
        const SetRecord read = m_project->set("sandstone");
        QCOMPARE(read.samples, 1);
        QCOMPARE(read.id, set.id);
        const SampleRecord back = m_project->samples(read.id).at(0);
        QCOMPARE(back.id, stored.id);
        QCOMPARE(back.seed.value(), 0xFFFF'FFFF'FFFF'FFFEULL);
        QCOMPARE(back.sourceSlice.value(), 7);
        QCOMPARE(back.sourceName, "scan '1'.tif");
        QCOMPARE(back.prompt.value(), "a \"prompt\"");
        QVERIFY(back.truth == sample.truth);
        QCOMPARE(back.voxelUm->at(2), 2.0);
        QVERIFY(!back.checkpointId && !back.parentId);
        const Volume pixels = m_project->pixels(back);
        QCOMPARE(pixels.voxelSize->source, "TIFF tags");
        QVERIFY(pixels.type() == PixelType::u16);
        QVERIFY(m_project->sampleRepository().findPixels(set.id, back.pixelsSha256).has_value());
        QVERIFY(!m_project->sampleRepository().findPixels(set.id, std::string(64, '0')));
    }

    void pixelsAreKeptExactly_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("channels");
        QTest::addColumn<QByteArray>("extension");
        const auto row = [](const char* name, PixelType type, int depth, int channels,
                            const char* extension) {
            QTest::newRow(name) << static_cast<int>(type) << depth << channels
                                << QByteArray(extension);
        };
        row("8-bit grey", PixelType::u8, 1, 1, "png");
        row("16-bit grey", PixelType::u16, 1, 1, "png");
        row("8-bit colour", PixelType::u8, 1, 3, "png");
        row("16-bit colour", PixelType::u16, 1, 3, "png");
        row("float", PixelType::f32, 1, 1, "npy");
        row("8-bit volume", PixelType::u8, 4, 1, "tif");
        row("16-bit volume", PixelType::u16, 4, 1, "tif");
        row("float volume", PixelType::f32, 4, 1, "npy");
    }

    void pixelsAreKeptExactly() {
        QFETCH(int, type);
        QFETCH(int, depth);
        QFETCH(int, channels);
        QFETCH(QByteArray, extension);
        const Volume image = imageOf(static_cast<PixelType>(type), 13, 7, depth, channels);
        SampleRecord sample;
        sample.setId = addSet("set").id;
        sample = m_project->sampleRepository().addSample(sample, image);
        QCOMPARE(sample.extension, extension.toStdString());
        QVERIFY(!sample.voxelUm);
        const Volume back = m_project->pixels(sample);
        QCOMPARE(back.depth(), depth);
        QCOMPARE(back.channels(), channels);
        QCOMPARE(back.span().bytes(), image.span().bytes());
        QVERIFY(std::equal(image.span().data, image.span().data + image.span().bytes(),
                           back.span().data));
        QCOMPARE(filesIn(m_path / "assets"), 1);
        static_cast<void>(m_project->sampleRepository().addSample(sample, image));
        QCOMPARE(filesIn(m_path / "assets"), 1);
        QVERIFY(m_project->check().empty());
    }

    void refusedSets() {
        addSet("one");
        SetRecord set;
        set.name = "one";
        QCOMPARE(codeOf([&] { return m_project->sampleRepository().addSet(set); }),
                 wordOf(ErrorCode::conflict));
        set.name = "";
        QCOMPARE(codeOf([&] { return m_project->sampleRepository().addSet(set); }),
                 wordOf(ErrorCode::config));
        set.name = "made";
        set.origin = Origin::synthetic;
        QCOMPARE(codeOf([&] { return m_project->sampleRepository().addSet(set); }),
                 wordOf(ErrorCode::config));
        set.origin = Origin::real;
        set.generator = "diffusion";
        QCOMPARE(codeOf([&] { return m_project->sampleRepository().addSet(set); }),
                 wordOf(ErrorCode::config));
        QCOMPARE(codeOf([&] { return m_project->set("none"); }), wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { return m_project->sample("none"); }), wordOf(ErrorCode::notFound));
    }

    void rollBackLeavesNothing() {
        const std::ptrdiff_t before = filesIn(m_path / "assets");
        {
            Database::Transaction transaction(m_project->database());
            SampleRecord sample;
            sample.setId = addSet("half").id;
            for (int i = 0; i < 3; ++i)
                static_cast<void>(m_project->sampleRepository().addSample(
                    sample, imageOf(PixelType::u8, 8 + i, 8, 1, 1)));
            QCOMPARE(filesIn(m_path / "assets"), before + 3);
        }
        QCOMPARE(filesIn(m_path / "assets"), before);
        QVERIFY(!m_project->findSet("half"));
        QVERIFY(m_project->check().empty());
        addSet("half");
        reopen();
        QVERIFY(m_project->check().empty());
    }

    void innerRollBackKeepsTheRest() {
        {
            Database::Transaction outer(m_project->database());
            SampleRecord sample;
            sample.setId = addSet("set").id;
            static_cast<void>(m_project->sampleRepository().addSample(
                sample, imageOf(PixelType::u8, 8, 8, 1, 1)));
            {
                Database::Transaction inner(m_project->database());
                static_cast<void>(m_project->sampleRepository().addSample(
                    sample, imageOf(PixelType::u8, 9, 9, 1, 1)));
                addSet("inner");
            }
            addSet("after");
            outer.commit();
        }
        QCOMPARE(m_project->sets().size(), 2U);
        QCOMPARE(filesIn(m_path / "assets"), 1);
        reopen();
        QVERIFY(m_project->check().empty());
    }

    void unknownSetIsRefused() {
        SampleRecord sample;
        sample.setId = "0123456789abcdef";
        QVERIFY(thrownBy([&] {
            return m_project->sampleRepository().addSample(sample,
                                                           imageOf(PixelType::u8, 8, 8, 1, 1));
        }));
        QCOMPARE(filesIn(m_path / "assets"), 0);
    }

    void damagedAssetsAreNoticed_data() {
        QTest::addColumn<QByteArray>("what");
        for (const char* what : {"missing", "flipped", "emptied", "other image"})
            QTest::newRow(what) << QByteArray(what);
    }

    void damagedAssetsAreNoticed() {
        QFETCH(QByteArray, what);
        SampleRecord sample;
        sample.setId = addSet("set").id;
        const auto add = [&](std::int64_t size) {
            return m_project->sampleRepository().addSample(sample,
                                                           imageOf(PixelType::u8, size, 40, 1, 1));
        };
        const SampleRecord first = add(40);
        const SampleRecord other = add(41);
        const fs::path file = m_project->assets().path(first.sha256, first.extension);
        std::string bytes = readTextFile(file);
        fs::remove(file);
        if (what == "flipped")
            bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        if (what == "emptied")
            bytes.clear();
        if (what == "other image")
            bytes = readTextFile(m_project->assets().path(other.sha256, other.extension));
        if (what != "missing")
            std::ofstream(file, std::ios::binary) << bytes;
        QCOMPARE(codeOf([&] { return m_project->pixels(first); }), wordOf(ErrorCode::database));
        QVERIFY(!thrownBy([&] { return m_project->pixels(other); }));
        QCOMPARE(m_project->check().size(), 1U);
        // Importing the same pixels again heals the file.
        static_cast<void>(add(40));
        QVERIFY(m_project->check().empty());
    }

    void orphansAreListed() {
        fs::create_directories(m_path / "assets" / "ab");
        std::ofstream(m_path / "assets" / "ab" / "stray.png") << "x";
        QCOMPARE(m_project->check().size(), 1U);
    }

    void checkpoints() {
        const fs::path file = m_folder->path() / "trained.safetensors";
        writeFileDurably(file, std::string_view("weights"));
        CheckpointRecord checkpoint;
        checkpoint.name = "demo rock";
        checkpoint.model = "diffusion";
        checkpoint.preset = "demo";
        checkpoint.domain = Domain::fibre;
        checkpoint.metadata = {{"seed", 7}};
        checkpoint.steps = 100;
        checkpoint.seconds = 1.5;
        checkpoint.device = "cpu";
        const CheckpointRecord stored = m_project->checkpointRepository().add(checkpoint, file);
        QCOMPARE(m_project->checkpointRepository().add(checkpoint, file).id, stored.id);
        reopen();
        QCOMPARE(m_project->checkpoints().size(), 1U);
        QVERIFY(m_project->checkpoint(stored.id).domain == Domain::fibre);
        QVERIFY(m_project->checkpoint(stored.id).metadata == checkpoint.metadata);
        QCOMPARE(readTextFile(m_project->checkpointFile(stored.id)), "weights");
        QCOMPARE(codeOf([&] { return m_project->checkpointFile("none"); }),
                 wordOf(ErrorCode::notFound));
        QVERIFY(m_project->check().empty());
        std::ofstream(m_project->checkpointFile(stored.id)) << "Weights";
        QCOMPARE(m_project->check().size(), 1U);
    }

    void metrics() {
        const std::string set = addSet("set").id;
        const std::string reference = addSet("reference").id;
        const auto valueOf = [&](const char* name, std::optional<double> value) {
            MetricRecord metric;
            metric.setId = set;
            metric.referenceSetId = reference;
            metric.metric = name;
            metric.value = value;
            metric.n = 5;
            return metric;
        };
        m_project->metricRepository().add({valueOf("a", 1.0), valueOf("b", 2.0)});
        m_project->metricRepository().add({valueOf("a", 3.0)});
        reopen();
        const auto values = m_project->metrics(set);
        QCOMPARE(values.size(), 2U);
        QCOMPARE(values[0].metric, "b");
        QCOMPARE(values[1].value.value(), 3.0);
        QVERIFY(m_project->metrics(reference).empty());
        for (const double bad : {std::nan(""), HUGE_VAL})
            QCOMPARE(codeOf([&] { return m_project->metricRepository().add({valueOf("c", bad)}); }),
                     wordOf(ErrorCode::config));
        QCOMPARE(
            codeOf([&] { return m_project->metricRepository().add({valueOf("c", std::nullopt)}); }),
            wordOf(ErrorCode::config));
        QCOMPARE(m_project->metrics(set).size(), 2U);
    }

    void auditTrailIsWitnessed_data() {
        QTest::addColumn<QByteArray>("sql");
        QTest::newRow("entry changed") << QByteArray("UPDATE audit SET actor = 'me' WHERE seq = 2");
        QTest::newRow("entry removed") << QByteArray("DELETE FROM audit WHERE seq = 2");
        QTest::newRow("end cut off") << QByteArray("DELETE FROM audit WHERE seq >= 3");
        QTest::newRow("all removed") << QByteArray("DELETE FROM audit");
        QTest::newRow("project exchanged")
            << QByteArray("UPDATE project SET id = replace(id, 'a', 'b'), created_at = 'now'");
    }

    void auditTrailIsWitnessed() {
        QFETCH(QByteArray, sql);
        addSet("one");
        addSet("two");
        const auto entries = m_project->audit().entries("set.add");
        QCOMPARE(entries.size(), 2U);
        QCOMPARE(entries[1].details.value("name", ""), "two");
        reopen();
        m_project.reset();
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open((m_path / "project.sqlite").c_str(), &db), SQLITE_OK);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
        QCOMPARE(sqlite3_exec(db, sql.constData(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
        QCOMPARE(codeOf([this] { return Project::open(m_path); }), wordOf(ErrorCode::database));
    }

    void foreignTriggerIsRefused() {
        m_project.reset();
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open((m_path / "project.sqlite").c_str(), &db), SQLITE_OK);
        QCOMPARE(sqlite3_exec(db,
                              "CREATE TRIGGER evil AFTER INSERT ON rating_event BEGIN "
                              "INSERT INTO audit SELECT * FROM audit; END",
                              nullptr, nullptr, nullptr),
                 SQLITE_OK);
        sqlite3_close(db);
        QCOMPARE(codeOf([this] { return Project::open(m_path); }), wordOf(ErrorCode::format));
    }

private:
    SetRecord addSet(const std::string& name) {
        SetRecord set;
        set.name = name;
        return m_project->sampleRepository().addSet(set);
    }

    void reopen() {
        m_project.reset();
        m_project = std::make_unique<Project>(Project::open(m_path));
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_path;
    std::unique_ptr<Project> m_project;
};

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
