// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/phantoms/field.h"
#include "core/phantoms/rock.h"
#include "tests/core/phantoms/measure.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace likeness;

namespace {

double shareOf(const Volume& labels, std::uint8_t label) {
    const measure::Mask mask = measure::maskOf(labels, label);
    return static_cast<double>(std::accumulate(mask.begin(), mask.end(), std::int64_t{0})) /
           static_cast<double>(mask.size());
}

} // namespace

class TestRock final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void porosityIsMet_data();
    void porosityIsMet();
    void grainsHaveTheAskedSizes();
    void fieldHasTheAskedCorrelation();
    void signalMatchesPhases();
    void badParametersAreRefused_data();
    void badParametersAreRefused();
    void stopsOnRequest();
};

void TestRock::porosityIsMet_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("porosity");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("depth");
    for (const int kind : {0, 1})
        for (const double porosity : {0.05, 0.18, 0.4})
            QTest::addRow("kind %d, 256^2, porosity %g", kind, porosity)
                << kind << porosity << 256 << 1;
    QTest::newRow("gaussian 48^3") << 0 << 0.2 << 48 << 48;
    QTest::newRow("grains 48^3") << 1 << 0.2 << 48 << 48;
}

void TestRock::porosityIsMet() {
    QFETCH(int, kind);
    QFETCH(double, porosity);
    QFETCH(int, size);
    QFETCH(int, depth);
    RockParameters p;
    p.kind = kind == 0 ? RockKind::gaussian : RockKind::grains;
    p.porosity = porosity;
    p.grainRadius = 12.0;
    p.correlationLength = 8.0;
    for (const std::uint64_t seed : {1ULL, 77ULL}) {
        JobContext job;
        const Specimen rock = makeRock(p, {size, size, depth}, seed, job);
        const double onePixel = 1.0 / static_cast<double>(rock.labels.span().pixels());
        QVERIFY2(std::abs(shareOf(rock.labels, 1) - porosity) <= 1.01 * onePixel, "porosity");
        QVERIFY2(std::abs(shareOf(rock.labels, 2) - p.mineralFraction) <= 1.01 * onePixel,
                 "mineral");
        QCOMPARE(rock.truth.at("porosity").get<double>(), shareOf(rock.labels, 1));
        QCOMPARE(rock.truth.at("mineral_fraction").get<double>(), shareOf(rock.labels, 2));
    }
}

void TestRock::grainsHaveTheAskedSizes() {
    RockParameters p;
    p.grainRadius = 9.0;
    p.grainSpread = 0.3;
    JobContext job;
    const Specimen rock = makeRock(p, {512, 512, 1}, 5, job);
    const double mean = rock.truth.at("grain_radius_mean").get<double>();
    const double sd = rock.truth.at("grain_radius_sd").get<double>();
    QVERIFY2(std::abs(mean - 9.0) < 0.5, qPrintable(QString::number(mean)));
    QVERIFY2(std::abs(sd - 2.7) < 0.4, qPrintable(QString::number(sd)));
    QVERIFY(rock.truth.at("grain_count").get<int>() > 500);
}

void TestRock::fieldHasTheAskedCorrelation() {
    const Extent extent{512, 512, 1};
    Random random(3, "test");
    JobContext job;
    const std::vector<float> field = phantoms::gaussianField(extent, 8.0, random, job);
    for (const std::int64_t lag : {4, 8, 12}) {
        double sum = 0.0;
        for (std::int64_t y = 0; y < 512; ++y)
            for (std::int64_t x = 0; x < 512; ++x)
                sum +=
                    static_cast<double>(field[static_cast<std::size_t>(y * 512 + x)]) *
                    static_cast<double>(field[static_cast<std::size_t>(y * 512 + (x + lag) % 512)]);
        const double expected = std::exp(-static_cast<double>(lag * lag) / 64.0);
        const double measured = sum / (512.0 * 512.0);
        QVERIFY2(std::abs(measured - expected) < 0.04,
                 qPrintable(QString::number(measured - expected)));
    }
}

void TestRock::signalMatchesPhases() {
    JobContext job;
    const Specimen rock = makeRock({}, {256, 256, 1}, 8, job);
    std::array<std::vector<float>, 3> signals;
    for (std::int64_t i = 0; i < 256 * 256; ++i)
        signals[rock.labels.pixels<std::uint8_t>()[i]].push_back(rock.signal.pixels<float>()[i]);
    std::array<float, 3> medians{};
    for (std::size_t phase = 0; phase < 3; ++phase) {
        const auto middle =
            signals[phase].begin() + static_cast<std::ptrdiff_t>(signals[phase].size() / 2);
        std::nth_element(signals[phase].begin(), middle, signals[phase].end());
        medians[phase] = *middle;
    }
    QVERIFY(std::abs(medians[0] - 1.0F) < 0.05F);
    QVERIFY(medians[1] < 0.1F);
    QVERIFY(medians[2] > 1.5F);
}

void TestRock::badParametersAreRefused_data() {
    QTest::addColumn<double>("porosity");
    QTest::addColumn<double>("radius");
    QTest::addColumn<int>("size");
    QTest::newRow("porosity 0") << 0.0 << 12.0 << 64;
    QTest::newRow("porosity 1") << 1.0 << 12.0 << 64;
    QTest::newRow("porosity NaN") << std::nan("") << 12.0 << 64;
    QTest::newRow("grain radius 0") << 0.2 << 0.0 << 64;
    QTest::newRow("no pixels") << 0.2 << 12.0 << 0;
}

void TestRock::badParametersAreRefused() {
    QFETCH(double, porosity);
    QFETCH(double, radius);
    QFETCH(int, size);
    RockParameters p;
    p.porosity = porosity;
    p.grainRadius = radius;
    JobContext job;
    try {
        (void)makeRock(p, {size, size, 1}, 1, job);
        QFAIL("not refused");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
    }
}

void TestRock::stopsOnRequest() {
    std::stop_source source;
    source.request_stop();
    JobContext job(source.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)makeRock({}, {256, 256, 1}, 1, job));
}

QTEST_GUILESS_MAIN(TestRock)
#include "tst_rock.moc"
