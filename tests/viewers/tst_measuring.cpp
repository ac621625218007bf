// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/imagecanvas.h"
#include "viewers/canvas/measuretool.h"
#include "viewers/support/measuring.h"

#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>

using namespace likeness;

namespace {

/// value = x + 10 y
Volume ramp(std::int64_t width, std::int64_t height, PixelType type = PixelType::f32) {
    Volume volume(type, width, height);
    for (std::int64_t i = 0; i < width * height; ++i) {
        const std::int64_t value = i % width + 10 * (i / width);
        if (type == PixelType::f32)
            volume.pixels<float>()[i] = static_cast<float>(value);
        else
            volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(value);
    }
    return volume;
}

void send(ImageCanvas& canvas, QEvent::Type type, QPointF at) {
    QMouseEvent event(type, at, canvas.mapToGlobal(at), Qt::LeftButton, Qt::LeftButton,
                      Qt::NoModifier);
    QCoreApplication::sendEvent(&canvas, &event);
}

} // namespace

class TestMeasuring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void profileOfARamp();
    void profileLeavesThePicture();
    void profileOfAPointAndOfColours();
    void statisticsByHand();
    void statisticsOfNothing();
    void placesAreCarried();
    void toolDrawsAndMoves();
};

// A bilinear mixture of a plane is the plane itself, at any slope of the line.
void TestMeasuring::profileOfARamp() {
    const Volume volume = ramp(40, 30);
    const QLineF line(2.5, 3.5, 32.5, 23.5);
    const Profile profile = profileAlong(volume.span(), line, {2.0, 4.0});
    QCOMPARE(profile.values.size(), std::size_t(38)); // 36.06 pixels: 37 steps
    for (std::size_t i = 0; i < profile.values.size(); ++i) {
        const double share = profile.distance[i] / profile.distance.back();
        const double expected = 2.0 + 30.0 * share + 10.0 * (3.0 + 20.0 * share);
        QVERIFY(std::abs(profile.values[i] - expected) < 1e-4);
    }
    QVERIFY(std::abs(profile.distance.back() - std::hypot(60.0, 80.0)) < 1e-9);
    QVERIFY(std::abs(lengthOf(line, {2.0, 4.0}) - 100.0) < 1e-9);
}

void TestMeasuring::profileLeavesThePicture() {
    const Volume volume = ramp(4, 4);
    const Profile profile = profileAlong(volume.span(), QLineF(-2.0, 2.0, 6.0, 2.0), {1.0, 1.0});
    QCOMPARE(profile.values.size(), std::size_t(9));
    QVERIFY(std::isnan(profile.values.front()) && std::isnan(profile.values.back()));
    QCOMPARE(profile.values[2], 15.0); // at the border: the outermost pixels, rows 1 and 2
    QCOMPARE(profile.values[6], 18.0);
}

void TestMeasuring::profileOfAPointAndOfColours() {
    const Volume grey = ramp(4, 4);
    const Profile point = profileAlong(grey.span(), QLineF(1.5, 1.5, 1.5, 1.5), {1.0, 1.0});
    QCOMPARE(point.values, std::vector<double>{11.0});
    Volume colour(PixelType::u8, 1, 1, 1, 3);
    colour.pixels<std::uint8_t>()[0] = 100;
    colour.pixels<std::uint8_t>()[1] = 200;
    colour.pixels<std::uint8_t>()[2] = 50;
    const Profile luma = profileAlong(colour.span(), QLineF(0.5, 0.5, 0.5, 0.5), {1.0, 1.0});
    QVERIFY(std::abs(luma.values[0] - (29.9 + 117.4 + 5.7)) < 1e-9);
    Volume hole = ramp(3, 1);
    hole.pixels<float>()[1] = std::numeric_limits<float>::quiet_NaN();
    // A pixel without weight does not spoil its neighbour.
    QCOMPARE(profileAlong(hole.span(), QLineF(0.5, 0.5, 0.5, 0.5), {1.0, 1.0}).values[0], 0.0);
}

