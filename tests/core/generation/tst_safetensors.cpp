// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/client/safetensors.h"

#include <QTest>

#include <cstring>

using namespace likeness;

namespace {

std::string file(const std::string& header, std::size_t dataBytes) {
    std::uint64_t length = header.size();
    std::string bytes(reinterpret_cast<const char*>(&length), 8);
    return bytes + header + std::string(dataBytes, '\x01');
}

std::string two(const char* first, const char* second) {
    return std::string(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)") + first +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}";
}

std::string one(const char* type, const char* shape, const char* offsets) {
    return std::string(R"({"a":{"dtype":)") + type + R"(,"shape":)" + shape +
           R"(,"data_offsets":)" + offsets + "}}";
}

std::string reasonFor(const std::string& bytes) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "x.safetensors";
    writeFileDurably(path, bytes);
    try {
        (void)readSafetensors(path);
    } catch (const Error& error) {
        return error.code() == ErrorCode::format ? error.why() : "wrong kind of error";
    }
    return {};
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void writtenBytes();
    void accepted_data();
    void accepted();
    void refused_data();
    void refused();
    void everyTruncationIsRefused();
};

void TestSafetensors::roundTrip() {
    const std::vector<float> weights{1.5F, -2.0F, 0.25F, 3e-8F, 7.0F, 1e30F};
    const std::vector<std::uint8_t> flags{1, 0, 1};
    const TemporaryFolder folder;
    const auto path = folder.path() / "x.safetensors";
    writeSafetensors(path, {{"note", "caf\xc3\xa9 \"quoted\""}},
                     {{"weights", TensorType::f32, {2, 3}, std::as_bytes(std::span(weights))},
                      {"flags", TensorType::boolean, {3}, std::as_bytes(std::span(flags))},
                      {"empty", TensorType::f64, {0, 5}, {}}});
    const Safetensors back = readSafetensors(path);
    QCOMPARE(back.header.metadata.at("note"), std::string("caf\xc3\xa9 \"quoted\""));
    QCOMPARE(back.header.tensors.size(), std::size_t{3});
    QCOMPARE(back.header.dataStart % 8, std::uint64_t{0});
    const StoredTensor* stored = back.header.find("weights");
    QVERIFY(stored != nullptr);
    QCOMPARE(stored->shape, (std::vector<std::int64_t>{2, 3}));
    QCOMPARE(std::memcmp(back.bytes(*stored).data(), weights.data(), 24), 0);
    QCOMPARE(back.bytes(*back.header.find("empty")).size(), std::size_t{0});
    QVERIFY(back.header.find("other") == nullptr);
    QVERIFY_THROWS_EXCEPTION(
        Error, writeSafetensors(path, {},
                                {{"a", TensorType::f32, {5}, std::as_bytes(std::span(weights))}}));
    QVERIFY_THROWS_EXCEPTION(
        Error, writeSafetensors(path, {},
                                {{"a", TensorType::u8, {0}, {}}, {"a", TensorType::u8, {0}, {}}}));
    QCOMPARE(readSafetensors(path).header.tensors.size(), std::size_t{3});
}

void TestSafetensors::writtenBytes() {
    // By hand from the format's description: 8-byte length, header padded with spaces to 8, data.
    const std::vector<std::uint8_t> values{7, 8};
    const TemporaryFolder folder;
    const auto path = folder.path() / "x.safetensors";
    writeSafetensors(path, {}, {{"t", TensorType::u8, {2}, std::as_bytes(std::span(values))}});
    std::string header = R"({"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})";
    header.append((8 - header.size() % 8) % 8, ' ');
    QCOMPARE(readTextFile(path), file(header, 0) + "\x07\x08");
}

void TestSafetensors::accepted_data() {
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const std::string& bytes) {
        QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size()));
    };
    row("two tensors", file(two("[0,8]", "[8,12]"), 12));
    row("data in another order than names", file(two("[4,12]", "[0,4]"), 12));
    row("no tensors", file("{}", 0));
    row("padded header", file("{}      ", 0));
    row("scalar", file(one("\"F32\"", "[]", "[0,4]"), 4));
    row("empty tensor", file(one("\"F32\"", "[0]", "[0,0]"), 0));
    row("not a number as a value", file(one("\"F16\"", "[1]", "[0,2]"), 2));
}

