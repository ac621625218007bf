// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/generation/families/adversarial.h"
#include "core/generation/families/augmentation.h"
#include "core/generation/families/stylegan.h"
#include "core/generation/families/vae.h"
#include "core/generation/networks/groupdeviation.h"
#include "core/generation/noise.h"

#include <QTest>

#include <torch/torch.h>

#include <cmath>
#include <set>

using namespace likeness;

namespace {

torch::Tensor normal(std::vector<std::int64_t> shape, std::uint64_t seed) {
    torch::Tensor values = torch::empty(shape, torch::kFloat32);
    fillNormal({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}, seed);
    return values;
}

double largest(const torch::Tensor& tensor) {
    return tensor.abs().max().item<double>();
}

StyleGanNetworkConfig tinyNetwork() {
    StyleGanNetworkConfig config;
    config.latent = 16;
    config.widths = {16, 16, 8};
    config.noiseChannels = 8;
    config.discriminatorWidths = {8, 16};
    return config;
}

StyleGanNetwork tiny() {
    return {tinyNetwork(), {16, 0.5, 3}};
}

LatentPoint mixed(std::uint64_t coarse, std::uint64_t fine, int crossover) {
    LatentPoint point;
    point.seed = coarse;
    point.fine = LatentPoint::Fine{fine, crossover};
    return point;
}

torch::Tensor rendered(const LatentModel& model, const LatentPoint& point) {
    return model.render(std::span(&point, 1), {24, 32, torch::kCPU});
}

torch::Tensor sampled(const ModelNetwork& network, std::vector<std::uint64_t> seeds) {
    ModelNetwork::Draw draw;
    draw.seeds = std::move(seeds);
    draw.height = 24;
    draw.width = 32;
    draw.beforeStep = [] {};
    return network.make(draw);
}

} // namespace

class TestStyleGan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void demodulationLeavesUnitVariance_data();
    void demodulationLeavesUnitVariance();
    void modulationIsThatOfTheWeights();
    void mappingForgetsTheLength();
    void imagesHaveTheSize_data();
    void imagesHaveTheSize();
    void borderIsLikeTheMiddle();
    void imagesDoNotDependOnEachOther();
    void samplesAreWithoutMemory();
    void crossovers();
    void noOffsetIsTheSample();
    void offsetsMoveTheStyle();
    void principalAxesOfACovariance();
    void measuredDirectionsAreThoseOfLatents();
    void vaeDirectionsAreThoseOfCodes();
    void slopesOfAToy();
    void slopesOfTheDiscriminator();
    void deviationWithinGroups();
    void augmentationKeepsGreyLevels();
    void augmentationWithoutChanceDoesNothing();
    void automaticR1Weight();
};

void TestStyleGan::demodulationLeavesUnitVariance_data() {
    QTest::addColumn<double>("styleSize");
    QTest::addRow("small styles") << 0.1;
    QTest::addRow("usual styles") << 1.0;
    QTest::addRow("large styles") << 30.0;
}

void TestStyleGan::demodulationLeavesUnitVariance() {
    QFETCH(double, styleSize);
    Parameters parameters;
    Random random(1, "test");
    Builder builder{parameters, random};
    const ModulatedConvolution convolution(builder, "c", {16, 8, 3, 1, 0}, 12);
    const torch::NoGradGuard noGrad;
    const torch::Tensor out =
        convolution.forward(normal({2, 16, 96, 96}, 1), normal({2, 12}, 2) * styleSize, Pass{});
    const torch::Tensor variance = (out * out).mean({2, 3});
    QVERIFY2(largest(variance - 1.0) < 0.1, std::to_string(largest(variance - 1.0)).c_str());
}

void TestStyleGan::modulationIsThatOfTheWeights() {
    Parameters parameters;
    Random random(1, "test");
    Builder builder{parameters, random};
    const ModulatedConvolution convolution(builder, "c", {6, 4, 3, 1, 0}, 5);
    const torch::NoGradGuard noGrad;
    const torch::Tensor x = normal({3, 6, 9, 9}, 1);
    const torch::Tensor style = normal({3, 5}, 2);
    const torch::Tensor made = convolution.forward(x, style, Pass{});
    const torch::Tensor weight = parameters.entries()[0].value / std::sqrt(54.0);
    const torch::Tensor scales =
        torch::matmul(style, parameters.entries()[1].value.t()) / std::sqrt(5.0) + 1.0;
    for (std::int64_t i = 0; i < 3; ++i) {
        const torch::Tensor modulated = weight * scales[i].view({1, -1, 1, 1});
        const torch::Tensor norm = torch::sqrt((modulated * modulated).sum({1, 2, 3}, true));
        const torch::Tensor expected = torch::conv2d(x.narrow(0, i, 1), modulated / norm);
        QVERIFY(largest(made.narrow(0, i, 1) - expected) < 1e-5);
    }
}

