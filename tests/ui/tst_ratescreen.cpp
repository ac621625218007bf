// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "db/package.h"
#include "db/ratingsfile.h"
#include "tests/db/faultvfs.h"
#include "tests/db/studyfixture.h"
#include "ui/jobs/jobrunner.h"
#include "ui/widgets/ratescreen.h"
#include "viewers/canvas/imagecanvas.h"

#include <QAccessible>
#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <map>
#include <set>

using namespace likeness;
using testing::FaultVfs;

namespace {

// Words that tell where an image comes from; none of them may reach a rater.
const QStringList kSecrets = {QStringLiteral("Zebrastone"), QStringLiteral("Quaggagan"),
                              QStringLiteral("okapi-net"), QStringLiteral("specimen-secret")};

Json definition(int gapMs, int minViewMs) {
    return {{"name", "small"},
            {"title", "A small study"},
            {"protocol", "real-or-synthetic"},
            {"domain", "rock"},
            {"reference_set", "Zebrastone"},
            {"sets", {"Quaggagan"}},
            {"samples_per_set", 30},
            {"raters", 2},
            {"repeats", 0.1},
            {"timing", {{"gap_ms", gapMs}, {"min_view_ms", minViewMs}, {"block_size", 20}}},
            {"gap_ms", gapMs},
            {"min_view_ms", minViewMs},
            {"block_size", 20},
            {"canonical", {{"mapping", "none"}}}};
}

std::vector<StimulusSource> sources() {
    std::vector<StimulusSource> all;
    for (int i = 0; i < 60; ++i) {
        StimulusSource source;
        source.sampleId = "sample" + std::to_string(i);
        source.origin = i < 30 ? Origin::real : Origin::synthetic;
        source.setName = i < 30 ? "Zebrastone" : "Quaggagan";
        source.generator = i < 30 ? "" : "okapi-net";
        source.specimen = i < 30 ? "specimen-secret-" + std::to_string(i) : "";
        source.pixels = Volume(PixelType::u8, 24, 24);
        Random random(static_cast<std::uint64_t>(i), "texture");
        for (int p = 0; p < 24 * 24; ++p)
            source.pixels.pixels<std::uint8_t>()[p] = static_cast<std::uint8_t>(random.below(256));
        all.push_back(std::move(source));
    }
    return all;
}

std::filesystem::path
writePackageWith(const std::filesystem::path& folder, int gapMs, int minViewMs) {
    Json wanted = definition(gapMs, minViewMs);
    wanted.erase("timing");
    JobContext job;
    const FrozenStudy study = freeze(definitionFromJson(wanted), sources(), testing::kSecret, job);
    const std::filesystem::path file = folder / "small.study";
    writePackage(file, testing::sourceOf(study), testing::leadKeys());
    return file;
}

// Everything of a widget that people or assistive programs can read.
QStringList wordsOf(const QWidget* widget) {
    QStringList words{widget->windowTitle(),    widget->toolTip(),
                      widget->statusTip(),      widget->whatsThis(),
                      widget->accessibleName(), widget->accessibleDescription(),
                      widget->objectName(),     widget->windowFilePath()};
    if (const auto* label = qobject_cast<const QLabel*>(widget))
        words << label->text();
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        words << button->text();
    if (QAccessibleInterface* access =
            QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget))) {
        for (const auto kind :
             {QAccessible::Name, QAccessible::Description, QAccessible::Value, QAccessible::Help})
            words << access->text(kind);
    }
    for (const QByteArray& name : widget->dynamicPropertyNames())
        words << widget->property(name.constData()).toString();
    return words;
}

} // namespace

class TestRateScreen : public QObject {
    Q_OBJECT

private:
    struct Opened {
        std::unique_ptr<RateScreen> screen;
        RatingDriver* driver = nullptr;
    };

    Opened open(const std::filesystem::path& package) {
        RatingSession::Start start;
        start.package = package;
        start.store = m_folder->path() / "store";
        start.rater = "R1";
        Opened opened;
        std::exception_ptr failure;
        RatingDriver::open(
            *m_jobs, start, this,
            [&](std::unique_ptr<RatingDriver> driver) {
                opened.driver = driver.get();
                opened.screen = std::make_unique<RateScreen>(std::move(driver));
            },
            [&](const std::exception_ptr& thrown) { failure = thrown; });
        [&] { QTRY_VERIFY(opened.screen || failure); }();
        if (opened.screen) {
            opened.screen->resize(900, 700);
            opened.screen->show();
        }
        return opened;
    }

