// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/structure/chords.h"
#include "core/structure/minkowski.h"
#include "core/structure/porosity.h"
#include "tests/support/golden.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace likeness;
using test::GoldenFile;

namespace {

Indicator ones(const Volume& mask) {
    return indicatorOf(mask.span(), 0.0, Phase::bright);
}

void addVolumes() {
    QTest::addColumn<QString>("stem");
    for (const char* stem : {"pore2d_200", "pore2d_150x181", "pore3d_64", "pore3d_41x37x45"})
        QTest::addRow("%s", stem) << QString::fromLatin1(stem);
}

} // namespace

class TestPhases : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void goldenPorosity_data() { addVolumes(); }

    void goldenPorosity();

    void goldenConnectivity_data() { addVolumes(); }

    void goldenConnectivity();

    void goldenChords_data() { addVolumes(); }

    void goldenChords();
    void chordTrapIsNotFollowed();
    void goldenEuler_data();
    void goldenEuler();
    void masksAreTold_data();
    void masksAreTold();
    void thresholdSidesAndTypes();
    void fieldOfView();
    void notFinite();
    void cornersJoinOnlyWithFullNeighbourhood();
    void emptyAndFullPhase();
    void jobsStop();
};

void TestPhases::goldenPorosity() {
    QFETCH(QString, stem);
    const GoldenFile golden("porous.json");
    const Volume mask = test::goldenInput(stem.toStdString() + ".npy");
    QCOMPARE(porosity(ones(mask)), golden.expected("porosity." + stem.toStdString()).get<double>());
    const double dark = porosity(indicatorOf(mask.span(), 0.0, Phase::dark));
    const double expected = golden.expected("phase_fraction." + stem.toStdString())["0"];
    QVERIFY(std::abs(dark - expected) < 1e-15);
}

void TestPhases::goldenConnectivity() {
    QFETCH(QString, stem);
    const GoldenFile golden("porous.json");
    const Indicator field = ones(test::goldenInput(stem.toStdString() + ".npy"));
    const Json& byType = golden.expected("porosity_by_type." + stem.toStdString());
    const Json& percolating = golden.expected("percolating." + stem.toStdString());
    const Connectivity faces = connectivity(field, Neighbourhood::faces);
    const Connectivity full = connectivity(field, Neighbourhood::full);
    QVERIFY(std::abs(faces.closed - byType["closed"].get<double>()) < 1e-12);
    const int axes = field.dimensions();
    for (int numpyAxis = 0; numpyAxis < axes; ++numpyAxis) {
        const auto axis = static_cast<std::size_t>(axes - 1 - numpyAxis);
        const auto i = static_cast<std::size_t>(numpyAxis);
        QCOMPARE(faces.percolating[axis] > 0.0, percolating["min"][i].get<bool>());
        QCOMPARE(full.percolating[axis] > 0.0, percolating["max"][i].get<bool>());
    }
    QVERIFY(std::abs(faces.percolating[static_cast<std::size_t>(axes - 1)] -
                     percolating["percolating_porosity_axis0"].get<double>()) < 1e-12);
}

void TestPhases::goldenChords() {
    QFETCH(QString, stem);
    const GoldenFile golden("porous.json");
    const Indicator field = ones(test::goldenInput(stem.toStdString() + ".npy"));
    const Json& expected = golden.expected("chords." + stem.toStdString());
    const Json& path = golden.expected("lineal_path." + stem.toStdString());
    for (const auto& [name, e] : expected.items()) {
        const int axis = field.dimensions() - 1 - (name.back() - '0');
        const Json& curve = path[name];
        const ChordStatistics c = chords(field, axis, static_cast<std::int64_t>(curve.size()) - 1);
        QCOMPARE(c.countAll, e["count_all"].get<std::int64_t>());
        QCOMPARE(c.countInterior, e["count_interior"].get<std::int64_t>());
        QVERIFY(std::abs(c.meanAll - e["mean_all"].get<double>()) < 1e-12);
        QVERIFY(std::abs(c.meanInterior - e["mean_interior"].get<double>()) < 1e-12);
        for (std::size_t i = 0; i < e["hist_interior"].size(); ++i)
            QCOMPARE(c.interior[i], e["hist_interior"][i].get<std::int64_t>());
        for (std::size_t r = 0; r < curve.size(); ++r)
            QVERIFY(std::abs(c.linealPath[r] - curve[r].get<double>()) < 1e-10);
    }
}

