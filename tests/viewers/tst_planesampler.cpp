// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/imaging/image.h"
#include "viewers/support/planesampler.h"
#include "viewers/support/spanimage.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace likeness;

namespace {

constexpr QRgb kGround = qRgb(119, 119, 119);

Volume noise(PixelType type, std::int64_t w, std::int64_t h, std::int64_t channels) {
    Volume image(type, w, h, 1, channels);
    Random random(5, "test");
    for (std::int64_t i = 0; i < image.span().values(); ++i) {
        if (type == PixelType::u8)
            image.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
        else if (type == PixelType::u16)
            image.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(random.below(65536));
        else
            image.pixels<float>()[i] = static_cast<float>(random.uniform());
    }
    return image;
}

/// The mean over a device pixel by its definition, without levels or tables.
double areaMean(const ImageSpan& s, const PictureGrid& grid, QPoint device, std::int64_t channel) {
    const auto part = [](double low, double high, std::int64_t i) {
        const double at = static_cast<double>(i);
        return std::max(0.0, std::min(high, at + 1.0) - std::max(low, at));
    };
    const double x0 = (device.x() - grid.origin.x()) / grid.zoomX;
    const double y0 = (device.y() - grid.origin.y()) / grid.zoomY;
    const double x1 = x0 + 1.0 / grid.zoomX;
    const double y1 = y0 + 1.0 / grid.zoomY;
    double sum = 0.0;
    double weight = 0.0;
    for (std::int64_t y = 0; y < s.height; ++y)
        for (std::int64_t x = 0; x < s.width; ++x) {
            const double w = part(x0, x1, x) * part(y0, y1, y);
            sum += w > 0.0 ? w * s.at((y * s.width + x) * s.channels + channel) : 0.0;
            weight += w;
        }
    return sum / weight;
}

QImage drawn(const ImageSpan& plane, const PictureGrid& grid, DisplayRange range, QSize size) {
    QImage image(size, QImage::Format_RGB32);
    PlaneSampler sampler;
    sampler.setPlane(plane);
    sampler.render(grid, PixelLut(plane.type, range), kGround, image);
    return image;
}

} // namespace

class TestPlaneSampler : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneToOneIsACopy();
    void wholeZoomMakesBlocks();
    void surroundIsUntouched();
    void areaMeans_data();
    void areaMeans();
    void thinLineFades();
    void hugePlanesAverageBlocks_data();
    void hugePlanesAverageBlocks();
    void movedAsDrawnAnew_data();
    void movedAsDrawnAnew();
    void nanStaysVisible();
    void colourPicture();
    void thumbnails();
    void wrongPlanesAreRefused();
};

void TestPlaneSampler::oneToOneIsACopy() {
    const Volume image = noise(PixelType::u8, 37, 23, 1);
    const QImage out = drawn(image.span(), {{5, 7}, 1.0, 1.0}, {0.0, 255.0}, {50, 40});
    for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 50; ++x) {
            const bool inside = x >= 5 && x < 42 && y >= 7 && y < 30;
            const int grey = inside ? image.pixels<std::uint8_t>()[(y - 7) * 37 + x - 5] : 119;
            QCOMPARE(out.pixel(x, y), qRgb(grey, grey, grey));
        }
}

void TestPlaneSampler::wholeZoomMakesBlocks() {
    const Volume image = noise(PixelType::u16, 9, 9, 1);
    const QImage out = drawn(image.span(), {{-4, -4}, 3.0, 3.0}, {0.0, 65535.0}, {20, 20});
    for (int y = 0; y < 20; ++y)
        for (int x = 0; x < 20; ++x)
            QCOMPARE(
                qRed(out.pixel(x, y)),
                int(greyLevel(image.span().at((y + 4) / 3 * 9 + (x + 4) / 3), {0.0, 65535.0})));
}

void TestPlaneSampler::surroundIsUntouched() {
    const Volume image = noise(PixelType::u8, 8, 8, 1);
    for (const QPoint origin : {QPoint(100, 0), QPoint(-100, 3), QPoint(0, 1000000)}) {
        const QImage out = drawn(image.span(), {origin, 2.5, 2.5}, {0.0, 255.0}, {30, 30});
        QImage ground(30, 30, QImage::Format_RGB32);
        ground.fill(kGround);
        QCOMPARE(out, ground);
    }
}

