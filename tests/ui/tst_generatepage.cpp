// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/image.h"
#include "db/checkpointrepository.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "ui/generate/gallery.h"
#include "ui/generate/modelpanel.h"
#include "ui/generate/runqueue.h"
#include "ui/generate/samplingform.h"
#include "ui/models/deletions.h"
#include "ui/models/gallerymodel.h"
#include "ui/models/modelability.h"
#include "ui/models/modelchoice.h"
#include "ui/models/projectsession.h"
#include "ui/models/thumbnailstore.h"
#include "ui/pages/generatepage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/undobar.h"

#include <QAbstractItemModelTester>
#include <QDialog>
#include <QListView>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <semaphore>

using namespace likeness;

namespace {

constexpr std::size_t kImages = 5;

template <typename T>
T* named(QWidget* root, const QString& name) {
    for (T* widget : root->findChildren<T*>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    return nullptr;
}

QPushButton* buttonOf(QWidget* root, const QString& text) {
    for (QPushButton* button : root->findChildren<QPushButton*>()) {
        if (button->text() == text)
            return button;
    }
    return nullptr;
}

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
        m_folder = std::make_unique<TemporaryFolder>();
        m_store = std::make_unique<QSettings>(
            QString::fromStdString((m_folder->path() / "settings.ini").string()),
            QSettings::IniFormat);
        m_settings = std::make_unique<Settings>(*m_store);
        m_jobs = std::make_unique<JobRunner>();
        m_session = std::make_unique<ProjectSession>(*m_jobs);
        m_thumbnails = std::make_unique<ThumbnailStore>(
            *m_jobs, [this] { return m_session->pixelSource(); }, 64);
        m_page = std::make_unique<GeneratePage>(*m_session, *m_thumbnails, *m_settings);
        m_page->resize(1100, 700);
        m_page->show();
        m_session->open(QStringLiteral("Opening"),
                        [folder = m_folder->path() / "p.likeness",
                         weights = m_folder->path() / "w.safetensors"](JobContext&) {
                            return makeProject(folder, weights);
                        });
        QTRY_VERIFY(m_session->isOpen());
        choice()->chooseId(m_session->snapshot().checkpoints.front().id);
    }

    void cleanup() {
        m_page.reset();
        m_thumbnails.reset();
        m_session.reset();
        m_jobs.reset();
        m_settings.reset();
        m_store.reset();
        m_folder.reset();
    }

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
        auto* view = m_page->findChild<Gallery*>();
        QTest::mouseClick(buttonOf(view, QStringLiteral("Delete")), Qt::LeftButton);
        QTRY_COMPARE(gallery()->model()->rowCount(), static_cast<int>(kImages) - 2);
        auto* bar = m_page->findChild<UndoBar*>();
        QVERIFY(bar->isVisible());
        QTest::mouseClick(buttonOf(bar, QStringLiteral("Undo")), Qt::LeftButton);
        QTRY_COMPARE(gallery()->model()->rowCount(), static_cast<int>(kImages));
    }

    void aModelGoesWithItsImages() {
        auto* panel = m_page->findChild<ModelPanel*>();
        QTest::mouseClick(buttonOf(panel, QStringLiteral("Delete")), Qt::LeftButton);
        QTRY_VERIFY(panel->findChild<QDialog*>());
        QTest::mouseClick(buttonOf(panel->findChild<QDialog*>(), QStringLiteral("Delete both")),
                          Qt::LeftButton);
        QTRY_VERIFY(m_session->snapshot().checkpoints.empty());
        m_page->findChild<Deletions*>()->undo();
        QTRY_COMPARE(m_session->snapshot().checkpoints.size(), 1U);
        QCOMPARE(m_session->snapshot().sets.front().samples, static_cast<std::int64_t>(kImages));
    }

    void onlyWhatTheModelCanDoIsOffered() {
        QVERIFY(!named<QSpinBox>(m_page->findChild<SamplingForm*>(), QStringLiteral("Steps"))
                     ->isEnabled());
        const auto* edit = buttonOf(m_page->findChild<Gallery*>(), QStringLiteral("Edit"));
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
        RunQueue queue(*m_jobs);
        std::binary_semaphore gate(0);
        bool ran = false;
        m_jobs->start(
            {QStringLiteral("First"), Lane::project, true}, this,
            [&gate](JobContext&) { gate.acquire(); }, [] {});
        m_jobs->start(
            {QStringLiteral("Second"), Lane::project, true}, this,
            [&ran](JobContext&) { ran = true; }, [] {});
        QTRY_VERIFY(!queue.isHidden());
        QTRY_COMPARE(queue.findChildren<QPushButton*>().size(), 1);
        QTest::mouseClick(queue.findChild<QPushButton*>(), Qt::LeftButton);
        QTRY_VERIFY(queue.isHidden());
        gate.release();
        QTRY_VERIFY(!m_jobs->isBusy(Lane::project));
        QVERIFY(!ran);
    }

private:
    ModelChoice* choice() { return m_page->findChild<ModelChoice*>(); }

    QListView* gallery() {
        return named<QListView>(m_page.get(), QStringLiteral("Generated images"));
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<QSettings> m_store;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<JobRunner> m_jobs;
    std::unique_ptr<ProjectSession> m_session;
    std::unique_ptr<ThumbnailStore> m_thumbnails;
    std::unique_ptr<GeneratePage> m_page;
};

QTEST_MAIN(TestGeneratePage)
#include "tst_generatepage.moc"
