// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/image.h"
#include "core/structure/piece.h"
#include "core/structure/planar.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <numbers>

using namespace likeness;

namespace {

Indicator field(std::int64_t width,
                std::int64_t height,
                const std::function<bool(double x, double y)>& isPhase) {
    Indicator out{{width, height, 1}, {}, {}};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            out.phase.push_back(isPhase(double(x), double(y)) ? 1 : 0);
    return out;
}

/// Discs of radius 6 on a grid, bright on dark, inside a frame.
Volume discs(int across) {
    Volume image(PixelType::u8, across * 24, across * 24);
    for (std::int64_t y = 0; y < image.height(); ++y)
        for (std::int64_t x = 0; x < image.width(); ++x)
            image.pixels<std::uint8_t>()[y * image.width() + x] =
                std::hypot(double(x % 24) - 12.0, double(y % 24) - 12.0) <= 6.0 ? 200 : 20;
    return image;
}

} // namespace

class TestPlanar : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void boundaryOfAHalfPlane();
    void boundaryOfADisc();
    void particles();
    void skeletonOfABar();
    void skeletonOfACross();
    void diagonalLines();
    void orientationOfStripes_data();
    void orientationOfStripes();
    void fibres();
    void roots();
    void volumesAreRefused();
};

void TestPlanar::boundaryOfAHalfPlane() {
    // A straight edge along y: the four directions give 1, 0, 1 and 1 crossings per row.
    const Indicator half = field(40, 60, [](double x, double) { return x < 20; });
    const double expected =
        0.5 * std::numbers::pi * (1.0 / 39.0 + 2.0 / (39.0 * std::sqrt(2.0))) / 4.0;
    QVERIFY(std::abs(boundaryDensity(half) - expected) < 1e-12);
    QCOMPARE(boundaryDensity(field(9, 9, [](double, double) { return true; })), 0.0);
}

void TestPlanar::boundaryOfADisc() {
    const Indicator disc =
        field(300, 300, [](double x, double y) { return std::hypot(x - 150, y - 150) < 100; });
    const double length = boundaryDensity(disc) * 300 * 300;
    QVERIFY2(std::abs(length / (2 * std::numbers::pi * 100) - 1.0) < 0.02,
             std::to_string(length).c_str());
}

void TestPlanar::particles() {
    Indicator some = field(12, 8, [](double x, double y) {
        return (x < 3 && y < 2) || (x == 6 && y == 3) || (x == 7 && y == 4) || (x > 9 && y > 4);
    });
    const auto found = particlesOf(some);
    QCOMPARE(found.size(), std::size_t{3});
    QCOMPARE(found[0].pixels, std::int64_t{6});
    QVERIFY(found[0].atBorder && !found[1].atBorder && found[2].atBorder);
    QCOMPARE(found[1].pixels, std::int64_t{2}); // joined by a corner
    std::ranges::fill(some.phase, 0);
    QVERIFY(particlesOf(some).empty());
}

void TestPlanar::skeletonOfABar() {
    const Indicator bar =
        field(80, 30, [](double x, double y) { return x >= 10 && x < 70 && y >= 10 && y < 17; });
    const Indicator line = thinned(bar);
    const SkeletonMeasures measures = skeletonMeasures(line);
    QCOMPARE(particlesOf(line).size(), std::size_t{1});
    QCOMPARE(measures.tips, std::int64_t{2});
    QCOMPARE(measures.branchPoints, std::int64_t{0});
    QVERIFY2(measures.length > 50.0 && measures.length < 62.0,
             std::to_string(measures.length).c_str());
    QVERIFY(thinned(line).phase == line.phase);
}

void TestPlanar::skeletonOfACross() {
    const Indicator cross = field(61, 61, [](double x, double y) {
        return (std::abs(x - 30) < 3 && y > 4 && y < 56) ||
               (std::abs(y - 30) < 3 && x > 4 && x < 56);
    });
    const SkeletonMeasures measures = skeletonMeasures(thinned(cross));
    QCOMPARE(measures.tips, std::int64_t{4});
    QVERIFY(measures.branchPoints == 1 || measures.branchPoints == 2);
    // Two bars of 51 pixels whose ends are thinned by half their width.
    QVERIFY2(std::abs(measures.length - 93.0) < 6.0, std::to_string(measures.length).c_str());
}

