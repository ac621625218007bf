// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/generation/checkpoint.h"
#include "core/generation/families/diffusion.h"
#include "core/generation/families/diffusionstep.h"
#include "core/generation/losses/edm.h"
#include "core/generation/networks/unet.h"
#include "core/generation/noise.h"
#include "core/generation/optimizer.h"
#include "core/generation/samplers/dpmsolver.h"
#include "core/generation/samplers/gridnotch.h"

#include <QTest>

#include <torch/torch.h>

#include <cmath>

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

PackedSet noiseSet() {
    PackedSet set;
    set.type = PixelType::f32;
    PackedImage image;
    image.width = image.height = 24;
    std::vector<float> values(24 * 24);
    fillNormal(values, 5);
    const auto bytes = std::as_bytes(std::span(values));
    image.pixels.assign(bytes.begin(), bytes.end());
    set.images.push_back(std::move(image));
    return set;
}

UNetConfig tinyNetwork() {
    UNetConfig config;
    config.widths = {8, 16};
    config.embedding = 16;
    config.fourierFeatures = 8;
    return config;
}

DiffusionConfig tinyModel() {
    DiffusionConfig config;
    config.network = tinyNetwork();
    return config;
}

} // namespace

class TestNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parameterCounts_data();
    void parameterCounts();
    void shapes_data();
    void shapes();
    void startsAsZero();
    void seedsDecideTheStart();
    void preconditioning();
    void lossBeginsNearOne();
    void noiseLevelsFollowKarras();
    void solverOnGaussianData();
    void theLastStepKeepsGrain_data();
    void theLastStepKeepsGrain();
    void imagesEndEachByItself();
    void theGridOfCellsIsTakenOff_data();
    void theGridOfCellsIsTakenOff();
    void noiseIsNormal();
    void adamEqualsTorch();
    void gradientIsThatOfTheWholeBatch();
    void valuesThatAreNotFiniteChangeNothing();
    void valuesThatAreNotFiniteAreNotWritten();
};

void TestNetwork::parameterCounts_data() {
    QTest::addColumn<QString>("preset");
    QTest::addColumn<qint64>("count");
    // Counted by hand from the layers: a 3x3 convolution a->b has 9ab + b, a linear layer ab + b, a
    // norm 2a.
    QTest::newRow("demo") << QStringLiteral("demo") << qint64{1351044};
}

void TestNetwork::parameterCounts() {
    QFETCH(QString, preset);
    QFETCH(qint64, count);
    const UNet network(diffusionPreset(preset.toStdString())->network, 1);
    QCOMPARE(qint64{network.parameters().count()}, count);
}

void TestNetwork::shapes_data() {
    QTest::addColumn<QString>("preset");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::newRow("demo") << QStringLiteral("demo") << 1 << 64 << 64;
    QTest::newRow("demo, wide") << QStringLiteral("demo") << 1 << 8 << 40;
    QTest::newRow("demo, RGB") << QStringLiteral("demo") << 3 << 16 << 16;
    QTest::newRow("workstation") << QStringLiteral("workstation") << 1 << 32 << 48;
    QTest::newRow("large, RGB") << QStringLiteral("large") << 3 << 32 << 64;
}

void TestNetwork::shapes() {
    QFETCH(QString, preset);
    QFETCH(int, channels);
    QFETCH(int, height);
    QFETCH(int, width);
    const torch::NoGradGuard noGrad;
    UNetConfig config = diffusionPreset(preset.toStdString())->network;
    config.imageChannels = channels;
    UNet network(config, 1);
    network.parameters().flatten(torch::kCPU);
    network.parameters().flat().add_(normal({network.parameters().count()}, 2) * 0.02);
    const torch::Tensor x = normal({2, channels, height, width}, 3);
    for (const bool bfloat16 : {false, true}) {
        const torch::Tensor y = network.forward(x, normal({2}, 4), Pass{bfloat16, false, 0});
        QVERIFY(y.sizes() == x.sizes());
        QVERIFY(y.scalar_type() == torch::kFloat32);
        QVERIFY(torch::isfinite(y).all().item<bool>());
        QVERIFY(largest(y) > 1e-3);
    }
}