void TestPlaneSampler::areaMeans_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("channels");
    QTest::addColumn<double>("zoomX");
    QTest::addColumn<double>("zoomY");
    for (const auto type : {PixelType::u8, PixelType::u16, PixelType::f32})
        for (const double zoom : {0.83, 0.5, 0.37, 0.1})
            QTest::addRow("%s %g", std::string(toString(type)).c_str(), zoom)
                << int(type) << 1 << zoom << zoom;
    QTest::newRow("colour") << int(PixelType::u8) << 3 << 0.3 << 0.3;
    QTest::newRow("flat voxels") << int(PixelType::u8) << 1 << 0.45 << 0.15;
    QTest::newRow("one axis enlarged") << int(PixelType::u8) << 1 << 1.5 << 0.4;
}

void TestPlaneSampler::areaMeans() {
    QFETCH(int, type);
    QFETCH(int, channels);
    QFETCH(double, zoomX);
    QFETCH(double, zoomY);
    // Odd sizes end in blocks that are not full.
    const Volume image = noise(static_cast<PixelType>(type), 61, 47, channels);
    const DisplayRange range{0.0, typeMaximum(image.type())};
    const PictureGrid grid{{3, -2}, zoomX, zoomY};
    const QImage out = drawn(image.span(), grid, range, {40, 30});
    int compared = 0;
    for (int y = 0; y < 30; ++y)
        for (int x = 0; x < 40; ++x) {
            const double px = (x - 3 + 0.5) / zoomX;
            const double py = (y + 2 + 0.5) / zoomY;
            if (px < 0.0 || px >= 61.0 || py >= 47.0) {
                QCOMPARE(out.pixel(x, y), kGround);
                continue;
            }
            const double exact =
                255.0 * areaMean(image.span(), grid, {x, y}, channels - 1) / range.high;
            QVERIFY(std::abs(qBlue(out.pixel(x, y)) - exact) < 0.51);
            ++compared;
        }
    QVERIFY(compared > 10);
}

void TestPlaneSampler::thinLineFades() {
    // A line of one pixel keeps its total brightness at every position; nearest sampling would lose
    // it.
    for (int column = 0; column < 16; ++column) {
        Volume image(PixelType::u8, 256, 256);
        for (int y = 0; y < 256; ++y)
            image.pixels<std::uint8_t>()[y * 256 + 100 + column] = 255;
        const QImage out = drawn(image.span(), {{0, 0}, 0.3, 0.3}, {0.0, 255.0}, {77, 77});
        int sum = 0;
        for (int x = 0; x < 77; ++x)
            sum += qRed(out.pixel(x, 30));
        QVERIFY(std::abs(sum - 0.3 * 255.0) <= 2.0);
    }
}

void TestPlaneSampler::hugePlanesAverageBlocks_data() {
    QTest::addColumn<int>("type");
    for (const auto type : {PixelType::u8, PixelType::u16, PixelType::f32})
        QTest::newRow(std::string(toString(type)).c_str()) << int(type);
}

void TestPlaneSampler::hugePlanesAverageBlocks() {
    QFETCH(int, type);
    // 7201 x 3001 values exceed kExactValues. A ramp across, with one bright line down.
    Volume image(static_cast<PixelType>(type), 7201, 3001);
    const double white = typeMaximum(image.type());
    const auto fill = [&](auto* pixels) {
        using T = std::remove_pointer_t<decltype(pixels)>;
        for (std::int64_t i = 0; i < image.span().values(); ++i)
            pixels[i] =
                static_cast<T>(i % 7201 == 1777 ? white : white * 0.5 * double(i % 7201) / 7200);
    };
    if (image.type() == PixelType::u8)
        fill(image.pixels<std::uint8_t>());
    else if (image.type() == PixelType::u16)
        fill(image.pixels<std::uint16_t>());
    else
        fill(image.pixels<float>());
    const QImage out = drawn(image.span(), {{0, 0}, 0.1, 0.1}, {0.0, white}, {721, 301});
    double sum = 0.0;
    for (int x = 0; x < 720; ++x) {
        const double ramp = 255.0 * 0.5 * (10.0 * x + 4.5) / 7200.0;
        if (x < 176 || x > 178) // the line may touch three device pixels
            QVERIFY(std::abs(qRed(out.pixel(x, 150)) - ramp) < 1.5);
        else
            sum += qRed(out.pixel(x, 150)) - ramp;
    }
    // The line's own share: a tenth of the step from 31.5 to 255.
    QVERIFY(std::abs(sum - 0.1 * (255.0 - 31.5)) < 3.0);
}

