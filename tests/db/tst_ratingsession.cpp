// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "db/ratingsession.h"
#include "db/ratingsfile.h"
#include "tests/db/faultvfs.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <sqlite3.h>

#include <fstream>

using namespace likeness;
using testing::answerOf;
using testing::codeOf;
using testing::FaultVfs;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

class TestRatingSession : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { FaultVfs::install(); }

    void init() {
        FaultVfs::disarm();
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_start.package = testing::writeSmallPackage(m_folder->path());
        m_start.store = m_folder->path() / "store";
        m_start.rater = "rater-1";
        m_start.slot = 1;
        m_start.simulated = false;
        m_start.exportOnly = false;
    }

    void cleanup() {
        FaultVfs::disarm();
        m_folder.reset();
    }

    void answersToTheEnd() {
        RatingSession session(m_start);
        QCOMPARE(session.title(), "Which of these are real?");
        QVERIFY(session.trials() >= 12);
        for (int i = 0; i < session.trials(); ++i) {
            QCOMPARE(session.answered(), i);
            QCOMPARE(session.current()->seq, i + 1);
            QCOMPARE(session.stimulus(*session.current()).width(), 32);
            const std::string receipt = session.receipt();
            session.answer(answerOf(1 + i % 6));
            QVERIFY(session.receipt() != receipt);
            QCOMPARE(session.receipt().size(), 8U);
        }
        QVERIFY(session.finished());
        QVERIFY(!session.current());
        QCOMPARE(codeOf([&] { session.answer(answerOf(1)); }), wordOf(ErrorCode::conflict));
    }

    void resumesAtTheSameTrial() {
        std::string receipt;
        {
            RatingSession session(m_start);
            for (int i = 0; i < 5; ++i)
                session.answer(answerOf(2));
            receipt = session.receipt();
        }
        RatingSession session(m_start);
        QCOMPARE(session.answered(), 5);
        QCOMPARE(session.current()->seq, 6);
        QCOMPARE(session.receipt(), receipt);
    }

    void undoKeepsBothAnswers() {
        RatingSession session(m_start);
        QVERIFY(!session.undo());
        session.answer(answerOf(1));
        session.answer(answerOf(2));
        session.answer(answerOf(3));
        QVERIFY(session.undo());
        QVERIFY(session.undo());
        QCOMPARE(session.current()->seq, 2);
        QCOMPARE(session.answered(), 1);
        session.answer(answerOf(5));
        QCOMPARE(session.current()->seq, 3);
        session.answer(answerOf(6));
        const RatingsFile file = readRatings(session.exportRatings(m_folder->path()));
        QCOMPARE(file.events.size(), 7U);
        QCOMPARE(file.events[1].value.value(), 2);
        QCOMPARE(file.events[3].supersedes.value(), file.events[2].id); // undo of trial 3
        QCOMPARE(file.events[5].supersedes.value(), file.events[1].id); // new answer of trial 2
        QCOMPARE(file.events[5].value.value(), 5);
        QVERIFY(file.fault.empty());
    }

    void undoAfterTheLastTrial() {
        RatingSession session(m_start);
        while (!session.finished())
            session.answer(answerOf(4));
        QVERIFY(session.undo());
        QVERIFY(!session.finished());
        QCOMPARE(session.current()->seq, session.trials());
    }

    void exportCarriesWhatIsNeeded() {
        RatingSession session(m_start);
        session.answer(answerOf(4));
        const fs::path file = session.exportRatings(m_folder->path() / "new folder");
        QCOMPARE(file.filename().string(), "small--rater-1.ratings");
        const RatingsFile ratings = readRatings(file);
        QCOMPARE(ratings.header.rater, "rater-1");
        QCOMPARE(ratings.header.slot, 1);
        QCOMPARE(ratings.events[0].rtNs, 1'500'000'000);
        QCOMPARE(ratings.events[0].stimulus.size(), 32U);
        QCOMPARE(ratings.head.substr(0, 8), session.receipt());
    }

    void badAnswers_data() {
        QTest::addColumn<int>("value");
        QTest::addColumn<qint64>("rt");
        QTest::newRow("zero") << 0 << qint64(1);
        QTest::newRow("above the scale") << 7 << qint64(1);
        QTest::newRow("before the image") << 3 << qint64(-1);
    }

    void badAnswers() {
        QFETCH(int, value);
        QFETCH(qint64, rt);
        RatingSession session(m_start);
        RatingSession::Answer answer;
        answer.value = value;
        answer.firstFrameNs = 1000;
        answer.answeredNs = 1000 + rt;
        QCOMPARE(codeOf([&] { session.answer(answer); }), wordOf(ErrorCode::config));
        QCOMPARE(session.answered(), 0);
    }

    void badNames_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("newline") << QByteArray("a\nb");
        QTest::newRow("not UTF-8") << QByteArray("\xC3");
        QTest::newRow("too long") << QByteArray(65, 'a');
    }

    void badNames() {
        QFETCH(QByteArray, name);
        m_start.rater = name.toStdString();
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::config));
    }

    void anyOtherNameWorks_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"M\xC3\xBCller", "../../evil", "a/b", "'; DROP TABLE store; --",
                                 "<img src=/etc/passwd>", " ", ".", "CON", "\xE2\x80\xAEx"})
            QTest::newRow(name) << QByteArray(name);
    }

    void anyOtherNameWorks() {
        QFETCH(QByteArray, name);
        m_start.rater = name.toStdString();
        {
            RatingSession session(m_start);
            session.answer(answerOf(1));
            const fs::path file = session.exportRatings(m_folder->path() / "out");
            QCOMPARE(file.parent_path(), m_folder->path() / "out");
            QCOMPARE(readRatings(file).header.rater, m_start.rater);
        }
        RatingSession session(m_start);
        QCOMPARE(session.answered(), 1);
        for (const auto& entry : fs::directory_iterator(m_folder->path()))
            QVERIFY(entry.path().filename() == "store" || entry.path().filename() == "out" ||
                    entry.path().filename() == "small.study");
    }

    void oneSlotARater() {
        { RatingSession session(m_start); }
        m_start.slot = 2;
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::conflict));
        m_start.rater = "rater-2";
        RatingSession other(m_start);
        QCOMPARE(other.answered(), 0);
    }

    void simulatedAndRealDoNotMix() {
        { RatingSession session(m_start); }
        m_start.simulated = true;
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::conflict));
    }

    void anotherPackageOfTheSameDefinition() {
        { RatingSession session(m_start); }
        writePackage(m_start.package, testing::sourceOf(testing::smallStudy()),
                     KeyPair::generate());
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::conflict));
    }

    void missingSlot() {
        m_start.slot = 9;
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::notFound));
    }

    void secondOpenerIsRefusedAtOnce() {
        RatingSession session(m_start);
        const auto error = thrownBy([this] { RatingSession second(m_start); });
        QVERIFY(error && error->code() == ErrorCode::conflict);
        session.answer(answerOf(1));
    }

    void alteredStoreIsOnlyExported() {
        {
            RatingSession session(m_start);
            for (int i = 0; i < 4; ++i)
                session.answer(answerOf(2));
        }
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open(storeFile().c_str(), &db), SQLITE_OK);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
        QCOMPARE(sqlite3_exec(db, "UPDATE rating_event SET value = 6 WHERE seq = 2", nullptr,
                              nullptr, nullptr),
                 SQLITE_OK);
        sqlite3_close(db);
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::database));
        m_start.exportOnly = true;
        RatingSession session(m_start);
        QVERIFY(!session.current());
        QVERIFY(!session.finished());
        QCOMPARE(codeOf([&] { session.answer(answerOf(1)); }), wordOf(ErrorCode::conflict));
        const RatingsFile file = readRatings(session.exportRatings(m_folder->path()));
        QCOMPARE(file.events.size(), 4U);
        QVERIFY(file.fault.find("rating event 2") != std::string::npos);
    }

    void storeWithAForeignTriggerIsOnlyExported() {
        {
            RatingSession session(m_start);
            session.answer(answerOf(2));
        }
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open(storeFile().c_str(), &db), SQLITE_OK);
        QCOMPARE(sqlite3_exec(db,
                              "CREATE TRIGGER more AFTER INSERT ON rating_event "
                              "BEGIN SELECT 1; END",
                              nullptr, nullptr, nullptr),
                 SQLITE_OK);
        sqlite3_close(db);
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::format));
        m_start.exportOnly = true;
        RatingSession session(m_start);
        const RatingsFile file = readRatings(session.exportRatings(m_folder->path()));
        QCOMPARE(file.events.size(), 1U);
    }

    // What is left of a store with a destroyed page is still exported, with its fault.
    void damagedStoreIsExportedAsFarAsItCanBe() {
        {
            RatingSession session(m_start);
            for (int i = 0; i < 10; ++i)
                session.answer(answerOf(2));
        }
        const fs::path file = storeFile();
        const auto pages = fs::file_size(file) / 4096;
        std::string bytes = readTextFile(file);
        int exported = 0;
        for (std::size_t page = 1; page < pages; ++page) {
            std::string damaged = bytes;
            damaged.replace(page * 4096 + 100, 3800, std::string(3800, '\xA5'));
            fs::remove(file);
            std::ofstream(file, std::ios::binary) << damaged;
            m_start.exportOnly = false;
            QVERIFY(thrownBy([this] { RatingSession session(m_start); }) || page > 1);
            m_start.exportOnly = true;
            const auto error = thrownBy([&] {
                const RatingSession session(m_start);
                const RatingsFile ratings = readRatings(session.exportRatings(m_folder->path()));
                exported += ratings.fault.empty() ? 0 : 1;
            });
            QVERIFY(!error || error->code() == ErrorCode::database);
        }
        QVERIFY(exported > 0);
    }

    void lostStoreIsNoticed() {
        {
            RatingSession session(m_start);
            session.answer(answerOf(2));
        }
        fs::remove(storeFile());
        QCOMPARE(codeOf([this] { RatingSession session(m_start); }), wordOf(ErrorCode::database));
    }

    // F7: the answer is refused, the trial stays, and all is well once there is space.
    void fullDisk_data() {
        QTest::addColumn<int>("at");
        for (int at = 1; at <= 6; ++at)
            QTest::newRow(qPrintable(QStringLiteral("operation %1").arg(at))) << at;
    }

    void fullDisk() {
        QFETCH(int, at);
        RatingSession session(m_start);
        for (int i = 0; i < 3; ++i)
            session.answer(answerOf(2));
        FaultVfs::arm(FaultVfs::Fault::diskFull, at, true);
        const auto error = thrownBy([&] { session.answer(answerOf(5)); });
        const bool hit = FaultVfs::operations() >= at;
        FaultVfs::disarm();
        if (!hit)
            QSKIP("a commit has fewer operations than this");
        QVERIFY(error && error->code() == ErrorCode::io);
        QVERIFY(error->why().find("disk is full") != std::string::npos);
        QCOMPARE(session.answered(), 3);
        QCOMPARE(session.current()->seq, 4);
        session.answer(answerOf(5));
        QCOMPARE(session.answered(), 4);
    }

    // F8: whatever operation fails, nothing acknowledged is lost, at most the one refused answer is
    // there too, and this process writes no more until the store is opened again.
    void failingDisk_data() {
        QTest::addColumn<int>("fault");
        QTest::addColumn<bool>("forEver");
        QTest::newRow("once") << static_cast<int>(FaultVfs::Fault::ioError) << false;
        QTest::newRow("for ever") << static_cast<int>(FaultVfs::Fault::ioError) << true;
        QTest::newRow("done but reported as failed")
            << static_cast<int>(FaultVfs::Fault::ioErrorAfter) << false;
    }

    void failingDisk() {
        QFETCH(int, fault);
        QFETCH(bool, forEver);
        int refused = 0;
        for (int at = 1; at <= 8; ++at) {
            m_start.rater = "rater" + std::to_string(at);
            int acknowledged = 0;
            {
                RatingSession session(m_start);
                for (; acknowledged < 2; ++acknowledged)
                    session.answer(answerOf(2));
                FaultVfs::arm(static_cast<FaultVfs::Fault>(fault), at, forEver);
                const auto error = thrownBy([&] { session.answer(answerOf(5)); });
                FaultVfs::disarm();
                if (!error) {
                    ++acknowledged;
                } else {
                    ++refused;
                    QCOMPARE(wordOf(error->code()), wordOf(ErrorCode::io));
                    QCOMPARE(session.answered(), 2);
                    QCOMPARE(codeOf([&] { session.answer(answerOf(5)); }), wordOf(ErrorCode::io));
                }
            }
            RatingSession session(m_start);
            QVERIFY(session.answered() >= acknowledged);
            QVERIFY(session.answered() <= acknowledged + 1);
        }
        QVERIFY(refused >= 4);
    }

private:
    [[nodiscard]] fs::path storeFile() const {
        for (const auto& entry : fs::directory_iterator(m_start.store))
            if (entry.path().extension() == ".sqlite")
                return entry.path();
        return {};
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    RatingSession::Start m_start;
};

QTEST_GUILESS_MAIN(TestRatingSession)
#include "tst_ratingsession.moc"
