// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/core/imaging/pythonsamples.h"
#include "tests/core/imaging/testvolumes.h"

#include <QProcess>
#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// NIfTI headers by the field tables of nifti1.h and nifti2.h, and files written by nibabel.
class TestNifti : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void variants_data();
    void variants();
    void types_data();
    void types();
    void scaling_data();
    void scaling();
    void space_data();
    void space();
    void pairs_data();
    void pairs();
    void refused_data();
    void refused();
    void colours();
    void nibabel();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }

    TemporaryFolder m_folder;
};

namespace {

/// A header in which single fields can be set.
class Header {
public:
    explicit Header(int version = 1, bool bigEndian = false)
        : m_big(bigEndian)
        , m_two(version == 2)
        , m_bytes(m_two ? 544 : 352, '\0') {
        set<std::int32_t>(0, m_two ? 540 : 348);
        const std::string magic = m_two ? std::string("n+2\0\r\n\x1A\n", 8) : "n+1";
        m_bytes.replace(m_two ? 4 : 344, magic.size(), magic);
        offset(m_two ? 544 : 352);
        shape({3, 7, 5, 3, 1, 1, 1, 1});
        type(512, 16);
    }

    template <typename T>
    void set(std::size_t at, T value) {
        m_bytes.replace(at, sizeof(T), packed(std::vector<T>{value}, m_big));
    }

    void real(std::size_t one, std::size_t two, double value) {
        if (m_two)
            set<double>(two, value);
        else
            set<float>(one, static_cast<float>(value));
    }

    void shape(const std::vector<std::int64_t>& dim) {
        for (std::size_t i = 0; i < dim.size(); ++i) {
            if (m_two)
                set<std::int64_t>(16 + 8 * i, dim[i]);
            else
                set<std::int16_t>(40 + 2 * i, static_cast<std::int16_t>(dim[i]));
        }
    }

    void type(std::int16_t code, std::int16_t bits) {
        set<std::int16_t>(m_two ? 12 : 70, code);
        set<std::int16_t>(m_two ? 14 : 72, bits);
    }

    void offset(std::int64_t bytes) {
        if (m_two)
            set<std::int64_t>(168, bytes);
        else
            set<float>(108, static_cast<float>(bytes));
    }

    void scale(double slope, double intercept) {
        real(112, 176, slope);
        real(116, 184, intercept);
    }

    void spacing(const std::vector<double>& edges, int units) {
        for (std::size_t i = 0; i < edges.size(); ++i)
            real(80 + 4 * i, 112 + 8 * i, edges[i]);
        if (m_two)
            set<std::int32_t>(500, units);
        else
            set<std::uint8_t>(123, static_cast<std::uint8_t>(units));
    }

    void sform(const std::vector<double>& rows) {
        if (m_two)
            set<std::int32_t>(348, 1);
        else
            set<std::int16_t>(254, 1);
        for (std::size_t i = 0; i < rows.size(); ++i)
            real(280 + 4 * i, 400 + 8 * i, rows[i]);
    }

    void magic(const std::string& text) { m_bytes.replace(m_two ? 4 : 344, text.size(), text); }

    [[nodiscard]] const std::string& bytes() const { return m_bytes; }

private:
    bool m_big;
    bool m_two;
    std::string m_bytes;
};

Volume words() {
    return patterned(PixelType::u16, 7, 5, 3);
}

} // namespace

void TestNifti::variants_data() {
    QTest::addColumn<QByteArray>("file");
    const auto row = [](const char* name, const std::string& file) {
        QTest::newRow(name) << QByteArray(file.data(), static_cast<qsizetype>(file.size()));
    };
    const std::string little = pixelBytes(words());
    const std::string big = pixelBytes(words(), true);
    row("1", Header(1).bytes() + little);
    row("1, big-endian", Header(1, true).bytes() + big);
    row("2", Header(2).bytes() + little);
    row("2, big-endian", Header(2, true).bytes() + big);
    row("1, gzip", gzipped(Header(1).bytes() + little));
    row("2, gzip, big-endian", gzipped(Header(2, true).bytes() + big));
    Header later(1);
    later.offset(400);
    row("with an extension", later.bytes() + std::string(48, 'e') + little);
    row("with an extension, gzip", gzipped(later.bytes() + std::string(48, 'e') + little));
    Header four(1);
    four.shape({4, 7, 5, 3, 1, 0, 0, 0});
    row("4-D with one volume", four.bytes() + little);
    Header none(1);
    none.offset(0);
    row("no offset", none.bytes() + little);
}

