// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/study/blinding.h"
#include "core/study/canonicaljson.h"

#include <QtTest>

#include <algorithm>
#include <set>
#include <span>

using namespace likeness;

namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

StudyDefinition definitionOf(const std::string& protocol) {
    return definitionFromJson({{"name", "canary-study"},
                               {"title", "Slices"},
                               {"protocol", protocol},
                               {"domain", "rock"},
                               {"reference_set", "canary-real"},
                               {"sets", {"canary-fake"}},
                               {"samples_per_set", 11},
                               {"seed", 42}});
}

Volume noise(std::uint64_t seed) {
    Volume image(PixelType::u8, 12, 10);
    Random random(seed, "noise");
    for (int i = 0; i < 120; ++i)
        image.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
    return image;
}

// Images 0..10 of the reference set, 11..21 synthetic; two of them twins if asked for.
std::vector<StimulusSource> sources(bool twins = false) {
    std::vector<StimulusSource> list;
    for (std::uint64_t i = 0; i < 22; ++i) {
        StimulusSource s;
        const bool real = i < 11;
        s.sampleId = "canary-sample-" + std::to_string(i);
        s.setName = real ? "canary-real" : "canary-fake";
        s.origin = real ? Origin::real : Origin::synthetic;
        s.generator = real ? "" : "canary-generator";
        s.specimen = "canary-specimen-" + std::to_string(i % 6);
        s.pixels = noise(twins && i == 15 ? 3 : i);
        list.push_back(std::move(s));
    }
    return list;
}

std::vector<StimulusSource> labelsSwapped(std::vector<StimulusSource> list) {
    for (StimulusSource& s : list) {
        const bool wasReal = s.origin == Origin::real;
        s.origin = wasReal ? Origin::synthetic : Origin::real;
        s.setName = wasReal ? "canary-fake" : "canary-real";
        s.generator = wasReal ? "canary-generator" : "";
    }
    return list;
}

FrozenStudy frozen(const StudyDefinition& d,
                   const std::vector<StimulusSource>& list,
                   std::string_view secret = kSecret) {
    JobContext job;
    return freeze(d, list, secret, job);
}

// Everything that leaves the lead's machine, as one text.
std::string leaving(const FrozenStudy& study) {
    std::string all = canonicalJson(study.publicDefinition) + study.definitionSha256;
    for (const FrozenStimulus& s : study.stimuli)
        all += s.id + s.pixelsSha256 +
               std::string(reinterpret_cast<const char*>(s.pixels.data()), s.pixels.size());
    for (const Plan& plan : study.plans)
        all += canonicalJson(planToJson(plan));
    return all;
}

std::vector<StimulusCandidate> candidates() {
    std::vector<StimulusCandidate> list;
    for (int i = 0; i < 60; ++i)
        list.push_back({std::string("s").append(std::to_string(i)),
                        i < 30 ? "canary-real" : "canary-fake", "specimen" + std::to_string(i % 3),
                        sha256Hex(std::to_string(i))});
    return list;
}

} // namespace

class TestBlinding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void labelSwap_data();
    void labelSwap();
    void orderOfSourcesDoesNotMatter();
    void nothingOfTheSourceLeaves();
    void keyHoldsTheTruth();
    void secretAndSeedMatter();
    void idsTellNothing();
    void plansAreProven();
    void twinsAreReported();
    void namesInTextsAreReported();
    void bytesAreEqualInSize();
    void faults_data();
    void faults();
    void drawIsFair();
    void drawSurvivesLabelSwap();
    void drawNamesShortages();
};

void TestBlinding::labelSwap_data() {
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<bool>("twins");
    QTest::newRow("real or synthetic") << "real-or-synthetic" << false;
    QTest::newRow("acr") << "acr" << false;
    QTest::newRow("twins across the sets") << "real-or-synthetic" << true;
}

void TestBlinding::labelSwap() {
    QFETCH(const QString, protocol);
    QFETCH(const bool, twins);
    const StudyDefinition d = definitionOf(protocol.toStdString());
    const FrozenStudy one = frozen(d, sources(twins));
    const FrozenStudy other = frozen(d, labelsSwapped(sources(twins)));
    QVERIFY(leaving(one) == leaving(other));
    QVERIFY(one.key != other.key);
    QCOMPARE(one.plans.size(), std::size_t{3});
    QCOMPARE(one.plans[0].items.size(), std::size_t{24});
}

