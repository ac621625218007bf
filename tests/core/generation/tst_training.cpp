// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/greymap.h"
#include "core/generation/sampler.h"
#include "core/generation/trainer.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <functional>
#include <set>
#include <utility>

using namespace likeness;

namespace {

/// Stripes of two grey levels with noise: something a network of 20 steps can begin to learn.
PackedSet stripes(PixelType type, std::int64_t channels = 1, int side = 40) {
    PackedSet set;
    set.type = type;
    set.channels = channels;
    Random random(1, "test.stripes");
    for (int i = 0; i < 2; ++i) {
        PackedImage image;
        image.id = std::to_string(i);
        image.specimen = image.id;
        image.width = image.height = side;
        for (int j = 0; j < side * side * static_cast<int>(channels); ++j) {
            const double value = (j / side / 4 % 2 == 0 ? 0.3 : 0.6) + 0.02 * random.normal();
            const auto append = [&](auto pixel) {
                const auto* bytes = reinterpret_cast<const std::byte*>(&pixel);
                image.pixels.insert(image.pixels.end(), bytes, bytes + sizeof pixel);
            };
            if (type == PixelType::u8)
                append(static_cast<std::uint8_t>(value * 255));
            else if (type == PixelType::u16)
                append(static_cast<std::uint16_t>(value * 65535));
            else
                append(static_cast<float>(value));
        }
        set.images.push_back(std::move(image));
    }
    return set;
}

TrainingOptions options(const std::filesystem::path& output, std::int64_t steps) {
    TrainingOptions o;
    o.preset = presetNamed("diffusion", "demo");
    o.size = 16;
    o.steps = steps;
    o.seed = 3;
    o.output = output;
    o.device = {"cpu", 2, Precision::float32};
    o.labels = {{"domain", "rock"}, {"set", "stripes"}};
    return o;
}

TrainingOutcome trained(const PackedSet& set, const TrainingOptions& o) {
    JobContext job;
    return trainModel(set, o, job, [](const TrainingReport&) {});
}

bool sameTensors(const std::filesystem::path& a, const std::filesystem::path& b) {
    const Safetensors first = readSafetensors(a);
    const Safetensors second = readSafetensors(b);
    return !first.data.empty() && first.data == second.data;
}

ErrorCode codeOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::cancelled; // stands for "nothing was thrown"
}

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void manifestTellsTheRun();
    void lossesFall();
    void resumedEqualsUnbroken();
    void resumptionsThatDoNotFit_data();
    void resumptionsThatDoNotFit();
    void stopKeepsACheckpoint();
    void threadsDoNotChangeTheResult();
    void samplesDoNotDependOnTheirNumber();
    void precisionsAgree();
    void sampleTypes_data();
    void sampleTypes();
    void largerPresetsRun_data();
    void largerPresetsRun();
    void refusedOptions_data();
    void refusedOptions();
    void damagedCheckpoints_data();
    void damagedCheckpoints();
    void greyMapRoundTrip_data();
    void greyMapRoundTrip();
    void greyMapIgnoresOutliers();
    void cropsCoverTheImage();
    void cropsFollowTheSymmetry();
    void configsRoundTrip();
    void settingsOutsideTheirRanges_data();
    void settingsOutsideTheirRanges();

private:
    TemporaryFolder m_folder;
    std::filesystem::path m_checkpoint; ///< 24 steps on 16-bit stripes
    TrainingOutcome m_outcome;
};

void TestTraining::initTestCase() {
    m_checkpoint = m_folder.path() / "base.safetensors";
    m_outcome = trained(stripes(PixelType::u16), options(m_checkpoint, 24));
}

void TestTraining::manifestTellsTheRun() {
    QCOMPARE(m_outcome.steps, std::int64_t{24});
    QCOMPARE(m_outcome.device, std::string("cpu"));
    QCOMPARE(m_outcome.parameters, std::int64_t{1351044});
    QVERIFY(!m_outcome.stoppedEarly);
    QCOMPARE(m_outcome.sha256, sha256OfFile(m_checkpoint));
    QVERIFY(std::filesystem::file_size(m_checkpoint) <= 6'000'000);
    const GeneratorModel model = GeneratorModel::load(m_checkpoint, m_outcome.sha256);
    const Json& manifest = model.manifest();
    QCOMPARE(manifest["steps"].get<int>(), 24);
    QCOMPARE(manifest["seed"].get<int>(), 3);
    QCOMPARE(manifest["preset"].get<std::string>(), std::string("demo"));
    QCOMPARE(manifest["labels"]["set"].get<std::string>(), std::string("stripes"));
    QCOMPARE(manifest["data"]["images"].get<int>(), 2);
    QCOMPARE(manifest["data"]["sha256"].get<std::string>().size(), std::size_t{64});
    QVERIFY(manifest["libtorch"].is_string());
    QVERIFY(model.greyMap().type == PixelType::u16);
}

