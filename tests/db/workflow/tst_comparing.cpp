// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "db/workflow/comparing.h"
#include "db/workflow/pieces.h"

#include <QTest>

#include <cmath>

using namespace likeness;

namespace {

/// Dark squares of 8 pixels on a bright ground with a little noise, `share` of the cells dark.
Volume cells(std::uint64_t seed, std::int64_t width, std::int64_t height, double share) {
    Volume image(PixelType::u8, width, height);
    Random random(seed, "test.cells");
    std::vector<double> draw(static_cast<std::size_t>((width / 8 + 1) * (height / 8 + 1)));
    for (double& d : draw)
        d = random.uniform();
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const bool dark =
                draw[static_cast<std::size_t>(y / 8 * (width / 8 + 1) + x / 8)] < share;
            image.pixels<std::uint8_t>()[y * width + x] =
                static_cast<std::uint8_t>((dark ? 60.0 : 180.0) + 8.0 * random.normal());
        }
    return image;
}

ComparedSet set(std::uint64_t seed, int count, std::int64_t side, double share) {
    ComparedSet out;
    for (int i = 0; i < count; ++i)
        out.images.push_back(cells(seed + std::uint64_t(i), side, side, share));
    return out;
}

SetComparison compare(const ComparedSet& real,
                      const ComparedSet& synthetic,
                      const ComparedSet& heldOut = {},
                      ComparingOptions options = {}) {
    options.bootstrap = std::min(options.bootstrap, 200);
    JobContext job;
    return compareSets(real, synthetic, heldOut, options, job);
}

} // namespace

class TestComparing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalSets();
    void differentPorosity();
    void s2IsTheDefinition();
    void spectrumOfScaledGrey();
    void sizesAreCutToPieces();
    void heldOutAndHalves();
    void halvesBySpecimen();
    void volumesCountAsSlices();
    void volumesHaveThreeAxes();
    void domainsHaveTheirOwn();
    void masksNeedNoThreshold();
    void fewImagesHaveNoInterval();
    void misuse();
    void stops();
};

void TestComparing::equalSets() {
    const ComparedSet real = set(1, 8, 64, 0.3);
    const SetComparison same = compare(real, real);
    QVERIFY(same.descriptors.size() >= 7);
    QCOMPARE(same.descriptors[0].name, std::string("porosity"));
    for (const DescriptorDistance& d : same.descriptors) {
        QCOMPARE(d.distance.value, 0.0);
        QVERIFY2(*d.distance.lo == 0.0 && *d.distance.hi > 0.0, d.name.c_str());
        if (d.difference)
            QVERIFY(*d.difference->lo < 0.0 && *d.difference->hi > 0.0);
    }
    const SetComparison again = compare(real, real);
    QCOMPARE(*again.descriptors[0].distance.hi, *same.descriptors[0].distance.hi);
}

void TestComparing::differentPorosity() {
    const SetComparison c = compare(set(10, 20, 64, 0.3), set(50, 20, 64, 0.5));
    const DescriptorDistance& porosity = *c.find("porosity");
    QVERIFY(std::abs(porosity.real.mean - 0.3) < 0.04);
    QVERIFY(std::abs(porosity.difference->value - 0.2) < 0.05);
    QCOMPARE(porosity.distance.value, std::abs(porosity.difference->value));
    QVERIFY(*porosity.distance.lo > 0.1 && *porosity.distance.hi < 0.3);
    QCOMPARE(porosity.real.n, std::int64_t{20});
    QVERIFY(*c.find("s2_rmse")->distance.lo > 0.0);
    // The other way round the difference has the other sign, the distance is the same.
    const SetComparison back = compare(set(50, 20, 64, 0.5), set(10, 20, 64, 0.3));
    QVERIFY(back.find("porosity")->difference->value < 0.0);
}

void TestComparing::s2IsTheDefinition() {
    const ComparedSet real = set(100, 3, 48, 0.4);
    const ComparedSet synthetic = set(110, 3, 48, 0.2);
    ComparingOptions options;
    options.threshold = 120.0;
    const SetComparison c = compare(real, synthetic, {}, options);
    const auto s2 = [](const ComparedSet& of, std::int64_t lag) {
        double both = 0.0;
        double pairs = 0.0;
        for (const Volume& image : of.images) {
            const auto dark = [&](std::int64_t x, std::int64_t y) {
                return image.span().at(y * 48 + x) <= 120.0;
            };
            for (std::int64_t a = 0; a < 48; ++a)
                for (std::int64_t b = 0; b + lag < 48; ++b) {
                    both += (dark(b, a) && dark(b + lag, a) ? 1.0 : 0.0) +
                            (dark(a, b) && dark(a, b + lag) ? 1.0 : 0.0);
                    pairs += 2.0;
                }
        }
        return both / pairs;
    };
    double squares = 0.0;
    for (std::int64_t lag = 0; lag <= 24; ++lag) {
        const double difference = s2(synthetic, lag) - s2(real, lag);
        squares += difference * difference;
        QVERIFY(std::abs(c.curves[0].real[std::size_t(lag)] - s2(real, lag)) < 1e-12);
    }
    QVERIFY(std::abs(c.find("s2_rmse")->distance.value - std::sqrt(squares / 25.0)) < 1e-12);
}

