// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/scalebar.h"

#include <QTest>

#include <cmath>

using namespace likeness;

class TestScaleBar : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void steps_data();
    void steps();
    void everyScale();
    void nothingWithoutCalibration();
};

void TestScaleBar::steps_data() {
    QTest::addColumn<double>("umPerPixel");
    QTest::addColumn<double>("maximum");
    QTest::addColumn<double>("length");
    QTest::addColumn<QString>("text");
    QTest::newRow("exact") << 1.0 << 100.0 << 100.0 << QStringLiteral("100 \u00b5m");
    QTest::newRow("just less") << 1.0 << 99.9 << 50.0 << QStringLiteral("50 \u00b5m");
    QTest::newRow("two") << 4.93 << 80.0 << 200.0 << QStringLiteral("200 \u00b5m");
    QTest::newRow("millimetre") << 20.0 << 60.0 << 1000.0 << QStringLiteral("1 mm");
    QTest::newRow("nanometre") << 0.01 << 60.0 << 0.5 << QStringLiteral("500 nm");
    QTest::newRow("half a metre") << 1e4 << 60.0 << 5e5 << QStringLiteral("500 mm");
    QTest::newRow("metres") << 1e6 << 60.0 << 5e7 << QStringLiteral("50 m");
}

void TestScaleBar::steps() {
    QFETCH(double, umPerPixel);
    QFETCH(double, maximum);
    QFETCH(double, length);
    const ScaleBar bar = chooseScaleBar(umPerPixel, maximum);
    QVERIFY(std::abs(bar.lengthUm - length) < 1e-9 * length);
    QVERIFY(std::abs(bar.pixels * umPerPixel - length) < 1e-9 * length);
    QTEST(bar.text, "text");
}

void TestScaleBar::everyScale() {
    for (double um = 1e-3; um < 1e5; um *= 1.01) {
        const ScaleBar bar = chooseScaleBar(um, 200.0);
        QVERIFY(bar.pixels <= 200.0 * (1.0 + 1e-9));
        QVERIFY(bar.pixels > 200.0 / 2.5 * (1.0 - 1e-9));
        const double lead =
            bar.lengthUm / std::pow(10.0, std::floor(std::log10(bar.lengthUm) + 1e-9));
        QVERIFY(std::abs(lead - 1.0) < 1e-6 || std::abs(lead - 2.0) < 1e-6 ||
                std::abs(lead - 5.0) < 1e-6);
    }
}

void TestScaleBar::nothingWithoutCalibration() {
    QVERIFY(chooseScaleBar(0.0, 200.0).text.isEmpty());
    QVERIFY(chooseScaleBar(-1.0, 200.0).text.isEmpty());
    QVERIFY(chooseScaleBar(std::nan(""), 200.0).text.isEmpty());
    QVERIFY(chooseScaleBar(1.0, 0.0).text.isEmpty());
}

QTEST_GUILESS_MAIN(TestScaleBar)
#include "tst_scalebar.moc"
