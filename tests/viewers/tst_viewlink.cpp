// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/imaging/image.h"
#include "viewers/viewlink.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace likeness;

namespace {

ViewSubject subjectOf(std::array<std::int64_t, 3> size,
                      std::optional<double> um,
                      DisplayRange range = {0.0, 255.0}) {
    ViewSubject subject;
    subject.size = size;
    if (um)
        subject.voxelUm = std::array{*um, *um, *um};
    subject.firstView = range;
    return subject;
}

std::shared_ptr<const ValueSample> normalValues(double mean, double deviation) {
    Volume image(PixelType::f32, 200, 200);
    Random random(7, "test");
    for (std::int64_t i = 0; i < 40000; ++i)
        image.pixels<float>()[i] = static_cast<float>(mean + deviation * random.normal());
    return std::make_shared<const ValueSample>(image.span());
}

bool near(double a, double b, double tolerance = 1e-9) {
    return std::abs(a - b) <= tolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

/// One random input of one view.
void act(ViewLink& link, ViewLink::Id id, Random& random) {
    const QPointF by(random.uniform(-200.0, 200.0), random.uniform(-200.0, 200.0));
    switch (random.below(11)) {
    case 0:
    case 1:
        return link.panBy(id, by);
    case 2:
    case 3:
        return link.zoomAt(id, std::exp(random.uniform(-0.5, 0.5)), by);
    case 4:
        return link.stepSlice(id, static_cast<std::int64_t>(random.below(21)) - 10);
    case 5:
        return link.setSlice(id, static_cast<std::int64_t>(random.below(400)) - 50);
    case 6:
    case 7:
        return link.dragWindow(id, by);
    case 8:
        return link.setPane(id, QSizeF(random.uniform(50.0, 900.0), random.uniform(50.0, 900.0)),
                            random.uniform() < 0.5 ? 1.0 : 1.5);
    case 9:
        return link.setAxis(id, static_cast<SliceAxis>(random.below(3)));
    default:
        break;
    }
    if (random.uniform() < 0.3)
        link.reset(id);
    else if (random.uniform() < 0.5)
        link.zoomToPixels(id);
    else
        link.fit(id);
}

} // namespace

class TestViewLink : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linkedViewsNeverDrift_data();
    void linkedViewsNeverDrift();
    void percentilesNeverDrift();
    void keptOffsetStays();
    void slicesByDistance();
    void unlinkedViewsStand();
    void zoomKeepsThePointUnderThePointer();
    void panMovesByThePointer();
    void fitShowsAll();
    void integerFit_data();
    void integerFit();
    void unequalVoxelEdges();
    void unitFollowsCalibration();
    void resizedFitsAgain();
    void suggestedMode();
    void rangesFollowUntilTouched();
    void oneSignalPerInput();
    void removedViewsAreIgnored();
};

void TestViewLink::linkedViewsNeverDrift_data() {
    QTest::addColumn<bool>("calibrated");
    QTest::addColumn<bool>("unlike");
    QTest::newRow("same size, uncalibrated") << false << false;
    QTest::newRow("unlike sizes, uncalibrated") << false << true;
    QTest::newRow("same size, calibrated") << true << false;
    QTest::newRow("unlike sizes, calibrated") << true << true;
}