void TestComparing::spectrumOfScaledGrey() {
    // Twice the contrast is 6.02 dB at every frequency.
    ComparedSet real = set(120, 6, 64, 0.4);
    ComparedSet synthetic;
    for (Volume& image : real.images) {
        Volume scaled = image;
        for (std::int64_t i = 0; i < image.span().values(); ++i) {
            image.pixels<std::uint8_t>()[i] /= 2;
            scaled.pixels<std::uint8_t>()[i] =
                static_cast<std::uint8_t>(2 * image.pixels<std::uint8_t>()[i]);
        }
        synthetic.images.push_back(scaled);
    }
    const SetComparison c = compare(real, synthetic);
    QVERIFY(std::abs(c.find("spectrum_rmse")->distance.value - 20.0 * std::log10(2.0)) < 1e-9);
    QCOMPARE(c.find("spectrum_rmse")->unit, std::string("dB"));
}

void TestComparing::sizesAreCutToPieces() {
    const SetComparison c = compare(set(130, 6, 128, 0.3), set(140, 12, 40, 0.3));
    QVERIFY(c.conventions["piece"] == Json({40, 40}));
    QCOMPARE(c.find("porosity")->real.n, std::int64_t{6 * 9});
    QCOMPARE(c.find("porosity")->synthetic.n, std::int64_t{12});
    QCOMPARE(c.find("s2_rmse")->real.n, std::int64_t{6});
    QCOMPARE(c.curves[1].real.size(), c.curves[1].synthetic.size());
    QCOMPARE(piecesOf(set(150, 1, 100, 0.3).images, {30, 50}).size(), std::size_t{6});
}

void TestComparing::heldOutAndHalves() {
    const SetComparison c =
        compare(set(160, 10, 64, 0.3), set(170, 10, 64, 0.3), set(180, 10, 64, 0.6));
    const DescriptorDistance& porosity = *c.find("porosity");
    QVERIFY(std::abs(porosity.heldOut->mean - 0.6) < 0.06);
    QVERIFY(std::abs(*porosity.distanceHeldOut -
                     std::abs(porosity.synthetic.mean - porosity.heldOut->mean)) < 1e-12);
    QVERIFY(std::abs(*porosity.realHeldOut -
                     std::abs(porosity.real.mean - porosity.heldOut->mean)) < 1e-12);
    QVERIFY(*porosity.realHalves < 0.1);
    QVERIFY(!compare(set(160, 2, 64, 0.3), set(170, 2, 64, 0.3)).find("porosity")->heldOut);
}

void TestComparing::halvesBySpecimen() {
    ComparedSet real = set(190, 4, 64, 0.2);
    for (Volume& image : set(200, 4, 64, 0.6).images)
        real.images.push_back(image);
    // In order the halves differ; by specimens that mix both kinds they do not.
    const SetComparison ordered = compare(real, real);
    QVERIFY(*ordered.find("porosity")->realHalves > 0.3);
    real.groups = {"a", "b", "a", "b", "a", "b", "a", "b"};
    const SetComparison grouped = compare(real, real);
    QVERIFY(*grouped.find("porosity")->realHalves < 0.2);
    QCOMPARE(grouped.conventions["real_halves"].get<std::string>(), std::string("by specimen"));
}

void TestComparing::volumesCountAsSlices() {
    const ComparedSet flat = set(210, 6, 48, 0.3);
    ComparedSet deep;
    Volume volume(PixelType::u8, 48, 48, 6);
    for (std::size_t z = 0; z < 6; ++z)
        std::copy_n(flat.images[z].span().data, 48 * 48, volume.bytes() + z * 48 * 48);
    deep.images.push_back(volume);
    const SetComparison c = compare(flat, deep);
    for (const DescriptorDistance& d : c.descriptors)
        QVERIFY2(d.distance.value == 0.0, d.name.c_str());
    QVERIFY(c.descriptors[0].distance.lo.has_value());
}