void TestNifti::variants() {
    QFETCH(const QByteArray, file);
    putFile(at("a.nii"), {file.data(), static_cast<std::size_t>(file.size())});
    QVERIFY(samePixels(readVolume(at("a.nii")), words()));
    const ImageHeader header = readHeader(at("a.nii"));
    QCOMPARE(header.format, std::string("nifti"));
}

void TestNifti::types_data() {
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("bits");
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QList<double>>("expected");
    const auto row = [](const char* name, int code, auto example, const QList<double>& values) {
        using T = decltype(example);
        std::vector<T> numbers;
        for (const double value : values)
            numbers.push_back(static_cast<T>(value));
        const std::string bytes = packed(numbers, true);
        QTest::newRow(name) << code << static_cast<int>(8 * sizeof(T))
                            << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                            << values;
    };
    row("UINT8", 2, std::uint8_t{}, {0, 1, 128, 255});
    row("INT16", 4, std::int16_t{}, {-32768, -2, 0, 32767});
    row("INT32", 8, std::int32_t{}, {-16777216, -1, 5, 16777216});
    row("FLOAT32", 16, float{}, {-1.5, 0.25, 1e20F, 3});
    row("FLOAT64", 64, double{}, {-1.5, 0.25, 1024, 3});
    row("INT8", 256, std::int8_t{}, {-128, -1, 0, 127});
    row("UINT16", 512, std::uint16_t{}, {0, 1, 256, 65535});
    row("UINT32", 768, std::uint32_t{}, {0, 1, 70000, 16777216});
    row("INT64", 1024, std::int64_t{}, {-70000, 0, 1, 16777216});
    row("UINT64", 1280, std::uint64_t{}, {0, 1, 2, 16777216});
}

void TestNifti::types() {
    QFETCH(const int, code);
    QFETCH(const int, bits);
    QFETCH(const QByteArray, data);
    QFETCH(const QList<double>, expected);
    Header header(1, true);
    header.shape({2, 2, 2, 1, 1, 1, 1, 1});
    header.type(static_cast<std::int16_t>(code), static_cast<std::int16_t>(bits));
    putFile(at("t.nii"), header.bytes() + data.toStdString());
    const Volume volume = readVolume(at("t.nii"));
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(volume.span().at(i), expected[i]);
    header.type(static_cast<std::int16_t>(code), 7);
    putFile(at("t.nii"), header.bytes() + data.toStdString());
    QVERIFY(errorOf([&] { (void)readVolume(at("t.nii")); })->code() == ErrorCode::format);
}

void TestNifti::scaling_data() {
    QTest::addColumn<double>("slope");
    QTest::addColumn<double>("intercept");
    QTest::addColumn<bool>("scaled");
    QTest::newRow("none") << 0.0 << 7.0 << false;
    QTest::newRow("identity") << 1.0 << 0.0 << false;
    QTest::newRow("slope") << 0.5 << 0.0 << true;
    QTest::newRow("intercept") << 1.0 << -1024.0 << true;
    QTest::newRow("not a number") << std::nan("") << 0.0 << false;
}

void TestNifti::scaling() {
    QFETCH(const double, slope);
    QFETCH(const double, intercept);
    QFETCH(const bool, scaled);
    Header header;
    header.scale(slope, intercept);
    putFile(at("s.nii"), header.bytes() + pixelBytes(words()));
    const Volume volume = readVolume(at("s.nii"));
    QVERIFY(volume.type() == (scaled ? PixelType::f32 : PixelType::u16));
    QCOMPARE(hasWarning(readHeader(at("s.nii")), "as the header says"), scaled);
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        const double stored = words().span().at(i);
        QCOMPARE(volume.span().at(i), scaled ? stored * slope + intercept : stored);
    }
}

