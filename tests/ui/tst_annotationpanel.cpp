// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/imaging/io.h"
#include "db/workflow/importing.h"
#include "ui/jobs/jobrunner.h"
#include "ui/models/annotationstore.h"
#include "ui/models/projectsession.h"
#include "ui/widgets/annotationpanel.h"
#include "viewers/canvas/annotationtool.h"
#include "viewers/canvas/imagecanvas.h"
#include "viewers/compare/comparepanes.h"

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QTreeWidget>

using namespace likeness;

namespace {

Volume noise(std::int64_t side, std::int64_t depth, unsigned seed) {
    Volume volume(PixelType::u8, side, side, depth);
    for (std::int64_t i = 0; i < volume.span().values(); ++i) {
        seed = seed * 1664525U + 1013904223U;
        volume.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(seed >> 24U);
    }
    volume.voxelSize = VoxelSize{{2.0, 2.0, 2.0}, "typed"};
    return volume;
}

/// A project with a stack of six slices and a volume of twelve.
Project makeProject(const std::filesystem::path& folder) {
    writeVolume(folder / "stack.tif", noise(40, 6, 1));
    writeVolume(folder / "cube.tif", noise(40, 12, 2));
    Project project = Project::create(folder / "p.likeness");
    JobContext job;
    ImportRequest request;
    request.setName = "real";
    request.paths = {folder / "stack.tif"};
    static_cast<void>(importSamples(project, request, job));
    request.setName = "cubes";
    request.paths = {folder / "cube.tif"};
    request.splitSlices = false;
    static_cast<void>(importSamples(project, request, job));
    return project;
}

struct Bench {
    Bench() {
        session.open(QStringLiteral("Opening"),
                     [this](JobContext&) { return makeProject(folder.path()); });
        QTRY_VERIFY(session.isOpen());
        stack = firstOf("real");
        cube = firstOf("cubes");
        QVERIFY(stack.isStack() && !cube.isStack());
        store = std::make_unique<AnnotationStore>(session);
        panes.resize(900, 420);
        panel = std::make_unique<AnnotationPanel>(panes, *store);
        show(0, stack);
        show(1, cube);
        panes.link()->setSliceMode(LinkMode::off);
        panes.show();
        panel->resize(900, 190);
        QVERIFY(QTest::qWaitForWindowExposed(&panes));
    }

    [[nodiscard]] Viewable firstOf(const char* set) const {
        const SetRecord* record = session.snapshot().findSetNamed(set);
        return viewablesOf(session.snapshot().samplesOf(record->id)).front();
    }

    void show(int pane, const Viewable& viewable) {
        JobContext job;
        panes.setPicture(pane, loadViewable(viewable, session.pixelSource(), job), viewable.title);
        panel->setSubject(pane, &viewable);
    }

    void choose(const char* what) const {
        QComboBox* chooser = panel->chooser();
        const int index = chooser->findText(QString::fromLatin1(what));
        QVERIFY(index >= 0);
        chooser->setCurrentIndex(index);
        Q_EMIT chooser->activated(index);
    }

    void mouse(int pane, QEvent::Type type, QPointF picture) {
        ImageCanvas* canvas = panes.canvas(pane);
        (void)canvas->grab(); // a tool knows where it is drawn from its last drawing
        const PaneView view = canvas->view();
        const QPointF middle(canvas->width() / 2.0, canvas->height() / 2.0);
        const QPointF at = middle + QPointF((picture.x() - view.centre.x()) * view.zoom.width(),
                                            (picture.y() - view.centre.y()) * view.zoom.height());
        QMouseEvent event(type, at, canvas->mapToGlobal(at), Qt::LeftButton,
                          type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton,
                          Qt::NoModifier);
        QCoreApplication::sendEvent(canvas, &event);
    }

    void click(int pane, QPointF at) {
        mouse(pane, QEvent::MouseButtonPress, at);
        mouse(pane, QEvent::MouseButtonRelease, at);
    }

    void drag(int pane, QPointF from, QPointF to) {
        mouse(pane, QEvent::MouseButtonPress, from);
        mouse(pane, QEvent::MouseMove, (from + to) / 2.0);
        mouse(pane, QEvent::MouseMove, to);
        mouse(pane, QEvent::MouseButtonRelease, to);
    }

