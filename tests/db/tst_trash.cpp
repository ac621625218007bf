// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/image.h"
#include "db/assetstore.h"
#include "db/checkpointrepository.h"
#include "db/database.h"
#include "db/metricrepository.h"
#include "db/migrations.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "db/statement.h"
#include "db/studyrepository.h"
#include "db/trash.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

using namespace likeness;
using testing::codeOf;
using testing::thrownBy;
using testing::wordOf;
namespace fs = std::filesystem;

class TestTrash : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_path = m_folder->path() / "p.likeness";
        m_project = std::make_unique<Project>(Project::create(m_path));
    }

    void cleanup() {
        m_project.reset();
        m_folder.reset();
    }

    void deletedThingsAreLeftOutAndComeBack() {
        const SetRecord set = addSet("made");
        const SampleRecord first = addSample(set, 1);
        const SampleRecord second = addSample(set, 2);
        const std::string at = m_project->trash().remove({{}, {first.id}, {}});
        QCOMPARE(m_project->set("made").samples, 1);
        QCOMPARE(m_project->samples(set.id).at(0).id, second.id);
        QCOMPARE(codeOf([&] { return m_project->sample(first.id); }), wordOf(ErrorCode::notFound));
        QVERIFY(!m_project->sampleRepository().findPixels(set.id, first.pixelsSha256));
        QCOMPARE(addSample(set, 3).index, 2); // the place of a deleted sample stays its own
        QVERIFY(m_project->check().empty());
        m_project->trash().restore(at);
        QCOMPARE(m_project->set("made").samples, 3);
        QCOMPARE(m_project->samples(set.id).at(0).id, first.id);
        static_cast<void>(m_project->pixels(m_project->sample(first.id)));
    }

    void nameOfADeletedSetIsFree() {
        const SetRecord old = addSet("made");
        const SampleRecord sample = addSample(old, 1);
        const std::string at = m_project->trash().remove({{old.id}, {}, {}});
        QVERIFY(!m_project->findSet("made"));
        QVERIFY(m_project->sets().empty());
        const SetRecord fresh = addSet("made");
        QVERIFY(fresh.id != old.id);
        QCOMPARE(m_project->trash().deletionOfSet("made").value(), at);
        m_project->trash().restore(at);
        QCOMPARE(m_project->set("made").id, fresh.id);
        QCOMPARE(m_project->set("made (restored)").id, old.id);
        QCOMPARE(m_project->samples(old.id).at(0).id, sample.id);
    }

    void aDeletionIsTakenBackWhole() {
        const SetRecord set = addSet("made");
        const SampleRecord first = addSample(set, 1);
        addSample(set, 2);
        const std::string one = m_project->trash().remove({{}, {first.id}, {}});
        const std::string two = m_project->trash().remove({{set.id}, {}, {}});
        QVERIFY(one != two);
        const auto deletions = m_project->trash().deletions();
        QCOMPARE(deletions.size(), 2U);
        QCOMPARE(deletions.at(0).at, two);
        QCOMPARE(deletions.at(0).sets.at(0), "made");
        QCOMPARE(deletions.at(0).samples, 1);
        // The image alone has no set to come back to.
        QCOMPARE(codeOf([&] {
                     m_project->trash().restore(one);
                     return 0;
                 }),
                 wordOf(ErrorCode::conflict));
        m_project->trash().restore(two);
        QCOMPARE(m_project->set("made").samples, 1);
        m_project->trash().restore(one);
        QCOMPARE(m_project->set("made").samples, 2);
        QCOMPARE(codeOf([&] {
                     m_project->trash().restore(one);
                     return 0;
                 }),
                 wordOf(ErrorCode::notFound));
    }

    void whatOthersDependOnIsRefused() {
        const SetRecord real = addSet("scans", Origin::real);
        const SampleRecord parent = addSample(real, 1);
        const CheckpointRecord model = addCheckpoint(real.id);
        const SetRecord made = addSet("made");
        const SampleRecord image = addSample(made, 2, [&](SampleRecord& sample) {
            sample.parentId = parent.id;
            sample.checkpointId = model.id;
        });
        const auto refused = [&](const TrashSelection& what) {
            return codeOf([&] { return m_project->trash().remove(what); });
        };
        QCOMPARE(refused({{}, {parent.id}, {}}), wordOf(ErrorCode::conflict));
        QCOMPARE(refused({{real.id}, {}, {}}), wordOf(ErrorCode::conflict));
        QCOMPARE(refused({{}, {}, {model.id}}), wordOf(ErrorCode::conflict));
        QVERIFY(m_project->trash().deletions().empty());
        QCOMPARE(m_project->checkpoints().size(), 1U);
        // Together with what depends on it anything may go.
        static_cast<void>(m_project->trash().remove({{made.id}, {}, {model.id}}));
        static_cast<void>(m_project->trash().remove({{real.id}, {}, {}}));
        QVERIFY(m_project->sets().empty() && m_project->checkpoints().empty());
        QVERIFY(m_project->check().empty());
        const auto error = thrownBy([&] {
            m_project->trash().restore(*m_project->trash().deletionOf(image.id));
            return 0;
        });
        QVERIFY(error && error->code() == ErrorCode::conflict);
    }

    void setsOfAFrozenStudyStay() {
        const SetRecord real = addSet("sandstone", Origin::real);
        const SetRecord made = addSet("made");
        const SampleRecord sample = addSample(made, 1);
        const StudyRecord draft = m_project->studyRepository().addDraft(
            "pilot", "real-or-synthetic", testing::smallDefinition());
        static_cast<void>(m_project->trash().remove({{}, {sample.id}, {}})); // a draft is no bond
        m_project->trash().restore(*m_project->trash().deletionOf(sample.id));
        m_project->studyRepository().freeze(draft.id, testing::smallStudy(), m_project->leadKeys());
        for (const TrashSelection& what :
             {TrashSelection{{real.id}, {}, {}}, TrashSelection{{made.id}, {}, {}},
              TrashSelection{{}, {sample.id}, {}}}) {
            const auto error = thrownBy([&] { return m_project->trash().remove(what); });
            QVERIFY(error && error->code() == ErrorCode::conflict);
            QVERIFY(error->why().find("pilot") != std::string::npos);
        }
    }

    void emptyingFreesWhatNobodyUses() {
        const SetRecord made = addSet("made");
        const SetRecord other = addSet("other");
        const SampleRecord own = addSample(made, 1);
        const SampleRecord shared = addSample(made, 2);
        addSample(other, 2); // the same pixels
        const CheckpointRecord model = addCheckpoint({});
        const fs::path weights = m_project->checkpointFile(model.id);
        MetricRecord metric;
        metric.setId = made.id;
        metric.metric = "kid";
        metric.value = 0.1;
        static_cast<void>(m_project->metricRepository().add({metric}));
        static_cast<void>(m_project->trash().remove({{made.id}, {}, {model.id}}));
        QVERIFY(fs::exists(weights));
        QVERIFY(m_project->check().empty());
        const Purged purged = m_project->trash().purge();
        QCOMPARE(purged.sets, 1);
        QCOMPARE(purged.samples, 2);
        QCOMPARE(purged.checkpoints, 1);
        QVERIFY(purged.bytes > 0U);
        QVERIFY(!fs::exists(weights));
        QVERIFY(!fs::exists(m_project->assets().path(own.sha256, own.extension)));
        QVERIFY(fs::exists(m_project->assets().path(shared.sha256, shared.extension)));
        QVERIFY(m_project->trash().deletions().empty());
        QVERIFY(m_project->check().empty());
        m_project.reset();
        m_project = std::make_unique<Project>(Project::open(m_path));
        QVERIFY(m_project->check().empty());
        QCOMPARE(m_project->sets().size(), 1U);
        QCOMPARE(m_project->trash().purge().samples, 0);
    }

    void aCheckpointAddedAgainComesOutOfTheTrash() {
        const CheckpointRecord model = addCheckpoint({});
        static_cast<void>(m_project->trash().remove({{}, {}, {model.id}}));
        QCOMPARE(addCheckpoint({}).id, model.id);
        QCOMPARE(m_project->checkpoints().size(), 1U);
    }

    void unknownIdsChangeNothing() {
        const SetRecord set = addSet("made");
        QCOMPARE(codeOf([&] {
                     return m_project->trash().remove({{set.id}, {"none"}, {}});
                 }),
                 wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { return m_project->trash().remove({}); }), wordOf(ErrorCode::config));
        QCOMPARE(m_project->sets().size(), 1U);
    }

    void olderProjectIsMigrated() {
        const fs::path file = m_folder->path() / "old.sqlite";
        const Schema& now = projectSchema();
        const Schema before{now.applicationId, now.kind, now.migrations.first(1),
                            now.appendOnlyTables};
        {
            const auto old = openDatabase(file, before, {.create = true});
            Statement(*old, "INSERT INTO set_ (id, name, domain, origin, created_at) VALUES "
                            "('0123456789abcdef', 'scans', 'rock', 'real', '2024')")
                .run();
        }
        const auto database = openDatabase(file, now, {});
        Statement row(*database, "SELECT name FROM set_ WHERE deleted_at IS NULL");
        QVERIFY(row.step());
        QCOMPARE(row.text(0), "scans");
        QCOMPARE(database->pragma("user_version"), now.version());
    }

