// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/statistics/agreement.h"
#include "core/statistics/catalogue.h"
#include "core/statistics/detection.h"
#include "core/statistics/intervals.h"
#include "core/statistics/opinion.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace likeness;

namespace {

void near(double actual, double expected, double tolerance = 1e-9) {
    QVERIFY2(std::abs(actual - expected) <= tolerance,
             (std::to_string(actual) + " is not " + std::to_string(expected)).c_str());
}

RatingMatrix random(std::size_t observers, std::size_t units, std::uint64_t seed) {
    Random source(seed, "ratings");
    RatingMatrix matrix(observers, std::vector<std::optional<double>>(units));
    for (std::size_t u = 0; u < units; ++u) {
        const double level = 1.0 + static_cast<double>(source.below(5));
        for (std::size_t o = 0; o < observers; ++o) {
            const double shift = static_cast<double>(source.below(3)) - 1.0;
            if (source.uniform() < 0.9)
                matrix[o][u] = std::clamp(level + shift, 1.0, 6.0);
        }
    }
    return matrix;
}

bool isFinite(const Json& document) {
    if (document.is_number_float())
        return std::isfinite(document.get<double>());
    if (!document.is_structured())
        return true;
    return std::all_of(document.begin(), document.end(), isFinite);
}

RatingMatrix transposed(const RatingMatrix& m) {
    RatingMatrix t(m.front().size(), std::vector<std::optional<double>>(m.size()));
    for (std::size_t i = 0; i < m.size(); ++i) {
        for (std::size_t j = 0; j < m[i].size(); ++j)
            t[j][i] = m[i][j];
    }
    return t;
}

} // namespace

class TestStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void intervalEndsAreExact();
    void badProportions_data();
    void badProportions();
    void binomialExtremes();
    void bootstrapOfMeans();
    void bootstrapRefusals();
    void undefinedKappa();
    void statedScaleKeepsUnusedCategories();
    void undefinedAlpha();
    void alphaIntervalHoldsAlpha();
    void undefinedDetection();
    void detectionIsSymmetric();
    void forcedChoiceInverts();
    void rocDegenerate();
    void opinionOfFewScores();
    void screeningWithoutSpread();
    void subjectModelRecoversBias();
    void subjectModelRefusesGaps();
    void catalogueListsWhatExists();
    void catalogueNeverPrintsNaN();
    void badInputs_data();
    void badInputs();
    void csvInputs();
    void badCsv_data();
    void badCsv();
};

void TestStatistics::intervalEndsAreExact() {
    QCOMPARE(wilsonInterval({0, 20}).lo, 0.0);
    QCOMPARE(wilsonInterval({20, 20}).hi, 1.0);
    QCOMPARE(clopperPearsonInterval({0, 20}).lo, 0.0);
    QCOMPARE(clopperPearsonInterval({20, 20}).hi, 1.0);
    // Rule of Clopper and Pearson at 0 of n: 1 - (alpha/2)^(1/n).
    near(clopperPearsonInterval({0, 20}).hi, 1.0 - std::pow(0.025, 1.0 / 20.0));
    const Interval wide = wilsonInterval({10, 20}, 0.99);
    const Interval narrow = wilsonInterval({10, 20}, 0.9);
    QVERIFY(wide.lo < narrow.lo && narrow.hi < wide.hi);
    near(narrow.lo + narrow.hi, 1.0);
}

void TestStatistics::badProportions_data() {
    QTest::addColumn<int>("x");
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("level");
    QTest::newRow("no trial") << 0 << 0 << 0.95;
    QTest::newRow("negative") << -1 << 5 << 0.95;
    QTest::newRow("more than all") << 6 << 5 << 0.95;
    QTest::newRow("level 1") << 3 << 5 << 1.0;
    QTest::newRow("level NaN") << 3 << 5 << std::nan("");
}

void TestStatistics::badProportions() {
    QFETCH(const int, x);
    QFETCH(const int, n);
    QFETCH(const double, level);
    QVERIFY_THROWS_EXCEPTION(Error, (void)wilsonInterval({x, n}, level));
    QVERIFY_THROWS_EXCEPTION(Error, (void)clopperPearsonInterval({x, n}, level));
}

void TestStatistics::binomialExtremes() {
    near(binomialTest({0, 10}).twoSided, 2.0 / 1024.0);
    near(binomialTest({10, 10}).atLeast, 1.0 / 1024.0);
    near(binomialTest({0, 10}).atLeast, 1.0);
    near(binomialTest({5, 10}).twoSided, 1.0);
    QVERIFY_THROWS_EXCEPTION(Error, (void)mcNemarTest(0, 0));
    near(mcNemarTest(5, 5).exactTwoSided, 1.0);
}