void TestPlaneSampler::movedAsDrawnAnew_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("channels");
    QTest::newRow("uint8 colour") << static_cast<int>(PixelType::u8) << 3;
    QTest::newRow("uint16") << static_cast<int>(PixelType::u16) << 1;
    QTest::newRow("float32") << static_cast<int>(PixelType::f32) << 1;
}

// A movement keeps means that are still in sight; the picture is the same to the last bit.
void TestPlaneSampler::movedAsDrawnAnew() {
    QFETCH(int, type);
    QFETCH(int, channels);
    const Volume plane = noise(static_cast<PixelType>(type), 613, 401, channels);
    const DisplayRange range{0.0, typeMaximum(plane.type())};
    const PixelLut lut(plane.type(), range);
    PlaneSampler sampler;
    sampler.setPlane(plane.span());
    QImage image(400, 300, QImage::Format_RGB32);
    Random random(9, "moves");
    PictureGrid grid{{-40, -20}, 0.77, 0.71};
    for (int i = 0; i < 60; ++i) {
        if (random.below(5) == 0)
            grid.zoomX = random.uniform(0.2, 0.99);
        grid.origin += QPoint(static_cast<int>(random.below(161)) - 80,
                              static_cast<int>(random.below(121)) - 60);
        grid.origin = {std::clamp(grid.origin.x(), -500, 390),
                       std::clamp(grid.origin.y(), -300, 290)};
        sampler.render(grid, lut, kGround, image);
        QVERIFY2(image == drawn(plane.span(), grid, range, image.size()),
                 qPrintable(QString::number(i)));
    }
}

void TestPlaneSampler::nanStaysVisible() {
    Volume image = noise(PixelType::f32, 64, 64, 1);
    for (int i = 0; i < 64 * 64; ++i)
        image.pixels<float>()[i] = 1.0F;
    image.pixels<float>()[32 * 64 + 32] = std::numeric_limits<float>::quiet_NaN();
    for (const double zoom : {2.0, 0.7, 0.2}) {
        const QImage out = drawn(image.span(), {{0, 0}, zoom, zoom}, {0.0, 1.0}, {128, 128});
        const int at = static_cast<int>(32.5 * zoom);
        QCOMPARE(qRed(out.pixel(at, at)), 0);
        QCOMPARE(qRed(out.pixel(0, 0)), 255);
    }
}

void TestPlaneSampler::colourPicture() {
    const Volume image = noise(PixelType::u8, 6, 5, 3);
    const QImage picture = pictureOf(image.span(), {0.0, 255.0});
    const QImage enlarged = drawn(image.span(), {{0, 0}, 1.0, 1.0}, {0.0, 255.0}, {6, 5});
    QCOMPARE(picture.convertToFormat(QImage::Format_RGB32), enlarged);
    const auto* p = image.pixels<std::uint8_t>() + (2 * 6 + 4) * 3;
    QCOMPARE(picture.pixel(4, 2), qRgb(p[0], p[1], p[2]));
}

void TestPlaneSampler::thumbnails() {
    const Volume image = noise(PixelType::u8, 200, 50, 1);
    QCOMPARE(thumbnailOf(image.span(), {0.0, 255.0}, {64, 64}).size(), QSize(64, 16));
    QCOMPARE(thumbnailOf(image.span(), {0.0, 255.0}, {400, 400}).size(), QSize(200, 50));
    QCOMPARE(thumbnailOf(image.span(), {0.0, 255.0}, {3, 64}).size(), QSize(3, 1));
}

void TestPlaneSampler::wrongPlanesAreRefused() {
    const Volume stack(PixelType::u8, 4, 4, 2);
    QVERIFY_THROWS_EXCEPTION(Error, (void)pictureOf(stack.span(), {}));
    const Volume two(PixelType::u8, 4, 4, 1, 2);
    QVERIFY_THROWS_EXCEPTION(Error, (void)thumbnailOf(two.span(), {}, {9, 9}));
}

QTEST_GUILESS_MAIN(TestPlaneSampler)
#include "tst_planesampler.moc"
