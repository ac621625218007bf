// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/formats/orientation.h"
#include "tests/core/imaging/testimages.h"
#include "tests/core/imaging/testtiff.h"

#include <QTest>

#include <png.h>

#include <array>
#include <cstring>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

namespace {

/// The picture 1 2 3 above 4 5 6 as it is stored.
Volume stored() {
    Volume volume(PixelType::u8, 3, 2);
    for (int i = 0; i < 6; ++i)
        volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i + 1);
    return volume;
}

/// An EXIF block with one entry, the orientation (tag 0x0112, short, count 1).
QByteArray exif(int tag, bool big) {
    const char value = static_cast<char>(tag);
    if (big)
        return QByteArray::fromHex("4d4d002a000000080001011200030000000100") + value +
               QByteArray::fromHex("000000000000");
    return QByteArray::fromHex("49492a000800000001001201030001000000") + value +
           QByteArray::fromHex("00000000000000");
}

std::span<const std::byte> bytesOf(const QByteArray& text) {
    return std::as_bytes(std::span(text.data(), static_cast<std::size_t>(text.size())));
}

/// A PNG of stored() with an eXIf chunk, by libpng directly.
void writePngWithExif(const fs::path& path, QByteArray block) {
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
    png_set_IHDR(png, info, 3, 2, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_eXIf_1(png, info, static_cast<png_uint_32>(block.size()),
                   reinterpret_cast<png_bytep>(block.data()));
    png_write_info(png, info);
    std::array<png_byte, 6> pixels{1, 2, 3, 4, 5, 6};
    std::array<png_bytep, 2> rows{pixels.data(), pixels.data() + 3};
    png_write_image(png, rows.data());
    png_write_end(png, nullptr);
    png_destroy_write_struct(&png, &info);
    writeFileDurably(path, std::string_view(out.data(), static_cast<std::size_t>(out.size())));
}

QList<int> valuesOf(const Volume& volume) {
    QList<int> values;
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        values << static_cast<int>(volume.span().at(i));
    return values;
}

} // namespace

/// Photographs stand upright, whichever way the camera was held: the meanings of the tag's values
/// are those of TIFF 6.0, section 8.
class TestOrientation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readersTurn_data();
    void readersTurn();
    void jpegIsTurned();
    void stacksAndColoursAreTurned();
    void voxelsTurnWithTheirAxes();
    void damagedExifIsUpright_data();
    void damagedExifIsUpright();
    void pagesMustBeHeldAlike();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

void TestOrientation::readersTurn_data() {
    QTest::addColumn<int>("tag");
    QTest::addColumn<int>("width");
    QTest::addColumn<QList<int>>("upright");
    using List = QList<int>;
    QTest::newRow("upright") << 1 << 3 << List{1, 2, 3, 4, 5, 6};
    QTest::newRow("mirrored") << 2 << 3 << List{3, 2, 1, 6, 5, 4};
    QTest::newRow("upside down") << 3 << 3 << List{6, 5, 4, 3, 2, 1};
    QTest::newRow("flipped") << 4 << 3 << List{4, 5, 6, 1, 2, 3};
    QTest::newRow("axes exchanged") << 5 << 2 << List{1, 4, 2, 5, 3, 6};
    QTest::newRow("turned left") << 6 << 2 << List{4, 1, 5, 2, 6, 3};
    QTest::newRow("turned left, mirrored") << 7 << 2 << List{6, 3, 5, 2, 4, 1};
    QTest::newRow("turned right") << 8 << 2 << List{3, 6, 2, 5, 1, 4};
}

void TestOrientation::readersTurn() {
    QFETCH(const int, tag);
    QFETCH(const int, width);
    QFETCH(const QList<int>, upright);
    TiffRecipe recipe;
    recipe.orientation = static_cast<std::uint16_t>(tag);
    writeTestTiff(at("a.tif"), recipe, 3, 2, pagesOf(stored()));
    writePngWithExif(at("big.png"), exif(tag, true));
    writePngWithExif(at("little.png"), exif(tag, false));
    for (const char* name : {"a.tif", "big.png", "little.png"}) {
        const ImageHeader header = readHeader(at(name));
        QCOMPARE(header.width, std::int64_t{width});
        QCOMPARE(header.height, std::int64_t{6 / width});
        QCOMPARE(header.warnings.size(), std::size_t{tag == 1 ? 0U : 1U});
        const Volume image = readVolume(at(name));
        QCOMPARE(image.width(), std::int64_t{width});
        QCOMPARE(valuesOf(image), upright);
    }
}

