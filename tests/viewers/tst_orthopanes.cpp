// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/crosshairtool.h"
#include "viewers/compare/orthopanes.h"

#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

using namespace likeness;

namespace {

using Voxel = std::array<std::int64_t, 3>;

constexpr std::array kAxes{SliceAxis::x, SliceAxis::y, SliceAxis::z};

/// Every voxel has a value of its own.
std::shared_ptr<Volume> numbered(Voxel size, std::optional<double> um = std::nullopt) {
    auto volume = std::make_shared<Volume>(PixelType::u16, size[0], size[1], size[2]);
    for (std::int64_t i = 0; i < volume->span().values(); ++i)
        volume->pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(i);
    if (um)
        volume->voxelSize = VoxelSize{{*um, *um, *um}, "test"};
    return volume;
}

struct Bench {
    Bench(std::shared_ptr<Volume> first, std::shared_ptr<Volume> second) {
        panes.resize(900, 600);
        panes.setPicture(0, std::move(first), QStringLiteral("first"));
        panes.setPicture(1, std::move(second), QStringLiteral("second"));
        panes.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panes));
    }

    /// The value under the middle of the crosshair, as a probe of the pane tells it.
    double valueAtCross(int row, SliceAxis axis) {
        double value = -1.0;
        const auto link = QObject::connect(
            panes.canvas(row, axis), &ImageCanvas::probed, &panes,
            [&](const PixelProbe& probe) { value = probe.inside ? probe.values[0] : -1.0; });
        const QPoint at = crossOnScreen(row, axis);
        QMouseEvent move(QEvent::MouseMove, at, panes.canvas(row, axis)->mapToGlobal(at),
                         Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(panes.canvas(row, axis), &move);
        QObject::disconnect(link);
        return value;
    }

    QPoint crossOnScreen(int row, SliceAxis axis) {
        const ImageCanvas* canvas = panes.canvas(row, axis);
        const PaneView view = canvas->view();
        const QPointF place = canvas->findChild<CrosshairTool*>()->place();
        return (QPointF(0.5 * canvas->width(), 0.5 * canvas->height()) +
                QPointF((place.x() - view.centre.x()) * view.zoom.width(),
                        (place.y() - view.centre.y()) * view.zoom.height()))
            .toPoint();
    }

    OrthoPanes panes;
};

void sendMouse(ImageCanvas* canvas, QEvent::Type type, QPoint at, Qt::MouseButton button) {
    const bool released = type == QEvent::MouseButtonRelease;
    QMouseEvent event(type, at, canvas->mapToGlobal(at), button,
                      released ? Qt::NoButton : Qt::MouseButtons(button), Qt::NoModifier);
    QCoreApplication::sendEvent(canvas, &event);
}

/// A random input as a person could give it.
void act(OrthoPanes& panes, Random& random) {
    ImageCanvas* canvas =
        panes.canvas(static_cast<int>(random.below(2)), kAxes.at(random.below(3)));
    const auto any = [&](int size) {
        return static_cast<int>(random.below(static_cast<std::uint64_t>(size)));
    };
    const QPoint at(any(canvas->width()), any(canvas->height()));
    constexpr std::array kKeys{Qt::Key_Up,   Qt::Key_Down, Qt::Key_PageUp, Qt::Key_PageDown,
                               Qt::Key_Home, Qt::Key_End,  Qt::Key_F,      Qt::Key_R,
                               Qt::Key_Plus, Qt::Key_1};
    switch (random.below(4)) {
    case 0: {
        QKeyEvent key(QEvent::KeyPress, kKeys.at(random.below(kKeys.size())), Qt::NoModifier);
        QCoreApplication::sendEvent(canvas, &key);
        return;
    }
    case 1: {
        const auto turn = QPoint(0, random.below(2) == 0 ? 120 : -120);
        QWheelEvent wheel(at, canvas->mapToGlobal(at), {}, turn, Qt::NoButton,
                          random.below(2) == 0 ? Qt::ControlModifier : Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(canvas, &wheel);
        return;
    }
    default:
        break;
    }
    constexpr std::array kButtons{Qt::LeftButton, Qt::MiddleButton, Qt::RightButton};
    const Qt::MouseButton button = kButtons.at(random.below(3));
    sendMouse(canvas, QEvent::MouseButtonPress, at, button);
    sendMouse(canvas, QEvent::MouseMove, QPoint(any(canvas->width()), any(canvas->height())),
              button);
    sendMouse(canvas, QEvent::MouseButtonRelease, at, button);
}

} // namespace

class TestOrthoPanes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void clickSetsAllPlanes_data();
    void clickSetsAllPlanes();
    void nothingDrifts_data();
    void nothingDrifts();
    void shiftFollowsThePointer();
    void windowIsOne();
    void rowsOfOneSliceAreHidden();
};

void TestOrthoPanes::clickSetsAllPlanes_data() {
    QTest::addColumn<int>("seen");
    for (int axis = 0; axis < 3; ++axis)
        QTest::addRow("along %c", "xyz"[axis]) << axis;
}