void TestNifti::space_data() {
    QTest::addColumn<int>("version");
    QTest::addColumn<int>("units");
    QTest::addColumn<QList<double>>("rows");
    QTest::addColumn<double>("um"); // of 0.0022
    QTest::addColumn<bool>("turned");
    const QList<double> straight{0.0022, 0, 0, 5, 0, 0.0022, 0, 5, 0, 0, 0.005, 5};
    for (const int version : {1, 2}) {
        const auto row = [&](const char* name, int units, const QList<double>& rows, double um,
                             bool turned) {
            QTest::addRow("%s, version %d", name, version)
                << version << units << rows << um << turned;
        };
        row("mm", 2, {}, 2.2, false);
        row("um and seconds", 3 + 8, {}, 0.0022, false);
        row("m", 1, {}, 2200, false);
        row("no unit", 0, {}, 0.0, false);
        row("straight sform", 2, straight, 2.2, false);
        row("mirrored", 2, {-0.0022, 0, 0, 5, 0, 0.0022, 0, 5, 0, 0, 0.005, 5}, 2.2, true);
        row("swapped axes", 2, {0, 0.0022, 0, 5, 0.0022, 0, 0, 5, 0, 0, 0.005, 5}, 2.2, true);
    }
}

void TestNifti::space() {
    QFETCH(const int, version);
    QFETCH(const int, units);
    QFETCH(const QList<double>, rows);
    QFETCH(const double, um);
    QFETCH(const bool, turned);
    Header header(version);
    header.spacing({0.0022, 0.0022, 0.005}, units);
    if (!rows.isEmpty())
        header.sform({rows.begin(), rows.end()});
    putFile(at("v.nii"), header.bytes() + pixelBytes(words()));
    const ImageHeader read = readHeader(at("v.nii"));
    QCOMPARE(read.voxelSize.has_value(), um > 0.0);
    QCOMPARE(hasWarning(read, "0.0022 x 0.0022 x 0.005 in no unit"), um == 0.0);
    QCOMPARE(hasWarning(read, "turns or mirrors"), turned);
    if (read.voxelSize) {
        QCOMPARE(read.voxelSize->source, std::string("NIfTI pixdim"));
        QVERIFY(std::abs(read.voxelSize->um[0] - um) < 1e-12 * um);
        QVERIFY(std::abs(read.voxelSize->um[2] - um / 0.0022 * 0.005) < 1e-9 * um);
    }
}

void TestNifti::pairs_data() {
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("image");
    QTest::newRow("plain") << QStringLiteral("p.hdr") << QStringLiteral("p.img");
    QTest::newRow("packed image") << QStringLiteral("p.hdr") << QStringLiteral("p.img.gz");
    QTest::newRow("both packed") << QStringLiteral("p.hdr.gz") << QStringLiteral("p.img.gz");
    QTest::newRow("gone") << QStringLiteral("p.hdr") << QStringLiteral("q.img");
}

void TestNifti::pairs() {
    QFETCH(const QString, header);
    QFETCH(const QString, image);
    TemporaryFolder folder;
    Header text;
    text.magic("ni1");
    text.offset(0);
    const auto put = [&](const QString& name, const std::string& bytes) {
        putFile(folder.path() / name.toStdString(),
                name.endsWith(QLatin1String(".gz")) ? gzipped(bytes) : bytes);
    };
    put(header, text.bytes().substr(0, 348));
    put(image, pixelBytes(words()));
    const fs::path path = folder.path() / header.toStdString();
    if (image.startsWith(QLatin1Char('q'))) {
        const auto error = errorOf([&] { (void)readVolume(path); });
        QVERIFY(error && error->code() == ErrorCode::notFound);
        return;
    }
    QVERIFY(samePixels(readVolume(path), words()));
    QCOMPARE(listImages(folder.path()).size(), std::size_t{1});
}

