// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/statistics/catalogue.h"

#include <QtTest>

#include <cmath>
#include <filesystem>
#include <optional>
#include <string>

using namespace likeness;

namespace {

// Every file here is answered in full: each case, each quantity, both tolerances.
const char* const kFiles[] = {"01_cohen_kappa",    "03_krippendorff_alpha",
                              "09_sdt_dprime",     "10_roc_auc_delong",
                              "15_mos_bt500_p910", "19_proportion_mcnemar"};

std::string statisticOf(const std::string& file) {
    return file.substr(file.find('_') + 1);
}

Json golden(const std::string& file) {
    return Json::parse(
        readTextFile(std::filesystem::path(LIKENESS_TEST_DATA) / "stats" / (file + ".json")));
}

// Three data tables belong to another project and stay outside; they lie in the shared folder.
std::filesystem::path sharedStatistics() {
    const QByteArray set = qgetenv("LIKENESS_SHARED");
    const std::filesystem::path shared =
        set.isEmpty() ? std::filesystem::path(LIKENESS_SOURCE_DIR) / ".." / "shared"
                      : std::filesystem::path(set.toStdString());
    return shared / "golden" / "stats";
}

// Empty when every number of \a expected is met within \a tolerance; otherwise what differs.
std::string difference(const Json& actual, const Json& expected, double tolerance) {
    if (expected.is_number()) {
        if (!actual.is_number())
            return "no number but " + actual.dump();
        const double error = std::abs(actual.get<double>() - expected.get<double>());
        if (error <= tolerance)
            return {};
        return actual.dump() + " differs from " + expected.dump() + " by " + Json(error).dump() +
               ", tolerance " + Json(tolerance).dump();
    }
    if (expected.is_array()) {
        if (!actual.is_array() || actual.size() != expected.size())
            return "not a list of " + std::to_string(expected.size()) + ": " + actual.dump();
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const std::string text = difference(actual[i], expected[i], tolerance);
            if (!text.empty())
                return "[" + std::to_string(i) + "] " + text;
        }
        return {};
    }
    if (expected.is_object()) {
        for (const auto& item : expected.items()) {
            const std::string text = actual.is_object() && actual.contains(item.key())
                                         ? difference(actual[item.key()], item.value(), tolerance)
                                         : "missing";
            if (!text.empty())
                return item.key() + ": " + text;
        }
        return {};
    }
    return "the expected value " + expected.dump() + " cannot be compared";
}

} // namespace

class TestGoldenStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyQuantity_data();
    void everyQuantity();
    void noCaseIsEmpty();
    void comparisonCanFail();
};

void TestGoldenStatistics::everyQuantity_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("index");
    for (const char* const file : kFiles) {
        const Json document = golden(file);
        int index = 0;
        for (const Json& item : document.at("cases")) {
            const std::string row = std::string(file) + ": " + item.at("name").get<std::string>();
            QTest::newRow(row.c_str()) << QString::fromUtf8(file) << index;
            ++index;
        }
    }
}

void TestGoldenStatistics::everyQuantity() {
    QFETCH(const QString, file);
    QFETCH(const int, index);
    const Json item = golden(file.toStdString()).at("cases").at(static_cast<std::size_t>(index));
    const Json& inputs = item.at("inputs");
    StatisticOptions options;
    if (inputs.contains("csv")) {
        options.folder = sharedStatistics();
        if (!std::filesystem::exists(options.folder)) {
            QVERIFY2(qgetenv("CI") != "true", "the shared golden data are missing");
            QSKIP("the shared golden data are missing (set LIKENESS_SHARED)");
        }
    }
    const Json answer = evaluateStatistic(statisticOf(file.toStdString()), inputs, options);
    int compared = 0;
    std::string faults;
    for (const Json& expected : item.at("expected")) {
        const auto quantity = expected.at("quantity").get<std::string>();
        const Json actual = answer.at("values").value(quantity, Json());
        if (!expected.at("published").is_null()) {
            const std::string text =
                difference(actual, expected.at("published"), expected.at("abs_tol").get<double>());
            faults += text.empty() ? "" : "\n  " + quantity + ", published: " + text;
            ++compared;
        }
        if (expected.contains("high_precision")) {
            const std::string text = difference(actual, expected.at("high_precision"),
                                                expected.at("hp_abs_tol").get<double>());
            faults += text.empty() ? "" : "\n  " + quantity + ", exact: " + text;
            ++compared;
        }
    }
    QVERIFY2(faults.empty(), faults.c_str());
    QVERIFY(compared > 0);
}

void TestGoldenStatistics::noCaseIsEmpty() {
    for (const char* const file : kFiles) {
        const Json document = golden(file);
        QVERIFY(!document.at("cases").empty());
        for (const Json& item : document.at("cases")) {
            for (const Json& expected : item.at("expected"))
                QVERIFY(!expected.at("published").is_null() || expected.contains("high_precision"));
        }
    }
}

void TestGoldenStatistics::comparisonCanFail() {
    QVERIFY(difference(Json(1.0), Json(1.0), 0.0).empty());
    QVERIFY(!difference(Json(1.1), Json(1.0), 0.05).empty());
    QVERIFY(!difference(Json(), Json(1.0), 1e9).empty());
    QVERIFY(!difference(Json::array({1}), Json::array({1, 2}), 1.0).empty());
    QVERIFY(!difference(Json::object(), Json{{"a", 1}}, 1.0).empty());
}

QTEST_GUILESS_MAIN(TestGoldenStatistics)
#include "tst_golden_statistics.moc"