void TestStyleGan::mappingForgetsTheLength() {
    Parameters parameters;
    Random random(1, "test");
    Builder builder{parameters, random};
    const MappingNetwork mapping(builder, tinyNetwork());
    const torch::Tensor z = normal({4, 16}, 1);
    QVERIFY(largest(mapping.forward(z) - mapping.forward(z * 7.0)) < 1e-4);
    QVERIFY(largest(mapping.forward(z) - mapping.forward(-z)) > 0.1);
}

void TestStyleGan::imagesHaveTheSize_data() {
    QTest::addColumn<int>("convolutions");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("side");
    for (const int convolutions : {1, 2})
        for (const int channels : {1, 3})
            for (const int side : {8, 24, 64, 72})
                QTest::addRow("%d, %d channels, %d", convolutions, channels, side)
                    << convolutions << channels << side;
}

void TestStyleGan::imagesHaveTheSize() {
    QFETCH(int, convolutions);
    QFETCH(int, channels);
    QFETCH(int, side);
    StyleGanNetworkConfig config = tinyNetwork();
    config.convolutions = convolutions;
    config.imageChannels = channels;
    const StyleGanNetwork network(config, {16, 0.5, 3});
    const LatentPoint point{7, {}, {}};
    const torch::Tensor image = network.render(std::span(&point, 1), {side, side + 8, torch::kCPU});
    QVERIFY(image.sizes() == torch::IntArrayRef({1, channels, side, side + 8}));
    const torch::Tensor scores = network.discriminator().forward(
        image.narrow(3, 0, side).expand({4, channels, side, side}).contiguous(), Pass{});
    QCOMPARE(scores.size(0), std::int64_t{4});
}

void TestStyleGan::borderIsLikeTheMiddle() {
    // Without padding every pixel has the same distribution, those of the border among them.
    const StyleGanNetwork network = tiny();
    const torch::NoGradGuard noGrad;
    std::vector<LatentPoint> points;
    for (std::uint64_t seed = 0; seed < 400; ++seed)
        points.push_back({seed, {}, {}});
    const torch::Tensor images = network.render(points, {16, 16, torch::kCPU});
    const torch::Tensor deviation = images.select(1, 0).std(0);
    const double middle = deviation.narrow(0, 4, 8).narrow(1, 4, 8).mean().item<double>();
    const double top = deviation.select(0, 0).mean().item<double>();
    const double left = deviation.select(1, 0).mean().item<double>();
    QVERIFY2(
        std::abs(top / middle - 1.0) < 0.15 && std::abs(left / middle - 1.0) < 0.15,
        (std::to_string(top) + " " + std::to_string(left) + " " + std::to_string(middle)).c_str());
}

void TestStyleGan::imagesDoNotDependOnEachOther() {
    const StyleGanNetwork network = tiny();
    const torch::Tensor all = sampled(network, {11, 12, 13});
    for (std::int64_t i = 0; i < 3; ++i)
        QVERIFY(largest(all.narrow(0, i, 1) -
                        sampled(network, {static_cast<std::uint64_t>(11 + i)})) < 1e-5);
    QVERIFY(largest(all[0] - all[1]) > 0.1);
}

void TestStyleGan::samplesAreWithoutMemory() {
    QVERIFY(torch::equal(sampled(tiny(), {5}), sampled(tiny(), {5})));
}

void TestStyleGan::crossovers() {
    const StyleGanNetwork network = tiny();
    QCOMPARE(network.mixingLevels(), 3);
    QVERIFY(torch::equal(rendered(network, mixed(1, 2, 0)), sampled(network, {2})));
    QVERIFY(torch::equal(rendered(network, mixed(1, 2, 3)), sampled(network, {1})));
    QVERIFY(torch::equal(rendered(network, mixed(2, 2, 1)), sampled(network, {2})));
    for (const int crossover : {1, 2}) {
        const torch::Tensor image = rendered(network, mixed(1, 2, crossover));
        QVERIFY(largest(image - sampled(network, {1})) > 0.05);
        QVERIFY(largest(image - sampled(network, {2})) > 0.05);
    }
}

void TestStyleGan::noOffsetIsTheSample() {
    StyleGanNetwork network = tiny();
    network.parameters().flatten(torch::kCPU);
    network.measureDirections(1);
    QVERIFY(torch::equal(rendered(network, {9, {0.0, 0.0}, {}}), sampled(network, {9})));
    VaeConfig config;
    config.network.widths = {8, 16};
    const VaeNetwork vae(config, {16, 0.5, 3});
    QVERIFY(torch::equal(rendered(vae, {9, {0.0}, {}}), sampled(vae, {9})));
    QVERIFY(largest(rendered(vae, {9, {1.0}, {}}) - sampled(vae, {9})) > 1e-3);
}

