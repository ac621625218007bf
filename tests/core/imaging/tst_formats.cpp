// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "core/imaging/numbertable.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

#include <png.h>

#include <array>
#include <cstdint>
#include <cstring>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// What is written is read again; and files as other programs write them.
class TestFormats : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrips_data();
    void roundTrips();
    void roundTripOfVoxelSizes();
    void equalPixelsGiveEqualBytes();
    void jpegIsNear();
    void targetsThatCannotHoldThePixels();
    void failedWritesLeaveNothing();
    void npyHeaders_data();
    void npyHeaders();
    void npyRefused_data();
    void npyRefused();
    void numberTables();
    void pngVariants_data();
    void pngVariants();
    void pngTransparency();
    void rawLayouts_data();
    void rawLayouts();
    void rawLayoutFaults_data();
    void rawLayoutFaults();
    void rawSizeEquation();
    void contentBeatsTheSuffix();
    void strangers_data();
    void strangers();
    void notFiles();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

void TestFormats::roundTrips_data() {
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("depth");
    QTest::addColumn<int>("channels");
    for (const char* suffix :
         {".tif", ".npy", ".png", ".raw", ".nrrd", ".mha", ".nii", ".nii.gz"}) {
        for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32}) {
            for (const int depth : {1, 5}) {
                for (const int channels : {1, 3}) {
                    const bool png = std::string(suffix) == ".png";
                    if (png && (depth > 1 || type == PixelType::f32))
                        continue;
                    if (std::string(suffix) == ".raw" && channels > 1)
                        continue;
                    const bool nifti = std::string(suffix).starts_with(".nii");
                    if (nifti && channels > 1 && type != PixelType::u8)
                        continue;
                    QTest::addRow("%s %s depth %d channels %d", suffix, toString(type).data(),
                                  depth, channels)
                        << QString::fromLatin1(suffix) << static_cast<int>(type) << depth
                        << channels;
                }
            }
        }
    }
}

void TestFormats::roundTrips() {
    QFETCH(const QString, suffix);
    QFETCH(const int, type);
    QFETCH(const int, depth);
    QFETCH(const int, channels);
    const Volume volume = patterned(static_cast<PixelType>(type), 61, 43, depth, channels);
    const fs::path path = at(std::string("a").append(suffix.toStdString()));
    QVERIFY(writeVolume(path, volume));
    ReadOptions options;
    if (path.extension() == ".raw")
        options.raw = RawLayout{61, 43, depth, volume.type(), false, 0};
    QVERIFY(samePixels(readVolume(path, options), volume));
    const ImageHeader header = readHeader(path, options);
    QCOMPARE(header.width, std::int64_t{61});
    QCOMPARE(header.height, std::int64_t{43});
    QCOMPARE(header.depth, std::int64_t{depth});
    QCOMPARE(header.channels, std::int64_t{channels});
    QVERIFY(header.type == volume.type());
    QVERIFY(!header.voxelSize && !header.range);
}

void TestFormats::roundTripOfVoxelSizes() {
    const VoxelSize voxel{{2.2315, 2.5, 7.25}, "typed"};
    for (const PixelType type : {PixelType::u8, PixelType::u16, PixelType::f32}) {
        Volume volume = patterned(type, 16, 12, 4);
        volume.voxelSize = voxel;
        writeVolume(at("v.tif"), volume);
        const auto read = readHeader(at("v.tif")).voxelSize;
        QVERIFY(read.has_value());
        for (std::size_t i = 0; i < 3; ++i)
            QVERIFY2(std::abs(read->um[i] - voxel.um[i]) < 1e-6 * voxel.um[i],
                     qPrintable(QString::number(read->um[i], 'g', 12)));
    }
    for (const char* name : {"v.nrrd", "v.mha", "v.nii", "v.nii.gz"}) {
        Volume volume = patterned(PixelType::u16, 16, 12, 4);
        volume.voxelSize = voxel;
        writeVolume(at(name), volume);
        const auto read = readHeader(at(name)).voxelSize;
        QVERIFY2(read.has_value(), name);
        for (std::size_t i = 0; i < 3; ++i)
            QVERIFY2(std::abs(read->um[i] - voxel.um[i]) < 1e-12 * voxel.um[i], name);
    }
    Volume slice = patterned(PixelType::u8, 16, 12);
    slice.voxelSize = VoxelSize{{2.2315, 2.5, 2.5}, "typed"};
    writeVolume(at("v.png"), slice);
    const auto read = readHeader(at("v.png")).voxelSize;
    QVERIFY(read && std::abs(read->um[0] - 2.2315) < 1e-5 && std::abs(read->um[1] - 2.5) < 1e-5);
    QCOMPARE(read->source, std::string("PNG pHYs"));
}

