// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/imaging/numbertable.h"
#include "core/metrics/catalogue.h"
#include "core/metrics/evaluate.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <set>

using namespace likeness;
using test::GoldenFile;

namespace {

/// Noise of a correlation length of `grain` pixels on 8 bits; `level` moves all grey values.
Volume texture(std::int64_t side, int grain, double level, std::uint64_t seed) {
    Random random(seed, "test.texture");
    Volume image(PixelType::u8, side, side);
    const std::int64_t cells = side / grain + 2;
    std::vector<double> cell(static_cast<std::size_t>(cells * cells));
    for (double& c : cell)
        c = 40.0 * random.normal();
    for (std::int64_t y = 0; y < side; ++y)
        for (std::int64_t x = 0; x < side; ++x)
            image.pixels<std::uint8_t>()[y * side + x] = static_cast<std::uint8_t>(
                std::clamp(level + cell[static_cast<std::size_t>(y / grain * cells + x / grain)] +
                               4 * random.normal(),
                           0.0, 255.0));
    return image;
}

std::vector<Volume> textures(int count, int grain, std::uint64_t seed, std::int64_t side = 48) {
    std::vector<Volume> set;
    for (int i = 0; i < count; ++i)
        set.push_back(texture(side, grain, 120, derivedSeed(seed, static_cast<std::uint64_t>(i))));
    return set;
}

MetricOptions only(std::vector<std::string> names) {
    MetricOptions options;
    options.only = std::move(names);
    return options;
}

std::vector<Volume> golden(std::initializer_list<const char*> names) {
    std::vector<Volume> set;
    for (const char* name : names)
        set.push_back(test::goldenInput(name));
    return set;
}

const MetricValue& named(const std::vector<MetricValue>& values, const std::string& name) {
    for (const MetricValue& v : values)
        if (v.name == name)
            return v;
    throw std::runtime_error("no value " + name);
}

} // namespace

class TestEvaluate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void catalogueIsComplete();
    void unknownNamesListTheKnown();
    void everyAnswerHasValueOrReason();
    void pairsGiveGoldenValues();
    void pairIntervals();
    void identicalPairsAreInfinite();
    void pairProblemsAreReasons();
    void floatRangeIsStated();
    void volumesInPairs();
    void setsRefusePairMetrics();
    void weightsAreAskedForByName();
    void tooFewSamples();
    void equalSetsScoreBetter();
    void setProblemsAreReasons();
    void slicesOfAVolumeAreSamples();
    void withinSetDiversity();
    void seedsAreStoredAndReproducible();
    void featureMatrices();
    void jobsStopAndReport();
};

void TestEvaluate::catalogueIsComplete() {
    std::set<std::pair<std::string, int>> seen;
    for (const MetricInfo& info : metricCatalogue()) {
        QVERIFY(!info.definition.empty() && !info.unit.empty());
        QVERIFY(info.definition.back() == '.');
        QVERIFY2(seen.emplace(info.name, int(info.kind)).second, info.name.data());
        QVERIFY(reasonFor(info.requirement).empty() ==
                (info.requirement == MetricRequirement::nothing));
    }
    for (const char* name : {"mse",
                             "psnr",
                             "ssim",
                             "ssim_luma",
                             "ms_ssim",
                             "ssim_3d",
                             "lpips_alex",
                             "lpips_vgg",
                             "lpips_squeeze",
                             "gradient_similarity",
                             "fid",
                             "kid",
                             "inception_precision",
                             "clip_score",
                             "clip_cosine",
                             "fd_handcrafted",
                             "kd_handcrafted",
                             "fd_local_encoder",
                             "kd_local_encoder",
                             "precision",
                             "recall",
                             "density",
                             "coverage",
                             "mind",
                             "spectrum_distance",
                             "within_set_ms_ssim",
                             "frechet_distance",
                             "kernel_distance",
                             "authenticity",
                             "mifid"})
        QVERIFY2(findMetric(name, MetricKind::set) != nullptr, name);
    QVERIFY(findMetric("precision", MetricKind::features)->kind == MetricKind::features);
    QVERIFY(findMetric("nonsense", MetricKind::set) == nullptr);
    // No name of a metric without published weights may be taken for one with them.
    for (const MetricInfo& info : metricCatalogue())
        if (info.requirement == MetricRequirement::nothing)
            for (const char* word : {"fid", "kid", "lpips", "inception", "clip"})
                QVERIFY(info.name == "mifid" || info.name.find(word) == std::string_view::npos);
}

