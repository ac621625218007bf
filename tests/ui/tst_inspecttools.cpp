// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "ui/models/annotatedpicture.h"
#include "ui/models/nearestreal.h"
#include "ui/widgets/linkbutton.h"
#include "ui/widgets/windowbox.h"

#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace likeness;

namespace {

Volume noise(std::int64_t side, std::uint64_t seed) {
    Volume image(PixelType::u8, side, side);
    Random random(seed, "noise");
    for (std::int64_t i = 0; i < side * side; ++i)
        image.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
    return image;
}

SampleRecord recordOf(const char* id, std::int64_t side) {
    SampleRecord record;
    record.id = id;
    record.width = record.height = side;
    return record;
}

ViewSubject subjectOf(DisplayRange range) {
    ViewSubject subject;
    subject.size = {10, 10, 1};
    subject.firstView = range;
    return subject;
}

QAction* actionNamed(const LinkButton& button, int which, const QString& text) {
    for (QAction* action : button.menu()->actions()) {
        if (action->text() == text && which-- == 0)
            return action;
    }
    return nullptr;
}

struct WindowBench {
    WindowBench()
        : views{link.addView(), link.addView()} {
        link.setSubject(views[0], subjectOf({10.0, 200.0}));
        link.setSubject(views[1], subjectOf({20.0, 250.0}));
        box.watch(&link, views);
        box.show();
    }

    [[nodiscard]] QLineEdit* field(const QString& name) const {
        for (QLineEdit* edit : box.findChildren<QLineEdit*>()) {
            if (edit->accessibleName() == name)
                return edit;
        }
        return nullptr;
    }

    void type(const QString& name, const QString& text) const {
        QLineEdit* edit = field(name);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }

    ViewLink link;
    std::array<ViewLink::Id, 2> views;
    WindowBox box;
};

} // namespace

class TestInspectTools : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linkChoices();
    void windowIsTyped();
    void windowsApart();
    void findsTheSource_data();
    void findsTheSource();
    void nothingToLookIn();
    void picturesCarryNotes();
};

void TestInspectTools::linkChoices() {
    LinkButton button(true);
    QSignalSpy changed(&button, &LinkButton::changed);
    QVERIFY(button.choice() == LinkChoice{});
    QVERIFY(!button.windows());
    actionNamed(button, 1, QStringLiteral("Keep the offset they have now"))->trigger();
    QCOMPARE(changed.size(), 1);
    QVERIFY(button.choice().navigation == LinkMode::absolute);
    QVERIFY(button.choice().slices == LinkMode::keptOffset);
    button.setChecked(false);
    QVERIFY(button.choice().slices == LinkMode::off && button.windows() == WindowLink::off);
    // Choosing how views are tied ties them.
    actionNamed(button, 0, QStringLiteral("Same percentiles"))->trigger();
    QVERIFY(button.isLinked() && button.windows() == WindowLink::byPercentile);
    QCOMPARE(changed.size(), 3);
}

void TestInspectTools::windowIsTyped() {
    const WindowBench bench;
    QCOMPARE(bench.field(QStringLiteral("Value drawn black"))->text(), QStringLiteral("10"));
    QCOMPARE(bench.field(QStringLiteral("Value drawn white"))->text(), QStringLiteral("250"));
    QVERIFY(!bench.field(QStringLiteral("Value drawn black, right"))->isVisible());
    bench.type(QStringLiteral("Value drawn black"), QStringLiteral("50.5"));
    for (const auto view : bench.views)
        QVERIFY((bench.link.view(view).range == DisplayRange{50.5, 250.0}));
    // What makes no window changes nothing.
    bench.type(QStringLiteral("Value drawn black"), QStringLiteral("300"));
    QVERIFY((bench.link.view(bench.views[0]).range == DisplayRange{50.5, 250.0}));
    QCOMPARE(bench.field(QStringLiteral("Value drawn black"))->text(), QStringLiteral("50.5"));
    bench.box.findChild<QToolButton*>()->click();
    QVERIFY((bench.link.view(bench.views[0]).range == DisplayRange{10.0, 250.0}));
}

