// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewers/canvas/imagecanvas.h"
#include "viewers/canvas/measuretool.h"
#include "viewers/canvas/viewbindings.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QTest>
#include <QWheelEvent>

using namespace likeness;

namespace {

constexpr QPoint kStart(150, 100);

struct Bench {
    explicit Bench(MousePreset preset) {
        auto made = std::make_shared<ViewBindings>();
        made->mouse = preset;
        bindings = made;
        canvas.resize(300, 200);
        auto volume = std::make_shared<Volume>(PixelType::u8, 100, 80, 9);
        for (int i = 0; i < 100 * 80 * 9; ++i)
            volume->pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i % 251);
        canvas.setVolume(volume);
        canvas.setBindings(bindings);
        canvas.link()->setSlice(canvas.viewId(), 4);
        before = canvas.view();
    }

    void drag(Qt::MouseButton button, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        const auto send = [&](QEvent::Type type, QPoint at, Qt::MouseButtons down) {
            QMouseEvent event(type, at, canvas.mapToGlobal(at), button, down, modifiers);
            QCoreApplication::sendEvent(&canvas, &event);
        };
        send(QEvent::MouseButtonPress, kStart, button);
        send(QEvent::MouseMove, kStart + QPoint(10, -20), button);
        send(QEvent::MouseButtonRelease, kStart + QPoint(10, -20), Qt::NoButton);
    }

    void wheel(Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(kStart, canvas.mapToGlobal(kStart), {}, QPoint(0, -120), Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&canvas, &event);
    }

    void key(QEvent::Type type, Qt::Key key) {
        QKeyEvent event(type, key, Qt::NoModifier);
        QCoreApplication::sendEvent(&canvas, &event);
    }

    /// What has changed since the start: "pan", "zoom", "window", "slice".
    [[nodiscard]] QString effect() const {
        const PaneView now = canvas.view();
        if (now.slice != before.slice)
            return QStringLiteral("slice");
        if (now.zoom != before.zoom)
            return QStringLiteral("zoom");
        if (now.range != before.range)
            return QStringLiteral("window");
        return now.centre != before.centre ? QStringLiteral("pan") : QStringLiteral("nothing");
    }

    ImageCanvas canvas;
    std::shared_ptr<const ViewBindings> bindings;
    PaneView before;
};

} // namespace

class TestViewBindings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void defaultsHaveNoDoubles();
    void stringsRoundTrip();
    void wordsOfOtherVersionsAreLeftOut();
    void signsComeWithShift();
    void presets_data();
    void presets();
    void spacePansInFiji();
    void chosenKeysWork();
    void studiesKeepTheDefaults();
};

void TestViewBindings::defaultsHaveNoDoubles() {
    const ViewBindings bindings;
    for (const ViewAction action : viewActions()) {
        QVERIFY(!bindings.keys(action).isEmpty());
        for (const QKeyCombination key : bindings.keys(action))
            QVERIFY(bindings.actionOf(key) == action);
    }
    QVERIFY(bindings.toStrings().isEmpty());
}

void TestViewBindings::stringsRoundTrip() {
    ViewBindings bindings;
    bindings.setKeys(ViewAction::fit,
                     {QKeyCombination(Qt::ShiftModifier, Qt::Key_Comma), Qt::Key_B});
    bindings.setKeys(ViewAction::zoomIn, {Qt::Key_Plus});
    bindings.setKeys(ViewAction::reset, {});
    ViewBindings read;
    read.fromStrings(bindings.toStrings());
    QVERIFY(read == bindings);
    QCOMPARE(bindings.toStrings().size(), 3);
    read.resetKeys(ViewAction::fit);
    QVERIFY(read.keys(ViewAction::fit) == ViewBindings().keys(ViewAction::fit));
}

void TestViewBindings::wordsOfOtherVersionsAreLeftOut() {
    ViewBindings bindings;
    bindings.fromStrings({QStringLiteral("no-such-action=K"), QStringLiteral("nonsense"),
                          QStringLiteral("fit=NoSuchKey G")});
    QVERIFY(bindings.keys(ViewAction::fit) == QList<QKeyCombination>{Qt::Key_G});
    QVERIFY(mousePresetOf(QStringLiteral("none")) == MousePreset::likeness);
    for (const auto preset : {MousePreset::likeness, MousePreset::fiji, MousePreset::slicer})
        QVERIFY(mousePresetOf(toString(preset)) == preset);
}