void TestEvaluate::unknownNamesListTheKnown() {
    const auto set = textures(2, 3, 1);
    JobContext job;
    try {
        (void)evaluateSets(set, set, only({"fid2"}), job);
        QFAIL("an unknown name passed");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
        QVERIFY(std::string(error.what()).find("fd_handcrafted") != std::string::npos);
    }
}

void TestEvaluate::everyAnswerHasValueOrReason() {
    const auto real = textures(24, 3, 1);
    const auto synthetic = textures(24, 3, 2);
    JobContext job;
    std::vector<std::string> all;
    for (const MetricInfo& info : metricCatalogue())
        all.emplace_back(info.name);
    for (const auto& values : {evaluateSets(real, synthetic, only(all), job),
                               evaluatePairs(real, synthetic, only(all), job)}) {
        QCOMPARE(values.size(), all.size());
        for (const MetricValue& v : values) {
            QVERIFY2(v.value.has_value() != !v.reasonIfNull.empty(), v.name.c_str());
            QVERIFY(!v.value || std::isfinite(*v.value));
            QVERIFY(v.lo.has_value() == v.hi.has_value());
            QVERIFY2(!v.lo || (*v.lo <= *v.value && *v.value <= *v.hi), v.name.c_str());
            const Json json = toJson(v);
            for (const char* key :
                 {"name", "value", "lo", "hi", "n", "unit", "encoder", "reason_if_null", "seconds"})
                QVERIFY(json.contains(key));
            QVERIFY(json["value"].is_null() == !v.value);
        }
    }
}

void TestEvaluate::pairsGiveGoldenValues() {
    const GoldenFile file("iqa.json");
    JobContext job;
    const auto a = golden({"gray8_a_256.png"});
    const auto b = golden({"gray8_b_256.png"});
    const auto values = evaluatePairs(a, b, {}, job);
    const auto check = [&](const char* name, const char* id) {
        return std::abs(*named(values, name).value - file.expected(id).get<double>()) < 1e-9;
    };
    QVERIFY(check("ssim", "ssim.gray8_256.ref"));
    QVERIFY(check("ssim_luma", "ssim.gray8_256.ref"));
    QVERIFY(check("ms_ssim", "msssim.gray8_256.ref"));
    QVERIFY(check("psnr", "psnr.gray8_256.skimage"));
    QCOMPARE(named(values, "psnr").unit, std::string("dB"));
    QCOMPARE(named(values, "ssim").conventions["data_range"].get<double>(), 255.0);
    QVERIFY(!named(values, "ssim").lo); // one pair has no interval
    const auto deep = evaluatePairs(golden({"gray16_a_240x200.tif"}),
                                    golden({"gray16_b_240x200.tif"}), only({"ssim"}), job);
    QVERIFY(std::abs(*deep[0].value - file.expected("ssim.gray16_240x200.ref").get<double>()) <
            1e-9);
    const auto colour =
        evaluatePairs(golden({"rgb8_a_200x184.png"}), golden({"rgb8_b_200x184.png"}),
                      only({"ssim", "ssim_luma"}), job);
    QVERIFY(std::abs(*colour[0].value -
                     file.expected("ssim.rgb8_200x184.ref_channelmean").get<double>()) < 1e-9);
    QVERIFY(std::abs(*colour[1].value -
                     file.expected("ssim.rgb8_200x184.ref_luma601_unrounded").get<double>()) <
            1e-9);
    MetricOptions range = only({"psnr"});
    range.dataRange = 2550.0;
    QVERIFY(std::abs(*evaluatePairs(a, b, range, job)[0].value - *named(values, "psnr").value -
                     20.0) < 1e-9);
}

void TestEvaluate::pairIntervals() {
    const auto a = textures(12, 3, 1);
    const auto b = textures(12, 3, 2);
    JobContext job;
    const auto value = evaluatePairs(a, b, only({"mse"}), job)[0];
    QCOMPARE(value.n, 12 * 1L);
    QVERIFY(*value.lo < *value.value && *value.value < *value.hi);
    MetricOptions none = only({"mse"});
    none.bootstrap = 0;
    QVERIFY(!evaluatePairs(a, b, none, job)[0].lo);
}

