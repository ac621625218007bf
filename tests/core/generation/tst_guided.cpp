// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/checkpoint.h"
#include "core/generation/families/denoising.h"
#include "core/generation/samplers/guided.h"
#include "core/generation/samplers/tiles.h"
#include "core/generation/tensornoise.h"
#include "core/generation/workerpool.h"

#include <QTest>

#include <cmath>
#include <numbers>
#include <numeric>

using namespace likeness;

namespace {

constexpr double kSpread = 0.5;

/// The best denoiser of white noise data N(0, kSpread^2): of each pixel by itself.
torch::Tensor whiteDenoiser(const torch::Tensor& x, double sigma) {
    return x * (kSpread * kSpread / (kSpread * kSpread + sigma * sigma));
}

torch::Tensor normal(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
    return normalTensor(shape,
                        std::vector<std::uint64_t>(static_cast<std::size_t>(shape[0]), seed));
}

double largest(const torch::Tensor& x) {
    return x.abs().max().item<double>();
}

Spread backwards() {
    return [](std::int64_t count, const std::function<void(std::int64_t)>& task) {
        while (count-- > 0)
            task(count);
    };
}

Spread forwards() {
    return [](std::int64_t count, const std::function<void(std::int64_t)>& task) {
        for (std::int64_t i = 0; i < count; ++i)
            task(i);
    };
}

/// Periodic grain that goes on from pixel to pixel, with its best denoiser: a Gaussian field of
/// known spectrum.
class Grain {
public:
    static constexpr std::int64_t kSide = 64;

    Grain() {
        torch::Tensor basis = torch::empty({kSide, kSide}, torch::kFloat64);
        torch::Tensor power = torch::empty({kSide}, torch::kFloat64);
        const torch::Tensor x = torch::arange(kSide, torch::kFloat64);
        for (std::int64_t k = 0; k < kSide; ++k) { // cosines, then sines
            const bool cosine = k <= kSide / 2;
            const double wave = static_cast<double>(cosine ? k : k - kSide / 2);
            const torch::Tensor phase = x * (2.0 * std::numbers::pi * wave / kSide);
            const torch::Tensor row = cosine ? torch::cos(phase) : torch::sin(phase);
            basis[k] = row / row.norm();
            power[k] = 1.0 / (1.0 + wave * wave / 36.0);
        }
        m_basis = basis.to(torch::kFloat32);
        m_power = torch::outer(power, power).to(torch::kFloat32);
        m_power *= kSpread * kSpread / m_power.mean();
    }

    [[nodiscard]] torch::Tensor drawn(const torch::Tensor& noise) const {
        return back(noise * m_power.sqrt());
    }

    [[nodiscard]] torch::Tensor denoised(const torch::Tensor& x, double sigma) const {
        const torch::Tensor waves = torch::matmul(torch::matmul(m_basis, x), m_basis.t());
        return back(waves * (m_power / (m_power + sigma * sigma)));
    }

private:
    [[nodiscard]] torch::Tensor back(const torch::Tensor& waves) const {
        return torch::matmul(torch::matmul(m_basis.t(), waves), m_basis);
    }

    torch::Tensor m_basis;
    torch::Tensor m_power;
};

GeneratorModel rockModel() {
    return GeneratorModel::load(std::filesystem::path(LIKENESS_SOURCE_DIR) /
                                "resources/models/rock-demo.safetensors");
}

} // namespace

class TestGuided : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tilesCoverEverySide_data();
    void tilesCoverEverySide();
    void tilesOfALocalDenoiser();
    void tilesInAnyOrder();
    void noSeamsBetweenTiles();
    void largeSheetsNeedTiles();
    void levelsOnTheWayDown();
    void interpolatedNoiseIsNoise();
    void knownStaysKnown_data();
    void knownStaysKnown();
    void grainGoesOnOverTheEdge();
};

void TestGuided::tilesCoverEverySide_data() {
    QTest::addColumn<int>("length");
    for (const int length : {8, 64, 72, 104, 112, 120, 200, 1000})
        QTest::addRow("%d", length) << length;
}

void TestGuided::tilesCoverEverySide() {
    QFETCH(int, length);
    const TileLayout layout{64, 16, 2, 8};
    const std::vector<std::int64_t> starts = tileStarts(length, layout);
    const torch::Tensor weights = tileWeights(length, layout);
    const std::int64_t side = std::min<std::int64_t>(length, layout.side);
    QCOMPARE(weights.size(0), static_cast<std::int64_t>(starts.size()));
    QCOMPARE(starts.front(), 0);
    QCOMPARE(starts.back() + side, length);
    torch::Tensor sums = torch::zeros({length});
    for (std::size_t i = 0; i < starts.size(); ++i) {
        QCOMPARE(starts[i] % layout.multiple, 0);
        if (i > 0)
            QVERIFY(starts[i - 1] + side - starts[i] >= layout.overlap);
        sums.narrow(0, starts[i], side).add_(weights[static_cast<std::int64_t>(i)]);
        // What a tile says next to its own border, where it saw nothing beyond, counts nothing.
        if (i > 0)
            QVERIFY(largest(weights[static_cast<std::int64_t>(i)].narrow(0, 0, 2)) < 1e-6);
    }
    QVERIFY(largest(sums - 1.0) < 1e-6);
}

