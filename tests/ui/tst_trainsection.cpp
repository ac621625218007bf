// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/generatebench.h"
#include "ui/generate/heldouttable.h"
#include "ui/generate/runqueue.h"
#include "ui/generate/trainestimate.h"
#include "ui/generate/trainform.h"
#include "ui/generate/trainmonitor.h"
#include "ui/generate/trainsection.h"
#include "ui/plots/curveplot.h"
#include "ui/widgets/seedgrid.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QRegularExpression>
#include <QSpinBox>

#include <algorithm>

using namespace likeness;

namespace {

constexpr int kLong = 30000; // ms that a loaded machine may take
constexpr int kGanRow = 3;   // of kModelNames

} // namespace

// With a real worker, which trains for seconds.
class TestTrainSection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void estimateComesByItself();
    void estimateCanBeStopped();
    void refusedSetIsExplained();
    void whatIsHeldOutIsAsked();
    void largePresetIsEstimatedOnDemandOnly();
    void watchedPausedAndFinished();
    void cancelledRunKeepsItsModelAndTheNextBegins();

private:
    [[nodiscard]] TrainForm* form() const { return m_bench->page->findChild<TrainForm*>(); }

    [[nodiscard]] TrainMonitor* monitor() const {
        return m_bench->page->findChild<TrainMonitor*>();
    }

    [[nodiscard]] QString stage() const {
        return monitor()->findChild<QLabel*>(QStringLiteral("stage"))->text();
    }

    [[nodiscard]] QString estimate() const {
        return form()->findChild<QLabel*>(QStringLiteral("estimate"))->text();
    }

    [[nodiscard]] int step() const {
        static const QRegularExpression number(QStringLiteral("step ([0-9,]+)"));
        return number.match(stage()).captured(1).remove(QLatin1Char(',')).toInt();
    }

    [[nodiscard]] const std::vector<CheckpointRecord>& models() const {
        return m_bench->session->snapshot().checkpoints;
    }

    void press(QWidget* root, const QString& text) const {
        QAbstractButton* button = buttonOf(root, text);
        QVERIFY2(button && button->isVisible() && button->isEnabled(), qPrintable(text));
        button->click();
    }

    void setMinutes(double minutes) const {
        named<QComboBox>(form(), QStringLiteral("For"))->setCurrentIndex(0);
        named<QDoubleSpinBox>(form(), QStringLiteral("Minutes"))->setValue(minutes);
    }

    std::unique_ptr<GenerateBench> m_bench;
};

void TestTrainSection::init() {
    m_bench = std::make_unique<GenerateBench>();
    m_bench->open();
    QTRY_VERIFY(m_bench->session->isOpen());
    named<QComboBox>(form(), QStringLiteral("Model"))->setCurrentIndex(kGanRow);
    named<QComboBox>(form(), QStringLiteral("Crops"))->setCurrentIndex(0);
    QCOMPARE(form()->request()->model, std::string("dcgan"));
    QCOMPARE(form()->request()->size, 32);
}

void TestTrainSection::cleanup() {
    m_bench.reset();
}

void TestTrainSection::estimateComesByItself() {
    named<QComboBox>(form(), QStringLiteral("For"))->setCurrentIndex(1);
    auto* steps = named<QSpinBox>(form(), QStringLiteral("Steps"));
    steps->setValue(50);
    m_bench->showTab(QStringLiteral("Train"));
    QTRY_VERIFY2_WITH_TIMEOUT(estimate().contains(QStringLiteral("About 50 steps in")),
                              qPrintable(estimate()), kLong);
    QVERIFY2(estimate().contains(QStringLiteral("GB of memory")), qPrintable(estimate()));
    QVERIFY2(estimate().contains(QStringLiteral("is held out to compare with: a slab of slices")),
             qPrintable(estimate()));
    // Another limit needs no other rehearsal.
    QTRY_VERIFY(!m_bench->jobs->isBusy(Lane::project));
    steps->setValue(5000);
    QVERIFY2(estimate().contains(QStringLiteral("About 5,000 steps in")), qPrintable(estimate()));
    QVERIFY(!m_bench->jobs->isBusy(Lane::project));
    // Another split does.
    named<QComboBox>(form(), QStringLiteral("Hold out"))->setCurrentIndex(4);
    QVERIFY2(estimate().isEmpty(), qPrintable(estimate()));
    QTRY_VERIFY2_WITH_TIMEOUT(estimate().contains(QStringLiteral("Nothing is held out")),
                              qPrintable(estimate()), kLong);
    QVERIFY2(estimate().contains(QStringLiteral("About 5,000 steps in")), qPrintable(estimate()));
    QVERIFY(models().empty());
}

