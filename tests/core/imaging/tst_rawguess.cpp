// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/rawguess.h"
#include "tests/core/imaging/testvolumes.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// Layouts of headerless files out of names and sidecars.
class TestRawGuess : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
    void sidecars_data();
    void sidecars();
    void byteOrderByTheValues_data();
    void byteOrderByTheValues();
    void readWithoutALayout();
    void aLayoutGivenCounts();
    void glimpse_data();
    void glimpse();

private:
    TemporaryFolder m_folder;
};

void TestRawGuess::names_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("bytes");
    QTest::addColumn<QString>("layout"); // empty: no guess
    QTest::addColumn<double>("um");
    const auto row = [](const char* name, int bytes, const char* layout, double um = 0.0) {
        QTest::addRow("%s with %d", name, bytes)
            << QString::fromUtf8(name) << bytes << QString::fromLatin1(layout) << um;
    };
    row("x_12x34x5.raw", 2040, "12x34x5:u8:le");
    row("x_12x34x5.raw", 4080, "12x34x5:u16:le");
    row("x_12x34x5.raw", 8160, "12x34x5:f32:le");
    row("x_12x34x5.raw", 6120, "");
    row("x_12x34x5.raw", 2041, "");
    row("x_12x34x5_uint16.raw", 4080, "12x34x5:u16:le");
    row("x_12x34x5_uint16.raw", 2040, "");
    row("x_12x34x5_uint16_be.raw", 4080, "12x34x5:u16:be");
    row("x-12x34x5-16bit-big-endian.raw", 4080, "12x34x5:u16:be");
    row("X_12X34X5_16-Bit_LE.RAW", 4080, "12x34x5:u16:le");
    row("x_12x34x5_float32.vol", 8160, "12x34x5:f32:le");
    row("x_12\u00D734\u00D75.raw", 2040, "12x34x5:u8:le");
    row("x_12x34.raw", 408, "12x34x1:u8:le");
    row("x_12_34_5.raw", 2040, "12x34x5:u8:le");
    row("2x2x2binned_12x34x5.raw", 2040, "12x34x5:u8:le");
    row("x_12x34x5_int16.raw", 4080, ""); // a raw layout has no signed numbers
    row("x_12x34x5_2.25um.raw", 2040, "12x34x5:u8:le", 2.25);
    row("berea_2.25\u00B5m_12x34x5.raw", 2040, "12x34x5:u8:le", 2.25);
    row("x_12x34x5_900nm.raw", 2040, "12x34x5:u8:le", 0.9);
    row("x_0x34x5.raw", 0, "");
    row("x_999999999x999999999x999999999.raw", 64, "");
    row("x_99999999999999999999x2x2.raw", 4, "2x2x1:u8:le");
    row("12x34x5.txt", 2040, "");
    row("nothing.raw", 2040, "");
}

void TestRawGuess::names() {
    QFETCH(const QString, name);
    QFETCH(const int, bytes);
    QFETCH(const QString, layout);
    QFETCH(const double, um);
    TemporaryFolder folder;
    const fs::path path = folder.path() / name.toStdString();
    putFile(path, std::string(static_cast<std::size_t>(bytes), '\0'));
    const auto guess = guessRaw(path);
    QCOMPARE(guess.has_value(), !layout.isEmpty());
    if (!guess)
        return;
    const RawLayout expected = RawLayout::parse(layout.toStdString());
    QCOMPARE(guess->layout.width, expected.width);
    QCOMPARE(guess->layout.height, expected.height);
    QCOMPARE(guess->layout.depth, expected.depth);
    QVERIFY(guess->layout.type == expected.type);
    QCOMPARE(guess->layout.bigEndian, expected.bigEndian);
    QCOMPARE(guess->layout.offset, std::int64_t{0});
    QCOMPARE(guess->sizeFrom, std::string("the file's name"));
    QCOMPARE(guess->voxelSize.has_value(), um > 0.0);
    if (guess->voxelSize)
        QVERIFY(std::abs(guess->voxelSize->um[0] - um) < 1e-12);
}

