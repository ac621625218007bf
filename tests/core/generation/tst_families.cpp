// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/generation/client/modelnames.h"
#include "core/generation/client/safetensors.h"
#include "core/generation/client/workerclient.h"
#include "core/generation/config.h"
#include "core/generation/latents.h"
#include "core/generation/sampler.h"
#include "core/generation/trainer.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

using namespace likeness;

namespace {

/// Grains two to six pixels long on a darker ground, with noise: a texture with two phases.
PackedSet grains(std::int64_t channels = 1) {
    constexpr int kSide = 64;
    PackedSet set;
    set.type = PixelType::u8;
    set.channels = channels;
    Random random(1, "test.grains");
    for (int i = 0; i < 4; ++i) {
        PackedImage image;
        image.id = std::to_string(i);
        image.width = image.height = kSide;
        for (int y = 0; y < kSide; ++y) {
            for (int x = 0; x < kSide; ++x) {
                const double wave =
                    std::sin(0.9 * x + i) + std::sin(0.8 * y + 2.0 * i) + 0.2 * random.normal();
                for (std::int64_t c = 0; c < channels; ++c)
                    image.pixels.push_back(static_cast<std::byte>(
                        static_cast<int>((wave > 0.3 ? 170.0 : 90.0) + 6.0 * random.normal())));
            }
        }
        set.images.push_back(std::move(image));
    }
    return set;
}

struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
};

Moments momentsOf(const PackedSet& set) {
    double sum = 0.0;
    double squares = 0.0;
    double count = 0.0;
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        const ImageSpan span = set.span(i);
        for (std::int64_t j = 0; j < span.values(); ++j) {
            sum += span.at(j);
            squares += span.at(j) * span.at(j);
        }
        count += static_cast<double>(span.values());
    }
    const double mean = sum / count;
    return {mean, std::sqrt(squares / count - mean * mean)};
}

/// Small enough for a test: seconds for hundreds of steps.
Preset smallPreset(const std::string& model) {
    Preset preset = presetNamed(model, "demo");
    if (model == "vae") {
        preset.settings["network"]["widths"] = {8, 16};
        preset.settings["training"]["batch"] = 8;
    } else if (model == "dcgan") {
        preset.settings["network"]["widths"] = {24, 16};
        preset.settings["network"]["noise_channels"] = 8;
        preset.settings["network"]["discriminator_widths"] = {16, 24};
        preset.settings["training"]["batch"] = 8;
        preset.settings["training"]["learning_rate"] = 2e-3;
    } else if (model == "stylegan") {
        preset.settings["network"]["widths"] = {24, 16};
        preset.settings["network"]["latent"] = 16;
        preset.settings["network"]["noise_channels"] = 8;
        preset.settings["network"]["discriminator_widths"] = {16, 24};
        preset.settings["training"]["batch"] = 8;
    } else if (model == "latent-diffusion") {
        preset.settings["network"]["widths"] = {16};
        preset.settings["network"]["blocks"] = 1;
        preset.settings["denoiser"]["widths"] = {16, 24};
        preset.settings["denoiser"]["embedding"] = 32;
        preset.settings["training"]["batch"] = 8;
        preset.settings["training"]["warm_up_steps"] = 10;
    } else if (model == "slicegan") {
        preset.settings["network"]["widths"] = {16, 8};
        preset.settings["network"]["finish"] = 8;
        preset.settings["network"]["critic_widths"] = {8, 16};
        preset.settings["training"]["slices"] = 2;
    }
    return preset;
}

