// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/imaging/io.h"
#include "tests/app/clirun.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace likeness;
namespace fs = std::filesystem;

class TestCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void versionAndHelp();
    void helpOfEveryCommand();
    void badUsage_data();
    void badUsage();
    void badUsageInJson();
    void errorsAreOneSentence_data();
    void errorsAreOneSentence();
    void info();
    void infoOfSeveralFiles();
    void rawFiles();
    void convert();
    void phantom();
    void metricsOfPairs();
    void metricsOfFeatures();
    void describe();
    void statistics();
    void studyFromImagesToResults();
    void volumesFromMasks();
    void doctorWithoutDisplay();
    void benchOfTheDatabase();
    void resultThatCannotBeWritten();
    void interrupted();
    void interruptedExternal();

private:
    [[nodiscard]] QString at(const char* name) const { return text(m_folder.path() / name); }

    TemporaryFolder m_folder;
};

void TestCli::initTestCase() {
    Volume volume(PixelType::u16, 12, 10, 3);
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(100 + i);
    volume.voxelSize = VoxelSize{{2.0, 2.0, 3.0}, "typed"};
    writeVolume(m_folder.path() / "stack.tif", volume);
    writeVolume(m_folder.path() / "slice.png", volume.slice(2, 1));
    writeFileDurably(m_folder.path() / "empty.tif", std::string_view());
    writeFileDurably(m_folder.path() / "words.txt", std::string_view("no pixels here"));
    fs::copy_file(m_folder.path() / "stack.tif", m_folder.path() / "cut.tif");
    fs::resize_file(m_folder.path() / "cut.tif", fs::file_size(m_folder.path() / "cut.tif") / 2);
}

void TestCli::versionAndHelp() {
    const Run version = cli({QStringLiteral("--version")});
    QCOMPARE(version.code, 0);
    QCOMPARE(version.out, QByteArray("likeness-cli " LIKENESS_VERSION "\n"));
    const Run help = cli({QStringLiteral("--help")});
    QCOMPARE(help.code, 0);
    for (const char* command :
         {"doctor", "info", "convert", "phantom", "project add", "train", "sample", "traverse",
          "mix", "metrics", "describe", "compare", "neighbours", "study freeze", "stats", "bench"})
        QVERIFY2(help.out.contains(command), command);
    const Run none = cli({});
    QCOMPARE(none.code, 2);
    QVERIFY(none.out.isEmpty() && none.err.contains("Usage"));
}

void TestCli::helpOfEveryCommand() {
    const QByteArray help = cli({QStringLiteral("--help")}).out;
    int commands = 0;
    for (const QByteArray& line : help.split('\n')) {
        if (!line.startsWith("  ") || line.startsWith("   "))
            continue;
        const QString name = QString::fromUtf8(line).mid(2, 24).trimmed();
        QStringList words = name.split(QLatin1Char(' '));
        words << QStringLiteral("--help");
        const Run run = cli(words);
        QVERIFY2(run.code == 0, qPrintable(name));
        QVERIFY2(run.out.startsWith(QByteArray("Usage: likeness-cli ").append(name.toUtf8())),
                 qPrintable(name));
        ++commands;
    }
    QVERIFY(commands >= 12);
    const Run group = cli({QStringLiteral("study"), QStringLiteral("--help")});
    QCOMPARE(group.code, 0);
    QVERIFY(group.out.contains("study freeze"));
}

