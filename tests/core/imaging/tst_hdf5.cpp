// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/formats/hdf5file.h"
#include "core/imaging/io.h"
#include "core/imaging/sliceset.h"
#include "tests/core/imaging/pythonsamples.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

#include <limits>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// HDF5 and NetCDF files written by h5py and netCDF4.
class TestHdf5 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void storage_data();
    void storage();
    void slicesInAnyOrder();
    void numberTypes_data();
    void numberTypes();
    void choice_data();
    void choice();
    void datasetsAreListed();
    void voxelSizes_data();
    void voxelSizes();
    void refusals_data();
    void refusals();
    void netcdf_data();
    void netcdf();
    void netcdfBlocks();
    void checksumOfTheHeader();
    void declaredSizeIsChecked();

private:
    [[nodiscard]] fs::path at(const QString& name) const {
        return m_folder.path() / name.toStdString();
    }

    TemporaryFolder m_folder;
};

namespace {

/// The samples' values as int16, in floats.
Volume signedPattern() {
    const Volume words = patterned(PixelType::u16, 10, 12, 5);
    Volume result(PixelType::f32, 10, 12, 5);
    for (std::int64_t i = 0; i < result.span().values(); ++i)
        result.pixels<float>()[i] =
            static_cast<float>(static_cast<std::int16_t>(words.pixels<std::uint16_t>()[i]));
    return result;
}

} // namespace

void TestHdf5::initTestCase() {
    QString why = writeSamples(QStringLiteral("hdf5"), m_folder.path());
    if (why.isEmpty())
        why = writeSamples(QStringLiteral("netcdf"), m_folder.path());
    if (why.isEmpty())
        return;
    if (toolsAreRequired())
        QFAIL(qPrintable(why));
    QSKIP(qPrintable(why));
}

void TestHdf5::storage_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QList<int>>("shape"); // x, y, z
    const QList<int> usual{10, 12, 5};
    for (const char* name :
         {"plain", "chunked", "userblock", "big_endian", "squeezed", "compact", "latest_single",
          "latest_single_plain", "latest_fixed", "latest_fixed_plain", "latest_growing",
          "latest_growing_y", "latest_tree", "latest_tree_plain", "latest_implicit", "names",
          "names_latest", "loop"})
        QTest::newRow(name) << QStringLiteral("%1.h5").arg(QLatin1String(name)) << usual;
    QTest::newRow("many chunks in a tree") << QStringLiteral("many_chunks.h5") << QList{5, 4, 700};
    for (const char* name : {"long_fixed", "long_growing", "long_tree"})
        QTest::newRow(name) << QStringLiteral("%1.h5").arg(QLatin1String(name))
                            << QList{4, 2, 3000};
}

void TestHdf5::storage() {
    QFETCH(const QString, file);
    QFETCH(const QList<int>, shape);
    const ImageHeader header = readHeader(at(file));
    QCOMPARE(header.format, std::string("hdf5"));
    QVERIFY2(header.warnings.empty(), header.warnings.empty() ? "" : header.warnings[0].c_str());
    QVERIFY(
        samePixels(readVolume(at(file)), patterned(PixelType::u16, shape[0], shape[1], shape[2])));
}

void TestHdf5::slicesInAnyOrder() {
    for (const char* name : {"chunked.h5", "lzf.h5", "squeezed.h5"}) {
        Volume expected = patterned(PixelType::u16, 10, 12, 5);
        if (std::string(name) == "lzf.h5") {
            for (std::int64_t i = 0; i < expected.span().values(); ++i)
                expected.pixels<std::uint16_t>()[i] &= 0xFF00U;
        }
        const SliceReaderPtr reader = openImageFile(m_folder.path() / name, {});
        Volume slice(PixelType::u16, 10, 12);
        for (const std::int64_t z : {4, 0, 3, 3, 1, 2, 0}) {
            reader->readSlice(z, {slice.bytes(), reader->sliceBytes()});
            QVERIFY(samePixels(slice, expected.slice(2, z)));
        }
    }
}

void TestHdf5::numberTypes_data() {
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<QList<double>>("values"); // empty: refused
    QTest::addColumn<QString>("type");
    const auto f32 = QStringLiteral("float32");
    const double infinity = std::numeric_limits<double>::infinity();
    QTest::newRow("half") << QStringLiteral("half")
                          << QList<double>{0.5,      -2.0, 65504.0, 5.9604644775390625e-08,
                                           infinity, -0.25}
                          << f32;
    QTest::newRow("double") << QStringLiteral("double") << QList<double>{0.5, -1024.25, 3, 4, 5, 6}
                            << f32;
    QTest::newRow("too fine") << QStringLiteral("fine") << QList<double>{} << f32;
    QTest::newRow("int16") << QStringLiteral("int16") << QList<double>{-1000, 3071, 2, 3, 4, 5}
                           << f32;
    QTest::newRow("int64 too large") << QStringLiteral("wide") << QList<double>{} << f32;
    QTest::newRow("bool") << QStringLiteral("bool") << QList<double>{0, 1, 0, 1, 0, 1}
                          << QStringLiteral("uint8");
    QTest::newRow("unwritten chunks")
        << QStringLiteral("fill") << QList<double>{9, 9, 9, 7, 7, 7, 9, 9, 9, 7, 7, 7, 7}
        << QStringLiteral("uint16");
    QTest::newRow("never written")
        << QStringLiteral("never") << QList<double>{5, 5, 5, 5} << QStringLiteral("uint16");
}

