// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/generation/crops.h"
#include "core/generation/fieldofview.h"
#include "core/generation/holdout.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <set>

using namespace likeness;

namespace {

Error errorOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    }
    return {ErrorCode::cancelled, "nothing was thrown", ""};
}

/// Noise whose slices stay alike over about `length` slices (a running mean along z).
PackedImage stack(const std::string& id,
                  const std::string& specimen,
                  std::int64_t side,
                  std::int64_t depth,
                  int length) {
    PackedImage image;
    image.id = id;
    image.specimen = specimen;
    image.width = image.height = side;
    image.depth = depth;
    Random random(7, "test.stack." + id);
    std::vector<double> noise(static_cast<std::size_t>(side * side * (depth + length)));
    for (double& value : noise)
        value = random.normal();
    for (std::int64_t z = 0; z < depth; ++z) {
        for (std::int64_t i = 0; i < side * side; ++i) {
            double sum = 0.0;
            for (int k = 0; k < length; ++k)
                sum += noise[static_cast<std::size_t>((z + k) * side * side + i)];
            image.pixels.push_back(static_cast<std::byte>(
                std::clamp(128.0 + 30.0 * sum / std::sqrt(length), 0.0, 255.0)));
        }
    }
    return image;
}

PackedSet setOf(std::vector<PackedImage> images) {
    PackedSet set;
    set.images = std::move(images);
    return set;
}

/// A full circle of noise on a constant.
PackedImage roundView(int side, double radius, int outside) {
    PackedImage image;
    image.id = image.specimen = "round";
    image.width = image.height = side;
    Random random(3, "test.round");
    const double centre = 0.5 * (side - 1);
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const bool inside = std::hypot(x - centre, y - centre) <= radius;
            image.pixels.push_back(static_cast<std::byte>(inside ? 90 + random.below(80)
                                                                 : static_cast<unsigned>(outside)));
        }
    }
    return image;
}

HoldOutChoice choiceOf(const std::string& split) {
    HoldOutChoice choice;
    choice.split = split;
    return choice;
}

std::set<std::string> idsOf(const Json& list) {
    std::set<std::string> ids;
    for (const Json& entry : list)
        ids.insert(entry["id"].get<std::string>());
    return ids;
}

} // namespace

class TestHoldOut : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void specimensStayWhole();
    void namedSpecimens();
    void slabBehindAGap();
    void gapFollowsLikeness_data();
    void gapFollowsLikeness();
    void slicesThatStayAlikeAreTold();
    void importedSlicesAreOneStack();
    void blockOfOneImage();
    void cropsOfOneSlice();
    void tooSmallForAnything();
    void refused_data();
    void refused();
    void constantImagesAreLeftOut();
    void paddingIsCutOff();
    void fieldOfViewIsFound_data();
    void fieldOfViewIsFound();
    void outsideIsMirrored();
    void cropsStayInTheView();
    void blockInsideACircle();
    void eachClassIsSplit();
    void whatIsKnownOfImagesGoesWithThem();
    void otherPlanesAreSplitBySpecimen();
    void volumesStayDeepEnough();
    void masksAreLeftAsTheyAre();
};

void TestHoldOut::specimensStayWhole() {
    const PackedSet set = setOf({stack("1", "a", 32, 1, 1), stack("2", "b", 32, 1, 1),
                                 stack("3", "a", 32, 1, 1), stack("4", "c", 32, 1, 1)});
    const TrainingData data = trainingDataOf(set, {}, 16);
    QCOMPARE(data.split["kind"].get<std::string>(), std::string("specimen"));
    QVERIFY(idsOf(data.split["training"]) == (std::set<std::string>{"1", "2", "3"}));
    QVERIFY(idsOf(data.split["held_out"]) == (std::set<std::string>{"4"}));
    QCOMPARE(data.split["fraction"].get<double>(), 0.25);
    QCOMPARE(data.training.set.images.size(), std::size_t{3});
    QCOMPARE(data.heldOut->set.images.size(), std::size_t{1});
    QVERIFY(data.heldOut->set.images[0].pixels == set.images[3].pixels);
}

