// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/support/pixellut.h"

#include <QCryptographicHash>
#include <QLabel>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

using namespace likeness;

namespace {

constexpr QRgb kGround = qRgb(119, 119, 119);

std::shared_ptr<Volume>
gradient(std::int64_t w, std::int64_t h, std::int64_t d, PixelType type = PixelType::u8) {
    auto volume = std::make_shared<Volume>(type, w, h, d);
    for (std::int64_t i = 0; i < volume->span().values(); ++i) {
        const std::int64_t v = i % w + 3 * (i / w % h) + 50 * (i / (w * h));
        if (type == PixelType::u8)
            volume->pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(v % 256);
        else if (type == PixelType::u16)
            volume->pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(v * 37 % 65536);
        else
            volume->pixels<float>()[i] = static_cast<float>(v % 256) / 256.0F;
    }
    return volume;
}

QByteArray sha(const QImage& image) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (int y = 0; y < image.height(); ++y)
        hash.addData(QByteArrayView(image.constScanLine(y), image.width() * 4));
    return hash.result().toHex();
}

void drag(QWidget& widget,
          Qt::MouseButton button,
          QPoint from,
          QPoint to,
          Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    const auto send = [&](QEvent::Type type, QPoint at, Qt::MouseButtons held) {
        QMouseEvent event(type, at, widget.mapToGlobal(at), button, held, modifiers);
        QCoreApplication::sendEvent(&widget, &event);
    };
    send(QEvent::MouseButtonPress, from, button);
    send(QEvent::MouseMove, to, button);
    send(QEvent::MouseButtonRelease, to, Qt::NoButton);
}

bool wheel(QWidget& widget,
           QPoint at,
           int angle,
           Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, angle}, Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&widget, &event);
    return event.isAccepted();
}

} // namespace

class TestImageCanvas : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pixelsAtWholeZoom();
    void framesHaveKnownHashes_data();
    void framesHaveKnownHashes();
    void planesAlongEveryAxis();
    void keysMoveTheView();
    void mouseMovesTheView();
    void probeTellsTheVoxel();
    void readOnlyIgnoresInput();
    void studyModeShowsPixelsOnly();
    void emptyCanvasIsGround();
    void linkMayDieFirst();
    void refusesOddChannels();
    void linkedCanvasesStayLinked();
    void flickerShowsTheOtherPicture();
};

void TestImageCanvas::pixelsAtWholeZoom() {
    ImageCanvas canvas;
    canvas.resize(100, 90);
    const auto volume = gradient(40, 30, 1);
    canvas.setVolume(volume);
    canvas.link()->setRange(canvas.viewId(), {0.0, 255.0});
    canvas.show();
    const QImage frame = canvas.frame(); // 2.5 fold
    QCOMPARE(frame.size(), QSize(100, 90));
    QCOMPARE(frame.pixel(50, 2), kGround);
    canvas.link()->zoomAt(canvas.viewId(), 2.0 / canvas.view().zoom.width(), {});
    const QImage two = canvas.frame();
    for (int y = 0; y < 90; ++y)
        for (int x = 0; x < 100; ++x) {
            const int px = x - 10;
            const int py = y - 15;
            const bool inside = px >= 0 && py >= 0 && px < 80 && py < 60;
            const int v = inside ? volume->pixels<std::uint8_t>()[py / 2 * 40 + px / 2] : 119;
            QCOMPARE(two.pixel(x, y), qRgb(v, v, v));
        }
}

void TestImageCanvas::framesHaveKnownHashes_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("zoom");
    QTest::addColumn<QByteArray>("hash");
    // Of this program's own frames, first checked against definitions in tst_planesampler: the same
    // on every platform and machine.
    QTest::newRow("8 bit, enlarged")
        << int(PixelType::u8) << 1.7
        << QByteArray("fb97c5b072b050f125e8862bfd0dffe334627caab7a1c8eb91b39555019eb51f");
    QTest::newRow("8 bit, reduced")
        << int(PixelType::u8) << 0.43
        << QByteArray("9dd06c5d1debdeec95b66fa14bba23114ca1876679f2eec815c684369d65688b");
    QTest::newRow("16 bit, enlarged")
        << int(PixelType::u16) << 3.0
        << QByteArray("d9d7eed93ee706663ad6bfd4d0d086185feb6374e89cd185523e27d608933ee8");
    QTest::newRow("16 bit, reduced")
        << int(PixelType::u16) << 0.25
        << QByteArray("503ed51e303a79f1547536aaad9f90ab302c604ea1011672ae90552efd645dd8");
    QTest::newRow("float, reduced")
        << int(PixelType::f32) << 0.61
        << QByteArray("ddf2e575c88a1705b1cc0a5c8ac35d4b6806ea6496c1b7f968042c695a4ce6f9");
}

