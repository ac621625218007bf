// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "core/imaging/sliceset.h"
#include "tests/core/imaging/pythonsamples.h"
#include "tests/core/imaging/testimages.h"
#include "tests/core/imaging/testtiff.h"

#include <QTest>

#include <tiff.h>

#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(likeness::test::TiffRecipe)

class TestTiff : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layouts_data();
    void layouts();
    void lossyJpegInTiff();
    void stacks();
    void otherNumberTypes_data();
    void otherNumberTypes();
    void bilevel();
    void whiteIsZero();
    void transparencyIsDropped();
    void unsupported_data();
    void unsupported();
    void voxelSizes_data();
    void voxelSizes();
    void oneDirectoryForAllSlices();
    void oneDirectoryCutShort();
    void declaredSizeIsChecked();
    void pagesMustBeAlike();
    void flatPagesPackWell();
    void resolutionZeroOverZero();
    void hyperstacks_data();
    void hyperstacks();
    void beyondFourGigabytes();

private:
    [[nodiscard]] fs::path file() const { return m_folder.path() / "a.tif"; }

    TemporaryFolder m_folder;
};

namespace {

/// The bytes of a big-endian TIFF as ImageJ writes it past 4 GB: one directory, all slices behind.
std::vector<std::byte>
imageJStart(std::uint32_t width, std::uint32_t height, const std::string& description) {
    std::vector<std::byte> bytes;
    const auto put = [&](std::uint64_t value, int count) {
        for (int i = count - 1; i >= 0; --i)
            bytes.push_back(static_cast<std::byte>(value >> 8 * i & 0xFFU));
    };
    constexpr std::uint32_t kEntries = 9;
    constexpr std::uint32_t kText = 8 + 2 + 12 * kEntries + 4;
    const auto length = static_cast<std::uint32_t>(description.size() + 1);
    const auto entry = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                           std::uint32_t value) {
        put(tag, 2);
        put(type, 2);
        put(count, 4);
        put(type == 3 ? value << 16U : value, 4);
    };
    put(0x4D4D002A, 4);
    put(8, 4);
    put(kEntries, 2);
    entry(256, 4, 1, width);
    entry(257, 4, 1, height);
    entry(258, 3, 1, 16);
    entry(259, 3, 1, 1);
    entry(262, 3, 1, 1);
    entry(270, 2, length, kText);
    entry(273, 4, 1, kText + length);
    entry(278, 4, 1, height);
    entry(279, 4, 1, width * height * 2);
    put(0, 4);
    for (const char c : description)
        bytes.push_back(static_cast<std::byte>(c));
    bytes.push_back(std::byte{0});
    return bytes;
}

} // namespace

void TestTiff::layouts_data() {
    QTest::addColumn<TiffRecipe>("recipe");
    const std::pair<const char*, std::uint16_t> compressions[] = {
        {"none", COMPRESSION_NONE},
        {"lzw", COMPRESSION_LZW},
        {"deflate", COMPRESSION_ADOBE_DEFLATE},
        {"packbits", COMPRESSION_PACKBITS},
        {"zstd", COMPRESSION_ZSTD}};
    const std::pair<const char*, const char*> modes[] = {
        {"little", "wl"}, {"big", "wb"}, {"BigTIFF", "w8"}};

    struct Kind {
        const char* name;
        std::uint16_t bits;
        std::uint16_t format;
        std::uint16_t samples;
    };

    const Kind kinds[] = {{"u8", 8, 1, 1},     {"u16", 16, 1, 1},     {"f32", 32, 3, 1},
                          {"u8 rgb", 8, 1, 3}, {"u16 rgb", 16, 1, 3}, {"f32 rgb", 32, 3, 3}};
    for (const Kind& kind : kinds) {
        for (const auto& [compressionName, compression] : compressions) {
            for (const auto& [modeName, mode] : modes) {
                for (const std::uint32_t tile : {0U, 16U}) {
                    TiffRecipe recipe;
                    recipe.mode = mode;
                    recipe.bits = kind.bits;
                    recipe.sampleFormat = kind.format;
                    recipe.samples = kind.samples;
                    recipe.photometric = kind.samples == 3 ? 2 : 1;
                    recipe.compression = compression;
                    recipe.tile = tile;
                    const bool predicts =
                        compression != COMPRESSION_NONE && compression != COMPRESSION_PACKBITS;
                    // libtiff swaps floats before its floating-point predictor when it writes
                    // big-endian, so such a file of its own is wrong.
                    if (predicts && kind.format != 3)
                        recipe.predictor = 2;
                    else if (predicts && std::string(mode) != "wb")
                        recipe.predictor = 3;
                    recipe.separatePlanes = kind.samples == 3 && tile == 16U;
                    QTest::addRow("%s %s %s %s", kind.name, compressionName, modeName,
                                  tile > 0 ? "tiles, separate planes" : "strips")
                        << recipe;
                }
            }
        }
    }
}

