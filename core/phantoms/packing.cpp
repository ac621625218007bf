// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/packing.h"

#include <algorithm>
#include <cmath>

namespace likeness::phantoms {

namespace {

double dot(const Point& a, const Point& b) noexcept {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Point difference(const Point& a, const Point& b) noexcept {
    return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

Point along(const Rod& rod, double t) noexcept {
    return {rod.centre[0] + t * rod.direction[0], rod.centre[1] + t * rod.direction[1],
            rod.centre[2] + t * rod.direction[2]};
}

/// Lists of balls by cell of a periodic grid whose cells are at least as wide as the largest
/// contact distance.
class CellGrid {
public:
    CellGrid(const Extent& box, double reach)
        : m_size{static_cast<double>(box.width), static_cast<double>(box.height),
                 static_cast<double>(box.depth)} {
        for (std::size_t k = 0; k < 3; ++k)
            m_cells[k] = std::max<std::int64_t>(1, static_cast<std::int64_t>(m_size[k] / reach));
        if (box.isFlat())
            m_cells[2] = 1;
        m_lists.resize(static_cast<std::size_t>(m_cells[0] * m_cells[1] * m_cells[2]));
    }

    void fill(const std::vector<Ball>& balls) {
        for (auto& list : m_lists)
            list.clear();
        for (std::size_t i = 0; i < balls.size(); ++i)
            m_lists[index(cellOf(balls[i].centre))].push_back(i);
    }

    /// Calls f(j) for all balls in the cells around a point; each cell is visited once even when
    /// few cells wrap.
    template <typename F>
    void around(const Point& centre, F&& f) const {
        const auto cell = cellOf(centre);
        const auto first = [&](std::size_t k) { return m_cells[k] >= 3 ? -1 : 0; };
        const auto last = [&](std::size_t k) { return m_cells[k] >= 2 ? 1 : 0; };
        for (std::int64_t dz = first(2); dz <= last(2); ++dz)
            for (std::int64_t dy = first(1); dy <= last(1); ++dy)
                for (std::int64_t dx = first(0); dx <= last(0); ++dx) {
                    const std::array<std::int64_t, 3> other{wrap(cell[0] + dx, m_cells[0]),
                                                            wrap(cell[1] + dy, m_cells[1]),
                                                            wrap(cell[2] + dz, m_cells[2])};
                    for (const std::size_t j : m_lists[index(other)])
                        f(j);
                }
    }

    /// Shortest vector from b to a in the periodic box.
    [[nodiscard]] Point shortest(const Point& a, const Point& b) const noexcept {
        Point d = difference(a, b);
        for (std::size_t k = 0; k < 3; ++k)
            d[k] -= m_size[k] * std::round(d[k] / m_size[k]);
        return d;
    }

    void wrapInto(Point& p) const noexcept {
        for (std::size_t k = 0; k < 3; ++k)
            p[k] -= m_size[k] * std::floor((p[k] + 0.5) / m_size[k]);
    }

private:
    static std::int64_t wrap(std::int64_t i, std::int64_t n) noexcept { return (i % n + n) % n; }

    [[nodiscard]] std::array<std::int64_t, 3> cellOf(const Point& p) const noexcept {
        std::array<std::int64_t, 3> cell{};
        for (std::size_t k = 0; k < 3; ++k)
            cell[k] =
                std::clamp<std::int64_t>(static_cast<std::int64_t>((p[k] + 0.5) / m_size[k] *
                                                                   static_cast<double>(m_cells[k])),
                                         0, m_cells[k] - 1);
        return cell;
    }

    [[nodiscard]] std::size_t index(const std::array<std::int64_t, 3>& c) const noexcept {
        return static_cast<std::size_t>((c[2] * m_cells[1] + c[1]) * m_cells[0] + c[0]);
    }

    Point m_size;
    std::array<std::int64_t, 3> m_cells{};
    std::vector<std::vector<std::size_t>> m_lists;
};

/// Pushes ball i and its neighbours apart by half their overlap each; larger balls give way less.
/// Returns the worst.
double relaxBall(std::vector<Ball>& balls, std::size_t i, const CellGrid& grid, double gap) {
    double worst = 0.0;
    grid.around(balls[i].centre, [&](std::size_t j) {
        if (j == i)
            return;
        const Point d = grid.shortest(balls[i].centre, balls[j].centre);
        const double contact = balls[i].radius + balls[j].radius + gap;
        const double squared = dot(d, d);
        if (squared >= contact * contact)
            return;
        const double distance = std::sqrt(squared);
        const double overlap = contact - distance;
        worst = std::max(worst, overlap);
        const double share = balls[j].radius / (balls[i].radius + balls[j].radius);
        const double push = (overlap + 0.01) / std::max(distance, 1e-9);
        for (std::size_t k = 0; k < 3; ++k) {
            balls[i].centre[k] += push * share * d[k];
            balls[j].centre[k] -= push * (1.0 - share) * d[k];
        }
    });
    return worst;
}

struct Approach {
    double s = 0.0; ///< along the first rod
    double t = 0.0;
    Point gap{}; ///< from the second rod's axis to the first's
    double distance = 0.0;
};

/// Nearest points of two segments (Ericson 2005, 5.1.9).
Approach nearest(const Rod& a, const Clip& ca, const Rod& b, const Clip& cb) {
    const Point r = difference(a.centre, b.centre);
    const double cosine = dot(a.direction, b.direction);
    const double ar = dot(a.direction, r);
    const double br = dot(b.direction, r);
    const double denominator = 1.0 - cosine * cosine;
    double s = denominator > 1e-9 ? (cosine * br - ar) / denominator : 0.5 * (ca.from + ca.to);
    s = std::clamp(s, ca.from, ca.to);
    const double t = std::clamp(cosine * s + br, cb.from, cb.to);
    s = std::clamp(cosine * t - ar, ca.from, ca.to);
    Approach out{s, t, difference(along(a, s), along(b, t)), 0.0};
    out.distance = std::sqrt(dot(out.gap, out.gap));
    return out;
}

/// One sweep over all pairs; returns the largest overlap and, if asked, every rod's own worst.
double sweepRods(std::vector<Rod>& rods,
                 const Extent& box,
                 double gap,
                 std::vector<double>* worstOf,
                 JobContext& job) {
    std::vector<Clip> clips(rods.size());
    for (std::size_t i = 0; i < rods.size(); ++i)
        clips[i] = clipToBox(rods[i], box, rods[i].radius);
    double worst = 0.0;
    for (std::size_t i = 0; i < rods.size(); ++i) {
        job.throwIfStopped();
        if (clips[i].length() <= 0.0)
            continue;
        for (std::size_t j = i + 1; j < rods.size(); ++j) {
            if (clips[j].length() <= 0.0)
                continue;
            const double contact = rods[i].radius + rods[j].radius + gap;
            const Point apart = difference(rods[i].centre, rods[j].centre);
            const double reach = rods[i].half + rods[j].half + contact;
            if (dot(apart, apart) > reach * reach)
                continue;
            const Approach approach = nearest(rods[i], clips[i], rods[j], clips[j]);
            const double overlap = contact - approach.distance;
            if (overlap <= 0.0)
                continue;
            worst = std::max(worst, overlap);
            if (worstOf) {
                (*worstOf)[i] = std::max((*worstOf)[i], overlap);
                (*worstOf)[j] = std::max((*worstOf)[j], overlap);
                continue;
            }
            const double push = 0.5 * (overlap + 0.02) / std::max(approach.distance, 1e-9);
            for (std::size_t k = 0; k < 3; ++k) {
                rods[i].centre[k] += push * approach.gap[k];
                rods[j].centre[k] -= push * approach.gap[k];
            }
        }
    }
    return worst;
}

} // namespace

double packBalls(std::vector<Ball>& balls,
                 const Extent& box,
                 const PackingRules& rules,
                 Random& random,
                 JobContext& job) {
    double largest = 1.0;
    for (Ball& ball : balls) {
        ball.centre = {random.uniform(-0.5, static_cast<double>(box.width) - 0.5),
                       random.uniform(-0.5, static_cast<double>(box.height) - 0.5),
                       box.isFlat() ? 0.0
                                    : random.uniform(-0.5, static_cast<double>(box.depth) - 0.5)};
        largest = std::max(largest, ball.radius);
    }
    CellGrid grid(box, 2.0 * largest + rules.gap + 1.0);
    double worst = 0.0;
    for (int sweep = 0; sweep < rules.sweeps; ++sweep) {
        job.throwIfStopped();
        grid.fill(balls);
        worst = 0.0;
        for (std::size_t i = 0; i < balls.size(); ++i) {
            if (rules.field) {
                const Point wish = rules.field(balls[i]);
                for (std::size_t k = 0; k < 3; ++k)
                    balls[i].centre[k] += wish[k];
                worst = std::max(worst, std::sqrt(dot(wish, wish)));
            }
            worst = std::max(worst, relaxBall(balls, i, grid, rules.gap));
        }
        for (Ball& ball : balls)
            grid.wrapInto(ball.centre);
        if (worst <= rules.tolerance)
            break;
    }
    return worst;
}

Clip clipToBox(const Rod& rod, const Extent& box, double margin) {
    const Point high{static_cast<double>(box.width) - 0.5 + margin,
                     static_cast<double>(box.height) - 0.5 + margin,
                     static_cast<double>(box.depth) - 0.5 + margin};
    Clip clip{-rod.half, rod.half};
    for (std::size_t k = 0; k < 3; ++k) {
        const double low = -0.5 - margin;
        if (std::abs(rod.direction[k]) < 1e-12) {
            if (rod.centre[k] < low || rod.centre[k] > high[k])
                return {1.0, 0.0};
            continue;
        }
        const double a = (low - rod.centre[k]) / rod.direction[k];
        const double b = (high[k] - rod.centre[k]) / rod.direction[k];
        clip.from = std::max(clip.from, std::min(a, b));
        clip.to = std::min(clip.to, std::max(a, b));
    }
    return clip;
}

std::size_t separateRods(std::vector<Rod>& rods,
                         const Extent& box,
                         const PackingRules& rules,
                         JobContext& job) {
    for (int sweep = 0; sweep < rules.sweeps; ++sweep)
        if (sweepRods(rods, box, rules.gap, nullptr, job) <= rules.tolerance)
            return 0;
    // What is still in conflict goes, the worst first, until the rest is free.
    std::size_t removed = 0;
    for (;;) {
        std::vector<double> worstOf(rods.size(), 0.0);
        if (sweepRods(rods, box, rules.gap, &worstOf, job) <= rules.tolerance)
            return removed;
        const auto worst = std::max_element(worstOf.begin(), worstOf.end()) - worstOf.begin();
        rods.erase(rods.begin() + worst);
        ++removed;
    }
}

} // namespace likeness::phantoms
