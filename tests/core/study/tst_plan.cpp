// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/study/canonicaljson.h"
#include "core/study/plan.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <set>
#include <span>

using namespace likeness;

namespace {

struct Design {
    std::map<std::string, int> classes;
    int specimensPerClass = 0; // 0: unknown specimens
    PlanRules rules;
};

std::vector<PlanStimulus> stimuliOf(const Design& design) {
    std::vector<PlanStimulus> stimuli;
    for (const auto& [name, count] : design.classes) {
        for (int i = 0; i < count; ++i) {
            const std::string id = keyedHash("ids", name + std::to_string(i)).substr(0, 32);
            const std::string specimen = design.specimensPerClass == 0
                                             ? std::string()
                                             : name + std::to_string(i % design.specimensPerClass);
            stimuli.push_back({id, name, specimen});
        }
    }
    return stimuli;
}

Design designOf(const QString& classes, int specimens, PlanRules rules) {
    Design design;
    int number = 0;
    for (const QString& part : classes.split(QLatin1Char(',')))
        design.classes["class" + std::to_string(number++)] = part.toInt();
    design.specimensPerClass = specimens;
    design.rules = rules;
    return design;
}

struct Facts {
    int longestRun = 0;
    int smallestLag = 1 << 20;
    int repeats = 0;
    int specimenNeighbours = 0;
    std::map<std::string, int> mains;
    std::map<std::string, int> repeated;
    std::map<int, std::map<std::string, int>> classesOfBlocks;
};

Facts factsOf(const Plan& plan, const std::vector<PlanStimulus>& stimuli) {
    std::map<std::string, PlanStimulus> byId;
    for (const PlanStimulus& s : stimuli)
        byId[s.id] = s;
    Facts facts;
    int run = 0;
    std::string lastClass;
    std::string lastSpecimen;
    for (const PlanItem& item : plan.items) {
        const PlanStimulus& s = byId.at(item.stimulusId);
        run = s.stimulusClass == lastClass ? run + 1 : 1;
        facts.longestRun = std::max(facts.longestRun, run);
        facts.specimenNeighbours += !s.specimen.empty() && s.specimen == lastSpecimen ? 1 : 0;
        lastClass = s.stimulusClass;
        lastSpecimen = s.specimen;
        ++facts.classesOfBlocks[item.block][s.stimulusClass];
        if (item.kind == TrialKind::repeat) {
            ++facts.repeats;
            ++facts.repeated[s.stimulusClass];
            facts.smallestLag = std::min(facts.smallestLag, item.seq - *item.repeatOf);
        } else {
            ++facts.mains[item.stimulusId];
        }
    }
    return facts;
}

} // namespace

class TestPlan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void properties_data();
    void properties();
    void goldenHash();
    void orderOfStimuliAndNamesOfClassesDoNotMatter();
    void repeatsAreSharedOverSlots();
    void positionsAreUniform();
    void impossibleRunsAreNamed();
    void badArguments_data();
    void badArguments();
    void jsonRoundTrip();
    void alteredJsonIsRefused_data();
    void alteredJsonIsRefused();
    void publicFormHidesTheSeed();
};

void TestPlan::properties_data() {
    QTest::addColumn<QString>("classes");
    QTest::addColumn<int>("specimens");
    QTest::addColumn<int>("maxRun");
    QTest::addColumn<double>("repeats");
    QTest::addColumn<int>("blockSize");
    QTest::addColumn<int>("plans");
    QTest::newRow("demo: 11 + 11") << "11,11" << 0 << 3 << 0.1 << 50 << 300;
    QTest::newRow("demo with specimens") << "11,11" << 6 << 3 << 0.1 << 50 << 300;
    QTest::newRow("100 + 100, several blocks") << "100,100" << 20 << 3 << 0.1 << 50 << 40;
    QTest::newRow("four acr sets") << "25,25,25,25" << 8 << 3 << 0.1 << 50 << 60;
    QTest::newRow("strict alternation") << "12,12" << 0 << 1 << 0.0 << 50 << 100;
    QTest::newRow("tight: 30 of 40") << "30,10" << 0 << 3 << 0.0 << 50 << 100;
    QTest::newRow("tight with repeats") << "28,12" << 0 << 3 << 0.1 << 50 << 100;
    QTest::newRow("many repeats") << "20,20" << 0 << 3 << 0.5 << 50 << 100;
    QTest::newRow("smallest with repeats") << "2,2" << 0 << 3 << 0.1 << 50 << 200;
    QTest::newRow("two stimuli") << "1,1" << 0 << 3 << 0.1 << 50 << 20;
    QTest::newRow("large") << "400,400" << 100 << 3 << 0.1 << 50 << 3;
}

