// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/structurefigures.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace likeness {

namespace {

constexpr std::int64_t kLags = 24;
constexpr std::size_t kBins = 256;
constexpr std::array<double, 3> kLuma{0.299, 0.587, 0.114};
constexpr double kPorosityFloor = 0.005;
constexpr double kS2Floor = 0.005;
constexpr double kSpectrumFloor = 0.5;

/// Calls f(grey) for each pixel.
template <typename F>
void forGrey(const PackedSet& set, F&& f) {
    for (std::size_t i = 0; i < set.images.size(); ++i) {
        visitPixels(set.span(i), [&](const auto* pixels) {
            const std::int64_t values = set.span(i).values();
            for (std::int64_t j = 0; j < values; j += set.channels) {
                double grey = static_cast<double>(pixels[j]);
                if (set.channels >= 3)
                    grey = kLuma[0] * grey + kLuma[1] * static_cast<double>(pixels[j + 1]) +
                           kLuma[2] * static_cast<double>(pixels[j + 2]);
                f(grey);
            }
        });
    }
}

/// The last bin of the lower class that separates best.
std::size_t bestSplit(const std::array<double, kBins>& counts) {
    double all = 0.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < kBins; ++i) {
        all += counts[i];
        sum += counts[i] * static_cast<double>(i);
    }
    double below = 0.0;
    double sumBelow = 0.0;
    double best = -1.0;
    std::size_t split = 0;
    for (std::size_t i = 0; i + 1 < kBins; ++i) {
        below += counts[i];
        sumBelow += counts[i] * static_cast<double>(i);
        if (below <= 0.0 || below >= all)
            continue;
        const double between = sum * below / all - sumBelow;
        const double value = between * between / (below * (all - below));
        if (value > best) {
            best = value;
            split = i;
        }
    }
    return split;
}

/// For each element of a grid of distances the ring floor(distance + 0.5), and how many there are
/// in each of the first `rings`.
struct Rings {
    torch::Tensor index;
    torch::Tensor counts;
    std::int64_t rings;

    Rings(const torch::Tensor& distances, std::int64_t number)
        : index((distances + 0.5).floor().to(torch::kLong).flatten())
        , rings(number) {
        index = index.clamp_max(rings);
        counts = torch::bincount(index, {}, rings + 1).narrow(0, 0, rings).to(torch::kFloat64);
    }

    [[nodiscard]] std::vector<double> meanOf(const torch::Tensor& values) const {
        const torch::Tensor sums =
            torch::bincount(index, values.flatten(), rings + 1).narrow(0, 0, rings);
        const torch::Tensor means = (sums / counts.clamp_min(1.0)).contiguous();
        const double* data = means.data_ptr<double>();
        return {data, data + rings};
    }
};

std::vector<double> radialS2(const torch::Tensor& phase) {
    const std::int64_t height = phase.size(1);
    const std::int64_t width = phase.size(2);
    const std::int64_t lags = std::min({kLags, height - 1, width - 1});
    const auto padded = std::vector<std::int64_t>{height + lags, width + lags};
    torch::Tensor pairs = torch::zeros({padded[0], padded[1] / 2 + 1}, torch::kFloat64);
    constexpr std::int64_t kTogether = 16;
    for (std::int64_t first = 0; first < phase.size(0); first += kTogether) {
        const std::int64_t count = std::min(kTogether, phase.size(0) - first);
        const torch::Tensor spectrum =
            torch::fft::rfft2(phase.narrow(0, first, count), c10::IntArrayRef(padded));
        pairs += torch::real(spectrum * torch::conj(spectrum)).sum(0);
    }
    torch::Tensor counts = torch::fft::irfft2(torch::complex(pairs, torch::zeros_like(pairs)),
                                              c10::IntArrayRef(padded));
    // Lag (y, x) lies at (y mod height, x mod width); rolled, the lags wanted lie together.
    counts = torch::roll(counts, {lags, lags}, {0, 1}).narrow(0, 0, 2 * lags + 1);
    counts = counts.narrow(1, 0, 2 * lags + 1).round();
    const auto options = torch::TensorOptions(torch::kFloat64);
    const torch::Tensor lag = torch::arange(-lags, lags + 1, options);
    const torch::Tensor possible = torch::outer(static_cast<double>(height) - lag.abs(),
                                                static_cast<double>(width) - lag.abs()) *
                                   static_cast<double>(phase.size(0));
    const torch::Tensor distance = torch::sqrt(torch::outer(lag * lag, torch::ones_like(lag)) +
                                               torch::outer(torch::ones_like(lag), lag * lag));
    return Rings(distance, lags + 1).meanOf(counts / possible);
}

