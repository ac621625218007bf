// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/sliceset.h"
#include "tests/core/imaging/testvolumes.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// VTK's XML image data, made by hand as "VTK File Formats" and the output of VTK 9 have it.
class TestVti : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void codings_data();
    void codings();
    void arrays_data();
    void arrays();
    void spacing();
    void refused_data();
    void refused();
    void slicesInAnyOrder();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

namespace {

Volume words() {
    return patterned(PixelType::u16, 7, 5, 3);
}

struct Coding {
    bool bigEndian = false;
    bool wide = false;
    std::size_t block = 0; ///< bytes of a block, 0 for no compression
};

std::string counts(const std::vector<std::uint64_t>& values, const Coding& coding) {
    if (coding.wide)
        return packed(values, coding.bigEndian);
    return packed(std::vector<std::uint32_t>(values.begin(), values.end()), coding.bigEndian);
}

/// Counts and data apart, as base64 takes each of them by itself if they are packed.
std::pair<std::string, std::string> coded(const std::string& pixels, const Coding& coding) {
    if (coding.block == 0)
        return {"", counts({pixels.size()}, coding) + pixels};
    const std::size_t last = pixels.size() % coding.block;
    const std::size_t blocks = pixels.size() / coding.block + (last > 0 ? 1 : 0);
    std::vector<std::uint64_t> sizes{blocks, coding.block, last};
    std::string data;
    for (std::size_t i = 0; i < blocks; ++i) {
        const std::string block = zlibbed(pixels.substr(i * coding.block, coding.block));
        sizes.push_back(block.size());
        data += block;
    }
    return {counts(sizes, coding), data};
}

std::string coded64(const std::string& pixels, const Coding& coding) {
    const auto [head, data] = coded(pixels, coding);
    return base64(head) + base64(data);
}

std::string rootTag(const Coding& coding) {
    return std::string("<?xml version=\"1.0\"?>\n<VTKFile type=\"ImageData\" version=\"1.0\" "
                       "byte_order=\"") +
           (coding.bigEndian ? "Big" : "Little") + "Endian\" header_type=\"UInt" +
           (coding.wide ? "64" : "32") + "\"" +
           (coding.block > 0 ? " compressor=\"vtkZLibDataCompressor\"" : "") + ">\n";
}

const std::string kImage = "<ImageData WholeExtent=\"0 6 0 4 0 2\" Origin=\"0 0 0\" "
                           "Spacing=\"1 1 1\">\n<Piece Extent=\"0 6 0 4 0 2\">\n"
                           "<PointData Scalars=\"grey\">\n";
const std::string kImageEnd = "</PointData>\n<CellData>\n</CellData>\n</Piece>\n</ImageData>\n";

std::string arrayTag(const std::string& format) {
    return "<DataArray type=\"UInt16\" Name=\"grey\" format=\"" + format + "\"";
}

std::string inlineFile(const std::string& format, const std::string& text, const Coding& coding) {
    return rootTag(coding) + kImage + arrayTag(format) + ">\n   " + text + "\n  </DataArray>\n" +
           kImageEnd + "</VTKFile>\n";
}

std::string appendedFile(const std::string& encoding,
                         const std::string& data,
                         const Coding& coding,
                         const std::string& before = {}) {
    return rootTag(coding) + kImage + arrayTag("appended") + " offset=\"" +
           std::to_string(before.size()) + "\"/>\n" + kImageEnd + "<AppendedData encoding=\"" +
           encoding + "\">\n   _" + before + data + "\n</AppendedData>\n</VTKFile>\n";
}

} // namespace

void TestVti::codings_data() {
    QTest::addColumn<QByteArray>("file");
    const auto row = [](const std::string& name, const std::string& file) {
        QTest::newRow(name.c_str()) << QByteArray(file.data(), static_cast<qsizetype>(file.size()));
    };
    row("ascii", inlineFile("ascii", pixelText(words()), {}));
    for (const bool bigEndian : {false, true}) {
        for (const bool wide : {false, true}) {
            // Blocks of which the last is full, is not, and is the only one.
            for (const std::size_t block : {0, 30, 64, 1000}) {
                const Coding coding{bigEndian, wide, block};
                const std::string pixels = pixelBytes(words(), bigEndian);
                const std::string name = std::string(bigEndian ? "big" : "little") +
                                         (wide ? ", 64-bit counts" : ", 32-bit counts") +
                                         ", block " + std::to_string(block);
                const auto [head, data] = coded(pixels, coding);
                row("inline, " + name, inlineFile("binary", coded64(pixels, coding), coding));
                row("appended raw, " + name, appendedFile("raw", head + data, coding));
                row("appended base64, " + name,
                    appendedFile("base64", coded64(pixels, coding), coding));
                row("appended behind others, " + name,
                    appendedFile("raw", head + data, coding, std::string("<a \0 _\">", 9)));
            }
        }
    }
}

