// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/phantoms/paperscan.h"
#include "core/phantoms/scanner.h"
#include "core/phantoms/sinogram.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>
#include <vector>

using namespace likeness;

namespace {

Volume disc(std::int64_t size, double radius, float signal, std::int64_t depth = 1) {
    Volume volume(PixelType::f32, size, size, depth);
    const double centre = 0.5 * static_cast<double>(size - 1);
    for (std::int64_t i = 0; i < size * size * depth; ++i) {
        const double r = std::hypot(static_cast<double>(i % size) - centre,
                                    static_cast<double>(i / size % size) - centre);
        volume.pixels<float>()[i] =
            signal * static_cast<float>(std::clamp(0.5 + radius - r, 0.0, 1.0));
    }
    return volume;
}

ScannerParameters ideal() {
    ScannerParameters p;
    p.photons = 0.0;
    p.rings = 0.0;
    p.blur = 0.0;
    return p;
}

/// Mean and deviation over the ring from <= r < to about the centre.
struct Zone {
    double mean = 0.0;
    double deviation = 0.0;
};

Zone zone(const Volume& v, double from, double to) {
    const std::int64_t size = v.width();
    const double centre = 0.5 * static_cast<double>(size - 1);
    double sum = 0.0;
    double squares = 0.0;
    double n = 0.0;
    for (std::int64_t i = 0; i < size * size; ++i) {
        const double r = std::hypot(static_cast<double>(i % size) - centre,
                                    static_cast<double>(i / size) - centre);
        if (r < from || r >= to)
            continue;
        const auto value = static_cast<double>(v.pixels<float>()[i]);
        sum += value;
        squares += value * value;
        n += 1.0;
    }
    return {sum / n, std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)))};
}

Volume scanOf(const Volume& object, const ScannerParameters& p, std::uint64_t seed = 1) {
    JobContext job;
    return simulateScan(object, p, seed, job);
}

} // namespace

class TestScanner final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void discIsReconstructed_data();
    void discIsReconstructed();
    void raysConserveMass();
    void fourierOfKnownSignals();
    void noiseFallsWithPhotons();
    void countsArePoisson();
    void ringsAreConcentric();
    void beamHardeningCups();
    void phaseContrastMakesRims();
    void equalSeedsGiveEqualBytes();
    void greyWindowIsLinear();
    void badParametersAreRefused_data();
    void badParametersAreRefused();
    void stopsInTheMiddle();
    void paperScanShowsRoots();
};

void TestScanner::discIsReconstructed_data() {
    QTest::addColumn<int>("filter");
    QTest::addColumn<double>("signal");
    QTest::newRow("Ram-Lak") << 0 << 1.0;
    QTest::newRow("Shepp-Logan") << 1 << 1.0;
    QTest::newRow("Hann") << 2 << 1.0;
    QTest::newRow("Shepp-Logan, faint") << 1 << 0.2;
    QTest::newRow("Shepp-Logan, dense") << 1 << 2.0;
}

void TestScanner::discIsReconstructed() {
    QFETCH(int, filter);
    QFETCH(double, signal);
    ScannerParameters p = ideal();
    p.filter = static_cast<ReconstructionFilter>(filter);
    const Volume scan = scanOf(disc(128, 40.0, static_cast<float>(signal)), p);
    const Zone inside = zone(scan, 0.0, 36.0);
    const Zone outside = zone(scan, 44.0, 64.0);
    QVERIFY2(std::abs(inside.mean / signal - 1.0) < 0.01, qPrintable(QString::number(inside.mean)));
    QVERIFY2(inside.deviation < 0.02 * signal, qPrintable(QString::number(inside.deviation)));
    QVERIFY2(std::abs(outside.mean) < 0.01 * signal, qPrintable(QString::number(outside.mean)));
}

void TestScanner::raysConserveMass() {
    const Volume object = disc(64, 20.0, 1.0F);
    const std::vector<float> slice(object.pixels<float>(), object.pixels<float>() + 64 * 64);
    const double mass = std::accumulate(slice.begin(), slice.end(), 0.0);
    const phantoms::ParallelBeam beam(64, 37, ReconstructionFilter::ramLak);
    JobContext job;
    phantoms::Sinogram rays = beam.project(slice, job);
    for (int a = 0; a < rays.angles; ++a) {
        const double sum = std::accumulate(rays.row(a), rays.row(a) + rays.bins, 0.0);
        QVERIFY2(std::abs(sum / mass - 1.0) < 0.002, qPrintable(QString::number(sum / mass)));
        // The middle ray crosses the whole disc.
        const double middle = static_cast<double>(rays.row(a)[rays.bins / 2]);
        QVERIFY2(std::abs(middle - 40.0) < 0.5, qPrintable(QString::number(middle)));
    }
}