TrainingOptions
options(const std::string& model, const std::filesystem::path& output, std::int64_t steps) {
    TrainingOptions o;
    o.preset = smallPreset(model);
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

SamplingOutcome sampled(const GeneratorModel& model, const SamplingOptions& o) {
    JobContext job;
    return sampleModel(model, o, job);
}

/// Of 32 samples.
Moments momentsOfSamples(const std::filesystem::path& checkpoint) {
    SamplingOptions wanted;
    wanted.count = 32;
    return momentsOf(sampled(GeneratorModel::load(checkpoint), wanted).set);
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

/// Those that learn: a baseline's run is over too soon to be stopped (see tst_baselines).
void learningFamilies() {
    QTest::addColumn<QString>("model");
    for (const std::string& name : modelNames())
        if (name != "gaussian-field" && name != "quilting")
            QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
}

void everyFamily() {
    QTest::addColumn<QString>("model");
    for (const std::string& name : modelNames())
        QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
}

} // namespace

class TestFamilies : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void clientKnowsTheFamilies();

    void manifestTellsTheFamily_data() { everyFamily(); }

    void manifestTellsTheFamily();

    void resumedEqualsUnbroken_data() { learningFamilies(); }

    void resumedEqualsUnbroken();
    void threadsDoNotChangeTheResult_data();
    void threadsDoNotChangeTheResult();

    void samplesDoNotDependOnTheirNumber_data() { everyFamily(); }

    void samplesDoNotDependOnTheirNumber();
    void sizesAreFree_data();
    void sizesAreFree();

    void stopIsQuick_data() { learningFamilies(); }

    void stopIsQuick();
    void anotherFamilyIsRefused();
    void damagedCheckpointsAreRefused_data();
    void damagedCheckpointsAreRefused();
    void stepsBelongToSolvers();
    void vaeLearns();
    void vaeNoiseKeepsTheDeviation();
    void vectorCodesHaveOneSize();
    void gansLearnTheTexture_data();
    void gansLearnTheTexture();
    void ganWarnsOfACollapse();
    void everyPartOfStyleGanResumes();
    void latentsOfSeedsAreSamples_data();
    void latentsOfSeedsAreSamples();
    void latentsThatAreNotThereAreRefused();
    void latentDiffusionLearnsInTwoStages();

private:
    /// Trained once for 12 steps.
    const std::filesystem::path& base(const std::string& model);

    TemporaryFolder m_folder;
    std::map<std::string, std::filesystem::path> m_bases;
};

const std::filesystem::path& TestFamilies::base(const std::string& model) {
    auto& path = m_bases[model];
    if (path.empty()) {
        path = m_folder.path() / (model + "-base.safetensors");
        (void)trained(grains(), options(model, path, 12));
    }
    return path;
}

void TestFamilies::clientKnowsTheFamilies() {
    QVERIFY(std::equal(kModelNames.begin(), kModelNames.end(), modelNames().begin(),
                       modelNames().end()));
}

void TestFamilies::manifestTellsTheFamily() {
    QFETCH(QString, model);
    const std::string name = model.toStdString();
    const GeneratorModel made = GeneratorModel::load(base(name));
    QCOMPARE(made.family(), name);
    QCOMPARE(made.trainedSize(), 16);
    QVERIFY(made.parameterCount() > 1000);
    const Json manifest = WorkerClient::checkpointMetadata(base(name));
    QCOMPARE(manifest["model"].get<std::string>(), name);
    QVERIFY(checkedSettings(name, manifest, "test") == smallPreset(name).settings);
    QVERIFY(manifest["losses"]["all"].is_number());
    for (const char* key : {"grey_map", "size", "symmetry", "seed", "labels", "steps", "data"})
        QVERIFY2(manifest.contains(key), key);
}

void TestFamilies::resumedEqualsUnbroken() {
    QFETCH(QString, model);
    const std::string name = model.toStdString();
    const auto path = m_folder.path() / "broken.safetensors";
    TrainingOptions o = options(name, path, 150);
    const auto whole = m_folder.path() / "whole.safetensors";
    o.output = whole;
    if (name == "diffusion")
        o.steps = 24;
    (void)trained(grains(), o);
    o.output = path;
    std::stop_source stop;
    JobContext job(stop.get_token());
    const TrainingOutcome first =
        trainModel(grains(), o, job, [&](const TrainingReport&) { stop.request_stop(); });
    QVERIFY(first.stoppedEarly && first.steps >= 1);
    o.resume = path;
    QCOMPARE(trained(grains(), o).steps, *o.steps);
    QVERIFY(sameTensors(path, whole));
    QVERIFY(sameTensors(statePathOf(path), statePathOf(whole)));
}

void TestFamilies::threadsDoNotChangeTheResult_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 3, 8}) {
        QTest::addRow("vae, %d", threads) << QStringLiteral("vae") << threads;
        QTest::addRow("dcgan, %d", threads) << QStringLiteral("dcgan") << threads;
        QTest::addRow("stylegan, %d", threads) << QStringLiteral("stylegan") << threads;
        QTest::addRow("slicegan, %d", threads) << QStringLiteral("slicegan") << threads;
    }
}