void TestHdf5::numberTypes() {
    QFETCH(const QString, dataset);
    QFETCH(const QList<double>, values);
    QFETCH(const QString, type);
    ReadOptions options;
    options.dataset = "/" + dataset.toStdString();
    const fs::path file = at(QStringLiteral("types.h5"));
    if (values.isEmpty()) {
        const auto error = errorOf([&] { (void)readVolume(file, options); });
        QVERIFY(error && error->code() == ErrorCode::unsupported);
        QVERIFY2(contains(error->what(), "without loss"), error->what());
        return;
    }
    const Volume volume = readVolume(file, options);
    QCOMPARE(std::string(toString(volume.type())), type.toStdString());
    for (qsizetype i = 0; i < values.size(); ++i)
        QCOMPARE(volume.span().at(i), values[i]);
    options.dataset = "colour";
    const Volume colour = readVolume(file, options);
    QVERIFY(samePixels(colour, patterned(PixelType::u8, 5, 4, 1, 3)));
}

void TestHdf5::choice_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("chosen");
    QTest::addColumn<QString>("warning");
    const auto row = [](const char* file, const char* wanted, const char* chosen,
                        const char* warning) {
        QTest::addRow("%s %s", file, wanted)
            << QString::fromLatin1(file) << QString::fromLatin1(wanted)
            << QString::fromLatin1(chosen) << QString::fromLatin1(warning);
    };
    row("chunked.h5", "", "/deep/er/volume", "");
    row("dxchange.h5", "", "/exchange/data", "projections");
    row("dxchange.h5", "exchange/data_white", "/exchange/data_white", "");
    row("dxchange.h5", "data_white", "/exchange/data_white", "");
    row("nexus.nxs", "", "/entry1/tomo_entry/instrument/detector/data", "/entry1/flats");
    row("nexus.nxs", "/entry1/tomo_entry/data/data", "/entry1/tomo_entry/instrument/detector/data",
        "");
    row("several.h5", "", "/b/volume", "/a/small (12 x 10 uint16)");
    row("several.h5", "/a/small", "/a/small", "");
    row("linked.h5", "", "/own", "");
}

void TestHdf5::choice() {
    QFETCH(const QString, file);
    QFETCH(const QString, wanted);
    QFETCH(const QString, chosen);
    QFETCH(const QString, warning);
    ReadOptions options;
    options.dataset = wanted.toStdString();
    const ImageHeader header = readHeader(at(file), options);
    QCOMPARE(header.dataset, chosen.toStdString());
    std::string warnings;
    for (const std::string& text : header.warnings)
        warnings += text + "\n";
    QVERIFY2(contains(warnings, warning.toStdString()), warnings.c_str());
}

void TestHdf5::datasetsAreListed() {
    const ImageHeader header = readHeader(at(QStringLiteral("chunked.h5")));
    QCOMPARE(header.datasets.size(), std::size_t{1});
    QCOMPARE(header.datasets[0].type, std::string("uint16"));
    QCOMPARE(header.datasets[0].shape, (std::vector<std::int64_t>{5, 12, 10}));
    QCOMPARE(header.datasets[0].chunk, (std::vector<std::int64_t>{2, 5, 4}));
    // The compound one and vectors are no images.
    QCOMPARE(readHeader(at(QStringLiteral("several.h5"))).datasets.size(), std::size_t{3});
}

void TestHdf5::voxelSizes_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QList<double>>("um");
    QTest::addColumn<QString>("source");
    const auto row = [](const char* file, const QList<double>& um, const char* source) {
        QTest::newRow(file) << QString::fromLatin1(file) << um << QString::fromLatin1(source);
    };
    row("plain.h5", {}, "");
    row("chunked.h5", {1.5, 2.0, 3.0}, "element_size_um");
    row("names_latest.h5", {1.5, 2.0, 3.0}, "element_size_um");
    row("dxchange.h5", {0.65, 0.65, 0.65}, "DXchange");
    row("nexus.nxs", {4.0, 8.0, 4.0}, "NeXus x_pixel_size");
    row("classic.nc", {5.49, 5.49, 11.0}, "NetCDF attribute voxel_size_xyz");
    row("netcdf4.nc", {5.49, 5.49, 11.0}, "attribute voxel_size_xyz");
    row("records.nc", {5.5, 5.5, 5.5}, "voxel_size");
}