// The interval of a mean of 400 normal deviates lies within 15 % of mean -+ 1.96 sd / 20.
void TestStatistics::bootstrapOfMeans() {
    Random source(3, "data");
    std::vector<double> data(400);
    for (double& v : data)
        v = source.normal();
    const auto mean = [&](std::span<const std::size_t> picked) -> std::optional<double> {
        double sum = 0.0;
        for (const std::size_t i : picked)
            sum += data[i];
        return sum / static_cast<double>(picked.size());
    };
    const BootstrapInterval b = bootstrapInterval(data.size(), mean, {2000, 0.95, 1});
    const MeanOpinion plain = meanOpinion(data);
    near(b.interval->hi - b.interval->lo, 2.0 * *plain.halfWidthNormal,
         0.3 * *plain.halfWidthNormal);
    QVERIFY(b.interval->lo < *plain.mean.value && *plain.mean.value < b.interval->hi);
    const BootstrapInterval again = bootstrapInterval(data.size(), mean, {2000, 0.95, 1});
    QCOMPARE(again.interval->lo, b.interval->lo);
}

void TestStatistics::bootstrapRefusals() {
    const auto never = [](std::span<const std::size_t>) { return std::optional<double>(); };
    QVERIFY(!bootstrapInterval(10, never, {}).interval);
    QVERIFY(!bootstrapInterval(10, never, {}).reason.empty());
    QVERIFY(!bootstrapInterval(1, never, {}).interval);
    QVERIFY_THROWS_EXCEPTION(Error, (void)bootstrapInterval(10, never, {0, 0.95, 0}));
}

void TestStatistics::undefinedKappa() {
    const CohenKappa one = cohenKappa({{10, 0}, {0, 0}}, KappaWeights::none);
    QVERIFY(!one.kappa.value && !one.kappa.reason.empty() && !one.ase);
    near(*cohenKappa({{5, 0}, {0, 5}}, KappaWeights::none).kappa.value, 1.0);
    QVERIFY_THROWS_EXCEPTION(Error, (void)cohenKappa({{1, 2}}, KappaWeights::none));
    QVERIFY_THROWS_EXCEPTION(Error, (void)cohenKappa({{1, -2}, {1, 1}}, KappaWeights::none));
    QVERIFY_THROWS_EXCEPTION(Error, (void)cohenKappa({{0, 0}, {0, 0}}, KappaWeights::none));
    QVERIFY_THROWS_EXCEPTION(Error, (void)cohenKappa({{1, 2}, {1, 1}}, AgreementTable{{1, 0}}));
}

// Levels 1, 2 and 4 of a four-level scale: dropping the unused third would move weighted kappa.
void TestStatistics::statedScaleKeepsUnusedCategories() {
    const Json lists = {{"rater1", {1, 2, 4, 4, 1, 2}}, {"rater2", {1, 4, 4, 2, 1, 2}}};
    Json stated = lists;
    stated["categories"] = 4;
    const double dropped =
        evaluateStatistic("cohen_kappa", lists)["values"]["kappa_linear"].get<double>();
    const double kept =
        evaluateStatistic("cohen_kappa", stated)["values"]["kappa_linear"].get<double>();
    QVERIFY(std::abs(kept - dropped) > 1e-3);
    const AgreementTable table = {{2, 0, 0, 0}, {0, 1, 0, 1}, {0, 0, 0, 0}, {0, 1, 0, 1}};
    near(kept, *cohenKappa(table, KappaWeights::linear).kappa.value);
}

void TestStatistics::undefinedAlpha() {
    const RatingMatrix same = {{3, 3, 3}, {3, 3, 3}};
    const RatingMatrix lone = {{1, 2, {}}, {{}, {}, 3}};
    const RatingMatrix oneUnit = {{1, 2}, {2, {}}};
    for (const RatingMatrix& m : {same, lone, oneUnit, RatingMatrix{}}) {
        const KrippendorffAlpha a = krippendorffAlpha(m, MeasurementLevel::ordinal);
        QVERIFY(!a.alpha.value);
        QVERIFY(!a.alpha.reason.empty());
    }
    QVERIFY_THROWS_EXCEPTION(
        Error, (void)krippendorffAlpha({{1, std::nan("")}, {1, 2}}, MeasurementLevel::nominal));
}