void TestHoldOut::namedSpecimens() {
    const PackedSet set =
        setOf({stack("1", "a", 32, 1, 1), stack("2", "b", 32, 1, 1), stack("3", "c", 32, 1, 1)});
    HoldOutChoice choice;
    choice.specimens = {"a", "c"};
    const TrainingData data = trainingDataOf(set, choice, 16);
    QVERIFY(idsOf(data.split["held_out"]) == (std::set<std::string>{"1", "3"}));
    choice.specimens = {"d"};
    QVERIFY(errorOf([&] { (void)trainingDataOf(set, choice, 16); }).code() == ErrorCode::config);
    choice.specimens = {"a", "b", "c"};
    QVERIFY(errorOf([&] { (void)trainingDataOf(set, choice, 16); }).code() == ErrorCode::config);
}

void TestHoldOut::slabBehindAGap() {
    const PackedSet set = setOf({stack("v", "a", 32, 40, 1)});
    HoldOutChoice choice = choiceOf("slab");
    choice.gap = 3;
    const TrainingData data = trainingDataOf(set, choice, 16);
    // 15 % of 40 slices are 6; 3 lie between.
    QVERIFY(data.split["held_out"][0]["slices"] == Json({34, 39}));
    QVERIFY(data.split["training"][0]["slices"] == Json({0, 30}));
    QCOMPARE(data.split["gap"].get<int>(), 3);
    QCOMPARE(data.training.set.images[0].depth, std::int64_t{31});
    const std::size_t slice = 32 * 32;
    QVERIFY(std::equal(data.heldOut->set.images[0].pixels.begin(),
                       data.heldOut->set.images[0].pixels.end(),
                       set.images[0].pixels.begin() + 34 * slice));
}

void TestHoldOut::gapFollowsLikeness_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("least");
    QTest::addColumn<int>("most");
    // A running mean over n slices correlates by 1 - lag / n.
    QTest::newRow("independent slices") << 1 << 2 << 2;
    QTest::newRow("alike over ten") << 10 << 7 << 10;
}

void TestHoldOut::gapFollowsLikeness() {
    QFETCH(int, length);
    QFETCH(int, least);
    QFETCH(int, most);
    const PackedSet set = setOf({stack("v", "a", 48, 80, length)});
    const TrainingData data = trainingDataOf(set, choiceOf("slab"), 16);
    const int gap = data.split["gap"].get<int>();
    QVERIFY2(gap >= least && gap <= most, std::to_string(gap).c_str());
    QVERIFY(data.notes.empty());
}

void TestHoldOut::slicesThatStayAlikeAreTold() {
    PackedSet set = setOf({stack("v", "a", 48, 12, 1)});
    auto& pixels = set.images[0].pixels;
    for (std::size_t i = 48 * 48; i < pixels.size(); ++i)
        pixels[i] = pixels[i - 48 * 48];
    const TrainingData data = trainingDataOf(set, choiceOf("slab"), 16);
    QCOMPARE(data.split["gap"].get<int>(), 3); // a quarter of them
    QCOMPARE(data.notes.size(), std::size_t{1});
    QVERIFY(data.notes[0].get<std::string>().find("not independent") != std::string::npos);
}

void TestHoldOut::importedSlicesAreOneStack() {
    std::vector<PackedImage> images;
    for (int i = 0; i < 20; ++i) {
        images.push_back(stack(std::to_string(i), "a", 32, 1, 1));
        // Imported from the last to the first.
        images.back().slice = 19 - i;
    }
    const TrainingData data = trainingDataOf(setOf(images), {}, 16);
    QCOMPARE(data.split["kind"].get<std::string>(), std::string("slab"));
    QVERIFY(idsOf(data.split["held_out"]) == (std::set<std::string>{"0", "1", "2"}));
    QVERIFY(!idsOf(data.split["training"]).contains("3"));
    QVERIFY(!idsOf(data.split["training"]).contains("4"));
    QVERIFY(idsOf(data.split["training"]).contains("5"));
}