void TestOrientation::jpegIsTurned() {
    writeVolume(at("plain.jpg"), patterned(PixelType::u8, 16, 8, 1, 3));
    const Volume plain = readVolume(at("plain.jpg"));
    auto bytes = readFile(at("plain.jpg"));
    const QByteArray block = exif(6, true);
    QByteArray app1 = QByteArray::fromHex("ffe10000457869660000") + block;
    app1[3] = static_cast<char>(app1.size() - 2);
    const auto inserted = bytesOf(app1);
    bytes.insert(bytes.begin() + 2, inserted.begin(), inserted.end());
    writeFileDurably(at("turned.jpg"), std::span<const std::byte>(bytes));
    const ImageHeader header = readHeader(at("turned.jpg"));
    QCOMPARE(header.width, std::int64_t{8});
    QVERIFY(contains(header.warnings.at(0), "orientation tag says 6"));
    const Volume turned = readVolume(at("turned.jpg"));
    QCOMPARE(turned.height(), std::int64_t{16});
    // The first stored row is the right side, from the top.
    for (std::int64_t row = 0; row < 8; ++row) {
        for (std::int64_t column = 0; column < 16; ++column) {
            for (std::int64_t c = 0; c < 3; ++c)
                QCOMPARE(turned.span().at((column * 8 + 7 - row) * 3 + c),
                         plain.span().at((row * 16 + column) * 3 + c));
        }
    }
}

void TestOrientation::stacksAndColoursAreTurned() {
    const Volume stack = patterned(PixelType::u16, 5, 4, 3);
    TiffRecipe recipe;
    recipe.bits = 16;
    recipe.orientation = 3;
    writeTestTiff(at("stack.tif"), recipe, 5, 4, pagesOf(stack));
    const Volume turned = readVolume(at("stack.tif"));
    for (std::int64_t z = 0; z < 3; ++z) {
        for (std::int64_t i = 0; i < 20; ++i)
            QCOMPARE(turned.span().at(z * 20 + i), stack.span().at(z * 20 + 19 - i));
    }
    const Volume colours = patterned(PixelType::u8, 4, 2, 1, 3);
    recipe.bits = 8;
    recipe.samples = 3;
    recipe.photometric = 2;
    recipe.orientation = 2;
    writeTestTiff(at("colours.tif"), recipe, 4, 2, pagesOf(colours));
    const Volume mirrored = readVolume(at("colours.tif"));
    for (std::int64_t c = 0; c < 3; ++c)
        QCOMPARE(mirrored.span().at(c), colours.span().at(9 + c));
}

void TestOrientation::voxelsTurnWithTheirAxes() {
    ImageHeader header;
    header.width = 3;
    header.height = 2;
    header.voxelSize = VoxelSize{{1.0, 2.0, 4.0}, "typed"};
    Orientation(3).applyTo(header);
    QCOMPARE(header.width, std::int64_t{3});
    QCOMPARE(header.voxelSize->um[0], 1.0);
    Orientation(8).applyTo(header);
    QCOMPARE(header.width, std::int64_t{2});
    QCOMPARE(header.voxelSize->um[0], 2.0);
    QCOMPARE(header.voxelSize->um[1], 1.0);
    QCOMPARE(header.voxelSize->um[2], 4.0);
    QCOMPARE(header.warnings.size(), std::size_t{2});
}

void TestOrientation::damagedExifIsUpright_data() {
    QTest::addColumn<QByteArray>("block");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("header only") << exif(6, true).left(8);
    QTest::newRow("cut entry") << exif(6, true).left(18);
    QTest::newRow("directory far outside")
        << QByteArray::fromHex("49492a00f0ffffff0100120103000100000006000000");
    QTest::newRow("value 0") << exif(0, false);
    QTest::newRow("value 9") << exif(9, true);
}

void TestOrientation::damagedExifIsUpright() {
    QFETCH(const QByteArray, block);
    QVERIFY(Orientation::fromExif(bytesOf(block)).isUpright());
    QCOMPARE(Orientation::fromExif(bytesOf(exif(6, true))).tag(), 6);
    QCOMPARE(Orientation::fromExif(bytesOf(exif(8, false))).tag(), 8);
}

void TestOrientation::pagesMustBeHeldAlike() {
    TiffRecipe recipe;
    writeTestTiff(at("mixed.tif"), recipe, 3, 2, pagesOf(stored()));
    recipe.mode = "a";
    recipe.orientation = 6;
    writeTestTiff(at("mixed.tif"), recipe, 3, 2, pagesOf(stored()));
    const auto error = errorOf([&] { (void)readHeader(at("mixed.tif")); });
    QVERIFY(error && error->code() == ErrorCode::unsupported);
    QVERIFY2(contains(error->what(), "orientation 6"), error->what());
}

QTEST_GUILESS_MAIN(TestOrientation)
#include "tst_orientation.moc"
