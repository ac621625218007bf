// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/imaging/io.h"

#include <QProcess>
#include <QTest>

#include <filesystem>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

struct Run {
    int code = -1;
    Json json;
    QByteArray err;
};

} // namespace

/// Edits of a phantom by the checkpoint that ships with the program, through command line, project
/// and worker.
class TestEditCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void inpaint();
    void varyByNothing();
    void interpolate();
    void trajectory();
    void refused_data();
    void refused();
    void projectIsSound();

private:
    [[nodiscard]] Run cli(const QString& words) const;
    [[nodiscard]] Json samplesOf(const char* set) const;
    [[nodiscard]] Volume pixels(const Json& sample) const;

    TemporaryFolder m_folder;
    QString m_parent;
    Volume m_original;
};

/// Words are parted by blanks; "%" stands for the project.
Run TestEditCli::cli(const QString& words) const {
    const QString folder = QString::fromStdString((m_folder.path() / "p.likeness").string());
    QStringList arguments = words.split(QLatin1Char(' '));
    arguments.replaceInStrings(QStringLiteral("%"), folder);
    arguments.append({QStringLiteral("--json"), QStringLiteral("--quiet")});
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(m_folder.path().string()));
    process.start(QStringLiteral(LIKENESS_BIN_DIR "/likeness-cli"), arguments);
    if (!process.waitForFinished(100000))
        return {};
    return {process.exitCode(),
            Json::parse(process.readAllStandardOutput().toStdString(), nullptr, false),
            process.readAllStandardError()};
}

Json TestEditCli::samplesOf(const char* set) const {
    return cli(QStringLiteral("project list % --set ") + QLatin1String(set)).json.at("samples");
}

Volume TestEditCli::pixels(const Json& sample) const {
    return readVolume(m_folder.path() / "p.likeness" / sample.at("file").get<std::string>());
}

void TestEditCli::initTestCase() {
    QCOMPARE(cli(QStringLiteral("phantom rock --out scans --count 1 --size 84")).code, 0);
    QCOMPARE(cli(QStringLiteral("project new %")).code, 0);
    QCOMPARE(
        cli(QStringLiteral("project add % scans --set scans --domain rock --origin phantom")).code,
        0);
    const Json scans = samplesOf("scans");
    QVERIFY(!scans.empty());
    m_parent = QString::fromStdString(scans[0].at("id").get<std::string>());
    m_original = pixels(scans[0]);
}

void TestEditCli::inpaint() {
    const Run run = cli(QStringLiteral("inpaint % --checkpoint " LIKENESS_SOURCE_DIR
                                       "/resources/models/rock-demo.safetensors --sample %1 --mask "
                                       "30,20,16,24 --into holes --count 2 --steps 8 --threads 1")
                            .arg(m_parent));
    QVERIFY2(run.code == 0, run.err.constData());
    QVERIFY(run.json.at("parent") == m_parent.toStdString());
    QCOMPARE(run.json.at("samples").size(), 2U);
    for (const Json& sample : samplesOf("holes")) {
        QVERIFY(sample.at("parent") == run.json.at("parent"));
        QVERIFY(sample.at("recipe").at("edit") == "inpaint");
        const Volume made = pixels(sample);
        int changed = 0;
        for (int i = 0; i < 84 * 84; ++i) {
            const bool inside = i % 84 >= 30 && i % 84 < 46 && i / 84 >= 20 && i / 84 < 44;
            const bool same = made.span().at(i) == m_original.span().at(i);
            QVERIFY(same || inside);
            changed += same ? 0 : 1;
        }
        QVERIFY(changed > 300); // of 384
    }
}

void TestEditCli::varyByNothing() {
    const Json checkpoints = cli(QStringLiteral("project list %")).json.at("checkpoints");
    QCOMPARE(checkpoints.size(), 1U); // taken in once
    const Run run =
        cli(QStringLiteral("vary % --checkpoint %1 --sample %2 --strength 0 --into same")
                .arg(QString::fromStdString(checkpoints[0].at("id").get<std::string>()), m_parent));
    QVERIFY2(run.code == 0, run.err.constData());
    const Volume made = pixels(samplesOf("same")[0]);
    QVERIFY(std::equal(made.span().data, made.span().data + made.span().bytes(),
                       m_original.span().data));
}

