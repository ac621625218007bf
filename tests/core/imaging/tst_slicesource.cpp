// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/imaging/slicesource.h"

#include <QtTest>

#include <tiffio.h>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace likeness;

namespace {

Volume noise(PixelType type, std::int64_t w, std::int64_t h, std::int64_t d, std::int64_t c = 1) {
    Volume volume(type, w, h, d, c);
    Random random(7, "slicesource");
    const std::int64_t n = volume.span().values();
    for (std::int64_t i = 0; i < n; ++i) {
        if (type == PixelType::u8)
            volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
        else if (type == PixelType::u16)
            volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(random.below(65536));
        else
            volume.pixels<float>()[i] = static_cast<float>(random.uniform());
    }
    return volume;
}

Volume blockOf(const SliceSource& source, int level, const Volume::Box& box) {
    Volume out(source.header().type, box.width, box.height, box.depth, source.header().channels);
    source.readBlock(level, box, {out.bytes(), out.span().bytes()});
    return out;
}

bool same(const Volume& a, const Volume& b) {
    return a.span().bytes() == b.span().bytes() &&
           std::equal(a.span().data, a.span().data + a.span().bytes(), b.span().data);
}

void writePlainTiff(const std::filesystem::path& path, const Volume& volume, const char* mode) {
    TIFF* const tiff = TIFFOpen(path.c_str(), mode);
    for (std::int64_t z = 0; z < volume.depth(); ++z) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(volume.width()));
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(volume.height()));
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
        for (std::int64_t y = 0; y < volume.height(); ++y) {
            const Volume row = volume.crop({0, y, z, volume.width(), 1, 1});
            std::vector<std::uint16_t> values(row.pixels<std::uint16_t>(),
                                              row.pixels<std::uint16_t>() + row.width());
            TIFFWriteScanline(tiff, values.data(), static_cast<std::uint32_t>(y), 0);
        }
        TIFFWriteDirectory(tiff);
    }
    TIFFClose(tiff);
}

/// By the definition, voxel by voxel.
double meanAt(const Volume& v, int level, std::int64_t x, std::int64_t y, std::int64_t z) {
    double sum = 0.0;
    int n = 0;
    const std::int64_t e = std::int64_t{1} << level;
    for (std::int64_t k = z * e; k < std::min(v.depth(), (z + 1) * e); ++k)
        for (std::int64_t j = y * e; j < std::min(v.height(), (y + 1) * e); ++j)
            for (std::int64_t i = x * e; i < std::min(v.width(), (x + 1) * e); ++i, ++n)
                sum += v.span().at((k * v.height() + j) * v.width() + i);
    return sum / n;
}

} // namespace

class TstSliceSource final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void files_data();
    void files();
    void levelsAreBoxMeans_data();
    void levelsAreBoxMeans();
    void folderOfSlices();
    void sparseRawOpensByItsHeader();
    void refusesBoxesOutside();
    void stops();
    void blocksKeepToTheirLength();
    void glimpseShowsTheVolume();
};

void TstSliceSource::files_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("parts");
    QTest::newRow("raw") << QStringLiteral("v.raw") << true;
    QTest::newRow("npy") << QStringLiteral("v.npy") << true;
    QTest::newRow("nrrd") << QStringLiteral("v.nrrd") << true;
    QTest::newRow("metaimage") << QStringLiteral("v.mha") << true;
    QTest::newRow("nifti") << QStringLiteral("v.nii") << true;
    QTest::newRow("nifti, gzip") << QStringLiteral("v.nii.gz") << false;
    QTest::newRow("tiff, deflate") << QStringLiteral("v.tif") << false;
    QTest::newRow("tiff, plain") << QStringLiteral("plain-w.tif") << true;
    QTest::newRow("tiff, plain, big-endian") << QStringLiteral("plain-wb.tif") << true;
}

void TstSliceSource::files() {
    QFETCH(QString, name);
    QFETCH(bool, parts);
    const TemporaryFolder folder;
    const auto path = folder.path() / name.toStdString();
    const Volume volume = noise(PixelType::u16, 37, 29, 23);
    if (name.startsWith(u"plain"_qs))
        writePlainTiff(path, volume, name.contains(u"-wb"_qs) ? "wb" : "w");
    else
        writeVolume(path, volume);
    ReadOptions options;
    if (name.endsWith(u".raw"_qs))
        options.raw = RawLayout{37, 29, 23, PixelType::u16, false, 0};
    const SliceSourcePtr source = openSlices(path, options);
    QCOMPARE(source->readsParts(), parts);
    QVERIFY(same(blockOf(*source, 0, {0, 0, 0, 37, 29, 23}), volume));
    const Volume::Box box{5, 7, 11, 20, 3, 6};
    QVERIFY(same(blockOf(*source, 0, box), volume.crop(box)));
    const Volume::Box rows{0, 4, 22, 37, 20, 1};
    QVERIFY(same(blockOf(*source, 0, rows), volume.crop(rows)));
}

void TstSliceSource::levelsAreBoxMeans_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("channels");
    QTest::newRow("u8") << 0 << 1;
    QTest::newRow("u8 rgb") << 0 << 3;
    QTest::newRow("u16") << 1 << 1;
    QTest::newRow("f32") << 2 << 1;
}

