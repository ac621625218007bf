// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/support/pixellut.h"

#include <QTest>

#include <limits>

using namespace likeness;

class TestPixelLut : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eightBitIdentity();
    void values_data();
    void values();
    void tableEqualsFormula_data();
    void tableEqualsFormula();
    void emptyRangeIsAStep();
};

void TestPixelLut::eightBitIdentity() {
    const PixelLut lut(PixelType::u8, {0.0, 255.0});
    for (int i = 0; i < 256; ++i)
        QCOMPARE(int(lut.level(static_cast<std::uint8_t>(i))), i);
}

void TestPixelLut::values_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<float>("value");
    QTest::addColumn<int>("level");
    constexpr float kInf = std::numeric_limits<float>::infinity();
    QTest::newRow("low end") << 10.0 << 20.0 << 10.0F << 0;
    QTest::newRow("high end") << 10.0 << 20.0 << 20.0F << 255;
    QTest::newRow("middle rounds up") << 0.0 << 1.0 << 0.5F << 128;
    QTest::newRow("just below half a level") << 0.0 << 255.0 << 0.499F << 0;
    QTest::newRow("half a level") << 0.0 << 255.0 << 0.5F << 1;
    QTest::newRow("below") << 10.0 << 20.0 << -1e30F << 0;
    QTest::newRow("above") << 10.0 << 20.0 << 1e30F << 255;
    QTest::newRow("NaN") << 10.0 << 20.0 << std::numeric_limits<float>::quiet_NaN() << 0;
    QTest::newRow("+inf") << 10.0 << 20.0 << kInf << 255;
    QTest::newRow("-inf") << 10.0 << 20.0 << -kInf << 0;
    QTest::newRow("negative range") << -2.0 << -1.0 << -1.25F << 191;
    QTest::newRow("tiny values") << 0.0 << 1e-30 << 5e-31F << 128;
}

void TestPixelLut::values() {
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(float, value);
    QTEST(int(PixelLut(PixelType::f32, {low, high}).level(value)), "level");
    QTEST(int(greyLevel(static_cast<double>(value), {low, high})), "level");
}

void TestPixelLut::tableEqualsFormula_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("12 bit") << 0.0 << 4095.0;
    QTest::newRow("narrow") << 33069.0 << 36863.0;
    QTest::newRow("wider than the type") << -70000.0 << 140000.0;
    QTest::newRow("fractions") << 100.25 << 101.75;
}

void TestPixelLut::tableEqualsFormula() {
    QFETCH(double, low);
    QFETCH(double, high);
    const PixelLut lut(PixelType::u16, {low, high});
    int previous = 0;
    for (int i = 0; i < 65536; ++i) {
        const int level = lut.level(static_cast<std::uint16_t>(i));
        const double exact = std::clamp(255.0 * (i - low) / (high - low), 0.0, 255.0);
        QVERIFY(std::abs(level - exact) <= 0.5 + 1e-9);
        QVERIFY(level >= previous);
        previous = level;
    }
}

void TestPixelLut::emptyRangeIsAStep() {
    const PixelLut lut(PixelType::u8, {7.0, 7.0});
    QCOMPARE(int(lut.level(std::uint8_t{7})), 0);
    QCOMPARE(int(lut.level(std::uint8_t{6})), 0);
    QCOMPARE(int(lut.level(std::uint8_t{8})), 255);
}

QTEST_GUILESS_MAIN(TestPixelLut)
#include "tst_pixellut.moc"