void TestTiff::layouts() {
    QFETCH(const TiffRecipe, recipe);
    const PixelType type = recipe.bits == 8    ? PixelType::u8
                           : recipe.bits == 16 ? PixelType::u16
                                               : PixelType::f32;
    const Volume image = patterned(type, 37, 29, 1, recipe.samples);
    writeTestTiff(file(), recipe, 37, 29, pagesOf(image));
    QVERIFY(samePixels(readVolume(file()), image));
}

void TestTiff::lossyJpegInTiff() {
    Volume image(PixelType::u8, 64, 48, 1, 3);
    for (std::int64_t i = 0; i < 64 * 48; ++i) {
        image.pixels<std::uint8_t>()[3 * i] = static_cast<std::uint8_t>(i % 64 * 4);
        image.pixels<std::uint8_t>()[3 * i + 1] = static_cast<std::uint8_t>(i / 64 * 5);
        image.pixels<std::uint8_t>()[3 * i + 2] = 90;
    }
    TiffRecipe recipe;
    recipe.samples = 3;
    recipe.photometric = PHOTOMETRIC_YCBCR;
    recipe.compression = COMPRESSION_JPEG;
    recipe.rowsPerStrip = 16;
    writeTestTiff(file(), recipe, 64, 48, pagesOf(image));
    const Volume read = readVolume(file());
    double worst = 0.0;
    for (std::int64_t i = 0; i < image.span().values(); ++i)
        worst = std::max(worst, std::abs(read.span().at(i) - image.span().at(i)));
    QVERIFY2(worst < 16.0, qPrintable(QString::number(worst)));
}

void TestTiff::stacks() {
    const Volume volume = patterned(PixelType::u16, 20, 10, 12);
    TiffRecipe recipe;
    recipe.bits = 16;
    recipe.compression = COMPRESSION_LZW;
    writeTestTiff(file(), recipe, 20, 10, pagesOf(volume));
    const ImageHeader header = readHeader(file());
    QCOMPARE(header.format, std::string("tiff-stack"));
    QCOMPARE(header.depth, std::int64_t{12});
    QVERIFY(samePixels(readVolume(file()), volume));
    std::stop_source stop;
    stop.request_stop();
    JobContext job(stop.get_token());
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)readVolume(file(), {}, job));
}