    void goTo(int pane, std::int64_t slice, SliceAxis axis = SliceAxis::z) const {
        panes.link()->setAxis(panes.canvas(pane)->viewId(), axis);
        panes.link()->setSlice(panes.canvas(pane)->viewId(), slice);
    }

    [[nodiscard]] std::vector<AnnotationRecord> stored() {
        std::optional<std::vector<AnnotationRecord>> found;
        session.run(
            {QStringLiteral("Reading"), Lane::project, false}, ProjectSession::Effect::reads,
            &panes, [](Project& project, JobContext&) { return project.annotations().all(); },
            [&](std::vector<AnnotationRecord> all) { found = std::move(all); });
        [&] { QTRY_VERIFY(found.has_value()); }();
        return found.value_or(std::vector<AnnotationRecord>());
    }

    [[nodiscard]] QAction* action(const char* text) const {
        for (QAction* action : panel->actions())
            if (action->text().startsWith(QString::fromLatin1(text)))
                return action;
        return nullptr;
    }

    [[nodiscard]] QTreeWidget* list() const { return panel->findChild<QTreeWidget*>(); }

    [[nodiscard]] QLineEdit* text() const { return panel->findChild<QLineEdit*>(); }

    void type(const char* words) const {
        text()->clear();
        QTest::keyClicks(text(), QString::fromLatin1(words));
        QTest::keyClick(text(), Qt::Key_Return);
    }

    TemporaryFolder folder;
    JobRunner jobs;
    ProjectSession session{jobs};
    ComparePanes panes;
    std::unique_ptr<AnnotationStore> store;
    std::unique_ptr<AnnotationPanel> panel;
    Viewable stack;
    Viewable cube;
};

/// To half a pixel of the screen, to which pictures are snapped.
bool close(const Annotation& mark, const std::vector<std::array<double, 2>>& points) {
    if (mark.points.size() != points.size())
        return false;
    for (std::size_t i = 0; i < points.size(); ++i)
        for (std::size_t k = 0; k < 2; ++k)
            if (std::abs(mark.points[i][k] - points[i][k]) > 0.06) {
                qWarning("point %zu, coordinate %zu: %g, not %g", i, k, mark.points[i][k],
                         points[i][k]);
                return false;
            }
    return true;
}

} // namespace

class TestAnnotationPanel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void markOfAStackBelongsToItsSlice();
    void boxInAVolume();
    void polygon();
    void movedAndReshaped();
    void undoneAndRedone();
    void listLeadsToTheSlice();
    void namedAndRemoved();
    void refusedWithASentence();
    void staysInThePicture();
    void reopened();
};

void TestAnnotationPanel::markOfAStackBelongsToItsSlice() {
    Bench bench;
    bench.choose("Mark a point");
    bench.goTo(0, 4);
    bench.click(0, {12.5, 30.0});
    QCOMPARE(bench.store->all().size(), std::size_t{1});
    const AnnotationRecord record = bench.store->all().front();
    QCOMPARE(record.sampleId, bench.stack.samples[4].id);
    QCOMPARE(record.mark.slice, 0);
    QVERIFY(close(record.mark, {{12.5, 30.0}}));
    const auto stored = bench.stored();
    QCOMPARE(stored.size(), std::size_t{1});
    QCOMPARE(stored.front().id, record.id);
    QVERIFY(stored.front().mark == record.mark);
    const auto* tool = bench.panel->findChild<AnnotationTool*>();
    QCOMPARE(tool->marks().size(), std::size_t{1});
    bench.goTo(0, 3);
    QVERIFY(tool->marks().empty());
    bench.goTo(0, 4);
    QCOMPARE(tool->marks().size(), std::size_t{1});
}

void TestAnnotationPanel::boxInAVolume() {
    Bench bench;
    bench.choose("Mark a box");
    bench.goTo(1, 7, SliceAxis::y);
    bench.drag(1, {5.0, 2.0}, {25.0, 10.0}); // x across, z down
    QCOMPARE(bench.store->all().size(), std::size_t{1});
    const AnnotationRecord record = bench.store->all().front();
    QCOMPARE(record.sampleId, bench.cube.samples.front().id);
    QCOMPARE(record.mark.axis, 1);
    QCOMPARE(record.mark.slice, 7);
    QVERIFY(close(record.mark, {{5.0, 2.0}, {25.0, 10.0}}));
    QCOMPARE(bench.list()->topLevelItemCount(), 1);
    const QTreeWidgetItem* row = bench.list()->topLevelItem(0);
    QCOMPARE(row->text(0), QStringLiteral("right"));
    QCOMPARE(row->text(2), QStringLiteral("8 along y"));
    QVERIFY2(row->text(3).startsWith(QStringLiteral("640")) ||
                 std::abs(row->text(3).split(u' ').first().toDouble() - 640.0) < 2.0,
             qPrintable(row->text(3)));
    bench.drag(1, {5.0, 2.0}, {5.0, 2.0}); // no area
    QCOMPARE(bench.store->all().size(), std::size_t{1});
}