void TestImageCanvas::framesHaveKnownHashes() {
    QFETCH(int, type);
    QFETCH(double, zoom);
    ImageCanvas canvas;
    canvas.resize(320, 240);
    canvas.setVolume(gradient(200, 150, 3, static_cast<PixelType>(type)));
    canvas.link()->setSlice(canvas.viewId(), 2);
    canvas.link()->zoomAt(canvas.viewId(), zoom / canvas.view().zoom.width(), {});
    QTEST(sha(canvas.frame()), "hash");
}

void TestImageCanvas::planesAlongEveryAxis() {
    ImageCanvas canvas;
    canvas.resize(64, 64);
    const auto volume = gradient(20, 15, 10);
    canvas.setVolume(volume);
    auto* link = canvas.link();
    const auto id = canvas.viewId();
    link->setRange(id, {0.0, 255.0});
    const auto at = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
        return int(volume->pixels<std::uint8_t>()[(z * 15 + y) * 20 + x]);
    };
    const auto drawn = [&](int u, int v, QSize size) { // picture pixel (u, v) at one to one
        link->zoomToPixels(id);
        return qRed(canvas.frame().pixel(32 - size.width() / 2 + u, 32 - size.height() / 2 + v));
    };
    link->setSlice(id, 7);
    QCOMPARE(drawn(3, 4, {20, 14}), at(3, 4, 7)); // 15 rows lie half a pixel lower
    link->setAxis(id, SliceAxis::y);
    link->setSlice(id, 11);
    QCOMPARE(drawn(5, 6, {20, 10}), at(5, 11, 6));
    link->setAxis(id, SliceAxis::x);
    link->setSlice(id, 13);
    QSignalSpy spy(&canvas, &ImageCanvas::probed);
    QTest::mouseMove(&canvas, {32, 32});
    link->zoomToPixels(id);
    drag(canvas, Qt::NoButton, {32, 32}, {30, 33});
    const auto probe = spy.last().first().value<PixelProbe>();
    QVERIFY(probe.inside);
    QCOMPARE(probe.voxel[0], 13);
    QCOMPARE(int(probe.values[0]), at(13, probe.voxel[1], probe.voxel[2]));
    QCOMPARE(qRed(canvas.frame().pixel(30, 33)), int(probe.values[0]));
}

void TestImageCanvas::keysMoveTheView() {
    ImageCanvas canvas;
    canvas.resize(200, 200);
    canvas.setVolume(gradient(100, 100, 41));
    const auto slice = [&] { return canvas.view().slice; };
    QCOMPARE(slice(), 20);
    QTest::keyClick(&canvas, Qt::Key_Down);
    QTest::keyClick(&canvas, Qt::Key_Right);
    QCOMPARE(slice(), 22);
    QTest::keyClick(&canvas, Qt::Key_Up);
    QCOMPARE(slice(), 21);
    QTest::keyClick(&canvas, Qt::Key_PageDown);
    QCOMPARE(slice(), 31);
    QTest::keyClick(&canvas, Qt::Key_PageUp);
    QTest::keyClick(&canvas, Qt::Key_PageUp);
    QCOMPARE(slice(), 11);
    QTest::keyClick(&canvas, Qt::Key_End);
    QTest::keyClick(&canvas, Qt::Key_Down);
    QCOMPARE(slice(), 40);
    QTest::keyClick(&canvas, Qt::Key_Home);
    QCOMPARE(slice(), 0);
    QCOMPARE(canvas.view().zoom.width(), 2.0);
    QTest::keyClick(&canvas, Qt::Key_Plus);
    QVERIFY(std::abs(canvas.view().zoom.width() - 2.5) < 1e-9);
    QTest::keyClick(&canvas, Qt::Key_Minus);
    QVERIFY(std::abs(canvas.view().zoom.width() - 2.0) < 1e-9);
    QTest::keyClick(&canvas, Qt::Key_1);
    QVERIFY(std::abs(canvas.view().zoom.width() - 1.0) < 1e-9);
    QTest::keyClick(&canvas, Qt::Key_Right, Qt::ShiftModifier);
    QVERIFY(std::abs(canvas.view().centre.x() - 70.0) < 1e-9);
    QTest::keyClick(&canvas, Qt::Key_F);
    QCOMPARE(canvas.view().centre, QPointF(50.0, 50.0));
    QVERIFY(std::abs(canvas.view().zoom.width() - 2.0) < 1e-9);
    const DisplayRange first = canvas.view().range;
    canvas.link()->setRange(canvas.viewId(), {1.0, 2.0});
    QTest::keyClick(&canvas, Qt::Key_R);
    QCOMPARE(canvas.view().range, first);
}