void TstSliceSource::levelsAreBoxMeans() {
    QFETCH(int, type);
    QFETCH(int, channels);
    const auto volume =
        std::make_shared<const Volume>(noise(static_cast<PixelType>(type), 261, 11, 7, channels));
    const SliceSourcePtr source = memorySlices(volume);
    QCOMPARE(source->levels(), 3);
    QVERIFY((source->sizeOf(2) == SliceSource::Size{66, 3, 2}));
    for (int level = 1; level < 3; ++level) {
        const auto [w, h, d] = source->sizeOf(level);
        const Volume got = blockOf(*source, level, {0, 0, 0, w, h, d});
        const Volume part = blockOf(*source, level, {3, 1, 1, 9, 2, 1});
        QVERIFY(same(part, got.crop({3, 1, 1, 9, 2, 1})));
        if (channels != 1)
            continue;
        for (std::int64_t z = 0; z < d; ++z)
            for (std::int64_t y = 0; y < h; ++y)
                for (std::int64_t x = 0; x < w; ++x) {
                    const double mean = meanAt(*volume, level, x, y, z);
                    const double value = got.span().at((z * h + y) * w + x);
                    if (type == 2)
                        QVERIFY(std::abs(value - mean) < 1e-6);
                    else
                        QCOMPARE(value, std::floor(mean + 0.5));
                }
    }
}

void TstSliceSource::folderOfSlices() {
    const TemporaryFolder folder;
    const Volume volume = noise(PixelType::u8, 20, 16, 5);
    for (int z = 0; z < 5; ++z)
        writeVolume(folder.path() / ("s" + std::to_string(z) + ".png"), volume.slice(2, z));
    const SliceSourcePtr source = openSlices(folder.path());
    QVERIFY(same(blockOf(*source, 0, {2, 3, 1, 10, 9, 4}), volume.crop({2, 3, 1, 10, 9, 4})));
}

void TstSliceSource::sparseRawOpensByItsHeader() {
    const TemporaryFolder folder;
    const auto path = folder.path() / "big.raw";
    std::ofstream(path).put('\0');
    std::error_code error;
    std::filesystem::resize_file(path, std::uintmax_t{1} << 34U, error);
    if (error)
        QSKIP("this file system has no sparse files of 16 GiB");
    ReadOptions options;
    options.raw = RawLayout{2048, 2048, 2048, PixelType::u16, false, 0};
    const SliceSourcePtr source = openSlices(path, options);
    QCOMPARE(source->levels(), 5);
    const Volume corner = blockOf(*source, 0, {2040, 2040, 2040, 8, 8, 8});
    QCOMPARE(valueRange(corner.span()).maximum, 0.0);
}

void TstSliceSource::refusesBoxesOutside() {
    const SliceSourcePtr source =
        memorySlices(std::make_shared<const Volume>(noise(PixelType::u8, 8, 8, 8)));
    std::vector<std::byte> out(8);
    QVERIFY_THROWS_EXCEPTION(Error, source->readBlock(0, {7, 0, 0, 2, 2, 2}, out));
    QVERIFY_THROWS_EXCEPTION(Error, source->readBlock(0, {0, 0, -1, 2, 2, 2}, out));
    QVERIFY_THROWS_EXCEPTION(Error, source->readBlock(1, {0, 0, 0, 2, 2, 2}, out));
    QVERIFY_THROWS_EXCEPTION(Error, source->readBlock(0, {0, 0, 0, 2, 2, 1}, out));
}

void TstSliceSource::stops() {
    const SliceSourcePtr source =
        memorySlices(std::make_shared<const Volume>(noise(PixelType::u8, 8, 8, 8)));
    std::vector<std::byte> out(8);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_THROWS_EXCEPTION(Cancelled,
                             source->readBlock(0, {0, 0, 0, 2, 2, 2}, out, stop.get_token()));
}

void TstSliceSource::blocksKeepToTheirLength() {
    const TemporaryFolder folder;
    const Volume volume = noise(PixelType::u8, 90, 70, 80);
    writeVolume(folder.path() / "v.nii.gz", volume);
    writeVolume(folder.path() / "v.npy", volume);
    for (const char* name : {"v.npy", "v.nii.gz"}) {
        const SliceSourcePtr source = openSlices(folder.path() / name);
        for (int axis = 0; axis < 3; ++axis) {
            const SliceSource::Size size = source->blockSize(0, axis, 4096);
            // What is decoded in whole slices is kept whole across.
            const bool fits = size[0] * size[1] * size[2] <= 4096;
            QVERIFY2(fits || (axis == 2 && !source->readsParts()), name);
            if (!source->readsParts())
                QVERIFY(axis == 0 || size[0] == 90);
        }
    }
}

void TstSliceSource::glimpseShowsTheVolume() {
    Volume volume(PixelType::u8, 600, 40, 50);
    for (std::int64_t z = 0; z < 50; ++z)
        for (std::int64_t i = 0; i < 600 * 40; ++i)
            volume.pixels<std::uint8_t>()[z * 600 * 40 + i] = static_cast<std::uint8_t>(4 * z);
    const SliceSourcePtr source = memorySlices(std::make_shared<const Volume>(std::move(volume)));
    const Glimpse glimpse = glimpseOf(*source);
    QCOMPARE(glimpse.coarse.width(), 150);
    QCOMPARE(glimpse.coarse.height(), 10);
    QCOMPARE(glimpse.coarse.depth(), 16);
    QCOMPARE(glimpse.values.width(), 4096);
    for (std::int64_t i = 0; i < 16; ++i) {
        const double z = static_cast<double>((2 * i + 1) * 50 / 32);
        QCOMPARE(glimpse.coarse.span().at(i * 1500 + 777), 4.0 * z);
        QCOMPARE(glimpse.values.span().at(i * 4096 + 99), 4.0 * z);
    }
}

QTEST_GUILESS_MAIN(TstSliceSource)
#include "tst_slicesource.moc"
