// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/growth.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness::phantoms {

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kDown = 0.5 * kPi; // heading of gravity, y down
constexpr double kClearance = 2.5;  // free ground kept between two roots, px
constexpr double kShortest = 7.0;   // a lateral must come this far out of its parent to count, px
constexpr double kBranchGap = 7.0;  // least distance of two branch points on one root, px

/// Which strand lies on or near each pixel; -1 none.
class Occupancy {
public:
    explicit Occupancy(const Extent& extent)
        : m_extent(extent)
        , m_ids(static_cast<std::size_t>(extent.area()), -1) {}

    void stamp(const Strand& strand, int id) {
        for (const RootNode& node : strand.nodes) {
            const double reach = node.radius + kClearance;
            const auto r = static_cast<std::int64_t>(std::ceil(reach));
            const std::int64_t cx = std::llround(node.x);
            const std::int64_t cy = std::llround(node.y);
            for (std::int64_t y = cy - r; y <= cy + r; ++y)
                for (std::int64_t x = cx - r; x <= cx + r; ++x)
                    if (inside(x, y) && m_ids[at(x, y)] < 0 &&
                        std::hypot(static_cast<double>(x) - node.x,
                                   static_cast<double>(y) - node.y) <= reach)
                        m_ids[at(x, y)] = id;
        }
    }

    /// The strand that a root of this radius would touch, or -1.
    [[nodiscard]] int meets(double x, double y, double radius, int except) const {
        const auto r = static_cast<std::int64_t>(std::ceil(radius));
        for (std::int64_t dy = -r; dy <= r; ++dy)
            for (std::int64_t dx = -r; dx <= r; ++dx) {
                const std::int64_t px = std::llround(x) + dx;
                const std::int64_t py = std::llround(y) + dy;
                if (inside(px, py) && m_ids[at(px, py)] >= 0 && m_ids[at(px, py)] != except)
                    return m_ids[at(px, py)];
            }
        return -1;
    }

private:
    [[nodiscard]] bool inside(std::int64_t x, std::int64_t y) const noexcept {
        return x >= 0 && y >= 0 && x < m_extent.width && y < m_extent.height;
    }

    [[nodiscard]] std::size_t at(std::int64_t x, std::int64_t y) const noexcept {
        return static_cast<std::size_t>(y * m_extent.width + x);
    }

    Extent m_extent;
    std::vector<int> m_ids;
};

struct Bud {
    double x = 0.0;
    double y = 0.0;
    double heading = 0.0;
    double length = 0.0;
    double baseRadius = 0.0;
    int parent = -1;
    double parentRadius = 0.0;
    int order = 0;
};

class Plant {
public:
    Plant(const RootParameters& parameters, const Extent& extent, std::uint64_t seed)
        : m_parameters(parameters)
        , m_extent(extent)
        , m_random(seed, "phantom.root")
        , m_occupancy(extent) {}

    std::vector<Strand> grow(JobContext& job) {
        std::vector<Bud> buds = primaryBuds();
        for (int order = 0; order <= 2 && !buds.empty(); ++order) {
            std::vector<Bud> next;
            for (const Bud& bud : buds) {
                job.throwIfStopped();
                // A main axis that ran into its neighbour tries again; a lateral withers.
                bool grown = growStrand(bud);
                for (int attempt = 0; !grown && order == 0 && attempt < 8; ++attempt)
                    grown = growStrand(bud);
                if (grown && order < 2)
                    addBuds(static_cast<int>(m_strands.size()) - 1, next);
            }
            // Laterals of all parents take turns, so that none gets all the room.
            m_random.shuffle(std::span<Bud>(next));
            buds = std::move(next);
        }
        return std::move(m_strands);
    }

private:
    std::vector<Bud> primaryBuds() {
        const RootParameters& p = m_parameters;
        std::vector<Bud> buds;
        const double width = static_cast<double>(m_extent.width);
        const double middle = width * m_random.uniform(0.38, 0.62);
        const double pitch = 2.0 * p.baseRadius + 2.0 * kClearance + 2.0;
        for (int i = 0; i < p.primaries; ++i) {
            const double place =
                p.primaries > 1 ? static_cast<double>(i) / (p.primaries - 1) - 0.5 : 0.0;
            Bud bud;
            bud.x = middle + place * pitch * (p.primaries - 1);
            bud.y = -1.5;
            bud.heading = kDown - place * p.fan * kPi / 180.0 + 0.06 * m_random.normal();
            bud.length = p.primaryLength * std::clamp(1.0 + 0.15 * m_random.normal(), 0.6, 1.4);
            bud.baseRadius = p.baseRadius * std::clamp(1.0 + 0.08 * m_random.normal(), 0.8, 1.2);
            buds.push_back(bud);
        }
        return buds;
    }