void TestViewLink::linkedViewsNeverDrift() {
    QFETCH(bool, calibrated);
    QFETCH(bool, unlike);
    const std::array<std::int64_t, 3> first{256, 256, 256};
    const std::array<std::int64_t, 3> second =
        unlike ? std::array<std::int64_t, 3>{300, 500, 97} : first;
    const auto um = [&](double edge) { return calibrated ? std::optional(edge) : std::nullopt; };
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    for (const auto id : ids)
        link.setPane(id, {800, 900}, 1.0);
    link.setSubject(ids[0], subjectOf(first, um(2.0)));
    link.setSubject(ids[1], subjectOf(second, um(unlike ? 3.5 : 2.0), {10.0, 300.0}));
    Random random(11, "test");
    for (int i = 0; i < 2000; ++i) {
        act(link, ids[random.below(2)], random);
        const PaneView a = link.view(ids[0]);
        const PaneView b = link.view(ids[1]);
        QCOMPARE(a.axis, b.axis);
        QVERIFY(a.zoom.width() > 0.0 && std::isfinite(a.zoom.width()));
        QVERIFY(a.range.high > a.range.low);
        QCOMPARE(a.range, b.range);
        const auto& sa = link.subject(ids[0]);
        const auto& sb = link.subject(ids[1]);
        const QSizeF pa = sa.pictureSize(a.axis);
        const QSizeF pb = sb.pictureSize(b.axis);
        // From the middle: the same length in um, or the same fraction of the picture.
        const double ua = calibrated ? 1.0 / sa.pixelPitch(a.axis).width() : pa.width();
        const double ub = calibrated ? 1.0 / sb.pixelPitch(b.axis).width() : pb.width();
        QVERIFY(near((a.centre.x() - pa.width() / 2) / ua, (b.centre.x() - pb.width() / 2) / ub));
        const double la = calibrated ? ua : std::max(pa.width(), pa.height());
        const double lb = calibrated ? ub : std::max(pb.width(), pb.height());
        QVERIFY(near(a.zoom.width() * la, b.zoom.width() * lb));
        const double da = static_cast<double>(sa.sliceCount(a.axis) - 1);
        const double db = static_cast<double>(sb.sliceCount(b.axis) - 1);
        QVERIFY(std::abs(a.slice / da - b.slice / db) <= 0.5 / da + 0.5 / db + 1e-9);
        if (!unlike) {
            QCOMPARE(a.slice, b.slice);
            QCOMPARE(a.centre, b.centre);
            QCOMPARE(a.zoom, b.zoom);
        }
    }
}

void TestViewLink::percentilesNeverDrift() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    auto low = subjectOf({64, 64, 1}, {});
    auto high = low;
    low.values = normalValues(0.0, 1.0);
    low.firstView = low.values->firstView();
    high.values = normalValues(3e4, 500.0);
    high.firstView = high.values->firstView();
    link.setSubject(ids[0], low);
    link.setSubject(ids[1], high);
    link.setWindowMode(WindowLink::byPercentile);
    Random random(13, "test");
    for (int i = 0; i < 1000; ++i) {
        const auto id = ids[random.below(2)];
        if (random.uniform() < 0.05)
            link.reset(id);
        else
            link.dragWindow(id, {random.uniform(-40.0, 40.0), random.uniform(-40.0, 40.0)});
        const DisplayRange a = link.view(ids[0]).range;
        const DisplayRange b = link.view(ids[1]).range;
        QVERIFY(near(low.values->rank(a.low), high.values->rank(b.low), 1e-7));
        QVERIFY(near(low.values->rank(a.high), high.values->rank(b.high), 1e-7));
    }
    // What was asked for is what the acting view gets.
    link.setRange(ids[0], {-1.25, 0.5});
    QVERIFY(near(link.view(ids[0]).range.low, -1.25));
    QVERIFY(near(link.view(ids[0]).range.high, 0.5));
}

