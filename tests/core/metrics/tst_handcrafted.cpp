// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/metrics/handcrafted.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <set>

using namespace likeness;

namespace {

int indexOf(const std::string& name) {
    for (int i = 0; i < kHandcraftedDims; ++i)
        if (handcraftedName(i) == name)
            return i;
    return -1;
}

double entry(const HandcraftedFeatures& f, const std::string& name) {
    return f.at(static_cast<std::size_t>(indexOf(name)));
}

template <typename F>
Volume image(std::int64_t width, std::int64_t height, F&& f) {
    Volume v(PixelType::f32, width, height);
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            v.pixels<float>()[y * width + x] = static_cast<float>(f(x, y));
    return v;
}

const GreyReference kUnit{0.0, 1.0, 0.5};

} // namespace

/// The vector has no peer; its entries are checked on pictures whose statistics are known by hand.
class TestHandcrafted : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAreUnique();
    void constantImage();
    void ramp();
    void stripes();
    void checkerboard();
    void singleFrequency();
    void sizeChangesNoiseNotScale();
    void transposeSwapsAxes();
    void bitDepthDoesNotMatter();
    void colourIsLuma();
    void pinnedValues();
    void referenceOfASet();
    void refusals();
};

void TestHandcrafted::namesAreUnique() {
    std::set<std::string> names;
    for (int i = 0; i < kHandcraftedDims; ++i)
        names.insert(handcraftedName(i));
    QCOMPARE(names.size(), std::size_t{kHandcraftedDims});
    QVERIFY_THROWS_EXCEPTION(Error, (void)handcraftedName(64));
    QCOMPARE(indexOf("phase.fraction"), 54);
    QCOMPARE(indexOf("spectrum.1"), 46);
    QCOMPARE(indexOf("runs.dark_sd"), 63);
}

void TestHandcrafted::constantImage() {
    const auto f =
        handcraftedFeatures(image(40, 33, [](auto, auto) { return 0.25; }).span(), kUnit);
    for (const double v : f)
        QVERIFY(std::isfinite(v));
    QCOMPARE(entry(f, "grey.mean"), 0.25);
    QCOMPARE(entry(f, "grey.sd"), 0.0);
    QCOMPARE(entry(f, "grey.q95"), 0.25);
    QCOMPARE(entry(f, "scale2.gradient_mean"), 0.0);
    QCOMPARE(entry(f, "lbp.1.uniform8"), 1.0); // all neighbours >= centre
    QCOMPARE(entry(f, "spectrum.4"), 0.0);
    QCOMPARE(entry(f, "phase.fraction"), 0.0);
    QCOMPARE(entry(f, "runs.bright_mean"), 0.0);
    const double mean = (33 * std::log(40.0) + 40 * std::log(33.0)) / 73 / std::log(32.0);
    QVERIFY(std::abs(entry(f, "runs.dark_mean") - mean) < 1e-12);
}

void TestHandcrafted::ramp() {
    const auto f = handcraftedFeatures(
        image(64, 64, [](auto x, auto) { return 0.0078125 * double(x); }).span(), kUnit);
    // A slope per pixel doubles at each coarser scale.
    QVERIFY(std::abs(entry(f, "scale1.gradient_mean") - 4 * 0.0078125) < 1e-9);
    QVERIFY(std::abs(entry(f, "scale2.gradient_mean") - 8 * 0.0078125) < 1e-9);
    QVERIFY(std::abs(entry(f, "scale4.gradient_mean") - 16 * 0.0078125) < 1e-9);
    QVERIFY(entry(f, "scale1.gradient_sd") < 1e-7);
    QVERIFY(entry(f, "scale1.laplacian_mean") < 1e-7);
    QVERIFY(std::abs(entry(f, "scale1.tensor_xx_yy") - 1.0) < 1e-12);
    QVERIFY(std::abs(entry(f, "scale1.tensor_xy")) < 1e-12);
    QVERIFY(std::abs(entry(f, "grey.skew")) < 1e-9);
}