void TestTiff::otherNumberTypes_data() {
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("format");
    QTest::addColumn<QByteArray>("values");
    QTest::addColumn<QList<double>>("expected");
    const auto bytes = [](auto... value) {
        QByteArray all;
        (all.append(reinterpret_cast<const char*>(&value), sizeof(value)), ...);
        return all;
    };
    QTest::newRow("int8") << 8 << 2 << bytes(std::int8_t{-128}, std::int8_t{127})
                          << QList<double>{-128.0, 127.0};
    QTest::newRow("int16") << 16 << 2 << bytes(std::int16_t{-1000}, std::int16_t{3071})
                           << QList<double>{-1000.0, 3071.0};
    QTest::newRow("int32") << 32 << 2 << bytes(-16777216, 5) << QList<double>{-16777216.0, 5.0};
    QTest::newRow("int32 too large") << 32 << 2 << bytes(16777217, 5) << QList<double>{};
    QTest::newRow("uint32 too large") << 32 << 1 << bytes(1U << 31U, 5U) << QList<double>{};
    // 1, -2, 65504 (the largest), 2^-24 (the smallest): IEEE 754-2008, table 3.5.
    QTest::newRow("float16") << 16 << 3 << bytes(std::uint16_t{0x3C00}, std::uint16_t{0xC000})
                             << QList<double>{1.0, -2.0};
    QTest::newRow("float16 ends") << 16 << 3 << bytes(std::uint16_t{0x7BFF}, std::uint16_t{0x0001})
                                  << QList<double>{65504.0, 5.9604644775390625e-08};
    QTest::newRow("float64") << 64 << 3 << bytes(0.5, -1024.25) << QList<double>{0.5, -1024.25};
    QTest::newRow("float64 too fine") << 64 << 3 << bytes(0.1, 1.0) << QList<double>{};
}

void TestTiff::otherNumberTypes() {
    QFETCH(const int, bits);
    QFETCH(const int, format);
    QFETCH(const QByteArray, values);
    QFETCH(const QList<double>, expected);
    TiffRecipe recipe;
    recipe.bits = static_cast<std::uint16_t>(bits);
    recipe.sampleFormat = static_cast<std::uint16_t>(format);
    const auto* first = reinterpret_cast<const std::byte*>(values.data());
    writeTestTiff(file(), recipe, 2, 1, {{first, first + values.size()}});
    if (expected.isEmpty()) {
        const auto error = errorOf([&] { (void)readVolume(file()); });
        QVERIFY(error && error->code() == ErrorCode::unsupported);
        QVERIFY2(contains(error->what(), "without loss"), error->what());
        return;
    }
    QVERIFY(contains(readHeader(file()).warnings.at(0), "float32"));
    const Volume image = readVolume(file());
    QCOMPARE(image.span().at(0), expected[0]);
    QCOMPARE(image.span().at(1), expected[1]);
}

void TestTiff::bilevel() {
    TiffRecipe recipe;
    recipe.bits = 1;
    recipe.compression = COMPRESSION_CCITTFAX4;
    recipe.rowsPerStrip = 2;
    writeTestTiff(file(), recipe, 10, 3,
                  {{std::byte{0xA0}, std::byte{0x40}, std::byte{0xFF}, std::byte{0xC0},
                    std::byte{0x00}, std::byte{0x80}}});
    const Volume image = readVolume(file());
    QCOMPARE(image.width(), std::int64_t{10});
    std::string bits;
    for (std::int64_t i = 0; i < 30; ++i)
        bits += image.span().at(i) == 255.0 ? '1' : image.span().at(i) == 0.0 ? '0' : '?';
    QCOMPARE(bits, std::string("101000000111111111110000000010"));
}

void TestTiff::whiteIsZero() {
    TiffRecipe recipe;
    recipe.photometric = 0;
    writeTestTiff(file(), recipe, 2, 1, {{std::byte{0}, std::byte{200}}});
    const Volume image = readVolume(file());
    QCOMPARE(image.span().at(0), 255.0);
    QCOMPARE(image.span().at(1), 55.0);
    QVERIFY(contains(readHeader(file()).warnings.at(0), "white"));
}

void TestTiff::transparencyIsDropped() {
    TiffRecipe recipe;
    recipe.samples = 4;
    recipe.photometric = 2;
    const Volume rgba = patterned(PixelType::u8, 9, 8, 1, 4);
    for (const bool separate : {false, true}) {
        recipe.separatePlanes = separate;
        writeTestTiff(file(), recipe, 9, 8, pagesOf(rgba));
        const Volume image = readVolume(file());
        QCOMPARE(image.channels(), std::int64_t{3});
        for (std::int64_t i = 0; i < 72; ++i) {
            for (std::int64_t c = 0; c < 3; ++c)
                QCOMPARE(image.span().at(3 * i + c), rgba.span().at(4 * i + c));
        }
        QVERIFY(contains(readHeader(file()).warnings.at(0), "transparency"));
    }
}

