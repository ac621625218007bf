// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "db/samplerepository.h"
#include "db/workflow/exploring.h"

#include <QTest>

#include <functional>

using namespace likeness;

namespace {

ErrorCode codeOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::cancelled; // stands for "nothing was thrown"
}

Volume texture(std::uint64_t seed) {
    Volume v(PixelType::u8, 64, 64, 1);
    Random random(seed, "test.texture");
    for (std::int64_t i = 0; i < v.span().pixels(); ++i)
        v.pixels<std::uint8_t>()[i] =
            static_cast<std::uint8_t>(90 + 80 * (i / 5 % 2) + static_cast<int>(random.below(20)));
    return v;
}

bool samePixels(const Volume& a, const Volume& b) {
    return a.width() == b.width() && a.height() == b.height() &&
           std::equal(a.span().data, a.span().data + a.span().bytes(), b.span().data);
}

} // namespace

// With a real worker and a real, hardly trained model.
class TestExploring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void middleOfATraversalIsTheSample();
    void mixingRunsFromFineToCoarse();
    void recipesLeadBack();
    void slidersRenderWhatIsStored();
    void sessionOutlivesARefusal();
    void stoppedSessionStartsAgain();
    void setsOfAnotherMakingAreRefused();
    void modelsWithoutALatentSpaceAreRefused();
    void traversalsAreEven();

private:
    [[nodiscard]] std::string trained(const std::string& model);

    TemporaryFolder m_folder;
    std::unique_ptr<Project> m_project;
    JobContext m_job;
    std::string m_styleGan; ///< checkpoint ids
    std::string m_gan;
    SampleRecord m_sample; ///< of the former
};

std::string TestExploring::trained(const std::string& model) {
    TrainingRequest request;
    request.setName = "scans";
    request.model = model;
    request.size = 32;
    request.steps = 2;
    request.device = {"cpu", 1};
    return trainOnSet(*m_project, request, m_job).checkpoint.id;
}

void TestExploring::initTestCase() {
    qputenv("LIKENESS_WORKER", LIKENESS_BIN_DIR "/likeness-worker");
    m_project = std::make_unique<Project>(Project::create(m_folder.path() / "p.likeness"));
    SetRecord set;
    set.name = "scans";
    set = m_project->sampleRepository().addSet(set);
    for (std::uint64_t i = 0; i < 2; ++i) {
        SampleRecord sample;
        sample.setId = set.id;
        m_project->sampleRepository().addSample(sample, texture(i));
    }
    m_styleGan = trained("stylegan");
    m_gan = trained("dcgan");
    SamplingRequest request;
    request.checkpointId = m_styleGan;
    request.setName = "samples";
    request.count = 2;
    request.seed = 4;
    m_sample = sampleInto(*m_project, request, m_job).samples.at(1);
}

void TestExploring::middleOfATraversalIsTheSample() {
    TraversalRequest request;
    request.checkpointId = m_styleGan;
    request.setName = "traversal";
    request.seed = *m_sample.seed;
    request.direction = 1;
    request.span = 2.0;
    request.frames = 5;
    const SamplingResult made = traverseInto(*m_project, request, m_job);
    QCOMPARE(made.samples.size(), std::size_t{5});
    QCOMPARE(made.samples[2].pixelsSha256, m_sample.pixelsSha256);
    QVERIFY(made.samples[0].pixelsSha256 != m_sample.pixelsSha256);
    QCOMPARE(made.set.generator, std::string("stylegan/demo latent"));
    QVERIFY(made.set.origin == Origin::synthetic);
    const SampleRecord stored = m_project->sample(made.samples[4].id);
    QCOMPARE(*stored.seed, request.seed);
    QCOMPARE(*stored.checkpointId, m_styleGan);
    const Json expected{{"latent", "traversal"},
                        {"seed", request.seed},
                        {"direction", 2},
                        {"offset", 2.0},
                        {"frame", 4}};
    QVERIFY2(stored.recipe == expected, stored.recipe.dump().c_str());
}

void TestExploring::mixingRunsFromFineToCoarse() {
    MixingRequest request;
    request.checkpointId = m_styleGan;
    request.setName = "mixed";
    request.coarse = *m_sample.seed;
    request.fine = 12;
    const SamplingResult made = mixInto(*m_project, request, m_job);
    QCOMPARE(made.samples.size(), std::size_t{6}); // five levels
    QCOMPARE(made.samples[5].pixelsSha256, m_sample.pixelsSha256);
    for (std::size_t i = 0; i < 5; ++i)
        QVERIFY(made.samples[i].pixelsSha256 != m_sample.pixelsSha256);
    QVERIFY(!made.samples[2].seed);
    request.crossover = 2;
    request.setName = "mixed once";
    const SamplingResult once = mixInto(*m_project, request, m_job);
    QCOMPARE(once.samples.size(), std::size_t{1});
    QCOMPARE(once.samples[0].pixelsSha256, made.samples[2].pixelsSha256);
    request.crossover = 6;
    QVERIFY(codeOf([&] { (void)mixInto(*m_project, request, m_job); }) == ErrorCode::config);
}

