// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "viewers/volume/cameralink.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace likeness;

namespace {

double distance(const CameraPose& pose) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i)
        sum += (pose.position[i] - pose.focus[i]) * (pose.position[i] - pose.focus[i]);
    return std::sqrt(sum);
}

double along(const CameraPose& pose) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i)
        sum += (pose.position[i] - pose.focus[i]) * pose.up[i];
    return sum;
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-9;
}

} // namespace

class TestCameraPose : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void turnsAreExact();
    void manyTurnsStaySound();
    void zoomAndPan();
    void linkChoosesTheUnit();
    void linkFitsUntilMoved();
    void movementComesToRest();
    void presets_data();
    void presets();
};

void TestCameraPose::turnsAreExact() {
    CameraPose pose; // looks along +z with y downwards, as a picture does
    const CameraPose side = rotated(pose, 90.0, 0.0);
    QVERIFY(near(std::abs(side.position[0]), 4.0) && near(side.position[1], 0.0) &&
            near(side.position[2], 0.0));
    const CameraPose back = rotated(side, -90.0, 0.0);
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(near(back.position[i], pose.position[i]) && near(back.up[i], pose.up[i]));
    const CameraPose above = rotated(pose, 0.0, -90.0);
    QVERIFY(near(above.position[1], -4.0)); // up is -y
    // Over the pole without a jump.
    QVERIFY(near(rotated(above, 0.0, -90.0).position[2], 4.0));
    const CameraPose first = defaultPose(1.0);
    QVERIFY(first.position[1] < 0.0 && first.position[2] < 0.0);
}

void TestCameraPose::manyTurnsStaySound() {
    CameraPose pose = defaultPose(3.0);
    const double before = distance(pose);
    Random random(37, "test");
    for (int i = 0; i < 5000; ++i) {
        pose = rotated(pose, random.uniform(-40.0, 40.0), random.uniform(-40.0, 40.0));
        QVERIFY(std::abs(distance(pose) - before) < 1e-6);
        QVERIFY(std::abs(along(pose)) < 1e-6);
    }
}

void TestCameraPose::zoomAndPan() {
    const CameraPose pose = defaultPose(1.0);
    QVERIFY(near(distance(zoomed(pose, 2.0)), 0.5 * distance(pose)));
    const CameraPose moved = panned(pose, 0.25, 0.5);
    const double height = 2.0 * distance(pose) * std::tan(15.0 * M_PI / 180.0);
    double shift = 0.0;
    for (std::size_t i = 0; i < 3; ++i)
        shift += moved.focus[i] * moved.focus[i];
    QVERIFY(near(std::sqrt(shift), height * std::hypot(0.25, 0.5)));
    QVERIFY(near(distance(moved), distance(pose)));
}

void TestCameraPose::linkChoosesTheUnit() {
    CameraLink link;
    const QObject a;
    const QObject b;
    QSignalSpy units(&link, &CameraLink::unitChanged);
    link.setMember(&a, 500.0, true);
    QCOMPARE(link.unit(), WorldUnit::micrometre);
    link.setMember(&b, 64.0, false);
    QCOMPARE(link.unit(), WorldUnit::fraction);
    link.setMember(&b, 0.0, false); // shows nothing
    QCOMPARE(link.unit(), WorldUnit::micrometre);
    QCOMPARE(units.count(), 3);
    link.setMember(&b, 64.0, false);
    link.removeMember(&b);
    QCOMPARE(link.unit(), WorldUnit::micrometre);
}

void TestCameraPose::linkFitsUntilMoved() {
    CameraLink link;
    const QObject a;
    const QObject b;
    link.setMember(&a, 500.0, true);
    QCOMPARE(link.pose(), defaultPose(500.0));
    link.setMember(&b, 800.0, true);
    QCOMPARE(link.pose(), defaultPose(800.0));
    link.moveTo(zoomed(link.pose(), 2.0));
    const double before = distance(link.pose());
    link.setMember(&b, 300.0, true);
    QVERIFY(near(distance(link.pose()), before));
    link.setMember(&b, 300.0, false); // now in fractions: 500 um become 1
    QVERIFY(near(distance(link.pose()), before / 500.0));
    link.reset();
    QCOMPARE(link.pose(), defaultPose(1.0));
}

void TestCameraPose::movementComesToRest() {
    CameraLink link;
    QSignalSpy moving(&link, &CameraLink::movingChanged);
    link.moveTo(rotated(link.pose(), 5.0, 0.0));
    link.moveTo(rotated(link.pose(), 5.0, 0.0));
    QCOMPARE(moving.count(), 1);
    QVERIFY(link.isMoving());
    QTRY_VERIFY(!link.isMoving());
    QCOMPARE(moving.count(), 2);
}

void TestCameraPose::presets_data() {
    QTest::addColumn<int>("domain");
    for (const auto domain : {Domain::rock, Domain::fibre, Domain::root})
        QTest::newRow(std::string(toString(domain)).c_str()) << int(domain);
}

void TestCameraPose::presets() {
    QFETCH(int, domain);
    const auto list = presetsFor(static_cast<Domain>(domain));
    QVERIFY(!list.empty());
    for (const TransferPreset preset : list)
        for (const double threshold : {0.0, 0.03, 0.5, 0.99, 1.0}) {
            const TransferFunction f = transferFunction(preset, threshold);
            double previous = 0.0;
            double most = 0.0;
            for (const TransferPoint& point : f.points) {
                QVERIFY(point.position >= previous && point.position <= 1.0);
                QVERIFY(point.opacity >= 0.0 && point.opacity <= 1.0);
                previous = point.position;
                most = std::max(most, point.opacity);
            }
            QVERIFY(most > 0.0);
        }
}

QTEST_GUILESS_MAIN(TestCameraPose)
#include "tst_camerapose.moc"
