// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/io.h"
#include "tests/core/imaging/pythonsamples.h"
#include "tests/core/imaging/testtiff.h"
#include "tests/core/imaging/testvolumes.h"

#include <QTest>

#include <tiff.h>

#include <unistd.h>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// Truncated and altered files: every cut is an error, no change crashes or prints, nothing is
/// quietly wrong in size.
class TestDamagedFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void truncated_data() { names(); }

    void truncated();

    void flippedBits_data() { names(); }

    void flippedBits();
    void liesAboutTheSize_data();
    void liesAboutTheSize();
    void manyPixelsInFewBytes();

private:
    void names() const;
    void addSamples();

    void writeVolumeFormats() const;

    void write(const std::vector<std::byte>& bytes) const {
        putFile(m_folder.path() / "damaged",
                {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }

    TemporaryFolder m_folder;
    std::vector<std::string> m_names;
};

/// Small, so that every byte can be cut off in turn.
void TestDamagedFiles::writeVolumeFormats() const {
    const fs::path& folder = m_folder.path();
    const Volume volume = patterned(PixelType::u16, 9, 7, 3);
    const std::string pixels = pixelBytes(volume);
    writeVolume(folder / "raw.nrrd", volume);
    writeVolume(folder / "f32.nrrd", patterned(PixelType::f32, 9, 7, 2));
    writeVolume(folder / "raw.mha", volume);
    writeVolume(folder / "raw.nii", volume);
    writeVolume(folder / "packed.nii.gz", volume);
    const std::string nrrd = "NRRD0004\ntype: ushort\ndimension: 3\nsizes: 9 7 3\n"
                             "spacings: 2 2 2\nunits: \"um\" \"um\" \"um\"\nendian: little\n";
    putFile(folder / "packed.nrrd", nrrd + "encoding: gzip\n\n" + gzipped(pixels));
    putFile(folder / "text.nrrd", nrrd + "encoding: ascii\n\n" + pixelText(volume));
    const std::string mha = "ObjectType = Image\nNDims = 3\nDimSize = 9 7 3\n"
                            "ElementType = MET_USHORT\nElementSpacing = 0.1 0.1 0.1\n";
    putFile(folder / "packed.mha",
            mha + "CompressedData = True\nElementDataFile = LOCAL\n" + zlibbed(pixels));
    const std::string vti =
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\" byte_order=\"LittleEndian\" "
        "compressor=\"vtkZLibDataCompressor\"><ImageData WholeExtent=\"0 8 0 6 0 2\" "
        "Spacing=\"1 1 1\"><Piece Extent=\"0 8 0 6 0 2\"><PointData Scalars=\"a\">"
        "<DataArray type=\"UInt16\" Name=\"a\" format=";
    const std::string vtiEnd = "</PointData></Piece></ImageData>";
    const std::string first = zlibbed(pixels.substr(0, 200));
    const std::string second = zlibbed(pixels.substr(200));
    const std::string head =
        packed<std::uint32_t>({2, 200, 178, static_cast<std::uint32_t>(first.size()),
                               static_cast<std::uint32_t>(second.size())});
    putFile(folder / "appended.vti", vti + "\"appended\" offset=\"0\"/>" + vtiEnd +
                                         "<AppendedData encoding=\"raw\">_" + head + first +
                                         second + "</AppendedData></VTKFile>");
    putFile(folder / "inline.vti", vti + "\"binary\">" + base64(head) + base64(first + second) +
                                       "</DataArray>" + vtiEnd + "</VTKFile>");
    putFile(folder / "text.vti",
            vti + "\"ascii\">" + pixelText(volume) + "</DataArray>" + vtiEnd + "</VTKFile>");
    const auto u32 = [](std::uint32_t value) { return packed<std::uint32_t>({value}); };
    const std::string bmp = u32(40) + u32(20) + u32(10) + std::string("\1\0\x08\0", 4);
    const std::string rest =
        std::string(16, '\0') + std::string("\0\0\0\0\7\7\7\0\x77\x77\x77\0", 12);
    const std::string colours = u32(3) + u32(0) + rest.substr(16);
    std::string rows;
    std::string runs;
    for (int y = 0; y < 10; ++y) {
        rows += std::string("\2\1\0\2", 4) + std::string(16, static_cast<char>(y % 3));
        runs +=
            std::string("\0\4\2\1\0\2\x10", 7) + static_cast<char>(y % 3) + std::string("\0\0", 2);
    }
    const std::string start = "BM" + u32(0) + u32(0) + u32(14 + 40 + 12);
    putFile(folder / "plain.bmp", start + bmp + u32(0) + rest.substr(0, 12) + colours + rows);
    putFile(folder / "runs.bmp",
            start + bmp + u32(1) + rest.substr(0, 12) + colours + runs + std::string("\0\1", 2));
}

void TestDamagedFiles::initTestCase() {
    const fs::path& folder = m_folder.path();
    writeVolume(folder / "grey8.png", patterned(PixelType::u8, 40, 30));
    writeVolume(folder / "rgb16.png", patterned(PixelType::u16, 20, 15, 1, 3));
    writeVolume(folder / "rgb.jpg", patterned(PixelType::u8, 40, 30, 1, 3));
    writeVolume(folder / "stack16.tif", patterned(PixelType::u16, 20, 15, 4));
    writeVolume(folder / "f32.tif", patterned(PixelType::f32, 20, 15));
    writeVolume(folder / "f32.npy", patterned(PixelType::f32, 20, 15, 2));
    TiffRecipe plain;
    plain.mode = "wb";
    plain.bits = 16;
    const Volume words = patterned(PixelType::u16, 40, 30, 2);
    writeTestTiff(folder / "plain.tif", plain, 40, 30, pagesOf(words));
    TiffRecipe tiles;
    tiles.mode = "w8";
    tiles.tile = 16;
    tiles.compression = COMPRESSION_LZW;
    writeTestTiff(folder / "tiles.tif", tiles, 40, 30, pagesOf(patterned(PixelType::u8, 40, 30)));
    TiffRecipe oneForAll;
    oneForAll.description = "ImageJ=1.53t\nimages=1\n";
    writeTestTiff(folder / "imagej.tif", oneForAll, 20, 15,
                  pagesOf(patterned(PixelType::u8, 20, 15)));
    writeVolumeFormats();
    for (const fs::path& file : listImages(folder))
        m_names.push_back(file.filename().string());
    QCOMPARE(m_names.size(), std::size_t{22});
    for (const std::string& name : m_names)
        QVERIFY(readVolume(folder / name).span().values() > 0);
    addSamples();
}

/// Files of formats that Likeness does not write.
void TestDamagedFiles::addSamples() {
    const std::pair<const char*, std::vector<const char*>> samples[] = {
        {"hdf5", {"plain.h5", "chunked.h5", "lzf.h5", "latest_growing.h5", "names_latest.h5"}},
        {"netcdf", {"classic.nc", "data64.nc", "netcdf4.nc"}},
        {"dicom", {"explicit.dcm", "rle.dcm", "enhanced.dcm"}}};
    for (const auto& [kind, names] : samples) {
        const fs::path from = m_folder.path() / kind;
        const QString why = writeSamples(QString::fromLatin1(kind), from);
        if (!why.isEmpty() && toolsAreRequired())
            QFAIL(qPrintable(why));
        if (!why.isEmpty()) {
            qWarning("left out: %s", qPrintable(why));
            continue;
        }
        for (const char* name : names) {
            fs::copy_file(from / name, m_folder.path() / name);
            m_names.emplace_back(name);
        }
    }
}

void TestDamagedFiles::names() const {
    QTest::addColumn<QString>("name");
    for (const std::string& name : m_names)
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestDamagedFiles::truncated() {
    QFETCH(const QString, name);
    const auto whole = readFile(m_folder.path() / name.toStdString());
    const Volume pixels = readVolume(m_folder.path() / name.toStdString());
    // What can be missing without harm: tags behind appended data, the end of the last line.
    const bool canDoWithout =
        name == QLatin1String("appended.vti") || name == QLatin1String("text.nrrd");
    // Every length near both ends, then a coarse sweep.
    for (std::size_t length = 0; length < whole.size();
         length += length < 300 || length + 80 > whole.size() ? 1 : 41) {
        write({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
        bool same = false;
        const auto error =
            errorOf([&] { same = samePixels(readVolume(m_folder.path() / "damaged"), pixels); });
        const bool clear = error ? error->code() == ErrorCode::format ||
                                       error->code() == ErrorCode::unsupported ||
                                       error->code() == ErrorCode::notFound
                                 : canDoWithout && same;
        QVERIFY2(clear,
                 qPrintable(QStringLiteral("%1 of %2 bytes: %3")
                                .arg(length)
                                .arg(whole.size())
                                .arg(QString::fromUtf8(error ? error->what() : "no error"))));
    }
}

void TestDamagedFiles::flippedBits() {
    QFETCH(const QString, name);
    const auto whole = readFile(m_folder.path() / name.toStdString());
    Random random(17, "flips");
    int refused = 0;
    ReadOptions options;
    options.maximumBytes = std::int64_t{1} << 24;
    for (int round = 0; round < 1000; ++round) {
        auto bytes = whole;
        // Half of the rounds hit the first bytes, where the header is.
        const std::size_t reach =
            round % 2 == 0 ? std::min<std::size_t>(256, bytes.size()) : bytes.size();
        for (int flips = 0; flips < 1 + round % 4; ++flips)
            bytes[static_cast<std::size_t>(random.below(reach))] ^=
                static_cast<std::byte>(1U << random.below(8));
        write(bytes);
        refused += errorOf([&] { (void)readVolume(m_folder.path() / "damaged", options); }) ? 1 : 0;
    }
    QVERIFY(refused > 20);
}

void TestDamagedFiles::liesAboutTheSize_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("find");
    QTest::addColumn<QByteArray>("put");
    QTest::newRow("PNG 2^31 - 1 wide")
        << QStringLiteral("grey8.png") << QByteArray::fromHex("4948445200000028")
        << QByteArray::fromHex("494844527fffffff");
    QTest::newRow("JPEG 65500 x 65500")
        << QStringLiteral("rgb.jpg") << QByteArray::fromHex("001e0028")
        << QByteArray::fromHex("ffdcffdc");
    QTest::newRow("TIFF 2^32 - 1 high")
        << QStringLiteral("plain.tif")
        << QByteArray::fromHex("010100030000000100") + QByteArray::fromHex("1e")
        << QByteArray::fromHex("01010004000000017fff");
    QTest::newRow("NumPy 999999 slices")
        << QStringLiteral("f32.npy") << QByteArray("'shape': (2, 15, 20), }     ")
        << QByteArray("'shape': (999999, 15, 20), }");
}

// The declared size must be refused before memory of that size is taken.
void TestDamagedFiles::liesAboutTheSize() {
    QFETCH(const QString, name);
    QFETCH(const QByteArray, find);
    QFETCH(const QByteArray, put);
    QCOMPARE(find.size(), put.size());
    const auto whole = readFile(m_folder.path() / name.toStdString());
    QByteArray bytes(reinterpret_cast<const char*>(whole.data()),
                     static_cast<qsizetype>(whole.size()));
    const qsizetype at = bytes.indexOf(find);
    QVERIFY(at >= 0);
    bytes.replace(at, find.size(), put);
    const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
    write({first, first + bytes.size()});
    const auto error = errorOf([&] { (void)readVolume(m_folder.path() / "damaged"); });
    QVERIFY(error && (error->code() == ErrorCode::format || error->code() == ErrorCode::memory));
}

// A 12 kB file that unpacks to 12 MB is fine; one that needs more than is allowed is refused by its
// header.
void TestDamagedFiles::manyPixelsInFewBytes() {
    writeVolume(m_folder.path() / "flat.png", Volume(PixelType::u8, 4000, 3000));
    QVERIFY(fs::file_size(m_folder.path() / "flat.png") < 30000);
    ReadOptions options;
    options.maximumBytes = 12'000'000;
    QCOMPARE(readVolume(m_folder.path() / "flat.png", options).width(), std::int64_t{4000});
    --options.maximumBytes;
    const auto error = errorOf([&] { (void)readVolume(m_folder.path() / "flat.png", options); });
    QVERIFY(error && error->code() == ErrorCode::memory);
}

QTEST_GUILESS_MAIN(TestDamagedFiles)
#include "tst_damagedfiles.moc"