void TestExploring::recipesLeadBack() {
    LatentPoint point;
    point.seed = 77;
    point.offsets = {0.5, -1.25};
    point.fine = LatentPoint::Fine{std::uint64_t{1} << 63U, 3};
    LatentRequest request;
    request.checkpointId = m_styleGan;
    request.setName = "points";
    request.points = {point};
    const SamplingResult made = renderInto(*m_project, request, m_job);
    const auto back = recordedPoint(m_project->sample(made.samples[0].id));
    QVERIFY(back && *back == point);
    QVERIFY(!recordedPoint(m_sample));
    SampleRecord broken;
    broken.recipe = {{"latent", "traversal"}, {"seed", "seven"}};
    QVERIFY(codeOf([&] { (void)recordedPoint(broken); }) == ErrorCode::format);
}

void TestExploring::slidersRenderWhatIsStored() {
    LatentExplorer explorer(*m_project, m_styleGan);
    const LatentSpace& space = explorer.space(m_job);
    QCOMPARE(space.levels, 5);
    QVERIFY(space.deviations.size() >= kLatentSliders);
    LatentPoint point;
    point.seed = *m_sample.seed;
    QVERIFY(samePixels(explorer.render(point, m_job), m_project->pixels(m_sample)));
    point.offsets = {2.0};
    const Volume moved = explorer.render(point, m_job);
    QVERIFY(!samePixels(moved, m_project->pixels(m_sample)));
    LatentRequest request;
    request.checkpointId = m_styleGan;
    request.setName = "kept";
    request.points = {point};
    const SamplingResult made = renderInto(*m_project, request, m_job);
    QVERIFY(samePixels(m_project->pixels(made.samples[0]), moved));
    QCOMPARE(explorer.render(point, m_job, 48, 40).width(), std::int64_t{48});
}

void TestExploring::sessionOutlivesARefusal() {
    LatentExplorer explorer(*m_project, m_styleGan);
    LatentPoint point;
    const Volume before = explorer.render(point, m_job);
    point.offsets = {99.0};
    QVERIFY(codeOf([&] { (void)explorer.render(point, m_job); }) == ErrorCode::config);
    point.offsets.clear();
    QVERIFY(samePixels(explorer.render(point, m_job), before));
}

void TestExploring::stoppedSessionStartsAgain() {
    LatentExplorer explorer(*m_project, m_styleGan);
    const LatentPoint point;
    const Volume before = explorer.render(point, m_job);
    std::stop_source stop;
    JobContext stopped(stop.get_token());
    stop.request_stop();
    bool wasCancelled = false;
    try {
        (void)explorer.render(point, stopped);
    } catch (const Cancelled&) {
        wasCancelled = true;
    }
    QVERIFY(wasCancelled);
    QVERIFY(samePixels(explorer.render(point, m_job), before));
}

void TestExploring::setsOfAnotherMakingAreRefused() {
    TraversalRequest request;
    request.checkpointId = m_styleGan;
    request.setName = "samples"; // of seeds
    QVERIFY(codeOf([&] { (void)traverseInto(*m_project, request, m_job); }) == ErrorCode::conflict);
    request.setName = "scans";
    QVERIFY(codeOf([&] { (void)traverseInto(*m_project, request, m_job); }) == ErrorCode::conflict);
    request.setName = "too far";
    request.span = 11.0;
    QVERIFY(codeOf([&] { (void)traverseInto(*m_project, request, m_job); }) == ErrorCode::config);
    QVERIFY(!m_project->findSet("too far"));
}

void TestExploring::modelsWithoutALatentSpaceAreRefused() {
    QVERIFY(!hasLatentSpace(m_project->checkpoint(m_gan)));
    QVERIFY(mixesStyles(m_project->checkpoint(m_styleGan)));
    QVERIFY(codeOf([&] { const LatentExplorer explorer(*m_project, m_gan); }) ==
            ErrorCode::unsupported);
    TraversalRequest request;
    request.checkpointId = m_gan;
    request.setName = "nothing";
    QVERIFY(codeOf([&] { (void)traverseInto(*m_project, request, m_job); }) ==
            ErrorCode::unsupported);
}

void TestExploring::traversalsAreEven() {
    const auto points = traversal(3, 2, 3.0, 7);
    QCOMPARE(points.size(), std::size_t{7});
    for (std::size_t i = 0; i < 7; ++i) {
        QCOMPARE(points[i].offsets.size(), std::size_t{3});
        QCOMPARE(points[i].offsets[2], static_cast<double>(i) - 3.0);
        QCOMPARE(points[i].offsets[0], 0.0);
    }
    QCOMPARE(traversal(3, 0, 3.0, 1)[0].offsets[0], 0.0);
    const Json json = toJson(points[0]);
    QVERIFY(latentPointFromJson(json, "test") == points[0]);
    QVERIFY(codeOf([] {
                (void)latentPointFromJson({{"seed", "x"}}, "test");
            }) == ErrorCode::format);
}

QTEST_GUILESS_MAIN(TestExploring)
#include "tst_exploring.moc"
