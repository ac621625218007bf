// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/structure/correlation.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>

using namespace likeness;
using test::GoldenFile;

namespace {

constexpr double kExact = 1e-10; // tolerance of the golden files for S2

Indicator ones(const Volume& mask) {
    return indicatorOf(mask.span(), 0.0, Phase::bright);
}

void compareCurves(const std::vector<double>& ours, const Json& expected) {
    QCOMPARE(ours.size(), expected.size());
    for (std::size_t r = 0; r < ours.size(); ++r)
        QVERIFY2(std::abs(ours[r] - expected[r].get<double>()) <= kExact,
                 qPrintable(QStringLiteral("lag %1: %2, expected %3")
                                .arg(r)
                                .arg(ours[r], 0, 'g', 17)
                                .arg(expected[r].get<double>(), 0, 'g', 17)));
}

/// NumPy's axis 0 is the slowest: axis n-1-a in ours.
int ourAxis(const Indicator& field, int numpyAxis) {
    return field.dimensions() - 1 - numpyAxis;
}

Indicator randomField(std::array<std::int64_t, 3> size, double share, std::uint64_t seed) {
    Random random(seed, "test.field");
    Indicator field;
    field.size = size;
    field.phase.resize(static_cast<std::size_t>(field.voxels()));
    for (auto& v : field.phase)
        v = random.uniform() < share ? 1 : 0;
    return field;
}

/// Straight from the definition: every lag vector, every position.
std::vector<double> bruteRadial(const Indicator& f, std::int64_t maximumLag) {
    const auto [w, h, d] = f.size;
    std::vector<double> sum(static_cast<std::size_t>(maximumLag + 1), 0.0);
    std::vector<double> lags(sum.size(), 0.0);
    const auto in = [&, width = w, height = h](std::int64_t x, std::int64_t y, std::int64_t z) {
        return static_cast<std::size_t>((z * height + y) * width + x);
    };
    for (std::int64_t dz = 1 - d; dz < d; ++dz)
        for (std::int64_t dy = 1 - h; dy < h; ++dy)
            for (std::int64_t dx = 1 - w; dx < w; ++dx) {
                const auto shell = static_cast<std::size_t>(
                    std::floor(std::sqrt(double(dx * dx + dy * dy + dz * dz)) + 0.5));
                if (shell >= sum.size())
                    continue;
                double hits = 0;
                double pairs = 0;
                for (std::int64_t z = std::max<std::int64_t>(0, -dz); z < std::min(d, d - dz); ++z)
                    for (std::int64_t y = std::max<std::int64_t>(0, -dy); y < std::min(h, h - dy);
                         ++y)
                        for (std::int64_t x = std::max<std::int64_t>(0, -dx);
                             x < std::min(w, w - dx); ++x) {
                            const auto a = in(x, y, z);
                            const auto b = in(x + dx, y + dy, z + dz);
                            const bool both = f.inside.empty() || (f.inside[a] && f.inside[b]);
                            pairs += both ? 1 : 0;
                            hits += both && f.phase[a] && f.phase[b] ? 1 : 0;
                        }
                if (pairs > 0) {
                    sum[shell] += hits / pairs;
                    lags[shell] += 1;
                }
            }
    for (std::size_t s = 0; s < sum.size(); ++s)
        sum[s] /= lags[s];
    return sum;
}

} // namespace

class TestCorrelation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenAxis_data();
    void goldenAxis();
    void goldenRadial_data();
    void goldenRadial();
    void peerWithOddAxisIsNotFollowed();
    void axisMatchesCounting();
    void radialMatchesDefinition_data();
    void radialMatchesDefinition();
    void fieldOfViewCountsOnlyInside();
    void degenerateFields();
    void refusals();
    void stopsWhenAsked();
};

void TestCorrelation::goldenAxis_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<bool>("periodic");
    for (const char* stem : {"pore2d_200", "pore2d_150x181", "pore3d_64", "pore3d_41x37x45"}) {
        QTest::addRow("open %s", stem)
            << QStringLiteral("s2.axis_nonperiodic.%1").arg(QLatin1String(stem)) << false;
        QTest::addRow("periodic %s", stem)
            << QStringLiteral("s2.axis_periodic.%1").arg(QLatin1String(stem)) << true;
    }
    QTest::addRow("PorousMediaGan") << QStringLiteral("s2.pmgan.pore3d_41x37x45") << false;
}

