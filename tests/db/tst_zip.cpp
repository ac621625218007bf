// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "db/zip.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <fstream>
#include <functional>

using namespace likeness;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

namespace {

std::vector<std::byte> bytesOf(const std::string& text) {
    const auto* const data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

ZipContent contentOf(const std::map<std::string, std::string>& files) {
    ZipContent content;
    for (const auto& [name, text] : files)
        content[name] = [text] { return bytesOf(text); };
    return content;
}

std::string littleEndian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text.push_back(static_cast<char>(value >> (8 * i)));
    return text;
}

/// An archive made by hand, so that it can be wrong. All numbers may be set apart from each other.
struct Member {
    std::string name = "a.txt";
    std::string data = "hello";
    std::string centralName = {};
    std::uint32_t method = 0;
    std::uint32_t flags = 0;
    std::uint32_t attributes = 0100644U << 16U;
    std::int64_t sizeLie = 0;
    std::int64_t compressedLie = 0;
    std::int64_t offsetLie = 0;
    std::string extra = {};
    std::string comment = {};
    std::string gapBefore = {};
};

std::uint32_t crc(const std::string& data) {
    std::uint32_t c = 0xFFFFFFFFU;
    for (const char byte : data) {
        c ^= static_cast<std::uint8_t>(byte);
        for (int k = 0; k < 8; ++k)
            c = (c >> 1U) ^ ((c & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~c;
}

std::string archive(const std::vector<Member>& members,
                    const std::string& tail = {},
                    const std::string& endComment = {}) {
    std::string out;
    std::string directory;
    for (const Member& m : members) {
        out += m.gapBefore;
        const auto at = static_cast<std::int64_t>(out.size());
        const std::string sums =
            littleEndian(crc(m.data), 4) +
            littleEndian(m.data.size() + static_cast<std::uint64_t>(m.compressedLie), 4) +
            littleEndian(m.data.size() + static_cast<std::uint64_t>(m.sizeLie), 4);
        const std::string common = littleEndian(m.flags, 2) + littleEndian(m.method, 2) +
                                   littleEndian(0x00210000U, 4) + sums;
        out += littleEndian(0x04034B50, 4) + littleEndian(10, 2) + common +
               littleEndian(m.name.size(), 2) + littleEndian(m.extra.size(), 2) + m.name + m.extra +
               m.data;
        const std::string& name = m.centralName.empty() ? m.name : m.centralName;
        directory +=
            littleEndian(0x02014B50, 4) + littleEndian(0x0314, 2) + littleEndian(10, 2) + common +
            littleEndian(name.size(), 2) + littleEndian(0, 2) + littleEndian(m.comment.size(), 2) +
            littleEndian(0, 4) + littleEndian(m.attributes, 4) +
            littleEndian(static_cast<std::uint64_t>(at + m.offsetLie), 4) + name + m.comment;
    }
    const auto at = out.size();
    return out + directory + littleEndian(0x06054B50, 4) + littleEndian(0, 4) +
           littleEndian(members.size(), 2) + littleEndian(members.size(), 2) +
           littleEndian(directory.size(), 4) + littleEndian(at, 4) +
           littleEndian(endComment.size(), 2) + endComment + tail;
}

} // namespace

class TestZip : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_file = m_folder->path() / "x.zip";
    }

    void cleanup() { m_folder.reset(); }

    void roundTrip() {
        const std::map<std::string, std::string> files{
            {"manifest.json", "{}"}, {"a/b/c.raw", std::string(100'000, '\x7f')}, {"empty", ""}};
        writeZip(m_file, contentOf(files));
        const ZipReader reader(m_file);
        QCOMPARE(reader.entries().size(), 3U);
        for (const auto& [name, text] : files)
            QCOMPARE(reader.readText(name, 1U << 20U), text);
        QVERIFY(reader.find("a/b") == nullptr);
        QCOMPARE(codeOf([&] { return reader.read("none"); }), wordOf(ErrorCode::format));
        QCOMPARE(codeOf([&] { return reader.read("a/b/c.raw", 99'999); }),
                 wordOf(ErrorCode::format));
    }

    void noFilesAtAll() {
        writeZip(m_file, {});
        QCOMPARE(ZipReader(m_file).entries().size(), 0U);
    }

    void equalContentGivesEqualBytes() {
        const auto content = contentOf({{"b", "1"}, {"a", "2"}});
        writeZip(m_file, content);
        const std::string first = sha256OfFile(m_file);
        QTest::qWait(5);
        fs::remove(m_file);
        writeZip(m_file, content);
        QCOMPARE(sha256OfFile(m_file), first);
    }

    // What the hand-made archive of this test says must be what the writer says, or the attacks
    // below would be refused for the wrong reason.
    void handMadeArchiveIsTheSame() {
        writeZip(m_file, contentOf({{"a.txt", "hello"}, {"b.txt", "you"}}));
        const std::string made = archive({{}, {.name = "b.txt", .data = "you"}});
        QCOMPARE(readTextFile(m_file), made);
    }

    void badNamesAreNotWritten_data() { names(); }

    void badNamesAreNotWritten() {
        QFETCH(QByteArray, name);
        QCOMPARE(codeOf([&] {
                     writeZip(m_file, contentOf({{name.toStdString(), "x"}}));
                 }),
                 wordOf(ErrorCode::config));
        QVERIFY(fs::is_empty(m_folder->path()));
    }

    void badNamesAreNotRead_data() { names(); }

    void badNamesAreNotRead() {
        QFETCH(QByteArray, name);
        refused(archive({{.name = name.toStdString()}}));
    }

    void attacks_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& bytes) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes);
        };
        const std::string sound = archive({{}});
        row("compressed entry", archive({{.method = 8}}));
        row("encrypted", archive({{.flags = 1}}));
        row("data descriptor", archive({{.flags = 8}}));
        row("UTF-8 flag", archive({{.flags = 0x800}}));
        row("same name twice", archive({{}, {}}));
        row("names out of order", archive({{.name = "b"}, {.name = "a"}}));
        row("another name in the directory", archive({{.centralName = "b.txt"}}));
        row("symbolic link", archive({{.attributes = 0120777U << 16U}}));
        row("folder", archive({{.attributes = 0040755U << 16U}}));
        row("device", archive({{.attributes = 0060644U << 16U}}));
        row("size lie, larger", archive({{.sizeLie = 1000}}));
        row("size lie, smaller", archive({{.sizeLie = -1}}));
        row("both sizes larger", archive({{.sizeLie = 1, .compressedLie = 1}}));
        row("both sizes smaller", archive({{.sizeLie = -1, .compressedLie = -1}}));
        row("huge size", archive({{.sizeLie = 0xF0000000, .compressedLie = 0xF0000000}}));
        row("overlapping entries", archive({{.name = "a"}, {.name = "b", .offsetLie = -35}}));
        row("offset beyond the end", archive({{.offsetLie = 1 << 20}}));
        row("gap between entries", archive({{.name = "a"}, {.name = "b", .gapBefore = "evil"}}));
        row("gap before the first", archive({{.gapBefore = "#!/bin/sh\n"}}));
        row("extra field", archive({{.extra = "0123"}}));
        row("entry comment", archive({{.comment = "x"}}));
        row("archive comment", archive({{}}, {}, "hello"));
        row("bytes behind the end", archive({{}}, "x"));
        row("second archive behind", sound + sound);
        row("cut by one", sound.substr(0, sound.size() - 1));
        row("cut in half", sound.substr(0, sound.size() / 2));
        row("only an end record", sound.substr(sound.size() - 22));
        row("empty file", "");
        row("no archive", std::string(100, 'x'));
        std::string million = sound;
        million.replace(million.size() - 14, 4, "\xff\xff\xff\xff");
        row("65535 entries claimed", million);
        std::string wrong = sound;
        wrong[36] = 'X'; // the content's second letter
        row("content does not have its CRC", wrong);
    }

    void attacks() {
        QFETCH(QByteArray, bytes);
        refused(bytes.toStdString());
        QCOMPARE(std::distance(fs::directory_iterator(m_folder->path()), fs::directory_iterator()),
                 1);
    }

    void everySingleAlteredByteIsRefused() {
        const std::string sound = archive({{}, {.name = "b/c.raw", .data = "you"}});
        for (std::size_t i = 0; i < sound.size(); ++i) {
            std::string bytes = sound;
            bytes[i] = static_cast<char>(bytes[i] ^ 0x11);
            if (!isRefused(bytes))
                QFAIL(qPrintable(QStringLiteral("byte %1").arg(i)));
        }
    }

    void randomDamage() {
        const std::string sound = archive({{}, {.name = "b/c.raw", .data = std::string(300, 'y')}});
        Random random(2, "zip");
        for (int i = 0; i < 3000; ++i) {
            std::string bytes = sound;
            for (int k = 0; k < 1 + i % 7; ++k)
                bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
            if (i % 3 == 0)
                bytes.resize(random.below(bytes.size()));
            if (bytes != sound && !isRefused(bytes))
                QFAIL("a damaged archive was read");
        }
    }

private:
    static void names() {
        QTest::addColumn<QByteArray>("name");
        const auto row = [](const char* tag, const QByteArray& name) {
            QTest::newRow(tag) << name;
        };
        row("up", "../evil");
        row("up in the middle", "a/../../evil");
        row("up at the end", "a/..");
        row("absolute", "/etc/passwd");
        row("drive", "C:/evil");
        row("backslash", "..\\evil");
        row("NUL", QByteArray("a\0b", 3));
        row("empty", "");
        row("empty part", "a//b");
        row("dot", "./a");
        row("trailing slash", "a/");
        row("space", "a b");
        row("control", "a\nb");
        row("UTF-8", "\xC3\xA4");
        row("not UTF-8", "\xFF");
        row("right-to-left override", "\xE2\x80\xAEgnp.exe");
        row("tilde", "~/a");
        row("too long", QByteArray(201, 'a'));
    }

    [[nodiscard]] bool isRefused(const std::string& bytes) {
        fs::remove(m_file); // a truncated file would be flushed to disk when it is closed
        std::ofstream(m_file, std::ios::binary) << bytes;
        const auto error = thrownBy([this] {
            const ZipReader reader(m_file);
            for (const ZipReader::Entry& entry : reader.entries())
                static_cast<void>(reader.read(entry.name));
        });
        return error && error->code() == ErrorCode::format;
    }

    void refused(const std::string& bytes) { QVERIFY(isRefused(bytes)); }

    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_file;
};

QTEST_GUILESS_MAIN(TestZip)
#include "tst_zip.moc"
