// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/workerclient.h"
#include "core/generation/config.h"
#include "core/generation/planes.h"
#include "core/generation/sampler.h"
#include "core/generation/trainer.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

using namespace likeness;

namespace {

/// A set of 8-bit images of equal size with the values of `grey`(image, x, y, z).
PackedSet setOf(int images,
                const std::array<int, 3>& size, ///< x, y, z
                const std::function<double(int, int, int, int)>& grey) {
    PackedSet set;
    for (int i = 0; i < images; ++i) {
        PackedImage& image = set.images.emplace_back();
        image.id = std::to_string(i);
        image.width = size[0];
        image.height = size[1];
        image.depth = size[2];
        for (int z = 0; z < size[2]; ++z) {
            for (int y = 0; y < size[1]; ++y) {
                for (int x = 0; x < size[0]; ++x)
                    image.pixels.push_back(static_cast<std::byte>(
                        static_cast<int>(std::clamp(grey(i, x, y, z), 0.0, 255.0))));
            }
        }
    }
    return set;
}

/// Grains of about three pixels in random places: 1 with a share of 0.3, otherwise 0.
PackedSet twoPhases(double low, double high) {
    constexpr int kSide = 96;
    Random random(1, "test.phases");
    std::vector<double> field(4 * kSide * kSide);
    for (double& value : field)
        value = random.normal();
    const auto smooth = [&](int i, int x, int y) {
        double sum = 0.0;
        for (int dy = -2; dy <= 2; ++dy) {
            for (int dx = -2; dx <= 2; ++dx)
                sum +=
                    std::exp(-0.4 * (dx * dx + dy * dy)) *
                    field[static_cast<std::size_t>((i * kSide + (y + dy + kSide) % kSide) * kSide +
                                                   (x + dx + kSide) % kSide)];
        }
        return sum;
    };
    // The 70th percentile of a normal deviate is 0.524 of its deviation.
    double squares = 0.0;
    for (int dy = -2; dy <= 2; ++dy) {
        for (int dx = -2; dx <= 2; ++dx)
            squares += std::exp(-0.8 * (dx * dx + dy * dy));
    }
    const double threshold = 0.524 * std::sqrt(squares);
    return setOf(4, {kSide, kSide, 1}, [&](int i, int x, int y, int) {
        return smooth(i, x, y) > threshold ? high : low;
    });
}

/// Layers eight voxels thick across z, in a volume.
PackedSet layers() {
    Random random(2, "test.layers");
    return setOf(1, {24, 24, 40}, [&](int, int, int, int z) {
        return (z % 8 < 4 ? 80.0 : 170.0) + 5.0 * random.normal();
    });
}

double shareOf(const PackedSet& set, double label) {
    double found = 0.0;
    double all = 0.0;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        const ImageSpan span = set.span(i);
        for (std::int64_t j = 0; j < span.values(); ++j)
            found += span.at(j) == label ? 1.0 : 0.0;
        all += static_cast<double>(span.values());
    }
    return found / all;
}

/// Mean absolute difference of neighbours along an axis (x, y, z) by that of voxels far apart.
double roughness(const PackedSet& set, int axis) {
    const ImageSpan span = set.span(0);
    const std::array<std::int64_t, 3> sides{span.width, span.height, span.depth};
    const std::array<std::int64_t, 3> steps{1, span.width, span.width * span.height};
    double sum = 0.0;
    double count = 0.0;
    for (std::int64_t i = 0; i < span.pixels(); ++i) {
        const std::int64_t place =
            i / steps[static_cast<std::size_t>(axis)] % sides[static_cast<std::size_t>(axis)];
        if (place + 4 >= sides[static_cast<std::size_t>(axis)])
            continue;
        sum += std::abs(span.at(i) - span.at(i + 4 * steps[static_cast<std::size_t>(axis)]));
        count += 1.0;
    }
    return sum / count;
}

Preset smallPreset() {
    Preset preset = presetNamed("slicegan", "demo");
    preset.settings["network"].update(
        {{"widths", {24, 16}}, {"finish", 8}, {"noise_channels", 8}, {"critic_widths", {16, 24}}});
    preset.settings["training"].update(
        {{"slices", 4}, {"learning_rate", 2e-3}, {"guided_steps", 60}});
    return preset;
}

TrainingOptions options(const std::filesystem::path& output, std::int64_t steps) {
    TrainingOptions o;
    o.preset = smallPreset();
    o.size = 16;
    o.steps = steps;
    o.seed = 3;
    o.output = output;
    o.device = {"cpu", 2, Precision::float32};
    o.labels = {{"domain", "rock"}};
    return o;
}

