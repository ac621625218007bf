// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/study/simulate.h"

#include <QtTest>

#include <cmath>

using namespace likeness;

namespace {

std::string named(std::string_view word, int number) {
    return std::string(word).append(std::to_string(number));
}

std::vector<KeyEntry> keyOf(int perClass) {
    std::vector<KeyEntry> key;
    for (int i = 0; i < perClass; ++i) {
        key.push_back({named("r", i), "scan", Origin::real, "", "", ""});
        key.push_back({named("g", i), "fake", Origin::synthetic, "good", "", ""});
        key.push_back({named("h", i), "fake2", Origin::synthetic, "bad", "", ""});
    }
    return key;
}

ResultsInput
panel(const SimulatedRaterSettings& settings, const std::vector<KeyEntry>& key, int raters) {
    ResultsInput input;
    input.protocol = settings.protocol;
    input.levels = settings.protocol == Protocol::acr ? 5 : 6;
    input.key = key;
    input.bootstrap = 200;
    for (int slot = 1; slot <= raters; ++slot) {
        const SimulatedRater rater(settings, key, slot);
        PlanItem item;
        for (const KeyEntry& entry : key) {
            ++item.seq;
            item.stimulusId = entry.stimulusId;
            const SimulatedRater::Answer answer = rater.answer(item);
            input.answers.push_back({named("rater", slot), item.stimulusId, item.seq,
                                     TrialKind::main, answer.value, answer.rtMs, true});
        }
    }
    return input;
}

} // namespace

class TestSimulate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recoversSensitivity_data();
    void recoversSensitivity();
    void recoversCriterion();
    void intervalCovers();
    void generatorsDiffer();
    void acrLowersQuality();
    void sharedNoiseMakesAgreement();
    void answersAreRepeatable();
    void faults();
};

void TestSimulate::recoversSensitivity_data() {
    QTest::addColumn<double>("sensitivity");
    QTest::newRow("chance") << 0.0;
    QTest::newRow("d' 0.5") << 0.5;
    QTest::newRow("d' 1") << 1.0;
    QTest::newRow("d' 2") << 2.0;
}

void TestSimulate::recoversSensitivity() {
    QFETCH(const double, sensitivity);
    SimulatedRaterSettings settings;
    settings.sensitivity = sensitivity;
    settings.sharedNoise = 0.0;
    settings.raterSpread = 0.0;
    settings.seed = 11;
    const StudyResults r = score(panel(settings, keyOf(100), 5));
    QVERIFY(r.simulated);
    QVERIFY2(*r.dPrime.lo <= sensitivity && sensitivity <= *r.dPrime.hi,
             std::to_string(*r.dPrime.value).c_str());
    QVERIFY(std::abs(*r.dPrimeRaters.value - sensitivity) < 0.25);
    // Area of the equal-variance observer: Phi(d'/sqrt 2), less what six levels lose.
    QVERIFY(std::abs(*r.auc.value - 0.5 * std::erfc(-sensitivity / 2.0)) < 0.03);
}

void TestSimulate::recoversCriterion() {
    SimulatedRaterSettings settings;
    settings.bias = -0.5;
    settings.sharedNoise = 0.0;
    settings.raterSpread = 0.0;
    const StudyResults r = score(panel(settings, keyOf(200), 3));
    QVERIFY(*r.criterion.lo <= -0.5 && -0.5 <= *r.criterion.hi);
    QVERIFY(*r.byGenerator[0].judgedReal.value > 0.7);
}

// 95 % intervals of d' from 200 panels: at least 90 % and not all hold the true value.
void TestSimulate::intervalCovers() {
    SimulatedRaterSettings settings;
    settings.sensitivity = 1.2;
    settings.sharedNoise = 0.0;
    settings.raterSpread = 0.0;
    const std::vector<KeyEntry> key = keyOf(40);
    int covered = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        settings.seed = seed;
        ResultsInput input = panel(settings, key, 2);
        input.bootstrap = 1;
        const StudyResults r = score(input);
        covered += *r.dPrime.lo <= 1.2 && 1.2 <= *r.dPrime.hi ? 1 : 0;
    }
    QVERIFY2(covered >= 180 && covered < 200, std::to_string(covered).c_str());
}

void TestSimulate::generatorsDiffer() {
    SimulatedRaterSettings settings;
    settings.generatorSensitivity = {{"good", 0.2}, {"bad", 2.5}};
    const StudyResults r = score(panel(settings, keyOf(60), 4));
    QCOMPARE(r.byGenerator[1].generator, std::string("good"));
    QVERIFY(*r.byGenerator[1].judgedReal.value > *r.byGenerator[2].judgedReal.value + 0.2);
    QVERIFY(*r.byGenerator[2].dPrime.value > *r.byGenerator[1].dPrime.value + 1.0);
}

void TestSimulate::acrLowersQuality() {
    SimulatedRaterSettings settings;
    settings.protocol = Protocol::acr;
    settings.sensitivity = 1.5;
    const StudyResults r = score(panel(settings, keyOf(60), 4));
    const double reference = *r.byGenerator[0].meanRating.value;
    QVERIFY(reference > 3.4 && reference < 4.2);
    QVERIFY(*r.byGenerator[1].meanRating.value < reference - 0.8);
}

void TestSimulate::sharedNoiseMakesAgreement() {
    SimulatedRaterSettings settings;
    settings.sensitivity = 0.0;
    settings.sharedNoise = 0.0;
    const double without = *score(panel(settings, keyOf(60), 4)).alpha.value;
    settings.sharedNoise = 0.8;
    const double with = *score(panel(settings, keyOf(60), 4)).alpha.value;
    QVERIFY(without < 0.15);
    QVERIFY(with > 0.5);
}

void TestSimulate::answersAreRepeatable() {
    const std::vector<KeyEntry> key = keyOf(3);
    const SimulatedRater one({}, key, 1);
    const SimulatedRater same({}, key, 1);
    const SimulatedRater other({}, key, 2);
    int differences = 0;
    PlanItem item;
    item.stimulusId = "g1";
    for (item.seq = 40; item.seq > 0; --item.seq) {
        QCOMPARE(one.answer(item).value, same.answer(item).value);
        differences += one.answer(item).value != other.answer(item).value ? 1 : 0;
        QVERIFY(one.answer(item).rtMs > 300.0);
    }
    QVERIFY(differences > 0);
}

void TestSimulate::faults() {
    const std::vector<KeyEntry> key = keyOf(1);
    PlanItem item;
    item.stimulusId = "unknown";
    QVERIFY_THROWS_EXCEPTION(Error, (void)SimulatedRater({}, key, 1).answer(item));
    SimulatedRaterSettings settings;
    settings.sharedNoise = 1.5;
    QVERIFY_THROWS_EXCEPTION(Error, SimulatedRater(settings, key, 1));
}

QTEST_GUILESS_MAIN(TestSimulate)
#include "tst_simulate.moc"
