// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/image.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

#include <limits>

using namespace likeness;
using namespace likeness::test;

class TestImage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sizesAreChecked();
    void zeroFilled();
    void crop();
    void slicesAlongEveryAxis();
    void greyOfRgb();
    void rangeSkipsWhatIsNotFinite();
    void otsuOfTwoPeaks_data();
    void otsuOfTwoPeaks();
    void otsuOfASet();
    void otsuNeedsTwoValues();
};

void TestImage::sizesAreChecked() {
    const auto make = [](std::int64_t w, std::int64_t h, std::int64_t d) {
        return errorOf([=] { const Volume v(PixelType::u16, w, h, d); });
    };
    QVERIFY(make(0, 5, 1)->code() == ErrorCode::config);
    QVERIFY(make(5, -1, 1)->code() == ErrorCode::config);
    QVERIFY(make(65536, 65536, 2)->code() == ErrorCode::memory);
    // Products that overflow 64 bits.
    const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
    QVERIFY(make(huge, huge, huge)->code() == ErrorCode::memory);
    QVERIFY(!make(5, 4, 3));
}

void TestImage::zeroFilled() {
    const Volume volume(PixelType::f32, 7, 5, 3, 3);
    QCOMPARE(volume.span().values(), std::int64_t{7 * 5 * 3 * 3});
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        QCOMPARE(volume.span().at(i), 0.0);
}

void TestImage::crop() {
    Volume volume = patterned(PixelType::u16, 9, 8, 7, 3);
    volume.voxelSize = VoxelSize{{1.0, 2.0, 3.0}, "typed"};
    const Volume part = volume.crop({2, 3, 4, 5, 4, 3});
    QVERIFY(part.voxelSize == volume.voxelSize);
    for (std::int64_t z = 0; z < 3; ++z) {
        for (std::int64_t y = 0; y < 4; ++y) {
            for (std::int64_t x = 0; x < 5 * 3; ++x)
                QCOMPARE(part.span().at((z * 4 + y) * 15 + x),
                         volume.span().at((((z + 4) * 8) + y + 3) * 27 + 6 + x));
        }
    }
    for (const Volume::Box& box : {Volume::Box{-1, 0, 0, 2, 2, 1},
                                   {8, 0, 0, 2, 1, 1},
                                   {0, 0, 7, 1, 1, 1},
                                   {0, 0, 0, 0, 1, 1},
                                   {1, 0, 0, std::numeric_limits<std::int64_t>::max(), 1, 1}})
        QVERIFY(errorOf([&] { (void)volume.crop(box); })->code() == ErrorCode::config);
}

void TestImage::slicesAlongEveryAxis() {
    Volume volume = patterned(PixelType::u8, 5, 4, 3);
    volume.voxelSize = VoxelSize{{1.0, 2.0, 3.0}, "typed"};
    const auto at = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
        return volume.span().at((z * 4 + y) * 5 + x);
    };
    const Volume zy = volume.slice(0, 2);
    QCOMPARE(zy.width(), std::int64_t{3});
    QCOMPARE(zy.height(), std::int64_t{4});
    QCOMPARE(zy.span().at(1 * 3 + 2), at(2, 1, 2));
    QCOMPARE(zy.voxelSize->um, (std::array{3.0, 2.0, 1.0}));
    const Volume xz = volume.slice(1, 3);
    QCOMPARE(xz.width(), std::int64_t{5});
    QCOMPARE(xz.height(), std::int64_t{3});
    QCOMPARE(xz.depth(), std::int64_t{1});
    QCOMPARE(xz.span().at(2 * 5 + 4), at(4, 3, 2));
    QCOMPARE(xz.voxelSize->um, (std::array{1.0, 3.0, 2.0}));
    const Volume xy = volume.slice(2, 1);
    QCOMPARE(xy.span().at(3 * 5 + 1), at(1, 3, 1));
    QCOMPARE(xy.voxelSize->um, (std::array{1.0, 2.0, 3.0}));
    QVERIFY(errorOf([&] { (void)volume.slice(0, 5); })->code() == ErrorCode::config);
    QVERIFY(errorOf([&] { (void)volume.slice(3, 0); })->code() == ErrorCode::config);
}