void TestTiff::unsupported_data() {
    QTest::addColumn<TiffRecipe>("recipe");
    QTest::addColumn<QString>("named");
    TiffRecipe palette;
    palette.photometric = PHOTOMETRIC_PALETTE;
    QTest::newRow("palette") << palette << QStringLiteral("palette");
    TiffRecipe cmyk;
    cmyk.photometric = PHOTOMETRIC_SEPARATED;
    cmyk.samples = 4;
    QTest::newRow("CMYK") << cmyk << QStringLiteral("CMYK");
    TiffRecipe complex;
    complex.bits = 64;
    complex.sampleFormat = SAMPLEFORMAT_COMPLEXIEEEFP;
    QTest::newRow("complex") << complex << QStringLiteral("complex");
    TiffRecipe fp24;
    fp24.bits = 24;
    fp24.sampleFormat = SAMPLEFORMAT_IEEEFP;
    QTest::newRow("float24") << fp24 << QStringLiteral("24-bit floating-point");
    TiffRecipe spectral;
    spectral.samples = 7;
    QTest::newRow("seven samples") << spectral << QStringLiteral("7 samples");
}

void TestTiff::unsupported() {
    QFETCH(const TiffRecipe, recipe);
    QFETCH(const QString, named);
    const std::size_t bytes = std::size_t{4} * 4 * recipe.samples * recipe.bits / 8;
    writeTestTiff(file(), recipe, 4, 4, {std::vector<std::byte>(bytes)});
    const auto error = errorOf([&] { (void)readHeader(file()); });
    QVERIFY(error && error->code() == ErrorCode::unsupported);
    QVERIFY2(contains(error->what(), named.toStdString()), error->what());
}

void TestTiff::voxelSizes_data() {
    QTest::addColumn<TiffRecipe>("recipe");
    QTest::addColumn<int>("pages");
    QTest::addColumn<QList<double>>("um"); // empty: none
    const auto row = [](const char* name, const std::string& description, float resolution,
                        std::uint16_t unit, int pages, const QList<double>& um) {
        TiffRecipe recipe;
        recipe.description = description;
        recipe.resolution = resolution;
        recipe.resolutionUnit = unit;
        QTest::newRow(name) << recipe << pages << um;
    };
    using List = QList<double>;
    row("ImageJ micron and spacing", "ImageJ=1.53t\nimages=3\nslices=3\nunit=micron\nspacing=2.5\n",
        0.5F, 1, 3, List{2.0, 2.0, 2.5});
    row("ImageJ escaped micro sign", "ImageJ=1.53t\nunit=\\u00B5m\n", 4.0F, 1, 1,
        List{0.25, 0.25, 0.25});
    row("ImageJ UTF-8 micro sign", "ImageJ=1.53t\r\nunit=\xC2\xB5m\r\n", 4.0F, 1, 1,
        List{0.25, 0.25, 0.25});
    row("ImageJ mm", "ImageJ=1.53t\nunit=mm\nspacing=0.01\n", 100.0F, 1, 2, List{10.0, 10.0, 10.0});
    row("ImageJ unit beats the tag", "ImageJ=1.53t\nunit=um\n", 0.5F, 3, 1, List{2.0, 2.0, 2.0});
    row("ImageJ pixels", "ImageJ=1.53t\nunit=pixel\nspacing=2\n", 0.5F, 1, 1, List{});
    row("ImageJ without unit", "ImageJ=1.53t\nimages=2\nslices=2\n", 1.0F, 1, 2, List{});
    row("centimetres", "", 4000.0F, RESUNIT_CENTIMETER, 1, List{2.5, 2.5, 2.5});
    row("inches", "", 2540.0F, RESUNIT_INCH, 1, List{10.0, 10.0, 10.0});
    row("print setting 300 dpi", "", 300.0F, RESUNIT_INCH, 1, List{});
    row("print setting 28 per cm", "", 28.35F, RESUNIT_CENTIMETER, 1, List{});
    row("no unit", "", 0.5F, RESUNIT_NONE, 1, List{});
    row("OME-TIFF escaped micro sign",
        "<?xml version=\"1.0\"?><OME><Pixels PhysicalSizeX='2' PhysicalSizeXUnit='&#181;m' "
        "PhysicalSizeY='3'/></OME>",
        0.0F, 1, 1, List{2.0, 3.0, 2.0});
    row("no tags", "some text", 0.0F, 1, 1, List{});
    row("OME-TIFF",
        "<?xml version=\"1.0\"?><OME><Pixels PhysicalSizeX=\"650\" PhysicalSizeXUnit=\"nm\" "
        "PhysicalSizeY=\"0.65\" PhysicalSizeZ=\"2\"/></OME>",
        0.0F, 1, 2, List{0.65, 0.65, 2.0});
}

