// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/metrics/neighbours.h"

#include <QTest>

#include <cmath>

using namespace likeness;

namespace {

/// Blurred noise: no two places of it look alike.
Volume
texture(std::uint64_t seed, std::int64_t width, std::int64_t height, std::int64_t depth = 1) {
    Volume volume(PixelType::f32, width, height, depth);
    Random random(seed, "test.texture");
    for (std::int64_t i = 0; i < volume.span().values(); ++i)
        volume.pixels<float>()[i] = static_cast<float>(random.normal());
    // A running mean along x and y makes it a texture.
    float* p = volume.pixels<float>();
    for (std::int64_t i = volume.span().values() - 1; i > width; --i)
        p[i] = p[i] + 0.7F * p[i - 1] + 0.7F * p[i - width];
    return volume;
}

Plane planeOf(const Volume& volume) {
    return lumaPlane(volume.span());
}

/// A window of the image in an orientation of the square, with noise upon it.
Volume planted(const Volume& from, const Volume::Box& box, int orientation, double noise) {
    const Plane turned = oriented(planeOf(from.crop(box)), orientation);
    Volume out(PixelType::f32, box.width, box.height);
    Random random(77, "test.noise");
    for (std::size_t i = 0; i < turned.values.size(); ++i)
        out.pixels<float>()[i] =
            static_cast<float>(3.0 + 0.5 * turned.values[i] + noise * random.normal());
    return out;
}

double correlationAt(const Plane& image, const Plane& pattern, std::int64_t x, std::int64_t y) {
    double sums[5] = {};
    for (std::int64_t j = 0; j < pattern.height; ++j) {
        for (std::int64_t i = 0; i < pattern.width; ++i) {
            const double a = image.row(y + j)[x + i];
            const double b = pattern.row(j)[i];
            sums[0] += a;
            sums[1] += b;
            sums[2] += a * a;
            sums[3] += b * b;
            sums[4] += a * b;
        }
    }
    const auto n = static_cast<double>(pattern.width * pattern.height);
    return (sums[4] - sums[0] * sums[1] / n) /
           std::sqrt((sums[2] - sums[0] * sums[0] / n) * (sums[3] - sums[1] * sums[1] / n));
}

NeighbourOptions few() {
    NeighbourOptions options;
    options.bootstrap = 200;
    options.threads = 2;
    return options;
}

MemorisationCheck check(const std::vector<Volume>& training,
                        const std::vector<Volume>& synthetic,
                        const std::vector<Volume>& heldOut,
                        const NeighbourOptions& options = few()) {
    JobContext job;
    return checkMemorisation(training, synthetic, heldOut, options, job);
}

} // namespace

class TestNeighbours : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void orientationsOfTheSquare();
    void searchAgreesWithTheDefinition();
    void largeImagesAreTiled();
    void constantPieces();
    void copiesAreFound_data();
    void copiesAreFound();
    void independentImagesAreNoCopies();
    void someCopiesAmongMany();
    void withoutHeldOutImages();
    void piecesOfLargeSamples();
    void memoryAndThreadsChangeNothing();
    void misuse();
    void stops();
};

void TestNeighbours::orientationsOfTheSquare() {
    const Plane square{2, 2, {1, 2, 3, 4}};
    QCOMPARE(oriented(square, 0).values, square.values);
    QCOMPARE(oriented(square, 1).values, (std::vector<double>{2, 1, 4, 3}));
    QCOMPARE(oriented(square, 2).values, (std::vector<double>{3, 4, 1, 2}));
    QCOMPARE(oriented(square, 4).values, (std::vector<double>{1, 3, 2, 4}));
    for (int a = 0; a < 8; ++a)
        for (int b = 0; b < a; ++b)
            QVERIFY(oriented(square, a).values != oriented(square, b).values);
}

void TestNeighbours::searchAgreesWithTheDefinition() {
    const std::vector<Plane> images{planeOf(texture(1, 37, 29)), planeOf(texture(2, 31, 40))};
    const Plane pattern = planeOf(texture(3, 12, 12));
    const TemplateMatch match = TemplateSearch(images, 12).best(pattern, Orientations::square8);
    double best = -1.0;
    for (const Plane& image : images)
        for (int o = 0; o < 8; ++o)
            for (std::int64_t y = 0; y + 12 <= image.height; ++y)
                for (std::int64_t x = 0; x + 12 <= image.width; ++x)
                    best = std::max(best, correlationAt(image, oriented(pattern, o), x, y));
    QVERIFY(std::abs(match.correlation - best) < 1e-9);
    QVERIFY(std::abs(correlationAt(images[match.image], oriented(pattern, match.orientation),
                                   match.x, match.y) -
                     best) < 1e-9);
}

