// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/sliceset.h"
#include "tests/core/imaging/testvolumes.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// NRRD and NHDR as the format's definition (teem.sourceforge.net/nrrd/format.html, version 5) has
/// them, made by hand.
class TestNrrd : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void encodings_data();
    void encodings();
    void types_data();
    void types();
    void detached_data();
    void detached();
    void colours_data();
    void colours();
    void voxelSizes_data();
    void voxelSizes();
    void refused_data();
    void refused();
    void slicesInAnyOrder();
    void bombs();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

namespace {

const std::string kShape = "type: ushort\ndimension: 3\nsizes: 7 5 3\n";

Volume words() {
    return patterned(PixelType::u16, 7, 5, 3);
}

std::string numberedPart(std::size_t slice) {
    return pixelBytes(words()).substr(slice * 70, 70);
}

} // namespace

void TestNrrd::encodings_data() {
    QTest::addColumn<QByteArray>("file");
    const std::string little = pixelBytes(words());
    const std::string big = pixelBytes(words(), true);
    const auto row = [](const char* name, const std::string& header, const std::string& data) {
        const std::string file = "NRRD0004\n" + header + "\n" + data;
        QTest::newRow(name) << QByteArray(file.data(), static_cast<qsizetype>(file.size()));
    };
    row("raw", kShape + "endian: little\nencoding: raw\n", little);
    row("raw big-endian", kShape + "endian: big\nencoding: raw\n", big);
    row("gzip", kShape + "endian: little\nencoding: gzip\n", gzipped(little));
    row("gzip big-endian", kShape + "endian: big\nencoding: gz\n", gzipped(big));
    row("gzip of two members", kShape + "endian: little\nencoding: gzip\n",
        gzipped(little.substr(0, 41)) + gzipped(little.substr(41)));
    row("ascii", kShape + "encoding: ascii\n", pixelText(words()));
    row("text with other spaces", kShape + "encoding: txt\n", "\n\t " + pixelText(words()) + "  ");
    row("comments and own keys",
        "# Created by hand: yes\n" + kShape + "my key:=endian: big\nendian: little\n" +
            "content: \nencoding: raw\n",
        little);
    row("names in another spelling",
        "Type: unsigned short int\nDimension: 3\nsizes: 7 5 3\nEndian: Little\nEncoding: RAW\n",
        little);
    row("line skip", kShape + "endian: little\nline skip: 2\nencoding: raw\n",
        "one line\nand another\n" + little);
    row("byte skip", kShape + "endian: little\nbyteskip: 5\nencoding: raw\n", "12345" + little);
    row("both skips", kShape + "endian: little\nlineskip: 1\nbyte skip: 2\nencoding: raw\n",
        "a line\nab" + little);
    row("byte skip -1", kShape + "endian: little\nbyte skip: -1\nencoding: raw\n",
        "who knows how much" + little);
    // Lines are skipped in the packed file, bytes in what it unpacks to.
    row("skips and gzip", kShape + "endian: little\nline skip: 1\nbyte skip: 3\nencoding: gzip\n",
        "a line\n" + gzipped("abc" + little));
    row("a fourth axis of 1",
        "type: ushort\ndimension: 4\nsizes: 7 5 3 1\nendian: little\nencoding: raw\n", little);
    std::string windows = "\n" + kShape + "endian: little\nencoding: raw\n\n";
    for (std::size_t i = windows.find('\n'); i != std::string::npos; i = windows.find('\n', i + 2))
        windows.insert(i, "\r");
    windows = "NRRD0005" + windows + little;
    QTest::newRow("line ends of Windows")
        << QByteArray(windows.data(), static_cast<qsizetype>(windows.size()));
}

void TestNrrd::encodings() {
    QFETCH(const QByteArray, file);
    putFile(at("a.nrrd"), {file.data(), static_cast<std::size_t>(file.size())});
    QVERIFY(samePixels(readVolume(at("a.nrrd")), words()));
    const ImageHeader header = readHeader(at("a.nrrd"));
    QCOMPARE(header.format, std::string("nrrd"));
    QVERIFY(!header.voxelSize);
    QVERIFY2(header.warnings.empty(),
             header.warnings.empty() ? "" : header.warnings.front().c_str());
}