void TestTiff::voxelSizes() {
    QFETCH(const TiffRecipe, recipe);
    QFETCH(const int, pages);
    QFETCH(const QList<double>, um);
    const Volume volume = patterned(PixelType::u8, 8, 6, pages);
    writeTestTiff(file(), recipe, 8, 6, pagesOf(volume));
    const ImageHeader header = readHeader(file());
    QCOMPARE(header.voxelSize.has_value(), !um.isEmpty());
    for (qsizetype i = 0; i < um.size(); ++i) {
        const double found = header.voxelSize->um[static_cast<std::size_t>(i)];
        QVERIFY2(std::abs(found - um[i]) < 1e-6 * um[i], qPrintable(QString::number(found)));
    }
}

// Past 4 GB ImageJ writes one directory and all slices behind it.
void TestTiff::oneDirectoryForAllSlices() {
    for (const char* mode : {"wl", "wb"}) {
        const Volume volume = patterned(PixelType::u16, 11, 9, 5);
        TiffRecipe recipe;
        recipe.mode = mode;
        recipe.bits = 16;
        recipe.rowsPerStrip = 9 * 5;
        recipe.description = "ImageJ=1.53t\nimages=5\nslices=5\nunit=um\nspacing=3\n";
        recipe.resolution = 1.0F;
        // libtiff takes the whole stack as one tall page; the height is corrected in the file.
        std::vector<std::byte> all(volume.span().data, volume.span().data + volume.span().bytes());
        writeTestTiff(file(), recipe, 11, 45, {all});
        auto bytes = readFile(file());
        const bool big = std::string(mode) == "wb";
        int patched = 0;
        for (std::size_t i = 0; i + 12 <= bytes.size(); ++i) {
            const std::array<unsigned char, 4> tag =
                big ? std::array<unsigned char, 4>{0x01, 0x01, 0x00, 0x03}
                    : std::array<unsigned char, 4>{0x01, 0x01, 0x03, 0x00};
            if (std::memcmp(bytes.data() + i, tag.data(), 4) != 0)
                continue;
            bytes[i + (big ? 9U : 8U)] = std::byte{9};
            ++patched;
        }
        QCOMPARE(patched, 1);
        writeFileDurably(file(), std::span<const std::byte>(bytes));
        const ImageHeader header = readHeader(file());
        QCOMPARE(header.depth, std::int64_t{5});
        QCOMPARE(header.format, std::string("tiff-stack"));
        QCOMPARE(header.voxelSize->um[2], 3.0);
        QVERIFY(samePixels(readVolume(file()), volume));
    }
}

void TestTiff::oneDirectoryCutShort() {
    TiffRecipe recipe;
    recipe.description = "ImageJ=1.53t\nimages=500\nslices=500\n";
    writeTestTiff(file(), recipe, 20, 20, pagesOf(patterned(PixelType::u8, 20, 20)));
    const auto error = errorOf([&] { (void)readHeader(file()); });
    QVERIFY(error && error->code() == ErrorCode::format);
    QVERIFY2(contains(error->what(), "500 images"), error->what());
}