void TestViewLink::keptOffsetStays() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    for (const auto id : ids) {
        link.setPane(id, {400, 400}, 1.0);
        link.setSubject(id, subjectOf({400, 400, 101}, 1.0));
    }
    link.setNavigationMode(LinkMode::off);
    link.setSliceMode(LinkMode::off);
    link.panBy(ids[1], {30.0, -20.0});
    link.zoomAt(ids[1], 2.0, {});
    link.setSlice(ids[1], 60);
    QCOMPARE(link.view(ids[0]).slice, 50);
    QCOMPARE(link.view(ids[0]).centre, QPointF(200, 200));
    link.setNavigationMode(LinkMode::keptOffset);
    link.setSliceMode(LinkMode::keptOffset);
    Random random(17, "test");
    for (int i = 0; i < 500; ++i) {
        const auto id = ids[random.below(2)];
        link.panBy(id, {random.uniform(-5.0, 5.0), random.uniform(-5.0, 5.0)});
        link.zoomAt(id, std::exp(random.uniform(-0.02, 0.02)), {5.0, 5.0});
    }
    const PaneView a = link.view(ids[0]);
    const PaneView b = link.view(ids[1]);
    QVERIFY(near(b.zoom.width() / a.zoom.width(), 2.0));
    QVERIFY(near(b.centre.x() - a.centre.x(), -30.0));
    QVERIFY(near(b.centre.y() - a.centre.y(), 20.0));
    link.stepSlice(ids[0], 30);
    QCOMPARE(link.view(ids[0]).slice, 80);
    QCOMPARE(link.view(ids[1]).slice, 90);
    QVERIFY(!link.view(ids[1]).sliceClamped);
    link.stepSlice(ids[0], 15);
    QCOMPARE(link.view(ids[1]).slice, 100);
    QVERIFY(link.view(ids[1]).sliceClamped);
    link.stepSlice(ids[0], -15);
    QCOMPARE(link.view(ids[1]).slice, 90);
    // Back to one place: the view that acted last leads.
    link.setNavigationMode(LinkMode::absolute);
    QCOMPARE(link.view(ids[0]).centre, link.view(ids[1]).centre);
    QVERIFY(near(link.view(ids[0]).zoom.width(), a.zoom.width()));
}

// Slices 1 and 4 um apart: 12 um above the middle of one is 12 um above the middle of the other.
void TestViewLink::slicesByDistance() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    link.setSubject(ids[0], subjectOf({400, 400, 101}, 1.0));
    link.setSubject(ids[1], subjectOf({400, 400, 51}, 4.0));
    link.setSliceUnit(LinkUnit::micrometre);
    QVERIFY(link.sliceUnit() == LinkUnit::micrometre);
    link.setSlice(ids[0], 62);
    QCOMPARE(link.view(ids[1]).slice, 28);
    QVERIFY(!link.view(ids[1]).sliceClamped);
    link.setSlice(ids[1], 50);
    QCOMPARE(link.view(ids[0]).slice, 100);
    QVERIFY(link.view(ids[0]).sliceClamped);
    link.setSlice(ids[1], 35);
    QCOMPARE(link.view(ids[0]).slice, 90);
    // Back to shares: the view that acted last keeps its slice.
    link.setSliceUnit(LinkUnit::fraction);
    QCOMPARE(link.view(ids[1]).slice, 35);
    QCOMPARE(link.view(ids[0]).slice, 70);
    // Without calibration there are no distances.
    link.setSliceUnit(LinkUnit::micrometre);
    link.setSubject(ids[0], subjectOf({400, 400, 101}, std::nullopt));
    QVERIFY(link.sliceUnit() == LinkUnit::fraction);
    link.setSlice(ids[1], 25);
    QCOMPARE(link.view(ids[0]).slice, 50);
}

void TestViewLink::unlinkedViewsStand() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    for (const auto id : ids) {
        link.setPane(id, {400, 400}, 1.0);
        link.setSubject(id, subjectOf({100, 100, 50}, {}));
    }
    link.setNavigationMode(LinkMode::off);
    link.setSliceMode(LinkMode::off);
    link.setWindowMode(WindowLink::off);
    const PaneView before = link.view(ids[1]);
    Random random(19, "test");
    for (int i = 0; i < 500; ++i)
        act(link, ids[0], random);
    QCOMPARE(link.view(ids[1]), before);
    QVERIFY(link.view(ids[0]) != before);
}

void TestViewLink::zoomKeepsThePointUnderThePointer() {
    ViewLink link;
    const auto id = link.addView();
    link.setPane(id, {640, 480}, 1.0);
    link.setSubject(id, subjectOf({1000, 700, 1}, 5.0));
    const QPointF pointer(123.0, -77.0);
    const auto under = [&] {
        const PaneView v = link.view(id);
        return v.centre + QPointF(pointer.x() / v.zoom.width(), pointer.y() / v.zoom.height());
    };
    const QPointF before = under();
    for (int i = 0; i < 10; ++i) {
        link.zoomAt(id, 1.25, pointer);
        QVERIFY(near(under().x(), before.x()) && near(under().y(), before.y()));
    }
    for (int i = 0; i < 100; ++i)
        link.zoomAt(id, 10.0, pointer);
    QVERIFY(near(link.view(id).zoom.width(), ViewLink::kMaximumZoom));
}

