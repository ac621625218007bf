// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/volume/volumeview.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QTest>

#include <atomic>
#include <cmath>

using namespace likeness;

namespace {

std::atomic<int> errorCount{0};

/// A bright ball with a dark core.
std::shared_ptr<Volume> ball(std::int64_t edge, PixelType type = PixelType::u8) {
    auto volume = std::make_shared<Volume>(type, edge, edge, edge);
    const double middle = 0.5 * static_cast<double>(edge - 1);
    std::int64_t i = 0;
    for (std::int64_t z = 0; z < edge; ++z)
        for (std::int64_t y = 0; y < edge; ++y)
            for (std::int64_t x = 0; x < edge; ++x, ++i) {
                const double r =
                    std::hypot(static_cast<double>(x) - middle, static_cast<double>(y) - middle,
                               static_cast<double>(z) - middle) /
                    middle;
                const double v = r < 0.4 ? 0.1 : (r < 0.9 ? 0.8 : 0.0);
                if (type == PixelType::u8)
                    volume->pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(255.0 * v);
                else if (type == PixelType::u16)
                    volume->pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(65535.0 * v);
                else
                    volume->pixels<float>()[i] = static_cast<float>(v);
            }
    return volume;
}

TransferFunction grains() {
    return transferFunction(TransferPreset::rockGrains);
}

/// Share of pixels that differ from the surround.
double drawnShare(const QImage& image) {
    constexpr QRgb kGround = qRgb(119, 119, 119);
    int drawn = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QRgb p = image.pixel(x, y);
            const int away = std::abs(qRed(p) - qRed(kGround)) +
                             std::abs(qGreen(p) - qGreen(kGround)) +
                             std::abs(qBlue(p) - qBlue(kGround));
            drawn += away > 12 ? 1 : 0;
        }
    return drawn / static_cast<double>(image.width() * image.height());
}

double meanDifference(const QImage& a, const QImage& b) {
    double sum = 0.0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            sum += std::abs(qGray(a.pixel(x, y)) - qGray(b.pixel(x, y)));
    return sum / (a.width() * a.height());
}

void show(QWidget& widget, QSize size) {
    widget.resize(size);
    widget.show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
}

} // namespace

class TestVolumeView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void init() { errorCount = 0; }

    void cleanup() { QCOMPARE(errorCount.load(), 0); }

    void drawsEveryType_data();
    void drawsEveryType();
    void transferChangesPixels();
    void linkedViewsAreEqual();
    void longVolumesAreNotBlank_data();
    void longVolumesAreNotBlank();
    void survivesReparenting();
    void survivesRepeatedDestruction();
    void canvasBesideKeepsItsPixels();
    void hiddenThenShown();
};

void TestVolumeView::initTestCase() {
    setLogSink([](LogLevel level, std::string_view text) {
        if (level == LogLevel::error) {
            ++errorCount;
            qInfo("%s", std::string(text).c_str());
        }
    });
}

void TestVolumeView::drawsEveryType_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("mapper");
    for (const auto type : {PixelType::u8, PixelType::u16, PixelType::f32})
        for (const auto mapper : {VolumeMapper::cpu, VolumeMapper::gpu})
            QTest::addRow("%s %s", std::string(toString(type)).c_str(),
                          mapper == VolumeMapper::cpu ? "cpu" : "gpu")
                << int(type) << int(mapper);
}

void TestVolumeView::drawsEveryType() {
    QFETCH(int, type);
    QFETCH(int, mapper);
    VolumeView view;
    view.setMapper(static_cast<VolumeMapper>(mapper));
    view.setVolume(ball(32, static_cast<PixelType>(type)));
    view.link()->setTransfer(grains());
    show(view, {200, 200});
    const QImage picture = view.picture();
    QCOMPARE(view.message(), QString());
    QVERIFY(!view.glRenderer().isEmpty());
    QCOMPARE(view.scene().usesCpu(), static_cast<VolumeMapper>(mapper) == VolumeMapper::cpu);
    const double share = drawnShare(picture);
    QVERIFY2(share > 0.1 && share < 0.7, qPrintable(QString::number(share)));
    QVERIFY(qAlpha(picture.pixel(1, 1)) == 255);
    QVERIFY(std::abs(qRed(picture.pixel(1, 1)) - 119) <= 1);
}