void TestViewBindings::signsComeWithShift() {
    const ViewBindings bindings;
    const QKeyEvent plus(QEvent::KeyPress, Qt::Key_Plus, Qt::ShiftModifier, QStringLiteral("+"));
    QVERIFY(bindings.actionOf(plus) == ViewAction::zoomIn);
    const QKeyEvent keypad(QEvent::KeyPress, Qt::Key_1, Qt::KeypadModifier, QStringLiteral("1"));
    QVERIFY(bindings.actionOf(keypad) == ViewAction::oneToOne);
    const QKeyEvent letter(QEvent::KeyPress, Qt::Key_F, Qt::ShiftModifier, QStringLiteral("F"));
    QVERIFY(!bindings.actionOf(letter));
}

void TestViewBindings::presets_data() {
    QTest::addColumn<int>("preset");
    QTest::addColumn<QStringList>("effects");
    const auto row = [](const char* name, MousePreset preset, const QString& effects) {
        QTest::newRow(name) << static_cast<int>(preset) << effects.split(u' ');
    };
    // Left, Shift+left, middle and right drag; wheel, Ctrl+wheel.
    row("Likeness", MousePreset::likeness, QStringLiteral("pan window pan window zoom slice"));
    row("Fiji", MousePreset::fiji, QStringLiteral("pan window pan window slice zoom"));
    row("3D Slicer", MousePreset::slicer, QStringLiteral("window pan pan zoom slice zoom"));
}

void TestViewBindings::presets() {
    QFETCH(int, preset);
    QFETCH(QStringList, effects);
    const auto effectOf = [&](const std::function<void(Bench&)>& act) {
        Bench bench(static_cast<MousePreset>(preset));
        act(bench);
        return bench.effect();
    };
    QStringList found;
    found << effectOf([](Bench& b) { b.drag(Qt::LeftButton); })
          << effectOf([](Bench& b) { b.drag(Qt::LeftButton, Qt::ShiftModifier); })
          << effectOf([](Bench& b) { b.drag(Qt::MiddleButton); })
          << effectOf([](Bench& b) { b.drag(Qt::RightButton); })
          << effectOf([](Bench& b) { b.wheel(Qt::NoModifier); })
          << effectOf([](Bench& b) { b.wheel(Qt::ControlModifier); });
    QCOMPARE(found, effects);
}

// A tool has the left button until Space is held.
void TestViewBindings::spacePansInFiji() {
    Bench bench(MousePreset::fiji);
    MeasureTool tool;
    bench.canvas.setTool(&tool);
    bench.drag(Qt::LeftButton);
    QCOMPARE(bench.effect(), QStringLiteral("nothing"));
    QVERIFY(tool.span().has_value());
    const auto drawn = tool.span();
    bench.key(QEvent::KeyPress, Qt::Key_Space);
    bench.drag(Qt::LeftButton);
    QCOMPARE(bench.effect(), QStringLiteral("pan"));
    QVERIFY(tool.span() == drawn);
    bench.key(QEvent::KeyRelease, Qt::Key_Space);
    bench.drag(Qt::LeftButton);
    QVERIFY(tool.span() != drawn);
}

void TestViewBindings::chosenKeysWork() {
    Bench bench(MousePreset::likeness);
    ViewBindings chosen;
    chosen.setKeys(ViewAction::nextSlice, {Qt::Key_J});
    bench.canvas.setBindings(std::make_shared<const ViewBindings>(chosen));
    bench.key(QEvent::KeyPress, Qt::Key_Down);
    QCOMPARE(bench.effect(), QStringLiteral("nothing"));
    bench.key(QEvent::KeyPress, Qt::Key_J);
    QCOMPARE(bench.canvas.view().slice, bench.before.slice + 1);
}

void TestViewBindings::studiesKeepTheDefaults() {
    Bench bench(MousePreset::slicer);
    bench.canvas.setStudyMode(true);
    bench.before = bench.canvas.view();
    bench.drag(Qt::LeftButton);
    QCOMPARE(bench.effect(), QStringLiteral("pan"));
}

QTEST_MAIN(TestViewBindings)
#include "tst_viewbindings.moc"