void TestGuided::tilesOfALocalDenoiser() {
    const torch::Tensor noise = normal({1, 2, 136, 200}, 4);
    const Denoiser tiled = inTiles(whiteDenoiser, {64, 16, 2, 8}, forwards());
    QVERIFY(largest(tiled(noise, 0.7) - whiteDenoiser(noise, 0.7)) < 1e-6);
}

void TestGuided::tilesInAnyOrder() {
    const GeneratorModel model = rockModel();
    const Denoising& rock = *model.impl().network->denoising();
    const torch::NoGradGuard noGrad;
    const torch::Tensor noise = normal({1, 1, 104, 136}, 5) * 3.0;
    const auto made = [&](const Spread& spread) {
        const Denoiser whole = [&](const torch::Tensor& x, double sigma) {
            return rock.denoise(x, sigma, [] {});
        };
        return inTiles(whole, {64, 16, 2, 8}, spread)(noise, 3.0);
    };
    WorkerPool pool(2);
    const torch::Tensor first =
        made([&pool](std::int64_t count, const auto& task) { pool.spread(count, task); });
    const torch::Tensor second = made([&pool](std::int64_t count, const auto& task) {
        backwards()(count, [&](std::int64_t i) { pool.spread(1, [&](auto) { task(i); }); });
    });
    QVERIFY(torch::equal(first, second));
}

/// A sheet in tiles against the same one as a whole, where tiles overlap: grey levels, their
/// spread, and the steps across.
void TestGuided::noSeamsBetweenTiles() {
    const GeneratorModel model = rockModel();
    const Denoising& rock = *model.impl().network->denoising();
    const torch::NoGradGuard noGrad;
    const TileLayout layout{128, 32, 4, 8};
    const Denoiser whole = [&](const torch::Tensor& x, double sigma) {
        return rock.denoise(x, sigma, [] {});
    };
    WorkerPool pool(2);
    const Denoiser tiled = inTiles(
        whole, layout, [&pool](std::int64_t count, const auto& tile) { pool.spread(count, tile); });
    constexpr std::int64_t kSheet = 320;
    const torch::Tensor noise = normal({1, 1, kSheet, kSheet}, 6);
    const torch::Tensor sheet = solve(rock.solver(), noise, tiled, [] {})[0][0];
    const torch::Tensor same = solve(rock.solver(), noise, whole, [] {})[0][0];
    const auto starts = tileStarts(kSheet, layout);
    torch::Tensor onSeam = torch::zeros({kSheet - 1}, torch::kBool);
    for (std::size_t i = 1; i < starts.size(); ++i)
        onSeam.narrow(0, starts[i], starts[i - 1] + layout.side - starts[i]) = true;
    const auto there = [&](const torch::Tensor& rows) {
        return rows.narrow(1, 0, kSheet - 1).index({torch::indexing::Slice(), onSeam});
    };
    const auto steps = [](const torch::Tensor& rows) {
        return (rows.narrow(1, 1, kSheet - 1) - rows.narrow(1, 0, kSheet - 1)).abs();
    };
    const auto number = [](const torch::Tensor& x) { return x.item<double>(); };
    const double gradient = number(there(steps(sheet)).mean()) / number(there(steps(same)).mean());
    const double mean = number(there(sheet).mean() - there(same).mean());
    const double spread = number(there(sheet).std()) / number(there(same).std());
    QVERIFY2(std::abs(gradient - 1.0) < 0.05 && std::abs(mean) < 0.05 &&
                 std::abs(spread - 1.0) < 0.05,
             qPrintable(QStringLiteral("%1, %2, %3").arg(gradient).arg(mean).arg(spread)));
    // The steepest column is no line that runs through the sheet.
    const torch::Tensor columns = steps(sheet).mean(0);
    QVERIFY(number(columns.max()) < 1.6 * number(columns.mean()));
}

void TestGuided::largeSheetsNeedTiles() {
    const GeneratorModel model = rockModel();
    const Denoising& rock = *model.impl().network->denoising();
    QVERIFY(!needsTiles(rock, 1024, 1024));
    QVERIFY(needsTiles(rock, 2304, 2048));
}