void TestTrainSection::estimateCanBeStopped() {
    m_bench->showTab(QStringLiteral("Train"));
    press(form(), QStringLiteral("Estimate"));
    QVERIFY(m_bench->jobs->isBusy(Lane::project));
    press(form(), QStringLiteral("Stop estimating"));
    QCOMPARE(estimate(), QStringLiteral("Not estimated."));
    QTRY_VERIFY(!m_bench->jobs->isBusy(Lane::project));
    QCOMPARE(estimate(), QStringLiteral("Not estimated."));
    // It ends when it is no longer looked at, and when the training itself begins.
    press(form(), QStringLiteral("Estimate"));
    m_bench->showTab(QStringLiteral("Images"));
    QVERIFY(buttonOf(form(), QStringLiteral("Estimate")));
    QTRY_VERIFY(!m_bench->jobs->isBusy(Lane::project));
}

void TestTrainSection::refusedSetIsExplained() {
    named<QComboBox>(form(), QStringLiteral("Crops"))->setCurrentIndex(1); // larger than the images
    m_bench->showTab(QStringLiteral("Train"));
    press(form(), QStringLiteral("Estimate"));
    QTRY_VERIFY2_WITH_TIMEOUT(estimate().contains(QStringLiteral("pixels wide and high")),
                              qPrintable(estimate()), kLong);
}

void TestTrainSection::whatIsHeldOutIsAsked() {
    auto* stop = qobject_cast<QCheckBox*>(
        buttonOf(form(), QStringLiteral("Stop when it gets no nearer to it")));
    QCOMPARE(form()->request()->holdOut.split, std::string("auto"));
    QCOMPARE(form()->request()->earlyStop, 0);
    stop->setChecked(true);
    QCOMPARE(form()->request()->earlyStop, 6);
    auto* choice = named<QComboBox>(form(), QStringLiteral("Hold out"));
    choice->setCurrentIndex(choice->count() - 1);
    QCOMPARE(form()->request()->holdOut.split, std::string("none"));
    QCOMPARE(form()->request()->earlyStop, 0); // there is nothing to be near to
}

void TestTrainSection::largePresetIsEstimatedOnDemandOnly() {
    named<QComboBox>(form(), QStringLiteral("Preset"))->setCurrentIndex(2);
    m_bench->showTab(QStringLiteral("Train"));
    QTest::qWait(1200); // longer than the form has to rest
    QVERIFY(!m_bench->jobs->isBusy(Lane::project));
    QVERIFY(estimate().isEmpty());
    QVERIFY(buttonOf(form(), QStringLiteral("Estimate"))->isEnabled());
}

