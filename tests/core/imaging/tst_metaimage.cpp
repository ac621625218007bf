// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/core/imaging/testvolumes.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// MetaImage headers as MetaIO's documentation and writers have them, made by hand.
class TestMetaImage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void variants_data();
    void variants();
    void types_data();
    void types();
    void voxelSizes_data();
    void voxelSizes();
    void refused_data();
    void refused();
    void dataFilesAreNoImages();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

namespace {

const std::string kShape = "NDims = 3\nDimSize = 7 5 3\nElementType = MET_USHORT\n";

Volume words() {
    return patterned(PixelType::u16, 7, 5, 3);
}

} // namespace

void TestMetaImage::variants_data() {
    QTest::addColumn<QByteArray>("file");
    const std::string little = pixelBytes(words());
    const std::string big = pixelBytes(words(), true);
    const auto row = [](const char* name, const std::string& header, const std::string& data) {
        const std::string file = header + data;
        QTest::newRow(name) << QByteArray(file.data(), static_cast<qsizetype>(file.size()));
    };
    const std::string local = "ElementDataFile = LOCAL\n";
    const std::string image = "ObjectType = Image\n";
    row("local", image + kShape + local, little);
    row("no object type", kShape + local, little);
    row("a comment first", "Comment = by hand\n" + kShape + local, little);
    row("no spaces",
        "ObjectType=Image\nNDims=3\nDimSize=7 5 3\nElementType=MET_USHORT\n"
        "ElementDataFile=LOCAL\n",
        little);
    row("line ends of Windows",
        "ObjectType = Image\r\nNDims = 3\r\nDimSize = 7 5 3\r\nElementType = MET_USHORT\r\n"
        "ElementDataFile = LOCAL\r\n",
        little);
    row("ElementByteOrderMSB", image + kShape + "ElementByteOrderMSB = True\n" + local, big);
    row("BinaryDataByteOrderMSB",
        image + kShape + "BinaryData = True\nBinaryDataByteOrderMSB = True\n" + local, big);
    row("zlib", image + kShape + "CompressedData = True\nCompressedDataSize = 99\n" + local,
        zlibbed(little));
    row("zlib, big-endian",
        image + kShape + "CompressedData = True\nBinaryDataByteOrderMSB = True\n" + local,
        zlibbed(big));
    row("numbers as text", image + kShape + "BinaryData = False\n" + local, pixelText(words()));
    row("header size -1", image + kShape + "HeaderSize = -1\n" + local, "some more" + little);
    row("fourth axis of 1",
        image + "NDims = 4\nDimSize = 7 5 3 1\nElementType = MET_USHORT\n" + local, little);
    row("beside", image + kShape + "ElementDataFile = whole.raw\n", "");
    row("beside, last line without end", image + kShape + "ElementDataFile = whole.raw", "");
    row("beside, zlib", image + kShape + "CompressedData = True\nElementDataFile = whole.zraw\n",
        "");
    row("beside, header size", image + kShape + "HeaderSize = 4\nElementDataFile = later.raw\n",
        "");
    row("beside, header size -1", image + kShape + "HeaderSize = -1\nElementDataFile = later.raw\n",
        "");
    row("name with a space", image + kShape + "ElementDataFile = a name.raw\n", "");
    row("list", image + kShape + "ElementDataFile = LIST\npart1.raw\npart2.raw\npart3.raw\n", "");
    row("list of slices",
        image + kShape + "ElementDataFile = LIST 2\npart1.raw\npart2.raw\npart3.raw\n", "");
    row("pattern", image + kShape + "ElementDataFile = part%d.raw 1 3 1\n", "");
}

void TestMetaImage::variants() {
    QFETCH(const QByteArray, file);
    const std::string little = pixelBytes(words());
    putFile(at("whole.raw"), little);
    putFile(at("a name.raw"), little);
    putFile(at("whole.zraw"), zlibbed(little));
    putFile(at("later.raw"), "1234" + little);
    for (std::size_t i = 0; i < 3; ++i)
        putFile(at("part" + std::to_string(i + 1) + ".raw"), little.substr(i * 70, 70));
    putFile(at("a.mhd"), {file.data(), static_cast<std::size_t>(file.size())});
    QVERIFY(samePixels(readVolume(at("a.mhd")), words()));
    const ImageHeader header = readHeader(at("a.mhd"));
    QCOMPARE(header.format, std::string("metaimage"));
    QVERIFY2(header.warnings.empty(),
             header.warnings.empty() ? "" : header.warnings.front().c_str());
}

void TestMetaImage::types_data() {
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
    row("MET_CHAR", std::int8_t{}, {-128, -1, 0, 127});
    row("MET_UCHAR", std::uint8_t{}, {0, 1, 128, 255});
    row("MET_SHORT", std::int16_t{}, {-32768, -2, 0, 32767});
    row("MET_USHORT_ARRAY", std::uint16_t{}, {0, 1, 256, 65535});
    row("MET_INT", std::int32_t{}, {-16777216, -1, 5, 16777216});
    // MetaIO's LONG has four bytes on every system.
    row("MET_LONG", std::int32_t{}, {-7, -1, 5, 70000});
    row("MET_ULONG", std::uint32_t{}, {0, 1, 70000, 16777216});
    row("MET_LONG_LONG", std::int64_t{}, {-70000, 0, 1, 16777216});
    row("MET_FLOAT", float{}, {-1.5, 0.25, 1e20F, 3});
    row("MET_DOUBLE", double{}, {-1.5, 0.25, 1024, 3});
}

