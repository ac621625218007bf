// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/editing.h"
#include "core/generation/sampler.h"
#include "core/generation/trainer.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

using namespace likeness;

namespace {

constexpr int kWidth = 37; // no multiples of the network's 8
constexpr int kHeight = 29;

/// Stripes of two grey levels with noise.
PackedSet stripes(PixelType type, std::int64_t channels, int width, int height) {
    PackedSet set;
    set.type = type;
    set.channels = channels;
    Random random(1, "test.stripes");
    PackedImage image;
    image.id = image.specimen = "a";
    image.width = width;
    image.height = height;
    for (int j = 0; j < width * height * static_cast<int>(channels); ++j) {
        const double value = (j / width / 4 % 2 == 0 ? 0.3 : 0.6) + 0.02 * random.normal();
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
    return set;
}

PackedSet maskOf(int width, int height, const std::function<bool(int x, int y)>& marked) {
    PackedSet set;
    PackedImage image;
    image.id = "mask";
    image.width = width;
    image.height = height;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            image.pixels.push_back(static_cast<std::byte>(marked(x, y) ? 1 : 0));
    set.images.push_back(std::move(image));
    return set;
}

bool inHole(int x, int y) {
    return x >= 10 && x < 21 && y >= 7 && y < 19;
}

const PackedSet kHole = maskOf(kWidth, kHeight, inHole);

Error errorOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    return {ErrorCode::cancelled, "nothing was thrown", ""};
}

/// Whether pixel (x, y) is the same in image `a` and, shifted, in image `b` of two sets.
bool samePixel(const PackedSet& a,
               const PackedImage& first,
               const PackedImage& second,
               int x,
               int y,
               int dx = 0,
               int dy = 0) {
    const std::size_t pixel = bytesOf(a.type) * static_cast<std::size_t>(a.channels);
    const auto at = [&](const PackedImage& image, int px, int py) {
        return image.pixels.begin() + static_cast<long>(pixel) * (py * image.width + px);
    };
    const auto from = at(first, x, y);
    return std::equal(from, from + static_cast<long>(pixel), at(second, x + dx, y + dy));
}

double difference(const PackedSet& a, const PackedSet& b) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < a.span(0).values(); ++i)
        sum += std::abs(a.span(0).at(i) - b.span(0).at(i));
    return sum / static_cast<double>(a.span(0).values());
}

} // namespace

class TestEditing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void knownPixelsAreTheParents_data();
    void knownPixelsAreTheParents();
    void outpaintingKeepsTheParent();
    void strengthZeroIsTheParent();
    void strengthOrdersTheChange();
    void imagesDependOnTheirSeedAlone_data();
    void imagesDependOnTheirSeedAlone();
    void endsOfInterpolationAreSamples();
    void trajectoryEndsInTheSample();
    void distantPixelsDoNotMatter();
    void greyFittedToAnotherType();
    void everySizeWorks_data();
    void everySizeWorks();
    void refused_data();
    void refused();
    void toldModels();
    void modelsWithoutDenoiser();
    void stops();
    void recipes_data();
    void recipes();

private:
    const GeneratorModel& model(PixelType type, std::int64_t channels = 1);
    EditingOptions
    options(EditKind kind, PixelType type = PixelType::u8, std::int64_t channels = 1) const;
    EditingOutcome made(const EditingOptions& options);

    std::map<std::pair<PixelType, std::int64_t>, std::unique_ptr<GeneratorModel>> m_models;
    TemporaryFolder m_folder;
};

void TestEditing::initTestCase() {
    QVERIFY(std::filesystem::is_directory(m_folder.path()));
}

const GeneratorModel& TestEditing::model(PixelType type, std::int64_t channels) {
    auto& known = m_models[{type, channels}];
    if (!known) {
        TrainingOptions training;
        training.preset = presetNamed("diffusion", "demo");
        training.size = 16;
        training.steps = 20;
        training.seed = 3;
        training.device = {"cpu", 2, Precision::float32};
        training.output = m_folder.path() /
                          (std::string(toString(type)) + std::to_string(channels) + ".safetensors");
        JobContext job;
        static_cast<void>(trainModel(stripes(type, channels, 40, 40), training, job,
                                     [](const TrainingReport&) {}));
        known = std::make_unique<GeneratorModel>(GeneratorModel::load(training.output));
    }
    return *known;
}