void TestNrrd::types_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QList<double>>("expected");
    const auto row = [](const char* type, auto example, const QList<double>& values) {
        using T = decltype(example);
        std::vector<T> numbers;
        for (const double value : values)
            numbers.push_back(static_cast<T>(value));
        const std::string bytes = packed(numbers, true);
        QTest::newRow(type) << QString::fromLatin1(type)
                            << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                            << values;
    };
    row("signed char", std::int8_t{}, {-128, -1, 0, 127});
    row("uchar", std::uint8_t{}, {0, 1, 128, 255});
    row("int16", std::int16_t{}, {-32768, -2, 0, 32767});
    row("uint16", std::uint16_t{}, {0, 1, 256, 65535});
    row("int", std::int32_t{}, {-16777216, -1, 5, 16777216});
    row("unsigned int", std::uint32_t{}, {0, 1, 70000, 16777216});
    row("long long", std::int64_t{}, {-70000, 0, 1, 16777216});
    row("uint64_t", std::uint64_t{}, {0, 1, 2, 16777216});
    row("float", float{}, {-1.5, 0.25, 1e20F, 3});
    row("double", double{}, {-1.5, 0.25, 1024, 3});
}

void TestNrrd::types() {
    QFETCH(const QString, type);
    QFETCH(const QByteArray, data);
    QFETCH(const QList<double>, expected);
    putFile(at("t.nrrd"), "NRRD0004\ntype: " + type.toStdString() +
                              "\ndimension: 2\nsizes: 2 2\nendian: big\nencoding: raw\n\n" +
                              data.toStdString());
    const Volume volume = readVolume(at("t.nrrd"));
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(volume.span().at(i), expected[i]);
    // What no pixel type holds is said to be held as float32.
    const bool own = volume.type() != PixelType::f32 || type == QLatin1String("float");
    QCOMPARE(hasWarning(readHeader(at("t.nrrd")), "held as float32"), !own);
}

void TestNrrd::detached_data() {
    QTest::addColumn<QString>("fields");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* fields, const char* says) {
        QTest::newRow(name) << QString::fromLatin1(fields) << QString::fromLatin1(says);
    };
    row("one file", "data file: whole.raw\n", "");
    row("in the same folder", "datafile: ./whole.raw\n", "");
    row("in a folder below", "data file: below/whole.raw\n", "");
    row("after lines and bytes", "line skip: 1\nbyte skip: 3\ndata file: later.raw\n", "");
    row("at the end", "byte skip: -1\ndata file: later.raw\n", "");
    row("list", "data file: LIST\npart0.raw\npart1.raw\npart2.raw\n", "");
    row("list of slices", "data file: LIST 2\npart0.raw\n\npart1.raw\npart2.raw", "");
    row("pattern", "data file: part%d.raw 0 2 1\n", "");
    row("pattern with zeros", "data file: %04d.raw 10 20 5 2\n", "");
    row("none there", "data file: gone.raw\n", "'gone.raw', which is not beside it");
    row("absolute", "data file: /etc/passwd\n", "only files in the header's own folder");
    row("upwards", "data file: below/../../x.raw\n", "only files in the header's own folder");
    row("upwards in a list", "data file: LIST\npart0.raw\n../part1.raw\npart2.raw\n",
        "only files in the header's own folder");
    row("one of the list is short", "data file: LIST\npart0.raw\nshort.raw\npart2.raw\n",
        "short.raw: the file is truncated");
    row("unequal shares", "data file: LIST\npart0.raw\npart1.raw\npart2.raw\npart0.raw\n",
        "cannot be shared equally");
    row("empty list", "data file: LIST\n\n", "list of data files is empty");
    row("pattern with two numbers", "data file: %d_%d.raw 0 2 1\n", "exactly one %d");
    row("pattern of text", "data file: a%s.raw 0 2 1\n", "exactly one %d");
    row("pattern too wide", "data file: a%99999d.raw 0 2 1\n", "exactly one %d");
    row("pattern without end", "data file: a%d.raw 0 999999999999 1\n", "at most 100000 files");
    row("pattern standing still", "data file: part%d.raw 0 2 0\n", "at most 100000 files");
}