void TestFamilies::threadsDoNotChangeTheResult() {
    QFETCH(QString, model);
    QFETCH(int, threads);
    const std::string name = model.toStdString();
    TrainingOptions o = options(name, m_folder.path() / "threads.safetensors", 12);
    o.device.threads = threads;
    (void)trained(grains(), o);
    QVERIFY(sameTensors(o.output, base(name)));
    QVERIFY(sameTensors(statePathOf(o.output), statePathOf(base(name))));
}

void TestFamilies::samplesDoNotDependOnTheirNumber() {
    QFETCH(QString, model);
    const GeneratorModel made = GeneratorModel::load(base(model.toStdString()));
    SamplingOptions o;
    o.seed = 42;
    o.count = 9;
    o.device = {"cpu", 2};
    const SamplingOutcome many = sampled(made, o);
    o.count = 4;
    for (const int threads : {1, 3}) {
        o.device.threads = threads;
        const SamplingOutcome few = sampled(made, o);
        for (std::size_t i = 0; i < few.set.images.size(); ++i)
            QVERIFY(few.set.images[i].pixels == many.set.images[i].pixels);
    }
    QVERIFY(many.set.images[0].pixels != many.set.images[1].pixels);
    o.seed = 43;
    QVERIFY(sampled(made, o).set.images[0].pixels != many.set.images[0].pixels);
}

void TestFamilies::sizesAreFree_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<int>("channels");
    for (const char* name : {"vae", "dcgan", "latent-diffusion", "stylegan"}) {
        QTest::addRow("%s", name) << QString::fromLatin1(name) << 1;
        QTest::addRow("%s, RGB", name) << QString::fromLatin1(name) << 3;
    }
}

void TestFamilies::sizesAreFree() {
    QFETCH(QString, model);
    QFETCH(int, channels);
    TrainingOptions o = options(model.toStdString(), m_folder.path() / "size.safetensors", 2);
    o.device.precision = Precision::automatic;
    (void)trained(grains(channels), o);
    const GeneratorModel made = GeneratorModel::load(o.output);
    for (const auto& [width, height] : {std::pair{8, 8}, std::pair{40, 24}, std::pair{136, 64}}) {
        SamplingOptions wanted;
        wanted.width = width;
        wanted.height = height;
        const SamplingOutcome out = sampled(made, wanted);
        QCOMPARE(out.set.images[0].width, std::int64_t{width});
        QCOMPARE(out.set.images[0].height, std::int64_t{height});
        QCOMPARE(out.set.channels, std::int64_t{channels});
    }
    SamplingOptions odd;
    odd.width = 30 + 1;
    QVERIFY(codeOf([&] { (void)sampled(made, odd); }) == ErrorCode::config);
}

void TestFamilies::stopIsQuick() {
    QFETCH(QString, model);
    using Clock = std::chrono::steady_clock;
    std::stop_source stop;
    JobContext job(stop.get_token());
    TrainingOptions o =
        options(model.toStdString(), m_folder.path() / "stopped.safetensors", 1'000'000);
    Clock::time_point asked;
    Clock::time_point saving;
    const TrainingOutcome outcome = trainModel(grains(), o, job, [&](const TrainingReport& report) {
        if (report.stage == TrainingStage::saving)
            saving = Clock::now();
        else if (!stop.stop_requested()) {
            asked = Clock::now();
            stop.request_stop();
        }
    });
    QVERIFY(outcome.stoppedEarly);
    // A step of these networks takes milliseconds, and a stop waits for a part of one.
    QVERIFY(std::chrono::duration<double>(saving - asked).count() < 5.0);
    QCOMPARE(GeneratorModel::load(o.output).manifest()["steps"].get<std::int64_t>(), outcome.steps);
}

void TestFamilies::anotherFamilyIsRefused() {
    TrainingOptions o = options("vae", m_folder.path() / "refused.safetensors", 20);
    o.resume = base("dcgan");
    QVERIFY(codeOf([&] { (void)trained(grains(), o); }) == ErrorCode::conflict);
    QVERIFY(!std::filesystem::exists(o.output));
}