EditingOptions TestEditing::options(EditKind kind, PixelType type, std::int64_t channels) const {
    EditingOptions o;
    o.edit.kind = kind;
    o.edit.seed = 11;
    o.edit.steps = 6;
    o.device = {"cpu", 2};
    if (takesParent(kind))
        o.parent = stripes(type, channels, kWidth, kHeight);
    if (kind == EditKind::inpaint)
        o.mask = kHole;
    if (kind == EditKind::outpaint)
        o.edit.margins = {5, 0, 3, 9};
    return o;
}

EditingOutcome TestEditing::made(const EditingOptions& options) {
    JobContext job;
    const PixelType type = options.parent ? options.parent->type : PixelType::u8;
    return editImages(model(type, options.parent ? options.parent->channels : 1), options, job);
}

void TestEditing::knownPixelsAreTheParents_data() {
    QTest::addColumn<PixelType>("type");
    QTest::addColumn<int>("channels");
    QTest::newRow("8 bit") << PixelType::u8 << 1;
    QTest::newRow("16 bit") << PixelType::u16 << 1;
    QTest::newRow("float") << PixelType::f32 << 1;
    QTest::newRow("RGB") << PixelType::u8 << 3;
}

void TestEditing::knownPixelsAreTheParents() {
    QFETCH(PixelType, type);
    QFETCH(int, channels);
    EditingOptions o = options(EditKind::inpaint, type, channels);
    o.edit.count = 2;
    const EditingOutcome outcome = made(o);
    QCOMPARE(outcome.set.images.size(), 2U);
    QVERIFY(outcome.set.type == type);
    for (const PackedImage& image : outcome.set.images) {
        QCOMPARE(image.width, kWidth);
        QCOMPARE(image.height, kHeight);
        int changed = 0;
        for (int y = 0; y < kHeight; ++y)
            for (int x = 0; x < kWidth; ++x) {
                const bool same = samePixel(outcome.set, o.parent->images.front(), image, x, y);
                QVERIFY(same || inHole(x, y));
                changed += same ? 0 : 1;
            }
        QVERIFY(changed > 100); // of 132
    }
    QVERIFY(outcome.set.images[0].pixels != outcome.set.images[1].pixels);
}

void TestEditing::outpaintingKeepsTheParent() {
    const EditingOptions o = options(EditKind::outpaint);
    const EditingOutcome outcome = made(o);
    const PackedImage& image = outcome.set.images.front();
    QCOMPARE(image.width, kWidth + 8);
    QCOMPARE(image.height, kHeight + 9);
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
            QVERIFY(samePixel(outcome.set, o.parent->images.front(), image, x, y, 5, 0));
    // What is new is not left black.
    QVERIFY(outcome.set.span(0).at(0) > 0.0);
}

void TestEditing::strengthZeroIsTheParent() {
    EditingOptions o = options(EditKind::vary);
    o.edit.strength = 0.0;
    o.edit.count = 2;
    for (const PackedImage& image : made(o).set.images)
        QVERIFY(image.pixels == o.parent->images.front().pixels);
}

void TestEditing::strengthOrdersTheChange() {
    EditingOptions o = options(EditKind::vary);
    double before = 0.0;
    for (const double strength : {0.05, 0.3, 0.6}) {
        o.edit.strength = strength;
        const double now = difference(*o.parent, made(o).set);
        QVERIFY2(now > before, qPrintable(QStringLiteral("%1: %2").arg(strength).arg(now)));
        before = now;
    }
}

void TestEditing::imagesDependOnTheirSeedAlone_data() {
    QTest::addColumn<EditKind>("kind");
    QTest::newRow("inpaint") << EditKind::inpaint;
    QTest::newRow("outpaint") << EditKind::outpaint;
    QTest::newRow("vary") << EditKind::vary;
}

void TestEditing::imagesDependOnTheirSeedAlone() {
    QFETCH(EditKind, kind);
    EditingOptions o = options(kind);
    const EditingOutcome one = made(o);
    o.edit.count = 3;
    const EditingOutcome three = made(o);
    o.device.threads = 1;
    const EditingOutcome again = made(o);
    QVERIFY(one.set.images[0].pixels == three.set.images[0].pixels);
    QCOMPARE(*one.seeds[0], derivedSeed(11, 0));
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(three.set.images[i].pixels == again.set.images[i].pixels);
    o.edit.seed = 12;
    QVERIFY(made(o).set.images[0].pixels != one.set.images[0].pixels);
}