void TestNifti::refused_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const Header& header, const char* says) {
        const std::string file = header.bytes() + pixelBytes(words());
        QTest::newRow(name) << QByteArray(file.data(), static_cast<qsizetype>(file.size()))
                            << QString::fromLatin1(says);
    };
    Header header;
    header.shape({4, 7, 5, 3, 2, 1, 1, 1});
    row("two volumes", header, "2 volumes");
    header.shape({5, 7, 5, 3, 1, 3, 1, 1});
    row("vectors", header, "3 volumes");
    header.shape({0, 7, 5, 3, 1, 1, 1, 1});
    row("no dimensions", header, "0 dimensions");
    header.shape({8, 7, 5, 3, 1, 1, 1, 1});
    row("8 dimensions", header, "8 dimensions");
    header.shape({3, 7, -5, 3, 1, 1, 1, 1});
    row("negative", header, "7 x -5 x 3");
    header.shape({3, 7, 5, 300, 1, 1, 1, 1});
    row("more than the file", header, "truncated");
    header.shape({3, 32767, 32767, 32767, 1, 1, 1, 1});
    row("more than the limit", header, "limit");
    Header large(2);
    large.shape({3, std::int64_t{1} << 62, std::int64_t{1} << 62, 4, 1, 1, 1, 1});
    row("overflow", large, "limit");
    Header complex;
    complex.type(32, 64);
    row("complex", complex, "data type 32");
    Header far;
    far.offset(std::int64_t{1} << 40);
    row("far away", far, "truncated");
    far.set<float>(108, -5.0F);
    row("before the file", far, "begin at byte -5");
    far.set<float>(108, std::nanf(""));
    row("nowhere", far, "begin at byte");
    Header analyze;
    analyze.magic(std::string(4, '\0'));
    row("Analyze", analyze, "Analyze 7.5");
}

void TestNifti::refused() {
    QFETCH(const QByteArray, file);
    QFETCH(const QString, says);
    putFile(at("r.nii"), {file.data(), static_cast<std::size_t>(file.size())});
    const auto error = errorOf([&] { (void)readVolume(at("r.nii")); });
    QVERIFY(error.has_value());
    QVERIFY2(contains(error->what(), says.toStdString()), error->what());
}

void TestNifti::colours() {
    const Volume rgb = patterned(PixelType::u8, 6, 4, 2, 3);
    Header header;
    header.shape({3, 6, 4, 2, 1, 1, 1, 1});
    header.type(128, 24);
    header.scale(2.0, 0.0); // which colours do not have
    putFile(at("c.nii"), header.bytes() + pixelBytes(rgb));
    QVERIFY(samePixels(readVolume(at("c.nii")), rgb));
    const auto error =
        errorOf([&] { writeVolume(at("c16.nii"), patterned(PixelType::u16, 6, 4, 2, 3)); });
    QVERIFY(error && error->code() == ErrorCode::unsupported);
}

// An independent program writes what is read here, and reads what is written here.
void TestNifti::nibabel() {
    writeVolume(at("ours.nii.gz"), patterned(PixelType::u16, 7, 5, 3));
    const QString script = QStringLiteral(R"(
import sys
try:
    import nibabel, numpy
except ImportError:
    sys.exit(77)
folder = sys.argv[1]
values = (numpy.arange(105, dtype=numpy.uint64).reshape(3, 5, 7) * 2654435761 >> 7) % 65536
values = values.astype(numpy.uint16).transpose(2, 1, 0)
assert (numpy.asarray(nibabel.load(folder + '/ours.nii.gz').dataobj) == values).all()
affine = numpy.diag([0.0022, 0.0022, 0.005, 1.0])
for kind, name in ((nibabel.Nifti1Image, 'one.nii'), (nibabel.Nifti2Image, 'two.nii.gz'),
                   (nibabel.Nifti1Pair, 'pair.hdr')):
    image = kind(values, affine)
    image.header.set_xyzt_units('mm')
    nibabel.save(image, folder + '/' + name)
big = nibabel.Nifti1Header(endianness='>')
image = nibabel.Nifti1Image(values, affine, big)
image.header.set_data_dtype('>u2')
image.header.set_xyzt_units('mm')
nibabel.save(image, folder + '/big.nii')
)");
    QProcess python;
    python.start(QStringLiteral("/usr/bin/python3"),
                 {QStringLiteral("-c"), script, QString::fromStdString(m_folder.path().string())});
    if (!python.waitForStarted() || !python.waitForFinished(60000) || python.exitCode() == 77) {
        QVERIFY2(!toolsAreRequired(), "python3-nibabel is not installed");
        QSKIP("Python with nibabel (python3-nibabel) is not installed");
    }
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    for (const char* name : {"one.nii", "two.nii.gz", "pair.hdr", "big.nii"}) {
        QVERIFY2(samePixels(readVolume(at(name)), words()), name);
        const auto voxel = readHeader(at(name)).voxelSize;
        QVERIFY2(voxel && std::abs(voxel->um[0] - 2.2) < 1e-6 && std::abs(voxel->um[2] - 5) < 1e-6,
                 name);
    }
}

QTEST_GUILESS_MAIN(TestNifti)
#include "tst_nifti.moc"