void TestNrrd::detached() {
    QFETCH(const QString, fields);
    QFETCH(const QString, says);
    fs::create_directories(at("below"));
    putFile(at("whole.raw"), pixelBytes(words()));
    putFile(at("below/whole.raw"), pixelBytes(words()));
    putFile(at("later.raw"), "a line\nabc" + pixelBytes(words()));
    putFile(at("short.raw"), numberedPart(1).substr(1));
    for (std::size_t i = 0; i < 3; ++i) {
        putFile(at("part" + std::to_string(i) + ".raw"), numberedPart(i));
        putFile(at("00" + std::to_string(10 + 5 * i) + ".raw"), numberedPart(i));
    }
    putFile(at("a.nhdr"),
            "NRRD0004\n" + kShape + "endian: little\nencoding: raw\n" + fields.toStdString());
    const auto error = errorOf([&] { QVERIFY(samePixels(readVolume(at("a.nhdr")), words())); });
    QCOMPARE(error.has_value(), !says.isEmpty());
    if (error)
        QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestNrrd::colours_data() {
    QTest::addColumn<QString>("fields");
    QTest::addColumn<int>("channels");
    QTest::addColumn<bool>("told");
    const auto row = [](const char* name, const char* fields, int channels, bool told) {
        QTest::newRow(name) << QString::fromLatin1(fields) << channels << told;
    };
    row("RGB", "dimension: 3\nsizes: 3 4 5\nkinds: RGB-color domain domain\n", 3, false);
    row("three colours", "dimension: 3\nsizes: 3 4 5\nkinds: 3-color domain domain\n", 3, true);
    row("vectors of ITK", "dimension: 3\nsizes: 3 4 5\nkinds: vector domain domain\n", 3, true);
    row("no kinds", "dimension: 3\nsizes: 3 4 5\n", 3, true);
    row("a thin volume", "dimension: 3\nsizes: 3 4 5\nkinds: domain domain domain\n", 1, false);
    row("a thin volume with spacings", "dimension: 3\nsizes: 3 4 5\nspacings: 1 1 1\n", 1, true);
    row("RGB volume", "dimension: 4\nsizes: 3 4 5 1\nkinds: RGB-color space space space\n", 3,
        false);
    row("no direction",
        "dimension: 3\nspace dimension: 2\nsizes: 3 4 5\nspace directions: none (1,0) (0,1)\n", 3,
        true);
}

void TestNrrd::colours() {
    QFETCH(const QString, fields);
    QFETCH(const int, channels);
    QFETCH(const bool, told);
    const Volume volume =
        channels == 3 ? patterned(PixelType::u8, 4, 5, 1, 3) : patterned(PixelType::u8, 3, 4, 5);
    putFile(at("c.nrrd"), "NRRD0004\ntype: uint8\n" + fields.toStdString() + "encoding: raw\n\n" +
                              pixelBytes(volume));
    QVERIFY(samePixels(readVolume(at("c.nrrd")), volume));
    QCOMPARE(!readHeader(at("c.nrrd")).warnings.empty(), told);
}

void TestNrrd::voxelSizes_data() {
    QTest::addColumn<QString>("fields");
    QTest::addColumn<QList<double>>("um");
    QTest::addColumn<QString>("says"); // the source, or a part of the warning
    const auto row = [](const char* name, const char* fields, const QList<double>& um,
                        const char* says) {
        QTest::newRow(name) << QString::fromLatin1(fields) << um << QString::fromUtf8(says);
    };
    row("spacings", "spacings: 0.0022 0.0022 0.005\nunits: \"mm\" \"mm\" \"mm\"\n", {2.2, 2.2, 5},
        "NRRD spacings");
    row("spacings in um", "spacings: 2.2 2.2 5\nspace units: \"um\" \"um\" \"um\"\n", {2.2, 2.2, 5},
        "NRRD spacings");
    row("spacings without unit", "spacings: 2.2 2.2 5\n", {}, "2.2 x 2.2 x 5 in no unit");
    row("directions",
        "space dimension: 3\nspace directions: (0.0022,0,0) (0, 0.0022, 0) (0,0,0.005)\n"
        "space units: \"mm\" \"mm\" \"mm\"\n",
        {2.2, 2.2, 5}, "NRRD space directions");
    row("oblique directions",
        "space dimension: 3\nspace directions: (3,4,0) (-4,3,0) (0,0,5)\n"
        "space units: \"um\" \"um\" \"um\"\n",
        {5, 5, 5}, "NRRD space directions");
    row("anatomical",
        "space: left-posterior-superior\nspace directions: (0.5,0,0) (0,0.5,0) "
        "(0,0,2)\n",
        {500, 500, 2000}, "NRRD space directions, mm as is usual in left-posterior-superior");
    row("anatomical and unknown",
        "space: right-anterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n", {},
        "write when they know none");
    row("pixels as unit", "spacings: 1 1 1\nunits: \"pixel\" \"pixel\" \"pixel\"\n", {},
        "in no unit");
    row("zero", "spacings: 0 1 1\nunits: \"mm\" \"mm\" \"mm\"\n", {}, "is no size");
    row("nan among them", "spacings: nan 1 1\nunits: \"mm\" \"mm\" \"mm\"\n", {}, "");
    row("implausible", "spacings: 5 5 5\nunits: \"m\" \"m\" \"m\"\n", {5e6, 5e6, 5e6},
        "NRRD spacings");
    row("thicknesses alone", "thicknesses: 5 5 5\n", {}, "");
}

void TestNrrd::voxelSizes() {
    QFETCH(const QString, fields);
    QFETCH(const QList<double>, um);
    QFETCH(const QString, says);
    putFile(at("v.nrrd"), "NRRD0004\n" + kShape + fields.toStdString() +
                              "endian: little\nencoding: raw\n\n" + pixelBytes(words()));
    const ImageHeader header = readHeader(at("v.nrrd"));
    QCOMPARE(header.voxelSize.has_value(), !um.isEmpty());
    for (qsizetype i = 0; i < um.size(); ++i)
        QVERIFY(std::abs(header.voxelSize->um[static_cast<std::size_t>(i)] - um[i]) < 1e-9 * um[i]);
    if (header.voxelSize)
        QCOMPARE(header.voxelSize->source, says.toStdString());
    else if (!says.isEmpty())
        QVERIFY(hasWarning(header, says.toStdString()));
    QCOMPARE(hasWarning(header, "implausible"), !um.isEmpty() && um[0] > 1e4);
    QCOMPARE(hasWarning(header, "turns or mirrors"), fields.contains(QLatin1String("(3,4,0)")));
}

void TestNrrd::refused_data() {
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& header, const char* says) {
        QTest::newRow(name) << QString::fromStdString(header) << QString::fromLatin1(says);
    };
    row("bzip2", kShape + "endian: little\nencoding: bzip2\n", "its encoding 'bzip2' is not read");
    row("hex", kShape + "encoding: hex\n", "its encoding 'hex' is not read");
    row("no encoding", kShape + "endian: little\n", "no encoding");
    row("no byte order", kShape + "encoding: raw\n", "byte order");
    row("odd byte order", kShape + "endian: middle\nencoding: raw\n", "middle");
    row("no type", "dimension: 2\nsizes: 5 5\nencoding: raw\n", "no type");
    row("blocks", "type: block\ndimension: 2\nsizes: 5 5\nencoding: raw\n", "'block' is not read");
    row("no dimension", "type: uchar\nsizes: 5 5\nencoding: raw\n", "dimension");
    row("dimension 17", "type: uchar\ndimension: 17\nsizes: 5 5\nencoding: raw\n", "dimension");
    row("too few sizes", "type: uchar\ndimension: 3\nsizes: 5 5\nencoding: raw\n", "2 sizes");
    row("size 0", "type: uchar\ndimension: 2\nsizes: 5 0\nencoding: raw\n", "sizes");
    row("negative size", "type: uchar\ndimension: 2\nsizes: 5 -5\nencoding: raw\n", "sizes");
    row("one axis", "type: uchar\ndimension: 1\nsizes: 5\nencoding: raw\n", "1 axes");
    row("four axes", "type: uchar\ndimension: 4\nsizes: 2 2 2 2\nencoding: raw\n", "4 axes");
    row("RGBA",
        "type: uchar\ndimension: 3\nsizes: 4 2 2\nkinds: RGBA-color domain domain\n"
        "encoding: raw\n",
        "4 values of kind 'rgba-color'");
    row("no colon", "type: uchar\nsomething\nencoding: raw\n", "the line 'something'");
    row("negative lines", kShape + "endian: little\nencoding: raw\nline skip: -1\n", "lineskip");
    row("byte skip -2", kShape + "endian: little\nencoding: raw\nbyte skip: -2\n", "byteskip");
    row("byte skip -1 and gzip", kShape + "endian: little\nencoding: gzip\nbyte skip: -1\n",
        "in raw data only");
    row("far more than the file",
        "type: uchar\ndimension: 3\nsizes: 2000 2000 2000\nencoding: raw\n", "truncated");
    row("more than the limit",
        "type: uchar\ndimension: 3\nsizes: 200000 200000 200000\nencoding: raw\n", "limit");
    row("overflow",
        "type: double\ndimension: 3\nsizes: 9000000000000000000 9000000000000000000 9\n"
        "endian: little\nencoding: raw\n",
        "limit");
    row("text too short", "type: uchar\ndimension: 2\nsizes: 100 100\nencoding: ascii\n",
        "truncated");
    row("skips beyond the end", kShape + "endian: little\nencoding: raw\nbyte skip: 9999999999\n",
        "truncated");
    row("lines beyond the end", kShape + "endian: little\nencoding: raw\nline skip: 999999\n",
        "lines that its header tells to skip");
}