void TestEditing::endsOfInterpolationAreSamples() {
    SamplingOptions sampling;
    sampling.count = 2;
    sampling.seed = 7;
    sampling.width = 32;
    sampling.height = 32;
    sampling.steps = 6;
    sampling.device = {"cpu", 1};
    JobContext job;
    const SamplingOutcome samples = sampleModel(model(PixelType::u8), sampling, job);
    EditingOptions o = options(EditKind::interpolate);
    o.edit.from = samples.seeds[0];
    o.edit.to = samples.seeds[1];
    o.edit.frames = 4;
    o.edit.width = o.edit.height = 32;
    const EditingOutcome outcome = made(o);
    QCOMPARE(outcome.set.images.size(), 4U);
    QVERIFY(outcome.set.images.front().pixels == samples.set.images[0].pixels);
    QVERIFY(outcome.set.images.back().pixels == samples.set.images[1].pixels);
    QVERIFY(outcome.set.images[1].pixels != outcome.set.images[2].pixels);
    QVERIFY(outcome.seeds[0] == samples.seeds[0] && outcome.seeds[3] == samples.seeds[1]);
    QVERIFY(!outcome.seeds[1] && !outcome.seeds[2]);
    QCOMPARE(outcome.frames[3]["share"].get<double>(), 1.0);
}

void TestEditing::trajectoryEndsInTheSample() {
    SamplingOptions sampling;
    sampling.seed = 7;
    sampling.steps = 6;
    sampling.device = {"cpu", 1};
    JobContext job;
    const SamplingOutcome sample = sampleModel(model(PixelType::u8), sampling, job);
    EditingOptions o = options(EditKind::trajectory);
    o.edit.seed = sample.seeds[0];
    const EditingOutcome both = made(o);
    QCOMPARE(both.set.images.size(), 12U);
    QVERIFY(both.set.images.back().pixels == sample.set.images[0].pixels);
    QCOMPARE(both.frames.back()["state"].get<std::string>(), std::string("clean"));
    QCOMPARE(both.frames.front()["state"].get<std::string>(), std::string("noisy"));
    QCOMPARE(both.frames.front()["sigma"].get<double>(), 40.0);
    for (std::size_t i = 2; i < 12; ++i)
        QVERIFY(both.frames[i]["sigma"] < both.frames[i - 2]["sigma"]);
    o.edit.noisy = false;
    const EditingOutcome clean = made(o);
    QCOMPARE(clean.set.images.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i)
        QVERIFY(clean.set.images[i].pixels == both.set.images[2 * i + 1].pixels);
}

/// Only what lies around the hole is looked at: a small hole in a large slice costs little.
void TestEditing::distantPixelsDoNotMatter() {
    EditingOptions o = options(EditKind::inpaint);
    o.parent = stripes(PixelType::u8, 1, 300, 40);
    o.mask = maskOf(300, 40, [](int x, int y) { return x < 8 && y < 8; });
    const EditingOutcome before = made(o);
    std::vector<std::byte>& pixels = o.parent->images.front().pixels;
    pixels[299] = std::byte{255};
    const EditingOutcome after = made(o);
    for (int x = 0; x < 8; ++x)
        QVERIFY(samePixel(after.set, before.set.images.front(), after.set.images.front(), x, 3));
    QVERIFY(after.set.images.front().pixels[299] == std::byte{255});
}

void TestEditing::greyFittedToAnotherType() {
    EditingOptions o = options(EditKind::vary, PixelType::u16);
    o.edit.fitGrey = true;
    o.edit.strength = 0.2;
    JobContext job;
    const EditingOutcome outcome = editImages(model(PixelType::u8), o, job);
    QVERIFY(outcome.set.type == PixelType::u16);
    QVERIFY(difference(*o.parent, outcome.set) < 6000.0); // of 19661 between the stripes
}

void TestEditing::everySizeWorks_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    for (const auto& [w, h] : {std::pair{1, 1}, {3, 50}, {8, 8}, {9, 7}, {65, 16}})
        QTest::addRow("%d x %d", w, h) << w << h;
}

void TestEditing::everySizeWorks() {
    QFETCH(int, width);
    QFETCH(int, height);
    EditingOptions o = options(EditKind::vary);
    o.parent = stripes(PixelType::u8, 1, 40, 40);
    PackedImage& image = o.parent->images.front();
    image.width = width;
    image.height = height;
    image.pixels.resize(static_cast<std::size_t>(width * height), std::byte{100});
    // So that even a single pixel has grey values near those of the training set.
    for (std::size_t i = 0; i < image.pixels.size(); i += 2)
        image.pixels[i] = std::byte{140};
    if (image.pixels.size() == 1) {
        QVERIFY(errorOf([&] { static_cast<void>(made(o)); }).code() == ErrorCode::config);
        return;
    }
    const EditingOutcome outcome = made(o);
    QCOMPARE(outcome.set.images.front().width, width);
    QCOMPARE(outcome.set.images.front().height, height);
}

