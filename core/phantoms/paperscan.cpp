// SPDX-FileCopyrightText: The Likeness authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/phantoms/paperscan.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/phantoms/field.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace likeness {

namespace {

using Field = std::vector<float>;

void check(const Volume& roots, const PaperScanParameters& p) {
    const auto refuse = [](const char* why) {
        throw Error(ErrorCode::config, "The root scan cannot be simulated", why);
    };
    if (roots.type() != PixelType::f32 || roots.channels() != 1 || roots.isEmpty() ||
        roots.depth() != 1)
        refuse("the signal must be one 32-bit slice");
    if (!(p.ground >= 0.02) || !(p.ground <= 0.9) || !(p.rootBrightness >= 0.05) ||
        !(p.rootBrightness <= 1.0))
        refuse("brightness must lie between 0.02 and 1");
    if (!(p.grain >= 0.0) || !(p.grain <= 0.3) || !(p.soil >= 0.0) || !(p.soil <= 1.0) ||
        !(p.hairs >= 0.0) || !(p.hairs <= 1.0))
        refuse("grain must lie between 0 and 0.3, soil and hairs between 0 and 1");
    if (!(p.shading >= 0.0) || !(p.shading <= 0.8) || !(p.blur >= 0.0) || !(p.blur <= 10.0) ||
        !(p.noise >= 0.0) || !(p.noise <= 0.3))
        refuse("shading must lie between 0 and 0.8, blur between 0 and 10 px, noise between 0 and "
               "0.3");
}

/// Short thin strokes, as fibres in paper: brighter or darker by a little.
void addPaperFibres(Field& texture, const Extent& extent, Random& random) {
    const auto count = static_cast<int>(static_cast<double>(extent.area()) / 260.0);
    for (int i = 0; i < count; ++i) {
        double x = random.uniform(0.0, static_cast<double>(extent.width));
        double y = random.uniform(0.0, static_cast<double>(extent.height));
        double heading = random.uniform(0.0, 2.0 * std::numbers::pi);
        const auto strength = static_cast<float>(1.1 * random.normal());
        const auto length = static_cast<int>(random.uniform(5.0, 16.0));
        for (int step = 0; step < length; ++step) {
            const std::int64_t px = std::llround(x);
            const std::int64_t py = std::llround(y);
            if (px >= 0 && py >= 0 && px < extent.width && py < extent.height)
                texture[static_cast<std::size_t>(py * extent.width + px)] += strength;
            heading += 0.12 * random.normal();
            x += std::cos(heading);
            y += std::sin(heading);
        }
    }
}

/// Crumbs lit from one side: the slope of a rough surface, and a few stones.
Field soilTexture(const Extent& extent, Random& random, JobContext& job) {
    const Field coarse = phantoms::gaussianField(extent, 11.0, random, job);
    const Field fine = phantoms::gaussianField(extent, 3.5, random, job);
    const Field sand = phantoms::gaussianField(extent, 1.8, random, job);
    Field texture(coarse.size());
    for (std::int64_t y = 0; y < extent.height; ++y)
        for (std::int64_t x = 0; x < extent.width; ++x) {
            const auto i = static_cast<std::size_t>(y * extent.width + x);
            const auto lit = static_cast<std::size_t>(
                std::max<std::int64_t>(y - 2, 0) * extent.width + std::max<std::int64_t>(x - 1, 0));
            // Absolute values make rounded crumbs with sharp dark joints between them.
            const auto height = [&](std::size_t k) {
                return std::abs(coarse[k]) + 0.45F * std::abs(fine[k]);
            };
            const float joint = std::exp(-6.0F * std::abs(coarse[i]));
            texture[i] = 0.7F * (height(i) - height(lit)) + 0.35F * coarse[i] - 1.0F * joint +
                         0.5F * fine[i] + 0.6F * sand[i];
        }
    return texture;
}

/// Texture of the ground with deviation about 1.
Field groundTexture(const Extent& extent,
                    const PaperScanParameters& p,
                    Random& random,
                    JobContext& job) {
    const Field fine = phantoms::gaussianField(extent, 1.6, random, job);
    const Field middle = phantoms::gaussianField(extent, 5.0, random, job);
    const Field cloud = phantoms::gaussianField(extent, 45.0, random, job);
    Field fibres(fine.size(), 0.0F);
    addPaperFibres(fibres, extent, random);
    const auto soil = static_cast<float>(p.soil);
    Field crumbs;
    if (p.soil > 0.0)
        crumbs = soilTexture(extent, random, job);
    Field texture(fine.size());
    for (std::size_t i = 0; i < texture.size(); ++i) {
        const float paper =
            0.55F * fine[i] + 0.45F * middle[i] + 0.45F * cloud[i] + 0.6F * fibres[i];
        texture[i] =
            soil > 0.0F ? (1.0F - soil) * paper + soil * (crumbs[i] + 0.4F * cloud[i]) : paper;
    }
    return texture;
}

/// Linear fall of the light in a random direction, 1 on average.
Field illumination(const Extent& extent, double strength, Random& random) {
    const double angle = random.uniform(0.0, 2.0 * std::numbers::pi);
    Field light(static_cast<std::size_t>(extent.area()));
    for (std::int64_t y = 0; y < extent.height; ++y)
        for (std::int64_t x = 0; x < extent.width; ++x) {
            const double u = static_cast<double>(x) / static_cast<double>(extent.width) - 0.5;
            const double v = static_cast<double>(y) / static_cast<double>(extent.height) - 0.5;
            light[static_cast<std::size_t>(y * extent.width + x)] =
                static_cast<float>(1.0 + strength * (u * std::cos(angle) + v * std::sin(angle)));
        }
    return light;
}

/// Fuzz of root hairs: a halo that fades over a few px, combed by fine noise.
Field hairHalo(
    const Volume& roots, const Extent& extent, double strength, Random& random, JobContext& job) {
    Field halo(roots.pixels<float>(), roots.pixels<float>() + extent.area());
    phantoms::smooth(halo, extent, 2.6, phantoms::Border::clamp, job);
    const Field comb = phantoms::gaussianField(extent, 1.8, random, job);
    const Field patch = phantoms::gaussianField(extent, 28.0, random, job);
    for (std::size_t i = 0; i < halo.size(); ++i)
        halo[i] = static_cast<float>(strength) * std::min(1.0F, 1.6F * halo[i]) *
                  std::clamp(0.6F + 0.45F * comb[i], 0.0F, 1.5F) *
                  std::clamp(0.8F + 0.5F * patch[i], 0.1F, 1.5F);
    return halo;
}

} // namespace

