// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/volume/volumeview.h"

#include <QApplication>
#include <QTest>
#include <QVBoxLayout>

using namespace likeness;

/// The 3-D view on a platform without OpenGL widgets.
class TestVolumeFallback : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textInPlaceOfThePicture();
    void inputAndDestruction();
    void sceneRefusesWhatItCannotDraw();
};

void TestVolumeFallback::textInPlaceOfThePicture() {
    VolumeView view;
    view.resize(300, 300);
    view.show();
    QCOMPARE(view.message(), QStringLiteral("No volume: choose a stack or a volume"));
    view.setVolume(std::make_shared<Volume>(PixelType::u8, 8, 8, 8));
    QVERIFY(view.message().contains(QStringLiteral("OpenGL")));
    QVERIFY(view.picture().isNull());
    QVERIFY(view.glRenderer().isEmpty());
    view.setVolume(std::make_shared<Volume>(PixelType::u8, 8, 8, 1));
    QVERIFY(view.message().contains(QStringLiteral("one slice")));
    view.setVolume(nullptr);
    QCOMPARE(view.message(), QStringLiteral("No volume: choose a stack or a volume"));
}

void TestVolumeFallback::inputAndDestruction() {
    auto link = std::make_unique<CameraLink>();
    auto window = std::make_unique<QWidget>();
    auto* layout = new QVBoxLayout(window.get());
    auto* first = new VolumeView;
    auto second = std::make_unique<VolumeView>();
    layout->addWidget(first);
    for (VolumeView* view : {first, second.get()}) {
        view->setVolume(std::make_shared<Volume>(PixelType::u16, 8, 9, 7));
        view->setLink(link.get());
    }
    window->show();
    second->show();
    const CameraPose before = link->pose();
    QTest::keyClick(first, Qt::Key_Left);
    QVERIFY(link->pose() != before);
    QCOMPARE(first->scene().pose().position, second->scene().pose().position);
    link.reset(); // views go on with links of their own
    QVERIFY(first->link() != nullptr);
    QTest::keyClick(first, Qt::Key_Plus);
    window.reset();
    QTest::keyClick(second.get(), Qt::Key_Plus);
}

void TestVolumeFallback::sceneRefusesWhatItCannotDraw() {
    VolumeScene scene;
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             scene.setVolume(std::make_shared<Volume>(PixelType::u8, 8, 8, 1)));
    TransferFunction falling = scene.transfer();
    falling.points.front().position = 2.0;
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, scene.setTransfer(falling));
    falling.points.clear();
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, scene.setTransfer(falling));
    QVERIFY(isSoftwareRenderer("llvmpipe (LLVM 15.0.6, 256 bits)"));
    QVERIFY(!isSoftwareRenderer("NVIDIA GeForce RTX 4070/PCIe/SSE2"));
}

QTEST_MAIN(TestVolumeFallback)
#include "tst_volumefallback.moc"