void TestTrainSection::watchedPausedAndFinished() {
    m_bench->showTab(QStringLiteral("Train"));
    setMinutes(0.3);
    press(form(), QStringLiteral("Train"));
    QTRY_VERIFY_WITH_TIMEOUT(stage().startsWith(QStringLiteral("Training \u00b7 step")), kLong);
    auto* table = monitor()->findChild<HeldOutTable*>();
    QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), kLong);
    QTRY_COMPARE_WITH_TIMEOUT(monitor()->findChild<SeedGrid*>()->columns(), 8, kLong);
    const auto plots = monitor()->findChildren<CurvePlot*>();
    QCOMPARE(plots.size(), 2);
    QVERIFY2(plots[0]->accessibleName().contains(QStringLiteral("Training loss ends at")),
             qPrintable(plots[0]->accessibleName()));
    QVERIFY2(plots[1]->accessibleName().contains(QStringLiteral("generated ends at")) &&
                 plots[1]->accessibleName().contains(QStringLiteral("real crops ends at")),
             qPrintable(plots[1]->accessibleName()));

    press(monitor(), QStringLiteral("Pause"));
    QVERIFY2(stage().startsWith(QStringLiteral("Paus")), qPrintable(stage())); // said at once
    QVERIFY(buttonOf(monitor(), QStringLiteral("Resume")));
    QTRY_VERIFY2_WITH_TIMEOUT(stage().startsWith(QStringLiteral("Paused")), qPrintable(stage()),
                              kLong);
    const int paused = step();
    QVERIFY(paused > 0);
    QTest::qWait(700);
    QCOMPARE(step(), paused);
    press(monitor(), QStringLiteral("Resume"));
    QTRY_VERIFY2_WITH_TIMEOUT(step() > paused, qPrintable(stage()), kLong);

    press(monitor(), QStringLiteral("Finish now"));
    QVERIFY2(stage().startsWith(QStringLiteral("Finishing")), qPrintable(stage()));
    QVERIFY(!buttonOf(monitor(), QStringLiteral("Finish now"))->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(!models().empty(), kLong);
    const auto last = std::ranges::find_if(
        models(), [](const CheckpointRecord& record) { return record.metadata["role"] == "last"; });
    QVERIFY(last != models().end());
    QCOMPARE(last->metadata["ended_by"].get<std::string>(), std::string("finish"));
    QVERIFY(last->steps > paused);
    // What is chosen now is the new model, with its curves and the last live images.
    QCOMPARE(m_bench->choice()->current()->id, last->id);
    QVERIFY2(stage().contains(QStringLiteral("finished early by hand")), qPrintable(stage()));
    QCOMPARE(monitor()->findChild<SeedGrid*>()->columns(), 8);
    QVERIFY(table->isVisible());
    QVERIFY(!buttonOf(monitor(), QStringLiteral("Cancel"))->isVisible());
    QCOMPARE(monitor()->job(), JobId{0});
}

void TestTrainSection::cancelledRunKeepsItsModelAndTheNextBegins() {
    m_bench->showTab(QStringLiteral("Train"));
    setMinutes(5.0);
    press(form(), QStringLiteral("Train"));
    press(form(), QStringLiteral("Train"));
    QTRY_VERIFY_WITH_TIMEOUT(stage().startsWith(QStringLiteral("Training \u00b7 step")), kLong);
    QVERIFY(m_bench->page->findChild<RunQueue*>()->isVisible());
    const JobId first = monitor()->job();
    press(monitor(), QStringLiteral("Cancel"));
    QVERIFY2(stage().startsWith(QStringLiteral("Cancelling")), qPrintable(stage())); // at once
    QVERIFY(!buttonOf(monitor(), QStringLiteral("Cancel"))->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(!models().empty(), kLong);
    QVERIFY(models().front().metadata["ended_by"] == "stop");
    QTRY_VERIFY_WITH_TIMEOUT(monitor()->job() != first && monitor()->job() != 0, kLong);
    QTRY_VERIFY_WITH_TIMEOUT(!m_bench->page->findChild<RunQueue*>()->isVisible(), kLong);
    m_bench->jobs->cancel(monitor()->job()); // as the bar at the bottom does
    QVERIFY2(stage().startsWith(QStringLiteral("Cancelling")), qPrintable(stage()));
    QTRY_COMPARE_WITH_TIMEOUT(monitor()->job(), JobId{0}, kLong);
}

QTEST_MAIN(TestTrainSection)
#include "tst_trainsection.moc"
