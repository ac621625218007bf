// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/structure/distance.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace likeness;
using test::GoldenFile;

namespace {

/// 8-bit image with about `dark` of its pixels near 60, the others near 180, in 4x4 blocks.
Volume blocks(std::int64_t side, double dark, std::uint64_t seed) {
    Random random(seed, "test.blocks");
    Volume image(PixelType::u8, side, side);
    std::vector<bool> isDark(static_cast<std::size_t>((side / 4 + 1) * (side / 4 + 1)));
    for (auto&& b : isDark)
        b = random.uniform() < dark;
    for (std::int64_t i = 0; i < side * side; ++i) {
        const auto block = static_cast<std::size_t>((i / side / 4) * (side / 4 + 1) + i % side / 4);
        image.pixels<std::uint8_t>()[i] =
            static_cast<std::uint8_t>((isDark[block] ? 60 : 180) + random.below(11));
    }
    return image;
}

std::vector<Volume> blockSet(int count, double dark, std::uint64_t seed) {
    std::vector<Volume> set;
    for (int i = 0; i < count; ++i)
        set.push_back(blocks(64, dark, seed + static_cast<std::uint64_t>(i)));
    return set;
}

double valueOf(const Description& d, const char* name) {
    return d.values.at(name);
}

} // namespace

class TestDescribe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAndValuesOfAVolume();
    void masksCountOnes();
    void greyImagesUseOtsuOfTheImage();
    void voxelSizeScalesLengths();
    void anisotropicVoxelsHaveNoRadialCurve();
    void fieldOfViewDecidesThreshold();
    void domains();
    void degenerate();
    void comparisonOfEqualSets();
    void comparisonFindsADifference();
    void comparisonThresholdIsOfTheRealSet();
    void comparisonWithoutInterval();
    void comparisonSlicesVolumes();
    void comparisonRefusals();
    void jobsStop();
};

void TestDescribe::namesAndValuesOfAVolume() {
    const GoldenFile golden("porous.json");
    const Volume mask = test::goldenInput("pore3d_64.npy");
    JobContext job;
    DescribeOptions options;
    options.maximumLag = 30;
    const Description d = describe(mask, options, job);
    QCOMPARE(valueOf(d, "porosity"), golden.expected("porosity.pore3d_64").get<double>());
    QCOMPARE(valueOf(d, "euler_6"), -48.0);
    QCOMPARE(valueOf(d, "euler_26"), -54.0);
    const double chord = golden.expected("chords.pore3d_64")["axis2"]["mean_interior"];
    QVERIFY(std::abs(valueOf(d, "chord_mean_x") - chord) < 1e-12);
    const double percolating =
        golden.expected("percolating.pore3d_64")["percolating_porosity_axis0"];
    QVERIFY(std::abs(valueOf(d, "percolating_z") - percolating) < 1e-12);
    const auto& s2 = golden.expected("s2.axis_nonperiodic.pore3d_64")["axis0"];
    const auto& radial = golden.expected("s2.radial_nonperiodic.pore3d_64")["S2"];
    const auto& periodic = golden.expected("s2.axis_periodic.pore3d_64")["axis2"];
    const auto& path = golden.expected("lineal_path.pore3d_64")["axis1"];
    for (std::size_t r = 0; r <= 30; ++r) {
        QVERIFY(std::abs(d.curves.at("s2_z").y[r] - s2[r].get<double>()) < 1e-10);
        QVERIFY(std::abs(d.curves.at("s2_radial").y[r] - radial[r].get<double>()) < 1e-10);
        QVERIFY(std::abs(d.curves.at("s2_periodic_x").y[r] - periodic[r].get<double>()) < 1e-10);
        QVERIFY(std::abs(d.curves.at("lineal_path_y").y[r] - path[r].get<double>()) < 1e-10);
        QCOMPARE(d.curves.at("s2_z").x[r], double(r));
    }
    QCOMPARE(d.unit, std::string("voxel"));
    QVERIFY(!d.threshold);
    const Json json = toJson(d);
    for (const char* key : {"values", "curves", "unit", "threshold"})
        QVERIFY(json.contains(key));
    QVERIFY(json["threshold"].is_null());
}

