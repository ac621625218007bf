// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/phantoms/fibre.h"
#include "core/phantoms/packing.h"
#include "tests/core/phantoms/measure.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

using namespace likeness;

namespace {

double mean(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
    const double m = mean(values);
    double sum = 0.0;
    for (const double v : values)
        sum += (v - m) * (v - m);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

double shareOf(const measure::Mask& mask) {
    return static_cast<double>(std::accumulate(mask.begin(), mask.end(), std::int64_t{0})) /
           static_cast<double>(mask.size());
}

} // namespace

class TestFibre final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void radiusOfSeparateFibres_data();
    void radiusOfSeparateFibres();
    void radiusOfTouchingFibres();
    void discsNeverOverlap_data();
    void discsNeverOverlap();
    void voidsAreMet();
    void resinBandIsFree();
    void orientationTensor_data();
    void orientationTensor();
    void parallelRodsHaveTheAxisTensor();
    void rodsNeverOverlap();
    void impossiblePackingIsRefused();
    void badParametersAreRefused_data();
    void badParametersAreRefused();
    void stopsOnRequest();
};

void TestFibre::radiusOfSeparateFibres_data() {
    QTest::addColumn<double>("radius");
    QTest::addColumn<double>("sd");
    QTest::addColumn<double>("fraction");
    QTest::newRow("r 4, sd 0.3") << 4.0 << 0.3 << 0.30;
    QTest::newRow("r 5.2, sd 0.5") << 5.2 << 0.5 << 0.45;
    QTest::newRow("r 8, sd 0") << 8.0 << 0.0 << 0.50;
}

void TestFibre::radiusOfSeparateFibres() {
    QFETCH(double, radius);
    QFETCH(double, sd);
    QFETCH(double, fraction);
    FibreParameters p;
    p.radiusMean = radius;
    p.radiusSd = sd;
    p.volumeFraction = fraction;
    p.gap = 1.5; // farther than a pixel's diagonal: every component of the mask is one fibre
    p.voidFraction = 0.0;
    JobContext job;
    const Specimen specimen = makeFibre(p, {256, 256, 1}, 11, job);
    const measure::Mask mask = measure::maskOf(specimen.labels, 1);
    std::vector<double> radii;
    for (const std::int64_t area : measure::componentAreas(mask, 256, 256))
        radii.push_back(std::sqrt(static_cast<double>(area) / std::numbers::pi));
    QVERIFY(radii.size() > 40);
    QVERIFY2(std::abs(mean(radii) - radius) < 0.12, qPrintable(QString::number(mean(radii))));
    QVERIFY2(std::abs(deviation(radii) - sd) < 0.12, qPrintable(QString::number(deviation(radii))));
    QVERIFY(std::abs(specimen.truth.at("radius_mean").get<double>() - mean(radii)) < 0.12);
    QVERIFY2(std::abs(shareOf(mask) - fraction) < 0.01, qPrintable(QString::number(shareOf(mask))));
    QCOMPARE(specimen.truth.at("volume_fraction").get<double>(), shareOf(mask));
}

void TestFibre::radiusOfTouchingFibres() {
    FibreParameters p;
    p.radiusMean = 6.0;
    p.radiusSd = 0.3;
    p.volumeFraction = 0.6;
    p.gap = 0.0;
    JobContext job;
    const Specimen specimen = makeFibre(p, {256, 256, 1}, 4, job);
    const std::vector<double> heights =
        measure::distanceMaxima(measure::maskOf(specimen.labels, 1), 256, 256);
    std::vector<double> radii;
    for (const double height : heights)
        radii.push_back(
            height - 0.25); // the nearest background centre lies between 0 and about 1/2 px outside
    QVERIFY(radii.size() > 150);
    QVERIFY2(std::abs(mean(radii) - 6.0) < 0.5, qPrintable(QString::number(mean(radii))));
    QVERIFY(std::abs(shareOf(measure::maskOf(specimen.labels, 1)) - 0.6) < 0.01);
}

void TestFibre::discsNeverOverlap_data() {
    QTest::addColumn<double>("fraction");
    QTest::addColumn<int>("bands");
    QTest::newRow("sparse") << 0.2 << 0;
    QTest::newRow("dense") << 0.65 << 0;
    QTest::newRow("with bands") << 0.5 << 2;
}

