// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/phantoms/root.h"
#include "tests/core/phantoms/measure.h"

#include <QtTest>

#include <cmath>
#include <numeric>

using namespace likeness;

class TestRoot final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lengthAgreesWithTheSkeleton_data();
    void lengthAgreesWithTheSkeleton();
    void straightRootHasItsLength();
    void areaFollowsFromLengthAndDiameter();
    void badParametersAreRefused_data();
    void badParametersAreRefused();
    void stopsOnRequest();
};

void TestRoot::lengthAgreesWithTheSkeleton_data() {
    QTest::addColumn<int>("primaries");
    QTest::addColumn<double>("base");
    QTest::addColumn<qulonglong>("seed");
    for (const qulonglong seed : {1ULL, 2ULL, 3ULL, 4ULL}) {
        QTest::addRow("taproot, seed %llu", seed) << 1 << 2.2 << seed;
        QTest::addRow("four thick axes, seed %llu", seed) << 4 << 3.0 << seed;
    }
}

void TestRoot::lengthAgreesWithTheSkeleton() {
    QFETCH(int, primaries);
    QFETCH(double, base);
    QFETCH(qulonglong, seed);
    RootParameters p;
    p.primaries = primaries;
    p.baseRadius = base;
    p.lateralSpacing = primaries == 1 ? 16.0 : 40.0;
    p.lateralLength = primaries == 1 ? 48.0 : 24.0;
    JobContext job;
    const Specimen root = makeRoot(p, {256, 256, 1}, seed, job);
    const auto skeleton = measure::skeletonOf(measure::maskOf(root.labels, 1), 256, 256, 3);
    const double truth = root.truth.at("root_length").get<double>();
    QVERIFY2(std::abs(skeleton.length / truth - 1.0) < 0.03,
             qPrintable(QString::asprintf("truth %.1f, measured %.1f", truth, skeleton.length)));
    const int ends = root.truth.at("tips").get<int>() + root.truth.at("cut_ends").get<int>();
    QVERIFY2(std::abs(skeleton.ends - ends) <= 1,
             qPrintable(QString::asprintf("ends: truth %d, measured %d", ends, skeleton.ends)));
    // A forest without crossings: every lateral adds one end and one branch point.
    QCOMPARE(root.truth.at("laterals").get<int>(), root.truth.at("branch_points").get<int>());
}

void TestRoot::straightRootHasItsLength() {
    RootParameters p;
    p.wobble = 0.0;
    p.gravitropism = 1.0;
    p.lateralSpacing = 0.0;
    p.primaryLength = 1000.0;
    JobContext job;
    const Specimen root = makeRoot(p, {64, 64, 1}, 7, job);
    // Straight down through the whole image, entering at most a little aslant.
    QVERIFY(std::abs(root.truth.at("root_length").get<double>() - 64.0) < 0.5);
    QCOMPARE(root.truth.at("tips").get<int>(), 0);
    QCOMPARE(root.truth.at("cut_ends").get<int>(), 2);
    QCOMPARE(root.truth.at("laterals").get<int>(), 0);
}

void TestRoot::areaFollowsFromLengthAndDiameter() {
    JobContext job;
    RootParameters p;
    p.baseRadius = 3.0;
    const Specimen root = makeRoot(p, {256, 256, 1}, 12, job);
    const measure::Mask mask = measure::maskOf(root.labels, 1);
    const auto area =
        static_cast<double>(std::accumulate(mask.begin(), mask.end(), std::int64_t{0}));
    QCOMPARE(root.truth.at("root_area").get<double>(), area);
    const double expected =
        root.truth.at("root_length").get<double>() * root.truth.at("diameter_mean").get<double>();
    // Laterals begin inside their parents, so the mask is a little smaller than length times
    // diameter.
    QVERIFY2(area < 1.03 * expected && area > 0.85 * expected,
             qPrintable(QString::number(area / expected)));
}

void TestRoot::badParametersAreRefused_data() {
    QTest::addColumn<int>("primaries");
    QTest::addColumn<double>("tip");
    QTest::addColumn<int>("depth");
    QTest::newRow("no axis") << 0 << 0.9 << 1;
    QTest::newRow("tip thicker than base") << 1 << 5.0 << 1;
    QTest::newRow("volume") << 1 << 0.9 << 8;
}

void TestRoot::badParametersAreRefused() {
    QFETCH(int, primaries);
    QFETCH(double, tip);
    QFETCH(int, depth);
    RootParameters p;
    p.primaries = primaries;
    p.tipRadius = tip;
    JobContext job;
    try {
        (void)makeRoot(p, {64, 64, depth}, 1, job);
        QFAIL("not refused");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
    }
}

void TestRoot::stopsOnRequest() {
    std::stop_source source;
    source.request_stop();
    JobContext job(source.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)makeRoot({}, {256, 256, 1}, 1, job));
}

QTEST_GUILESS_MAIN(TestRoot)
#include "tst_root.moc"
