// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/diskimage.h"
#include "ui/models/projectsession.h"
#include "ui/pages/inspectpage.h"
#include "ui/settings/settings.h"
#include "ui/widgets/openfilebutton.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"
#include "viewers/support/planeprovider.h"

#include <QComboBox>
#include <QDialog>
#include <QDropEvent>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QtTest>

#include <filesystem>

using namespace likeness;

namespace {

Volume ramp(std::int64_t edge) {
    Volume volume(PixelType::u16, edge, edge, edge);
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(i % 5003);
    return volume;
}

DiskImageRequest requestFor(const std::filesystem::path& path, std::int64_t wholeBytes) {
    DiskImageRequest request;
    request.path = path;
    request.wholeBytes = wholeBytes;
    return request;
}

} // namespace

class TstInspectFiles final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void smallIsReadWholeAndLargeIsNot() {
        const TemporaryFolder folder;
        const auto path = folder.path() / "v.npy";
        writeVolume(path, ramp(40));
        JobContext job;
        const DiskImage whole = openDiskImage(requestFor(path, 40 * 40 * 40 * 2), job);
        QVERIFY(whole.volume && !whole.source);
        QCOMPARE(whole.name, std::string("v.npy"));
        const DiskImage parts = openDiskImage(requestFor(path, 40 * 40 * 40 * 2 - 1), job);
        QVERIFY(!parts.volume && parts.source);
        QCOMPARE(parts.glimpse.coarse.depth(), 16);
    }

    void memoryIsAQuarterOrWhatIsSet() {
        QCOMPARE(imageMemory(300), std::int64_t{300} << 20U);
        QVERIFY(imageMemory(0) >= std::int64_t{64} << 20U);
        QVERIFY(imageMemory(0) <= std::int64_t{4} << 30U);
    }

    void fileIsShownFromDiskAndReplacedByAnother() {
        const TemporaryFolder folder;
        writeVolume(folder.path() / "large.npy", ramp(90));
        writeVolume(folder.path() / "small.npy", ramp(12));
        QSettings store(QString::fromStdString((folder.path() / "s.ini").string()),
                        QSettings::IniFormat);
        Settings settings(store);
        settings.imageMemoryMib.set(1);
        JobRunner jobs;
        ProjectSession session(jobs);
        InspectPage page(session, settings);
        page.resize(1100, 700);
        page.setVisible(true);
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        const auto* panes = page.findChild<ComparePanes*>();
        const ImageCanvas* left = panes->canvas(0);
        page.openFile(0, QString::fromStdString((folder.path() / "large.npy").string()),
                      std::nullopt);
        QTRY_VERIFY(left->planes() != nullptr);
        QTRY_VERIFY(left->planes()->mark().isEmpty());
        QVERIFY(!left->volume());
        // A drop on the pane.
        QMimeData data;
        data.setUrls(
            {QUrl::fromLocalFile(QString::fromStdString((folder.path() / "small.npy").string()))});
        QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction, &data, Qt::LeftButton,
                              Qt::NoModifier);
        QCoreApplication::sendEvent(panes->canvas(0), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(20.0, 20.0), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(panes->canvas(0), &drop);
        QTRY_VERIFY(left->volume() != nullptr);
        QVERIFY(!left->planes());
        QCOMPARE(left->volume()->depth(), 12);
    }

    void headerlessFileAsksForItsLayout() {
        const TemporaryFolder folder;
        writeVolume(folder.path() / "scan.raw", ramp(20));
        QSettings store(QString::fromStdString((folder.path() / "s.ini").string()),
                        QSettings::IniFormat);
        Settings settings(store);
        JobRunner jobs;
        ProjectSession session(jobs);
        InspectPage page(session, settings);
        page.setVisible(true);
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QStringList messages;
        connect(&page, &Page::messageRaised, this,
                [&](const QString& sentence) { messages << sentence; });
        page.openFile(0, QString::fromStdString((folder.path() / "scan.raw").string()),
                      std::nullopt);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = page.findChild<QDialog*>()) != nullptr);
        QCOMPARE(messages.size(), 1);
        const auto type = [dialog](const char* name, int value) {
            for (auto* box : dialog->findChildren<QSpinBox*>())
                if (box->accessibleName() == QString::fromLatin1(name))
                    box->setValue(value);
        };
        auto* types = dialog->findChild<QComboBox*>();
        types->setCurrentIndex(1);
        QPushButton* open = nullptr;
        for (auto* button : dialog->findChildren<QPushButton*>())
            open = button->isDefault() ? button : open;
        QVERIFY(open && !open->isEnabled());
        type("Width", 20);
        type("Height", 20);
        type("Slices", 19);
        QVERIFY(!open->isEnabled());
        type("Slices", 20);
        QTRY_VERIFY(open->isEnabled());
        open->click();
        const ImageCanvas* left = page.findChild<ComparePanes*>()->canvas(0);
        QTRY_VERIFY(left->volume() != nullptr);
        QCOMPARE(left->volume()->span().at(4321), 4321.0);
    }
};

QTEST_MAIN(TstInspectFiles)
#include "tst_inspectfiles.moc"