void TestFibre::discsNeverOverlap() {
    QFETCH(double, fraction);
    QFETCH(int, bands);
    FibreParameters p;
    p.volumeFraction = fraction;
    p.resinBands = bands;
    JobContext job;
    const Specimen specimen = makeFibre(p, {256, 256, 1}, 2, job);
    const auto fibres = specimen.truth.at("fibres").get<std::vector<std::array<double, 3>>>();
    QCOMPARE(fibres.size(), specimen.truth.at("fibre_count").get<std::size_t>());
    double least = 1e9;
    for (std::size_t i = 0; i < fibres.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const double dx = std::remainder(fibres[i][0] - fibres[j][0], 256.0);
            const double dy = std::remainder(fibres[i][1] - fibres[j][1], 256.0);
            least = std::min(least, std::hypot(dx, dy) - fibres[i][2] - fibres[j][2]);
        }
    QVERIFY2(least > p.gap - 0.12, qPrintable(QString::number(least)));
}

void TestFibre::voidsAreMet() {
    FibreParameters p;
    p.voidFraction = 0.02;
    p.volumeFraction = 0.45;
    JobContext job;
    const Specimen specimen = makeFibre(p, {256, 256, 1}, 6, job);
    const double share = shareOf(measure::maskOf(specimen.labels, 2));
    QVERIFY2(std::abs(share - 0.02) < 0.0005, qPrintable(QString::number(share)));
    QCOMPARE(specimen.truth.at("void_fraction").get<double>(), share);
}

void TestFibre::resinBandIsFree() {
    FibreParameters p;
    p.resinBands = 1;
    p.volumeFraction = 0.5;
    p.voidFraction = 0.0;
    JobContext job;
    const Specimen specimen = makeFibre(p, {256, 256, 1}, 3, job);
    // The largest square without fibre: a band is wider than any gap a packing leaves by chance.
    const measure::Mask mask = measure::maskOf(specimen.labels, 1);
    const auto bare = [&](std::int64_t x, std::int64_t y, std::int64_t edge) {
        for (std::int64_t v = y; v < y + edge; ++v)
            for (std::int64_t u = x; u < x + edge; ++u)
                if (mask[static_cast<std::size_t>(v % 256 * 256 + u % 256)] != 0)
                    return false;
        return true;
    };
    // Along one axis, every line meets a fibre-free stretch of at least the band's least width
    // of 2.2 radii.
    int rows = 0;
    int columns = 0;
    for (std::int64_t a = 0; a < 256; a += 8) {
        bool inRow = false;
        bool inColumn = false;
        for (std::int64_t b = 0; b < 256; ++b) {
            inRow = inRow || bare(b, a, 9);
            inColumn = inColumn || bare(a, b, 9);
        }
        rows += inRow ? 1 : 0;
        columns += inColumn ? 1 : 0;
    }
    QVERIFY2(std::max(rows, columns) == 32, qPrintable(QString::number(std::max(rows, columns))));
}

void TestFibre::orientationTensor_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("tilt");
    QTest::addColumn<double>("azimuth");
    QTest::addColumn<double>("spread");
    QTest::newRow("endless along z") << 0 << 0.0 << 0.0 << 6.0;
    QTest::newRow("endless, oblique") << 0 << 55.0 << 30.0 << 4.0;
    QTest::newRow("short, wide spread") << 1 << 20.0 << 70.0 << 18.0;
}

void TestFibre::orientationTensor() {
    QFETCH(int, kind);
    QFETCH(double, tilt);
    QFETCH(double, azimuth);
    QFETCH(double, spread);
    FibreParameters p;
    p.kind = kind == 0 ? FibreKind::unidirectional : FibreKind::shortFibres;
    p.axisTilt = tilt;
    p.axisAzimuth = azimuth;
    p.spread = spread;
    p.radiusMean = 3.5;
    p.radiusSd = 0.2;
    p.volumeFraction = 0.15;
    p.voidFraction = 0.0;
    p.gap = 2.0;
    JobContext job;
    const Specimen specimen = makeFibre(p, {72, 72, 72}, 9, job);
    const auto truth =
        specimen.truth.at("orientation_tensor").get<std::array<std::array<double, 3>, 3>>();
    const auto measured = measure::orientationTensor(measure::maskOf(specimen.labels, 1), 72);
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            QVERIFY2(std::abs(truth[i][j] - measured[i][j]) < 0.05,
                     qPrintable(QString::asprintf("a%zu%zu: truth %.3f, measured %.3f", i, j,
                                                  truth[i][j], measured[i][j])));
    QVERIFY(std::abs(specimen.truth.at("volume_fraction").get<double>() - 0.15) < 0.015);
    QVERIFY(std::abs(truth[0][0] + truth[1][1] + truth[2][2] - 1.0) < 1e-9);
}