void TestHoldOut::blockOfOneImage() {
    const PackedSet set = setOf({stack("big", "a", 200, 1, 1)});
    const TrainingData data = trainingDataOf(set, {}, 16);
    QCOMPARE(data.split["kind"].get<std::string>(), std::string("block"));
    const Json trained = data.split["training"][0]["area"];
    const Json held = data.split["held_out"][0]["area"];
    QCOMPARE(held[2].get<int>(), 30);
    QCOMPARE(held[0].get<int>() + held[2].get<int>(), 200);
    QCOMPARE(held[0].get<int>() - trained[2].get<int>(), data.split["gap"].get<int>());
    QVERIFY(data.split["gap"].get<int>() >= 2);
}

void TestHoldOut::cropsOfOneSlice() {
    std::vector<PackedImage> images;
    for (int i = 0; i < 30; ++i) {
        images.push_back(stack(std::to_string(i), "a", 16, 1, 1));
        images.back().slice = 0;
    }
    const TrainingData data = trainingDataOf(setOf(images), {}, 16);
    QCOMPARE(data.split["kind"].get<std::string>(), std::string("block"));
    QVERIFY(idsOf(data.split["held_out"]) == (std::set<std::string>{"25", "26", "27", "28", "29"}));
    QCOMPARE(data.training.set.images.size(), std::size_t{20});
}

void TestHoldOut::tooSmallForAnything() {
    const PackedSet set = setOf({stack("small", "a", 40, 1, 1)});
    const TrainingData data = trainingDataOf(set, {}, 32);
    QCOMPARE(data.split["kind"].get<std::string>(), std::string("none"));
    QVERIFY(!data.heldOut);
    QVERIFY(data.notes.size() == 1);
    QVERIFY(data.training.set.images[0].pixels == set.images[0].pixels);
}

void TestHoldOut::refused_data() {
    QTest::addColumn<QString>("split");
    QTest::addColumn<int>("change");
    QTest::addColumn<QString>("words");
    QTest::newRow("random slices")
        << QStringLiteral("random") << 0 << QStringLiteral("as good as been seen");
    QTest::newRow("unknown word") << QStringLiteral("often") << 0
                                  << QStringLiteral("no such split");
    QTest::newRow("one specimen") << QStringLiteral("specimen") << 0
                                  << QStringLiteral("one specimen");
    QTest::newRow("too few slices")
        << QStringLiteral("slab") << 0 << QStringLiteral("too few slices");
    QTest::newRow("too small for a block")
        << QStringLiteral("block") << 0 << QStringLiteral("too small");
    QTest::newRow("share of 0") << QStringLiteral("auto") << 1 << QStringLiteral("share");
    QTest::newRow("share of 0.9") << QStringLiteral("auto") << 2 << QStringLiteral("share");
    QTest::newRow("negative gap") << QStringLiteral("auto") << 3 << QStringLiteral("gap");
    QTest::newRow("specimens of a slab")
        << QStringLiteral("slab") << 4 << QStringLiteral("by specimen");
}

void TestHoldOut::refused() {
    QFETCH(QString, split);
    QFETCH(int, change);
    QFETCH(QString, words);
    HoldOutChoice choice = choiceOf(split.toStdString());
    if (change == 1)
        choice.fraction = 0.0;
    if (change == 2)
        choice.fraction = 0.9;
    if (change == 3)
        choice.gap = -1;
    if (change == 4)
        choice.specimens = {"a"};
    const PackedSet set = setOf({stack("1", "a", 40, 2, 1)});
    const Error error = errorOf([&] { (void)trainingDataOf(set, choice, 32); });
    QVERIFY(error.code() == ErrorCode::config);
    QVERIFY2(QString::fromStdString(error.what()).contains(words), error.what());
}