// The interval must resample units, not observers: it holds alpha, and transposing moves it.
void TestStatistics::alphaIntervalHoldsAlpha() {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const RatingMatrix m = random(6, 30, seed);
        for (const MeasurementLevel level : {MeasurementLevel::nominal, MeasurementLevel::ordinal,
                                             MeasurementLevel::interval, MeasurementLevel::ratio}) {
            const double alpha = *krippendorffAlpha(m, level).alpha.value;
            const BootstrapInterval b = krippendorffInterval(m, level, {400, 0.95, seed});
            QVERIFY(b.interval->lo <= alpha && alpha <= b.interval->hi);
            const BootstrapInterval t =
                krippendorffInterval(transposed(m), level, {400, 0.95, seed});
            QVERIFY(!t.interval || std::abs(t.interval->lo - b.interval->lo) > 1e-3);
        }
    }
    QVERIFY(!krippendorffInterval(random(3, 4, 0), MeasurementLevel::nominal, {}).interval);
}

void TestStatistics::undefinedDetection() {
    const SignalDetection raw = signalDetection({10, 10, 3, 10}, RateCorrection::none);
    QVERIFY(!raw.dPrime.value && !raw.dPrime.reason.empty() && !raw.dPrimeInterval);
    QVERIFY(raw.aPrime.value.has_value());
    const SignalDetection empty = signalDetection({0, 0, 3, 10}, RateCorrection::logLinear);
    QVERIFY(!empty.dPrime.value && !empty.dPrime.reason.empty());
    QVERIFY(signalDetection({10, 10, 0, 10}, RateCorrection::logLinear).dPrime.value.has_value());
    QVERIFY_THROWS_EXCEPTION(Error,
                             (void)signalDetection({11, 10, 0, 10}, RateCorrection::logLinear));
    QVERIFY_THROWS_EXCEPTION(Error,
                             (void)signalDetection({1, 10, -1, 10}, RateCorrection::logLinear));
}

void TestStatistics::detectionIsSymmetric() {
    const SignalDetection a = signalDetection({30, 40, 12, 50}, RateCorrection::logLinear);
    const SignalDetection b = signalDetection({12, 50, 30, 40}, RateCorrection::logLinear);
    near(*a.dPrime.value, -*b.dPrime.value);
    near(*a.criterion.value, *b.criterion.value);
    near(*a.aPrime.value + *b.aPrime.value, 1.0);
    near(*signalDetection({20, 40, 20, 40}, RateCorrection::none).dPrime.value, 0.0);
}

void TestStatistics::forcedChoiceInverts() {
    for (const double d : {-1.0, 0.0, 0.3, 1.0, 2.5})
        near(*forcedChoiceDPrime(forcedChoiceCorrect(d, 2)).value, d);
    near(forcedChoiceCorrect(0.0, 5), 0.2);
    QVERIFY(!forcedChoiceDPrime(1.0).value);
    QVERIFY_THROWS_EXCEPTION(Error, (void)forcedChoiceDPrime(1.1));
    QVERIFY_THROWS_EXCEPTION(Error, (void)forcedChoiceCorrect(1.0, 1));
}

void TestStatistics::rocDegenerate() {
    const RocArea perfect = rocArea({1, 2, 3, 4}, {false, false, true, true});
    near(*perfect.auc.value, 1.0);
    QVERIFY(!perfect.interval && !perfect.intervalReason.empty());
    near(*rocArea({1, 2, 3, 4}, {true, true, false, false}).auc.value, 0.0); // no direction guessed
    near(*rocArea({2, 2, 2, 2}, {true, false, true, false}).auc.value, 0.5);
    QVERIFY(!rocArea({1, 2, 3}, {true, false, false}).auc.value);
    QVERIFY_THROWS_EXCEPTION(Error, (void)rocAreas({{1, 2}}, {true}));
}

void TestStatistics::opinionOfFewScores() {
    QVERIFY(!meanOpinion({}).mean.value);
    const double one[] = {4.0};
    QVERIFY(meanOpinion(one).mean.value && !meanOpinion(one).interval);
    // 1 2 3 4 5: sd sqrt(2.5), t(0.975, 4) = 2.776445105.
    const double five[] = {1, 2, 3, 4, 5};
    const MeanOpinion m = meanOpinion(five);
    near(*m.sd, std::sqrt(2.5));
    near(*m.halfWidthStudent, 2.7764451051977987 * std::sqrt(0.5));
    near(*m.halfWidthNormal, 1.96 * std::sqrt(0.5));
}