void TestDescribe::masksCountOnes() {
    Volume mask(PixelType::u8, 8, 8);
    for (int i = 0; i < 16; ++i)
        mask.pixels<std::uint8_t>()[i] = 255;
    JobContext job;
    DescribeOptions options;
    QCOMPARE(valueOf(describe(mask, options, job), "porosity"), 0.25);
    options.phase = Phase::dark;
    QCOMPARE(valueOf(describe(mask, options, job), "porosity"), 0.75);
    QVERIFY(defaultPhase(Domain::rock, false) == Phase::dark);
    QVERIFY(defaultPhase(Domain::rock, true) == Phase::bright);
    QVERIFY(defaultPhase(Domain::fibre, false) == Phase::bright);
    QVERIFY(defaultPhase(Domain::root, true) == Phase::bright);
}

void TestDescribe::greyImagesUseOtsuOfTheImage() {
    const Volume image = blocks(128, 0.3, 1);
    JobContext job;
    const Description d = describe(image, {}, job);
    QVERIFY(d.threshold && *d.threshold >= 70 && *d.threshold < 180);
    QVERIFY(std::abs(valueOf(d, "porosity") - 0.3) < 0.03);
    DescribeOptions given;
    given.threshold = 255;
    QCOMPARE(valueOf(describe(image, given, job), "porosity"), 1.0);
}

void TestDescribe::voxelSizeScalesLengths() {
    Volume image = blocks(64, 0.4, 2);
    JobContext job;
    const Description plain = describe(image, {}, job);
    image.voxelSize = VoxelSize{{2.5, 2.5, 2.5}, "typed"};
    const Description scaled = describe(image, {}, job);
    QCOMPARE(scaled.unit, std::string("um"));
    QCOMPARE(valueOf(scaled, "porosity"), valueOf(plain, "porosity"));
    QCOMPARE(valueOf(scaled, "chord_mean_x"), 2.5 * valueOf(plain, "chord_mean_x"));
    QCOMPARE(scaled.curves.at("s2_x").x[4], 10.0);
    QCOMPARE(scaled.curves.at("s2_x").y, plain.curves.at("s2_x").y);
    DescribeOptions typed;
    typed.voxelUm = 10;
    QCOMPARE(describe(image, typed, job).curves.at("s2_radial").x[1], 10.0);
    typed.voxelUm = 0;
    QVERIFY_THROWS_EXCEPTION(Error, (void)describe(image, typed, job));
}

void TestDescribe::anisotropicVoxelsHaveNoRadialCurve() {
    Volume image = blocks(64, 0.4, 2);
    image.voxelSize = VoxelSize{{2.0, 3.0, 1.0}, "typed"};
    JobContext job;
    const Description d = describe(image, {}, job);
    QVERIFY(!d.curves.contains("s2_radial"));
    QVERIFY(!d.conventions["notes"].empty());
    QCOMPARE(d.curves.at("s2_y").x[1], 3.0);
}

void TestDescribe::fieldOfViewDecidesThreshold() {
    // Outside the view lies a third grey level that would pull Otsu's threshold to it.
    Volume image = blocks(64, 0.3, 5);
    DescribeOptions options;
    options.fieldOfView = Volume(PixelType::u8, 64, 64);
    for (std::int64_t i = 0; i < 64 * 64; ++i) {
        const bool inside = i % 64 < 20;
        options.fieldOfView->pixels<std::uint8_t>()[i] = inside ? 1 : 0;
        if (!inside)
            image.pixels<std::uint8_t>()[i] = 0;
    }
    JobContext job;
    const Description d = describe(image, options, job);
    QVERIFY(*d.threshold >= 70);
    QVERIFY(valueOf(d, "porosity") < 0.5);
    QVERIFY(!d.values.contains("closed_porosity"));
    QVERIFY(!d.curves.contains("s2_periodic_x"));
}

