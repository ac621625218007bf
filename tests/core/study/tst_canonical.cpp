// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/study/canonical.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace likeness;

namespace {

template <typename T>
Volume imageOf(PixelType type, int width, int height, int channels, const std::vector<T>& values) {
    Volume image(type, width, height, 1, channels);
    std::copy(values.begin(), values.end(), image.pixels<T>());
    return image;
}

Volume ramp8(int width, int height, int from = 0) {
    std::vector<std::uint8_t> values(static_cast<std::size_t>(width * height));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::uint8_t>(from + static_cast<int>(i) % 256);
    return imageOf(PixelType::u8, width, height, 1, values);
}

CanonicalForm form(CanonicalForm::Mapping mapping, double low = 0, double high = 100) {
    CanonicalForm f;
    f.mapping = mapping;
    f.low = low;
    f.high = high;
    return f;
}

CanonicalSet canonical(const std::vector<CanonicalInput>& inputs, const CanonicalForm& f) {
    JobContext job;
    return makeCanonical(inputs, f, job);
}

} // namespace

class TestCanonical : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cropsAroundTheCentre();
    void noneKeepsValues();
    void rangeMapsLinearly();
    void percentilesComeFromAllTogether();
    void percentileRanks();
    void sixteenBitsAndFloats();
    void colour();
    void orderDoesNotMatter();
    void faults_data();
    void faults();
    void stops();
    void hashTellsShape();
};

void TestCanonical::cropsAroundTheCentre() {
    std::vector<std::uint8_t> values(7 * 5);
    std::iota(values.begin(), values.end(), std::uint8_t{0});
    const Volume big = imageOf(PixelType::u8, 7, 5, 1, values);
    const Volume small = ramp8(4, 3);
    const CanonicalSet set =
        canonical({{"a", big}, {"b", small}}, form(CanonicalForm::Mapping::none));
    QCOMPARE(set.mapping.width, 4);
    QCOMPARE(set.mapping.height, 3);
    // x from (7-4)/2 = 1, y from (5-3)/2 = 1: first pixel is 1 * 7 + 1.
    QCOMPARE(int(set.images[0].pixels<std::uint8_t>()[0]), 8);
    QCOMPARE(int(set.images[0].pixels<std::uint8_t>()[4]), 15);
    QCOMPARE(set.images[0].span().bytes(), set.images[1].span().bytes());
    QCOMPARE(set.warnings.size(), std::size_t{1}); // sizes differ
    CanonicalForm asked = form(CanonicalForm::Mapping::none);
    asked.width = asked.height = 2;
    QCOMPARE(canonical({{"a", big}}, asked).images[0].span().pixels(), 4);
}

void TestCanonical::noneKeepsValues() {
    const Volume image = ramp8(16, 16);
    const CanonicalSet set = canonical({{"a", image}}, form(CanonicalForm::Mapping::none));
    QVERIFY(std::equal(image.pixels<std::uint8_t>(), image.pixels<std::uint8_t>() + 256,
                       set.images[0].pixels<std::uint8_t>()));
}

// 0 below 10, 255 above 110, (60 - 10) / 100 * 255 = 127.5 rounds up to 128.
void TestCanonical::rangeMapsLinearly() {
    const Volume image = imageOf<std::uint8_t>(PixelType::u8, 5, 1, 1, {0, 10, 60, 110, 200});
    const CanonicalSet set =
        canonical({{"a", image}}, form(CanonicalForm::Mapping::range, 10, 110));
    const std::uint8_t* out = set.images[0].pixels<std::uint8_t>();
    QCOMPARE((std::vector<int>(out, out + 5)), (std::vector<int>{0, 0, 128, 255, 255}));
    QCOMPARE(set.mapping.clippedLow, 1);
    QCOMPARE(set.mapping.clippedHigh, 1);
}

void TestCanonical::percentilesComeFromAllTogether() {
    const Volume dark = imageOf<std::uint8_t>(PixelType::u8, 2, 1, 1, {10, 20});
    const Volume bright = imageOf<std::uint8_t>(PixelType::u8, 2, 1, 1, {30, 110});
    const CanonicalSet set =
        canonical({{"a", dark}, {"b", bright}}, form(CanonicalForm::Mapping::percentile, 0, 100));
    QCOMPARE(set.mapping.low, 10.0);
    QCOMPARE(set.mapping.high, 110.0);
    QCOMPARE(int(set.images[0].pixels<std::uint8_t>()[1]), 26); // 25.5 rounds up
    QCOMPARE(int(set.images[1].pixels<std::uint8_t>()[0]), 51);
}

// Nearest rank: of 1..100 the 5th percentile is 5 and the 95th is 95, for integers and floats.
void TestCanonical::percentileRanks() {
    std::vector<std::uint8_t> bytes(100);
    std::iota(bytes.rbegin(), bytes.rend(), std::uint8_t{1});
    const std::vector<float> floats(bytes.begin(), bytes.end());
    const CanonicalForm f = form(CanonicalForm::Mapping::percentile, 5, 95);
    const CanonicalSet a = canonical({{"a", imageOf(PixelType::u8, 10, 10, 1, bytes)}}, f);
    const CanonicalSet b = canonical({{"b", imageOf(PixelType::f32, 10, 10, 1, floats)}}, f);
    QCOMPARE(a.mapping.low, 5.0);
    QCOMPARE(a.mapping.high, 95.0);
    QCOMPARE(b.mapping.low, 5.0);
    QCOMPARE(b.mapping.high, 95.0);
    QCOMPARE(canonicalPixelsSha256(a.images[0]), canonicalPixelsSha256(b.images[0]));
}