Volume simulatePaperScan(const Volume& roots,
                         const PaperScanParameters& parameters,
                         std::uint64_t seed,
                         JobContext& job) {
    check(roots, parameters);
    const PaperScanParameters& p = parameters;
    const Extent extent{roots.width(), roots.height(), 1};
    Random random(seed, "phantom.paper");
    job.report(0.0, "Photographing roots");
    const Field texture = groundTexture(extent, p, random, job);
    const Field light = illumination(extent, p.shading, random);
    const Field halo = hairHalo(roots, extent, p.hairs, random, job);
    const Field pallor = phantoms::gaussianField(extent, 14.0, random, job);

    Field picture(texture.size());
    const float* signal = roots.pixels<float>();
    for (std::size_t i = 0; i < picture.size(); ++i) {
        const float root = static_cast<float>(p.rootBrightness) * (1.0F + 0.05F * pallor[i]);
        const float ground = std::max(0.01F, static_cast<float>(p.ground) +
                                                 static_cast<float>(p.grain) * texture[i]);
        const float fuzzy = ground + std::min(halo[i], 1.0F) * (0.9F * root - ground);
        picture[i] = light[i] * (fuzzy + signal[i] * (root - fuzzy));
    }
    phantoms::smooth(picture, extent, p.blur, phantoms::Border::clamp, job);
    Volume scan(PixelType::f32, extent.width, extent.height);
    scan.voxelSize = roots.voxelSize;
    float* out = scan.pixels<float>();
    for (std::size_t i = 0; i < picture.size(); ++i) {
        const double level = static_cast<double>(picture[i]);
        out[i] = static_cast<float>(level + p.noise * std::sqrt(0.3 + 1.4 * std::max(level, 0.0)) *
                                                random.normal());
    }
    return scan;
}

} // namespace likeness
