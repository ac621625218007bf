// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/slicegan.h"
#include "core/generation/families/structureguide.h"
#include "core/generation/noiselattice.h"

#include <QTest>

#include <torch/torch.h>

#include <cmath>
#include <vector>

using namespace likeness;

namespace {

double largest(const torch::Tensor& tensor) {
    return tensor.abs().max().item<double>();
}

SliceGanNetworkConfig tinyConfig(std::vector<double> phases = {}) {
    SliceGanNetworkConfig config;
    config.widths = {16, 16, 8};
    config.finish = 8;
    config.noiseChannels = 4;
    config.criticWidths = {8, 16};
    config.phases = std::move(phases);
    return config;
}

torch::Tensor made(const SliceGanNetwork& network,
                   std::vector<std::uint64_t> seeds,
                   std::array<std::int64_t, 3> origin,
                   std::array<std::int64_t, 3> size) {
    const torch::NoGradGuard noGrad;
    ModelNetwork::Draw draw;
    draw.seeds = std::move(seeds);
    draw.origin = origin;
    draw.depth = size[0];
    draw.height = size[1];
    draw.width = size[2];
    return network.generate(draw, Pass{});
}

} // namespace

class TestVolumeNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void latticeIsAddressedByPlace();
    void latticeIsNormalAndWhite();
    void doublingIsUpsamplingAndConvolution_data();
    void doublingIsUpsamplingAndConvolution();
    void windowsAgree_data();
    void windowsAgree();
    void noBorders();
    void volumesDoNotDependOnEachOther();
    void phasesSumToOne();
    void slicesAreVolumesOfOne();
    void guideKnowsCollapsedSlices();
    void guideLeadsBack();
};

void TestVolumeNetwork::latticeIsAddressedByPlace() {
    const LatticeBox whole{{2, 5, 7}, {6, 9, 11}};
    std::vector<float> values(static_cast<std::size_t>(3 * whole.points()));
    fillLattice(values, 42, whole);
    for (const LatticeBox part :
         {LatticeBox{{3, 6, 8}, {2, 3, 5}}, LatticeBox{{2, 5, 7}, {1, 1, 1}},
          LatticeBox{{7, 13, 17}, {1, 1, 1}}, LatticeBox{{4, 9, 9}, {3, 4, 8}}}) {
        std::vector<float> some(static_cast<std::size_t>(3 * part.points()));
        fillLattice(some, 42, part);
        std::size_t next = 0;
        for (std::int64_t c = 0; c < 3; ++c) {
            for (std::int64_t z = 0; z < part.size[0]; ++z) {
                for (std::int64_t y = 0; y < part.size[1]; ++y) {
                    for (std::int64_t x = 0; x < part.size[2]; ++x) {
                        const std::int64_t place =
                            ((c * whole.size[0] + part.origin[0] + z - whole.origin[0]) *
                                 whole.size[1] +
                             part.origin[1] + y - whole.origin[1]) *
                                whole.size[2] +
                            part.origin[2] + x - whole.origin[2];
                        QCOMPARE(some[next++], values[static_cast<std::size_t>(place)]);
                    }
                }
            }
        }
    }
    std::vector<float> other(values.size());
    fillLattice(other, 43, whole);
    QVERIFY(other[0] != values[0] && other[1] != values[1]);
}

void TestVolumeNetwork::latticeIsNormalAndWhite() {
    const LatticeBox box{{0, 0, 1}, {32, 40, 50}};
    torch::Tensor field = torch::empty({2, 32, 40, 50}, torch::kFloat32);
    fillLattice({field.data_ptr<float>(), 128000}, 1, box);
    QVERIFY(std::abs(field.mean().item<double>()) < 0.01);
    QVERIFY(std::abs(field.std().item<double>() - 1.0) < 0.01);
    QVERIFY(std::abs((field * field * field).mean().item<double>()) < 0.04);
    QVERIFY(std::abs(field.pow(4).mean().item<double>() - 3.0) < 0.1);
    for (int axis = 0; axis < 4; ++axis) {
        const std::int64_t n = field.size(axis) - 1;
        const double product =
            (field.narrow(axis, 0, n) * field.narrow(axis, 1, n)).mean().item<double>();
        QVERIFY2(std::abs(product) < 0.02, std::to_string(product).c_str());
    }
}

