// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "db/workflow/csv.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace likeness;

class TestCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void text_data();
    void text();
    void numbersStayNumbers();
    void missingIsEmpty();
    void widthIsChecked();
};

void TestCsv::text_data() {
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("field");
    QTest::newRow("plain") << QByteArray("rock") << QByteArray("rock");
    QTest::newRow("comma") << QByteArray("a,b") << QByteArray("\"a,b\"");
    QTest::newRow("quote") << QByteArray("a\"b") << QByteArray("\"a\"\"b\"");
    QTest::newRow("line break") << QByteArray("a\nb") << QByteArray("\"a\nb\"");
    // OWASP ASVS 1.2.10: first characters that spreadsheets take for formulas.
    for (const char* start : {"=", "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D"})
        QTest::addRow("formula %s", start)
            << QByteArray(start).append("1+1") << QByteArray("\"'").append(start).append("1+1\"");
    QTest::newRow("empty") << QByteArray() << QByteArray();
}

void TestCsv::text() {
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, field);
    CsvTable table({"a"});
    table.text(value.toStdString());
    table.endRow();
    QCOMPARE(QByteArray::fromStdString(table.content()), QByteArray("a\r\n") + field + "\r\n");
}

void TestCsv::numbersStayNumbers() {
    CsvTable table({"a", "b"});
    table.number(-1.5).number(std::int64_t{-3});
    table.endRow();
    QCOMPARE(table.content(), std::string("a,b\r\n-1.5,-3\r\n"));
}

void TestCsv::missingIsEmpty() {
    CsvTable table({"a", "b", "c"});
    table.number(std::optional<double>())
        .missing()
        .number(std::numeric_limits<double>::quiet_NaN());
    table.endRow();
    QCOMPARE(table.content(), std::string("a,b,c\r\n,,\r\n"));
}

void TestCsv::widthIsChecked() {
    CsvTable table({"a", "b"});
    table.text("1");
    QVERIFY_THROWS_EXCEPTION(Error, table.endRow());
}

QTEST_GUILESS_MAIN(TestCsv)
#include "tst_csv.moc"
