// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/conditions.h"
#include "core/generation/client/workerclient.h"
#include "core/generation/sampler.h"
#include "core/generation/trainer.h"
#include "core/generation/trainingconditions.h"
#include "core/imaging/image.h"
#include "core/structure/porosity.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <numbers>

using namespace likeness;

namespace {

constexpr int kSide = 16;

/// Bright rows or columns of an image as wide as `width` of every 8, with noise.
PackedImage stripes(bool upright, int width, Random& random) {
    constexpr int kImage = 48;
    PackedImage image;
    image.width = image.height = kImage;
    const auto phase = static_cast<int>(random.below(8));
    for (int y = 0; y < kImage; ++y) {
        for (int x = 0; x < kImage; ++x) {
            const bool bright = ((upright ? x : y) + phase) % 8 < width;
            image.pixels.push_back(static_cast<std::byte>(
                static_cast<int>((bright ? 180.0 : 80.0) + 5.0 * random.normal())));
        }
    }
    return image;
}

/// Two classes, columns and rows, of rock with a porosity of 1/8 to 7/8.
PackedSet texture() {
    PackedSet set;
    set.type = PixelType::u8;
    set.meta = {
        {"classes",
         {{{"name", "columns"}, {"domain", "rock"}}, {{"name", "rows"}, {"domain", "rock"}}}},
        {"class_of", Json::array()}};
    Random random(5, "test.stripes");
    for (int i = 0; i < 28; ++i) {
        set.images.push_back(stripes(i % 2 == 0, 1 + i / 2 % 7, random));
        set.images.back().id = std::to_string(i);
        set.meta["class_of"].push_back(i % 2);
    }
    return set;
}

TrainingOptions optionsFor(const std::filesystem::path& output, std::int64_t steps) {
    TrainingOptions o;
    o.preset = presetNamed("diffusion", "demo");
    o.preset.settings["network"]["widths"] = {16, 24};
    o.preset.settings["network"]["embedding"] = 32;
    o.preset.settings["training"]["warm_up_steps"] = 10;
    o.preset.settings["training"]["learning_rate"] = 4e-3;
    o.preset.settings["solver"]["steps"] = 10;
    o.size = kSide;
    o.steps = steps;
    o.seed = 1;
    o.symmetry = Symmetry::none;
    o.conditions = {"porosity"};
    o.device = {"cpu", 2, Precision::float32};
    o.output = output;
    return o;
}

TrainingOutcome trained(const PackedSet& set, const TrainingOptions& o) {
    JobContext job;
    return trainModel(set, o, job, [](const TrainingReport&) {});
}

SamplingOutcome sampled(const GeneratorModel& model, const ConditionWish& wish, int count = 4) {
    SamplingOptions o;
    o.count = count;
    o.wish = wish;
    o.device = {"cpu", 2};
    JobContext job;
    return sampleModel(model, o, job);
}

bool samePixels(const SamplingOutcome& a, const SamplingOutcome& b) {
    for (std::size_t i = 0; i < a.set.images.size(); ++i) {
        if (a.set.images[i].pixels != b.set.images[i].pixels)
            return false;
    }
    return !a.set.images.empty();
}

double meanGot(const SamplingOutcome& outcome, const char* name) {
    double sum = 0.0;
    for (const Json& sample : outcome.conditions)
        sum += sample["got"][name].get<double>();
    return sum / static_cast<double>(outcome.conditions.size());
}

std::string whatOf(const std::function<void()>& work, ErrorCode code) {
    try {
        work();
    } catch (const Error& error) {
        return error.code() == code ? error.what() : "another code";
    }
    return "nothing";
}

Conditions example() {
    Conditions conditions;
    conditions.classes = {{"A", Domain::rock, {100.0, false}}, {"B", Domain::fibre, {50.5, true}}};
    conditions.told = true;
    conditions.scalars = {{ScalarKind::phaseFraction, "phase_fraction", 0.3, 0.1, 0.1, 0.5},
                          {ScalarKind::meanGrey, "mean_grey", 120.0, 10.0, 90.0, 150.0}};
    for (int i = 0; i < 100; ++i)
        conditions.table.push_back({{0.1 + 0.004 * i, 150.0 - 0.6 * i}, i % 2});
    return conditions;
}

} // namespace

