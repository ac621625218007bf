// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "tests/app/clirun.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace likeness;

class TestCliAnnotations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void madeChangedRemovedRestored();
    void table();
    void refused_data();
    void refused();

private:
    [[nodiscard]] QString at(const char* name) const { return text(m_folder.path() / name); }

    [[nodiscard]] QJsonArray marks() const {
        return cli({QStringLiteral("project"), QStringLiteral("annotations"), at("p.likeness"),
                    QStringLiteral("--json")})
            .json()[QStringLiteral("annotations")]
            .toArray();
    }

    [[nodiscard]] Run annotate(const QStringList& options) const {
        return cli(QStringList{QStringLiteral("project"), QStringLiteral("annotate"),
                               at("p.likeness"), QStringLiteral("--json")} +
                   options);
    }

    TemporaryFolder m_folder;
    QString m_sample;
};

void TestCliAnnotations::initTestCase() {
    Volume image(PixelType::u8, 40, 30);
    image.bytes()[5] = std::byte{9};
    image.voxelSize = VoxelSize{{2.0, 2.0, 2.0}, "typed"};
    writeVolume(m_folder.path() / "a.tif", image);
    QCOMPARE(cli({QStringLiteral("project"), QStringLiteral("new"), at("p.likeness")}).code, 0);
    const Run added =
        cli({QStringLiteral("project"), QStringLiteral("add"), at("p.likeness"), at("a.tif"),
             QStringLiteral("--set"), QStringLiteral("real"), QStringLiteral("--domain"),
             QStringLiteral("rock"), QStringLiteral("--origin"), QStringLiteral("real")});
    QVERIFY2(added.code == 0, added.err.constData());
    const Run listed =
        cli({QStringLiteral("project"), QStringLiteral("list"), at("p.likeness"),
             QStringLiteral("--set"), QStringLiteral("real"), QStringLiteral("--json")});
    m_sample = listed.json()[QStringLiteral("samples")]
                   .toArray()
                   .at(0)
                   .toObject()[QStringLiteral("id")]
                   .toString();
    QVERIFY2(!m_sample.isEmpty(), listed.err.constData());
}

void TestCliAnnotations::madeChangedRemovedRestored() {
    QVERIFY(marks().isEmpty());
    const Run made =
        annotate({QStringLiteral("--sample"), m_sample, QStringLiteral("--kind"),
                  QStringLiteral("box"), QStringLiteral("--points"), QStringLiteral("10,5;30.5,15"),
                  QStringLiteral("--text"), QStringLiteral("crack, \"wide\"")});
    QVERIFY2(made.code == 0, made.err.constData());
    const QJsonObject box = marks().at(0).toObject();
    QCOMPARE(box[QStringLiteral("area_px")].toDouble(), 205.0);
    QCOMPARE(box[QStringLiteral("area_um2")].toDouble(), 820.0);
    QCOMPARE(box[QStringLiteral("axis")].toString(), QStringLiteral("z"));
    const QString id = box[QStringLiteral("id")].toString();

    QCOMPARE(
        annotate({QStringLiteral("--change"), id, QStringLiteral("--text"), QStringLiteral("pore")})
            .code,
        0);
    QCOMPARE(marks().at(0).toObject()[QStringLiteral("text")].toString(), QStringLiteral("pore"));
    QCOMPARE(marks().at(0).toObject()[QStringLiteral("points")], box[QStringLiteral("points")]);
    QCOMPARE(annotate({QStringLiteral("--remove"), id}).code, 0);
    QVERIFY(marks().isEmpty());
    QCOMPARE(annotate({QStringLiteral("--restore"), id}).code, 0);
    QCOMPARE(marks().size(), 1);
}

void TestCliAnnotations::table() {
    const Run run = cli({QStringLiteral("project"), QStringLiteral("annotations"), at("p.likeness"),
                         QStringLiteral("--set"), QStringLiteral("real"), QStringLiteral("--out"),
                         at("marks.csv")});
    QVERIFY2(run.code == 0, run.err.constData());
    QFile file(at("marks.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = file.readAll().split('\n');
    QVERIFY(lines.at(0).startsWith("annotation,set,sample,index,kind,"));
    QVERIFY2(lines.at(1).contains(",0,box,z,0,10 5; 30.5 15,205,820,pore,"),
             lines.at(1).constData());
}

void TestCliAnnotations::refused_data() {
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, const char* options, int code, const char* word) {
        QTest::newRow(name) << QString::fromLatin1(options).split(u' ', Qt::SkipEmptyParts) << code
                            << QString::fromLatin1(word);
    };
    row("nothing", "", 2, "--sample");
    row("two things", "--sample SAMPLE --remove x", 2, "one of");
    row("no points", "--sample SAMPLE --kind box", 2, "--points");
    row("no kind", "--sample SAMPLE --kind circle --points 1,1", 2, "polygon");
    row("no number", "--sample SAMPLE --kind point --points 1,b", 2, "X,Y");
    row("half a point", "--sample SAMPLE --kind point --points 1", 2, "X,Y");
    row("not a number", "--sample SAMPLE --kind point --points nan,1", 1, "outside");
    row("outside", "--sample SAMPLE --kind point --points 40.5,3", 1, "outside");
    row("slice", "--sample SAMPLE --kind point --points 1,1 --slice 3", 1, "slice");
    row("few points", "--sample SAMPLE --kind polygon --points 1,1;2,2", 1, "three");
    row("no sample", "--sample nobody --kind point --points 1,1", 1, "nobody");
    row("no annotation", "--remove nobody", 1, "nobody");
}

void TestCliAnnotations::refused() {
    QFETCH(QStringList, options);
    QFETCH(int, code);
    QFETCH(QString, word);
    options.replaceInStrings(QStringLiteral("SAMPLE"), m_sample);
    const QJsonArray before = marks();
    const Run run = annotate(options);
    const QByteArray said = QByteArray(run.err).append(run.out);
    QVERIFY2(run.code == code, said.constData());
    QVERIFY2(QString::fromUtf8(said).contains(word), said.constData());
    QCOMPARE(marks(), before);
}

QTEST_GUILESS_MAIN(TestCliAnnotations)
#include "tst_cliannotations.moc"
