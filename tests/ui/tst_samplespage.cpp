// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "db/workflow/importing.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/projectsession.h"
#include "ui/models/sampledetails.h"
#include "ui/models/samplefilter.h"
#include "ui/models/thumbnailstore.h"
#include "ui/pages/samplespage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/filterbar.h"
#include "ui/words.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace likeness;

namespace {

Volume noise(std::int64_t depth, unsigned seed) {
    Volume volume(PixelType::u8, 16, 16, depth);
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        seed = seed * 1664525U + 1013904223U;
        volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(seed >> 24U);
    }
    volume.voxelSize = VoxelSize{{2.5, 2.5, 2.5}, "typed"};
    return volume;
}

/// Two rock sets and a root set: 5 real slices of two specimens, 3 synthetic and 2 simulated ones.
Project makeProject(const std::filesystem::path& folder) {
    Project project = Project::create(folder / "p.likeness");
    JobContext job;
    const auto import = [&](const char* file, std::int64_t depth, unsigned seed,
                            ImportRequest request) {
        writeVolume(folder / file, noise(depth, seed));
        request.paths = {folder / file};
        static_cast<void>(importSamples(project, request, job));
    };
    ImportRequest real;
    real.setName = "scans";
    import("bentheimer.tif", 3, 1, real);
    import("ketton.tif", 2, 2, real);
    ImportRequest made = real;
    made.setName = "made";
    made.origin = Origin::synthetic;
    made.generator = "StyleGAN2";
    made.prompt = "a sandstone";
    import("made.tif", 3, 3, made);
    ImportRequest root;
    root.setName = "roots";
    root.domain = Domain::root;
    root.origin = Origin::phantom;
    import("root.tif", 2, 4, root);
    return project;
}

struct Bench {
    Bench()
        : store(QString::fromStdString((folder.path() / "s.ini").string()), QSettings::IniFormat) {
        session.open(QStringLiteral("Opening"),
                     [this](JobContext&) { return makeProject(folder.path()); });
        QTRY_VERIFY(session.isOpen());
        page.resize(1100, 700);
        page.show();
    }

    [[nodiscard]] QListView* view(const char* name) const {
        for (QListView* list : page.findChildren<QListView*>())
            if (list->accessibleName() == QString::fromLatin1(name))
                return list;
        return nullptr;
    }

    [[nodiscard]] int sets() const { return view("Sets")->model()->rowCount(); }

    [[nodiscard]] int samples() const { return view("Samples of the set")->model()->rowCount(); }

    [[nodiscard]] QComboBox* box(const char* name) const {
        for (QComboBox* combo : page.findChildren<QComboBox*>())
            if (combo->accessibleName() == QString::fromLatin1(name))
                return combo;
        return nullptr;
    }

    void find(const char* text) const {
        page.findChild<FilterBar*>()->findChild<QLineEdit*>()->setText(QString::fromUtf8(text));
    }

    [[nodiscard]] bool says(const QString& words) const {
        const auto labels = page.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* label) { return label->text() == words; });
    }

    TemporaryFolder folder;
    QSettings store;
    Settings settings{store};
    JobRunner jobs;
    ProjectSession session{jobs};
    ThumbnailStore thumbnails{jobs, [this] { return session.pixelSource(); }, 32};
    SamplesPage page{session, thumbnails, settings};
};

} // namespace

class TestSamplesPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filtersAreCombined();
    void foundByText_data();
    void foundByText();
    void severalSetsAtOnce();
    void choiceOutlivesTheFilter();
    void provenance();
};

void TestSamplesPage::filtersAreCombined() {
    const Bench bench;
    QCOMPARE(bench.sets(), 3);
    QCOMPARE(bench.samples(), 5);
    bench.box("Domain")->setCurrentText(words::name(Domain::rock));
    QCOMPARE(bench.sets(), 2);
    QCOMPARE(bench.samples(), 8); // of both
    bench.box("Origin")->setCurrentText(words::name(Origin::synthetic));
    QCOMPARE(bench.sets(), 1);
    QCOMPARE(bench.samples(), 3);
    QVERIFY(bench.box("Generator")->findText(QStringLiteral("StyleGAN2")) > 0);
    bench.box("Domain")->setCurrentText(words::name(Domain::root));
    QCOMPARE(bench.sets(), 0);
    QCOMPARE(bench.samples(), 0);
    bench.box("Origin")->setCurrentIndex(0);
    QCOMPARE(bench.samples(), 2);
    bench.box("Domain")->setCurrentIndex(0);
    bench.box("Generator")->setCurrentText(QStringLiteral("StyleGAN2"));
    QCOMPARE(bench.sets(), 1);
}

