// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/random.h"
#include "db/eventlog.h"
#include "db/migrations.h"
#include "db/statement.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <sqlite3.h>

#include <fstream>
#include <functional>

using namespace likeness;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

namespace {

const std::string kChain(32, 'c');
const std::string kOrigin(64, '0');

/// A store of its own, as RatingStore makes it.
struct OpenLog {
    explicit OpenLog(const fs::path& folder)
        : database(openDatabase(folder / "log.sqlite", ratingStoreSchema(), {.create = true}))
        , witness(folder / "log.head")
        , log(*database, kChain, kOrigin, witness) {}

    std::unique_ptr<Database> database;
    Witness witness;
    EventLog log;
};

RatingEvent eventOf(std::int64_t planSeq) {
    RatingEvent event;
    event.study = std::string(64, 'a');
    event.rater = "M\xC3\xBCller \"3\"\\";
    event.session = std::string(32, 'b');
    event.planSeq = planSeq;
    event.stimulus = "stimulus" + std::to_string(planSeq);
    event.value = 1 + planSeq % 6;
    event.rtNs = 1'234'567'890 + planSeq;
    event.utc = "2024-05-01T12:34:56.789Z";
    event.monotonicNs = 9'000'000'000'000 + planSeq;
    event.bootId = "boot";
    event.appVersion = "0.1.0";
    event.input = "key";
    event.telemetry = {{"zoom", 1.25}, {"first_key_ms", 812}};
    return event;
}

void fill(const fs::path& folder, int events) {
    OpenLog store(folder);
    for (int i = 1; i <= events; ++i)
        store.log.append(eventOf(i));
}

/// Another program's hand on the file, past triggers and authorizer.
void tamper(const fs::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    char* message = nullptr;
    const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
    QVERIFY2(code == SQLITE_OK, message != nullptr ? message : "");
    sqlite3_close(db);
}

std::string allLines(Database& database) {
    std::string lines;
    readEvents(database, kChain, [&](const RatingEvent& event) { lines += toLine(event) + "\n"; });
    return lines;
}

} // namespace