void TestNetwork::startsAsZero() {
    const UNet network(diffusionPreset("demo")->network, 7);
    const torch::Tensor y = network.forward(normal({1, 1, 16, 16}, 1), torch::zeros({1}), Pass{});
    QCOMPARE(largest(y), 0.0);
}

void TestNetwork::seedsDecideTheStart() {
    const auto weights = [](std::uint64_t seed) {
        UNet network(tinyNetwork(), seed);
        network.parameters().flatten(torch::kCPU);
        return network.parameters().flat();
    };
    QVERIFY(torch::equal(weights(3), weights(3)));
    QVERIFY(!torch::equal(weights(3), weights(4)));
}

void TestNetwork::preconditioning() {
    // With F = 0 the denoiser is c_skip x; EDM, table 1: sigma_data^2 / (sigma^2 + sigma_data^2).
    const UNet network(tinyNetwork(), 1);
    const torch::Tensor x = normal({2, 1, 8, 8}, 1);
    const torch::Tensor sigmas = torch::tensor({0.5F, 3.0F});
    const torch::Tensor guess = denoise(network, SignalSpectrum(0.5), x, sigmas, Pass{});
    QVERIFY(largest(guess[0] - x[0] * 0.5) < 1e-6);
    QVERIFY(largest(guess[1] - x[1] * (0.25 / 9.25)) < 1e-6);
}

void TestNetwork::lossBeginsNearOne() {
    // F = 0 leaves the variance of its target, which EDM's scaling makes 1 at every noise level.
    const UNet network(tinyNetwork(), 1);
    const torch::Tensor clean = normal({4, 1, 64, 64}, 1) * 0.5;
    const torch::Tensor losses =
        denoisingLosses(network, SignalSpectrum(0.5), clean, normal({4, 1, 64, 64}, 2),
                        torch::tensor({0.01F, 0.3F, 2.0F, 40.0F}), Pass{});
    QVERIFY(largest(losses - 1.0) < 0.1);
}

void TestNetwork::noiseLevelsFollowKarras() {
    // EDM, equation 5, for 3 levels from 80 to 0.002 with rho 7, by hand.
    const std::vector<double> levels = noiseLevels({3, 0.002, 80.0, 7.0, 3});
    QCOMPARE(levels.size(), std::size_t{4});
    QVERIFY(std::abs(levels[0] - 80.0) < 1e-9);
    const double middle = std::pow((std::pow(80.0, 1 / 7.0) + std::pow(0.002, 1 / 7.0)) / 2, 7.0);
    QVERIFY(std::abs(levels[1] - middle) < 1e-9);
    QVERIFY(std::abs(levels[2] - 0.002) < 1e-12);
    QCOMPARE(levels[3], 0.0);
}

void TestNetwork::solverOnGaussianData() {
    // For data N(m, s^2) the best denoiser is known, and the exact solution maps noise n at sigma
    // to m + (n sigma - m) s / sqrt(s^2 + sigma^2) at sigma 0.
    const double s = 0.5;
    const double m = 0.3;
    const torch::Tensor noise = normal({1, 1, 32, 32}, 9);
    const torch::Tensor exact = (noise * 40.0 - m) * (s / std::sqrt(s * s + 1600.0)) + m;
    const auto error = [&](int steps, int order) {
        const SolverConfig config{steps, 0.002, 40.0, 15.0, order};
        const torch::Tensor made = solve(
            config, noise,
            [&](const torch::Tensor& x, double sigma) {
                return (x * (s * s) + m * sigma * sigma) / (s * s + sigma * sigma);
            },
            [] {});
        return largest(made - exact);
    };
    QVERIFY(error(18, 3) < 0.02);
    // Twice the steps: an error of a half, a quarter, an eighth in the limit; rounding in float
    // stays below.
    QVERIFY(error(80, 1) < error(40, 1) / 1.6);
    QVERIFY(error(80, 2) < error(40, 2) / 3.0);
    QVERIFY(error(36, 3) < error(18, 3) / 4.0);
    QVERIFY(error(40, 3) < error(40, 2) / 5.0);
}

void TestNetwork::theLastStepKeepsGrain_data() {
    QTest::addColumn<double>("grain");
    QTest::addColumn<double>("expected"); // deviation of what is made
    QTest::newRow("coarse") << 0.5 << 0.5;
    QTest::newRow("of CT scans") << 0.06 << 0.06;
    QTest::newRow("twice the lowest level") << 0.04 << 0.04;
    QTest::newRow("none") << 0.0 << 0.0;
}

