// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/imaging/numbertable.h"
#include "core/metrics/evaluate.h"
#include "core/metrics/frechet.h"
#include "core/metrics/kernel.h"
#include "core/metrics/manifold.h"
#include "core/metrics/projection.h"
#include "core/metrics/resampling.h"
#include "core/metrics/spectrum.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace likeness;
using test::GoldenFile;

namespace {

FeatureMatrix features(const std::string& name) {
    return featuresFrom(readNumberTable(test::goldenFolder() / "inputs" / name));
}

struct Pair {
    FeatureMatrix real;
    FeatureMatrix fake;
};

Pair inputsOf(const Json& entry) {
    return {features(entry["inputs"][0]), features(entry["inputs"][1])};
}

void addSets() {
    QTest::addColumn<QString>("set");
    for (const char* set : {"300x64", "rankdef_48x256", "modes_16"})
        QTest::addRow("%s", set) << QString::fromLatin1(set);
}

FeatureMatrix normalRows(std::int64_t rows, std::int64_t dims, double shift, std::uint64_t seed) {
    Random random(seed, "test.rows");
    FeatureMatrix m(rows, dims);
    for (double& v : m.values)
        v = random.normal() + shift;
    return m;
}

bool near(double a, double b, double relative) {
    return std::abs(a - b) <= relative * std::max(1.0, std::abs(b));
}

} // namespace

class TestFeatureMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void frechetGolden_data() { addSets(); }

    void frechetGolden();
    void frechetOfASetWithItself();
    void frechetOfKnownGaussians();
    void frechetOfRepeatedColumns();

    void kernelGolden_data() { addSets(); }

    void kernelGolden();

    void kernelGivenSubsets_data() { addSets(); }

    void kernelGivenSubsets();
    void kernelJackknifeByLeavingOut();
    void manifoldGolden_data();
    void manifoldGolden();
    void tiesAreDecidedExactly();
    void neighboursGolden();
    void authenticityGolden();

    void mifidGolden_data() { addSets(); }

    void mifidGolden();
    void mindNearPeer_data();
    void mindNearPeer();
    void equalRows();
    void spectrumGolden_data();
    void spectrumGolden();
    void spectralSlope();
    void spectralDistanceOfScaledImages();
    void bootstrapIsSeededAndCovers();
    void wilsonByTextbook();
    void jackknifeOfAMean();
    void refusals();
};

void TestFeatureMetrics::frechetGolden() {
    QFETCH(QString, set);
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("fd." + set.toStdString() + ".ref");
    const auto [real, fake] = inputsOf(entry);
    const FrechetResult ours = frechetDistance(real, fake);
    const Json& expected = entry["expected"];
    QVERIFY(near(ours.distance, expected["fd"], 1e-8));
    QVERIFY(near(ours.meanTerm, expected["mean_term"], 1e-10));
    QVERIFY(near(ours.trace1, expected["tr1"], 1e-10));
    QVERIFY(near(ours.trace2, expected["tr2"], 1e-10));
    QVERIFY(near(ours.traceRoot, expected["tr_sqrt"], 1e-8));
    QCOMPARE(ours.rankDeficient, set.startsWith(QLatin1String("rankdef")));
    for (const char* peer : {"torch_fidelity", "clean_fid", "pytorch_fid", "torchmetrics"})
        QVERIFY(near(ours.distance, golden.expected("fd." + set.toStdString() + "." + peer), 1e-6));
}

void TestFeatureMetrics::frechetOfASetWithItself() {
    const FeatureMatrix real = features("feat_real_300x64.npy");
    QVERIFY(std::abs(frechetDistance(real, real).distance) < 1e-9);
}

/// Diagonal covariances: the distance is |m|^2 + sum (s1 - s2)^2 of the standard deviations.
void TestFeatureMetrics::frechetOfKnownGaussians() {
    GaussianSummary a{{0, 0, 0}, {4, 0, 0, 0, 9, 0, 0, 0, 0}, 100};
    GaussianSummary b{{1, 0, 2}, {1, 0, 0, 0, 16, 0, 0, 0, 25}, 100};
    QVERIFY(near(frechetDistance(a, b).distance, 5 + 1 + 1 + 25, 1e-12));
    QVERIFY(near(frechetDistance(b, a).distance, 32, 1e-12));
}

