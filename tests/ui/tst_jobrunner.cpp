// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "ui/jobs/jobrunner.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>
#include <memory>

using namespace likeness;

namespace {

// Ends only when it is told to stop.
int waitForStop(JobContext& job) {
    while (true) {
        job.throwIfStopped();
        QThread::msleep(1);
    }
}

} // namespace

class TestJobRunner : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void deliversValueOnThisThread() {
        JobRunner jobs;
        QThread* const home = QThread::currentThread();
        QThread* worked = nullptr;
        QThread* delivered = nullptr;
        int value = 0;
        jobs.start(
            {QStringLiteral("seven"), Lane::project, true}, this,
            [&worked](JobContext&) {
                worked = QThread::currentThread();
                return 7;
            },
            [&](int result) {
                value = result;
                delivered = QThread::currentThread();
            });
        QTRY_COMPARE(value, 7);
        QCOMPARE(delivered, home);
        QVERIFY(worked != home);
        QVERIFY(!jobs.isBusy(Lane::project));
    }

    void movesResultsThatCannotBeCopied() {
        JobRunner jobs;
        std::unique_ptr<int> got;
        jobs.start(
            {QStringLiteral("pointer"), Lane::project, false}, this,
            [](JobContext&) { return std::make_unique<int>(3); },
            [&](std::unique_ptr<int> result) { got = std::move(result); });
        QTRY_VERIFY(got);
        QCOMPARE(*got, 3);
    }

    void keepsTheTypeOfAnException() {
        JobRunner jobs;
        std::exception_ptr failure;
        jobs.start(
            {QStringLiteral("fails"), Lane::project, true}, this,
            [](JobContext&) -> int {
                throw Error(ErrorCode::format, "the file", "it is empty", "choose another");
            },
            [](int) { QFAIL("a failed job has no value"); },
            [&](const std::exception_ptr& thrown) { failure = thrown; });
        QTRY_VERIFY(failure);
        try {
            std::rethrow_exception(failure);
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::format);
            QCOMPARE(error.why(), std::string("it is empty"));
            return;
        } catch (...) {
        }
        QFAIL("the type was lost");
    }

    void announcesAFailureNobodyHandles() {
        JobRunner jobs;
        QSignalSpy failed(&jobs, &JobRunner::failed);
        jobs.start(
            {QStringLiteral("fails"), Lane::project, true}, this,
            [](JobContext&) { throw std::runtime_error("boom"); }, [] {});
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().toString(), QStringLiteral("fails"));
    }

    void announcesAFailureOfTheDelivery() {
        JobRunner jobs;
        QSignalSpy failed(&jobs, &JobRunner::failed);
        QSignalSpy finished(&jobs, &JobRunner::finished);
        jobs.start(
            {QStringLiteral("shows"), Lane::project, true}, this, [](JobContext&) { return 1; },
            [](int) { throw std::bad_alloc(); });
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(failed.count(), 1);
    }

    void cancelReturnsAtOnceAndEndsTheJob() {
        JobRunner jobs;
        QSignalSpy cancelled(&jobs, &JobRunner::cancelled);
        const JobId id = jobs.start({QStringLiteral("long"), Lane::project, true}, this,
                                    waitForStop, [](int) { QFAIL("it cannot have finished"); });
        QTRY_VERIFY(jobs.shownJob().has_value());
        jobs.cancel(id);
        QVERIFY(jobs.shownJob()->cancelling);
        QTRY_COMPARE(cancelled.count(), 1);
        QVERIFY(!jobs.isBusy(Lane::project));
    }

    void whatAStoppedJobReturnsIsDelivered() {
        JobRunner jobs;
        bool kept = false;
        const JobId id = jobs.start(
            {QStringLiteral("training"), Lane::project, true}, this,
            [](JobContext& job) {
                while (!job.stopRequested())
                    QThread::msleep(1);
                return true;
            },
            [&](bool result) { kept = result; });
        QTRY_VERIFY(jobs.shownJob().has_value());
        jobs.cancel(id);
        QTRY_VERIFY(kept);
    }

    void droppedResultsNeverArrive() {
        JobRunner jobs;
        LatestJob latest(jobs);
        QList<int> got;
        std::atomic<bool> go = false;
        const auto work = [&go](int value) {
            return [&go, value](JobContext&) {
                while (!go)
                    QThread::msleep(1);
                return value;
            };
        };
        for (const int value : {1, 2, 3})
            latest.start(JobSpec{QStringLiteral("n"), Lane::pictures, false}, this, work(value),
                         [&got](int result) { got << result; });
        QSignalSpy finished(&jobs, &JobRunner::finished);
        go = true;
        QTRY_COMPARE(finished.count(), 3);
        QCOMPARE(got, QList<int>{3});
    }

    void aDeadContextGetsNothing() {
        JobRunner jobs;
        auto context = std::make_unique<QObject>();
        std::atomic<bool> go = false;
        bool delivered = false;
        jobs.start(
            {QStringLiteral("late"), Lane::project, true}, context.get(),
            [&go](JobContext&) {
                while (!go)
                    QThread::msleep(1);
            },
            [&] { delivered = true; });
        QSignalSpy finished(&jobs, &JobRunner::finished);
        context.reset();
        go = true;
        QTRY_COMPARE(finished.count(), 1);
        QVERIFY(!delivered);
    }

    void aLaneIsSerialAndLanesAreIndependent() {
        JobRunner jobs;
        std::atomic<int> inside = 0;
        std::atomic<int> most = 0;
        QList<int> order;
        for (int i = 0; i < 5; ++i)
            jobs.start(
                {QStringLiteral("step"), Lane::project, true}, this,
                [&, i](JobContext&) {
                    most = std::max(most.load(), ++inside);
                    QThread::msleep(2);
                    --inside;
                    return i;
                },
                [&](int done) { order << done; });
        const JobId blocked = jobs.start({QStringLiteral("long"), Lane::project, true}, this,
                                         waitForStop, [](int) {});
        QTRY_COMPARE(order.size(), 5);
        bool rated = false;
        jobs.start(
            {QStringLiteral("answer"), Lane::rating, false}, this, [](JobContext&) { return true; },
            [&](bool done) { rated = done; });
        QTRY_VERIFY(rated); // although the project lane is taken
        QCOMPARE(order, (QList<int>{0, 1, 2, 3, 4}));
        QCOMPARE(most.load(), 1);
        jobs.cancel(blocked);
    }

    void reportsProgressWithoutFloodingThisThread() {
        JobRunner jobs;
        QSignalSpy changes(&jobs, &JobRunner::statusChanged);
        std::atomic<bool> reported = false;
        std::atomic<bool> go = false;
        jobs.start(
            {QStringLiteral("counting"), Lane::project, true}, this,
            [&](JobContext& job) {
                for (int i = 0; i < 100'000; ++i)
                    job.report(i / 100'000.0, "Counting", "loss 0.5", 12.0);
                reported = true;
                while (!go)
                    QThread::msleep(1);
            },
            [] {});
        QTRY_VERIFY(reported.load());
        const auto status = jobs.shownJob();
        QVERIFY(status.has_value());
        QCOMPARE(status->title, QStringLiteral("counting"));
        QCOMPARE(status->progress.stage, std::string("Counting"));
        QCOMPARE(status->progress.detail, std::string("loss 0.5"));
        QVERIFY(status->progress.fraction > 0.99);
        QVERIFY2(changes.count() < 2000, qPrintable(QString::number(changes.count())));
        go = true;
        QTRY_VERIFY(!jobs.isBusy(Lane::project));
    }

    void endsRunningJobsWhenItDies() {
        auto jobs = std::make_unique<JobRunner>();
        std::atomic<bool> stopped = false;
        jobs->start(
            {QStringLiteral("long"), Lane::project, true}, this,
            [&](JobContext& job) {
                while (!job.stopRequested())
                    QThread::msleep(1);
                stopped = true;
            },
            [] { QFAIL("nothing is delivered by a dead runner"); });
        QTRY_VERIFY(jobs->shownJob().has_value());
        jobs.reset();
        QVERIFY(stopped);
        QCoreApplication::sendPostedEvents();
    }
};

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_jobrunner.moc"