void TestAnnotationPanel::polygon() {
    Bench bench;
    bench.choose("Mark a polygon");
    for (const QPointF corner : {QPointF(5, 5), QPointF(30, 6), QPointF(30, 30), QPointF(6, 28)})
        bench.click(0, corner);
    QVERIFY(bench.store->all().empty());
    bench.click(0, {5.0, 5.0}); // the first corner closes it
    QCOMPARE(bench.store->all().size(), std::size_t{1});
    QVERIFY(close(bench.store->all().front().mark, {{5, 5}, {30, 6}, {30, 30}, {6, 28}}));

    for (const QPointF corner : {QPointF(10, 10), QPointF(20, 10)})
        bench.click(0, corner);
    bench.click(0, {20.0, 20.0}); // a double click is a press, a release and the double click
    bench.mouse(0, QEvent::MouseButtonDblClick, {20.0, 20.0});
    bench.mouse(0, QEvent::MouseButtonRelease, {20.0, 20.0});
    QCOMPARE(bench.store->all().size(), std::size_t{2});
    QVERIFY(close(bench.store->all().back().mark, {{10, 10}, {20, 10}, {20, 20}}));

    bench.click(0, {1.0, 1.0});
    bench.action("Drop")->trigger();
    bench.click(0, {15.0, 1.0});
    bench.click(0, {15.0, 15.0});
    bench.goTo(0, 2); // what was begun elsewhere is dropped
    bench.click(0, {3.0, 20.0});
    bench.click(0, {3.0, 30.0});
    bench.show(0, bench.stack);
    bench.click(0, {9.0, 30.0});
    QCOMPARE(bench.store->all().size(), std::size_t{2});
    QCOMPARE(bench.stored().size(), std::size_t{2});
}

void TestAnnotationPanel::movedAndReshaped() {
    Bench bench;
    bench.choose("Mark a box");
    bench.drag(0, {10.0, 10.0}, {20.0, 18.0});
    bench.choose("Select and move");
    bench.drag(0, {15.0, 14.0}, {20.0, 16.0});
    QVERIFY(close(bench.store->all().front().mark, {{15.0, 12.0}, {25.0, 20.0}}));
    bench.drag(0, {25.0, 12.0}, {35.0, 5.0}); // the corner at the upper right
    QVERIFY(close(bench.store->all().front().mark, {{15.0, 5.0}, {35.0, 20.0}}));
    const auto stored = bench.stored();
    QCOMPARE(stored.size(), std::size_t{1});
    QVERIFY(close(stored.front().mark, {{15.0, 5.0}, {35.0, 20.0}}));
}

void TestAnnotationPanel::undoneAndRedone() {
    Bench bench;
    bench.choose("Mark a point");
    bench.click(0, {10.0, 10.0});
    bench.type("pore");
    bench.click(0, {20.0, 20.0});
    const auto first = bench.store->all().front().id;
    QCOMPARE(bench.store->all().size(), std::size_t{2});
    for (int i = 0; i < 3; ++i) {
        QVERIFY(bench.action("Undo")->isEnabled());
        bench.action("Undo")->trigger();
    }
    QVERIFY(bench.store->all().empty());
    QVERIFY(bench.stored().empty());
    QVERIFY(!bench.action("Undo")->isEnabled());
    for (int i = 0; i < 3; ++i)
        bench.action("Redo")->trigger();
    const auto stored = bench.stored();
    QCOMPARE(stored.size(), std::size_t{2});
    QCOMPARE(stored.front().id, first);
    QCOMPARE(stored.front().mark.text, std::string("pore"));
    QVERIFY(bench.store->find(first)->mark.text == "pore");
}