void TestTiff::declaredSizeIsChecked() {
    TiffRecipe recipe;
    recipe.compression = COMPRESSION_ADOBE_DEFLATE;
    writeTestTiff(file(), recipe, 400, 400, pagesOf(Volume(PixelType::u8, 400, 400, 4)));
    ReadOptions options;
    options.maximumBytes = 400 * 400 * 4 - 1;
    QVERIFY(errorOf([&] { (void)readVolume(file(), options); })->code() == ErrorCode::memory);
    ++options.maximumBytes;
    QCOMPARE(readVolume(file(), options).depth(), std::int64_t{4});
}

void TestTiff::pagesMustBeAlike() {
    const Volume a = patterned(PixelType::u8, 20, 10);
    TiffRecipe recipe;
    writeTestTiff(file(), recipe, 20, 10, pagesOf(a));
    recipe.mode = "a";
    recipe.bits = 16;
    writeTestTiff(file(), recipe, 20, 10, pagesOf(patterned(PixelType::u16, 20, 10)));
    const auto error = errorOf([&] { (void)readHeader(file()); });
    QVERIFY(error && error->code() == ErrorCode::unsupported);
    QVERIFY2(contains(error->what(), "page 2 is 20 x 10 uint16"), error->what());
}

// Zstandard packs a flat page 10,000 times smaller; that is no lie about the size.
void TestTiff::flatPagesPackWell() {
    TiffRecipe recipe;
    recipe.bits = 16;
    recipe.compression = COMPRESSION_ZSTD;
    recipe.rowsPerStrip = 2048;
    writeTestTiff(file(), recipe, 2048, 2048, pagesOf(Volume(PixelType::u16, 2048, 2048)));
    QVERIFY(fs::file_size(file()) < 2048);
    QCOMPARE(readVolume(file()).span().at(2048 * 2048 - 1), 0.0);
}

void TestTiff::resolutionZeroOverZero() {
    TiffRecipe recipe;
    recipe.resolution = 0.5F;
    recipe.description = "ImageJ=1.53t\nunit=um\n";
    writeTestTiff(file(), recipe, 4, 3, pagesOf(patterned(PixelType::u8, 4, 3)));
    auto bytes = readFile(file());
    // 0.5 is stored as 1 / 2 twice, for x and y.
    int patched = 0;
    for (std::size_t i = 0; i + 8 <= bytes.size(); ++i) {
        const std::uint32_t half[2] = {1, 2};
        if (std::memcmp(bytes.data() + i, half, 8) != 0)
            continue;
        std::memset(bytes.data() + i, 0, 8);
        ++patched;
    }
    QCOMPARE(patched, 2);
    writeFileDurably(file(), std::span<const std::byte>(bytes));
    QVERIFY(!readHeader(file()).voxelSize.has_value());
    QCOMPARE(readVolume(file()).width(), std::int64_t{4});
}

void TestTiff::hyperstacks_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("plane");
    QTest::addColumn<int>("depth");
    QTest::addColumn<int>("first"); // page of t, z, c order
    QTest::addColumn<int>("step");
    const auto row = [](const char* name, const char* plane, int depth, int first, int step) {
        QTest::addRow("%s %s", name, plane)
            << QString::fromLatin1(name) << QString::fromLatin1(plane) << depth << first << step;
    };
    for (const char* name : {"imagej.tif", "ome.tif"}) {
        row(name, "", 3, 0, 2);
        row(name, "c2", 3, 1, 2);
        row(name, "c2t2", 3, 7, 2);
        row(name, "t2", 3, 6, 2);
        row(name, "c3", 0, 0, 0);
        row(name, "x", 0, 0, 0);
    }
    row("times.tif", "", 2, 0, 6);
    row("ome_z.tif", "", 3, 0, 2);
}