void TestMetaImage::types() {
    QFETCH(const QString, type);
    QFETCH(const QByteArray, data);
    QFETCH(const QList<double>, expected);
    putFile(at("t.mha"), "NDims = 2\nDimSize = 2 2\nBinaryDataByteOrderMSB = True\nElementType = " +
                             type.toStdString() + "\nElementDataFile = LOCAL\n" +
                             data.toStdString());
    const Volume volume = readVolume(at("t.mha"));
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(volume.span().at(i), expected[i]);
}

void TestMetaImage::voxelSizes_data() {
    QTest::addColumn<QString>("fields");
    QTest::addColumn<QList<double>>("um");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* fields, const QList<double>& um,
                        const char* says) {
        QTest::newRow(name) << QString::fromLatin1(fields) << um << QString::fromUtf8(says);
    };
    row("spacing", "ElementSpacing = 0.0022 0.0022 0.005\n", {2.2, 2.2, 5},
        "MetaImage ElementSpacing, mm by convention");
    row("size", "ElementSize = 0.0022 0.0022 0.005\n", {2.2, 2.2, 5},
        "MetaImage ElementSize, mm by convention");
    row("spacing counts", "ElementSize = 9 9 9\nElementSpacing = 0.5 0.5 2\n", {500, 500, 2000},
        "MetaImage ElementSpacing, mm by convention");
    row("with a unit", "DistanceUnits = um\nElementSpacing = 1 1 1\n", {1, 1, 1},
        "MetaImage ElementSpacing");
    row("1 for want of anything", "ElementSpacing = 1 1 1\n", {}, "write when they know none");
    row("zero", "ElementSpacing = 0 1 1\n", {}, "is no size");
    row("none", "", {}, "");
}

void TestMetaImage::voxelSizes() {
    QFETCH(const QString, fields);
    QFETCH(const QList<double>, um);
    QFETCH(const QString, says);
    putFile(at("v.mha"), kShape + fields.toStdString() +
                             "TransformMatrix = 1 0 0 0 -1 0 0 0 1\nElementDataFile = LOCAL\n" +
                             pixelBytes(words()));
    const ImageHeader header = readHeader(at("v.mha"));
    QVERIFY(hasWarning(header, "turns or mirrors"));
    QCOMPARE(header.voxelSize.has_value(), !um.isEmpty());
    for (qsizetype i = 0; i < um.size(); ++i)
        QVERIFY(std::abs(header.voxelSize->um[static_cast<std::size_t>(i)] - um[i]) < 1e-9 * um[i]);
    if (header.voxelSize)
        QCOMPARE(header.voxelSize->source, says.toStdString());
    else if (!says.isEmpty())
        QVERIFY(hasWarning(header, says.toStdString()));
}

void TestMetaImage::refused_data() {
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& header, const char* says) {
        QTest::newRow(name) << QString::fromStdString(header) << QString::fromLatin1(says);
    };
    const std::string local = "ElementDataFile = LOCAL\n";
    row("another object", "ObjectType = Tube\nNDims = 3\n" + local, "of type 'Tube'");
    row("no data file", "ObjectType = Image\n" + kShape, "ElementDataFile");
    row("upwards", kShape + "ElementDataFile = ../a.raw\n", "only files in the header's own");
    row("absolute", kShape + "ElementDataFile = /dev/zero\n", "only files in the header's own");
    row("itself", kShape + "ElementDataFile = .\n", "not a regular file");
    row("gone", kShape + "ElementDataFile = gone.raw\n", "not beside it");
    row("odd type", "NDims = 2\nDimSize = 2 2\nElementType = MET_STRING\n" + local, "MET_STRING");
    row("no type", "NDims = 2\nDimSize = 2 2\n" + local, "no ElementType");
    row("sizes", "NDims = 3\nDimSize = 2 2\nElementType = MET_UCHAR\n" + local, "NDims");
    row("size 0", "NDims = 2\nDimSize = 2 0\nElementType = MET_UCHAR\n" + local, "DimSize");
    row("4-D", "NDims = 4\nDimSize = 2 2 2 2\nElementType = MET_UCHAR\n" + local, "4 dimensions");
    row("two channels", kShape + "ElementNumberOfChannels = 2\n" + local, "2 channels");
    row("too large",
        "NDims = 3\nDimSize = 99999999 99999999 99999999\nElementType = MET_UCHAR\n" + local,
        "limit");
    row("truncated", "NDims = 3\nDimSize = 99 99 99\nElementType = MET_UCHAR\n" + local,
        "truncated");
    row("header size", kShape + "HeaderSize = 12345\nCompressedData = True\n" + local,
        "with raw data only");
    row("negative header size", kShape + "HeaderSize = -3\n" + local, "HeaderSize is -3");
    row("spacing of words", kShape + "ElementSpacing = a b c\n" + local, "elementspacing is");
    row("neither true nor false", kShape + "CompressedData = perhaps\n" + local, "perhaps");
}

void TestMetaImage::refused() {
    QFETCH(const QString, header);
    QFETCH(const QString, says);
    putFile(at("r.mha"), header.toStdString());
    const auto error = errorOf([&] { (void)readVolume(at("r.mha")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestMetaImage::dataFilesAreNoImages() {
    TemporaryFolder folder;
    putFile(folder.path() / "a.raw", pixelBytes(words()));
    putFile(folder.path() / "a.mhd", kShape + "ElementDataFile = a.raw\n");
    putFile(folder.path() / "b.zraw", zlibbed(pixelBytes(words())));
    putFile(folder.path() / "b.mhd", kShape + "CompressedData = True\nElementDataFile = b.zraw\n");
    const auto images = listImages(folder.path());
    QCOMPARE(images.size(), std::size_t{2});
    QCOMPARE(images[0].filename().string(), std::string("a.mhd"));
    QCOMPARE(images[1].filename().string(), std::string("b.mhd"));
}

QTEST_GUILESS_MAIN(TestMetaImage)
#include "tst_metaimage.moc"