void TestInspectTools::windowsApart() {
    WindowBench bench;
    bench.link.setWindowMode(WindowLink::off);
    QVERIFY(bench.field(QStringLiteral("Value drawn black, right"))->isVisible());
    bench.type(QStringLiteral("Value drawn white, right"), QStringLiteral("99"));
    QVERIFY((bench.link.view(bench.views[1]).range == DisplayRange{20.0, 99.0}));
    QVERIFY((bench.link.view(bench.views[0]).range == DisplayRange{10.0, 200.0}));
}

void TestInspectTools::findsTheSource_data() {
    QTest::addColumn<bool>("mirrored");
    QTest::newRow("a copy") << false;
    QTest::newRow("a mirrored copy") << true;
}

// A synthetic image that holds a piece of the second real one, at a place of its own.
void TestInspectTools::findsTheSource() {
    QFETCH(bool, mirrored);
    const std::vector<SampleRecord> reals{recordOf("a", 64), recordOf("b", 48), recordOf("c", 64)};
    const auto pixels = [](const SampleRecord& record) {
        return noise(record.width, static_cast<std::uint64_t>(record.id.front()));
    };
    const Volume source = pixels(reals[1]);
    Volume shown = noise(72, 1);
    for (std::int64_t y = 0; y < 24; ++y)
        for (std::int64_t x = 0; x < 24; ++x)
            shown.pixels<std::uint8_t>()[(y + 48) * 72 + x + 24] =
                source.pixels<std::uint8_t>()[(y + 7) * 48 + (mirrored ? 23 - x : x) + 11];
    JobContext job;
    const NearestReal found = nearestReal(shown.span(), reals, pixels, job);
    QCOMPARE(found.sample.id, std::string("b"));
    QVERIFY(found.correlation > 0.999);
    QCOMPARE(found.side, std::int64_t{24});
    QVERIFY(found.pieceX == 24 && found.pieceY == 48);
    QVERIFY(found.x == 11 && found.y == 7);
    QCOMPARE(found.orientation, mirrored ? 1 : 0);
}

void TestInspectTools::nothingToLookIn() {
    JobContext job;
    const Volume shown = noise(64, 1);
    const auto pixels = [](const SampleRecord& record) { return noise(record.width, 2); };
    QVERIFY_THROWS_EXCEPTION(Error, (void)nearestReal(shown.span(), {}, pixels, job));
    QVERIFY_THROWS_EXCEPTION(Error,
                             (void)nearestReal(shown.span(), {recordOf("a", 15)}, pixels, job));
}

void TestInspectTools::picturesCarryNotes() {
    Viewable viewable;
    viewable.samples = {recordOf("one", 10), recordOf("two", 10)};
    viewable.samples[1].sha256 = "abc";
    PaneView view;
    view.slice = 1;
    view.range = {3.0, 7.5};
    const QImage picture(20, 10, QImage::Format_RGB32);
    const QImage read = QImage::fromData(
        annotatedPng(picture, notesOf(QStringLiteral("Left "), QStringLiteral("set \u00b7 2"),
                                      viewable, view, 2.25)));
    QCOMPARE(read.size(), picture.size());
    QCOMPARE(read.text(QStringLiteral("Left Title")), QStringLiteral("set \u00b7 2"));
    QCOMPARE(read.text(QStringLiteral("Left Sample")), QStringLiteral("two"));
    QCOMPARE(read.text(QStringLiteral("Left SHA-256")), QStringLiteral("abc"));
    QCOMPARE(read.text(QStringLiteral("Left White")), QStringLiteral("7.5"));
    QCOMPARE(read.text(QStringLiteral("Left Micrometres per pixel")), QStringLiteral("2.25"));
    QVERIFY(read.text(QStringLiteral("Software")).startsWith(QStringLiteral("Likeness ")));
}

QTEST_MAIN(TestInspectTools)
#include "tst_inspecttools.moc"