// Written by tifffile: 2 times of 3 slices of 2 channels.
void TestTiff::hyperstacks() {
    QFETCH(const QString, name);
    QFETCH(const QString, plane);
    QFETCH(const int, depth);
    QFETCH(const int, first);
    QFETCH(const int, step);
    const fs::path folder = m_folder.path() / "tifffile";
    const QString why =
        fs::exists(folder) ? QString() : writeSamples(QStringLiteral("tiff"), folder);
    if (!why.isEmpty() && toolsAreRequired())
        QFAIL(qPrintable(why));
    if (!why.isEmpty())
        QSKIP(qPrintable(why));
    const fs::path path = folder / name.toStdString();
    ReadOptions options;
    options.dataset = plane.toStdString();
    if (depth == 0) {
        const auto error = errorOf([&] { (void)readHeader(path, options); });
        QVERIFY(error && error->code() == ErrorCode::notFound);
        QVERIFY2(contains(error->what(), "2 channels and 2 times"), error->what());
        return;
    }
    const ImageHeader header = readHeader(path, options);
    QCOMPARE(header.depth, std::int64_t{depth});
    QCOMPARE(header.datasets.size(), std::size_t(depth == 3 && name != u"ome_z.tif" ? 4 : 0));
    if (name == u"imagej.tif" || name == u"ome.tif")
        QCOMPARE(header.voxelSize->um[2], name == u"ome.tif" ? 2.0 : 3.0);
    const Volume all = patterned(PixelType::u16, 5, 6, 12);
    const Volume volume = readVolume(path, options);
    for (std::int64_t z = 0; z < depth; ++z)
        QVERIFY(samePixels(volume.slice(2, z), all.slice(2, first + step * z)));
}

// A sparse file of 5.5 GB: only three slices of it are on the disk.
void TestTiff::beyondFourGigabytes() {
    constexpr std::int64_t kEdge = 512;
    constexpr std::int64_t kSlices = 10500;
    const auto start = imageJStart(kEdge, kEdge, "ImageJ=1.53t\nimages=10500\nslices=10500\n");
    writeFileDurably(file(), std::span<const std::byte>(start));
    const std::uintmax_t whole =
        start.size() + static_cast<std::uintmax_t>(kEdge * kEdge * 2 * kSlices);
    std::error_code refused;
    fs::resize_file(file(), whole, refused);
    if (refused)
        QSKIP("the file system holds no sparse file of 5.5 GB");
    const Volume slice = patterned(PixelType::u16, kEdge, kEdge);
    std::vector<std::byte> swapped(slice.span().data, slice.span().data + slice.span().bytes());
    for (std::size_t i = 0; i < swapped.size(); i += 2)
        std::swap(swapped[i], swapped[i + 1]);
    const std::int64_t written[] = {0, 8192, kSlices - 1};
    std::FILE* out = std::fopen(file().c_str(), "r+b");
    QVERIFY(out != nullptr);
    for (const std::int64_t z : written) {
        const auto at = static_cast<std::int64_t>(start.size()) + z * kEdge * kEdge * 2;
        QCOMPARE(fseeko(out, at, SEEK_SET), 0);
        QCOMPARE(std::fwrite(swapped.data(), 1, swapped.size(), out), swapped.size());
    }
    QCOMPARE(std::fclose(out), 0);
    const SliceReaderPtr reader = openImageFile(file(), {});
    QCOMPARE(reader->header().depth, kSlices);
    Volume read(PixelType::u16, kEdge, kEdge);
    for (const std::int64_t z : written) {
        reader->readSlice(z, {read.bytes(), reader->sliceBytes()});
        QVERIFY(samePixels(read, slice));
    }
    reader->readSlice(8191, {read.bytes(), reader->sliceBytes()});
    QVERIFY(samePixels(read, Volume(PixelType::u16, kEdge, kEdge)));
    fs::remove(file());
}

QTEST_GUILESS_MAIN(TestTiff)
#include "tst_tiff.moc"
