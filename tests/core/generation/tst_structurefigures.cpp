// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/generation/structurefigures.h"
#include "core/imaging/image.h"
#include "core/metrics/spectrum.h"
#include "core/structure/correlation.h"
#include "core/structure/porosity.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace likeness;

namespace {

/// Smoothed noise of one scale in the first and another in the second half of the crops.
PackedSet crops(PixelType type, std::int64_t channels, std::int64_t side, int count) {
    PackedSet set;
    set.type = type;
    set.channels = channels;
    Random random(11, "test.figures");
    for (int n = 0; n < count; ++n) {
        PackedImage image;
        image.width = image.height = side;
        const auto values = static_cast<std::size_t>(side * side * channels);
        std::vector<double> noise(values);
        for (double& value : noise)
            value = random.normal();
        const auto reach = static_cast<std::size_t>(n % 2 == 0 ? 3 : 6);
        for (std::size_t i = 0; i < values; ++i) {
            double sum = 0.0;
            for (std::size_t k = 0; k < reach; ++k)
                sum += noise[(i + k * static_cast<std::size_t>(side)) % values];
            const double grey = 0.45 + 0.1 * sum / std::sqrt(static_cast<double>(reach));
            const auto append = [&](auto pixel) {
                const auto* bytes = reinterpret_cast<const std::byte*>(&pixel);
                image.pixels.insert(image.pixels.end(), bytes, bytes + sizeof pixel);
            };
            if (type == PixelType::u8)
                append(static_cast<std::uint8_t>(std::clamp(grey, 0.0, 1.0) * 255));
            else if (type == PixelType::u16)
                append(static_cast<std::uint16_t>(std::clamp(grey, 0.0, 1.0) * 65535));
            else
                append(static_cast<float>(grey));
        }
        set.images.push_back(std::move(image));
    }
    return set;
}

torch::Tensor tensorOf(const PackedSet& set, const GreyMap& map) {
    const std::int64_t side = set.images[0].width;
    torch::Tensor units =
        torch::empty({std::ssize(set.images), set.channels, side, side}, torch::kFloat32);
    auto access = units.accessor<float, 4>();
    for (std::size_t n = 0; n < set.images.size(); ++n) {
        const ImageSpan span = set.span(n);
        for (std::int64_t i = 0; i < span.values(); ++i) {
            const std::int64_t pixel = i / set.channels;
            access[static_cast<std::int64_t>(n)][i % set.channels][pixel / side][pixel % side] =
                map.forward(span.at(i));
        }
    }
    return units;
}

} // namespace

class TestStructureFigures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agreeWithDescriptors_data();
    void agreeWithDescriptors();
    void knownField();
    void distancesAndScore();
    void smallCrops();
};

void TestStructureFigures::agreeWithDescriptors_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("side");
    QTest::newRow("8-bit") << int(PixelType::u8) << 1 << 64;
    QTest::newRow("16-bit, odd side") << int(PixelType::u16) << 1 << 45;
    QTest::newRow("float") << int(PixelType::f32) << 1 << 32;
    QTest::newRow("RGB") << int(PixelType::u8) << 3 << 40;
}