/// Every column twice: singular covariances of rank 64 in 128 dimensions, and exactly twice the
/// distance.
void TestFeatureMetrics::frechetOfRepeatedColumns() {
    const auto twice = [](const FeatureMatrix& m) {
        FeatureMatrix out(m.rows, 2 * m.dims);
        for (std::int64_t r = 0; r < m.rows; ++r)
            for (std::size_t i = 0; i < 2 * static_cast<std::size_t>(m.dims); ++i)
                out.row(r)[i] = m.row(r)[i / 2];
        return out;
    };
    const FeatureMatrix real = features("feat_real_300x64.npy");
    const FeatureMatrix fake = features("feat_fake_250x64.npy");
    QVERIFY(near(frechetDistance(twice(real), twice(fake)).distance,
                 2 * frechetDistance(real, fake).distance, 1e-6));
}

void TestFeatureMetrics::kernelGolden() {
    QFETCH(QString, set);
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("kid." + set.toStdString() + ".fullset_unbiased.ref");
    const auto [real, fake] = inputsOf(entry);
    JobContext job;
    QVERIFY(near(kernelDistance(real, fake, job).distance, entry["expected"], 1e-9));
}

void TestFeatureMetrics::kernelGivenSubsets() {
    QFETCH(QString, set);
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("kid." + set.toStdString() + ".given_subsets.torch_fidelity");
    const auto [real, fake] = inputsOf(entry);
    const auto realRows = entry["params"]["idx_real"].get<std::vector<std::vector<std::int64_t>>>();
    const auto fakeRows = entry["params"]["idx_fake"].get<std::vector<std::vector<std::int64_t>>>();
    const auto expected = entry["expected"]["per_subset"].get<std::vector<double>>();
    QCOMPARE(realRows.size(), expected.size());
    JobContext job;
    for (std::size_t s = 0; s < expected.size(); ++s)
        QVERIFY(
            near(kernelDistance(real.select(realRows[s]), fake.select(fakeRows[s]), job).distance,
                 expected[s], 1e-8));
}

void TestFeatureMetrics::kernelJackknifeByLeavingOut() {
    const FeatureMatrix a = normalRows(12, 3, 0.0, 1);
    const FeatureMatrix b = normalRows(9, 3, 0.5, 2);
    JobContext job;
    const auto variance = [&](bool first) {
        const std::int64_t n = first ? a.rows : b.rows;
        std::vector<double> values;
        for (std::int64_t out = 0; out < n; ++out) {
            std::vector<std::int64_t> kept;
            for (std::int64_t i = 0; i < n; ++i)
                if (i != out)
                    kept.push_back(i);
            values.push_back(first ? kernelDistance(a.select(kept), b, job).distance
                                   : kernelDistance(a, b.select(kept), job).distance);
        }
        const double mean = std::accumulate(values.begin(), values.end(), 0.0) / double(n);
        double sum = 0;
        for (const double v : values)
            sum += (v - mean) * (v - mean);
        return sum * double(n - 1) / double(n);
    };
    QVERIFY(near(kernelDistance(a, b, job).standardError,
                 std::sqrt(variance(true) + variance(false)), 1e-10));
}

void TestFeatureMetrics::manifoldGolden_data() {
    QTest::addColumn<QString>("id");
    const GoldenFile golden("distribution.json");
    for (const Json& e : golden.entries()) {
        const std::string id = e["id"];
        if (id.starts_with("prdc."))
            QTest::addRow("%s", id.c_str()) << QString::fromStdString(id);
    }
}

void TestFeatureMetrics::manifoldGolden() {
    QFETCH(QString, id);
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry(id.toStdString());
    const auto [real, fake] = inputsOf(entry);
    JobContext job;
    const ManifoldResult ours = manifold(real, fake, entry["params"]["k"], job);
    const Json& expected = entry["expected"];
    // Counts must agree exactly; the sums are divided in another order.
    QVERIFY(near(ours.precision, expected["precision"], 1e-15));
    QVERIFY(near(ours.recall, expected["recall"], 1e-15));
    QVERIFY(near(ours.density, expected["density"], 1e-14));
    QVERIFY(near(ours.coverage, expected["coverage"], 1e-15));
}

/// A lattice far from the origin: most distances are ties at the radius, which block products
/// cannot tell apart.
void TestFeatureMetrics::tiesAreDecidedExactly() {
    const auto lattice = [](std::int64_t side) {
        FeatureMatrix m(side * side, 2);
        for (std::int64_t i = 0; i < m.rows; ++i) {
            m.row(i)[0] = 1e5 + static_cast<double>(i % side);
            m.row(i)[1] = 1e5 + static_cast<double>(i / side);
        }
        return m;
    };
    const FeatureMatrix points = lattice(9);
    JobContext job;
    // The radius is 1 for k = 2; only the point itself lies strictly inside.
    const ManifoldResult m = manifold(points, points, 2, job);
    QCOMPARE(m.precision, 1.0);
    QCOMPARE(m.density, 0.5);
    QCOMPARE(m.coverage, 1.0);
    const Neighbours other = nearestRows(points, points, true, job);
    QCOMPARE(other.index[40], 31 * 1L); // four at distance 1: the lowest index
    QCOMPARE(other.distance[40], 1.0);
    const Neighbours self = nearestRows(points, points, false, job);
    QCOMPARE(self.index[40], 40 * 1L);
    QCOMPARE(self.distance[40], 0.0);
}

