// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/core/imaging/testvolumes.h"

#include <QBuffer>
#include <QImage>
#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// Windows bitmaps made by hand and by Qt; folders as SkyScan's reconstruction leaves them.
class TestBmp : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kinds_data();
    void kinds();
    void runLengths_data();
    void runLengths();
    void byQt_data();
    void byQt();
    void refused_data();
    void refused();
    void resolution();
    void skyscanFolder();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

namespace {

struct Recipe {
    int width = 5;
    int height = 3;
    int bits = 8;
    std::uint32_t compression = 0;
    std::uint32_t length = 40; ///< of the header
    std::uint32_t colours = 0;
    std::string extra{}; ///< masks or palette
    std::uint32_t perMetre = 0;
    std::int64_t offset = -1; ///< of the pixels
};

template <typename T>
std::string le(T value) {
    return packed(std::vector<T>{value});
}

std::string bmp(const Recipe& recipe, const std::string& pixels) {
    std::string header = le(recipe.length);
    if (recipe.length == 12)
        header += le(static_cast<std::uint16_t>(recipe.width)) +
                  le(static_cast<std::uint16_t>(recipe.height)) + le(std::uint16_t{1}) +
                  le(static_cast<std::uint16_t>(recipe.bits));
    else
        header += le(recipe.width) + le(recipe.height) + le(std::uint16_t{1}) +
                  le(static_cast<std::uint16_t>(recipe.bits)) + le(recipe.compression) +
                  le(std::uint32_t{0}) + le(recipe.perMetre) + le(recipe.perMetre) +
                  le(recipe.colours) + le(std::uint32_t{0});
    header += recipe.extra;
    const auto offset =
        recipe.offset < 0 ? 14 + header.size() : static_cast<std::size_t>(recipe.offset);
    return "BM" + le(static_cast<std::uint32_t>(14 + header.size() + pixels.size())) +
           le(std::uint32_t{0}) + le(static_cast<std::uint32_t>(offset)) + header + pixels;
}

std::string greyPalette(int colours, std::size_t bytes = 4) {
    std::string palette;
    for (int i = 0; i < colours; ++i) {
        const char grey = static_cast<char>(i * 255 / (colours - 1));
        palette += std::string(3, grey) + std::string(bytes - 3, '\0');
    }
    return palette;
}

/// Rows filled up to a multiple of four, the last row first.
std::string rowsOf(const std::vector<std::string>& rows, bool fromAbove = false) {
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string& row = rows[fromAbove ? i : rows.size() - 1 - i];
        text += row + std::string((4 - row.size() % 4) % 4, '\0');
    }
    return text;
}

QByteArray bytesOf(const std::string& text) {
    return {text.data(), static_cast<qsizetype>(text.size())};
}

} // namespace

void TestBmp::kinds_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("channels");
    QTest::addColumn<QList<int>>("expected");
    const QList<int> counted{0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24};
    const std::vector<std::string> rows{std::string("\0\1\2\3\4", 5), "\x0A\x0B\x0C\x0D\x0E",
                                        "\x14\x15\x16\x17\x18"};
    QTest::newRow("grey") << bytesOf(bmp({.extra = greyPalette(256)}, rowsOf(rows))) << 1
                          << counted;
    QTest::newRow("grey, 30 colours")
        << bytesOf(bmp({.colours = 30, .extra = greyPalette(256).substr(0, 120)}, rowsOf(rows)))
        << 1 << counted;
    QTest::newRow("grey from above")
        << bytesOf(bmp({.height = -3, .extra = greyPalette(256)}, rowsOf(rows, true))) << 1
        << counted;
    QTest::newRow("grey, OS/2") << bytesOf(bmp({.length = 12, .extra = greyPalette(256, 3)},
                                               rowsOf(rows)))
                                << 1 << counted;
    QTest::newRow("a gap before the pixels")
        << bytesOf(bmp({.extra = greyPalette(256), .offset = 14 + 40 + 1024 + 8},
                       std::string(8, '?') + rowsOf(rows)))
        << 1 << counted;
    const std::string colours("\x03\x02\x01\x00\xFF\xFE\xFD\x00", 8); // blue, green, red
    QTest::newRow("palette of colours")
        << bytesOf(bmp({.width = 2, .height = 1, .colours = 2, .extra = colours},
                       rowsOf({std::string("\1\0", 2)})))
        << 3 << QList<int>{0xFD, 0xFE, 0xFF, 1, 2, 3};
    QTest::newRow("4 bits") << bytesOf(bmp(
                                   {.width = 3, .height = 1, .bits = 4, .extra = greyPalette(16)},
                                   rowsOf({"\x1F\x20"})))
                            << 1 << QList<int>{17, 255, 34};
    QTest::newRow("1 bit") << bytesOf(
                                  bmp({.width = 9, .height = 1, .bits = 1, .extra = greyPalette(2)},
                                      rowsOf({"\xA1\x80"})))
                           << 1 << QList<int>{255, 0, 255, 0, 0, 0, 0, 255, 255};
    QTest::newRow("24 bits") << bytesOf(bmp({.width = 1, .height = 2, .bits = 24},
                                            rowsOf({"\3\2\1", "\6\5\4"})))
                             << 3 << QList<int>{1, 2, 3, 4, 5, 6};
    QTest::newRow("32 bits") << bytesOf(bmp({.width = 1, .height = 2, .bits = 32},
                                            rowsOf({"\3\2\1\x77", "\6\5\4\x77"})))
                             << 3 << QList<int>{1, 2, 3, 4, 5, 6};
    const std::string masks = le(0xFF0000U) + le(0xFF00U) + le(0xFFU);
    QTest::newRow("32 bits with masks")
        << bytesOf(bmp({.width = 1, .height = 2, .bits = 32, .compression = 3, .extra = masks},
                       rowsOf({"\3\2\1\x77", "\6\5\4\x77"})))
        << 3 << QList<int>{1, 2, 3, 4, 5, 6};
}

