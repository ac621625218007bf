// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "ui/models/viewables.h"

#include <QTest>

using namespace likeness;

namespace {

SampleRecord slice(int number, const std::string& specimen = "core") {
    SampleRecord sample;
    sample.id = specimen + std::to_string(number);
    sample.index = number;
    sample.specimen = specimen;
    sample.sourceSlice = number;
    sample.width = 5;
    sample.height = 4;
    sample.voxelUm = std::array{2.0, 2.0, 2.0};
    return sample;
}

std::vector<SampleRecord> slices(int count, int step = 1) {
    std::vector<SampleRecord> samples;
    for (int i = count - 1; i >= 0; --i)
        samples.push_back(slice(10 + i * step));
    return samples;
}

} // namespace

class TestViewables : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void slicesOfOneSpecimenMakeAStack() {
        const auto viewables = viewablesOf(slices(6, 2));
        QCOMPARE(viewables.size(), std::size_t{7}); // the stack and each slice
        QVERIFY(viewables[0].isStack());
        QVERIFY(viewables[0].isVolume());
        QCOMPARE(viewables[0].samples.front().sourceSlice, std::optional<std::int64_t>(10));
        QCOMPARE(viewables[0].sliceStep, 2.0);
        QVERIFY(!viewables[1].isVolume());
    }

    void noStack_data() {
        QTest::addColumn<int>("change");
        QTest::newRow("too few slices") << 0;
        QTest::newRow("a gap") << 1;
        QTest::newRow("another size") << 2;
        QTest::newRow("a slice twice (crops)") << 3;
        QTest::newRow("no slice numbers") << 4;
        QTest::newRow("specimen unknown") << 5;
    }

    void noStack() {
        QFETCH(int, change);
        auto samples = slices(change == 0 ? 3 : 6);
        if (change == 1)
            samples[0].sourceSlice = 40;
        if (change == 2)
            samples[2].width = 6;
        if (change == 3)
            samples[1].sourceSlice = samples[2].sourceSlice;
        for (SampleRecord& sample : samples) {
            if (change == 4)
                sample.sourceSlice.reset();
            if (change == 5)
                sample.specimen.clear();
        }
        for (const Viewable& viewable : viewablesOf(samples))
            QVERIFY(!viewable.isStack());
    }

    void loadsSlicesInOrder() {
        const auto viewables = viewablesOf(slices(4, 3));
        JobContext job;
        const auto volume = loadViewable(
            viewables.front(),
            [](const SampleRecord& sample) {
                Volume plane(PixelType::u8, sample.width, sample.height);
                plane.pixels<std::uint8_t>()[0] = static_cast<std::uint8_t>(*sample.sourceSlice);
                return plane;
            },
            job);
        QCOMPARE(volume->depth(), 4);
        for (int z = 0; z < 4; ++z)
            QCOMPARE(int{volume->pixels<std::uint8_t>()[z * 20]}, 10 + 3 * z);
        QCOMPARE(volume->voxelSize->um[2], 6.0); // two micrometres times the step
    }

    void stopsOnRequest() {
        const auto viewables = viewablesOf(slices(4));
        std::stop_source stop;
        JobContext job(stop.get_token());
        const auto source = [&](const SampleRecord& sample) {
            stop.request_stop();
            return Volume(PixelType::u8, sample.width, sample.height);
        };
        QVERIFY_THROWS_EXCEPTION(Cancelled,
                                 static_cast<void>(loadViewable(viewables.front(), source, job)));
    }
};

QTEST_GUILESS_MAIN(TestViewables)
#include "tst_viewables.moc"
