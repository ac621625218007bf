// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/grains.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace likeness::phantoms {

namespace {

double measureOf(const Ball& ball, bool flat) {
    const double r = ball.radius;
    return flat ? std::numbers::pi * r * r : 4.0 / 3.0 * std::numbers::pi * r * r * r;
}

constexpr float kLongest = 0.66F; // a corner reaches at most 1 / 0.66 of the grain's radius

struct Facet {
    std::array<float, 3> slope{}; ///< unit normal over the distance of the facet
};

/// Facets in evenly spread, jittered directions at jittered distances.
std::vector<Facet> drawFacets(double radius, bool flat, Random& random) {
    const std::size_t count = flat ? 5 + random.below(4) : 13 + random.below(7);
    const double turn = random.uniform(0.0, 2.0 * std::numbers::pi);
    const double golden = std::numbers::pi * (3.0 - std::sqrt(5.0));
    std::vector<Facet> facets(count);
    for (std::size_t k = 0; k < count; ++k) {
        const double i = static_cast<double>(k);
        const auto n = static_cast<double>(count);
        double angle = turn + 2.0 * std::numbers::pi * (i + 0.7 * (random.uniform() - 0.5)) / n;
        double up = 0.0;
        if (!flat) {
            angle = turn + golden * i + 0.5 * random.normal() / std::sqrt(n);
            up = std::clamp(1.0 - (2.0 * i + 1.0) / n + 0.15 * random.normal(), -1.0, 1.0);
        }
        const double across = std::sqrt(1.0 - up * up);
        const double distance = radius * std::clamp(1.0 + 0.16 * random.normal(), 0.7, 1.4);
        facets[k].slope = {static_cast<float>(across * std::cos(angle) / distance),
                           static_cast<float>(across * std::sin(angle) / distance),
                           static_cast<float>(up / distance)};
    }
    return facets;
}

/// 1 on the surface of the rounded polyhedron: the 8-norm of the distances in units of the facets'.
float facetNorm(const std::vector<Facet>& facets, float x, float y, float z) {
    float sum = 0.0F;
    for (const Facet& facet : facets) {
        const float v =
            std::max(0.0F, facet.slope[0] * x + facet.slope[1] * y + facet.slope[2] * z);
        const float v2 = v * v;
        const float v4 = v2 * v2;
        sum += v4 * v4;
    }
    return std::sqrt(std::sqrt(std::sqrt(sum)));
}

/// Writes one grain's distance wherever it is the nearest so far.
class GrainPainter {
public:
    GrainPainter(GrainSurfaces& target, const Extent& extent, double angularity)
        : m_target(target)
        , m_extent(extent)
        , m_angularity(static_cast<float>(angularity)) {}

    void
    paint(const Ball& grain, std::int32_t id, double reach, Random& random, JobContext& job) const {
        const std::int64_t r = static_cast<std::int64_t>(std::ceil(grain.radius + reach));
        const std::int64_t rz = m_extent.isFlat() ? 0 : r;
        std::array<std::int64_t, 3> c{};
        for (std::size_t k = 0; k < 3; ++k)
            c[k] = std::llround(grain.centre[k]);
        const std::vector<Facet> facets = drawFacets(grain.radius, m_extent.isFlat(), random);
        for (std::int64_t z = c[2] - rz; z <= c[2] + rz; ++z) {
            job.throwIfStopped();
            for (std::int64_t y = c[1] - r; y <= c[1] + r; ++y)
                paintRow(grain, id, facets, {c[0], y, z, r});
        }
    }

private:
    struct Row {
        std::int64_t x, y, z, reach;
    };

