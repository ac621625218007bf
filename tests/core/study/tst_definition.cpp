// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/study/canonicaljson.h"
#include "core/study/definition.h"

#include <QtTest>

using namespace likeness;

namespace {

Json minimal() {
    return {{"name", "sandstone"}, {"title", "Sandstone slices"}, {"protocol", "real-or-synthetic"},
            {"domain", "rock"},    {"reference_set", "scan"},     {"sets", {"diffusion"}}};
}

// Name of the row, changed field, its value as JSON (empty: taken out), field that is blamed.
constexpr const char* kFaults[][4] = {
    {"no name", "/name", "", "name"},
    {"name with slash", "/name", "\"a/b\"", "name"},
    {"name with backslash", "/name", "\"a\\\\b\"", "name"},
    {"hidden name", "/name", "\".a\"", "name"},
    {"empty title", "/title", "\"\"", "title"},
    {"title is a number", "/title", "3", "title"},
    {"control character", "/title", "\"a\\u0007\"", "title"},
    {"protocol", "/protocol", "\"2afc\"", "protocol"},
    {"five labels of six", "/labels", "[\"1\",\"2\",\"3\",\"4\",\"5\"]", "labels"},
    {"label twice", "/labels", "[\"1\",\"1\",\"3\",\"4\",\"5\",\"6\"]", "labels"},
    {"empty label", "/labels", "[\"1\",\"\",\"3\",\"4\",\"5\",\"6\"]", "labels"},
    {"empty question", "/question", "\"\"", "question"},
    {"domain", "/domain", "\"bone\"", "domain"},
    {"no reference", "/reference_set", "", "reference_set"},
    {"no sets", "/sets", "", "sets"},
    {"empty sets", "/sets", "[]", "sets"},
    {"set twice", "/sets", "[\"a\",\"a\"]", "sets"},
    {"reference among sets", "/sets", "[\"scan\"]", "sets"},
    {"samples 0", "/samples_per_set", "0", "samples_per_set"},
    {"samples 2.5", "/samples_per_set", "2.5", "samples_per_set"},
    {"samples huge", "/samples_per_set", "18446744073709551615", "samples_per_set"},
    {"raters 0", "/raters", "0", "raters"},
    {"repeats", "/repeats", "0.6", "repeats"},
    {"negative repeats", "/repeats", "-0.1", "repeats"},
    {"practice", "/practice", "3", "practice"},
    {"negative seed", "/seed", "-1", "seed"},
    {"seed is text", "/seed", "\"1\"", "seed"},
    {"bits", "/canonical/bits", "12", "canonical.bits"},
    {"colour", "/canonical/colour", "\"cmyk\"", "canonical.colour"},
    {"mapping", "/canonical/mapping", "\"clahe\"", "canonical.mapping"},
    {"range without values", "/canonical/mapping", "\"range\"", "canonical.mapping"},
    {"percentiles crossed", "/canonical/low", "99.95", "canonical.low"},
    {"percentile above 100", "/canonical/high", "101", "canonical.low"},
    {"unknown in canonical", "/canonical/crop", "1", "canonical.crop"},
    {"canonical is a list", "/canonical", "[]", "canonical"},
    {"view time", "/min_view_ms", "-1", "min_view_ms"},
    {"gap", "/gap_ms", "99999", "gap_ms"},
    {"run", "/max_run", "0", "max_run"},
    {"block", "/block_size", "1", "block_size"},
    {"misspelt field", "/repeat", "0.1", "repeat"},
};

} // namespace

class TestDefinition : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void defaults();
    void roundTrip();
    void faults_data();
    void faults();
    void allFaultsAreListed();
    void hashIsStable();
    void canonicalJsonIsCanonical();
    void keyedHashVectors_data();
    void keyedHashVectors();
};

void TestDefinition::defaults() {
    const StudyDefinition d = definitionFromJson(minimal());
    QCOMPARE(d.levels(), 6);
    QCOMPARE(d.labels.front(), std::string("definitely synthetic"));
    QCOMPARE(d.labels.back(), std::string("definitely real"));
    QVERIFY(!d.question.empty());
    QCOMPARE(d.repeats, 0.1);
    QCOMPARE(d.maxRun, 3);
    QCOMPARE(d.minViewMs, 300);
    QCOMPARE(d.gapMs, 500);
    QCOMPARE(d.blockSize, 50);
    QCOMPARE(d.canonical.bits, 8);
    QVERIFY(d.canonical.mapping == CanonicalForm::Mapping::percentile);
    Json acr = minimal();
    acr["protocol"] = "acr";
    QCOMPARE(definitionFromJson(acr).labels,
             (std::vector<std::string>{"bad", "poor", "fair", "good", "excellent"}));
}

