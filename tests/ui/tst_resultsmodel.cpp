// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/resultsmodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace likeness;

namespace {

ConditionRow condition(const std::string& set, double share, bool reference = false) {
    ConditionRow row;
    row.setName = set;
    row.label = reference ? "real" : set;
    row.reference = reference;
    row.answers = 18;
    row.judgedReal = {share, share - 0.1, share + 0.1, 18, "share, Wilson 95 %", {}};
    row.meanRating.reason = "no answers";
    return row;
}

MetricBeside metric(const std::string& set, std::optional<double> value) {
    MetricBeside beside;
    beside.setName = set;
    beside.metric = "porosity_difference";
    beside.value = value;
    beside.n = 30;
    beside.unit = "1";
    beside.reason = value ? "" : "too few samples";
    return beside;
}

StudyResults smallResults() {
    StudyResults results;
    results.byGenerator = {condition("b", 0.2), condition("a", 0.4),
                           condition("=HYPERLINK(\"x\")", 0.3), condition("ref", 0.9, true)};
    results.versusMetrics = {metric("b", -0.02), metric("a", std::nullopt),
                             metric("=HYPERLINK(\"x\")", 0.5)};
    return results;
}

int columnOf(const ResultsTable& table, const QString& id) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].id == id)
            return static_cast<int>(i);
    }
    return -1;
}

QStringList setsIn(const QAbstractItemModel& model) {
    QStringList sets;
    for (int row = 0; row < model.rowCount(); ++row)
        sets << model.index(row, 1).data().toString();
    return sets;
}

} // namespace

class TestResultsModel : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void referenceComesFirstThenMetrics() {
        const ResultsTable table = makeResultsTable(smallResults());
        QVERIFY(table.rows.front().reference);
        QCOMPARE(columnOf(table, QStringLiteral("judged_real")), 3);
        QCOMPARE(columnOf(table, QStringLiteral("porosity_difference")),
                 static_cast<int>(table.columns.size()) - 1);
        for (const ResultsColumn& column : table.columns)
            QVERIFY2(!column.definition.isEmpty(), qPrintable(column.id));
        for (const ResultsRow& row : table.rows)
            QCOMPARE(row.cells.size(), table.columns.size());
    }

    void aQualityStudyHasNoShareJudgedReal() {
        StudyResults results = smallResults();
        results.protocol = Protocol::acr;
        const ResultsTable table = makeResultsTable(results);
        QCOMPARE(columnOf(table, QStringLiteral("judged_real")), -1);
        QVERIFY(columnOf(table, QStringLiteral("mean_rating")) > 0);
    }

    void missingValuesSortLast_data() {
        QTest::addColumn<Qt::SortOrder>("order");
        QTest::addColumn<QStringList>("sets");
        const QString formula = QStringLiteral("=HYPERLINK(\"x\")");
        QTest::newRow("ascending") << Qt::AscendingOrder
                                   << QStringList{QStringLiteral("b"), formula,
                                                  QStringLiteral("ref"), QStringLiteral("a")};
        QTest::newRow("descending") << Qt::DescendingOrder
                                    << QStringList{formula, QStringLiteral("b"),
                                                   QStringLiteral("ref"), QStringLiteral("a")};
    }

    void missingValuesSortLast() {
        QFETCH(Qt::SortOrder, order);
        QFETCH(QStringList, sets);
        ResultsModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTable(makeResultsTable(smallResults()));
        ResultsSortProxy proxy;
        QAbstractItemModelTester proxyTester(
            &proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setSourceModel(&model);
        proxy.sort(columnOf(model.table(), QStringLiteral("porosity_difference")), order);
        QCOMPARE(setsIn(proxy), sets);
    }

    void tooltipsNameDefinitionNIntervalAndReason() {
        ResultsModel model;
        model.setTable(makeResultsTable(smallResults()));
        const int share = columnOf(model.table(), QStringLiteral("judged_real"));
        const QString tip = model.index(0, share).data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("Wilson")) && tip.contains(QStringLiteral("n = 18")) &&
                     tip.contains(QStringLiteral("0.800 to 1.00")),
                 qPrintable(tip));
        const int porosity = columnOf(model.table(), QStringLiteral("porosity_difference"));
        const QModelIndex missing = model.index(2, porosity); // set "a"
        QCOMPARE(missing.data().toString(), QStringLiteral("\u2013"));
        QVERIFY(
            missing.data(Qt::ToolTipRole).toString().contains(QStringLiteral("too few samples")));
        QVERIFY(!missing.data(ResultsModel::SortRole).isValid());
    }

    void csvTextIsDefused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("cell");
        QTest::newRow("plain") << QStringLiteral("sand") << QByteArray("\"sand\"");
        QTest::newRow("quotes") << QStringLiteral("a\"b") << QByteArray("\"a\"\"b\"");
        QTest::newRow("comma") << QStringLiteral("a,b") << QByteArray("\"a,b\"");
        QTest::newRow("minus inside") << QStringLiteral("a-b") << QByteArray("\"a-b\"");
        QTest::newRow("empty") << QString() << QByteArray("\"\"");
        for (const char* text : {"=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "  =1"})
            QTest::addRow("%s", text)
                << QString::fromLatin1(text) << '"' + QByteArray("'") + text + '"';
        QTest::newRow("full-width") << QStringLiteral("\uff1d1")
                                    << QByteArray("\"'\xef\xbc\x9d"
                                                  "1\"");
    }

    void csvTextIsDefused() {
        QFETCH(QString, text);
        QFETCH(QByteArray, cell);
        QCOMPARE(csvText(text), cell);
    }

    void csvKeepsNumbersAndGaps() {
        const QByteArray csv = toCsv(makeResultsTable(smallResults()));
        const QList<QByteArray> lines = csv.split('\n');
        QVERIFY(
            lines[0].startsWith("\"condition\",\"set\",\"n\",\"judged_real\",\"judged_real_lo\""));
        QVERIFY2(lines[1].startsWith("\"real\",\"ref\",18,0.9"), lines[1].constData());
        QVERIFY2(lines[2].trimmed().endsWith(",-0.02"),
                 lines[2].constData()); // a negative number stays one
        QVERIFY2(lines[3].trimmed().endsWith(","), lines[3].constData()); // a missing one is empty
        QVERIFY(csv.contains("\"'=HYPERLINK(\"\"x\"\")\""));
        for (const QByteArray& line : lines.mid(0, 3))
            QCOMPARE(line.count(','), lines[0].count(','));
    }
};

QTEST_MAIN(TestResultsModel)
#include "tst_resultsmodel.moc"