TrainingOutcome trained(const PackedSet& set, const TrainingOptions& o) {
    JobContext job;
    return trainModel(set, o, job, [](const TrainingReport&) {});
}

PackedSet
sampled(const GeneratorModel& model, const std::array<int, 3>& size, std::int64_t count = 1) {
    SamplingOptions o;
    o.width = size[0];
    o.height = size[1];
    o.depth = size[2];
    o.count = count;
    o.seed = 7;
    o.device = {"cpu", 2};
    JobContext job;
    return sampleModel(model, o, job).set;
}

std::optional<ErrorCode> codeOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return std::nullopt;
}

} // namespace

class TestSliceGan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void planesOfAVolume();
    void planesOfThreeSets();
    void planesTravel();
    void featureSizes();
    void sizesAreFree_data();
    void sizesAreFree();
    void volumesAreWindowsOnLargerOnes();
    void samplesAreReproducible();
    void greyVolumesKeepTheirTypeAndRange();
    void learnsTheShareOfAPhase();
    void volumesTeachEachAxis();
    void slicesOfThreePlanes();
    void resumedOnVolumes();
    void doubtsAreSaid_data();
    void doubtsAreSaid();
    void badSetsAreRefused_data();
    void badSetsAreRefused();
    void depthBelongsToVolumes();
    void volumesThatDoNotFitAreRefused();
    void stopsWithinABlock();
    void volumesAreWatched();

private:
    /// A grey model of few steps.
    const GeneratorModel& quick();

    TemporaryFolder m_folder;
    std::optional<GeneratorModel> m_quick;
};

const GeneratorModel& TestSliceGan::quick() {
    if (!m_quick) {
        const auto path = m_folder.path() / "quick.safetensors";
        (void)trained(twoPhases(60.0, 180.0), options(path, 6));
        m_quick = GeneratorModel::load(path);
    }
    return *m_quick;
}

void TestSliceGan::planesOfAVolume() {
    const PackedSet set =
        setOf(1, {3, 4, 5}, [](int, int x, int y, int z) { return x + 10 * y + 40 * z; });
    QVERIFY(hasThreePlanes(set));
    const auto at = [](const PackedSet& slices, std::int64_t x, std::int64_t y, std::int64_t z) {
        const ImageSpan span = slices.span(0);
        return span.at((z * span.height + y) * span.width + x);
    };
    const PackedSet xy = slicesOf(set, SlicePlane::xy);
    QVERIFY(xy.images[0].pixels == set.images[0].pixels);
    const PackedSet xz = slicesOf(set, SlicePlane::xz);
    QCOMPARE(xz.images[0].width, std::int64_t{3});
    QCOMPARE(xz.images[0].height, std::int64_t{5});
    QCOMPARE(xz.images[0].depth, std::int64_t{4});
    QCOMPARE(at(xz, 2, 4, 1), 2.0 + 10.0 + 160.0);
    const PackedSet yz = slicesOf(set, SlicePlane::yz);
    QCOMPARE(yz.images[0].width, std::int64_t{4});
    QCOMPARE(yz.images[0].height, std::int64_t{5});
    QCOMPARE(yz.images[0].depth, std::int64_t{3});
    QCOMPARE(at(yz, 3, 1, 2), 2.0 + 30.0 + 40.0);
}

void TestSliceGan::planesOfThreeSets() {
    PackedSet set = setOf(3, {4, 4, 1}, [](int i, int, int, int) { return 10.0 * i; });
    QVERIFY(!hasThreePlanes(set));
    set.images[1].plane = SlicePlane::xz;
    QVERIFY(codeOf([&] { (void)hasThreePlanes(set); }) == ErrorCode::config);
    set.images[2].plane = SlicePlane::yz;
    QVERIFY(hasThreePlanes(set));
    const PackedSet xz = slicesOf(set, SlicePlane::xz);
    QCOMPARE(xz.images.size(), std::size_t{1});
    QCOMPARE(xz.span(0).at(0), 10.0);
}

void TestSliceGan::planesTravel() {
    PackedSet set = setOf(3, {4, 4, 1}, [](int, int, int, int) { return 1.0; });
    set.images[1].plane = SlicePlane::xz;
    set.images[2].plane = SlicePlane::yz;
    const auto path = m_folder.path() / "planes.lkpack";
    writePackedSet(path, set);
    const PackedSet read = readPackedSet(path);
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(read.images[i].plane == set.images[i].plane);
}

