// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "ui/models/checkpointlistmodel.h"
#include "ui/models/itemroles.h"
#include "ui/models/samplelistmodel.h"
#include "ui/models/setlistmodel.h"
#include "ui/models/studylistmodel.h"
#include "ui/models/thumbnailstore.h"

#include <QAbstractItemModelTester>
#include <QImage>
#include <QSignalSpy>
#include <QTest>

#include <new>

using namespace likeness;

namespace {

SetRecord makeSet(const std::string& id, Origin origin) {
    SetRecord set;
    set.id = id;
    set.name = "set " + id;
    set.origin = origin;
    set.samples = 5;
    return set;
}

SampleRecord makeSample(int index) {
    SampleRecord sample;
    sample.id = "s" + std::to_string(index);
    sample.index = index;
    sample.width = 6;
    sample.height = 4;
    return sample;
}

// A ramp; samples whose number is odd cannot be read.
Volume pixelsOf(const SampleRecord& sample) {
    if (sample.index % 2 == 1)
        throw Error(ErrorCode::database, "sample", "the file is missing", "restore it");
    Volume volume(PixelType::u8, sample.width, sample.height);
    for (int i = 0; i < 24; ++i)
        volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(10 * i);
    return volume;
}

} // namespace

class TestListModels : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void sets() {
        SetListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSets({makeSet("a", Origin::real), makeSet("b", Origin::phantom)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.rowOf("b"), 1);
        QCOMPARE(model.rowOf("c"), -1);
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("set a"));
        QCOMPARE(model.index(1).data(BadgeRole).toString(),
                 QStringLiteral("Simulated")); // never "real"
        model.setSets({});
        QCOMPARE(model.at(0), nullptr);
    }

    void studiesNewestFirst() {
        StudyListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        StudyRecord old;
        old.id = "old";
        old.createdAt = "2024-01-01T00:00:00.000Z";
        StudyRecord recent;
        recent.id = "recent";
        recent.createdAt = "2024-02-01T00:00:00.000Z";
        recent.simulated = true;
        model.setStudies({old, recent});
        QCOMPARE(model.at(0)->id, std::string("recent"));
        QCOMPARE(model.index(0).data(TrailingRole).toString(), QStringLiteral("simulated"));
        QVERIFY(model.index(1).data(TrailingRole).toString().isEmpty());
    }

    void shippedModelsAreNotRepeated() {
        CheckpointEntry own;
        own.id = "1";
        own.sha256 = "aa";
        CheckpointEntry shippedAgain;
        shippedAgain.sha256 = "aa";
        shippedAgain.shipped = true;
        CheckpointEntry other = shippedAgain;
        other.sha256 = "bb";
        const auto merged = mergedCheckpoints({own}, {shippedAgain, other});
        QCOMPARE(merged.size(), std::size_t{2});
        QCOMPARE(merged[0].id, std::string("1"));
        QCOMPARE(merged[1].sha256, std::string("bb"));
        CheckpointListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEntries(merged);
        QCOMPARE(model.index(1).data(BadgeRole).toString(), QStringLiteral("Shipped"));
    }

    void thumbnailsComeLater() {
        JobRunner jobs;
        ThumbnailStore store(
            jobs, [] { return PixelSource(pixelsOf); }, 64);
        SampleListModel model(store);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSamples({makeSample(0), makeSample(1), makeSample(2)});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        for (int row = 0; row < 3; ++row)
            QVERIFY(model.index(row).data(Qt::DecorationRole).value<QImage>().isNull());
        QTRY_COMPARE(changed.count(), 3);
        const auto image = model.index(0).data(Qt::DecorationRole).value<QImage>();
        QCOMPARE(image.size(), QSize(6, 4));
        QVERIFY(qGray(image.pixel(5, 3)) > qGray(image.pixel(0, 0)));
        QVERIFY(model.index(1).data(FailedRole).toBool());
        QVERIFY(!model.index(2).data(FailedRole).toBool());
    }

    void oneThumbnailWithoutMemoryDoesNotEndTheOthers() {
        JobRunner jobs;
        ThumbnailStore store(
            jobs,
            [] {
                return PixelSource([](const SampleRecord& sample) {
                    if (sample.index == 0)
                        throw std::bad_alloc();
                    return pixelsOf(sample);
                });
            },
            64);
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        static_cast<void>(store.thumbnail(makeSample(0)));
        QTRY_COMPARE(ready.count(), 1);
        QVERIFY(store.failed("s0"));
        static_cast<void>(store.thumbnail(makeSample(2)));
        QTRY_COMPARE(ready.count(), 2);
        QVERIFY(!store.failed("s2"));
    }

    void thumbnailsShrinkToTheEdge() {
        Volume volume(PixelType::u16, 300, 100, 3);
        volume.pixels<std::uint16_t>()[0] = 1000;
        QCOMPARE(makeThumbnail(volume, 60).size(), QSize(60, 20));
    }
};

QTEST_MAIN(TestListModels)
#include "tst_listmodels.moc"
