// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/setting.h"
#include "ui/widgets/labels.h"
#include "ui/words.h"

#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

using namespace likeness;

class TestWords : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void aSentenceSaysWhatWhyAndWhatToDo() {
        const Error error(ErrorCode::format, "scan.tif", "the file ends early", "copy it again");
        QCOMPARE(words::sentence(error),
                 QStringLiteral("Scan.tif: the file ends early. Copy it again."));
        QCOMPARE(words::explain(std::make_exception_ptr(error)).heading,
                 words::heading(ErrorCode::format));
    }

    void everyCodeHasAHeading() {
        for (int code = 0; code <= static_cast<int>(ErrorCode::cancelled); ++code)
            QVERIFY(!words::heading(static_cast<ErrorCode>(code)).isEmpty());
    }

    void whatARaterReadsNamesNoFile_data() {
        QTest::addColumn<int>("code");
        for (int code = 0; code <= static_cast<int>(ErrorCode::cancelled); ++code)
            QTest::addRow("%s", std::string(toString(static_cast<ErrorCode>(code))).c_str())
                << code;
    }

    void whatARaterReadsNamesNoFile() {
        QFETCH(int, code);
        const Error error(static_cast<ErrorCode>(code), "/data/synthetic/gan.png", "set gan",
                          "see /data");
        const QString sentence = words::blindSentence(std::make_exception_ptr(error));
        QVERIFY(sentence.contains(QStringLiteral("was not saved")));
        QVERIFY(!sentence.contains(QStringLiteral("gan")));
    }

    void numbers_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0.000");
        QTest::newRow("share") << 0.86111 << QStringLiteral("0.861");
        QTest::newRow("small") << 0.02443 << QStringLiteral("0.0244");
        QTest::newRow("negative") << -0.0176147 << QStringLiteral("-0.0176");
        QTest::newRow("rating") << 4.75 << QStringLiteral("4.75");
        QTest::newRow("large") << 1234.6 << QStringLiteral("1235");
        QTest::newRow("tiny") << -2.36946e-5 << QStringLiteral("-2.37e-05");
    }

    void numbers() {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(words::number(value), text);
    }

    void durations() {
        QCOMPARE(words::duration(12.4), QStringLiteral("12 s"));
        QCOMPARE(words::duration(125), QStringLiteral("2 min 05 s"));
        QCOMPARE(words::duration(3900), QStringLiteral("1 h 05 min"));
    }

    void countsAgreeWithTheirNouns() {
        QCOMPARE(words::count(0, words::Noun::answer), QStringLiteral("0 answers"));
        QCOMPARE(words::count(1, words::Noun::sample), QStringLiteral("1 sample"));
        QCOMPARE(words::count(2, words::Noun::repeat), QStringLiteral("2 hidden repeats"));
    }

    void labelsAndToolTipsShowMarkupAsText() {
        const QString evil = QStringLiteral("<img src=\"file:///etc/hostname\"><b>x</b>");
        const std::unique_ptr<QLabel> label(makeLabel(evil));
        QCOMPARE(label->textFormat(), Qt::PlainText);
        QVERIFY(!plainToolTip(evil).contains(QStringLiteral("<img")));
        QVERIFY(plainToolTip(evil).contains(QStringLiteral("&lt;img")));
        QCOMPARE(plainToolTip(QStringLiteral("a < b\nc")), QStringLiteral("a < b\nc"));
    }

    void defaultsAreNotStored() {
        const QTemporaryDir folder;
        QSettings store(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
        Setting<int> edge(store, QStringLiteral("edge"), 112);
        QCOMPARE(edge.get(), 112);
        edge.set(64);
        QCOMPARE(edge.get(), 64);
        QVERIFY(store.contains(QStringLiteral("edge")));
        edge.set(112);
        QVERIFY(!store.contains(QStringLiteral("edge")));
    }
};

QTEST_MAIN(TestWords)
#include "tst_words.moc"
