// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/fibre.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/phantoms/bundle.h"
#include "core/phantoms/field.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace likeness {

namespace {

constexpr float kAir = 0.02F;
constexpr float kVoidFilm = 0.8F; // matrix left between a void and a fibre, px

void check(const FibreParameters& p, const Extent& extent) {
    const auto refuse = [](const char* why) {
        throw Error(ErrorCode::config, "The fibre phantom cannot be made", why);
    };
    if (extent.width < 8 || extent.height < 8 || extent.depth < 1)
        refuse("the image must be at least 8 px wide and high");
    if (!(p.radiusMean >= 1.0) ||
        p.radiusMean > 0.2 * static_cast<double>(std::min(extent.width, extent.height)))
        refuse("the mean radius must lie between 1 px and a fifth of the image");
    if (!(p.radiusSd >= 0.0) || !(3.0 * p.radiusSd < p.radiusMean))
        refuse("the standard deviation of the radius must lie between 0 and a third of the mean");
    if (!(p.volumeFraction >= 0.01) || !(p.volumeFraction <= 0.7))
        refuse("the volume fraction must lie between 0.01 and 0.7");
    if (!(p.voidFraction >= 0.0) || !(p.voidFraction <= 0.2) || !(p.voidRadius >= 2.0))
        refuse("the void fraction must lie between 0 and 0.2 and the void radius must be at least "
               "2 px");
    if (!(p.gap >= 0.0) || !(p.gap <= 10.0) || p.resinBands < 0 || p.resinBands > 4)
        refuse(
            "the gap must lie between 0 and 10 px and the number of resin bands between 0 and 4");
    if (p.kind == FibreKind::shortFibres && (extent.isFlat() || !(p.length >= 4.0 * p.radiusMean)))
        refuse("short fibres need depth and a length of at least four radii");
    if (!(p.spread >= 0.0) || !(p.spread <= 60.0) || !(p.matrixSignal >= 0.0) ||
        !(p.matrixSignal <= 2.0))
        refuse(
            "the spread must lie between 0 and 60 degrees and the matrix signal between 0 and 2");
}

/// Distance of every pixel to the nearest fibre surface, where it is below `reach`; the fibre that
/// owns it.
struct FibreMap {
    std::vector<float> distance;
    std::vector<std::int32_t> owner;
};

FibreMap mapOf(const phantoms::Bundle& bundle, const Extent& extent, JobContext& job) {
    FibreMap map;
    const auto count = static_cast<std::size_t>(extent.pixels());
    map.distance.assign(count, std::numeric_limits<float>::max());
    map.owner.assign(count, -1);
    const phantoms::FibreVisitor visit = [&](std::int64_t index, float distance,
                                             std::size_t fibre) {
        const auto k = static_cast<std::size_t>(index);
        if (distance < map.distance[k]) {
            map.distance[k] = distance;
            map.owner[k] = static_cast<std::int32_t>(fibre);
        }
    };
    if (extent.isFlat())
        phantoms::visitDiscs(bundle.discs, extent, visit, job);
    else
        phantoms::visitRods(bundle.rods, extent, visit, job);
    return map;
}

/// A field that grows away from the voids' centres, infinite where no void may be; the void is
/// where it is lowest.
std::vector<float> voidField(const phantoms::Bundle& bundle,
                             const FibreMap& map,
                             const Extent& extent,
                             Random& random,
                             JobContext& job) {
    std::vector<float> field(map.distance.size(), std::numeric_limits<float>::max());
    const phantoms::FibreVisitor visit = [&](std::int64_t index, float distance, std::size_t) {
        const auto k = static_cast<std::size_t>(index);
        if (map.distance[k] > kVoidFilm)
            field[k] = std::min(field[k], distance);
    };
    const std::vector<float> ripple = phantoms::gaussianField(extent, 7.0, random, job);
    phantoms::visitVoids(bundle.voids, extent, visit, job);
    for (std::size_t k = 0; k < field.size(); ++k)
        if (field[k] < std::numeric_limits<float>::max())
            field[k] += 1.4F * ripple[k];
    return field;
}

float voidLevel(const std::vector<float>& field, double fraction) {
    const auto room = std::count_if(field.begin(), field.end(),
                                    [](float v) { return v < std::numeric_limits<float>::max(); });
    const std::int64_t wanted = std::llround(fraction * static_cast<double>(field.size()));
    return wanted >= room ? std::numeric_limits<float>::max()
                          : phantoms::quantileValue(field, wanted);
}

/// Distance outside the void's surface. Where the voids need all the room there is, `level` is the
/// largest number and every pixel that may be void is.
float voidDistance(float field, float level) {
    constexpr float kNone = std::numeric_limits<float>::max();
    if (field == kNone)
        return 1.0F;
    return level == kNone ? -1.0F : field - level + 0.5F;
}

/// Signal of one pixel from the distances to fibre and void surfaces.
float mixed(float matrix, float fibre, float toFibre, float toVoid) {
    const float inFibre = std::clamp(0.5F - toFibre, 0.0F, 1.0F);
    const float inVoid = std::clamp(0.5F - toVoid, 0.0F, 1.0F) * (1.0F - inFibre);
    return matrix + inFibre * (fibre - matrix) + inVoid * (kAir - matrix);
}

void compose(Specimen& specimen,
             const FibreParameters& p,
             const phantoms::Bundle& bundle,
             const Extent& extent,
             std::uint64_t seed,
             JobContext& job) {
    Random random(seed, "phantom.fibre.texture");
    std::vector<float> ofFibre(bundle.count());
    for (float& value : ofFibre)
        value = static_cast<float>(1.0 + 0.03 * random.normal());
    const std::vector<float> cloud = phantoms::gaussianField(extent, 9.0, random, job);
    const FibreMap map = mapOf(bundle, extent, job);
    const std::vector<float> voids = voidField(bundle, map, extent, random, job);
    const float level = voidLevel(voids, p.voidFraction);

    auto* labels = specimen.labels.pixels<std::uint8_t>();
    auto* signal = specimen.signal.pixels<float>();
    std::int64_t fibres = 0;
    std::int64_t empty = 0;
    for (std::size_t k = 0; k < voids.size(); ++k) {
        labels[k] = map.distance[k] <= 0.0F ? 1 : voids[k] < level ? 2 : 0;
        fibres += labels[k] == 1;
        empty += labels[k] == 2;
        const float fibre =
            map.owner[k] >= 0 ? ofFibre[static_cast<std::size_t>(map.owner[k])] : 1.0F;
        const float matrix = static_cast<float>(p.matrixSignal) * (1.0F + 0.03F * cloud[k]);
        signal[k] = mixed(matrix, fibre, map.distance[k], voidDistance(voids[k], level));
    }
    const auto n = static_cast<double>(voids.size());
    specimen.truth["volume_fraction"] = static_cast<double>(fibres) / n;
    specimen.truth["void_fraction"] = static_cast<double>(empty) / n;
    specimen.truth["volume_fraction_asked"] = p.volumeFraction;
}

void describeRadii(Json& truth, const std::vector<double>& radii) {
    double sum = 0.0;
    double squares = 0.0;
    for (const double r : radii) {
        sum += r;
        squares += r * r;
    }
    const auto n = static_cast<double>(std::max<std::size_t>(radii.size(), 1));
    truth["fibre_count"] = radii.size();
    truth["radius_mean"] = sum / n;
    truth["radius_sd"] = std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)));
}

