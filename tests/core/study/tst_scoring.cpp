// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/study/scoring.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <string>

using namespace likeness;

namespace {

std::vector<KeyEntry> key() {
    return {{"r1", "scan", Origin::real, "", "a", ""},
            {"r2", "scan", Origin::real, "", "b", ""},
            {"g1", "fake A", Origin::synthetic, "diffusion", "c", ""},
            {"g2", "fake A", Origin::synthetic, "diffusion", "d", ""},
            {"h1", "fake B", Origin::synthetic, "gan", "e", ""},
            {"h2", "fake B", Origin::synthetic, "gan", "f", ""}};
}

void add(ResultsInput& input, const std::string& rater, const std::string& id, int value) {
    int seq = 1;
    bool seen = false;
    for (const RatedAnswer& a : input.answers) {
        seq += a.rater == rater ? 1 : 0;
        seen = seen || (a.rater == rater && a.stimulusId == id);
    }
    input.answers.push_back(
        {rater, id, seq, seen ? TrialKind::repeat : TrialKind::main, value, 1000.0 * seq, false});
}

// Two raters, six stimuli, two repeats each.
ResultsInput table() {
    ResultsInput input;
    input.key = key();
    input.bootstrap = 200;
    const std::vector<std::pair<std::string, int>> anna = {
        {"r1", 6}, {"r2", 4}, {"g1", 2}, {"g2", 4}, {"h1", 1}, {"h2", 3}, {"r1", 6}, {"g2", 3}};
    const std::vector<std::pair<std::string, int>> ben = {
        {"r1", 5}, {"r2", 3}, {"g1", 1}, {"g2", 5}, {"h1", 2}, {"h2", 1}, {"h1", 2}, {"r2", 5}};
    for (const auto& [id, value] : anna)
        add(input, "anna", id, value);
    for (const auto& [id, value] : ben)
        add(input, "ben", id, value);
    return input;
}

void compare(const Estimate& e, double value, std::int64_t n) {
    QVERIFY2(e.value.has_value(), e.reason.c_str());
    QVERIFY2(std::abs(*e.value - value) < 1e-9, std::to_string(*e.value).c_str());
    QCOMPARE(e.n, n);
}

bool isFinite(const Json& document) {
    if (document.is_number_float())
        return std::isfinite(document.get<double>());
    if (!document.is_structured())
        return true;
    return std::all_of(document.begin(), document.end(), isFinite);
}

} // namespace

class TestScoring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sharesAndMeans();
    void detection();
    void agreement();
    void repeatsAreNotCounted();
    void orderOfAnswersDoesNotMatter();
    void phantomsAreNeverReal();
    void equalLabelsAreToldApart();
    void acrHasNoDetection();
    void emptyStudyGivesReasons();
    void bootstrapOverRaters();
    void jsonKeys();
    void faults_data();
    void faults();
    void keyIsRead();
};

// Reference: levels 6 4 5 3, three of four real. "fake A": 2 4 1 5, two of four.
void TestScoring::sharesAndMeans() {
    const StudyResults r = score(table());
    QCOMPARE(r.byGenerator.size(), std::size_t{3});
    const ConditionRow& reference = r.byGenerator[0];
    QVERIFY(reference.reference);
    QCOMPARE(reference.label, std::string("real"));
    compare(reference.judgedReal, 0.75, 4);
    compare(reference.meanRating, 4.5, 4);
    QCOMPARE(reference.stimuli, 2);
    QCOMPARE(reference.answers, 4);
    QCOMPARE(reference.raters, 2);
    // Wilson 3 of 4 (Newcombe's formula): 0.300642 to 0.954413.
    QVERIFY(std::abs(*reference.judgedReal.lo - 0.3006418423) < 1e-9);
    QVERIFY(std::abs(*reference.judgedReal.hi - 0.9544127392) < 1e-9);
    // sd = sqrt(5/3), t(0.975, 3) = 3.182446305: half width 2.0542...
    const double half = 3.1824463052842629 * std::sqrt(5.0 / 3.0) / 2.0;
    QVERIFY(std::abs(*reference.meanRating.hi - (4.5 + half)) < 1e-9);
    QCOMPARE(r.byGenerator[1].label, std::string("diffusion"));
    compare(r.byGenerator[1].judgedReal, 0.5, 4);
    compare(r.byGenerator[1].meanRating, 3.0, 4);
    QCOMPARE(r.byGenerator[2].label, std::string("gan"));
    compare(r.byGenerator[2].judgedReal, 0.0, 4);
    compare(r.byGenerator[2].meanRating, 1.75, 4);
    // Times 1..8 s by trial: reference trials 1 and 2 of both raters.
    QVERIFY(std::abs(*reference.medianSeconds - 1.5) < 1e-12);
}