void TestVolumeNetwork::doublingIsUpsamplingAndConvolution_data() {
    QTest::addColumn<int>("in");
    QTest::addColumn<int>("out");
    QTest::addRow("1 to 1") << 1 << 1;
    QTest::addRow("3 to 5") << 3 << 5;
}

void TestVolumeNetwork::doublingIsUpsamplingAndConvolution() {
    QFETCH(int, in);
    QFETCH(int, out);
    Parameters parameters;
    Random random(1, "test");
    Builder builder{parameters, random};
    const VolumeConvolution convolution(builder, "c", in, out, true);
    const torch::NoGradGuard noGrad;
    parameters.entries()[1].value.normal_();
    const torch::Tensor x = torch::randn({2, in, 4, 5, 6});
    const std::vector<std::int64_t> size{8, 10, 12};
    const torch::Tensor wanted =
        torch::conv3d(torch::upsample_nearest3d(x, size), parameters.entries()[0].value,
                      parameters.entries()[1].value);
    const torch::Tensor got = convolution.forward(x, Pass{});
    QVERIFY(got.sizes() == wanted.sizes());
    QVERIFY2(largest(got - wanted) < 1e-5, std::to_string(largest(got - wanted)).c_str());
}

void TestVolumeNetwork::windowsAgree_data() {
    QTest::addColumn<std::vector<double>>("phases");
    QTest::addRow("grey") << std::vector<double>{};
    QTest::addRow("phases") << std::vector<double>{0.0, 1.0, 4.0};
}

void TestVolumeNetwork::windowsAgree() {
    QFETCH(std::vector<double>, phases);
    const SliceGanNetwork network(tinyConfig(phases), {16, 0.5, 1});
    const torch::Tensor whole = made(network, {5}, {0, 0, 0}, {20, 26, 33});
    QVERIFY(largest(whole) > 0.01);
    // Aligned with the cells of the coarsest noise, across them, and up to the far corner.
    for (const std::array<std::int64_t, 3> origin :
         {std::array<std::int64_t, 3>{0, 0, 0}, {8, 4, 16}, {3, 7, 9}, {11, 16, 22}}) {
        const torch::Tensor part = made(network, {5}, origin, {9, 10, 11});
        const torch::Tensor same =
            whole.narrow(2, origin[0], 9).narrow(3, origin[1], 10).narrow(4, origin[2], 11);
        QVERIFY(part.sizes() == same.sizes());
        QVERIFY2(largest(part - same) < 1e-5, std::to_string(largest(part - same)).c_str());
    }
}

void TestVolumeNetwork::noBorders() {
    // Mean and spread over many volumes are the same at every position but for the period of the
    // coarsest noise: the outermost voxels are made like those in the middle.
    const SliceGanNetwork network(tinyConfig(), {16, 0.5, 1});
    std::vector<std::uint64_t> seeds(200);
    for (std::size_t i = 0; i < seeds.size(); ++i)
        seeds[i] = i;
    const torch::Tensor spread =
        made(network, seeds, {0, 0, 0}, {12, 12, 12}).std(0).squeeze(0).view({3, 4, 3, 4, 3, 4});
    const torch::Tensor ofCells = spread.mean({1, 3, 5});
    const double middle = ofCells[1][1][1].item<double>();
    QVERIFY2(largest(ofCells / middle - 1.0) < 0.1,
             std::to_string(largest(ofCells / middle - 1.0)).c_str());
}

void TestVolumeNetwork::volumesDoNotDependOnEachOther() {
    const SliceGanNetwork network(tinyConfig(), {16, 0.5, 1});
    const torch::Tensor both = made(network, {5, 6}, {0, 0, 0}, {8, 8, 8});
    const torch::Tensor second = made(network, {6}, {0, 0, 0}, {8, 8, 8});
    QVERIFY(largest(both[1] - second[0]) < 1e-5);
    QVERIFY(largest(both[0] - both[1]) > 0.01);
}

