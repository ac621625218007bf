// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "ui/dialogs/importdialog.h"
#include "ui/jobs/jobrunner.h"
#include "ui/settings/settings.h"
#include "ui/widgets/rawlayoutform.h"

#include <QComboBox>
#include <QLabel>
#include <QPixmap>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <algorithm>

using namespace likeness;

namespace {

struct Bench {
    Bench()
        : store(QString::fromStdString((folder.path() / "s.ini").string()), QSettings::IniFormat) {
        dialog.show();
    }

    [[nodiscard]] QString at(const char* name) const {
        return QString::fromStdString((folder.path() / name).string());
    }

    template <typename Widget>
    [[nodiscard]] Widget* field(const char* name) const {
        for (auto* widget : dialog.findChildren<Widget*>())
            if (widget->accessibleName() == QString::fromLatin1(name))
                return widget;
        return nullptr;
    }

    [[nodiscard]] bool says(const char* words) const {
        const auto labels = dialog.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(QString::fromUtf8(words));
        });
    }

    [[nodiscard]] QPushButton* import() const {
        for (auto* button : dialog.findChildren<QPushButton*>())
            if (button->isDefault())
                return button;
        return nullptr;
    }

    void answerTheRest() const {
        field<QComboBox>("Domain")->setCurrentIndex(0);
        field<QComboBox>("Origin")->setCurrentIndex(0);
    }

    TemporaryFolder folder;
    QSettings store;
    Settings settings{store};
    JobRunner jobs;
    ImportDialog dialog{jobs, settings, {}};
};

} // namespace

class TestImportDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layoutIsGuessedShownAndChecked();
    void layoutWithoutAGuess();
    void datasets();
};

void TestImportDialog::layoutIsGuessedShownAndChecked() {
    Bench bench;
    Volume volume(PixelType::u16, 20, 10, 5);
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        volume.pixels<std::uint16_t>()[i] = static_cast<std::uint16_t>(100 + i % 20);
    writeVolume(bench.folder.path() / "scan_20x10x5_uint16.raw", volume);
    const QSignalSpy requested(&bench.dialog, &ImportDialog::importRequested);
    bench.dialog.addPaths({bench.at("scan_20x10x5_uint16.raw")});
    bench.answerTheRest();
    QTRY_COMPARE(bench.field<QSpinBox>("Width")->value(), 20);
    QVERIFY(bench.field<QSpinBox>("Width")->isVisible());
    QTRY_VERIFY(bench.says("20 \u00d7 10 \u00d7 5 \u00d7 2 bytes + 0 = 2"));
    QVERIFY(bench.says("is the length of the file"));
    const auto* picture = bench.field<QLabel>("Middle slice as these fields have it");
    QTRY_VERIFY(!picture->pixmap(Qt::ReturnByValue).isNull());
    const QImage right = picture->pixmap(Qt::ReturnByValue).toImage();
    QVERIFY(bench.import()->isEnabled());
    bench.field<QSpinBox>("Slices")->setValue(4);
    QVERIFY(!bench.import()->isEnabled());
    QVERIFY(bench.says("Skipping 400 bytes would fit"));
    bench.field<QSpinBox>("Width")->setValue(19); // the rows slant at once
    QTRY_VERIFY(picture->pixmap(Qt::ReturnByValue).toImage() != right);
    bench.field<QSpinBox>("Slices")->setValue(50);
    QVERIFY(bench.says("too few"));
    bench.field<QSpinBox>("Width")->setValue(20);
    bench.field<QSpinBox>("Slices")->setValue(5);
    bench.import()->click();
    QCOMPARE(requested.size(), 1);
    const auto request = requested[0][0].value<ImportRequest>();
    QVERIFY(request.raw);
    QCOMPARE(request.raw->depth, 5);
    QVERIFY(request.raw->type == PixelType::u16 && !request.raw->bigEndian);
}

void TestImportDialog::layoutWithoutAGuess() {
    Bench bench;
    writeFileDurably(bench.folder.path() / "scan.vol", std::string(300, 'x'));
    bench.dialog.addPaths({bench.at("scan.vol")});
    bench.answerTheRest();
    QTRY_VERIFY(bench.field<QSpinBox>("Width")->isVisible());
    QVERIFY(!bench.import()->isEnabled());
    bench.field<QSpinBox>("Width")->setValue(20);
    bench.field<QSpinBox>("Height")->setValue(15);
    QTRY_VERIFY(bench.import()->isEnabled());
    writeVolume(bench.folder.path() / "slice.png", Volume(PixelType::u8, 4, 4));
    Bench other;
    writeVolume(other.folder.path() / "slice.png", Volume(PixelType::u8, 4, 4));
    other.dialog.addPaths({other.at("slice.png")});
    QTRY_VERIFY(other.says("pixels, 8-bit"));
    QVERIFY(!other.field<QSpinBox>("Width")->isVisible());
}

void TestImportDialog::datasets() {
    Bench bench;
    const QString file = bench.at("two.h5");
    QProcess python;
    python.start(QStringLiteral("/usr/bin/python3"),
                 {QStringLiteral("-c"),
                  QStringLiteral("import sys, h5py, numpy\n"
                                 "f = h5py.File(sys.argv[1], 'w')\n"
                                 "f['exchange/data'] = numpy.zeros((6, 30, 40), 'u2')\n"
                                 "f['small'] = numpy.ones((2, 7, 9), 'u1')\n"),
                  file});
    QVERIFY(python.waitForFinished(60000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    const QSignalSpy requested(&bench.dialog, &ImportDialog::importRequested);
    bench.dialog.addPaths({file});
    bench.answerTheRest();
    auto* box = bench.field<QComboBox>("Image in the file");
    QTRY_COMPARE(box->count(), 2);
    QVERIFY(box->isVisible());
    QVERIFY(box->currentText().startsWith(QStringLiteral("/exchange/data (6 \u00d7 30 \u00d7 40")));
    const int small = box->findData(QStringLiteral("/small"));
    box->setCurrentIndex(small);
    Q_EMIT box->activated(small);
    QTRY_VERIFY(bench.says("9 \u00d7 7"));
    QCOMPARE(box->currentIndex(), small);
    bench.import()->click();
    QCOMPARE(requested.size(), 1);
    QCOMPARE(requested[0][0].value<ImportRequest>().dataset, std::string("/small"));
}

QTEST_MAIN(TestImportDialog)
#include "tst_importdialog.moc"