void TestGuided::levelsOnTheWayDown() {
    const SolverConfig config;
    const std::vector<double> all = noiseLevels(config);
    QVERIFY(levelsFrom(config, config.sigmaMaximum) == all);
    const std::vector<double> low = levelsFrom(config, 0.4);
    QCOMPARE(low.front(), 0.4);
    QCOMPARE(low.back(), 0.0);
    QVERIFY(low.size() > 6 && low.size() < all.size());
    for (std::size_t i = 1; i < low.size(); ++i)
        QVERIFY(low[i] < 0.81 * low[i - 1]);
}

void TestGuided::interpolatedNoiseIsNoise() {
    const torch::Tensor a = normal({1, 1, 64, 64}, 1);
    const torch::Tensor b = normal({1, 1, 64, 64}, 2);
    QVERIFY(torch::equal(interpolatedNoise(a, b, 0.0), a));
    QVERIFY(torch::equal(interpolatedNoise(a, b, 1.0), b));
    QVERIFY(torch::equal(interpolatedNoise(a, a, 0.5), a));
    const torch::Tensor between = interpolatedNoise(a, b, 0.5);
    QVERIFY(std::abs(between.std().item<double>() - 1.0) < 0.03);
    QVERIFY(largest(interpolatedNoise(a, b, 0.25) - interpolatedNoise(b, a, 0.75)) < 1e-5);
}

void TestGuided::knownStaysKnown_data() {
    QTest::addColumn<int>("passes");
    for (const int passes : {1, 2, 4})
        QTest::addRow("%d", passes) << passes;
}

void TestGuided::knownStaysKnown() {
    QFETCH(int, passes);
    const SolverConfig config;
    Known known;
    known.values = normal({1, 1, 32, 32}, 3) * kSpread;
    known.unknown = torch::zeros({1, 1, 32, 32}, torch::kBool);
    known.unknown.narrow(2, 8, 16) = true;
    known.passes = passes;
    known.noise = [](std::uint64_t jump) { return normal({1, 1, 32, 32}, 100 + jump); };
    int calls = 0;
    double farthest = 0.0;
    const torch::Tensor noise = normal({1, 1, 32, 32}, 9);
    const torch::Tensor made = inpainted(
        config, known, noise,
        [&](const torch::Tensor& x, double sigma) {
            // The state where it is known: the known value with noise of just this strength.
            const torch::Tensor there =
                (x - known.values).masked_select(known.unknown.logical_not()) / sigma;
            farthest = std::max(farthest, std::abs(there.std().item<double>() - 1.0));
            ++calls;
            return whiteDenoiser(x, sigma);
        },
        [] {});
    QCOMPARE(calls, inpaintingCalls(config, passes));
    QVERIFY(passes == 1 ? calls == config.steps : calls > config.steps);
    QVERIFY2(farthest < 0.12, qPrintable(QString::number(farthest)));
    QVERIFY(torch::equal(made.masked_select(known.unknown.logical_not()),
                         known.values.masked_select(known.unknown.logical_not())));
    const double spread = made.masked_select(known.unknown).std().item<double>();
    QVERIFY2(std::abs(spread - kSpread) < 0.05, qPrintable(QString::number(spread)));
}

/// Steps between neighbouring pixels over the edge of a hole against those of the field itself.
void TestGuided::grainGoesOnOverTheEdge() {
    const Grain grain;
    const torch::NoGradGuard noGrad;
    const std::vector<std::int64_t> shape{16, 1, Grain::kSide, Grain::kSide};
    std::vector<std::uint64_t> seeds(16);
    const auto noise = [&](std::uint64_t first) {
        std::iota(seeds.begin(), seeds.end(), first);
        return normalTensor(shape, seeds);
    };
    Known known;
    known.values = grain.drawn(noise(1000));
    known.unknown = torch::zeros({1, 1, Grain::kSide, Grain::kSide}, torch::kBool);
    known.unknown.narrow(2, 20, 24).narrow(3, 20, 24) = true;
    known.noise = [&](std::uint64_t jump) { return noise(10000 + 100 * jump); };
    const auto over = [](const torch::Tensor& x, std::int64_t column) {
        const torch::Tensor rows = x.narrow(2, 20, 24);
        return (rows.narrow(3, column, 1) - rows.narrow(3, column - 1, 1)).abs();
    };
    const auto edge = [&](const torch::Tensor& x) {
        return (over(x, 20) + over(x, 44)).mean().item<double>();
    };
    const auto edgeAfter = [&](int passes) {
        known.passes = passes;
        return edge(inpainted(
            SolverConfig{}, known, noise(0),
            [&](const torch::Tensor& x, double sigma) { return grain.denoised(x, sigma); }, [] {}));
    };
    const double real = edge(known.values);
    const double once = edgeAfter(1) / real;
    const double twice = edgeAfter(2) / real;
    QVERIFY2(once > 1.2 && std::abs(twice - 1.0) < 0.1,
             qPrintable(QStringLiteral("%1, %2").arg(once).arg(twice)));
}

QTEST_GUILESS_MAIN(TestGuided)
#include "tst_guided.moc"