void TestEditing::refused_data() {
    using Change = std::function<void(EditingOptions&)>;
    QTest::addColumn<EditKind>("kind");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, EditKind kind, const Change& change, const char* words) {
        QTest::newRow(name) << kind << change << QString::fromLatin1(words);
    };
    row(
        "mask of another size", EditKind::inpaint,
        [](auto& o) { o.mask = maskOf(kHeight, kWidth, inHole); }, "29 x 37 pixels");
    row(
        "mask that marks nothing", EditKind::inpaint,
        [](auto& o) { o.mask = maskOf(kWidth, kHeight, [](int, int) { return false; }); },
        "marks nothing");
    row(
        "mask that marks everything", EditKind::inpaint,
        [](auto& o) { o.mask = maskOf(kWidth, kHeight, [](int, int) { return true; }); },
        "marks every pixel");
    row(
        "no mask", EditKind::inpaint, [](auto& o) { o.mask.reset(); }, "no mask");
    row(
        "no parent", EditKind::vary, [](auto& o) { o.parent.reset(); }, "none was given");
    row(
        "colour", EditKind::vary,
        [](auto& o) { o.parent = stripes(PixelType::u8, 3, kWidth, kHeight); },
        "3 colour channels");
    row(
        "16 bit", EditKind::vary,
        [](auto& o) { o.parent = stripes(PixelType::u16, 1, kWidth, kHeight); }, "uint16");
    row(
        "grey values of another kind", EditKind::vary,
        [](auto& o) {
            for (std::byte& pixel : o.parent->images.front().pixels)
                pixel = std::byte(255 - static_cast<int>(pixel) / 8);
        },
        "are far from");
    row(
        "nothing to fit", EditKind::vary,
        [](auto& o) {
            o.edit.fitGrey = true;
            std::ranges::fill(o.parent->images.front().pixels, std::byte{7});
        },
        "no spread");
    row(
        "strength", EditKind::vary, [](auto& o) { o.edit.strength = 1.5; }, "between 0 and 1");
    row(
        "count", EditKind::vary, [](auto& o) { o.edit.count = 0; }, "at least one");
    row(
        "margins", EditKind::outpaint, [](auto& o) { o.edit.margins = {}; }, "no side");
    row(
        "negative margin", EditKind::outpaint, [](auto& o) { o.edit.margins.top = -1; }, "-1");
    row(
        "passes", EditKind::inpaint, [](auto& o) { o.edit.passes = 0; }, "1 to 20");
    row(
        "frames", EditKind::interpolate, [](auto& o) { o.edit.frames = 1; }, "2 to 1000");
    row(
        "size", EditKind::trajectory, [](auto& o) { o.edit.width = 20; }, "multiples of 8");
    row(
        "steps", EditKind::trajectory, [](auto& o) { o.edit.steps = 1; }, "solver steps");
    row(
        "a model that is told nothing", EditKind::vary,
        [](auto& o) { o.edit.wish.values["porosity"] = 0.2; }, "conditions");
    row(
        "guidance to nothing", EditKind::vary, [](auto& o) { o.edit.wish.guidance = 2.0; },
        "nothing is asked");
}

void TestEditing::refused() {
    QFETCH(EditKind, kind);
    QFETCH(std::function<void(EditingOptions&)>, change);
    QFETCH(QString, words);
    EditingOptions o = options(kind);
    change(o);
    JobContext job;
    const Error error =
        errorOf([&] { static_cast<void>(editImages(model(PixelType::u8), o, job)); });
    QVERIFY2(QString::fromLatin1(error.what()).contains(words), error.what());
    QVERIFY(error.code() == ErrorCode::config || error.code() == ErrorCode::numeric);
}

