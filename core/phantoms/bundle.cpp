// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/bundle.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness::phantoms {

namespace {

constexpr double kPi = std::numbers::pi;
// Fibres keep out of this share of a void's radius; the rest of it creeps in between them, as air
// does.
constexpr double kVoidCore = 0.78;

double drawRadius(const FibreParameters& p, Random& random) {
    return p.radiusMean + p.radiusSd * std::clamp(random.normal(), -3.0, 3.0);
}

[[noreturn]] void refuseDensity() {
    throw Error(ErrorCode::numeric, "The fibres cannot be packed",
                "so many fibres leave no room to keep them apart",
                "lower volume_fraction, gap, void_fraction, resin_bands or spread");
}

/// A wavy band without fibres, periodic along its length.
struct ResinBand {
    bool vertical = true;
    double centre = 0.0;
    double amplitude = 0.0;
    double phase = 0.0;
    double half = 0.0;

    /// How far a disc must move across the band to be outside it.
    [[nodiscard]] Point push(const Ball& disc, const Extent& extent) const {
        const std::size_t across = vertical ? 0 : 1;
        const double length = static_cast<double>(vertical ? extent.height : extent.width);
        const double width = static_cast<double>(vertical ? extent.width : extent.height);
        const double s = disc.centre[1 - across];
        double offset =
            disc.centre[across] - centre - amplitude * std::sin(2.0 * kPi * s / length + phase);
        offset -= width * std::round(offset / width);
        const double missing = half + disc.radius - std::abs(offset);
        Point wish{};
        if (missing > 0.0)
            wish[across] = std::copysign(std::min(missing, 1.5), offset);
        return wish;
    }
};

std::vector<ResinBand> drawBands(const FibreParameters& p, const Extent& extent, Random& random) {
    std::vector<ResinBand> bands(static_cast<std::size_t>(p.resinBands));
    const bool vertical = random.uniform() < 0.5;
    const double width = static_cast<double>(vertical ? extent.width : extent.height);
    const double first = random.uniform(0.0, width);
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const double place = first + width *
                                         (static_cast<double>(i) + random.uniform(-0.15, 0.15)) /
                                         static_cast<double>(bands.size());
        bands[i] = {vertical, place, random.uniform(0.02, 0.09) * width,
                    random.uniform(0.0, 2.0 * kPi), p.radiusMean * random.uniform(1.1, 2.2)};
    }
    return bands;
}

/// Voids of jittered sizes that together cover the asked share.
std::vector<double> drawVoidSizes(const FibreParameters& p, const Extent& extent, Random& random) {
    if (p.voidFraction <= 0.0)
        return {};
    const double total = p.voidFraction * static_cast<double>(extent.pixels());
    const bool flat = extent.isFlat();
    const double one =
        flat ? kPi * std::pow(p.voidRadius, 2) : 4.0 / 3.0 * kPi * std::pow(p.voidRadius, 3);
    std::vector<double> sizes(static_cast<std::size_t>(std::max(1.0, std::round(total / one))));
    double sum = 0.0;
    for (double& size : sizes) {
        size = random.uniform(0.5, 1.5);
        sum += size;
    }
    for (double& size : sizes) {
        const double content = total * size / sum;
        size = flat ? std::sqrt(content / kPi) : std::cbrt(content / (4.0 / 3.0 * kPi));
    }
    return sizes;
}