void TestDefinition::roundTrip() {
    Json document = minimal();
    document["labels"] = {"a", "b", "c", "d", "e", "f"};
    document["seed"] = 18446744073709551615U;
    document["canonical"] = {{"width", 128}, {"height", 96},       {"bits", 16}, {"colour", "rgb"},
                             {"low", 1.5},   {"mapping", "range"}, {"high", 900}};
    document["repeats"] = 0.25;
    const StudyDefinition d = definitionFromJson(document);
    QCOMPARE(d.seed, std::uint64_t{18446744073709551615U});
    QVERIFY(d.canonical.colour);
    QCOMPARE(toJson(definitionFromJson(toJson(d))), toJson(d));
    QCOMPARE(definitionHash(definitionFromJson(toJson(d))), definitionHash(d));
}

void TestDefinition::faults_data() {
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("field");
    for (const auto& row : kFaults)
        QTest::newRow(row[0]) << QString::fromUtf8(row[1]) << QString::fromUtf8(row[2])
                              << QString::fromUtf8(row[3]);
    const QString tooLong(9000, QLatin1Char('a'));
    QTest::newRow("long instructions")
        << "/instructions" << QLatin1Char('"') + tooLong + QLatin1Char('"') << "instructions";
}

void TestDefinition::faults() {
    QFETCH(const QString, pointer);
    QFETCH(const QString, value);
    QFETCH(const QString, field);
    Json document = minimal();
    if (value.isEmpty())
        document.erase(pointer.mid(1).toStdString());
    else
        document[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
    const std::vector<DefinitionFault> found = validateDefinition(document);
    QVERIFY(!found.empty());
    for (const DefinitionFault& fault : found) {
        QCOMPARE(QString::fromStdString(fault.field), field);
        QVERIFY(!fault.message.empty());
    }
    QVERIFY_THROWS_EXCEPTION(Error, (void)definitionFromJson(document));
    QVERIFY(validateDefinition(minimal()).empty());
}

void TestDefinition::allFaultsAreListed() {
    Json document = minimal();
    document["raters"] = 0;
    document["domain"] = "bone";
    document["canonical"] = {{"bits", 7}};
    document.erase("title");
    try {
        (void)definitionFromJson(document);
        QFAIL("a faulty definition was read");
    } catch (const Error& error) {
        const QString text = QString::fromUtf8(error.what());
        for (const char* field : {"'raters'", "'domain'", "'canonical.bits'", "'title'"})
            QVERIFY2(text.contains(QString::fromUtf8(field)), qPrintable(text));
    }
    QCOMPARE(validateDefinition(Json(3)).size(), std::size_t{1});
}

void TestDefinition::hashIsStable() {
    const StudyDefinition d = definitionFromJson(minimal());
    QCOMPARE(definitionHash(d), definitionHash(definitionFromJson(minimal())));
    StudyDefinition other = d;
    other.canonical.low = 0.2;
    QVERIFY(definitionHash(other) != definitionHash(d));
}

void TestDefinition::canonicalJsonIsCanonical() {
    const Json a = Json::parse(R"({"b": 1, "a": [true, null, "\u00e9"], "B": {"y": -2, "x": 3}})");
    QCOMPARE(QString::fromStdString(canonicalJson(a)),
             QStringLiteral("{\"B\":{\"x\":3,\"y\":-2},\"a\":[true,null,\"é\"],\"b\":1}"));
    QVERIFY_THROWS_EXCEPTION(Error, (void)canonicalJson(Json{{"a", {{"b", 0.5}}}}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)canonicalJson(Json(1.0)));
    QVERIFY_THROWS_EXCEPTION(Error, (void)canonicalJson(Json("\xff")));
}

// RFC 4231, test cases 1, 2, 3 and 6.
void TestDefinition::keyedHashVectors_data() {
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("RFC 4231 case 1")
        << QByteArray(20, '\x0b') << QByteArray("Hi There")
        << QByteArray("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    QTest::newRow("RFC 4231 case 2")
        << QByteArray("Jefe") << QByteArray("what do ya want for nothing?")
        << QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    QTest::newRow("RFC 4231 case 3")
        << QByteArray(20, '\xaa') << QByteArray(50, '\xdd')
        << QByteArray("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    QTest::newRow("RFC 4231 case 6")
        << QByteArray(131, '\xaa')
        << QByteArray("Test Using Larger Than Block-Size Key - Hash Key First")
        << QByteArray("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

void TestDefinition::keyedHashVectors() {
    QFETCH(const QByteArray, key);
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, expected);
    QCOMPARE(keyedHash(key.toStdString(), message.toStdString()), expected.toStdString());
}

QTEST_GUILESS_MAIN(TestDefinition)
#include "tst_definition.moc"