void TestCorrelation::goldenAxis() {
    QFETCH(QString, id);
    QFETCH(bool, periodic);
    const GoldenFile golden("porous.json");
    const Json& entry = golden.entry(id.toStdString());
    const Indicator field = ones(test::goldenInput(entry["inputs"][0]));
    for (const auto& [name, expected] : entry["expected"].items()) {
        const int axis = ourAxis(field, name.back() - '0');
        compareCurves(twoPointAxis(field, axis, static_cast<std::int64_t>(expected.size()) - 1,
                                   periodic ? Boundary::periodic : Boundary::open),
                      expected);
    }
}

void TestCorrelation::goldenRadial_data() {
    QTest::addColumn<QString>("stem");
    QTest::addColumn<bool>("periodic");
    for (const char* stem : {"pore2d_200", "pore2d_150x181", "pore3d_64", "pore3d_41x37x45"}) {
        QTest::addRow("open %s", stem) << QString::fromLatin1(stem) << false;
        QTest::addRow("periodic %s", stem) << QString::fromLatin1(stem) << true;
    }
}

void TestCorrelation::goldenRadial() {
    QFETCH(QString, stem);
    QFETCH(bool, periodic);
    const GoldenFile golden("porous.json");
    const std::string kind = periodic ? "s2.radial_periodic." : "s2.radial_nonperiodic.";
    const Json& entry = golden.entry(kind + stem.toStdString());
    const Indicator field = ones(test::goldenInput(entry["inputs"][0]));
    RadialOptions options;
    options.maximumLag = static_cast<std::int64_t>(entry["expected"]["r"].size()) - 1;
    options.boundary = periodic ? Boundary::periodic : Boundary::open;
    JobContext job;
    compareCurves(twoPointRadial(field, options, job), entry["expected"]["S2"]);
}

/// porespy's inverse transform of an odd last axis gives .326 at r = 0, where S2 is the porosity
/// .4.
void TestCorrelation::peerWithOddAxisIsNotFollowed() {
    const GoldenFile golden("porous.json");
    const Json& peer = golden.expected("s2.porespy.pore3d_41x37x45");
    const Indicator field = ones(test::goldenInput("pore3d_41x37x45.npy"));
    JobContext job;
    const auto ours = twoPointRadial(field, {18, Boundary::periodic}, job);
    QCOMPARE(ours[0], 0.4);
    QVERIFY(std::abs(ours[0] - 0.4 * peer["probability"][0].get<double>()) > 0.05);
}

void TestCorrelation::axisMatchesCounting() {
    const Indicator field = randomField({131, 67, 5}, 0.4, 3);
    for (int axis = 0; axis < 3; ++axis) {
        const std::int64_t n = field.size[static_cast<std::size_t>(axis)];
        const auto open = twoPointAxis(field, axis, n - 1, Boundary::open);
        const std::int64_t step = axis == 0 ? 1 : axis == 1 ? 131 : 131 * 67;
        for (std::int64_t lag = 0; lag < n; ++lag) {
            double hits = 0;
            double pairs = 0;
            for (std::int64_t i = 0; i < field.voxels(); ++i) {
                if (i / step % n + lag >= n)
                    continue;
                pairs += 1;
                hits += field.phase[static_cast<std::size_t>(i)] &
                        field.phase[static_cast<std::size_t>(i + lag * step)];
            }
            QCOMPARE(open[static_cast<std::size_t>(lag)], hits / pairs);
        }
    }
}

void TestCorrelation::radialMatchesDefinition_data() {
    QTest::addColumn<qint64>("w");
    QTest::addColumn<qint64>("h");
    QTest::addColumn<qint64>("d");
    QTest::addColumn<qint64>("lag");
    QTest::newRow("odd volume") << qint64(9) << qint64(7) << qint64(5) << qint64(4);
    QTest::newRow("thin volume, lag beyond its depth")
        << qint64(12) << qint64(10) << qint64(3) << qint64(6);
    QTest::newRow("image") << qint64(13) << qint64(11) << qint64(1) << qint64(10);
    QTest::newRow("one voxel wide") << qint64(1) << qint64(17) << qint64(1) << qint64(9);
    QTest::newRow("volume one voxel wide") << qint64(1) << qint64(8) << qint64(9) << qint64(5);
}

