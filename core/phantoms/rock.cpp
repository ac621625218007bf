// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/rock.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/phantoms/field.h"
#include "core/phantoms/grains.h"

#include <algorithm>
#include <cmath>

namespace likeness {

namespace {

constexpr float kAir = 0.03F;
constexpr float kMineral = 1.75F;

void check(const RockParameters& p, const Extent& extent) {
    const auto refuse = [](const char* why) {
        throw Error(ErrorCode::config, "The rock phantom cannot be made", why);
    };
    if (extent.width < 8 || extent.height < 8 || extent.depth < 1)
        refuse("the image must be at least 8 px wide and high");
    if (!(p.porosity >= 0.01) || !(p.porosity <= 0.8))
        refuse("the porosity must lie between 0.01 and 0.8");
    if (!(p.mineralFraction >= 0.0) || !(p.mineralFraction <= 0.2) ||
        p.porosity + p.mineralFraction > 0.95)
        refuse("the mineral fraction must lie between 0 and 0.2 and leave room for grains");
    if (!(p.correlationLength >= 1.0) || !(p.correlationLength <= 200.0))
        refuse("the correlation length must lie between 1 and 200 px");
    if (!(p.grainRadius >= 3.0) || !(p.grainRadius <= 200.0) || !(p.grainSpread >= 0.0) ||
        !(p.grainSpread <= 0.8))
        refuse("the grain radius must lie between 3 and 200 px and its spread between 0 and 0.8");
    if (!(p.angularity >= 0.0) || !(p.angularity <= 1.0) || !(p.roughness >= 0.0) ||
        !(p.roughness <= 0.3))
        refuse("angularity must lie between 0 and 1 and roughness between 0 and 0.3");
}

/// A field that is high in pores, and the grain that owns each pixel (empty for the Gaussian kind).
struct PoreField {
    std::vector<float> values;
    std::vector<std::int32_t> owner;
    std::vector<phantoms::Ball> grains;
};

PoreField
gaussianPores(const RockParameters& p, const Extent& extent, std::uint64_t seed, JobContext& job) {
    Random random(seed, "phantom.rock");
    PoreField pores;
    pores.values = phantoms::gaussianField(extent, p.correlationLength, random, job);
    const double fine = std::min(0.9, 3.0 * p.roughness);
    const std::vector<float> relief =
        phantoms::gaussianField(extent, std::max(1.5, 0.25 * p.correlationLength), random, job);
    const auto coarseWeight = static_cast<float>(std::sqrt(1.0 - fine * fine));
    for (std::size_t i = 0; i < relief.size(); ++i)
        pores.values[i] = coarseWeight * pores.values[i] + static_cast<float>(fine) * relief[i];
    return pores;
}

PoreField
grainPores(const RockParameters& p, const Extent& extent, std::uint64_t seed, JobContext& job) {
    PoreField pores;
    pores.grains = phantoms::packGrains(p, extent, seed, job);
    auto surfaces = phantoms::grainSurfaces(pores.grains, p, extent, seed, job);
    pores.values = std::move(surfaces.distance);
    pores.owner = std::move(surfaces.owner);
    if (p.roughness > 0.0) {
        Random random(seed, "phantom.rock.relief");
        const std::vector<float> relief =
            phantoms::gaussianField(extent, std::max(2.0, 0.25 * p.grainRadius), random, job);
        const auto height = static_cast<float>(p.roughness * p.grainRadius);
        for (std::size_t i = 0; i < relief.size(); ++i)
            pores.values[i] += height * relief[i];
    }
    return pores;
}

/// A field that is high where dense mineral sits: blobs, and a few whole small grains.
std::vector<float> mineralField(const PoreField& pores,
                                const RockParameters& p,
                                const Extent& extent,
                                std::uint64_t seed,
                                JobContext& job) {
    Random random(seed, "phantom.rock.mineral");
    std::vector<float> field = phantoms::gaussianField(extent, 6.0, random, job);
    if (pores.owner.empty() || p.mineralFraction <= 0.0)
        return field;
    const std::vector<bool> heavy =
        phantoms::heavyGrains(pores.grains, 0.6 * p.mineralFraction, extent, random);
    for (std::size_t i = 0; i < field.size(); ++i)
        if (heavy[static_cast<std::size_t>(pores.owner[i])])
            field[i] += 6.0F;
    return field;
}

/// Attenuation of the solid: minerals of slightly different density from grain to grain, and a
/// faint cloudiness.
std::vector<float>
solidSignal(const PoreField& pores, const Extent& extent, std::uint64_t seed, JobContext& job) {
    Random random(seed, "phantom.rock.texture");
    std::vector<float> signal = phantoms::gaussianField(extent, 10.0, random, job);
    std::vector<float> ofGrain(pores.grains.size());
    for (float& value : ofGrain)
        value = static_cast<float>(0.02 * random.normal() + (random.uniform() < 0.12 ? 0.10 : 0.0));
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const float grain =
            pores.owner.empty() ? 0.0F : ofGrain[static_cast<std::size_t>(pores.owner[i])];
        signal[i] = 1.0F + 0.012F * signal[i] + grain;
    }
    return signal;
}

std::int64_t shareOf(double fraction, const Extent& extent) {
    return std::llround(fraction * static_cast<double>(extent.pixels()));
}

void describe(Json& truth, const RockParameters& p, const PoreField& pores) {
    if (p.kind == RockKind::gaussian) {
        truth["correlation_length"] = p.correlationLength;
        return;
    }
    double sum = 0.0;
    double squares = 0.0;
    for (const auto& grain : pores.grains) {
        sum += grain.radius;
        squares += grain.radius * grain.radius;
    }
    const auto n = static_cast<double>(pores.grains.size());
    truth["grain_count"] = pores.grains.size();
    truth["grain_radius_mean"] = sum / n;
    truth["grain_radius_sd"] = std::sqrt(std::max(0.0, squares / n - sum * sum / (n * n)));
}

/// Phases from the fields: pores first, then minerals in what is solid.
void composeRock(Specimen& rock,
                 const RockParameters& p,
                 const Extent& extent,
                 const std::vector<float>& pore,
                 const std::vector<float>& mineral,
                 JobContext& job) {
    const std::int64_t count = extent.pixels();
    const float poreLevel = phantoms::quantileValue(pore, count - shareOf(p.porosity, extent));
    std::vector<float> inSolid = mineral;
    for (std::size_t i = 0; i < inSolid.size(); ++i)
        if (pore[i] >= poreLevel)
            inSolid[i] = -1e9F;
    const float mineralLevel =
        phantoms::quantileValue(std::move(inSolid), count - shareOf(p.mineralFraction, extent));
    const std::vector<float> poreShare = phantoms::shareAbove(pore, extent, poreLevel, job);
    const std::vector<float> mineralShare =
        phantoms::shareAbove(mineral, extent, mineralLevel, job);

    auto* labels = rock.labels.pixels<std::uint8_t>();
    auto* signal = rock.signal.pixels<float>();
    std::int64_t pores = 0;
    std::int64_t minerals = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto k = static_cast<std::size_t>(i);
        labels[i] = pore[k] >= poreLevel ? 1 : mineral[k] >= mineralLevel ? 2 : 0;
        pores += labels[i] == 1;
        minerals += labels[i] == 2;
        const float solid = signal[i] + mineralShare[k] * (kMineral - signal[i]);
        signal[i] = solid + poreShare[k] * (kAir - solid);
    }
    rock.truth["porosity"] = static_cast<double>(pores) / static_cast<double>(count);
    rock.truth["mineral_fraction"] = static_cast<double>(minerals) / static_cast<double>(count);
}

} // namespace

Specimen makeRock(const RockParameters& parameters,
                  const Extent& extent,
                  std::uint64_t seed,
                  JobContext& job) {
    check(parameters, extent);
    Specimen rock{Volume(PixelType::u8, extent.width, extent.height, extent.depth),
                  Volume(PixelType::f32, extent.width, extent.height, extent.depth),
                  Json::object()};
    job.report(0.0, "Growing rock");
    const PoreField pores = parameters.kind == RockKind::gaussian
                                ? gaussianPores(parameters, extent, seed, job)
                                : grainPores(parameters, extent, seed, job);
    job.report(0.6, "Placing minerals");
    const std::vector<float> mineral = mineralField(pores, parameters, extent, seed, job);
    const std::vector<float> solid = solidSignal(pores, extent, seed, job);
    std::copy(solid.begin(), solid.end(), rock.signal.pixels<float>());
    composeRock(rock, parameters, extent, pores.values, mineral, job);
    describe(rock.truth, parameters, pores);
    return rock;
}

} // namespace likeness