void TestFamilies::damagedCheckpointsAreRefused_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    // Replacements of equal length keep the rest of the file valid.
    const auto row = [](const char* model, const char* from, const char* to) {
        QTest::addRow("%s %s", model, from)
            << QString::fromLatin1(model) << QByteArray(from) << QByteArray(to);
    };
    row("vae", "likeness-vae-1", "likeness-vae-2");
    row("vae", "\\\"model\\\":\\\"vae\\\"", "\\\"model\\\":\\\"gan\\\"");
    row("vae", "\\\"sampling\\\"", "\\\"samplers\\\"");
    row("vae", "codes.kernel", "codes.colonel");
    row("vae", "\\\"latent\\\":\\\"spatial\\\"", "\\\"latent\\\":\\\"special\\\"");
    row("latent-diffusion", "codes.deviation", "codes.derivation");
    row("latent-diffusion", "\\\"latent\\\":\\\"spatial\\\"", "\\\"latent\\\":\\\"vector\\\" ");
    row("latent-diffusion", "\\\"denoiser\\\"", "\\\"denoised\\\"");
    row("dcgan", "likeness-dcgan-1", "likeness-ddgan-1");
    row("dcgan", "generator.last.bias", "generator.last.bios");
    row("dcgan", "\\\"widths\\\":[24,16]", "\\\"widths\\\":[24,24]");
    row("dcgan", "\\\"noise_channels\\\":8", "\\\"noise_channels\\\":9");
    row("stylegan", "likeness-stylegan-1", "likeness-stylegan-7");
    row("stylegan", "latent.directions", "latent.distortion");
    row("stylegan", "\\\"latent\\\":16", "\\\"latent\\\":24");
    row("stylegan", "\\\"convolutions\\\":1", "\\\"convolutions\\\":2");
    row("slicegan", "likeness-slicegan-1", "likeness-slicedcat-1");
    row("slicegan", "\\\"widths\\\":[16,8]", "\\\"widths\\\":[16,9]");
    row("slicegan", "\\\"phases\\\":[]", "\\\"phases\\\":{}");
    row("slicegan", "\\\"critics\\\":1", "\\\"critics\\\":2");
}

void TestFamilies::damagedCheckpointsAreRefused() {
    QFETCH(QString, model);
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    const std::string whole = readTextFile(base(model.toStdString()));
    QByteArray bytes(whole.data(), qsizetype(whole.size()));
    QVERIFY(bytes.contains(from));
    bytes.replace(from, to.leftJustified(from.size(), 'x', true));
    const auto path = m_folder.path() / "damaged.safetensors";
    writeFileDurably(path, std::string_view(bytes.constData(), std::size_t(bytes.size())));
    QVERIFY(codeOf([&] { (void)GeneratorModel::load(path); }) == ErrorCode::format);
}

void TestFamilies::stepsBelongToSolvers() {
    SamplingOptions o;
    o.steps = 4;
    for (const char* name : {"diffusion", "latent-diffusion"})
        QCOMPARE(sampled(GeneratorModel::load(base(name)), o).seeds.size(), std::size_t{1});
    for (const char* name : {"vae", "dcgan", "stylegan", "slicegan"}) {
        const GeneratorModel made = GeneratorModel::load(base(name));
        QVERIFY(codeOf([&] { (void)sampled(made, o); }) == ErrorCode::config);
    }
}

void TestFamilies::vaeLearns() {
    const double before =
        WorkerClient::checkpointMetadata(base("vae"))["losses"]["all"].get<double>();
    TrainingOptions o = options("vae", m_folder.path() / "vae.safetensors", 300);
    const TrainingOutcome outcome = trained(grains(), o);
    // Nats per pixel; knowing nothing but mean and deviation is ln(0.5) + 0.5 = -0.19.
    QVERIFY2(outcome.losses["all"].get<double>() < before - 0.2, outcome.losses.dump().c_str());
    QVERIFY(outcome.losses["divergence"].get<double>() > 0.0);
}

void TestFamilies::vaeNoiseKeepsTheDeviation() {
    TrainingOptions o = options("vae", m_folder.path() / "noise.safetensors", 60);
    (void)trained(grains(), o);
    const Moments real = momentsOf(grains());
    SamplingOptions wanted;
    wanted.count = 32;
    wanted.width = wanted.height = 32;
    const Moments made = momentsOf(sampled(GeneratorModel::load(o.output), wanted).set);
    // A decoder of 60 steps knows little; what its mean leaves out comes back as noise.
    QVERIFY2(std::abs(made.mean - real.mean) < 8.0, std::to_string(made.mean).c_str());
    QVERIFY2(std::abs(made.deviation / real.deviation - 1.0) < 0.25,
             std::to_string(made.deviation / real.deviation).c_str());
}

