// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/planar.h"

#include "core/base/error.h"
#include "core/imaging/image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace likeness {

namespace {

void requirePlane(std::int64_t depth) {
    if (depth != 1)
        throw Error(ErrorCode::config, "The structure cannot be measured",
                    "a volume was given where a single image belongs", "take one of its slices");
}

/// Phase at (x, y); 0 outside.
class View {
public:
    explicit View(const Indicator& field)
        : m_width(field.size[0])
        , m_height(field.size[1])
        , m_phase(field.phase) {}

    [[nodiscard]] int at(std::int64_t x, std::int64_t y) const noexcept {
        if (x < 0 || y < 0 || x >= m_width || y >= m_height)
            return 0;
        return m_phase[static_cast<std::size_t>(y * m_width + x)];
    }

private:
    std::int64_t m_width;
    std::int64_t m_height;
    const std::vector<std::uint8_t>& m_phase;
};

/// The eight neighbours clockwise from the one above.
constexpr std::array<std::pair<int, int>, 8> kRing{
    {{0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}}};

std::array<int, 8> ringOf(const View& view, std::int64_t x, std::int64_t y) {
    std::array<int, 8> ring{};
    for (std::size_t i = 0; i < ring.size(); ++i)
        ring[i] = view.at(x + kRing[i].first, y + kRing[i].second);
    return ring;
}

int neighboursIn(const std::array<int, 8>& ring) {
    return ring[0] + ring[1] + ring[2] + ring[3] + ring[4] + ring[5] + ring[6] + ring[7];
}

/// How often the ring changes from background to phase.
int risesIn(const std::array<int, 8>& ring) {
    int rises = 0;
    for (std::size_t i = 0; i < ring.size(); ++i)
        rises += ring[i] == 0 && ring[(i + 1) % 8] == 1 ? 1 : 0;
    return rises;
}

/// Zhang and Suen's conditions for taking a pixel away, of the first or the second half-step.
bool isRemovable(const std::array<int, 8>& ring, bool second) {
    const int count = neighboursIn(ring);
    if (count < 2 || count > 6 || risesIn(ring) != 1)
        return false;
    return second ? ring[0] * ring[2] * ring[6] == 0 && ring[0] * ring[4] * ring[6] == 0
                  : ring[0] * ring[2] * ring[4] == 0 && ring[2] * ring[4] * ring[6] == 0;
}

/// Crossings per length of test lines in one direction.
double crossings(const Indicator& field, std::int64_t dx, std::int64_t dy) {
    const View view(field);
    std::int64_t changes = 0;
    std::int64_t pairs = 0;
    const std::int64_t first = std::max<std::int64_t>(0, -dx);
    const std::int64_t last = field.size[0] - std::max<std::int64_t>(0, dx);
    for (std::int64_t y = 0; y + dy < field.size[1]; ++y) {
        for (std::int64_t x = first; x < last; ++x) {
            changes += view.at(x, y) != view.at(x + dx, y + dy) ? 1 : 0;
            ++pairs;
        }
    }
    const double length = std::hypot(static_cast<double>(dx), static_cast<double>(dy));
    return pairs > 0 ? static_cast<double>(changes) / (static_cast<double>(pairs) * length) : 0.0;
}

/// Takes the particle at `start` off `left`.
Particle takeParticle(const Indicator& field,
                      std::vector<std::uint8_t>& left,
                      std::int64_t start,
                      std::vector<std::int64_t>& stack) {
    const std::int64_t width = field.size[0];
    const std::int64_t height = field.size[1];
    Particle particle;
    left[static_cast<std::size_t>(start)] = 0;
    stack.assign(1, start);
    while (!stack.empty()) {
        const std::int64_t x = stack.back() % width;
        const std::int64_t y = stack.back() / width;
        stack.pop_back();
        ++particle.pixels;
        particle.atBorder =
            particle.atBorder || x == 0 || y == 0 || x == width - 1 || y == height - 1;
        for (const auto& [dx, dy] : kRing) {
            if (x + dx < 0 || y + dy < 0 || x + dx >= width || y + dy >= height)
                continue;
            const std::int64_t next = (y + dy) * width + x + dx;
            if (left[static_cast<std::size_t>(next)] == 0)
                continue;
            left[static_cast<std::size_t>(next)] = 0;
            stack.push_back(next);
        }
    }
    return particle;
}

} // namespace