void TestBmp::kinds() {
    QFETCH(const QByteArray, file);
    QFETCH(const int, channels);
    QFETCH(const QList<int>, expected);
    putFile(at("a.bmp"), {file.data(), static_cast<std::size_t>(file.size())});
    const Volume image = readVolume(at("a.bmp"));
    QCOMPARE(image.channels(), std::int64_t{channels});
    QCOMPARE(image.span().values(), std::int64_t{expected.size()});
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(static_cast<int>(image.span().at(i)), expected[i]);
    const ImageHeader header = readHeader(at("a.bmp"));
    QCOMPARE(header.format, std::string("bmp"));
    QVERIFY(!header.voxelSize && header.warnings.empty());
}

void TestBmp::runLengths_data() {
    QTest::addColumn<QByteArray>("runs");
    QTest::addColumn<QString>("says"); // empty: 7 7 7 7 7 below 1 2 3 9 9
    const auto row = [](const char* name, const std::string& runs, const char* says) {
        QTest::newRow(name) << bytesOf(runs) << QString::fromLatin1(says);
    };
    using std::string;
    const string sevens("\5\7\0\0", 4);
    const string literal("\0\3\1\2\3\0\2\x09", 8);
    row("usual", sevens + literal + string("\0\0\0\1", 4), "");
    row("no end of the last row", sevens + literal + string("\0\1", 2), "");
    row("runs of one", sevens + string("\1\1\1\2\1\3\2\x09\0\0\0\1", 12), "");
    row("too long a run", string("\6\7\0\0", 4) + literal + string("\0\0\0\1", 4),
        "longer than its row");
    row("too long a literal", sevens + string("\0\6\1\2\3\4\5\6\0\1", 10), "longer than its row");
    row("short row", string("\4\7\0\0", 4) + literal + string("\0\0\0\1", 4), "row 1 has 4 pixels");
    row("missing row", sevens + string("\0\1", 2), "row 2 has 0 pixels");
    row("too many rows", sevens + literal + string("\0\0", 2) + sevens, "longer than its row");
    row("pixels left out", string("\2\7\0\2\3\0", 6), "leave out pixels");
    row("cut off", sevens + literal, "end too early");
}

void TestBmp::runLengths() {
    QFETCH(const QByteArray, runs);
    QFETCH(const QString, says);
    putFile(at("r.bmp"), bmp({.width = 5, .height = 2, .compression = 1, .extra = greyPalette(256)},
                             runs.toStdString()));
    const auto error = errorOf([&] {
        const Volume image = readVolume(at("r.bmp"));
        const QList<int> expected{1, 2, 3, 9, 9, 7, 7, 7, 7, 7};
        for (qsizetype i = 0; i < expected.size(); ++i)
            QCOMPARE(static_cast<int>(image.span().at(i)), expected[i]);
    });
    QCOMPARE(error.has_value(), !says.isEmpty());
    if (error)
        QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestBmp::byQt_data() {
    QTest::addColumn<int>("format");
    QTest::newRow("grey") << static_cast<int>(QImage::Format_Grayscale8);
    QTest::newRow("indexed") << static_cast<int>(QImage::Format_Indexed8);
    QTest::newRow("colour") << static_cast<int>(QImage::Format_RGB32);
    QTest::newRow("one bit") << static_cast<int>(QImage::Format_Mono);
}

void TestBmp::byQt() {
    QFETCH(const int, format);
    QImage colours(61, 43, QImage::Format_RGB32);
    for (int y = 0; y < colours.height(); ++y) {
        for (int x = 0; x < colours.width(); ++x)
            colours.setPixel(x, y, qRgb(x * 4, y * 5, (x * y) % 256));
    }
    const QImage image = colours.convertToFormat(static_cast<QImage::Format>(format));
    QVERIFY(image.save(QString::fromStdString(at("q.bmp").string())));
    const Volume read = readVolume(at("q.bmp"));
    QCOMPARE(read.width(), std::int64_t{61});
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const auto first = static_cast<std::int64_t>(y * 61 + x) * read.channels();
            QCOMPARE(static_cast<int>(read.span().at(first)), qRed(image.pixel(x, y)));
            QCOMPARE(static_cast<int>(read.span().at(first + read.channels() - 1)),
                     qBlue(image.pixel(x, y)));
        }
    }
}