void TestFeatureMetrics::neighboursGolden() {
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("memorisation.nn.l2");
    const auto [generated, training] = inputsOf(entry);
    JobContext job;
    const Neighbours ours = nearestRows(generated, training, false, job);
    const Json& expected = entry["expected"];
    QCOMPARE(ours.index, expected["nn_index"].get<std::vector<std::int64_t>>());
    for (std::size_t i = 0; i < ours.distance.size(); ++i)
        QVERIFY(near(ours.distance[i], expected["nn_distance"][i], 1e-9));
}

void TestFeatureMetrics::authenticityGolden() {
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("memorisation.authenticity");
    const auto [generated, training] = inputsOf(entry);
    JobContext job;
    QVERIFY(near(authenticity(training, generated, job).authenticity, entry["expected"], 1e-12));
}

void TestFeatureMetrics::mifidGolden() {
    QFETCH(QString, set);
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("mifid." + set.toStdString() + ".torchmetrics");
    const auto [real, fake] = inputsOf(entry);
    MetricOptions options;
    options.only = {"mifid"};
    JobContext job;
    const MetricValue value = evaluateFeatures(real, fake, options, job).front();
    QVERIFY(value.value.has_value());
    QVERIFY(near(*value.value, entry["expected"], 1e-6));
}

void TestFeatureMetrics::mindNearPeer_data() {
    QTest::addColumn<QString>("set");
    for (const char* set :
         {"300x64", "rankdef_48x256"}) // unequal sizes are cut at random on both sides
        QTest::addRow("%s", set) << QString::fromLatin1(set);
}

/// Other random directions than torch's: agreement within their scatter.
void TestFeatureMetrics::mindNearPeer() {
    QFETCH(QString, set);
    const GoldenFile golden("distribution.json");
    const Json& entry = golden.entry("mind." + set.toStdString() + ".torch_fidelity");
    const auto [real, fake] = inputsOf(entry);
    JobContext job;
    const double ours = projectionDistance(real, fake, {1000, 3}, job);
    QVERIFY(std::abs(ours - entry["expected"].get<double>()) <
            0.08 * entry["expected"].get<double>());
    QCOMPARE(projectionDistance(real, fake, {50, 9}, job),
             projectionDistance(real, fake, {50, 9}, job));
    QCOMPARE(projectionDistance(real, real, {50, 9}, job), 0.0);
    // In one dimension a shift by c is 3 c^2, whatever the directions.
    FeatureMatrix line(7, 1);
    std::iota(line.values.begin(), line.values.end(), 0.0);
    FeatureMatrix shifted = line;
    for (double& v : shifted.values)
        v += 0.5;
    QVERIFY(near(projectionDistance(line, shifted, {10, 1}, job), 0.75, 1e-12));
}

/// All rows equal: every radius is 0 and "strictly inside" leaves nothing.
void TestFeatureMetrics::equalRows() {
    FeatureMatrix same(10, 4);
    std::ranges::fill(same.values, 2.5);
    JobContext job;
    const ManifoldResult m = manifold(same, same, 3, job);
    QCOMPARE(m.precision, 0.0);
    QCOMPARE(m.coverage, 0.0);
    QCOMPARE(frechetDistance(same, same).distance, 0.0);
    QVERIFY(std::abs(kernelDistance(same, same, job).distance) < 1e-12);
}

void TestFeatureMetrics::spectrumGolden_data() {
    QTest::addColumn<QString>("id");
    for (const char* id :
         {"rapsd.ref.grf_powerlaw_128", "rapsd.ref.float01_a_256", "rapsd.ref.gray8_a_211x193"})
        QTest::addRow("%s", id) << QString::fromLatin1(id);
}

void TestFeatureMetrics::spectrumGolden() {
    QFETCH(QString, id);
    const GoldenFile golden("spectrum.json");
    const Json& entry = golden.entry(id.toStdString());
    const Volume image = test::goldenInput(entry["inputs"][0]);
    const RadialSpectrum ours = radialSpectrum(image.span());
    const auto expected = entry["expected"]["psd"].get<std::vector<double>>();
    QVERIFY(ours.power.size() >= expected.size());
    const double scale = *std::ranges::max_element(expected);
    for (std::size_t b = 0; b < expected.size(); ++b)
        QVERIFY(std::abs(ours.power[b] - expected[b]) <= 1e-12 * scale + 1e-9 * expected[b]);
}