class TestEventLog : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_folder = std::make_unique<TemporaryFolder>(testing::scratch()); }

    void cleanup() { m_folder.reset(); }

    // The hand-written text must be what a JSON library writes with sorted keys.
    void hashedTextIsCanonicalJson() {
        RatingEvent event = eventOf(3);
        event.supersedes = std::string(32, 'd');
        event.prevHash = kOrigin;
        const std::string text = hashedText(event);
        QCOMPARE(Json::parse(text).dump(), text);
        event.hash = eventHash(event);
        QCOMPARE(toLine(eventFromLine(toLine(event))), toLine(event));
        QCOMPARE(eventHash(eventFromLine(toLine(event))), event.hash);
    }

    void lines_data() {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("missing") << QByteArray("utc") << QByteArray();
        QTest::newRow("text for number") << QByteArray("seq") << QByteArray("\"3\"");
        QTest::newRow("fraction") << QByteArray("plan_seq") << QByteArray("1.5");
        QTest::newRow("too large") << QByteArray("rt_ns") << QByteArray("18446744073709551615");
        QTest::newRow("unknown kind") << QByteArray("kind") << QByteArray("\"erase\"");
        QTest::newRow("answer without value") << QByteArray("value") << QByteArray("null");
        QTest::newRow("number for truth") << QByteArray("simulated") << QByteArray("0");
        QTest::newRow("telemetry list") << QByteArray("telemetry") << QByteArray("[]");
        QTest::newRow("one more field") << QByteArray("truth") << QByteArray("\"real\"");
    }

    void lines() {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, value);
        Json line = Json::parse(toLine(eventOf(1)));
        QVERIFY(!thrownBy([&] { return eventFromLine(line.dump()); }));
        if (value.isEmpty())
            line.erase(key.toStdString());
        else
            line[key.toStdString()] = Json::parse(value.toStdString());
        QCOMPARE(codeOf([&] { return eventFromLine(line.dump()); }), wordOf(ErrorCode::format));
    }

    void brokenLines() {
        for (const char* line : {"", "{", "[]", "null", "{\"a\":1", "\xFF\xFE"})
            QCOMPARE(codeOf([&] { return eventFromLine(line); }), wordOf(ErrorCode::format));
    }

    // Whatever bytes come in: an event or one clear error.
    void randomLines() {
        const std::string sound = toLine(eventOf(3));
        Random random(7, "lines");
        for (int i = 0; i < 5000; ++i) {
            std::string line = sound;
            for (int k = 0; k <= i % 4; ++k)
                line[random.below(line.size())] = static_cast<char>(random.below(256));
            if (i % 5 == 0)
                line.resize(random.below(line.size()));
            const auto error = thrownBy([&] { return toLine(eventFromLine(line)); });
            QVERIFY(!error || error->code() == ErrorCode::format);
        }
    }

    void currentAnswerIsTheLastEvent() {
        OpenLog store(m_folder->path());
        const std::string first = store.log.append(eventOf(1)).id;
        store.log.append(eventOf(2));
        QCOMPARE(store.log.current(1)->value.value(), 2);
        RatingEvent undo = eventOf(1);
        undo.kind = EventKind::undo;
        undo.value.reset();
        undo.supersedes = first;
        store.log.append(undo);
        QVERIFY(!store.log.current(1));
        QCOMPARE(store.log.lastAnswerId(1).value(), first);
        RatingEvent again = eventOf(1);
        again.value = 6;
        again.supersedes = first;
        store.log.append(again);
        QCOMPARE(store.log.current(1)->value.value(), 6);
        Statement view(*store.database,
                       "SELECT plan_seq, value FROM current_answer ORDER BY plan_seq");
        QVERIFY(view.step());
        QCOMPARE(view.integer(1), 6);
        QVERIFY(view.step());
        QVERIFY(!view.step());
        QCOMPARE(store.log.length(), 4);
    }

    // One presentation, one answer: a second one must name what it replaces.
    void doubleAnswersAreRefused() {
        OpenLog store(m_folder->path());
        const std::string first = store.log.append(eventOf(1)).id;
        QVERIFY(thrownBy([&] { store.log.append(eventOf(1)); }));
        RatingEvent second = eventOf(1);
        second.supersedes = first;
        store.log.append(second);
        QVERIFY(thrownBy([&] { store.log.append(second); }));
        QCOMPARE(store.log.length(), 2);
    }

    void eventsCannotBeChanged_data() {
        QTest::addColumn<QByteArray>("sql");
        for (const char* sql :
             {"UPDATE rating_event SET value = 5", "DELETE FROM rating_event",
              "REPLACE INTO rating_event SELECT * FROM rating_event",
              "UPDATE rating_event SET utc = 'x' WHERE seq = 1", "DROP TABLE rating_event",
              "DROP TRIGGER rating_event_fixed", "UPDATE store SET origin = origin"})
            QTest::newRow(sql) << QByteArray(sql);
    }

    void eventsCannotBeChanged() {
        QFETCH(QByteArray, sql);
        fill(m_folder->path(), 2);
        {
            OpenLog store(m_folder->path());
            const std::string before = allLines(*store.database);
            QCOMPARE(codeOf([&] { store.database->execute(sql.toStdString()); }),
                     wordOf(ErrorCode::database));
            QCOMPARE(allLines(*store.database), before);
        }
        // The same by triggers alone, as another program would meet them.
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open((m_folder->path() / "log.sqlite").c_str(), &db), SQLITE_OK);
        sqlite3_exec(db, "PRAGMA recursive_triggers = ON", nullptr, nullptr, nullptr);
        if (!sql.startsWith("DROP") && !sql.contains("store"))
            QCOMPARE(sqlite3_exec(db, sql.constData(), nullptr, nullptr, nullptr),
                     SQLITE_CONSTRAINT);
        sqlite3_close(db);
    }

    void tampering_data() {
        QTest::addColumn<QByteArray>("sql");
        const auto row = [](const char* name, const char* sql) {
            QTest::newRow(name) << QByteArray(sql);
        };
        row("value", "UPDATE rating_event SET value = 2 WHERE seq = 4");
        row("value of the last", "UPDATE rating_event SET value = 1 WHERE seq = 10");
        row("time", "UPDATE rating_event SET utc = '2024-05-01T12:34:56.780Z' WHERE seq = 1");
        row("rater", "UPDATE rating_event SET rater = 'other'");
        row("telemetry", "UPDATE rating_event SET telemetry = '{}' WHERE seq = 2");
        row("hash", "UPDATE rating_event SET hash = iif(substr(hash, 1, 1) = '0', '1', '0') || "
                    "substr(hash, 2) WHERE seq = 3");
        row("row removed", "DELETE FROM rating_event WHERE seq = 5");
        row("end cut by one", "DELETE FROM rating_event WHERE seq = 10");
        row("end cut by three", "DELETE FROM rating_event WHERE seq > 7");
        row("all removed", "DELETE FROM rating_event");
        row("two swapped", "UPDATE rating_event SET seq = 99 WHERE seq = 2;"
                           "UPDATE rating_event SET seq = 2 WHERE seq = 3;"
                           "UPDATE rating_event SET seq = 3 WHERE seq = 99");
        row("moved to another chain",
            "UPDATE rating_event SET chain = replace(chain, 'c', 'd') WHERE seq = 10");
        row("end moved to another chain",
            "UPDATE rating_event SET chain = replace(chain, 'c', 'd') WHERE seq > 5");
    }

    void tampering() {
        QFETCH(QByteArray, sql);
        fill(m_folder->path(), 10);
        tamper(m_folder->path() / "log.sqlite", sql.toStdString());
        QCOMPARE(codeOf([this] { OpenLog store(m_folder->path()); }), wordOf(ErrorCode::database));
    }

    // Somebody who knows the program can give one altered row its right hash; then the next row or
    // the witness tells.
    void rehashedRow_data() {
        QTest::addColumn<int>("seq");
        QTest::newRow("in the middle") << 4;
        QTest::newRow("the last one") << 10;
    }

    void rehashedRow() {
        QFETCH(int, seq);
        fill(m_folder->path(), 10);
        std::string hash;
        {
            OpenLog store(m_folder->path());
            readEvents(*store.database, kChain, [&](RatingEvent event) {
                event.value = 6;
                if (event.seq == seq)
                    hash = eventHash(event);
            });
        }
        tamper(m_folder->path() / "log.sqlite", "UPDATE rating_event SET value = 6, hash = '" +
                                                    hash + "' WHERE seq = " + std::to_string(seq));
        QCOMPARE(codeOf([this] { OpenLog store(m_folder->path()); }), wordOf(ErrorCode::database));
    }

    void witness_data() {
        QTest::addColumn<int>("keptLines"); // of 11: origin and ten events; -1: no file
        QTest::addColumn<QByteArray>("appended");
        QTest::addColumn<bool>("accepted");
        const QByteArray hash(64, '7');
        QTest::newRow("as written") << 11 << QByteArray() << true;
        QTest::newRow("one behind") << 10 << QByteArray() << true;
        QTest::newRow("one behind, torn line") << 10 << QByteArray("10 ab12") << true;
        QTest::newRow("two behind") << 9 << QByteArray() << false;
        QTest::newRow("only the origin") << 1 << QByteArray() << false;
        QTest::newRow("empty") << 0 << QByteArray() << false;
        QTest::newRow("missing") << -1 << QByteArray() << false;
        QTest::newRow("one ahead") << 11 << "11 " + hash + "\n" << false;
        QTest::newRow("other head") << 10 << "10 " + hash + "\n" << false;
        QTest::newRow("no head") << 11 << QByteArray("hello\n") << false;
        QTest::newRow("falling numbers") << 11 << "3 " + hash + "\n" << false;
    }

    void witness() {
        QFETCH(int, keptLines);
        QFETCH(QByteArray, appended);
        QFETCH(bool, accepted);
        fill(m_folder->path(), 10);
        const fs::path file = m_folder->path() / "log.head";
        std::ifstream in(file);
        std::string text;
        std::string line;
        for (int i = 0; i < keptLines && std::getline(in, line); ++i)
            text += line + "\n";
        text += appended.toStdString();
        fs::remove(file);
        if (keptLines >= 0)
            std::ofstream(file) << text;
        QCOMPARE(!thrownBy([this] { OpenLog store(m_folder->path()); }), accepted);
        if (accepted) {
            OpenLog store(m_folder->path());
            QCOMPARE(store.witness.last()->seq, 10);
            QCOMPARE(store.witness.last()->hash, store.log.head());
            store.log.append(eventOf(11));
            QCOMPARE(store.witness.last()->seq, 11);
        }
    }

    // Without the chain 64 % of such flips go unseen; with it none may.
    void flippedBits() {
        fill(m_folder->path(), 40);
        const fs::path file = m_folder->path() / "log.sqlite";
        std::string before;
        {
            OpenLog store(m_folder->path());
            before = allLines(*store.database);
        }
        const std::string bytes = readTextFile(file);
        const std::string head = readTextFile(m_folder->path() / "log.head");
        Random random(1, "flips");
        int caught = 0;
        int silent = 0;
        for (int i = 0; i < 300; ++i) {
            std::string flipped = bytes;
            const auto bit = random.below(bytes.size() * 8);
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            fs::remove(file); // a truncated file would be flushed to disk when it is closed
            fs::remove(m_folder->path() / "log.head");
            std::ofstream(file, std::ios::binary) << flipped;
            std::ofstream(m_folder->path() / "log.head") << head;
            try {
                OpenLog store(m_folder->path());
                silent += allLines(*store.database) == before ? 0 : 1;
            } catch (const Error&) {
                ++caught;
            }
        }
        QCOMPARE(silent, 0);
        QVERIFY2(caught > 100, qPrintable(QString::number(caught)));
    }

private:
    std::unique_ptr<TemporaryFolder> m_folder;
};

QTEST_GUILESS_MAIN(TestEventLog)
#include "tst_eventlog.moc"