void TestScanner::fourierOfKnownSignals() {
    const phantoms::Fourier fourier(16);
    std::vector<std::complex<double>> wave(16);
    for (std::size_t i = 0; i < 16; ++i)
        wave[i] =
            std::polar(1.0, 2.0 * 3.14159265358979323846 * 3.0 * static_cast<double>(i) / 16.0);
    std::vector<std::complex<double>> spectrum = wave;
    fourier.forward(spectrum);
    for (std::size_t k = 0; k < 16; ++k)
        QVERIFY(std::abs(spectrum[k] - (k == 3 ? 16.0 : 0.0)) < 1e-12);
    fourier.inverse(spectrum);
    for (std::size_t i = 0; i < 16; ++i)
        QVERIFY(std::abs(spectrum[i] - wave[i]) < 1e-14);
}

void TestScanner::noiseFallsWithPhotons() {
    const Volume object = disc(128, 50.0, 1.0F);
    ScannerParameters p = ideal();
    std::vector<double> noise;
    for (const double photons : {1000.0, 4000.0, 16000.0, 64000.0}) {
        p.photons = photons;
        noise.push_back(zone(scanOf(object, p), 0.0, 40.0).deviation);
    }
    for (std::size_t i = 1; i < 3; ++i)
        QVERIFY2(std::abs(noise[i - 1] / noise[i] - 2.0) < 0.3,
                 qPrintable(QString::number(noise[i - 1] / noise[i])));
    QVERIFY(noise[3] < noise[2]);
}

void TestScanner::countsArePoisson() {
    // Uniform rays of optical depth 1: mean count 200 e^-1, whose deviation of -ln is 1 /
    // sqrt(count).
    ScannerParameters p = ideal();
    p.photons = 200.0;
    p.opticalDepth = 1.0;
    phantoms::Sinogram rays{400, 500, std::vector<float>(400 * 500, 100.0F)};
    JobContext job;
    phantoms::measure(rays, p, 100.0, 3, job);
    double sum = 0.0;
    double squares = 0.0;
    for (const float ray : rays.rays) {
        const double count = 200.0 * std::exp(-static_cast<double>(ray) / 100.0);
        sum += count;
        squares += count * count;
    }
    const auto n = static_cast<double>(rays.rays.size());
    const double mean = sum / n;
    const double variance = squares / n - mean * mean;
    const double expected = 200.0 * std::exp(-1.0);
    QVERIFY2(std::abs(mean / expected - 1.0) < 0.002, qPrintable(QString::number(mean / expected)));
    QVERIFY2(std::abs(variance / expected - 1.0) < 0.015,
             qPrintable(QString::number(variance / expected)));
}

void TestScanner::ringsAreConcentric() {
    const Volume object = disc(128, 50.0, 1.0F);
    ScannerParameters p = ideal();
    const Volume clean = scanOf(object, p);
    p.rings = 0.01;
    const Volume ringed = scanOf(object, p);
    // Rings are what stays of the difference when it is averaged along circles. Over 180 degrees a
    // detector pixel draws half a circle, and the pixel on the other side of the axis the other
    // half.
    std::vector<double> sums(800, 0.0);
    std::vector<double> counts(800, 0.0);
    double total = 0.0;
    const auto bin = [](std::int64_t i) {
        const double y = static_cast<double>(i / 128) - 63.5;
        const double radius = std::hypot(static_cast<double>(i % 128) - 63.5, y);
        return static_cast<std::size_t>(radius * 4.0) + (y > 0.0 ? 400 : 0);
    };
    std::vector<double> difference(128 * 128);
    for (std::int64_t i = 0; i < 128 * 128; ++i) {
        const double d = static_cast<double>(ringed.pixels<float>()[i]) -
                         static_cast<double>(clean.pixels<float>()[i]);
        difference[static_cast<std::size_t>(i)] = d;
        sums[bin(i)] += d;
        counts[bin(i)] += 1.0;
        total += d * d;
    }
    double left = 0.0;
    for (std::int64_t i = 0; i < 128 * 128; ++i) {
        const double d = difference[static_cast<std::size_t>(i)] - sums[bin(i)] / counts[bin(i)];
        left += d * d;
    }
    QVERIFY(total / (128.0 * 128.0) > 1e-5);
    QVERIFY2(left / total < 0.15, qPrintable(QString::number(left / total)));
}

void TestScanner::beamHardeningCups() {
    const Volume object = disc(128, 55.0, 1.0F);
    ScannerParameters p = ideal();
    p.beamHardening = 0.05;
    const Volume scan = scanOf(object, p);
    QVERIFY(zone(scan, 0.0, 10.0).mean < zone(scan, 40.0, 50.0).mean - 0.02);
}