void TestNeighbours::largeImagesAreTiled() {
    const Volume large = texture(4, 700, 540);
    const std::vector<Plane> images{planeOf(large)};
    const TemplateSearch search(images, 16);
    for (const auto& [x, y] : {std::pair{0, 0}, std::pair{684, 524}, std::pair{505, 508}}) {
        const Volume piece = planted(large, {x, y, 0, 16, 16, 1}, 0, 0.0);
        const TemplateMatch match = search.best(planeOf(piece), Orientations::asIs);
        QVERIFY(match.correlation > 1.0 - 1e-9);
        QCOMPARE(match.x, std::int64_t{x});
        QCOMPARE(match.y, std::int64_t{y});
    }
}

void TestNeighbours::constantPieces() {
    const Volume flat(PixelType::u8, 32, 32);
    const MemorisationCheck found = check({flat, flat}, {flat.crop({0, 0, 0, 8, 8, 1})}, {flat});
    QCOMPARE(found.pairs[0].distance, 1.0);
    QCOMPARE(found.heldOut[0].distance, 1.0);
    QCOMPARE(*found.copyRate, 0.0);
}

void TestNeighbours::copiesAreFound_data() {
    QTest::addColumn<int>("orientation");
    QTest::addColumn<double>("noise");
    QTest::newRow("shifted") << 0 << 0.0;
    QTest::newRow("mirrored") << 1 << 0.0;
    QTest::newRow("turned") << 5 << 0.0;
    QTest::newRow("turned, mirrored, with noise") << 7 << 0.3;
}

void TestNeighbours::copiesAreFound() {
    QFETCH(int, orientation);
    QFETCH(double, noise);
    std::vector<Volume> training;
    for (std::uint64_t i = 0; i < 6; ++i)
        training.push_back(texture(10 + i, 64, 64));
    const Volume copy = planted(training[4], {17, 23, 0, 24, 24, 1}, orientation, noise);
    const MemorisationCheck found =
        check(training, {copy}, {texture(30, 96, 96), texture(31, 96, 96)});
    QCOMPARE(found.pairs[0].nearest, std::size_t{4});
    QCOMPARE(found.pairs[0].match.x, std::int64_t{17});
    QCOMPARE(found.pairs[0].match.y, std::int64_t{23});
    QVERIFY(noise > 0.0 ? found.pairs[0].distance < 0.3 : found.pairs[0].distance < 1e-9);
    QCOMPARE(*found.copyRate, 1.0);
    QVERIFY(*found.pairs[0].heldOutDistance > found.pairs[0].distance);
    // Where only the image as it is counts, a turned copy is none.
    NeighbourOptions options = few();
    options.orientations = Orientations::asIs;
    QCOMPARE(check(training, {copy}, {}, options).pairs[0].distance < 0.3, orientation == 0);
}

void TestNeighbours::independentImagesAreNoCopies() {
    std::vector<Volume> training;
    std::vector<Volume> heldOut;
    for (std::uint64_t i = 0; i < 4; ++i) {
        training.push_back(texture(40 + i, 64, 64));
        heldOut.push_back(texture(50 + i, 128, 128));
    }
    std::vector<Volume> synthetic;
    for (std::uint64_t i = 0; i < 100; ++i)
        synthetic.push_back(texture(60 + i, 16, 16));
    const MemorisationCheck found = check(training, synthetic, heldOut);
    QCOMPARE(found.pairs.size(), std::size_t{100});
    QCOMPARE(found.heldOut.size(), std::size_t{256});
    QVERIFY(*found.copyRate < 0.06);
    QVERIFY(*found.lo <= found.expectedRate && *found.hi >= found.expectedRate);
    QVERIFY(*found.hi > 0.0 && *found.hi < 0.2);
    QVERIFY(std::abs(*found.nearerProbability - 0.5) < 0.1);
    QVERIFY(std::abs(found.expectedRate - 3.0 / 257.0) < 1e-12);
}