void TestEvaluate::identicalPairsAreInfinite() {
    const auto a = textures(3, 3, 1);
    JobContext job;
    const auto values = evaluatePairs(a, a, only({"psnr", "mse", "ssim"}), job);
    QVERIFY(!values[0].value);
    QVERIFY(values[0].reasonIfNull.find("infinite") != std::string::npos);
    QCOMPARE(*values[1].value, 0.0);
    QVERIFY(std::abs(*values[2].value - 1.0) < 1e-12);
}

void TestEvaluate::pairProblemsAreReasons() {
    JobContext job;
    auto a = textures(2, 3, 1);
    auto b = textures(2, 3, 2);
    QVERIFY(evaluatePairs(a, b, only({"ms_ssim"}), job)[0].reasonIfNull.find("176") !=
            std::string::npos);
    QVERIFY(evaluatePairs(a, b, only({"ssim_3d"}), job)[0].reasonIfNull.find("11") !=
            std::string::npos);
    QVERIFY(evaluatePairs(a, b, only({"lpips_alex"}), job)[0].reasonIfNull.find("weights") !=
            std::string::npos);
    b[1] = texture(50, 3, 120, 3);
    const auto reason = evaluatePairs(a, b, only({"ssim"}), job)[0].reasonIfNull;
    QVERIFY2(reason.find("Pair 2") != std::string::npos, reason.c_str());
    b[1] = Volume(PixelType::u16, 48, 48);
    QVERIFY(!evaluatePairs(a, b, only({"ssim"}), job)[0].value);
    b.pop_back();
    QVERIFY_THROWS_EXCEPTION(Error, (void)evaluatePairs(a, b, only({"ssim"}), job));
    std::vector<Volume> nan{Volume(PixelType::f32, 20, 20)};
    const std::vector<Volume> zero = nan;
    nan[0].pixels<float>()[5] = std::numeric_limits<float>::quiet_NaN();
    QVERIFY(evaluatePairs(nan, zero, only({"ssim"}), job)[0].reasonIfNull.find("finite") !=
            std::string::npos);
}

void TestEvaluate::floatRangeIsStated() {
    std::vector<Volume> a{Volume(PixelType::f32, 20, 20)};
    std::vector<Volume> b = a;
    for (int i = 0; i < 400; ++i)
        a[0].pixels<float>()[i] = float(i % 200);
    JobContext job;
    const auto value = evaluatePairs(a, b, only({"ssim"}), job)[0];
    QVERIFY(!value.conventions["warnings"].empty());
    MetricOptions given = only({"ssim"});
    given.dataRange = 199;
    QVERIFY(!evaluatePairs(a, b, given, job)[0].conventions.contains("warnings"));
}

void TestEvaluate::volumesInPairs() {
    Volume a(PixelType::u8, 16, 16, 12);
    Volume b = a;
    Random random(3, "test.volume");
    for (std::int64_t i = 0; i < a.span().pixels(); ++i) {
        a.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
        b.pixels<std::uint8_t>()[i] =
            static_cast<std::uint8_t>(a.pixels<std::uint8_t>()[i] / 2 + random.below(99));
    }
    JobContext job;
    const auto values =
        evaluatePairs(std::span(&a, 1), std::span(&b, 1), only({"ssim", "ssim_3d"}), job);
    QVERIFY(values[0].value && values[1].value);
    QVERIFY(std::abs(*values[0].value - *values[1].value) > 1e-4);
    QCOMPARE(values[0].conventions["slices"].get<int>(), 12);
}

void TestEvaluate::setsRefusePairMetrics() {
    const auto set = textures(4, 3, 1);
    JobContext job;
    for (const char* name : {"ssim", "psnr", "ms_ssim", "mse", "ssim_3d"}) {
        const auto value = evaluateSets(set, set, only({name}), job)[0];
        QVERIFY(!value.value);
        QVERIFY(value.reasonIfNull.find("not pairs") != std::string::npos);
    }
    for (const MetricValue& v : evaluateSets(set, set, {}, job))
        QVERIFY(findMetric(v.name, MetricKind::set)->kind == MetricKind::set);
}