Bundle packDiscs(const FibreParameters& p, const Extent& extent, Random& random, JobContext& job) {
    const std::vector<double> voids = drawVoidSizes(p, extent, random);
    std::vector<Ball> balls;
    for (const double size : voids)
        balls.push_back({{}, kVoidCore * size});
    const double wanted = p.volumeFraction * static_cast<double>(extent.pixels());
    for (double filled = 0.0; filled < wanted;) {
        const double radius = drawRadius(p, random);
        const double area = kPi * radius * radius;
        if (wanted - filled < 0.5 * area)
            break;
        balls.push_back({{}, radius});
        filled += area;
    }
    const std::vector<ResinBand> bands = drawBands(p, extent, random);
    PackingRules rules{p.gap, 0.05, 4000, {}};
    if (!bands.empty())
        rules.field = [&](const Ball& ball) {
            Point wish{};
            for (const ResinBand& band : bands) {
                const Point one = band.push(ball, extent);
                wish[0] += one[0];
                wish[1] += one[1];
            }
            return wish;
        };
    if (packBalls(balls, extent, rules, random, job) > rules.tolerance)
        refuseDensity();
    Bundle bundle;
    for (std::size_t i = 0; i < voids.size(); ++i) {
        const double angle = random.uniform(0.0, kPi);
        bundle.voids.push_back(
            {balls[i].centre, {std::cos(angle), std::sin(angle), 0.0}, 1.5, voids[i]});
    }
    bundle.discs.assign(balls.begin() + static_cast<std::ptrdiff_t>(voids.size()), balls.end());
    return bundle;
}

/// The bundle's axis and two normals of it.
struct Frame {
    Point axis, u, v;
};

Frame frameOf(const FibreParameters& p) {
    const double tilt = p.axisTilt * kPi / 180.0;
    const double azimuth = p.axisAzimuth * kPi / 180.0;
    const double ct = std::cos(tilt);
    const double st = std::sin(tilt);
    const double ca = std::cos(azimuth);
    const double sa = std::sin(azimuth);
    return {{st * ca, st * sa, ct}, {ct * ca, ct * sa, -st}, {-sa, ca, 0.0}};
}

Point drawDirection(const Frame& frame, double spreadDegrees, Random& random) {
    const double a = spreadDegrees * kPi / 180.0 * random.normal();
    const double b = spreadDegrees * kPi / 180.0 * random.normal();
    const double tilt = std::hypot(a, b);
    const double scale = tilt > 1e-9 ? std::sin(tilt) / tilt : 1.0;
    Point n{};
    for (std::size_t k = 0; k < 3; ++k)
        n[k] = std::cos(tilt) * frame.axis[k] + scale * (a * frame.u[k] + b * frame.v[k]);
    return n;
}

class RodPacker {
public:
    RodPacker(const FibreParameters& parameters, const Extent& extent, Random& random)
        : m_parameters(parameters)
        , m_extent(extent)
        , m_random(random)
        , m_frame(frameOf(parameters)) {}

    std::vector<Rod> pack(JobContext& job) {
        const double wanted = m_parameters.volumeFraction * static_cast<double>(m_extent.pixels());
        const PackingRules rules{m_parameters.gap, 0.05, 250, {}};
        for (int round = 0; round < 20; ++round) {
            job.throwIfStopped();
            for (double volumes = filled(); volumes < wanted; volumes += volume(m_rods.back()))
                addRod();
            separateRods(m_rods, m_extent, rules, job);
            std::erase_if(m_rods, [&](const Rod& rod) { return volume(rod) <= 0.0; });
            if (filled() > 0.985 * wanted)
                break;
        }
        trim(wanted);
        if (filled() < 0.9 * wanted)
            refuseDensity();
        return std::move(m_rods);
    }

private:
    [[nodiscard]] double volume(const Rod& rod) const {
        return kPi * rod.radius * rod.radius * clipToBox(rod, m_extent, 0.0).length();
    }

    [[nodiscard]] double filled() const {
        double sum = 0.0;
        for (const Rod& rod : m_rods)
            sum += volume(rod);
        return sum;
    }