void TestAnnotationPanel::listLeadsToTheSlice() {
    Bench bench;
    bench.choose("Mark a point");
    bench.goTo(0, 5);
    bench.click(0, {10.0, 10.0});
    bench.goTo(1, 9, SliceAxis::x);
    bench.click(1, {4.0, 20.0});
    bench.goTo(0, 1);
    bench.goTo(1, 0, SliceAxis::z);
    QCOMPARE(bench.list()->topLevelItemCount(), 2);
    bench.list()->setCurrentItem(nullptr);
    bench.list()->setCurrentItem(bench.list()->topLevelItem(0));
    QCOMPARE(bench.panes.canvas(0)->view().slice, 5);
    bench.list()->setCurrentItem(bench.list()->topLevelItem(1));
    QVERIFY(bench.panes.canvas(1)->view().axis == SliceAxis::x);
    QCOMPARE(bench.panes.canvas(1)->view().slice, 9);
}

void TestAnnotationPanel::namedAndRemoved() {
    Bench bench;
    QVERIFY(!bench.text()->isEnabled());
    bench.choose("Mark a point");
    bench.click(0, {10.0, 10.0});
    bench.type("ring artefact, \u00b5");
    QCOMPARE(bench.list()->topLevelItem(0)->text(4), bench.text()->text());
    QVERIFY(!bench.text()->hasFocus());
    bench.click(0, {30.0, 30.0});
    QVERIFY(bench.text()->text().isEmpty());
    QTest::keyClicks(bench.text(), QStringLiteral("typed, not entered"));
    bench.click(0, {35.0, 5.0}); // what was typed is kept with the second
    QCOMPARE(bench.store->all()[1].mark.text, std::string("typed, not entered"));
    QVERIFY(bench.store->all()[2].mark.text.empty());
    bench.choose("Select and move");
    bench.click(0, {10.0, 10.0});
    bench.action("Remove")->trigger();
    const auto stored = bench.stored();
    QCOMPARE(stored.size(), std::size_t{2});
    QCOMPARE(stored.front().mark.text, std::string("typed, not entered"));
    QCOMPARE(bench.list()->topLevelItemCount(), 2);
}

void TestAnnotationPanel::refusedWithASentence() {
    Bench bench;
    const QSignalSpy refused(bench.panel.get(), &AnnotationPanel::refused);
    bench.choose("Mark a point");
    bench.goTo(0, 3, SliceAxis::x);
    bench.click(0, {2.0, 3.0});
    QCOMPARE(refused.size(), 1);
    QVERIFY(refused[0][0].toString().contains(QStringLiteral("along z")));
    bench.panel->setSubject(1, nullptr);
    bench.click(1, {2.0, 3.0});
    QCOMPARE(refused.size(), 2);
    QVERIFY(refused[1][0].toString().contains(QStringLiteral("Import")));
    QVERIFY(bench.store->all().empty());
}

void TestAnnotationPanel::staysInThePicture() {
    Bench bench;
    bench.choose("Mark a box");
    bench.drag(0, {30.0, 30.0}, {55.0, 35.0});
    QVERIFY(close(bench.store->all().front().mark, {{30.0, 30.0}, {40.0, 35.0}}));
    bench.choose("Select and move");
    bench.drag(0, {35.0, 32.0}, {10.0, -20.0});
    QVERIFY(close(bench.store->all().front().mark, {{5.0, 0.0}, {15.0, 5.0}}));
    bench.choose("Mark a point");
    bench.click(0, {-2.0, 10.0}); // beside the picture
    QCOMPARE(bench.store->all().size(), std::size_t{1});
    QCOMPARE(bench.stored().size(), std::size_t{1});
}

void TestAnnotationPanel::reopened() {
    Bench bench;
    bench.choose("Mark a point");
    bench.click(0, {10.0, 10.0});
    QCOMPARE(bench.stored().size(), std::size_t{1});
    bench.session.close();
    QTRY_VERIFY(!bench.session.isOpen());
    QVERIFY(bench.store->all().empty());
    bench.session.open(QStringLiteral("Opening"), [&bench](JobContext&) {
        return Project::open(bench.folder.path() / "p.likeness");
    });
    QTRY_COMPARE(bench.store->all().size(), std::size_t{1});
    QVERIFY(!bench.action("Undo")->isEnabled());
}

QTEST_MAIN(TestAnnotationPanel)
#include "tst_annotationpanel.moc"