void TestCli::badUsage_data() {
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* arguments, const char* says) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments) << QString::fromLatin1(says);
    };
    row("nonsense", "there is no such command (it has: doctor");
    row("inpaint x", "--checkpoint is missing");
    row("mix x --checkpoint c --into s", "--coarse is missing");
    row("traverse x --checkpoint c --into s --span 11", "--span");
    row("compare --real a --synthetic b", "--domain is missing");
    row("compare --synthetic b --domain rock", "--real is missing");
    row("neighbours", "--train is missing");
    row("neighbours --train a --synthetic b --orientations 3", "known: 1, 2, 8");
    row("study", "name one of its commands");
    row("study audit x", "it has: study new");
    row("info", "FILE is missing");
    row("info --colour x", "unknown option --colour");
    row("info x --raw 5x5", "WxHxD:dtype");
    row("convert a.tif", "OUT is missing");
    row("phantom moon --out x", "rock, fibre, root");
    row("phantom rock", "--out is missing");
    row("phantom rock --out x --count many", "not a number");
    row("phantom rock --out x --param blub=1", "blub");
    row("phantom rock --out x --param porosity", "NAME=NUMBER");
    row("metrics --real a", "--synthetic is missing");
    row("metrics --real a --synthetic b --only magic", "magic");
    row("describe x", "--domain is missing");
    row("describe x --domain rock --threshold high", "otsu or a grey value");
    row("stats icc --input x.json", "krippendorff_alpha");
    row("stats", "NAME");
    row("bench nothing", "it has: viewer, imaging, metrics");
    row("train x --model oracle --set s --steps 1", "this version has: diffusion");
    row("train x --model diffusion --set s --steps 1 --condition colour", "root_density");
    row("sample x --checkpoint c --into s --set-value porosity", "NAME=NUMBER");
    row("sample x --checkpoint c --into s --set-value a=1,a=2", "twice");
    row("sample x --checkpoint c --into s --guidance -1", "--guidance");
    row("conditions x", "--set is missing");
    row("project add x y --set s --domain rock --origin real --raw 5x5", "WxHxD:dtype");
    row("project add x y --set s --domain moon --origin real", "rock fibre root");
}

void TestCli::badUsage() {
    QFETCH(const QString, arguments);
    QFETCH(const QString, says);
    const Run run = cli(arguments.split(QLatin1Char(' ')));
    QCOMPARE(run.code, 2);
    QVERIFY(run.out.isEmpty());
    QVERIFY2(run.err.startsWith("likeness-cli: error: "), run.err.constData());
    QVERIFY2(run.err.contains(says.toUtf8()), run.err.constData());
    QCOMPARE(run.err.count('\n'), 1);
}

void TestCli::badUsageInJson() {
    for (const char* arguments : {"--json nonsense", "info --json", "stats icc --json"}) {
        const Run run = cli(QString::fromLatin1(arguments).split(QLatin1Char(' ')));
        QCOMPARE(run.code, 2);
        const QJsonObject error = run.json()[QStringLiteral("error")].toObject();
        QCOMPARE(error[QStringLiteral("code")].toString(), QStringLiteral("usage"));
        QVERIFY(!error[QStringLiteral("message")].toString().isEmpty());
    }
}

void TestCli::errorsAreOneSentence_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* file, const char* code, const char* says) {
        QTest::newRow(file) << QString::fromLatin1(file) << QString::fromLatin1(code)
                            << QString::fromLatin1(says);
    };
    row("none.tif", "not-found", "there is no such file");
    row("empty.tif", "format", "the file is empty");
    row("cut.tif", "format", "truncated");
    row("words.txt", "format", "content is not PNG, JPEG");
}

void TestCli::errorsAreOneSentence() {
    QFETCH(const QString, file);
    QFETCH(const QString, code);
    QFETCH(const QString, says);
    const QString path = at(file.toUtf8().constData());
    const Run run = cli({QStringLiteral("info"), path, QStringLiteral("--json")});
    QCOMPARE(run.code, 1);
    QVERIFY2(
        run.err.startsWith(QByteArray("likeness-cli: error: ").append(path.toUtf8()).append(": ")),
        run.err.constData());
    QVERIFY2(run.err.contains(says.toUtf8()), run.err.constData());
    QVERIFY2(run.err.endsWith(")\n"), run.err.constData());
    QCOMPARE(run.err.count('\n'), 1);
    QCOMPARE(run.json()[QStringLiteral("error")].toObject()[QStringLiteral("code")].toString(),
             code);
}