void TestSliceGan::featureSizes() {
    // The covariance of sin(2 pi x / p) falls as a cosine: to 1/e of its value at 1 (about 1) at
    // p acos(1/e) / (2 pi) = 0.190 p.
    const PackedSet set = setOf(2, {240, 200, 1}, [](int, int x, int y, int) {
        return 120.0 + 40.0 * std::sin(2.0 * M_PI * x / 60.0) +
               40.0 * std::sin(2.0 * M_PI * y / 20.0);
    });
    const PackedSet alongX = setOf(2, {240, 200, 1}, [](int, int x, int, int) {
        return 120.0 + 80.0 * std::sin(2.0 * M_PI * x / 60.0);
    });
    QVERIFY2(std::abs(featureSizeOf(alongX).x - 0.190 * 60.0) < 0.6,
             std::to_string(featureSizeOf(alongX).x).c_str());
    QCOMPARE(featureSizeOf(alongX).y, 100.0);
    const FeatureSize both = featureSizeOf(set);
    QVERIFY(both.x > 1.5 * both.y);
}

void TestSliceGan::sizesAreFree_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("depth");
    QTest::addRow("as trained") << 0 << 0 << 0;
    QTest::addRow("odd") << 5 << 7 << 9;
    QTest::addRow("one slice") << 40 << 24 << 1;
    QTest::addRow("one voxel") << 1 << 1 << 1;
    QTest::addRow("blocks") << 70 << 33 << 65;
}

void TestSliceGan::sizesAreFree() {
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(int, depth);
    const PackedSet set = sampled(quick(), {width, height, depth});
    QCOMPARE(set.images[0].width, std::int64_t{width == 0 ? 16 : width});
    QCOMPARE(set.images[0].height, std::int64_t{height == 0 ? 16 : height});
    QCOMPARE(set.images[0].depth, std::int64_t{depth == 0 ? 16 : depth});
    QCOMPARE(set.images[0].pixels.size(), set.span(0).bytes());
}

void TestSliceGan::volumesAreWindowsOnLargerOnes() {
    const PackedSet whole = sampled(quick(), {90, 66, 70});
    const auto difference = [&](const std::array<int, 3>& size) {
        const PackedSet part = sampled(quick(), size);
        double most = 0.0;
        for (std::int64_t z = 0; z < size[2]; ++z) {
            for (std::int64_t y = 0; y < size[1]; ++y) {
                for (std::int64_t x = 0; x < size[0]; ++x)
                    most =
                        std::max(most, std::abs(part.span(0).at((z * size[1] + y) * size[0] + x) -
                                                whole.span(0).at((z * 66 + y) * 90 + x)));
            }
        }
        return most;
    };
    QCOMPARE(difference({40, 33, 64}), 0.0);
    QCOMPARE(difference({65, 65, 65}), 0.0);
    QVERIFY(difference({16, 16, 16}) <= 1.0); // one block of another size
    QVERIFY(difference({90, 66, 1}) <= 1.0);
}

void TestSliceGan::samplesAreReproducible() {
    const PackedSet many = sampled(quick(), {24, 20, 40}, 5);
    const PackedSet few = sampled(quick(), {24, 20, 40}, 2);
    QVERIFY(few.images[1].pixels == many.images[1].pixels);
    QVERIFY(many.images[0].pixels != many.images[1].pixels);
}

void TestSliceGan::greyVolumesKeepTheirTypeAndRange() {
    PackedSet wide;
    wide.type = PixelType::u16;
    for (PackedImage image : twoPhases(60.0, 180.0).images) {
        std::vector<std::byte> pixels;
        for (const std::byte byte : image.pixels) {
            pixels.push_back(std::byte{0});
            pixels.push_back(byte);
        }
        image.pixels = std::move(pixels);
        wide.images.push_back(std::move(image));
    }
    const auto path = m_folder.path() / "wide.safetensors";
    (void)trained(wide, options(path, 2));
    const PackedSet made = sampled(GeneratorModel::load(path), {16, 16, 16});
    QVERIFY(made.type == PixelType::u16);
    std::set<double> values;
    for (std::int64_t i = 0; i < made.span(0).values(); ++i)
        values.insert(made.span(0).at(i));
    QVERIFY(values.size() > 1000);
}