void TestNetwork::theLastStepKeepsGrain() {
    QFETCH(double, grain);
    QFETCH(double, expected);
    const double power = grain * grain;
    const torch::Tensor made = solve(
        {40, 0.02, 40.0, 7.0, 3}, normal({1, 1, 96, 96}, 9),
        [&](const torch::Tensor& x, double sigma) { return x * (power / (power + sigma * sigma)); },
        [] {});
    QVERIFY(std::abs(made.std().item<double>() - expected) <= 0.02 * expected);
}

void TestNetwork::imagesEndEachByItself() {
    const torch::Tensor x = normal({2, 1, 32, 32}, 3) * 0.1;
    const torch::Tensor guess = x * torch::tensor({0.9F, 0.02F}).view({2, 1, 1, 1});
    const torch::Tensor both = cleaned(x, guess, 0.1);
    for (const std::int64_t i : {0, 1})
        QVERIFY(torch::equal(both.narrow(0, i, 1),
                             cleaned(x.narrow(0, i, 1), guess.narrow(0, i, 1), 0.1)));
    QVERIFY(largest(both[0] - guess[0]) > 0.0);
    QVERIFY(torch::equal(both[1], guess[1])); // most of what was there is gone
}

void TestNetwork::theGridOfCellsIsTakenOff_data() {
    QTest::addColumn<int>("cell");
    QTest::addColumn<int>("side");
    QTest::newRow("cells of 2") << 2 << 64;
    QTest::newRow("cells of 4") << 4 << 128;
    QTest::newRow("a small image") << 2 << 16;
}

void TestNetwork::theGridOfCellsIsTakenOff() {
    QFETCH(int, cell);
    QFETCH(int, side);
    const torch::Tensor place = torch::arange(side, torch::kFloat32);
    // A slope, an edge and slow waves, which have nothing to do with cells.
    torch::Tensor image = (place * 0.02 + torch::sin(place * 0.15)).view({1, 1, 1, side}) +
                          torch::cos(place * 0.2).view({1, 1, side, 1});
    image = image + (place > side / 2).to(torch::kFloat32).view({1, 1, side, 1});
    const torch::Tensor inCell = torch::remainder(place, cell);
    const torch::Tensor pattern =
        ((inCell.view({1, 1, 1, side}) + 2.0 * inCell.view({1, 1, side, 1})) == 1.0)
            .to(torch::kFloat32);
    const double strength = 0.3;
    const torch::Tensor clean = withoutGrid(image, cell);
    QVERIFY2(largest(clean - image) < 0.06, std::to_string(largest(clean - image)).c_str());
    // It is linear: what is left of the pattern alone is its mean and next to nothing else.
    const torch::Tensor left = withoutGrid(image + pattern * strength, cell) - clean;
    torch::Tensor uneven = left - strength * pattern.mean();
    if (cell > 2) // near a border, cells are not what their mirror images are
        uneven = uneven.slice(2, 8 * cell, -8 * cell).slice(3, 8 * cell, -8 * cell);
    QVERIFY2(largest(uneven) < 0.1 * strength, std::to_string(largest(uneven)).c_str());
    QVERIFY(torch::equal(withoutGrid(image, 1), image));
}

void TestNetwork::noiseIsNormal() {
    const torch::Tensor values = normal({200000}, 11).to(torch::kFloat64);
    const auto moment = [&](int power) { return values.pow(power).mean().item<double>(); };
    // Four standard errors of each moment: sqrt(var / n).
    QVERIFY(std::abs(moment(1)) < 4 * std::sqrt(1.0 / 200000));
    QVERIFY(std::abs(moment(2) - 1.0) < 4 * std::sqrt(2.0 / 200000));
    QVERIFY(std::abs(moment(3)) < 4 * std::sqrt(15.0 / 200000));
    QVERIFY(std::abs(moment(4) - 3.0) < 4 * std::sqrt(96.0 / 200000));
    QVERIFY(torch::equal(normal({7}, 4), normal({8}, 4).narrow(0, 0, 7)));
}