class TestConditions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scalarsAreExact_data();
    void scalarsAreExact();
    void thresholdsAreThoseOfTheImaging_data();
    void thresholdsAreThoseOfTheImaging();
    void fractionsAreThoseOfTheStructure();
    void cropsAreMeasuredAsImages();
    void wordsAreChecked();
    void wishesAreChecked();
    void drawsFollowTheTable();
    void manifestKeepsThem();
    void damagedOnesAreRefused_data();
    void damagedOnesAreRefused();
    void thinningLeavesOutATenth();
    void uselessConditionsAreRefused();
    void toldModelsAreWatched();
    void otherFamiliesRefuse();
    void samplesFollowTheWish();
    void guidanceOfOneAndNought();
    void resumedEqualsUnbroken();
    void unconditionalStaysAsItIs();
    void augmentationTrains();

private:
    const GeneratorModel& model();

    TemporaryFolder m_folder;
    std::unique_ptr<GeneratorModel> m_model;
};

const GeneratorModel& TestConditions::model() {
    if (!m_model) {
        const auto path = m_folder.path() / "model.safetensors";
        (void)trained(texture(), optionsFor(path, 600));
        m_model = std::make_unique<GeneratorModel>(GeneratorModel::load(path));
    }
    return *m_model;
}

void TestConditions::scalarsAreExact_data() {
    QTest::addColumn<double>("alongX"); // cycles over the side
    QTest::addColumn<double>("alongY");
    QTest::addColumn<double>("cos");
    QTest::addColumn<double>("sin");
    QTest::newRow("columns run down") << 4.0 << 0.0 << -1.0 << 0.0;
    QTest::newRow("rows run right") << 0.0 << 4.0 << 1.0 << 0.0;
    QTest::newRow("down and right") << 4.0 << -4.0 << 0.0 << 1.0;
    QTest::newRow("down and left") << 4.0 << 4.0 << 0.0 << -1.0;
    QTest::newRow("even") << 0.0 << 0.0 << 0.0 << 0.0;
}

void TestConditions::scalarsAreExact() {
    QFETCH(double, alongX);
    QFETCH(double, alongY);
    QFETCH(double, cos);
    QFETCH(double, sin);
    constexpr int kWide = 66; // inner pixels: whole waves
    std::vector<float> values;
    for (int y = 0; y < kWide; ++y) {
        for (int x = 0; x < kWide; ++x)
            values.push_back(static_cast<float>(
                std::cos(2.0 * std::numbers::pi * (alongX * x + alongY * y) / 64.0 + 0.3)));
    }
    const Orientation found = orientationOf({values, kWide, kWide});
    QVERIFY2(std::abs(found.cos - cos) < 1e-4 && std::abs(found.sin - sin) < 1e-4,
             qPrintable(QStringLiteral("%1 %2").arg(found.cos).arg(found.sin)));

    const std::vector<float> steps{1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F, 9.0F};
    const GreyPlane plane{steps, 4, 2};
    QCOMPARE(phaseFraction(plane, {3.0, false}), 0.375);
    QCOMPARE(phaseFraction(plane, {3.0, true}), 0.625);
    QCOMPARE(meanOf(plane), 4.625);
}

void TestConditions::thresholdsAreThoseOfTheImaging_data() {
    QTest::addColumn<int>("type");
    for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32})
        QTest::addRow("%s", std::string(toString(type)).c_str()) << static_cast<int>(type);
}

void TestConditions::thresholdsAreThoseOfTheImaging() {
    QFETCH(int, type);
    std::vector<Volume> volumes;
    Random random(9, "test.otsu");
    for (int i = 0; i < 3; ++i) {
        volumes.emplace_back(static_cast<PixelType>(type), 20, 10, 2, 1);
        visitPixels(volumes.back().span(), [&](const auto* pixels) {
            using T = std::remove_cvref_t<decltype(*pixels)>;
            auto* out = volumes.back().pixels<T>();
            for (int k = 0; k < 400; ++k)
                out[k] =
                    static_cast<T>((random.uniform() < 0.3 ? 60.0 : 140.0) + 9.0 * random.normal());
        });
    }
    const std::vector<ImageSpan> spans{volumes[0].span(), volumes[1].span(), volumes[2].span()};
    QCOMPARE(otsuOf(spans), otsuThreshold(spans));
}

