// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/annotationtool.h"

#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace likeness;

namespace {

constexpr double kZoom = 4.0;

QMouseEvent at(QEvent::Type type, QPointF picture, Qt::KeyboardModifiers keys = {}) {
    return {type, picture * kZoom, picture * kZoom, Qt::LeftButton, Qt::LeftButton, keys};
}

struct Bench {
    Bench() {
        tool.setBounds({50.0, 40.0});
        tool.setMarks({{QStringLiteral("p"), AnnotationKind::point, {{10.0, 10.0}}, {}},
                       {QStringLiteral("b"),
                        AnnotationKind::box,
                        {{40.0, 30.0}, {20.0, 20.0}},
                        QStringLiteral("a word")}});
        (void)picture();
    }

    QImage picture() {
        QImage image(200, 160, QImage::Format_RGB32);
        image.fill(Qt::gray);
        QPainter painter(&image);
        tool.draw(painter, QTransform::fromScale(kZoom, kZoom));
        return image;
    }

    bool press(QPointF where, Qt::KeyboardModifiers keys = {}) {
        return tool.press(at(QEvent::MouseButtonPress, where, keys), where);
    }

    bool drag(QPointF from, QPointF to) {
        const bool used = press(from);
        tool.move(at(QEvent::MouseMove, to), to);
        tool.release(at(QEvent::MouseButtonRelease, to), to);
        return used;
    }

    AnnotationTool tool;
    QSignalSpy drawn{&tool, &AnnotationTool::drawn};
    QSignalSpy chosen{&tool, &AnnotationTool::chosen};
    QSignalSpy moved{&tool, &AnnotationTool::moved};
};

} // namespace

class TestAnnotationTool : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chooses_data();
    void chooses();
    void cornersOfBoxes_data();
    void cornersOfBoxes();
    void leavesOtherButtonsToTheCanvas();
    void clickMovesNothing();
    void cancelled();
    void seenOnThePicture();
};

void TestAnnotationTool::chooses_data() {
    QTest::addColumn<QPointF>("where");
    QTest::addColumn<QString>("id");
    QTest::newRow("a point") << QPointF(11.0, 9.0) << QStringLiteral("p");
    QTest::newRow("inside a box") << QPointF(30.0, 25.0) << QStringLiteral("b");
    QTest::newRow("its edge from outside") << QPointF(41.5, 25.0) << QStringLiteral("b");
    QTest::newRow("nothing") << QPointF(3.0, 35.0) << QString();
}

void TestAnnotationTool::chooses() {
    QFETCH(QPointF, where);
    QFETCH(QString, id);
    Bench bench;
    QCOMPARE(bench.press(where), !id.isEmpty()); // beside marks the canvas pans
    QCOMPARE(bench.chosen.size(), id.isEmpty() ? 0 : 1);
    if (!id.isEmpty())
        QCOMPARE(bench.chosen[0][0].toString(), id);
}

void TestAnnotationTool::cornersOfBoxes_data() {
    QTest::addColumn<QPointF>("corner");
    QTest::addColumn<QPolygonF>("becomes"); // (40, 30) and (20, 20), the corner dragged by (2, 3)
    QTest::newRow("first") << QPointF(40, 30) << QPolygonF{{42, 33}, {20, 20}};
    QTest::newRow("second") << QPointF(20, 30) << QPolygonF{{40, 33}, {22, 20}};
    QTest::newRow("third") << QPointF(20, 20) << QPolygonF{{40, 30}, {22, 23}};
    QTest::newRow("fourth") << QPointF(40, 20) << QPolygonF{{42, 30}, {20, 23}};
}

void TestAnnotationTool::cornersOfBoxes() {
    QFETCH(QPointF, corner);
    QFETCH(QPolygonF, becomes);
    Bench bench;
    bench.tool.setSelected(QStringLiteral("b"));
    QVERIFY(bench.drag(corner, corner + QPointF(2, 3)));
    QCOMPARE(bench.moved.size(), 1);
    QCOMPARE(bench.moved[0][0].toString(), QStringLiteral("b"));
    QCOMPARE(bench.moved[0][1].value<QPolygonF>(), becomes);
}

void TestAnnotationTool::leavesOtherButtonsToTheCanvas() {
    Bench bench;
    bench.tool.setKind(AnnotationKind::point);
    QVERIFY(!bench.press({5, 5}, Qt::ShiftModifier));
    const QMouseEvent right(QEvent::MouseButtonPress, QPointF(20, 20), QPointF(20, 20),
                            Qt::RightButton, Qt::RightButton, Qt::NoModifier);
    QVERIFY(!bench.tool.press(right, {5, 5}));
    QVERIFY(!bench.press({-1, 5}));
    QVERIFY(bench.drawn.isEmpty());
}

void TestAnnotationTool::clickMovesNothing() {
    Bench bench;
    QVERIFY(bench.drag({30, 25}, {30, 25}));
    QCOMPARE(bench.chosen.size(), 1);
    QVERIFY(bench.moved.isEmpty());
}

void TestAnnotationTool::cancelled() {
    Bench bench;
    QVERIFY(!bench.tool.cancel());
    bench.tool.setKind(AnnotationKind::box);
    bench.press({5, 5});
    QVERIFY(bench.tool.cancel());
    QVERIFY(!bench.tool.release(at(QEvent::MouseButtonRelease, {9, 9}), {9, 9}));
    QVERIFY(bench.drawn.isEmpty());
    QVERIFY(bench.drag({5, 5}, {9, 12}));
    QCOMPARE(bench.drawn.size(), 1);
    const QPolygonF box{{5, 5}, {9, 12}};
    QCOMPARE(bench.drawn[0][1].value<QPolygonF>(), box);
}

void TestAnnotationTool::seenOnThePicture() {
    Bench bench;
    const QImage plain = bench.picture();
    QCOMPARE(plain.pixelColor(120, 80).hsvHue(), QColor(255, 214, 0).hsvHue()); // its upper edge
    QCOMPARE(plain.pixelColor(120, 100), QColor(Qt::gray));
    bench.tool.setSelected(QStringLiteral("b"));
    const QImage selected = bench.picture();
    QCOMPARE(selected.pixelColor(120, 80).hsvHue(), QColor(0, 229, 255).hsvHue());
    bench.tool.setMarks({});
    QImage empty(200, 160, QImage::Format_RGB32);
    empty.fill(Qt::gray);
    QCOMPARE(bench.picture(), empty);
}

QTEST_MAIN(TestAnnotationTool)
#include "tst_annotationtool.moc"