void TestHoldOut::constantImagesAreLeftOut() {
    PackedSet set =
        setOf({stack("1", "a", 32, 1, 1), stack("2", "b", 32, 1, 1), stack("3", "c", 32, 1, 1)});
    for (std::byte& pixel : set.images[1].pixels)
        pixel = std::byte{9};
    const TrainingData data = trainingDataOf(set, {}, 16);
    QCOMPARE(data.split["constant_images"].get<int>(), 1);
    QVERIFY(!idsOf(data.split["training"]).contains("2"));
    QCOMPARE(data.notes.size(), std::size_t{1});
}

void TestHoldOut::paddingIsCutOff() {
    PackedImage image = stack("1", "a", 60, 1, 1);
    PackedImage untouched = image;
    for (int y = 0; y < 60; ++y) {
        for (int x = 0; x < 60; ++x) {
            if (y < 5 || x >= 52)
                image.pixels[static_cast<std::size_t>(y * 60 + x)] = std::byte{0};
            // Roots on a dark ground: the middle alone differs.
            if (y < 20 || y > 40)
                untouched.pixels[static_cast<std::size_t>(y * 60 + x)] = std::byte{0};
            else if (x != 30)
                untouched.pixels[static_cast<std::size_t>(y * 60 + x)] = std::byte{0};
        }
    }
    const TrainingData data = trainingDataOf(setOf({image}), choiceOf("none"), 16);
    QCOMPARE(data.training.set.images[0].width, std::int64_t{52});
    QCOMPARE(data.training.set.images[0].height, std::int64_t{55});
    const TrainingData ground = trainingDataOf(setOf({untouched}), choiceOf("none"), 16);
    QCOMPARE(ground.training.set.images[0].width, std::int64_t{60});
    QCOMPARE(ground.training.set.images[0].height, std::int64_t{60});
}

void TestHoldOut::fieldOfViewIsFound_data() {
    QTest::addColumn<int>("side");
    QTest::addColumn<double>("radius");
    QTest::addColumn<bool>("found");
    QTest::newRow("inscribed") << 120 << 58.0 << true;
    QTest::newRow("smaller") << 121 << 50.0 << true;
    QTest::newRow("no corner outside") << 120 << 90.0 << false;
    QTest::newRow("a small object") << 120 << 30.0 << false;
}

void TestHoldOut::fieldOfViewIsFound() {
    QFETCH(int, side);
    QFETCH(double, radius);
    QFETCH(bool, found);
    const PackedSet set = setOf({roundView(side, radius, 0)});
    const auto circle = fieldOfViewOf(set.span(0));
    QCOMPARE(circle.has_value(), found);
    if (found) {
        QVERIFY(std::abs(circle->radius - radius) < 1.6);
        QVERIFY(std::abs(circle->x - 0.5 * (side - 1)) < 0.6);
    }
}

void TestHoldOut::outsideIsMirrored() {
    PackedSet set = setOf({roundView(101, 45.0, 0)});
    const PackedImage before = set.images[0];
    const Circle circle{50.0, 50.0, 44.0};
    mirrorOutside(set.images[0], set.type, 1, circle);
    const auto at = [](const PackedImage& image, int x, int y) {
        return std::to_integer<int>(image.pixels[static_cast<std::size_t>(y * 101 + x)]);
    };
    // Column 50 + 48 lies 4 outside and takes what lies 4 inside, at 50 + 40.
    QCOMPARE(at(set.images[0], 98, 50), at(before, 90, 50));
    QCOMPARE(at(set.images[0], 60, 50), at(before, 60, 50));
    for (const std::byte pixel : set.images[0].pixels)
        QVERIFY(std::to_integer<int>(pixel) >= 90);
}

