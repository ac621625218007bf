// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/studydraft.h"

#include <QTest>

using namespace likeness;

namespace {

void addSet(ProjectSnapshot& snapshot, const std::string& name, Origin origin, int samples) {
    SetRecord set;
    set.id = "id of " + name;
    set.name = name;
    set.origin = origin;
    set.samples = samples;
    for (int i = 0; i < samples; ++i) {
        SampleRecord sample;
        sample.width = 64;
        sample.height = 64;
        snapshot.samples[set.id].push_back(sample);
    }
    snapshot.sets.push_back(std::move(set));
}

ProjectSnapshot smallProject() {
    ProjectSnapshot snapshot;
    addSet(snapshot, "reference", Origin::phantom, 20);
    addSet(snapshot, "a", Origin::synthetic, 12);
    addSet(snapshot, "b", Origin::synthetic, 12);
    return snapshot;
}

StudyDefinition goodDefinition() {
    StudyDefinition definition;
    definition.name = "pilot";
    definition.title = "Pilot";
    definition.question = defaultQuestion(definition.protocol);
    definition.labels = defaultLabels(definition.protocol);
    definition.referenceSet = "reference";
    definition.sets = {"a", "b"};
    return definition;
}

bool blocked(const std::vector<StudyFinding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const StudyFinding& finding) { return finding.blocks; });
}

} // namespace

class TestStudyDraft : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void counts() {
        const StudyCounts counts = studyCounts(goodDefinition(), 20);
        QCOMPARE(counts.stimuli, 44); // two sets of 12; 24 references are wanted, 20 are there
        QCOMPARE(counts.repeats, 4);
        QCOMPARE(counts.trials, 48);
        QCOMPARE(counts.minutes, 6.0); // 48 x (7 s + 0.5 s)
        StudyDefinition quality = goodDefinition();
        quality.protocol = Protocol::acr;
        QCOMPARE(studyCounts(quality, 20).stimuli, 36);
    }

    void aGoodDefinitionIsNotBlocked() {
        const auto findings = studyFindings(goodDefinition(), smallProject());
        QVERIFY(!blocked(findings));
        const bool saysSimulated =
            std::any_of(findings.begin(), findings.end(), [](const StudyFinding& finding) {
                return finding.sentence.contains(QStringLiteral("simulated"));
            });
        QVERIFY(saysSimulated);
    }

    void faultsBlock_data() {
        QTest::addColumn<int>("fault");
        QTest::newRow("no name") << 0;
        QTest::newRow("no judged set") << 1;
        QTest::newRow("more images than the set holds") << 2;
        QTest::newRow("name taken") << 3;
        QTest::newRow("volumes") << 4;
        QTest::newRow("two pixel types") << 5;
    }

    void faultsBlock() {
        QFETCH(int, fault);
        StudyDefinition definition = goodDefinition();
        ProjectSnapshot snapshot = smallProject();
        if (fault == 0)
            definition.name.clear();
        if (fault == 1)
            definition.sets.clear();
        if (fault == 2)
            definition.samplesPerSet = 13;
        if (fault == 3) {
            StudyRecord other;
            other.name = "pilot";
            snapshot.studies.push_back(other);
        }
        if (fault == 4)
            snapshot.samples["id of a"].front().depth = 9;
        if (fault == 5)
            snapshot.samples["id of reference"].front().type = PixelType::u16;
        QVERIFY(blocked(studyFindings(definition, snapshot)));
    }
};

QTEST_GUILESS_MAIN(TestStudyDraft)
#include "tst_studydraft.moc"
