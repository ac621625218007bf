// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "tests/core/imaging/pythonsamples.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// DICOM files written by pydicom, some of them packed by DCMTK.
class TestDicom : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void singleFiles_data();
    void singleFiles();
    void monochrome1();
    void colours();
    void frames();
    void seriesByPosition();
    void unevenSeries();
    void refusals_data();
    void refusals();
    void nobodyIsNamed();

private:
    [[nodiscard]] fs::path at(const char* name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

namespace {

bool near(const std::optional<VoxelSize>& size, const std::array<double, 3>& um) {
    bool same = size.has_value();
    for (std::size_t i = 0; same && i < 3; ++i)
        same = std::abs(size->um[i] - um[i]) < 1e-6;
    return same;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts)
        all += text + "\n";
    return all;
}

} // namespace

void TestDicom::initTestCase() {
    const QString why = writeSamples(QStringLiteral("dicom"), m_folder.path());
    if (why.isEmpty())
        return;
    if (toolsAreRequired())
        QFAIL(qPrintable(why));
    QSKIP(qPrintable(why));
}

void TestDicom::singleFiles_data() {
    QTest::addColumn<QString>("file");
    for (const char* name : {"explicit.dcm", "implicit.dcm", "big_endian.dcm", "rle.dcm"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestDicom::singleFiles() {
    QFETCH(const QString, file);
    const fs::path path = m_folder.path() / file.toStdString();
    const ImageHeader header = readHeader(path);
    QCOMPARE(header.format, std::string("dicom"));
    QVERIFY2(header.warnings.empty(), joined(header.warnings).c_str());
    // Rows are 0.1 mm apart, columns 0.2 mm.
    QVERIFY(near(header.voxelSize, {200.0, 100.0, 200.0}));
    QCOMPARE(header.voxelSize->source, std::string("DICOM PixelSpacing"));
    QVERIFY(samePixels(readVolume(path), patterned(PixelType::u16, 10, 12)));
}

void TestDicom::monochrome1() {
    const Volume words = patterned(PixelType::u16, 10, 12);
    const Volume image = readVolume(at("monochrome1.dcm"));
    for (std::int64_t i = 0; i < words.span().values(); ++i)
        QCOMPARE(image.pixels<std::uint16_t>()[i],
                 static_cast<std::uint16_t>(0xFFFU - (words.pixels<std::uint16_t>()[i] & 0xFFFU)));
    QVERIFY(contains(joined(readHeader(at("monochrome1.dcm")).warnings), "MONOCHROME1"));
}

void TestDicom::colours() {
    const Volume planes = patterned(PixelType::u8, 10, 12, 3);
    const Volume image = readVolume(at("planar.dcm"));
    QCOMPARE(image.channels(), std::int64_t{3});
    for (std::int64_t i = 0; i < 120; ++i) {
        for (std::int64_t c = 0; c < 3; ++c)
            QCOMPARE(image.span().at(3 * i + c), planes.span().at(120 * c + i));
    }
}

void TestDicom::frames() {
    const Volume expected = patterned(PixelType::u16, 10, 12, 5);
    QVERIFY(samePixels(readVolume(at("multi.dcm")), expected));
    QVERIFY(near(readHeader(at("multi.dcm")).voxelSize, {200.0, 100.0, 300.0}));
    // Its frames are stored from the last place to the first.
    QVERIFY(samePixels(readVolume(at("enhanced.dcm")), expected));
    QVERIFY(near(readHeader(at("enhanced.dcm")).voxelSize, {200.0, 100.0, 250.0}));
}

void TestDicom::seriesByPosition() {
    const ImageHeader header = readHeader(at("series"));
    QCOMPARE(header.format, std::string("dicom-folder"));
    QCOMPARE(header.depth, std::int64_t{5});
    QVERIFY(header.type == PixelType::f32);
    QVERIFY(near(header.voxelSize, {200.0, 100.0, 250.0}));
    QCOMPARE(header.voxelSize->source, std::string("DICOM PixelSpacing and positions"));
    const std::string warnings = joined(header.warnings);
    QVERIFY2(contains(warnings, "times 2 plus -1024.5"), warnings.c_str());
    QVERIFY2(contains(warnings, "1 file without pixels"), warnings.c_str());
    const Volume words = patterned(PixelType::u16, 10, 12, 5);
    const Volume volume = readVolume(at("series"));
    for (std::int64_t i = 0; i < words.span().values(); ++i) {
        const auto value = static_cast<std::int16_t>(words.pixels<std::uint16_t>()[i]);
        // NumPy's // rounds down.
        const double stored = std::floor(static_cast<double>(value) / 16.0);
        QCOMPARE(volume.span().at(i), 2.0 * stored - 1024.5);
    }
}

void TestDicom::unevenSeries() {
    const ImageHeader header = readHeader(at("gap"));
    QVERIFY2(contains(joined(header.warnings), "1 distance differs, the first between IM0003 and "
                                               "IM0002"),
             joined(header.warnings).c_str());
    QVERIFY(near(header.voxelSize, {200.0, 100.0, 250.0}));
}

void TestDicom::refusals_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* says) {
        QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(says);
    };
    row("jpeg.dcm", "JPEG lossless (1.2.840.10008.1.2.4.70)");
    row("mixed", "2 different series: 4 files like IM0001 (10 x 12), 1 file like IM0002");
    row("times", "at the same place");
    row("series/DICOMDIR", "a directory of other files");
}

void TestDicom::refusals() {
    QFETCH(const QString, name);
    QFETCH(const QString, says);
    const auto error = errorOf([&] { (void)readVolume(m_folder.path() / name.toStdString()); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestDicom::nobodyIsNamed() {
    for (const char* name : {"explicit.dcm", "series", "enhanced.dcm"}) {
        const ImageHeader header = readHeader(at(name));
        const std::string all = joined(header.warnings) + header.dataset + header.format +
                                (header.voxelSize ? header.voxelSize->source : "");
        QVERIFY(!contains(all, "Secret") && !contains(all, "4711") && !contains(all, "1.2.3.4"));
    }
    const auto error = errorOf([&] { (void)readHeader(at("mixed")); });
    QVERIFY(error && !contains(error->what(), "1.2.3"));
}

QTEST_GUILESS_MAIN(TestDicom)
#include "tst_dicom.moc"
