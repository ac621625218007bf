// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/root.h"

#include "core/base/error.h"
#include "core/phantoms/growth.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace likeness {

namespace {

using phantoms::RootNode;
using phantoms::Strand;

void check(const RootParameters& p, const Extent& extent) {
    const auto refuse = [](const char* why) {
        throw Error(ErrorCode::config, "The root phantom cannot be made", why);
    };
    if (!extent.isFlat())
        refuse("roots are grown in the image plane, so the depth must be 1");
    if (extent.width < 16 || extent.height < 16)
        refuse("the image must be at least 16 px wide and high");
    if (p.primaries < 1 || p.primaries > 8 || !(p.fan >= 0.0) || !(p.fan <= 160.0))
        refuse("there must be 1 to 8 main axes within a fan of 0 to 160 degrees");
    if (!(p.baseRadius >= p.tipRadius) || !(p.tipRadius >= 0.75) || !(p.baseRadius <= 20.0))
        refuse("radii must satisfy 0.75 <= tip <= base <= 20 px");
    if (!(p.primaryLength >= 10.0) || !(p.lateralLength >= 0.0) || !(p.lateralSpacing >= 0.0))
        refuse("lengths must be positive and main axes at least 10 px long");
    if (!(p.wobble >= 0.0) || !(p.wobble <= 40.0) || !(p.gravitropism >= 0.0) ||
        !(p.gravitropism <= 1.0))
        refuse("wobble must lie between 0 and 40 degrees and gravitropism between 0 and 1");
    if (!(p.lateralAngle >= 20.0) || !(p.lateralAngle <= 100.0) || !(p.secondaryShare >= 0.0) ||
        p.secondaryShare > 1.0)
        refuse(
            "the lateral angle must lie between 20 and 100 degrees and the share between 0 and 1");
}

/// How deep a pixel lies below the nearest root surface (px, negative outside) and that root's
/// radius there.
struct DepthMap {
    std::vector<float> depth;
    std::vector<float> radius;
};

void drawPiece(DepthMap& map, const Extent& extent, const RootNode& a, const RootNode& b) {
    const double reach = std::max(a.radius, b.radius) + 2.0;
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double squared = std::max(dx * dx + dy * dy, 1e-12);
    const auto low = [](double v) { return static_cast<std::int64_t>(std::floor(v)); };
    const std::int64_t x0 = std::max<std::int64_t>(0, low(std::min(a.x, b.x) - reach));
    const std::int64_t y0 = std::max<std::int64_t>(0, low(std::min(a.y, b.y) - reach));
    const std::int64_t x1 = std::min(extent.width - 1, low(std::max(a.x, b.x) + reach) + 1);
    const std::int64_t y1 = std::min(extent.height - 1, low(std::max(a.y, b.y) + reach) + 1);
    for (std::int64_t y = y0; y <= y1; ++y)
        for (std::int64_t x = x0; x <= x1; ++x) {
            const double px = static_cast<double>(x) - a.x;
            const double py = static_cast<double>(y) - a.y;
            const double t = std::clamp((px * dx + py * dy) / squared, 0.0, 1.0);
            const double radius = a.radius + t * (b.radius - a.radius);
            const auto depth = static_cast<float>(radius - std::hypot(px - t * dx, py - t * dy));
            const auto index = static_cast<std::size_t>(y * extent.width + x);
            if (depth > map.depth[index]) {
                map.depth[index] = depth;
                map.radius[index] = static_cast<float>(radius);
            }
        }
}

bool isInside(const Extent& extent, double x, double y) {
    return x >= -0.5 && y >= -0.5 && x <= static_cast<double>(extent.width) - 0.5 &&
           y <= static_cast<double>(extent.height) - 0.5;
}

/// Length of the part of a piece inside the image (sampled in tenths: pieces are 1 px long).
double insideLength(const Extent& extent, const RootNode& a, const RootNode& b) {
    int inside = 0;
    for (int k = 0; k < 10; ++k) {
        const double t = (k + 0.5) / 10.0;
        inside += isInside(extent, a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)) ? 1 : 0;
    }
    return 0.1 * inside * std::hypot(b.x - a.x, b.y - a.y);
}

Json describe(const std::vector<Strand>& strands, const Extent& extent) {
    double length = 0.0;
    double diameters = 0.0;
    int tips = 0;
    int branches = 0;
    int primaries = 0;
    int cutEnds = 0;
    for (const Strand& strand : strands) {
        for (std::size_t i = 1; i < strand.nodes.size(); ++i) {
            const RootNode& a = strand.nodes[i - 1];
            const RootNode& b = strand.nodes[i];
            const double piece = insideLength(extent, a, b);
            length += piece;
            diameters += piece * (a.radius + b.radius);
            cutEnds += isInside(extent, a.x, a.y) != isInside(extent, b.x, b.y) ? 1 : 0;
        }
        const RootNode& first = strand.nodes.front();
        const RootNode& last = strand.nodes.back();
        tips += isInside(extent, last.x, last.y) ? 1 : 0;
        branches += strand.order > 0 && isInside(extent, first.x, first.y) ? 1 : 0;
        primaries += strand.order == 0 ? 1 : 0;
    }
    return {{"root_length", length},
            {"diameter_mean", length > 0.0 ? diameters / length : 0.0},
            {"tips", tips},
            {"cut_ends", cutEnds},
            {"branch_points", branches},
            {"primaries", primaries},
            {"laterals", static_cast<int>(strands.size()) - primaries}};
}

void compose(Specimen& specimen, const DepthMap& map) {
    auto* labels = specimen.labels.pixels<std::uint8_t>();
    auto* signal = specimen.signal.pixels<float>();
    std::int64_t area = 0;
    for (std::size_t i = 0; i < map.depth.size(); ++i) {
        labels[i] = map.depth[i] >= 0.0F ? 1 : 0;
        area += labels[i];
        const float cover = std::clamp(0.5F + map.depth[i], 0.0F, 1.0F);
        const float off =
            1.0F - std::clamp(map.depth[i] / std::max(map.radius[i], 0.1F), 0.0F, 1.0F);
        signal[i] = cover * (0.72F + 0.28F * std::sqrt(std::max(0.0F, 1.0F - off * off)));
    }
    specimen.truth["root_area"] = area;
}

} // namespace

Specimen makeRoot(const RootParameters& parameters,
                  const Extent& extent,
                  std::uint64_t seed,
                  JobContext& job) {
    check(parameters, extent);
    Specimen specimen{Volume(PixelType::u8, extent.width, extent.height),
                      Volume(PixelType::f32, extent.width, extent.height), Json::object()};
    job.report(0.0, "Growing roots");
    const std::vector<Strand> strands = phantoms::growRoots(parameters, extent, seed, job);
    DepthMap map;
    map.depth.assign(static_cast<std::size_t>(extent.area()), -10.0F);
    map.radius.assign(static_cast<std::size_t>(extent.area()), 1.0F);
    for (const Strand& strand : strands) {
        job.throwIfStopped();
        for (std::size_t i = 1; i < strand.nodes.size(); ++i)
            drawPiece(map, extent, strand.nodes[i - 1], strand.nodes[i]);
    }
    specimen.truth = describe(strands, extent);
    compose(specimen, map);
    return specimen;
}

} // namespace likeness