void TestPlan::properties() {
    QFETCH(const QString, classes);
    QFETCH(const int, specimens);
    QFETCH(const int, maxRun);
    QFETCH(const double, repeats);
    QFETCH(const int, blockSize);
    QFETCH(const int, plans);
    const Design design = designOf(classes, specimens, {maxRun, repeats, blockSize});
    const std::vector<PlanStimulus> stimuli = stimuliOf(design);
    const int n = static_cast<int>(stimuli.size());
    std::set<std::string> hashes;
    for (int i = 0; i < plans; ++i) {
        const auto seed = static_cast<std::uint64_t>(i / 3) * 7919U;
        const Plan plan = makePlan(stimuli, design.rules, seed, 1 + i % 3);
        const Facts facts = factsOf(plan, stimuli);
        const int trials = static_cast<int>(plan.items.size());
        QCOMPARE(trials, n + repeatCount(n, repeats));
        QCOMPARE(facts.repeats, repeatCount(n, repeats));
        QVERIFY(facts.longestRun <= maxRun);
        if (facts.repeats > 0)
            QVERIFY(facts.smallestLag >= minimumLag(trials));
        QCOMPARE(facts.mains.size(), stimuli.size());
        for (const auto& [id, count] : facts.mains)
            QCOMPARE(count, 1);
        QCOMPARE(facts.specimenNeighbours, 0);
        // Every block holds each class in proportion, to one trial; likewise the repeats.
        for (const auto& [block, counts] : facts.classesOfBlocks) {
            int size = 0;
            for (const auto& [name, count] : counts)
                size += count;
            QVERIFY(size <= blockSize);
            for (const auto& [name, count] : design.classes) {
                const double share = double(size) * count / n;
                const int got = counts.contains(name) ? counts.at(name) : 0;
                QVERIFY2(std::abs(got - share) < 2.0, qPrintable(QString::number(got - share)));
            }
        }
        QCOMPARE(plan.items.front().seq, 1);
        QCOMPARE(plan.items.front().block, 1);
        hashes.insert(plan.sha256);
        QCOMPARE(makePlan(stimuli, design.rules, seed, 1 + i % 3), plan);
    }
    if (n >= 20)
        QCOMPARE(hashes.size(), static_cast<std::size_t>(plans));
}

// Frozen studies store these hashes: a change of the algorithm needs a new name, not a new value.
void TestPlan::goldenHash() {
    const Design design = designOf(QStringLiteral("11,11"), 6, {3, 0.1, 50});
    const Plan plan = makePlan(stimuliOf(design), design.rules, 20240501, 2);
    QCOMPARE(plan.items.size(), std::size_t{24});
    QCOMPARE(QString::fromStdString(plan.sha256),
             QStringLiteral("2009b4e0708199052b9d236f172d056d001e13dd555fb6e3549e79112145a5ac"));
}

void TestPlan::orderOfStimuliAndNamesOfClassesDoNotMatter() {
    const Design design = designOf(QStringLiteral("14,14,9"), 5, {3, 0.1, 20});
    const std::vector<PlanStimulus> stimuli = stimuliOf(design);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Plan plan = makePlan(stimuli, design.rules, seed, 1);
        std::vector<PlanStimulus> other = stimuli;
        Random(seed, "test").shuffle(std::span(other));
        const std::map<std::string, std::string> renamed = {
            {"class0", "class1"}, {"class1", "class0"}, {"class2", "a third"}};
        for (PlanStimulus& s : other) {
            s.stimulusClass = renamed.at(s.stimulusClass);
            s.specimen = "other " + s.specimen;
        }
        QCOMPARE(makePlan(other, design.rules, seed, 1), plan);
    }
}

void TestPlan::repeatsAreSharedOverSlots() {
    const Design design = designOf(QStringLiteral("20,20"), 0, {3, 0.1, 50});
    const std::vector<PlanStimulus> stimuli = stimuliOf(design);
    std::map<std::string, int> uses;
    for (int slot = 1; slot <= 20; ++slot) {
        const Plan plan = makePlan(stimuli, design.rules, 5, slot);
        QCOMPARE(factsOf(plan, stimuli).repeated.at("class0"), 2);
        for (const PlanItem& item : plan.items) {
            if (item.kind == TrialKind::repeat)
                ++uses[item.stimulusId];
        }
    }
    QCOMPARE(uses.size(), stimuli.size());
    for (const auto& [id, count] : uses)
        QCOMPARE(count, 2);
}