void TestConditions::fractionsAreThoseOfTheStructure() {
    const PackedSet set = texture();
    Conditions conditions = example();
    for (const int known : {0, 1}) {
        const PhaseRule& rule = conditions.classes[static_cast<std::size_t>(known)].phase;
        const Indicator field =
            indicatorOf(set.span(3), rule.threshold, rule.bright ? Phase::bright : Phase::dark);
        const ConditionValues got = measuredConditions(conditions, set.span(3), known);
        QCOMPARE(*got.scalars[0], porosity(field));
    }
    QVERIFY(!measuredConditions(conditions, set.span(3), -1).scalars[0]); // whose threshold?
}

void TestConditions::cropsAreMeasuredAsImages() {
    PackedSet set = texture();
    const GreyMap map = greyMapOf(set);
    const CropSource crops(set, map, 48, Symmetry::none);
    const Conditions conditions =
        conditionsOn(set, map, crops, scalarKindsFrom({"porosity", "orientation", "mean_grey"}), 0);
    QCOMPARE(conditions.scalars.size(), std::size_t{4});
    QCOMPARE(conditions.scalars[0].name, std::string("porosity"));
    QCOMPARE(conditions.table.size(), std::size_t{512});
    const TrainingConditions measure(set, map, conditions);
    std::vector<float> crop(48 * 48);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const std::size_t image = crops.draw(seed, crop.data());
        const ConditionValues units = measure.of(crop.data(), 48, image);
        const ConditionValues grey =
            measuredConditions(conditions, set.span(image), units.classIndex);
        QCOMPARE(units.classIndex, static_cast<int>(image % 2));
        QCOMPARE(*units.scalars[0], *grey.scalars[0]);
        for (std::size_t i = 1; i < 4; ++i)
            QVERIFY(std::abs(*units.scalars[i] - *grey.scalars[i]) <
                    1e-4 * std::max(1.0, std::abs(*grey.scalars[i])));
        QVERIFY(*units.scalars[1] * (units.classIndex == 0 ? -1.0 : 1.0) > 0.9);
    }
}

void TestConditions::wordsAreChecked() {
    QVERIFY(scalarKindsFrom({"fibre_fraction", "orientation", "porosity"}) ==
            (std::vector{ScalarKind::phaseFraction, ScalarKind::orientationCos,
                         ScalarKind::orientationSin}));
    const std::string why =
        whatOf([] { (void)scalarKindsFrom({"permeability"}); }, ErrorCode::config);
    QVERIFY(why.find("permeability") != std::string::npos &&
            why.find("root_density") != std::string::npos);
}

void TestConditions::wishesAreChecked() {
    const Conditions conditions = example();
    const auto why = [&](const ConditionWish& wish, const Conditions* of) {
        return whatOf([&] { checkWish(of, wish); }, ErrorCode::config);
    };
    QCOMPARE(why({}, nullptr), std::string("nothing"));
    QCOMPARE(why({{{"phase_fraction", 0.0}}, "B", 2.0}, &conditions), std::string("nothing"));
    QVERIFY(why({{}, "A", {}}, nullptr).find("without conditions") != std::string::npos);
    // A quarter of 0.1 to 0.5 beyond either end, but no fraction below 0.
    const std::string range = why({{{"phase_fraction", 0.7}}, {}, {}}, &conditions);
    QVERIFY2(range.find("0.1 to 0.5") != std::string::npos &&
                 range.find("0 to 0.6") != std::string::npos,
             range.c_str());
    QVERIFY(why({{{"porosity", 0.2}}, {}, {}}, &conditions).find("mean_grey") != std::string::npos);
    QVERIFY(why({{}, "C", {}}, &conditions).find("A or B") != std::string::npos);
    QVERIFY(why({{}, {}, -1.0}, &conditions).find("guidance") != std::string::npos);
    QVERIFY(why({{{"mean_grey", std::nan("")}}, {}, {}}, &conditions) != "nothing");
    Conditions one = conditions;
    one.told = false;
    QVERIFY(why({{}, "A", {}}, &one).find("no classes") != std::string::npos);
}

