// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

using likeness::Random;

class TestRandom : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pcgReference();
    void splitMixReference();
    void streamsDiffer();
    void belowIsUniform();
    void normalMoments();
    void poissonMoments_data();
    void poissonMoments();
    void poissonSmallMeanProbabilities();
    void shuffleIsFair();
    void derivedSeedsDiffer();
};

// O'Neill's pcg32-demo, seed 42, sequence 54, round 1 (pcg-c-basic 0.9 README).
void TestRandom::pcgReference() {
    Random random(42, std::uint64_t{54});
    for (const std::uint32_t expected :
         {0xa15c02b7U, 0x7b47f409U, 0xba1d3330U, 0x83d2f293U, 0xbfa4784bU, 0xcbed606eU})
        QCOMPARE(random.next32(), expected);
}

// Vigna's splitmix64.c from state 1234567 (the vector of Rosetta Code and of several ports).
void TestRandom::splitMixReference() {
    std::uint64_t state = 1234567;
    for (const std::uint64_t expected :
         {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
          4593380528125082431ULL, 16408922859458223821ULL})
        QCOMPARE(likeness::splitMix64(state), static_cast<std::uint64_t>(expected));
}

void TestRandom::streamsDiffer() {
    Random plan(7, "plan");
    Random again(7, "plan");
    Random other(7, "phantom.rock");
    int equal = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::uint32_t value = plan.next32();
        QCOMPARE(again.next32(), value);
        equal += other.next32() == value ? 1 : 0;
    }
    QVERIFY(equal <= 1);
}

void TestRandom::belowIsUniform() {
    Random random(1, "test");
    std::array<int, 6> counts{};
    constexpr int kDraws = 60000;
    for (int i = 0; i < kDraws; ++i)
        ++counts[static_cast<std::size_t>(random.below(6))];
    double chiSquare = 0.0;
    for (const int count : counts)
        chiSquare += std::pow(count - kDraws / 6.0, 2) / (kDraws / 6.0);
    // 5 degrees of freedom, p = 0.001.
    QVERIFY2(chiSquare < 20.5, qPrintable(QString::number(chiSquare)));
    for (int i = 0; i < 100; ++i)
        QCOMPARE(random.below(1), std::uint64_t{0});
}

void TestRandom::normalMoments() {
    Random random(3, "test");
    constexpr int kDraws = 200000;
    double sum = 0.0;
    double squares = 0.0;
    double fourth = 0.0;
    for (int i = 0; i < kDraws; ++i) {
        const double z = random.normal();
        sum += z;
        squares += z * z;
        fourth += z * z * z * z;
    }
    QVERIFY(std::abs(sum / kDraws) < 4.0 / std::sqrt(kDraws));
    QVERIFY(std::abs(squares / kDraws - 1.0) < 4.0 * std::sqrt(2.0 / kDraws));
    QVERIFY(std::abs(fourth / kDraws - 3.0) < 4.0 * std::sqrt(96.0 / kDraws));
}

void TestRandom::poissonMoments_data() {
    QTest::addColumn<double>("mean");
    for (const double mean : {0.1, 0.9, 1.0, 4.5, 30.0, 499.0, 501.0, 999.0, 1001.0, 5000.0})
        QTest::addRow("mean %g", mean) << mean;
}

void TestRandom::poissonMoments() {
    QFETCH(const double, mean);
    Random random(11, "test");
    const int draws = mean > 400.0 ? 4000 : 40000;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < draws; ++i) {
        const double k = random.poisson(mean);
        QVERIFY(k >= 0.0 && k == std::floor(k));
        sum += k;
        squares += (k - mean) * (k - mean);
    }
    const double n = draws;
    const double variance = squares / n;
    // Standard error of the mean sqrt(m/n), of the variance sqrt((m + 2 m^2) / n); four of each.
    QVERIFY2(std::abs(sum / n - mean) < 4.0 * std::sqrt(mean / n),
             qPrintable(QString::number(sum / n)));
    QVERIFY2(std::abs(variance - mean) < 4.0 * std::sqrt((mean + 2.0 * mean * mean) / n),
             qPrintable(QString::number(variance)));
    QCOMPARE(random.poisson(0.0), 0.0);
}

void TestRandom::poissonSmallMeanProbabilities() {
    Random random(5, "test");
    constexpr int kDraws = 100000;
    constexpr double kMean = 2.0;
    std::array<double, 6> counts{};
    for (int i = 0; i < kDraws; ++i) {
        const double k = random.poisson(kMean);
        if (k < 6.0)
            counts[static_cast<std::size_t>(k)] += 1.0;
    }
    double probability = std::exp(-kMean);
    for (std::size_t k = 0; k < counts.size(); ++k) {
        const double tolerance = 4.0 * std::sqrt(probability * (1.0 - probability) / kDraws);
        QVERIFY2(std::abs(counts[k] / kDraws - probability) < tolerance,
                 qPrintable(QString::number(k)));
        probability *= kMean / static_cast<double>(k + 1);
    }
}

void TestRandom::shuffleIsFair() {
    Random random(9, "test");
    std::array<std::array<int, 4>, 4> places{};
    constexpr int kRounds = 24000;
    for (int i = 0; i < kRounds; ++i) {
        std::array<std::size_t, 4> items{0, 1, 2, 3};
        random.shuffle(std::span<std::size_t>(items));
        for (std::size_t at = 0; at < 4; ++at)
            ++places[at][items[at]];
    }
    for (const auto& row : places) {
        for (const int count : row)
            QVERIFY(std::abs(count - kRounds / 4) < 4.0 * std::sqrt(kRounds * 3.0 / 16.0));
    }
}

void TestRandom::derivedSeedsDiffer() {
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (std::uint64_t i = 0; i < 500; ++i)
            seeds.push_back(likeness::derivedSeed(seed, i));
    }
    std::sort(seeds.begin(), seeds.end());
    QVERIFY(std::adjacent_find(seeds.begin(), seeds.end()) == seeds.end());
    QCOMPARE(likeness::derivedSeed(3, 4), likeness::derivedSeed(3, 4));
}

QTEST_GUILESS_MAIN(TestRandom)
#include "tst_random.moc"