void TestMeasuring::statisticsByHand() {
    const Volume volume = ramp(4, 3, PixelType::u8);
    // Pixels x 1, 2 and y 0, 1: 1, 2, 11, 12.
    for (const QRectF box : {QRectF(1.0, 0.0, 2.0, 2.0), QRectF(3.4, 2.4, -2.0, -9.0)}) {
        const auto found = statisticsIn(volume.span(), box);
        QVERIFY(found.has_value());
        QCOMPARE(found->n, std::int64_t(4));
        QCOMPARE(found->mean, 6.5);
        QVERIFY(std::abs(found->deviation - std::sqrt((30.25 + 20.25) * 2.0 / 3.0)) < 1e-12);
        QCOMPARE(found->minimum, 1.0);
        QCOMPARE(found->median, 6.5);
        QCOMPARE(found->maximum, 12.0);
    }
    const auto one = statisticsIn(volume.span(), QRectF(0.0, 0.0, 1.0, 1.0));
    QVERIFY(one.has_value());
    QCOMPARE(one->n, std::int64_t(1));
    QCOMPARE(one->deviation, 0.0);
}

void TestMeasuring::statisticsOfNothing() {
    Volume volume = ramp(2, 1);
    QVERIFY(!statisticsIn(volume.span(), QRectF(5.0, 5.0, 3.0, 3.0)));
    QVERIFY(!statisticsIn(volume.span(), QRectF(0.6, 0.1, 0.2, 0.2))); // between two middles
    volume.pixels<float>()[0] = std::numeric_limits<float>::infinity();
    const auto found = statisticsIn(volume.span(), QRectF(0.0, 0.0, 2.0, 1.0));
    QVERIFY(found.has_value());
    QCOMPARE(found->n, std::int64_t(1));
    QCOMPARE(found->maximum, 1.0);
}

void TestMeasuring::placesAreCarried() {
    ViewSubject coarse;
    coarse.size = {100, 80, 1};
    ViewSubject fine;
    fine.size = {200, 80, 1};
    // Uncalibrated: the same share of the picture.
    QCOMPARE(carried({25.0, 60.0}, coarse, fine, SliceAxis::z), QPointF(50.0, 60.0));
    coarse.voxelUm = {4.0, 4.0, 4.0};
    fine.voxelUm = {1.0, 2.0, 1.0};
    // Calibrated: as many micrometres from the middle.
    QCOMPARE(carried({60.0, 45.0}, coarse, fine, SliceAxis::z), QPointF(140.0, 50.0));
    QCOMPARE(carried({140.0, 50.0}, fine, coarse, SliceAxis::z), QPointF(60.0, 45.0));
}

void TestMeasuring::toolDrawsAndMoves() {
    ImageCanvas canvas;
    canvas.resize(200, 200);
    canvas.setVolume(std::make_shared<Volume>(ramp(100, 100)));
    MeasureTool tool;
    canvas.setTool(&tool);
    canvas.show();
    QSignalSpy changed(&tool, &MeasureTool::spanChanged);
    (void)canvas.grab(); // 2 screen pixels a pixel
    send(canvas, QEvent::MouseButtonPress, {20, 40});
    send(canvas, QEvent::MouseMove, {100, 60});
    send(canvas, QEvent::MouseButtonRelease, {100, 60});
    QCOMPARE(changed.count(), 2);
    QVERIFY(tool.span().has_value());
    QCOMPARE(*tool.span(), QLineF(10, 20, 50, 30));
    (void)canvas.grab();
    send(canvas, QEvent::MouseButtonPress, {22, 41}); // its first end
    send(canvas, QEvent::MouseMove, {60, 80});
    send(canvas, QEvent::MouseButtonRelease, {60, 80});
    QCOMPARE(*tool.span(), QLineF(50, 30, 30, 40));
    const QImage drawn = canvas.grab().toImage();
    QVERIFY(drawn.pixelColor(80, 70).blue() < 60); // yellow on the line
    send(canvas, QEvent::MouseButtonPress, {150, 150});
    send(canvas, QEvent::MouseButtonRelease, {150, 150});
    QVERIFY(!tool.span().has_value());
    tool.setSpan(QLineF(1, 1, 2, 2));
    tool.setShape(MeasureTool::Shape::box);
    QVERIFY(!tool.span().has_value());
}

QTEST_MAIN(TestMeasuring)
#include "tst_measuring.moc"
