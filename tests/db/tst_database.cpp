// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "db/database.h"
#include "db/statement.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <sqlite3.h>

using namespace likeness;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;

namespace {

std::int64_t rows(Database& database) {
    Statement count(database, "SELECT count(*) FROM t");
    return count.step() ? count.integer(0) : -1;
}

} // namespace

class TestDatabase : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_database = std::make_unique<Database>(m_folder->path() / "t.sqlite",
                                                Database::Options{.create = true});
        m_database->execute("CREATE TABLE t (a INTEGER NOT NULL) STRICT;"
                            "CREATE TABLE log (a INTEGER PRIMARY KEY) STRICT;");
    }

    void cleanup() {
        m_database.reset();
        m_folder.reset();
    }

    // SQLite's numbers: https://www.sqlite.org/pragma.html, synchronous 3 = EXTRA.
    void settings_data() {
        QTest::addColumn<QByteArray>("pragma");
        QTest::addColumn<qint64>("value");
        QTest::newRow("synchronous EXTRA") << QByteArray("synchronous") << qint64(3);
        QTest::newRow("foreign keys") << QByteArray("foreign_keys") << qint64(1);
        QTest::newRow("trusted schema") << QByteArray("trusted_schema") << qint64(0);
        QTest::newRow("cell size check") << QByteArray("cell_size_check") << qint64(1);
        QTest::newRow("mmap") << QByteArray("mmap_size") << qint64(0);
        QTest::newRow("recursive triggers") << QByteArray("recursive_triggers") << qint64(1);
    }

    void settings() {
        QFETCH(QByteArray, pragma);
        QFETCH(qint64, value);
        QCOMPARE(m_database->pragma(pragma.toStdString()), value);
    }

    void journalAndLockingMode() {
        Statement journal(*m_database, "PRAGMA journal_mode");
        QVERIFY(journal.step());
        QCOMPARE(journal.text(0), "delete");
        Statement locking(*m_database, "PRAGMA locking_mode");
        QVERIFY(locking.step());
        QCOMPARE(locking.text(0), "exclusive");
    }

    void secondOpenerIsRefused() {
        const auto error = thrownBy([this] { Database(m_database->file(), {}); });
        QVERIFY(error && error->code() == ErrorCode::conflict);
        QVERIFY(error->why().find("another process") != std::string::npos);
    }

    void journalIsGoneAfterClosing() {
        {
            Database::Transaction transaction(*m_database);
            m_database->execute("INSERT INTO t VALUES (1)");
            transaction.commit();
        }
        m_database.reset();
        QVERIFY(!std::filesystem::exists(m_folder->path() / "t.sqlite-journal"));
        m_database = std::make_unique<Database>(m_folder->path() / "t.sqlite", Database::Options{});
        QCOMPARE(rows(*m_database), 1);
    }

    void transactionsRollBack() {
        {
            Database::Transaction transaction(*m_database);
            m_database->execute("INSERT INTO t VALUES (1)");
        }
        QCOMPARE(rows(*m_database), 0);
    }

    void innerTransactionsAreSavepoints() {
        int committed = 0;
        int rolledBack = 0;
        m_database->addHooks({[&] { ++committed; }, [&] { ++rolledBack; }});
        Database::Transaction outer(*m_database);
        m_database->execute("INSERT INTO t VALUES (1)");
        {
            Database::Transaction inner(*m_database);
            m_database->execute("INSERT INTO t VALUES (2)");
        }
        {
            Database::Transaction inner(*m_database);
            m_database->execute("INSERT INTO t VALUES (3)");
            inner.commit();
        }
        QCOMPARE(committed, 0);
        outer.commit();
        QCOMPARE(rows(*m_database), 2);
        QCOMPARE(committed, 1);
        QCOMPARE(rolledBack, 0);
    }

    void whatACommittingHookThrowsRollsBack() {
        bool isRefusing = true;
        int rolledBack = 0;
        m_database->addHooks({{},
                              [&] { ++rolledBack; },
                              [&] {
                                  if (isRefusing)
                                      throw Error(ErrorCode::io, "the disk", "it is full");
                              }});
        const auto insert = [this] {
            Database::Transaction transaction(*m_database);
            m_database->execute("INSERT INTO t VALUES (1)");
            transaction.commit();
        };
        QCOMPARE(codeOf(insert), wordOf(ErrorCode::io));
        QCOMPARE(rows(*m_database), 0);
        QCOMPARE(rolledBack, 1);
        isRefusing = false;
        insert();
        QCOMPARE(rows(*m_database), 1);
    }

    void fullDiskIsRefusedAndNothingIsLost() {
        m_database->execute("INSERT INTO t VALUES (1)");
        m_database->setPragma("max_page_count", m_database->pragma("page_count"));
        const auto fill = [this] {
            Database::Transaction transaction(*m_database);
            for (int i = 0; i < 10000; ++i)
                m_database->execute("INSERT INTO t VALUES (2)");
            transaction.commit();
        };
        QCOMPARE(codeOf(fill), wordOf(ErrorCode::io));
        QCOMPARE(rows(*m_database), 1);
        m_database->setPragma("max_page_count", 1 << 20);
        fill();
        QCOMPARE(rows(*m_database), 10001);
    }

    void protectedTables_data() {
        QTest::addColumn<QByteArray>("sql");
        for (const char* sql :
             {"UPDATE log SET a = 2", "DELETE FROM log", "INSERT OR REPLACE INTO log VALUES (1)",
              "REPLACE INTO log VALUES (1)",
              "INSERT INTO log VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 3", "DROP TABLE log",
              "ALTER TABLE log RENAME TO gone", "DROP TRIGGER kept", "CREATE TABLE more (a)",
              "CREATE TEMP TRIGGER x BEFORE INSERT ON log BEGIN SELECT 1; END",
              "ATTACH ':memory:' AS other", "PRAGMA writable_schema = ON",
              "PRAGMA foreign_keys = OFF", "PRAGMA recursive_triggers = OFF",
              "PRAGMA synchronous = OFF", "PRAGMA journal_mode = MEMORY",
              "DELETE FROM sqlite_schema"})
            QTest::newRow(sql) << QByteArray(sql);
    }

    void protectedTables() {
        QFETCH(QByteArray, sql);
        m_database->execute("CREATE TRIGGER kept BEFORE DELETE ON log BEGIN "
                            "SELECT raise(ABORT, 'kept'); END; INSERT INTO log VALUES (1)");
        m_database->protect({"log"});
        QCOMPARE(codeOf([&] { m_database->execute(sql.toStdString()); }),
                 wordOf(ErrorCode::database));
        Statement row(*m_database, "SELECT group_concat(a) FROM log");
        QVERIFY(row.step());
        QCOMPARE(row.text(0), "1");
        m_database->execute("INSERT INTO log VALUES (7); UPDATE t SET a = 2; DELETE FROM t");
    }

    void copyOfAProtectedFile() {
        m_database->execute("INSERT INTO t VALUES (5)");
        m_database->protect({"log"});
        const auto copy = m_folder->path() / "copy.sqlite";
        m_database->copyTo(copy);
        QCOMPARE(codeOf([&] { m_database->execute("DROP TABLE log"); }),
                 wordOf(ErrorCode::database));
        Database opened(copy, {});
        QCOMPARE(rows(opened), 1);
    }

    void errors_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("expected");
        QTest::addColumn<QByteArray>("word");
        const auto row = [](const char* name, int code, ErrorCode expected, const char* word) {
            QTest::newRow(name) << code << static_cast<int>(expected) << QByteArray(word);
        };
        row("full", SQLITE_FULL, ErrorCode::io, "disk is full");
        row("busy", SQLITE_BUSY, ErrorCode::conflict, "another process");
        row("corrupt", SQLITE_CORRUPT, ErrorCode::database, "damaged");
        row("not a database", SQLITE_NOTADB, ErrorCode::database, "damaged");
        row("read-only", SQLITE_READONLY, ErrorCode::io, "read-only");
        row("write failed", SQLITE_IOERR_WRITE, ErrorCode::io, "disk failed");
        row("forbidden", SQLITE_AUTH, ErrorCode::database, "cannot be changed");
        row("no memory", SQLITE_NOMEM, ErrorCode::memory, "memory");
    }

    void errors() {
        QFETCH(int, code);
        QFETCH(int, expected);
        QFETCH(QByteArray, word);
        const Error error = databaseError("file", code, "words of SQLite");
        QCOMPARE(static_cast<int>(error.code()), expected);
        const std::string text = error.what();
        QVERIFY(text.find(word.toStdString()) != std::string::npos);
        QVERIFY(text.find("SQLite " + std::to_string(code)) != std::string::npos);
    }

    void missingAndForeignFiles() {
        const auto folder = m_folder->path();
        QCOMPARE(codeOf([&] { Database(folder / "none.sqlite", {}); }),
                 wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { Database(folder / "none" / "x.sqlite", {.create = true}); }),
                 wordOf(ErrorCode::notFound));
        writeFileDurably(folder / "text.sqlite",
                         std::string_view("this is no database, not at all"));
        QCOMPARE(codeOf([&] { Database(folder / "text.sqlite", {}); }),
                 wordOf(ErrorCode::database));
        std::filesystem::create_symlink(m_database->file(), folder / "link.sqlite");
        QCOMPARE(codeOf([&] { Database(folder / "link.sqlite", {}); }), wordOf(ErrorCode::io));
    }

    // Magic numbers of statfs(2).
    void networkFileSystems_data() {
        QTest::addColumn<qint64>("magic");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("NFS") << qint64(0x6969) << QByteArray("NFS");
        QTest::newRow("CIFS") << qint64(0xFF534D42) << QByteArray("CIFS");
        QTest::newRow("CIFS, sign extended")
            << qint64(0xFF534D42) - (qint64(1) << 32) << QByteArray("CIFS");
        QTest::newRow("SMB2") << qint64(0xFE534D42) << QByteArray("SMB2");
        QTest::newRow("FUSE") << qint64(0x65735546) << QByteArray("FUSE");
        QTest::newRow("9P") << qint64(0x01021997) << QByteArray("9P");
        QTest::newRow("ext4") << qint64(0xEF53) << QByteArray();
        QTest::newRow("tmpfs") << qint64(0x01021994) << QByteArray();
        QTest::newRow("btrfs") << qint64(0x9123683E) << QByteArray();
        QTest::newRow("XFS") << qint64(0x58465342) << QByteArray();
        QTest::newRow("overlayfs") << qint64(0x794C7630) << QByteArray();
    }

    void networkFileSystems() {
        QFETCH(qint64, magic);
        QFETCH(QByteArray, name);
        QCOMPARE(std::string(networkFileSystem(magic)), name.toStdString());
    }

    void nothingOfAValueBecomesSql() {
        Statement insert(*m_database, "INSERT INTO log VALUES (?)");
        insert.bind(1).run();
        m_database->execute("CREATE TABLE words (w TEXT, j TEXT, r REAL, b BLOB) STRICT");
        const std::string word = "'); DROP TABLE log; --\n\"\xC3\xA4";
        Statement put(*m_database, "INSERT INTO words VALUES (?,?,?,?)");
        const std::vector<std::byte> blob{std::byte{0}, std::byte{255}};
        put.bind(word, Json{{"a", word}}, std::optional<double>(), std::span(blob)).run();
        Statement get(*m_database, "SELECT w, j, r, b FROM words");
        QVERIFY(get.step());
        QCOMPARE(get.text(0), word);
        QVERIFY(get.json(1) == Json({{"a", word}}));
        QVERIFY(!get.optionalReal(2));
        QVERIFY(get.blob(3) == blob);
        QVERIFY(!get.step());
    }

private:
    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<Database> m_database;
};

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
