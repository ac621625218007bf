// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/imaging/io.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

#include <cstdlib>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// Opens every image of the shared sample data; sizes, types and voxel sizes are those of its
/// SOURCES.md.
class TestSharedData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void files_data();
    void files();
    void sameVoxelsInTwoFormats();
    void folderOfSlices();
    void everyImageDecodes();

private:
    fs::path m_data;
};

void TestSharedData::initTestCase() {
    const char* shared = std::getenv("LIKENESS_SHARED");
    m_data = (shared != nullptr ? fs::path(shared) : fs::path(LIKENESS_SOURCE_DIR "/../shared")) /
             "data";
    if (fs::is_directory(m_data))
        return;
    const std::string message = "the sample data is not at " + m_data.string() +
                                "; set LIKENESS_SHARED to its parent folder";
    if (const char* ci = std::getenv("CI"); ci != nullptr && std::string(ci) == "true")
        QFAIL(message.c_str());
    QSKIP(message.c_str());
}

void TestSharedData::files_data() {
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("shape"); // width x height x depth x channels, type
    QTest::addColumn<double>("voxelUm");
    const QString tiff = QStringLiteral("tiff");
    const QString stack = QStringLiteral("tiff-stack");
    const QString jpeg = QStringLiteral("jpeg");
    const auto row = [](const char* file, const QString& format, const char* shape,
                        double voxel = 0.0, const char* raw = "") {
        QTest::newRow(file) << QString::fromLatin1(raw) << format << QString::fromLatin1(shape)
                            << voxel;
    };
    row("rock/sandstone_versa/Sandstone_Versa0000.tif", tiff, "996x1024x1x1 uint8", 2.2315);
    row("rock/sandstone_versa/Sandstone_Versa0180_image.tif", tiff, "996x1024x1x1 uint8", 2.2315);
    // The masks were saved by a paint program: 300 dpi, no voxel size of their own.
    row("rock/sandstone_versa/masks/Sandstone_Versa0050.tif", tiff, "996x1024x1x3 uint8");
    row("rock/berea_segmented_z000-255.tif", stack, "400x400x256x1 uint8");
    row("rock/ketton_segmented_z000-151.tif", stack, "256x256x152x1 uint8");
    row("rock/quantimpy_rock_z00-71.tif", stack, "100x100x72x1 uint16");
    row("rock/quantimpy_rock_z00-71.npy", QStringLiteral("npy"), "100x100x72x1 uint16");
    row("fibre/short_fibre_polymer_z000-143.tif", stack, "192x192x144x1 uint16");
    row("fibre/short_fibre_slices/0168.tiff", tiff, "364x548x1x1 uint16");
    row("fibre/ud_composite/carbon0103.png", QStringLiteral("png"), "964x995x1x1 uint8");
    row("fibre/ud_composite/glass0064.png", QStringLiteral("png"), "992x1015x1x1 uint8");
    row("fibre/polymer3d_8bit_128x128x128.raw", QStringLiteral("raw"), "128x128x128x1 uint8", 0.0,
        "128x128x128:u8:le");
    row("fibre/cf_pa6/C1_1_1024to256_IA_offset128_median5_tl128x_115.jpg", jpeg,
        "256x256x1x1 uint8");
    row("root/barley_tillmore/406R.jpg", jpeg, "1423x1519x1x3 uint8");
    row("root/osr_rootnav/B_osr_0091.jpg", jpeg, "1916x2500x1x3 uint8");
}

void TestSharedData::files() {
    QFETCH(const QString, layout);
    QFETCH(const QString, format);
    QFETCH(const QString, shape);
    QFETCH(const double, voxelUm);
    ReadOptions options;
    options.range = true;
    if (!layout.isEmpty())
        options.raw = RawLayout::parse(layout.toStdString());
    const ImageHeader header = readHeader(m_data / QTest::currentDataTag(), options);
    QCOMPARE(QString::fromStdString(header.format), format);
    const QString found = QStringLiteral("%1x%2x%3x%4 %5")
                              .arg(header.width)
                              .arg(header.height)
                              .arg(header.depth)
                              .arg(header.channels)
                              .arg(QString::fromStdString(std::string(toString(header.type))));
    QCOMPARE(found, shape);
    QVERIFY(header.range->maximum > header.range->minimum);
    QCOMPARE(header.voxelSize.has_value(), voxelUm > 0.0);
    if (header.voxelSize)
        QVERIFY(std::abs(header.voxelSize->um[0] - voxelUm) < 5e-5 &&
                std::abs(header.voxelSize->um[1] - voxelUm) < 5e-5);
}

void TestSharedData::sameVoxelsInTwoFormats() {
    QVERIFY(samePixels(readVolume(m_data / "rock/quantimpy_rock_z00-71.tif"),
                       readVolume(m_data / "rock/quantimpy_rock_z00-71.npy")));
}

void TestSharedData::folderOfSlices() {
    const ImageHeader header = readHeader(m_data / "fibre/short_fibre_slices");
    QCOMPARE(header.format, std::string("tiff-folder"));
    QCOMPARE(header.depth, std::int64_t{8});
    QVERIFY(header.warnings.empty());
    const Volume stack = readVolume(m_data / "fibre/short_fibre_slices");
    QVERIFY(
        samePixels(stack.slice(2, 5), readVolume(m_data / "fibre/short_fibre_slices/0173.tiff")));
    // Photographs of different plates are no stack.
    const auto error = errorOf([&] { (void)readHeader(m_data / "root/barley_tillmore"); });
    QVERIFY(error && error->code() == ErrorCode::format && contains(error->what(), "406R.jpg"));
}

void TestSharedData::everyImageDecodes() {
    int images = 0;
    for (const auto& entry : fs::recursive_directory_iterator(m_data)) {
        const std::string suffix = entry.path().extension().string();
        if (suffix != ".tif" && suffix != ".tiff" && suffix != ".jpg" && suffix != ".png" &&
            suffix != ".npy")
            continue;
        const Volume volume = readVolume(entry.path());
        QVERIFY2(volume.width() > 0, entry.path().c_str());
        ++images;
    }
    QVERIFY(images >= 60);
}

QTEST_GUILESS_MAIN(TestSharedData)
#include "tst_shareddata.moc"
