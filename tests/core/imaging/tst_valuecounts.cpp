// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/imaging/image.h"
#include "core/imaging/valuecounts.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace likeness;

namespace {

/// Values of a skewed distribution, so that no two answers fall together by chance.
Volume skewed(PixelType type, std::int64_t side, std::int64_t depth) {
    Volume volume(type, side, side, depth);
    Random random(3, "counts");
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        const double value = std::pow(random.uniform(), 3.0);
        if (type == PixelType::u8)
            volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(20 + value * 200);
        else if (type == PixelType::u16)
            volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(500 + value * 60000);
        else
            volume.pixels<float>()[i] = static_cast<float>(value - 0.3);
    }
    return volume;
}

std::vector<double> sorted(const Volume& volume) {
    std::vector<double> values;
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        if (std::isfinite(volume.span().at(i)))
            values.push_back(volume.span().at(i));
    std::sort(values.begin(), values.end());
    return values;
}

} // namespace

class TestValueCounts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreesWithSorting_data();
    void agreesWithSorting();
    void valuesThatAreNoNumbers();
    void oneValue_data();
    void oneValue();
    void stopsWhenAsked();
};

void TestValueCounts::agreesWithSorting_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 3}) {
        QTest::addRow("uint8, %d", threads) << static_cast<int>(PixelType::u8) << threads;
        QTest::addRow("uint16, %d", threads) << static_cast<int>(PixelType::u16) << threads;
        QTest::addRow("float32, %d", threads) << static_cast<int>(PixelType::f32) << threads;
    }
}

void TestValueCounts::agreesWithSorting() {
    QFETCH(int, type);
    QFETCH(int, threads);
    const Volume volume = skewed(static_cast<PixelType>(type), 37, 11);
    const std::vector<double> values = sorted(volume);
    const auto n = static_cast<double>(values.size());
    JobContext job;
    const ValueCounts counts(volume.span(), threads, job);
    const bool whole = volume.type() != PixelType::f32;
    // Floats lie in the middles of 65536 intervals.
    const double tolerance =
        whole ? 1e-9 : 0.5 * (values.back() - values.front()) / 65536.0 + 1e-12;
    QCOMPARE(counts.finite(), static_cast<std::int64_t>(values.size()));
    QCOMPARE(counts.notFinite(), std::int64_t{0});
    QCOMPARE(counts.minimum(), values.front());
    QCOMPARE(counts.maximum(), values.back());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0.0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    QVERIFY(std::abs(counts.mean() - mean) <= std::max(tolerance, 1e-12 * mean));
    QVERIFY(std::abs(counts.deviation() - std::sqrt(squares / n)) <= 1e-4 * counts.deviation());
    for (const double percent : {0.0, 1.0, 25.0, 50.0, 99.65, 100.0}) {
        const double rank = std::max(1.0, std::ceil(percent / 100.0 * n - 1e-9));
        const double wanted = values[static_cast<std::size_t>(rank) - 1];
        QVERIFY2(std::abs(counts.percentile(percent) - wanted) <= tolerance,
                 qPrintable(QString::number(percent)));
    }
    const auto bins = counts.binned(40);
    QCOMPARE(bins.size(), std::size_t{40});
    const double span = values.back() - values.front() + (whole ? 1.0 : 0.0);
    std::vector<std::int64_t> wanted(40, 0);
    for (const double value : values)
        ++wanted[std::min<std::size_t>(
            39, static_cast<std::size_t>((value - values.front()) * 40.0 / span))];
    for (std::size_t k = 0; k < bins.size(); ++k)
        QVERIFY(std::abs(bins[k] - wanted[k]) <= (whole ? 0 : 2));
    QCOMPARE(std::accumulate(bins.begin(), bins.end(), std::int64_t{0}), counts.finite());
}

void TestValueCounts::valuesThatAreNoNumbers() {
    Volume volume(PixelType::f32, 4, 1);
    float* values = volume.pixels<float>();
    values[0] = std::numeric_limits<float>::quiet_NaN();
    values[1] = -std::numeric_limits<float>::infinity();
    values[2] = 2.0F;
    values[3] = 4.0F;
    JobContext job;
    const ValueCounts counts(volume.span(), 2, job);
    QCOMPARE(counts.finite(), std::int64_t{2});
    QCOMPARE(counts.notFinite(), std::int64_t{2});
    QCOMPARE(counts.minimum(), 2.0);
    QCOMPARE(counts.maximum(), 4.0);
    values[2] = values[3] = values[0];
    const ValueCounts none(volume.span(), 2, job);
    QCOMPARE(none.finite(), std::int64_t{0});
    QCOMPARE(none.percentile(50.0), 0.0);
    QVERIFY(none.binned(10).empty());
}

void TestValueCounts::oneValue_data() {
    QTest::addColumn<int>("type");
    QTest::newRow("uint8") << static_cast<int>(PixelType::u8);
    QTest::newRow("float32") << static_cast<int>(PixelType::f32);
}

void TestValueCounts::oneValue() {
    QFETCH(int, type);
    const auto pixels = static_cast<PixelType>(type);
    Volume volume(pixels, 5, 5);
    for (int i = 0; i < 25; ++i) {
        if (pixels == PixelType::u8)
            volume.pixels<std::uint8_t>()[i] = 7;
        else
            volume.pixels<float>()[i] = 7.0F;
    }
    JobContext job;
    const ValueCounts counts(volume.span(), 1, job);
    QCOMPARE(counts.mean(), 7.0);
    QCOMPARE(counts.deviation(), 0.0);
    QCOMPARE(counts.percentile(30.0), 7.0);
    QCOMPARE(counts.binned(10), std::vector<std::int64_t>{25});
}

void TestValueCounts::stopsWhenAsked() {
    const Volume volume(PixelType::u8, 100, 100);
    std::stop_source stop;
    JobContext job(stop.get_token());
    stop.request_stop();
    QVERIFY_THROWS_EXCEPTION(Cancelled, ValueCounts(volume.span(), 2, job));
}

QTEST_GUILESS_MAIN(TestValueCounts)
#include "tst_valuecounts.moc"
