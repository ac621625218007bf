// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "tests/app/clirun.h"

#include <QJsonArray>
#include <QTest>

#include <filesystem>

using namespace likeness;
namespace fs = std::filesystem;

class TestCliSets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comparing();
    void neighbours();

private:
    [[nodiscard]] QString at(const char* name) const { return text(m_folder.path() / name); }

    TemporaryFolder m_folder;
};

void TestCliSets::comparing() {
    for (const char* folder : {"real", "made"}) {
        fs::create_directory(m_folder.path() / folder);
        for (int i = 0; i < 6; ++i) {
            Volume image(PixelType::u8, 48, 48);
            for (std::int64_t p = 0; p < 48 * 48; ++p)
                image.pixels<std::uint8_t>()[p] = (p / 48 / 6 + p % 48 / 6 + i) % 3 == 0
                                                      ? std::uint8_t(40 + p % 5)
                                                      : std::uint8_t(180 + p % 7);
            writeVolume(m_folder.path() / folder / (std::to_string(i) + ".png"), image);
        }
    }
    const Run run =
        cli({QStringLiteral("compare"), QStringLiteral("--real"), at("real"),
             QStringLiteral("--synthetic"), at("made"), QStringLiteral("--held-out"), at("made"),
             QStringLiteral("--domain"), QStringLiteral("fibre"), QStringLiteral("--json")});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonArray rows = run.json()[QStringLiteral("descriptors")].toArray();
    QVERIFY(rows.size() >= 8);
    for (const QJsonValue& row : rows) {
        const QJsonObject d = row.toObject();
        QCOMPARE(d[QStringLiteral("distance")].toDouble(-1.0), 0.0);
        for (const char* key : {"name", "unit", "lo", "hi", "distance_held_out", "real_halves"})
            QVERIFY2(d.contains(QString::fromLatin1(key)), key);
        for (const char* set : {"real", "synthetic", "held_out"})
            for (const char* key : {"mean", "sd", "n"})
                QVERIFY(d[QString::fromLatin1(set)].toObject().contains(QString::fromLatin1(key)));
    }
    QVERIFY(run.json()[QStringLiteral("curves")].toObject().contains(QStringLiteral("s2")));
}

void TestCliSets::neighbours() {
    Volume scan(PixelType::u8, 64, 64, 8);
    std::uint32_t state = 1;
    for (std::int64_t i = 0; i < scan.span().values(); ++i) {
        state = state * 1664525U + 1013904223U;
        scan.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(state >> 24U);
    }
    writeVolume(m_folder.path() / "scan.tif", scan);
    fs::create_directory(m_folder.path() / "copies");
    writeVolume(m_folder.path() / "copies" / "copy.png", scan.crop({7, 9, 3, 20, 20, 1}));
    const Run run = cli({QStringLiteral("neighbours"), QStringLiteral("--train"), at("scan.tif"),
                         QStringLiteral("--synthetic"), at("copies"), QStringLiteral("--json")});
    QVERIFY2(run.code == 0, run.err.constData());
    const QJsonArray pairs = run.json()[QStringLiteral("pairs")].toArray();
    QCOMPARE(pairs.size(), 1);
    const QJsonObject pair = pairs.at(0).toObject();
    QVERIFY(pair[QStringLiteral("synthetic")].toString().endsWith(QStringLiteral("copy.png")));
    QVERIFY(pair[QStringLiteral("nearest")].toString().endsWith(QStringLiteral("scan.tif[3]")));
    QVERIFY(std::abs(pair[QStringLiteral("distance")].toDouble(1.0)) < 1e-9);
    QVERIFY(pair[QStringLiteral("held_out_distance")].toDouble() > 0.5);
    QCOMPARE(run.json()[QStringLiteral("copy_rate")].toDouble(), 1.0);
}

QTEST_GUILESS_MAIN(TestCliSets)
#include "tst_clisets.moc"