void TestImageCanvas::mouseMovesTheView() {
    ImageCanvas canvas;
    canvas.resize(200, 200);
    canvas.setVolume(gradient(100, 100, 41));
    drag(canvas, Qt::LeftButton, {100, 100}, {120, 90}); // zoom 2
    QVERIFY(std::abs(canvas.view().centre.x() - 40.0) < 1e-9);
    QVERIFY(std::abs(canvas.view().centre.y() - 55.0) < 1e-9);
    QVERIFY(wheel(canvas, {100, 100}, 120));
    QVERIFY(std::abs(canvas.view().zoom.width() - 2.5) < 1e-9);
    QVERIFY(std::abs(canvas.view().centre.x() - 40.0) < 1e-9);
    wheel(canvas, {100, 100}, -60, Qt::ControlModifier); // half a notch waits
    QCOMPARE(canvas.view().slice, 20);
    wheel(canvas, {100, 100}, -60, Qt::ControlModifier);
    QCOMPARE(canvas.view().slice, 21);
    const DisplayRange before = canvas.view().range;
    drag(canvas, Qt::RightButton, {100, 100}, {120, 100});
    QVERIFY(canvas.view().range.window() > before.window());
    QVERIFY(std::abs(canvas.view().range.level() - before.level()) < 1e-9);
    drag(canvas, Qt::LeftButton, {100, 100}, {100, 110}, Qt::ShiftModifier);
    QVERIFY(canvas.view().range.level() > before.level());
    QTest::mouseDClick(&canvas, Qt::LeftButton, {}, {100, 100});
    QCOMPARE(canvas.view().centre, QPointF(50.0, 50.0));
}

void TestImageCanvas::probeTellsTheVoxel() {
    ImageCanvas canvas;
    canvas.resize(200, 100);
    const auto volume = gradient(50, 50, 3);
    canvas.setVolume(volume);
    canvas.show();
    QSignalSpy spy(&canvas, &ImageCanvas::probed);
    drag(canvas, Qt::NoButton, {0, 0}, {50 + 2 * 7, 2 * 9 + 1}); // zoom 2, origin (50, 0)
    PixelProbe probe = spy.last().first().value<PixelProbe>();
    QVERIFY(probe.inside);
    QCOMPARE(probe.voxel, (std::array<std::int64_t, 3>{7, 9, 1}));
    QCOMPARE(probe.values[0], double(volume->pixels<std::uint8_t>()[(50 + 9) * 50 + 7]));
    drag(canvas, Qt::NoButton, {0, 0}, {10, 10});
    probe = spy.last().first().value<PixelProbe>();
    QVERIFY(!probe.inside);
}

void TestImageCanvas::readOnlyIgnoresInput() {
    ImageCanvas canvas;
    canvas.resize(200, 200);
    canvas.setVolume(gradient(100, 100, 41));
    canvas.setReadOnlyView(true);
    const PaneView before = canvas.view();
    drag(canvas, Qt::LeftButton, {100, 100}, {120, 90});
    drag(canvas, Qt::RightButton, {100, 100}, {120, 90});
    QVERIFY(!wheel(canvas, {100, 100}, 120));
    QTest::mouseDClick(&canvas, Qt::LeftButton, {}, {100, 100});
    for (const auto key : {Qt::Key_Down, Qt::Key_Plus, Qt::Key_1, Qt::Key_R, Qt::Key_End})
        QTest::keyClick(&canvas, key);
    QCOMPARE(canvas.view(), before);
}

void TestImageCanvas::studyModeShowsPixelsOnly() {
    ImageCanvas canvas;
    canvas.resize(330, 300);
    auto volume = gradient(100, 100, 1);
    volume->voxelSize = VoxelSize{{2.0, 2.0, 2.0}, "test"};
    canvas.setVolume(volume);
    canvas.show();
    QVERIFY(canvas.grab().toImage().convertToFormat(QImage::Format_RGB32) != canvas.frame());
    canvas.setStudyMode(true);
    QCOMPARE(canvas.grab().toImage().convertToFormat(QImage::Format_RGB32), canvas.frame());
    QVERIFY(std::abs(canvas.view().zoom.width() - 3.0) < 1e-9);
    QVERIFY(canvas.toolTip().isEmpty());
    QCOMPARE(canvas.view().range, (DisplayRange{0.0, 255.0}));
    // Answer keys and the window belong to the study.
    const PaneView before = canvas.view();
    QTest::keyClick(&canvas, Qt::Key_1);
    drag(canvas, Qt::RightButton, {100, 100}, {150, 120});
    QCOMPARE(canvas.view(), before);
    QVERIFY(wheel(canvas, {100, 100}, 120));
    QVERIFY(canvas.view().zoom.width() > before.zoom.width());
}