// After a click on one plane the voxel of the crosshair is under the lines of all three.
void TestOrthoPanes::clickSetsAllPlanes() {
    QFETCH(int, seen);
    Bench bench(numbered({40, 30, 20}), nullptr);
    const auto axis = static_cast<SliceAxis>(seen);
    ImageCanvas* canvas = bench.panes.canvas(0, axis);
    const auto before = bench.panes.crosshair(0);
    const QPoint at = QPoint(canvas->width() * 3 / 5, canvas->height() * 2 / 5);
    sendMouse(canvas, QEvent::MouseButtonPress, at, Qt::LeftButton);
    sendMouse(canvas, QEvent::MouseButtonRelease, at, Qt::LeftButton);
    const Voxel voxel = bench.panes.crosshair(0);
    QCOMPARE(voxel.at(static_cast<std::size_t>(seen)), before.at(static_cast<std::size_t>(seen)));
    QVERIFY(voxel != before);
    const auto value = static_cast<double>((voxel[2] * 30 + voxel[1]) * 40 + voxel[0]);
    for (const SliceAxis other : kAxes)
        QCOMPARE(bench.valueAtCross(0, other), value);
}

void TestOrthoPanes::nothingDrifts_data() {
    QTest::addColumn<bool>("calibrated");
    QTest::addColumn<int>("unit");
    QTest::newRow("share of the depth") << false << static_cast<int>(LinkUnit::fraction);
    QTest::newRow("calibrated, share of the depth") << true << static_cast<int>(LinkUnit::fraction);
    QTest::newRow("calibrated, micrometres") << true << static_cast<int>(LinkUnit::micrometre);
}

// Two volumes of unlike sizes under thousands of inputs: the rows always show the same place.
void TestOrthoPanes::nothingDrifts() {
    QFETCH(bool, calibrated);
    QFETCH(int, unit);
    const Voxel sizes[] = {{40, 30, 20}, {17, 33, 48}};
    const double pitches[] = {2.0, 3.0};
    const auto um = [&](int row) {
        return calibrated ? std::optional(pitches[row]) : std::nullopt;
    };
    Bench bench(numbered(sizes[0], um(0)), numbered(sizes[1], um(1)));
    LinkChoice choice;
    choice.sliceUnit = static_cast<LinkUnit>(unit);
    bench.panes.setLinkChoice(choice);
    const bool distances = choice.sliceUnit == LinkUnit::micrometre;
    Random random(5, "ortho");
    for (int i = 0; i < 3400; ++i) {
        act(bench.panes, random);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            // In slices of the second row, the nearest to what the first row shows, or its end.
            const auto from = static_cast<double>(bench.panes.crosshair(0)[axis]);
            const auto to = static_cast<double>(bench.panes.crosshair(1)[axis]);
            const auto last0 = static_cast<double>(sizes[0][axis] - 1);
            const auto last1 = static_cast<double>(sizes[1][axis] - 1);
            const double per = distances ? pitches[0] / pitches[1] : last1 / last0;
            const double there = 0.5 * last1 + (from - 0.5 * last0) * per;
            const bool atAnEnd = distances && (from == 0.0 || from == last0) &&
                                 (there - 0.5 * last1) * (to - there) >= 0.0;
            QVERIFY2(std::abs(to - std::clamp(there, 0.0, last1)) <= 0.5 + 0.5 * per + 1e-9 ||
                         atAnEnd,
                     qPrintable(QStringLiteral("%1: %2 beside %3").arg(i).arg(from).arg(to)));
        }
        for (int row = 0; row < 2; ++row) {
            const DisplayRange range = bench.panes.canvas(row, SliceAxis::z)->view().range;
            for (const SliceAxis axis : kAxes)
                QVERIFY(bench.panes.canvas(row, axis)->view().range == range);
        }
    }
}

void TestOrthoPanes::shiftFollowsThePointer() {
    Bench bench(numbered({40, 30, 20}), nullptr);
    ImageCanvas* canvas = bench.panes.canvas(0, SliceAxis::z);
    const Voxel before = bench.panes.crosshair(0);
    const QPoint at(canvas->width() / 3, canvas->height() / 2);
    for (const auto modifier : {Qt::NoModifier, Qt::ShiftModifier}) {
        QMouseEvent move(QEvent::MouseMove, at, canvas->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                         modifier);
        QCoreApplication::sendEvent(canvas, &move);
        QCOMPARE(bench.panes.crosshair(0) == before, modifier == Qt::NoModifier);
    }
}

void TestOrthoPanes::windowIsOne() {
    Bench bench(numbered({40, 30, 20}), numbered({20, 20, 20}));
    bench.panes.link(SliceAxis::y)
        ->setRange(bench.panes.canvas(1, SliceAxis::y)->viewId(), {100.0, 900.0});
    for (int row = 0; row < 2; ++row)
        for (const SliceAxis axis : kAxes)
            QVERIFY((bench.panes.canvas(row, axis)->view().range == DisplayRange{100.0, 900.0}));
    bench.panes.setWindowMode(WindowLink::off);
    bench.panes.link(SliceAxis::x)
        ->setRange(bench.panes.canvas(1, SliceAxis::x)->viewId(), {0.0, 50.0});
    for (const SliceAxis axis : kAxes) {
        QVERIFY((bench.panes.canvas(0, axis)->view().range == DisplayRange{100.0, 900.0}));
        QVERIFY((bench.panes.canvas(1, axis)->view().range == DisplayRange{0.0, 50.0}));
    }
}

void TestOrthoPanes::rowsOfOneSliceAreHidden() {
    Bench bench(numbered({40, 30, 20}), numbered({40, 30, 1}));
    QVERIFY(bench.panes.canvas(0, SliceAxis::x)->isVisible());
    QVERIFY(!bench.panes.canvas(1, SliceAxis::x)->isVisible());
    QVERIFY(!bench.panes.canvas(1, SliceAxis::x)->volume());
}

QTEST_MAIN(TestOrthoPanes)
#include "tst_orthopanes.moc"
