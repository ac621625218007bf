// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/io.h"
#include "tests/core/imaging/testimages.h"
#include "tests/core/imaging/testtiff.h"

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

    void write(const std::vector<std::byte>& bytes) const {
        writeFile(m_folder.path() / "damaged", bytes);
    }

    static void writeFile(const fs::path& path, const std::vector<std::byte>& bytes);

    TemporaryFolder m_folder;
    std::vector<std::string> m_names;
};

void TestDamagedFiles::writeFile(const fs::path& path, const std::vector<std::byte>& bytes) {
    // Truncating an old file in place makes ext4 write it to disk; a new one is quick.
    std::error_code ignored;
    fs::remove(path, ignored);
    std::FILE* out = std::fopen(path.c_str(), "wb");
    QVERIFY(out != nullptr);
    if (!bytes.empty())
        QCOMPARE(std::fwrite(bytes.data(), 1, bytes.size(), out), bytes.size());
    QCOMPARE(std::fclose(out), 0);
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
    for (const fs::path& file : listImages(folder))
        m_names.push_back(file.filename().string());
    QCOMPARE(m_names.size(), std::size_t{9});
}

void TestDamagedFiles::names() const {
    QTest::addColumn<QString>("name");
    for (const std::string& name : m_names)
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestDamagedFiles::truncated() {
    QFETCH(const QString, name);
    const auto whole = readFile(m_folder.path() / name.toStdString());
    // Every length near both ends, then a coarse sweep.
    for (std::size_t length = 0; length < whole.size();
         length += length < 300 || length + 80 > whole.size() ? 1 : 41) {
        write({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
        const auto error = errorOf([&] { (void)readVolume(m_folder.path() / "damaged"); });
        const bool clear = error && (error->code() == ErrorCode::format ||
                                     error->code() == ErrorCode::unsupported);
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
    for (int round = 0; round < 400; ++round) {
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
