// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/networks/fused.h"
#include "core/generation/networks/kernels.h"
#include "core/generation/networks/layers.h"
#include "core/generation/noise.h"
#include "core/generation/optimizer.h"

#include <QTest>

#include <torch/torch.h>

using namespace likeness;

namespace {

torch::Tensor normal(std::vector<std::int64_t> shape, std::uint64_t seed) {
    torch::Tensor values = torch::empty(shape, torch::kFloat32);
    fillNormal({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}, seed);
    return values;
}

double farthest(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.to(torch::kFloat64) - b.to(torch::kFloat64)).abs().max().item<double>();
}

torch::Tensor leaf(const torch::Tensor& value) {
    return value.clone().set_requires_grad(true);
}

} // namespace

class TestKernels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normalisationAgreesWithItsDefinition_data();
    void normalisationAgreesWithItsDefinition();
    void halvesStayWithinTheirRounding();
    void extremeValuesStayFinite();
    void scaledSum_data();
    void scaledSum();
    void optimizerFollowsAdam();
    void packedConvolutionsAgree();
};

void TestKernels::normalisationAgreesWithItsDefinition_data() {
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("side");
    QTest::addColumn<bool>("film");
    QTest::addColumn<double>("mean");
    QTest::newRow("32 channels") << 32 << 16 << false << 0.0;
    QTest::newRow("with scale and shift") << 32 << 16 << true << 0.0;
    QTest::newRow("8 channels, odd side") << 8 << 7 << true << 0.0;
    QTest::newRow("one pixel") << 64 << 1 << true << 0.0;
    QTest::newRow("far from zero") << 16 << 12 << true << 100.0;
    QTest::newRow("no multiple of 8") << 12 << 5 << true << 0.0;
}

void TestKernels::normalisationAgreesWithItsDefinition() {
    QFETCH(int, channels);
    QFETCH(int, side);
    QFETCH(bool, film);
    QFETCH(double, mean);
    const std::int64_t groups = channels / 4;
    const torch::Tensor x = normal({3, channels, side, side}, 1) + mean;
    const torch::Tensor weight = normal({channels}, 2) + 1.0;
    const torch::Tensor bias = normal({channels}, 3);
    const torch::Tensor scales = normal({3, 2 * channels}, 4);
    const torch::Tensor slope = normal({3, channels, side, side}, 5);

    const auto run = [&](bool fused) {
        std::vector<torch::Tensor> inputs{leaf(x), leaf(weight), leaf(bias), leaf(scales)};
        torch::Tensor y;
        if (fused) {
            NormSilu options{inputs[1], inputs[2], groups, film ? inputs[3] : torch::Tensor()};
            y = normSilu(inputs[0], options);
        } else {
            // In double, from the definition.
            const torch::Tensor wide = inputs[0].to(torch::kFloat64).reshape({3, groups, -1});
            const torch::Tensor centred = wide - wide.mean({2}, true);
            const torch::Tensor unit =
                (centred / torch::sqrt((centred * centred).mean({2}, true) + 1e-5))
                    .reshape(inputs[0].sizes());
            y = unit * inputs[1].view({1, -1, 1, 1}) + inputs[2].view({1, -1, 1, 1});
            if (film) {
                const auto parts = inputs[3].view({3, -1, 1, 1}).chunk(2, 1);
                y = y * (parts[0] + 1.0) + parts[1];
            }
            y = y * torch::sigmoid(y);
        }
        if (!film)
            inputs.pop_back();
        std::vector<torch::Tensor> results = torch::autograd::grad({(y * slope).sum()}, inputs);
        results.push_back(y.detach());
        return results;
    };
    const auto expected = run(false);
    const auto got = run(true);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double size = 1.0 + expected[i].abs().max().item<double>();
        const double tolerance = mean == 0.0 ? 1e-5 : 2e-3;
        QVERIFY2(farthest(got[i], expected[i]) < tolerance * size, qPrintable(QString::number(i)));
    }
}

void TestKernels::halvesStayWithinTheirRounding() {
    const torch::Tensor x = normal({2, 32, 9, 9}, 1);
    const torch::Tensor weight = torch::ones({32});
    const torch::Tensor bias = torch::zeros({32});
    NormSilu options{weight, bias, 8, {}};
    const torch::Tensor exact = normSilu(x.to(torch::kBFloat16).to(torch::kFloat32), options);
    options.half = true;
    const torch::Tensor half = normSilu(x.to(torch::kBFloat16), options);
    QCOMPARE(half.scalar_type(), torch::kBFloat16);
    QVERIFY(torch::equal(half, exact.to(torch::kBFloat16)));
}