void TestBlinding::orderOfSourcesDoesNotMatter() {
    const StudyDefinition d = definitionOf("real-or-synthetic");
    std::vector<StimulusSource> list = sources();
    const std::string expected = leaving(frozen(d, list));
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        Random(seed, "order").shuffle(std::span(list));
        QVERIFY(leaving(frozen(d, list)) == expected);
    }
}

void TestBlinding::nothingOfTheSourceLeaves() {
    const std::string all = leaving(frozen(definitionOf("real-or-synthetic"), sources()));
    for (const char* word : {"canary", "phantom", "\"origin\"", "specimen", "generator", "sample"})
        QVERIFY2(all.find(word) == std::string::npos, word);
}

void TestBlinding::keyHoldsTheTruth() {
    const std::vector<StimulusSource> list = sources();
    const FrozenStudy study = frozen(definitionOf("real-or-synthetic"), list);
    QCOMPARE(study.key["stimuli"].size(), list.size());
    QCOMPARE(study.key["definition_sha256"].get<std::string>(), study.definitionSha256);
    std::set<std::string> samples;
    for (const Json& entry : study.key["stimuli"]) {
        samples.insert(entry["sample"].get<std::string>());
        const bool real = entry["set"] == "canary-real";
        QCOMPARE(entry["origin"].get<std::string>(), std::string(real ? "real" : "synthetic"));
    }
    QCOMPARE(samples.size(), list.size());
}

void TestBlinding::secretAndSeedMatter() {
    StudyDefinition d = definitionOf("real-or-synthetic");
    const FrozenStudy one = frozen(d, sources());
    const FrozenStudy other = frozen(d, sources(), "another secret of 32 characters!");
    QVERIFY(one.stimuli[0].id != other.stimuli[0].id);
    QVERIFY(one.definitionSha256 != other.definitionSha256);
    d.seed = 43;
    const FrozenStudy reseeded = frozen(d, sources());
    QCOMPARE(reseeded.stimuli[0].id, one.stimuli[0].id);
    QVERIFY(reseeded.plans[0].sha256 != one.plans[0].sha256);
}

// Rank of an id among all ids against its label over 2000 images: the mean rank of either class
// stays within five standard errors of the middle.
void TestBlinding::idsTellNothing() {
    std::vector<std::pair<std::string, bool>> ids;
    for (int i = 0; i < 2000; ++i)
        ids.emplace_back(keyedHash(kSecret, "stimulus " + sha256Hex(std::to_string(i)) + " 0"),
                         i < 1000);
    std::sort(ids.begin(), ids.end());
    double sum = 0.0;
    for (std::size_t rank = 0; rank < ids.size(); ++rank)
        sum += ids[rank].second ? static_cast<double>(rank) : 0.0;
    const double error = 2000.0 / std::sqrt(12.0) * std::sqrt(0.5 / 1000.0);
    QVERIFY(std::abs(sum / 1000.0 - 999.5) < 5.0 * error);
}

void TestBlinding::plansAreProven() {
    const FrozenStudy study = frozen(definitionOf("real-or-synthetic"), sources());
    QVERIFY(verifyPlans(study.publicDefinition, study.key).empty());
    Json altered = study.publicDefinition;
    altered["plans"][1]["sha256"] = std::string(64, '0');
    QCOMPARE(verifyPlans(altered, study.key).size(), std::size_t{2}); // hash and plan
    Json key = study.key;
    key["plans"][0]["seed"] = 1;
    QCOMPARE(verifyPlans(study.publicDefinition, key).size(), std::size_t{1});
    QVERIFY_THROWS_EXCEPTION(Error, (void)verifyPlans(study.publicDefinition, Json::object()));
}

void TestBlinding::twinsAreReported() {
    const FrozenStudy study = frozen(definitionOf("real-or-synthetic"), sources(true));
    QCOMPARE(study.warnings.size(), std::size_t{1});
    QVERIFY(study.warnings[0].find("same pixels") != std::string::npos);
    std::set<std::string> ids;
    for (const FrozenStimulus& s : study.stimuli)
        ids.insert(s.id);
    QCOMPARE(ids.size(), study.stimuli.size());
}