void TestSafetensors::accepted() {
    QFETCH(QByteArray, bytes);
    QCOMPARE(reasonFor(bytes.toStdString()), std::string());
}

void TestSafetensors::refused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char* name, const std::string& bytes, const char* reason) {
        QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size()))
                            << QByteArray(reason);
    };
    row("empty file", "", "too short");
    row("seven bytes", std::string(7, '\0'), "too short");
    row("header above 100 MB", std::string("\x01\xe1\xf5\x05\0\0\0\0{}", 10), "100 MB");
    row("header length 2^64-1", std::string(8, '\xff') + "{}", "100 MB");
    row("header longer than the file", std::string("\x10\0\0\0\0\0\0\0{}", 10), "longer than");
    row("no header", std::string(8, '\0'), "no JSON object");
    row("header is an array", file("[]", 0), "no JSON object");
    row("header begins with a space", file(" {}", 0), "no JSON object");
    row("broken JSON", file("{\"a\":", 0), "no valid JSON");
    row("text behind the JSON", file("{} {}", 0), "no valid JSON");
    row("bad UTF-8", file("{\"\xff\xfe\":1}", 0), "no valid JSON");
    row("deep JSON", file("{\"a\":" + std::string(5000, '['), 0), "deep");
    row("duplicate tensor",
        file(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
             R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
             2),
        "twice");
    row("duplicate key in a tensor",
        file(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1), "twice");
    row("metadata not text", file(R"({"__metadata__":{"n":1}})", 0), "no text");
    row("metadata no object", file(R"({"__metadata__":"x"})", 0), "no JSON object");
    row("unknown type", file(one("\"F31\"", "[1]", "[0,4]"), 4), "unknown dtype");
    row("type no text", file(one("4", "[1]", "[0,4]"), 4), "unknown dtype");
    row("negative side", file(one("\"U8\"", "[-1]", "[0,1]"), 1), "whole number");
    row("broken side", file(one("\"U8\"", "[1.0]", "[0,1]"), 1), "whole number");
    row("side of 2^64", file(one("\"U8\"", "[18446744073709551616]", "[0,1]"), 1), "whole number");
    row("product overflows", file(one("\"F64\"", "[4294967296,4294967296]", "[0,0]"), 0), "shape");
    row("negative offset", file(one("\"U8\"", "[1]", "[-1,0]"), 1), "whole number");
    row("end before begin", file(one("\"U8\"", "[1]", "[2,1]"), 2), "ends before");
    row("three offsets", file(one("\"U8\"", "[1]", "[0,1,1]"), 1), "pair");
    row("shape does not fit", file(one("\"F32\"", "[3]", "[0,8]"), 8), "shape");
    row("missing shape", file(R"({"a":{"dtype":"U8","data_offsets":[0,1]}})", 1), "described");
    row("overlap", file(two("[0,8]", "[4,8]"), 8), "overlaps");
    row("equal offsets", file(two("[0,8]", "[0,4]"), 8), "overlaps");
    row("hole", file(two("[0,8]", "[9,13]"), 13), "hole");
    row("hole at the beginning", file(one("\"U8\"", "[1]", "[1,2]"), 2), "hole");
    row("beyond the end", file(two("[0,8]", "[8,12]"), 11), "beyond");
    row("trailing bytes", file(two("[0,8]", "[8,12]"), 13), "behind the last");
    row("empty tensor inside another",
        file(two("[0,8]", "[8,12]")
                 .insert(1, R"("z":{"dtype":"U8","shape":[0],"data_offsets":[4,4]},)"),
             12),
        "overlaps");
}

void TestSafetensors::refused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, reason);
    const std::string why = reasonFor(bytes.toStdString());
    QVERIFY2(why.find(reason.toStdString()) != std::string::npos, why.c_str());
}

void TestSafetensors::everyTruncationIsRefused() {
    const std::string whole = file(two("[0,8]", "[8,12]"), 12);
    for (std::size_t size = 0; size < whole.size(); ++size)
        QVERIFY(!reasonFor(whole.substr(0, size)).empty());
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