std::vector<double> radialPower(const torch::Tensor& grey) {
    const std::int64_t height = grey.size(1);
    const std::int64_t width = grey.size(2);
    const std::int64_t longest = std::max(height, width);
    const torch::Tensor centred = grey - grey.mean({1, 2}, true);
    const torch::Tensor spectrum = torch::fft::fft2(centred);
    const torch::Tensor power =
        torch::real(spectrum * torch::conj(spectrum)).mean(0) / static_cast<double>(height * width);
    const auto options = torch::TensorOptions(torch::kFloat64);
    const torch::Tensor fy = torch::fft::fftfreq(height, options) * static_cast<double>(longest);
    const torch::Tensor fx = torch::fft::fftfreq(width, options) * static_cast<double>(longest);
    const torch::Tensor distance = torch::sqrt(torch::outer(fy * fy, torch::ones_like(fx)) +
                                               torch::outer(torch::ones_like(fy), fx * fx));
    return Rings(distance, (longest + 1) / 2).meanOf(power);
}

double rootMeanSquare(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    const std::size_t n = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < n; ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return n > 0 ? std::sqrt(sum / static_cast<double>(n)) : 0.0;
}

} // namespace

double otsuOf(const PackedSet& set) {
    double low = INFINITY;
    double high = -INFINITY;
    forGrey(set, [&](double grey) {
        low = std::min(low, grey);
        high = std::max(high, grey);
    });
    if (!(low < high))
        throw Error(ErrorCode::numeric, "the training set", "all its pixels are equal",
                    "choose another set");
    const bool bytes = set.type == PixelType::u8;
    const double first = bytes ? 0.0 : low;
    const double width = bytes ? 1.0 : (high - low) / static_cast<double>(kBins);
    std::array<double, kBins> counts{};
    forGrey(set, [&](double grey) {
        const auto bin = static_cast<std::size_t>(std::max(0.0, (grey - first) / width));
        counts[std::min(bin, kBins - 1)] += 1.0;
    });
    const std::size_t split = bestSplit(counts);
    return bytes ? static_cast<double>(split)
                 : std::nextafter(first + static_cast<double>(split + 1) * width, low);
}

torch::Tensor greyValuesOf(const torch::Tensor& units, const GreyMap& map) {
    const torch::NoGradGuard noGrad;
    torch::Tensor grey =
        units.detach().to(torch::kCPU).to(torch::kFloat64) * map.scale + map.centre;
    if (map.type != PixelType::f32)
        grey = grey.clamp(0.0, typeMaximum(map.type)).round();
    if (grey.size(1) < 3)
        return grey.select(1, 0);
    return grey.select(1, 0) * kLuma[0] + grey.select(1, 1) * kLuma[1] +
           grey.select(1, 2) * kLuma[2];
}

StructureFigures structureFiguresOf(const torch::Tensor& grey, double threshold) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor phase = grey.le(threshold).to(torch::kFloat64);
    return {phase.mean().item<double>(), radialS2(phase), radialPower(grey)};
}

HeldOutFigures distanceBetween(const StructureFigures& a, const StructureFigures& b) {
    HeldOutFigures figures;
    figures.porosityDifference = std::abs(a.porosity - b.porosity);
    figures.s2Rmse = rootMeanSquare(a.s2, b.s2);
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t i = 1; i < std::min(a.spectrum.size(), b.spectrum.size()); ++i) {
        if (a.spectrum[i] > 0.0 && b.spectrum[i] > 0.0) {
            first.push_back(10.0 * std::log10(a.spectrum[i]));
            second.push_back(10.0 * std::log10(b.spectrum[i]));
        }
    }
    figures.spectrumDb = rootMeanSquare(first, second);
    return figures;
}

double scoreOf(const HeldOutFigures& figures, const HeldOutFigures& floor) {
    return (figures.porosityDifference / std::max(floor.porosityDifference, kPorosityFloor) +
            figures.s2Rmse / std::max(floor.s2Rmse, kS2Floor) +
            figures.spectrumDb / std::max(floor.spectrumDb, kSpectrumFloor)) /
           3.0;
}

} // namespace likeness