/// porespy's chords with spacing 0 merge neighbouring lines: hundreds of pixels instead of 14.6.
void TestPhases::chordTrapIsNotFollowed() {
    const Indicator field = ones(test::goldenInput("pore2d_200.npy"));
    QVERIFY(chords(field, 1, 0).meanInterior < 15.0);
}

void TestPhases::goldenEuler_data() {
    QTest::addColumn<QString>("id");
    const GoldenFile golden("porous.json");
    for (const Json& e : golden.entries()) {
        const std::string id = e["id"];
        if (id.starts_with("euler"))
            QTest::addRow("%s", id.c_str()) << QString::fromStdString(id);
    }
}

void TestPhases::goldenEuler() {
    QFETCH(QString, id);
    const GoldenFile golden("porous.json");
    const Json& entry = golden.entry(id.toStdString());
    const bool solid = id.contains(QLatin1String("_solid"));
    const Volume mask = test::goldenInput(entry["inputs"][0]);
    const EulerNumbers e =
        eulerNumbers(indicatorOf(mask.span(), 0.0, solid ? Phase::dark : Phase::bright));
    const Json& expected = entry["expected"];
    QCOMPARE(e.faces, expected.at(expected.contains("6") ? "6" : "4").get<std::int64_t>());
    QCOMPARE(e.full, expected.at(expected.contains("26") ? "26" : "8").get<std::int64_t>());
}

void TestPhases::masksAreTold_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("a");
    QTest::addColumn<double>("b");
    QTest::addColumn<bool>("mask");
    const auto row = [](const char* name, PixelType type, double a, double b, bool mask) {
        QTest::newRow(name) << int(type) << a << b << mask;
    };
    row("0 and 1", PixelType::u8, 0, 1, true);
    row("0 and 255", PixelType::u8, 0, 255, true);
    row("all 0", PixelType::u8, 0, 0, true);
    row("all 255", PixelType::u8, 255, 255, true);
    row("1 and 255", PixelType::u8, 1, 255, false);
    row("0 and 2", PixelType::u8, 0, 2, false);
    row("16 bit 0 and 65535", PixelType::u16, 0, 65535, true);
    row("16 bit 0 and 255", PixelType::u16, 0, 255, false);
    row("float 0 and 1", PixelType::f32, 0, 1, true);
    row("float 0 and half", PixelType::f32, 0, 0.5, false);
}

void TestPhases::masksAreTold() {
    QFETCH(int, type);
    QFETCH(double, a);
    QFETCH(double, b);
    QFETCH(bool, mask);
    Volume image(static_cast<PixelType>(type), 4, 3);
    const auto set = [&](auto* p) {
        using T = std::remove_pointer_t<decltype(p)>;
        for (int i = 0; i < 12; ++i)
            p[i] = static_cast<T>(i % 3 == 0 ? a : b);
    };
    switch (image.type()) {
    case PixelType::u8:
        set(image.pixels<std::uint8_t>());
        break;
    case PixelType::u16:
        set(image.pixels<std::uint16_t>());
        break;
    case PixelType::f32:
        set(image.pixels<float>());
        break;
    }
    QCOMPARE(isMask(image.span()), mask);
}

/// A value on the threshold is dark, for every pixel type; RGB counts by unrounded luma.
void TestPhases::thresholdSidesAndTypes() {
    Volume grey(PixelType::u16, 4, 1);
    const std::uint16_t values[] = {99, 100, 101, 60000};
    std::copy_n(values, 4, grey.pixels<std::uint16_t>());
    QCOMPARE(porosity(indicatorOf(grey.span(), 100.0, Phase::dark)), 0.5);
    QCOMPARE(porosity(indicatorOf(grey.span(), 100.0, Phase::bright)), 0.5);
    Volume rgb(PixelType::u8, 2, 1, 1, 3);
    const std::uint8_t colours[] = {100, 100, 100, 101, 100, 100};
    std::copy_n(colours, 6, rgb.pixels<std::uint8_t>());
    QCOMPARE(porosity(indicatorOf(rgb.span(), 100.1, Phase::bright)), 0.5);
}