void TestEvaluate::weightsAreAskedForByName() {
    const auto set = textures(2, 3, 1);
    JobContext job;
    for (const char* name :
         {"fid", "kid", "inception_precision", "clip_score", "fd_local_encoder"}) {
        const auto value = evaluateSets(set, set, only({name}), job)[0];
        QVERIFY(!value.value && !value.reasonIfNull.empty());
    }
    for (const MetricValue& v : evaluateSets(set, set, {}, job))
        QVERIFY(v.name != "fid" && v.name != "clip_score");
}

void TestEvaluate::tooFewSamples() {
    const auto three = textures(3, 3, 1);
    const auto fifty = textures(50, 3, 2);
    JobContext job;
    for (const MetricValue& v : evaluateSets(three, fifty, {}, job)) {
        QVERIFY2(!v.value, v.name.c_str());
        QVERIFY(!v.reasonIfNull.empty());
    }
    const auto values = evaluateSets(fifty, textures(50, 3, 3), {}, job);
    QVERIFY(!named(values, "fd_handcrafted").value); // 65 are needed for a covariance of full rank
    QVERIFY(named(values, "fd_handcrafted").reasonIfNull.find("65") != std::string::npos);
    const MetricValue& kernel = named(values, "kd_handcrafted");
    QVERIFY(kernel.value && kernel.lo);
    QVERIFY(!kernel.conventions["warnings"].empty());
    QCOMPARE(kernel.encoder, std::string("handcrafted-v1"));
}

void TestEvaluate::equalSetsScoreBetter() {
    const auto real = textures(80, 3, 1);
    const auto same = textures(80, 3, 1000);
    const auto other = textures(80, 5, 2000);
    JobContext job;
    const auto good = evaluateSets(real, same, {}, job);
    const auto bad = evaluateSets(real, other, {}, job);
    for (const char* name : {"fd_handcrafted", "kd_handcrafted", "mind", "spectrum_distance"}) {
        QVERIFY2(*named(good, name).hi < *named(bad, name).lo, name);
        QVERIFY(named(good, name).conventions.contains("interval"));
    }
    for (const char* name : {"precision", "recall", "density", "coverage"})
        QVERIFY2(*named(good, name).value > *named(bad, name).value, name);
    QVERIFY(*named(good, "kd_handcrafted").lo < 0.0);
    QVERIFY(*named(good, "precision").value > 0.5);
}

void TestEvaluate::setProblemsAreReasons() {
    JobContext job;
    const auto grey = textures(6, 3, 1);
    const std::vector<Volume> none;
    for (const MetricValue& v : evaluateSets(grey, none, {}, job))
        QVERIFY(!v.value && v.n == 0);
    const std::vector<Volume> deep(6, Volume(PixelType::u16, 48, 48));
    for (const MetricValue& v : evaluateSets(grey, deep, {}, job))
        QVERIFY(v.reasonIfNull.find("pixel types") != std::string::npos);
    const auto small = textures(30, 3, 1, 24);
    QVERIFY(evaluateSets(small, small, only({"kd_handcrafted"}), job)[0].reasonIfNull.find("32") !=
            std::string::npos);
    const auto larger = textures(6, 3, 1, 64);
    QVERIFY(evaluateSets(grey, larger, only({"spectrum_distance"}), job)[0].reasonIfNull.find(
                "sizes") != std::string::npos);
    const std::vector<Volume> flat(30, Volume(PixelType::u8, 48, 48));
    QVERIFY(!evaluateSets(flat, flat, only({"kd_handcrafted"}), job)[0].value);
}

void TestEvaluate::slicesOfAVolumeAreSamples() {
    const auto images = textures(24, 3, 1);
    Volume stack(PixelType::u8, 48, 48, 24);
    for (std::size_t z = 0; z < 24; ++z)
        std::copy_n(images[z].pixels<std::uint8_t>(), 48 * 48,
                    stack.pixels<std::uint8_t>() + z * 48 * 48);
    const auto synthetic = textures(24, 4, 5);
    JobContext job;
    const auto a = evaluateSets(images, synthetic, only({"kd_handcrafted"}), job)[0];
    const auto b = evaluateSets(std::span(&stack, 1), synthetic, only({"kd_handcrafted"}), job)[0];
    QCOMPARE(*a.value, *b.value);
    QVERIFY(b.conventions.contains("samples") && !a.conventions.contains("samples"));
}

