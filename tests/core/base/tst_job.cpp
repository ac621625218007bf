// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/domain.h"
#include "core/base/error.h"
#include "core/base/job.h"

#include <QTest>

#include <vector>

using likeness::Cancelled;
using likeness::Error;
using likeness::ErrorCode;
using likeness::JobContext;
using likeness::Progress;

class TestJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void errorSentence();
    void errorCodeWords();
    void domainWords();
    void stopRequest();
    void withoutSink();
    void progressNeverFalls();
    void partsMapToTheWhole();
    void estimateOfTheTimeLeft();
};

void TestJob::errorSentence() {
    const Error full(ErrorCode::io, "a.tif", "the disk is full", "free some space");
    QCOMPARE(std::string(full.what()), std::string("a.tif: the disk is full (free some space)"));
    QCOMPARE(full.subject(), std::string("a.tif"));
    QCOMPARE(full.why(), std::string("the disk is full"));
    QCOMPARE(full.remedy(), std::string("free some space"));
    const Error brief(ErrorCode::numeric, "mean", "there is no value");
    QCOMPARE(std::string(brief.what()), std::string("mean: there is no value"));
    QVERIFY(Cancelled().code() == ErrorCode::cancelled);
}

void TestJob::errorCodeWords() {
    const std::vector<std::pair<ErrorCode, std::string_view>> words{
        {ErrorCode::io, "io"},
        {ErrorCode::format, "format"},
        {ErrorCode::config, "config"},
        {ErrorCode::numeric, "numeric"},
        {ErrorCode::notFound, "not-found"},
        {ErrorCode::conflict, "conflict"},
        {ErrorCode::unsupported, "unsupported"},
        {ErrorCode::database, "database"},
        {ErrorCode::process, "process"},
        {ErrorCode::memory, "memory"},
        {ErrorCode::cancelled, "cancelled"}};
    for (const auto& [code, word] : words)
        QCOMPARE(likeness::toString(code), word);
}

void TestJob::domainWords() {
    using namespace likeness;
    for (const Domain domain : {Domain::rock, Domain::fibre, Domain::root})
        QVERIFY(domainFrom(toString(domain)) == domain);
    for (const Origin origin : {Origin::real, Origin::synthetic, Origin::phantom})
        QVERIFY(originFrom(toString(origin)) == origin);
    QVERIFY(!domainFrom("Rock") && !originFrom(""));
}

void TestJob::stopRequest() {
    std::stop_source stop;
    const JobContext job(stop.get_token());
    job.throwIfStopped();
    stop.request_stop();
    QVERIFY(job.stopRequested());
    QVERIFY_THROWS_EXCEPTION(Cancelled, job.throwIfStopped());
}

void TestJob::withoutSink() {
    JobContext job;
    job.report(0.5, "Working");
    JobContext part = job.part(0.0, 0.5);
    part.report(1.0, "Working");
    part.throwIfStopped();
}

void TestJob::progressNeverFalls() {
    std::vector<double> seen;
    JobContext job({}, [&](const Progress& p) { seen.push_back(p.fraction); });
    for (const double fraction : {-1.0, 0.2, 0.1, 0.5, 0.4, 7.0, 0.0})
        job.report(fraction, "Working");
    QCOMPARE(seen, (std::vector<double>{0.0, 0.2, 0.2, 0.5, 0.5, 1.0, 1.0}));
}

void TestJob::partsMapToTheWhole() {
    std::vector<double> seen;
    std::string stage;
    JobContext job({}, [&](const Progress& p) {
        seen.push_back(p.fraction);
        stage = p.stage;
    });
    {
        JobContext first = job.part(0.0, 0.5);
        first.report(0.5, "First");
        first.report(1.0, "First");
    }
    JobContext second = job.part(0.5, 1.0);
    JobContext inner = second.part(0.5, 1.0);
    inner.report(0.0, "Second");
    inner.report(1.0, "Second");
    QCOMPARE(seen, (std::vector<double>{0.25, 0.5, 0.75, 1.0}));
    QCOMPARE(stage, std::string("Second"));
}

void TestJob::estimateOfTheTimeLeft() {
    std::optional<double> left;
    JobContext job({}, [&](const Progress& p) { left = p.secondsLeft; });
    job.report(0.001, "Working");
    QVERIFY(!left);
    job.report(0.5, "Working");
    QVERIFY(left && *left >= 0.0 && *left < 60.0);
    job.report(0.6, "Working", {}, 12.5);
    QCOMPARE(left.value(), 12.5);
}

QTEST_GUILESS_MAIN(TestJob)
#include "tst_job.moc"