/// Against core/structure and core/metrics, which compute the same with another Fourier transform.
void TestStructureFigures::agreeWithDescriptors() {
    QFETCH(int, type);
    QFETCH(int, channels);
    QFETCH(int, side);
    const PackedSet set = crops(static_cast<PixelType>(type), channels, side, 5);
    const GreyMap map = greyMapOf(set);
    const double threshold = otsuOf(set);
    std::vector<Volume> greys;
    std::vector<ImageSpan> spans;
    for (std::size_t i = 0; i < set.images.size(); ++i)
        spans.push_back(set.span(i));
    if (channels == 1)
        QCOMPARE(threshold, otsuThreshold(spans));
    const StructureFigures figures =
        structureFiguresOf(greyValuesOf(tensorOf(set, map), map), threshold);
    double phi = 0.0;
    std::vector<double> s2(25);
    std::vector<double> power(figures.spectrum.size());
    JobContext job;
    for (const ImageSpan& span : spans) {
        const Indicator field = indicatorOf(span, threshold, Phase::dark);
        phi += porosity(field) / 5.0;
        const std::vector<double> radial = twoPointRadial(field, {.maximumLag = 24}, job);
        for (std::size_t r = 0; r < s2.size(); ++r)
            s2[r] += radial[r] / 5.0;
        const RadialSpectrum spectrum = radialSpectrum(span);
        QCOMPARE(spectrum.power.size(), power.size());
        for (std::size_t k = 0; k < power.size(); ++k)
            power[k] += spectrum.power[k] / 5.0;
    }
    QVERIFY(phi > 0.2 && phi < 0.8);
    QVERIFY(std::abs(figures.porosity - phi) < 1e-12);
    QCOMPARE(figures.s2.size(), s2.size());
    for (std::size_t r = 0; r < s2.size(); ++r)
        QVERIFY2(std::abs(figures.s2[r] - s2[r]) < 1e-12, std::to_string(r).c_str());
    for (std::size_t k = 1; k < power.size(); ++k)
        QVERIFY2(std::abs(figures.spectrum[k] / power[k] - 1.0) < (type == 2 ? 1e-5 : 1e-9),
                 std::to_string(k).c_str());
}

void TestStructureFigures::knownField() {
    // Stripes of 4 and 4 columns: half is dark, S2 at lag 0 is the porosity.
    torch::Tensor grey = torch::zeros({1, 32, 32}, torch::kFloat64);
    for (std::int64_t x = 0; x < 32; ++x)
        grey.select(2, x).fill_(x / 4 % 2 == 0 ? 10.0 : 200.0);
    const StructureFigures figures = structureFiguresOf(grey, 100.0);
    QCOMPARE(figures.porosity, 0.5);
    QVERIFY(std::abs(figures.s2[0] - 0.5) < 1e-12);
    // A period of 8 pixels lies at 4 cycles a side.
    for (std::size_t k = 1; k < figures.spectrum.size(); ++k)
        QVERIFY(k == 4 || figures.spectrum[k] < figures.spectrum[4]);
}

void TestStructureFigures::distancesAndScore() {
    StructureFigures a{0.20, {0.20, 0.10}, {0.0, 10.0, 1.0}};
    StructureFigures b{0.23, {0.23, 0.14}, {5.0, 100.0, 1.0}};
    const HeldOutFigures d = distanceBetween(a, b);
    QVERIFY(std::abs(d.porosityDifference - 0.03) < 1e-12);
    QVERIFY(std::abs(d.s2Rmse - std::sqrt((0.0009 + 0.0016) / 2.0)) < 1e-12);
    QVERIFY(std::abs(d.spectrumDb - std::sqrt(100.0 / 2.0)) < 1e-12);
    HeldOutFigures floor;
    floor.porosityDifference = 0.01;
    floor.s2Rmse = 0.0;
    floor.spectrumDb = 1.0;
    // Below the tolerances of 0.005, 0.005 and 0.5 dB the floor counts as these.
    const double expected = (3.0 + d.s2Rmse / 0.005 + d.spectrumDb) / 3.0;
    QVERIFY(std::abs(scoreOf(d, floor) - expected) < 1e-9);
}

void TestStructureFigures::smallCrops() {
    const torch::Tensor grey = torch::rand({3, 8, 8}, torch::kFloat64);
    const StructureFigures figures = structureFiguresOf(grey, 0.5);
    QCOMPARE(figures.s2.size(), std::size_t{8});
    QCOMPARE(figures.spectrum.size(), std::size_t{4});
}

QTEST_GUILESS_MAIN(TestStructureFigures)
#include "tst_structurefigures.moc"
