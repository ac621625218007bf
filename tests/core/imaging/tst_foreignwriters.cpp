// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/imaging/testvolumes.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// Files that ITK, VTK, nibabel and pynrrd wrote; tests/data/formats/README.md says how.
class TestForeignWriters : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
};

void TestForeignWriters::reads_data() {
    QTest::addColumn<QString>("name");
    const auto files = listImages(fs::path(LIKENESS_TEST_DATA) / "formats");
    QCOMPARE(files.size(), std::size_t{29});
    for (const fs::path& file : files)
        QTest::newRow(file.filename().c_str()) << QString::fromStdString(file.filename().string());
}

void TestForeignWriters::reads() {
    QFETCH(const QString, name);
    const fs::path path = fs::path(LIKENESS_TEST_DATA) / "formats" / name.toStdString();
    const auto says = [&](const char* word) { return name.contains(QLatin1String(word)); };
    const PixelType type = says("f32")                 ? PixelType::f32
                           : says("rgb") || says("u8") ? PixelType::u8
                                                       : PixelType::u16;
    const Volume expected = patterned(type, 7, 5, says("2d") ? 1 : 3, says("rgb") ? 3 : 1);
    QVERIFY(samePixels(readVolume(path), expected));
    const ImageHeader header = readHeader(path);
    if (says("vti")) {
        QVERIFY(!header.voxelSize && hasWarning(header, "0.5 x 0.5 x 2 in no unit"));
    } else if (says("pynrrd") && !says("gzip.nrrd")) {
        QVERIFY(!header.voxelSize);
    } else {
        QVERIFY(header.voxelSize.has_value());
        const double first = says("vtk") ? 500.0 : 2.2;
        const double third = says("2d") ? 2.2 : says("vtk") ? 2000.0 : 5.0;
        QVERIFY(std::abs(header.voxelSize->um[0] - first) < 1e-6 * first);
        QVERIFY(std::abs(header.voxelSize->um[2] - third) < 1e-6 * third);
    }
}

QTEST_GUILESS_MAIN(TestForeignWriters)
#include "tst_foreignwriters.moc"