void TestRawGuess::sidecars_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("sidecar");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("layout");
    QTest::addColumn<double>("um"); // of z
    QTest::addColumn<QString>("source");
    const auto row = [](const char* title, const char* name, const char* sidecar, const char* text,
                        const char* layout, double um, const char* source) {
        QTest::newRow(title) << QString::fromLatin1(name) << QString::fromLatin1(sidecar)
                             << QString::fromUtf8(text) << QString::fromLatin1(layout) << um
                             << QString::fromLatin1(source);
    };
    row("mhd", "a.raw", "a.mhd",
        "NDims = 3\nDimSize = 4 5 6\nElementType = MET_USHORT\nElementByteOrderMSB = True\n"
        "ElementSpacing = 0.001 0.001 0.002\nElementDataFile = a.raw\n",
        "4x5x6:u16:be", 2, "MetaImage ElementSpacing, mm by convention of a.mhd");
    row("mhd with a header size", "a.raw", "a.mhd",
        "NDims = 3\nDimSize = 4 5 5\nElementType = MET_USHORT\nHeaderSize = 40\n"
        "ElementDataFile = a.raw\n",
        "4x5x5:u16:le:40", 0, "");
    row("mhd with the end", "a.raw", "a.mhd",
        "NDims = 3\nDimSize = 4 5 5\nElementType = MET_USHORT\nHeaderSize = -1\n"
        "ElementDataFile = a.raw\n",
        "4x5x5:u16:le:40", 0, "");
    row("mhd of another file", "a.raw", "a.mhd",
        "NDims = 3\nDimSize = 4 5 6\nElementType = MET_USHORT\nElementDataFile = b.raw\n", "", 0,
        "");
    row("mhd with signed numbers", "a.raw", "a.mhd",
        "NDims = 3\nDimSize = 4 5 6\nElementType = MET_SHORT\nElementDataFile = a.raw\n", "", 0,
        "");
    row("damaged mhd", "a_4x5x6.raw", "a_4x5x6.mhd", "NDims = 3\nDimSize", "4x5x6:u16:le", 0, "");
    row("nhdr", "a.raw", "a.nhdr",
        "NRRD0004\ntype: ushort\ndimension: 3\nsizes: 4 5 6\nspacings: 3 3 3\n"
        "units: \"um\" \"um\" \"um\"\nendian: big\nencoding: raw\ndata file: ./a.raw\n",
        "4x5x6:u16:be", 3, "NRRD spacings of a.nhdr");
    row("vgi", "a.vol", "a.vgi",
        "{volume1}\n[representation]\nsize = 4 5 6\ndatatype = unsigned integer\n"
        "bitsperelement = 8\n[file1]\nSkipHeader = 0\nFileFormat = raw\nSize = 4 5 6\n"
        "Name = .\\a.vol\nDatatype = unsigned integer\ndatarange = 0 -1\nBitsPerElement = 16\n"
        "{volumeprimitive12}\n[geometry]\nresolution = 0.0097 0.0097 0.0100\nunit = mm\n",
        "4x5x6:u16:le", 10, "a.vgi");
    row("vgi of floats", "a.vol", "a.vgi",
        "[file1]\nSize = 4 5 3\nName = a.vol\nDatatype = float\nBitsPerElement = 32\n",
        "4x5x3:f32:le", 0, "");
    row("PyHST", "a.vol", "a.vol.info",
        "! PyHST_SLAVE VOLUME INFO FILE\nNUM_X = 4\nNUM_Y =  5\nNUM_Z =  3\n"
        "voxelSize =   0.7000   um\nBYTEORDER = HIGHBYTEFIRST\nValMin = -1\n",
        "4x5x3:f32:be", 0.7, "a.vol.info");
    row("SkyScan", "a.raw", "a.log",
        "[Acquisition]\nImage Pixel Size (um)=1.5\n[Reconstruction]\nSections Count=6\n"
        "Section to Section Step=2\nResult Image Width (pixels)=4\n"
        "Result Image Height (pixels)=5\nPixel Size (um)=3.5\n",
        "4x5x6:u16:le", 7, "a.log");
    row("the name counts if the sidecar does not fit", "a_4x5x6.raw", "a_4x5x6.log",
        "[Reconstruction]\nSections Count=60\nResult Image Width (pixels)=4\n"
        "Result Image Height (pixels)=5\nPixel Size (um)=3.5\n",
        "4x5x6:u16:le", 3.5, "a_4x5x6.log");
}

void TestRawGuess::sidecars() {
    QFETCH(const QString, name);
    QFETCH(const QString, sidecar);
    QFETCH(const QString, text);
    QFETCH(const QString, layout);
    QFETCH(const double, um);
    QFETCH(const QString, source);
    TemporaryFolder folder;
    const fs::path path = folder.path() / name.toStdString();
    putFile(path, std::string(240, '\0'));
    putFile(folder.path() / sidecar.toStdString(), text.toStdString());
    const auto guess = guessRaw(path);
    QCOMPARE(guess.has_value(), !layout.isEmpty());
    if (!guess)
        return;
    const RawLayout expected = RawLayout::parse(layout.toStdString());
    QCOMPARE(guess->layout.width, expected.width);
    QCOMPARE(guess->layout.height, expected.height);
    QCOMPARE(guess->layout.depth, expected.depth);
    QVERIFY(guess->layout.type == expected.type);
    QCOMPARE(guess->layout.bigEndian, expected.bigEndian);
    QCOMPARE(guess->layout.offset, expected.offset);
    QCOMPARE(guess->voxelSize.has_value(), um > 0.0);
    if (guess->voxelSize) {
        QVERIFY(std::abs(guess->voxelSize->um[2] - um) < 1e-9);
        QCOMPARE(guess->voxelSize->source, source.toStdString());
    }
}

