// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QLabel>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <limits>

using namespace likeness;

namespace {

/// Uneven in both directions, so that a wrong place shows.
std::shared_ptr<Volume> picture(int seed, std::int64_t depth = 1, std::int64_t side = 64) {
    auto volume = std::make_shared<Volume>(PixelType::u8, side, side, depth);
    Random random(static_cast<std::uint64_t>(seed), "pictures");
    for (std::int64_t i = 0; i < volume->span().values(); ++i)
        volume->pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
    return volume;
}

constexpr int kFrame = 4;

/// Without the frame of the focus, which comes when it will.
QImage cut(const QImage& image) {
    return image.copy(image.rect().adjusted(kFrame, kFrame, -kFrame, -kFrame));
}

struct Bench {
    explicit Bench(std::int64_t depth = 1) {
        panes.resize(620, 340);
        panes.setPicture(0, picture(1, depth), QStringLiteral("first"));
        panes.setPicture(1, picture(2, depth), QStringLiteral("second"));
        panes.setRegistered(true);
        panes.show();
        for (int i = 0; i < 2; ++i)
            panes.canvas(i)->setScaleBarVisible(false);
        QVERIFY(QTest::qWaitForWindowExposed(&panes));
        panes.canvas(0)->setFocus();
    }

    [[nodiscard]] QImage seen() { return cut(panes.canvas(0)->grab().toImage()); }

    /// Frames of both pictures in the first pane.
    [[nodiscard]] QImage whole(bool second) {
        panes.setSecondShown(second);
        const QImage image = seen();
        panes.setSecondShown(false);
        return image;
    }

    ComparePanes panes;
};

QPoint middleOf(const QImage& image) {
    return image.rect().center();
}

} // namespace

class TestComparePanes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void swipeShowsBoth();
    void dividerMovesByKeyAndMouse();
    void blinkHasNoBlankFrame();
    void boardAlternates();
    void differenceIsSignedAndCentred();
    void differenceOfUnlikeSizesIsRefused();
    void unregisteredPairsHaveReasons();
    void anotherPictureEndsTheDifference();
    void secondPictureFollowsWhileHeld();
    void coloursReachBothPictures();
    void fourShareOneLink();
    void nothingDrifts();
};

void TestComparePanes::swipeShowsBoth() {
    Bench bench;
    QSignalSpy changed(&bench.panes, &ComparePanes::modeChanged);
    bench.panes.setMode(CompareMode::swipe);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!bench.panes.canvas(1)->isVisible());
    QCoreApplication::processEvents();
    const QImage first = cut(bench.panes.canvas(0)->frame());
    const QImage second = bench.whole(true);
    const QPoint middle = middleOf(first);
    bench.panes.setDivider(0.5);
    const QImage both = bench.seen();
    const QRect left(middle.x() - 60, middle.y() - 60, 50, 40);
    const QRect right(middle.x() + 12, middle.y() - 60, 50, 40);
    QCOMPARE(both.copy(left), first.copy(left));
    QCOMPARE(both.copy(right), second.copy(right));
    QVERIFY(first.copy(right) != second.copy(right));
    bench.panes.setDividerFlat(true);
    const QImage flat = bench.seen();
    QCOMPARE(flat.copy(left), first.copy(left));
    const QRect below(middle.x() - 60, middle.y() + 12, 50, 40);
    QCOMPARE(flat.copy(below), second.copy(below));
}