void TestTraining::lossesFall() {
    // The loss of a network that has learnt nothing is 1.
    QVERIFY(std::abs(m_outcome.losses["all"].get<double>() - 1.0) < 0.05);
    const auto longer =
        trained(stripes(PixelType::u16), options(m_folder.path() / "longer.safetensors", 250));
    const auto loss = longer.losses["all"].get<double>();
    QVERIFY2(loss > 0.0 && loss < 0.93, qPrintable(QString::number(loss)));
}

void TestTraining::resumedEqualsUnbroken() {
    const PackedSet set = stripes(PixelType::u16);
    const auto path = m_folder.path() / "broken.safetensors";
    std::stop_source stop;
    JobContext job(stop.get_token());
    TrainingOptions o = options(path, 24);
    // The first report comes after some steps; whichever they are, the rest is done by the resumed
    // run.
    const TrainingOutcome first =
        trainModel(set, o, job, [&](const TrainingReport&) { stop.request_stop(); });
    QVERIFY(first.stoppedEarly);
    QVERIFY(first.steps >= 1 && first.steps < 24);
    QVERIFY(!sameTensors(path, m_checkpoint));
    o.resume = path;
    const TrainingOutcome second = trained(set, o);
    QCOMPARE(second.steps, std::int64_t{24});
    QVERIFY(second.seconds > first.seconds);
    QVERIFY(sameTensors(path, m_checkpoint));
    QVERIFY(sameTensors(statePathOf(path), statePathOf(m_checkpoint)));
}

void TestTraining::resumptionsThatDoNotFit_data() {
    QTest::addColumn<int>("change");
    QTest::addColumn<int>("code");
    QTest::newRow("as many steps as done") << 0 << int(ErrorCode::config);
    QTest::newRow("another size") << 1 << int(ErrorCode::conflict);
    QTest::newRow("another symmetry") << 2 << int(ErrorCode::conflict);
    QTest::newRow("other data") << 3 << int(ErrorCode::conflict);
    QTest::newRow("another preset") << 4 << int(ErrorCode::conflict);
    QTest::newRow("no state") << 5 << int(ErrorCode::notFound);
    QTest::newRow("a checkpoint as state") << 6 << int(ErrorCode::format);
}

void TestTraining::resumptionsThatDoNotFit() {
    QFETCH(int, change);
    QFETCH(int, code);
    const auto path = m_folder.path() / "refused.safetensors";
    TrainingOptions o = options(path, change == 0 ? 24 : 30);
    o.resume = m_checkpoint;
    o.size = change == 1 ? 24 : 16;
    o.symmetry = change == 2 ? Symmetry::mirror : Symmetry::square8;
    if (change == 4) {
        o.preset = presetNamed("diffusion", "workstation");
        o.size = 32;
    }
    if (change == 5)
        o.resume = m_folder.path() / "nothing.safetensors";
    if (change == 6) {
        o.resume = m_folder.path() / "copy.state";
        std::filesystem::copy_file(m_checkpoint, *o.resume);
    }
    const PackedSet set = stripes(change == 3 ? PixelType::u8 : PixelType::u16);
    QCOMPARE(int(codeOf([&] { (void)trained(set, o); })), code);
    QVERIFY(!std::filesystem::exists(path));
}

void TestTraining::stopKeepsACheckpoint() {
    const auto path = m_folder.path() / "stopped.safetensors";
    std::stop_source stop;
    JobContext job(stop.get_token());
    TrainingOptions o = options(path, 1'000'000);
    const TrainingOutcome outcome =
        trainModel(stripes(PixelType::u8), o, job, [&](const TrainingReport& report) {
            if (report.step >= 1)
                stop.request_stop();
        });
    QVERIFY(outcome.stoppedEarly);
    const GeneratorModel model = GeneratorModel::load(path, outcome.sha256);
    QCOMPARE(model.manifest()["steps"].get<std::int64_t>(), outcome.steps);
    JobContext stopped(stop.get_token());
    QVERIFY(codeOf([&] { (void)sampleModel(model, {}, stopped); }) == ErrorCode::cancelled);
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)sampleModel(model, {}, stopped));
}

