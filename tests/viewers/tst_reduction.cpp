// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "viewers/support/reduction.h"

#include <QTest>

#include <cmath>

using namespace likeness;

class TestReduction : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void factor_data();
    void factor();
    void blockMeans();
    void keepsTheMean();
    void stopsOnRequest();
};

void TestReduction::factor_data() {
    QTest::addColumn<qint64>("edge");
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<int>("expected");
    QTest::newRow("fits") << qint64{64} << qint64{64 * 64 * 64} << 1;
    QTest::newRow("one byte too many") << qint64{64} << qint64{64 * 64 * 64 - 1} << 2;
    QTest::newRow("third") << qint64{90} << qint64{30 * 30 * 30} << 3;
    QTest::newRow("nothing fits") << qint64{8} << qint64{1} << 8;
}

void TestReduction::factor() {
    QFETCH(qint64, edge);
    QFETCH(qint64, bytes);
    ImageSpan span;
    span.width = span.height = span.depth = edge;
    QTEST(displayReduction(span, bytes), "expected");
}

void TestReduction::blockMeans() {
    Volume volume(PixelType::u8, 3, 2, 2);
    const std::array<std::uint8_t, 12> values{0, 1, 10, 2, 3, 20, 4, 5, 30, 6, 8, 41};
    std::copy(values.begin(), values.end(), volume.pixels<std::uint8_t>());
    volume.voxelSize = VoxelSize{{1.0, 2.0, 3.0}, "typed"};
    JobContext job;
    const Volume small = reducedVolume(volume, 2, job);
    QCOMPARE(small.width(), 2);
    QCOMPARE(small.height(), 1);
    QCOMPARE(small.depth(), 1);
    QCOMPARE(int(small.pixels<std::uint8_t>()[0]), 4);  // 29 / 8 = 3.625
    QCOMPARE(int(small.pixels<std::uint8_t>()[1]), 25); // 101 / 4 = 25.25
    QCOMPARE(small.voxelSize->um, (std::array{2.0, 4.0, 6.0}));
}

void TestReduction::keepsTheMean() {
    Volume volume(PixelType::f32, 48, 36, 24);
    Random random(31, "test");
    double before = 0.0;
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        volume.pixels<float>()[i] = static_cast<float>(random.uniform());
        before += static_cast<double>(volume.pixels<float>()[i]);
    }
    JobContext job;
    const Volume small = reducedVolume(volume, 3, job);
    double after = 0.0;
    for (std::int64_t i = 0; i < small.span().values(); ++i)
        after += static_cast<double>(small.pixels<float>()[i]);
    QVERIFY(std::abs(before - 27.0 * after) < 1e-2);
}

void TestReduction::stopsOnRequest() {
    std::stop_source stop;
    stop.request_stop();
    JobContext job(stop.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled,
                             (void)reducedVolume(Volume(PixelType::u8, 4, 4, 4), 2, job));
    JobContext free;
    QVERIFY_THROWS_EXCEPTION(Error, (void)reducedVolume(Volume(PixelType::u8, 4, 4, 4), 0, free));
}

QTEST_GUILESS_MAIN(TestReduction)
#include "tst_reduction.moc"