void TestBlinding::namesInTextsAreReported() {
    StudyDefinition d = definitionOf("real-or-synthetic");
    d.instructions = "Compare with Canary-Generator.";
    const FrozenStudy study = frozen(d, sources());
    QCOMPARE(study.warnings.size(), std::size_t{1});
    QVERIFY(study.warnings[0].find("canary-generator") != std::string::npos);
}

void TestBlinding::bytesAreEqualInSize() {
    const FrozenStudy study = frozen(definitionOf("real-or-synthetic"), sources());
    QVERIFY(std::is_sorted(study.stimuli.begin(), study.stimuli.end(),
                           [](const auto& a, const auto& b) { return a.id < b.id; }));
    for (const FrozenStimulus& s : study.stimuli) {
        QCOMPARE(s.pixels.size(), std::size_t{120});
        QCOMPARE(s.id.size(), std::size_t{32});
        QCOMPARE(s.pixelsSha256, sha256Hex(std::span<const std::byte>(s.pixels)));
    }
}

void TestBlinding::faults_data() {
    QTest::addColumn<int>("which");
    QTest::newRow("short secret") << 0;
    QTest::newRow("unknown set") << 1;
    QTest::newRow("sample twice") << 2;
    QTest::newRow("set without samples") << 3;
    QTest::newRow("nothing") << 4;
}

void TestBlinding::faults() {
    QFETCH(const int, which);
    std::vector<StimulusSource> list = sources();
    if (which == 1)
        list[3].setName = "other";
    if (which == 2)
        list[3].sampleId = list[4].sampleId;
    if (which == 3)
        list.resize(11);
    if (which == 4)
        list.clear();
    QVERIFY_THROWS_EXCEPTION(Error, (void)frozen(definitionOf("real-or-synthetic"), list,
                                                 which == 0 ? std::string_view("short") : kSecret));
}

void TestBlinding::drawIsFair() {
    const StudyDefinition d = definitionOf("real-or-synthetic");
    const std::vector<StimulusCandidate> all = candidates();
    const Drawn drawn = drawStimuli(d, all, kSecret);
    QCOMPARE(drawn.indices.size(), std::size_t{22});
    std::map<std::string, int> specimens;
    for (const std::size_t i : drawn.indices) {
        if (all[i].setName == "canary-real")
            ++specimens[all[i].specimen];
    }
    QCOMPARE(specimens.size(), std::size_t{3});
    for (const auto& [name, count] : specimens)
        QVERIFY(count == 3 || count == 4);
    QVERIFY(drawStimuli(d, all, "another secret of 32 characters!").indices != drawn.indices);
    QVERIFY(drawn.warnings.empty());
}

void TestBlinding::drawSurvivesLabelSwap() {
    const StudyDefinition d = definitionOf("real-or-synthetic");
    std::vector<StimulusCandidate> all = candidates();
    const Drawn before = drawStimuli(d, all, kSecret);
    for (StimulusCandidate& c : all)
        c.setName = c.setName == "canary-real" ? "canary-fake" : "canary-real";
    QCOMPARE(drawStimuli(d, all, kSecret).indices, before.indices);
}

void TestBlinding::drawNamesShortages() {
    StudyDefinition d = definitionOf("real-or-synthetic");
    d.samplesPerSet = 31;
    try {
        (void)drawStimuli(d, candidates(), kSecret);
        QFAIL("31 of 30 were drawn");
    } catch (const Error& error) {
        QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("canary-fake")));
    }
    std::vector<StimulusCandidate> few = candidates();
    few.erase(few.begin(), few.begin() + 25);
    d.samplesPerSet = 11;
    const Drawn drawn = drawStimuli(d, few, kSecret);
    QCOMPARE(drawn.indices.size(), std::size_t{16});
    QCOMPARE(drawn.warnings.size(), std::size_t{1});
    d.referenceSamples = 6;
    QVERIFY_THROWS_EXCEPTION(Error, (void)drawStimuli(d, few, kSecret));
}

QTEST_GUILESS_MAIN(TestBlinding)
#include "tst_blinding.moc"