void TestComparing::volumesHaveThreeAxes() {
    // Slabs along z: across them S2 is another than within.
    Volume layered(PixelType::u8, 40, 40, 40);
    Volume rods(PixelType::u8, 40, 40, 40);
    for (std::int64_t i = 0; i < 40 * 40 * 40; ++i) {
        layered.pixels<std::uint8_t>()[i] = i / 1600 / 5 % 2 == 0 ? 50 : 200;
        rods.pixels<std::uint8_t>()[i] = i % 40 / 5 % 2 == 0 ? 50 : 200;
    }
    const auto figure = [](const SetComparison& c, const std::string& name) {
        const auto found = std::ranges::find(c.volumes, name, &VolumeFigure::name);
        return found == c.volumes.end() ? VolumeFigure{} : *found;
    };
    ComparingOptions options;
    options.threshold = 120.0;
    const SetComparison same = compare({{layered}, {}}, {{layered}, {}}, {}, options);
    QCOMPARE(same.volumes.size(), std::size_t{7});
    for (const VolumeFigure& f : same.volumes)
        QVERIFY2(*f.distance == 0.0, f.name.c_str());
    QCOMPARE(figure(same, "percolating_x").synthetic.mean, 0.5);
    QCOMPARE(figure(same, "percolating_z").synthetic.mean, 0.0);
    QVERIFY(std::abs(figure(same, "euler_26_density").synthetic.mean * 64000.0 - 4.0) < 1e-9);
    const SetComparison turned = compare({{layered}, {}}, {{rods}, {}}, {}, options);
    QVERIFY(*figure(turned, "s2_rmse_x").distance > 0.1);
    QVERIFY(*figure(turned, "s2_rmse_z").distance > 0.1);
    QVERIFY(*figure(turned, "s2_rmse_y").distance < 1e-12);
    // Flat real images have no percolation to compare with.
    const SetComparison flat = compare(set(300, 3, 64, 0.5), {{rods}, {}}, {}, options);
    QVERIFY(figure(flat, "s2_rmse_x").distance && !figure(flat, "percolating_x").real);
    QVERIFY(compare(set(300, 3, 64, 0.5), set(300, 3, 64, 0.5)).volumes.empty());
}

void TestComparing::domainsHaveTheirOwn() {
    const ComparedSet some = set(220, 2, 64, 0.3);
    ComparingOptions options;
    QVERIFY(compare(some, some, {}, options).find("fibre_count_density") == nullptr);
    options.domain = Domain::fibre;
    QVERIFY(compare(some, some, {}, options).find("fibre_count_density") != nullptr);
    options.domain = Domain::root;
    QVERIFY(compare(some, some, {}, options).find("root_length_density") != nullptr);
}

void TestComparing::masksNeedNoThreshold() {
    ComparedSet masks = set(230, 6, 64, 0.3);
    for (Volume& image : masks.images)
        for (std::int64_t i = 0; i < image.span().values(); ++i)
            image.pixels<std::uint8_t>()[i] = image.pixels<std::uint8_t>()[i] > 120 ? 255 : 0;
    const SetComparison c = compare(masks, masks);
    QVERIFY(!c.threshold);
    QVERIFY(std::abs(c.find("porosity")->real.mean - 0.7) < 0.08); // the ones of a mask
    QVERIFY_THROWS_EXCEPTION(Error, (void)compare(masks, set(231, 2, 64, 0.3)));
}

void TestComparing::fewImagesHaveNoInterval() {
    const SetComparison c = compare(set(240, 4, 64, 0.3), set(250, 9, 64, 0.3));
    QVERIFY(!c.descriptors[0].distance.lo && !c.find("s2_rmse")->distance.hi);
}

void TestComparing::misuse() {
    const ComparedSet some = set(260, 2, 64, 0.3);
    QVERIFY_THROWS_EXCEPTION(Error, (void)compare(some, {}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)compare({}, some));
    QVERIFY_THROWS_EXCEPTION(Error, (void)compare(some, set(261, 2, 20, 0.3)));
    ComparedSet wide;
    wide.images.emplace_back(PixelType::u16, 64, 64);
    QVERIFY_THROWS_EXCEPTION(Error, (void)compare(some, wide));
}

void TestComparing::stops() {
    std::stop_source stop;
    stop.request_stop();
    JobContext job(stop.get_token());
    const ComparedSet some = set(270, 2, 64, 0.3);
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)compareSets(some, some, {}, {}, job));
}

QTEST_GUILESS_MAIN(TestComparing)
#include "tst_comparing.moc"