void TestCli::info() {
    const Run run = cli({QStringLiteral("info"), at("stack.tif"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    const QJsonObject file = run.json()[QStringLiteral("files")].toArray().at(0).toObject();
    QCOMPARE(file[QStringLiteral("path")].toString(), at("stack.tif"));
    QCOMPARE(file[QStringLiteral("format")].toString(), QStringLiteral("tiff-stack"));
    QCOMPARE(file[QStringLiteral("width")].toInt(), 12);
    QCOMPARE(file[QStringLiteral("height")].toInt(), 10);
    QCOMPARE(file[QStringLiteral("depth")].toInt(), 3);
    QCOMPARE(file[QStringLiteral("channels")].toInt(), 1);
    QCOMPARE(file[QStringLiteral("dtype")].toString(), QStringLiteral("uint16"));
    QCOMPARE(file[QStringLiteral("voxel_size_um")].toArray().at(2).toDouble(), 3.0);
    QVERIFY(!file[QStringLiteral("voxel_size_source")].toString().isEmpty());
    QCOMPARE(file[QStringLiteral("min")].toInt(), 100);
    QCOMPARE(file[QStringLiteral("max")].toInt(), 459);
    const Run plain = cli({QStringLiteral("info"), at("stack.tif")});
    QVERIFY2(plain.out.contains("12 x 10 x 3 grey uint16, 100 to 459, voxel 2 x 2 x 3 um"),
             plain.out.constData());
    QVERIFY(plain.err.isEmpty());
}

// One broken file does not hide the others; the exit code tells.
void TestCli::infoOfSeveralFiles() {
    const Run run = cli({QStringLiteral("info"), at("stack.tif"), at("empty.tif"), at("slice.png"),
                         QStringLiteral("--json")});
    QCOMPARE(run.code, 1);
    const QJsonArray files = run.json()[QStringLiteral("files")].toArray();
    QCOMPARE(files.size(), 3);
    QCOMPARE(files.at(1).toObject()[QStringLiteral("error")].toObject()[QStringLiteral("code")],
             QJsonValue(QStringLiteral("format")));
    QCOMPARE(files.at(2).toObject()[QStringLiteral("format")].toString(), QStringLiteral("png"));
    QVERIFY(run.err.contains("the file is empty"));
}

void TestCli::rawFiles() {
    writeFileDurably(m_folder.path() / "a.raw", std::string("\x01\x00\x00\x02\x05\x00", 6));
    const Run run = cli({QStringLiteral("info"), at("a.raw"), QStringLiteral("--raw"),
                         QStringLiteral("3x1x1:u16:le"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json()[QStringLiteral("max")].toInt(), 512);
    const Run wrong = cli({QStringLiteral("info"), at("a.raw"), QStringLiteral("--raw"),
                           QStringLiteral("4x1x1:u16:le")});
    QCOMPARE(wrong.code, 1);
    QVERIFY2(wrong.err.contains("4 x 1 x 1 pixels x 2 bytes + offset 0 = 8 bytes, but the file "
                                "has 6"),
             wrong.err.constData());
}

void TestCli::convert() {
    const Run run = cli(
        {QStringLiteral("convert"), at("stack.tif"), at("stack.npy"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json()[QStringLiteral("lossless")].toBool(), true);
    QCOMPARE(run.json()[QStringLiteral("voxel_size_kept")].toBool(true), false);
    const Volume before = readVolume(m_folder.path() / "stack.tif");
    const Volume after = readVolume(m_folder.path() / "stack.npy");
    QCOMPARE(before.span().bytes(), after.span().bytes());
    QVERIFY(std::equal(before.span().data, before.span().data + before.span().bytes(),
                       after.span().data));
    const Run lossy =
        cli({QStringLiteral("convert"), at("slice.png"), at("slice.jpg"), QStringLiteral("--type"),
             QStringLiteral("uint8"), QStringLiteral("--window"), QStringLiteral("100,500"),
             QStringLiteral("--json")});
    QCOMPARE(lossy.code, 0);
    QCOMPARE(lossy.json()[QStringLiteral("lossless")].toBool(true), false);
    const Run refused = cli({QStringLiteral("convert"), at("stack.tif"), at("stack.png")});
    QCOMPARE(refused.code, 1);
    QVERIFY(!fs::exists(m_folder.path() / "stack.png"));
}

void TestCli::phantom() {
    const QStringList arguments{
        QStringLiteral("phantom"), QStringLiteral("rock"),   QStringLiteral("--count"),
        QStringLiteral("2"),       QStringLiteral("--size"), QStringLiteral("64"),
        QStringLiteral("--seed"),  QStringLiteral("7"),      QStringLiteral("--json")};
    const Run run = cli(QStringList(arguments) << QStringLiteral("--out") << at("rocks"));
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json()[QStringLiteral("seed")].toInt(), 7);
    const QJsonArray samples = run.json()[QStringLiteral("samples")].toArray();
    QCOMPARE(samples.size(), 2);
    for (const auto& sample : samples) {
        const QJsonObject row = sample.toObject();
        QVERIFY(row[QStringLiteral("volume")].isNull());
        QVERIFY(row[QStringLiteral("truth")].toObject().contains(QStringLiteral("porosity")));
        const ImageHeader header =
            readHeader(row[QStringLiteral("image")].toString().toStdString());
        QCOMPARE(header.width, std::int64_t{64});
    }
    QVERIFY(QJsonDocument::fromJson(
                QByteArray::fromStdString(readTextFile(m_folder.path() / "rocks" / "truth.json")))
                .object() == run.json());
    // The folder itself is a set of scans: nothing else in it is an image.
    QCOMPARE(listImages(m_folder.path() / "rocks").size(), std::size_t{2});
    // The same seed gives the same bytes.
    QCOMPARE(cli(QStringList(arguments) << QStringLiteral("--out") << at("again")).code, 0);
    for (const fs::path& file : listImages(m_folder.path() / "rocks"))
        QVERIFY(readFile(file) == readFile(m_folder.path() / "again" / file.filename()));
}

// An image against itself has no error; a metric without its weights gives a reason, no number.
void TestCli::metricsOfPairs() {
    const Run run =
        cli({QStringLiteral("metrics"), QStringLiteral("--paired"), QStringLiteral("--real"),
             at("slice.png"), QStringLiteral("--synthetic"), at("slice.png"),
             QStringLiteral("--only"), QStringLiteral("mse,fid"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    const QJsonArray values = run.json()[QStringLiteral("values")].toArray();
    QCOMPARE(values.size(), 2);
    const QJsonObject mse = values.at(0).toObject();
    QCOMPARE(mse[QStringLiteral("name")].toString(), QStringLiteral("mse"));
    QCOMPARE(mse[QStringLiteral("value")].toDouble(-1.0), 0.0);
    for (const char* key : {"lo", "hi", "n", "unit", "encoder", "reason_if_null", "seconds"})
        QVERIFY2(mse.contains(QString::fromLatin1(key)), key);
    const QJsonObject fid = values.at(1).toObject();
    QVERIFY(fid[QStringLiteral("value")].isNull());
    QVERIFY(!fid[QStringLiteral("reason_if_null")].toString().isEmpty());
}

void TestCli::metricsOfFeatures() {
    Volume features(PixelType::f32, 4, 40);
    for (std::int64_t i = 0; i < features.span().values(); ++i)
        features.pixels<float>()[i] = static_cast<float>((i * 7919) % 101) / 101.0F;
    writeVolume(m_folder.path() / "features.npy", features);
    const Run run = cli({QStringLiteral("metrics"), QStringLiteral("--features"),
                         at("features.npy"), at("features.npy"), QStringLiteral("--only"),
                         QStringLiteral("frechet_distance"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    const QJsonObject value = run.json()[QStringLiteral("values")].toArray().at(0).toObject();
    QVERIFY(std::abs(value[QStringLiteral("value")].toDouble(1.0)) < 1e-6);
}

void TestCli::describe() {
    Volume mask(PixelType::u8, 40, 40);
    for (std::int64_t i = 0; i < 400; ++i)
        mask.pixels<std::uint8_t>()[i] = 1;
    writeVolume(m_folder.path() / "mask.npy", mask);
    const Run run = cli({QStringLiteral("describe"), at("mask.npy"), QStringLiteral("--domain"),
                         QStringLiteral("rock"), QStringLiteral("--phase"),
                         QStringLiteral("bright"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json()[QStringLiteral("values")].toObject()[QStringLiteral("porosity")].toDouble(),
             0.25);
    const QJsonObject curves = run.json()[QStringLiteral("curves")].toObject();
    QCOMPARE(
        curves[QStringLiteral("s2_x")].toObject()[QStringLiteral("y")].toArray().at(0).toDouble(),
        0.25);
    QCOMPARE(run.json()[QStringLiteral("unit")].toString(), QStringLiteral("voxel"));
    QVERIFY(run.json()[QStringLiteral("threshold")].isNull());
}

// Table of Cohen 1960 form: agreement 0.7, chance 0.5, kappa 0.4.
void TestCli::statistics() {
    writeFileDurably(m_folder.path() / "kappa.json",
                     std::string_view("{\"table\": [[20, 5], [10, 15]]}"));
    const Run run = cli({QStringLiteral("stats"), QStringLiteral("cohen_kappa"),
                         QStringLiteral("--input"), at("kappa.json"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    const QJsonObject json = run.json();
    QCOMPARE(json[QStringLiteral("statistic")].toString(), QStringLiteral("cohen_kappa"));
    QVERIFY(std::abs(json[QStringLiteral("values")].toObject()[QStringLiteral("kappa")].toDouble() -
                     0.4) < 1e-12);
    for (const char* key : {"inputs", "intervals", "notes"})
        QVERIFY2(json.contains(QString::fromLatin1(key)), key);
    const Run broken = cli({QStringLiteral("stats"), QStringLiteral("cohen_kappa"),
                            QStringLiteral("--input"), at("words.txt")});
    QCOMPARE(broken.code, 1);
    QVERIFY(broken.err.contains("this is no JSON object"));
}

// The whole life of a study, with the keys that scripts rely on.
void TestCli::studyFromImagesToResults() {
    const auto json = [](const QString& words) {
        const Run run = cli(QStringList(words.split(QLatin1Char(' '))) << QStringLiteral("--json"));
        if (run.code != 0)
            qWarning("%s: %s", qPrintable(words), run.err.constData());
        return run.code == 0 ? run.json() : QJsonObject();
    };
    const auto has = [](const QJsonObject& object, std::initializer_list<const char*> keys) {
        return std::all_of(keys.begin(), keys.end(), [&](const char* key) {
            return object.contains(QString::fromLatin1(key));
        });
    };
    const QString real = at("scans");
    const QString fake = at("fakes");
    const QString project = at("study.likeness");
    QVERIFY(
        !json(QStringLiteral("phantom rock --count 8 --size 64 --seed 1 --out ") + real).isEmpty());
    QVERIFY(
        !json(QStringLiteral("phantom rock --count 8 --size 64 --seed 2 --out ") + fake).isEmpty());
    QVERIFY(!json(QStringLiteral("project new ") + project).isEmpty());
    QVERIFY(!json(QStringLiteral("project add %1 %2 --set real --domain rock --origin phantom")
                      .arg(project, real))
                 .isEmpty());
    const QJsonObject added =
        json(QStringLiteral(
                 "project add %1 %2 --set fake --domain rock --origin synthetic --generator okapi")
                 .arg(project, fake));
    const QJsonObject set = added[QStringLiteral("sets")].toArray().at(1).toObject();
    QVERIFY(has(set, {"name", "domain", "origin"}));
    QCOMPARE(set[QStringLiteral("samples")].toInt(), 8);
    QCOMPARE(json(QStringLiteral("project check ") + project)[QStringLiteral("ok")].toBool(), true);

    writeFileDurably(m_folder.path() / "study.json",
                     std::string_view(R"({"name": "pilot", "title": "Pilot", "domain": "rock",
                         "protocol": "real-or-synthetic", "reference_set": "real",
                         "sets": ["fake"], "samples_per_set": 8, "raters": 2})"));
    QVERIFY(!json(QStringLiteral("study new %1 --definition %2").arg(project, at("study.json")))
                 .isEmpty());
    const QJsonObject frozen = json(QStringLiteral("study freeze ") + project);
    QCOMPARE(frozen[QStringLiteral("definition_sha256")].toString().size(), 64);
    QCOMPARE(frozen[QStringLiteral("trials_per_rater")].toInt(), 18); // 8 + 8 and 10 % repeats
    QVERIFY(!json(QStringLiteral("study bundle %1 --out %2").arg(project, at("pilot.study")))
                 .isEmpty());
    const QByteArray package = QByteArray::fromStdString(
        readTextFile(m_folder.path() / "pilot.study", std::uintmax_t{1} << 30U));
    QVERIFY(!package.contains("okapi")); // nothing that tells the source
    QCOMPARE(
        json(QStringLiteral("study simulate %1 --raters 2").arg(project))[QStringLiteral("answers")]
            .toInt(),
        36);
    QCOMPARE(cli({QStringLiteral("study"), QStringLiteral("results"), project}).code, 1);
    QVERIFY(!json(QStringLiteral("study unblind %1 --reason done").arg(project)).isEmpty());
    const QJsonObject results = json(QStringLiteral("study results ") + project);
    QVERIFY(has(results, {"by_generator", "agreement", "signal_detection", "versus_metrics"}));
    QCOMPARE(results[QStringLiteral("simulated")].toBool(), true);
    QVERIFY(
        !json(QStringLiteral("study export %1 --format csv --out %2").arg(project, at("pilot.csv")))
             .isEmpty());
    QVERIFY(readTextFile(m_folder.path() / "pilot.csv").starts_with("study,definition_sha256,"));

    for (const auto& entry :
         fs::recursive_directory_iterator(m_folder.path() / "study.likeness" / "assets")) {
        if (entry.is_regular_file()) {
            fs::remove(entry.path());
            break;
        }
    }
    const Run damaged = cli(
        {QStringLiteral("project"), QStringLiteral("check"), project, QStringLiteral("--json")});
    QCOMPARE(damaged.code, 1);
    QCOMPARE(damaged.json()[QStringLiteral("ok")].toBool(true), false);
    QVERIFY(damaged.err.contains("the file is missing"));
}

/// From a labelled volume to volumes with the same labels.
void TestCli::volumesFromMasks() {
    const auto run = [this](const char* words) {
        return cli(QString::fromLatin1(words)
                       .replace(QLatin1Char('@'), text(m_folder.path()) + QLatin1Char('/'))
                       .split(QLatin1Char(' ')));
    };
    QCOMPARE(run("phantom rock --size 40 --depth 36 --out @solid --voxel-um 2 --json").code, 0);
    QCOMPARE(run("project new @slices").code, 0);
    QCOMPARE(run("project add @slices @solid/labels/rock-phantom-0000.tif --set labels --domain "
                 "rock --origin phantom "
                 "--masks --volume --voxel-um 2 --json")
                 .code,
             0);
    QCOMPARE(run("train @slices --model dcgan --set labels --steps 1").code, 1);
    QVERIFY(run("train @slices --model slicegan --set labels --set-xz labels --steps 1")
                .err.contains("one of them is missing"));
    const char* request = "train @slices --model slicegan --set labels --steps 1 --request @ask";
    QCOMPARE(run(request).code, 0);
    QVERIFY(fs::exists(m_folder.path() / "ask" / "training.lkpack"));
    const Json asked = Json::parse(readTextFile(m_folder.path() / "ask" / "request.json", 1 << 16));
    QVERIFY(asked["verb"] == "train" && asked["model"] == "slicegan");
    QVERIFY(run(request).err.contains("give a new folder"));
    const Run train = run("train @slices --model slicegan --set labels --steps 1 --json");
    QVERIFY2(train.code == 0, train.err.constData());
    QCOMPARE(train.json()[QStringLiteral("model")].toString(), QStringLiteral("slicegan"));
    const QString sample =
        QStringLiteral("sample @slices --checkpoint %1 --size 20 --depth 9 --count 2 --into made "
                       "--json")
            .arg(train.json()[QStringLiteral("checkpoint")].toString());
    const Run made = run(sample.toLatin1().constData());
    QVERIFY2(made.code == 0, made.err.constData());
    QCOMPARE(made.json()[QStringLiteral("samples")].toArray().size(), 2);
    int volumes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(m_folder.path() / "slices")) {
        if (entry.path().extension() != ".tif")
            continue;
        const Volume volume = readVolume(entry.path());
        if (volume.depth() != 9)
            continue;
        ++volumes;
        QCOMPARE(volume.width(), std::int64_t{20});
        for (std::int64_t i = 0; i < volume.span().values(); ++i)
            QVERIFY(volume.span().at(i) == 0.0 || volume.span().at(i) == 1.0 ||
                    volume.span().at(i) == 2.0);
    }
    QVERIFY(volumes >= 1); // named by what they hold: after one step both may be of one phase
    const QJsonArray sets =
        run("project list @slices --json").json()[QStringLiteral("sets")].toArray();
    QVERIFY(sets.last().toObject()[QStringLiteral("masks")].toBool());
}

void TestCli::doctorWithoutDisplay() {
    const Run run = cli({QStringLiteral("doctor"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    const QJsonObject json = run.json();
    for (const char* key : {"libtorch", "devices", "blas", "matmul_gflops", "conv_gflops", "opengl",
                            "sqlite", "warnings"})
        QVERIFY2(json.contains(QString::fromLatin1(key)), key);
    QCOMPARE(json[QStringLiteral("opengl")].toString(), QStringLiteral("no display"));
    QVERIFY(json[QStringLiteral("sqlite")].toString().startsWith(QStringLiteral("3.")));
}

void TestCli::benchOfTheDatabase() {
    const Run run =
        cli({QStringLiteral("bench"), QStringLiteral("database"), QStringLiteral("--json")});
    QCOMPARE(run.code, 0);
    const QJsonArray rows = run.json()[QStringLiteral("benchmarks")].toArray();
    QVERIFY(!rows.isEmpty());
    for (const auto& row : rows) {
        for (const char* key : {"name", "median", "p95", "unit", "n", "machine"})
            QVERIFY2(row.toObject().contains(QString::fromLatin1(key)), key);
    }
}

void TestCli::resultThatCannotBeWritten() {
    const Run run = cli({QStringLiteral("info"), at("slice.png")}, QStringLiteral("/dev/full"));
    QCOMPARE(run.code, 1);
    QVERIFY(run.err.contains("standard output"));
}

// What another program had made before Ctrl-C came is kept.
void TestCli::interruptedExternal() {
    const QString project = at("elsewhere.likeness");
    QCOMPARE(cli({QStringLiteral("project"), QStringLiteral("new"), project}).code, 0);
    QProcess process;
    process.start(
        QStringLiteral(LIKENESS_BIN_DIR "/likeness-cli"),
        {QStringLiteral("external"), project, QStringLiteral("--into"), QStringLiteral("theirs"),
         QStringLiteral("--domain"), QStringLiteral("rock"), QStringLiteral("--json"),
         QStringLiteral("--count"), QStringLiteral("2"), QStringLiteral("--command"),
         QStringLiteral("out=$(grep -o '/[^\"]*000000.png' {manifest}); cp '%1' \"$out\"; "
                        "touch '%2'; sleep 600")
             .arg(at("slice.png"), at("copied"))});
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(fs::exists(m_folder.path() / "copied"), 20000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(20000));
    QCOMPARE(process.exitCode(), 130);
    const QJsonObject json = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    QCOMPARE(json[QStringLiteral("stopped")].toBool(), true);
    QCOMPARE(json[QStringLiteral("samples")].toArray().size(), 1);
}

// Ctrl-C ends with 130 and keeps what was finished, whole.
void TestCli::interrupted() {
    QProcess process;
    process.start(QStringLiteral(LIKENESS_BIN_DIR "/likeness-cli"),
                  {QStringLiteral("phantom"), QStringLiteral("rock"), QStringLiteral("--out"),
                   at("many"), QStringLiteral("--count"), QStringLiteral("100000"),
                   QStringLiteral("--size"), QStringLiteral("128")});
    QVERIFY(process.waitForStarted());
    const fs::path second = m_folder.path() / "many" / "rock-phantom-0001.tif";
    QTRY_VERIFY_WITH_TIMEOUT(fs::exists(second), 20000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(20000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    const auto images = listImages(m_folder.path() / "many");
    QVERIFY(images.size() >= 2);
    for (const fs::path& image : images)
        QCOMPARE(readVolume(image).width(), std::int64_t{128});
    const QJsonObject truth =
        QJsonDocument::fromJson(
            QByteArray::fromStdString(readTextFile(m_folder.path() / "many" / "truth.json")))
            .object();
    const auto rows = static_cast<std::size_t>(truth[QStringLiteral("samples")].toArray().size());
    // The last image may have been written just before the stop, its row not.
    QVERIFY(rows + 1 >= images.size() && rows <= images.size());
    for (const auto& entry : fs::recursive_directory_iterator(m_folder.path() / "many"))
        QVERIFY2(!entry.path().filename().string().starts_with(".part"), entry.path().c_str());
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