void TestVolumeNetwork::phasesSumToOne() {
    const SliceGanNetwork network(tinyConfig({0.0, 1.0, 255.0}), {16, 0.5, 3});
    const torch::Tensor shares = made(network, {1, 2}, {0, 0, 0}, {9, 10, 11});
    QVERIFY(shares.sizes() == torch::IntArrayRef({2, 3, 9, 10, 11}));
    QVERIFY(largest(shares.sum(1) - 1.0) < 1e-5);
    QVERIFY(shares.min().item<double>() >= 0.0);
    ModelNetwork::Draw draw;
    draw.seeds = {1, 2};
    draw.depth = 9;
    draw.height = 10;
    draw.width = 11;
    const torch::Tensor labels = network.make(draw);
    QVERIFY(labels.sizes() == torch::IntArrayRef({2, 1, 9, 10, 11}));
    QVERIFY((labels.eq(0.0) | labels.eq(1.0) | labels.eq(255.0)).all().item<bool>());
    QVERIFY(torch::equal(labels.eq(255.0), shares.argmax(1, true).eq(2)));
}

void TestVolumeNetwork::slicesAreVolumesOfOne() {
    const SliceGanNetwork network(tinyConfig(), {16, 0.5, 3});
    ModelNetwork::Draw draw;
    draw.seeds = {1, 2};
    draw.height = 10;
    draw.width = 11;
    const torch::NoGradGuard noGrad;
    const torch::Tensor slices = network.make(draw);
    QVERIFY(slices.sizes() == torch::IntArrayRef({2, 1, 10, 11}));
    const torch::Tensor volume = made(network, {1, 2}, {0, 0, 0}, {3, 10, 11});
    QVERIFY(largest(volume.select(2, 0) - slices) < 1e-5);
}

/// White noise made smooth over `width` pixels along each axis.
static torch::Tensor texture(std::int64_t count, std::int64_t width, int seed) {
    torch::manual_seed(seed);
    const torch::Tensor noise = torch::randn({count, 1, 15 + width, 15 + width});
    return torch::avg_pool2d(noise, {width, width}, 1) * static_cast<double>(width);
}

void TestVolumeNetwork::guideKnowsCollapsedSlices() {
    const StructureGuide guide(texture(256, 4, 1));
    const auto distance = [&](const torch::Tensor& slices) {
        return guide.distance(slices).item<double>();
    };
    const double alike = distance(texture(256, 4, 2));
    QVERIFY(alike < 0.05);
    QVERIFY(distance(torch::full({24, 1, 16, 16}, 0.1)) > 0.8);      // one grey everywhere
    QVERIFY(distance(texture(256, 1, 3)) > alike + 0.05);            // the greys, not the grains
    QVERIFY(distance(texture(256, 4, 2) * 1.5) > alike + 0.2);       // the grains, not the greys
    QVERIFY(distance(texture(256, 4, 2).abs() - 0.8) > alike + 0.2); // the same mean
}

void TestVolumeNetwork::guideLeadsBack() {
    const StructureGuide guide(texture(256, 4, 1));
    torch::manual_seed(5);
    torch::Tensor slices = (torch::randn({24, 1, 16, 16}) * 0.1).set_requires_grad(true);
    const double before = guide.distance(slices).item<double>();
    for (int i = 0; i < 60; ++i) {
        const torch::Tensor slope =
            torch::autograd::grad({guide.distance(slices)}, {slices}).front();
        slices = (slices.detach() - slope * (0.03 / slope.abs().mean().item<double>()))
                     .set_requires_grad(true);
    }
    QVERIFY(guide.distance(slices).item<double>() < 0.3 * before);
}

QTEST_GUILESS_MAIN(TestVolumeNetwork)
#include "tst_volumenetwork.moc"