void TestEditCli::interpolate() {
    const QString checkpoint = QStringLiteral(" --steps 6 --checkpoint " LIKENESS_SOURCE_DIR
                                              "/resources/models/rock-demo.safetensors");
    QCOMPARE(cli(QStringLiteral("sample % --count 2 --into made --seed 3") + checkpoint).code, 0);
    const Json ends = samplesOf("made");
    const Run run = cli(QStringLiteral("interpolate % --from %1 --to %2 --frames 3 --into between")
                            .arg(ends[0].at("seed").get<std::uint64_t>())
                            .arg(ends[1].at("seed").get<std::uint64_t>()) +
                        checkpoint);
    QVERIFY2(run.code == 0, run.err.constData());
    const Json frames = samplesOf("between");
    QCOMPARE(frames.size(), 3U);
    QVERIFY(frames[0].at("file") == ends[0].at("file")); // named by what they hold
    QVERIFY(frames[2].at("file") == ends[1].at("file"));
    QVERIFY(frames[1].at("seed").is_null());
}

void TestEditCli::trajectory() {
    const Run run = cli(QStringLiteral("trajectory % --checkpoint " LIKENESS_SOURCE_DIR
                                       "/resources/models/rock-demo.safetensors --seed 5 --into "
                                       "way --steps 6"));
    QVERIFY2(run.code == 0, run.err.constData());
    const Json samples = run.json.at("samples");
    QCOMPARE(samples.size(), 12U);
    QVERIFY(samples[0].at("state") == "noisy");
    QVERIFY(samples[0].at("sigma") > samples[11].at("sigma"));
}

void TestEditCli::refused_data() {
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const char* words, int code, const char* why) {
        QTest::newRow(name) << QString::fromLatin1(words) << code << QString::fromLatin1(why);
    };
    row("box outside", "inpaint --sample ID --mask 80,0,9,9 --into x", 1, "does not lie inside");
    row("mask of another size", "inpaint --sample ID --mask small.png --into x", 1,
        "60 x 60 pixels");
    row("no such mask", "inpaint --sample ID --mask none.png --into x", 1, "none.png");
    row("no such sample", "vary --sample 0123456789abcdef --strength 0.5 --into x", 1,
        "no such sample");
    row("strength", "vary --sample ID --strength 2 --into x", 2, "--strength");
    row("no side", "outpaint --sample ID --into x", 2, "--left");
    row("a set of scans", "vary --sample ID --strength 0.5 --into scans", 1, "choose another set");
    row("no seed", "interpolate --from 1 --to ten --into x", 2, "--to");
}

void TestEditCli::refused() {
    QFETCH(QString, words);
    QFETCH(int, code);
    QFETCH(QString, why);
    writeVolume(m_folder.path() / "small.png", Volume(PixelType::u8, 60, 60));
    words.replace(QStringLiteral("ID"), m_parent);
    words.replace(words.indexOf(QLatin1Char(' ')), 1,
                  QStringLiteral(" % --checkpoint " LIKENESS_SOURCE_DIR
                                 "/resources/models/rock-demo.safetensors "));
    const Run run = cli(words);
    QVERIFY2(run.err.contains(why.toUtf8()), run.err.constData());
    QCOMPARE(run.code, code);
    QCOMPARE(run.err.trimmed().count('\n'), 0);
}

void TestEditCli::projectIsSound() {
    const Run run = cli(QStringLiteral("project check %"));
    QVERIFY2(run.code == 0, run.err.constData());
    // The mask is an asset like the samples' pixels, and missed like them.
    const Volume mask = [&] {
        for (const auto& entry :
             fs::recursive_directory_iterator(m_folder.path() / "p.likeness" / "assets")) {
            if (!entry.is_regular_file() || entry.path().extension() != ".png")
                continue;
            const Volume image = readVolume(entry.path());
            if (image.type() == PixelType::u8 && image.width() == 84) {
                fs::remove(entry.path());
                return image;
            }
        }
        return Volume();
    }();
    QVERIFY(!mask.isEmpty());
    QCOMPARE(mask.span().at(20 * 84 + 30), 255.0);
    QCOMPARE(mask.span().at(0), 0.0);
    QCOMPARE(cli(QStringLiteral("project check %")).code, 1);
}

QTEST_GUILESS_MAIN(TestEditCli)
#include "tst_editcli.moc"
