// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/generation/families/sliceganstep.h"

#include "core/base/random.h"
#include "core/generation/planes.h"
#include "core/generation/tensornoise.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace likeness {

namespace {

constexpr double kFeaturesPerSlice = 10.0;
constexpr double kFeaturesPerCube = 3.0;
constexpr double kUnlike = 1.4; ///< ratio of the feature sizes along x and y

enum Kind : std::uint64_t {
    realSlice = 32,
    shownToCritic = 33, ///< and two more, for the axes
    shownForGenerator = 36,
    guideSlice = 40,
    phaseNoise = 64 ///< beyond the purpose that it belongs to
};

std::string rounded(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 10.0 ? "%.1f" : "%.0f", value);
    return text;
}

/// One sentence if the slices can hardly tell what a volume looks like.
std::optional<std::string> doubtsAbout(const PackedSet& set, std::int64_t cube, bool allAxes) {
    std::int64_t side = 0;
    for (const PackedImage& image : set.images)
        side = std::max(side, std::min(image.width, image.height));
    const FeatureSize feature = featureSizeOf(set);
    const double longest = std::max(feature.x, feature.y);
    const double ratio = longest / std::max(1.0, std::min(feature.x, feature.y));
    if (allAxes && ratio > kUnlike)
        return "The features are " + rounded(ratio) + " times longer along " +
               (feature.x > feature.y ? "x than along y" : "y than along x") +
               ", but slices of one plane are taken to look alike along all axes: train on a "
               "volume or on slices of three planes";
    if (static_cast<double>(side) < kFeaturesPerSlice * longest)
        return "The slices are " + std::to_string(side) + " pixels wide and their features about " +
               rounded(longest) + ", so they show fewer than ten side by side: use larger slices";
    if (static_cast<double>(cube) < kFeaturesPerCube * longest)
        return "The features are about " + rounded(longest) +
               " voxels and the training cubes only " + std::to_string(cube) +
               ": train at a larger size, or on images of half the resolution";
    return std::nullopt;
}

/// `count` different numbers below `range`, ascending.
std::vector<std::int64_t> picked(std::int64_t range, std::int64_t count, std::uint64_t seed) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(range));
    std::iota(numbers.begin(), numbers.end(), 0);
    Random random(seed, "generation.slices");
    random.shuffle(std::span(numbers));
    numbers.resize(static_cast<std::size_t>(std::min(count, range)));
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

} // namespace

SliceGanStep::SliceGanStep(const SliceGanTraining& config,
                           const Family::Training& training,
                           StepSetup setup)
    : HingeStep(config,
                {training.network.parameters(), training.pool, SliceGanNetwork::kCritic,
                 SliceGanNetwork::kGenerator},
                1,
                std::move(setup))
    , m_slices(static_cast<int>(std::min<std::int64_t>(config.slices, m_setup.size)))
    , m_noise(0.0)
    , m_share(1.0 / (3.0 * m_slices * config.batch))
    , m_guidance(config.guidance, config.batch)
    , m_network(dynamic_cast<SliceGanNetwork&>(training.network))
    , m_cubes(static_cast<std::size_t>(config.batch)) {
    const PackedSet& set = training.crops.set();
    if (!m_network.config().phases.empty())
        m_noise = config.phaseNoise;
    const bool allAxes = m_network.critics().size() == 1;
    m_warning = doubtsAbout(set, m_setup.size, allAxes);
    if (allAxes) {
        m_crops = {&training.crops};
        prepareGuides();
        return;
    }
    for (const SlicePlane plane : {SlicePlane::xy, SlicePlane::xz, SlicePlane::yz}) {
        View& view = m_views.emplace_back();
        view.set = likeness::slicesOf(set, plane);
        // What is right for slices of one plane would mix the axes here.
        view.crops.emplace(view.set, training.crops.map(), m_setup.size, Symmetry::none);
        m_crops.push_back(&*view.crops);
    }
    prepareGuides();
}

void SliceGanStep::prepareGuides() {
    if (!m_guidance.on())
        return;
    const torch::NoGradGuard noGrad;
    std::vector<std::uint64_t> seeds(static_cast<std::size_t>(guideCrops(m_setup.size)));
    for (std::size_t critic = 0; critic < m_crops.size(); ++critic) {
        for (std::size_t i = 0; i < seeds.size(); ++i)
            seeds[i] = derivedSeed(derivedSeed(m_setup.seed, Kind::guideSlice + critic), i);
        m_guidance.add(realsOf(critic, seeds));
    }
}

torch::Tensor SliceGanStep::veiled(const torch::Tensor& slices,
                                   std::span<const std::uint64_t> seeds,
                                   std::uint64_t purpose) const {
    const torch::Tensor views = moved(slices, seedsFor(seeds, purpose));
    if (m_noise == 0.0)
        return views;
    const torch::Tensor noise =
        normalTensor(views.sizes().vec(), seedsFor(seeds, purpose + Kind::phaseNoise));
    return views + noise.to(m_setup.device) * m_noise;
}

