// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/config.h"
#include "core/generation/greyhistogram.h"
#include "core/generation/levelcut.h"
#include "core/generation/quilt.h"
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

/// Blobs: waves of many lengths and directions, cut at a level, the dark phase at `dark`, the
/// bright one at `bright`.
PackedSet blobs(std::uint8_t dark, std::uint8_t bright, double noise, std::int64_t channels = 1) {
    constexpr int kSide = 96;
    PackedSet set;
    set.type = PixelType::u8;
    set.channels = channels;
    Random random(5, "test.blobs");
    for (int i = 0; i < 6; ++i) {
        PackedImage image;
        image.id = std::to_string(i);
        image.width = image.height = kSide;
        std::array<std::array<double, 3>, 40> waves{};
        for (auto& wave : waves) {
            const double angle = random.uniform(0.0, 3.14159265);
            const double pitch = random.uniform(0.2, 0.7);
            wave = {pitch * std::cos(angle), pitch * std::sin(angle),
                    random.uniform(0.0, 6.2831853)};
        }
        for (int y = 0; y < kSide; ++y) {
            for (int x = 0; x < kSide; ++x) {
                double sum = 0.0;
                for (const auto& wave : waves)
                    sum += std::cos(wave[0] * x + wave[1] * y + wave[2]);
                const bool isDark = sum / std::sqrt(20.0) < -0.7;
                for (std::int64_t c = 0; c < channels; ++c)
                    image.pixels.push_back(static_cast<std::byte>(
                        static_cast<int>((isDark ? dark : bright) + noise * random.normal())));
            }
        }
        set.images.push_back(std::move(image));
    }
    return set;
}

TrainingOptions
options(const std::string& model, const std::filesystem::path& output, int size = 32) {
    TrainingOptions o;
    o.preset = presetNamed(model, "demo");
    if (model == "gaussian-field")
        o.preset.settings["training"]["crops"] = 1024;
    o.size = size;
    o.minutes = 10.0;
    o.seed = 3;
    o.output = output;
    o.device = {"cpu", 2};
    return o;
}

TrainingOutcome trained(const PackedSet& set, const TrainingOptions& o) {
    JobContext job;
    return trainModel(set, o, job, [](const TrainingReport&) {});
}

PackedSet sampled(const std::filesystem::path& checkpoint, int side, std::int64_t count) {
    SamplingOptions o;
    o.count = count;
    o.width = o.height = side;
    o.seed = 42;
    o.device = {"cpu", 2};
    JobContext job;
    return sampleModel(GeneratorModel::load(checkpoint), o, job).set;
}

/// S2 of the pixels at or below the threshold, mean of both axes.
std::vector<double> twoPoint(const PackedSet& set, double threshold, std::int64_t longest) {
    std::vector<double> s2;
    for (std::int64_t lag = 0; lag <= longest; ++lag) {
        double both = 0.0;
        double pairs = 0.0;
        for (std::size_t i = 0; i < set.images.size(); ++i) {
            const ImageSpan span = set.span(i);
            const auto dark = [&](std::int64_t x, std::int64_t y) {
                return span.at((y * span.width + x) * span.channels) <= threshold ? 1.0 : 0.0;
            };
            for (std::int64_t y = 0; y < span.height; ++y) {
                for (std::int64_t x = 0; x + lag < span.width; ++x) {
                    both += dark(x, y) * dark(x + lag, y) + dark(y, x) * dark(y, x + lag);
                    pairs += 2.0;
                }
            }
        }
        s2.push_back(both / pairs);
    }
    return s2;
}

bool sameTensors(const std::filesystem::path& a, const std::filesystem::path& b) {
    const Safetensors first = readSafetensors(a);
    const Safetensors second = readSafetensors(b);
    return !first.data.empty() && first.data == second.data;
}

