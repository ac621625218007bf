// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/imagecanvas.h"
#include "viewers/canvas/maskbrush.h"

#include <QSignalSpy>
#include <QTest>

using namespace likeness;

namespace {

int marked(const MaskBrush& brush) {
    int count = 0;
    for (int y = 0; y < brush.mask().height(); ++y)
        for (int x = 0; x < brush.mask().width(); ++x)
            count += brush.mask().constScanLine(y)[x] == 255 ? 1 : 0;
    return count;
}

} // namespace

class TestMaskBrush : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void boxesStayInside() {
        MaskBrush brush;
        brush.setSize({10, 8});
        QVERIFY(brush.isEmpty());
        brush.fillBox({7, 6, 20, 20});
        QCOMPARE(marked(brush), 3 * 2);
        QCOMPARE(brush.share(), 6.0 / 80.0);
        brush.invert();
        QCOMPARE(marked(brush), 74);
        brush.undo();
        brush.undo();
        QVERIFY(brush.isEmpty());
        QVERIFY(!brush.canUndo());
    }

    void masksOfAnotherSizeAreRefused() {
        MaskBrush brush;
        brush.setSize({10, 8});
        QImage other(8, 10, QImage::Format_Grayscale8);
        other.fill(255);
        QVERIFY(!brush.setMask(other));
        QVERIFY(brush.isEmpty());
    }

    void paintingOnACanvas() {
        ImageCanvas canvas;
        canvas.resize(400, 400);
        canvas.setVolume(std::make_shared<const Volume>(PixelType::u8, 40, 40));
        canvas.show();
        QVERIFY(QTest::qWaitForWindowExposed(&canvas));
        MaskBrush brush;
        brush.setSize({40, 40});
        brush.setDiameter(1);
        canvas.setTool(&brush);
        const QPointF before = canvas.view().centre;
        // Ten screen pixels a picture pixel: a way along the middle of row 20, pixels 10 to 29.
        QTest::mousePress(&canvas, Qt::LeftButton, {}, QPoint(105, 205));
        QTest::mouseMove(&canvas, QPoint(295, 205));
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, QPoint(295, 205));
        QCOMPARE(marked(brush), 20);
        QCOMPARE(brush.mask().constScanLine(20)[10], uchar{255});
        QCOMPARE(brush.mask().constScanLine(20)[9], uchar{0});
        QCOMPARE(canvas.view().centre, before); // painting does not pan
        brush.setMode(MaskBrush::Mode::erase);
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, QPoint(155, 205));
        QCOMPARE(marked(brush), 19);
        brush.setMode(MaskBrush::Mode::box);
        QTest::mousePress(&canvas, Qt::LeftButton, {}, QPoint(101, 51));
        QTest::mouseMove(&canvas, QPoint(139, 89));
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, QPoint(139, 89));
        QCOMPARE(marked(brush), 19 + 16);
        canvas.setTool(nullptr);
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, QPoint(355, 355));
        QCOMPARE(marked(brush), 35);
    }
};

QTEST_MAIN(TestMaskBrush)
#include "tst_maskbrush.moc"