void TestFamilies::vectorCodesHaveOneSize() {
    TrainingOptions o = options("vae", m_folder.path() / "vector.safetensors", 3);
    o.preset.settings["network"]["latent"] = "vector";
    (void)trained(grains(), o);
    const GeneratorModel made = GeneratorModel::load(o.output);
    QCOMPARE(sampled(made, {}).set.images[0].width, std::int64_t{16});
    SamplingOptions wanted;
    wanted.width = wanted.height = 32;
    QVERIFY(codeOf([&] { (void)sampled(made, wanted); }) == ErrorCode::config);
}

void TestFamilies::gansLearnTheTexture_data() {
    QTest::addColumn<QString>("model");
    for (const char* name : {"dcgan", "stylegan"})
        QTest::addRow("%s", name) << QString::fromLatin1(name);
}

void TestFamilies::gansLearnTheTexture() {
    QFETCH(QString, model);
    TrainingOptions o = options(model.toStdString(), m_folder.path() / "texture.safetensors", 400);
    const TrainingOutcome outcome = trained(grains(), o);
    const Moments real = momentsOf(grains());
    const Moments made = momentsOfSamples(o.output);
    QVERIFY2(std::abs(made.mean - real.mean) < 0.25 * real.deviation,
             std::to_string(made.mean - real.mean).c_str());
    QVERIFY2(std::abs(made.deviation / real.deviation - 1.0) < 0.25,
             std::to_string(made.deviation / real.deviation).c_str());
    QVERIFY(!outcome.warning);
}

void TestFamilies::ganWarnsOfACollapse() {
    // A generator that cannot move against a discriminator that learns fast.
    TrainingOptions o = options("dcgan", m_folder.path() / "collapse.safetensors", 300);
    o.preset.settings["training"]["learning_rate"] = 2e-5;
    o.preset.settings["network"]["discriminator_widths"] = {32, 64, 64};
    o.preset.settings["training"]["discriminator_rate"] = 100.0;
    o.preset.settings["training"]["r1_weight"] = 0.0;
    o.preset.settings["training"]["translation"] = 0.0;
    o.preset.settings["training"]["decay_fraction"] = 0.0;
    const TrainingOutcome outcome = trained(grains(), o);
    QVERIFY2(outcome.warning.has_value(), outcome.losses.dump().c_str());
    QVERIFY(GeneratorModel::load(o.output).manifest()["warning"].is_string());
}

void TestFamilies::everyPartOfStyleGanResumes() {
    TrainingOptions o = options("stylegan", m_folder.path() / "whole.safetensors", 24);
    Json& training = o.preset.settings["training"];
    training["path_length_weight"] = 2.0;
    training["mixing_probability"] = 0.9;
    training["cutout"] = 0.25;
    training["adaptive_target"] = 0.1;
    training["adaptive_images"] = 200;
    o.preset.settings["network"]["convolutions"] = 2;
    const TrainingOutcome whole = trained(grains(), o);
    QVERIFY(whole.losses["path_length"].get<double>() > 0.0);
    QVERIFY(whole.losses["r1"].get<double>() > 0.0);
    QVERIFY(whole.losses["augmentation"].is_number());
    const auto straight = o.output;
    o.output = m_folder.path() / "broken.safetensors";
    o.steps = 11;
    training["decay_fraction"] = 0.0; // the rate depends on how many steps there will be
    (void)trained(grains(), o);
    o.resume = o.output;
    o.steps = 24;
    (void)trained(grains(), o);
    o.resume.reset();
    o.output = straight;
    (void)trained(grains(), o);
    QVERIFY(sameTensors(m_folder.path() / "broken.safetensors", straight));
    QVERIFY(
        sameTensors(statePathOf(m_folder.path() / "broken.safetensors"), statePathOf(straight)));
}

void TestFamilies::latentsOfSeedsAreSamples_data() {
    QTest::addColumn<QString>("model");
    for (const std::string_view name : kLatentModelNames)
        QTest::addRow("%s", std::string(name).c_str())
            << QString::fromUtf8(name.data(), qsizetype(name.size()));
}

