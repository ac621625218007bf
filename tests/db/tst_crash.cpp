// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What kill -9 does: a child process is killed between any two statements, before any write to a
// file, and at random times. (This shows that our code keeps its promises when the process dies;
// what a power failure does is tst_powerloss.)
#include "core/base/files.h"
#include "core/base/random.h"
#include "db/project.h"
#include "db/ratingsession.h"
#include "db/ratingsfile.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QProcess>
#include <QTest>

#include <set>

using namespace likeness;
namespace fs = std::filesystem;

namespace {

struct Run {
    bool killed = false;
    int exitCode = 0;
    QList<QByteArray> lines; ///< whole ones
};

Run resultOf(QProcess& child) {
    Run run;
    run.killed = child.exitStatus() == QProcess::CrashExit;
    run.exitCode = child.exitCode();
    const QByteArray output = child.readAllStandardOutput();
    run.lines = output.left(output.lastIndexOf('\n') + 1).split('\n');
    run.lines.removeLast();
    return run;
}

Run runChild(const QStringList& arguments) {
    QProcess child;
    child.start(QStringLiteral(CRASHCHILD), arguments);
    child.waitForFinished(60'000);
    return resultOf(child);
}

QString text(const fs::path& path) {
    return QString::fromStdString(path.string());
}

} // namespace

class TestCrash : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_package = testing::writeSmallPackage(m_folder->path(), 3);
    }

    void cleanup() { m_folder.reset(); }

    void killedWhileRating_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("before and after every statement") << QStringLiteral("statement");
        QTest::newRow("before every write, sync and removal") << QStringLiteral("operation");
    }

    void killedWhileRating() {
        QFETCH(QString, kind);
        int killed = 0;
        int unacknowledged = 0;
        for (int k = 1; k < 2000; ++k) {
            const fs::path store = m_folder->path() / ("store" + std::to_string(k));
            const Run run = runChild(
                {QStringLiteral("rate"), text(m_package), text(store), kind, QString::number(k)});
            const int acknowledged =
                run.lines.isEmpty() ? 0 : run.lines.last().split(' ')[0].toInt();
            const int stored = storedEvents(store, run.lines);
            if (stored < acknowledged || stored > acknowledged + 1)
                QFAIL(qPrintable(QStringLiteral("k = %1: %2 acknowledged, %3 stored")
                                     .arg(k)
                                     .arg(acknowledged)
                                     .arg(stored)));
            fs::remove_all(store);
            unacknowledged += stored - acknowledged;
            if (!run.killed) {
                QCOMPARE(run.exitCode, 0);
                QCOMPARE(acknowledged, 5);
                // Else the test would not have reached the inside of a commit.
                QVERIFY2(killed > 20 && unacknowledged > 0, qPrintable(QString::number(killed)));
                return;
            }
            ++killed;
        }
        QFAIL("the child never came to its end");
    }

    void killedAtRandomTimes() {
        const fs::path store = m_folder->path() / "store";
        Random random(3, "kills");
        int events = 0;
        for (int round = 0; round < 40; ++round) {
            QProcess child;
            child.start(QStringLiteral(CRASHCHILD),
                        {QStringLiteral("endless"), text(m_package), text(store)});
            QVERIFY(child.waitForReadyRead(60'000)); // it is rating
            QTest::qSleep(static_cast<int>(random.below(40)));
            child.kill();
            child.waitForFinished(60'000);
            const Run run = resultOf(child);
            QVERIFY(run.killed);
            const auto made = static_cast<int>(run.lines.size());
            const int stored = storedEvents(store, {});
            QVERIFY(stored >= events + made && stored <= events + made + 1);
            QVERIFY(holdsReceipt(store, events + made, run.lines.last().split(' ')[1]));
            events = stored;
        }
    }

    void secondProcessIsRefused() {
        const fs::path store = m_folder->path() / "store";
        QProcess first;
        first.start(QStringLiteral(CRASHCHILD),
                    {QStringLiteral("endless"), text(m_package), text(store)});
        QVERIFY(first.waitForReadyRead(60'000));
        const Run second = runChild({QStringLiteral("rate"), text(m_package), text(store),
                                     QStringLiteral("never"), QStringLiteral("0")});
        QVERIFY(!second.killed);
        QCOMPARE(second.exitCode, 4);
        QVERIFY(second.lines.isEmpty());
        first.kill();
        first.waitForFinished(60'000);
        // A killed process leaves no lock behind.
        RatingSession session(startOf(store));
        QVERIFY(session.trials() > 0);
    }

    void killedWhileImporting_data() { killedWhileRating_data(); }

    void killedWhileImporting() {
        QFETCH(QString, kind);
        const fs::path folder = m_folder->path() / "p.likeness";
        { const Project project = Project::create(folder); }
        for (int k = 1; k < 2000; ++k) {
            const fs::path copy = m_folder->path() / "copy.likeness";
            fs::remove_all(copy);
            fs::copy(folder, copy, fs::copy_options::recursive);
            const Run run =
                runChild({QStringLiteral("import"), text(copy), kind, QString::number(k)});
            Project project = Project::open(copy);
            const auto set = project.findSet("imported");
            QVERIFY(!set || set->samples == 4);
            QVERIFY(run.lines.isEmpty() || set);
            const std::vector<std::string> problems = project.check();
            QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().c_str());
            if (!run.killed) {
                QVERIFY(set && k > 20);
                return;
            }
        }
        QFAIL("the child never came to its end");
    }

    void killedWhileCreating_data() { killedWhileRating_data(); }

    void killedWhileCreating() {
        QFETCH(QString, kind);
        for (int k = 1; k < 2000; ++k) {
            const fs::path folder = m_folder->path() / "new.likeness";
            const Run run =
                runChild({QStringLiteral("create"), text(folder), kind, QString::number(k)});
            if (fs::exists(folder)) {
                Project project = Project::open(folder);
                QVERIFY(project.check().empty());
            } else {
                QVERIFY(run.killed);
            }
            fs::remove_all(folder);
            if (!run.killed) {
                QCOMPARE(run.lines.size(), 1);
                return;
            }
        }
        QFAIL("the child never came to its end");
    }

private:
    [[nodiscard]] RatingSession::Start startOf(const fs::path& store) const {
        RatingSession::Start start;
        start.package = m_package;
        start.store = store;
        start.rater = "rater";
        return start;
    }

    /// Opens the store as the next start of the program does; every acknowledged head must be in
    /// it, and the trial to go on with must be the first one without an answer.
    int storedEvents(const fs::path& store, const QList<QByteArray>& acknowledged) {
        const RatingSession session(startOf(store));
        const RatingsFile file = readRatings(session.exportRatings(m_folder->path()));
        for (const QByteArray& line : acknowledged) {
            const auto seq = static_cast<std::size_t>(line.split(' ')[0].toInt());
            const std::string receipt = line.split(' ')[1].toStdString();
            if (seq > file.events.size() ||
                (seq > 0 && file.events[seq - 1].hash.substr(0, 8) != receipt))
                return -1;
        }
        std::set<std::int64_t> answered;
        for (const RatingEvent& event : file.events) {
            if (event.kind == EventKind::answer)
                answered.insert(event.planSeq);
            else
                answered.erase(event.planSeq);
        }
        int next = 1;
        while (answered.contains(next))
            ++next;
        const bool sound = session.answered() == static_cast<int>(answered.size()) &&
                           (session.finished() || session.current()->seq == next);
        return sound ? static_cast<int>(file.events.size()) : -1;
    }

    bool holdsReceipt(const fs::path& store, int seq, const QByteArray& receipt) {
        const RatingSession session(startOf(store));
        const RatingsFile file = readRatings(session.exportRatings(m_folder->path()));
        return file.events.at(static_cast<std::size_t>(seq) - 1).hash.substr(0, 8) ==
               receipt.toStdString();
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_package;
};

QTEST_GUILESS_MAIN(TestCrash)
#include "tst_crash.moc"