void TestStyleGan::offsetsMoveTheStyle() {
    StyleGanNetwork network = tiny();
    network.parameters().flatten(torch::kCPU);
    network.measureDirections(1);
    const PrincipalDirections axes = network.principalDirections();
    const torch::Tensor shift = axes.shift({9, {0.0, -2.0}, {}});
    QVERIFY(largest(shift + 2.0 * axes.directions[1] * axes.deviations[1]) < 1e-5);
    const torch::Tensor there = rendered(network, {9, {3.0}, {}});
    const torch::Tensor back = rendered(network, {9, {-3.0}, {}});
    QVERIFY(largest(there - back) > 0.05);
    QVERIFY(!axes.shift({9, {0.0, 0.0}, {}}).defined());
}

void TestStyleGan::principalAxesOfACovariance() {
    // Axes of a rotated ellipsoid with deviations 3, 2 and 0.5.
    const double c = std::cos(0.4);
    const double s = std::sin(0.4);
    const torch::Tensor rotation =
        torch::tensor({c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0}, torch::kFloat64).view({3, 3});
    const torch::Tensor squares = torch::tensor({4.0, 9.0, 0.25}, torch::kFloat64);
    const torch::Tensor covariance = torch::matmul(rotation * squares, rotation.t().contiguous());
    const auto found = PrincipalDirections::of(torch::zeros({3}), covariance, 2);
    QVERIFY(found.directions.sizes() == torch::IntArrayRef({2, 3}));
    QVERIFY(std::abs(found.deviations[0].item<double>() - 3.0) < 1e-5);
    QVERIFY(std::abs(found.deviations[1].item<double>() - 2.0) < 1e-5);
    const torch::Tensor widest = torch::tensor({-s, c, 0.0}, torch::kFloat32);
    QVERIFY(largest(found.directions[0] - widest) < 1e-5);
}

void TestStyleGan::measuredDirectionsAreThoseOfLatents() {
    StyleGanNetwork network = tiny();
    network.parameters().flatten(torch::kCPU);
    network.measureDirections(1);
    const PrincipalDirections axes = network.principalDirections();
    const torch::NoGradGuard noGrad;
    QVERIFY(largest(torch::matmul(axes.directions, axes.directions.t()) - torch::eye(16)) < 1e-4);
    std::vector<std::uint64_t> seeds(3000);
    for (std::size_t i = 0; i < seeds.size(); ++i)
        seeds[i] = 77'000 + i;
    const torch::Tensor w = network.latentsOf(seeds, torch::kCPU) - axes.mean;
    const torch::Tensor found = torch::matmul(w, axes.directions.t()).std(0);
    QVERIFY(largest(found / axes.deviations - 1.0) < 0.1);
    for (std::int64_t i = 1; i < 16; ++i)
        QVERIFY(axes.deviations[i].item<float>() <= axes.deviations[i - 1].item<float>());
}

void TestStyleGan::vaeDirectionsAreThoseOfCodes() {
    VaeConfig config;
    config.network.widths = {8, 16};
    config.network.latentChannels = 2;
    VaeNetwork vae(config, {16, 0.5, 3});
    // Codes that differ mostly along (1, 1) / sqrt(2), with deviations 2 and 0.5.
    const torch::Tensor along = normal({64, 1, 8, 8}, 1) * (2.0 * std::sqrt(0.5));
    const torch::Tensor across = normal({64, 1, 8, 8}, 2) * (0.5 * std::sqrt(0.5));
    vae.adopt(torch::cat({along + across, along - across}, 1) + 1.0, normal({64, 1, 32, 32}, 3));
    const PrincipalDirections axes = vae.principalDirections();
    QCOMPARE(vae.latentDimension(), std::int64_t{2});
    QVERIFY(std::abs(axes.deviations[0].item<double>() - 2.0) < 0.1);
    QVERIFY(std::abs(axes.deviations[1].item<double>() - 0.5) < 0.1);
    QVERIFY(largest(axes.directions[0] - std::sqrt(0.5)) < 0.05);
    QVERIFY(largest(axes.mean - 1.0) < 0.1);
}

void TestStyleGan::slopesOfAToy() {
    // The score p sum x^3 has the slope 3 p x^2, whose square sums to 9 p^2 x^4.
    const torch::Tensor p = torch::full({1}, 2.0).set_requires_grad(true);
    const torch::Tensor x = normal({3, 1, 4, 4}, 1);
    const torch::Tensor squares = squaredSlopes(x, [&](const torch::Tensor& images) {
        return (images * images * images).sum({1, 2, 3}).unsqueeze(1) * p;
    });
    const torch::Tensor expected = 36.0 * (x * x * x * x).sum({1, 2, 3});
    QVERIFY(largest(squares / expected - 1.0) < 1e-5);
    const torch::Tensor gradient = torch::autograd::grad({squares.sum()}, {p}).front();
    const torch::Tensor slope = expected.sum(); // d/dp 9 p^2 x^4 = 18 p x^4, and p is 2
    QVERIFY(std::abs(gradient.item<double>() / slope.item<double>() - 1.0) < 1e-5);
}

