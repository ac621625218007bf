// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "db/project.h"
#include "db/ratingsession.h"
#include "db/ratingsfile.h"
#include "db/statement.h"
#include "db/studyrepository.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

#include <sqlite3.h>

#include <set>

using namespace likeness;
using testing::answerOf;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

class TestStudyRepository : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_path = m_folder->path() / "p.likeness";
        m_project = std::make_unique<Project>(Project::create(m_path));
        m_study = studies().addDraft("small", "real-or-synthetic", testing::smallDefinition()).id;
        m_frozen = testing::smallStudy();
    }

    void cleanup() {
        m_project.reset();
        m_folder.reset();
    }

    void draft() {
        const StudyRecord study = m_project->study("small");
        QVERIFY(study.state == StudyState::draft);
        QCOMPARE(study.id, m_study);
        QVERIFY(study.definitionSha256.empty());
        QCOMPARE(study.raters, 0);
        QCOMPARE(codeOf([&] { return studies().addDraft("small", "acr", Json::object()); }),
                 wordOf(ErrorCode::conflict));
        QCOMPARE(codeOf([&] { return studies().packageSource(m_study); }),
                 wordOf(ErrorCode::conflict));
        QCOMPARE(codeOf([&] { return m_project->study("none"); }), wordOf(ErrorCode::notFound));
    }

    void freezing() {
        freeze();
        const StudyRecord study = m_project->study(m_study);
        QVERIFY(study.state == StudyState::frozen);
        QCOMPARE(study.definitionSha256, m_frozen.definitionSha256);
        QCOMPARE(study.raters, 2);
        QCOMPARE(study.trialsPerRater, static_cast<std::int64_t>(m_frozen.plans[0].items.size()));
        QVERIFY(!studies().openedKey(m_study));
        QCOMPARE(codeOf([this] { freeze(); }), wordOf(ErrorCode::conflict));
        for (const char* sql :
             {"UPDATE study SET definition = '{}'", "UPDATE study SET state = 'draft'",
              "DELETE FROM study", "UPDATE study SET sealed_key = x'00'", "DELETE FROM study_plan",
              "UPDATE study_stimulus SET sha256 = sha256"})
            QCOMPARE(codeOf([&] { m_project->database().execute(sql); }),
                     wordOf(ErrorCode::database));
        reopen();
        QVERIFY(m_project->check().empty());
    }

    void theKeyIsNowhereInTheClear() {
        freeze();
        m_project.reset();
        const std::string bytes = readTextFile(m_path / "project.sqlite");
        for (const StimulusSource& source : testing::smallSources(6))
            QVERIFY(bytes.find("\"" + source.sampleId + "\"") == std::string::npos);
    }

    void packageFromTheProjectIsTheOneFromTheStudy() {
        freeze();
        const fs::path direct = m_folder->path() / "direct.study";
        writePackage(direct, testing::sourceOf(m_frozen), m_project->leadKeys());
        const fs::path stored = writePackageFile();
        QVERIFY(readTextFile(stored) == readTextFile(direct));
        QCOMPARE(StudyPackage(stored).definitionSha256(), m_frozen.definitionSha256);
    }

    void mergingIsIdempotent() {
        freeze();
        const fs::path part = rate("anna", 1, 5);
        const auto first = studies().mergeRatings(m_study, readRatings(part));
        QCOMPARE(first.added, 5);
        QCOMPARE(first.duplicates, 0);
        const auto again = studies().mergeRatings(m_study, readRatings(part));
        QCOMPARE(again.added, 0);
        QCOMPARE(again.duplicates, 5);
        QVERIFY(again.conflicts.empty());
        const RatingsFile older = readRatings(part);
        const auto more = studies().mergeRatings(m_study, readRatings(rate("anna", 1, 4)));
        QCOMPARE(more.added, 4);
        QCOMPARE(more.duplicates, 5);
        QCOMPARE(studies().mergeRatings(m_study, older).duplicates, 5);
        QCOMPARE(m_project->study(m_study).answers, 9);
        reopen();
        QVERIFY(m_project->check().empty());
        QCOMPARE(studies().events(m_study).size(), 9U);
    }

    void orderOfFilesDoesNotMatter() {
        freeze();
        const RatingsFile anna = readRatings(rate("anna", 1, 6));
        const RatingsFile bert = readRatings(rate("bert", 2, 3, true));
        studies().mergeRatings(m_study, bert);
        studies().mergeRatings(m_study, anna);
        const auto answers = studies().currentAnswers(m_study);
        QCOMPARE(answers.size(), 9U);
        QCOMPARE(answers[0].rater, "anna");
        QCOMPARE(answers[0].planSeq, 1);
        QCOMPARE(answers[0].rtMs, 1500.0);
        QVERIFY(!answers[0].simulated && answers[8].simulated);
        const auto raters = studies().raters(m_study);
        QCOMPARE(raters.size(), 2U);
        QCOMPARE(raters[1].rater, "bert");
        QCOMPARE(raters[1].slot, 2);
        QCOMPARE(raters[1].answers, 3);
        QVERIFY(m_project->study(m_study).simulated);
    }

    void takenBackAnswersDoNotCount() {
        freeze();
        const fs::path package = writePackageFile();
        RatingSession session(startOf(package, "anna", 1));
        session.answer(answerOf(1));
        session.answer(answerOf(2));
        session.undo();
        merge(session);
        QCOMPARE(m_project->study(m_study).answers, 1);
        session.answer(answerOf(6));
        merge(session);
        const auto answers = studies().currentAnswers(m_study);
        QCOMPARE(answers.size(), 2U);
        QCOMPARE(answers[1].value, 6);
        QCOMPARE(studies().events(m_study).size(), 4U);
    }

    void twoStoresOfOneRaterAreAConflict() {
        freeze();
        studies().mergeRatings(m_study, readRatings(rate("anna", 1, 3)));
        const auto other = rate("anna", 1, 2, false, "other machine");
        const auto merge = studies().mergeRatings(m_study, readRatings(other));
        QCOMPARE(merge.added, 0);
        QCOMPARE(merge.conflicts.size(), 2U);
        QCOMPARE(m_project->study(m_study).answers, 3);
        {
            Statement kept(m_project->database(), "SELECT count(*) FROM rating_conflict");
            QVERIFY(kept.step());
            QCOMPARE(kept.integer(0), 2);
        }
        reopen();
        QVERIFY(m_project->check().empty());
    }

    // Signed by the rater's installation and a sound chain, but not what the program writes.
    void forgedEvents_data() {
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<int>("added");
        QTest::newRow("value off the scale") << QByteArray("value") << 2;
        QTest::newRow("another stimulus") << QByteArray("stimulus") << 2;
        QTest::newRow("trial that is not there") << QByteArray("trial") << 2;
        QTest::newRow("second answer without undo") << QByteArray("twice") << 2;
        QTest::newRow("negative time") << QByteArray("time") << 2;
    }

    void forgedEvents() {
        QFETCH(QByteArray, what);
        QFETCH(int, added);
        freeze();
        RatingsFile file = readRatings(rate("anna", 1, 4));
        RatingEvent& event = file.events[2];
        if (what == "value")
            event.value = 7;
        if (what == "stimulus")
            event.stimulus = file.events[1].stimulus;
        if (what == "trial")
            event.planSeq = 999;
        if (what == "twice")
            event.planSeq = 2, event.stimulus = file.events[1].stimulus;
        if (what == "time")
            event.rtNs = -5;
        rehash(file);
        const auto merge = studies().mergeRatings(m_study, file);
        QCOMPARE(merge.added, added);
        QCOMPARE(merge.conflicts.size(), 2U);
        QCOMPARE(m_project->study(m_study).answers, added);
        reopen();
        QVERIFY(m_project->check().empty());
    }

    void rewrittenHistoryIsAConflict() {
        freeze();
        RatingsFile file = readRatings(rate("anna", 1, 4));
        studies().mergeRatings(m_study, file);
        file.events[1].value = 7 - *file.events[1].value;
        rehash(file);
        const auto merge = studies().mergeRatings(m_study, file);
        QCOMPARE(merge.added, 0);
        QCOMPARE(merge.duplicates, 1);
        QCOMPARE(merge.conflicts.size(), 3U);
        QCOMPARE(m_project->study(m_study).answers, 4);
    }

    void ratingsOfAnotherStudy() {
        freeze();
        RatingsFile file = readRatings(rate("anna", 1, 2));
        RatingsFile other = file;
        other.header.study = std::string(64, '1');
        QCOMPARE(codeOf([&] { return studies().mergeRatings(m_study, other); }),
                 wordOf(ErrorCode::conflict));
        other = file;
        other.header.planSha256 = std::string(64, '1');
        QCOMPARE(codeOf([&] { return studies().mergeRatings(m_study, other); }),
                 wordOf(ErrorCode::conflict));
        other = file;
        other.header.slot = 7;
        QCOMPARE(codeOf([&] { return studies().mergeRatings(m_study, other); }),
                 wordOf(ErrorCode::conflict));
        other = file;
        other.fault = "cut";
        QCOMPARE(codeOf([&] { return studies().mergeRatings(m_study, other); }),
                 wordOf(ErrorCode::format));
        QCOMPARE(m_project->study(m_study).answers, 0);
    }

    void unblinding() {
        freeze();
        const KeyPair& lead = m_project->leadKeys();
        QCOMPARE(codeOf([&] { return studies().unblind(m_study, lead, "done", "lead"); }),
                 wordOf(ErrorCode::conflict)); // nothing merged
        const RatingsFile early = readRatings(rate("anna", 1, 3));
        studies().mergeRatings(m_study, early);
        QCOMPARE(codeOf([&] { return studies().unblind(m_study, lead, "  ", "lead"); }),
                 wordOf(ErrorCode::config));
        QCOMPARE(codeOf([&] { return studies().unblind(m_study, lead, "done", ""); }),
                 wordOf(ErrorCode::config));
        QCOMPARE(
            codeOf([&] { return studies().unblind(m_study, KeyPair::generate(), "done", "lead"); }),
            wordOf(ErrorCode::format));
        QVERIFY(!studies().openedKey(m_study));
        const Json key = studies().unblind(m_study, lead, "all rated", "the lead");
        QVERIFY(key == m_frozen.key);
        QVERIFY(studies().openedKey(m_study).value() == m_frozen.key);
        QVERIFY(m_project->study(m_study).state == StudyState::unblinded);
        const auto records = studies().unblindings(m_study);
        QCOMPARE(records.size(), 1U);
        QCOMPARE(records[0].reason, "all rated");
        QCOMPARE(records[0].by, "the lead");
        QCOMPARE(records[0].answers, 3);
        QCOMPARE(codeOf([&] { return studies().unblind(m_study, lead, "again", "lead"); }),
                 wordOf(ErrorCode::conflict));
        // What comes after cannot count as blind; what was there already may be merged again.
        QCOMPARE(studies().mergeRatings(m_study, early).duplicates, 3);
        QCOMPARE(codeOf([&] {
                     return studies().mergeRatings(m_study, readRatings(rate("anna", 1, 1)));
                 }),
                 wordOf(ErrorCode::conflict));
        QCOMPARE(m_project->study(m_study).answers, 3);
        reopen();
        QVERIFY(m_project->check().empty());
    }

    void tampering_data() {
        QTest::addColumn<QByteArray>("sql");
        const auto row = [](const char* name, const char* sql) {
            QTest::newRow(name) << QByteArray(sql);
        };
        row("merged value", "UPDATE rating_event SET value = 7 - value WHERE seq = 2");
        row("end of a merged chain", "DELETE FROM rating_event WHERE seq = 4");
        row("a whole chain", "DELETE FROM rating_event; DELETE FROM rating_chain");
        row("chain's header", "UPDATE rating_chain SET header = replace(header, 'anna', 'bert')");
        row("definition", "UPDATE study SET public_definition = "
                          "replace(public_definition, 'real', 'ideal')");
        row("plan", "UPDATE study_plan SET plan = replace(plan, '\"block\":1', '\"block\":2')");
        row("plan removed", "PRAGMA foreign_keys = OFF; DELETE FROM study_plan WHERE slot = 2");
        row("stimulus", "UPDATE study_stimulus SET sha256 = replace(sha256, '1', '2')");
    }

    void tampering() {
        QFETCH(QByteArray, sql);
        freeze();
        studies().mergeRatings(m_study, readRatings(rate("anna", 1, 4)));
        m_project.reset();
        sqlite3* db = nullptr;
        QCOMPARE(sqlite3_open((m_path / "project.sqlite").c_str(), &db), SQLITE_OK);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
        QCOMPARE(sqlite3_exec(db, sql.constData(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
        QCOMPARE(codeOf([this] { return Project::open(m_path); }), wordOf(ErrorCode::database));
    }

private:
    [[nodiscard]] StudyRepository& studies() { return m_project->studyRepository(); }

    void freeze() { studies().freeze(m_study, m_frozen, m_project->leadKeys()); }

    fs::path writePackageFile() {
        const fs::path path = m_folder->path() / "small.study";
        if (!fs::exists(path))
            writePackage(path, studies().packageSource(m_study), m_project->leadKeys());
        return path;
    }

    [[nodiscard]] RatingSession::Start
    startOf(const fs::path& package, const std::string& rater, int slot) const {
        RatingSession::Start start;
        start.package = package;
        start.store = m_folder->path() / "store";
        start.rater = rater;
        start.slot = slot;
        return start;
    }

    /// Answers `count` more trials and exports.
    fs::path rate(const std::string& rater,
                  int slot,
                  int count,
                  bool simulated = false,
                  const std::string& store = "store") {
        RatingSession::Start start = startOf(writePackageFile(), rater, slot);
        start.simulated = simulated;
        start.store = m_folder->path() / store;
        RatingSession session(start);
        for (int i = 0; i < count; ++i)
            session.answer(answerOf(1 + i % 6));
        return session.exportRatings(m_folder->path() / "out" / store);
    }

    void merge(const RatingSession& session) {
        studies().mergeRatings(m_study, readRatings(session.exportRatings(m_folder->path())));
    }

    static void rehash(RatingsFile& file) {
        file.head = originHash(file.header);
        for (RatingEvent& event : file.events) {
            event.prevHash = file.head;
            event.hash = eventHash(event);
            file.head = event.hash;
        }
    }

    void reopen() {
        m_project.reset();
        m_project = std::make_unique<Project>(Project::open(m_path));
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_path;
    std::unique_ptr<Project> m_project;
    std::string m_study;
    FrozenStudy m_frozen;
};

QTEST_GUILESS_MAIN(TestStudyRepository)
#include "tst_studyrepository.moc"