double rounded(double value) {
    return std::round(value * 1e4) / 1e4;
}

void describeDiscs(Json& truth, const std::vector<phantoms::Ball>& discs) {
    std::vector<double> radii;
    Json list = Json::array();
    for (const auto& disc : discs) {
        radii.push_back(disc.radius);
        list.push_back({rounded(disc.centre[0]), rounded(disc.centre[1]), rounded(disc.radius)});
    }
    describeRadii(truth, radii);
    truth["fibres"] = std::move(list);
}

void describeRods(Json& truth, const std::vector<phantoms::Rod>& rods, const Extent& extent) {
    std::vector<double> radii;
    Json list = Json::array();
    std::array<std::array<double, 3>, 3> tensor{};
    double weights = 0.0;
    for (const auto& rod : rods) {
        const double weight =
            rod.radius * rod.radius * phantoms::clipToBox(rod, extent, 0.0).length();
        radii.push_back(rod.radius);
        weights += weight;
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t j = 0; j < 3; ++j)
                tensor[i][j] += weight * rod.direction[i] * rod.direction[j];
        const auto& c = rod.centre;
        const auto& n = rod.direction;
        list.push_back({rounded(c[0]), rounded(c[1]), rounded(c[2]), rounded(n[0]), rounded(n[1]),
                        rounded(n[2]), rounded(rod.half), rounded(rod.radius)});
    }
    for (auto& row : tensor)
        for (double& value : row)
            value /= std::max(weights, 1e-12);
    describeRadii(truth, radii);
    truth["orientation_tensor"] = tensor;
    truth["fibres"] = std::move(list);
}

} // namespace

Specimen makeFibre(const FibreParameters& parameters,
                   const Extent& extent,
                   std::uint64_t seed,
                   JobContext& job) {
    check(parameters, extent);
    Specimen specimen{Volume(PixelType::u8, extent.width, extent.height, extent.depth),
                      Volume(PixelType::f32, extent.width, extent.height, extent.depth),
                      Json::object()};
    job.report(0.0, "Packing fibres");
    const phantoms::Bundle bundle = phantoms::packBundle(parameters, extent, seed, job);
    job.report(0.6, "Drawing fibres");
    compose(specimen, parameters, bundle, extent, seed, job);
    if (extent.isFlat())
        describeDiscs(specimen.truth, bundle.discs);
    else
        describeRods(specimen.truth, bundle.rods, extent);
    return specimen;
}

} // namespace likeness