    /// Places laterals left and right of a strand's older part.
    void addBuds(int parent, std::vector<Bud>& buds) {
        const RootParameters& p = m_parameters;
        const Strand& strand = m_strands[static_cast<std::size_t>(parent)];
        if (p.lateralSpacing <= 0.0 ||
            (strand.order == 1 && m_random.uniform() >= p.secondaryShare))
            return;
        const auto count = static_cast<double>(strand.nodes.size());
        const double bare = strand.order == 0 ? std::min(0.25 * count, 35.0) : 0.3 * count;
        double side = m_random.uniform() < 0.5 ? -1.0 : 1.0;
        double s = strand.order == 0 ? 4.0 : kBranchGap + 3.0;
        for (;;) {
            s += std::max(kBranchGap, p.lateralSpacing * (1.0 + 0.45 * m_random.normal()));
            if (s + bare >= count)
                return;
            const auto i = static_cast<std::size_t>(s);
            const RootNode& node = strand.nodes[i];
            const RootNode& before = strand.nodes[i - 2];
            Bud bud{node.x,
                    node.y,
                    std::atan2(node.y - before.y, node.x - before.x),
                    0.0,
                    0.0,
                    parent,
                    node.radius,
                    strand.order + 1};
            bud.heading += side * (p.lateralAngle + 9.0 * m_random.normal()) * kPi / 180.0;
            side = m_random.uniform() < 0.75 ? -side : side;
            // Younger laterals, nearer to the tip, are shorter.
            const double age = 1.0 - 0.8 * s / (count + 20.0);
            const double scale = strand.order == 0 ? 1.0 : 0.45;
            bud.length = p.lateralLength * scale * age * std::exp(0.35 * m_random.normal());
            bud.baseRadius = std::max(p.tipRadius, 0.62 * node.radius);
            buds.push_back(bud);
        }
    }

    [[nodiscard]] bool isOutside(double x, double y) const noexcept {
        return x < -3.0 || y < -3.0 || x > static_cast<double>(m_extent.width) + 2.0 ||
               y > static_cast<double>(m_extent.height) + 2.0;
    }

    /// Thins a strand towards the place where its tip came to rest.
    void taper(Strand& strand, double baseRadius) const {
        const auto count = static_cast<double>(strand.nodes.size());
        for (std::size_t i = 0; i < strand.nodes.size(); ++i)
            strand.nodes[i].radius = taperedRadius(baseRadius, static_cast<double>(i + 1) / count);
    }

    [[nodiscard]] double taperedRadius(double baseRadius, double age) const {
        return baseRadius + (m_parameters.tipRadius - baseRadius) * std::pow(age, 0.8);
    }

    /// Grows one strand; returns whether it found room.
    bool growStrand(const Bud& bud) {
        const RootParameters& p = m_parameters;
        Strand strand;
        strand.order = bud.order;
        double x = bud.x;
        double y = bud.y;
        double heading = bud.heading;
        double curl = 0.0;
        // The heading's change over 10 steps of a process that forgets in about 6 steps has
        // `wobble` as its deviation.
        const double kick = p.wobble * kPi / 180.0 * (bud.order == 0 ? 0.075 : 0.13);
        const double leave = bud.parentRadius + kClearance + bud.baseRadius + 2.5;
        const double pull = 0.1 * p.gravitropism * (bud.order == 0 ? 1.0 : 0.35);
        const auto steps = static_cast<int>(bud.length + bud.parentRadius);
        strand.nodes.push_back({x, y, bud.baseRadius});
        for (int step = 1; step <= steps; ++step) {
            const double radius = taperedRadius(bud.baseRadius, static_cast<double>(step) / steps);
            curl = 0.85 * curl + kick * m_random.normal();
            heading += curl + pull * std::remainder(kDown - heading, 2.0 * kPi);
            x += std::cos(heading);
            y += std::sin(heading);
            const int except = step < leave ? bud.parent : -1;
            if (m_occupancy.meets(x + 2.0 * std::cos(heading), y + 2.0 * std::sin(heading), radius,
                                  except) >= 0)
                break;
            strand.nodes.push_back({x, y, radius});
            if (isOutside(x, y))
                break;
        }
        const double least =
            bud.order == 0 ? std::min(0.5 * bud.length, 0.5 * static_cast<double>(m_extent.height))
                           : bud.parentRadius + kShortest;
        if (static_cast<double>(strand.nodes.size()) < least && !isOutside(x, y))
            return false;
        if (!isOutside(x, y))
            taper(strand, bud.baseRadius);
        m_occupancy.stamp(strand, static_cast<int>(m_strands.size()));
        m_strands.push_back(std::move(strand));
        return true;
    }

    const RootParameters& m_parameters;
    Extent m_extent;
    Random m_random;
    Occupancy m_occupancy;
    std::vector<Strand> m_strands;
};

} // namespace

std::vector<Strand> growRoots(const RootParameters& parameters,
                              const Extent& extent,
                              std::uint64_t seed,
                              JobContext& job) {
    return Plant(parameters, extent, seed).grow(job);
}

} // namespace likeness::phantoms