private:
    SetRecord addSet(const std::string& name, Origin origin = Origin::synthetic) {
        SetRecord set;
        set.name = name;
        set.origin = origin;
        set.generator = origin == Origin::synthetic ? "diffusion/demo" : "";
        return m_project->sampleRepository().addSet(set);
    }

    SampleRecord
    addSample(const SetRecord& set, int grey, const std::function<void(SampleRecord&)>& fill = {}) {
        SampleRecord sample;
        sample.setId = set.id;
        if (fill)
            fill(sample);
        Volume image(PixelType::u8, 4, 4, 1, 1);
        std::fill_n(image.bytes(), image.span().bytes(), static_cast<std::byte>(grey));
        return m_project->sampleRepository().addSample(sample, image);
    }

    CheckpointRecord addCheckpoint(const std::optional<std::string>& setId) {
        const fs::path file = m_folder->path() / "weights.safetensors";
        writeFileDurably(file, std::string_view("weights"));
        CheckpointRecord record;
        record.name = "model";
        record.model = "diffusion";
        record.setId = setId;
        return m_project->checkpointRepository().add(record, file);
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    fs::path m_path;
    std::unique_ptr<Project> m_project;
};

QTEST_GUILESS_MAIN(TestTrash)
#include "tst_trash.moc"