void TestEvaluate::withinSetDiversity() {
    const auto varied = textures(12, 8, 1, 180);
    const std::vector<Volume> copies(12, varied[0]);
    JobContext job;
    const auto value = evaluateSets(varied, copies, only({"within_set_ms_ssim"}), job)[0];
    QVERIFY(std::abs(*value.value - 1.0) < 1e-9); // a collapsed generator
    QVERIFY(value.conventions["real_value"].get<double>() < 0.5);
}

void TestEvaluate::seedsAreStoredAndReproducible() {
    const auto real = textures(25, 3, 1);
    const auto synthetic = textures(25, 3, 9);
    JobContext job;
    MetricOptions options = only({"precision", "mind"});
    options.seed = 77;
    const auto a = evaluateSets(real, synthetic, options, job);
    const auto b = evaluateSets(real, synthetic, options, job);
    for (std::size_t i = 0; i < a.size(); ++i) {
        QCOMPARE(*a[i].value, *b[i].value);
        QCOMPARE(*a[i].lo, *b[i].lo);
        QCOMPARE(a[i].conventions["seed"].get<int>(), 77);
    }
    options.seed = 78;
    QVERIFY(*evaluateSets(real, synthetic, options, job)[1].value != *a[1].value);
}

void TestEvaluate::featureMatrices() {
    const auto load = [](const char* name) {
        return featuresFrom(readNumberTable(test::goldenFolder() / "inputs" / name));
    };
    const GoldenFile file("distribution.json");
    JobContext job;
    MetricOptions options;
    options.k = 5;
    const auto values =
        evaluateFeatures(load("feat_real_300x64.npy"), load("feat_fake_250x64.npy"), options, job);
    QCOMPARE(values.size(), std::size_t{9});
    QVERIFY(std::abs(*named(values, "frechet_distance").value - 5.170495656) < 1e-8);
    QVERIFY(*named(values, "frechet_distance").lo < 5.17 &&
            *named(values, "frechet_distance").hi > 5.18);
    QVERIFY(std::abs(*named(values, "kernel_distance").value - 0.13345412156405878) < 1e-9);
    QVERIFY(std::abs(*named(values, "density").value - 0.3144) < 1e-12);
    QCOMPARE(named(values, "density").n, 250 * 1L);
    const auto deficient =
        evaluateFeatures(load("feat_real_48x256.npy"), load("feat_fake_40x256.npy"),
                         only({"frechet_distance"}), job)[0];
    QVERIFY(std::abs(*deficient.value -
                     file.expected("fd.rankdef_48x256.ref")["fd"].get<double>()) < 1e-5);
    QVERIFY(deficient.conventions["rank_deficient"].get<bool>());
    QVERIFY(!deficient.conventions["warnings"].empty());
    const FeatureMatrix few =
        load("feat_real_300x64.npy").select(std::array<std::int64_t, 3>{0, 1, 2});
    QVERIFY(!evaluateFeatures(few, few, only({"frechet_distance"}), job)[0].value);
    QVERIFY(!evaluateFeatures(few, few, only({"precision"}), job)[0].value);
    QVERIFY(!evaluateFeatures(few, few, only({"ssim"}), job)[0].value);
    QVERIFY_THROWS_EXCEPTION(Error, (void)evaluateFeatures(few, FeatureMatrix(3, 4), {}, job));
}

void TestEvaluate::jobsStopAndReport() {
    const auto set = textures(24, 3, 1);
    std::stop_source source;
    double last = 0;
    bool fell = false;
    JobContext job(source.get_token(), [&](const Progress& p) {
        fell = fell || p.fraction < last - 1e-12;
        last = p.fraction;
    });
    (void)evaluateSets(set, set, {}, job);
    QVERIFY(!fell);
    QVERIFY(last > 0.0 && last <= 1.0);
    source.request_stop();
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)evaluateSets(set, set, {}, job));
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)evaluatePairs(set, set, {}, job));
}

QTEST_GUILESS_MAIN(TestEvaluate)
#include "tst_evaluate.moc"