void TestFormats::equalPixelsGiveEqualBytes() {
    const Volume volume = patterned(PixelType::u16, 33, 21);
    for (const char* suffix : {".tif", ".npy", ".png", ".nrrd", ".mha", ".nii.gz"}) {
        writeVolume(at(std::string("a") + suffix), volume);
        writeVolume(at(std::string("b") + suffix), volume);
        QVERIFY(readFile(at(std::string("a") + suffix)) == readFile(at(std::string("b") + suffix)));
    }
}

void TestFormats::jpegIsNear() {
    for (const std::int64_t channels : {1, 3}) {
        Volume image(PixelType::u8, 100, 60, 1, channels);
        for (std::int64_t i = 0; i < image.span().values(); ++i)
            image.pixels<std::uint8_t>()[i] =
                static_cast<std::uint8_t>(127.0 + 100.0 * std::sin(static_cast<double>(i) * 0.01));
        QVERIFY(!writeVolume(at("a.jpg"), image));
        const Volume read = readVolume(at("a.jpg"));
        QCOMPARE(read.channels(), channels);
        double squares = 0.0;
        for (std::int64_t i = 0; i < image.span().values(); ++i)
            squares += std::pow(read.span().at(i) - image.span().at(i), 2);
        const double mse = squares / static_cast<double>(image.span().values());
        QVERIFY2(mse < 6.5, qPrintable(QString::number(mse))); // PSNR above 40 dB
    }
}

void TestFormats::targetsThatCannotHoldThePixels() {
    const auto refused = [&](const char* name, const Volume& volume) {
        const auto error = errorOf([&] { writeVolume(at(name), volume); });
        return error && error->code() == ErrorCode::unsupported && !fs::exists(at(name));
    };
    QVERIFY(refused("x.png", patterned(PixelType::f32, 8, 8)));
    QVERIFY(refused("x.png", patterned(PixelType::u8, 8, 8, 2)));
    QVERIFY(refused("x.jpg", patterned(PixelType::u16, 8, 8)));
    QVERIFY(refused("x.bmp", patterned(PixelType::u8, 8, 8)));
    QVERIFY(refused("x", patterned(PixelType::u8, 8, 8)));
    QVERIFY(errorOf([&] { writeVolume(at("x.tif"), Volume()); })->code() == ErrorCode::config);
}

void TestFormats::failedWritesLeaveNothing() {
    for (const char* name : {"a.tif", "a.png", "a.npy", "a.jpg", "a.raw"}) {
        const fs::path path = fs::path("/proc/likeness") / name;
        const auto error = errorOf([&] { writeVolume(path, patterned(PixelType::u8, 8, 8)); });
        QVERIFY2(error && error->code() == ErrorCode::io, name);
    }
}