// Hits 3 of 4, false alarms 2 of 8: H = 3.5/5 = 0.7, F = 2.5/9; z by tables.
void TestScoring::detection() {
    const StudyResults r = score(table());
    const double zh = 0.52440051270804078;
    const double zf = -0.58945579784977842;
    compare(r.dPrime, zh - zf, 12);
    compare(r.criterion, -(zh + zf) / 2.0, 12);
    QVERIFY(*r.dPrime.lo < *r.dPrime.value && *r.dPrime.value < *r.dPrime.hi);
    QVERIFY(r.dPrime.method.find("log-linear") != std::string::npos);
    // Pairs reference > synthetic, ties half: 6 beats 8; 5 beats 7 and ties 1; 4 beats 6 and ties
    // 1; 3 beats 5 and ties 1: 27.5 of 32.
    compare(r.auc, 27.5 / 32.0, 12);
    QVERIFY(!r.byGenerator[0].dPrime.value && !r.byGenerator[0].dPrime.reason.empty());
    QVERIFY(*r.byGenerator[2].dPrime.value > *r.byGenerator[1].dPrime.value);
    QCOMPARE(r.byRater.size(), std::size_t{2});
    compare(r.dPrimeRaters, (*r.byRater[0].dPrime.value + *r.byRater[1].dPrime.value) / 2.0, 2);
}

// Repeats: (6,6) (4,3) (2,2) (3,5): weights 1 - (i-j)^2/25.
void TestScoring::agreement() {
    const StudyResults r = score(table());
    compare(r.repeatExact, 0.5, 4);
    const double observed = 1.0 - (0.0 + 1.0 + 0.0 + 4.0) / 4.0 / 25.0;
    double expected = 0.0;
    for (const int a : {6, 4, 2, 3}) {
        for (const int b : {6, 3, 2, 5})
            expected += (1.0 - (a - b) * (a - b) / 25.0) / 16.0;
    }
    compare(r.repeatKappa, (observed - expected) / (1.0 - expected), 4);
    QVERIFY(r.alpha.value && r.alpha.lo);
    QVERIFY(*r.alpha.lo <= *r.alpha.value && *r.alpha.value <= *r.alpha.hi);
    QCOMPARE(r.alpha.n, 6);
    // Two images are too few for an interval of a row.
    QVERIFY(!r.byGenerator[0].agreement.lo && !r.byGenerator[0].agreement.reason.empty());
}

void TestScoring::repeatsAreNotCounted() {
    const StudyResults r = score(table());
    QCOMPARE(r.answers, 16);
    QCOMPARE(r.primaryAnswers, 12);
    QCOMPARE(r.repeatAnswers, 4);
    ResultsInput other = table();
    for (RatedAnswer& a : other.answers) {
        if (a.kind == TrialKind::repeat)
            a.value = 7 - a.value;
    }
    const StudyResults s = score(other);
    QCOMPARE(toJson(s)["by_generator"].at(0)["judged_real"],
             toJson(r)["by_generator"].at(0)["judged_real"]);
    QCOMPARE(*s.dPrime.value, *r.dPrime.value);
    QVERIFY(*s.repeatExact.value != *r.repeatExact.value);
}

void TestScoring::orderOfAnswersDoesNotMatter() {
    ResultsInput other = table();
    std::reverse(other.answers.begin(), other.answers.end());
    std::reverse(other.key.begin(), other.key.end());
    QCOMPARE(toJson(score(other)), toJson(score(table())));
}

void TestScoring::phantomsAreNeverReal() {
    ResultsInput input = table();
    for (KeyEntry& entry : input.key) {
        if (entry.origin == Origin::real)
            entry.origin = Origin::phantom;
    }
    const StudyResults r = score(input);
    QVERIFY(r.byGenerator[0].reference);
    QCOMPARE(r.byGenerator[0].label, std::string("simulated reference"));
    compare(r.byGenerator[0].judgedReal, 0.75, 4);
    QVERIFY(r.dPrime.value.has_value());
    const std::string notes = toJson(r)["notes"].dump();
    QVERIFY(notes.find("not a real one") != std::string::npos);
}

void TestScoring::equalLabelsAreToldApart() {
    ResultsInput input = table();
    for (KeyEntry& entry : input.key) {
        if (entry.origin == Origin::synthetic)
            entry.generator = "diffusion";
    }
    const StudyResults r = score(input);
    QCOMPARE(r.byGenerator[1].label, std::string("diffusion (fake A)"));
    QCOMPARE(r.byGenerator[2].label, std::string("diffusion (fake B)"));
}

