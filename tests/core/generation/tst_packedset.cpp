// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/packedset.h"

#include <QTest>

#include <cstring>

using namespace likeness;

namespace {

PackedSet smallSet(PixelType type, std::int64_t channels) {
    PackedSet set;
    set.type = type;
    set.channels = channels;
    set.meta = {{"domain", "rock"}, {"voxel_um", 2.2315}};
    for (int i = 0; i < 3; ++i) {
        PackedImage image;
        image.width = 5 + i;
        image.height = 7;
        image.depth = i == 2 ? 4 : 1;
        image.id = std::to_string(i);
        image.specimen.assign(1, i == 0 ? 'A' : 'B');
        image.pixels.resize(
            static_cast<std::size_t>(image.width * image.height * image.depth * channels) *
            bytesOf(type));
        for (std::size_t j = 0; j < image.pixels.size(); ++j)
            image.pixels[j] = static_cast<std::byte>((j * 37 + static_cast<std::size_t>(i)) % 251);
        set.images.push_back(std::move(image));
    }
    return set;
}

ErrorCode codeOfReading(const std::filesystem::path& path) {
    try {
        (void)readPackedSet(path);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::cancelled; // stands for "nothing was thrown"
}

std::string withHeader(std::string header, std::size_t dataBytes) {
    std::string file = "LKPACK01";
    std::uint64_t length = header.size();
    file.append(reinterpret_cast<const char*>(&length), 8);
    file += header;
    file.append((64 - file.size() % 64) % 64, '\0');
    file.append(dataBytes, 'x');
    return file;
}

std::string header(const char* width, const char* offset, const char* type = "uint8") {
    std::string text = R"({"type":")";
    text.append(type).append(R"(","channels":1,"images":[{"id":"a","specimen":"s","width":)");
    text.append(width).append(R"(,"height":2,"depth":1,"offset":)").append(offset).append("}]}");
    return text;
}

} // namespace

class TestPackedSet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data();
    void roundTrip();
    void damage_data();
    void damage();
    void everyTruncationIsRefused();
    void wrongSizesAreNotWritten();
};

void TestPackedSet::roundTrip_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("channels");
    QTest::newRow("8-bit grey") << int(PixelType::u8) << 1;
    QTest::newRow("16-bit grey") << int(PixelType::u16) << 1;
    QTest::newRow("float grey") << int(PixelType::f32) << 1;
    QTest::newRow("8-bit RGB") << int(PixelType::u8) << 3;
}

void TestPackedSet::roundTrip() {
    QFETCH(int, type);
    QFETCH(int, channels);
    const PackedSet set = smallSet(static_cast<PixelType>(type), channels);
    const TemporaryFolder folder;
    const auto path = folder.path() / "set.lkpack";
    writePackedSet(path, set);
    const PackedSet back = readPackedSet(path);
    QVERIFY(back.type == set.type);
    QCOMPARE(back.channels, set.channels);
    QVERIFY(back.meta == set.meta);
    QCOMPARE(back.images.size(), set.images.size());
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        QCOMPARE(back.images[i].id, set.images[i].id);
        QCOMPARE(back.images[i].specimen, set.images[i].specimen);
        QCOMPARE(back.images[i].width, set.images[i].width);
        QCOMPARE(back.images[i].depth, set.images[i].depth);
        QVERIFY(back.images[i].pixels == set.images[i].pixels);
        QCOMPARE(back.span(i).bytes(), set.images[i].pixels.size());
    }
}

void TestPackedSet::damage_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("code");
    const auto row = [](const char* name, const std::string& file, ErrorCode code) {
        QTest::newRow(name) << QByteArray(file.data(), qsizetype(file.size())) << int(code);
    };
    row("empty file", "", ErrorCode::format);
    row("another format", std::string(100, 'x'), ErrorCode::format);
    row("header longer than the file", std::string("LKPACK01\xff\xff\xff\x7f\0\0\0\0{}", 18),
        ErrorCode::format);
    row("header of 2^63 bytes", std::string("LKPACK01\0\0\0\0\0\0\0\x80", 16), ErrorCode::format);
    row("no JSON", withHeader("{images", 0), ErrorCode::format);
    row("an array", withHeader("[1]", 0), ErrorCode::format);
    row("unknown type", withHeader(header("2", "0", "int12"), 4), ErrorCode::format);
    row("negative width", withHeader(header("-2", "0"), 4), ErrorCode::format);
    row("broken width", withHeader(header("2.5", "0"), 5), ErrorCode::format);
    row("width 0", withHeader(header("0", "0"), 0), ErrorCode::format);
    row("width of 2^64", withHeader(header("18446744073709551616", "0"), 4), ErrorCode::format);
    row("offset elsewhere", withHeader(header("2", "64"), 68), ErrorCode::format);
    row("trailing byte", withHeader(header("2", "0"), 5), ErrorCode::format);
    row("a byte short", withHeader(header("2", "0"), 3), ErrorCode::format);
    row("width given twice",
        withHeader(R"({"type":"uint8","type":"uint8","channels":1,"images":[]})", 0),
        ErrorCode::format);
    row("more memory than allowed",
        withHeader(R"({"type":"float32","channels":4,"images":[{"id":"a","specimen":"s",)"
                   R"("width":1048576,"height":1048576,"depth":1048576,"offset":0}]})",
                   64),
        ErrorCode::memory);
}

void TestPackedSet::damage() {
    QFETCH(QByteArray, file);
    QFETCH(int, code);
    const TemporaryFolder folder;
    const auto path = folder.path() / "set.lkpack";
    writeFileDurably(path, std::string_view(file.constData(), std::size_t(file.size())));
    QCOMPARE(int(codeOfReading(path)), code);
}

void TestPackedSet::everyTruncationIsRefused() {
    const TemporaryFolder folder;
    const auto path = folder.path() / "set.lkpack";
    writePackedSet(path, smallSet(PixelType::u8, 1));
    const std::string whole = readTextFile(path);
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        writeFileDurably(path, std::string_view(whole).substr(0, size));
        QVERIFY(codeOfReading(path) == ErrorCode::format);
    }
    QVERIFY(codeOfReading(folder.path() / "missing") == ErrorCode::notFound);
    QVERIFY(codeOfReading(folder.path()) == ErrorCode::io);
}

void TestPackedSet::wrongSizesAreNotWritten() {
    const TemporaryFolder folder;
    PackedSet set = smallSet(PixelType::u16, 1);
    set.images[1].pixels.pop_back();
    QVERIFY_THROWS_EXCEPTION(Error, writePackedSet(folder.path() / "a", set));
    QVERIFY(!std::filesystem::exists(folder.path() / "a"));
    QVERIFY_THROWS_EXCEPTION(
        Error, writePackedSet(folder.path() / "no" / "a", smallSet(PixelType::u8, 1)));
}

QTEST_GUILESS_MAIN(TestPackedSet)
#include "tst_packedset.moc"