void TestFeatureMetrics::spectralSlope() {
    const GoldenFile golden("spectrum.json");
    const Volume image = test::goldenInput("grf_powerlaw_128.npy");
    QVERIFY(near(spectrumSlope(radialSpectrum(image.span()), 2, 49),
                 golden.expected("rapsd.slope.grf_powerlaw_128"), 1e-8));
}

/// Power grows with the square of the grey scale: ten times the contrast is two decades apart.
void TestFeatureMetrics::spectralDistanceOfScaledImages() {
    const Volume image = test::goldenInput("grf_powerlaw_128.npy");
    std::vector<std::vector<double>> a{radialSpectrum(image.span()).power};
    std::vector<std::vector<double>> b = a;
    for (double& p : b[0])
        p *= 100.0;
    QVERIFY(near(spectrumDistance(a, b), 2.0, 1e-12));
    QCOMPARE(spectrumDistance(a, a), 0.0);
    b[0].pop_back();
    QVERIFY_THROWS_EXCEPTION(Error, (void)spectrumDistance(a, b));
}

void TestFeatureMetrics::bootstrapIsSeededAndCovers() {
    std::vector<double> values(50);
    std::iota(values.begin(), values.end(), 0.0);
    const auto interval = bootstrapMean(values, 2000, 7);
    QVERIFY(interval.has_value());
    QCOMPARE(*interval, *bootstrapMean(values, 2000, 7));
    QVERIFY(*interval != *bootstrapMean(values, 2000, 8));
    // Normal theory: 24.5 -+ 1.96 * 14.43 / sqrt(50)
    QVERIFY(std::abs(interval->first - 20.5) < 0.5);
    QVERIFY(std::abs(interval->second - 28.5) < 0.5);
    QVERIFY(!bootstrapMean(std::span(values).first(4), 100, 0));
    QVERIFY(!bootstrapMean(values, 0, 0));
}

/// 81 of 263, Newcombe 1998, table I (method 3): .2553 to .3662; 0 of 20: 0 to .1611.
void TestFeatureMetrics::wilsonByTextbook() {
    const auto [lo, hi] = wilsonInterval(81.0 / 263.0, 263);
    QVERIFY(std::abs(lo - 0.2553) < 5e-5 && std::abs(hi - 0.3662) < 5e-5);
    const auto [zero, some] = wilsonInterval(0.0, 20);
    QVERIFY(zero == 0.0 && std::abs(some - 0.1611) < 5e-5);
    const auto [most, one] = wilsonInterval(1.0, 20);
    QVERIFY(one == 1.0 && std::abs(most - 0.8389) < 5e-5);
}

/// With one row per group the jackknife of a mean is the textbook standard error.
void TestFeatureMetrics::jackknifeOfAMean() {
    const std::vector<double> x{1, 4, 2, 8, 5};
    const std::vector<double> y{3, 3, 9};
    JobContext job;
    const double ours = groupJackknife(
        {5, 3, 20},
        [&](auto first, auto second) {
            double a = 0;
            double b = 0;
            for (const auto i : first)
                a += x[static_cast<std::size_t>(i)] / double(first.size());
            for (const auto i : second)
                b += y[static_cast<std::size_t>(i)] / double(second.size());
            return a - b;
        },
        0, job);
    QVERIFY(near(ours, std::sqrt(7.5 / 5 + 12.0 / 3), 1e-12));
}

void TestFeatureMetrics::refusals() {
    JobContext job;
    const FeatureMatrix a = normalRows(6, 3, 0, 1);
    FeatureMatrix other = normalRows(6, 4, 0, 1);
    QVERIFY_THROWS_EXCEPTION(Error, (void)frechetDistance(a, other));
    QVERIFY_THROWS_EXCEPTION(Error, (void)kernelDistance(a, other, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)manifold(a, a, 6, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)manifold(a, a, 0, job));
    const FeatureMatrix one = normalRows(1, 3, 0, 1);
    QVERIFY_THROWS_EXCEPTION(Error, (void)frechetDistance(one, a));
    QVERIFY_THROWS_EXCEPTION(Error, (void)kernelDistance(one, a, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)nearestRows(one, one, true, job));
    FeatureMatrix bad = a;
    bad.values[3] = std::numeric_limits<double>::quiet_NaN();
    QVERIFY_THROWS_EXCEPTION(Error, (void)manifold(a, bad, 2, job));
    std::stop_source source;
    source.request_stop();
    JobContext stopped(source.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)manifold(a, a, 2, stopped));
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)kernelDistance(a, a, stopped));
}

QTEST_GUILESS_MAIN(TestFeatureMetrics)
#include "tst_featuremetrics.moc"