void TestSliceGan::learnsTheShareOfAPhase() {
    PackedSet set = twoPhases(3.0, 200.0);
    set.meta["masks"] = true;
    TrainingOptions o = options(m_folder.path() / "phases.safetensors", 240);
    const TrainingOutcome outcome = trained(set, o);
    const PackedSet made = sampled(GeneratorModel::load(o.output), {48, 48, 48});
    const double real = shareOf(set, 200.0);
    const double share = shareOf(made, 200.0);
    QVERIFY2(std::abs(share - real) < 0.08,
             (std::to_string(share) + " for " + std::to_string(real)).c_str());
    QCOMPARE(shareOf(made, 3.0) + share, 1.0);
    for (const int axis : {0, 1, 2}) {
        const double ratio = roughness(made, axis) / (2.0 * share * (1.0 - share) * 197.0);
        QVERIFY2(ratio > 0.6 && ratio < 1.3, std::to_string(ratio).c_str());
    }
    QVERIFY2(outcome.losses["all"].get<double>() > 0.2, outcome.losses.dump().c_str());
    const Json network = WorkerClient::checkpointMetadata(o.output)["network"];
    QVERIFY(network["phases"] == Json({3.0, 200.0}));
    QCOMPARE(network["critics"].get<int>(), 1);
}

void TestSliceGan::volumesTeachEachAxis() {
    TrainingOptions o = options(m_folder.path() / "layers.safetensors", 140);
    // By the critics alone: endless layers are no stationary texture, which the guide takes for
    // granted.
    o.preset.settings["training"].update({{"structure_weight", 0.0}, {"r1_every", 16}});
    (void)trained(layers(), o);
    QCOMPARE(WorkerClient::checkpointMetadata(o.output)["network"]["critics"].get<int>(), 3);
    const PackedSet made = sampled(GeneratorModel::load(o.output), {24, 24, 24});
    const double across = roughness(made, 2);
    QVERIFY2(across > 1.5 * roughness(made, 0),
             std::to_string(roughness(made, 0) / across).c_str());
    QVERIFY2(across > 1.5 * roughness(made, 1),
             std::to_string(roughness(made, 1) / across).c_str());
}

void TestSliceGan::slicesOfThreePlanes() {
    PackedSet set = twoPhases(60.0, 180.0);
    set.images[1].plane = SlicePlane::xz;
    set.images[2].plane = SlicePlane::yz;
    const auto path = m_folder.path() / "three.safetensors";
    (void)trained(set, options(path, 2));
    QCOMPARE(WorkerClient::checkpointMetadata(path)["network"]["critics"].get<int>(), 3);
}

void TestSliceGan::resumedOnVolumes() {
    TrainingOptions o = options(m_folder.path() / "whole.safetensors", 8);
    (void)trained(layers(), o);
    const std::string whole = readTextFile(statePathOf(o.output));
    o.output = m_folder.path() / "broken.safetensors";
    o.steps = 3;
    o.preset.settings["training"]["decay_fraction"] = 0.0;
    TrainingOptions unbroken = o;
    unbroken.steps = 8;
    unbroken.output = m_folder.path() / "unbroken.safetensors";
    (void)trained(layers(), unbroken);
    (void)trained(layers(), o);
    o.resume = o.output;
    o.steps = 8;
    QCOMPARE(trained(layers(), o).steps, std::int64_t{8});
    const PackedSet first = sampled(GeneratorModel::load(o.output), {16, 16, 16});
    const PackedSet second = sampled(GeneratorModel::load(unbroken.output), {16, 16, 16});
    QVERIFY(first.images[0].pixels == second.images[0].pixels);
}

void TestSliceGan::doubtsAreSaid_data() {
    QTest::addColumn<int>("periodX");
    QTest::addColumn<int>("periodY");
    QTest::addColumn<int>("side");
    QTest::addColumn<QString>("says");
    QTest::addRow("fine") << 16 << 16 << 64 << QString();
    QTest::addRow("longer along x") << 32 << 12 << 128 << QStringLiteral("longer along x");
    QTest::addRow("longer along y") << 12 << 32 << 128 << QStringLiteral("longer along y");
    QTest::addRow("small slices") << 24 << 24 << 32 << QStringLiteral("fewer than ten");
    QTest::addRow("small cubes") << 34 << 34 << 128 << QStringLiteral("larger size");
}

void TestSliceGan::doubtsAreSaid() {
    QFETCH(int, periodX);
    QFETCH(int, periodY);
    QFETCH(int, side);
    QFETCH(QString, says);
    const PackedSet set = setOf(1, {side, side, 1}, [&](int, int x, int y, int) {
        return 128.0 +
               100.0 * std::sin(2.0 * M_PI * x / periodX) * std::sin(2.0 * M_PI * y / periodY);
    });
    const auto warning = trained(set, options(m_folder.path() / "doubts.safetensors", 1)).warning;
    QCOMPARE(warning.has_value(), !says.isEmpty());
    if (warning)
        QVERIFY2(warning->find(says.toStdString()) != std::string::npos, warning->c_str());
}