void TestSamplesPage::foundByText_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("found");
    QTest::addColumn<QString>("said");
    QTest::newRow("specimen") << QStringLiteral("Ketton") << 2 << QStringLiteral("2 of 5 samples");
    QTest::newRow("prompt") << QStringLiteral("sandstone") << 3 << QStringLiteral("3 samples");
    QTest::newRow("set") << QStringLiteral("ROOTS") << 2 << QStringLiteral("2 samples");
    QTest::newRow("several") << QStringLiteral(".tif") << 10 << QStringLiteral("10 samples");
    QTest::newRow("nothing") << QStringLiteral("basalt") << 0 << QStringLiteral("0 samples");
}

void TestSamplesPage::foundByText() {
    QFETCH(QString, text);
    QFETCH(int, found);
    QFETCH(QString, said);
    const Bench bench;
    bench.find(text.toUtf8().constData());
    QCOMPARE(bench.samples(), found);
    QVERIFY2(bench.says(said), qPrintable(said));
}

void TestSamplesPage::severalSetsAtOnce() {
    Bench bench;
    bench.view("Sets")->selectAll();
    QCOMPARE(bench.samples(), 10);
    QListView* grid = bench.view("Samples of the set");
    QCOMPARE(grid->model()->index(5, 0).data().toString(), QStringLiteral("made 1"));
    const auto buttons = bench.page.findChildren<QPushButton*>();
    const auto train = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton* b) {
        return b->text().startsWith(QStringLiteral("Train"));
    });
    QVERIFY(!(*train)->isEnabled()); // on one set
    // What is opened for inspection belongs to its own set.
    const QSignalSpy inspected(&bench.page, &SamplesPage::inspectRequested);
    Q_EMIT grid->activated(grid->model()->index(9, 0));
    QCOMPARE(inspected.size(), 1);
    QCOMPARE(inspected[0][0].toString().toStdString(),
             bench.session.snapshot().findSetNamed("roots")->id);
    bench.view("Sets")->setCurrentIndex(bench.view("Sets")->model()->index(1, 0));
    QCOMPARE(bench.samples(), 3);
    QVERIFY((*train)->isEnabled());
}

void TestSamplesPage::choiceOutlivesTheFilter() {
    Bench bench;
    bench.view("Sets")->setCurrentIndex(bench.view("Sets")->model()->index(1, 0));
    QCOMPARE(bench.samples(), 3);
    bool done = false;
    bench.session.run(
        {QStringLiteral("Touching"), Lane::project, false}, ProjectSession::Effect::changes,
        &bench.page, [](Project&, JobContext&) { return true; }, [&done](bool) { done = true; });
    QTRY_VERIFY(done);
    QCOMPARE(bench.samples(), 3); // after a new snapshot the same set is chosen
}

void TestSamplesPage::provenance() {
    Bench bench;
    const ProjectSnapshot& snapshot = bench.session.snapshot();
    SampleRecord sample = snapshot.samplesOf(snapshot.findSetNamed("made")->id).front();
    sample.seed = 17;
    sample.parentId = snapshot.samplesOf(snapshot.findSetNamed("scans")->id)[1].id;
    sample.recipe = {{"steps", 24}, {"asked", {{"porosity", 0.2}}}, {"device", "cpu"}};
    const DetailRows rows = detailsOf(sample, snapshot);
    const auto value = [&](const char* name) {
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) {
            return r.first == QString::fromLatin1(name);
        });
        return row == rows.end() ? QString() : row->second;
    };
    QCOMPARE(value("Set"), QStringLiteral("made"));
    QCOMPARE(value("Generator"), QStringLiteral("StyleGAN2"));
    QCOMPARE(value("Prompt"), QStringLiteral("a sandstone"));
    QCOMPARE(value("Seed"), QStringLiteral("17"));
    QCOMPARE(value("Made from"), QStringLiteral("scans, sample 2"));
    QCOMPARE(value("steps"), QStringLiteral("24"));
    QCOMPARE(value("asked: porosity"), QStringLiteral("0.2"));
    QCOMPARE(value("Size source"), QStringLiteral("TIFF tags, unit from ImageJ"));
    QVERIFY(value("File").startsWith(QStringLiteral("made.tif")));
    QVERIFY(!value("SHA-256").isEmpty() && !value("Added").isEmpty());
    sample.parentId = "gone";
    QVERIFY(detailsOf(sample, snapshot) != rows);
}

QTEST_MAIN(TestSamplesPage)
#include "tst_samplespage.moc"