void TestStatistics::screeningWithoutSpread() {
    const std::vector<std::vector<double>> flat(20, std::vector<double>(5, 3.0));
    const ObserverScreening s = screenObservers(flat, Deviation::sample);
    QVERIFY(s.rejected.empty());
    QCOMPARE(s.mosAfter.size(), std::size_t{20});
    QVERIFY_THROWS_EXCEPTION(Error, (void)screenObservers({{1.0}}, Deviation::sample));
    QVERIFY_THROWS_EXCEPTION(Error, (void)screenObservers({{1, 2}, {1}}, Deviation::sample));
}

void TestStatistics::subjectModelRecoversBias() {
    Random source(8, "model");
    const std::vector<double> bias = {-0.6, -0.2, 0.0, 0.3, 0.5};
    RatingMatrix scores(200, std::vector<std::optional<double>>(5));
    for (auto& row : scores) {
        const double quality = source.uniform(1.5, 4.5);
        for (std::size_t i = 0; i < 5; ++i)
            row[i] = quality + bias[i] + 0.3 * source.normal();
    }
    const SubjectModel model = subjectModel(scores);
    for (std::size_t i = 0; i < 5; ++i) {
        near(model.bias[i], bias[i], 0.1);
        near(model.inconsistency[i], 0.3, 0.08);
    }
    near(std::accumulate(model.bias.begin(), model.bias.end(), 0.0), 0.0);
}

void TestStatistics::subjectModelRefusesGaps() {
    QVERIFY_THROWS_EXCEPTION(Error, (void)subjectModel({{1, {}}, {2, {}}}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)subjectModel({{1, 2}, {{}, {}}}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)subjectModel({}));
}

void TestStatistics::catalogueListsWhatExists() {
    QVERIFY(availableStatistics().size() >= 6);
    for (const char* name : {"fleiss_kappa", "no_such_thing", ""}) {
        try {
            (void)evaluateStatistic(name, Json::object());
            QFAIL("it was evaluated");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::unsupported);
            for (const StatisticInfo& info : availableStatistics())
                QVERIFY(std::string(error.what()).find(info.name) != std::string::npos);
        }
    }
    const Json full = evaluateStatistic("proportion_mcnemar", {{"correct", 6}, {"n", 10}});
    QCOMPARE(evaluateStatistic("proportion", {{"correct", 6}, {"n", 10}}), full);
    for (const char* name : {"statistic", "inputs", "values", "intervals", "notes"})
        QVERIFY(full.contains(name));
    QCOMPARE(full["inputs"]["n"].get<int>(), 10);
}

void TestStatistics::catalogueNeverPrintsNaN() {
    const std::vector<std::pair<std::string, Json>> cases = {
        {"cohen_kappa", {{"table", {{7, 0}, {0, 0}}}}},
        {"krippendorff_alpha", {{"observers_x_units", {{3, 3}, {3, 3}}}}},
        {"sdt_dprime",
         {{"hits", 5},
          {"signal_trials", 5},
          {"false_alarms", 0},
          {"noise_trials", 5},
          {"correction", "none"}}},
        {"sdt_dprime",
         {{"hits", 0}, {"signal_trials", 0}, {"false_alarms", 0}, {"noise_trials", 5}}},
        {"mos_bt500_p910", {{"scores", {4}}}},
        {"mos_bt500_p910", {{"scores", Json::array({Json::array({3, 3}), Json::array({3, 3})})}}},
        {"roc_auc_delong", {{"scores", {1, 2, 3, 4}}, {"truth", {0, 0, 1, 1}}}},
    };
    for (const auto& [name, inputs] : cases) {
        const Json answer = evaluateStatistic(name, inputs);
        QVERIFY2(isFinite(answer), name.c_str());
        bool undefined = false;
        for (const auto& item : answer["values"].items())
            undefined = undefined || item.value().is_null();
        QVERIFY2(!undefined || !answer["notes"].empty(), name.c_str());
    }
}