void TestVti::codings() {
    QFETCH(const QByteArray, file);
    putFile(at("a.vti"), {file.data(), static_cast<std::size_t>(file.size())});
    QVERIFY(samePixels(readVolume(at("a.vti")), words()));
    const ImageHeader header = readHeader(at("a.vti"));
    QCOMPARE(header.format, std::string("vti"));
    QVERIFY(!header.voxelSize && header.warnings.empty());
}

void TestVti::arrays_data() {
    QTest::addColumn<QString>("piece");
    QTest::addColumn<QList<double>>("expected");
    QTest::addColumn<bool>("warned");
    const auto row = [](const char* name, const char* piece, const QList<double>& expected,
                        bool warned) {
        QTest::newRow(name) << QString::fromLatin1(piece) << expected << warned;
    };
    const char* const first = "<PointData><DataArray type='Int32' Name='a' format='ascii'>1 2 3 4 "
                              "5 6</DataArray></PointData>";
    row("points", first, {1, 2, 3, 4, 5, 6}, true); // int32 as float32
    row("cells",
        "<CellData><DataArray type='UInt8' Name='a' format='ascii'>8 9</DataArray>"
        "</CellData>",
        {8, 9}, false);
    row("named among several",
        "<PointData Scalars='b'><DataArray type='UInt8' Name='a' format='ascii'>1 2 3 4 5 "
        "6</DataArray><DataArray type='UInt8' Name='b' format='ascii'>6 5 4 3 2 1</DataArray>"
        "</PointData>",
        {6, 5, 4, 3, 2, 1}, true);
    row("points before cells",
        "<CellData><DataArray type='UInt8' Name='c' format='ascii'>8 9</DataArray></CellData>"
        "<PointData><DataArray type='UInt8' Name='a' format='ascii'>1 2 3 4 5 6</DataArray>"
        "</PointData>",
        {1, 2, 3, 4, 5, 6}, true);
    row("colours",
        "<PointData><DataArray type='UInt8' Name='a' NumberOfComponents='3' format='ascii'>1 2 3 "
        "4 5 6 7 8 9 10 11 12 13 14 15 16 17 18</DataArray></PointData>",
        {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}, false);
    row("field data are no pixels",
        "<FieldData><DataArray type='Float64' Name='TimeValue' NumberOfTuples='1' "
        "format='ascii'>0</DataArray></FieldData><PointData><DataArray type='UInt8' Name='a&lt;b' "
        "format='ascii'>1 2 3 4 5 6</DataArray></PointData>",
        {1, 2, 3, 4, 5, 6}, false);
    row("floats",
        "<PointData><DataArray type='Float64' Name='a' format='ascii'>1.5 -2e3 0.25 4 5 6"
        "</DataArray></PointData>",
        {1.5, -2000, 0.25, 4, 5, 6}, true);
}

void TestVti::arrays() {
    QFETCH(const QString, piece);
    QFETCH(const QList<double>, expected);
    QFETCH(const bool, warned);
    putFile(at("b.vti"),
            "<!-- made by hand > here --><VTKFile type='ImageData' byte_order='LittleEndian'>"
            "<ImageData WholeExtent='1 3 0 1 7 7' Spacing='1 1 1'><Piece Extent='1 3 0 1 7 7'>" +
                piece.toStdString() + "</Piece></ImageData></VTKFile>");
    const Volume volume = readVolume(at("b.vti"));
    QCOMPARE(volume.span().values(), std::int64_t{expected.size()});
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(volume.span().at(i), expected[i]);
    QCOMPARE(!readHeader(at("b.vti")).warnings.empty(), warned);
}

void TestVti::spacing() {
    std::string file = inlineFile("ascii", pixelText(words()), {});
    file.replace(file.find("\"1 1 1\""), 7, "\"0.5 0.5 2\" Direction=\"-1 0 0 0 1 0 0 0 1\"");
    putFile(at("s.vti"), file);
    const ImageHeader header = readHeader(at("s.vti"));
    QVERIFY(!header.voxelSize);
    QVERIFY(hasWarning(header, "0.5 x 0.5 x 2 in no unit"));
    QVERIFY(hasWarning(header, "turns or mirrors"));
}