void TestHoldOut::cropsStayInTheView() {
    // Each pixel tells whether it lies in the circle.
    PackedSet set;
    PackedImage image;
    image.width = image.height = 128;
    const Circle circle{63.5, 63.5, 60.0};
    for (int y = 0; y < 128; ++y) {
        for (int x = 0; x < 128; ++x)
            image.pixels.push_back(std::byte{std::hypot(x - 63.5, y - 63.5) <= 60.0});
    }
    set.images.push_back(std::move(image));
    const GreyMap map{PixelType::u8, 0.0, 1.0, 1.0};
    std::vector<float> crop(32 * 32);
    double least = 1.0;
    for (const double outside : {0.2, 0.0}) {
        const CropSource crops(set, map, 32, Symmetry::square8, {{circle}, outside});
        for (std::uint64_t i = 0; i < 2000; ++i) {
            crops.draw(i, crop.data());
            double inside = 0.0;
            for (const float value : crop)
                inside += static_cast<double>(value) / 1024.0;
            QVERIFY2(inside >= 1.0 - outside - 1e-9, std::to_string(inside).c_str());
            least = std::min(least, inside);
        }
    }
    QVERIFY(least < 0.9); // crops over the edge are drawn
    const Circle small{63.5, 63.5, 10.0};
    QVERIFY(errorOf([&] { (void)CropSource(set, map, 32, Symmetry::none, {{small}}); }).code() ==
            ErrorCode::config);
}

void TestHoldOut::blockInsideACircle() {
    const TrainingData data = trainingDataOf(setOf({roundView(200, 96.0, 0)}), {}, 16);
    QCOMPARE(data.split["circles"].get<int>(), 1);
    QCOMPARE(data.split["kind"].get<std::string>(), std::string("block"));
    // 15 % of a disc lie beyond 0.57 of its radius.
    const int start = data.split["held_out"][0]["area"][0].get<int>();
    QVERIFY2(std::abs(start - (99.5 + 0.57 * 95.0)) < 4.0, std::to_string(start).c_str());
    QVERIFY(data.heldOut->views[0].has_value());
    QVERIFY(std::abs(data.heldOut->views[0]->x - (99.5 - start)) < 1.0);
}

void TestHoldOut::eachClassIsSplit() {
    // A class of one specimen is not held out as a whole: both give their last slices.
    PackedSet set = setOf({stack("1", "a", 32, 40, 1), stack("2", "b", 32, 40, 1)});
    set.meta = {{"classes", {{{"name", "x"}}, {{"name", "y"}}}}, {"class_of", {0, 1}}};
    const TrainingData slabs = trainingDataOf(set, {}, 16);
    QCOMPARE(slabs.split["kind"].get<std::string>(), std::string("slab"));
    QVERIFY(slabs.training.set.meta["class_of"] == Json({0, 1}));
    QVERIFY(slabs.heldOut->set.meta["class_of"] == Json({0, 1}));
    HoldOutChoice choice;
    choice.specimens = {"b"};
    QVERIFY(errorOf([&] { (void)trainingDataOf(set, choice, 16); }).why().find("classes") !=
            std::string::npos);
    // With two specimens each the last one of each is held out.
    set = setOf({stack("1", "a", 32, 1, 1), stack("2", "b", 32, 1, 1), stack("3", "c", 32, 1, 1),
                 stack("4", "d", 32, 1, 1)});
    set.meta = {{"classes", {{{"name", "x"}}, {{"name", "y"}}}}, {"class_of", {0, 0, 1, 1}}};
    const TrainingData whole = trainingDataOf(set, {}, 16);
    QCOMPARE(whole.split["kind"].get<std::string>(), std::string("specimen"));
    QVERIFY(idsOf(whole.split["held_out"]) == (std::set<std::string>{"2", "4"}));
}