void TestConditions::drawsFollowTheTable() {
    const Conditions conditions = example();
    double sum = 0.0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const ConditionValues free = drawConditions(conditions, {}, seed, true);
        QVERIFY(std::find(conditions.table.begin(), conditions.table.end(), free) !=
                conditions.table.end());
        QCOMPARE(free, drawConditions(conditions, {}, seed, true));
        sum += *free.scalars[0];
        // What is not asked for comes from crops that are like what is.
        const ConditionValues asked =
            drawConditions(conditions, {{{"phase_fraction", 0.2}}, "B", {}}, seed, true);
        QCOMPARE(*asked.scalars[0], 0.2);
        QVERIFY(std::abs(*asked.scalars[1] - 135.0) < 11.0);
        QCOMPARE(asked.classIndex, 1);
        // An image larger than a crop is told only what is asked.
        const ConditionValues large =
            drawConditions(conditions, {{{"phase_fraction", 0.2}}, {}, {}}, seed, false);
        QVERIFY(large.scalars[0] && !large.scalars[1] && large.classIndex >= 0);
    }
    QVERIFY(std::abs(sum / 400.0 - 0.298) < 0.02);
}

void TestConditions::manifestKeepsThem() {
    const Conditions conditions = example();
    const Json written = Json::parse(toJson(conditions).dump());
    QVERIFY(conditionsFromJson(written, "test") == conditions);
    QVERIFY(!conditionsIn(Json::object(), "test"));
    const auto stored = conditionsIn(
        WorkerClient::checkpointMetadata((model(), m_folder.path() / "model.safetensors")), "test");
    QVERIFY(stored && stored->told && stored->classNamed("rows") == 1);
    QVERIFY(stored->find("porosity")->low < 0.2 && stored->find("porosity")->high > 0.8);
}

void TestConditions::damagedOnesAreRefused_data() {
    QTest::addColumn<QByteArray>("patch");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("no scalars") << QByteArray(R"({"scalars": 3})");
    QTest::newRow("unknown kind") << QByteArray(
        R"({"scalars": [{"name": "a", "kind": "tint", "mean": 0, "deviation": 1, "low": 0, "high": 1}]})");
    QTest::newRow("no deviation") << QByteArray(
        R"({"scalars": [{"name": "a", "kind": "mean_grey", "mean": 0, "deviation": 0, "low": 0, "high": 1}]})");
    QTest::newRow("no class") << QByteArray(R"({"classes": []})");
    QTest::newRow("unknown domain") << QByteArray(
        R"({"classes": [{"name": "A", "domain": "sky", "threshold": 1, "phase": "dark"}]})");
    QTest::newRow("unknown phase") << QByteArray(
        R"({"classes": [{"name": "A", "domain": "rock", "threshold": 1, "phase": "odd"}]})");
    QTest::newRow("long row") << QByteArray(R"({"table": [[0, 1, 2, 3]]})");
    QTest::newRow("row of another class") << QByteArray(R"({"table": [[2, 1, 2]]})");
    QTest::newRow("row of words") << QByteArray(R"({"table": [[0, "x", 2]]})");
    QTest::newRow("told is no truth value") << QByteArray(R"({"told": 1})");
}

void TestConditions::damagedOnesAreRefused() {
    QFETCH(QByteArray, patch);
    Json json = toJson(example());
    const Json change = Json::parse(patch.toStdString());
    if (change.is_object())
        json.update(change);
    else
        json = change;
    QVERIFY(whatOf([&] { (void)conditionsFromJson(json, "the file"); }, ErrorCode::format)
                .starts_with("the file"));
}