void TestCorrelation::radialMatchesDefinition() {
    QFETCH(qint64, w);
    QFETCH(qint64, h);
    QFETCH(qint64, d);
    QFETCH(qint64, lag);
    const Indicator field = randomField({w, h, d}, 0.55, 8);
    JobContext job;
    const auto ours = twoPointRadial(field, {lag, Boundary::open}, job);
    const auto brute = bruteRadial(field, lag);
    for (std::size_t r = 0; r < ours.size(); ++r)
        QVERIFY(std::abs(ours[r] - brute[r]) < 1e-14);
}

void TestCorrelation::fieldOfViewCountsOnlyInside() {
    Indicator field = randomField({15, 14, 6}, 0.5, 4);
    field.inside.resize(field.phase.size());
    for (std::size_t i = 0; i < field.inside.size(); ++i) {
        const std::int64_t x = static_cast<std::int64_t>(i) % 15 - 7;
        const std::int64_t y = static_cast<std::int64_t>(i) / 15 % 14 - 7;
        field.inside[i] = x * x + y * y <= 36 ? 1 : 0; // a round scan
        field.phase[i] &= field.inside[i];
    }
    JobContext job;
    const auto ours = twoPointRadial(field, {5, Boundary::open}, job);
    const auto brute = bruteRadial(field, 5);
    for (std::size_t r = 0; r < ours.size(); ++r)
        QVERIFY(std::abs(ours[r] - brute[r]) < 1e-14);
    const auto axis = twoPointAxis(field, 0, 14, Boundary::open);
    QVERIFY(std::abs(axis[0] - brute[0]) < 1e-14);
    QVERIFY2(std::isnan(axis[14]), "no pair of the disc is 14 voxels apart");
}

void TestCorrelation::degenerateFields() {
    JobContext job;
    for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{1}}) {
        Indicator field;
        field.size = {16, 15, 14};
        field.phase.assign(static_cast<std::size_t>(field.voxels()), value);
        for (const Boundary boundary : {Boundary::open, Boundary::periodic}) {
            for (const double v : twoPointRadial(field, {7, boundary}, job))
                QCOMPARE(v, double(value));
            for (const double v : twoPointAxis(field, 2, 7, boundary))
                QCOMPARE(v, double(value));
        }
    }
    Indicator voxel;
    voxel.size = {1, 1, 1};
    voxel.phase = {1};
    QCOMPARE(twoPointAxis(voxel, 2, 0, Boundary::open), std::vector<double>{1.0});
    QCOMPARE(twoPointRadial(voxel, {0, Boundary::open}, job), std::vector<double>{1.0});
}

void TestCorrelation::refusals() {
    Indicator field = randomField({20, 20, 1}, 0.5, 1);
    JobContext job;
    QVERIFY_THROWS_EXCEPTION(Error, (void)twoPointAxis(field, 0, 20, Boundary::open));
    QVERIFY_THROWS_EXCEPTION(Error, (void)twoPointAxis(field, 2, 1, Boundary::open));
    QVERIFY_THROWS_EXCEPTION(Error, (void)twoPointAxis(field, 3, 0, Boundary::open));
    QVERIFY_THROWS_EXCEPTION(Error, (void)twoPointRadial(field, {11, Boundary::periodic}, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)twoPointRadial(field, {5, Boundary::open, 1000}, job));
    field.inside.assign(field.phase.size(), 1);
    QVERIFY_THROWS_EXCEPTION(Error, (void)twoPointAxis(field, 0, 5, Boundary::periodic));
}

void TestCorrelation::stopsWhenAsked() {
    std::stop_source source;
    source.request_stop();
    JobContext job(source.get_token());
    const Indicator field = randomField({20, 20, 20}, 0.5, 1);
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)twoPointRadial(field, {5, Boundary::open}, job));
}

QTEST_GUILESS_MAIN(TestCorrelation)
#include "tst_correlation.moc"