void TestNrrd::refused() {
    QFETCH(const QString, header);
    QFETCH(const QString, says);
    putFile(at("r.nrrd"), "NRRD0004\n" + header.toStdString() + "\n" + pixelBytes(words()) +
                              std::string(99, 'x'));
    const auto error = errorOf([&] { (void)readVolume(at("r.nrrd")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
    putFile(at("r.nrrd"), "NRRD0009\n" + header.toStdString());
    QVERIFY(errorOf([&] { (void)readVolume(at("r.nrrd")); })->code() == ErrorCode::unsupported);
}

// Going back in a packed file begins again at its beginning.
void TestNrrd::slicesInAnyOrder() {
    for (const char* encoding : {"gzip", "ascii"}) {
        const bool text = std::string(encoding) == "ascii";
        putFile(at("s.nrrd"), "NRRD0004\n" + kShape + "endian: little\nencoding: " + encoding +
                                  "\n\n" +
                                  (text ? pixelText(words()) : gzipped(pixelBytes(words()))));
        const SliceReaderPtr reader = openImageFile(at("s.nrrd"), {});
        for (const std::int64_t z : {2, 0, 1, 1, 2}) {
            std::vector<std::byte> slice(reader->sliceBytes());
            reader->readSlice(z, slice);
            QVERIFY(std::equal(slice.begin(), slice.end(), words().span().slice(z).data));
        }
    }
}

// A small file must not make the reader take memory before it is found out.
void TestNrrd::bombs() {
    const std::string header = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 1000 1000 1000\n"
                               "encoding: gzip\n\n";
    putFile(at("b.nrrd"), header + gzipped(std::string(100'000, '\0')));
    auto error = errorOf([&] { (void)readVolume(at("b.nrrd")); });
    QVERIFY(error && contains(error->what(), "packed bytes can hold"));
    putFile(at("b.nhdr"), "NRRD0004\n" + std::string(2 << 20, '#'));
    error = errorOf([&] { (void)readVolume(at("b.nhdr")); });
    QVERIFY(error && contains(error->what(), "longer than 1 MiB"));
    putFile(at("b.nrrd"), "NRRD0004\ntype: uchar\ndimension: 2\nsizes: 4 4\nencoding: ascii\n\n" +
                              std::string(5000, '7'));
    error = errorOf([&] { (void)readVolume(at("b.nrrd")); });
    QVERIFY(error && contains(error->what(), "no number"));
}

QTEST_GUILESS_MAIN(TestNrrd)
#include "tst_nrrd.moc"