void TestFormats::npyHeaders_data() {
    QTest::addColumn<QByteArray>("descr");
    QTest::addColumn<QByteArray>("order");
    QTest::addColumn<QByteArray>("shape");
    QTest::addColumn<int>("version");
    QTest::addColumn<QByteArray>("values");      // hex, as stored
    QTest::addColumn<QList<double>>("expected"); // z, y, x, c
    using List = QList<double>;
    QTest::newRow("u1") << QByteArray("|u1") << QByteArray("False") << QByteArray("(1, 3)") << 1
                        << QByteArray("010203") << List{1, 2, 3};
    QTest::newRow("bool") << QByteArray("|b1") << QByteArray("False") << QByteArray("(1, 2)") << 1
                          << QByteArray("0001") << List{0, 1};
    QTest::newRow("u2 little") << QByteArray("<u2") << QByteArray("False") << QByteArray("(2, 1)")
                               << 1 << QByteArray("01000002") << List{1, 512};
    QTest::newRow("u2 big, version 2")
        << QByteArray(">u2") << QByteArray("False") << QByteArray("(2, 1)") << 2
        << QByteArray("00010200") << List{1, 512};
    QTest::newRow("f4 big, version 3")
        << QByteArray(">f4") << QByteArray("False") << QByteArray("(1, 2)") << 3
        << QByteArray("3f800000c0200000") << List{1.0, -2.5};
    QTest::newRow("f8") << QByteArray("<f8") << QByteArray("False") << QByteArray("(1, 1)") << 1
                        << QByteArray("000000000000e03f") << List{0.5};
    QTest::newRow("i8") << QByteArray("<i8") << QByteArray("False") << QByteArray("(1, 1)") << 1
                        << QByteArray("ffffffffffffffff") << List{-1.0};
    // Fortran order of [[1, 2], [3, 4], [5, 6]]: columns first.
    QTest::newRow("Fortran (y, x)")
        << QByteArray("|u1") << QByteArray("True") << QByteArray("(3, 2)") << 1
        << QByteArray("010305020406") << List{1, 2, 3, 4, 5, 6};
    // z, y, x = 2, 1, 2 with value 10 z + x: first axis fastest.
    QTest::newRow("Fortran (z, y, x)")
        << QByteArray("|u1") << QByteArray("True") << QByteArray("(2, 1, 2)") << 1
        << QByteArray("000a010b") << List{0, 1, 10, 11};
    QTest::newRow("colours") << QByteArray("|u1") << QByteArray("False") << QByteArray("(1, 2, 3)")
                             << 1 << QByteArray("010203040506") << List{1, 2, 3, 4, 5, 6};
    QTest::newRow("rank 4") << QByteArray("|u1") << QByteArray("False")
                            << QByteArray("(2, 1, 2, 1)") << 1 << QByteArray("01020304")
                            << List{1, 2, 3, 4};
}

void TestFormats::npyHeaders() {
    QFETCH(const QByteArray, descr);
    QFETCH(const QByteArray, order);
    QFETCH(const QByteArray, shape);
    QFETCH(const int, version);
    QFETCH(const QByteArray, values);
    QFETCH(const QList<double>, expected);
    const QByteArray text =
        "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
    QByteArray file("\x93NUMPY");
    file.append(static_cast<char>(version)).append('\0');
    file.append(static_cast<char>(text.size())).append('\0');
    if (version > 1)
        file.append(2, '\0');
    file.append(text).append(QByteArray::fromHex(values));
    writeFileDurably(at("a.npy"),
                     std::string_view(file.data(), static_cast<std::size_t>(file.size())));
    const Volume volume = readVolume(at("a.npy"));
    QCOMPARE(volume.span().values(), static_cast<std::int64_t>(expected.size()));
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(volume.span().at(i), expected[i]);
}

void TestFormats::npyRefused_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* text, const char* says) {
        QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(says);
    };
    row("complex", "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1), }", "<c8");
    row("objects", "{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }", "|O");
    row("records", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records");
    row("rank 1", "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", "rank 1");
    row("rank 5", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1), }", "rank 5");
    row("no shape", "{'descr': '|u1', 'fortran_order': False, }", "'shape'");
    row("negative", "{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 4), }", "shape");
    row("empty axis", "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 4), }", "empty");
    row("too many values", "{'descr': '|u1', 'fortran_order': False, 'shape': (99, 99), }",
        "truncated");
    row("overflow",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4), }",
        "truncated");
    row("float64 too fine", "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }",
        "without loss");
}