void TestBmp::refused_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& file, const char* says) {
        QTest::newRow(name) << bytesOf(file) << QString::fromLatin1(says);
    };
    const std::string pixels(24, '\1');
    row("16 bits", bmp({.bits = 16}, std::string(60, '\1')), "16 bits per pixel");
    row("PNG inside", bmp({.bits = 24, .compression = 5}, std::string(60, '\1')), "compression 5");
    row("odd masks",
        bmp({.bits = 32, .compression = 3, .extra = le(0xFFU) + le(0xFF00U) + le(0xFF0000U)},
            std::string(60, '\1')),
        "packed in an unusual way");
    row("palette too long", bmp({.colours = 257, .extra = greyPalette(256)}, pixels),
        "palette of 257");
    row("palette into the pixels", bmp({.extra = greyPalette(16)}, pixels), "palette of 256");
    row("colour that is not there", bmp({.colours = 1, .extra = std::string(4, '\0')}, pixels),
        "names colour 1 of 1");
    row("truncated", bmp({.extra = greyPalette(256)}, std::string(23, '\1')), "truncated");
    row("huge",
        bmp({.width = 60000, .height = 60000, .compression = 1, .extra = greyPalette(256)}, pixels),
        "truncated");
    row("huge, plain", bmp({.width = 2147483647, .height = -2147483647 - 1, .bits = 32}, pixels),
        "limit");
    row("pixels before the header", bmp({.bits = 24, .offset = 20}, std::string(60, '\1')),
        "truncated");
    row("no width", bmp({.width = 0, .extra = greyPalette(256)}, pixels), "empty image");
    row("negative width", bmp({.width = -5, .extra = greyPalette(256)}, pixels), "empty image");
}

void TestBmp::refused() {
    QFETCH(const QByteArray, file);
    QFETCH(const QString, says);
    putFile(at("r.bmp"), {file.data(), static_cast<std::size_t>(file.size())});
    const auto error = errorOf([&] { (void)readVolume(at("r.bmp")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
    // Two letters make no bitmap.
    putFile(at("r.bmp"), "BMI of the participants, 2024\n");
    QVERIFY(contains(errorOf([&] { (void)readVolume(at("r.bmp")); })->what(), "content is not"));
}

void TestBmp::resolution() {
    putFile(at("s.bmp"),
            bmp({.width = 1, .height = 1, .bits = 24, .perMetre = 400000}, rowsOf({"abc"})));
    const ImageHeader header = readHeader(at("s.bmp"));
    QVERIFY(header.voxelSize && std::abs(header.voxelSize->um[0] - 2.5) < 1e-12);
    QCOMPARE(header.voxelSize->source, std::string("BMP pixels per metre"));
}

void TestBmp::skyscanFolder() {
    TemporaryFolder folder;
    const std::string slice = bmp({.extra = greyPalette(256)}, std::string(24, '\7'));
    for (const char* number : {"0008", "0009", "0010"})
        putFile(folder.path() / (std::string("rock__rec") + number + ".bmp"), slice);
    putFile(folder.path() / "rock__rec_spr.bmp",
            bmp({.width = 9, .height = 9, .extra = greyPalette(256)}, std::string(108, '\7')));
    const std::string log = "[System]\nScanner=SkyScan1272\n[Acquisition]\nImage Pixel Size (um)= "
                            "9.9\n[Reconstruction]\nSection to Section Step=2\nSections Count=3\n"
                            "Result Image Width (pixels)=5\nResult Image Height (pixels)=3\n"
                            "Pixel Size (um)=7.00082\n[File name convention]\n";
    putFile(folder.path() / "rock__rec.log", log);
    putFile(folder.path() / "rock_.log", "[Acquisition]\nImage Pixel Size (um)= 9.9\n");
    ImageHeader header = readHeader(folder.path());
    QCOMPARE(header.format, std::string("bmp-folder"));
    QCOMPARE(header.depth, std::int64_t{3});
    QVERIFY(hasWarning(header, "preview"));
    QVERIFY(header.voxelSize.has_value());
    QCOMPARE(header.voxelSize->source, std::string("rock__rec.log"));
    QCOMPARE(header.voxelSize->um[0], 7.00082);
    QCOMPARE(header.voxelSize->um[2], 14.00164);
    // Two logs that disagree, or one of another reconstruction, say nothing.
    std::string other = log;
    other.replace(other.find("7.00082"), 7, "8.00082");
    putFile(folder.path() / "other.log", other);
    QVERIFY(!readHeader(folder.path()).voxelSize);
    other.replace(other.find("(pixels)=5"), 10, "(pixels)=6");
    putFile(folder.path() / "other.log", other);
    QVERIFY(readHeader(folder.path()).voxelSize.has_value());
}

QTEST_GUILESS_MAIN(TestBmp)
#include "tst_bmp.moc"