void TestComparePanes::dividerMovesByKeyAndMouse() {
    Bench bench;
    bench.panes.setMode(CompareMode::swipe);
    QCoreApplication::processEvents();
    ImageCanvas* canvas = bench.panes.canvas(0);
    QTest::keyClick(canvas, Qt::Key_Period);
    QVERIFY(std::abs(bench.panes.divider() - 0.52) < 1e-9);
    QTest::keyClick(canvas, Qt::Key_Comma);
    QVERIFY(std::abs(bench.panes.divider() - 0.5) < 1e-9);
    const PaneView before = canvas->view();
    const QPoint line(canvas->width() / 2, 40);
    QTest::mousePress(canvas, Qt::LeftButton, {}, line);
    QMouseEvent move(QEvent::MouseMove, QPointF(100, 40), canvas->mapToGlobal(QPointF(100, 40)),
                     Qt::LeftButton, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(canvas, &move);
    QTest::mouseRelease(canvas, Qt::LeftButton, {}, QPoint(100, 40));
    QVERIFY(std::abs(bench.panes.divider() - 100.0 / canvas->width()) < 1e-9);
    QVERIFY(canvas->view() == before);
    // The place of the divider outlives another picture.
    bench.panes.setPicture(1, picture(3), QStringLiteral("third"));
    QVERIFY(std::abs(bench.panes.divider() - 100.0 / canvas->width()) < 1e-9);
    QTest::keyClick(canvas, Qt::Key_V);
    QVERIFY(bench.panes.isDividerFlat());
}

void TestComparePanes::blinkHasNoBlankFrame() {
    Bench bench;
    bench.panes.setMode(CompareMode::blink);
    QCoreApplication::processEvents();
    const QImage first = bench.whole(false);
    const QImage second = bench.whole(true);
    QVERIFY(first != second);
    bench.panes.setBlinkRate(100.0); // held to the highest rate allowed
    int firsts = 0;
    int seconds = 0;
    for (int i = 0; i < 200 && (firsts < 3 || seconds < 3); ++i) {
        const QImage now = bench.seen();
        firsts += now == first ? 1 : 0;
        seconds += now == second ? 1 : 0;
        QVERIFY(now == first || now == second);
        QTest::qWait(20);
    }
    QVERIFY(firsts >= 3 && seconds >= 3);
    bench.panes.setBlinkRate(0.0);
    QCOMPARE(bench.seen(), first);
}

void TestComparePanes::boardAlternates() {
    Bench bench;
    bench.panes.setMode(CompareMode::checkerboard);
    QCoreApplication::processEvents();
    const QImage first = cut(bench.panes.canvas(0)->frame());
    const QImage second = bench.whole(true);
    const QImage board = bench.seen();
    constexpr int kField = PaneComposer::kField;
    int compared = 0;
    for (int row = 1; row < 5; ++row) {
        for (int column = 1; column < 8; ++column) {
            const QRect field(column * kField - kFrame, row * kField - kFrame, kField, kField);
            const QImage& expected = (row + column) % 2 == 0 ? first : second;
            if (!board.rect().contains(field))
                continue;
            QCOMPARE(board.copy(field), expected.copy(field));
            ++compared;
        }
    }
    QVERIFY(compared > 10);
}

void TestComparePanes::differenceIsSignedAndCentred() {
    auto first = std::make_shared<Volume>(PixelType::f32, 3, 1);
    auto second = std::make_shared<Volume>(PixelType::f32, 3, 1);
    const float from[] = {100.0F, 100.0F, 100.0F};
    const float to[] = {100.0F, 140.0F, 60.0F};
    std::copy_n(from, 3, first->pixels<float>());
    std::copy_n(to, 3, second->pixels<float>());
    PaneComposer composer;
    composer.setVolumes(first, second);
    PaneComposer::Look look;
    look.mode = CompareMode::difference;
    look.first.centre = look.second.centre = {1.5, 0.5};
    look.first.zoom = look.second.zoom = {10.0, 10.0};
    look.first.range = {0.0, 80.0}; // so that 40 has full colour
    const QImage image = composer.compose(QImage(30, 10, QImage::Format_RGB32), look);
    const ColourTable& colours = coloursOf(ColourMap::diverging);
    QCOMPARE(image.pixel(5, 5), colours[128]);
    QCOMPARE(image.pixel(15, 5), colours[255]);
    QCOMPARE(image.pixel(25, 5), colours[0]);
    const QColor neutral(colours[128]);
    QVERIFY(std::abs(neutral.red() - neutral.blue()) <= 2);
    QVERIFY(QColor(colours[255]).red() > QColor(colours[255]).blue() + 100);
    QVERIFY(QColor(colours[0]).blue() > QColor(colours[0]).red() + 100);
    second->pixels<float>()[1] = std::numeric_limits<float>::quiet_NaN();
    QCOMPARE(differenceOf(*first, *second).pixels<float>()[1], 0.0F);
}

void TestComparePanes::differenceOfUnlikeSizesIsRefused() {
    QVERIFY_THROWS_EXCEPTION(Error, (void)differenceOf(*picture(1), *picture(2, 1, 32)));
}

void TestComparePanes::unregisteredPairsHaveReasons() {
    Bench bench;
    bench.panes.setRegistered(false);
    for (const CompareMode mode : {CompareMode::checkerboard, CompareMode::difference}) {
        QVERIFY(bench.panes.reasonAgainst(mode).contains(QStringLiteral("editing")));
        bench.panes.setMode(mode);
        QVERIFY(bench.panes.mode() == CompareMode::sideBySide);
    }
    for (const CompareMode mode : {CompareMode::sideBySide, CompareMode::swipe, CompareMode::blink})
        QVERIFY(bench.panes.reasonAgainst(mode).isEmpty());
    bench.panes.setRegistered(true);
    QVERIFY(bench.panes.reasonAgainst(CompareMode::difference).isEmpty());
    bench.panes.setPicture(1, picture(2, 1, 32), QStringLiteral("small"));
    QVERIFY(bench.panes.reasonAgainst(CompareMode::difference).contains(QStringLiteral("size")));
    bench.panes.setPicture(1, nullptr, {});
    QVERIFY(!bench.panes.reasonAgainst(CompareMode::difference).isEmpty());
}

void TestComparePanes::anotherPictureEndsTheDifference() {
    Bench bench;
    bench.panes.setMode(CompareMode::difference);
    QVERIFY(bench.panes.mode() == CompareMode::difference);
    bench.panes.setRegistered(false);
    QVERIFY(bench.panes.mode() == CompareMode::sideBySide);
    QVERIFY(bench.panes.canvas(1)->isVisible());
}

void TestComparePanes::secondPictureFollowsWhileHeld() {
    Bench bench(3);
    QTest::keyPress(bench.panes.canvas(0), Qt::Key_X);
    const QImage before = bench.seen();
    bench.panes.link()->panBy(bench.panes.canvas(0)->viewId(), {30.0, 10.0});
    bench.panes.link()->stepSlice(bench.panes.canvas(0)->viewId(), 1);
    const QImage after = bench.seen();
    QVERIFY(after != before);
    QCOMPARE(after, cut(bench.panes.canvas(1)->grab().toImage()));
    QTest::keyRelease(bench.panes.canvas(0), Qt::Key_X);
    QVERIFY(bench.seen() != after);
}

void TestComparePanes::coloursReachBothPictures() {
    Bench bench;
    const auto coloured = [](const QImage& image) {
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (const QColor c = image.pixelColor(x, y); c.red() != c.blue())
                    return true;
        return false;
    };
    const QRect inner(10, 10, 200, 200);
    QVERIFY(!coloured(bench.whole(true).copy(inner)));
    bench.panes.setColours(ColourMap::viridis);
    QVERIFY(coloured(bench.seen().copy(inner)));
    QVERIFY(coloured(bench.whole(true).copy(inner)));
    // The ends of viridis as Matplotlib has them: #440154 and #fde725.
    const ColourTable& table = coloursOf(ColourMap::viridis);
    QVERIFY(std::abs(qRed(table[0]) - 0x44) <= 1 && std::abs(qBlue(table[0]) - 0x54) <= 1);
    QVERIFY(std::abs(qRed(table[255]) - 0xfd) <= 1 && std::abs(qBlue(table[255]) - 0x25) <= 1);
}

// Pictures of one size on one link show the same place after whatever a hand may do, in whatever
// mode.
void TestComparePanes::fourShareOneLink() {
    Bench bench;
    QVERIFY(!bench.panes.canvas(2)->isVisible());
    bench.panes.setMode(CompareMode::four);
    for (int pane = 2; pane < ComparePanes::kPanes; ++pane)
        bench.panes.setPicture(pane, picture(pane, 1, 40), QStringLiteral("more"));
    QCoreApplication::processEvents();
    bench.panes.link()->zoomAt(bench.panes.canvas(3)->viewId(), 2.0, QPointF(20.0, 10.0));
    bench.panes.link()->panBy(bench.panes.canvas(2)->viewId(), QPointF(15.0, -8.0));
    const auto share = [&](int pane) {
        const ImageCanvas* canvas = bench.panes.canvas(pane);
        return QPointF(canvas->view().centre.x() / static_cast<double>(canvas->volume()->width()),
                       canvas->view().centre.y() / static_cast<double>(canvas->volume()->height()));
    };
    for (int pane = 0; pane < ComparePanes::kPanes; ++pane) {
        QVERIFY(bench.panes.canvas(pane)->isVisible());
        QVERIFY((share(pane) - share(0)).manhattanLength() < 1e-9);
    }
    QVERIFY((share(0) - QPointF(0.5, 0.5)).manhattanLength() > 0.01);
    bench.panes.setMode(CompareMode::swipe);
    QVERIFY(!bench.panes.canvas(3)->isVisible());
    bench.panes.setMode(CompareMode::sideBySide);
    QVERIFY(bench.panes.canvas(1)->isVisible() && !bench.panes.canvas(2)->isVisible());
}

void TestComparePanes::nothingDrifts() {
    Bench bench(5);
    Random random(9, "hands");
    const auto at = [&] {
        return QPoint(static_cast<int>(random.below(280)), static_cast<int>(random.below(280)));
    };
    const QList<int> keys{Qt::Key_Left, Qt::Key_Right, Qt::Key_PageDown, Qt::Key_Home, Qt::Key_End,
                          Qt::Key_Plus, Qt::Key_Minus, Qt::Key_1,        Qt::Key_F,    Qt::Key_R,
                          Qt::Key_X,    Qt::Key_Comma, Qt::Key_Period};
    for (int i = 0; i < 10'000; ++i) {
        const bool single = bench.panes.mode() != CompareMode::sideBySide;
        ImageCanvas* canvas = bench.panes.canvas(single ? 0 : static_cast<int>(random.below(2)));
        switch (random.below(8)) {
        case 0: {
            QWheelEvent wheel(at(), {}, {}, {0, random.below(2) == 0 ? 120 : -120}, Qt::NoButton,
                              random.below(2) == 0 ? Qt::NoModifier : Qt::ControlModifier,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(canvas, &wheel);
            break;
        }
        case 1:
            if (i % 50 == 0)
                bench.panes.setMode(static_cast<CompareMode>(random.below(5)));
            break;
        case 2:
        case 3: {
            const auto button = random.below(2) == 0 ? Qt::LeftButton : Qt::RightButton;
            QMouseEvent press(QEvent::MouseButtonPress, at(), {}, button, button, Qt::NoModifier);
            QMouseEvent move(QEvent::MouseMove, at(), {}, button, button, Qt::NoModifier);
            QMouseEvent release(QEvent::MouseButtonRelease, at(), {}, button, Qt::NoButton,
                                Qt::NoModifier);
            for (QMouseEvent* event : {&press, &move, &release})
                QCoreApplication::sendEvent(canvas, event);
            break;
        }
        default: {
            const auto modifier = random.below(3) == 0 ? Qt::ShiftModifier : Qt::NoModifier;
            const auto which = static_cast<qsizetype>(random.below(keys.size()));
            QKeyEvent press(QEvent::KeyPress, keys[which], modifier);
            QKeyEvent release(QEvent::KeyRelease, keys[which], modifier);
            QCoreApplication::sendEvent(canvas, &press);
            QCoreApplication::sendEvent(canvas, &release);
        }
        }
        const PaneView first = bench.panes.canvas(0)->view();
        const PaneView second = bench.panes.canvas(1)->view();
        QCOMPARE(first.slice, second.slice);
        QVERIFY(first.range == second.range);
        QVERIFY(std::abs(first.zoom.width() / second.zoom.width() - 1.0) < 1e-9);
        QVERIFY(QLineF(first.centre, second.centre).length() < 1e-6);
    }
}

QTEST_MAIN(TestComparePanes)
#include "tst_comparepanes.moc"