void TestPhases::fieldOfView() {
    Volume grey(PixelType::u8, 4, 4);
    Volume view(PixelType::u8, 4, 4);
    for (int i = 0; i < 16; ++i) {
        grey.pixels<std::uint8_t>()[i] = static_cast<std::uint8_t>(i < 2 ? 0 : 200);
        view.pixels<std::uint8_t>()[i] = i < 4 ? 255 : 0;
    }
    const Indicator field = indicatorOf(grey.span(), 100.0, Phase::dark, view.span());
    QCOMPARE(porosity(field), 0.5);
    const ChordStatistics down = chords(field, 1, 0);
    QCOMPARE(down.countAll, 2);
    QCOMPARE(down.countInterior, 0); // the field of view ends them
    QVERIFY_THROWS_EXCEPTION(Error, (void)connectivity(field, Neighbourhood::faces));
    const Volume small(PixelType::u8, 3, 4);
    QVERIFY_THROWS_EXCEPTION(Error, (void)indicatorOf(grey.span(), 1, Phase::dark, small.span()));
    const Volume nothing(PixelType::u8, 4, 4);
    QVERIFY_THROWS_EXCEPTION(Error, (void)indicatorOf(grey.span(), 1, Phase::dark, nothing.span()));
}

void TestPhases::notFinite() {
    Volume image(PixelType::f32, 3, 3);
    image.pixels<float>()[4] = std::numeric_limits<float>::quiet_NaN();
    QVERIFY_THROWS_EXCEPTION(Error, (void)indicatorOf(image.span(), 0.5, Phase::dark));
    Volume view(PixelType::u8, 3, 3);
    view.pixels<std::uint8_t>()[0] = 1;
    QCOMPARE(porosity(indicatorOf(image.span(), 0.5, Phase::dark, view.span())), 1.0);
}

void TestPhases::cornersJoinOnlyWithFullNeighbourhood() {
    Indicator field;
    field.size = {3, 3, 3};
    field.phase.assign(27, 0);
    for (const std::size_t i : {std::size_t{0}, std::size_t{13}, std::size_t{26}})
        field.phase[i] = 1; // the space diagonal
    const Connectivity faces = connectivity(field, Neighbourhood::faces);
    QCOMPARE(faces.components, 3);
    QCOMPARE(faces.closed, 1.0 / 27.0);
    QCOMPARE(faces.percolating[0], 0.0);
    const Connectivity full = connectivity(field, Neighbourhood::full);
    QCOMPARE(full.components, 1);
    QCOMPARE(full.closed, 0.0);
    for (const double share : full.percolating)
        QCOMPARE(share, 3.0 / 27.0);
    const EulerNumbers e = eulerNumbers(field);
    QCOMPARE(e.faces, 3);
    QCOMPARE(e.full, 1);
}

void TestPhases::emptyAndFullPhase() {
    Indicator field;
    field.size = {5, 4, 1};
    field.phase.assign(20, 0);
    QCOMPARE(porosity(field), 0.0);
    QCOMPARE(connectivity(field, Neighbourhood::faces).components, 0);
    QCOMPARE(chords(field, 0, 4).meanInterior, 0.0);
    QCOMPARE(chords(field, 0, 4).linealPath[0], 0.0);
    QCOMPARE(eulerNumbers(field).faces, 0);
    field.phase.assign(20, 1);
    QCOMPARE(porosity(field), 1.0);
    QCOMPARE(connectivity(field, Neighbourhood::full).percolating[1], 1.0);
    QCOMPARE(connectivity(field, Neighbourhood::full).percolating[2], 0.0 + 0.0);
    const ChordStatistics c = chords(field, 0, 4);
    QCOMPARE(c.countAll, 4);
    QCOMPARE(c.countInterior, 0);
    QCOMPARE(c.linealPath[4], 1.0);
    QCOMPARE(eulerNumbers(field).full, 1);
    QVERIFY_THROWS_EXCEPTION(Error, (void)chords(field, 0, 5));
    QVERIFY_THROWS_EXCEPTION(Error, (void)chords(field, -1, 0));
}

void TestPhases::jobsStop() {
    std::stop_source source;
    source.request_stop();
    const JobContext job(source.get_token());
    const Indicator field = ones(test::goldenInput("pore2d_200.npy"));
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)chords(field, 0, 5, job));
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)connectivity(field, Neighbourhood::faces, job));
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)eulerNumbers(field, job));
}

QTEST_GUILESS_MAIN(TestPhases)
#include "tst_phases.moc"