void TestCanonical::sixteenBitsAndFloats() {
    CanonicalForm f = form(CanonicalForm::Mapping::range, -1, 1);
    f.bits = 16;
    const Volume image = imageOf<float>(PixelType::f32, 3, 1, 1, {-1.0F, 0.0F, 1.0F});
    const CanonicalSet set = canonical({{"a", image}}, f);
    QVERIFY(set.images[0].type() == PixelType::u16);
    const std::uint16_t* out = set.images[0].pixels<std::uint16_t>();
    QCOMPARE((std::vector<int>(out, out + 3)), (std::vector<int>{0, 32768, 65535}));
}

void TestCanonical::colour() {
    const Volume rgb = imageOf<std::uint8_t>(PixelType::u8, 1, 1, 3, {255, 0, 0});
    const Volume grey = imageOf<std::uint8_t>(PixelType::u8, 1, 1, 1, {90});
    CanonicalForm f = form(CanonicalForm::Mapping::none);
    const CanonicalSet asGrey = canonical({{"a", rgb}, {"b", grey}}, f);
    QCOMPARE(int(asGrey.images[0].pixels<std::uint8_t>()[0]), 76); // 0.299 * 255 = 76.2
    QCOMPARE(asGrey.warnings.size(), std::size_t{1});
    f.colour = true;
    const CanonicalSet asRgb = canonical({{"a", rgb}, {"b", grey}}, f);
    QCOMPARE(asRgb.images[1].channels(), 3);
    for (int c = 0; c < 3; ++c)
        QCOMPARE(int(asRgb.images[1].pixels<std::uint8_t>()[c]), 90);
}

void TestCanonical::orderDoesNotMatter() {
    const CanonicalForm f = form(CanonicalForm::Mapping::percentile, 1, 99);
    const CanonicalInput a{"a", ramp8(20, 20, 3)};
    const CanonicalInput b{"b", ramp8(24, 18, 90)};
    const CanonicalSet ab = canonical({a, b}, f);
    const CanonicalSet ba = canonical({b, a}, f);
    QCOMPARE(canonicalPixelsSha256(ab.images[0]), canonicalPixelsSha256(ba.images[1]));
    QCOMPARE(canonicalPixelsSha256(ab.images[1]), canonicalPixelsSha256(ba.images[0]));
}

void TestCanonical::faults_data() {
    QTest::addColumn<int>("which");
    QTest::addColumn<int>("code");
    const auto code = [](ErrorCode c) { return static_cast<int>(c); };
    QTest::newRow("no input") << 0 << code(ErrorCode::config);
    QTest::newRow("too small") << 1 << code(ErrorCode::config);
    QTest::newRow("volume") << 2 << code(ErrorCode::unsupported);
    QTest::newRow("two channels") << 3 << code(ErrorCode::unsupported);
    QTest::newRow("NaN") << 4 << code(ErrorCode::numeric);
    QTest::newRow("no contrast") << 5 << code(ErrorCode::config);
    QTest::newRow("none with 16-bit data") << 6 << code(ErrorCode::config);
    QTest::newRow("none with mixed types") << 7 << code(ErrorCode::config);
    QTest::newRow("empty pixels") << 8 << code(ErrorCode::config);
}

void TestCanonical::faults() {
    QFETCH(const int, which);
    QFETCH(const int, code);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Volume flat = imageOf<std::uint8_t>(PixelType::u8, 2, 1, 1, {7, 7});
    const Volume deep(PixelType::u8, 4, 4, 3);
    const Volume two(PixelType::u8, 4, 4, 1, 2);
    const Volume words(PixelType::u16, 4, 4);
    const Volume broken = imageOf<float>(PixelType::f32, 2, 1, 1, {nan, 1.0F});
    CanonicalForm f =
        form(which < 6 ? CanonicalForm::Mapping::percentile : CanonicalForm::Mapping::none);
    std::vector<CanonicalInput> inputs;
    if (which == 1) {
        f.width = 64;
        inputs = {{"x", ramp8(8, 8)}};
    } else if (which == 7) {
        inputs = {{"x", words}, {"y", ramp8(8, 8)}};
    } else if (which > 0) {
        const std::vector<Volume> one = {{}, {}, deep, two, broken, flat, words, {}, {}};
        inputs = {{"x", one[static_cast<std::size_t>(which)]}};
    }
    try {
        (void)canonical(inputs, f);
        QFAIL("it was accepted");
    } catch (const Error& error) {
        QCOMPARE(static_cast<int>(error.code()), code);
    }
}

void TestCanonical::stops() {
    std::stop_source source;
    source.request_stop();
    JobContext job(source.get_token());
    QVERIFY_THROWS_EXCEPTION(
        Cancelled,
        (void)makeCanonical({{"a", ramp8(8, 8)}}, form(CanonicalForm::Mapping::none), job));
}

void TestCanonical::hashTellsShape() {
    const std::vector<std::uint8_t> values(12, 5);
    const std::string wide = canonicalPixelsSha256(imageOf(PixelType::u8, 4, 3, 1, values));
    QVERIFY(wide != canonicalPixelsSha256(imageOf(PixelType::u8, 3, 4, 1, values)));
    QVERIFY(wide != canonicalPixelsSha256(imageOf(PixelType::u8, 2, 2, 3, values)));
    QCOMPARE(wide, canonicalPixelsSha256(imageOf(PixelType::u8, 4, 3, 1, values)));
}

QTEST_GUILESS_MAIN(TestCanonical)
#include "tst_canonical.moc"