    static void waitForImage(const RateScreen& screen) {
        QTRY_COMPARE(screen.state(), RateScreen::State::viewing);
        QTest::qWait(20); // the first frame opens the gate
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<JobRunner> m_jobs;
    QStringList m_log;

private Q_SLOTS:

    void initTestCase() {
        FaultVfs::install();
        setLogSink([this](LogLevel, std::string_view text) {
            m_log << QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
        });
    }

    void cleanupTestCase() { setLogSink({}); }

    void init() {
        FaultVfs::disarm();
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_jobs = std::make_unique<JobRunner>();
    }

    void cleanup() {
        FaultVfs::disarm();
        m_jobs.reset();
        m_folder.reset();
    }

    void aStormOfKeysGivesOneEventAPresentation() {
        Opened opened = open(writePackageWith(m_folder->path(), 0, 0));
        QVERIFY(opened.screen);
        QSignalSpy shown(opened.driver, &RatingDriver::trialReady);
        QSignalSpy saved(opened.driver, &RatingDriver::saved);
        Random random(11, "storm");
        const QList<Qt::Key> keys{Qt::Key_1, Qt::Key_2,      Qt::Key_3,  Qt::Key_4,
                                  Qt::Key_5, Qt::Key_6,      Qt::Key_7,  Qt::Key_Space,
                                  Qt::Key_A, Qt::Key_Return, Qt::Key_Tab};
        int sent = 0;
        while ((sent < 1000 || opened.screen->state() != RateScreen::State::done) &&
               sent < 20'000) {
            QTest::keyClick(opened.screen.get(), keys.at(static_cast<qsizetype>(random.below(11))));
            ++sent;
            if (random.below(3) == 0)
                QTest::qWait(0);
            if (random.below(50) == 0)
                QTest::qWait(2);
        }
        QCOMPARE(opened.screen->state(), RateScreen::State::done);
        const int trials = opened.driver->info().trials;
        QCOMPARE(trials, 66);
        QCOMPARE(saved.count(), trials);
        QSignalSpy exported(opened.driver, &RatingDriver::exported);
        opened.driver->exportTo(m_folder->path());
        QTRY_COMPARE(exported.count(), 1);
        const RatingsFile file = readRatings(exported.first().first().toString().toStdString());
        std::map<std::int64_t, int> answers;
        for (const RatingEvent& event : file.events)
            ++answers[event.planSeq];
        QCOMPARE(answers.size(), static_cast<std::size_t>(trials));
        for (const auto& [seq, count] : answers)
            QCOMPARE(count, 1);
    }

    void nothingTellsTheSource() {
        Opened opened = open(writePackageWith(m_folder->path(), 0, 0));
        QVERIFY(opened.screen);
        m_log.clear();
        for (int trial = 0; trial < 25; ++trial) {
            for (const QWidget* widget : QApplication::allWidgets()) {
                for (const QString& words : wordsOf(widget)) {
                    for (const QString& secret : kSecrets)
                        QVERIFY2(!words.contains(secret, Qt::CaseInsensitive), qPrintable(words));
                }
            }
            QTest::keyClick(opened.screen.get(), Qt::Key_Space);
            waitForImage(*opened.screen);
            QTest::keyClick(opened.screen.get(), trial % 2 == 0 ? Qt::Key_2 : Qt::Key_5);
            QTRY_VERIFY(opened.screen->state() != RateScreen::State::saving);
            QTest::qWait(160);
        }
        for (const QString& line : m_log) {
            for (const QString& secret : kSecrets)
                QVERIFY2(!line.contains(secret, Qt::CaseInsensitive), qPrintable(line));
        }
    }

    void tooEarlyAndHeldKeysDoNotCount() {
        Opened opened = open(writePackageWith(m_folder->path(), 0, 5000));
        QTest::keyClick(opened.screen.get(), Qt::Key_Space);
        waitForImage(*opened.screen);
        QSignalSpy saved(opened.driver, &RatingDriver::saved);
        QTest::keyClick(opened.screen.get(), Qt::Key_4);
        for (int i = 0; i < 20; ++i) {
            QKeyEvent held(QEvent::KeyPress, Qt::Key_3, Qt::NoModifier, QStringLiteral("3"), true);
            QCoreApplication::sendEvent(opened.screen.get(), &held);
        }
        QTest::qWait(50);
        QCOMPARE(saved.count(), 0);
        QCOMPARE(opened.screen->state(), RateScreen::State::viewing);
    }

    // French keyboards give digits with Shift only; Ctrl+digit is no answer on any.
    void digitsCountWithShiftOnly() {
        Opened opened = open(writePackageWith(m_folder->path(), 0, 0));
        QTest::keyClick(opened.screen.get(), Qt::Key_Space);
        waitForImage(*opened.screen);
        QSignalSpy saved(opened.driver, &RatingDriver::saved);
        QTest::keyClick(opened.screen.get(), Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(opened.screen->state(), RateScreen::State::viewing);
        QTest::keyClick(opened.screen.get(), Qt::Key_4, Qt::ShiftModifier);
        QTRY_COMPARE(saved.count(), 1);
    }

    void theGapIsKeptAndTheScreenIsGreyInIt() {
        Opened opened = open(writePackageWith(m_folder->path(), 300, 0));
        QTest::keyClick(opened.screen.get(), Qt::Key_Space);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(opened.screen->state(), RateScreen::State::gap);
        auto* canvas = opened.screen->findChild<ImageCanvas*>();
        QVERIFY(canvas);
        QVERIFY(!canvas->volume());
        QTRY_COMPARE(opened.screen->state(), RateScreen::State::viewing);
        QVERIFY(timer.elapsed() >= 299);
        QVERIFY(canvas->volume());
        QCOMPARE(canvas->view().range.low, 0.0); // the same window for every image
        QCOMPARE(canvas->view().range.high, 255.0);
    }

    void backspaceTakesTheAnswerBackAndKeepsBoth() {
        Opened opened = open(writePackageWith(m_folder->path(), 0, 0));
        QTest::keyClick(opened.screen.get(), Qt::Key_Space);
        waitForImage(*opened.screen);
        QSignalSpy shown(opened.driver, &RatingDriver::trialReady);
        QTest::keyClick(opened.screen.get(), Qt::Key_2);
        QTRY_COMPARE(shown.count(), 1);
        waitForImage(*opened.screen);
        QTest::keyClick(opened.screen.get(), Qt::Key_Backspace);
        QTRY_COMPARE(shown.count(), 2);
        QCOMPARE(shown.last().first().value<Trial>().number, 1);
        waitForImage(*opened.screen);
        QTest::keyClick(opened.screen.get(), Qt::Key_6);
        QTRY_COMPARE(shown.count(), 3);
        QSignalSpy exported(opened.driver, &RatingDriver::exported);
        opened.driver->exportTo(m_folder->path());
        QTRY_COMPARE(exported.count(), 1);
        const RatingsFile file = readRatings(exported.first().first().toString().toStdString());
        QList<int> values;
        for (const RatingEvent& event : file.events) {
            if (event.value && event.planSeq == 1)
                values << static_cast<int>(*event.value);
        }
        QCOMPARE(values, (QList<int>{2, 6}));
    }

    void afterAFailedSaveTheTrialStays() {
        Opened opened = open(writePackageWith(m_folder->path(), 0, 0));
        QTest::keyClick(opened.screen.get(), Qt::Key_Space);
        waitForImage(*opened.screen);
        QSignalSpy failed(opened.driver, &RatingDriver::saveFailed);
        QSignalSpy saved(opened.driver, &RatingDriver::saved);
        FaultVfs::arm(FaultVfs::Fault::diskFull, 1, true);
        QTest::keyClick(opened.screen.get(), Qt::Key_4);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(opened.screen->state(), RateScreen::State::viewing);
        bool told = false;
        for (const QLabel* label : opened.screen->findChildren<QLabel*>())
            told = told || label->text().contains(QStringLiteral("was not saved"));
        QVERIFY(told);
        FaultVfs::disarm();
        QTest::qWait(160); // past the bounce guard
        QTest::keyClick(opened.screen.get(), Qt::Key_4);
        QTRY_COMPARE(saved.count(), 1);
    }

    void goesOnWhereItStopped() {
        const std::filesystem::path package = writePackageWith(m_folder->path(), 0, 0);
        {
            Opened opened = open(package);
            QTest::keyClick(opened.screen.get(), Qt::Key_Space);
            QSignalSpy saved(opened.driver, &RatingDriver::saved);
            for (int i = 0; i < 3; ++i) {
                waitForImage(*opened.screen);
                QTest::keyClick(opened.screen.get(), i == 1 ? Qt::Key_1 : Qt::Key_4);
                QTRY_COMPARE(saved.count(), i + 1);
            }
        }
        m_jobs = std::make_unique<JobRunner>(); // lets go of the store
        Opened again = open(package);
        QVERIFY(again.screen);
        QCOMPARE(again.driver->info().answered, 3);
        QSignalSpy shown(again.driver, &RatingDriver::trialReady);
        QTest::keyClick(again.screen.get(), Qt::Key_Space);
        QTRY_COMPARE(shown.count(), 1);
        QCOMPARE(shown.first().first().value<Trial>().number, 4);
    }
};

Q_DECLARE_METATYPE(likeness::Trial)

QTEST_MAIN(TestRateScreen)
#include "tst_ratescreen.moc"