void TestHandcrafted::stripes() {
    // Columns in runs of 4: lag 8 falls on itself, lag 4 on the other phase.
    const auto f =
        handcraftedFeatures(image(64, 48, [](auto x, auto) { return x / 4 % 2; }).span(), kUnit);
    QCOMPARE(entry(f, "phase.fraction"), 0.5);
    const double p2 = 0.25;
    QVERIFY(std::abs(entry(f, "phase.s2_4") - 4 * (0.5 * (0.0 + 0.5) - p2)) < 1e-12);
    QVERIFY(std::abs(entry(f, "phase.s2_8") - 4 * (0.5 * (0.5 + 0.5) - p2)) < 1e-12);
    QVERIFY(std::abs(entry(f, "phase.s2_anisotropy") - 4 * (0.0 - 0.5)) < 1e-12);
    // 48 rows of 8 runs of 4 and 32 columns of one run of 48.
    const double mean =
        (48 * 8 * std::log(4.0) + 32 * std::log(48.0)) / (48 * 8 + 32) / std::log(32.0);
    QVERIFY(std::abs(entry(f, "runs.bright_mean") - mean) < 1e-12);
    QVERIFY(std::abs(entry(f, "runs.dark_mean") - mean) < 1e-12);
}

void TestHandcrafted::checkerboard() {
    const auto f = handcraftedFeatures(
        image(33, 35, [](auto x, auto y) { return (x + y) % 2; }).span(), kUnit);
    // At a bright centre the four diagonals are >=: eight changes, not uniform; at a dark one all
    // are.
    QVERIFY(std::abs(entry(f, "lbp.1.other") - std::sqrt(511.0 / 1023.0)) < 2e-3);
    QVERIFY(std::abs(entry(f, "lbp.1.uniform8") - std::sqrt(512.0 / 1023.0)) < 2e-3);
    QCOMPARE(entry(f, "runs.bright_mean"), 0.0); // runs of one
    QVERIFY(std::abs(entry(f, "scale1.laplacian_mean") - 8.0) < 1e-9);
    QVERIFY(std::abs(entry(f, "scale2.gradient_mean")) < 1e-9);
}

void TestHandcrafted::singleFrequency() {
    const auto f = handcraftedFeatures(
        image(96, 96,
              [](auto x, auto) { return 0.5 + 0.4 * std::cos(2 * M_PI * 7 * double(x) / 32); })
            .span(),
        kUnit);
    // A Hann window spreads one line over its two neighbours, 1/6 of the power each.
    QVERIFY(std::abs(std::pow(entry(f, "spectrum.6"), 2) - (1.0 - 1.0 / 6)) < 0.05);
    QVERIFY(std::pow(entry(f, "spectrum.8"), 2) < 0.2);
    QVERIFY(entry(f, "spectrum.2") < 1e-3);
    double sum = 0;
    for (const char* ring : {"1", "2", "3", "4", "6", "8", "11", "14"})
        sum += std::pow(entry(f, std::string("spectrum.") + ring), 2);
    QVERIFY(std::abs(sum - 1.0) < 1e-12);
}

void TestHandcrafted::sizeChangesNoiseNotScale() {
    const auto field = [](std::int64_t side, std::uint64_t seed) {
        Random random(seed, "test.noise");
        return image(side, side, [&](auto, auto) { return random.uniform(); });
    };
    const auto small = handcraftedFeatures(field(64, 1).span(), kUnit);
    const auto large = handcraftedFeatures(field(512, 2).span(), kUnit);
    for (std::size_t i = 0; i < small.size(); ++i) {
        QVERIFY2(std::abs(small[i] - large[i]) < 0.15 * std::max(1.0, std::abs(large[i])),
                 handcraftedName(static_cast<int>(i)).c_str());
        QVERIFY(std::abs(large[i]) < 3.0);
    }
}

void TestHandcrafted::transposeSwapsAxes() {
    Random random(4, "test.noise");
    const Volume a =
        image(48, 48, [&](auto x, auto) { return 0.3 * double(x) / 48 + 0.5 * random.uniform(); });
    const Volume b = image(48, 48, [&](auto x, auto y) { return a.span().at(x * 48 + y); });
    const auto f = handcraftedFeatures(a.span(), kUnit);
    const auto g = handcraftedFeatures(b.span(), kUnit);
    for (int i = 0; i < kHandcraftedDims; ++i) {
        const std::string name = handcraftedName(i);
        const bool flips = name.ends_with("xx_yy") || name.ends_with("anisotropy");
        QVERIFY2(std::abs(entry(f, name) - (flips ? -1 : 1) * entry(g, name)) < 1e-9, name.c_str());
    }
}

