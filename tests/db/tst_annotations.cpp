// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/image.h"
#include "db/annotationrepository.h"
#include "db/database.h"
#include "db/migrations.h"
#include "db/project.h"
#include "db/samplerepository.h"
#include "db/statement.h"
#include "db/trash.h"
#include "tests/db/studyfixture.h"
#include "tests/db/thrown.h"

#include <QTest>

using namespace likeness;
using testing::codeOf;
using testing::wordOf;

class TestAnnotations : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() {
        m_folder = std::make_unique<TemporaryFolder>(testing::scratch());
        m_project = std::make_unique<Project>(Project::create(m_folder->path() / "p.likeness"));
        SetRecord set;
        set.name = "scans";
        set.origin = Origin::real;
        m_set = m_project->sampleRepository().addSet(set).id;
        m_sample = addSample(1);
    }

    void cleanup() {
        m_project.reset();
        m_folder.reset();
    }

    void keepsWhatWasMarked() {
        const AnnotationRecord made = marks().add(m_sample, box());
        QCOMPARE(made.id.size(), std::size_t(16));
        QVERIFY(!made.author.empty());
        QCOMPARE(made.createdAt, made.changedAt);
        const std::string other = addSample(2);
        static_cast<void>(marks().add(other, box()));
        QCOMPARE(marks().all().size(), std::size_t(2));
        const auto kept = marks().all(m_sample);
        QCOMPARE(kept.size(), std::size_t(1));
        QCOMPARE(kept.front().id, made.id);
        QVERIFY(kept.front().mark == box());
        QVERIFY(m_project->check().empty());
    }

    void changesKeepThePlaceInTheList() {
        const std::string first = marks().add(m_sample, box()).id;
        static_cast<void>(marks().add(m_sample, box()));
        Annotation moved = box();
        moved.points = {{1.0, 1.0}, {2.0, 3.0}};
        moved.text = "a crack; or \"ring\"";
        static_cast<void>(marks().change(first, moved));
        const auto kept = marks().all();
        QCOMPARE(kept.size(), std::size_t(2));
        QCOMPARE(kept.front().id, first);
        QVERIFY(kept.front().mark == moved);
    }

    void removedOnesComeBack() {
        const std::string id = marks().add(m_sample, box()).id;
        marks().remove(id);
        QVERIFY(marks().all().empty());
        QCOMPARE(codeOf([&] { return marks().find(id); }), wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { return marks().remove(id), 0; }), wordOf(ErrorCode::notFound));
        QVERIFY(marks().restore(id).mark == box());
        QCOMPARE(marks().all().size(), std::size_t(1));
    }

    void refusesWhatDoesNotFit() {
        Annotation outside = box();
        outside.points[1] = {99.0, 2.0};
        QCOMPARE(codeOf([&] { return marks().add(m_sample, outside); }), wordOf(ErrorCode::config));
        QCOMPARE(codeOf([&] { return marks().add("0123456789abcdef", box()); }),
                 wordOf(ErrorCode::notFound));
        QCOMPARE(codeOf([&] { return marks().change("0123456789abcdef", box()); }),
                 wordOf(ErrorCode::notFound));
        const std::string id = marks().add(m_sample, box()).id;
        QCOMPARE(codeOf([&] { return marks().change(id, outside); }), wordOf(ErrorCode::config));
        QVERIFY(marks().find(id).mark == box());
    }

    /// They go and come back with their image, and are gone with it for good.
    void followTheirImage() {
        static_cast<void>(marks().add(m_sample, box()));
        const std::string kept = addSample(2);
        static_cast<void>(marks().add(kept, box()));
        const std::string at = m_project->trash().remove({{}, {m_sample}, {}});
        QCOMPARE(marks().all().size(), std::size_t(1));
        m_project->trash().restore(at);
        QCOMPARE(marks().all().size(), std::size_t(2));
        static_cast<void>(m_project->trash().remove({{}, {m_sample}, {}}));
        static_cast<void>(m_project->trash().purge());
        QCOMPARE(marks().all().size(), std::size_t(1));
        QCOMPARE(marks().all().front().sampleId, kept);
        QVERIFY(m_project->check().empty());
    }

    void rowsStayAsWritten() {
        static_cast<void>(marks().add(m_sample, box()));
        for (const char* sql : {"UPDATE annotation SET text = 'x'", "DELETE FROM annotation"})
            QCOMPARE(codeOf([&] {
                         m_project->database().execute(sql);
                         return 0;
                     }),
                     wordOf(ErrorCode::database));
        QCOMPARE(marks().all().size(), std::size_t(1));
    }

private:
    [[nodiscard]] AnnotationRepository& marks() { return m_project->annotations(); }

    static Annotation box() {
        Annotation made;
        made.kind = AnnotationKind::box;
        made.points = {{0.25, 0.5}, {3.5, 4.0}};
        made.text = "ring artefact";
        return made;
    }

    std::string addSample(int grey) {
        SampleRecord sample;
        sample.setId = m_set;
        Volume image(PixelType::u8, 4, 4, 1, 1);
        std::fill_n(image.bytes(), image.span().bytes(), static_cast<std::byte>(grey));
        return m_project->sampleRepository().addSample(sample, image).id;
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<Project> m_project;
    std::string m_set;
    std::string m_sample;
};

QTEST_GUILESS_MAIN(TestAnnotations)
#include "tst_annotations.moc"
