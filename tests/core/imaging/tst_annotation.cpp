// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/imaging/annotation.h"

#include <QTest>

#include <limits>

using namespace likeness;

namespace {

constexpr std::array<std::int64_t, 3> kSize{40, 30, 20};

Annotation mark(AnnotationKind kind,
                std::vector<std::array<double, 2>> points,
                int axis = 2,
                std::int64_t slice = 0) {
    Annotation made;
    made.kind = kind;
    made.axis = axis;
    made.slice = slice;
    made.points = std::move(points);
    return made;
}

} // namespace

Q_DECLARE_METATYPE(likeness::Annotation)

class TestAnnotation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void words();
    void fits_data();
    void fits();
    void refused_data();
    void refused();
    void areas();
    void pointInside();
};

void TestAnnotation::words() {
    for (const auto kind : {AnnotationKind::point, AnnotationKind::box, AnnotationKind::polygon})
        QVERIFY(annotationKindFrom(toString(kind)) == kind);
    QVERIFY(!annotationKindFrom("circle"));
}

void TestAnnotation::fits_data() {
    QTest::addColumn<Annotation>("annotation");
    using enum AnnotationKind;
    QTest::newRow("point") << mark(point, {{0.5, 0.5}});
    QTest::newRow("border") << mark(point, {{40.0, 30.0}}, 2, 19);
    QTest::newRow("along x: z across") << mark(point, {{20.0, 30.0}}, 0, 39);
    QTest::newRow("along y: z down") << mark(point, {{40.0, 20.0}}, 1, 29);
    QTest::newRow("box from its lower right") << mark(box, {{30.0, 20.0}, {1.0, 2.0}});
    QTest::newRow("polygon") << mark(polygon, {{1.0, 1.0}, {9.0, 1.0}, {1.0, 9.0}});
}

void TestAnnotation::fits() {
    QFETCH(Annotation, annotation);
    requireAnnotation(annotation, kSize);
    QVERIFY(true);
}

void TestAnnotation::refused_data() {
    QTest::addColumn<Annotation>("annotation");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* name, const Annotation& annotation, const char* says) {
        QTest::newRow(name) << annotation << QByteArray(says);
    };
    using enum AnnotationKind;
    row("no point", mark(point, {}), "0 points");
    row("two points", mark(point, {{1, 1}, {2, 2}}), "2 points");
    row("one corner", mark(box, {{1, 1}}), "1 point");
    row("a line as polygon", mark(polygon, {{1, 1}, {2, 2}}), "2 points");
    row("collinear", mark(polygon, {{1, 1}, {2, 2}, {3, 3}}), "no area");
    row("flat box", mark(box, {{1, 1}, {9, 1}}), "no area");
    row("left of it", mark(point, {{-0.1, 1}}), "outside the picture of 40 x 30");
    row("below it", mark(point, {{1, 30.1}}), "outside");
    row("no number", mark(point, {{std::numeric_limits<double>::quiet_NaN(), 1}}), "outside");
    row("along x too far", mark(point, {{21, 1}}, 0), "20 x 30");
    row("slice", mark(point, {{1, 1}}, 2, 20), "slice 20");
    row("negative slice", mark(point, {{1, 1}}, 2, -1), "slice -1");
    row("axis", mark(point, {{1, 1}}, 3), "axis");
    Annotation wordy = mark(point, {{1, 1}});
    wordy.text.assign(kLongestAnnotation + 1, 'a');
    row("text", wordy, "4001 bytes");
    row("points",
        mark(polygon, std::vector<std::array<double, 2>>(kMostAnnotationPoints + 1, {1, 1})),
        "10001 points");
}

void TestAnnotation::refused() {
    QFETCH(Annotation, annotation);
    QFETCH(QByteArray, says);
    try {
        requireAnnotation(annotation, kSize);
    } catch (const Error& error) {
        QVERIFY(error.code() == ErrorCode::config);
        QVERIFY2(error.why().find(says.toStdString()) != std::string::npos, error.why().c_str());
        return;
    }
    QFAIL("it was taken");
}

void TestAnnotation::areas() {
    using enum AnnotationKind;
    QVERIFY(!areaOf(mark(point, {{1, 1}})));
    QCOMPARE(*areaOf(mark(box, {{9, 5}, {1, 2}})), 24.0);
    QCOMPARE(*areaOf(mark(box, {{9, 5}, {1, 2}}), {2.0, 0.5}), 24.0);
    QCOMPARE(*areaOf(mark(polygon, {{0, 0}, {4, 0}, {4, 4}, {2, 2}, {0, 4}})), 12.0);
}

void TestAnnotation::pointInside() {
    using enum AnnotationKind;
    const Annotation notched = mark(polygon, {{0, 0}, {4, 0}, {4, 4}, {2, 2}, {0, 4}});
    QVERIFY(holds(notched, {1.0, 2.0}));
    QVERIFY(!holds(notched, {2.0, 3.0}));
    QVERIFY(holds(mark(box, {{9, 5}, {1, 2}}), {5.0, 4.0}));
    QVERIFY(!holds(mark(box, {{9, 5}, {1, 2}}), {5.0, 6.0}));
    QVERIFY(!holds(mark(point, {{1, 1}}), {1.0, 1.0}));
}

QTEST_GUILESS_MAIN(TestAnnotation)
#include "tst_annotation.moc"