void TestFibre::parallelRodsHaveTheAxisTensor() {
    FibreParameters p;
    p.spread = 0.0;
    p.axisTilt = 90.0;
    p.axisAzimuth = 0.0;
    p.radiusMean = 4.0;
    p.volumeFraction = 0.3;
    JobContext job;
    const Specimen specimen = makeFibre(p, {48, 48, 48}, 1, job);
    const auto truth =
        specimen.truth.at("orientation_tensor").get<std::array<std::array<double, 3>, 3>>();
    QVERIFY(std::abs(truth[0][0] - 1.0) < 1e-9);
    QVERIFY(std::abs(truth[2][2]) < 1e-9);
    // Fibres along x: every x-slice shows the same fibres.
    const Volume first = specimen.labels.slice(0, 5);
    const Volume last = specimen.labels.slice(0, 40);
    QVERIFY(measure::maskOf(first, 1) == measure::maskOf(last, 1));
}

void TestFibre::rodsNeverOverlap() {
    FibreParameters p;
    p.radiusMean = 4.0;
    p.volumeFraction = 0.35;
    p.spread = 8.0;
    JobContext job;
    const Extent extent{64, 64, 64};
    const Specimen specimen = makeFibre(p, extent, 21, job);
    const auto fibres = specimen.truth.at("fibres").get<std::vector<std::array<double, 8>>>();
    QVERIFY(fibres.size() > 15);
    // Axis points inside the box, compared pairwise.
    std::vector<std::vector<phantoms::Point>> axes;
    for (const auto& f : fibres) {
        std::vector<phantoms::Point> points;
        for (double t = -f[6]; t <= f[6]; t += 0.5) {
            const phantoms::Point q{f[0] + t * f[3], f[1] + t * f[4], f[2] + t * f[5]};
            if (std::min({q[0], q[1], q[2]}) >= 0.0 && std::max({q[0], q[1], q[2]}) <= 63.0)
                points.push_back(q);
        }
        axes.push_back(std::move(points));
    }
    double least = 1e9;
    for (std::size_t i = 0; i < axes.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            for (const auto& a : axes[i])
                for (const auto& b : axes[j])
                    least = std::min(least, std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) -
                                                fibres[i][7] - fibres[j][7]);
    QVERIFY2(least > p.gap - 0.1, qPrintable(QString::number(least)));
}

void TestFibre::impossiblePackingIsRefused() {
    FibreParameters p;
    p.volumeFraction = 0.7;
    p.gap = 4.0;
    JobContext job;
    try {
        (void)makeFibre(p, {64, 64, 1}, 1, job);
        QFAIL("not refused");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::numeric);
        QVERIFY(!error.remedy().empty());
    }
}

void TestFibre::badParametersAreRefused_data() {
    QTest::addColumn<double>("radius");
    QTest::addColumn<double>("fraction");
    QTest::addColumn<bool>("flatShort");
    QTest::newRow("radius 0") << 0.0 << 0.3 << false;
    QTest::newRow("radius larger than the image") << 60.0 << 0.3 << false;
    QTest::newRow("fraction 0.9") << 5.0 << 0.9 << false;
    QTest::newRow("short fibres in 2-D") << 3.0 << 0.1 << true;
}

void TestFibre::badParametersAreRefused() {
    QFETCH(double, radius);
    QFETCH(double, fraction);
    QFETCH(bool, flatShort);
    FibreParameters p;
    p.kind = flatShort ? FibreKind::shortFibres : FibreKind::unidirectional;
    p.radiusMean = radius;
    p.volumeFraction = fraction;
    JobContext job;
    try {
        (void)makeFibre(p, {64, 64, 1}, 1, job);
        QFAIL("not refused");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
    }
}

void TestFibre::stopsOnRequest() {
    std::stop_source source;
    source.request_stop();
    JobContext job(source.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)makeFibre({}, {256, 256, 1}, 1, job));
}

QTEST_GUILESS_MAIN(TestFibre)
#include "tst_fibre.moc"