void TestNetwork::adamEqualsTorch() {
    const torch::Tensor start = normal({50}, 1);
    torch::Tensor theirs = start.clone().set_requires_grad(true);
    torch::optim::Adam adam({theirs},
                            torch::optim::AdamOptions(0.01).betas(std::make_tuple(0.9, 0.99)));
    const torch::Tensor ours = start.clone();
    Optimizer optimizer(ours);
    for (int i = 1; i <= 20; ++i) {
        const torch::Tensor gradient = normal({50}, static_cast<std::uint64_t>(100 + i));
        theirs.mutable_grad() = gradient.clone();
        adam.step();
        Optimizer::Step step;
        step.number = i;
        step.learningRate = 0.01;
        step.emaDecay = 0.0;
        optimizer.update(ours, gradient.narrow(0, 0, 20).clone(), step, {0, 20});
        optimizer.update(ours, gradient.narrow(0, 20, 30).clone(), step, {20, 30});
    }
    QVERIFY(largest(ours - theirs.detach()) < 1e-5);
    QVERIFY(torch::equal(optimizer.ema(), ours));
}

void TestNetwork::gradientIsThatOfTheWholeBatch() {
    // However the batch is cut and by however many threads, one step gives the same weights but for
    // rounding, and for one cut the same to the last bit.
    const PackedSet set = noiseSet();
    const GreyMap map = greyMapOf(set);
    const CropSource crops(set, map, 16, Symmetry::square8);
    const auto weightsAfter = [&](int chunks, int threads) {
        DiffusionNetwork network(tinyModel(), {16, 0.5, 1});
        network.parameters().flatten(torch::kCPU);
        WorkerPool pool(threads);
        StepSetup setup;
        setup.size = 16;
        setup.parts = chunks;
        DiffusionTraining config;
        config.batch = 8;
        DiffusionStep step(config, network, {network, crops, pool}, setup);
        Optimizer optimizer(network.parameters().flat());
        Optimizer::Step update;
        update.learningRate = 1e-3;
        for (update.number = 1; update.number <= 3; ++update.number) {
            if (!step.run(optimizer, update, 0.0).updated)
                return torch::Tensor();
        }
        return network.parameters().flat();
    };
    const torch::Tensor whole = weightsAfter(1, 1);
    QVERIFY(whole.defined());
    QVERIFY(largest(whole - weightsAfter(4, 2)) < 1e-4);
    QVERIFY(torch::equal(weightsAfter(4, 1), weightsAfter(4, 3)));
}

void TestNetwork::valuesThatAreNotFiniteChangeNothing() {
    const PackedSet set = noiseSet();
    const CropSource crops(set, greyMapOf(set), 16, Symmetry::none);
    DiffusionNetwork network(tinyModel(), {16, 0.5, 1});
    network.parameters().flatten(torch::kCPU);
    WorkerPool pool(2);
    StepSetup setup;
    setup.size = 16;
    DiffusionTraining config;
    config.batch = 4;
    DiffusionStep step(config, network, {network, crops, pool}, setup);
    Optimizer optimizer(network.parameters().flat());
    {
        const torch::NoGradGuard noGrad;
        network.parameters().flat()[3] = NAN;
    }
    const torch::Tensor before = network.parameters().flat().clone();
    Optimizer::Step update;
    update.learningRate = 1e-3;
    QVERIFY(!step.run(optimizer, update, 0.0).updated);
    QVERIFY(torch::isnan(network.parameters().flat()).sum().item<int>() == 1);
    QCOMPARE(largest(torch::nan_to_num(network.parameters().flat() - before)), 0.0);
    QCOMPARE(largest(optimizer.mean()), 0.0);
}

void TestNetwork::valuesThatAreNotFiniteAreNotWritten() {
    const TemporaryFolder folder;
    DiffusionNetwork network(tinyModel(), {16, 0.5, 1});
    network.parameters().flatten(torch::kCPU);
    torch::Tensor weights = network.parameters().flat().detach().clone();
    weights[0] = INFINITY;
    const auto path = folder.path() / "x.safetensors";
    QVERIFY_THROWS_EXCEPTION(Error, writeCheckpoint(path, network, weights, Json::object()));
    QVERIFY(!std::filesystem::exists(path));
}

QTEST_GUILESS_MAIN(TestNetwork)
#include "tst_network.moc"