void TestHoldOut::whatIsKnownOfImagesGoesWithThem() {
    PackedSet set = setOf({stack("1", "a", 32, 1, 1), stack("2", "b", 32, 1, 1),
                           stack("3", "a", 32, 1, 1), stack("4", "a", 32, 1, 1)});
    std::ranges::fill(set.images[0].pixels, std::byte{9}); // constant, so left out
    set.meta = {{"voxel_um_of", {1.0, 2.0, nullptr, 4.0}}, {"set", "s"}};
    HoldOutChoice choice;
    choice.specimens = {"b"};
    const TrainingData data = trainingDataOf(set, choice, 16);
    QVERIFY(data.training.set.meta["voxel_um_of"] == Json({nullptr, 4.0}));
    QVERIFY(data.heldOut->set.meta["voxel_um_of"] == Json::array({2.0}));
    QCOMPARE(data.training.set.meta["set"].get<std::string>(), std::string("s"));
}

void TestHoldOut::otherPlanesAreSplitBySpecimen() {
    const auto planes = [](const std::vector<std::string>& specimens) {
        PackedSet set;
        for (const SlicePlane plane : {SlicePlane::xy, SlicePlane::xz, SlicePlane::yz}) {
            for (int i = 0; i < 8; ++i) {
                const std::string& specimen =
                    specimens[static_cast<std::size_t>(i) % specimens.size()];
                set.images.push_back(stack(std::to_string(set.images.size()), specimen, 32, 1, 1));
                set.images.back().plane = plane;
            }
        }
        return set;
    };
    const TrainingData none = trainingDataOf(planes({"a"}), {}, 16, true);
    QCOMPARE(none.split["kind"].get<std::string>(), std::string("none"));
    QVERIFY(none.notes.dump().find("cross each other") != std::string::npos);
    QCOMPARE(none.training.set.images.size(), std::size_t{24});
    QVERIFY(errorOf([&] { (void)trainingDataOf(planes({"a"}), choiceOf("slab"), 16, true); })
                .why()
                .find("cross each other") != std::string::npos);
    const TrainingData two = trainingDataOf(planes({"a", "b"}), {}, 16, true);
    QCOMPARE(two.split["kind"].get<std::string>(), std::string("specimen"));
    QCOMPARE(two.training.set.images.size(), std::size_t{12});
    QVERIFY(two.training.set.images[4].plane == SlicePlane::xz);
    QVERIFY(two.heldOut->set.images[11].plane == SlicePlane::yz);
}

void TestHoldOut::volumesStayDeepEnough() {
    const PackedSet set = setOf({stack("v", "a", 64, 32, 1)});
    const TrainingData slices = trainingDataOf(set, {}, 32, false);
    QCOMPARE(slices.split["kind"].get<std::string>(), std::string("slab"));
    QVERIFY(slices.training.set.images[0].depth < 32);
    // Cubes need all 32 slices, so the end of each slice is held out in place of some slices.
    const TrainingData cubes = trainingDataOf(setOf({stack("v", "a", 80, 32, 1)}), {}, 32, true);
    QCOMPARE(cubes.split["kind"].get<std::string>(), std::string("block"));
    QCOMPARE(cubes.training.set.images[0].depth, std::int64_t{32});
    QVERIFY(cubes.training.set.images[0].width >= 32);
}

void TestHoldOut::masksAreLeftAsTheyAre() {
    PackedSet set = setOf({roundView(64, 30.0, 0), roundView(64, 30.0, 0)});
    for (std::byte& pixel : set.images[0].pixels)
        pixel = pixel == std::byte{0} ? std::byte{0} : std::byte{1};
    std::ranges::fill(set.images[1].pixels, std::byte{1}); // one phase fills this slice
    const std::vector<std::byte> pixels = set.images[0].pixels;
    set.meta["masks"] = true;
    const TrainingData data = trainingDataOf(set, choiceOf("none"), 16);
    QCOMPARE(data.training.set.images.size(), std::size_t{2});
    QVERIFY(data.training.set.images[0].pixels == pixels);
    QVERIFY(!data.training.views[0] && !data.training.views[1]);
}

QTEST_GUILESS_MAIN(TestHoldOut)
#include "tst_holdout.moc"