void TestTraining::threadsDoNotChangeTheResult() {
    const PackedSet set = stripes(PixelType::u16);
    TrainingOptions o = options(m_folder.path() / "one.safetensors", 24);
    o.device.threads = 1;
    (void)trained(set, o);
    QVERIFY(sameTensors(o.output, m_checkpoint));
}

void TestTraining::samplesDoNotDependOnTheirNumber() {
    const GeneratorModel model = GeneratorModel::load(m_checkpoint);
    const auto sampled = [&](std::int64_t count, int threads, std::uint64_t seed) {
        SamplingOptions o;
        o.count = count;
        o.seed = seed;
        o.steps = 6;
        o.device = {"cpu", threads};
        JobContext job;
        return sampleModel(model, o, job);
    };
    const SamplingOutcome many = sampled(16, 2, 42);
    for (const std::int64_t count : {1, 7}) {
        for (const int threads : {1, 2, 5}) {
            const SamplingOutcome few = sampled(count, threads, 42);
            for (std::size_t i = 0; i < few.set.images.size(); ++i) {
                QCOMPARE(few.seeds[i], many.seeds[i]);
                QCOMPARE(few.set.images[i].id, std::to_string(i));
                QVERIFY(few.set.images[i].pixels == many.set.images[i].pixels);
            }
        }
    }
    QVERIFY(many.set.images[0].pixels != many.set.images[1].pixels);
    QVERIFY(sampled(1, 1, 43).set.images[0].pixels != many.set.images[0].pixels);
}

void TestTraining::precisionsAgree() {
    const GeneratorModel model = GeneratorModel::load(m_checkpoint);
    const auto sampled = [&](Precision precision, int threads) {
        SamplingOptions o;
        o.count = 9;
        o.seed = 3;
        o.steps = 6;
        o.device = {"cpu", threads, precision};
        JobContext job;
        return sampleModel(model, o, job);
    };
    const SamplingOutcome full = sampled(Precision::float32, 2);
    const SamplingOutcome half = sampled(Precision::bfloat16, 2);
    const SamplingOutcome again = sampled(Precision::bfloat16, 1);
    const SamplingOutcome automatic = sampled(Precision::automatic, 2);
    QCOMPARE(full.precision, std::string("float32"));
    QCOMPARE(half.precision, std::string("bfloat16"));
    QVERIFY(automatic.precision == full.precision || automatic.precision == half.precision);
    const SamplingOutcome& same = automatic.precision == half.precision ? half : full;
    double squares = 0.0;
    double differences = 0.0;
    for (std::size_t i = 0; i < full.set.images.size(); ++i) {
        QVERIFY(again.set.images[i].pixels == half.set.images[i].pixels);
        QVERIFY(automatic.set.images[i].pixels == same.set.images[i].pixels);
        const ImageSpan a = full.set.span(i);
        const ImageSpan b = half.set.span(i);
        double mean = 0.0;
        for (std::int64_t p = 0; p < a.values(); ++p)
            mean += a.at(p) / static_cast<double>(a.values());
        for (std::int64_t p = 0; p < a.values(); ++p) {
            squares += (a.at(p) - mean) * (a.at(p) - mean);
            differences += (a.at(p) - b.at(p)) * (a.at(p) - b.at(p));
        }
    }
    QVERIFY(differences > 0.0);
    QVERIFY(differences < 0.0025 * squares); // within 5 % of the contrast
}

void TestTraining::sampleTypes_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("channels");
    QTest::newRow("8-bit") << int(PixelType::u8) << 1;
    QTest::newRow("float") << int(PixelType::f32) << 1;
    QTest::newRow("RGB") << int(PixelType::u8) << 3;
}

void TestTraining::sampleTypes() {
    QFETCH(int, type);
    QFETCH(int, channels);
    const PackedSet set = stripes(static_cast<PixelType>(type), channels);
    TrainingOptions o = options(m_folder.path() / "typed.safetensors", 3);
    o.device.precision = Precision::automatic;
    (void)trained(set, o);
    const GeneratorModel model = GeneratorModel::load(o.output);
    SamplingOptions wanted;
    wanted.width = 24;
    wanted.height = 8;
    wanted.steps = 3;
    JobContext job;
    const SamplingOutcome made = sampleModel(model, wanted, job);
    QVERIFY(made.set.type == set.type);
    QCOMPARE(made.set.channels, std::int64_t{channels});
    QCOMPARE(made.set.images[0].width, std::int64_t{24});
    QCOMPARE(made.set.images[0].height, std::int64_t{8});
    // An untrained network gives the mean grey value of the set, give or take its spread.
    double sum = 0.0;
    const ImageSpan span = made.set.span(0);
    for (std::int64_t i = 0; i < span.values(); ++i)
        sum += span.at(i) / typeMaximum(span.type);
    QVERIFY(std::abs(sum / static_cast<double>(span.values()) - 0.45) < 0.15);
}