void TestFamilies::latentsOfSeedsAreSamples() {
    QFETCH(QString, model);
    const GeneratorModel made = GeneratorModel::load(base(model.toStdString()));
    const LatentSpace space = latentSpaceOf(made);
    QVERIFY(space.dimension >= 4 && space.deviations.size() >= 4);
    QVERIFY(std::is_sorted(space.deviations.rbegin(), space.deviations.rend()));
    SamplingOptions o;
    o.count = 3;
    o.seed = 8;
    const SamplingOutcome samples = sampled(made, o);
    LatentOptions latents;
    for (const std::uint64_t seed : samples.seeds)
        latents.points.push_back({seed, {0.0}, {}});
    latents.points.push_back({samples.seeds[0], {2.0}, {}});
    JobContext job;
    const LatentOutcome rendered = renderLatents(made, latents, job);
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(rendered.set.images[i].pixels == samples.set.images[i].pixels);
    QVERIFY(rendered.set.images[3].pixels != samples.set.images[0].pixels);
    for (const int threads : {1, 3}) {
        latents.device = {"cpu", threads};
        QVERIFY(renderLatents(made, latents, job).set.images[3].pixels ==
                rendered.set.images[3].pixels);
    }
}

void TestFamilies::latentsThatAreNotThereAreRefused() {
    JobContext job;
    const auto refusal = [&](const char* model, const LatentPoint& point) {
        const GeneratorModel made = GeneratorModel::load(base(model));
        return codeOf([&] { (void)renderLatents(made, {{point}, 0, 0, {}}, job); });
    };
    const LatentPoint::Fine fine{2, 1};
    QVERIFY(refusal("dcgan", {1, {}, {}}) == ErrorCode::unsupported);
    QVERIFY(refusal("diffusion", {1, {}, {}}) == ErrorCode::unsupported);
    QVERIFY(refusal("vae", {1, {}, fine}) == ErrorCode::unsupported);
    QVERIFY(refusal("stylegan", {1, {}, LatentPoint::Fine{2, 3}}) == ErrorCode::config);
    QVERIFY(refusal("stylegan", {1, {}, LatentPoint::Fine{2, -1}}) == ErrorCode::config);
    QVERIFY(refusal("stylegan", {1, {10.5}, {}}) == ErrorCode::config);
    QVERIFY(refusal("stylegan", {1, {std::nan("")}, {}}) == ErrorCode::config);
    QVERIFY(refusal("stylegan", {1, std::vector<double>(17, 0.0), {}}) == ErrorCode::config);
    QVERIFY(refusal("stylegan", {1, {}, fine}) == ErrorCode::cancelled); // nothing was thrown
}

void TestFamilies::latentDiffusionLearnsInTwoStages() {
    TrainingOptions o = options("latent-diffusion", m_folder.path() / "latent.safetensors", 700);
    o.preset.settings["solver"]["steps"] = 10;
    Json early;
    JobContext job;
    const TrainingOutcome outcome = trainModel(grains(), o, job, [&](const TrainingReport& report) {
        if (early.is_null() && report.step > 0)
            early = report.losses;
    });
    QVERIFY2(early.contains("autoencoder_likelihood"), early.dump().c_str());
    for (const char* name : {"autoencoder_likelihood", "autoencoder_divergence",
                             "autoencoder_slopes", "denoiser_sigma_0.3_to_1.5"})
        QVERIFY2(outcome.losses[name].is_number(), outcome.losses.dump().c_str());
    // Nats per pixel; knowing nothing but mean and deviation is ln(0.5) + 0.5 = -0.19.
    QVERIFY2(outcome.losses["autoencoder_likelihood"].get<double>() < -0.8,
             outcome.losses.dump().c_str());
    const Moments real = momentsOf(grains());
    const Moments made = momentsOfSamples(o.output);
    QVERIFY2(std::abs(made.mean - real.mean) < 0.25 * real.deviation,
             std::to_string(made.mean - real.mean).c_str());
    QVERIFY2(std::abs(made.deviation / real.deviation - 1.0) < 0.2,
             std::to_string(made.deviation / real.deviation).c_str());
}

QTEST_GUILESS_MAIN(TestFamilies)
#include "tst_families.moc"