void TestDescribe::domains() {
    const Volume image = blocks(64, 0.3, 1);
    JobContext job;
    DescribeOptions options;
    options.domain = Domain::fibre;
    const Description fibre = describe(image, options, job);
    QVERIFY(std::abs(valueOf(fibre, "fibre_volume_fraction") - 0.7) < 0.06);
    options.domain = Domain::root;
    const Description root = describe(image, options, job);
    QCOMPARE(valueOf(root, "network_area"), valueOf(root, "porosity") * 64 * 64);
}

void TestDescribe::degenerate() {
    JobContext job;
    Volume grey(PixelType::u8, 16, 16);
    std::fill_n(grey.pixels<std::uint8_t>(), 256, std::uint8_t{77});
    QVERIFY_THROWS_EXCEPTION(Error, (void)describe(grey, {}, job));
    const Volume empty(PixelType::u8, 16, 16); // an all-zero mask: nothing of the phase
    const Description d = describe(empty, {}, job);
    QCOMPARE(valueOf(d, "porosity"), 0.0);
    QVERIFY(!d.values.contains("chord_mean_x"));
    QCOMPARE(d.curves.at("s2_radial").y[3], 0.0);
    const Volume line(PixelType::u8, 16, 1);
    QVERIFY_THROWS_EXCEPTION(Error, (void)describe(line, {}, job));
    Volume nan(PixelType::f32, 16, 16);
    for (int i = 0; i < 256; ++i)
        nan.pixels<float>()[i] = float(i);
    nan.pixels<float>()[9] = std::numeric_limits<float>::quiet_NaN();
    QVERIFY_THROWS_EXCEPTION(Error, (void)describe(nan, {}, job));
    Volume thin(PixelType::u8, 12, 12, 2); // two slices: lags up to one along z, six along x
    thin.pixels<std::uint8_t>()[5] = 1;
    const Description stack = describe(thin, {}, job);
    QCOMPARE(stack.curves.at("s2_z").y.size(), std::size_t{2});
    QCOMPARE(stack.curves.at("s2_x").y.size(), std::size_t{7});
    QCOMPARE(stack.curves.at("s2_radial").y.size(), std::size_t{7});
    DescribeOptions far;
    far.maximumLag = 16;
    QVERIFY_THROWS_EXCEPTION(Error, (void)describe(empty, far, job));
}

void TestDescribe::comparisonOfEqualSets() {
    const auto set = blockSet(8, 0.3, 10);
    JobContext job;
    const StructureComparison c = compareStructure(set, set, {}, job);
    QCOMPARE(c.porosity().name, std::string("porosity"));
    QCOMPARE(c.porosity().difference.value, 0.0);
    QVERIFY(*c.porosity().difference.lo < 0.0 && *c.porosity().difference.hi > 0.0);
    QCOMPARE(c.s2Rmse.value, 0.0);
    QCOMPARE(*c.s2Rmse.lo, 0.0);
    QVERIFY(*c.s2Rmse.hi > 0.0);
    QCOMPARE(c.maximumLag, 32 * 1L);
    QCOMPARE(c.s2Real.size(), std::size_t{33});
    QVERIFY(std::abs(c.s2Real[0] - c.porosity().real.mean) < 1e-12);
    const StructureComparison again = compareStructure(set, set, {}, job);
    QCOMPARE(*again.porosity().difference.lo, *c.porosity().difference.lo);
    CompareOptions other;
    other.seed = 1;
    QVERIFY(*compareStructure(set, set, other, job).porosity().difference.lo !=
            *c.porosity().difference.lo);
}

