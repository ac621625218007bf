// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"

#include <QTest>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sys/resource.h>

namespace fs = std::filesystem;
using likeness::Error;
using likeness::ErrorCode;
using likeness::naturalLess;
using likeness::readTextFile;
using likeness::syncFiles;
using likeness::TemporaryFolder;
using likeness::writeFileUnsynced;

namespace {

std::size_t entriesIn(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

class TestFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void failingWriterLeavesNothing();
    void failingWriterKeepsTheOldFile();
    void fullDiskLeavesNothing();
    void missingFolder();
    void manyFilesSyncedAtOnce();
    void readingErrors();
    void temporaryFolderIsPrivateAndGone();
    void naturalOrder_data();
    void naturalOrder();
    void naturalOrderIsAnOrder();
};

void TestFiles::roundTrip() {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "a.txt";
    likeness::writeFileDurably(path, std::string_view("first"));
    likeness::writeFileDurably(path, std::string_view("second\0half", 11));
    QCOMPARE(likeness::readTextFile(path), std::string("second\0half", 11));
    QCOMPARE(entriesIn(folder.path()), std::size_t{1});
    likeness::writeFileDurably(path, std::string_view());
    QCOMPARE(likeness::readFile(path).size(), std::size_t{0});
}

void TestFiles::failingWriterLeavesNothing() {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "a.bin";
    const auto write = [](const fs::path& temporary) {
        std::ofstream(temporary) << "half";
        throw Error(ErrorCode::io, "writer", "it broke");
    };
    QVERIFY_THROWS_EXCEPTION(Error, likeness::writeFileDurably(path, write));
    QCOMPARE(entriesIn(folder.path()), std::size_t{0});
}

void TestFiles::failingWriterKeepsTheOldFile() {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "a.bin";
    likeness::writeFileDurably(path, std::string_view("old"));
    const auto write = [](const fs::path& temporary) {
        std::ofstream(temporary) << "half";
        throw Error(ErrorCode::io, "writer", "it broke");
    };
    QVERIFY_THROWS_EXCEPTION(Error, likeness::writeFileDurably(path, write));
    QCOMPARE(likeness::readTextFile(path), std::string("old"));
    QCOMPARE(entriesIn(folder.path()), std::size_t{1});
}

// A limit on the size of files makes write() fail half-way, like a full disk does.
void TestFiles::fullDiskLeavesNothing() {
    const TemporaryFolder folder;
    rlimit before{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 4096;
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    std::string message;
    try {
        likeness::writeFileDurably(folder.path() / "big", std::string(100000, 'x'));
    } catch (const Error& error) {
        message = error.what();
        QVERIFY(error.code() == ErrorCode::io);
    }
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
    QVERIFY2(message.find("writing failed") != std::string::npos, message.c_str());
    QCOMPARE(entriesIn(folder.path()), std::size_t{0});
}

void TestFiles::missingFolder() {
    QVERIFY_THROWS_EXCEPTION(Error, likeness::writeFileDurably(fs::path("/nonexistent/folder/a"),
                                                               std::string_view("x")));
}

void TestFiles::manyFilesSyncedAtOnce() {
    const TemporaryFolder folder;
    const std::string text = "content";
    std::vector<fs::path> paths;
    for (int i = 0; i < 20; ++i) {
        paths.push_back(folder.path() / std::to_string(i));
        writeFileUnsynced(paths.back(), std::as_bytes(std::span(text)));
        QCOMPARE(readTextFile(paths.back()), text);
    }
    syncFiles(paths);
    syncFiles(std::span(paths).first(2));
    QCOMPARE(std::distance(fs::directory_iterator(folder.path()), {}), std::ptrdiff_t{20});
    paths.front() = folder.path() / "missing";
    QVERIFY_THROWS_EXCEPTION(Error, syncFiles(paths));
    QVERIFY_THROWS_EXCEPTION(Error, syncFiles(std::span(paths).first(1)));
    QVERIFY_THROWS_EXCEPTION(
        Error, writeFileUnsynced(folder.path() / "no" / "x", std::as_bytes(std::span(text))));
}

void TestFiles::readingErrors() {
    const TemporaryFolder folder;
    const auto codeOf = [](const fs::path& path, std::uintmax_t limit) {
        try {
            (void)likeness::readFile(path, limit);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::cancelled;
    };
    QVERIFY(codeOf(folder.path() / "none", 10) == ErrorCode::notFound);
    QVERIFY(codeOf(folder.path(), 10) == ErrorCode::io);
    likeness::writeFileDurably(folder.path() / "big", std::string(100, 'x'));
    QVERIFY(codeOf(folder.path() / "big", 99) == ErrorCode::memory);
    QVERIFY(codeOf(folder.path() / "big", 100) == ErrorCode::cancelled);
}

void TestFiles::temporaryFolderIsPrivateAndGone() {
    fs::path path;
    {
        const TemporaryFolder folder;
        path = folder.path();
        QCOMPARE(fs::status(path).permissions(), fs::perms::owner_all);
        fs::create_directories(path / "a" / "b");
        std::ofstream(path / "a" / "b" / "c") << "x";
    }
    QVERIFY(!fs::exists(path));
}

void TestFiles::naturalOrder_data() {
    QTest::addColumn<QString>("less");
    QTest::addColumn<QString>("more");
    QTest::newRow("numbers") << QStringLiteral("slice2") << QStringLiteral("slice10");
    QTest::newRow("leading zeros") << QStringLiteral("s008") << QStringLiteral("s10");
    QTest::newRow("equal numbers, bytes decide") << QStringLiteral("s01") << QStringLiteral("s1");
    QTest::newRow("shorter first") << QStringLiteral("a") << QStringLiteral("a1");
    QTest::newRow("two numbers") << QStringLiteral("v2_s10") << QStringLiteral("v10_s2");
    QTest::newRow("beyond 64 bits")
        << QStringLiteral("99999999999999999999998") << QStringLiteral("99999999999999999999999");
    QTest::newRow("bytes") << QStringLiteral("B") << QStringLiteral("a");
}

void TestFiles::naturalOrder() {
    QFETCH(const QString, less);
    QFETCH(const QString, more);
    QVERIFY(naturalLess(less.toStdString(), more.toStdString()));
    QVERIFY(!naturalLess(more.toStdString(), less.toStdString()));
    QVERIFY(!naturalLess(less.toStdString(), less.toStdString()));
}

// std::sort on a comparison that is no strict weak order is undefined behaviour.
void TestFiles::naturalOrderIsAnOrder() {
    const std::vector<std::string> names{"",    "0",   "00",  "1",   "01",   "10",  "a",  "a0",
                                         "a00", "a1",  "a01", "a1b", "a01a", "a10", "0a", "00a",
                                         "1a",  "01b", "b",   "a 1", "a-1",  "a1-", "é1", "a1é"};
    for (const auto& a : names) {
        for (const auto& b : names) {
            QVERIFY((a == b) == (!naturalLess(a, b) && !naturalLess(b, a)));
            for (const auto& c : names)
                QVERIFY(!(naturalLess(a, b) && naturalLess(b, c)) || naturalLess(a, c));
        }
    }
}

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