    void addRod() {
        const bool endless = m_parameters.kind == FibreKind::unidirectional;
        const double diagonal = std::sqrt(static_cast<double>(m_extent.width * m_extent.width +
                                                              m_extent.height * m_extent.height +
                                                              m_extent.depth * m_extent.depth));
        Rod rod;
        rod.radius = drawRadius(m_parameters, m_random);
        rod.half = endless ? 2.0 * diagonal : 0.5 * m_parameters.length;
        rod.direction = drawDirection(m_frame, m_parameters.spread, m_random);
        const double margin = endless ? rod.radius : 0.5 * m_parameters.length;
        do {
            rod.centre = {m_random.uniform(-margin, static_cast<double>(m_extent.width) + margin),
                          m_random.uniform(-margin, static_cast<double>(m_extent.height) + margin),
                          m_random.uniform(-margin, static_cast<double>(m_extent.depth) + margin)};
        } while (volume(rod) <= 0.0);
        m_rods.push_back(rod);
    }

    /// Takes away the rod whose loss brings the volume nearest to the wanted one, while that helps.
    void trim(double wanted) {
        for (;;) {
            const double excess = filled() - wanted;
            std::size_t best = m_rods.size();
            double miss = std::abs(excess);
            for (std::size_t i = 0; i < m_rods.size(); ++i) {
                const double left = std::abs(excess - volume(m_rods[i]));
                if (left < miss) {
                    miss = left;
                    best = i;
                }
            }
            if (best == m_rods.size())
                return;
            m_rods.erase(m_rods.begin() + static_cast<std::ptrdiff_t>(best));
        }
    }

    const FibreParameters& m_parameters;
    Extent m_extent;
    Random& m_random;
    Frame m_frame;
    std::vector<Rod> m_rods;
};

} // namespace

Bundle packBundle(const FibreParameters& parameters,
                  const Extent& extent,
                  std::uint64_t seed,
                  JobContext& job) {
    Random random(seed, "phantom.fibre");
    if (extent.isFlat())
        return packDiscs(parameters, extent, random, job);
    Bundle bundle;
    bundle.rods = RodPacker(parameters, extent, random).pack(job);
    const Point axis = frameOf(parameters).axis;
    for (const double size : drawVoidSizes(parameters, extent, random))
        bundle.voids.push_back({{random.uniform(0.0, static_cast<double>(extent.width)),
                                 random.uniform(0.0, static_cast<double>(extent.height)),
                                 random.uniform(0.0, static_cast<double>(extent.depth))},
                                axis,
                                1.8,
                                size});
    return bundle;
}

namespace {

std::int64_t wrapped(std::int64_t i, std::int64_t n) noexcept {
    return (i % n + n) % n;
}

} // namespace

void visitDiscs(const std::vector<Ball>& discs,
                const Extent& extent,
                const FibreVisitor& visit,
                JobContext& job) {
    for (std::size_t i = 0; i < discs.size(); ++i) {
        if (i % 64 == 0)
            job.throwIfStopped();
        const Ball& disc = discs[i];
        const auto reach = static_cast<std::int64_t>(std::ceil(disc.radius + 2.0));
        const std::int64_t cx = std::llround(disc.centre[0]);
        const std::int64_t cy = std::llround(disc.centre[1]);
        for (std::int64_t y = cy - reach; y <= cy + reach; ++y)
            for (std::int64_t x = cx - reach; x <= cx + reach; ++x) {
                const double distance = std::hypot(static_cast<double>(x) - disc.centre[0],
                                                   static_cast<double>(y) - disc.centre[1]) -
                                        disc.radius;
                if (distance < 2.0)
                    visit(wrapped(y, extent.height) * extent.width + wrapped(x, extent.width),
                          static_cast<float>(distance), i);
            }
    }
}