    void paintRow(const Ball& grain,
                  std::int32_t id,
                  const std::vector<Facet>& facets,
                  const Row& row) const {
        const auto [w, h, d] = m_extent;
        const std::int64_t wy = (row.y % h + h) % h;
        const std::int64_t wz = (row.z % d + d) % d;
        const auto dy = static_cast<float>(static_cast<double>(row.y) - grain.centre[1]);
        const auto dz = static_cast<float>(static_cast<double>(row.z) - grain.centre[2]);
        const auto radius = static_cast<float>(grain.radius);
        const auto limit = static_cast<float>(row.reach);
        for (std::int64_t x = row.x - row.reach; x <= row.x + row.reach; ++x) {
            const auto dx = static_cast<float>(static_cast<double>(x) - grain.centre[0]);
            const float length = std::sqrt(dx * dx + dy * dy + dz * dz);
            if (length > limit)
                continue;
            const auto index = static_cast<std::size_t>((wz * h + wy) * w + (x % w + w) % w);
            float norm = length / radius;
            if (radius * (kLongest * norm - 1.0F) >= m_target.distance[index])
                continue;
            // Where no facet faces the pixel the grain ends anyway, so that no spike grows between
            // facets.
            const float facetted = std::max(facetNorm(facets, dx, dy, dz), kLongest * norm);
            norm += m_angularity * (facetted - norm);
            const float distance = radius * (norm - 1.0F);
            if (distance < m_target.distance[index]) {
                m_target.distance[index] = distance;
                m_target.owner[index] = id;
            }
        }
    }

    GrainSurfaces& m_target;
    Extent m_extent;
    float m_angularity;
};

} // namespace

std::vector<Ball>
packGrains(const RockParameters& p, const Extent& extent, std::uint64_t seed, JobContext& job) {
    Random random(seed, "phantom.rock");
    const double sigma = std::sqrt(std::log(1.0 + p.grainSpread * p.grainSpread));
    const double mu = std::log(p.grainRadius) - 0.5 * sigma * sigma;
    const double largest = 0.25 * static_cast<double>(std::min(extent.width, extent.height));
    const double wanted = (extent.isFlat() ? 0.80 : 0.60) * static_cast<double>(extent.pixels());
    std::vector<Ball> grains;
    for (double filled = 0.0; filled < wanted;) {
        const double radius = std::exp(mu + sigma * random.normal());
        grains.push_back({{}, std::clamp(radius, 2.0, std::max(2.0, largest))});
        filled += measureOf(grains.back(), extent.isFlat());
    }
    // Large grains first: they settle, the small ones find what is left.
    std::stable_sort(grains.begin(), grains.end(),
                     [](const Ball& a, const Ball& b) { return a.radius > b.radius; });
    const PackingRules rules{0.0, 0.25, 150, {}};
    packBalls(grains, extent, rules, random, job);
    return grains;
}

GrainSurfaces grainSurfaces(const std::vector<Ball>& grains,
                            const RockParameters& p,
                            const Extent& extent,
                            std::uint64_t seed,
                            JobContext& job) {
    Random random(seed, "phantom.rock.facets");
    GrainSurfaces surfaces;
    const auto count = static_cast<std::size_t>(extent.pixels());
    const double reach = 1.2 * p.grainRadius + 4.0;
    surfaces.distance.assign(count, static_cast<float>(3.0 * reach));
    surfaces.owner.assign(count, 0);
    const GrainPainter painter(surfaces, extent, p.angularity);
    for (std::size_t i = 0; i < grains.size(); ++i) {
        const double within = reach + 0.7 * grains[i].radius;
        painter.paint(grains[i], static_cast<std::int32_t>(i), within, random, job);
    }
    return surfaces;
}

std::vector<bool>
heavyGrains(const std::vector<Ball>& grains, double share, const Extent& extent, Random& random) {
    std::vector<std::size_t> order(grains.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random.shuffle(std::span<std::size_t>(order));
    double room = share * static_cast<double>(extent.pixels());
    std::vector<bool> heavy(grains.size(), false);
    for (const std::size_t i : order) {
        const double size = measureOf(grains[i], extent.isFlat());
        if (size > room)
            continue;
        heavy[i] = true;
        room -= size;
    }
    return heavy;
}

} // namespace likeness::phantoms