void TestTraining::largerPresetsRun_data() {
    QTest::addColumn<QString>("preset");
    QTest::newRow("workstation") << QStringLiteral("workstation");
    QTest::newRow("large") << QStringLiteral("large");
}

void TestTraining::largerPresetsRun() {
    QFETCH(QString, preset);
    TrainingOptions o = options(m_folder.path() / "larger.safetensors", 2);
    o.preset = presetNamed("diffusion", preset.toStdString());
    o.preset.settings["training"]["batch"] = 2;
    o.size = 64;
    const TrainingOutcome outcome = trained(stripes(PixelType::u8, 1, 64), o);
    QCOMPARE(outcome.steps, std::int64_t{2});
    const GeneratorModel model = GeneratorModel::load(o.output);
    SamplingOptions wanted;
    wanted.width = wanted.height = 32;
    wanted.steps = 2;
    JobContext job;
    QCOMPARE(sampleModel(model, wanted, job).set.images.size(), std::size_t{1});
}

void TestTraining::refusedOptions_data() {
    QTest::addColumn<int>("change");
    QTest::addColumn<int>("code");
    QTest::newRow("size no multiple of 8") << 0 << int(ErrorCode::config);
    QTest::newRow("images too small") << 1 << int(ErrorCode::config);
    QTest::newRow("no minutes") << 2 << int(ErrorCode::config);
    QTest::newRow("no steps") << 3 << int(ErrorCode::config);
    QTest::newRow("unknown device") << 4 << int(ErrorCode::config);
    QTest::newRow("device that is not there") << 5 << int(ErrorCode::unsupported);
    QTest::newRow("no folder") << 6 << int(ErrorCode::io);
    QTest::newRow("constant set") << 7 << int(ErrorCode::numeric);
    QTest::newRow("values not finite") << 8 << int(ErrorCode::numeric);
    QTest::newRow("empty set") << 9 << int(ErrorCode::numeric);
}

void TestTraining::refusedOptions() {
    QFETCH(int, change);
    QFETCH(int, code);
    TrainingOptions o = options(m_folder.path() / "refused.safetensors", 3);
    PackedSet set = stripes(PixelType::f32);
    if (change == 0)
        o.size = 20;
    if (change == 1)
        o.size = 48;
    if (change == 2)
        o.minutes = 0.0;
    if (change == 3)
        o.steps = 0;
    if (change == 4)
        o.device.device = "abacus";
    if (change == 5)
        o.device.device = "cuda:99";
    if (change == 6)
        o.output = m_folder.path() / "missing" / "x.safetensors";
    for (PackedImage& image : set.images) {
        if (change == 7)
            std::memset(image.pixels.data(), 0, image.pixels.size());
        const float infinite = INFINITY;
        if (change == 8)
            std::memcpy(image.pixels.data() + 400, &infinite, sizeof infinite);
    }
    if (change == 9)
        set.images.clear();
    QCOMPARE(int(codeOf([&] { (void)trained(set, o); })), code);
    QVERIFY(!std::filesystem::exists(o.output));
}

void TestTraining::damagedCheckpoints_data() {
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    // Replacements of equal length keep the rest of the file valid.
    QTest::newRow("another program's weights")
        << QByteArray("likeness-diffusion-1") << QByteArray("someoneelse-diffuse1");
    QTest::newRow("tensor of another name")
        << QByteArray("\"first.bias\"") << QByteArray("\"first.bios\"");
    QTest::newRow("no network") << QByteArray("\\\"network\\\"") << QByteArray("\\\"netwerk\\\"");
    QTest::newRow("other widths") << QByteArray("[32,64,128]") << QByteArray("[32,64,120]");
    QTest::newRow("width not allowed") << QByteArray("[32,64,128]") << QByteArray("[32,64,127]");
    QTest::newRow("grey type") << QByteArray("uint16") << QByteArray("uint15");
    QTest::newRow("grey scale 0") << QByteArray("\\\"scale\\\":") << QByteArray("\\\"skale\\\":");
}

