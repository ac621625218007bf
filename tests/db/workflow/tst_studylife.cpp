// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "core/phantoms/phantom.h"
#include "db/auditlog.h"
#include "db/ratingsession.h"
#include "db/workflow/importing.h"
#include "db/workflow/measuring.h"
#include "db/workflow/studying.h"

#include <QTest>

#include <algorithm>
#include <map>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

Json definitionNamed(const std::string& name) {
    return {{"name", name},
            {"title", "Scans"},
            {"domain", "rock"},
            {"protocol", "real-or-synthetic"},
            {"reference_set", "ref"},
            {"sets", {"syn"}},
            {"samples_per_set", 6},
            {"raters", 2},
            {"seed", 4}};
}

} // namespace

/// From two sets of images to exported results, through the same calls as window and CLI.
class TestStudyLife : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void peopleRate();
    void freezingWarnsTheLeadAlone();
    void simulatedRatersAreMarked();
    void simulatedAndPeopleNeverMix();
    void measuresStandBeside();
    void imagesOfOtherSizesAreCutForSetMetrics();
    void wrongSetsAreRefused();
    void exportHidesTruthBeforeUnblinding();

private:
    void addSet(const std::string& name, Origin origin);
    fs::path rate(const fs::path& package, const std::string& rater, int value);

    std::unique_ptr<TemporaryFolder> m_images;
    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<Project> m_project;
    JobContext m_job;
};

void TestStudyLife::initTestCase() {
    m_images = std::make_unique<TemporaryFolder>();
    for (int i = 0; i < 16; ++i) {
        PhantomRequest request;
        request.size = 64;
        request.seed = static_cast<std::uint64_t>(i);
        const fs::path folder = m_images->path() / (i < 8 ? "ref" : "syn");
        fs::create_directories(folder);
        writeVolume(folder / (std::to_string(i) + ".tif"), makePhantom(request, m_job).scan);
    }
}

void TestStudyLife::init() {
    m_folder = std::make_unique<TemporaryFolder>();
    m_project = std::make_unique<Project>(Project::create(m_folder->path() / "p.likeness"));
    addSet("ref", Origin::phantom);
    addSet("syn", Origin::synthetic);
}

void TestStudyLife::cleanup() {
    m_project.reset();
    m_folder.reset();
}

void TestStudyLife::addSet(const std::string& name, Origin origin) {
    ImportRequest request;
    request.paths = {m_images->path() / name};
    request.setName = name;
    request.origin = origin;
    request.generator = origin == Origin::synthetic ? "generator" : "";
    static_cast<void>(importSamples(*m_project, request, m_job));
}

fs::path TestStudyLife::rate(const fs::path& package, const std::string& rater, int value) {
    RatingSession::Start start;
    start.package = package;
    start.store = m_folder->path() / "store";
    start.rater = rater;
    RatingSession session(start);
    while (session.current()) {
        RatingSession::Answer answer;
        answer.value = value;
        answer.firstFrameNs = 1'000;
        answer.answeredNs = 2'000'000;
        session.answer(answer);
    }
    return session.exportRatings(m_folder->path());
}

void TestStudyLife::peopleRate() {
    static_cast<void>(createStudy(*m_project, definitionNamed("life")));
    QVERIFY_THROWS_EXCEPTION(Error, createStudy(*m_project, definitionNamed("life")));
    const FreezeResult frozen = freezeStudy(*m_project, "life", m_job);
    QCOMPARE(frozen.study.definitionSha256.size(), std::size_t{64});
    QCOMPARE(frozen.study.trialsPerRater, std::int64_t{13}); // 6 + 6 and one repeat
    QVERIFY(frozen.warnings.empty());
    QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(freezeStudy(*m_project, "life", m_job)));

    const fs::path package = m_folder->path() / "life.study";
    bundleStudy(*m_project, "life", package, m_job);
    const std::string bytes = readTextFile(package);
    bundleStudy(*m_project, "life", package, m_job);
    QVERIFY(bytes == readTextFile(package));
    for (const char* leak : {"generator", "origin", "phantom", "\"syn\"", "\"ref\""})
        QVERIFY2(bytes.find(leak) == std::string::npos, leak);

    const fs::path ratings = rate(package, "anna", 5);
    const MergeResult merged = mergeRatings(*m_project, "life", {ratings}, m_job);
    QCOMPARE(merged.added, std::int64_t{13});
    QCOMPARE(mergeRatings(*m_project, "life", {ratings}, m_job).duplicates, std::int64_t{13});
    QVERIFY_THROWS_EXCEPTION(Error, studyResults(*m_project, "life", m_job));
    static_cast<void>(unblindStudy(*m_project, "life", "finished", "lead"));
    const StudyResults results = studyResults(*m_project, "life", m_job);
    QCOMPARE(results.byGenerator.size(), std::size_t{2});
    QVERIFY(results.byGenerator[0].reference);
    QCOMPARE(results.byGenerator[0].label, std::string("simulated reference"));
    QCOMPARE(results.byGenerator[1].answers, std::int64_t{6});
    QCOMPARE(results.byGenerator[1].judgedReal.value, std::optional<double>(1.0));
    QVERIFY(!results.simulated);
    QVERIFY(m_project->check().empty());
}