void TestImage::greyOfRgb() {
    Volume rgb(PixelType::u8, 2, 1, 1, 3);
    const std::array<std::uint8_t, 6> values{255, 255, 255, 10, 200, 30};
    std::copy(values.begin(), values.end(), rgb.pixels<std::uint8_t>());
    const Volume grey = toGrey(rgb.span());
    QCOMPARE(grey.channels(), std::int64_t{1});
    QCOMPARE(grey.span().at(0), 255.0);
    QCOMPARE(grey.span().at(1), 124.0); // 2.99 + 117.4 + 3.42 = 123.81
    const Volume floats = toFloat(rgb.span());
    QCOMPARE(floats.span().at(4), 200.0);
    QVERIFY(samePixels(toGrey(grey.span()), grey));
}

void TestImage::rangeSkipsWhatIsNotFinite() {
    Volume volume(PixelType::f32, 4, 1);
    volume.pixels<float>()[0] = std::numeric_limits<float>::quiet_NaN();
    volume.pixels<float>()[1] = -2.5F;
    volume.pixels<float>()[2] = std::numeric_limits<float>::infinity();
    volume.pixels<float>()[3] = 7.0F;
    const ValueRange range = valueRange(volume.span());
    QCOMPARE(range.minimum, -2.5);
    QCOMPARE(range.maximum, 7.0);
    QCOMPARE(range.nonFinite, std::int64_t{2});
}

void TestImage::otsuOfTwoPeaks_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("dark");
    QTest::addColumn<double>("bright");
    QTest::newRow("u8") << static_cast<int>(PixelType::u8) << 40.0 << 200.0;
    QTest::newRow("u8 mask") << static_cast<int>(PixelType::u8) << 0.0 << 255.0;
    QTest::newRow("u16") << static_cast<int>(PixelType::u16) << 1000.0 << 40000.0;
    QTest::newRow("f32") << static_cast<int>(PixelType::f32) << -0.25 << 0.75;
}

void TestImage::otsuOfTwoPeaks() {
    QFETCH(const int, type);
    QFETCH(const double, dark);
    QFETCH(const double, bright);
    Volume volume(static_cast<PixelType>(type), 100, 10);
    for (std::int64_t i = 0; i < 1000; ++i) {
        const double value = i % 10 < 3 ? dark : bright;
        switch (volume.type()) {
        case PixelType::u8:
            volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(value);
            break;
        case PixelType::u16:
            volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(value);
            break;
        case PixelType::f32:
            volume.pixels<float>()[i] = static_cast<float>(value);
            break;
        }
    }
    const std::array spans{volume.span()};
    const double threshold = otsuThreshold(spans);
    QVERIFY2(threshold >= dark && threshold < bright, qPrintable(QString::number(threshold)));
}

// Three grey levels whose best split can be worked out by hand: 0 and 10 together against 100.
void TestImage::otsuOfASet() {
    Volume a(PixelType::u8, 4, 1);
    a.pixels<std::uint8_t>()[3] = 10;
    Volume b(PixelType::u8, 4, 1);
    std::fill_n(b.pixels<std::uint8_t>(), 4, std::uint8_t{100});
    const std::array spans{a.span(), b.span()};
    QCOMPARE(otsuThreshold(spans), 10.0);
}

void TestImage::otsuNeedsTwoValues() {
    Volume flat(PixelType::u16, 8, 8);
    const std::array spans{flat.span()};
    QVERIFY(errorOf([&] { (void)otsuThreshold(spans); })->code() == ErrorCode::numeric);
    QVERIFY(errorOf([&] { (void)otsuThreshold({}); })->code() == ErrorCode::numeric);
}

QTEST_GUILESS_MAIN(TestImage)
#include "tst_image.moc"