void TestVolumeView::transferChangesPixels() {
    VolumeView view;
    view.setVolume(ball(32));
    view.link()->setTransfer(grains());
    show(view, {200, 200});
    const QImage solid = view.picture();
    view.link()->setTransfer(transferFunction(TransferPreset::rockPores));
    const QImage pores = view.picture();
    QVERIFY(meanDifference(solid, pores) > 5.0);
    TransferFunction nothing = grains();
    for (TransferPoint& point : nothing.points)
        point.opacity = 0.0;
    view.link()->setTransfer(nothing);
    QVERIFY(drawnShare(view.picture()) < 0.05); // the outline alone
    view.link()->setTransfer(grains());
    QVERIFY(meanDifference(solid, view.picture()) < 0.5);
}

void TestVolumeView::linkedViewsAreEqual() {
    CameraLink link;
    QWidget window;
    auto* layout = new QHBoxLayout(&window);
    std::array<VolumeView*, 2> views{new VolumeView, new VolumeView};
    for (VolumeView* view : views) {
        layout->addWidget(view);
        view->setLink(&link);
        view->setVolume(ball(24));
    }
    link.setTransfer(grains());
    show(window, {500, 260});
    QTest::keyClick(views[0], Qt::Key_Left);
    QTest::keyClick(views[1], Qt::Key_Up);
    QTest::keyClick(views[0], Qt::Key_Plus);
    QMouseEvent press(QEvent::MouseButtonPress, QPointF(20, 20), QPointF(20, 20), Qt::LeftButton,
                      Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(views[1], &press);
    QMouseEvent move(QEvent::MouseMove, QPointF(60, 35), QPointF(60, 35), Qt::NoButton,
                     Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(views[1], &move);
    QVERIFY(link.isMoving());
    QCOMPARE(views[0]->scene().pose(), views[1]->scene().pose());
    QVERIFY(views[0]->scene().pose() != defaultPose(1.0));
    QTRY_VERIFY(!link.isMoving());
    QCOMPARE(views[0]->size(), views[1]->size());
    QVERIFY(meanDifference(views[0]->picture(), views[1]->picture()) < 0.01);
    // A calibrated volume keeps its size beside a larger one.
    auto small = ball(24);
    small->voxelSize = VoxelSize{{1.0, 1.0, 1.0}, "typed"};
    auto large = ball(24);
    large->voxelSize = VoxelSize{{2.0, 2.0, 2.0}, "typed"};
    views[0]->setVolume(small);
    views[1]->setVolume(large);
    link.reset();
    QCOMPARE(link.unit(), WorldUnit::micrometre);
    const double ratio = drawnShare(views[1]->picture()) / drawnShare(views[0]->picture());
    QVERIFY2(ratio > 2.5 && ratio < 5.5, qPrintable(QString::number(ratio)));
}

void TestVolumeView::longVolumesAreNotBlank_data() {
    QTest::addColumn<int>("mapper");
    QTest::newRow("cpu") << int(VolumeMapper::cpu);
    QTest::newRow("gpu in partitions") << int(VolumeMapper::gpu);
}

void TestVolumeView::longVolumesAreNotBlank() {
    QFETCH(int, mapper);
    auto rod = std::make_shared<Volume>(PixelType::u8, 24, 24, 2100);
    for (std::int64_t i = 0; i < rod->span().values(); ++i)
        rod->pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i % 24 < 20 ? 200 : 10);
    VolumeView view;
    view.setMapper(static_cast<VolumeMapper>(mapper));
    view.setVolume(rod);
    TransferFunction orange;
    orange.shading = false;
    orange.points = {{0.0, {1.0, 0.5, 0.0}, 0.0}, {0.5, {1.0, 0.5, 0.0}, 0.9}};
    view.link()->setTransfer(orange);
    show(view, {240, 240});
    view.link()->setPose(rotated(CameraPose{{0, 0, -1.8}, {0, 0, 0}, {0, -1, 0}}, 90.0, 0.0));
    const QImage picture = view.picture();
    // Both ends of the rod, beyond what the outline alone would draw.
    int reach = 0;
    for (int x = 0; x < picture.width(); ++x) {
        const QRgb p = picture.pixel(x, picture.height() / 2);
        reach += qRed(p) - qBlue(p) > 20 ? 1 : 0;
    }
    QVERIFY2(reach > 200, qPrintable(QString::number(reach)));
}

void TestVolumeView::survivesReparenting() {
    QWidget first;
    QWidget second;
    auto* a = new QHBoxLayout(&first);
    auto* b = new QHBoxLayout(&second);
    auto* view = new VolumeView;
    a->addWidget(view);
    view->setVolume(ball(24));
    view->link()->setTransfer(grains());
    show(first, {220, 220});
    const double share = drawnShare(view->picture());
    QVERIFY(share > 0.1);
    b->addWidget(view);
    show(second, {220, 220});
    QVERIFY(std::abs(drawnShare(view->picture()) - share) < 0.02);
    a->addWidget(view);
    QVERIFY(QTest::qWaitForWindowExposed(&first));
    QVERIFY(std::abs(drawnShare(view->picture()) - share) < 0.02);
    view->setParent(nullptr);
    view->show();
    QVERIFY(QTest::qWaitForWindowExposed(view));
    QVERIFY(drawnShare(view->picture()) > 0.1);
    delete view;
}

void TestVolumeView::survivesRepeatedDestruction() {
    for (int i = 0; i < 8; ++i) {
        auto window = std::make_unique<QWidget>();
        auto* layout = new QHBoxLayout(window.get());
        auto* view = new VolumeView;
        layout->addWidget(view);
        view->setVolume(ball(12));
        show(*window, {120, 120});
        QVERIFY(!view->picture().isNull());
        if (i % 2 == 0)
            delete view;
        if (i % 3 == 0)
            window->close();
    }
}

void TestVolumeView::canvasBesideKeepsItsPixels() {
    QWidget window;
    auto* layout = new QHBoxLayout(&window);
    auto* canvas = new ImageCanvas;
    auto* view = new VolumeView;
    layout->addWidget(canvas);
    layout->addWidget(view);
    canvas->setStudyMode(true);
    canvas->setVolume(ball(64));
    show(window, {500, 260});
    const QImage before = canvas->grab().toImage().convertToFormat(QImage::Format_RGB32);
    QCOMPARE(before, canvas->frame());
    view->setVolume(ball(16)); // now the window becomes an OpenGL one
    QTRY_VERIFY(!view->picture().isNull());
    QCOMPARE(canvas->grab().toImage().convertToFormat(QImage::Format_RGB32), before);
    QVERIFY(window.isVisible());
}

void TestVolumeView::hiddenThenShown() {
    QWidget window;
    auto* layout = new QHBoxLayout(&window);
    auto* view = new VolumeView;
    layout->addWidget(view);
    view->hide();
    view->setVolume(ball(16));
    view->link()->setTransfer(grains());
    show(window, {200, 200});
    QVERIFY(view->glRenderer().isEmpty()); // nothing is made for a page not seen
    view->show();
    QTRY_VERIFY(drawnShare(view->picture()) > 0.1);
    view->setVolume(nullptr);
    QCOMPARE(view->message(), QStringLiteral("No volume: choose a stack or a volume"));
    view->setVolume(ball(20));
    QTRY_VERIFY(drawnShare(view->picture()) > 0.05);
}

int main(int argc, char** argv) {
    VolumeView::prepareApplication();
    QApplication application(argc, argv);
    TestVolumeView test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_volumeview.moc"