void TestStudyLife::freezingWarnsTheLeadAlone() {
    ImportRequest twins;
    twins.paths = {m_images->path() / "syn"};
    twins.setName = "more";
    twins.origin = Origin::synthetic;
    twins.generator = "generator";
    static_cast<void>(importSamples(*m_project, twins, m_job));
    Json definition = definitionNamed("warned");
    definition["sets"] = {"syn", "more"}; // 12 synthetic images beside 8 of the reference
    definition["title"] = "Scans and a generator";
    static_cast<void>(createStudy(*m_project, definition));
    const FreezeResult frozen = freezeStudy(*m_project, "warned", m_job);
    bundleStudy(*m_project, "warned", m_folder->path() / "warned.study", m_job);
    const std::string package = readTextFile(m_folder->path() / "warned.study");
    for (const std::string part :
         {"holds 8 different samples", "show the same pixels", "holds the name 'generator'"}) {
        QVERIFY2(std::ranges::any_of(frozen.warnings,
                                     [&part](const std::string& warning) {
                                         return warning.find(part) != std::string::npos;
                                     }),
                 part.c_str());
        QVERIFY2(package.find(part) == std::string::npos, part.c_str());
    }
    const auto entries = m_project->audit().entries("study.freeze");
    QCOMPARE(entries.size(), std::size_t{1});
    QVERIFY(entries.front().details.at("warnings") == Json(frozen.warnings));
}

void TestStudyLife::simulatedRatersAreMarked() {
    static_cast<void>(createStudy(*m_project, definitionNamed("pilot")));
    static_cast<void>(freezeStudy(*m_project, "pilot", m_job));
    const StudyRecord study = simulateStudy(*m_project, "pilot", {3, 2.0, 1}, m_job);
    QVERIFY(study.simulated);
    QCOMPARE(study.answers, std::int64_t{39});
    // A second panel of the same names cannot be told from the first one.
    QVERIFY_THROWS_EXCEPTION(Error, simulateStudy(*m_project, "pilot", {1, 2.0, 2}, m_job));
    QCOMPARE(m_project->study("pilot").answers, std::int64_t{39});
    QVERIFY(m_project->check().empty());
    static_cast<void>(unblindStudy(*m_project, "pilot", "pilot", "lead"));
    QVERIFY(studyResults(*m_project, "pilot", m_job).simulated);
}

void TestStudyLife::simulatedAndPeopleNeverMix() {
    static_cast<void>(createStudy(*m_project, definitionNamed("mix")));
    static_cast<void>(freezeStudy(*m_project, "mix", m_job));
    const fs::path package = m_folder->path() / "mix.study";
    bundleStudy(*m_project, "mix", package, m_job);
    static_cast<void>(mergeRatings(*m_project, "mix", {rate(package, "anna", 2)}, m_job));
    QVERIFY_THROWS_EXCEPTION(Error, simulateStudy(*m_project, "mix", {1, 1.0, 0}, m_job));
    QVERIFY(!m_project->study("mix").simulated);
}