void TestStatistics::badInputs_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("inputs");
    const char* const rows[][2] = {
        {"cohen_kappa", "[]"},
        {"cohen_kappa", "{}"},
        {"cohen_kappa", "{\"table\": [[1, 2], [3]]}"},
        {"cohen_kappa", "{\"table\": [[1, null], [3, 4]]}"},
        {"cohen_kappa", "{\"table\": [[1, \"a\"], [3, 4]]}"},
        {"cohen_kappa", "{\"rater1\": [1, 2], \"rater2\": [1]}"},
        {"cohen_kappa", "{\"rater1\": [1, 9], \"rater2\": [1, 2], \"categories\": 4}"},
        {"krippendorff_alpha", "{}"},
        {"krippendorff_alpha", "{\"observers_x_units\": 3}"},
        {"krippendorff_alpha", "{\"observers_x_units\": [[1,2,3],[1,2,3]], \"q_categories\": 2}"},
        {"sdt_dprime", "{\"hits\": 3}"},
        {"sdt_dprime",
         "{\"hits\": 3.5, \"signal_trials\": 5, \"false_alarms\": 1, \"noise_trials\": 5}"},
        {"sdt_dprime",
         "{\"hits\": 9, \"signal_trials\": 5, \"false_alarms\": 1, \"noise_trials\": 5}"},
        {"sdt_dprime", "{\"hits\": 3, \"signal_trials\": 5, \"false_alarms\": 1, \"noise_trials\": "
                       "5, \"correction\": \"magic\"}"},
        {"sdt_dprime", "{\"d\": \"1\"}"},
        {"roc_auc_delong", "{\"scores\": [1, 2, 3], \"truth\": [0, 1]}"},
        {"roc_auc_delong", "{\"scores\": [1, 2, 3], \"truth\": [0, 1, 2]}"},
        {"roc_auc_delong", "{\"scores\": [1, 2, 3], \"truth\": [0, 1, 1]}"},
        {"mos_bt500_p910", "{\"csv\": \"no-such-file.csv\"}"},
        {"mos_bt500_p910", "{\"scores\": []}"},
        {"proportion_mcnemar", "{\"correct\": 5, \"n\": 4}"},
        {"proportion_mcnemar", "{\"x_n\": [[1.5, 3]]}"},
        {"proportion_mcnemar", "{\"table\": [[1, 0.5], [2, 1]]}"},
        {"proportion_mcnemar", "{\"x_n\": [[1, 2, 3]]}"},
        {"proportion_mcnemar", "{\"table\": [[1, 0], [0, 1]]}"},
    };
    int number = 0;
    for (const auto& row : rows)
        QTest::addRow("%d %s", number++, row[0])
            << QString::fromUtf8(row[0]) << QString::fromUtf8(row[1]);
}

void TestStatistics::badInputs() {
    QFETCH(const QString, name);
    QFETCH(const QString, inputs);
    QVERIFY_THROWS_EXCEPTION(
        Error, (void)evaluateStatistic(name.toStdString(), Json::parse(inputs.toStdString())));
}

void TestStatistics::csvInputs() {
    QCOMPARE(statisticInputsFromCsv("cohen_kappa", "1,2\n3,4\n"),
             (Json{{"table", {{1.0, 2.0}, {3.0, 4.0}}}}));
    QCOMPARE(statisticInputsFromCsv("cohen_kappa", "anna;ben\n1;2\n3;3\n2;2\n"),
             (Json{{"rater1", {1.0, 3.0, 2.0}}, {"rater2", {2.0, 3.0, 2.0}}}));
    QCOMPARE(statisticInputsFromCsv("krippendorff_alpha", "\xEF\xBB\xBF"
                                                          "1, NA ,2\r\n,3,nan\r\n"),
             (Json{{"observers_x_units", {{1.0, nullptr, 2.0}, {nullptr, 3.0, nullptr}}}}));
    const Json roc = statisticInputsFromCsv("roc_auc", "score,truth\n1,0\n2,1\n3,0\n4,1\n");
    QCOMPARE(evaluateStatistic("roc_auc", roc)["values"]["AUC"].at(0).get<double>(), 0.75);
    QCOMPARE(statisticInputsFromCsv("sdt", "9,10,2,10")["hits"].get<double>(), 9.0);
}

void TestStatistics::badCsv_data() {
    QTest::addColumn<QString>("csv");
    QTest::newRow("empty") << "";
    QTest::newRow("names only") << "a,b";
    QTest::newRow("ragged") << "1,2\n1";
    QTest::newRow("word") << "1,2\n1,two";
    QTest::newRow("infinite") << "1,2\n1,inf";
}

void TestStatistics::badCsv() {
    QFETCH(const QString, csv);
    QVERIFY_THROWS_EXCEPTION(Error,
                             (void)statisticInputsFromCsv("mos_bt500_p910", csv.toStdString()));
}

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