void TestPlanar::diagonalLines() {
    const Indicator line = field(20, 20, [](double x, double y) { return x == y; });
    const SkeletonMeasures measures = skeletonMeasures(line);
    QVERIFY(std::abs(measures.length - 19.0 * std::numbers::sqrt2) < 1e-9);
    QCOMPARE(measures.tips, std::int64_t{2});
}

void TestPlanar::orientationOfStripes_data() {
    QTest::addColumn<double>("angle");
    for (const int degrees : {0, 30, 90, 135})
        QTest::addRow("%d degrees", degrees) << degrees * std::numbers::pi / 180.0;
}

void TestPlanar::orientationOfStripes() {
    QFETCH(double, angle);
    Volume image(PixelType::f32, 64, 64);
    for (std::int64_t y = 0; y < 64; ++y)
        for (std::int64_t x = 0; x < 64; ++x)
            image.pixels<float>()[y * 64 + x] = static_cast<float>(
                std::sin(0.4 * (-std::sin(angle) * double(x) + std::cos(angle) * double(y))));
    const OrientationTensor t = orientationOf(image.span());
    QVERIFY(std::abs(t.xx - std::cos(angle) * std::cos(angle)) < 0.02);
    QVERIFY(std::abs(t.xy - std::cos(angle) * std::sin(angle)) < 0.02);
    QVERIFY(std::abs(t.xx + t.yy - 1.0) < 1e-12);
    QVERIFY(t.anisotropy() > 0.95);
    QCOMPARE(orientationOf(Volume(PixelType::u8, 8, 8).span()).anisotropy(), 0.0);
}

void TestPlanar::fibres() {
    const Volume image = discs(4);
    const auto values = describePiece(image.span(), {Domain::fibre, 100.0, Phase::bright});
    QVERIFY(std::abs(values.at("fibre_count_density") * 96 * 96 - 16.0) < 1e-9);
    QVERIFY(std::abs(values.at("fibre_diameter_mean") - 12.0) < 0.3);
    QVERIFY(std::abs(values.at("porosity") - 16.0 * 113.0 / (96.0 * 96.0)) < 1e-9);
    QVERIFY(std::abs(values.at("euler_density") * 96 * 96 - 16.0) < 1e-9);
    QVERIFY(values.at("orientation_anisotropy") < 0.05);
    QVERIFY(!values.contains("root_length_density"));
}

void TestPlanar::roots() {
    Volume image(PixelType::u8, 100, 50);
    for (std::int64_t y = 20; y < 25; ++y)
        for (std::int64_t x = 10; x < 90; ++x)
            image.pixels<std::uint8_t>()[y * 100 + x] = 255;
    const auto values = describePiece(image.span(), {Domain::root, 128.0, Phase::bright});
    QVERIFY(std::abs(values.at("root_length_density") * 5000.0 - 77.0) < 4.0);
    QVERIFY(std::abs(values.at("root_diameter_mean") - 5.2) < 0.3);
    QVERIFY(std::abs(values.at("tip_density") * 5000.0 - 2.0) < 1e-9);
    QVERIFY(!values.contains("fibre_count_density"));
}

void TestPlanar::volumesAreRefused() {
    const Indicator cube{{4, 4, 4}, std::vector<std::uint8_t>(64, 1), {}};
    QVERIFY_THROWS_EXCEPTION(Error, (void)boundaryDensity(cube));
    QVERIFY_THROWS_EXCEPTION(Error, (void)particlesOf(cube));
    QVERIFY_THROWS_EXCEPTION(Error, (void)thinned(cube));
}

QTEST_GUILESS_MAIN(TestPlanar)
#include "tst_planar.moc"