void TestViewLink::panMovesByThePointer() {
    ViewLink link;
    const auto id = link.addView();
    link.setPane(id, {400, 400}, 1.0);
    link.setSubject(id, subjectOf({100, 100, 1}, {}));
    link.zoomToPixels(id);
    link.panBy(id, {10.0, -7.0});
    QCOMPARE(link.view(id).centre, QPointF(40.0, 57.0));
    link.panBy(id, {1e6, 1e6}); // the middle of the pane stays on the picture
    QCOMPARE(link.view(id).centre, QPointF(0.0, 0.0));
}

void TestViewLink::fitShowsAll() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    link.setPane(ids[0], {800, 900}, 1.0);
    link.setPane(ids[1], {800, 900}, 1.0);
    link.setSubject(ids[0], subjectOf({400, 400, 1}, 1.0));
    QVERIFY(near(link.view(ids[0]).zoom.width(), 2.0));
    // A picture of twice the length on the same scale halves the zoom of both.
    link.setSubject(ids[1], subjectOf({400, 400, 1}, 2.0));
    QVERIFY(near(link.view(ids[0]).zoom.width(), 1.0));
    QVERIFY(near(link.view(ids[1]).zoom.width(), 2.0));
}

void TestViewLink::integerFit_data() {
    QTest::addColumn<qint64>("pixels");
    QTest::addColumn<double>("ratio");
    QTest::addColumn<double>("deviceZoom");
    QTest::newRow("256 in 800") << qint64{256} << 1.0 << 3.0;
    QTest::newRow("800 in 800") << qint64{800} << 1.0 << 1.0;
    QTest::newRow("801 in 800") << qint64{801} << 1.0 << 0.5;
    QTest::newRow("256 in 800 at 1.25") << qint64{256} << 1.25 << 3.0;
    QTest::newRow("256 in 800 at 1.5") << qint64{256} << 1.5 << 4.0;
    QTest::newRow("2500 in 800") << qint64{2500} << 1.0 << 0.25;
}

void TestViewLink::integerFit() {
    QFETCH(qint64, pixels);
    QFETCH(double, ratio);
    ViewLink link;
    link.setIntegerFit(true);
    const auto id = link.addView();
    link.setPane(id, {800, 800}, ratio);
    link.setSubject(id, subjectOf({pixels, pixels, 1}, {}));
    QFETCH(double, deviceZoom);
    QVERIFY(near(link.view(id).zoom.width() * ratio, deviceZoom));
}

void TestViewLink::unequalVoxelEdges() {
    ViewLink link;
    const auto id = link.addView();
    link.setPane(id, {600, 600}, 1.0);
    auto subject = subjectOf({100, 100, 50}, 1.0);
    subject.voxelUm = std::array{1.0, 1.0, 4.0};
    link.setSubject(id, subject);
    link.setAxis(id, SliceAxis::y); // x across, z down
    const PaneView view = link.view(id);
    QVERIFY(near(view.zoom.height(), 4.0 * view.zoom.width()));
    QVERIFY(near(view.zoom.height() * 50.0, 600.0));
    QCOMPARE(subject.pictureSize(SliceAxis::x), QSizeF(50, 100));
}

void TestViewLink::unitFollowsCalibration() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    link.setPane(ids[0], {400, 400}, 1.0);
    link.setPane(ids[1], {400, 400}, 1.0);
    link.setSubject(ids[0], subjectOf({200, 200, 1}, 2.0));
    QCOMPARE(link.unit(), LinkUnit::micrometre);
    link.zoomAt(ids[0], 3.0, {40.0, 10.0});
    const PaneView before = link.view(ids[0]);
    link.setSubject(ids[1], subjectOf({300, 300, 1}, {}));
    QCOMPARE(link.unit(), LinkUnit::fraction);
    const PaneView after = link.view(ids[0]);
    QVERIFY(near(after.zoom.width(), before.zoom.width()));
    QVERIFY(near(after.centre.x(), before.centre.x()) && near(after.centre.y(), before.centre.y()));
    link.removeView(ids[1]);
    QCOMPARE(link.unit(), LinkUnit::micrometre);
    QVERIFY(near(link.view(ids[0]).zoom.width(), before.zoom.width()));
}