void TestHdf5::voxelSizes() {
    QFETCH(const QString, file);
    QFETCH(const QList<double>, um);
    QFETCH(const QString, source);
    const ImageHeader header = readHeader(at(file));
    QCOMPARE(header.voxelSize.has_value(), !um.isEmpty());
    for (qsizetype i = 0; i < um.size(); ++i)
        QVERIFY(std::abs(header.voxelSize->um[static_cast<std::size_t>(i)] - um[i]) < 1e-6);
    if (header.voxelSize)
        QVERIFY2(contains(header.voxelSize->source, source.toStdString()),
                 header.voxelSize->source.c_str());
}

void TestHdf5::refusals_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("dataset");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* file, const char* dataset, ErrorCode code, const char* says) {
        QTest::addRow("%s %s", file, dataset)
            << QString::fromLatin1(file) << QString::fromLatin1(dataset) << static_cast<int>(code)
            << QString::fromLatin1(says);
    };
    row("empty.h5", "", ErrorCode::unsupported, "no array of numbers");
    row("external.h5", "", ErrorCode::unsupported, "lie in other files");
    row("virtual.h5", "", ErrorCode::unsupported, "lie in other files");
    row("linked.h5", "volume", ErrorCode::unsupported, "lies in another file");
    row("offset.h5", "", ErrorCode::unsupported, "scale-offset");
    row("several.h5", "nothing", ErrorCode::notFound, "/b/volume (5 x 12 x 10 uint16)");
    row("several.h5", "small", ErrorCode::notFound, "no image dataset 'small'");
    row("loop.h5", "/soft", ErrorCode::notFound, "no image dataset");
    row("classic.nc", "nothing", ErrorCode::notFound, "it has tomo");
}

void TestHdf5::refusals() {
    QFETCH(const QString, file);
    QFETCH(const QString, dataset);
    QFETCH(const int, code);
    QFETCH(const QString, says);
    ReadOptions options;
    options.dataset = dataset.toStdString();
    const auto error = errorOf([&] { (void)readVolume(at(file), options); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
    QCOMPARE(static_cast<int>(error->code()), code);
}

void TestHdf5::netcdf_data() {
    QTest::addColumn<QString>("file");
    for (const char* name : {"classic.nc", "offset64.nc", "data64.nc", "netcdf4.nc"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestHdf5::netcdf() {
    QFETCH(const QString, file);
    const ImageHeader header = readHeader(at(file));
    QCOMPARE(header.format, std::string("netcdf"));
    QCOMPARE(header.warnings.size(), std::size_t{1});
    QCOMPARE(header.warnings[0], std::string("the int16 values are held as float32"));
    QVERIFY(samePixels(readVolume(at(file)), signedPattern()));
    // Interleaved records, marked as unsigned.
    QVERIFY(samePixels(readVolume(at(QStringLiteral("records.nc"))),
                       patterned(PixelType::u16, 10, 12, 5)));
}

void TestHdf5::netcdfBlocks() {
    const fs::path folder = m_folder.path() / "tomo_nc";
    const ImageHeader header = readHeader(folder);
    QCOMPARE(header.format, std::string("netcdf-folder"));
    QCOMPARE(header.depth, std::int64_t{5});
    QVERIFY(samePixels(readVolume(folder), signedPattern()));
    fs::copy_file(m_folder.path() / "records.nc", folder / "block00000003.nc");
    const auto error = errorOf([&] { (void)readHeader(folder); });
    fs::remove(folder / "block00000003.nc");
    QVERIFY(error && error->code() == ErrorCode::format);
    QVERIFY2(contains(error->what(), "no block of the same volume"), error->what());
}

// Golden value: Jenkins' driver5() for lookup3.c ("Four score and seven years ago", seed 0).
void TestHdf5::checksumOfTheHeader() {
    const std::string_view text = "Four score and seven years ago";
    QCOMPARE(hdf5::checksum(std::as_bytes(std::span(text))), 0x17770551U);
    QCOMPARE(hdf5::checksum({}), 0xDEADBEEFU);
}

void TestHdf5::declaredSizeIsChecked() {
    for (const char* name : {"plain.h5", "chunked.h5", "classic.nc"}) {
        ReadOptions options;
        options.maximumBytes = 5 * 12 * 10 * 2 - 1;
        const auto error = errorOf([&] { (void)readVolume(m_folder.path() / name, options); });
        QVERIFY(error && error->code() == ErrorCode::memory);
    }
}

QTEST_GUILESS_MAIN(TestHdf5)
#include "tst_hdf5.moc"