void TestKernels::extremeValuesStayFinite() {
    const torch::Tensor x = torch::zeros({1, 8, 4, 4});
    x.select(1, 0).fill_(1e18);
    const torch::Tensor weight = torch::full({8}, 1e3);
    const torch::Tensor bias = torch::full({8}, -1e3);
    QVERIFY(torch::isfinite(normSilu(x, {weight, bias, 2, {}})).all().item<bool>());
    // What is no number stays visible.
    x[0][0][0][0] = std::nanf("");
    QVERIFY(torch::isnan(normSilu(x, {weight, bias, 2, {}})).any().item<bool>());
}

void TestKernels::scaledSum_data() {
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("side");
    QTest::addColumn<bool>("half");
    QTest::newRow("whole vectors") << 8 << 8 << false;
    QTest::newRow("a rest of 1") << 3 << 3 << false;
    QTest::newRow("a rest of 7 in bfloat16") << 5 << 3 << true;
}

void TestKernels::scaledSum() {
    QFETCH(int, channels);
    QFETCH(int, side);
    QFETCH(bool, half);
    const torch::Tensor x = leaf(normal({1, channels, side, side}, 1));
    const torch::Tensor y =
        leaf(normal({1, channels, side, side}, 2).to(half ? torch::kBFloat16 : torch::kFloat32));
    const torch::Tensor sum = likeness::scaledSum(x, y, 0.75);
    QVERIFY(torch::equal(sum, (x + y.to(torch::kFloat32)) * 0.75));
    const torch::Tensor slope = normal({1, channels, side, side}, 3);
    const auto slopes = torch::autograd::grad({(sum * slope).sum()}, {x, y});
    QVERIFY(torch::equal(slopes[0], slope * 0.75));
    QVERIFY(torch::equal(slopes[1], (slope * 0.75).to(y.scalar_type())));
}

void TestKernels::optimizerFollowsAdam() {
    // Kingma and Ba 2015, algorithm 1, in double.
    const std::int64_t count = 1003;
    const torch::Tensor weights = normal({count}, 1);
    Optimizer optimizer(weights);
    torch::Tensor exact = weights.to(torch::kFloat64);
    torch::Tensor ema = exact.clone();
    torch::Tensor mean = torch::zeros({count}, torch::kFloat64);
    torch::Tensor square = torch::zeros({count}, torch::kFloat64);
    for (int t = 1; t <= 5; ++t) {
        const torch::Tensor gradient = normal({count}, 10 + static_cast<std::uint64_t>(t));
        const torch::Tensor g = gradient.to(torch::kFloat64) * 0.5;
        mean = mean * 0.9 + g * 0.1;
        square = square * 0.99 + g * g * 0.01;
        exact = exact - 1e-2 * (mean / (1.0 - std::pow(0.9, t))) /
                            (torch::sqrt(square / (1.0 - std::pow(0.99, t))) + 1e-8);
        ema = ema * 0.8 + exact * 0.2;
        const Optimizer::Step step{t, 1e-2, 0.5, 0.8};
        optimizer.update(weights, gradient.narrow(0, 0, 600), step, {0, 600});
        optimizer.update(weights, gradient.narrow(0, 600, count - 600), step, {600, count - 600});
    }
    QVERIFY(farthest(weights, exact) < 1e-6);
    QVERIFY(farthest(optimizer.ema(), ema) < 1e-6);
}

void TestKernels::packedConvolutionsAgree() {
    const torch::NoGradGuard noGrad;
    Parameters parameters;
    Random random(1, "test.convolution");
    Builder builder{parameters, random};
    const Convolution convolution(builder, "c", {16, 24, 3, 2});
    const torch::Tensor x =
        normal({1, 16, 10, 10}, 2).contiguous(torch::MemoryFormat::ChannelsLast);
    PackedWeights packed;
    Pass pass;
    pass.packed = &packed;
    const torch::Tensor plain = convolution.forward(x, Pass{});
    const torch::Tensor first = convolution.forward(x, pass);
    QVERIFY(farthest(first, plain) < 1e-5);
    QVERIFY(torch::equal(first, convolution.forward(x, pass)));
}

QTEST_GUILESS_MAIN(TestKernels)
#include "tst_kernels.moc"