void TestFormats::npyRefused() {
    QFETCH(const QByteArray, text);
    QFETCH(const QString, says);
    QByteArray file("\x93NUMPY\x01", 7);
    file.append('\0').append(static_cast<char>(text.size())).append('\0').append(text);
    const double value = 0.1;
    file.append(reinterpret_cast<const char*>(&value), sizeof(value));
    writeFileDurably(at("a.npy"),
                     std::string_view(file.data(), static_cast<std::size_t>(file.size())));
    const auto error = errorOf([&] { (void)readVolume(at("a.npy")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestFormats::numberTables() {
    const auto write = [this](const char* name, const QByteArray& text, const auto& values) {
        QByteArray file("\x93NUMPY\x01", 7);
        file.append('\0').append(static_cast<char>(text.size())).append('\0').append(text);
        for (const auto value : values)
            file.append(reinterpret_cast<const char*>(&value), sizeof(value));
        writeFileDurably(at(name),
                         std::string_view(file.data(), static_cast<std::size_t>(file.size())));
    };
    write("t.npy", "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }",
          std::array{0.1, 1.1, 0.2, 1.2, 0.3, 1.3});
    const NumberTable table = readNumberTable(at("t.npy"));
    QCOMPARE(table.rows, std::size_t{2});
    QCOMPARE(table.columns, std::size_t{3});
    QCOMPARE(table.values, (std::vector<double>{0.1, 0.2, 0.3, 1.1, 1.2, 1.3}));
    // A whole number that a double cannot hold is refused, its neighbour is not.
    const QByteArray whole("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1), }");
    write("fits.npy", whole, std::array{std::int64_t{1} << 53});
    QCOMPARE(readNumberTable(at("fits.npy")).values, std::vector{0x1p53});
    write("over.npy", whole, std::array{(std::int64_t{1} << 53) + 1});
    const auto over = errorOf([&] { (void)readNumberTable(at("over.npy")); });
    QVERIFY(over && over->code() == ErrorCode::unsupported);
    writeVolume(at("v.npy"), patterned(PixelType::u8, 4, 4, 4));
    QVERIFY(errorOf([&] { (void)readNumberTable(at("v.npy")); })->code() == ErrorCode::unsupported);
}

namespace {

/// A PNG of one row as other programs write it, by libpng directly.
QByteArray pngOf(int colour,
                 int bits,
                 int width,
                 QByteArray row,
                 const std::vector<png_color>& palette = {},
                 bool interlaced = false) {
    QByteArray out;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(
        png, &out,
        [](png_structp p, png_bytep data, std::size_t size) {
            static_cast<QByteArray*>(png_get_io_ptr(p))
                ->append(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
        },
        nullptr);
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), 1, bits, colour,
                 interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!palette.empty())
        png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    png_write_info(png, info);
    auto* first = reinterpret_cast<png_bytep>(row.data());
    png_write_image(png, &first);
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
    return out;
}

} // namespace

void TestFormats::pngVariants_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("channels");
    QTest::addColumn<QList<double>>("expected");
    using List = QList<double>;
    const auto hex = [](const char* text) { return QByteArray::fromHex(text); };
    QTest::newRow("grey 1 bit") << pngOf(PNG_COLOR_TYPE_GRAY, 1, 3, hex("a0")) << 1
                                << List{255, 0, 255};
    QTest::newRow("grey 2 bits") << pngOf(PNG_COLOR_TYPE_GRAY, 2, 4, hex("1b")) << 1
                                 << List{0, 85, 170, 255};
    QTest::newRow("grey 4 bits") << pngOf(PNG_COLOR_TYPE_GRAY, 4, 2, hex("0f")) << 1
                                 << List{0, 255};
    QTest::newRow("grey 16 bits") << pngOf(PNG_COLOR_TYPE_GRAY, 16, 2, hex("0102ff00")) << 1
                                  << List{258, 65280};
    QTest::newRow("grey and alpha")
        << pngOf(PNG_COLOR_TYPE_GRAY_ALPHA, 8, 2, hex("05000680")) << 1 << List{5, 6};
    QTest::newRow("RGB 16 bits") << pngOf(PNG_COLOR_TYPE_RGB, 16, 1, hex("000100020003")) << 3
                                 << List{1, 2, 3};
    QTest::newRow("RGBA") << pngOf(PNG_COLOR_TYPE_RGBA, 8, 2, hex("0102030005060780")) << 3
                          << List{1, 2, 3, 5, 6, 7};
    QTest::newRow("palette of colours")
        << pngOf(PNG_COLOR_TYPE_PALETTE, 8, 2, hex("0100"), {{1, 2, 3}, {4, 5, 6}}) << 3
        << List{4, 5, 6, 1, 2, 3};
    QTest::newRow("palette of greys, 2 bits")
        << pngOf(PNG_COLOR_TYPE_PALETTE, 2, 3, hex("18"), {{7, 7, 7}, {9, 9, 9}, {200, 200, 200}})
        << 1 << List{7, 9, 200};
    QTest::newRow("interlaced") << pngOf(PNG_COLOR_TYPE_GRAY, 8, 4, hex("01020304"), {}, true) << 1
                                << List{1, 2, 3, 4};
}

void TestFormats::pngVariants() {
    QFETCH(const QByteArray, file);
    QFETCH(const int, channels);
    QFETCH(const QList<double>, expected);
    writeFileDurably(at("a.png"),
                     std::string_view(file.data(), static_cast<std::size_t>(file.size())));
    const Volume image = readVolume(at("a.png"));
    QCOMPARE(image.channels(), std::int64_t{channels});
    QCOMPARE(image.span().values(), static_cast<std::int64_t>(expected.size()));
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(image.span().at(i), expected[i]);
}

void TestFormats::pngTransparency() {
    const QByteArray file = pngOf(PNG_COLOR_TYPE_RGBA, 8, 1, QByteArray::fromHex("01020300"));
    writeFileDurably(at("a.png"),
                     std::string_view(file.data(), static_cast<std::size_t>(file.size())));
    QVERIFY(contains(readHeader(at("a.png")).warnings.at(0), "transparency"));
}

void TestFormats::rawLayouts_data() {
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QByteArray>("bytes"); // hex
    QTest::addColumn<QList<double>>("expected");
    using List = QList<double>;
    QTest::newRow("u8") << QStringLiteral("2x1x2:u8") << QByteArray("01020304") << List{1, 2, 3, 4};
    QTest::newRow("u16 little") << QStringLiteral("2x1:uint16:le") << QByteArray("01000002")
                                << List{1, 512};
    QTest::newRow("u16 big, offset")
        << QStringLiteral("2x1x1:u16:be:3") << QByteArray("aabbcc00010200") << List{1, 512};
    QTest::newRow("f32 big") << QStringLiteral("1x1x1:float32:be") << QByteArray("c0200000")
                             << List{-2.5};
}

void TestFormats::rawLayouts() {
    QFETCH(const QString, layout);
    QFETCH(const QByteArray, bytes);
    QFETCH(const QList<double>, expected);
    const QByteArray content = QByteArray::fromHex(bytes);
    writeFileDurably(at("a.raw"),
                     std::string_view(content.data(), static_cast<std::size_t>(content.size())));
    ReadOptions options;
    options.raw = RawLayout::parse(layout.toStdString());
    options.range = true;
    const Volume volume = readVolume(at("a.raw"), options);
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(volume.span().at(i), expected[i]);
    QCOMPARE(readHeader(at("a.raw"), options).range->maximum,
             *std::max_element(expected.begin(), expected.end()));
}

void TestFormats::rawLayoutFaults_data() {
    QTest::addColumn<QString>("layout");
    for (const char* text : {"", "128", "128x128", "128x128:i16:le", "128x128:u16",
                             "128x128:u16:xx", "0x5:u8", "-1x5:u8", "1x2x3x4:u8", "5x5:u8:le:-1",
                             "5x5:u8:le:1:2", "5.5x5:u8", "5x5 :u8", "99999999999999999999x1:u8"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestFormats::rawLayoutFaults() {
    QFETCH(const QString, layout);
    const auto error = errorOf([&] { (void)RawLayout::parse(layout.toStdString()); });
    QVERIFY(error && error->code() == ErrorCode::config);
    QVERIFY(contains(error->what(), "WxHxD:dtype"));
}

void TestFormats::rawSizeEquation() {
    writeFileDurably(at("a.raw"), std::string(1000, 'x'));
    ReadOptions options;
    options.raw = RawLayout::parse("10x10x10:u16:le:8");
    const auto error = errorOf([&] { (void)readHeader(at("a.raw"), options); });
    QVERIFY(error && error->code() == ErrorCode::format);
    QVERIFY2(contains(error->what(), "10 x 10 x 10 pixels x 2 bytes + offset 8 = 2008 bytes, but "
                                     "the file has 1000"),
             error->what());
    options.raw = RawLayout::parse("70000000000x70000000000x70000000000:u16:le");
    QVERIFY(errorOf([&] { (void)readHeader(at("a.raw"), options); })->code() == ErrorCode::format);
}

void TestFormats::contentBeatsTheSuffix() {
    const Volume image = patterned(PixelType::u8, 20, 10);
    writeVolume(at("a.png"), image);
    fs::rename(at("a.png"), at("a.tif"));
    const ImageHeader header = readHeader(at("a.tif"));
    QCOMPARE(header.format, std::string("png"));
    QCOMPARE(header.warnings.at(0), std::string("the name ends in .tif, but the content is png"));
    QVERIFY(samePixels(readVolume(at("a.tif")), image));
}

void TestFormats::strangers_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QByteArray& content, const char* says) {
        QTest::newRow(name) << content << QString::fromLatin1(says);
    };
    row("empty", {}, "the file is empty");
    row("one byte", "x", "the content is not PNG, JPEG");
    row("text", "some words in a file", "for headerless pixels");
    row("GIF", "GIF89a......", "GIF");
    row("DICOM", QByteArray(128, '\0') + "DICM" + QByteArray(100, '\0'), "DICOM");
    row("HDF5", QByteArray("\x89HDF\r\n\x1a\n") + QByteArray(100, '\0'), "HDF5");
    row("NetCDF", QByteArray("CDF\x01") + QByteArray(3, '\0'), "its header ends too early");
    row("gzip", QByteArray("\x1f\x8b\x08\x00", 4), "gzip");
}

void TestFormats::strangers() {
    QFETCH(const QByteArray, content);
    QFETCH(const QString, says);
    writeFileDurably(at("a.tif"),
                     std::string_view(content.data(), static_cast<std::size_t>(content.size())));
    const auto error = errorOf([&] { (void)readHeader(at("a.tif")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestFormats::notFiles() {
    QVERIFY(errorOf([&] { (void)readHeader(at("none.tif")); })->code() == ErrorCode::notFound);
    QVERIFY(errorOf([] { (void)readHeader("/dev/null"); })->code() == ErrorCode::io);
    QVERIFY(errorOf([] { (void)listImages("/nowhere"); })->code() == ErrorCode::notFound);
}

QTEST_GUILESS_MAIN(TestFormats)
#include "tst_formats.moc"