void TestTraining::damagedCheckpoints() {
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    const std::string whole = readTextFile(m_checkpoint);
    QByteArray bytes(whole.data(), qsizetype(whole.size()));
    QCOMPARE(from.size(), to.size());
    QVERIFY(bytes.contains(from));
    bytes.replace(from, to);
    const auto path = m_folder.path() / "damaged.safetensors";
    writeFileDurably(path, std::string_view(bytes.constData(), std::size_t(bytes.size())));
    QVERIFY(codeOf([&] { (void)GeneratorModel::load(path); }) == ErrorCode::format);
    QVERIFY(codeOf([&] { (void)GeneratorModel::load(path, m_outcome.sha256); }) ==
            ErrorCode::conflict);
}

void TestTraining::greyMapRoundTrip_data() {
    QTest::addColumn<int>("type");
    QTest::newRow("8-bit") << int(PixelType::u8);
    QTest::newRow("16-bit") << int(PixelType::u16);
    QTest::newRow("float") << int(PixelType::f32);
}

void TestTraining::greyMapRoundTrip() {
    QFETCH(int, type);
    const PackedSet set = stripes(static_cast<PixelType>(type));
    const GreyMap map = greyMapFromJson(toJson(greyMapOf(set)), "test");
    const ImageSpan span = set.span(0);
    std::vector<float> units;
    double sum = 0.0;
    double squares = 0.0;
    for (std::int64_t i = 0; i < span.values(); ++i) {
        units.push_back(map.forward(span.at(i)));
        sum += static_cast<double>(units.back());
        squares += static_cast<double>(units.back()) * static_cast<double>(units.back());
    }
    const double mean = sum / static_cast<double>(units.size());
    QVERIFY(std::abs(mean) < 0.05);
    QVERIFY(std::abs(std::sqrt(squares / static_cast<double>(units.size()) - mean * mean) - 0.5) <
            0.03);
    std::vector<std::byte> back(span.bytes());
    map.inverse(units.data(), span.values(), back.data());
    const ImageSpan again{back.data(), span.type, span.width, span.height, 1, 1};
    for (std::int64_t i = 0; i < span.values(); ++i)
        QVERIFY(std::abs(again.at(i) - span.at(i)) <= (span.type == PixelType::f32 ? 1e-6 : 0.0));
    // Beyond the type's range the ends hold.
    const float far[2] = {-1e6F, 1e6F};
    std::byte ends[8];
    map.inverse(far, 2, ends);
    if (span.type == PixelType::u8)
        QVERIFY(ends[0] == std::byte{0} && ends[1] == std::byte{255});
}

void TestTraining::greyMapIgnoresOutliers() {
    PackedSet set = stripes(PixelType::u16);
    const GreyMap before = greyMapOf(set);
    const std::uint16_t bright = 65535;
    std::memcpy(set.images[0].pixels.data(), &bright, sizeof bright);
    const GreyMap after = greyMapOf(set);
    QVERIFY(std::abs(after.centre - before.centre) < 0.01 * before.scale);
    QVERIFY(std::abs(after.scale / before.scale - 1.0) < 0.01);
    QVERIFY(after.sigmaData > before.sigmaData);
}

void TestTraining::cropsCoverTheImage() {
    // Every pixel has its own value, so that a crop tells where it lies.
    PackedSet set;
    set.type = PixelType::u16;
    PackedImage image;
    image.width = image.height = 48;
    for (std::uint16_t i = 0; i < 48 * 48; ++i) {
        image.pixels.push_back(static_cast<std::byte>(i & 0xFFU));
        image.pixels.push_back(static_cast<std::byte>(i >> 8U));
    }
    set.images.push_back(std::move(image));
    const GreyMap map{PixelType::u16, 0.0, 1.0, 1.0};
    const CropSource crops(set, map, 16, Symmetry::none);
    std::vector<double> seen(48 * 48);
    std::vector<float> crop(256);
    constexpr int kDraws = 20000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
        crops.draw(i, crop.data());
        QCOMPARE(crop[17] - crop[0], 49.0F);
        for (const float value : crop)
            seen[static_cast<std::size_t>(value)] += 1.0;
    }
    // Pixels of the outer third must count like those of the middle, where even starts would give
    // them half.
    double border = 0.0;
    for (int i = 0; i < 16; ++i)
        border += seen[static_cast<std::size_t>(24 * 48 + i)] / 16.0;
    double middle = 0.0;
    for (int i = 16; i < 32; ++i)
        middle += seen[static_cast<std::size_t>(24 * 48 + i)] / 16.0;
    QVERIFY2(border / middle > 0.9 && border / middle < 1.5,
             std::to_string(border / middle).c_str());
    for (const double count : seen)
        QVERIFY(count > 0.0);
}

