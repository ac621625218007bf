// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/imaging/image.h"
#include "viewers/support/valuesample.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace likeness;

class TestValueSample : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void percentilesOfAll();
    void sampleOfMany();
    void noStepWithRows();
    void nonFiniteLeftOut();
    void firstView_data();
    void firstView();
    void rankAndBack_data();
    void rankAndBack();
    void histogramCounts();
};

void TestValueSample::percentilesOfAll() {
    Volume image(PixelType::u8, 5, 2);
    const std::array<std::uint8_t, 10> values{9, 1, 8, 2, 7, 3, 6, 4, 5, 200};
    std::copy(values.begin(), values.end(), image.pixels<std::uint8_t>());
    const ValueSample sample(image.span());
    QCOMPARE(sample.size(), 10);
    // numpy.percentile([1..9, 200], q)
    QCOMPARE(sample.percentile(0.0), 1.0);
    QCOMPARE(sample.percentile(50.0), 5.5);
    QCOMPARE(sample.percentile(99.65), 193.9835);
    QCOMPARE(sample.percentile(100.0), 200.0);
}

void TestValueSample::sampleOfMany() {
    Volume image(PixelType::u16, 2000, 1000);
    Random random(1, "test");
    for (std::int64_t i = 0; i < image.span().values(); ++i)
        image.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(random.below(10000));
    const ValueSample sample(image.span());
    QCOMPARE(sample.size(), ValueSample::kLimit);
    QCOMPARE(sample.population(), 2000000);
    for (const double p : {0.35, 10.0, 50.0, 99.65}) // five standard errors
        QVERIFY(std::abs(sample.percentile(p) - 100.0 * p) <
                5.0 * 10000.0 * std::sqrt(p * (100.0 - p) / 1e4 / ValueSample::kLimit) + 2.0);
    QCOMPARE(ValueSample(image.span()).percentile(37.0), sample.percentile(37.0));
}

void TestValueSample::noStepWithRows() {
    // One bright column in 64: a fixed stride of 32 rows would see all or nothing of it.
    Volume image(PixelType::u8, 64, 64, 512);
    for (std::int64_t i = 0; i < image.span().values(); i += 64)
        image.pixels<std::uint8_t>()[i] = 255;
    const ValueSample sample(image.span());
    const double share = static_cast<double>(sample.histogram({0.0, 255.0}, 2)[1]) /
                         static_cast<double>(sample.size());
    QVERIFY(std::abs(share - 1.0 / 64.0) < 0.003);
}

void TestValueSample::nonFiniteLeftOut() {
    Volume image(PixelType::f32, 4, 1);
    float* v = image.pixels<float>();
    v[0] = std::numeric_limits<float>::quiet_NaN();
    v[1] = 3.0F;
    v[2] = std::numeric_limits<float>::infinity();
    v[3] = 5.0F;
    const ValueSample sample(image.span());
    QCOMPARE(sample.size(), 2);
    QCOMPARE(sample.minimum(), 3.0);
    QCOMPARE(sample.maximum(), 5.0);
}

void TestValueSample::firstView_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("background");
    QTest::addColumn<double>("foreground");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    // One foreground pixel in 1000 lies beyond the percentiles.
    QTest::newRow("rare phase") << int(PixelType::u8) << 0.0 << 1.0 << 0.0 << 1.0;
    QTest::newRow("constant integer") << int(PixelType::u16) << 7.0 << 7.0 << 6.5 << 7.5;
    QTest::newRow("constant float") << int(PixelType::f32) << 2.0 << 2.0 << 1.999 << 2.001;
    QTest::newRow("constant zero float") << int(PixelType::f32) << 0.0 << 0.0 << -0.0005 << 0.0005;
}

void TestValueSample::firstView() {
    QFETCH(int, type);
    QFETCH(double, background);
    QFETCH(double, foreground);
    Volume image(static_cast<PixelType>(type), 100, 10);
    const auto fill = [&](auto* pixels) {
        using T = std::remove_pointer_t<decltype(pixels)>;
        std::fill(pixels, pixels + 1000, static_cast<T>(background));
        pixels[500] = static_cast<T>(foreground);
    };
    if (image.type() == PixelType::u8)
        fill(image.pixels<std::uint8_t>());
    else if (image.type() == PixelType::u16)
        fill(image.pixels<std::uint16_t>());
    else
        fill(image.pixels<float>());
    const DisplayRange range = ValueSample(image.span()).firstView();
    QTEST(range.low, "low");
    QTEST(range.high, "high");
}

void TestValueSample::rankAndBack_data() {
    QTest::addColumn<bool>("twoPhases");
    QTest::newRow("two phases") << true;
    QTest::newRow("normal") << false;
}

void TestValueSample::rankAndBack() {
    QFETCH(bool, twoPhases);
    Volume image(PixelType::f32, 300, 100);
    Random random(3, "test");
    for (std::int64_t i = 0; i < 30000; ++i)
        image.pixels<float>()[i] = twoPhases ? (random.uniform() < 0.2 ? 1.0F : 0.0F)
                                             : static_cast<float>(random.normal());
    const ValueSample sample(image.span());
    double previous = -1e9;
    for (double v = sample.minimum() - 1.0; v < sample.maximum() + 1.0; v += 0.01) {
        const double rank = sample.rank(v);
        QVERIFY(rank > previous);
        previous = rank;
        QVERIFY(std::abs(sample.valueAt(rank) - v) < 1e-9);
    }
    if (!twoPhases)
        QVERIFY(std::abs(sample.rank(sample.percentile(30.0)) - 0.30) < 0.004);
}

void TestValueSample::histogramCounts() {
    Volume image(PixelType::u8, 4, 1);
    const std::array<std::uint8_t, 4> values{0, 5, 10, 11};
    std::copy(values.begin(), values.end(), image.pixels<std::uint8_t>());
    QCOMPARE(ValueSample(image.span()).histogram({0.0, 10.0}, 2),
             (std::vector<std::int64_t>{1, 2}));
}

QTEST_GUILESS_MAIN(TestValueSample)
#include "tst_valuesample.moc"