namespace {

/// Visits one rod plane by plane across its dominant axis.
void visitRod(const Rod& rod, std::size_t id, const Extent& extent, const FibreVisitor& visit) {
    const Point& n = rod.direction;
    const std::array<std::int64_t, 3> size{extent.width, extent.height, extent.depth};
    std::size_t main = 0;
    for (std::size_t k = 1; k < 3; ++k)
        if (std::abs(n[k]) > std::abs(n[main]))
            main = k;
    const std::size_t first = (main + 1) % 3;
    const std::size_t second = (main + 2) % 3;
    const double reach = (rod.radius + 2.0) / std::abs(n[main]);
    const double along = rod.half * std::abs(n[main]) + rod.radius + 2.0;
    const auto clampTo = [&](double v, std::size_t k) {
        return std::clamp<std::int64_t>(std::llround(v), 0, size[k] - 1);
    };
    std::array<std::int64_t, 3> p{};
    const std::int64_t last = clampTo(rod.centre[main] + along, main);
    for (p[main] = clampTo(rod.centre[main] - along, main); p[main] <= last; ++p[main]) {
        const double t = (static_cast<double>(p[main]) - rod.centre[main]) / n[main];
        const double a = rod.centre[first] + t * n[first];
        const double b = rod.centre[second] + t * n[second];
        const std::int64_t aLast = clampTo(a + reach, first);
        const std::int64_t bLast = clampTo(b + reach, second);
        for (p[first] = clampTo(a - reach, first); p[first] <= aLast; ++p[first])
            for (p[second] = clampTo(b - reach, second); p[second] <= bLast; ++p[second]) {
                Point d{};
                for (std::size_t k = 0; k < 3; ++k)
                    d[k] = static_cast<double>(p[k]) - rod.centre[k];
                const double s = d[0] * n[0] + d[1] * n[1] + d[2] * n[2];
                const double squared = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] - s * s;
                const double distance = std::max(std::sqrt(std::max(squared, 0.0)) - rod.radius,
                                                 std::abs(s) - rod.half);
                if (distance < 2.0)
                    visit((p[2] * extent.height + p[1]) * extent.width + p[0],
                          static_cast<float>(distance), id);
            }
    }
}

} // namespace

void visitRods(const std::vector<Rod>& rods,
               const Extent& extent,
               const FibreVisitor& visit,
               JobContext& job) {
    for (std::size_t i = 0; i < rods.size(); ++i) {
        job.throwIfStopped();
        visitRod(rods[i], i, extent, visit);
    }
}

void visitVoids(const std::vector<Rod>& voids,
                const Extent& extent,
                const FibreVisitor& visit,
                JobContext& job) {
    for (std::size_t i = 0; i < voids.size(); ++i) {
        const Rod& hole = voids[i];
        const auto reach =
            static_cast<std::int64_t>(std::ceil(2.2 * hole.radius * hole.half + 6.0));
        const std::int64_t rz = extent.isFlat() ? 0 : std::min(reach, (extent.depth - 1) / 2);
        const std::int64_t rx = std::min(reach, (extent.width - 1) / 2);
        const std::int64_t ry = std::min(reach, (extent.height - 1) / 2);
        const std::array<std::int64_t, 3> c{std::llround(hole.centre[0]),
                                            std::llround(hole.centre[1]),
                                            std::llround(hole.centre[2])};
        for (std::int64_t z = c[2] - rz; z <= c[2] + rz; ++z) {
            job.throwIfStopped();
            for (std::int64_t y = c[1] - ry; y <= c[1] + ry; ++y)
                for (std::int64_t x = c[0] - rx; x <= c[0] + rx; ++x) {
                    const Point d{static_cast<double>(x) - hole.centre[0],
                                  static_cast<double>(y) - hole.centre[1],
                                  extent.isFlat() ? 0.0 : static_cast<double>(z) - hole.centre[2]};
                    const Point& n = hole.direction;
                    const double s = d[0] * n[0] + d[1] * n[1] + d[2] * n[2];
                    const double squared =
                        std::max(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] - s * s, 0.0);
                    const double distance =
                        std::sqrt(squared + s * s / (hole.half * hole.half)) - hole.radius;
                    const std::int64_t index =
                        (wrapped(z, extent.depth) * extent.height + wrapped(y, extent.height)) *
                            extent.width +
                        wrapped(x, extent.width);
                    visit(index, static_cast<float>(distance), i);
                }
        }
    }
}

} // namespace likeness::phantoms