/// A model with conditions: the frames are those of its samples, and edits take wishes.
void TestEditing::toldModels() {
    TrainingOptions training;
    training.preset = presetNamed("diffusion", "demo");
    training.preset.settings["network"]["widths"] = {16, 24};
    training.size = 16;
    training.steps = 40;
    training.conditions = {"mean_grey"};
    training.device = {"cpu", 2, Precision::float32};
    training.output = m_folder.path() / "told.safetensors";
    JobContext job;
    static_cast<void>(
        trainModel(stripes(PixelType::u8, 1, 64, 64), training, job, [](const TrainingReport&) {}));
    const GeneratorModel told = GeneratorModel::load(training.output);
    SamplingOptions sampling;
    sampling.count = 2;
    sampling.steps = 6;
    sampling.device = {"cpu", 1};
    const SamplingOutcome samples = sampleModel(told, sampling, job);

    EditingOptions way = options(EditKind::trajectory);
    way.edit.seed = samples.seeds[1];
    QVERIFY(editImages(told, way, job).set.images.back().pixels == samples.set.images[1].pixels);
    EditingOptions between = options(EditKind::interpolate);
    between.edit.frames = 3;
    between.edit.from = samples.seeds[0];
    between.edit.to = samples.seeds[1];
    const EditingOutcome frames = editImages(told, between, job);
    QVERIFY(frames.set.images.front().pixels == samples.set.images[0].pixels);
    QVERIFY(frames.set.images.back().pixels == samples.set.images[1].pixels);

    EditingOptions hole = options(EditKind::inpaint);
    const PackedImage untold = editImages(told, hole, job).set.images.front();
    hole.edit.wish.values["mean_grey"] = told.manifest()["conditions"]["scalars"][0]["high"];
    const EditingOutcome wished = editImages(told, hole, job);
    QVERIFY(wished.set.images.front().pixels != untold.pixels);
    QVERIFY(samePixel(wished.set, untold, wished.set.images.front(), 9, 7));
    QVERIFY(toJson(editFromJson(wished.set.meta["edit"], "a recipe")) == toJson(hole.edit));
    hole.edit.wish.values["colour"] = 1.0;
    QVERIFY(errorOf([&] { static_cast<void>(editImages(told, hole, job)); }).code() ==
            ErrorCode::config);
}

void TestEditing::modelsWithoutDenoiser() {
    TrainingOptions training;
    training.preset = presetNamed("vae", "demo");
    training.size = 32;
    training.steps = 1;
    training.device = {"cpu", 2};
    training.output = m_folder.path() / "vae.safetensors";
    JobContext job;
    static_cast<void>(
        trainModel(stripes(PixelType::u8, 1, 40, 40), training, job, [](const TrainingReport&) {}));
    const GeneratorModel vae = GeneratorModel::load(training.output);
    const Error error =
        errorOf([&] { static_cast<void>(editImages(vae, options(EditKind::vary), job)); });
    QVERIFY(error.code() == ErrorCode::unsupported);
}

void TestEditing::stops() {
    EditingOptions o = options(EditKind::vary);
    o.edit.count = 1000;
    o.edit.strength = 1.0;
    std::stop_source stop;
    int reports = 0;
    JobContext job(stop.get_token(), [&](const Progress& progress) {
        QVERIFY(progress.fraction >= 0.0 && progress.fraction <= 1.0);
        if (++reports == 20)
            stop.request_stop();
    });
    const GeneratorModel& trained = model(PixelType::u8);
    QVERIFY_THROWS_EXCEPTION(Cancelled, static_cast<void>(editImages(trained, o, job)));
    QVERIFY(reports < 30); // each thread may have begun one more step
}

void TestEditing::recipes_data() {
    QTest::addColumn<EditKind>("kind");
    for (const EditKind kind : {EditKind::inpaint, EditKind::outpaint, EditKind::vary,
                                EditKind::interpolate, EditKind::trajectory})
        QTest::newRow(std::string(toString(kind)).c_str()) << kind;
}

void TestEditing::recipes() {
    QFETCH(EditKind, kind);
    EditingOptions o = options(kind);
    o.edit.from = ~std::uint64_t{0};
    o.edit.strength = 0.125;
    const Json json = Json::parse(toJson(o.edit).dump());
    QVERIFY(toJson(editFromJson(json, "a recipe")) == json);
    Json damaged = json;
    damaged["steps"] = "six";
    QVERIFY(errorOf([&] { static_cast<void>(editFromJson(damaged, "a recipe")); }).code() ==
            ErrorCode::format);
    QVERIFY(errorOf([&] { static_cast<void>(editFromJson(Json::object(), "a recipe")); }).code() ==
            ErrorCode::format);
}

QTEST_GUILESS_MAIN(TestEditing)
#include "tst_editing.moc"
