// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/answergate.h"

#include <QTest>

using likeness::AnswerGate;

namespace {

constexpr std::int64_t kMs = 1'000'000;

} // namespace

class TestAnswerGate : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void countsOnceAfterTheMinimumTime() {
        AnswerGate gate(300 * kMs);
        QVERIFY(!gate.accept(4, 1000 * kMs, false)); // nothing is shown
        gate.open(2000 * kMs);
        QVERIFY(!gate.accept(4, 2299 * kMs, false));
        QVERIFY(gate.accept(5, 2300 * kMs, false));
        QVERIFY(!gate.accept(6, 2500 * kMs, false)); // until the next image
    }

    void ignoresAHeldKey() {
        AnswerGate gate(0);
        gate.open(0);
        QVERIFY(!gate.accept(3, 500 * kMs, true));
        QVERIFY(gate.isOpen());
    }

    void ignoresTheBounceOfTheSameKeyOnly() {
        AnswerGate gate(0);
        gate.open(0);
        QVERIFY(gate.accept(3, 1000 * kMs, false));
        gate.open(1010 * kMs);
        QVERIFY(!gate.accept(3, 1149 * kMs, false));
        QVERIFY(gate.accept(2, 1150 * kMs, false)); // another key is no bounce
        gate.open(1200 * kMs);
        QVERIFY(!gate.accept(2, 1299 * kMs, false));
        QVERIFY(gate.accept(2, 1449 * kMs, false)); // 150 ms after the last press
    }

    void opensAgainForTheSameTrial() {
        AnswerGate gate(300 * kMs);
        gate.open(0);
        QVERIFY(gate.accept(1, 400 * kMs, false));
        gate.reopen();
        QCOMPARE(gate.firstFrameNs(), 0);
        QVERIFY(gate.accept(1, 600 * kMs, false));
    }
};

QTEST_GUILESS_MAIN(TestAnswerGate)
#include "tst_answergate.moc"