void TestHandcrafted::bitDepthDoesNotMatter() {
    const Volume a = test::goldenInput("gray8_a_256.png");
    Volume deep(PixelType::u16, 256, 256);
    for (int i = 0; i < 256 * 256; ++i)
        deep.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(257 * a.span().at(i));
    const auto f = handcraftedFeatures(a.span(), {10, 240, 120});
    const auto g = handcraftedFeatures(deep.span(), {2570, 240 * 257, 120 * 257});
    for (std::size_t i = 0; i < f.size(); ++i)
        QVERIFY(std::abs(f[i] - g[i]) < 1e-12);
}

void TestHandcrafted::colourIsLuma() {
    const Volume rgb = test::goldenInput("rgb8_a_200x184.png");
    const Volume luma = image(rgb.width(), rgb.height(), [&](auto x, auto y) {
        const std::int64_t i = 3 * (y * rgb.width() + x);
        return 0.299 * rgb.span().at(i) + 0.587 * rgb.span().at(i + 1) +
               0.114 * rgb.span().at(i + 2);
    });
    const auto f = handcraftedFeatures(rgb.span(), {0, 255, 127.2});
    const auto g = handcraftedFeatures(luma.span(), {0, 255, 127.2});
    for (std::size_t i = 0; i < 26; ++i) // patterns may differ where float rounding makes ties
        QVERIFY(std::abs(f[i] - g[i]) < 1e-4);
}

/// Values of version 1, so that a change of the map cannot pass unnoticed: a new map needs a new
/// name.
void TestHandcrafted::pinnedValues() {
    const auto f = handcraftedFeatures(test::goldenInput("gray8_a_256.png").span(), {0, 255, 127});
    QCOMPARE(kHandcraftedName, std::string_view("handcrafted-v1"));
    const Json pinned =
        Json::parse(readTextFile(test::goldenFolder() / "expected" / "handcrafted-v1.json"));
    QCOMPARE(pinned["gray8_a_256"].size(), f.size());
    for (std::size_t i = 0; i < f.size(); ++i)
        QVERIFY2(std::abs(f[i] - pinned["gray8_a_256"][i].get<double>()) < 1e-9,
                 qPrintable(QStringLiteral("%1: %2")
                                .arg(QString::fromStdString(handcraftedName(int(i))))
                                .arg(f[i], 0, 'g', 17)));
}

void TestHandcrafted::referenceOfASet() {
    Volume a(PixelType::u16, 100, 50);
    Volume b(PixelType::u16, 100, 50, 2);
    for (int i = 0; i < 5000; ++i)
        a.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(i % 2 == 0 ? 1000 : 3000);
    for (int i = 0; i < 10000; ++i)
        b.pixels<std::uint16_t>()[i] =
            static_cast<std::uint16_t>(i < 10 ? 65535 : 1000 + 2000 * (i % 2));
    const std::array<ImageSpan, 2> spans{a.span(), b.span()};
    const GreyReference r = greyReference(spans);
    QVERIFY(std::abs(r.low - 1000) < 1.1);
    QVERIFY2(std::abs(r.high - 3000) < 1.1, "ten hot pixels must not set the window");
    QVERIFY(r.threshold >= 1000 && r.threshold < 65535);
    Volume flat(PixelType::u8, 40, 40);
    const std::array<ImageSpan, 1> constant{flat.span()};
    QVERIFY_THROWS_EXCEPTION(Error, (void)greyReference(constant));
    flat.pixels<std::uint8_t>()[7] = 9; // all but one pixel equal: the whole range serves
    QCOMPARE(greyReference(constant).high, 9.0);
}

void TestHandcrafted::refusals() {
    const Volume small = image(31, 64, [](auto x, auto) { return double(x); });
    QVERIFY_THROWS_EXCEPTION(Error, (void)handcraftedFeatures(small.span(), kUnit));
    const Volume volume(PixelType::u8, 40, 40, 3);
    QVERIFY_THROWS_EXCEPTION(Error, (void)handcraftedFeatures(volume.span(), kUnit));
    Volume nan = image(40, 40, [](auto x, auto) { return double(x); });
    QVERIFY_THROWS_EXCEPTION(Error, (void)handcraftedFeatures(nan.span(), {1.0, 1.0, 0.5}));
    nan.pixels<float>()[3] = std::numeric_limits<float>::infinity();
    QVERIFY_THROWS_EXCEPTION(Error, (void)handcraftedFeatures(nan.span(), kUnit));
}

QTEST_GUILESS_MAIN(TestHandcrafted)
#include "tst_handcrafted.moc"
