// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/io.h"
#include "core/imaging/resample.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

#include <limits>

using namespace likeness;
using namespace likeness::test;

class TestResample : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bicubicEqualsPillow_data();
    void bicubicEqualsPillow();
    void bicubicOfVolumes();
    void meanOfBoxes();
    void meanOfVolumes();
    void boxes();
    void mappedValues();
    void percentilesOfASet_data();
    void percentilesOfASet();
    void badArguments();
};

// Golden arrays: clean-fid 0.1.35 make_resizer("PIL", False, "bicubic"), Pillow 9.4, image mode F.
void TestResample::bicubicEqualsPillow_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::newRow("cleanfid_pil_bicubic_40x30") << 40 << 30;
    QTest::newRow("cleanfid_pil_bicubic_37x53") << 37 << 53;
}

void TestResample::bicubicEqualsPillow() {
    QFETCH(const int, width);
    QFETCH(const int, height);
    const std::string data = LIKENESS_TEST_DATA "/imaging/";
    const Volume probe = readVolume(data + "resize_probe_96x128.png");
    const Volume expected = readVolume(data + QTest::currentDataTag() + ".npy");
    const Volume resized = resizeBicubic(probe.span(), width, height);
    QCOMPARE(resized.span().values(), expected.span().values());
    QCOMPARE(resized.width(), expected.width());
    double worst = 0.0;
    for (std::int64_t i = 0; i < resized.span().values(); ++i) {
        const double value = std::clamp(resized.span().at(i), 0.0, 255.0);
        worst = std::max(worst, std::abs(value - expected.span().at(i)));
    }
    QVERIFY2(worst <= 0.001, qPrintable(QString::number(worst)));
}

void TestResample::bicubicOfVolumes() {
    const Volume volume = patterned(PixelType::u16, 17, 13, 3);
    const Volume same = resizeBicubic(volume.span(), 17, 13);
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        QCOMPARE(same.span().at(i), volume.span().at(i));
    const Volume larger = resizeBicubic(volume.span(), 40, 26);
    QCOMPARE(larger.depth(), std::int64_t{3});
    QVERIFY(samePixels(resizeBicubic(volume.slice(2, 1).span(), 40, 26), larger.slice(2, 1)));
}

void TestResample::meanOfBoxes() {
    Volume image(PixelType::u8, 5, 2, 1);
    const std::array<std::uint8_t, 10> values{0, 1, 10, 20, 99, 0, 1, 30, 42, 99};
    std::copy(values.begin(), values.end(), image.pixels<std::uint8_t>());
    const Volume half = reduceByMean(image.span(), 2);
    QCOMPARE(half.width(), std::int64_t{2});
    QCOMPARE(half.height(), std::int64_t{1});
    QCOMPARE(half.span().at(0), 1.0);  // 0.5 rounds up
    QCOMPARE(half.span().at(1), 26.0); // 25.5 rounds up
    const Volume exact = reduceByMean(toFloat(image.span()).span(), 2);
    QCOMPARE(exact.span().at(1), 25.5);
}

void TestResample::meanOfVolumes() {
    const Volume volume = patterned(PixelType::f32, 6, 4, 4, 3);
    const Volume reduced = reduceByMean(volume.span(), 2, 2);
    QCOMPARE(reduced.depth(), std::int64_t{2});
    double sum = 0.0;
    for (const std::int64_t z : {2, 3}) {
        for (const std::int64_t y : {0, 1}) {
            for (const std::int64_t x : {4, 5})
                sum += volume.span().at(((z * 4 + y) * 6 + x) * 3 + 1);
        }
    }
    const double got = reduced.span().at(((1 * 2 + 0) * 3 + 2) * 3 + 1);
    QVERIFY(std::abs(got - sum / 8.0) < 1e-3);
}

void TestResample::boxes() {
    const Volume image(PixelType::u8, 101, 50);
    const Volume::Box box = centreBox(image.span(), 64, 50);
    QCOMPARE(box.x, std::int64_t{18});
    QCOMPARE(box.y, std::int64_t{0});
    const auto grid = gridOfBoxes(101, 50, 32);
    QCOMPARE(grid.size(), std::size_t{3});
    QCOMPARE(grid[0].x, std::int64_t{2});
    QCOMPARE(grid[2].x, std::int64_t{66});
    QCOMPARE(grid[2].y, std::int64_t{9});
    QVERIFY(gridOfBoxes(31, 50, 32).empty());
}