void TestVti::refused_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& file, const char* says) {
        QTest::newRow(name) << QByteArray(file.data(), static_cast<qsizetype>(file.size()))
                            << QString::fromLatin1(says);
    };
    const std::string pixels = pixelBytes(words());
    const std::string good = inlineFile("ascii", pixelText(words()), {});
    const auto changed = [](std::string text, const std::string& from, const std::string& to) {
        return text.replace(text.find(from), from.size(), to);
    };
    row("another kind", changed(good, "type=\"ImageData\"", "type=\"PolyData\""), "PolyData");
    row("two pieces", changed(good, "</Piece>", "</Piece><Piece Extent=\"0 6 0 4 0 2\"></Piece>"),
        "several pieces");
    row("part of a whole", changed(good, "<Piece Extent=\"0 6", "<Piece Extent=\"0 3"),
        "a piece of a larger image");
    row("no array", changed(changed(good, "<PointData ", "<Date "), "</PointData", "</Date"),
        "holds no array");
    row("type", changed(good, "UInt16", "String"), "'String' is not read");
    row("two components", changed(good, "Name=\"grey\"", "NumberOfComponents=\"2\""), "components");
    row("lz4, packed", changed(appendedFile("raw", "", {false, false, 64}), "vtkZLib", "vtkLZ4"),
        "vtkLZ4");
    row("extent", changed(good, "0 6 0 4 0 2", "0 6 0 4"), "extent");
    row("negative extent", changed(good, "0 6 0 4 0 2", "6 0 0 4 0 2"), "extent");
    row("huge extent", changed(good, "0 6 0 4 0 2", "0 999999999999 0 999999999999 0 2"),
        "a piece of a larger image");
    row("too few numbers", changed(good, pixelText(words()).substr(0, 20), " "),
        "fewer numbers than");
    row("word among the numbers", changed(good, "format=\"ascii\">\n", "format=\"ascii\">\n xy "),
        "'xy', is no uint16");
    row("negative number", changed(good, "format=\"ascii\">\n", "format=\"ascii\">\n -5 "),
        "'-5', is no uint16");
    row("crossed tags", changed(good, "</PointData>", "</CellData>"), "ends where");
    row("document type", changed(good, "<VTKFile", "<!DOCTYPE x [<!ENTITY a \"b\">]><VTKFile"),
        "damaged");
    row("attribute twice", changed(good, "Name=\"grey\"", "Name=\"grey\" Name=\"b\""), "damaged");
    row("attribute without quotes", changed(good, "Name=\"grey\"", "Name=grey"), "damaged");
    row("cut off in a tag", good.substr(0, good.find("Spacing")), "damaged");
    row("cut off behind the array", good.substr(0, good.find("</Piece>")), "damaged");
    std::string many = rootTag({});
    for (int i = 0; i < 5000; ++i)
        many += "<a/>";
    row("many tags", many, "more tags than an image needs");
    row("byte order", changed(inlineFile("binary", coded64(pixels, {}), {}), "LittleEndian", "Odd"),
        "byte order");
    row("count", appendedFile("raw", counts({pixels.size() - 2}, {}) + pixels, {}),
        "208 bytes instead of 210");
    const Coding blocks{false, false, 64};
    const auto [head, data] = coded(pixels, blocks);
    const auto withSizes = [&](const std::vector<std::uint64_t>& sizes) {
        return appendedFile("raw", counts(sizes, blocks) + data, blocks);
    };
    row("no blocks", withSizes({0, 64, 18}), "0 blocks");
    row("too many blocks", withSizes({4000000000, 64, 18}), "4000000000 blocks");
    row("blocks of nothing", withSizes({4, 0, 0}), "blocks of 0");
    row("last block too long", withSizes({3, 64, 82}), "blocks of 64");
    row("block longer than the file", withSizes({4, 64, 18, 4000000000, 1, 1, 1}),
        "longer than the file");
    std::string broken = head + data;
    broken[head.size() + 5] = static_cast<char>(broken[head.size() + 5] ^ 0x55);
    row("broken block", appendedFile("raw", broken, blocks), "damaged");
    row("offset",
        changed(appendedFile("raw", head + data, blocks), "offset=\"0\"", "offset=\"99999\""),
        "lies at '99999'");
    row("no appended data", changed(inlineFile("binary", "", {}), "binary", "appended"), "missing");
}

void TestVti::refused() {
    QFETCH(const QByteArray, file);
    QFETCH(const QString, says);
    putFile(at("r.vti"), {file.data(), static_cast<std::size_t>(file.size())});
    const auto error = errorOf([&] { (void)readVolume(at("r.vti")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestVti::slicesInAnyOrder() {
    const Coding blocks{false, true, 64};
    const auto [head, data] = coded(pixelBytes(words()), blocks);
    for (const std::string& file :
         {appendedFile("raw", head + data, blocks),
          inlineFile("binary", coded64(pixelBytes(words()), blocks), blocks),
          inlineFile("ascii", pixelText(words()), {})}) {
        putFile(at("o.vti"), file);
        const SliceReaderPtr reader = openImageFile(at("o.vti"), {});
        for (const std::int64_t z : {2, 0, 1, 1, 2}) {
            std::vector<std::byte> slice(reader->sliceBytes());
            reader->readSlice(z, slice);
            QVERIFY(std::equal(slice.begin(), slice.end(), words().span().slice(z).data));
        }
    }
}

QTEST_GUILESS_MAIN(TestVti)
#include "tst_vti.moc"