void TestImageCanvas::emptyCanvasIsGround() {
    ImageCanvas canvas;
    canvas.resize(60, 40);
    canvas.show();
    QImage ground(60, 40, QImage::Format_RGB32);
    ground.fill(kGround);
    QCOMPARE(canvas.frame(), ground);
    canvas.setVolume(gradient(10, 10, 1));
    QVERIFY(canvas.frame() != ground);
    canvas.setVolume(nullptr);
    QCOMPARE(canvas.frame(), ground);
    QTest::keyClick(&canvas, Qt::Key_Down);
    drag(canvas, Qt::LeftButton, {1, 1}, {5, 5});
}

void TestImageCanvas::linkMayDieFirst() {
    ImageCanvas canvas;
    canvas.setVolume(gradient(10, 10, 1));
    {
        ViewLink link;
        canvas.setLink(&link);
        QCOMPARE(canvas.link(), &link);
    }
    QVERIFY(canvas.link() != nullptr);
    QTest::keyClick(&canvas, Qt::Key_Plus);
    auto link = std::make_unique<ViewLink>();
    {
        ImageCanvas other;
        other.setLink(link.get());
        other.setVolume(gradient(10, 10, 1));
        QVERIFY(!link->subject(other.viewId()).isEmpty());
    }
    QVERIFY(link->subject(1).isEmpty());
}

void TestImageCanvas::refusesOddChannels() {
    ImageCanvas canvas;
    QVERIFY_THROWS_EXCEPTION(Error,
                             canvas.setVolume(std::make_shared<Volume>(PixelType::u8, 4, 4, 1, 2)));
}

void TestImageCanvas::linkedCanvasesStayLinked() {
    ComparePanes panes;
    panes.resize(600, 320);
    panes.setPicture(0, gradient(100, 100, 41), QStringLiteral("A"));
    panes.setPicture(1, gradient(100, 100, 41), QStringLiteral("B"));
    panes.show();
    Random random(29, "test");
    constexpr std::array kKeys{Qt::Key_Up,   Qt::Key_Down, Qt::Key_PageUp, Qt::Key_PageDown,
                               Qt::Key_Plus, Qt::Key_1,    Qt::Key_Minus,  Qt::Key_F,
                               Qt::Key_R,    Qt::Key_Home, Qt::Key_End};
    for (int i = 0; i < 1200; ++i) {
        ImageCanvas& canvas = *panes.canvas(static_cast<int>(random.below(2)));
        const auto spot = [&] { return QPoint(int(random.below(290)), int(random.below(290))); };
        switch (random.below(5)) {
        case 0:
            drag(canvas, Qt::LeftButton, spot(), spot());
            break;
        case 1:
            drag(canvas, Qt::RightButton, spot(), spot());
            break;
        case 2:
            wheel(canvas, spot(), int(random.below(480)) - 240);
            break;
        case 3:
            wheel(canvas, spot(), int(random.below(480)) - 240, Qt::ControlModifier);
            break;
        default:
            QTest::keyClick(&canvas, kKeys[random.below(kKeys.size())]);
        }
        QCOMPARE(panes.canvas(0)->view(), panes.canvas(1)->view());
    }
    if (panes.canvas(0)->size() == panes.canvas(1)->size())
        QCOMPARE(panes.canvas(0)->frame(), panes.canvas(1)->frame());
}

void TestImageCanvas::flickerShowsTheOtherPicture() {
    ComparePanes panes;
    panes.resize(600, 320);
    panes.setPicture(0, gradient(100, 100, 1), QStringLiteral("<b>A</b>"));
    panes.setPicture(1, gradient(90, 100, 1), QStringLiteral("B"));
    panes.show();
    for (const auto* label : panes.findChildren<QLabel*>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
    for (int i = 0; i < 2; ++i)
        panes.canvas(i)->setScaleBarVisible(false);
    const auto left = [&] { return panes.canvas(0)->grab().toImage(); };
    const QImage own = left();
    const QImage other = panes.canvas(1)->grab().toImage();
    QVERIFY(own != other);
    QTest::keyPress(panes.canvas(0), Qt::Key_X);
    QCOMPARE(left().copy(0, 0, 250, 250), other.copy(0, 0, 250, 250));
    QTest::keyRelease(panes.canvas(0), Qt::Key_X);
    QCOMPARE(left(), own);
}

QTEST_MAIN(TestImageCanvas)
#include "tst_imagecanvas.moc"