// Over many seeds both classes stand at every position about equally often, so that the position
// tells nothing: 2000 plans, limits at five standard deviations.
void TestPlan::positionsAreUniform() {
    const Design design = designOf(QStringLiteral("10,10"), 0, {3, 0.0, 50});
    const std::vector<PlanStimulus> stimuli = stimuliOf(design);
    std::map<std::string, std::string> classOf;
    for (const PlanStimulus& s : stimuli)
        classOf[s.id] = s.stimulusClass;
    constexpr int kPlans = 2000;
    std::vector<int> first(20, 0);
    std::vector<int> ofOneStimulus(20, 0);
    for (std::uint64_t seed = 0; seed < kPlans; ++seed) {
        const Plan plan = makePlan(stimuli, design.rules, seed, 1);
        for (std::size_t p = 0; p < 20; ++p) {
            first[p] += classOf.at(plan.items[p].stimulusId) == "class0" ? 1 : 0;
            ofOneStimulus[p] += plan.items[p].stimulusId == stimuli[3].id ? 1 : 0;
        }
    }
    for (std::size_t p = 0; p < 20; ++p) {
        QVERIFY(std::abs(first[p] - kPlans / 2) < 5 * 22.4);
        QVERIFY(std::abs(ofOneStimulus[p] - kPlans / 20) < 5 * 9.75);
    }
}

void TestPlan::impossibleRunsAreNamed() {
    const Design design = designOf(QStringLiteral("31,4"), 0, {3, 0.0, 50});
    try {
        (void)makePlan(stimuliOf(design), design.rules, 0, 1);
        QFAIL("runs of 3 cannot hold 31 of 35 trials");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
        QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("max_run")));
        QVERIFY(!error.remedy().empty());
    }
}

void TestPlan::badArguments_data() {
    QTest::addColumn<int>("stimuli");
    QTest::addColumn<int>("slot");
    QTest::addColumn<int>("maxRun");
    QTest::addColumn<double>("repeats");
    QTest::addColumn<bool>("twice");
    QTest::newRow("no stimulus") << 0 << 1 << 3 << 0.1 << false;
    QTest::newRow("slot 0") << 10 << 0 << 3 << 0.1 << false;
    QTest::newRow("run 0") << 10 << 1 << 0 << 0.1 << false;
    QTest::newRow("repeats above a half") << 10 << 1 << 3 << 0.6 << false;
    QTest::newRow("negative repeats") << 10 << 1 << 3 << -0.1 << false;
    QTest::newRow("one id twice") << 10 << 1 << 3 << 0.1 << true;
}

void TestPlan::badArguments() {
    QFETCH(const int, stimuli);
    QFETCH(const int, slot);
    QFETCH(const int, maxRun);
    QFETCH(const double, repeats);
    QFETCH(const bool, twice);
    std::vector<PlanStimulus> list;
    for (int i = 0; i < stimuli; ++i)
        list.push_back({"id" + std::to_string(twice ? i / 2 : i), i % 2 == 0 ? "a" : "b", {}});
    QVERIFY_THROWS_EXCEPTION(Error, (void)makePlan(list, {maxRun, repeats, 50}, 0, slot));
}

void TestPlan::jsonRoundTrip() {
    const Design design = designOf(QStringLiteral("30,30"), 0, {3, 0.1, 20});
    Plan plan = makePlan(stimuliOf(design), design.rules, 99, 3);
    const Plan back = planFromJson(Json::parse(planToJson(plan).dump()));
    plan.seed = 0;
    QCOMPARE(back, plan);
}

void TestPlan::alteredJsonIsRefused_data() {
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::newRow("gap in seq") << "/items/4/seq"
                                << "9";
    QTest::newRow("kind") << "/items/4/kind"
                          << "\"practice\"";
    QTest::newRow("block back") << "/items/40/block"
                                << "1";
    QTest::newRow("empty id") << "/items/4/stimulus"
                              << "\"\"";
    QTest::newRow("id is a number") << "/items/4/stimulus"
                                    << "4";
    QTest::newRow("item is a number") << "/items/4"
                                      << "4";
    QTest::newRow("no items") << "/items"
                              << "[]";
    QTest::newRow("other algorithm") << "/algorithm"
                                     << "\"shuffle\"";
    QTest::newRow("other generator") << "/random"
                                     << "\"mt19937\"";
    QTest::newRow("slot 0") << "/slot"
                            << "0";
    QTest::newRow("not an object") << ""
                                   << "[1]";
}

void TestPlan::alteredJsonIsRefused() {
    QFETCH(const QString, pointer);
    QFETCH(const QString, value);
    const Design design = designOf(QStringLiteral("30,30"), 0, {3, 0.1, 20});
    Json document = planToJson(makePlan(stimuliOf(design), design.rules, 99, 3));
    document[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
    try {
        (void)planFromJson(document);
        QFAIL("an altered plan was read");
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::format);
    }
}

void TestPlan::publicFormHidesTheSeed() {
    const Design design = designOf(QStringLiteral("10,10"), 0, {3, 0.1, 50});
    const Plan plan = makePlan(stimuliOf(design), design.rules, 1234567890123456789U, 1);
    QVERIFY(planToJson(plan).dump().find("1234567890123456789") == std::string::npos);
    QCOMPARE(plan.seedCommitment.size(), std::size_t{64});
    QCOMPARE(plan.sha256, canonicalSha256(planToJson(plan)));
}

QTEST_GUILESS_MAIN(TestPlan)
#include "tst_plan.moc"