void TestConditions::thinningLeavesOutATenth() {
    const PackedSet set = texture();
    const GreyMap map = greyMapOf(set);
    const CropSource crops(set, map, 16, Symmetry::none);
    const TrainingConditions conditions(
        set, map, conditionsOn(set, map, crops, scalarKindsFrom({"porosity", "orientation"}), 0));
    const ConditionValues whole{{0.5, 0.1, 0.2}, 1};
    int none = 0;
    int noClass = 0;
    int noPorosity = 0;
    constexpr int kDraws = 4000;
    for (int i = 0; i < kDraws; ++i) {
        const ConditionValues kept =
            conditions.thinned(whole, derivedSeed(3, static_cast<std::uint64_t>(i)));
        QCOMPARE(kept.scalars[1].has_value(), kept.scalars[2].has_value());
        noClass += kept.classIndex < 0;
        noPorosity += !kept.scalars[0];
        none += kept.classIndex < 0 && !kept.scalars[0] && !kept.scalars[1];
    }
    // 0.1 + 0.9 * 0.1 each, and 0.1 + 0.9 * 0.1^3 all three; within 4 deviations.
    QVERIFY(std::abs(noClass / double(kDraws) - 0.19) < 0.025);
    QVERIFY(std::abs(noPorosity / double(kDraws) - 0.19) < 0.025);
    QVERIFY(std::abs(none / double(kDraws) - 0.101) < 0.02);
}

void TestConditions::uselessConditionsAreRefused() {
    TrainingOptions o = optionsFor(m_folder.path() / "useless.safetensors", 1);
    o.conditions = {"voxel_um"};
    PackedSet set = texture();
    const auto why = [&] { return whatOf([&] { (void)trained(set, o); }, ErrorCode::config); };
    QVERIFY(why().find("not known for each image") != std::string::npos);
    set.meta["voxel_um"] = {2.5, 2.5, 2.5};
    QVERIFY(why().find("same in all training crops") != std::string::npos);
    Json sizes = Json::array();
    for (std::size_t i = 0; i < set.images.size(); ++i)
        sizes.push_back(i % 3 == 0 ? 2.0 : 4.0);
    set.meta["voxel_um_of"] = sizes;
    QCOMPARE(why(), std::string("nothing"));
    set.meta["class_of"].push_back(0);
    QVERIFY(whatOf([&] { (void)trained(set, o); }, ErrorCode::format).find("class_of") !=
            std::string::npos);
}

void TestConditions::otherFamiliesRefuse() {
    TrainingOptions o = optionsFor(m_folder.path() / "vae.safetensors", 1);
    o.preset = presetNamed("vae", "demo");
    QVERIFY(whatOf([&] { (void)trained(texture(), o); }, ErrorCode::config).find("vae") !=
            std::string::npos);
}

void TestConditions::samplesFollowTheWish() {
    const auto porosityFor = [&](double asked, const char* known) {
        return sampled(model(), {{{"porosity", asked}}, known, {}});
    };
    const SamplingOutcome few = porosityFor(0.2, "rows");
    const SamplingOutcome many = porosityFor(0.8, "rows");
    QVERIFY2(
        meanGot(few, "porosity") + 0.3 < meanGot(many, "porosity"),
        qPrintable(
            QStringLiteral("%1 %2").arg(meanGot(few, "porosity")).arg(meanGot(many, "porosity"))));
    QCOMPARE(few.conditions[0]["asked"]["class"].get<std::string>(), std::string("rows"));
    QVERIFY(!few.conditions[0]["got"].contains("class"));
    const auto down = [](const SamplingOutcome& outcome) {
        double sum = 0.0;
        for (std::size_t i = 0; i < outcome.set.images.size(); ++i) {
            const std::vector<float> grey = greyPlane(outcome.set.span(i), 0);
            sum -= orientationOf({grey, kSide, kSide}).cos;
        }
        return sum / static_cast<double>(outcome.set.images.size());
    };
    const double rows = down(porosityFor(0.5, "rows"));
    const double columns = down(porosityFor(0.5, "columns"));
    QVERIFY2(rows < -0.3 && columns > 0.3,
             qPrintable(QStringLiteral("%1 %2").arg(rows).arg(columns)));
    // Without a wish each image is told what some crop showed.
    const SamplingOutcome free = sampled(model(), {}, 3);
    QVERIFY(free.conditions[0]["asked"] != free.conditions[1]["asked"]);
    QVERIFY(free.conditions[0]["asked"].contains("porosity"));
    QVERIFY(whatOf([&] { (void)porosityFor(0.5, "dots"); }, ErrorCode::config).find("columns") !=
            std::string::npos);
}

