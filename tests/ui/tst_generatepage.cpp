// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/checkpointrepository.h"
#include "tests/ui/generatebench.h"
#include "ui/generate/gallery.h"
#include "ui/generate/modelpanel.h"
#include "ui/generate/runqueue.h"
#include "ui/generate/samplingform.h"
#include "ui/models/deletions.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/modelability.h"
#include "ui/widgets/undobar.h"

#include <QAbstractItemModelTester>
#include <QDialog>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <semaphore>

using namespace likeness;

namespace {

constexpr std::size_t kImages = 5;

/// A model "texture" that made five images of the set "made".
Project makeProject(const std::filesystem::path& folder, const std::filesystem::path& weights) {
    Project project = Project::create(folder);
    writeFileDurably(weights, std::string_view("weights"));
    CheckpointRecord checkpoint;
    checkpoint.name = "texture";
    checkpoint.model = "dcgan";
    checkpoint.preset = "demo";
    const CheckpointRecord model = project.checkpointRepository().add(checkpoint, weights);
    SetRecord set;
    set.name = "made";
    set.origin = Origin::synthetic;
    set.generator = "dcgan/demo";
    const SetRecord made = project.sampleRepository().addSet(set);
    for (std::size_t i = 0; i < kImages; ++i) {
        SampleRecord sample;
        sample.setId = made.id;
        sample.checkpointId = model.id;
        sample.seed = 1000 + i;
        Volume image(PixelType::u8, 8, 8);
        std::fill_n(image.bytes(), image.span().bytes(), static_cast<std::byte>(40 * i));
        static_cast<void>(project.sampleRepository().addSample(sample, image));
    }
    return project;
}

} // namespace

class TestGeneratePage : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_bench = std::make_unique<GenerateBench>();
        m_bench->session->open(QStringLiteral("Opening"),
                               [folder = m_bench->folder.path() / "p.likeness",
                                weights = m_bench->folder.path() / "w.safetensors"](JobContext&) {
                                   return makeProject(folder, weights);
                               });
        QTRY_VERIFY(m_bench->session->isOpen());
        choice()->chooseId(m_bench->session->snapshot().checkpoints.front().id);
    }

    void cleanup() { m_bench.reset(); }

    void galleryShowsTheModelsImages() {
        QAbstractItemModelTester tester(gallery()->model(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(gallery()->model()->rowCount(), static_cast<int>(kImages));
        const QModelIndex first = gallery()->model()->index(0, 0);
        QCOMPARE(first.data().toString(), QStringLiteral("1000"));
        QVERIFY(
            first.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("seed 1000")));
        QTRY_VERIFY(!first.data(Qt::DecorationRole).value<QImage>().isNull());
    }

    void deletedImagesComeBack() {
        gallery()->selectionModel()->select(gallery()->model()->index(1, 0),
                                            QItemSelectionModel::Select);
        gallery()->selectionModel()->select(gallery()->model()->index(3, 0),
                                            QItemSelectionModel::Select);
        auto* view = m_bench->page->findChild<Gallery*>();
        QTest::mouseClick(buttonOf(view, QStringLiteral("Delete")), Qt::LeftButton);
        QTRY_COMPARE(gallery()->model()->rowCount(), static_cast<int>(kImages) - 2);
        auto* bar = m_bench->page->findChild<UndoBar*>();
        QVERIFY(bar->isVisible());
        QTest::mouseClick(buttonOf(bar, QStringLiteral("Undo")), Qt::LeftButton);
        QTRY_COMPARE(gallery()->model()->rowCount(), static_cast<int>(kImages));
    }

    void aModelGoesWithItsImages() {
        auto* panel = m_bench->page->findChild<ModelPanel*>();
        QTest::mouseClick(buttonOf(panel, QStringLiteral("Delete")), Qt::LeftButton);
        QTRY_VERIFY(panel->findChild<QDialog*>());
        QTest::mouseClick(buttonOf(panel->findChild<QDialog*>(), QStringLiteral("Delete both")),
                          Qt::LeftButton);
        QTRY_VERIFY(m_bench->session->snapshot().checkpoints.empty());
        m_bench->page->findChild<Deletions*>()->undo();
        QTRY_COMPARE(m_bench->session->snapshot().checkpoints.size(), 1U);
        QCOMPARE(m_bench->session->snapshot().sets.front().samples,
                 static_cast<std::int64_t>(kImages));
    }

    void onlyWhatTheModelCanDoIsOffered() {
        QVERIFY(!named<QSpinBox>(m_bench->page->findChild<SamplingForm*>(), QStringLiteral("Steps"))
                     ->isEnabled());
        const auto* edit = buttonOf(m_bench->page->findChild<Gallery*>(), QStringLiteral("Edit"));
        QVERIFY(edit->isHidden());
    }

    void abilities_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("network");
        QTest::addColumn<bool>("steps");
        QTest::addColumn<int>("only");
        QTest::addColumn<int>("multiple");
        // Three levels halve twice, on pixels taken two by two: unshuffle * 2^(levels - 1).
        QTest::newRow("diffusion") << "diffusion"
                                   << R"({"unshuffle":2,"widths":[32,64,128]})" << true << 0 << 8;
        QTest::newRow("one level") << "diffusion"
                                   << R"({"unshuffle":1,"widths":[32]})" << true << 0 << 1;
        QTest::newRow("gan") << "dcgan"
                             << "{}" << false << 0 << 8;
        QTest::newRow("vae, vector") << "vae"
                                     << R"({"latent":"vector"})" << false << 64 << 8;
        QTest::newRow("vae, spatial") << "vae"
                                      << R"({"latent":"spatial"})" << false << 0 << 8;
    }

    void abilities() {
        QFETCH(QString, model);
        QFETCH(QString, network);
        CheckpointEntry entry;
        entry.model = model.toStdString();
        entry.size = 64;
        entry.metadata = {{"network", Json::parse(network.toStdString())}};
        const ModelAbility ability = abilityOf(entry);
        QTEST(ability.takesSteps, "steps");
        QTEST(ability.onlySide.value_or(0), "only");
        QTEST(ability.multiple, "multiple");
    }

    void waitingRunsCanBeTakenOut() {
        RunQueue queue(*m_bench->jobs);
        std::binary_semaphore gate(0);
        bool ran = false;
        m_bench->jobs->start(
            {QStringLiteral("First"), Lane::project, true}, this,
            [&gate](JobContext&) { gate.acquire(); }, [] {});
        m_bench->jobs->start(
            {QStringLiteral("Second"), Lane::project, true}, this,
            [&ran](JobContext&) { ran = true; }, [] {});
        QTRY_VERIFY(!queue.isHidden());
        QTRY_COMPARE(queue.findChildren<QPushButton*>().size(), 1);
        QTest::mouseClick(queue.findChild<QPushButton*>(), Qt::LeftButton);
        QTRY_VERIFY(queue.isHidden());
        gate.release();
        QTRY_VERIFY(!m_bench->jobs->isBusy(Lane::project));
        QVERIFY(!ran);
    }

private:
    ModelChoice* choice() { return m_bench->choice(); }

    QListView* gallery() {
        return named<QListView>(m_bench->page.get(), QStringLiteral("Generated images"));
    }

    std::unique_ptr<GenerateBench> m_bench;
};

QTEST_MAIN(TestGeneratePage)
#include "tst_generatepage.moc"
