// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/sha256.h"
#include "db/migrations.h"
#include "db/statement.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <sqlite3.h>

#include <fstream>

using namespace likeness;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

namespace {

constexpr Migration kOne{1, "0001_first", "CREATE TABLE item (a INTEGER NOT NULL) STRICT;"};
constexpr Migration kTwo{2, "0002_more",
                         "ALTER TABLE item ADD COLUMN b TEXT; UPDATE item SET b = 'x';"};
constexpr Migration kBroken{2, "0002_broken",
                            "ALTER TABLE item ADD COLUMN b TEXT; DROP TABLE none;"};
constexpr Migration kOld[] = {kOne};
constexpr Migration kNew[] = {kOne, kTwo};
constexpr Migration kBad[] = {kOne, kBroken};

Schema schemaOf(std::span<const Migration> migrations) {
    return {0x4C6B5465, "test", migrations, {}};
}

/// Another program's hand on the file.
void rawSql(const fs::path& file, const char* sql) {
    sqlite3* db = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    char* message = nullptr;
    const int code = sqlite3_exec(db, sql, nullptr, nullptr, &message);
    QVERIFY2(code == SQLITE_OK, message != nullptr ? message : "");
    sqlite3_close(db);
}

} // namespace

class TestMigrations : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_file = m_folder->path() / "item.sqlite";
    }

    void cleanup() { m_folder.reset(); }

    void newFileHasAllMigrations() {
        const auto database = openDatabase(m_file, schemaOf(kNew), {.create = true});
        QCOMPARE(database->pragma("user_version"), 2);
        QCOMPARE(database->pragma("application_id"), 0x4C6B5465);
        Statement(*database, "INSERT INTO item (a, b) VALUES (1, 'y')").run();
    }

    void strictTablesRefuseOtherTypes() {
        const auto database = openDatabase(m_file, schemaOf(kOld), {.create = true});
        QCOMPARE(codeOf([&] { Statement(*database, "INSERT INTO item VALUES ('word')").run(); }),
                 wordOf(ErrorCode::database));
    }

    void olderFileIsMigratedAfterACopy() {
        {
            const auto old = openDatabase(m_file, schemaOf(kOld), {.create = true});
            Statement(*old, "INSERT INTO item VALUES (41)").run();
        }
        const auto database = openDatabase(m_file, schemaOf(kNew), {});
        Statement row(*database, "SELECT a, b FROM item");
        QVERIFY(row.step());
        QCOMPARE(row.integer(0), 41);
        QCOMPARE(row.text(1), "x");
        const fs::path copy = m_folder->path() / "item-v1-backup.sqlite";
        QVERIFY(fs::exists(copy));
        const auto backup = openDatabase(copy, schemaOf(kOld), {});
        Statement kept(*backup, "SELECT a FROM item");
        QVERIFY(kept.step());
        QCOMPARE(kept.integer(0), 41);
    }

    void newerFileIsRefusedUnchanged() {
        static_cast<void>(openDatabase(m_file, schemaOf(kNew), {.create = true}));
        const std::string before = sha256OfFile(m_file);
        const auto error = thrownBy([&] { return openDatabase(m_file, schemaOf(kOld), {}); });
        QVERIFY(error && error->code() == ErrorCode::unsupported);
        QVERIFY(error->why().find("version 2") != std::string::npos);
        QVERIFY(error->why().find("knows 1") != std::string::npos);
        QCOMPARE(sha256OfFile(m_file), before);
        QCOMPARE(std::distance(fs::directory_iterator(m_folder->path()), fs::directory_iterator()),
                 1);
    }

    void failingMigrationLeavesTheOldVersion() {
        {
            const auto old = openDatabase(m_file, schemaOf(kOld), {.create = true});
            Statement(*old, "INSERT INTO item VALUES (41)").run();
        }
        QVERIFY(thrownBy([&] { return openDatabase(m_file, schemaOf(kBad), {}); }));
        const auto database = openDatabase(m_file, schemaOf(kOld), {});
        QCOMPARE(database->pragma("user_version"), 1);
        Statement row(*database, "SELECT a FROM item");
        QVERIFY(row.step());
    }

    void foreignFiles_data() {
        QTest::addColumn<QByteArray>("sql");
        QTest::newRow("another program's") << QByteArray("PRAGMA application_id = 17");
        QTest::newRow("no version") << QByteArray("PRAGMA user_version = 0");
        QTest::newRow("negative version") << QByteArray("PRAGMA user_version = -3");
        QTest::newRow("trigger") << QByteArray("CREATE TRIGGER t AFTER INSERT ON item BEGIN "
                                               "UPDATE item SET a = 5; END");
        QTest::newRow("view") << QByteArray("CREATE VIEW v AS SELECT 1");
        QTest::newRow("table") << QByteArray("CREATE TABLE more (a)");
        QTest::newRow("looser table") << QByteArray("DROP TABLE item; CREATE TABLE item (a)");
        QTest::newRow("missing table") << QByteArray("DROP TABLE item");
    }

    void foreignFiles() {
        QFETCH(QByteArray, sql);
        static_cast<void>(openDatabase(m_file, schemaOf(kOld), {.create = true}));
        rawSql(m_file, sql.constData());
        QCOMPARE(codeOf([&] { return openDatabase(m_file, schemaOf(kOld), {}); }),
                 wordOf(ErrorCode::format));
    }

    void emptyFileIsNotAProject() {
        std::ofstream(m_file).close();
        QCOMPARE(codeOf([&] { return openDatabase(m_file, projectSchema(), {}); }),
                 wordOf(ErrorCode::format));
    }

    // Cutting pages off or overwriting them must show; what single flipped bits do to ratings is
    // tst_eventlog's matter.
    void damagedFiles_data() {
        QTest::addColumn<int>("at");
        QTest::addColumn<bool>("cut");
        QTest::newRow("cut in the middle") << 8192 << true;
        QTest::newRow("cut in a page") << 5000 << true;
        QTest::newRow("header overwritten") << 0 << false;
        QTest::newRow("schema row overwritten") << 4000 << false;
        QTest::newRow("table page overwritten") << 4096 << false;
    }

    void damagedFiles() {
        QFETCH(int, at);
        QFETCH(bool, cut);
        {
            const auto database = openDatabase(m_file, schemaOf(kOld), {.create = true});
            Database::Transaction transaction(*database);
            for (int i = 0; i < 5000; ++i)
                Statement(*database, "INSERT INTO item VALUES (41)").run();
            transaction.commit();
        }
        if (cut) {
            fs::resize_file(m_file, static_cast<std::uintmax_t>(at));
        } else {
            std::fstream file(m_file, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(at);
            file << std::string(300, '\xA5');
        }
        const std::string before = sha256OfFile(m_file);
        QCOMPARE(codeOf([&] { return openDatabase(m_file, schemaOf(kOld), {}); }),
                 wordOf(ErrorCode::database));
        QCOMPARE(sha256OfFile(m_file), before);
    }

    void shippedSchemasAreNumberedWithoutGaps() {
        for (const Schema* schema : {&projectSchema(), &ratingStoreSchema()}) {
            int expected = 1;
            for (const Migration& migration : schema->migrations)
                QCOMPARE(migration.version, expected++);
            static_cast<void>(openDatabase(m_file, *schema, {.create = true}));
            QCOMPARE(openDatabase(m_file, *schema, {})->integrityFaults(true).size(), 0U);
            fs::remove(m_file);
        }
    }

private:
    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_file;
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