void TestConditions::guidanceOfOneAndNought() {
    const auto made = [&](double porosity, std::optional<double> guidance) {
        return sampled(model(), {{{"porosity", porosity}}, "rows", guidance}, 2);
    };
    QVERIFY(samePixels(made(0.3, {}), made(0.3, 1.0)));
    QVERIFY(samePixels(made(0.3, 0.0), made(0.7, 0.0)));
    QVERIFY(!samePixels(made(0.3, {}), made(0.7, {})));
    QVERIFY(!samePixels(made(0.3, {}), made(0.3, 2.0)));
    QVERIFY(!samePixels(made(0.3, {}), made(0.3, 0.0)));
}

void TestConditions::resumedEqualsUnbroken() {
    // Reports come five times a second: as many steps as the fastest machine needs longer for.
    TrainingOptions o = optionsFor(m_folder.path() / "whole.safetensors", 300);
    o.preset.settings["training"]["augmentation"] = 0.3;
    (void)trained(texture(), o);
    const auto whole = o.output;
    o.output = m_folder.path() / "broken.safetensors";
    std::stop_source stop;
    JobContext job(stop.get_token());
    const TrainingOutcome first =
        trainModel(texture(), o, job, [&](const TrainingReport&) { stop.request_stop(); });
    QVERIFY(first.stoppedEarly);
    o.resume = o.output;
    TrainingOptions other = o;
    other.conditions = {"mean_grey"};
    QVERIFY(whatOf([&] { (void)trained(texture(), other); }, ErrorCode::conflict)
                .find("other conditions") != std::string::npos);
    o.conditions.clear(); // they are those of the state
    (void)trained(texture(), o);
    const GeneratorModel a = GeneratorModel::load(o.output);
    const GeneratorModel b = GeneratorModel::load(whole);
    QVERIFY(samePixels(sampled(a, {}), sampled(b, {})));
}

void TestConditions::unconditionalStaysAsItIs() {
    TrainingOptions o = optionsFor(m_folder.path() / "plain.safetensors", 4);
    o.conditions = {"none"};
    (void)trained(texture(), o);
    const Json manifest = WorkerClient::checkpointMetadata(o.output);
    QVERIFY(!manifest.contains("conditions"));
    const GeneratorModel plain = GeneratorModel::load(o.output);
    const SamplingOutcome made = sampled(plain, {});
    QVERIFY(made.conditions.empty());
    QVERIFY(whatOf(
                [&] {
                    (void)sampled(plain, {{}, "rows", {}});
                },
                ErrorCode::config)
                .find("without conditions") != std::string::npos);
    // Without a class in the set's meta it trains to the same bits.
    PackedSet set = texture();
    set.meta = Json::object();
    o.conditions.clear();
    o.output = m_folder.path() / "plain2.safetensors";
    (void)trained(set, o);
    QVERIFY(samePixels(made, sampled(GeneratorModel::load(o.output), {})));
}

void TestConditions::augmentationTrains() {
    TrainingOptions o = optionsFor(m_folder.path() / "moved.safetensors", 30);
    o.preset.settings["training"]["augmentation"] = 0.5;
    o.conditions = {"none"};
    (void)trained(texture(), o);
    const GeneratorModel moved = GeneratorModel::load(o.output);
    QCOMPARE(moved.manifest()["training"]["augmentation"].get<double>(), 0.5);
    QVERIFY(sampled(moved, {}).conditions.empty());
}

void TestConditions::toldModelsAreWatched() {
    TrainingOptions o = optionsFor(m_folder.path() / "watched.safetensors", 2);
    o.holdOut = {};
    o.evaluateEvery = 1;
    o.live = m_folder.path() / "live.lkpack";
    const TrainingOutcome outcome = trained(texture(), o);
    QVERIFY2(outcome.heldOut.contains("last") && outcome.heldOut["last"].is_object(),
             outcome.notes.dump().c_str());
    QCOMPARE(readPackedSet(*o.live).images.size(), std::size_t{8});
    const Json manifest = GeneratorModel::load(o.output).manifest();
    QVERIFY(manifest["split"]["kind"] != "none");
    QCOMPARE(manifest["conditions"]["classes"].size(), std::size_t{2});
}

QTEST_GUILESS_MAIN(TestConditions)
#include "tst_conditions.moc"