void TestViewLink::resizedFitsAgain() {
    ViewLink link;
    const auto id = link.addView();
    link.setSubject(id, subjectOf({100, 100, 1}, {}));
    link.setPane(id, {200, 300}, 1.0);
    QVERIFY(near(link.view(id).zoom.width(), 2.0));
    link.setPane(id, {400, 300}, 1.0);
    QVERIFY(near(link.view(id).zoom.width(), 3.0));
    link.zoomAt(id, 2.0, {});
    link.setPane(id, {200, 200}, 1.0); // a zoom by hand stays
    QVERIFY(near(link.view(id).zoom.width(), 6.0));
}

void TestViewLink::suggestedMode() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    link.setSubject(ids[0], subjectOf({9, 9, 1}, {}, {20.0, 220.0}));
    QCOMPARE(link.suggestedWindowMode(), WindowLink::byValue);
    link.setSubject(ids[1], subjectOf({9, 9, 1}, {}, {40.0, 250.0}));
    QCOMPARE(link.suggestedWindowMode(), WindowLink::byValue);
    link.setSubject(ids[1], subjectOf({9, 9, 1}, {}, {0.0, 1.0}));
    QCOMPARE(link.suggestedWindowMode(), WindowLink::byPercentile);
}

void TestViewLink::rangesFollowUntilTouched() {
    ViewLink link;
    const std::array ids{link.addView(), link.addView()};
    link.setSubject(ids[0], subjectOf({9, 9, 1}, {}, {20.0, 220.0}));
    QCOMPARE(link.view(ids[0]).range, (DisplayRange{20.0, 220.0}));
    link.setSubject(ids[1], subjectOf({9, 9, 1}, {}, {40.0, 250.0}));
    QCOMPARE(link.view(ids[0]).range, (DisplayRange{20.0, 250.0})); // nothing of either is cut off
    link.setRange(ids[1], {50.0, 60.0});
    link.setSubject(ids[0], subjectOf({8, 8, 1}, {}, {0.0, 10.0}));
    QCOMPARE(link.view(ids[0]).range, (DisplayRange{50.0, 60.0}));
    link.setRange(ids[0], {5.0, 5.0}); // not a range
    QCOMPARE(link.view(ids[0]).range, (DisplayRange{50.0, 60.0}));
    link.reset(ids[0]);
    QCOMPARE(link.view(ids[1]).range, (DisplayRange{0.0, 250.0}));
}

void TestViewLink::oneSignalPerInput() {
    ViewLink link;
    const auto id = link.addView();
    link.setPane(id, {100, 100}, 1.0);
    link.setSubject(id, subjectOf({50, 50, 9}, {}));
    QSignalSpy spy(&link, &ViewLink::changed);
    link.panBy(id, {1, 1});
    link.zoomAt(id, 1.1, {});
    link.stepSlice(id, 1);
    link.dragWindow(id, {4, 4});
    link.reset(id);
    QCOMPARE(spy.count(), 5);
}

void TestViewLink::removedViewsAreIgnored() {
    ViewLink link;
    const auto id = link.addView();
    link.setSubject(id, subjectOf({50, 50, 9}, {}));
    link.removeView(id);
    QSignalSpy spy(&link, &ViewLink::changed);
    Random random(23, "test");
    for (int i = 0; i < 50; ++i)
        act(link, id, random);
    QCOMPARE(spy.count(), 0);
    QVERIFY(link.subject(id).isEmpty());
}

QTEST_GUILESS_MAIN(TestViewLink)
#include "tst_viewlink.moc"