void TestNeighbours::someCopiesAmongMany() {
    std::vector<Volume> training;
    std::vector<Volume> heldOut;
    for (std::uint64_t i = 0; i < 4; ++i) {
        training.push_back(texture(140 + i, 64, 64));
        heldOut.push_back(texture(150 + i, 96, 96));
    }
    std::vector<Volume> synthetic;
    for (std::uint64_t i = 0; i < 40; ++i)
        synthetic.push_back(
            i % 4 == 0
                ? planted(training[i / 10], {std::int64_t(i), 9, 0, 16, 16, 1}, int(i % 8), 0.1)
                : texture(160 + i, 16, 16));
    const MemorisationCheck found = check(training, synthetic, heldOut);
    QVERIFY(*found.copyRate >= 0.25 && *found.copyRate < 0.35);
    QVERIFY(*found.lo > found.expectedRate);
    QVERIFY(*found.nearerProbability > 0.55);
}

void TestNeighbours::withoutHeldOutImages() {
    const std::vector<Volume> stack{texture(200, 64, 64, 8)};
    const std::vector<Volume> made{texture(201, 16, 16)};
    const MemorisationCheck found = check(stack, made, {});
    QVERIFY(found.copyRate.has_value());
    QCOMPARE(found.heldOut.size(), std::size_t{2 * 16});
    QCOMPARE(found.conventions["held_out"].get<std::string>(),
             std::string("last quarter of the training slices"));
    const MemorisationCheck lone = check({texture(202, 64, 64)}, made, {});
    QVERIFY(!lone.copyRate && !lone.pairs[0].heldOutDistance && lone.heldOut.empty());
    QVERIFY(lone.pairs[0].distance < 1.0);
}

void TestNeighbours::piecesOfLargeSamples() {
    // A sample as large as the training image, shifted: only its pieces can be found.
    const Volume whole = texture(210, 96, 64);
    const std::vector<Volume> training{whole.crop({0, 0, 0, 64, 64, 1})};
    const std::vector<Volume> synthetic{whole.crop({24, 0, 0, 64, 64, 1})};
    const MemorisationCheck found = check(training, synthetic, {});
    QCOMPARE(found.piece, std::int64_t{32});
    QVERIFY(found.pairs[0].distance < 1e-9);
    QCOMPARE(found.pairs[0].match.x, std::int64_t{24});
}

void TestNeighbours::memoryAndThreadsChangeNothing() {
    std::vector<Volume> training;
    for (std::uint64_t i = 0; i < 5; ++i)
        training.push_back(texture(220 + i, 48, 40 + std::int64_t(i)));
    std::vector<Volume> synthetic;
    for (std::uint64_t i = 0; i < 9; ++i)
        synthetic.push_back(texture(230 + i, 12, 12));
    const MemorisationCheck a = check(training, synthetic, {});
    NeighbourOptions options = few();
    options.maximumBytes = 1;
    options.threads = 1;
    const MemorisationCheck b = check(training, synthetic, {}, options);
    for (std::size_t i = 0; i < a.pairs.size(); ++i) {
        QVERIFY(std::abs(a.pairs[i].distance - b.pairs[i].distance) < 1e-6);
        QCOMPARE(a.pairs[i].nearest, b.pairs[i].nearest);
    }
    QCOMPARE(*a.copyRate, *b.copyRate);
    QCOMPARE(*a.hi, *b.hi);
}

void TestNeighbours::misuse() {
    const std::vector<Volume> some{texture(240, 32, 32)};
    const std::vector<Volume> bytes{Volume(PixelType::u8, 32, 32)};
    NeighbourOptions options = few();
    options.piece = 64;
    QVERIFY_THROWS_EXCEPTION(Error, (void)check(some, some, {}, options));
    QVERIFY_THROWS_EXCEPTION(Error, (void)check(some, bytes, {}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)check(some, {}, {}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)check({}, some, {}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)check(some, {texture(241, 3, 3)}, {}));
}

void TestNeighbours::stops() {
    std::stop_source stop;
    stop.request_stop();
    JobContext job(stop.get_token());
    const std::vector<Volume> some{texture(250, 32, 32)};
    QVERIFY_THROWS_EXCEPTION(Cancelled, (void)checkMemorisation(some, some, {}, few(), job));
}

QTEST_GUILESS_MAIN(TestNeighbours)
#include "tst_neighbours.moc"
