// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/structure/porosity.h"

#include "core/base/error.h"

#include <limits>
#include <utility>
#include <vector>

namespace likeness {

namespace {

struct Step {
    std::int64_t x, y, z;
};

/// The neighbours that come earlier in storage order.
std::vector<Step> earlierNeighbours(Neighbourhood neighbourhood) {
    if (neighbourhood == Neighbourhood::faces)
        return {{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    std::vector<Step> steps;
    for (std::int64_t z = -1; z <= 0; ++z)
        for (std::int64_t y = -1; y <= 1; ++y)
            for (std::int64_t x = -1; x <= 1; ++x)
                if (z < 0 || y < 0 || (y == 0 && x < 0))
                    steps.push_back({x, y, z});
    return steps;
}

class DisjointSets {
public:
    std::uint32_t make() {
        m_parent.push_back(static_cast<std::uint32_t>(m_parent.size()));
        return m_parent.back();
    }

    std::uint32_t find(std::uint32_t a) noexcept {
        while (m_parent[a] != a) {
            m_parent[a] = m_parent[m_parent[a]];
            a = m_parent[a];
        }
        return a;
    }

    std::uint32_t join(std::uint32_t a, std::uint32_t b) noexcept {
        a = find(a);
        b = find(b);
        if (b < a)
            std::swap(a, b);
        m_parent[b] = a;
        return a;
    }

    [[nodiscard]] std::size_t size() const noexcept { return m_parent.size(); }

private:
    std::vector<std::uint32_t> m_parent;
};

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Provisional labels; voxels joined through later neighbours meet in `sets`.
std::vector<std::uint32_t> label(const Indicator& field,
                                 Neighbourhood neighbourhood,
                                 DisjointSets& sets,
                                 const JobContext& job) {
    const auto [w, h, d] = field.size;
    const std::vector<Step> steps = earlierNeighbours(neighbourhood);
    std::vector<std::uint32_t> labels(field.phase.size(), kNone);
    std::int64_t i = 0;
    for (std::int64_t z = 0; z < d; ++z)
        for (std::int64_t y = 0; y < h; ++y) {
            job.throwIfStopped();
            for (std::int64_t x = 0; x < w; ++x, ++i) {
                if (field.phase[static_cast<std::size_t>(i)] == 0)
                    continue;
                std::uint32_t own = kNone;
                for (const Step& s : steps) {
                    if (x + s.x < 0 || x + s.x >= w || y + s.y < 0 || y + s.y >= h || z + s.z < 0)
                        continue;
                    const std::uint32_t other =
                        labels[static_cast<std::size_t>(i + (s.z * h + s.y) * w + s.x)];
                    if (other == kNone || other == own)
                        continue;
                    own = own == kNone ? other : sets.join(own, other);
                }
                labels[static_cast<std::size_t>(i)] = own == kNone ? sets.make() : own;
            }
        }
    return labels;
}

struct Component {
    std::int64_t voxels = 0;
    unsigned faces = 0; ///< bit 2a: low face of axis a, bit 2a+1: high face
};

std::vector<Component> componentsOf(const Indicator& field,
                                    const std::vector<std::uint32_t>& labels,
                                    DisjointSets& sets,
                                    const JobContext& job) {
    const auto [w, h, d] = field.size;
    std::vector<Component> parts(sets.size());
    std::size_t i = 0;
    for (std::int64_t z = 0; z < d; ++z)
        for (std::int64_t y = 0; y < h; ++y) {
            job.throwIfStopped();
            const unsigned line = (y == 0 ? 4U : 0U) | (y == h - 1 ? 8U : 0U) |
                                  (d > 1 && z == 0 ? 16U : 0U) | (d > 1 && z == d - 1 ? 32U : 0U);
            for (std::int64_t x = 0; x < w; ++x, ++i) {
                if (labels[i] == kNone)
                    continue;
                Component& part = parts[sets.find(labels[i])];
                ++part.voxels;
                part.faces |= line | (x == 0 ? 1U : 0U) | (x == w - 1 ? 2U : 0U);
            }
        }
    return parts;
}

} // namespace

double porosity(const Indicator& field) {
    std::int64_t phase = 0;
    for (const std::uint8_t p : field.phase)
        phase += p;
    std::int64_t inside = field.voxels();
    if (!field.inside.empty()) {
        inside = 0;
        for (const std::uint8_t p : field.inside)
            inside += p;
    }
    return static_cast<double>(phase) / static_cast<double>(inside);
}

Connectivity
connectivity(const Indicator& field, Neighbourhood neighbourhood, const JobContext& job) {
    if (!field.inside.empty())
        throw Error(ErrorCode::unsupported, "Connectivity has no value here",
                    "it is defined for whole images, not inside a field of view");
    DisjointSets sets;
    const std::vector<std::uint32_t> labels = label(field, neighbourhood, sets, job);
    Connectivity out;
    const auto total = static_cast<double>(field.voxels());
    for (const Component& part : componentsOf(field, labels, sets, job)) {
        if (part.voxels == 0)
            continue;
        ++out.components;
        const double share = static_cast<double>(part.voxels) / total;
        if (part.faces == 0)
            out.closed += share;
        for (std::size_t axis = 0; axis < 3; ++axis)
            if (((part.faces >> (2 * axis)) & 3U) == 3U)
                out.percolating[axis] += share;
    }
    return out;
}

} // namespace likeness