void TestScoring::acrHasNoDetection() {
    ResultsInput input = table();
    input.protocol = Protocol::acr;
    input.levels = 5;
    for (RatedAnswer& a : input.answers)
        a.value = std::min(a.value, 5);
    const StudyResults r = score(input);
    for (const Estimate* e : {&r.dPrime, &r.criterion, &r.auc, &r.byGenerator[0].judgedReal}) {
        QVERIFY(!e->value);
        QVERIFY(!e->reason.empty());
    }
    compare(r.byGenerator[0].meanRating, 4.25, 4);
}

void TestScoring::emptyStudyGivesReasons() {
    ResultsInput input;
    input.key = key();
    const StudyResults r = score(input);
    QCOMPARE(r.byGenerator.size(), std::size_t{3});
    for (const ConditionRow& row : r.byGenerator) {
        for (const Estimate* e : {&row.judgedReal, &row.judgedRealRaters, &row.meanRating,
                                  &row.meanRatingRaters, &row.agreement, &row.dPrime, &row.auc}) {
            QVERIFY(!e->value && !e->lo && !e->hi);
            QVERIFY(!e->reason.empty());
        }
        QVERIFY(!row.medianSeconds);
    }
    for (const Estimate* e : {&r.alpha, &r.repeatKappa, &r.repeatExact, &r.dPrime, &r.criterion,
                              &r.dPrimeRaters, &r.auc})
        QVERIFY(!e->value && !e->reason.empty());
    QVERIFY(isFinite(toJson(r)));
}

void TestScoring::bootstrapOverRaters() {
    ResultsInput input = table();
    QVERIFY(!score(input).byGenerator[0].judgedRealRaters.lo); // two raters
    for (const char* rater : {"carl", "dora", "emil"}) {
        int value = 1;
        for (const KeyEntry& entry : input.key)
            add(input, rater, entry.stimulusId, 1 + value++ % 6);
    }
    const Estimate e = score(input).byGenerator[0].meanRatingRaters;
    QVERIFY(e.lo && e.hi);
    QVERIFY(*e.lo <= *e.value && *e.value <= *e.hi && *e.lo < *e.hi);
    QCOMPARE(e.n, 5);
    input.seed = 1;
    const Estimate again = score(input).byGenerator[0].meanRatingRaters;
    QCOMPARE(*again.value, *e.value);
}

void TestScoring::jsonKeys() {
    const Json document = toJson(score(table()));
    for (const char* name : {"by_generator", "by_rater", "agreement", "signal_detection",
                             "preference", "versus_metrics", "notes"})
        QVERIFY2(document.contains(name), name);
    for (const Json& row : document["by_generator"]) {
        for (const char* name : {"judged_real", "mean_rating", "agreement", "n", "label"})
            QVERIFY2(row.contains(name), name);
    }
    QVERIFY(document["versus_metrics"].is_array());
    QVERIFY(isFinite(document));
}

void TestScoring::faults_data() {
    QTest::addColumn<int>("which");
    QTest::newRow("level 0") << 0;
    QTest::newRow("level 7") << 1;
    QTest::newRow("unknown stimulus") << 2;
    QTest::newRow("trial twice") << 3;
}

void TestScoring::faults() {
    QFETCH(const int, which);
    ResultsInput input = table();
    if (which < 2)
        input.answers[2].value = which == 0 ? 0 : 7;
    if (which == 2)
        input.answers[2].stimulusId = "zz";
    if (which == 3)
        input.answers[2].planSeq = input.answers[1].planSeq;
    QVERIFY_THROWS_EXCEPTION(Error, (void)score(input));
}

void TestScoring::keyIsRead() {
    const Json entry = {{"id", "x"},        {"sample", "s"},
                        {"set", "fake"},    {"origin", "synthetic"},
                        {"generator", "g"}, {"specimen", ""}};
    const std::vector<KeyEntry> entries = keyEntries({{"stimuli", {entry}}});
    QCOMPARE(entries.size(), std::size_t{1});
    QVERIFY(entries[0].origin == Origin::synthetic);
    Json broken = entry;
    broken["origin"] = "elsewhere";
    QVERIFY_THROWS_EXCEPTION(Error, (void)keyEntries({{"stimuli", {broken}}}));
    broken.erase("origin");
    QVERIFY_THROWS_EXCEPTION(Error, (void)keyEntries({{"stimuli", {broken}}}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)keyEntries(Json::array()));
}

QTEST_GUILESS_MAIN(TestScoring)
#include "tst_scoring.moc"
