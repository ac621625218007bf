// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/losses/signalspectrum.h"
#include "core/generation/noise.h"

#include <QTest>

#include <torch/torch.h>

#include <cmath>
#include <numbers>

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

/// A wave of `periods` half periods down an image of `height` x `width`.
torch::Tensor waveDown(std::int64_t height, std::int64_t width, int halfPeriods) {
    const torch::Tensor place = (torch::arange(height) + 0.5) / static_cast<double>(height);
    return torch::cos(place * (std::numbers::pi * halfPeriods))
        .view({1, 1, height, 1})
        .expand({1, 1, height, width})
        .contiguous();
}

/// Variances that fall by half from each wave to the next, in both directions alike.
torch::Tensor steepVariances(std::int64_t size) {
    const torch::Tensor k = torch::arange(size).to(torch::kFloat32);
    return torch::exp2(-(k.view({-1, 1}) + k.view({1, -1})) * (8.0 / static_cast<double>(size)))
        .unsqueeze(0);
}

/// Smooth fields: averages of white noise over 5 x 5 pixels, with a mean.
torch::Tensor smoothFields(std::int64_t count, std::int64_t size, std::uint64_t seed) {
    const torch::Tensor noise = normal({count, 1, size + 4, size + 4}, seed);
    return torch::avg_pool2d(noise, 5, 1) * 2.5 + 0.2;
}

/// Of crops that come in two unequal parts.
MeasuredSpectrum measured(const torch::Tensor& crops) {
    SpectrumMeter meter;
    meter.add(crops.slice(0, 0, 100));
    meter.add(crops.slice(0, 100));
    return meter.found();
}

} // namespace

class TestSignalSpectrum : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsEachWaveByItsShare_data();
    void keepsEachWaveByItsShare();
    void isTheBestLinearGuess();
    void measuresWhiteNoiseAsFlat();
    void knowsWhatItLeavesOut();
    void readsChannelsApart();
};

void TestSignalSpectrum::keepsEachWaveByItsShare_data() {
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("halfPeriods");
    QTest::addColumn<double>("wave"); ///< index in the spectrum
    QTest::newRow("as measured") << 32 << 32 << 4 << 4.0;
    QTest::newRow("twice the height") << 64 << 32 << 8 << 4.0;
    QTest::newRow("between two waves") << 64 << 48 << 9 << 4.5;
    QTest::newRow("half the size") << 16 << 16 << 2 << 4.0;
    QTest::newRow("shorter than all") << 64 << 64 << 63 << 31.0;
}

// Wiener's filter, by hand: V / (V + sigma^2) of the wave's own frequency, in images of any size.
void TestSignalSpectrum::keepsEachWaveByItsShare() {
    QFETCH(int, height);
    QFETCH(int, width);
    QFETCH(int, halfPeriods);
    QFETCH(double, wave);
    const SignalSpectrum spectrum(0.5, torch::full({1}, 0.25F), steepVariances(32));
    const auto at = [](double k) { return std::exp2(-k * 8.0 / 32.0); };
    const double low = std::floor(wave);
    const double v = at(low) + (wave - low) * (at(low + 1.0) - at(low));
    const torch::Tensor image = waveDown(height, width, halfPeriods);
    const torch::Tensor guess = spectrum.guessed(image + 0.25, torch::full({1}, 0.7F));
    QVERIFY(largest(guess - 0.25 - image * (v / (v + 0.49))) < 1e-5);
}

// No other mixture of the noisy image with its surroundings comes nearer: the flat guess does not,
// and neither does the spectral one, weakened or strengthened.
void TestSignalSpectrum::isTheBestLinearGuess() {
    const MeasuredSpectrum found = measured(smoothFields(1024, 32, 1));
    const SignalSpectrum spectrum(0.5, found.mean, found.variances);
    const torch::Tensor clean = smoothFields(256, 32, 2);
    for (const float sigma : {0.3F, 1.0F, 4.0F}) {
        const torch::Tensor sigmas = torch::full({256}, sigma);
        const torch::Tensor noisy = clean + normal({256, 1, 32, 32}, 3) * sigma;
        const auto error = [&](const torch::Tensor& guess) {
            return (guess - clean).pow(2).mean().item<double>();
        };
        const torch::Tensor guess = spectrum.guessed(noisy, sigmas);
        const double best = error(guess);
        QVERIFY(best < 0.95 * error(SignalSpectrum(0.5).guessed(noisy, sigmas)));
        QVERIFY(best < error((guess - 0.2) * 0.9 + 0.2));
        QVERIFY(best < error((guess - 0.2) * 1.1 + 0.2));
    }
}

void TestSignalSpectrum::measuresWhiteNoiseAsFlat() {
    const MeasuredSpectrum found = measured(normal({4096, 1, 16, 16}, 5) * 0.5 + 0.1);
    QVERIFY(std::abs(found.mean.item<double>() - 0.1) < 0.005);
    // 4096 squares of a normal deviate: their mean is off by 2.2 %, the worst of 256 by 4 of those.
    QVERIFY(largest(found.variances / 0.25 - 1.0) < 0.1);
    const SignalSpectrum flat(0.5);
    const SignalSpectrum spectrum(0.5, torch::zeros({1}), torch::full({1, 16, 16}, 0.25F));
    const torch::Tensor noisy = normal({2, 1, 16, 16}, 6);
    const torch::Tensor sigmas = torch::tensor({0.1F, 5.0F});
    QVERIFY(largest(flat.guessed(noisy, sigmas) - spectrum.guessed(noisy, sigmas)) < 1e-5);
    QVERIFY(largest(flat.leftOut(noisy, sigmas) - spectrum.leftOut(noisy, sigmas)) < 1e-6);
}

void TestSignalSpectrum::knowsWhatItLeavesOut() {
    const MeasuredSpectrum found = measured(smoothFields(1024, 32, 1));
    const SignalSpectrum spectrum(0.5, found.mean, found.variances);
    const torch::Tensor clean = smoothFields(256, 32, 2);
    for (const float sigma : {0.05F, 0.5F, 5.0F}) {
        const torch::Tensor sigmas = torch::full({256}, sigma);
        const torch::Tensor noisy = clean + normal({256, 1, 32, 32}, 3) * sigma;
        const double left =
            (spectrum.guessed(noisy, sigmas) - clean).pow(2).mean().sqrt().item<double>();
        const double told = spectrum.leftOut(noisy, sigmas)[0].item<double>();
        QVERIFY2(std::abs(told / left - 1.0) < 0.03, qPrintable(QString::number(told / left)));
    }
}

void TestSignalSpectrum::readsChannelsApart() {
    torch::Tensor crops = normal({512, 3, 16, 16}, 7);
    crops.select(1, 1).mul_(0.1).add_(1.0);
    const MeasuredSpectrum found = measured(crops);
    QVERIFY(std::abs(found.mean[1].item<double>() - 1.0) < 0.01);
    QVERIFY(std::abs(found.variances[1].mean().item<double>() - 0.01) < 0.001);
    const SignalSpectrum spectrum(0.8, found.mean, found.variances);
    const torch::Tensor guess =
        spectrum.guessed(torch::ones({1, 3, 16, 16}), torch::full({1}, 10.0F));
    QVERIFY(largest(guess[0][1] - 1.0) < 0.01);
    QVERIFY(largest(guess[0][0]) < 0.1);
}

QTEST_GUILESS_MAIN(TestSignalSpectrum)
#include "tst_signalspectrum.moc"