void TestScanner::phaseContrastMakesRims() {
    const Volume object = disc(128, 40.0, 1.0F);
    ScannerParameters p = ideal();
    p.blur = 1.0;
    const double plain = zone(scanOf(object, p), 37.0, 38.5).mean;
    p.phaseContrast = 1.0;
    const Volume rimmed = scanOf(object, p);
    QVERIFY(zone(rimmed, 37.0, 38.5).mean > plain + 0.03);
    QVERIFY(zone(rimmed, 41.5, 43.0).mean < -0.02);
    QVERIFY(std::abs(zone(rimmed, 0.0, 30.0).mean - 1.0) < 0.01);
}

void TestScanner::equalSeedsGiveEqualBytes() {
    const Volume object = disc(64, 20.0, 1.0F, 3);
    ScannerParameters p;
    const Volume a = scanOf(object, p, 5);
    const Volume b = scanOf(object, p, 5);
    const Volume c = scanOf(object, p, 6);
    const std::size_t bytes = a.span().bytes();
    QVERIFY(std::memcmp(a.span().data, b.span().data, bytes) == 0);
    QVERIFY(std::memcmp(a.span().data, c.span().data, bytes) != 0);
    // Equal slices of one volume get noise of their own.
    QVERIFY(std::memcmp(a.span().slice(0).data, a.span().slice(1).data, bytes / 3) != 0);
}

void TestScanner::greyWindowIsLinear() {
    Volume signal(PixelType::f32, 5, 1);
    const std::array<float, 5> values{-9.0F, -0.5F, 0.75F, 2.0F, 9.0F};
    std::copy(values.begin(), values.end(), signal.pixels<float>());
    const GreyWindow window;
    const Volume grey = toGrey16(signal, window);
    const auto* g = grey.pixels<std::uint16_t>();
    QCOMPARE(g[0], std::uint16_t{0});
    QCOMPARE(g[1], std::uint16_t{0});
    QCOMPARE(g[2], std::uint16_t{32768});
    QCOMPARE(g[3], std::uint16_t{65535});
    QCOMPARE(g[4], std::uint16_t{65535});
    QVERIFY(std::abs(window.signal(g[2]) - 0.75) < 1e-4);
}

void TestScanner::badParametersAreRefused_data() {
    QTest::addColumn<double>("photons");
    QTest::addColumn<double>("depth");
    QTest::addColumn<double>("rings");
    QTest::newRow("negative photons") << -1.0 << 1.8 << 0.0;
    QTest::newRow("photons NaN") << std::nan("") << 1.8 << 0.0;
    QTest::newRow("no attenuation") << 1000.0 << 0.0 << 0.0;
    QTest::newRow("rings 1") << 1000.0 << 1.8 << 1.0;
}

void TestScanner::badParametersAreRefused() {
    QFETCH(double, photons);
    QFETCH(double, depth);
    QFETCH(double, rings);
    ScannerParameters p;
    p.photons = photons;
    p.opticalDepth = depth;
    p.rings = rings;
    try {
        (void)scanOf(disc(32, 10.0, 1.0F), p);
        QFAIL("not refused");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
    }
}

void TestScanner::stopsInTheMiddle() {
    std::stop_source source;
    int reports = 0;
    JobContext job(source.get_token(), [&](const Progress&) {
        if (++reports == 3)
            source.request_stop();
    });
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)simulateScan(disc(64, 20.0, 1.0F, 50), {}, 1, job));
    QCOMPARE(reports, 3);
}

void TestScanner::paperScanShowsRoots() {
    Volume roots(PixelType::f32, 96, 96);
    for (std::int64_t y = 0; y < 96; ++y)
        for (std::int64_t x = 45; x < 50; ++x)
            roots.pixels<float>()[y * 96 + x] = 1.0F;
    PaperScanParameters p;
    JobContext job;
    const Volume a = simulatePaperScan(roots, p, 4, job);
    const Volume b = simulatePaperScan(roots, p, 4, job);
    QVERIFY(std::memcmp(a.span().data, b.span().data, a.span().bytes()) == 0);
    double root = 0.0;
    double ground = 0.0;
    for (std::int64_t y = 0; y < 96; ++y) {
        root += static_cast<double>(a.pixels<float>()[y * 96 + 47]) / 96.0;
        ground += static_cast<double>(a.pixels<float>()[y * 96 + 10]) / 96.0;
    }
    QVERIFY2(std::abs(root - p.rootBrightness) < 0.08, qPrintable(QString::number(root)));
    QVERIFY2(std::abs(ground - p.ground) < 0.06, qPrintable(QString::number(ground)));
    p.noise = 2.0;
    QVERIFY_THROWS_EXCEPTION(Error, (void)simulatePaperScan(roots, p, 4, job));
}

QTEST_GUILESS_MAIN(TestScanner)
#include "tst_scanner.moc"