void TestStyleGan::slopesOfTheDiscriminator() {
    const StyleGanNetwork network = tiny();
    const auto scores = [&](const torch::Tensor& images) {
        return network.discriminator().forward(images, Pass{});
    };
    const torch::Tensor images = normal({4, 1, 16, 16}, 4);
    const torch::Tensor squares = squaredSlopes(images, scores).detach();
    const torch::Tensor watched = images.clone().set_requires_grad(true);
    const torch::Tensor slopes =
        torch::autograd::grad({scores(watched).mean({1}).sum()}, {watched}).front();
    const torch::NoGradGuard noGrad;
    for (std::int64_t i = 0; i < 4; ++i) {
        const double norm = std::sqrt(squares[i].item<double>());
        // Central difference along the unit vector of the slope: its length.
        constexpr double kStep = 2e-2;
        torch::Tensor ahead = images.clone();
        torch::Tensor behind = images.clone();
        ahead[i] += slopes[i] * (kStep / norm);
        behind[i] -= slopes[i] * (kStep / norm);
        const double difference =
            (scores(ahead).mean({1}).sum() - scores(behind).mean({1}).sum()).item<double>();
        QVERIFY2(std::abs(difference / (2.0 * kStep * norm) - 1.0) < 0.03,
                 std::to_string(difference / (2.0 * kStep * norm)).c_str());
    }
}

void TestStyleGan::deviationWithinGroups() {
    torch::Tensor features = torch::zeros({8, 2, 3, 3});
    features.narrow(0, 0, 2).fill_(1.0); // a group of two ones and two zeros; one of four zeros
    const torch::Tensor deviation = groupDeviation(features, 4);
    QVERIFY(deviation.sizes() == torch::IntArrayRef({8, 1, 3, 3}));
    QVERIFY(largest(deviation.narrow(0, 0, 4) - 0.5) < 1e-4);
    QVERIFY(largest(deviation.narrow(0, 4, 4)) < 2e-4);
}

void TestStyleGan::augmentationKeepsGreyLevels() {
    const torch::Tensor images = normal({6, 1, 16, 16}, 1);
    const std::vector<std::uint64_t> seeds{1, 2, 3, 4, 5, 6};
    const torch::Tensor views = augmented(images, seeds, {4, 5, true, 1.0});
    for (std::int64_t i = 0; i < 6; ++i) {
        const torch::Tensor before = images[i].contiguous();
        const torch::Tensor after = views[i].contiguous();
        const std::set<float> levels(before.data_ptr<float>(), before.data_ptr<float>() + 256);
        int left = 0;
        for (std::int64_t j = 0; j < 256; ++j) {
            const float value = after.data_ptr<float>()[j];
            left += value != 0.0F;
            QVERIFY(value == 0.0F || levels.contains(value));
        }
        QVERIFY(left >= 256 - 25 && left < 256);
    }
    QVERIFY(torch::equal(views, augmented(images, seeds, {4, 5, true, 1.0})));
    QVERIFY(torch::equal(
        views.narrow(0, 2, 1),
        augmented(images.narrow(0, 2, 1), std::span(seeds).subspan(2, 1), {4, 5, true, 1.0})));
}

void TestStyleGan::augmentationWithoutChanceDoesNothing() {
    const torch::Tensor images = normal({2, 3, 16, 16}, 1);
    const std::vector<std::uint64_t> seeds{1, 2};
    QVERIFY(torch::equal(augmented(images, seeds, {4, 5, true, 0.0}), images));
    QVERIFY(torch::equal(augmented(images, seeds, {0, 0, false, 1.0}), images));
    QVERIFY(!torch::equal(augmented(images, seeds, {4, 0, false, 1.0}), images));
    QVERIFY(torch::equal(shifted(images, seeds, 0), images));
}

void TestStyleGan::automaticR1Weight() {
    // 0.0002 size^2 / batch, the rule of Karras et al. (2020, "limited data").
    StyleGanTraining training;
    training.batch = 32;
    QCOMPARE(training.r1WeightFor(256), 0.4096);
    training.r1Weight = 3.0;
    QCOMPARE(training.r1WeightFor(256), 3.0);
    const StyleGanConfig config{{}, training};
    QVERIFY(styleGanFromJson(toJson(config), "test").training.r1Weight == 3.0);
    QVERIFY(!styleGanFromJson(toJson(*styleGanPreset("large")), "test").training.r1Weight);
}

QTEST_GUILESS_MAIN(TestStyleGan)
#include "tst_stylegan.moc"