void TestDescribe::comparisonFindsADifference() {
    const auto real = blockSet(12, 0.3, 100);
    const auto synthetic = blockSet(12, 0.4, 500);
    JobContext job;
    const StructureComparison c = compareStructure(real, synthetic, {}, job);
    QVERIFY(std::abs(c.porosity().difference.value - 0.1) < 0.03);
    QVERIFY(*c.porosity().difference.lo > 0.0);
    QVERIFY(*c.porosity().difference.lo < c.porosity().difference.value);
    QVERIFY(*c.porosity().difference.hi > c.porosity().difference.value);
    // S2 goes from p to p^2: the RMS difference lies between those of the two ends.
    QVERIFY(c.s2Rmse.value > 0.05 && c.s2Rmse.value < 0.1);
    QVERIFY(*c.s2Rmse.lo > 0.0 && *c.s2Rmse.hi > c.s2Rmse.value);
    QCOMPARE(c.porosity().real.n, 12 * 1L);
    QVERIFY(c.descriptors.size() == 3);
}

/// Synthetic images that are brighter by 100 grey levels have no pores at the real set's threshold.
void TestDescribe::comparisonThresholdIsOfTheRealSet() {
    const auto real = blockSet(5, 0.3, 1);
    auto synthetic = real;
    for (Volume& v : synthetic)
        for (std::int64_t i = 0; i < v.span().pixels(); ++i)
            v.pixels<std::uint8_t>()[i] =
                static_cast<std::uint8_t>(std::min(255, v.pixels<std::uint8_t>()[i] + 100));
    JobContext job;
    const StructureComparison c = compareStructure(real, synthetic, {}, job);
    QVERIFY(*c.threshold < 160);
    QVERIFY(c.porosity().synthetic.mean < 0.01);
    QVERIFY(c.porosity().real.mean > 0.2);
}

void TestDescribe::comparisonWithoutInterval() {
    const auto set = blockSet(4, 0.3, 10);
    JobContext job;
    const StructureComparison c = compareStructure(set, set, {}, job);
    QVERIFY(!c.porosity().difference.lo);
    QVERIFY(!c.s2Rmse.hi);
    const StructureComparison one = compareStructure(std::span(set).first(1), set, {}, job);
    QCOMPARE(one.porosity().real.sd, 0.0);
    QCOMPARE(one.porosity().real.n, 1 * 1L);
}

void TestDescribe::comparisonSlicesVolumes() {
    const Volume mask = test::goldenInput("pore3d_64.npy");
    const std::vector<Volume> volume{mask};
    std::vector<Volume> slices;
    for (int z = 0; z < 6; ++z)
        slices.push_back(mask.slice(2, z));
    JobContext job;
    const StructureComparison c = compareStructure(volume, slices, {}, job);
    QCOMPARE(c.porosity().real.n, 64 * 1L);
    QCOMPARE(c.porosity().synthetic.n, 6 * 1L);
    QVERIFY(!c.threshold);
    const StructureComparison whole = compareStructure(volume, volume, {}, job);
    QCOMPARE(whole.porosity().real.n, 1 * 1L);
    QCOMPARE(whole.descriptors.size(), std::size_t{4});
}

void TestDescribe::comparisonRefusals() {
    const auto grey = blockSet(2, 0.3, 1);
    const std::vector<Volume> none;
    const std::vector<Volume> masks{Volume(PixelType::u8, 64, 64)};
    const std::vector<Volume> deep{Volume(PixelType::u16, 64, 64)};
    JobContext job;
    QVERIFY_THROWS_EXCEPTION(Error, (void)compareStructure(grey, none, {}, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)compareStructure(none, grey, {}, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)compareStructure(grey, masks, {}, job));
    QVERIFY_THROWS_EXCEPTION(Error, (void)compareStructure(grey, deep, {}, job));
    CompareOptions far;
    far.maximumLag = 64;
    QVERIFY_THROWS_EXCEPTION(Error, (void)compareStructure(grey, grey, far, job));
}

void TestDescribe::jobsStop() {
    std::stop_source source;
    source.request_stop();
    JobContext job(source.get_token());
    const auto set = blockSet(2, 0.3, 1);
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)describe(set[0], {}, job));
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)compareStructure(set, set, {}, job));
}

QTEST_GUILESS_MAIN(TestDescribe)
#include "tst_describe.moc"