void baselines() {
    QTest::addColumn<QString>("model");
    for (const char* name : {"gaussian-field", "quilting"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

} // namespace

class TestBaselines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normalQuantiles();
    void levelCutKnownValues();
    void levelCutInverts();
    void greyQuantiles();
    void greyOtsu();
    void cutFollowsTheLeastError();

    void runEndsByItself_data() { baselines(); }

    void runEndsByItself();

    void resumedEqualsUnbroken_data() { baselines(); }

    void resumedEqualsUnbroken();

    void threadsDoNotChangeTheResult_data() { baselines(); }

    void threadsDoNotChangeTheResult();

    void stoppedAtOnce_data() { baselines(); }

    void stoppedAtOnce();

    void coloursAndOddSizes_data() { baselines(); }

    void coloursAndOddSizes();
    void fieldHasPorosityAndS2();
    void fieldHasTheGreyValues();
    void fieldOfOnePhaseKeepsItsCovariance();
    void quiltIsMadeOfCrops();
    void watchedAtTheEnd_data();
    void watchedAtTheEnd();

private:
    TemporaryFolder m_folder;
};

void TestBaselines::normalQuantiles() {
    QCOMPARE(normalQuantile(0.5), 0.0);
    // Abramowitz and Stegun, table 26.5.
    QVERIFY(std::abs(normalQuantile(0.975) - 1.959963984540054) < 1e-12);
    QVERIFY(std::abs(normalQuantile(1e-7) + 5.199337582192817) < 1e-9);
    for (const double z : {-4.0, -1.0, 0.3, 2.5})
        QVERIFY(std::abs(normalQuantile(normalShare(z)) - z) < 1e-9);
}

void TestBaselines::levelCutKnownValues() {
    const LevelCut half(0.5);
    for (const double r : {-0.9, -0.3, 0.0, 0.5, 0.99}) // Sheppard's formula
        QVERIFY(std::abs(half.twoPoint(r) - (0.25 + std::asin(r) / (2.0 * 3.14159265358979))) <
                1e-7);
    const LevelCut cut(0.2);
    QVERIFY(std::abs(cut.twoPoint(0.0) - 0.04) < 1e-7);
    QVERIFY(std::abs(cut.twoPoint(1.0) - 0.2) < 1e-7);
    QVERIFY(std::abs(cut.twoPoint(-1.0)) < 1e-9);
    QVERIFY(std::abs(LevelCut(0.8).twoPoint(-1.0) - 0.6) < 1e-9);
    // Both below -1 at a correlation of 0.5, by summing the density over a fine grid.
    double sum = 0.0;
    constexpr double kStep = 0.01;
    for (double x = -8.0 + kStep / 2; x < -1.0; x += kStep)
        for (double y = -8.0 + kStep / 2; y < -1.0; y += kStep)
            sum += std::exp(-(x * x - x * y + y * y) / 1.5);
    sum *= kStep * kStep / (2.0 * 3.14159265358979 * std::sqrt(0.75));
    QVERIFY(std::abs(LevelCut(normalShare(-1.0)).twoPoint(0.5) - sum) < 1e-5);
}

void TestBaselines::levelCutInverts() {
    for (const double share : {0.01, 0.15, 0.5, 0.9}) {
        const LevelCut cut(share);
        for (double r = -0.95; r < 1.0; r += 0.05) {
            const double s2 = cut.twoPoint(r);
            QVERIFY(std::abs(cut.twoPoint(cut.correlation(s2)) - s2) < 1e-9);
        }
        QCOMPARE(cut.correlation(-1.0), -1.0);
        QCOMPARE(cut.correlation(2.0), 1.0);
    }
}

void TestBaselines::greyQuantiles() {
    std::vector<float> shares(static_cast<std::size_t>(kGreyBins), 0.0F);
    shares[static_cast<std::size_t>(greyBin(-0.4F))] = 3.0F;
    shares[static_cast<std::size_t>(greyBin(1.2F))] = 1.0F;
    const GreyDistribution grey(shares);
    for (const double share : {0.0, 0.2, 0.7499})
        QVERIFY(std::abs(grey.quantile(share) + 0.4) < 0.005);
    for (const double share : {0.7501, 0.9, 1.0})
        QVERIFY(std::abs(grey.quantile(share) - 1.2) < 0.005);
    for (const float unit : {-300.0F, -0.01F, 0.0F, 0.7F, 2000.0F}) {
        const std::int64_t bin = greyBin(unit);
        QVERIFY(greyEdge(bin) <= static_cast<double>(unit) + 1e-6);
        QVERIFY(greyEdge(bin + 1) >= static_cast<double>(unit) - 1e-6);
    }
}

void TestBaselines::greyOtsu() {
    std::vector<float> shares(static_cast<std::size_t>(kGreyBins), 0.0F);
    const std::int64_t dark = greyBin(-0.6F);
    const std::int64_t bright = greyBin(0.5F);
    shares[static_cast<std::size_t>(dark)] = 1.0F;
    shares[static_cast<std::size_t>(bright)] = 3.0F;
    const GreyDistribution grey(shares);
    const std::int64_t cut = grey.otsuBin();
    QVERIFY(cut >= dark && cut < bright);
    QCOMPARE(grey.shareUpTo(cut), 0.25);
}

void TestBaselines::cutFollowsTheLeastError() {
    const std::vector<float> errors{1, 0, 5, 5, //
                                    5, 9, 0, 5, //
                                    5, 5, 9, 0, //
                                    5, 5, 0, 9};
    QCOMPARE(leastErrorPath(errors, 4, 4), (std::vector<std::int64_t>{1, 2, 3, 2}));
    const std::vector<float> walled{0, 9, 9, 0, 9, 9, 0, 9, 1};
    QCOMPARE(leastErrorPath(walled, 3, 3), (std::vector<std::int64_t>{0, 0, 0}));
}

void TestBaselines::runEndsByItself() {
    QFETCH(QString, model);
    TrainingOptions o = options(model.toStdString(), m_folder.path() / "ended.safetensors");
    double last = 0.0;
    JobContext job;
    const TrainingOutcome outcome =
        trainModel(blobs(60, 170, 8.0), o, job, [&](const TrainingReport& report) {
            QVERIFY(report.fraction >= last);
            last = report.fraction;
        });
    QVERIFY(!outcome.stoppedEarly);
    QVERIFY(outcome.seconds < 300.0);
    QCOMPARE(last, 1.0);
    if (model == QStringLiteral("gaussian-field"))
        QCOMPARE(outcome.steps, std::int64_t{2 * 1024 / 64});
    QVERIFY(std::filesystem::file_size(o.output) <= 6'000'000);
    // What is done stays done.
    o.resume = o.output;
    QCOMPARE(trained(blobs(60, 170, 8.0), o).steps, outcome.steps);
}

void TestBaselines::resumedEqualsUnbroken() {
    QFETCH(QString, model);
    const PackedSet set = blobs(60, 170, 8.0);
    const auto whole = m_folder.path() / "whole.safetensors";
    (void)trained(set, options(model.toStdString(), whole));
    const auto broken = m_folder.path() / "broken.safetensors";
    TrainingOptions o = options(model.toStdString(), broken);
    for (const std::int64_t steps : {3, 7, 20, 1000}) { // of both statistics
        o.steps = steps;
        (void)trained(set, o);
        o.resume = broken;
    }
    QVERIFY(sameTensors(broken, whole));
    QVERIFY(sameTensors(statePathOf(broken), statePathOf(whole)));
}

void TestBaselines::threadsDoNotChangeTheResult() {
    QFETCH(QString, model);
    const PackedSet set = blobs(60, 170, 8.0);
    const auto one = m_folder.path() / "one.safetensors";
    const auto three = m_folder.path() / "three.safetensors";
    TrainingOptions o = options(model.toStdString(), one);
    o.device.threads = 1;
    (void)trained(set, o);
    o.output = three;
    o.device.threads = 3;
    (void)trained(set, o);
    QVERIFY(sameTensors(one, three));
}

void TestBaselines::stoppedAtOnce() {
    QFETCH(QString, model);
    const TrainingOptions o = options(model.toStdString(), m_folder.path() / "none.safetensors");
    std::stop_source stop;
    stop.request_stop();
    JobContext job(stop.get_token());
    const TrainingOutcome outcome =
        trainModel(blobs(60, 170, 8.0), o, job, [](const TrainingReport&) {});
    QVERIFY(outcome.stoppedEarly);
    QCOMPARE(outcome.steps, std::int64_t{0});
    try {
        (void)sampled(o.output, 32, 1);
        QFAIL("an empty model made samples");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
    }
}

void TestBaselines::coloursAndOddSizes() {
    QFETCH(QString, model);
    const TrainingOptions o = options(model.toStdString(), m_folder.path() / "rgb.safetensors", 16);
    (void)trained(blobs(60, 170, 8.0, 3), o);
    for (const int side : {3, 16, 101}) {
        const PackedSet made = sampled(o.output, side, 2);
        QCOMPARE(made.channels, std::int64_t{3});
        QCOMPARE(made.images[0].width, std::int64_t{side});
        QVERIFY(made.images[0].pixels != made.images[1].pixels);
    }
}

void TestBaselines::fieldHasPorosityAndS2() {
    const PackedSet set = blobs(60, 170, 8.0);
    const TrainingOptions o = options("gaussian-field", m_folder.path() / "field.safetensors", 64);
    const TrainingOutcome outcome = trained(set, o);
    QVERIFY2(outcome.losses["s2"].get<double>() < 0.005, outcome.losses.dump().c_str());
    const auto real = twoPoint(set, 115.0, 16);
    const auto made = twoPoint(sampled(o.output, 256, 4), 115.0, 16);
    for (std::size_t r = 0; r < real.size(); ++r)
        QVERIFY2(
            std::abs(made[r] - real[r]) < 0.02,
            (std::to_string(r) + ": " + std::to_string(made[r]) + " for " + std::to_string(real[r]))
                .c_str());
}

void TestBaselines::fieldHasTheGreyValues() {
    // A mask: a field of it has its two values and no others.
    const PackedSet set = blobs(0, 255, 0.0);
    const TrainingOptions o = options("gaussian-field", m_folder.path() / "mask.safetensors");
    (void)trained(set, o);
    const PackedSet made = sampled(o.output, 128, 2);
    std::set<int> values;
    for (const PackedImage& image : made.images)
        for (const std::byte value : image.pixels)
            values.insert(std::to_integer<int>(value));
    QVERIFY((values == std::set<int>{0, 255}));
}

void TestBaselines::fieldOfOnePhaseKeepsItsCovariance() {
    // Two channels of smooth noise, one of them the other's negative and twice as strong.
    PackedSet set;
    set.type = PixelType::f32;
    set.channels = 3;
    PackedImage image;
    image.width = image.height = 128;
    Random random(9, "test.smooth");
    std::vector<double> white(129 * 129);
    for (double& v : white)
        v = random.normal();
    std::vector<float> values;
    for (std::size_t y = 0; y < 128; ++y) {
        for (std::size_t x = 0; x < 128; ++x) {
            const double v = white[y * 129 + x] + white[y * 129 + x + 1];
            values.insert(values.end(), {static_cast<float>(v), static_cast<float>(-2.0 * v),
                                         static_cast<float>(random.normal())});
        }
    }
    const auto bytes = std::as_bytes(std::span(values));
    image.pixels.assign(bytes.begin(), bytes.end());
    set.images.push_back(std::move(image));
    TrainingOptions o = options("gaussian-field", m_folder.path() / "smooth.safetensors");
    o.symmetry = Symmetry::none;
    (void)trained(set, o);
    const PackedSet made = sampled(o.output, 128, 1);
    const ImageSpan span = made.span(0);
    std::array<double, 4> sums{};
    for (std::int64_t i = 0; i + 1 < span.pixels(); ++i) {
        const double a = span.at(3 * i);
        sums[0] += a * a;
        sums[1] += a * span.at(3 * i + 1);
        sums[2] += a * span.at(3 * i + 3);
        sums[3] += a * span.at(3 * i + 2);
    }
    QVERIFY(std::abs(sums[1] / sums[0] + 2.0) < 0.15); // the negative, twice as strong
    QVERIFY(std::abs(sums[2] / sums[0] - 0.5) < 0.08); // the pixel to the right
    QVERIFY(std::abs(sums[3] / sums[0]) < 0.06);       // independent
}

void TestBaselines::quiltIsMadeOfCrops() {
    Random random(2, "test.quilt");
    std::vector<float> store(5 * 24 * 24);
    for (float& v : store)
        v = static_cast<float>(random.uniform());
    const std::set<float> known(store.begin(), store.end());
    const QuiltSource source{store, 5, 1, 24};
    const auto image = quilted(source, {}, {60, 70}, 7, [] {});
    QCOMPARE(image.size(), std::size_t{60 * 70});
    QVERIFY(std::ranges::all_of(image, [&](float v) { return known.contains(v); }));
    QVERIFY(quilted(source, {}, {60, 70}, 7, [] {}) == image);
    QVERIFY(quilted(source, {}, {60, 70}, 8, [] {}) != image);
    // Most neighbours in the image are neighbours in a crop: patches, not pixels, were taken.
    std::set<std::pair<float, float>> pairs;
    for (std::size_t i = 0; i + 1 < store.size(); ++i)
        if (i % 24 != 23)
            pairs.emplace(store[i], store[i + 1]);
    int together = 0;
    for (std::size_t y = 0; y < 60; ++y)
        for (std::size_t x = 0; x + 1 < 70; ++x)
            together += pairs.contains({image[y * 70 + x], image[y * 70 + x + 1]}) ? 1 : 0;
    QVERIFY(together > 60 * 69 * 8 / 10);
    int asked = 0;
    (void)quilted(source, {}, {60, 70}, 7, [&] { ++asked; });
    QVERIFY(asked >= 16);
}

void TestBaselines::watchedAtTheEnd_data() {
    QTest::addColumn<QString>("model");
    for (const char* model : {"gaussian-field", "quilting"})
        QTest::newRow(model) << QString::fromLatin1(model);
}

void TestBaselines::watchedAtTheEnd() {
    QFETCH(QString, model);
    TrainingOptions o = options(model.toStdString(), m_folder.path() / "watched.safetensors");
    o.holdOut = {};
    o.evaluateEvery = 1;
    o.live = m_folder.path() / "live.lkpack";
    const TrainingOutcome outcome = trained(blobs(60, 170, 8.0), o);
    QCOMPARE(outcome.endedBy, std::string("budget"));
    QVERIFY2(outcome.heldOut.contains("last") && outcome.heldOut["last"].is_object(),
             outcome.notes.dump().c_str());
    // It is no model before its end, so there is one look, which is the best.
    QVERIFY(outcome.heldOut["best"] == outcome.heldOut["last"]);
    QVERIFY(!outcome.best);
    QCOMPARE(readPackedSet(*o.live).images.size(), std::size_t{8});
    JobContext job;
    const TrainingEstimate estimate = estimateTraining(blobs(60, 170, 8.0), o, job);
    QVERIFY2(std::abs(double(estimate.steps - outcome.steps)) <= 1.0,
             qPrintable(QStringLiteral("%1 %2").arg(estimate.steps).arg(outcome.steps)));
}

QTEST_GUILESS_MAIN(TestBaselines)
#include "tst_baselines.moc"