void TestResample::mappedValues() {
    Volume image(PixelType::f32, 5, 1);
    const std::array<float, 5> values{-5.0F, 0.0F, 5.0F, 20.0F,
                                      std::numeric_limits<float>::quiet_NaN()};
    std::copy(values.begin(), values.end(), image.pixels<float>());
    const Volume bytes = mapValues(image.span(), {0.0, 10.0}, PixelType::u8);
    const Volume words = mapValues(image.span(), {0.0, 10.0}, PixelType::u16);
    const std::array<double, 5> expected8{0.0, 0.0, 128.0, 255.0, 0.0};
    const std::array<double, 5> expected16{0.0, 0.0, 32768.0, 65535.0, 0.0};
    for (std::int64_t i = 0; i < 5; ++i) {
        QCOMPARE(bytes.span().at(i), expected8[static_cast<std::size_t>(i)]);
        QCOMPARE(words.span().at(i), expected16[static_cast<std::size_t>(i)]);
    }
    QCOMPARE(mapValues(image.span(), {0.0, 10.0}, PixelType::f32).span().at(2), 0.5);
    // 16-bit data keep their value on the identity window.
    const Volume identity = patterned(PixelType::u16, 64, 64);
    QVERIFY(samePixels(mapValues(identity.span(), {0.0, 65535.0}, PixelType::u16), identity));
}

void TestResample::percentilesOfASet_data() {
    QTest::addColumn<int>("type");
    for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32})
        QTest::newRow(std::string(toString(type)).c_str()) << static_cast<int>(type);
}

// numpy.percentile([1, 2, 4, 8, 16, 3, 7], [0, 1, 25, 50, 90, 100]) = 1, 1.06, 2.5, 4, 11.2, 16.
void TestResample::percentilesOfASet() {
    QFETCH(const int, type);
    const auto image = [&](std::initializer_list<float> values) {
        Volume floats(PixelType::f32, static_cast<std::int64_t>(values.size()), 1);
        std::copy(values.begin(), values.end(), floats.pixels<float>());
        const auto target = static_cast<PixelType>(type);
        if (target == PixelType::f32)
            return floats;
        return mapValues(floats.span(), {0.0, typeMaximum(target)}, target);
    };
    const Volume a = image({8.0F, 2.0F, 4.0F, 1.0F});
    const Volume b = image({16.0F, 3.0F, 7.0F});
    const std::array spans{a.span(), b.span()};
    const std::array percents{0.0, 1.0, 25.0, 50.0, 90.0, 100.0};
    const std::array expected{1.0, 1.06, 2.5, 4.0, 11.2, 16.0};
    const std::vector<double> got = percentiles(spans, percents);
    for (std::size_t i = 0; i < expected.size(); ++i)
        QVERIFY2(std::abs(got[i] - expected[i]) < 1e-12, qPrintable(QString::number(got[i])));
}

void TestResample::badArguments() {
    const Volume image(PixelType::u8, 10, 10);
    const auto codeOf = [](const std::function<void()>& action) { return errorOf(action)->code(); };
    QVERIFY(codeOf([&] { (void)centreBox(image.span(), 11, 5); }) == ErrorCode::config);
    QVERIFY(codeOf([&] { (void)reduceByMean(image.span(), 0); }) == ErrorCode::config);
    QVERIFY(codeOf([&] { (void)reduceByMean(image.span(), 11); }) == ErrorCode::config);
    QVERIFY(codeOf([&] { (void)resizeBicubic(image.span(), 0, 5); }) == ErrorCode::config);
    QVERIFY(codeOf([&] {
                (void)mapValues(image.span(), {1.0, 1.0}, PixelType::u8);
            }) == ErrorCode::config);
    QVERIFY(codeOf([&] { (void)percentiles({}, {}); }) == ErrorCode::numeric);
    QVERIFY(codeOf([&] { (void)gridOfBoxes(5, 5, 0); }) == ErrorCode::config);
}

QTEST_GUILESS_MAIN(TestResample)
#include "tst_resample.moc"
