// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobrunner.h"
#include "ui/widgets/comparebar.h"
#include "ui/widgets/measurepanel.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QComboBox>
#include <QLabel>
#include <QMouseEvent>
#include <QStandardItemModel>
#include <QTest>

using namespace likeness;

namespace {

std::shared_ptr<Volume> ramp(std::int64_t side, int offset) {
    auto volume = std::make_shared<Volume>(PixelType::u8, side, side);
    for (std::int64_t i = 0; i < side * side; ++i)
        volume->pixels<std::uint8_t>()[i] =
            static_cast<std::uint8_t>(i % side * 100 / side + offset);
    volume->voxelSize = VoxelSize{{2.0, 2.0, 2.0}, "typed"};
    return volume;
}

struct Bench {
    Bench() {
        panes.resize(640, 340);
        panes.setPicture(0, ramp(100, 0), QStringLiteral("real"));
        panes.setPicture(1, ramp(100, 50), QStringLiteral("made"));
        panes.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panes));
        panel = std::make_unique<MeasurePanel>(panes, jobs);
    }

    void choose(const QString& what) const {
        QComboBox* chooser = panel->chooser();
        const int index = chooser->findText(what);
        QVERIFY(index >= 0);
        chooser->setCurrentIndex(index);
        Q_EMIT chooser->activated(index);
    }

    /// Across the middle half of the first picture.
    void draw() {
        ImageCanvas* canvas = panes.canvas(0);
        const auto send = [&](QEvent::Type type, QPointF at) {
            QMouseEvent event(type, at, canvas->mapToGlobal(at), Qt::LeftButton, Qt::LeftButton,
                              Qt::NoModifier);
            QCoreApplication::sendEvent(canvas, &event);
        };
        const QPointF middle(canvas->width() / 2.0, canvas->height() / 2.0);
        const double zoom = canvas->view().zoom.width();
        (void)canvas->grab();
        send(QEvent::MouseButtonPress, middle - QPointF(25.0, 10.0) * zoom);
        send(QEvent::MouseMove, middle + QPointF(25.0, 10.0) * zoom);
        send(QEvent::MouseButtonRelease, middle + QPointF(25.0, 10.0) * zoom);
    }

    [[nodiscard]] QStringList table() const { return QString::fromUtf8(panel->csv()).split(u'\n'); }

    [[nodiscard]] QString text() const { return panel->findChild<QLabel*>()->text(); }

    JobRunner jobs;
    ComparePanes panes;
    std::unique_ptr<MeasurePanel> panel;
};

} // namespace

class TestMeasurePanel : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void lineOverBothImages() {
        Bench bench;
        QVERIFY(bench.panel->csv().isEmpty());
        bench.choose(QStringLiteral("Line profile"));
        bench.draw();
        // 50 by 20 pixels of 2 um: 107.7 um in both.
        QCOMPARE(bench.text().count(QStringLiteral("length 107.7")), 2);
        const QStringList lines = bench.table();
        QCOMPARE(lines.first(), QStringLiteral("image,distance,unit,value"));
        QCOMPARE(lines.filter(QStringLiteral("left,")).size(), 55);
        QCOMPARE(lines.filter(QStringLiteral("right,")).size(), 55);
        // The same place shows the same ramp, 50 above.
        const QStringList left = lines.filter(QStringLiteral("left,")).at(20).split(u',');
        const QStringList right = lines.filter(QStringLiteral("right,")).at(20).split(u',');
        QCOMPARE(left.at(1), right.at(1));
        QVERIFY(std::abs(right.at(3).toDouble() - left.at(3).toDouble() - 50.0) < 1e-6);
    }

    void lineLivesThroughSwipe() {
        Bench bench;
        bench.choose(QStringLiteral("Line profile"));
        bench.panes.setMode(CompareMode::swipe);
        QCoreApplication::processEvents();
        bench.draw();
        QVERIFY(bench.text().contains(QStringLiteral("length 107.7")));
    }

    void boxOverBothImages() {
        Bench bench;
        bench.choose(QStringLiteral("Box statistics"));
        bench.draw();
        QCOMPARE(bench.text().count(QStringLiteral("n 1000")), 2);
        const QStringList lines = bench.table();
        QCOMPARE(lines.filter(QStringLiteral("left,1000,49.5,")).size(), 1);
        QCOMPARE(lines.filter(QStringLiteral("right,1000,99.5,")).size(), 1);
    }

    void histogramOfBothImages() {
        Bench bench;
        bench.choose(QStringLiteral("Histogram"));
        QTRY_COMPARE(bench.text().count(QStringLiteral("n 10000, ")), 2);
        double left = 0.0;
        for (const QString& line : bench.table().filter(QStringLiteral("left,")))
            left += line.split(u',').at(2).toDouble();
        QVERIFY(std::abs(left - 1.0) < 1e-6);
        // 0 to 99 and 50 to 149, each a hundred times.
        QVERIFY(bench.text().contains(
            QStringLiteral("left: n 10000, mean 49.5, standard deviation 28.8661, median 49")));
        QVERIFY(bench.text().contains(QStringLiteral("50 to 149 in all")));
        QCOMPARE(bench.table().filter(QStringLiteral("left,")).size(), 100);
        QVERIFY(bench.table().contains(QStringLiteral("right,50,0.01")));
        bench.choose(QStringLiteral("Measure: off"));
        QVERIFY(!bench.panel->isVisible());
    }

    void modesOfUnrelatedImagesAreGreyed() {
        Bench bench;
        CompareBar bar(bench.panes);
        auto* modes = bar.findChild<QComboBox*>();
        auto* items = qobject_cast<QStandardItemModel*>(modes->model());
        const int difference = modes->findText(QStringLiteral("Difference"));
        QVERIFY(!items->item(difference)->isEnabled());
        QVERIFY(items->item(difference)->toolTip().contains(QStringLiteral("editing")));
        QVERIFY(items->item(modes->findText(QStringLiteral("Swipe")))->isEnabled());
        bench.panes.setRegistered(true);
        bar.refresh();
        QVERIFY(items->item(difference)->isEnabled());
        modes->setCurrentIndex(difference);
        Q_EMIT modes->activated(difference);
        QVERIFY(bench.panes.mode() == CompareMode::difference);
        bench.panes.setRegistered(false);
        QCOMPARE(modes->currentText(), QStringLiteral("Side by side"));
    }
};

QTEST_MAIN(TestMeasurePanel)
#include "tst_measurepanel.moc"