double boundaryDensity(const Indicator& field) {
    requirePlane(field.size[2]);
    const double mean = (crossings(field, 1, 0) + crossings(field, 0, 1) + crossings(field, 1, 1) +
                         crossings(field, -1, 1)) /
                        4.0;
    return 0.5 * std::numbers::pi * mean;
}

std::vector<Particle> particlesOf(const Indicator& field, const JobContext& job) {
    requirePlane(field.size[2]);
    std::vector<std::uint8_t> left = field.phase;
    std::vector<std::int64_t> stack;
    std::vector<Particle> particles;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] == 0)
            continue;
        job.throwIfStopped();
        particles.push_back(takeParticle(field, left, static_cast<std::int64_t>(i), stack));
    }
    return particles;
}

Indicator thinned(const Indicator& field, const JobContext& job) {
    requirePlane(field.size[2]);
    Indicator out = field;
    bool changed = true;
    while (changed) {
        changed = false;
        for (const bool second : {false, true}) {
            job.throwIfStopped();
            const View view(out);
            std::vector<std::size_t> removed;
            for (std::size_t i = 0; i < out.phase.size(); ++i) {
                const auto at = static_cast<std::int64_t>(i);
                if (out.phase[i] != 0 &&
                    isRemovable(ringOf(view, at % out.size[0], at / out.size[0]), second))
                    removed.push_back(i);
            }
            for (const std::size_t i : removed)
                out.phase[i] = 0;
            changed = changed || !removed.empty();
        }
    }
    return out;
}

SkeletonMeasures skeletonMeasures(const Indicator& skeleton) {
    requirePlane(skeleton.size[2]);
    const View view(skeleton);
    SkeletonMeasures out;
    Indicator branches = skeleton;
    for (std::int64_t y = 0; y < skeleton.size[1]; ++y) {
        for (std::int64_t x = 0; x < skeleton.size[0]; ++x) {
            std::uint8_t& branch =
                branches.phase[static_cast<std::size_t>(y * skeleton.size[0] + x)];
            branch = 0;
            if (view.at(x, y) == 0)
                continue;
            const auto ring = ringOf(view, x, y);
            // Each step is counted from its upper or left end; one to a corner only where no way
            // leads round it by two sides.
            out.length += ring[2] + ring[4];
            for (const int side : {1, -1})
                if (view.at(x + side, y + 1) == 1 && view.at(x + side, y) == 0 &&
                    view.at(x, y + 1) == 0)
                    out.length += std::numbers::sqrt2;
            out.tips += neighboursIn(ring) == 1 ? 1 : 0;
            branch = risesIn(ring) >= 3 ? 1 : 0;
        }
    }
    out.branchPoints = static_cast<std::int64_t>(particlesOf(branches).size());
    return out;
}

double OrientationTensor::anisotropy() const noexcept {
    return std::hypot(xx - yy, 2.0 * xy);
}

OrientationTensor orientationOf(const ImageSpan& image) {
    requirePlane(image.depth);
    const Volume grey = toFloat(toGrey(image).span());
    const float* values = grey.pixels<float>();
    double gxx = 0.0;
    double gxy = 0.0;
    double gyy = 0.0;
    for (std::int64_t y = 1; y + 1 < image.height; ++y) {
        for (std::int64_t x = 1; x + 1 < image.width; ++x) {
            const float* p = values + y * image.width + x;
            const double gx = static_cast<double>(p[1]) - static_cast<double>(p[-1]);
            const double gy =
                static_cast<double>(p[image.width]) - static_cast<double>(p[-image.width]);
            gxx += gx * gx;
            gxy += gx * gy;
            gyy += gy * gy;
        }
    }
    const double sum = gxx + gyy;
    return sum > 0.0 ? OrientationTensor{gyy / sum, -gxy / sum, gxx / sum} : OrientationTensor{};
}

} // namespace likeness