void TestStudyLife::measuresStandBeside() {
    MeasuringRequest request;
    request.referenceSet = "ref";
    request.set = "syn";
    request.bootstrap = 50;
    const auto records = measureSet(*m_project, request, m_job);
    bool porosity = false;
    for (const MetricRecord& r : records) {
        QVERIFY2(r.value || !r.reasonIfNull.empty(), r.metric.c_str());
        QVERIFY2(r.metric != "fid" && r.metric != "kid", r.metric.c_str());
        porosity =
            porosity || (r.metric == "porosity_difference" && r.setId == m_project->set("syn").id);
        if (r.metric == "fd_handcrafted")
            QVERIFY(!r.value); // 8 images give no covariance of 64 features
    }
    QVERIFY(porosity);
    request.only = {"porosity_difference"};
    const auto few = measureSet(*m_project, request, m_job);
    QCOMPARE(few.size(), std::size_t{2}); // of the set, and the reference's halves as baseline
    for (const MetricRecord& r : few)
        QCOMPARE(r.metric, std::string("porosity_difference"));
}

// Features of a 64 x 64 and a 32 x 24 image tell the sizes apart: the larger ones are cut.
void TestStudyLife::imagesOfOtherSizesAreCutForSetMetrics() {
    const fs::path folder = m_folder->path() / "small";
    fs::create_directories(folder);
    for (int i = 0; i < 8; ++i)
        writeVolume(folder / (std::to_string(i) + ".tif"),
                    readVolume(m_images->path() / "ref" / (std::to_string(i) + ".tif"))
                        .crop({0, 0, 0, 32, 24, 1}));
    ImportRequest import;
    import.paths = {folder};
    import.setName = "small";
    import.origin = Origin::synthetic;
    import.generator = "generator";
    static_cast<void>(importSamples(*m_project, import, m_job));
    MeasuringRequest request;
    request.referenceSet = "ref";
    request.set = "small";
    request.bootstrap = 20;
    int cut = 0;
    std::map<std::string, std::int64_t> n;
    for (const MetricRecord& r : measureSet(*m_project, request, m_job)) {
        const bool isStructure = r.metric == "porosity_difference" || r.metric == "s2_rmse";
        QCOMPARE(r.conventions.contains("pieces"), !isStructure);
        cut += isStructure ? 0 : 1;
        if (r.metric == "spectrum_distance")
            QVERIFY2(r.value, r.reasonIfNull.c_str());
        if (r.metric == "kd_handcrafted")
            n[r.setId] = r.n;
    }
    QVERIFY(cut > 4);
    QCOMPARE(n[m_project->set("small").id], std::int64_t{8});
    QCOMPARE(n[m_project->set("ref").id], std::int64_t{4 * 2 * 2}); // half of 8, each in 2 x 2
}

void TestStudyLife::wrongSetsAreRefused() {
    Json exchanged = definitionNamed("wrong");
    exchanged["reference_set"] = "syn";
    exchanged["sets"] = {"ref"};
    QVERIFY_THROWS_EXCEPTION(Error, createStudy(*m_project, exchanged));
    Json unknown = definitionNamed("wrong");
    unknown["sets"] = {"nothing"};
    QVERIFY_THROWS_EXCEPTION(Error, createStudy(*m_project, unknown));
    QVERIFY_THROWS_EXCEPTION(Error, createStudy(*m_project, Json::object()));
    QVERIFY(m_project->studies().empty());
}

void TestStudyLife::exportHidesTruthBeforeUnblinding() {
    static_cast<void>(createStudy(*m_project, definitionNamed("export")));
    static_cast<void>(freezeStudy(*m_project, "export", m_job));
    static_cast<void>(simulateStudy(*m_project, "export", {1, 1.0, 0}, m_job));
    const fs::path csv = m_folder->path() / "e.csv";
    exportStudy(*m_project, "export", "csv", csv, m_job);
    QVERIFY(readTextFile(csv).find("origin") == std::string::npos);
    QVERIFY(readTextFile(csv).find("generator") == std::string::npos);
    static_cast<void>(unblindStudy(*m_project, "export", "done", "lead"));
    exportStudy(*m_project, "export", "csv", csv, m_job);
    QVERIFY(readTextFile(csv).find("origin") != std::string::npos);
    exportStudy(*m_project, "export", "json", m_folder->path() / "e.json", m_job);
    QVERIFY(Json::parse(readTextFile(m_folder->path() / "e.json")).contains("results"));
    QVERIFY_THROWS_EXCEPTION(Error, exportStudy(*m_project, "export", "xlsx", csv, m_job));
}

QTEST_GUILESS_MAIN(TestStudyLife)
#include "tst_studylife.moc"