torch::Tensor SliceGanStep::realsOf(std::size_t critic,
                                    std::span<const std::uint64_t> seeds) const {
    const torch::Tensor images = cropsOf(*m_crops[critic], seeds);
    const std::vector<double>& phases = m_network.config().phases;
    if (phases.empty())
        return images;
    std::vector<torch::Tensor> shares;
    for (const double label : phases)
        shares.push_back(images.eq(static_cast<float>(label)));
    return torch::cat(shares, 1).to(torch::kFloat32);
}

torch::Tensor SliceGanStep::slicesOf(const torch::Tensor& cubes,
                                     int axis,
                                     std::span<const std::uint64_t> seeds,
                                     std::uint64_t purpose) const {
    const auto own = seedsFor(seeds, purpose + static_cast<std::uint64_t>(axis));
    std::vector<torch::Tensor> slices;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const torch::Tensor places =
            torch::tensor(picked(m_setup.size, m_slices, own[i]), torch::kInt64).to(m_setup.device);
        // Channels z y x to slices of y x, z x and z y.
        slices.push_back(cubes[static_cast<std::int64_t>(i)]
                             .index_select(axis + 1, places)
                             .movedim(axis + 1, 0));
    }
    return torch::cat(slices);
}

torch::Tensor SliceGanStep::shownTo(std::size_t critic,
                                    const torch::Tensor& cubes,
                                    std::span<const std::uint64_t> seeds,
                                    std::uint64_t purpose) const {
    if (m_crops.size() == 3)
        return slicesOf(cubes, static_cast<int>(critic), seeds, purpose);
    return torch::cat({slicesOf(cubes, 0, seeds, purpose), slicesOf(cubes, 1, seeds, purpose),
                       slicesOf(cubes, 2, seeds, purpose)});
}

torch::Tensor SliceGanStep::discriminatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    ModelNetwork::Draw draw;
    draw.seeds = seedsFor(seeds, Purpose::fakeForDiscriminator);
    draw.depth = draw.height = draw.width = m_setup.size;
    draw.device = m_setup.device;
    // Both gradients are of the same weights, so one pass of the generator serves both.
    const torch::Tensor cubes = m_network.generate(draw, pass());
    m_cubes[static_cast<std::size_t>(part.number)] = cubes;
    torch::Tensor loss;
    for (std::size_t critic = 0; critic < m_crops.size(); ++critic) {
        const torch::Tensor fakes =
            shownTo(critic, cubes.detach(), seeds, Kind::shownToCritic).contiguous();
        std::vector<std::uint64_t> own;
        for (const std::uint64_t seed : seedsFor(seeds, Kind::realSlice + (critic << 8U))) {
            for (std::int64_t i = 0; i < fakes.size(0) / part.count; ++i)
                own.push_back(derivedSeed(seed, static_cast<std::uint64_t>(i)));
        }
        const Shown shown{m_network.critics()[critic],
                          veiled(realsOf(critic, own), own, Purpose::realView),
                          veiled(fakes, own, Purpose::fakeView)};
        const torch::Tensor one = judged(shown, step, part.number);
        loss = loss.defined() ? loss + one : one;
    }
    m_figures.of(part.number).scale(1.0 / (3.0 * m_slices));
    return loss * m_share;
}

torch::Tensor SliceGanStep::generatorLoss(const BatchGradient::Part& part, std::int64_t step) {
    const auto seeds = stepSeeds(m_setup.seed, step, part.first, part.count);
    torch::Tensor& cubes = m_cubes[static_cast<std::size_t>(part.number)];
    torch::Tensor loss;
    torch::Tensor apart = torch::zeros({}, cubes.options());
    for (std::size_t critic = 0; critic < m_crops.size(); ++critic) {
        const torch::Tensor fakes =
            shownTo(critic, cubes, seeds, Kind::shownForGenerator).contiguous();
        std::vector<std::uint64_t> own;
        for (std::int64_t i = 0; i < fakes.size(0); ++i)
            own.push_back(derivedSeed(derivedSeed(seeds.front(), Purpose::fakeForGenerator),
                                      static_cast<std::uint64_t>(i) + (critic << 32U)));
        const torch::Tensor scores = m_network.critics()[critic]
                                         .forward(veiled(fakes, own, Purpose::fakeView), pass())
                                         .mean({1})
                                         .sum();
        loss = loss.defined() ? loss - scores : -scores;
        if (m_guidance.on())
            apart = apart + m_guidance.loss(critic, fakes, part.number, part.count);
    }
    cubes.reset();
    m_figures.of(part.number).generator = loss.item<double>() / (3.0 * m_slices);
    return loss * (m_share * m_guidance.criticsWeight(step)) + apart;
}

void SliceGanStep::begin() {
    HingeStep::begin();
    m_guidance.begin(parts());
}

void SliceGanStep::keepFigures(std::int64_t step) {
    HingeStep::keepFigures(step);
    keepGuidance(m_guidance, step);
}

std::optional<std::string> SliceGanStep::warning() const {
    const auto collapse = AdversarialStep::warning();
    return collapse ? collapse : m_warning;
}

} // namespace likeness