void TestSliceGan::badSetsAreRefused_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("says");
    QTest::addRow("small") << QStringLiteral("small") << QStringLiteral("16 pixels wide and high");
    QTest::addRow("thin") << QStringLiteral("thin") << QStringLiteral("16 pixels wide and high");
    QTest::addRow("mixed") << QStringLiteral("mixed") << QStringLiteral("mixes volumes and single");
    QTest::addRow("labels") << QStringLiteral("labels") << QStringLiteral("more than 4 labels");
    QTest::addRow("one label") << QStringLiteral("one label") << QStringLiteral("one label only");
    QTest::addRow("colours") << QStringLiteral("colours") << QStringLiteral("colour images");
    QTest::addRow("constant") << QStringLiteral("constant") << QStringLiteral("the training set");
}

void TestSliceGan::badSetsAreRefused() {
    QFETCH(QString, what);
    QFETCH(QString, says);
    const bool thin = what == QLatin1String("thin");
    const int side = what == QLatin1String("small") ? 12 : 32;
    PackedSet set = setOf(2, {side, side, thin ? 8 : 1}, [&](int, int x, int y, int) {
        return what == QLatin1String("one label") || what == QLatin1String("constant")
                   ? 4.0
                   : 10.0 * ((x / 3 + y / 5) % 6);
    });
    set.meta["masks"] = what == QLatin1String("labels") || what == QLatin1String("one label") ||
                        what == QLatin1String("colours");
    if (what == QLatin1String("mixed")) {
        set.images[0].depth = 2;
        set.images[0].height = side / 2;
    }
    if (what == QLatin1String("colours")) {
        set.channels = 3;
        for (PackedImage& image : set.images)
            image.pixels.resize(3 * image.pixels.size());
    }
    TrainingOptions o = options(m_folder.path() / "refused.safetensors", 1);
    try {
        (void)trained(set, o);
        QFAIL("it was trained");
    } catch (const Error& error) {
        QVERIFY2(std::string(error.what()).find(says.toStdString()) != std::string::npos,
                 error.what());
    }
    QVERIFY(!std::filesystem::exists(o.output));
}

void TestSliceGan::depthBelongsToVolumes() {
    TrainingOptions o = options(m_folder.path() / "flat.safetensors", 1);
    o.preset = presetNamed("dcgan", "demo");
    o.preset.settings["network"].update({{"widths", {16, 8}}, {"discriminator_widths", {8, 8}}});
    (void)trained(twoPhases(60.0, 180.0), o);
    const GeneratorModel flat = GeneratorModel::load(o.output);
    QVERIFY(codeOf([&] { (void)sampled(flat, {16, 16, 4}); }) == ErrorCode::config);
    QVERIFY(!codeOf([&] { (void)sampled(flat, {16, 16, 0}); }));
}

void TestSliceGan::volumesThatDoNotFitAreRefused() {
    QVERIFY(codeOf([&] { (void)sampled(quick(), {8192, 8192, 8192}); }) == ErrorCode::memory);
    QVERIFY(codeOf([&] { (void)sampled(quick(), {16, 16, 9000}); }) == ErrorCode::config);
    QVERIFY(codeOf([&] { (void)sampled(quick(), {16, 16, -4}); }) == ErrorCode::config);
}

void TestSliceGan::stopsWithinABlock() {
    std::stop_source stop;
    JobContext job(stop.get_token(), [&](const Progress&) { stop.request_stop(); });
    SamplingOptions o;
    o.width = o.height = o.depth = 256;
    o.device = {"cpu", 1};
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)sampleModel(quick(), o, job));
}

void TestSliceGan::volumesAreWatched() {
    PackedSet set = setOf(1, {64, 40, 40}, [](int, int x, int y, int z) {
        return (x / 4 + y / 4 + z / 4) % 2 == 0 ? 60.0 : 180.0;
    });
    TrainingOptions o = options(m_folder.path() / "watched.safetensors", 2);
    o.holdOut = {};
    o.evaluateEvery = 1;
    o.live = m_folder.path() / "live.lkpack";
    const TrainingOutcome outcome = trained(set, o);
    QVERIFY2(outcome.heldOut.contains("last") && outcome.heldOut["last"].is_object(),
             outcome.notes.dump().c_str());
    const PackedSet live = readPackedSet(*o.live);
    QCOMPARE(live.images.size(), std::size_t{8});
    QCOMPARE(live.images[0].depth, std::int64_t{1});
}

QTEST_GUILESS_MAIN(TestSliceGan)
#include "tst_slicegan.moc"
