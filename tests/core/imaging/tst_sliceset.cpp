// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "tests/core/imaging/testimages.h"

#include <QTest>

using namespace likeness;
using namespace likeness::test;
namespace fs = std::filesystem;

/// A folder of slices as one stack.
class TestSliceSet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void naturalOrder();
    void otherFilesAreLeftOut();
    void gapsAreWarnings();
    void oddSlicesAreNamed();
    void brokenSliceIsNamed();
    void stackInsideAFolder();
    void mixedFormats();
    void voxelSizes();
    void emptyFolder();
    void stops();

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return m_folder->path() / name; }

    void writeSlices(std::initializer_list<int> numbers, const char* suffix = ".tif");

    std::optional<TemporaryFolder> m_folder;
    Volume m_volume = patterned(PixelType::u16, 14, 9, 12);
};

void TestSliceSet::init() {
    m_folder.emplace();
}

void TestSliceSet::writeSlices(std::initializer_list<int> numbers, const char* suffix) {
    std::int64_t z = 0;
    for (const int number : numbers)
        writeVolume(at(std::string("s").append(std::to_string(number)).append(suffix)),
                    m_volume.slice(2, z++));
}

void TestSliceSet::naturalOrder() {
    writeSlices({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    const ImageHeader header = readHeader(m_folder->path());
    QCOMPARE(header.format, std::string("tiff-folder"));
    QCOMPARE(header.depth, std::int64_t{12});
    QVERIFY(header.warnings.empty());
    QVERIFY(samePixels(readVolume(m_folder->path()), m_volume));
}

void TestSliceSet::otherFilesAreLeftOut() {
    writeSlices({1, 2});
    writeFileDurably(at("notes.txt"), std::string_view("x"));
    writeFileDurably(at(".hidden.tif"), std::string_view("x"));
    fs::create_directory(at("masks"));
    QCOMPARE(listImages(m_folder->path()).size(), std::size_t{2});
    QCOMPARE(readHeader(m_folder->path()).depth, std::int64_t{2});
}

void TestSliceSet::gapsAreWarnings() {
    writeSlices({1, 2, 3, 5, 6, 9});
    const ImageHeader header = readHeader(m_folder->path());
    QCOMPARE(header.warnings.size(), std::size_t{1});
    QVERIFY2(contains(header.warnings[0], "from 3 to 5, 6 to 9"), header.warnings[0].c_str());
    init();
    writeSlices({10, 20, 30});
    QVERIFY(contains(readHeader(m_folder->path()).warnings.at(0), "steps of 10"));
}

void TestSliceSet::oddSlicesAreNamed() {
    writeSlices({1, 2, 3, 4});
    writeVolume(at("s3.tif"), patterned(PixelType::u16, 14, 10));
    writeVolume(at("s4.tif"), patterned(PixelType::u8, 14, 9));
    const auto error = errorOf([&] { (void)readHeader(m_folder->path()); });
    QVERIFY(error && error->code() == ErrorCode::format);
    QVERIFY2(contains(error->what(), "2 are 14 x 9 uint16, but s3.tif is 14 x 10 uint16, s4.tif "
                                     "is 14 x 9 uint8"),
             error->what());
}

void TestSliceSet::brokenSliceIsNamed() {
    writeSlices({1, 2, 3});
    fs::resize_file(at("s2.tif"), 0);
    const auto error = errorOf([&] { (void)readHeader(m_folder->path()); });
    QVERIFY(error && error->code() == ErrorCode::format);
    QVERIFY2(contains(error->what(), "s2.tif: the file is empty"), error->what());
}

void TestSliceSet::stackInsideAFolder() {
    writeSlices({1, 2});
    writeVolume(at("s3.tif"), m_volume);
    const auto error = errorOf([&] { (void)readHeader(m_folder->path()); });
    QVERIFY(error && contains(error->what(), "s3.tif: it is a stack of 12 slices"));
}

void TestSliceSet::mixedFormats() {
    writeSlices({1, 2});
    writeVolume(at("s3.png"), m_volume.slice(2, 2));
    const ImageHeader header = readHeader(m_folder->path());
    QCOMPARE(header.format, std::string("image-folder"));
    QVERIFY(samePixels(readVolume(m_folder->path()), m_volume.crop({0, 0, 0, 14, 9, 3})));
}

void TestSliceSet::voxelSizes() {
    for (const int number : {1, 2}) {
        Volume slice = m_volume.slice(2, number);
        slice.voxelSize = VoxelSize{{2.0, 2.0, 2.0}, "typed"};
        writeVolume(at(std::string("s").append(std::to_string(number)).append(".tif")), slice);
    }
    const auto voxel = readHeader(m_folder->path()).voxelSize;
    QVERIFY(voxel && voxel->um[2] == 2.0 && contains(voxel->source, "z taken equal to x"));
    writeVolume(at("s3.tif"), m_volume.slice(2, 3));
    const ImageHeader mixed = readHeader(m_folder->path());
    QVERIFY(!mixed.voxelSize && contains(mixed.warnings.at(0), "different voxel sizes"));
}

void TestSliceSet::emptyFolder() {
    const auto error = errorOf([&] { (void)readHeader(m_folder->path()); });
    QVERIFY(error && contains(error->what(), "holds no image, PNG, JPEG"));
    QVERIFY(listImages(m_folder->path()).empty());
}

void TestSliceSet::stops() {
    writeSlices({1, 2, 3});
    std::stop_source stop;
    JobContext job(stop.get_token(), [&](const Progress&) { stop.request_stop(); });
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)readVolume(m_folder->path(), {}, job));
}

QTEST_GUILESS_MAIN(TestSliceSet)
#include "tst_sliceset.moc"