void TestRawGuess::byteOrderByTheValues_data() {
    QTest::addColumn<bool>("bigEndian");
    QTest::addColumn<bool>("floats");
    for (const bool bigEndian : {false, true}) {
        for (const bool floats : {false, true})
            QTest::addRow("%s, %s", bigEndian ? "big" : "little", floats ? "floats" : "words")
                << bigEndian << floats;
    }
}

void TestRawGuess::byteOrderByTheValues() {
    QFETCH(const bool, bigEndian);
    QFETCH(const bool, floats);
    std::vector<std::uint16_t> words;
    std::vector<float> reals;
    for (int i = 0; i < 64 * 64 * 2; ++i) {
        const double value = 30000.0 + 9000.0 * std::sin(i * 0.02) + i % 7;
        words.push_back(static_cast<std::uint16_t>(value));
        reals.push_back(static_cast<float>(value * 1e-3 - 31.0));
    }
    const fs::path path = m_folder.path() / "a_64x64x2.raw";
    putFile(path, floats ? packed(reals, bigEndian) : packed(words, bigEndian));
    const auto guess = guessRaw(path);
    QVERIFY(guess.has_value());
    QCOMPARE(guess->layout.bigEndian, bigEndian);
    QCOMPARE(guess->orderFrom == "the values, which make no sense otherwise", bigEndian);
}

void TestRawGuess::readWithoutALayout() {
    const Volume volume = patterned(PixelType::u16, 7, 5, 3);
    const fs::path path = m_folder.path() / "b_7x5x3_uint16_be_2.5um.raw";
    putFile(path, pixelBytes(volume, true));
    QVERIFY(samePixels(readVolume(path), volume));
    const ImageHeader header = readHeader(path);
    QCOMPARE(header.format, std::string("raw"));
    QCOMPARE(header.voxelSize->um[2], 2.5);
    QCOMPARE(header.warnings.size(), std::size_t{1});
    QCOMPARE(header.warnings[0],
             std::string("the layout 7 x 5 x 3 uint16 big-endian is guessed: the size from the "
                         "file's name, the type from the file's name, the byte order from the "
                         "file's name; give the layout if that is wrong"));
    // What does not fit exactly is not read.
    putFile(path, pixelBytes(volume, true) + "x");
    const auto error = errorOf([&] { (void)readHeader(path); });
    QVERIFY(error && contains(error->what(), "give their layout"));
}

void TestRawGuess::aLayoutGivenCounts() {
    const fs::path path = m_folder.path() / "c_6x4x2.raw";
    putFile(path, std::string(48, 'x'));
    ReadOptions options;
    options.raw = RawLayout::parse("4x6x2:u8");
    const ImageHeader header = readHeader(path, options);
    QCOMPARE(header.width, std::int64_t{4});
    QVERIFY(header.warnings.empty());
}

void TestRawGuess::glimpse_data() {
    QTest::addColumn<QString>("layout");
    QTest::addColumn<double>("first"); // of 4 x 3 x 2 values of 16 bits: 256, 257 ...
    QTest::addColumn<double>("last");
    QTest::newRow("right") << QStringLiteral("4x3x2:u16:be") << 268.0 << 279.0;
    QTest::newRow("other order") << QStringLiteral("4x3x2:u16:le") << 3073.0 << 5889.0;
    QTest::newRow("too many slices") << QStringLiteral("4x3x9:u16:be") << 268.0 << 279.0;
    QTest::newRow("beyond the end") << QStringLiteral("4x9x1:u16:be") << 256.0 << 0.0;
    QTest::newRow("skipped") << QStringLiteral("4x3x1:u16:be:2") << 257.0 << 268.0;
    QTest::newRow("all skipped") << QStringLiteral("4x3x1:u16:be:4000") << 0.0 << 0.0;
}

void TestRawGuess::glimpse() {
    QFETCH(QString, layout);
    std::string bytes;
    for (int value = 256; value < 280; ++value)
        bytes += {static_cast<char>(value >> 8), static_cast<char>(value & 255)};
    const fs::path path = m_folder.path() / "glimpse.raw";
    writeFileDurably(path, std::string_view(bytes));
    const Volume slice = rawGlimpse(path, RawLayout::parse(layout.toStdString()));
    QTEST(slice.span().at(0), "first");
    QTEST(slice.span().at(slice.span().values() - 1), "last");
    QVERIFY_THROWS_EXCEPTION(Error, static_cast<void>(rawGlimpse(path, {})));
    QVERIFY_THROWS_EXCEPTION(
        Error, static_cast<void>(rawGlimpse(path, RawLayout::parse("999999x999999x1:f32:le"))));
}

QTEST_GUILESS_MAIN(TestRawGuess)
#include "tst_rawguess.moc"