void TestTraining::cropsFollowTheSymmetry() {
    PackedSet set;
    PackedImage image;
    image.width = image.height = 16;
    for (int i = 0; i < 256; ++i)
        image.pixels.push_back(static_cast<std::byte>(i));
    set.images.push_back(std::move(image));
    const GreyMap map{PixelType::u8, 0.0, 1.0, 1.0};
    const auto corners = [&](Symmetry symmetry) {
        const CropSource crops(set, map, 16, symmetry);
        std::set<std::pair<int, int>> found; // first pixel and its neighbour
        std::vector<float> crop(256);
        for (std::uint64_t i = 0; i < 200; ++i) {
            crops.draw(i, crop.data());
            found.emplace(static_cast<int>(crop[0]), static_cast<int>(crop[1]));
        }
        return found;
    };
    const std::set<std::pair<int, int>> none{{0, 1}};
    const std::set<std::pair<int, int>> mirror{{0, 1}, {15, 14}};
    const std::set<std::pair<int, int>> all{{0, 1},  {15, 14}, {240, 241}, {255, 254},
                                            {0, 16}, {15, 31}, {240, 224}, {255, 239}};
    QVERIFY(corners(Symmetry::none) == none);
    QVERIFY(corners(Symmetry::mirror) == mirror);
    QVERIFY(corners(Symmetry::square8) == all);
}

void TestTraining::configsRoundTrip() {
    for (const std::string& model : modelNames()) {
        for (const char* name : {"demo", "workstation", "large"}) {
            const Preset preset = presetNamed(model, name);
            QVERIFY(checkedSettings(model, preset.settings, "test") == preset.settings);
            for (const char* section : {"network", "training"})
                QVERIFY(!preset.settings[section].empty());
        }
        QVERIFY(codeOf([&] { (void)presetNamed(model, "tiny"); }) == ErrorCode::config);
    }
    QVERIFY(codeOf([] { (void)presetNamed("oracle", "demo"); }) == ErrorCode::unsupported);
}

void TestTraining::settingsOutsideTheirRanges_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("patch");
    const auto row = [](const char* model, const char* patch) {
        QTest::addRow("%s %s", model, patch)
            << QString::fromLatin1(model) << QString::fromLatin1(patch);
    };
    for (const char* network :
         {R"({"widths":[]})", R"({"widths":[4]})", R"({"widths":"x"})", R"({"blocks":0})",
          R"({"heads":3})", R"({"dropout":1.5})", R"({"unshuffle":-1})"})
        row("diffusion", (std::string(R"({"network":)") + network + "}").c_str());
    row("diffusion", R"({"training":{"batch":0}})");
    row("diffusion", R"({"solver":null})");
    row("diffusion", R"({"solver":{"sigma_minimum":50,"sigma_maximum":40}})");
    row("vae", R"({"network":{"latent":"none"}})");
    row("vae", R"({"network":{"latent_channels":0}})");
    row("vae", R"({"training":{"kl_weight":-1}})");
    row("vae", R"({"sampling":{"noise":9}})");
    row("vae", R"({"sampling":{"measured_codes":1}})");
    row("dcgan", R"({"network":{"widths":[16]}})");
    row("dcgan", R"({"network":{"discriminator_widths":[20,16]}})");
    row("dcgan", R"({"training":{"r1_every":0}})");
    row("slicegan", R"({"network":{"phases":[1]}})");
    row("slicegan", R"({"network":{"phases":[2,1]}})");
    row("slicegan", R"({"network":{"critics":2}})");
    row("slicegan", R"({"training":{"slices":0}})");
    row("dcgan", R"({"training":{"batch":6}})");
    row("dcgan", R"({"training":{"translation":0.6}})");
}

void TestTraining::settingsOutsideTheirRanges() {
    QFETCH(QString, model);
    QFETCH(QString, patch);
    const std::string name = model.toStdString();
    Json settings = presetNamed(name, "demo").settings;
    settings.merge_patch(Json::parse(patch.toStdString()));
    QVERIFY(codeOf([&] { (void)checkedSettings(name, settings, "test"); }) == ErrorCode::format);
}

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"
